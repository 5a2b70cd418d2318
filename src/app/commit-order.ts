import type { CommitFact } from "../contract/facts.ts";

/**
 * Commits parents first; among those that are ready the oldest committer date, then the smaller hash. The order depends
 * on the commits alone, not on when or from which clone they were read, so that what is derived from it does not either.
 */
export function topologicalOrder(commits: readonly CommitFact[]): CommitFact[] {
  const index = new Map(commits.map((commit, c) => [commit.hash, c]));
  const waiting = new Int32Array(commits.length);
  const children: number[][] = commits.map(() => []);
  commits.forEach((commit, c) => {
    for (const hash of new Set(commit.parents)) {
      const parent = index.get(hash);
      if (parent === undefined) continue; // before a shallow boundary
      (children[parent] as number[]).push(c);
      waiting[c] = (waiting[c] as number) + 1;
    }
  });
  const before = (a: number, b: number): boolean => {
    const [x, y] = [commits[a] as CommitFact, commits[b] as CommitFact];
    return x.commitAt !== y.commitAt ? x.commitAt < y.commitAt : x.hash < y.hash;
  };
  const heap: number[] = [];
  const push = (value: number): void => {
    let at = heap.push(value) - 1;
    while (at > 0) {
      const up = (at - 1) >> 1;
      if (!before(value, heap[up] as number)) break;
      heap[at] = heap[up] as number;
      at = up;
    }
    heap[at] = value;
  };
  const pop = (): number => {
    const top = heap[0] as number;
    const last = heap.pop() as number;
    if (heap.length > 0) {
      let at = 0;
      for (;;) {
        let child = at * 2 + 1;
        if (child >= heap.length) break;
        if (child + 1 < heap.length && before(heap[child + 1] as number, heap[child] as number)) child++;
        if (!before(heap[child] as number, last)) break;
        heap[at] = heap[child] as number;
        at = child;
      }
      heap[at] = last;
    }
    return top;
  };
  commits.forEach((_, c) => {
    if (waiting[c] === 0) push(c);
  });
  const ordered: CommitFact[] = [];
  while (heap.length > 0) {
    const c = pop();
    ordered.push(commits[c] as CommitFact);
    for (const child of children[c] as number[]) {
      waiting[child] = (waiting[child] as number) - 1;
      if (waiting[child] === 0) push(child);
    }
  }
  return ordered;
}
