/**
 * DORA's five metrics under their present names (dora.dev, guide of January 2026), of one application: change lead time,
 * deployment frequency, failed deployment recovery time, change fail rate, deployment rework rate. Gamed by splitting work,
 * by deploying nothing much, and by not calling an incident one: the five are shown together, and never compared between
 * applications. What nobody observes is null, and what evidence alone tells is a lower bound.
 */
import type { Dora, Durations, PartOfDeployments } from "../contract/delivery.ts";
import { causesOfIncidents, type Deployment, type Incident, isLive } from "./deployments.ts";
import { grouped } from "./grouped.ts";
import { quantile } from "./quantile.ts";

/** A change that landed. Instants are UTC milliseconds, null where they are not known. */
export interface DeliveredChange {
  readonly id: string;
  /** When its first commit was authored. */
  readonly firstCommitAt: number | null;
  readonly openedAt: number | null;
  readonly firstReviewAt: number | null;
  readonly landedAt: number;
  /** The first deployment to production it came with; null while none has, or where that is not known. */
  readonly deployment: string | null;
  /** It came with the first deployment that is known, and may have been live before. */
  readonly beforeCounting: boolean;
}

export interface Stages {
  /** First commit to opening. */
  readonly codingMs: number | null;
  /** Opening to first review. */
  readonly pickupMs: number | null;
  /** First review to landing. */
  readonly reviewMs: number | null;
  /** Landing to deployment. */
  readonly deployMs: number | null;
  /** First commit, or opening where that is earlier (a rebase writes commits anew), to deployment. */
  readonly leadTimeMs: number | null;
}

/**
 * The stages of a change. One that would end before it begins is null: the clocks or the commits were changed, and no time
 * passed is not what they say. Without a deployment, or with one before landing, there is no lead time.
 * @param deployedAt when the deployment it came with was over
 */
export function stagesOf(change: Omit<DeliveredChange, "id" | "deployment" | "beforeCounting">, deployedAt: number | null): Stages {
  const { firstCommitAt, openedAt, firstReviewAt, landedAt } = change;
  const began = firstCommitAt === null ? openedAt : Math.min(firstCommitAt, openedAt ?? firstCommitAt);
  const deployMs = between(landedAt, deployedAt);
  return {
    codingMs: between(firstCommitAt, openedAt),
    pickupMs: between(openedAt, firstReviewAt),
    reviewMs: between(firstReviewAt, landedAt),
    deployMs,
    leadTimeMs: deployMs === null ? null : between(began, deployedAt),
  };
}

function between(from: number | null, to: number | null): number | null {
  return from === null || to === null || to < from ? null : to - from;
}

/** Evidence other than an incident that a deployment failed: what it brought had to be taken back, or mended at once. */
export interface Intervention {
  readonly kind: "revert" | "hotfix" | "rollback";
  readonly failed: string;
  /** The deployment that answered it; null while none has. */
  readonly answeredBy: string | null;
}

export interface DeliveryRows {
  readonly deployments: readonly Deployment[];
  readonly changes: readonly DeliveredChange[];
  /** Null where no source of incidents is connected: then nobody knows of any, which is not that there were none. */
  readonly incidents: readonly Incident[] | null;
  readonly interventions: readonly Intervention[];
}

/** The window: deployments that were over in it. UTC milliseconds, `until` not included. */
export interface Window {
  readonly from: number;
  readonly until: number;
}

/** @param rows of one application */
export function doraOf(rows: DeliveryRows, window: Window): Dora {
  const isWithin = (at: number | null): boolean => at !== null && at >= window.from && at < window.until;
  const ends = endsOfDeployments(rows.deployments);
  const inWindow = new Set([...ends].filter(([, at]) => isWithin(at)).map(([id]) => id));
  const failures = failuresOf(rows, ends);
  return {
    changeLeadTime: leadTime(rows.changes, ends, inWindow, isWithin),
    deploymentFrequency: frequency([...ends.values()].filter(isWithin), window),
    failedDeploymentRecoveryTime: recovery(failures, ends, inWindow, window.until),
    changeFailRate: part([...failures.keys()].filter((id) => inWindow.has(id)).length, inWindow.size, rows.incidents !== null),
    deploymentReworkRate: rework(rows, inWindow),
  };
}

/** When each deployment to production was over: its last row (a pipeline that deploys several repositories is one). */
function endsOfDeployments(deployments: readonly Deployment[]): Map<string, number> {
  const ends = new Map<string, number>();
  for (const { deployment, finishedAt } of deployments.filter(isLive)) {
    ends.set(deployment, Math.max(finishedAt as number, ends.get(deployment) ?? Number.NEGATIVE_INFINITY));
  }
  return ends;
}

function leadTime(
  changes: readonly DeliveredChange[],
  ends: ReadonlyMap<string, number>,
  inWindow: ReadonlySet<string>,
  isWithin: (at: number) => boolean,
): Dora["changeLeadTime"] {
  const deployed = changes.filter(({ deployment }) => deployment !== null && inWindow.has(deployment));
  const counted = deployed.filter(({ beforeCounting }) => !beforeCounting);
  const times = counted
    .map((change) => stagesOf(change, ends.get(change.deployment as string) ?? null).leadTimeMs)
    .filter((ms) => ms !== null);
  return {
    ...durations(times),
    notDeployed: changes.filter(({ deployment, landedAt, beforeCounting }) => deployment === null && !beforeCounting && isWithin(landedAt))
      .length,
    beforeCounting: deployed.length - counted.length,
    contradictory: counted.length - times.length,
  };
}

