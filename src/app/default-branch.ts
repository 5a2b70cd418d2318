import type { CommitFact } from "../contract/facts.ts";
import type { StoredRepository } from "../store/fact-reader.ts";

export interface DefaultBranch {
  readonly name: string;
  /** Why this one, for the reader. */
  readonly reason: string;
  /** Hash of its tip. */
  readonly tip: string;
}

/**
 * The default branch of a repository: configuration, else origin/HEAD, else HEAD, else the branch most of the chain of
 * which is there (RULINGS 29). Several clones may know different tips of it: the one with the newest committer date counts.
 * @returns null for a repository without commits
 */
export function chooseDefaultBranch(stored: StoredRepository, commits: readonly CommitFact[], configured: string | null): DefaultBranch | null {
  const committedAt = new Map(commits.map((commit) => [commit.hash, commit.commitAt]));
  const candidates: { name: string; reason: string }[] = [];
  if (configured !== null) candidates.push({ name: configured, reason: "configured in assay.yaml" });
  for (const { states } of stored.clones) if (states["originHead"]) candidates.push({ name: states["originHead"], reason: "origin/HEAD" });
  for (const { states } of stored.clones) if (states["head"]) candidates.push({ name: states["head"], reason: "HEAD" });
  for (const name of ["main", "master", "trunk", "develop"]) candidates.push({ name, reason: "its name" });
  for (const { name, reason } of candidates) {
    const tips = stored.clones
      .flatMap((clone) => clone.refs)
      .filter((ref) => (ref.name === `refs/heads/${name}` || ref.name === `refs/remotes/origin/${name}`) && committedAt.has(ref.commit))
      .map((ref) => ref.commit)
      .sort((a, b) => (committedAt.get(b) as number) - (committedAt.get(a) as number) || (a < b ? -1 : 1));
    if (tips[0] !== undefined) return { name, reason, tip: tips[0] };
  }
  const newest = [...commits].sort((a, b) => b.commitAt - a.commitAt || (a.hash < b.hash ? -1 : 1))[0];
  return newest ? { name: newest.hash.slice(0, 7), reason: "newest commit; no branch is known", tip: newest.hash } : null;
}
