import { spawn } from "node:child_process";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { fileText, stamp } from "./git-objects.ts";
import type { Commit, Repository } from "./repository.ts";

/** How git is called. */
export interface GitSetting {
  readonly binary: string;
  /** `PATH` of the caller, where git is not in the system's own folders. */
  readonly path: string | undefined;
}

/**
 * Writes an acted-out repository as a real one: history by `git fast-import`, then the work tree of its default branch.
 * @throws Error if git gives a commit another hash than the one the transcripts printed
 */
export async function writeRepository(repository: Repository, folder: string, setting: GitSetting): Promise<void> {
  const git = (args: readonly string[], input?: readonly string[]): Promise<void> => run(setting, args, input);
  await git(["init", "--quiet", "--template=", "--object-format=sha1", "--initial-branch=main", folder]);
  const gitDir = join(folder, ".git");
  const marks = join(gitDir, "sample-marks");
  await git(["-C", folder, "fast-import", "--quiet", `--export-marks=${marks}`], fastImportStream(repository));
  checkMarks(repository, await readFile(marks, "utf8"));
  const remote = `git@git.example.com:${repository.owner}/${repository.name}.git`;
  await appendFile(join(gitDir, "config"), `[remote "origin"]\n\turl = ${remote}\n\tfetch = +refs/heads/*:refs/remotes/origin/*\n`);
  await git(["-C", folder, "reset", "--quiet", "--hard", "main"]);
}

function checkMarks(repository: Repository, marks: string): void {
  const hashes = new Map(
    marks
      .trim()
      .split("\n")
      .map((row) => row.split(" ") as [string, string]),
  );
  repository.commits.forEach((commit, index) => {
    const hash = hashes.get(`:${index + 1}`);
    if (hash !== commit.hash) throw new Error(`git made ${hash} of the sample's commit ${commit.hash} in ${repository.name}`);
  });
}

function fastImportStream(repository: Repository): string[] {
  const out: string[] = ["feature done\n"];
  const markOf = new Map(repository.commits.map((commit, index) => [commit, `:${index + 1}`]));
  const mark = (commit: Commit): string => {
    const found = markOf.get(commit);
    if (found === undefined) throw new Error(`commit ${commit.hash} is not kept`);
    return found;
  };
  const data = (text: string): string => `data ${Buffer.byteLength(text)}\n${text}\n`;
  for (const commit of repository.commits) {
    out.push(`commit refs/heads/main\nmark ${mark(commit)}\n`);
    out.push(`author ${stamp(commit.author, commit.authorAt)}\ncommitter ${stamp(commit.committer, commit.commitAt)}\n`);
    out.push(data(commit.message));
    commit.parents.forEach((parent, index) => out.push(`${index === 0 ? "from" : "merge"} ${mark(parent)}\n`));
    const before = commit.parents[0]?.files;
    for (const [path, lines] of commit.files) {
      if (before?.get(path) !== lines) out.push(`M 100644 inline ${path}\n`, data(fileText(lines)));
    }
    for (const path of before?.keys() ?? []) if (!commit.files.has(path)) out.push(`D ${path}\n`);
    out.push("\n");
  }
  const ref = (name: string, commit: Commit): void => void out.push(`reset ${name}\nfrom ${mark(commit)}\n\n`);
  ref("refs/heads/main", repository.tip);
  for (const branch of repository.branches) {
    const head = branch.commits.at(-1);
    if (head === undefined) continue;
    if (branch.keep) ref(`refs/heads/${branch.name}`, head);
    if (branch.pull !== null) ref(`refs/pull/${branch.pull.number}/head`, head);
  }
  for (const { tag, commit, at } of repository.releases) {
    out.push(`tag ${tag}\nfrom ${mark(commit)}\ntagger ${stamp(commit.author, at)}\n${data(`Release ${tag}\n`)}`);
  }
  out.push("done\n");
  return out;
}

/** No configuration of the machine, no question, no other repository's variables. */
function environmentOf(setting: GitSetting): Record<string, string> {
  return {
    ...(setting.path === undefined ? {} : { PATH: setting.path }),
    GIT_CONFIG_NOSYSTEM: "1",
    GIT_CONFIG_GLOBAL: process.platform === "win32" ? "NUL" : "/dev/null",
    GIT_TERMINAL_PROMPT: "0",
    LC_ALL: "C",
    TZ: "UTC",
  };
}

const fixedConfiguration = ["-c", "commit.gpgsign=false", "-c", "core.autocrlf=false", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0"];

function run(setting: GitSetting, args: readonly string[], input: readonly string[] = []): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(setting.binary, [...fixedConfiguration, ...args], {
      env: environmentOf(setting),
      stdio: ["pipe", "ignore", "pipe"],
    });
    let complaint = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      complaint += text;
    });
    child.on("error", (cause) => reject(new Error(`${setting.binary} could not be started`, { cause })));
    child.on("close", (code) =>
      code === 0 ? resolve() : reject(new Error(`git ${args.join(" ")} ended with ${code}: ${complaint.trim()}`)),
    );
    child.stdin.on("error", () => {}); // git's own exit code and message say why it stopped reading
    child.stdin.end(input.join(""));
  });
}
