import type { FileChange } from "../../contract/facts.ts";
import { type Git, streamGit } from "../../git/git.ts";
import { type Fingerprinter, LineDiffBuilder } from "../../lines/fingerprint.ts";
import { emptyDiff } from "../../lines/line-diff.ts";
import { pathKind } from "../../lines/line-kind.ts";
import { type OpenFileChange, byte, rawFile, statuses, submodule, unquoted } from "./log-words.ts";

/**
 * The files of merges, each against the first parent, without the lines that a merge takes from another parent: those
 * are most of the text a log would print (of 52,851 commits with 7,934 merges, 2.0 of 2.7 GB) and tell nothing.
 *
 * Two logs of the merges alone say it. One names all files that differ from the first parent, equal contents under
 * another name as renames. The other is git's combined diff: the files that differ from every parent, each line with a
 * mark for each parent, from which the difference to the first one follows.
 */
export class MergeFiles {
  readonly #told: Frames;
  readonly #own: Frames;
  readonly #builder: LineDiffBuilder;

  /**
   * @param settings what a log is asked with so that no configuration changes it
   * @param revisions what the log of all commits is asked for; merges are best taken in its order
   */
  constructor(git: Git, settings: readonly string[], revisions: string, fingerprinter: Fingerprinter) {
    const log = [...settings, "--merges", "--format=%x01%H", "--ignore-missing", "--stdin"];
    this.#told = new Frames(git, [...log, "--diff-merges=first-parent", "--raw", "-M100%"], revisions);
    // Without context git leaves out unchanged lines in the midst of a hunk, and where they were can no longer be told.
    this.#own = new Frames(git, [...log, "--diff-merges=combined", "--combined-all-paths", "--raw", "-p", "-U1", "-M"], revisions);
    this.#builder = new LineDiffBuilder(fingerprinter, pathKind(""));
  }

  /** @throws GitError if git cannot tell, which an absent blob is a reason for */
  async of(merge: string): Promise<FileChange[]> {
    const [told, own] = [await this.#told.take(merge), await this.#own.take(merge)];
    return withOwn(rawFiles(told), this.#ownFiles(own));
  }

  async close(): Promise<void> {
    await Promise.all([this.#told.close(), this.#own.close()]);
  }

  /** The raw part of a combined diff, then a section for each file whose lines it tells. */
  #ownFiles(text: Buffer): OpenFileChange[] {
    const files = new Map<string, OpenFileChange>();
    let file: OpenFileChange | undefined;
    let hunks: Buffer[] = [];
    const end = (): void => {
      if (file !== undefined && hunks.length > 0) file.diff = this.#diffOf(file.path, hunks);
      hunks = [];
    };
    for (const line of linesOf(text)) {
      if (line[0] === byte.colon) {
        const own = ownFile(line);
        if (own !== null) files.set(own.path, own);
      } else if (line[0] === byte.lowerD && line.indexOf("diff --combined ") === 0) {
        end();
        file = files.get(unquoted(line, "diff --combined ".length, line.length));
      } else if (line[0] === byte.at || (hunks.length > 0 && isMark(line[0]))) hunks.push(line);
      else if (line[0] === byte.capitalB && file !== undefined) file.opaque = "binary";
    }
    end();
    return [...files.values()];
  }

  /**
   * The difference to the first parent, as `git diff -U0` would cut it into hunks.
   * @param lines of a section, from its first `@@@` on
   */
  #diffOf(path: string, lines: readonly Buffer[]): FileChange["diff"] {
    this.#builder.restart(pathKind(path));
    let marks = 0;
    let [oldNext, newNext, delta] = [1, 1, 0];
    let removed: Buffer[] = [];
    let added: Buffer[] = [];
    const endHunk = (): void => {
      if (removed.length + added.length === 0) return;
      const [oldStart, newStart] = [oldNext - removed.length, newNext - added.length];
      this.#builder.hunk(
        removed.length > 0 ? oldStart : oldStart - 1,
        removed.length,
        added.length > 0 ? newStart : newStart - 1,
        added.length,
      );
      for (const line of [...removed, ...added]) this.#builder.line(line, marks);
      delta += removed.length - added.length;
      [removed, added] = [[], []];
    };
    for (const line of lines) {
      if (line[0] === byte.at) {
        endHunk();
        marks = line.indexOf(" ") - 1;
        newNext = Number.parseInt(line.toString("latin1", line.indexOf("+") + 1), 10);
        oldNext = newNext + delta;
        continue;
      }
      const isLost = line.subarray(0, marks).includes(byte.minus);
      if (isLost && line[0] === byte.minus) {
        removed.push(line);
        oldNext++;
      } else if (!isLost && line[0] === byte.plus) {
        added.push(line);
        newNext++;
      } else if (!isLost) {
        endHunk();
        oldNext++;
        newNext++;
      }
    }
    endHunk();
    return this.#builder.finish();
  }
}

const isMark = (first: number | undefined): boolean => first === byte.plus || first === byte.minus || first === byte.blank;

/** What a log prints, commit by commit; those that were passed over are kept until they are asked for. */
class Frames {
  readonly #frames: AsyncGenerator<readonly [string, Buffer], void, void>;
  readonly #passed = new Map<string, Buffer>();

