import type { LineHistoryResult } from "../contract/history.ts";
import type { LineDiff, LineFeatures } from "../lines/line-diff.ts";
import { type Joined, JoinedRuns } from "./joined-runs.ts";
import type { LocatedWrite } from "./link.ts";

const none: readonly number[] = [];

const bytesOfBare = (bare: number): number => Math.floor(bare / 0x100000000);

/** Tells most fingerprints nobody has, for less than a map does. */
class Filter {
  readonly #bits = new Uint32Array(1 << 17);

  add(bare: number): void {
    const bit = (bare >>> 0) & 0x3fffff;
    this.#bits[bit >>> 5] = (this.#bits[bit >>> 5] as number) | (1 << (bit & 31));
  }

  mayHave(bare: number): boolean {
    const bit = (bare >>> 0) & 0x3fffff;
    return ((this.#bits[bit >>> 5] as number) & (1 << (bit & 31))) !== 0;
  }
}

/** A text written more often into one file says nothing of who wrote a line of it; only the newest are looked at. */
const mostOfOneText = 1_000;

/**
 * Every written line of a repository, found by path and text. A line is its place in the whole sequence of writes; lines
 * of one write follow each other. Paths that renames connect are one group. Texts are equal without white space, so that
 * reformatting keeps them; they are numbered (`textOf`): fingerprints are doubles, and a map of doubles costs a heap object
 * a key.
 */
export class WrittenLines {
  readonly #diffs: LineDiff[] = [];
  readonly #first: number[] = [0];
  #write = new Int32Array(1024);
  #side = new Uint8Array(1024);
  #text = new Int32Array(1024);
  /** The next older line of the same group, side and text, -1 for none. */
  #older = new Int32Array(1024);
  readonly #texts = new Map<number, number>();
  readonly #filter = new Filter();
  /** Texts of lines that were stored with older features, by `folded`: they meet newer ones by it. */
  readonly #foldedTexts = new Map<number, number>();
  readonly #groups: ReadonlyMap<string, number>;
  /** By group and side: text → its newest line. */
  readonly #newest: readonly [Map<number, number>, Map<number, number>][];
  readonly #writesOf: number[][] = [];
  readonly #consumed = new Map<number, number[]>();
  readonly #paths: Int32Array;
  readonly #starts: readonly Int32Array[];
  readonly #committed: Int32Array;
  /** Number of texts. */
  #count = 0;
  /** By group and side: lines that follow each other in a hunk, put together; made when first asked for. */
  readonly #joined: [JoinedRuns | null, JoinedRuns | null][] = [];

  /**
   * @param writes sorted by instant
   * @param alsoCounted differences whose lines may be added later
   */
  constructor(writes: readonly LocatedWrite[], history: LineHistoryResult, alsoCounted: Iterable<LineDiff> = []) {
    this.#groups = groupPaths(history, writes);
    this.#newest = Array.from({ length: new Set(this.#groups.values()).size }, () => [new Map(), new Map()]);
    for (const { path, diff } of writes) this.add(path, diff);
    for (const { lines } of alsoCounted) for (let place = 0; place < lines.kind.length; place++) this.#number(lines, place);
    const { starts, texts } = this.#textsOf(history);
    this.#starts = starts;
    this.#committed = texts;
    this.#paths = countPaths(history, this.#groups, starts, texts, this.#count);
  }

  /** The text of every line of every commit's files, one after the other. */
  #textsOf({ commits }: LineHistoryResult): { starts: readonly Int32Array[]; texts: Int32Array } {
    let total = 0;
    const starts = commits.map(({ files }) =>
      Int32Array.from(files, ({ diff }) => {
        total += diff.lines.kind.length;
        return total - diff.lines.kind.length;
      }),
    );
    const texts = new Int32Array(total);
    let at = 0;
    for (const { files } of commits)
      for (const {
        diff: { lines },
      } of files)
        for (let place = 0; place < lines.kind.length; place++) texts[at++] = this.#textIn(lines, place);
    return { starts, texts };
  }

  /** Number of the text of a line of a commit, -1 for one nobody wrote. */
  committedText(commit: number, file: number, place: number): number {
    return this.#committed[((this.#starts[commit] as Int32Array)[file] as number) + place] as number;
  }

  #number(lines: LineFeatures, place: number): number {
    const bare = lines.bare[place] as number;
    let text = this.#textIn(lines, place);
    if (text < 0) text = this.#count++;
    this.#texts.set(bare, text);
    this.#filter.add(bare);
    // `bare` of older features counts no bytes: its upper bits are any number.
    if (bytesOfBare(bare) > (lines.length[place] as number)) this.#foldedTexts.set(lines.folded[place] as number, text);
    return text;
  }

