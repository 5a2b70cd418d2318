/**
 * What counts as a deployment, and what came with it, from plain rows. The rules for runs of a pipeline, for ranges and for
 * incidents follow Apache DevLake's plugin `dora`, whose cases `npm run evaluate -- --dora` holds against these.
 */
import { type Rung, rungs } from "../contract/delivery.ts";
import { grouped } from "./grouped.ts";

/** One commit brought to one environment. Several rows of one `deployment` are one deployment of several repositories. */
export interface Deployment {
  readonly id: string;
  readonly deployment: string;
  /** What is deployed as one thing: figures are per application, never blended (DORA). */
  readonly application: string;
  readonly repository: string;
  readonly commit: string;
  /** `production` counts; null where it is not told. */
  readonly environment: string | null;
  readonly result: RunResult;
  /** UTC milliseconds. */
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Whether it was unplanned, to answer an incident; null where nobody says. */
  readonly unplanned: boolean | null;
}

/** Null: not over yet, or not told. */
export type RunResult = "success" | "failure" | "skipped" | null;

/** Whether it brought something to production. */
export const isLive = ({ environment, result, finishedAt }: Deployment): boolean =>
  environment === "production" && result === "success" && finishedAt !== null;

/** The best rung that has a deployment to production. Null where none has. */
export function bestRung(
  candidates: Readonly<Partial<Record<Rung, readonly Deployment[]>>>,
): { readonly rung: Rung; readonly deployments: readonly Deployment[] } | null {
  for (const rung of rungs) {
    const deployments = candidates[rung] ?? [];
    if (deployments.some(isLive)) return { rung, deployments };
  }
  return null;
}

/** One run of a pipeline, with the commits it ran on. */
export interface PipelineRun {
  readonly id: string;
  readonly application: string;
  readonly isDeployment: boolean;
  readonly environment: string | null;
  readonly result: RunResult;
  readonly finishedAt: number | null;
  readonly durationMs: number | null;
  readonly commits: readonly { readonly repository: string; readonly commit: string }[];
}

export interface PipelineJob {
  readonly run: string;
  readonly isDeployment: boolean;
  readonly environment: string | null;
  readonly result: RunResult;
}

/**
 * A run deploys where it, or a job of it that was not skipped, is a deployment; a run that was skipped deployed nothing. Its
 * environment is its own, else its job's; its result is the run's. It started a duration before it finished.
 * @returns one row for each commit of each such run
 */
export function deploymentsOfRuns(runs: readonly PipelineRun[], jobs: readonly PipelineJob[]): Deployment[] {
  const jobsOf = grouped(
    jobs.filter(({ isDeployment, result }) => isDeployment && result !== "skipped"),
    ({ run }) => run,
  );
  return runs.flatMap((run) => {
    const deploying = jobsOf.get(run.id) ?? [];
    if (run.result === "skipped" || (!run.isDeployment && deploying.length === 0)) return [];
    const environment = run.environment ?? deploying.find((job) => job.environment !== null)?.environment ?? null;
    const startedAt = run.finishedAt === null || run.durationMs === null ? null : run.finishedAt - run.durationMs;
    return run.commits.map(
      ({ repository, commit }): Deployment => ({
        id: `${run.id}:${repository}`,
        deployment: run.id,
        application: run.application,
        repository,
        commit,
        environment,
        result: run.result,
        startedAt,
        finishedAt: run.finishedAt,
        unplanned: null,
      }),
    );
  });
}

/**
 * Where nothing of an application names an environment, its deployments are taken to go to production.
 * @returns the rows, and the applications of which that was assumed
 */
export function assumeProduction<
  Row extends { readonly application: string; readonly environment: string | null; readonly isDeployment: boolean },
>(rows: readonly Row[]): { readonly rows: readonly Row[]; readonly assumedOf: readonly string[] } {
  const named = new Set(rows.filter(({ environment }) => environment !== null).map(({ application }) => application));
  const isAssumed = (row: Row): boolean => row.isDeployment && !named.has(row.application);
  return {
    rows: rows.map((row) => (isAssumed(row) ? { ...row, environment: "production" } : row)),
    assumedOf: [...new Set(rows.filter(isAssumed).map(({ application }) => application))],
  };
}

/** For each successful deployment the one before it to the same environment of the same repository and application, null for the first. */
export function previousSuccess(deployments: readonly Deployment[]): Map<string, string | null> {
  const places = grouped(
    deployments.filter(({ result, environment }) => result === "success" && environment !== null),
    ({ application, repository, environment }) => JSON.stringify([application, repository, environment]),
  );
  const previous = new Map<string, string | null>();
  for (const row of places.values()) {
    const inOrder = row.sort((a, b) => order(a) - order(b) || (a.id < b.id ? -1 : 1));
    inOrder.forEach(({ id }, i) => previous.set(id, inOrder[i - 1]?.id ?? null));
  }
  return previous;
}

const order = ({ startedAt, finishedAt }: Deployment): number => startedAt ?? finishedAt ?? Number.NEGATIVE_INFINITY;

/** A commit that is in one commit's history and not in an older one's. */
export interface RangeCommit {
  readonly from: string;
  readonly to: string;
  readonly commit: string;
}

/**
 * The first deployment to production each commit came with. What came with the first one of all is not known: it may have
 * been there before anybody counted.
 * @param ranges what each deployed commit has that the one before it had not
 */
export function firstDeployments(deployments: readonly Deployment[], ranges: readonly RangeCommit[]): Map<string, Deployment> {
  const live = deployments.filter(isLive).sort((a, b) => (a.finishedAt as number) - (b.finishedAt as number) || (a.id < b.id ? -1 : 1));
  const byId = new Map(live.map((row) => [row.id, row]));
  const inRange = grouped(ranges, ({ from, to }) => `${from} ${to}`);
  const before = previousSuccess(live);
  const found = new Map<string, Deployment>();
  for (const row of live) {
    const previous = byId.get(before.get(row.id) ?? "");
    if (previous === undefined) continue;
    for (const { commit } of inRange.get(`${previous.commit} ${row.commit}`) ?? []) if (!found.has(commit)) found.set(commit, row);
  }
  return found;
}

/** Something in production that asked for intervention. */
export interface Incident {
  readonly id: string;
  readonly application: string;
  /** UTC milliseconds. */
  readonly startedAt: number;
  /** Null while it is open. */
  readonly resolvedAt: number | null;
  /** The deployment it is known to come from; null where that has to be told by time. */
  readonly deployment: string | null;
}

/** The deployment each incident comes from: as known, else the last one of its application that finished before it began. Null where there is none. */
export function causesOfIncidents(incidents: readonly Incident[], deployments: readonly Deployment[]): Map<string, string | null> {
  const live = deployments.filter(isLive).sort((a, b) => (a.finishedAt as number) - (b.finishedAt as number) || (a.id < b.id ? -1 : 1));
  return new Map(
    incidents.map(({ id, application, startedAt, deployment }) => {
      const last = live.findLast((row) => row.application === application && (row.finishedAt as number) < startedAt);
      return [id, deployment ?? last?.deployment ?? null];
    }),
  );
}