  constructor(git: Git, args: readonly string[], revisions: string) {
    this.#frames = readFrames(git, args, revisions);
  }

  async take(commit: string): Promise<Buffer> {
    let text = this.#passed.get(commit);
    this.#passed.delete(commit);
    while (text === undefined) {
      const next = await this.#frames.next();
      if (next.done) throw new Error(`git log --merges did not tell of ${commit}`);
      const [hash, told] = next.value;
      if (hash === commit) text = told;
      else this.#passed.set(hash, told);
    }
    return text;
  }

  async close(): Promise<void> {
    await this.#frames.return();
  }
}

/** Each commit's hash and what stands below it. A commit is whole once the next one begins or git ended well. */
async function* readFrames(git: Git, args: readonly string[], input: string): AsyncGenerator<readonly [string, Buffer], void, void> {
  let held: Buffer[] = [];
  const frame = (): readonly [string, Buffer] => {
    const text = Buffer.concat(held);
    const end = text.indexOf(byte.lineFeed);
    return [text.toString("latin1", 1, end), text.subarray(end + 1)];
  };
  for await (const chunk of streamGit(git, args, input)) {
    let start = 0;
    for (let head = nextHead(chunk, 0, held); head !== -1; head = nextHead(chunk, head + 1, held)) {
      held.push(chunk.subarray(start, head));
      if (held.some(({ length }) => length > 0)) yield frame();
      held = [];
      start = head;
    }
    held.push(Buffer.from(chunk.subarray(start)));
  }
  if (held.length > 0) yield frame();
}

/** Where the next commit begins: a head byte at the start of a line. Lines of a diff begin with a printable character. */
function nextHead(chunk: Buffer, from: number, held: readonly Buffer[]): number {
  for (let at = chunk.indexOf(byte.head, from); at !== -1; at = chunk.indexOf(byte.head, at + 1)) {
    const before = at > 0 ? chunk[at - 1] : held.at(-1)?.at(-1);
    if (before === undefined || before === byte.lineFeed) return at;
  }
  return -1;
}

function* linesOf(text: Buffer): Generator<Buffer> {
  for (let start = 0, end = 0; start < text.length; start = end + 1) {
    end = text.indexOf(byte.lineFeed, start);
    if (end === -1) end = text.length;
    yield text.subarray(start, end);
  }
}

function rawFiles(text: Buffer): FileChange[] {
  return [...linesOf(text)].flatMap((line) => (line[0] === byte.colon ? (rawFile(line, 0, line.length) ?? []) : []));
}

/**
 * `::100644 100644 100644 <first> <second> <result> MM\tpath in the first\tpath in the second\tpath`, a column for each
 * parent; null for a submodule.
 */
function ownFile(line: Buffer): OpenFileChange | null {
  const tab = line.indexOf(byte.tab);
  let parents = 0;
  while (line[parents] === byte.colon) parents++;
  const told = line.toString("latin1", parents, tab).split(" ");
  const modes = told.slice(0, parents + 1);
  const blobs = told.slice(parents + 1, parents * 2 + 2);
  if (modes.includes(submodule)) return null;
  const paths = pathsIn(line, tab);
  const status = statuses[(told[parents * 2 + 2] as string)[0] as string] ?? "modified";
  return {
    path: paths.at(-1) as string,
    oldPath: status === "renamed" || status === "copied" ? (paths[0] as string) : null,
    status,
    oldBlob: blobs[0] as string,
    newBlob: blobs.at(-1) as string,
    opaque: false,
    diff: emptyDiff,
  };
}

function pathsIn(line: Buffer, tab: number): string[] {
  const paths: string[] = [];
  for (let start = tab + 1, end = 0; start <= line.length; start = end + 1) {
    end = line.indexOf(byte.tab, start);
    if (end === -1) end = line.length;
    paths.push(unquoted(line, start, end));
  }
  return paths;
}

/** Puts the files with lines of the merge's own in the place of what was told of them; a renamed one stands for both its names. */
function withOwn(told: readonly FileChange[], own: readonly FileChange[]): FileChange[] {
  if (own.length === 0) return [...told];
  const replaced = new Set(
    own.flatMap(({ path, oldPath, status }) => (status === "renamed" && oldPath !== null ? [path, oldPath] : [path])),
  );
  return [...told.filter(({ path }) => !replaced.has(path)), ...own].sort((a, b) => (a.path < b.path ? -1 : 1));
}
