/** Spend that bought nothing that stuck, and how unevenly what did is spread (MEASURES 3). Of teams or products, never of persons. */

export interface GroupReturn {
  /** Name of the team or product. */
  readonly id: string;
  readonly spendNanoUsd: bigint;
  /** Outcomes that stuck; null where they are not observed or not yet decided. */
  readonly outcomes: number | null;
}

export interface ZeroReturn {
  readonly spendNanoUsd: bigint;
  /** Spend of groups of which it is known that nothing stuck. */
  readonly zeroReturnNanoUsd: bigint;
  /** Spend of groups whose outcomes are not known: in neither part. */
  readonly unknownNanoUsd: bigint;
  /** Zero-return spend of the spend of groups that are known; null where there is none. */
  readonly share: number | null;
  /** The least and the most it is of all spend, as the unknown ones may turn out. Null without spend. */
  readonly ofAll: { readonly low: number; readonly high: number } | null;
  /** Groups with spend and nothing that stuck, most spend first. */
  readonly groups: readonly string[];
}

/** Groups without spend are in no part of it. */
export function zeroReturn(rows: readonly GroupReturn[]): ZeroReturn {
  const spending = rows.filter(({ spendNanoUsd }) => spendNanoUsd > 0n);
  const sum = (of: readonly GroupReturn[]): bigint => of.reduce((total, { spendNanoUsd }) => total + spendNanoUsd, 0n);
  const none = spending.filter(({ outcomes }) => outcomes === 0);
  const [all, zero, unknown] = [sum(spending), sum(none), sum(spending.filter(({ outcomes }) => outcomes === null))];
  const ratio = (part: bigint, whole: bigint): number => Number(part) / Number(whole);
  return {
    spendNanoUsd: all,
    zeroReturnNanoUsd: zero,
    unknownNanoUsd: unknown,
    share: all === unknown ? null : ratio(zero, all - unknown),
    ofAll: all === 0n ? null : { low: ratio(zero, all), high: ratio(zero + unknown, all) },
    groups: [...none]
      .sort((a, b) => (a.spendNanoUsd === b.spendNanoUsd ? (a.id < b.id ? -1 : 1) : a.spendNanoUsd > b.spendNanoUsd ? -1 : 1))
      .map(({ id }) => id),
  };
}

export interface Concentration {
  /** Groups whose outcomes are known. */
  readonly groups: number;
  readonly outcomes: number;
  /** Σ share² of outcomes: 1 where one group has all, 1 / groups where all have the same (Hirschman 1945, Herfindahl 1950). */
  readonly herfindahl: number;
  /** As many groups with equal parts would be as concentrated: 1 / Herfindahl. */
  readonly effectiveGroups: number;
  /** The fewest groups that have half of the outcomes, and their part of the spend (null without spend). */
  readonly half: { readonly groups: number; readonly spendShare: number | null };
}

/** Null where no outcome is known. */
export function concentration(rows: readonly GroupReturn[]): Concentration | null {
  const known = rows.flatMap((row) => (row.outcomes === null ? [] : [{ ...row, outcomes: row.outcomes }]));
  const outcomes = known.reduce((sum, row) => sum + row.outcomes, 0);
  if (outcomes === 0) return null;
  const herfindahl = known.reduce((sum, row) => sum + (row.outcomes / outcomes) ** 2, 0);
  const spend = known.reduce((sum, { spendNanoUsd }) => sum + spendNanoUsd, 0n);
  let reached = 0;
  let spent = 0n;
  let groups = 0;
  for (const row of known.sort((a, b) => b.outcomes - a.outcomes || (a.id < b.id ? -1 : 1))) {
    if (2 * reached >= outcomes) break;
    reached += row.outcomes;
    spent += row.spendNanoUsd;
    groups++;
  }
  const spendShare = spend === 0n ? null : Number(spent) / Number(spend);
  return { groups: known.length, outcomes, herfindahl, effectiveGroups: 1 / herfindahl, half: { groups, spendShare } };
}
