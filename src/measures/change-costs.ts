import type { Aggregate, Catalogue, Ratio } from "./measure.ts";

const source = "ours (MEASURES 3)";
const seen = "e.landed_ms <= coalesce(CAST($as_of_ms AS BIGINT), e.landed_ms)";
const released = `${seen} AND (e.landing_is_release OR e.released_ms <= coalesce(CAST($as_of_ms AS BIGINT), e.released_ms))`;

const money = { unit: "nano-USD", additive: true, whenEmpty: 0, change: "relative", minimumSample: null, source } as const;
const ofCohort = { kind: "aggregate", of: ["cohort"] } as const satisfies Partial<Aggregate>;
const changesOf = {
  ...ofCohort,
  sql: "count(DISTINCT e.change_id)",
  unit: "changes",
  additive: false,
  whenEmpty: 0,
  change: "relative",
  minimumSample: null,
  source,
  gaming: "Splitting one change into many.",
  beside: "cohort_spend",
} as const satisfies Partial<Aggregate>;
const share = { kind: "ratio", unit: "ratio", additive: false, whenEmpty: null, change: "points", minimumSample: null, source } as const;
const each = { kind: "ratio", unit: "nano-USD/change", additive: false, whenEmpty: null, change: "relative", source } as const;
const cost = { ...each, numerator: "cohort_spend" } as const satisfies Partial<Ratio>;
/** MEASURES 3: refused while more is not decided. */
const mostUndecided = 0.3;

/**
 * What a change cost, in two ways that answer two questions. By cohort: of the tasks that began to cost in a period, all they
 * ever cost, failed attempts included, over the changes that came of them. Of the same period: the spend of a period over what
 * happened in it, whoever paid for it and when.
 */
export const changeCosts = {
  cohort_spend: {
    ...money,
    ...ofCohort,
    sql: "sum(e.list_nano_usd)",
    title: "Spend by cohort",
    description:
      "Spend of all tasks that began to cost in the period, whenever it was spent: a task is the change the lines went to, else the session. What bought nothing is in it.",
    gaming: "Early cohorts had longer to cost something: read it beside what is undecided.",
    beside: "spend",
  },
  cohort_spend_undecided: {
    ...money,
    ...ofCohort,
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "roll_up", is: "in", values: ["ripening", "unknown"] },
    title: "Undecided spend of the cohort",
    description: "Of the cohort's spend what is ripening or not linked: whether it sticks is not known.",
    gaming: "Keeping failures in flight leaves them undecided.",
    beside: "cohort_spend",
  },
  cohort_spend_not_landed_yet: {
    ...money,
    ...ofCohort,
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "fate", is: "in", values: ["in_flight", "unlinked"] },
    title: "Spend of the cohort that may still land",
    description: "Of the cohort's spend what is in flight or not linked: whether it lands is not known.",
    gaming: "Keeping failures in flight leaves them undecided.",
    beside: "cohort_spend",
  },
  cohort_undecided_share: {
    ...share,
    numerator: "cohort_spend_undecided",
    denominator: "cohort_spend",
    title: "Share of the cohort that is undecided",
    description: "Of the spend of the cohort: above 30 % the cost of what was released or stuck is not told.",
    gaming: "Keeping failures in flight leaves them undecided.",
    beside: "cohort_spend",
  },
  cohort_not_landed_yet_share: {
    ...share,
    numerator: "cohort_spend_not_landed_yet",
    denominator: "cohort_spend",
    title: "Share of the cohort that may still land",
    description: "Of the spend of the cohort: above 30 % the cost of what landed is not told.",
    gaming: "Keeping failures in flight leaves them undecided.",
    beside: "cohort_spend",
  },
  cohort_changes_landed: {
    ...changesOf,
    where: seen,
    title: "Changes of the cohort that landed",
    description: "Changes whose lines began to cost in the period and that have landed since.",
  },
  cohort_changes_released: {
    ...changesOf,
    where: released,
    title: "Changes of the cohort that were released",
    description:
      "Changes whose lines began to cost in the period and that have been released since; landing counts where the repository's rule says so.",
  },
  cohort_changes_stuck: {
    ...changesOf,
    only: { dimension: "fate", is: "in", values: ["stuck"] },
    title: "Changes of the cohort that stuck",
    description: "Changes whose lines began to cost in the period and of which some spend stuck.",
  },
  cost_per_landed_change: {
    ...cost,
    denominator: "cohort_changes_landed",
    title: "Cost per landed change, by cohort",
    description:
      "All that the cohort cost, attempts that bought nothing included, divided by its changes that landed. Not shown while more than 30 % of it may still land.",
    minimumSample: { of: "cohort_changes_landed", atLeast: 5 },
    refusedAbove: { of: "cohort_not_landed_yet_share", ratio: mostUndecided },
    gaming: "Falls when changes are split; leaves out what persons landed without an agent.",
    beside: "cost_per_stuck_change",
  },
  cost_per_released_change: {
    ...cost,
    denominator: "cohort_changes_released",
    title: "Cost per released change, by cohort",
    description:
      "All that the cohort cost, attempts that bought nothing included, divided by its changes that were released. Not shown while more than 30 % of it is undecided.",
    minimumSample: { of: "cohort_changes_released", atLeast: 5 },
    refusedAbove: { of: "cohort_undecided_share", ratio: mostUndecided },
    gaming: "Falls when changes are split, or released unfinished.",
    beside: "cost_per_stuck_change",
  },
  cost_per_stuck_change: {
    ...cost,
    denominator: "cohort_changes_stuck",
    title: "Cost per change that stuck, by cohort",
    description:
      "All that the cohort cost, attempts that bought nothing included, divided by its changes of which some spend stuck. Not shown while more than 30 % of it is undecided.",
    minimumSample: { of: "cohort_changes_stuck", atLeast: 5 },
    refusedAbove: { of: "cohort_undecided_share", ratio: mostUndecided },
    gaming: "A change of which one line stuck counts like a whole one; falls when changes are split.",
    beside: "bought_decided_share",
  },
  changes_released: {
    ...changesOf,
    of: ["released_change"],
    sql: "count(*)",
    additive: true,
    title: "Changes released",
    description: "Changes by whomever, at the time they were released; landing is the release where the repository's rule says so.",
    beside: "changes_landed",
  },
  changes_stuck: {
    ...changesOf,
    of: ["stuck_change"],
    sql: "count(*)",
    additive: true,
    title: "Changes that stuck",
    description: "Landed changes of which some spend stuck, at the time they landed: those nobody spent tokens on are not among them.",
    beside: "changes_landed",
  },
  spend_per_released_change: {
    ...each,
    numerator: "spend",
    denominator: "changes_released",
    title: "Spend per released change, same period",
    description:
      "Spend of the period divided by changes released in it, by whomever: what was released was mostly paid for before. Not the cost of those changes.",
    minimumSample: { of: "changes_released", atLeast: 5 },
    gaming: "Falls when much is released at once, or when changes are split.",
    beside: "cost_per_released_change",
  },
  spend_per_stuck_change: {
    ...each,
    numerator: "spend",
    denominator: "changes_stuck",
    title: "Spend per change that stuck, same period",
    description:
      "Spend of the period divided by the changes that landed in it and of which some spend stuck. Not shown while more than 30 % of the period's spend is undecided.",
    minimumSample: { of: "changes_stuck", atLeast: 5 },
    refusedAbove: { of: "undecided_share", ratio: mostUndecided },
    gaming: "A change of which one line stuck counts like a whole one; falls when changes are split.",
    beside: "cost_per_stuck_change",
  },
} as const satisfies Catalogue;
