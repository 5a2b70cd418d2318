import { isLive } from "../analysis/deployments.ts";
import type { ForgeHistory } from "../contract/forge-facts.ts";
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
): Promise<ReadonlyMap<number, ForgeDelivery>> {
  const told = new Map<number, ForgeDelivery>();
  const stored = await readRepositories(store);
  for (const repository of repositories) {
    const own = facts.find(({ id }) => id === repository.id);
    const aliases = stored.repositories.find(({ id }) => id === repository.id)?.aliases;
    if (own === undefined || aliases === undefined) continue;
    const history = await loadForge(store, { aliases }, own.graph.commits);
    if (history !== null) told.set(repository.id, forgeDelivery(history, repository, own, until));
  }
  return told;
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
