import type { LineHistoryResult } from "../contract/history.ts";
import type { LocatedWrite } from "./link.ts";

const none: readonly number[] = [];

/**
 * Every written line of a repository, found by path and text. A line is its place in the whole sequence of writes; lines
 * of one write follow each other. Paths that renames connect are one group. Texts are numbered (`textOf`): fingerprints
 * are doubles, and a map of doubles costs a heap object a key.
 */
export class WrittenLines {
  readonly #first: Int32Array;
  readonly #write: Int32Array;
  readonly #side: Uint8Array;
  readonly #text: Int32Array;
  readonly #texts: ReadonlyMap<number, number>;
  readonly #groups: ReadonlyMap<string, number>;
  /** By group and side: text → its newest line. */
  readonly #newest: readonly [Map<number, number>, Map<number, number>][];
  /** The next older line of the same group, side and text, -1 for none. */
  readonly #older: Int32Array;
  readonly #consumed = new Map<number, number[]>();
  readonly #paths: Int32Array;

  /** @param writes sorted by instant */
  constructor(writes: readonly LocatedWrite[], history: LineHistoryResult) {
    this.#groups = groupPaths(history, writes);
    this.#first = new Int32Array(writes.length + 1);
    writes.forEach((write, w) => {
      this.#first[w + 1] = (this.#first[w] as number) + write.diff.lines.kind.length;
    });
    const total = this.#first[writes.length] as number;
    this.#write = new Int32Array(total);
    this.#side = new Uint8Array(total);
    this.#text = new Int32Array(total);
    this.#older = new Int32Array(total).fill(-1);
    const texts = new Map<number, number>();
    const newest: [Map<number, number>, Map<number, number>][] = Array.from({ length: new Set(this.#groups.values()).size }, () => [
      new Map(),
      new Map(),
    ]);
    writes.forEach((write, w) => {
      const maps = newest[this.groupOf(write.path)] as [Map<number, number>, Map<number, number>];
      const { hunks, lines } = write.diff;
      let line = this.#first[w] as number;
      let place = 0;
      for (let h = 0; h < hunks.length; h += 4) {
        for (const side of [1, 0] as const) {
          for (const end = place + (hunks[h + (side === 1 ? 1 : 3)] as number); place < end; place++, line++) {
            const fingerprint = lines.folded[place] as number;
            let text = texts.get(fingerprint);
            if (text === undefined) texts.set(fingerprint, (text = texts.size));
            this.#write[line] = w;
            this.#side[line] = side;
            this.#text[line] = text;
            this.#older[line] = maps[side].get(text) ?? -1;
            maps[side].set(text, line);
          }
        }
      }
    });
    this.#texts = texts;
    this.#newest = newest;
    this.#paths = countPaths(history, texts, this.#groups);
  }

  /** Number of a text by its fingerprint, -1 for one nobody wrote. */
  textOf(fingerprint: number): number {
    return this.#texts.get(fingerprint) ?? -1;
  }

  /** Written lines of one side with this text in a group of paths, oldest first. */
  find(group: number, side: 0 | 1, text: number): readonly number[] {
    let line = text < 0 ? -1 : (this.#newest[group]?.[side].get(text) ?? -1);
    if (line < 0) return none;
    const lines: number[] = [];
    for (; line >= 0; line = this.#older[line] as number) lines.push(line);
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
    return text < 0 ? 0 : (this.#paths[text] as number);
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

function countPaths(history: LineHistoryResult, texts: ReadonlyMap<number, number>, groups: ReadonlyMap<string, number>): Int32Array {
  const changesOf = new Map<number, Float64Array[]>();
  for (const commit of history.commits) {
    for (const { path, diff } of commit.files) {
      const group = groups.get(path) as number;
      const list = changesOf.get(group);
      if (list) list.push(diff.lines.folded);
      else changesOf.set(group, [diff.lines.folded]);
    }
  }
  const counts = new Int32Array(texts.size);
  const seenIn = new Int32Array(texts.size).fill(-1);
  for (const [group, changes] of changesOf) {
    for (const fingerprints of changes) {
      for (const fingerprint of fingerprints) {
        const text = texts.get(fingerprint);
        if (text === undefined || seenIn[text] === group) continue;
        seenIn[text] = group;
        counts[text] = (counts[text] as number) + 1;
      }
    }
  }
  return counts;
}
