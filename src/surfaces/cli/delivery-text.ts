/** DORA's five metrics for a terminal. */
import type {
  Delivery,
  Dora,
  Durations,
  PartOfDeployments,
  RepositoryDelivery,
  ReviewFriction,
  Rung,
  VerificationOfLines,
} from "../../contract/delivery.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatNumberOf, formatPeriod, formatRatio } from "./numbers.ts";

export const rungSentences: Readonly<Record<Rung, string>> = {
  deployments: "a deployment is what the forge says it deployed to production",
  releases: "no deployments are known: a release counts as one",
  tags: "no deployments or releases are known: a version tag counts as one",
  landing: "no release is known, or none for 90 days: landing counts as a deployment",
};

const nameWidth = "failed deployment recovery time".length;

/** A block for each repository. */
export function deliveryText({ repositories, unplacedIncidents }: Delivery, options: TextOptions): string {
  if (repositories.length === 0) return "No repository is known: assay import\n";
  const blocks = repositories.map((repository) => blockOf(repository, options));
  const unplaced =
    unplacedIncidents === 0
      ? ""
      : `${formatNumberOf(unplacedIncidents, "incident")} in no figure: nothing of a known repository is named.\n`;
  return `${blocks.join("\n")}\n${unplaced}Each against itself alone: this is no ranking. What nobody observes is “not observed”, not 0.\n`;
}

function blockOf({ repository, window, rung, dora, evidence, review, agentLines }: RepositoryDelivery, options: TextOptions): string {
  const title = inkFor(options.color).bold(repository);
  if (window === null || rung === null || dora === null) return `${title}: nothing has landed\n`;
  const metrics = doraLines(dora).flatMap(([name, told]) => told.map((text, i) => `  ${(i === 0 ? name : "").padEnd(nameWidth)}  ${text}`));
  const reviewed = reviewLines(review, agentLines).map(([name, text]) => `  ${name.padEnd(nameWidth)}  ${text}`);
  const why = [
    `  ${rungSentences[rung]}.`,
    ...(evidence.assumesProduction ? ["  No deployment names an environment: all are taken to go to production."] : []),
    ...(evidence.incidents === null ? ["  No source of incidents is connected: only reverts and hotfixes tell of failures."] : []),
  ];
  return [
    `${title}, ${formatPeriod(window.from, window.until)} (${formatNumberOf(window.days, "day")})`,
    ...metrics,
    ...why,
    ...reviewed,
    "",
  ].join("\n");
}

/** The five metrics by name, each in a line and further ones that qualify it. */
export function doraLines(dora: Dora): readonly (readonly [string, readonly string[]])[] {
  return [
    ["change lead time", leadTimeLines(dora)],
    ["deployment frequency", [frequencyText(dora)]],
    ["change fail rate", [partText(dora.changeFailRate)]],
    ["failed deployment recovery time", recoveryLines(dora)],
    ["deployment rework rate", [partText(dora.deploymentReworkRate)]],
  ];
}

