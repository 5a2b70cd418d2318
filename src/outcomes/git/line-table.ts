import type { LineFeatures } from "../../lines/line-diff.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { textOf } from "./line-text.ts";

const none = -1;

/** Where a commit stands: who of several killers counts, and where lines land and die. */
export interface Standing {
  /** 1 for commits of the first-parent chain of the default branch: what they add lands, what they remove dies. */
  readonly onChain: Uint8Array;
  readonly onDefault: Uint8Array;
}

/** What of a commit decides which killer counts. */
export interface Killer {
  readonly hash: string;
  readonly commitAt: number;
  readonly isMerge: boolean;
}

/**
 * The columns of `LineLives`, and what is needed while they grow. A line is its index. Nothing here depends on which
 * branch is the default one: what landed and died there is told from the changes of its chain, in the end.
 */
export class LineTable {
  #count = 0;
  #born = column(1024);
  #killer = column(1024);
  #origin = column(1024);
  #text = new Float64Array(1024);
  /** The last call of `dropFromMerge` or `adopt` that met the line. */
  #mark = new Int32Array(1024);
  #stamp = 0;
  /** Of a merge: places a line has more than in the first parent. 0 for every line between two commits. */
  #balance = new Int8Array(1024);
  #commit = none;
  #bearsLines = true;
  readonly #killers: Killer[] = [];
  /** Line and commit in turn: the killers of a line beside its first one. */
  readonly #otherKills = new IdList();
  /** Lines each commit takes from and adds to its first parent's files, one entry for each place; `#ends` bounds them. */
  readonly #gone = new IdList();
  readonly #come = new IdList();
  /** Three a commit: where its part of `#gone`, of `#come`, and of all lines ends. */
  readonly #ends = new IdList();
  readonly #before = new IdList();
  readonly #after = new IdList();
  /** Of a merge: what a file of it lacks of a parent's. */
  readonly #dropped = new IdList();

  /** Begins the next commit: the following changes belong to it. @param bearsLines false where its lines are from before history */
  begin(killer: Killer, bearsLines: boolean): void {
    this.#endCommit();
    this.#commit++;
    this.#bearsLines = bearsLines;
    this.#killers.push(killer);
  }

  get bearsLines(): boolean {
    return this.#bearsLines;
  }

