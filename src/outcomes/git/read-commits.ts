import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { CatFile } from "../../git/cat-file.ts";
import { type Git, GitError, runGit, streamGit } from "../../git/git.ts";
import { pathText } from "../../git/refs.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { emptyDiff } from "../../lines/line-diff.ts";
import { LogParser, logFormat } from "./log-parser.ts";

const lineFeed = 10;
const headByte = 1;
const colon = 58;

export interface ReadCommitsOptions {
  /** Commits to start from; all they lead to is read. */
  readonly tips: readonly string[];
  /** Commits that are known with all they lead to. Such that are gone from the repository do no harm. */
  readonly known?: readonly string[];
  /** Ends of a shallow copy: their parents are told, but not read. */
  readonly shallowBoundary?: ReadonlySet<string>;
  readonly fingerprinter: Fingerprinter;
  readonly onProblem: (problem: Problem) => void;
}

/**
 * The log all line history rests on (reference/outcomes.md 2.3), with every setting a repository's configuration could
 * change said out loud. Myers with the indent heuristic, because `git blame` uses it.
 */
export const logArguments: readonly string[] = [
  ...["core.quotepath=off", "diff.renameLimit=3000", "diff.suppressBlankEmpty=false", "log.showRoot=true"].flatMap((s) => ["-c", s]),
  "log", "--reverse", "--topo-order", "--diff-merges=first-parent", "--raw", "--no-abbrev", "-p", "-U0", "-M", "--no-color", "--no-ext-diff",
  "--no-textconv", "--diff-algorithm=myers", "--indent-heuristic", "--inter-hunk-context=0", "--no-relative", "-O/dev/null", "--src-prefix=a/", "--dst-prefix=b/",
  "--submodule=short", "--ignore-submodules=none", "--no-show-signature", "--no-mailmap", "--no-notes", "--no-decorate", "--encoding=UTF-8",
];

/**
 * Reads commits, parents first, from one `git log`. Each file of a commit is told against the first parent. Of a merge,
 * files it takes as they are from another parent have an empty diff: their lines are that parent's.
 *
 * An absent blob (partial clone) makes `git log` die in mid-stream. What came before it is kept; of the commits that need
 * the blob the file is told as `absent_blob`, without lines, and the path is named as a problem.
 * @param git opened on the common git directory: in a work tree the attributes of its files would decide what is binary
 * @throws GitError where git fails for another reason
 */
export async function* readCommits(git: Git, options: ReadCommitsOptions): AsyncGenerator<CommitFact, void, void> {
  if (options.tips.length === 0) return;
  const objects = new CatFile(git);
  try {
    for await (const commit of readWithGaps(git, options)) {
      yield options.shallowBoundary?.has(commit.hash) ? { ...commit, parents: await trueParents(objects, commit.hash) } : commit;
    }
  } finally {
    await objects.close();
  }
}

async function* readWithGaps(git: Git, options: ReadCommitsOptions): AsyncGenerator<CommitFact, void, void> {
  const revisions = revisionInput(options);
  const ownFiles = await readMergesOwnFiles(git, revisions);
  const parser = (): LogParser => new LogParser(options.fingerprinter, (commit) => ownFiles.get(commit));
  const newest = new Set<string>();
  try {
    for await (const commit of parseLog(git, [...logArguments, logFormat, "--ignore-missing", "--stdin"], revisions, parser())) {
      for (const parent of commit.parents) newest.delete(parent);
      newest.add(commit.hash);
      yield commit;
    }
  } catch (error) {
    if (!(error instanceof GitError) || error.exitCode === null) throw error;
    const rest = revisionInput({ ...options, known: [...(options.known ?? []), ...newest] });
    yield* readAroundGaps(git, rest, error, parser, options.onProblem);
  }
}

const revisionInput = ({ tips, known = [] }: Pick<ReadCommitsOptions, "tips" | "known">): string => [...tips, ...known.map((hash) => `^${hash}`), ""].join("\n");

async function* parseLog(git: Git, args: readonly string[], input: string, parser: LogParser): AsyncGenerator<CommitFact, void, void> {
  for await (const chunk of streamGit(git, args, input)) yield* parser.push(chunk);
  yield* parser.end();
}

/** For each merge the files in which it differs from all its parents: those whose lines may be its own. Reads trees only. */
async function readMergesOwnFiles(git: Git, revisions: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const args = ["log", "--merges", "-c", "--raw", "--no-renames", "--no-abbrev", "-z", "--no-show-signature", "--format=%x01%H", "--ignore-missing", "--stdin"];
  const out = await runGit(git, args, revisions);
  const merges = new Map<string, Set<string>>();
  let files = new Set<string>();
  for (let start = 0, end = 0; start < out.length; start = end + 1) {
    end = out.indexOf(0, start);
    if (end === -1) end = out.length;
    while (out[start] === lineFeed) start++;
    if (out[start] === headByte) merges.set(out.toString("latin1", start + 1, end).trimEnd(), (files = new Set()));
    else if (start < end && out[start] !== colon) files.add(pathText(out, start, end));
  }
  return merges;
}

