import type { LineHistoryResult } from "../contract/history.ts";
import type { LocatedWrite } from "./link.ts";

const none: readonly number[] = [];

/**
 * Every written line of a repository, found by path and fingerprint. A line is its place in the whole sequence of writes;
 * lines of one write follow each other. Paths that renames connect are one group.
 */
export class WrittenLines {
  readonly #writes: readonly LocatedWrite[];
  readonly #first: Int32Array;
  readonly #write: Int32Array;
  readonly #side: Uint8Array;
  readonly #groups: ReadonlyMap<string, number>;
  readonly #index: readonly [Map<number, number[]>, Map<number, number[]>][];
  readonly #consumed = new Map<number, number[]>();
  readonly #paths: ReadonlyMap<number, number>;

  constructor(writes: readonly LocatedWrite[], history: LineHistoryResult) {
    this.#writes = writes;
    this.#groups = groupPaths(history, writes);
    this.#first = new Int32Array(writes.length + 1);
    writes.forEach((write, w) => {
      this.#first[w + 1] = (this.#first[w] as number) + write.diff.lines.kind.length;
    });
    const total = this.#first[writes.length] as number;
    this.#write = new Int32Array(total);
    this.#side = new Uint8Array(total);
    const index: [Map<number, number[]>, Map<number, number[]>][] = [];
    writes.forEach((write, w) => {
      const group = this.groupOf(write.path);
      const maps = (index[group] ??= [new Map(), new Map()]);
      const { hunks, lines } = write.diff;
      let line = this.#first[w] as number;
      let place = 0;
      for (let h = 0; h < hunks.length; h += 4) {
        for (const side of [1, 0] as const) {
          for (const end = place + (hunks[h + (side === 1 ? 1 : 3)] as number); place < end; place++, line++) {
            this.#write[line] = w;
            this.#side[line] = side;
            const fingerprint = lines.folded[place] as number;
            const list = maps[side].get(fingerprint);
            if (list) list.push(line);
            else maps[side].set(fingerprint, [line]);
          }
        }
      }
    });
    this.#index = index;
    this.#paths = countPaths(history, index, this.#groups);
  }

  /** Places of written lines of one side with this fingerprint in a group of paths, by instant. */
  find(group: number, side: 0 | 1, fingerprint: number): readonly number[] {
    return this.#index[group]?.[side].get(fingerprint) ?? none;
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

  fingerprintOf(line: number): number {
    return (this.#writes[this.writeOf(line)] as LocatedWrite).diff.lines.folded[this.placeOf(line)] as number;
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

  /** In how many groups of paths commits ever changed a line with this fingerprint; 0 if in none. */
  pathsWith(fingerprint: number): number {
    return this.#paths.get(fingerprint) ?? 0;
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

/** Counts groups of paths by fingerprint, for the fingerprints somebody wrote: what is common says little. */
function countPaths(
  history: LineHistoryResult, index: readonly [Map<number, number[]>, Map<number, number[]>][], groups: ReadonlyMap<string, number>,
): Map<number, number> {
  const written = new Set<number>();
  for (const maps of index) for (const map of maps ?? []) for (const fingerprint of map.keys()) written.add(fingerprint);
  const byGroup = new Map<number, Set<number>>();
  for (const commit of history.commits) {
    for (const file of commit.files) {
      const group = groups.get(file.path) as number;
      let seen = byGroup.get(group);
      if (!seen) byGroup.set(group, (seen = new Set()));
      for (const fingerprint of file.diff.lines.folded) if (written.has(fingerprint)) seen.add(fingerprint);
    }
  }
  const counts = new Map<number, number>();
  for (const seen of byGroup.values()) for (const fingerprint of seen) counts.set(fingerprint, (counts.get(fingerprint) ?? 0) + 1);
  return counts;
}
