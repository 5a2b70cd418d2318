import type { CommitFact } from "../../contract/facts.ts";

const none = -1;

/** The columns of `LineHistoryResult`, and what is needed while they grow. A line is its index. */
export class LineTable {
  /** The commit new lines are born in, -1 for before history. */
  bearer = none;
  #count = 0;
  #born = new Int32Array(1024);
  #landed = new Int32Array(1024);
  #killer = new Int32Array(1024);
  #died = new Int32Array(1024);
  #origin = new Int32Array(1024);
  #text = new Float64Array(1024);
  /** In how many files of the newest chain commit the line is: a rename against an edit can leave it in two. */
  #present = new Uint8Array(1024);
  #mark = new Int32Array(1024);
  #stamp = 0;
  #commit = none;
  readonly #ranks: KillRank[] = [];
  #gone: number[] = [];
  #come: number[] = [];

  /** Says which commit the following changes belong to. */
  begin(index: number, commit: CommitFact, onDefault: boolean): void {
    this.#commit = index;
    this.#ranks.push({ tier: (onDefault ? 0 : 2) + (commit.parents.length > 1 ? 1 : 0), commitAt: commit.commitAt, hash: commit.hash });
    this.#gone = [];
    this.#come = [];
  }

  /** @param text as `textOf` makes it @returns the id of a new line */
  bear(text: number): number {
    const id = this.#count++;
    if (id === this.#born.length) this.#grow(id * 2);
    this.#born[id] = this.bearer;
    this.#landed[id] = this.#killer[id] = this.#died[id] = this.#origin[id] = none;
    this.#text[id] = text;
    return id;
  }

  /** A merge that took a line from two parents has it twice: the second one is a line of its own, born with the first. */
  double(id: number): number {
    const copy = this.bear(this.#text[id] as number);
    this.#born[copy] = this.#born[id] as number;
    this.#origin[copy] = id;
    return copy;
  }

  textAt(id: number): number {
    return this.#text[id] as number;
  }

  setOrigin(id: number, origin: number): void {
    this.#origin[id] = origin;
  }

  appear(id: number): void {
    this.#come.push(id);
  }

  loseOne(id: number): void {
    this.#kill(id);
    this.#gone.push(id);
  }

  lose(ids: Int32Array): void {
    for (const id of ids) this.loseOne(id);
  }

  /** A merge's file: the ids it had and has. */
  replace(before: Int32Array, after: Int32Array): void {
    for (const id of before) this.#gone.push(id);
    for (const id of after) this.#come.push(id);
  }

  /** Lines a parent of a merge has and the merge has not: it removed them, unless a plain commit did. */
  dropFromMerge(parent: Int32Array, merge: Int32Array): void {
    this.#stamp++;
    for (const id of merge) this.#mark[id] = this.#stamp;
    for (const id of parent) if (this.#mark[id] !== this.#stamp) this.#kill(id);
  }

  /** Settles landing and death of what the commit changed on the default branch's first-parent chain. */
  endOfChainCommit(index: number): void {
    for (const id of this.#gone) this.#present[id]!--;
    for (const id of this.#come) this.#present[id]!++;
    for (const id of this.#gone) if (this.#present[id] === 0 && this.#died[id] === none) this.#died[id] = index;
    for (const id of this.#come) {
      if (this.#landed[id] === none) this.#landed[id] = index;
      this.#died[id] = none;
    }
  }

  columns(): { lines: number; born: Int32Array; landed: Int32Array; killer: Int32Array; died: Int32Array; origin: Int32Array } {
    const [born, landed, killer, died, origin] = [this.#born, this.#landed, this.#killer, this.#died, this.#origin].map((column) =>
      column.slice(0, this.#count),
    ) as [Int32Array, Int32Array, Int32Array, Int32Array, Int32Array];
    return { lines: this.#count, born, landed, killer, died, origin };
  }

  #kill(id: number): void {
    const killer = this.#killer[id] as number;
    if (killer === none || outranks(this.#ranks[this.#commit] as KillRank, this.#ranks[killer] as KillRank)) this.#killer[id] = this.#commit;
  }

  #grow(size: number): void {
    const grown = <T extends Int32Array | Float64Array | Uint8Array>(old: T, wide: T): T => {
      wide.set(old);
      return wide;
    };
    this.#born = grown(this.#born, new Int32Array(size));
    this.#landed = grown(this.#landed, new Int32Array(size));
    this.#killer = grown(this.#killer, new Int32Array(size));
    this.#died = grown(this.#died, new Int32Array(size));
    this.#origin = grown(this.#origin, new Int32Array(size));
    this.#text = grown(this.#text, new Float64Array(size));
    this.#present = grown(this.#present, new Uint8Array(size));
    this.#mark = grown(this.#mark, new Int32Array(size));
  }
}

interface KillRank {
  readonly tier: number;
  readonly commitAt: number;
  readonly hash: string;
}

function outranks(a: KillRank, b: KillRank): boolean {
  if (a.tier !== b.tier) return a.tier < b.tier;
  return a.commitAt !== b.commitAt ? a.commitAt < b.commitAt : a.hash < b.hash;
}
