/** Groups by how much of a dollar they turned into code that stuck, least first, and which of them the evidence cannot tell apart. */
import { notDistinguishable } from "../../../src/analysis/ranking.ts";
import type { MeasureResult } from "../../../src/contract/query.ts";

export interface RankedGroup {
  readonly id: string;
  readonly nanoUsd: string;
  readonly share: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly sessions: number;
  /** Part of its spend of which nobody knows yet whether it sticks, or which is not followed. */
  readonly undecided: number;
}

export interface Ranking {
  /** Least bought per dollar first. */
  readonly ranked: readonly RankedGroup[];
  /** Too few sessions, or too little money, to be ranked. */
  readonly small: readonly RankedGroup[];
  /** Too much of its spend is undecided: to rank it low would be to blame it for being new. */
  readonly young: readonly RankedGroup[];
  /** What has no name: its money stands beside the ranking. */
  readonly nameless: RankedGroup | null;
  /** Ids that cannot be told apart from the one ranked first. */
  readonly levelWithFirst: readonly string[];
}

/** A rank of one or two sessions says nothing of a group. */
export const fewestSessions = 5;
/** Nor does one that carries less than a hundredth of the spend. */
const leastPart = 100n;

/** As for every cost of what stuck (docs/measures.md): over it, the cohort is too young to be judged. */
export const mostUndecided = 0.3;

/** The allocation every answer is told by. */
const shownAllocation = "lines_flows_to_C";

/**
 * @param totals spend, spend_decided, bought_share with its low and high, sessions, by one dimension
 * @param allocated spend_allocated of `bought` by the same dimension and allocation
 */
export function rankGroups(dimension: string, totals: MeasureResult, allocated: MeasureResult): Ranking {
  const groups = totals.rows.map((row) => ({ name: row[dimension] ?? null, group: groupOf(dimension, row) }));
  const named = groups.filter(({ name }) => name !== null).map(({ group }) => group);
  const whole = groups.reduce((sum, { group }) => sum + BigInt(group.nanoUsd), 0n);
  const isEnough = ({ sessions, nanoUsd, share }: RankedGroup): boolean =>
    sessions >= fewestSessions && BigInt(nanoUsd) * leastPart >= whole && share !== null;
  const large = named.filter(isEnough);
  const ranked = large.filter(({ undecided }) => undecided <= mostUndecided).toSorted((a, b) => (a.share ?? 0) - (b.share ?? 0));
  const pairs = notDistinguishable(ranked.map(({ id, nanoUsd }) => ({ id, values: sharesOf(dimension, id, nanoUsd, allocated) })));
  const first = ranked[0]?.id;
  return {
    ranked,
    small: named.filter((group) => !large.includes(group)),
    young: large.filter(({ undecided }) => undecided > mostUndecided),
    nameless: groups.find(({ name }) => name === null)?.group ?? null,
    levelWithFirst: pairs.flatMap(([a, b]) => (a === first ? [b] : b === first ? [a] : [])),
  };
}

type Row = MeasureResult["rows"][number];
const numberOrNull = (cell: Row[string] | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));

function groupOf(dimension: string, row: Row): RankedGroup {
  return {
    id: String(row[dimension]),
    nanoUsd: String(row["spend"] ?? "0"),
    share: numberOrNull(row["bought_share"]),
    low: numberOrNull(row["bought_low_share"]),
    high: numberOrNull(row["bought_high_share"]),
    sessions: Number(row["sessions"] ?? 0),
    undecided: undecidedOf(BigInt(String(row["spend"] ?? "0")), BigInt(String(row["spend_decided"] ?? "0"))),
  };
}

const undecidedOf = (spend: bigint, decided: bigint): number => (spend === 0n ? 0 : Number(((spend - decided) * 10_000n) / spend) / 10_000);

/** The share that stuck under every allocation, the shown one first; an allocation without a row gave it nothing. */
function sharesOf(dimension: string, id: string, nanoUsd: string, { rows }: MeasureResult): number[] {
  const names = [...new Set(rows.map((row) => String(row["allocation"])))].toSorted(
    (a, b) => Number(b === shownAllocation) - Number(a === shownAllocation) || (a < b ? -1 : 1),
  );
  const whole = Number(nanoUsd);
  if (whole === 0) return names.map(() => 0);
  return names.map(
    (name) => Number(rows.find((row) => row[dimension] === id && row["allocation"] === name)?.["spend_allocated"] ?? 0) / whole,
  );
}