  #textIn(lines: LineFeatures, place: number): number {
    const text = this.textOf(lines.bare[place] as number);
    if (text >= 0 || this.#foldedTexts.size === 0) return text;
    return this.#foldedTexts.get(lines.folded[place] as number) ?? -1;
  }

  /** Adds a write behind the others. @returns its number */
  add(path: string, diff: LineDiff): number {
    const w = this.#diffs.push(diff) - 1;
    const { hunks, lines } = diff;
    let line = this.#first[w] as number;
    this.#first.push(line + lines.kind.length);
    while (this.#write.length < line + lines.kind.length) this.#grow();
    const group = this.groupOf(path);
    (this.#writesOf[group] ??= []).push(w);
    const maps = this.#newest[group] as [Map<number, number>, Map<number, number>];
    let place = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      for (const side of [1, 0] as const) {
        for (const end = place + (hunks[h + (side === 1 ? 1 : 3)] as number); place < end; place++, line++) {
          const text = this.#number(lines, place);
          this.#write[line] = w;
          this.#side[line] = side;
          this.#text[line] = text;
          this.#older[line] = maps[side].get(text) ?? -1;
          maps[side].set(text, line);
        }
      }
    }
    return w;
  }

  #grow(): void {
    const wider = <T extends Int32Array | Uint8Array>(column: T, next: T): T => {
      next.set(column);
      return next;
    };
    const length = this.#write.length * 2;
    this.#write = wider(this.#write, new Int32Array(length));
    this.#side = wider(this.#side, new Uint8Array(length));
    this.#text = wider(this.#text, new Int32Array(length));
    this.#older = wider(this.#older, new Int32Array(length));
  }

  /** Number of a text by its `bare`, -1 for one nobody wrote. */
  textOf(bare: number): number {
    return this.#filter.mayHave(bare) ? (this.#texts.get(bare) ?? -1) : -1;
  }

