/** What a change costs: by cohort and in the same period, at the margin, and with people by tier of spend. Money is integer nano-dollars as text. */
import type { NanoUsd } from "./answer.ts";

export const costGrains = ["month", "quarter"] as const;
export type CostGrain = (typeof costGrains)[number];

/** Why a cost is not told. */
export const costRefusals = ["undecided", "too_few_changes"] as const;
export type CostRefusal = (typeof costRefusals)[number];

export interface OutcomeCost {
  readonly changes: number;
  /** Spend over changes; null where it is refused. */
  readonly averageNanoUsd: NanoUsd | null;
  /**
   * Of each further change against the period before: the difference of spend over the difference of changes. Null where one of
   * the two is refused, or where there were no more changes to pay for.
   */
  readonly marginalNanoUsd: NanoUsd | null;
  readonly refused: CostRefusal | null;
}

export interface CostPeriod {
  /** First day of the period. */
  readonly from: string;
  readonly spendNanoUsd: NanoUsd;
  /** Part of the spend that is ripening or not linked; null without spend. */
  readonly undecidedShare: number | null;
  readonly landed: OutcomeCost;
  readonly released: OutcomeCost;
  readonly stuck: OutcomeCost;
}

/** Why no tiers are told. */
export const tierRefusals = ["no_people", "too_few_persons"] as const;
/** Whether salaries are known: those of assay.yaml are in its currency, and no rate of exchange is known. */
export const peopleCosts = ["known", "not_known", "other_currency"] as const;

export interface SpendTier {
  readonly persons: number;
  readonly changes: number;
  /** Persons without a landed change: the mean of ratios leaves them out. */
  readonly withoutChange: number;
  readonly tokenNanoUsd: NanoUsd;
  /** Token cost per change: the mean of each person's, and that of the totals. */
  readonly meanOfRatiosNanoUsd: NanoUsd | null;
  readonly ratioOfTotalsNanoUsd: NanoUsd | null;
  /** (People + tokens) / changes, with low and high salaries; null where a salary of the tier is not known. */
  readonly fullCostNanoUsd: { readonly low: NanoUsd; readonly high: NanoUsd } | null;
}

export interface PeopleTiers {
  /** UTC instants. Null where nothing is known at all. */
  readonly window: { readonly from: string; readonly until: string; readonly days: number } | null;
  /** With spend or a landed change in the window. */
  readonly persons: number;
  /** A tier of fewer is not shown. */
  readonly leastPersons: number;
  readonly refused: (typeof tierRefusals)[number] | null;
  readonly peopleCost: (typeof peopleCosts)[number];
  /** Least spend first. */
  readonly tiers: readonly SpendTier[];
  /** Between each tier and the next, per further change a head. */
  readonly marginalNanoUsd: readonly (NanoUsd | null)[];
  /** In the window and of nobody in assay.yaml: in no tier. */
  readonly ofNobody: { readonly spendNanoUsd: NanoUsd; readonly changes: number };
}

export interface Costs {
  readonly grain: CostGrain;
  /** Fewer changes tell no cost. */
  readonly leastChanges: number;
  /** Above this part a cost is not told. */
  readonly mostUndecided: number;
  /** By the day a task began to cost. */
  readonly cohorts: readonly CostPeriod[];
  /** By the day of use, and the day of landing or release. */
  readonly samePeriod: readonly CostPeriod[];
  readonly people: PeopleTiers;
}
