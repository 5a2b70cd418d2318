import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { CatFile } from "../../git/cat-file.ts";
import { type Git, GitError, runGit, streamGit } from "../../git/git.ts";
import { pathText } from "../../git/refs.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { emptyDiff } from "../../lines/line-diff.ts";
import { LogParser, logFormat } from "./log-parser.ts";
import { byte } from "./log-words.ts";
import { MergeFiles } from "./merge-files.ts";

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

/** Every setting a repository's configuration could change, said out loud. Myers with the indent heuristic, because `git blame` uses it. */
export const logSettings: readonly string[] = [
  ...["core.quotepath=off", "diff.renameLimit=3000", "diff.suppressBlankEmpty=false", "log.showRoot=true"].flatMap((s) => ["-c", s]),
  "log",
  "--reverse",
  "--topo-order",
  "--no-abbrev",
  "--no-color",
  "--no-ext-diff",
  "--no-textconv",
  "--diff-algorithm=myers",
  "--indent-heuristic",
  "--inter-hunk-context=0",
  "--no-relative",
  "-O/dev/null",
  "--src-prefix=a/",
  "--dst-prefix=b/",
  "--submodule=short",
  "--ignore-submodules=none",
  "--no-show-signature",
  "--no-mailmap",
  "--no-notes",
  "--no-decorate",
  "--encoding=UTF-8",
];

const patches = ["--raw", "-p", "-U0", "-M"];

/** The log all line history rests on (reference/outcomes.md 2.3): each commit against its first parent. */
export const logArguments: readonly string[] = [...logSettings, "--diff-merges=first-parent", ...patches];

/** The same with nothing but the heads of merges. */
const logWithoutMerges: readonly string[] = [...logSettings, "--diff-merges=off", ...patches];

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
    for await (const commits of readWithGaps(git, options)) {
      for (const commit of commits)
        yield options.shallowBoundary?.has(commit.hash) ? { ...commit, parents: await trueParents(objects, commit.hash) } : commit;
    }
  } finally {
    await objects.close();
  }
}

/** A log that dies of an absent blob is begun again behind the commit this often; then the rest is read from a list. */
const mostRestarts = 4;

/**
 * Gives commits as they come, several at a time. The log tells nothing of merges, `MergeFiles` does; where that dies of an
 * absent blob, the log tells them after all, with all that they take from other parents.
 */
async function* readWithGaps(git: Git, options: ReadCommitsOptions): AsyncGenerator<readonly CommitFact[], void, void> {
  const reader: GapReader = {
    git,
    newParser: parserWithOwnFiles(git, options),
    gaps: new Map(),
  };
  const newest = new Set<string>();
  const note = (commits: readonly CommitFact[]): readonly CommitFact[] => {
    for (const { hash, parents } of commits) {
      for (const parent of parents) newest.delete(parent);
      newest.add(hash);
    }
    return commits;
  };
  const rest = (): string => revisionInput(options.tips, [...(options.known ?? []), ...newest]);
  let mergesApart = true;
  for (let restarts = 0; ; ) {
    const from = rest();
    const merges = mergesApart ? new MergeFiles(git, logSettings, from, options.fingerprinter) : null;
    const parser = merges === null ? await reader.newParser() : new LogParser(options.fingerprinter, () => undefined);
    const log = [...(merges === null ? logArguments : logWithoutMerges), logFormat, "--ignore-missing", "--stdin"];
    try {
      for await (const commits of parseLog(git, log, from, parser)) {
        if (merges === null) yield note(commits);
        else for await (const whole of withMergeFiles(commits, merges)) yield note([whole]);
      }
      break;
    } catch (error) {
      if (error instanceof MergeGap) {
        mergesApart = false;
        continue;
      }
      if (!(error instanceof GitError) || error.exitCode === null) throw error;
      const passed = restarts++ < mostRestarts ? await readPastGap(reader, rest(), parser.unfinished) : null;
      if (passed === null) {
        yield* readAroundGaps(reader, rest(), error);
        break;
      }
      yield note(passed);
    } finally {
      await merges?.close();
    }
  }
  for (const [path, count] of reader.gaps) options.onProblem(absentBlob(git.dir, path, count));
}

/** Git could not tell of a merge apart from the others. */
class MergeGap extends Error {}

async function* withMergeFiles(commits: readonly CommitFact[], merges: MergeFiles): AsyncGenerator<CommitFact, void, void> {
  for (const commit of commits) {
    if (commit.parents.length < 2) {
      yield commit;
      continue;
    }
    const files = await merges.of(commit.hash).catch((cause: unknown) => {
      if (cause instanceof GitError && cause.exitCode !== null) throw new MergeGap(commit.hash, { cause });
      throw cause;
    });
    yield { ...commit, files };
  }
}

