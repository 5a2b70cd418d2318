/**
 * What a change costs by how much its people spend on tokens (MEASURES 3, full cost per change; the published comparison is
 * Jellyfish's of 2026, by quintile). The mean of each person's ratio and the ratio of the totals are different numbers: both
 * are told. Rows have no names, and a tier of few persons tells nothing.
 */
import { perUnit } from "./money-ratio.ts";

/** One person's period, without the person. */
export interface PersonSpend {
  readonly tokenNanoUsd: bigint;
  /** What the person cost; null where it is not known. */
  readonly peopleNanoUsd: bigint | null;
  /** Changes that landed. */
  readonly changes: number;
}

export interface TierCost {
  readonly persons: number;
  readonly changes: number;
  /** Persons without a change: their ratio is no number, and the mean of ratios leaves them out. */
  readonly withoutChange: number;
  readonly tokenNanoUsd: bigint;
  /** Null where one person's is not known. */
  readonly peopleNanoUsd: bigint | null;
  /** Token cost per change, the mean over persons. */
  readonly meanOfRatiosNanoUsd: bigint | null;
  /** Token cost per change, of all. */
  readonly ratioOfTotalsNanoUsd: bigint | null;
  /** (People + tokens) / changes. */
  readonly fullCostNanoUsd: bigint | null;
}

/** Of a tier of any size: callers that show it keep to `spendTiers`. */
export function tierCost(rows: readonly PersonSpend[]): TierCost {
  const tokens = rows.reduce((sum, { tokenNanoUsd }) => sum + tokenNanoUsd, 0n);
  const people = rows.reduce<bigint | null>(
    (sum, { peopleNanoUsd }) => (sum === null || peopleNanoUsd === null ? null : sum + peopleNanoUsd),
    0n,
  );
  const changes = rows.reduce((sum, row) => sum + row.changes, 0);
  const ratios = rows.map((row) => perUnit(row.tokenNanoUsd, row.changes)).filter((ratio) => ratio !== null);
  return {
    persons: rows.length,
    changes,
    withoutChange: rows.length - ratios.length,
    tokenNanoUsd: tokens,
    peopleNanoUsd: people,
    meanOfRatiosNanoUsd: perUnit(
      ratios.reduce((sum, ratio) => sum + ratio, 0n),
      ratios.length,
    ),
    ratioOfTotalsNanoUsd: perUnit(tokens, changes),
    fullCostNanoUsd: people === null ? null : perUnit(people + tokens, changes),
  };
}

/**
 * What each further change costs in tokens between two tiers: the difference of spend a head over the difference of changes a
 * head. Null where the dearer tier lands no more of them: there is no further change to pay for.
 */
export function marginalCost(from: TierCost, to: TierCost): bigint | null {
  const [n, m] = [BigInt(from.persons), BigInt(to.persons)];
  return perUnit(to.tokenNanoUsd * n - from.tokenNanoUsd * m, BigInt(to.changes) * n - BigInt(from.changes) * m);
}

export interface SpendTiers {
  /** Least spend first; empty where it is refused. */
  readonly tiers: readonly TierCost[];
  /** Between each tier and the next. */
  readonly marginalNanoUsd: readonly (bigint | null)[];
  readonly persons: number;
  /** `too_few_persons`: a tier would show fewer persons than may be shown. */
  readonly refused: "too_few_persons" | null;
}

/**
 * Persons in tiers of equal number by what they spent on tokens; where it does not divide, the lower tiers have one more.
 * @param leastPersons of a tier: fewer are never shown (MEASURES 3 and 7: teams of five and more)
 */
export function spendTiers(rows: readonly PersonSpend[], tiers = 5, leastPersons = 5): SpendTiers {
  const persons = rows.length;
  if (Math.floor(persons / tiers) < leastPersons) return { tiers: [], marginalNanoUsd: [], persons, refused: "too_few_persons" };
  // Equal spend in the order of changes: which tier a row falls into must not depend on the order it came in.
  const sorted = [...rows].sort((a, b) =>
    a.tokenNanoUsd === b.tokenNanoUsd ? a.changes - b.changes : a.tokenNanoUsd < b.tokenNanoUsd ? -1 : 1,
  );
  const costs = Array.from({ length: tiers }, (_, t) =>
    tierCost(sorted.slice(Math.ceil((persons * t) / tiers), Math.ceil((persons * (t + 1)) / tiers))),
  );
  return {
    tiers: costs,
    marginalNanoUsd: costs.slice(1).map((cost, t) => marginalCost(costs[t] as TierCost, cost)),
    persons,
    refused: null,
  };
}