async function trueParents(objects: CatFile, hash: string): Promise<readonly string[]> {
  const text = (await objects.get(hash))?.toString("latin1") ?? "";
  const head = text.slice(0, text.indexOf("\n\n"));
  return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] as string);
}

/** Takes from the ids those that are in this copy: the absent ones are left. Looks at indexes only and fetches nothing. */
async function keepAbsent(git: Git, ids: Set<string>): Promise<void> {
  let held = "";
  for await (const chunk of streamGit(git, ["cat-file", "--batch-all-objects", "--unordered", "--batch-check=%(objectname)"])) {
    const lines = (held + chunk.toString("latin1")).split("\n");
    held = lines.pop() as string;
    for (const id of lines) ids.delete(id);
  }
}

/** Blobs git must read to tell the lines of a file. */
const neededBlobs = ({ opaque, oldBlob, newBlob }: FileChange): readonly string[] =>
  opaque === "submodule" || oldBlob === newBlob ? [] : [oldBlob, newBlob].filter((id) => !/^0+$/.test(id));

/**
 * Reads commits one by one from a list, so that those which need an absent blob can be asked for without the file. What
 * is told of a commit depends on its own blobs alone: reading in parts gives the same.
 * @param died what to throw if it was no absent blob that git died of
 */
async function* readAroundGaps(
  git: Git, revisions: string, died: GitError, parser: () => LogParser, onProblem: (problem: Problem) => void,
): AsyncGenerator<CommitFact, void, void> {
  const commits: CommitFact[] = [];
  const absent = new Set<string>();
  for await (const commit of parseLog(git, [...rawArguments, "--ignore-missing", "--stdin"], revisions, parser())) {
    commits.push(commit);
    for (const file of commit.files) for (const blob of neededBlobs(file)) absent.add(blob);
  }
  await keepAbsent(git, absent);
  if (absent.size === 0) throw died;
  const isAbsent = (file: FileChange): boolean => neededBlobs(file).some((blob) => absent.has(blob));
  for (const problem of absentBlobs(git.dir, commits.flatMap(({ files }) => files.filter(isAbsent)))) onProblem(problem);
  const whole = commits.filter(({ files }) => !files.some(isAbsent)).map(({ hash }) => `${hash}\n`);
  const others = parseLog(git, listedArguments, whole.join(""), parser());
  try {
    for (const commit of commits) {
      const read = commit.files.some(isAbsent) ? await readDamaged(git, commit, isAbsent, parser()) : (await others.next()).value;
      if (read !== undefined) yield read;
    }
  } finally {
    await others.return();
  }
}

/** The commit with the files that can be read, and the others without lines. */
async function readDamaged(git: Git, raw: CommitFact, isAbsent: (file: FileChange) => boolean, parser: LogParser): Promise<CommitFact> {
  const absent = raw.files.filter(isAbsent).map((file): FileChange => ({ ...file, opaque: "absent_blob", diff: emptyDiff }));
  if (absent.length === raw.files.length) return { ...raw, files: absent };
  const leftOut = absent.flatMap((file) => [file.path, file.oldPath ?? file.path]).map((path) => `:(exclude,top,literal)${path}`);
  const input = [raw.hash, "--", ".", ...new Set(leftOut), ""].join("\n");
  const readable: FileChange[] = [];
  for await (const commit of parseLog(git, [...listedArguments, "--full-history", "--sparse"], input, parser)) readable.push(...commit.files);
  return { ...raw, files: [...readable, ...absent].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

const withoutLines = new Set(["-p", "-U0", "-M"]);
const rawArguments = [...logArguments.filter((arg) => !withoutLines.has(arg)), "-M100%", logFormat];
const listedArguments = [...logArguments.filter((arg) => arg !== "--reverse" && arg !== "--topo-order"), logFormat, "--no-walk=unsorted", "--stdin"];

/** One problem a path. */
function absentBlobs(dir: string, files: readonly FileChange[]): readonly Problem[] {
  const counts = new Map<string, number>();
  for (const { path } of files) counts.set(path, (counts.get(path) ?? 0) + 1);
  return [...counts].map(([path, count]): Problem => ({
    code: "absent_blob",
    severity: "notice",
    source: "git",
    locator: `${dir}:${path}`,
    message: `a version of this file is absent from this copy; in ${count} commit(s) its lines are not known`,
    hint: "Fetch the missing blobs (git fetch --refetch, without a filter) and read the repository again.",
    count,
  }));
}