/** Makes parsers for logs that tell merges whole. Which of their files have lines of their own is asked for once. */
function parserWithOwnFiles(git: Git, options: ReadCommitsOptions): () => Promise<LogParser> {
  let own: Promise<ReadonlyMap<string, ReadonlySet<string>>> | null = null;
  return async () => {
    const ownFiles = await (own ??= readMergesOwnFiles(git, revisionInput(options.tips, options.known)));
    return new LogParser(options.fingerprinter, (commit) => ownFiles.get(commit));
  };
}

/** What reading around absent blobs needs. */
interface GapReader {
  readonly git: Git;
  readonly newParser: () => Promise<LogParser>;
  /** Path → commits in which a version of it is absent. */
  readonly gaps: Map<string, number>;
}

const revisionInput = (tips: readonly string[], known: readonly string[] = []): string =>
  [...tips, ...known.map((hash) => `^${hash}`), ""].join("\n");

async function* parseLog(
  git: Git,
  args: readonly string[],
  input: string,
  parser: LogParser,
): AsyncGenerator<readonly CommitFact[], void, void> {
  for await (const chunk of streamGit(git, args, input)) {
    const commits = parser.push(chunk);
    if (commits.length > 0) yield commits;
  }
  yield parser.end();
}

/** A log's commits one by one: for short logs. */
async function* parseEach(...log: Parameters<typeof parseLog>): AsyncGenerator<CommitFact, void, void> {
  for await (const commits of parseLog(...log)) yield* commits;
}

/** For each merge the files in which it differs from all its parents: those whose lines may be its own. Reads trees only. */
async function readMergesOwnFiles(git: Git, revisions: string): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const args = [
    "log",
    "--merges",
    "-c",
    "--raw",
    "--no-renames",
    "--no-abbrev",
    "-z",
    "--no-relative",
    "-O/dev/null",
    "--ignore-submodules=none",
    "--no-color",
    "--no-show-signature",
    "--format=%x01%H",
    "--ignore-missing",
    "--stdin",
  ];
  const out = await runGit(git, args, revisions);
  const merges = new Map<string, Set<string>>();
  let files = new Set<string>();
  for (let start = 0, end = 0; start < out.length; start = end + 1) {
    end = out.indexOf(0, start);
    if (end === -1) end = out.length;
    while (out[start] === byte.lineFeed) start++;
    if (out[start] === byte.head) merges.set(out.toString("latin1", start + 1, end).trimEnd(), (files = new Set()));
    else if (start < end && out[start] !== byte.colon) files.add(pathText(out, start, end));
  }
  return merges;
}