const dayMs = 86_400_000;
const weekMs = 7 * dayMs;

function frequency(ends: readonly number[], { from, until }: Window): Dora["deploymentFrequency"] {
  const weeks = Math.floor((until - from) / weekMs);
  const days = Array.from({ length: weeks }, (_, week) => {
    const end = until - week * weekMs;
    return new Set(ends.filter((at) => at < end && at >= end - weekMs).map((at) => Math.floor(at / dayMs))).size;
  });
  return {
    deployments: ends.length,
    perWeek: until > from ? (ends.length * weekMs) / (until - from) : null,
    medianDaysPerWeek: quantile(
      days.sort((a, b) => a - b),
      0.5,
    ),
  };
}

/** Failed deployments, and when each was recovered from; null while it is not. */
function failuresOf(
  { incidents, deployments, interventions }: DeliveryRows,
  ends: ReadonlyMap<string, number>,
): Map<string, number | null> {
  const failures = new Map<string, number | null>();
  const causes = causesOfIncidents(incidents ?? [], deployments);
  for (const [deployment, of] of grouped(incidents ?? [], ({ id }) => causes.get(id) ?? "")) {
    const resolved = of.map(({ resolvedAt }) => resolvedAt).filter((at) => at !== null);
    if (deployment !== "") failures.set(deployment, resolved.length < of.length ? null : Math.max(...resolved));
  }
  // An incident knows better than what was deployed when it was over.
  for (const [deployment, of] of grouped(interventions, ({ failed }) => failed)) {
    if (failures.has(deployment)) continue;
    const answers = of.map(({ answeredBy }) => (answeredBy === null ? undefined : ends.get(answeredBy))).filter((at) => at !== undefined);
    failures.set(deployment, answers.length < of.length ? null : Math.max(...answers));
  }
  return failures;
}

function recovery(
  failures: ReadonlyMap<string, number | null>,
  ends: ReadonlyMap<string, number>,
  inWindow: ReadonlySet<string>,
  until: number,
): Dora["failedDeploymentRecoveryTime"] {
  const failed = [...failures].filter(([id]) => inWindow.has(id));
  const times = failed
    .map(([id, recovered]) => (recovered === null || recovered >= until ? null : between(ends.get(id) ?? null, recovered)))
    .filter((ms) => ms !== null);
  return { ...durations(times), notRecovered: failed.length - times.length };
}

/** Observed where every deployment says whether it was unplanned; else what answered an intervention is known. */
function rework({ deployments, interventions }: DeliveryRows, inWindow: ReadonlySet<string>): PartOfDeployments {
  const rows = deployments.filter((row) => inWindow.has(row.deployment));
  const answers = new Set(interventions.map(({ answeredBy }) => answeredBy).filter((id) => id !== null));
  for (const { deployment, unplanned } of rows) if (unplanned === true) answers.add(deployment);
  const isObserved = rows.every(({ unplanned }) => unplanned !== null);
  return part([...answers].filter((id) => inWindow.has(id)).length, inWindow.size, isObserved);
}

function part(count: number, of: number, isObserved: boolean): PartOfDeployments {
  const ratio = of === 0 ? null : count / of;
  return { ratio: isObserved ? ratio : null, atLeast: isObserved || count > 0 ? ratio : null, count, of };
}

function durations(times: readonly number[]): Durations {
  const sorted = [...times].sort((a, b) => a - b);
  return { medianMs: quantile(sorted, 0.5), p90Ms: quantile(sorted, 0.9), n: sorted.length };
}

/** A release as its tag names it. */
export interface TaggedRelease {
  readonly deployment: string;
  readonly tag: string;
  readonly releasedAt: number;
  /** Whether all it brought are fixes; null where that is not known. */
  readonly fixesOnly: boolean | null;
}

const hotfixWithinMs = 48 * 3_600_000;
const versionOf = /^(.*?)(\d+)\.(\d+)\.(\d+)$/;

/** Releases that mend the one before: the next patch number within 48 hours, with nothing but fixes in it. */
export function hotfixes(releases: readonly TaggedRelease[]): Intervention[] {
  const byVersion = new Map(releases.map((release) => [release.tag, release]));
  return releases.flatMap(({ deployment, tag, releasedAt, fixesOnly }): Intervention[] => {
    const version = versionOf.exec(tag);
    if (version === null || fixesOnly !== true) return [];
    const mended = byVersion.get(`${version[1]}${version[2]}.${version[3]}.${Number(version[4]) - 1}`);
    const after = mended === undefined ? -1 : releasedAt - mended.releasedAt;
    return mended === undefined || after < 0 || after >= hotfixWithinMs
      ? []
      : [{ kind: "hotfix", failed: mended.deployment, answeredBy: deployment }];
  });
}