/** How changes were reviewed, each in a line. Where no forge told it is said, and only what git shows stands there. */
export function reviewLines(review: ReviewFriction | null, agentLines: VerificationOfLines): readonly (readonly [string, string])[] {
  const ofLines = [
    ["agents' lines edited first", agentLines.editedBeforeLandingShare, "at least"],
    ["edited within 21 days", agentLines.editedAfterLandingShare, "at most"],
  ] as const;
  const edited = ofLines.flatMap(([name, share, end]) => (share === null ? [] : [[name, `${end} ${formatRatio(share)}`] as const]));
  if (review === null) return [["reviews", "not observed: no forge told of its changes"], ...edited];
  const { reviewedShare, roundsPerChange, changesRequestedShare, firstReviewHours, approvalHours, landingHours, reviewHours } = review;
  const apart = [
    ...(review.ofBots > 0 ? [`${formatCount(review.ofBots)} of bots`] : []),
    ...(review.instantSelfMerges > 0 ? [`${formatNumberOf(review.instantSelfMerges, "instant self-merge")}`] : []),
  ];
  const few = "too few reviewed changes";
  const waits = `${hoursText(approvalHours)} to approval, ${hoursText(landingHours)} to landing`;
  return [
    [
      "reviewed changes",
      `${formatCount(review.reviewed)} of ${formatCount(review.told)}${reviewedShare === null ? "" : ` (${formatRatio(reviewedShare)})`}${apart.length === 0 ? "" : `; apart: ${apart.join(", ")}`}`,
    ],
    [
      "review rounds",
      roundsPerChange === null
        ? few
        : `${roundsPerChange.toFixed(1)} each; changes requested in ${changesRequestedShare === null ? "not known" : formatRatio(changesRequestedShare)}`,
    ],
    [
      "time to first review",
      firstReviewHours.median === null
        ? few
        : `median ${hoursText(firstReviewHours.median)}, nine of ten within ${hoursText(firstReviewHours.p90)}`,
    ],
    ...(approvalHours === null && landingHours === null ? [] : [["then, median", waits] as const]),
    ...(reviewHours.low === null || reviewHours.high === null
      ? []
      : [["hours of review", `${Math.round(reviewHours.low)} to ${Math.round(reviewHours.high)}, estimated from size and time`] as const]),
    ...edited,
  ];
}

const hoursText = (hours: number | null): string => durationText(hours === null ? null : hours * 3_600_000);

function leadTimeLines({ changeLeadTime: { n, notDeployed, beforeCounting, contradictory, ...times } }: Dora): string[] {
  const apart = [
    n > 0 ? `of ${formatNumberOf(n, "change")}` : "",
    notDeployed > 0 ? `${formatCount(notDeployed)} landed and not deployed` : "",
    beforeCounting > 0 ? `${formatCount(beforeCounting)} came with the first deployment known` : "",
    contradictory > 0 ? `${formatCount(contradictory)} with clocks that contradict each other` : "",
  ].filter((text) => text !== "");
  return [n === 0 ? "not known: no change was deployed" : timesText(times), ...apart];
}

function frequencyText({ deploymentFrequency: { deployments, perWeek, medianDaysPerWeek } }: Dora): string {
  if (perWeek === null) return "not known";
  const days = medianDaysPerWeek === null ? "" : `; median week on ${formatNumberOf(medianDaysPerWeek, "day")}`;
  return `${perWeek.toFixed(1)} a week (${deployments})${days}`;
}

function partText({ ratio, atLeast, count, of }: PartOfDeployments): string {
  if (ratio !== null) return `${formatRatio(ratio)} (${count} of ${of})`;
  return atLeast === null ? "not observed" : `at least ${formatRatio(atLeast)} (${count} of ${of})`;
}

function recoveryLines({ failedDeploymentRecoveryTime: { n, notRecovered, ...times }, changeFailRate }: Dora): string[] {
  const open = notRecovered === 0 ? [] : [`${formatCount(notRecovered)} not recovered`];
  if (n > 0) return [timesText(times), `of ${formatNumberOf(n, "failed deployment")}`, ...open];
  return open.length > 0 ? open : [changeFailRate.ratio === null ? "not observed" : "no deployment failed"];
}

const timesText = ({ medianMs, p90Ms }: Pick<Durations, "medianMs" | "p90Ms">): string =>
  `median ${durationText(medianMs)}, nine of ten within ${durationText(p90Ms)}`;

/** `40 minutes`, `5.2 hours`, `3.4 days`. */
function durationText(ms: number | null): string {
  if (ms === null) return "not known";
  const hours = ms / 3_600_000;
  if (hours < 1) return formatNumberOf(Math.round(hours * 60), "minute");
  return hours < 48 ? `${hours.toFixed(1)} hours` : `${(hours / 24).toFixed(1)} days`;
}