async function trueParents(objects: CatFile, hash: string): Promise<readonly string[]> {
  const text = (await objects.get(hash))?.toString("latin1") ?? "";
  const head = text.slice(0, text.indexOf("\n\n"));
  return [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map((match) => match[1] as string);
}

/** Ids of the blobs of this copy. Looks at indexes and heads of objects only and fetches nothing. */
async function readPresentBlobs(git: Git): Promise<ReadonlySet<string>> {
  const present = new Set<string>();
  let held = "";
  const format = "--batch-check=%(objecttype) %(objectname)";
  for await (const chunk of streamGit(git, ["cat-file", "--batch-all-objects", "--unordered", format])) {
    const lines = (held + chunk.toString("latin1")).split("\n");
    held = lines.pop() as string;
    for (const line of lines) if (line.startsWith("blob ")) present.add(line.slice("blob ".length));
  }
  return present;
}

/** Blobs git reads to tell the lines of a file; it looks into a file that is only renamed or made executable too. */
const neededBlobs = ({ opaque, oldBlob, newBlob }: FileChange): readonly string[] =>
  opaque === "submodule" ? [] : [oldBlob, newBlob].filter((id) => !/^0+$/.test(id));

/**
 * Reads what git died of: the commit it was telling, or the next one, if it died before it had begun to tell it (while it
 * looked for renames).
 * @param revisions what git was to tell from the last whole commit on
 * @param unfinished the commit it was telling
 * @returns the commits up to the one that needs an absent blob, null if git died of something else
 */
async function readPastGap(reader: GapReader, revisions: string, unfinished: string | null): Promise<readonly CommitFact[] | null> {
  const damaged = unfinished === null ? null : await readIfDamaged(reader, unfinished);
  if (damaged !== null) return [damaged];
  const order = await runGit(reader.git, ["rev-list", "--topo-order", "--reverse", "--ignore-missing", "--stdin"], revisions);
  const [first, second] = order.toString("latin1").split("\n", 2) as [string, string | undefined];
  if (unfinished !== null && first !== unfinished) return null;
  const next = unfinished === null ? first : second;
  const behind = next ? await readIfDamaged(reader, next) : null;
  if (behind === null) return null;
  if (unfinished === null) return [behind];
  const passed: CommitFact[] = [];
  for await (const commit of parseEach(reader.git, listedArguments, `${unfinished}\n`, await reader.newParser())) passed.push(commit);
  return [...passed, behind];
}

/** Reads a commit without what it needs of absent blobs; null if it needs none. */
async function readIfDamaged(reader: GapReader, hash: string): Promise<CommitFact | null> {
  for await (const commit of parseEach(reader.git, [...rawArguments, "--no-walk", "--stdin"], `${hash}\n`, await reader.newParser())) {
    const ids = commit.files.flatMap(neededBlobs);
    const asked = ids.map((id) => `${id}\n`).join("");
    // Of a partial clone git may want to fetch what it is asked for, and dies when it must not: the list of what is there tells.
    const out = await runGit(reader.git, ["cat-file", "--batch-check"], asked).then(
      (told) => told.toString("latin1"),
      (error: unknown) => {
        if (error instanceof GitError && error.exitCode !== null) return "";
        throw error;
      },
    );
    const absent = new Set([...out.matchAll(/^([0-9a-f]+) missing$/gm)].map((match) => match[1] as string));
    if (absent.size > 0) return readDamaged(reader, commit, absent);
  }
  return null;
}

/**
 * Reads commits one by one from a list, so that those which need an absent blob can be asked for without the file. What
 * is told of a commit depends on its own blobs alone: reading in parts gives the same.
 * @param died what to throw if it was no absent blob that git died of
 */
async function* readAroundGaps(reader: GapReader, revisions: string, died: GitError): AsyncGenerator<readonly CommitFact[], void, void> {
  const present = await readPresentBlobs(reader.git);
  /** In order; those that need an absent blob whole, of the others the hash. */
  const order: (string | CommitFact)[] = [];
  const absent = new Set<string>();
  for await (const commit of parseEach(reader.git, [...rawArguments, "--ignore-missing", "--stdin"], revisions, await reader.newParser())) {
    const missing = commit.files.flatMap(neededBlobs).filter((blob) => !present.has(blob));
    for (const blob of missing) absent.add(blob);
    order.push(missing.length > 0 ? commit : commit.hash);
  }
  if (absent.size === 0) throw died;
  const whole = order.filter((commit) => typeof commit === "string").map((hash) => `${hash}\n`);
  const others = parseEach(reader.git, listedArguments, whole.join(""), await reader.newParser());
  try {
    for (const commit of order) {
      const read = typeof commit === "string" ? (await others.next()).value : await readDamaged(reader, commit, absent);
      if (read !== undefined) yield [read];
    }
  } finally {
    await others.return();
  }
}

const needsAny = (file: FileChange, blobs: ReadonlySet<string>): boolean => neededBlobs(file).some((blob) => blobs.has(blob));

/** The commit with the files that can be read, and the others without lines. */
async function readDamaged({ git, newParser, gaps }: GapReader, raw: CommitFact, blobs: ReadonlySet<string>): Promise<CommitFact> {
  const absent = raw.files
    .filter((file) => needsAny(file, blobs))
    .map((file): FileChange => ({ ...file, opaque: "absent_blob", diff: emptyDiff }));
  for (const { path } of absent) gaps.set(path, (gaps.get(path) ?? 0) + 1);
  if (absent.length === raw.files.length) return { ...raw, files: absent };
  const leftOut = absent.flatMap((file) => [file.path, file.oldPath ?? file.path]).map((path) => `:(exclude,top,literal)${path}`);
  const input = [raw.hash, "--", ".", ...new Set(leftOut), ""].join("\n");
  const readable: FileChange[] = [];
  for await (const commit of parseEach(git, [...listedArguments, "--full-history", "--sparse"], input, await newParser()))
    readable.push(...commit.files);
  return { ...raw, files: [...readable, ...absent].sort((a, b) => (a.path < b.path ? -1 : 1)) };
}

const withoutLines = new Set(["-p", "-U0", "-M"]);
const rawArguments = [...logArguments.filter((arg) => !withoutLines.has(arg)), "-M100%", logFormat];
const listedArguments = [
  ...logArguments.filter((arg) => arg !== "--reverse" && arg !== "--topo-order"),
  logFormat,
  "--no-walk=unsorted",
  "--stdin",
];

function absentBlob(dir: string, path: string, count: number): Problem {
  return {
    code: "absent_blob",
    severity: "notice",
    source: "git",
    locator: `${dir}:${path}`,
    message: `a version of this file is absent from this copy; in ${count} commit(s) its lines are not known`,
    hint: "Fetch the missing blobs (git fetch --refetch, without a filter) and read the repository again.",
    count,
  };
}