  /** Whether anybody wrote a line of this side into a group of paths. */
  hasLines(group: number, side: 0 | 1): boolean {
    return (this.#newest[group]?.[side].size ?? 0) > 0;
  }

  /** Runs of written lines of a group and side that are this put together, the newest first. They begin with a telling line. */
  findJoined(group: number, side: 0 | 1, bare: number): readonly Joined[] {
    const both = (this.#joined[group] ??= [null, null]);
    return (both[side] ??= this.#join(group, side)).find(bare);
  }

  #join(group: number, side: 0 | 1): JoinedRuns {
    const runs = new JoinedRuns();
    for (const w of this.#writesOf[group] ?? []) {
      const { hunks, lines } = this.#diffs[w] as LineDiff;
      let place = 0;
      for (let h = 0; h < hunks.length; h += 4) {
        const [removed, added] = [hunks[h + 1] as number, hunks[h + 3] as number];
        const [from, to] = side === 1 ? [place, place + removed] : [place + removed, place + removed + added];
        runs.addRunsOf(lines, from, to, this.#first[w] as number);
        place += removed + added;
      }
    }
    return runs;
  }

  /** Written lines of one side with this text in a group of paths, oldest first; of very many the newest. */
  find(group: number, side: 0 | 1, text: number): readonly number[] {
    let line = text < 0 ? -1 : (this.#newest[group]?.[side].get(text) ?? -1);
    if (line < 0) return none;
    const lines: number[] = [];
    for (; line >= 0 && lines.length < mostOfOneText; line = this.#older[line] as number) lines.push(line);
    return lines.reverse();
  }

  groupOf(path: string): number {
    return this.#groups.get(path) ?? -1;
  }

  writeOf(line: number): number {
    return this.#write[line] as number;
  }

  /** First line of a write; of the one after the last, the number of lines. */
  firstOf(write: number): number {
    return this.#first[write] as number;
  }

  placeOf(line: number): number {
    return line - (this.#first[this.#write[line] as number] as number);
  }

  sideOf(line: number): number {
    return this.#side[line] as number;
  }

  textAt(line: number): number {
    return this.#text[line] as number;
  }

  kindOf(line: number): number {
    return (this.#diffs[this.writeOf(line)] as LineDiff).lines.kind[this.placeOf(line)] as number;
  }

  bareOf(line: number): number {
    return (this.#diffs[this.writeOf(line)] as LineDiff).lines.bare[this.placeOf(line)] as number;
  }

  featuresOf(line: number): { readonly lines: LineFeatures; readonly place: number } {
    return { lines: (this.#diffs[this.writeOf(line)] as LineDiff).lines, place: this.placeOf(line) };
  }

  /** The lines of the hunk a line is in, both sides. */
  hunkAround(line: number): { readonly start: number; readonly end: number } {
    const { hunks } = this.#diffs[this.writeOf(line)] as LineDiff;
    let start = this.firstOf(this.writeOf(line));
    for (let h = 0; h < hunks.length; h += 4) {
      const end = start + (hunks[h + 1] as number) + (hunks[h + 3] as number);
      if (line < end) return { start, end };
      start = end;
    }
    return { start, end: start };
  }

  /** Commits that have taken a written line. */
  consumedBy(line: number): readonly number[] {
    return this.#consumed.get(line) ?? none;
  }

  consume(line: number, commit: number): void {
    const list = this.#consumed.get(line);
    if (list) list.push(commit);
    else this.#consumed.set(line, [commit]);
  }

  /** In how many groups of paths commits ever changed a line with this text: what is common says little. */
  pathsWith(text: number): number {
    return text < 0 ? 0 : (this.#paths[text] ?? 0);
  }
}

/** Gives one number to all paths that renames connect. */
function groupPaths(history: LineHistoryResult, writes: readonly LocatedWrite[]): Map<string, number> {
  const parent = new Map<string, string>();
  const root = (path: string): string => {
    let top = path;
    for (let next = parent.get(top); next !== undefined && next !== top; next = parent.get(top)) top = next;
    if (top !== path) parent.set(path, top);
    return top;
  };
  const paths = new Set<string>();
  for (const commit of history.commits) {
    for (const file of commit.files) {
      paths.add(file.path);
      if (file.oldPath === null) continue;
      paths.add(file.oldPath);
      const [a, b] = [root(file.path), root(file.oldPath)];
      if (a !== b) parent.set(b, a);
    }
  }
  for (const write of writes) paths.add(write.path);
  const numbers = new Map<string, number>();
  const groups = new Map<string, number>();
  for (const path of paths) {
    const top = root(path);
    let number = numbers.get(top);
    if (number === undefined) numbers.set(top, (number = numbers.size));
    groups.set(path, number);
  }
  return groups;
}

function countPaths(
  { commits }: LineHistoryResult,
  groups: ReadonlyMap<string, number>,
  starts: readonly Int32Array[],
  texts: Int32Array,
  count: number,
): Int32Array {
  const changesOf: [number, number][][] = [];
  commits.forEach(({ files }, c) => {
    files.forEach(({ path, diff }, f) => {
      const start = (starts[c] as Int32Array)[f] as number;
      (changesOf[groups.get(path) as number] ??= []).push([start, start + diff.lines.kind.length]);
    });
  });
  const counts = new Int32Array(count);
  const seenIn = new Int32Array(count).fill(-1);
  changesOf.forEach((changes, group) => {
    for (const [start, end] of changes) {
      for (let at = start; at < end; at++) {
        const text = texts[at] as number;
        if (text < 0 || seenIn[text] === group) continue;
        seenIn[text] = group;
        counts[text] = (counts[text] as number) + 1;
      }
    }
  });
  return counts;
}