  /** Bears lines of a plain commit's difference. @returns the id of the first one; the others follow */
  bear(lines: LineFeatures, start: number, count: number): number {
    const first = this.#count;
    const end = first + count;
    while (end > this.#born.length) this.#grow();
    this.#count = end;
    if (this.#bearsLines) this.#born.fill(this.#commit, first, end);
    for (let id = first, line = start; id < end; id++, line++) this.#text[id] = textOf(lines, line);
    return first;
  }

  /** Bears a merge's own line. @param text as `textOf` makes it */
  bearOne(text: number): number {
    const id = this.#count++;
    if (id === this.#born.length) this.#grow();
    if (this.#bearsLines) this.#born[id] = this.#commit;
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

  originOf(id: number): number {
    return this.#origin[id] as number;
  }

  setOrigin(id: number, origin: number): void {
    this.#origin[id] = origin;
  }

  /** A plain commit removes lines `ids[start, end)`. */
  lose(ids: Int32Array, start: number, end: number): void {
    this.#gone.push(ids, start, end);
    for (let i = start; i < end; i++) this.#kill(ids[i] as number);
  }

  /** A merge's file: the ids it had and has. */
  replace(before: Int32Array, after: Int32Array): void {
    if (before === after) return;
    this.#before.push(before, 0, before.length);
    this.#after.push(after, 0, after.length);
  }

  /** Lines a parent of a merge has and its file of the merge has not: removed by it if no other file has them, unless a plain commit did. */
  dropFromMerge(parent: Int32Array, merge: Int32Array): void {
    if (parent === merge) return;
    this.#stamp++;
    for (let i = 0; i < merge.length; i++) this.#mark[merge[i] as number] = this.#stamp;
    for (let i = 0; i < parent.length; i++) if (this.#mark[parent[i] as number] !== this.#stamp) this.#dropped.add(parent[i] as number);
  }

  /** Settles what `replace` and `dropFromMerge` were told, all files of the merge at once: lines go from file to file. */
  endMerge(): void {
    this.#killDropped();
    const balance = this.#balance;
    for (let i = 0; i < this.#before.length; i++) balance[this.#before.ids[i] as number]!--;
    for (let i = 0; i < this.#after.length; i++) balance[this.#after.ids[i] as number]!++;
    for (let i = 0; i < this.#before.length; i++) {
      const id = this.#before.ids[i] as number;
      for (; (balance[id] as number) < 0; balance[id]!++) this.#gone.add(id);
    }
    for (let i = 0; i < this.#after.length; i++) {
      const id = this.#after.ids[i] as number;
      for (; (balance[id] as number) > 0; balance[id]!--) this.#come.add(id);
    }
    this.#before.length = 0;
    this.#after.length = 0;
  }

  #killDropped(): void {
    if (this.#dropped.length === 0) return;
    this.#stamp++;
    for (let i = 0; i < this.#after.length; i++) this.#mark[this.#after.ids[i] as number] = this.#stamp;
    for (let i = 0; i < this.#dropped.length; i++) {
      const id = this.#dropped.ids[i] as number;
      if (this.#mark[id] !== this.#stamp) this.#kill(id);
    }
    this.#dropped.length = 0;
  }

  columns(standing: Standing): {
    lines: number;
    born: Int32Array;
    landed: Int32Array;
    killer: Int32Array;
    died: Int32Array;
    origin: Int32Array;
  } {
    this.#endCommit();
    return {
      lines: this.#count,
      born: this.#born.slice(0, this.#count),
      killer: this.#killersBy(standing),
      origin: this.#origin.slice(0, this.#count),
      ...this.#livesOn(standing.onChain),
    };
  }

  /** @param kept lists of the lines whose texts are needed further on */
  write(to: ByteWriter, kept: Iterable<Int32Array>): void {
    this.#endCommit();
    to.count(this.#killers.length);
    for (const { hash, commitAt, isMerge } of this.#killers) {
      to.hash(hash);
      to.signed(commitAt);
      to.count(isMerge ? 1 : 0);
    }
    to.levels(this.#born, this.#count);
    to.levels(this.#killer, this.#count);
    const distance = this.#origin.subarray(0, this.#count).map((origin, id) => (origin === none ? 0 : origin - id));
    to.levels(distance, this.#count);
    for (const list of [this.#otherKills, this.#gone, this.#come, this.#ends]) to.ids(list.ids.subarray(0, list.length));
    const needed = new Uint8Array(this.#count);
    for (const ids of kept) for (let i = 0; i < ids.length; i++) needed[ids[i] as number] = 1;
    to.levels(needed, this.#count);
    const texts = this.#text.subarray(0, this.#count).filter((_, id) => needed[id] === 1);
    to.raw(new Uint8Array(texts.buffer, texts.byteOffset, texts.byteLength));
  }

  static read(from: ByteReader): LineTable {
    const table = new LineTable();
    const commits = from.count();
    for (let c = 0; c < commits; c++) table.#killers.push({ hash: from.hash(), commitAt: from.signed(), isMerge: from.count() === 1 });
    table.#commit = commits - 1;
    table.#born = from.levels();
    table.#killer = from.levels();
    table.#origin = from.levels().map((distance, id) => (distance === 0 ? none : id + distance));
    table.#count = table.#born.length;
    for (const list of [table.#otherKills, table.#gone, table.#come, table.#ends]) list.set(from.ids());
    const needed = from.levels();
    const texts = new Float64Array(new Uint8Array(from.raw()).buffer);
    table.#text = new Float64Array(table.#count);
    for (let id = 0, at = 0; id < table.#count; id++) if (needed[id] === 1) table.#text[id] = texts[at++] as number;
    table.#mark = new Int32Array(table.#count);
    table.#balance = new Int8Array(table.#count);
    return table;
  }

  killerAt(commit: number): Killer | undefined {
    return this.#killers[commit];
  }

  /** Of the killers of a line: commits of the default branch before others, plain ones before merges, then the earliest. */
  #killersBy({ onDefault }: Standing): Int32Array {
    const killer = this.#killer.slice(0, this.#count);
    for (let i = 0; i < this.#otherKills.length; i += 2) {
      const id = this.#otherKills.ids[i] as number;
      const other = this.#otherKills.ids[i + 1] as number;
      if (this.#outranks(other, killer[id] as number, onDefault)) killer[id] = other;
    }
    return killer;
  }

  #outranks(a: number, b: number, onDefault: Uint8Array): boolean {
    const [one, other] = [this.#killers[a] as Killer, this.#killers[b] as Killer];
    if (onDefault[a] !== onDefault[b]) return onDefault[a] === 1;
    if (one.isMerge !== other.isMerge) return other.isMerge;
    return one.commitAt !== other.commitAt ? one.commitAt < other.commitAt : one.hash < other.hash;
  }

  /** When each line came to the chain and left it for good. */
  #livesOn(onChain: Uint8Array): { landed: Int32Array; died: Int32Array } {
    const landed = column(this.#count);
    const died = column(this.#count);
    /** In how many files of the newest chain commit the line is: a rename against an edit can leave it in two. */
    const present = new Uint8Array(this.#count);
    const ends = this.#ends.ids;
    for (let commit = 0; commit <= this.#commit; commit++) {
      if (onChain[commit] !== 1) continue;
      const at = commit * 3;
      const [goneFrom, comeFrom, bornFrom] = commit === 0 ? [0, 0, 0] : [ends[at - 3], ends[at - 2], ends[at - 1]];
      for (let i = goneFrom as number; i < (ends[at] as number); i++) {
        const id = this.#gone.ids[i] as number;
        if (--present[id]! === 0) died[id] = commit;
      }
      for (let i = comeFrom as number; i < (ends[at + 1] as number); i++) {
        const id = this.#come.ids[i] as number;
        present[id]!++;
        if (landed[id] === none) landed[id] = commit;
        died[id] = none;
      }
      if (this.#killers[commit]?.isMerge) continue; // what it bears is in what comes
      landed.fill(commit, bornFrom as number, ends[at + 2] as number);
      present.fill(1, bornFrom as number, ends[at + 2] as number);
    }
    return { landed, died };
  }

  #endCommit(): void {
    if (this.#ends.length !== this.#commit * 3) return;
    this.#ends.add(this.#gone.length);
    this.#ends.add(this.#come.length);
    this.#ends.add(this.#count);
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
    if (killer === none) this.#killer[id] = this.#commit;
    else if (killer !== this.#commit) {
      this.#otherKills.add(id);
      this.#otherKills.add(this.#commit);
    }
  }

  #grow(): void {
    const size = Math.max(this.#born.length * 2, 1024);
    const grown = <T extends Int32Array | Float64Array | Int8Array>(old: T, wide: T): T => {
      wide.set(old);
      return wide;
    };
    this.#born = grown(this.#born, column(size));
    this.#killer = grown(this.#killer, column(size));
    this.#origin = grown(this.#origin, column(size));
    this.#text = grown(this.#text, new Float64Array(size));
    this.#mark = grown(this.#mark, new Int32Array(size));
    this.#balance = grown(this.#balance, new Int8Array(size));
  }
}

const column = (size: number): Int32Array => new Int32Array(size).fill(none);

/** A list of integers that grows. */
class IdList {
  ids: Int32Array = new Int32Array(256);
  length = 0;

  add(id: number): void {
    if (this.length === this.ids.length) this.#grow(1);
    this.ids[this.length++] = id;
  }

  push(more: Int32Array, start: number, end: number): void {
    if (this.length + end - start > this.ids.length) this.#grow(end - start);
    for (let i = start; i < end; i++) this.ids[this.length++] = more[i] as number;
  }

  set(ids: Int32Array): void {
    this.ids = ids;
    this.length = ids.length;
  }

  #grow(by: number): void {
    const wider = new Int32Array((this.length + by) * 2);
    wider.set(this.ids.subarray(0, this.length));
    this.ids = wider;
  }
}
