import { bestRung, type Deployment, type Incident, isLive } from "../analysis/deployments.ts";
import { type DeliveredChange, doraOf, hotfixes, type Intervention } from "../analysis/dora.ts";
import type { Delivery, RepositoryDelivery, Rung } from "../contract/delivery.ts";
import type { CommitFact } from "../contract/facts.ts";
import { type DeliveryFacts, deploymentAt, firstWith, revertsOf, taggedDeployments } from "./delivery-facts.ts";
import type { KnownFixes } from "./known-fixes.ts";
import type { Questions } from "./questions.ts";
import { reviewFrictionOf } from "./review-friction.ts";

/** What a forge tells of one repository, beside its git. Each part is left out where it is not observed. */
export interface ForgeDelivery {
  readonly deployments?: readonly Deployment[];
  readonly releases?: readonly Deployment[];
  /** Null or left out: no source of incidents is connected. */
  readonly incidents?: readonly Incident[] | null;
  /** No deployment names an environment: all are taken to go to production. */
  readonly assumesProduction?: boolean;
  /** By key of a change. */
  readonly changes?: ReadonlyMap<string, { readonly openedAt: number | null; readonly firstReviewAt: number | null }>;
}

export interface DeliveryAsked {
  /** Days back from the horizon. */
  readonly days: number;
}

const dayMs = 86_400_000;

/**
 * DORA's five metrics of each repository, as of the asked instant.
 * @param facts as of that instant @param told what forges tell, by repository; from git alone where it is empty
 */
export async function deliveryOf(
  questions: Questions,
  { days }: DeliveryAsked,
  facts: readonly DeliveryFacts[],
  fixes: KnownFixes,
  told: ReadonlyMap<number, ForgeDelivery> = new Map(),
  unplacedIncidents = 0,
): Promise<Delivery> {
  const rows = await questions.database.all(
    "SELECT repository_id, name, horizon_ms, release_rule FROM repository_d ORDER BY repository_id",
  );
  const repositories = await Promise.all(
    rows.map(async (row): Promise<RepositoryDelivery> => {
      const id = row["repository_id"] as number;
      const own = facts.find((one) => one.id === id);
      const horizon = row["horizon_ms"] === null ? null : Math.min(Number(row["horizon_ms"]), questions.instant);
      const name = String(row["name"]);
      if (own === undefined || horizon === null) return nothing(name);
      const landed = await landedChanges(questions, id, horizon);
      const repository = {
        name,
        horizon,
        isReleasedByLanding: row["release_rule"] === "landing",
        landed,
        facts: own,
        told: told.get(id) ?? {},
      };
      const delivery = ofRepository(repository, days, fixes, questions.parameters.revertDays * dayMs);
      if (delivery.window === null) return delivery;
      const range = { from: delivery.window.from.slice(0, 10), to: delivery.window.until.slice(0, 10) };
      return { ...delivery, ...(await reviewFrictionOf((query) => questions.ask(query), name, range)) };
    }),
  );
  const count = ({ dora }: RepositoryDelivery): number => dora?.deploymentFrequency.deployments ?? -1;
  return {
    days,
    unplacedIncidents,
    repositories: repositories.sort((a, b) => count(b) - count(a) || (a.repository < b.repository ? -1 : 1)),
  };
}

const nothingReviewed = { review: null, agentLines: { editedBeforeLandingShare: null, editedAfterLandingShare: null } } as const;

const nothing = (repository: string): RepositoryDelivery => ({
  repository,
  window: null,
  rung: null,
  dora: null,
  evidence: { incidents: null, reverts: 0, hotfixes: 0, assumesProduction: false },
  ...nothingReviewed,
});

interface LandedChanges {
  readonly changes: readonly {
    readonly key: string;
    readonly commit: string;
    readonly landedAt: number;
    readonly firstCommitAt: number | null;
  }[];
  /** Commits that are on the default branch. */
  readonly onDefault: ReadonlySet<string>;
  readonly firstCommitAt: number | null;
}

async function landedChanges({ database }: Questions, id: number, until: number): Promise<LandedChanges> {
  const changes = await database.all(
    `SELECT k.change_key, k.landed_commit, k.landed_ms, min(c.author_ms) AS first_ms
     FROM change k LEFT JOIN commit_d c ON c.repository_id = k.repository_id AND c.change_id = k.change_id
     WHERE k.repository_id = $id AND k.landed_ms <= $until GROUP BY ALL ORDER BY k.landed_ms, k.change_key`,
    { id, until },
  );
  const commits = await database.all(
    "SELECT commit_hash, commit_ms FROM commit_d WHERE repository_id = $id AND on_default AND commit_ms <= $until ORDER BY commit_ms",
    { id, until },
  );
  return {
    changes: changes.map((row) => ({
      key: String(row["change_key"]),
      commit: String(row["landed_commit"]),
      landedAt: Number(row["landed_ms"]),
      firstCommitAt: row["first_ms"] === null ? null : Number(row["first_ms"]),
    })),
    onDefault: new Set(commits.map((row) => String(row["commit_hash"]))),
    firstCommitAt: commits[0] === undefined ? null : Number(commits[0]["commit_ms"]),
  };
}

