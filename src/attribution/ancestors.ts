/** Answers whether one commit is an ancestor of another, by a walk that stops at the older one's place in topological order. */
export class Ancestors {
  readonly #parents: readonly (readonly number[])[];
  #of = -1;
  #seen = new Set<number>();
  #open: number[] = [];

  /** @param commits in topological order, parents first */
  constructor(commits: readonly { readonly hash: string; readonly parents: readonly string[] }[]) {
    const index = new Map(commits.map((commit, c) => [commit.hash, c]));
    this.#parents = commits.map((commit) => commit.parents.map((hash) => index.get(hash) ?? -1).filter((p) => p >= 0));
  }

  /** True if `older` is reachable from `newer`. The walk of the last `newer` is kept: ask by commit, not by pair. */
  isAncestor(older: number, newer: number): boolean {
    if (older >= newer) return false;
    if (this.#of !== newer) {
      this.#of = newer;
      this.#seen = new Set();
      this.#open = [newer];
    }
    if (this.#seen.has(older)) return true;
    const later: number[] = [];
    while (this.#open.length > 0) {
      const c = this.#open.pop() as number;
      if (c < older) {
        later.push(c); // for a question about an older one
        continue;
      }
      for (const parent of this.#parents[c] as readonly number[]) {
        if (!this.#seen.has(parent)) {
          this.#seen.add(parent);
          this.#open.push(parent);
        }
      }
    }
    this.#open = later;
    return this.#seen.has(older);
  }
}
