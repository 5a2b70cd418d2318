import { type Deployment, isLive } from "../analysis/deployments.ts";
import type { Rung } from "../contract/delivery.ts";
import type { CommitFact, RefFact } from "../contract/facts.ts";
import type { ForgeHistory } from "../contract/forge-facts.ts";
import type { Release, ReleasesResult } from "../contract/history.ts";
import { type CommitGraph, graphOf, walkBack } from "../outcomes/git/graph.ts";
import { deploymentsOf, releasesOf } from "./forge-deployments.ts";

/** What releases the lines of a repository: the best rung that is in use. Landing is decided elsewhere, where no rung is. */
export interface ReleaseLadder {
  readonly rung: Exclude<Rung, "landing">;
  readonly releases: ReleasesResult;
}

/** As for tags: a rung without anything for so long before the horizon is in use no more (MEASURES 1). */
const inUseMs = 90 * 86_400_000;
const tagPrefix = "refs/tags/";

/**
 * Deployments to production, else published releases, else tags (MEASURES 3). A forge may have begun to count later than
 * it deployed: what its first deployment had is released by the rung below where that is earlier.
 * @param tags releases by tag @param told null where git alone tells, or where the organisation says what releases
 * @param horizon newest instant of the default branch
 */
export function releaseLadder(
  commits: readonly CommitFact[],
  refs: readonly RefFact[],
  tags: ReleasesResult,
  told: Pick<ForgeHistory, "repository" | "deployments" | "releases"> | null,
  horizon: number,
): ReleaseLadder {
  let ladder: ReleaseLadder = { rung: "tags", releases: tags };
  if (told === null) return ladder;
  const graph = graphOf(commits);
  const tagged = new Map(refs.flatMap(({ name, commit }) => (name.startsWith(tagPrefix) ? [[name.slice(tagPrefix.length), commit]] : [])));
  const rungs = [
    ["releases", releasesOf(told, told.repository, (tag) => tagged.get(tag) ?? null)],
    ["deployments", deploymentsOf(told, told.repository).deployments],
  ] as const;
  for (const [rung, rows] of rungs) {
    const live = rows.filter((row) => isLive(row) && graph.indexOf.has(row.commit)).sort(byEnd);
    const newest = live.at(-1)?.finishedAt ?? null;
    if (newest !== null && horizon - newest <= inUseMs) ladder = { rung, releases: above(graph, live, ladder.releases) };
  }
  return ladder;
}

const byEnd = (a: Deployment, b: Deployment): number => (a.finishedAt ?? 0) - (b.finishedAt ?? 0) || (a.id < b.id ? -1 : 1);

function above(graph: CommitGraph, live: readonly Deployment[], below: ReleasesResult): ReleasesResult {
  const releaseOf = new Int32Array(graph.commits.length).fill(-1);
  live.forEach(({ commit }, release) => {
    walkBack(graph, [graph.indexOf.get(commit) ?? -1], (c) => {
      if (releaseOf[c] !== -1) return false;
      releaseOf[c] = release;
      return true;
    });
  });
  const releases = live.map(
    ({ deployment, commit, finishedAt }): Release => ({ tag: deployment, commit, releasedAt: finishedAt as number, preRelease: false }),
  );
  const since = releases[0]?.releasedAt ?? Number.NEGATIVE_INFINITY;
  for (const [c, release] of releaseOf.entries()) {
    const earlier = below.releaseOf[c] as number;
    if (release === 0 && (below.releases[earlier]?.releasedAt ?? since) < since) releaseOf[c] = releases.length + earlier;
  }
  return { releases: [...releases, ...below.releases], releaseOf };
}
