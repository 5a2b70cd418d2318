import { type Deployment, isLive } from "../analysis/deployments.ts";
import type { Intervention } from "../analysis/dora.ts";
import type { CommitFact, RefFact } from "../contract/facts.ts";
import { type CommitGraph, graphOf, walkBack } from "../outcomes/git/graph.ts";
import { findReleases } from "../outcomes/git/releases.ts";
import { readRepositories, type StoredRepository } from "../store/fact-reader.ts";
import type { FactStore } from "../store/store.ts";
import { topologicalOrder } from "./commit-order.ts";

/** The commits of a repository without what they changed, and its tags. */
export interface DeliveryFacts {
  readonly id: number;
  readonly graph: CommitGraph;
  readonly tags: readonly RefFact[];
}

const noFiles: CommitFact["files"] = [];

/** Of every repository; commits that are later than `until` are not there yet. */
export async function readDeliveryFacts(store: FactStore, until: number): Promise<DeliveryFacts[]> {
  const { repositories, idOf } = await readRepositories(store);
  const rows = await store.database.all(
    "SELECT repository_id, commit_hash, parents, author_ms, commit_ms, reverts FROM commit WHERE commit_ms <= $until",
    { until },
  );
  const commits = new Map<number, Map<string, CommitFact>>(repositories.map(({ id }) => [id, new Map()]));
  for (const row of rows) {
    const hash = String(row["commit_hash"]);
    const parents = String(row["parents"] ?? "");
    commits.get(idOf.get(row["repository_id"] as number) as number)?.set(hash, {
      kind: "commit",
      hash,
      parents: parents === "" ? [] : parents.split(" "),
      authorName: "",
      authorEmail: "",
      authorAt: Number(row["author_ms"]),
      commitAt: Number(row["commit_ms"]),
      trailers: [],
      squashOf: null,
      mergeOf: null,
      reverts: row["reverts"] === null ? null : String(row["reverts"]),
      files: noFiles,
    });
  }
  return repositories.map((repository) => ({
    id: repository.id,
    graph: graphOf(topologicalOrder([...(commits.get(repository.id) as Map<string, CommitFact>).values()])),
    tags: tagsOf(repository),
  }));
}

function tagsOf({ clones }: StoredRepository): RefFact[] {
  const tags = new Map(
    clones.flatMap(({ refs }) => refs.filter(({ name }) => name.startsWith("refs/tags/")).map((ref) => [ref.name, ref])),
  );
  return [...tags.values()].map(({ name, commit }) => ({ kind: "ref", name, commit }));
}

/** Releases by tag as deployments, in the order of history; pre-releases are not. */
export function taggedDeployments({ graph, tags }: DeliveryFacts, repository: string): Deployment[] {
  return findReleases(graph.commits, tags)
    .releases.filter(({ preRelease }) => !preRelease)
    .map(({ tag, commit, releasedAt }) => deploymentAt(tag, commit, releasedAt, repository));
}

/** Something that was live once it was there: a tag, a landing. */
export function deploymentAt(id: string, commit: string, finishedAt: number, repository: string): Deployment {
  return {
    id,
    deployment: id,
    application: repository,
    repository,
    commit,
    environment: "production",
    result: "success",
    startedAt: null,
    finishedAt,
    unplanned: null,
  };
}

/** For each commit the first deployment to production that has it. @param deployments in the order they are counted in */
export function firstWith({ graph }: DeliveryFacts, deployments: readonly Deployment[]): ReadonlyMap<string, Deployment> {
  const first = new Map<string, Deployment>();
  for (const deployment of deployments.filter(isLive)) {
    const start = graph.indexOf.get(deployment.commit);
    if (start === undefined) continue; // a commit that is not in this copy: nothing is known to have come with it
    walkBack(graph, [start], (index) => {
      const { hash } = graph.commits[index] as CommitFact;
      if (first.has(hash)) return false;
      first.set(hash, deployment);
      return true;
    });
  }
  return first;
}

/**
 * Reverts that came behind the deployment of what they take back, within `withinMs`: that deployment failed. The revert of a
 * revert brings back; it tells of no failure.
 * @param isLanded whether a commit is on the default branch
 */
export function revertsOf(
  { graph }: DeliveryFacts,
  first: ReadonlyMap<string, Deployment>,
  isLanded: (commit: string) => boolean,
  withinMs: number,
): Intervention[] {
  return graph.commits.flatMap(({ hash, reverts, commitAt }): Intervention[] => {
    const taken = reverts === null ? undefined : graph.commits[graph.indexOf.get(reverts) ?? -1];
    const failed = taken === undefined || taken.reverts !== null ? undefined : first.get(taken.hash);
    if (failed === undefined || !isLanded(hash)) return [];
    const after = commitAt - (failed.finishedAt as number); // those to production are over
    const answer = first.get(hash);
    if (after < 0 || after > withinMs || answer === failed) return [];
    return [{ kind: "revert", failed: failed.deployment, answeredBy: answer?.deployment ?? null }];
  });
}
