/** What a change costs, for a terminal. */
import type { CostGrain, CostPeriod, Costs, OutcomeCost, PeopleTiers } from "../../contract/costs.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatNumberOf, formatPeriod, formatRatio, formatUsd } from "./numbers.ts";
import { tableLines } from "./text-table.ts";

const outcomes = ["landed", "released", "stuck"] as const;

export function costsText(costs: Costs, options: TextOptions): string {
  if (costs.cohorts.length === 0) return "No spend is known: assay import\n";
  const bold = (text: string): string => inkFor(options.color).bold(text);
  return [
    bold(`Cost per change, by cohort: all that tasks which began in a ${costs.grain} ever cost, failed ones included`),
    ...periodLines(costs.cohorts, costs.grain, options.width),
    "",
    bold(`Spend per change, same period: spent in a ${costs.grain} over what landed, was released or stuck of what landed in it`),
    ...periodLines(costs.samePeriod, costs.grain, options.width),
    "",
    `Number of changes, and dollars of each. Open: spend that is undecided or not linked; where more than ${formatRatio(costs.mostUndecided)} may still change no cost is told.`,
    `Few: fewer than ${costs.leastChanges} changes. Further: dollars of each further change that stuck, against the ${costs.grain} before.`,
    "",
    bold("Full cost per change, by tier of token spend"),
    ...tierLines(costs.people, options.width),
    "",
    "Costs fall when changes are split: read them beside what was reverted. They go together with spend; they do not tell what it caused.",
    "",
  ].join("\n");
}

function periodLines(periods: readonly CostPeriod[], grain: CostGrain, width: number): string[] {
  const columns = [
    { title: grain, align: "left" },
    { title: "spend", align: "right" },
    { title: "open", align: "right" },
    ...outcomes.map((title) => ({ title, align: "right" }) as const),
    { title: "further", align: "right" },
  ] as const;
  const rows = periods.map((period) => [
    periodName(period.from, grain),
    formatUsd(period.spendNanoUsd),
    period.undecidedShare === null ? "–" : formatRatio(period.undecidedShare),
    ...outcomes.map((name) => `${formatCount(period[name].changes)}: ${eachText(period[name])}`),
    period.stuck.marginalNanoUsd === null ? "–" : formatUsd(period.stuck.marginalNanoUsd),
  ]);
  return tableLines(columns, rows, width);
}

/** `2026-01`, `2026 Q1`. */
export function periodName(from: string, grain: CostGrain): string {
  return grain === "month" ? from.slice(0, 7) : `${from.slice(0, 4)} Q${Math.ceil(Number(from.slice(5, 7)) / 3)}`;
}

export function eachText({ averageNanoUsd, refused }: OutcomeCost): string {
  if (averageNanoUsd !== null) return formatUsd(averageNanoUsd);
  return refused === "undecided" ? "open" : "few";
}

/** Why there are no tiers; null where there are. */
export function tierRefusal({ refused, persons, leastPersons }: PeopleTiers): string | null {
  if (refused === null) return null;
  if (refused === "no_people") return "assay.yaml names no people: nothing is known of tiers.";
  return `${formatNumberOf(persons, "person")} with spend or a landed change: too few for tiers of ${leastPersons} and more. Ask for fewer with --tiers.`;
}

/** What has to be read with the tiers. */
export function tierNotes({ window, peopleCost, ofNobody }: PeopleTiers): string[] {
  const salaries = {
    known: "People cost what assay.yaml says of their salaries, low to high, whatever else they did.",
    not_known: "What people cost is not known: give salaries: in assay.yaml, and each person's salary:.",
    other_currency: "Salaries are not in USD, and no rate of exchange is known: full cost is not told.",
  }[peopleCost];
  const period = window === null ? null : formatPeriod(window.from, window.until);
  return [
    ...(period === null ? [] : [`${period}. ${salaries}`]),
    ...(ofNobody.spendNanoUsd === "0" && ofNobody.changes === 0
      ? []
      : [
          `Of nobody in assay.yaml, and in no tier: ${formatUsd(ofNobody.spendNanoUsd)} and ${formatNumberOf(ofNobody.changes, "change")}.`,
        ]),
  ];
}

function tierLines(people: PeopleTiers, width: number): string[] {
  const refusal = tierRefusal(people);
  if (refusal !== null) return [refusal, ...(people.refused === "no_people" ? [] : tierNotes(people))];
  const columns = [
    { title: "tier", align: "left" },
    { title: "persons", align: "right" },
    { title: "changes", align: "right" },
    { title: "tokens", align: "right" },
    { title: "mean", align: "right" },
    { title: "totals", align: "right" },
    { title: "with people", align: "right" },
    { title: "further", align: "right" },
  ] as const;
  const rows = people.tiers.map((tier, t) => [
    tierName(t, people.tiers.length),
    formatCount(tier.persons),
    formatCount(tier.changes),
    formatUsd(tier.tokenNanoUsd),
    tier.meanOfRatiosNanoUsd === null ? "–" : formatUsd(tier.meanOfRatiosNanoUsd),
    tier.ratioOfTotalsNanoUsd === null ? "–" : formatUsd(tier.ratioOfTotalsNanoUsd),
    rangeText(tier.fullCostNanoUsd),
    marginalText(people, t),
  ]);
  const how = "Tokens of a change: the mean of each person's, and that of the totals. Further: of each further change a head.";
  return [...tableLines(columns, rows, width), how, ...tierNotes(people)];
}

export const tierName = (at: number, of: number): string => (at === 0 ? "least" : at === of - 1 ? "most" : String(at + 1));

export function marginalText({ marginalNanoUsd }: PeopleTiers, tier: number): string {
  const marginal = tier === 0 ? null : (marginalNanoUsd[tier - 1] ?? null);
  return marginal === null ? "–" : formatUsd(marginal);
}

export function rangeText(range: { readonly low: string; readonly high: string } | null): string {
  if (range === null) return "not known";
  return range.low === range.high ? formatUsd(range.low) : `${formatUsd(range.low)}…${formatUsd(range.high)}`;
}
