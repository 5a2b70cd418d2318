import type { CommitFact, RefFact } from "../../contract/facts.ts";
import { firstParents, graphOf, walkBack } from "./graph.ts";

/** Where the choice came from, in the order in which it is asked (RULINGS 29). */
export type DefaultBranchReason = "configured" | "forge" | "origin_head" | "head" | "most_changes";

export interface DefaultBranch {
  /** Short name: `main`. For a detached HEAD `HEAD`. */
  readonly name: string;
  readonly reason: DefaultBranchReason;
  /** Its newest commit. */
  readonly commit: string;
}

export interface DefaultBranchHints {
  readonly configured?: string | null;
  readonly forge?: string | null;
  /** Branch `refs/remotes/origin/HEAD` stands for, short. */
  readonly originHead: string | null;
  /** Branch HEAD stands for, short, null when it is detached. */
  readonly head: string | null;
}

/**
 * Chooses the default branch: configuration, forge, `origin/HEAD`, HEAD, else the branch most changes landed on (longest
 * first-parent chain; on a tie the smaller name). A name no ref has is passed over.
 *
 * Its newest commit is the one of `origin/NAME` and local `NAME` that contains the other, `origin`'s if neither does.
 * @param refs of one or several clones
 * @returns null in an empty repository
 */
export function chooseDefaultBranch(
  hints: DefaultBranchHints,
  refs: readonly RefFact[],
  commits: readonly CommitFact[],
): DefaultBranch | null {
  const asked = [
    ["configured", hints.configured],
    ["forge", hints.forge],
    ["origin_head", hints.originHead],
    ["head", hints.head],
  ] as const;
  for (const [reason, name] of asked) {
    const commit = name === null || name === undefined ? null : tipOf(name, refs, commits);
    if (commit !== null) return { name: name as string, reason, commit };
  }
  const detached = refs.find(({ name }) => name === "HEAD");
  if (detached !== undefined && hints.head === null) return { name: "HEAD", reason: "head", commit: detached.commit };
  return longest(refs, commits);
}

const branchPrefix = /^refs\/(?:heads|remotes\/[^/]+)\//;

function tipOf(branch: string, refs: readonly RefFact[], commits: readonly CommitFact[]): string | null {
  const of = (place: RegExp): readonly string[] =>
    refs.filter(({ name }) => place.test(name) && name.replace(branchPrefix, "") === branch).map(({ commit }) => commit);
  const candidates = [
    ...new Set([...of(/^refs\/remotes\/origin\//), ...of(/^refs\/heads\//), ...of(/^refs\/remotes\/(?!origin\/)/)].slice(0, 16)),
  ];
  if (candidates.length <= 1) return candidates[0] ?? null;
  const graph = graphOf(commits);
  const known = candidates.filter((hash) => graph.indexOf.has(hash));
  const contained = new Set<string>();
  for (const candidate of known) {
    const seen = new Set<number>();
    walkBack(graph, [graph.indexOf.get(candidate) as number], (index) => !seen.has(index) && seen.add(index) !== undefined);
    for (const other of known) if (other !== candidate && seen.has(graph.indexOf.get(other) as number)) contained.add(other);
  }
  return known.find((hash) => !contained.has(hash)) ?? candidates[0] ?? null;
}

function longest(refs: readonly RefFact[], commits: readonly CommitFact[]): DefaultBranch | null {
  const graph = graphOf(commits);
  let best: (DefaultBranch & { readonly length: number }) | null = null;
  for (const { name, commit } of refs) {
    const index = graph.indexOf.get(commit);
    if (index === undefined || !branchPrefix.test(name)) continue;
    const short = name.replace(branchPrefix, "");
    const { length } = firstParents(graph, index);
    if (best === null || length > best.length || (length === best.length && short < best.name))
      best = { name: short, reason: "most_changes", commit, length };
  }
  return best === null ? null : { name: best.name, reason: best.reason, commit: best.commit };
}
