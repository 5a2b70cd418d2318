/** Lives of lines as a person would type them in: agents' lines with an interval, persons' without, unknown ones too few. */
import type { Costs, OutcomeCost } from "../../src/contract/costs.ts";
import type { Delivery } from "../../src/contract/delivery.ts";
import type { Returns } from "../../src/contract/returns.ts";
import type { Survival, ToldShare } from "../../src/contract/survival.ts";

const told = (share: number, low?: number, high?: number, isWidened = false): ToldShare => ({
  share,
  interval: low === undefined || high === undefined ? null : { low, high },
  isWidened,
});

export const survival: Survival = {
  by: "author",
  leastLines: 30,
  fixes: { certain: 0, candidates: 0 },
  groups: [
    {
      group: "agent",
      lines: 12_345,
      medianDays: null,
      points: [
        {
          days: 21,
          alive: told(0.8, 0.71, 0.88),
          ended: {
            revert: told(0.02, 0, 0.1, true),
            fix: null,
            fix_candidate: null,
            rewrite: told(0.13, 0.08, 0.2),
            removal: told(0.05, 0.01, 0.09),
          },
          clusters: "changes",
          effectiveClusters: 40.7,
          refused: null,
          designEffect: 120,
        },
        {
          days: 90,
          alive: null,
          ended: { revert: null, fix: null, fix_candidate: null, rewrite: null, removal: null },
          clusters: "changes",
          effectiveClusters: 0,
          refused: "too_few_clusters",
          designEffect: null,
        },
      ],
    },
    { group: "unknown", lines: 12, medianDays: null, points: [] },
  ],
};

const hour = 3_600_000;

/** A repository with tags and a revert, one with a forge and incidents, and an empty one. */
export const delivery: Delivery = {
  days: 90,
  unplacedIncidents: 0,
  repositories: [
    {
      repository: "harbour",
      window: { from: "2026-01-02T12:00:00.000Z", until: "2026-03-31T12:00:00.000Z", days: 88 },
      rung: "tags",
      dora: {
        changeLeadTime: { medianMs: 5.25 * hour, p90Ms: 81.6 * hour, n: 45, notDeployed: 3, beforeCounting: 0, contradictory: 1 },
        deploymentFrequency: { deployments: 24, perWeek: 1.9, medianDaysPerWeek: 1 },
        failedDeploymentRecoveryTime: { medianMs: hour / 2, p90Ms: hour / 2, n: 1, notRecovered: 1 },
        changeFailRate: { ratio: null, atLeast: 2 / 24, count: 2, of: 24 },
        deploymentReworkRate: { ratio: null, atLeast: null, count: 0, of: 24 },
      },
      review: null,
      agentLines: { editedBeforeLandingShare: 0.02, editedAfterLandingShare: 0.15 },
      evidence: { incidents: null, reverts: 2, hotfixes: 0, assumesProduction: false },
    },
    {
      repository: "lighthouse",
      window: { from: "2026-01-02T12:00:00.000Z", until: "2026-03-31T12:00:00.000Z", days: 88 },
      rung: "deployments",
      dora: {
        changeLeadTime: { medianMs: null, p90Ms: null, n: 0, notDeployed: 0, beforeCounting: 2, contradictory: 0 },
        deploymentFrequency: { deployments: 1, perWeek: 0.1, medianDaysPerWeek: 0 },
        failedDeploymentRecoveryTime: { medianMs: null, p90Ms: null, n: 0, notRecovered: 0 },
        changeFailRate: { ratio: 0, atLeast: 0, count: 0, of: 1 },
        deploymentReworkRate: { ratio: 0, atLeast: 0, count: 0, of: 1 },
      },
      review: {
        told: 40,
        ofBots: 4,
        instantSelfMerges: 1,
        reviewed: 28,
        reviewedShare: 0.8,
        roundsPerChange: 1.5,
        changesRequestedShare: 0.25,
        firstReviewHours: { median: 3.5, p90: 26.5 },
        approvalHours: 3,
        landingHours: 0.5,
        reviewHours: { low: 12.4, high: 170.2 },
      },
      agentLines: { editedBeforeLandingShare: null, editedAfterLandingShare: null },
      evidence: { incidents: 0, reverts: 0, hotfixes: 0, assumesProduction: false },
    },
    {
      repository: "shoal",
      window: null,
      rung: null,
      dora: null,
      review: null,
      agentLines: { editedBeforeLandingShare: null, editedAfterLandingShare: null },
      evidence: { incidents: null, reverts: 0, hotfixes: 0, assumesProduction: false },
    },
  ],
};

