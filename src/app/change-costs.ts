import { perUnit } from "../analysis/money-ratio.ts";
import type { CostGrain, CostPeriod, OutcomeCost } from "../contract/costs.ts";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";
import { requireMeasure } from "../measures/catalogue.ts";

const outcomes = ["landed", "released", "stuck"] as const;
type Outcome = (typeof outcomes)[number];

/** Names of the measures of one way to count: what is divided, by what, and the ratio with its refusals. */
interface Way {
  readonly spend: string;
  readonly undecided: string;
  readonly changes: Readonly<Record<Outcome, string>>;
  readonly cost: Readonly<Record<Outcome, string>>;
}

const byCohort: Way = {
  spend: "cohort_spend",
  undecided: "cohort_undecided_share",
  changes: { landed: "cohort_changes_landed", released: "cohort_changes_released", stuck: "cohort_changes_stuck" },
  cost: { landed: "cost_per_landed_change", released: "cost_per_released_change", stuck: "cost_per_stuck_change" },
};
const ofSamePeriod: Way = {
  spend: "spend",
  undecided: "undecided_share",
  changes: { landed: "changes_landed", released: "changes_released", stuck: "changes_stuck" },
  cost: { landed: "spend_per_landed_change", released: "spend_per_released_change", stuck: "spend_per_stuck_change" },
};

export const { ratio: mostUndecided } = requireMeasure("cost_per_stuck_change").refusedAbove ?? { ratio: 0 };
export const { atLeast: leastChanges } = requireMeasure("cost_per_stuck_change").minimumSample ?? { atLeast: 0 };

/**
 * Average and marginal cost per landed, released and stuck change, period by period, oldest first; periods without spend are left out.
 * @param ask answers a query of measures
 */
export async function changeCostsOf(
  ask: (query: MeasureQueryInput) => Promise<MeasureResult>,
  grain: CostGrain,
): Promise<{ readonly cohorts: readonly CostPeriod[]; readonly samePeriod: readonly CostPeriod[] }> {
  return { cohorts: await periodsOf(ask, grain, byCohort), samePeriod: await periodsOf(ask, grain, ofSamePeriod) };
}

async function periodsOf(ask: (query: MeasureQueryInput) => Promise<MeasureResult>, grain: CostGrain, way: Way): Promise<CostPeriod[]> {
  const measures = [way.spend, way.undecided, ...outcomes.flatMap((outcome) => [way.changes[outcome], way.cost[outcome]])];
  const { rows } = await ask({ measures, grain, limit: 10_000 });
  const spending = rows.filter((row) => BigInt(row[way.spend] ?? 0) > 0n && row["time"] !== null);
  const periods = spending.map((row): CostPeriod => {
    const outcome = (name: Outcome): OutcomeCost => {
      const changes = Number(row[way.changes[name]] ?? 0);
      const average = row[way.cost[name]] ?? null;
      const refused = average !== null ? null : changes < leastChanges ? "too_few_changes" : "undecided";
      return { changes, averageNanoUsd: average === null ? null : String(average), marginalNanoUsd: null, refused };
    };
    const undecided = row[way.undecided] ?? null;
    return {
      from: String(row["time"]),
      spendNanoUsd: String(row[way.spend]),
      undecidedShare: undecided === null ? null : Number(undecided),
      landed: outcome("landed"),
      released: outcome("released"),
      stuck: outcome("stuck"),
    };
  });
  return periods.map((period, at) => withMarginal(period, periods[at - 1]));
}

function withMarginal(period: CostPeriod, before: CostPeriod | undefined): CostPeriod {
  if (before === undefined) return period;
  const further = BigInt(period.spendNanoUsd) - BigInt(before.spendNanoUsd);
  const outcome = (name: Outcome): OutcomeCost => {
    const [own, earlier] = [period[name], before[name]];
    const isTold = own.refused === null && earlier.refused === null;
    return { ...own, marginalNanoUsd: isTold ? (perUnit(further, own.changes - earlier.changes)?.toString() ?? null) : null };
  };
  return { ...period, landed: outcome("landed"), released: outcome("released"), stuck: outcome("stuck") };
}
