import { type Deployment, type RunResult, assumeProduction } from "../analysis/deployments.ts";
import type { ForgeDeployment, ForgeHistory } from "../contract/forge-facts.ts";

/** `production`, `prod-eu`, `Production – shop`, `live`; `pre-production` and `non-prod` are none. */
const production = /(?:^|[^a-z])(?:production|prod|prd|live)(?:[^a-z]|$)/i;
const before = /(?:pre|non|not)[-_ ]*prod/i;

const isProduction = (environment: string): boolean => production.test(environment) && !before.test(environment);

const failed: ReadonlySet<string> = new Set(["failure", "failed", "error"]);
const skipped: ReadonlySet<string> = new Set(["canceled", "cancelled", "skipped"]);

/**
 * What a deployment came to. One that once was a success brought something to its environment, whatever came after (a later
 * deployment makes it `inactive`). Null while nothing final is told.
 */
function endOf({ statuses }: Pick<ForgeDeployment, "statuses">): { readonly result: RunResult; readonly finishedAt: number | null } {
  const success = statuses.find(({ state }) => state === "success");
  if (success !== undefined) return { result: "success", finishedAt: success.instant };
  const failure = statuses.findLast(({ state }) => failed.has(state));
  if (failure !== undefined) return { result: "failure", finishedAt: failure.instant };
  const skip = statuses.findLast(({ state }) => skipped.has(state));
  return skip === undefined ? { result: null, finishedAt: null } : { result: "skipped", finishedAt: skip.instant };
}

/**
 * Deployments as their forge tells. Where none of the repository names an environment they are taken to go to production.
 * @param application what is deployed as one thing: here the repository
 */
export function deploymentsOf(
  { deployments }: Pick<ForgeHistory, "deployments">,
  application: string,
): { readonly deployments: readonly Deployment[]; readonly isAssumed: boolean } {
  const rows = deployments.map((told) => ({
    id: told.deployment,
    deployment: told.deployment,
    application,
    repository: application,
    commit: told.commit ?? "",
    environment: told.environment,
    ...endOf(told),
    startedAt: told.createdAt,
    unplanned: null,
    isDeployment: true,
  }));
  const assumed = assumeProduction(rows);
  return {
    deployments: assumed.rows.map(({ isDeployment: _, ...row }) => ({
      ...row,
      environment: row.environment !== null && isProduction(row.environment) ? "production" : row.environment,
    })),
    isAssumed: assumed.assumedOf.length > 0,
  };
}

/**
 * Published releases as deployments; drafts and pre-releases are not.
 * @param commitOfTag the commit a tag points to; null where this copy has no such tag: then nothing is known to have come with it
 */
export function releasesOf(
  { releases }: Pick<ForgeHistory, "releases">,
  application: string,
  commitOfTag: (tag: string) => string | null,
): Deployment[] {
  return releases.flatMap(({ tag, draft, preRelease, publishedAt, createdAt, commit }): Deployment[] => {
    if (draft === true || preRelease === true || publishedAt === null) return [];
    return [
      {
        id: tag,
        deployment: tag,
        application,
        repository: application,
        commit: commitOfTag(tag) ?? commit ?? "",
        environment: "production",
        result: "success",
        startedAt: createdAt,
        finishedAt: publishedAt,
        unplanned: null,
      },
    ];
  });
}
