import type { CommitFact } from "../../contract/facts.ts";
import type { LineFeatures } from "../../lines/line-diff.ts";
import { textOf } from "./line-text.ts";

const none = -1;

/** Where a commit stands. */
export interface CommitStanding {
  /** Its parents exist but are not known: its lines are from before it. */
  readonly isBeforeHistory: boolean;
  readonly onDefault: boolean;
  /** On the first-parent chain of the default branch: what it adds lands, what it removes dies. */
  readonly onChain: boolean;
}

/** The columns of `LineHistoryResult`, and what is needed while they grow. A line is its index. */
export class LineTable {
  #count = 0;
  #born = column(1024);
  #landed = column(1024);
  #killer = column(1024);
  #died = column(1024);
  #origin = column(1024);
  #text = new Float64Array(1024);
  /** In how many files of the newest chain commit the line is: a rename against an edit can leave it in two. */
  #present = new Uint8Array(1024);
  /** The last call of `dropFromMerge` that met the line. */
  #mark = new Int32Array(1024);
  #stamp = 0;
  #commit = none;
  #standing: CommitStanding = { isBeforeHistory: false, onDefault: false, onChain: false };
  readonly #ranks: KillRank[] = [];
  readonly #gone = new IdList();
  readonly #come = new IdList();

  /** Begins the next commit: the following changes belong to it. */
  begin({ parents, commitAt, hash }: CommitFact, standing: CommitStanding): void {
    this.#commit++;
    this.#standing = standing;
    this.#ranks.push({ tier: (standing.onDefault ? 0 : 2) + (parents.length > 1 ? 1 : 0), commitAt, hash });
  }

  get bearsLines(): boolean {
    return !this.#standing.isBeforeHistory;
  }