export const returns: Returns = {
  by: "product",
  mostUndecided: 0.3,
  groups: [
    { group: "Harbour", spendNanoUsd: "60000000000", changesStuck: 9, undecidedShare: 0.5 },
    { group: "Lighthouse", spendNanoUsd: "30000000000", changesStuck: 0, undecidedShare: 0.1 },
    { group: "Shoal", spendNanoUsd: "10000000000", changesStuck: null, undecidedShare: 0.9 },
  ],
  ofNoGroupNanoUsd: "5000000000",
  zeroReturnShare: 1 / 3,
  zeroReturnOfAll: { low: 0.3, high: 0.4 },
  concentration: { herfindahl: 1, effectiveGroups: 1, half: { groups: 1, spendShare: 2 / 3 } },
  publishedSplit: {
    buckets: [
      { bucket: "value", share: 0.25, ofChanges: 0.3, group: "bought", ofSpend: 0.4 },
      { bucket: "reactive", share: 0.5, ofChanges: 0.6, group: "repair", ofSpend: 0.05 },
      { bucket: "rework", share: 0.25, ofChanges: 0.3, group: "undone", ofSpend: 0.1 },
      { bucket: "review_friction", share: null, ofChanges: null, group: "reviewing", ofSpend: null },
    ],
    overlap: 0.2,
    changes: 10,
    unknown: { class: 1, discarded: 2, review: 10 },
  },
};

const cost = (changes: number, average: string | null, marginal: string | null = null): OutcomeCost => ({
  changes,
  averageNanoUsd: average,
  marginalNanoUsd: marginal,
  refused: average !== null ? null : changes < 5 ? "too_few_changes" : "undecided",
});

/** A month that is decided, one that is open, and two tiers of ten persons with salaries. */
export const costs: Costs = {
  grain: "month",
  leastChanges: 5,
  mostUndecided: 0.3,
  cohorts: [
    {
      from: "2026-01-01",
      spendNanoUsd: "60000000000",
      undecidedShare: 0.1,
      landed: cost(20, "3000000000"),
      released: cost(15, "4000000000"),
      stuck: cost(10, "6000000000"),
    },
    {
      from: "2026-02-01",
      spendNanoUsd: "90000000000",
      undecidedShare: 0.2,
      landed: cost(30, "3000000000", "3000000000"),
      released: cost(4, null),
      stuck: cost(12, "7500000000", "15000000000"),
    },
  ],
  samePeriod: [
    {
      from: "2026-02-01",
      spendNanoUsd: "150000000000",
      undecidedShare: 0.9,
      landed: cost(50, "3000000000"),
      released: cost(50, "3000000000"),
      stuck: cost(22, null),
    },
  ],
  people: {
    window: { from: "2026-01-01T00:00:00.000Z", until: "2026-03-31T12:00:00.000Z", days: 91 },
    persons: 10,
    leastPersons: 5,
    refused: null,
    peopleCost: "known",
    tiers: [
      {
        persons: 5,
        changes: 55,
        withoutChange: 0,
        tokenNanoUsd: "15400000000",
        meanOfRatiosNanoUsd: "280000000",
        ratioOfTotalsNanoUsd: "280000000",
        fullCostNanoUsd: { low: "2000000000000", high: "2727550000000" },
      },
      {
        persons: 5,
        changes: 115,
        withoutChange: 1,
        tokenNanoUsd: "9110000000000",
        meanOfRatiosNanoUsd: "89320000000",
        ratioOfTotalsNanoUsd: "79220000000",
        fullCostNanoUsd: null,
      },
    ],
    marginalNanoUsd: ["151580000000"],
    ofNobody: { spendNanoUsd: "1000000000", changes: 2 },
  },
};
