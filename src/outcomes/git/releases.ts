import type { CommitFact, RefFact } from "../../contract/facts.ts";
import type { Release, ReleasesResult } from "../../contract/history.ts";
import { type CommitGraph, graphOf, walkBack } from "./graph.ts";

const none = -1;
const tagPrefix = "refs/tags/";

/** `v1.2.3`, `1.2`, `pkg@1.2.3`, `apps/web/v2.0.0-rc.1`; what is behind the numbers tells a pre-release. */
const releaseTag = /^(?:.*?[/@-])?v?\d+\.\d+(?:\.\d+)?(.*)$/;
const preRelease =
  /^(?:\.\d+)*[-._]?(?:alpha|beta|rc|cr|pre|preview|dev|snapshot|nightly|canary|next|experimental|insiders?|m|a|b|c)(?:[-._]?\d|[-._+]|$)|^-(?!\d+$|final|ga|release|post)/i;

/** What a tag's name says, null if it names no release. */
export function parseReleaseTag(tag: string): { readonly preRelease: boolean } | null {
  const match = releaseTag.exec(tag);
  return match === null ? null : { preRelease: preRelease.test(match[1] as string) };
}

/**
 * Releases in the order of history, and for each commit the first one that contains it (RULINGS 30). The order is by the
 * committer date of the tagged commit, but never before a release that the commit contains: neither a tag that is dated
 * anew nor a clock that was wrong changes it.
 * @param commits in topological order, parents first
 */
export function findReleases(commits: readonly CommitFact[], refs: readonly RefFact[]): ReleasesResult {
  const graph = graphOf(commits);
  const placeInTime = risingDates(graph);
  const found = refs
    .filter(({ name }) => name.startsWith(tagPrefix))
    .flatMap(({ name, commit }) => {
      const tag = name.slice(tagPrefix.length);
      const parsed = parseReleaseTag(tag);
      const index = graph.indexOf.get(commit);
      return parsed === null || index === undefined ? [] : [{ tag, index, ...parsed }];
    })
    .sort((a, b) => (placeInTime[a.index] as number) - (placeInTime[b.index] as number) || a.index - b.index || (a.tag < b.tag ? -1 : 1));
  const releaseOf = new Int32Array(commits.length).fill(none);
  found.forEach(({ index }, release) => {
    walkBack(graph, [index], (commit) => {
      if (releaseOf[commit] !== none) return false;
      releaseOf[commit] = release;
      return true;
    });
  });
  const releases = found.map(({ tag, index, preRelease }): Release => {
    const { hash, commitAt } = commits[index] as CommitFact;
    return { tag, commit: hash, releasedAt: commitAt, preRelease };
  });
  return { releases, releaseOf };
}

/** Committer dates, none earlier than an ancestor's. */
function risingDates({ commits, parents }: CommitGraph): Float64Array {
  const dates = new Float64Array(commits.length);
  commits.forEach(({ commitAt }, index) => {
    let latest = commitAt;
    for (const parent of parents[index] as readonly number[]) if (parent !== none) latest = Math.max(latest, dates[parent] as number);
    dates[index] = latest;
  });
  return dates;
}
