/**
 * What changed a closed period (DESIGN "Words": close and restatement). Pure: distributions of one usage's money over fates
 * in, moves with their causes out. Every step conserves: what a fate gains is what others, or the outside, lose.
 */
import type { RestatementCause } from "../contract/close.ts";
import { type FateName, fateNames } from "../contract/fates.ts";

/** Money of one usage by fate; nothing stands for 0. */
export type Distribution = ReadonlyMap<FateName, bigint>;

/** One usage of a period at four moments of knowing. */
export interface UsageHistory {
  /** As it was closed; null where the usage was not known then, or had no price. */
  readonly closed: Distribution | null;
  /** With today's facts and prices, as of the close, by the parameters of the close; null where it is no longer known. */
  readonly revisited: Distribution | null;
  /** The same by today's parameters. */
  readonly reruled: Distribution | null;
  /** Today. */
  readonly now: Distribution | null;
  /** The token counts are those that were closed: another cost is another price. */
  readonly sameCounts: boolean;
  /** The rules themselves are of another version than those of the close. */
  readonly otherRules: boolean;
  /** It worked on a default branch that was rewritten since. */
  readonly rewritten: boolean;
  /** What of it is reverted today was taken out by removals that incidents name, all of it. */
  readonly incident: boolean;
}

export interface CausedMove {
  readonly cause: RestatementCause | "ripening";
  readonly from: FateName | null;
  readonly to: FateName | null;
  readonly nanoUsd: bigint;
}

const undecided: ReadonlySet<FateName | null> = new Set(["maturing", "in_flight"]);

/** The moves that lead from what was closed to what is known now, in the order they are understood. */
export function restatementsOf(usage: UsageHistory): CausedMove[] {
  const { closed, revisited, reruled, now, sameCounts, otherRules, rewritten, incident } = usage;
  const nothing: Distribution = new Map();
  const repriced = closed !== null && revisited !== null && sameCounts ? scaled(closed, total(revisited)) : closed;
  const facts: RestatementCause = rewritten ? "rewritten" : otherRules ? "rule_version" : "late_fact";
  return [
    ...caused("price", movesBetween(closed ?? nothing, repriced ?? nothing)),
    ...caused(facts, movesBetween(repriced ?? nothing, revisited ?? nothing), incident),
    ...caused("rule_version", movesBetween(revisited ?? nothing, reruled ?? nothing)),
    ...caused(rewritten ? "rewritten" : "late_fact", movesBetween(reruled ?? nothing, now ?? nothing), incident),
  ];
}

/** A revert, and the removal an incident names, has its own name whenever it is seen; leaving the undecided fates is what was planned, whatever else is new. */
function caused(cause: RestatementCause, moves: readonly Omit<CausedMove, "cause">[], incident = false): CausedMove[] {
  return moves.map((move): CausedMove => {
    const isInside = move.from !== null && move.to !== null;
    if (isInside && cause !== "rule_version" && undecided.has(move.from)) return { ...move, cause: "ripening" };
    if (isInside && cause === "late_fact" && move.to === "reverted" && incident) return { ...move, cause: "incident" };
    if (isInside && cause === "late_fact" && (move.to === "reverted" || move.from === "reverted")) return { ...move, cause: "revert" };
    return { ...move, cause };
  });
}

/**
 * The moves that turn one distribution into another. What fates lost is laid beside what fates gained, both in the order of
 * the rules, and cut where either ends; totals that differ meet the outside (null), first. Deterministic, and minimal in
 * money moved.
 */
export function movesBetween(before: Distribution, after: Distribution): Omit<CausedMove, "cause">[] {
  const outside = total(after) - total(before);
  const lost: [FateName | null, bigint][] = outside > 0n ? [[null, outside]] : [];
  const gained: [FateName | null, bigint][] = outside < 0n ? [[null, -outside]] : [];
  for (const fate of fateNames) {
    const change = (after.get(fate) ?? 0n) - (before.get(fate) ?? 0n);
    if (change < 0n) lost.push([fate, -change]);
    if (change > 0n) gained.push([fate, change]);
  }
  const moves: Omit<CausedMove, "cause">[] = [];
  let g = 0;
  for (const [from, amount] of lost) {
    for (let left = amount; left > 0n; ) {
      const [to, wanted] = gained[g] as [FateName | null, bigint]; // gains and losses are equal sums
      const part = left < wanted ? left : wanted;
      moves.push({ from, to, nanoUsd: part });
      left -= part;
      if (part === wanted) g++;
      else gained[g] = [to, wanted - part];
    }
  }
  return moves;
}

/** The same shares of another total, by differences of cumulative floors. All of a total of 0 goes to its first fate. */
function scaled(parts: Distribution, to: bigint): Distribution {
  const from = total(parts);
  if (from === to) return parts;
  const result = new Map<FateName, bigint>();
  let sum = 0n;
  let before = 0n;
  for (const fate of fateNames) {
    if (!parts.has(fate)) continue;
    sum += parts.get(fate) ?? 0n;
    const upToHere = from === 0n ? to : (sum * to) / from;
    result.set(fate, upToHere - before);
    before = upToHere;
  }
  return result;
}

export function total(parts: Distribution): bigint {
  let sum = 0n;
  for (const nano of parts.values()) sum += nano;
  return sum;
}
