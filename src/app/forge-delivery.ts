import { type Incident, isLive } from "../analysis/deployments.ts";
import type { ForgeHistory, Incident as ToldIncident } from "../contract/forge-facts.ts";
import { incidentsOfIssues } from "../outcomes/events/issues.ts";
import { readIncidents } from "../store/forge-reader.ts";
import type { FactStore } from "../store/store.ts";
import { readRepositories } from "../store/fact-reader.ts";
import type { ForgeDelivery } from "./delivery.ts";
import type { DeliveryFacts } from "./delivery-facts.ts";
import { deploymentsOf, releasesOf } from "./forge-deployments.ts";
import { loadForge } from "./forge-outcomes.ts";

/** A repository as the derived tables have it: its name is what every deployment and incident of it is of. */
export interface DeliveredRepository {
  readonly id: number;
  readonly name: string;
  /** The rung that releases its lines: delivery stands on no other. */
  readonly releaseRule: string;
}

/**
 * What forges tell of delivery, by repository, as far as it was known at an instant.
 * @param until UTC milliseconds
 */
export async function readForgeDelivery(
  store: FactStore,
  repositories: readonly DeliveredRepository[],
  facts: readonly DeliveryFacts[],
  until: number,
  incidentLabels: readonly string[],
): Promise<{ readonly told: ReadonlyMap<number, ForgeDelivery>; readonly unplaced: number }> {
  const reported = await readIncidents(store);
  const told = new Map<number, ForgeDelivery>();
  const placed = new Set<ToldIncident>();
  const stored = await readRepositories(store);
  for (const repository of repositories) {
    const own = facts.find(({ id }) => id === repository.id);
    const aliases = stored.repositories.find(({ id }) => id === repository.id)?.aliases;
    if (own === undefined || aliases === undefined) continue;
    const history = await loadForge(store, { aliases }, own.graph.commits);
    const found = incidentsIn(reported, history, own, incidentLabels);
    for (const incident of found) placed.add(incident);
    const incidents = found.flatMap((incident) => deliveredIncident(incident, repository, until));
    const isWatched = incidents.length > 0 || (history !== null && incidentLabels.length > 0);
    const delivery = history === null ? {} : forgeDelivery(history, repository, own, until);
    told.set(repository.id, { incidents: isWatched ? incidents : null, ...delivery });
  }
  const isKnown = ({ openedAt }: ToldIncident): boolean => openedAt === null || openedAt <= until;
  return { told, unplaced: reported.filter((incident) => !placed.has(incident) && isKnown(incident)).length };
}

function forgeDelivery(
  history: ForgeHistory,
  { name, releaseRule }: DeliveredRepository,
  facts: DeliveryFacts,
  until: number,
): ForgeDelivery {
  const tagged = new Map(facts.tags.map((tag) => [tag.name.replace("refs/tags/", ""), tag.commit]));
  const { deployments, isAssumed } = deploymentsOf(history, name);
  const isOver = ({ finishedAt }: { readonly finishedAt: number | null }): boolean => finishedAt !== null && finishedAt <= until;
  const isDeployed = releaseRule === "deployments";
  const isReleased = isDeployed || releaseRule === "releases";
  return {
    deployments: isDeployed ? deployments.filter(isOver) : [],
    releases: isReleased ? releasesOf(history, name, (tag) => tagged.get(tag) ?? null).filter(isOver) : [],
    assumesProduction: isDeployed && isAssumed && deployments.some((row) => isLive(row) && isOver(row)),
    changes: new Map(
      history.changes.map((change) => [`#${change.number}`, { openedAt: openedAt(change), firstReviewAt: reviewedAt(change) }]),
    ),
  };
}

/** Those that name something in a repository, and its issues that are incidents. One of another tool that names an issue is that issue's. */
function incidentsIn(
  reported: readonly ToldIncident[],
  history: ForgeHistory | null,
  { graph }: DeliveryFacts,
  labels: readonly string[],
): ToldIncident[] {
  const isHere = ({ tie, repository, key }: ToldIncident["ties"][number]): boolean =>
    (history !== null && repository === history.repository) || (tie === "commit" && graph.indexOf.has(key));
  const own = reported.filter(({ ties }) => ties.some(isHere));
  const named = new Set(own.flatMap(({ ties }) => ties.flatMap(({ tie, key }) => (tie === "issue" ? [key] : []))));
  const issues = history === null ? [] : incidentsOfIssues(history, labels);
  return [...own, ...issues.filter(({ ties }) => !ties.some(({ key }) => named.has(key)))];
}

/** As it was known at an instant; without an opening it cannot be placed in time. */
function deliveredIncident(
  { source, incident, openedAt, resolvedAt, ties }: ToldIncident,
  { name, releaseRule }: DeliveredRepository,
  until: number,
): Incident[] {
  if (openedAt === null || openedAt > until) return [];
  const tied = releaseRule === "deployments" ? "deployment" : "release";
  return [
    {
      id: `${source} ${incident}`,
      application: name,
      startedAt: openedAt,
      resolvedAt: resolvedAt !== null && resolvedAt <= until ? resolvedAt : null,
      deployment: ties.find(({ tie }) => tie === tied)?.key ?? null,
    },
  ];
}

type ToldChange = ForgeHistory["changes"][number];

/** A draft asks for no review yet. */
const openedAt = ({ readyAt, openedAt: opened }: ToldChange): number | null => readyAt ?? opened;

/** The first review by a person other than who asked for it. */
function reviewedAt({ reviews, author }: ToldChange): number | null {
  const instants = reviews.flatMap(({ reviewer, submittedAt, verdict }) =>
    submittedAt === null || verdict === null || verdict === "pending" || reviewer?.isBot === true || reviewer?.login === author?.login
      ? []
      : [submittedAt],
  );
  return instants.length === 0 ? null : Math.min(...instants);
}
