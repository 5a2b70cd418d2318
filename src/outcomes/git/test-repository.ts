import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { CommitFact } from "../../contract/facts.ts";
import type { LineHistoryResult } from "../../contract/history.ts";
import type { Problem } from "../../contract/problem.ts";
import { openGit } from "../../git/git.ts";
import { readShallowBoundary } from "../../git/repository.ts";
import { Fingerprinter } from "../../lines/fingerprint.ts";
import { isCodeRef, tipsOf } from "./code-refs.ts";
import { openRepository } from "./index.ts";
import { LineHistory } from "./line-history.ts";
import { readCommits } from "./read-commits.ts";

/** A real repository in a temporary folder, for tests. Every commit is one day after the one before. */
export class TestRepository {
  readonly dir: string;
  #day = 0;

  constructor(...initArguments: readonly string[]) {
    this.dir = mkdtempSync(join(tmpdir(), "assay-git-"));
    this.git("init", "-q", "-b", "main", ...initArguments);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  get environment(): Record<string, string> {
    const date = new Date(Date.UTC(2026, 0, 1 + this.#day, 12)).toISOString();
    const [name, email] = ["Ada", "ada@example.org"];
    return {
      PATH: process.env.PATH ?? "",
      HOME: this.dir,
      GIT_CONFIG_NOSYSTEM: "1",
      GIT_CONFIG_GLOBAL: "/dev/null",
      LC_ALL: "C",
      GIT_AUTHOR_NAME: name,
      GIT_AUTHOR_EMAIL: email,
      GIT_COMMITTER_NAME: name,
      GIT_COMMITTER_EMAIL: email,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
  }

  git(...args: readonly string[]): string {
    return execFileSync("git", ["-C", this.dir, ...args], {
      env: this.environment,
      encoding: "utf8",
      stdio: ["ignore", "pipe", "pipe"],
      maxBuffer: 1 << 28,
    }).trimEnd();
  }

  write(path: string, content: string | Buffer): void {
    const file = join(this.dir, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  }

  /** Writes the files (null removes one) and commits everything. @returns the hash */
  commit(files: Readonly<Record<string, string | Buffer | null>>, message = "change"): string {
    this.#day++;
    for (const [path, content] of Object.entries(files)) {
      if (content === null) rmSync(join(this.dir, path));
      else this.write(path, content);
    }
    this.git("add", "-A");
    this.git("commit", "-q", "--allow-empty", "--allow-empty-message", "-m", message);
    return this.head();
  }

  /**
   * Merges branches into the current one. @param resolution files as the merge shall have them, where git cannot know
   * @returns the hash
   */
  merge(branches: readonly string[], message = "merge", resolution: Readonly<Record<string, string | null>> = {}): string {
    try {
      this.git("merge", "-q", "--no-ff", "--no-commit", ...branches);
    } catch {
      // a conflict: the resolution follows
    }
    return this.commit(resolution, message);
  }

  head(): string {
    return this.git("rev-parse", "HEAD");
  }
}

export const testFingerprinter = new Fingerprinter("0123456789abcdef0123456789abcdef");

export interface ReadHistory {
  readonly commits: readonly CommitFact[];
  readonly problems: readonly Problem[];
  readonly history: LineHistoryResult;
  /** Lines of a file at the tip as the hashes they were born in, `before` for before history. */
  born(path: string): readonly string[];
}

/** Reads all code refs of a folder's repository and builds the history of `main` (or the given tip). */
export async function readHistory(folder: string, tip?: string): Promise<ReadHistory> {
  const repository = await openRepository(folder, process.env);
  if (repository === null) throw new Error("no repository");
  const problems: Problem[] = [];
  const commits: CommitFact[] = [];
  const shallowBoundary = await readShallowBoundary(repository.place);
  const options = {
    tips: tipsOf(repository.refs, isCodeRef),
    shallowBoundary,
    fingerprinter: testFingerprinter,
    onProblem: (problem: Problem) => void problems.push(problem),
  };
  for await (const commit of readCommits(openGit(repository.place.commonDir, process.env), options)) commits.push(commit);
  const mainTip = tip ?? repository.refs.find(({ name }) => name === "refs/heads/main")?.commit ?? null;
  const history = new LineHistory(commits, mainTip);
  for (const commit of commits) history.apply(commit);
  const result = { commits, ...history.finish() };
  const born = (path: string): readonly string[] =>
    Array.from(result.alive.get(path) ?? [], (id) => result.commits[result.born[id] as number]?.hash ?? "before");
  return { commits, problems, history: result, born };
}