interface Repository {
  readonly name: string;
  readonly horizon: number;
  readonly isReleasedByLanding: boolean;
  readonly landed: LandedChanges;
  readonly facts: DeliveryFacts;
  readonly told: ForgeDelivery;
}

function ofRepository(repository: Repository, days: number, fixes: KnownFixes, revertWithinMs: number): RepositoryDelivery {
  const { name, horizon, landed, facts, told } = repository;
  const best = bestRung({
    deployments: told.deployments ?? [],
    releases: told.releases ?? [],
    tags: repository.isReleasedByLanding ? [] : taggedDeployments(facts, name),
    landing: landed.changes.map(({ key, commit, landedAt }) => deploymentAt(key, commit, landedAt, name)),
  });
  if (best === null || landed.firstCommitAt === null) return nothing(name);
  const deployments =
    best.rung === "tags" ? best.deployments : [...best.deployments].sort((a, b) => (a.finishedAt ?? 0) - (b.finishedAt ?? 0));
  const first = firstWith(facts, deployments);
  const interventions: Intervention[] = [
    ...revertsOf(facts, first, (commit) => landed.onDefault.has(commit), revertWithinMs),
    ...(best.rung === "landing" ? [] : hotfixesOf(repository, deployments, first, fixes)),
  ];
  const incidents = told.incidents ?? null;
  const window = { from: Math.max(horizon + 1 - days * dayMs, landed.firstCommitAt), until: horizon + 1 };
  return {
    repository: name,
    window: {
      from: new Date(window.from).toISOString(),
      until: new Date(horizon).toISOString(),
      days: Math.round((window.until - window.from) / dayMs),
    },
    rung: best.rung,
    ...nothingReviewed,
    dora: doraOf({ deployments, changes: delivered(repository, best.rung, deployments, first), incidents, interventions }, window),
    evidence: {
      incidents: incidents === null ? null : incidents.length,
      reverts: interventions.filter(({ kind }) => kind === "revert").length,
      hotfixes: interventions.filter(({ kind }) => kind === "hotfix").length,
      assumesProduction: best.rung === "deployments" && told.assumesProduction === true,
    },
  };
}

/**
 * Changes with the deployment they came with. Git knows every tag there is, and every landing; a forge may have begun to count
 * later than it deployed, so that what came with the first deployment it tells of may have been live before.
 */
function delivered(
  { landed, told }: Repository,
  rung: Rung,
  deployments: readonly Deployment[],
  first: ReadonlyMap<string, Deployment>,
): DeliveredChange[] {
  const oldest = rung === "deployments" || rung === "releases" ? deployments.find(isLive) : undefined;
  return landed.changes.map(({ key, commit, landedAt, firstCommitAt }) => {
    const deployment = first.get(commit);
    const seen = told.changes?.get(key);
    return {
      id: key,
      firstCommitAt,
      openedAt: seen?.openedAt ?? null,
      firstReviewAt: seen?.firstReviewAt ?? null,
      landedAt,
      deployment: deployment?.deployment ?? null,
      beforeCounting: deployment !== undefined && deployment === oldest,
    };
  });
}

/** A release of which every own commit of the default branch is a fix or a revert, merges aside. */
function hotfixesOf(
  { facts, landed }: Repository,
  deployments: readonly Deployment[],
  first: ReadonlyMap<string, Deployment>,
  fixes: KnownFixes,
): Intervention[] {
  const brought = new Map<string, { all: number; fixes: number }>();
  for (const { hash, parents, reverts } of facts.graph.commits as readonly CommitFact[]) {
    const deployment = first.get(hash)?.deployment;
    if (deployment === undefined || parents.length > 1 || !landed.onDefault.has(hash)) continue;
    const known = brought.get(deployment) ?? { all: 0, fixes: 0 };
    brought.set(deployment, {
      all: known.all + 1,
      fixes: known.fixes + (reverts !== null || fixes.strengthOf(hash) === "certain" ? 1 : 0),
    });
  }
  return hotfixes(
    deployments.filter(isLive).map(({ deployment, finishedAt }) => {
      const own = brought.get(deployment);
      return { deployment, tag: deployment, releasedAt: finishedAt as number, fixesOnly: own === undefined ? null : own.fixes === own.all };
    }),
  );
}
