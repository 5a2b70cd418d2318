/** Walks over commits by index. Commits are in topological order, parents first; -1 is a parent that is not there. */
import type { CommitFact } from "../../contract/facts.ts";

const none = -1;

export interface CommitGraph {
  readonly commits: readonly CommitFact[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly parents: readonly (readonly number[])[];
}

export function graphOf(commits: readonly CommitFact[]): CommitGraph {
  const indexOf = new Map(commits.map(({ hash }, index) => [hash, index]));
  return { commits, indexOf, parents: commits.map(({ parents }) => parents.map((parent) => indexOf.get(parent) ?? none)) };
}

/** Visits what the starts lead to, themselves included, and does not go on behind commits that `enter` refuses. */
export function walkBack(graph: CommitGraph, starts: readonly number[], enter: (index: number) => boolean): void {
  const open = starts.filter((start) => start !== none);
  for (let index = open.pop(); index !== undefined; index = open.pop()) {
    if (!enter(index)) continue;
    for (const parent of graph.parents[index] as readonly number[]) if (parent !== none) open.push(parent);
  }
}

/** The first-parent chain of a commit, oldest first. */
export function firstParents(graph: CommitGraph, tip: number): readonly number[] {
  const chain: number[] = [];
  for (let index = tip; index !== none; index = graph.parents[index]?.[0] ?? none) chain.push(index);
  return chain.reverse();
}

/** For each commit the first one of the tip's first-parent chain that contains it, -1 where none does. */
export function landingsOf(graph: CommitGraph, tip: number): Int32Array {
  const landing = new Int32Array(graph.commits.length).fill(none);
  for (const place of firstParents(graph, tip)) {
    walkBack(graph, [place], (index) => {
      if (landing[index] !== none) return false;
      landing[index] = place;
      return true;
    });
  }
  return landing;
}