  /** Bears lines of a plain commit's difference. @returns the id of the first one; the others follow */
  bear(lines: LineFeatures, start: number, count: number): number {
    const first = this.#count;
    const end = first + count;
    while (end > this.#born.length) this.#grow();
    this.#count = end;
    if (this.bearsLines) this.#born.fill(this.#commit, first, end);
    if (this.#standing.onChain) {
      this.#landed.fill(this.#commit, first, end);
      this.#present.fill(1, first, end);
    }
    for (let id = first, line = start; id < end; id++, line++) this.#text[id] = textOf(lines, line);
    return first;
  }

  /** Bears a merge's own line. @param text as `textOf` makes it */
  bearOne(text: number): number {
    const id = this.#count++;
    if (id === this.#born.length) this.#grow();
    if (this.bearsLines) this.#born[id] = this.#commit;
    this.#text[id] = text;
    return id;
  }

  /** Fills the gaps (-1) of a merge's file with the lines of another parent they match. @param matches by line of the file */
  adopt(ids: Int32Array, other: Int32Array, matches: Int32Array): void {
    this.#stamp++;
    for (let at = 0; at < ids.length; at++) if (ids[at] !== none) this.#mark[ids[at] as number] = this.#stamp;
    for (let at = 0; at < ids.length; at++) {
      const match = matches[at] as number;
      if (ids[at] !== none || match === none) continue;
      const id = other[match] as number;
      ids[at] = this.#mark[id] === this.#stamp ? this.#double(id) : id;
      this.#mark[ids[at] as number] = this.#stamp;
    }
  }

  /** The texts of lines; 0 where there is no line. */
  textsOf(ids: Int32Array): Float64Array {
    const texts = new Float64Array(ids.length);
    for (let i = 0; i < ids.length; i++) if (ids[i] !== none) texts[i] = this.#text[ids[i] as number] as number;
    return texts;
  }

  setOrigin(id: number, origin: number): void {
    this.#origin[id] = origin;
  }

  /** A plain commit removes lines `ids[start, end)`. */
  lose(ids: Int32Array, start: number, end: number): void {
    for (let i = start; i < end; i++) {
      const id = ids[i] as number;
      this.#kill(id);
      if (this.#standing.onChain && --this.#present[id]! === 0) this.#died[id] = this.#commit;
    }
  }

  /** A merge's file: the ids it had and has. */
  replace(before: Int32Array, after: Int32Array): void {
    if (!this.#standing.onChain) return;
    this.#gone.push(before);
    this.#come.push(after);
  }

  /** Lines a parent of a merge has and the merge has not: it removed them, unless a plain commit did. */
  dropFromMerge(parent: Int32Array, merge: Int32Array): void {
    if (parent === merge) return;
    this.#stamp++;
    for (let i = 0; i < merge.length; i++) this.#mark[merge[i] as number] = this.#stamp;
    for (let i = 0; i < parent.length; i++) if (this.#mark[parent[i] as number] !== this.#stamp) this.#kill(parent[i] as number);
  }

  /** Settles landing and death of what `replace` was told, all files of the merge at once: lines go from file to file. */
  endMerge(): void {
    const { ids: gone, length: goneLength } = this.#gone;
    const { ids: come, length: comeLength } = this.#come;
    for (let i = 0; i < goneLength; i++) this.#present[gone[i] as number]!--;
    for (let i = 0; i < comeLength; i++) this.#present[come[i] as number]!++;
    for (let i = 0; i < goneLength; i++) {
      const id = gone[i] as number;
      if (this.#present[id] === 0 && this.#died[id] === none) this.#died[id] = this.#commit;
    }
    for (let i = 0; i < comeLength; i++) {
      const id = come[i] as number;
      if (this.#landed[id] === none) this.#landed[id] = this.#commit;
      this.#died[id] = none;
    }
    this.#gone.length = 0;
    this.#come.length = 0;
  }

  columns(): { lines: number; born: Int32Array; landed: Int32Array; killer: Int32Array; died: Int32Array; origin: Int32Array } {
    const whole = (ids: Int32Array): Int32Array => ids.slice(0, this.#count);
    return {
      lines: this.#count,
      born: whole(this.#born),
      landed: whole(this.#landed),
      killer: whole(this.#killer),
      died: whole(this.#died),
      origin: whole(this.#origin),
    };
  }

  /** A merge that took a line from two parents has it twice: the second one is a line of its own, born with the first. */
  #double(id: number): number {
    const copy = this.bearOne(this.#text[id] as number);
    this.#born[copy] = this.#born[id] as number;
    this.#origin[copy] = id;
    return copy;
  }

  #kill(id: number): void {
    const killer = this.#killer[id] as number;
    if (killer === none || outranks(this.#ranks[this.#commit] as KillRank, this.#ranks[killer] as KillRank))
      this.#killer[id] = this.#commit;
  }

  #grow(): void {
    const size = this.#born.length * 2;
    const grown = <T extends Int32Array | Float64Array | Uint8Array>(old: T, wide: T): T => {
      wide.set(old);
      return wide;
    };
    this.#born = grown(this.#born, column(size));
    this.#landed = grown(this.#landed, column(size));
    this.#killer = grown(this.#killer, column(size));
    this.#died = grown(this.#died, column(size));
    this.#origin = grown(this.#origin, column(size));
    this.#text = grown(this.#text, new Float64Array(size));
    this.#present = grown(this.#present, new Uint8Array(size));
    this.#mark = grown(this.#mark, new Int32Array(size));
  }
}

const column = (size: number): Int32Array => new Int32Array(size).fill(none);

/** A list of line ids that is used again and again. */
class IdList {
  ids = new Int32Array(1024);
  length = 0;

  push(more: Int32Array): void {
    if (this.length + more.length > this.ids.length) {
      const wider = new Int32Array((this.length + more.length) * 2);
      wider.set(this.ids);
      this.ids = wider;
    }
    this.ids.set(more, this.length);
    this.length += more.length;
  }
}

/** Who counts as the killer of a line that several commits removed: smaller tier, then earlier, then smaller hash. */
interface KillRank {
  readonly tier: number;
  readonly commitAt: number;
  readonly hash: string;
}

function outranks(a: KillRank, b: KillRank): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier;
  return a.commitAt !== b.commitAt ? a.commitAt < b.commitAt : a.hash < b.hash;
}
