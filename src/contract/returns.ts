/** Spend that bought nothing that stuck, by group. Money is integer nano-dollars as text. */
import type { NanoUsd } from "./answer.ts";

export const returnGroups = ["product", "team", "repository"] as const;
export type ReturnGroup = (typeof returnGroups)[number];

export interface GroupOfReturns {
  readonly group: string;
  readonly spendNanoUsd: NanoUsd;
  /** Changes of which some of its money stuck; null where that is not decided: too much of its spend is not, or not linked. */
  readonly changesStuck: number | null;
  /** Part of its spend that is undecided or not linked. */
  readonly undecidedShare: number;
}

/** The buckets of the one published split of spend, and what was published of them (Entelligence, May 2026, 2,444 organisations). */
export const publishedShares = { value: 0.18, reactive: 0.44, rework: 0.27, review_friction: 0.11 } as const;
export type PublishedBucket = keyof typeof publishedShares;

/** One bucket by the published method, of the changes that are known, beside the fates of the ledger that are nearest to it. */
export interface SplitBucket {
  readonly bucket: PublishedBucket;
  /** Part of one dollar by the method; null where it cannot be observed. */
  readonly share: number | null;
  /** Part of the changes, before the four are made to add up. */
  readonly ofChanges: number | null;
  /** Group of fates, and its part of all spend; null where it is not observed. */
  readonly group: "bought" | "repair" | "undone" | "reviewing";
  readonly ofSpend: number | null;
}

/** An allocation of spend by classes of changes: no token is followed to a change, and a change can be in two buckets. */
export interface PublishedSplit {
  readonly buckets: readonly SplitBucket[];
  /** Sum of the parts of changes less 1: above 0 by changes in two buckets, below by those in none; null without changes. */
  readonly overlap: number | null;
  /** Landed in the days that are told of. */
  readonly changes: number;
  /** Of no class that is known; younger than a week. */
  readonly unknown: { readonly class: number; readonly discarded: number; readonly review: number };
}

export interface Returns {
  readonly by: ReturnGroup;
  /** Above this part a group without anything that stuck is not known to have none. */
  readonly mostUndecided: number;
  /** Most spend first. */
  readonly groups: readonly GroupOfReturns[];
  /** Spend of no group: outside of all shares here. */
  readonly ofNoGroupNanoUsd: NanoUsd;
  /** Spend of groups of which nothing stuck, of the spend of groups that are known; null where none is. */
  readonly zeroReturnShare: number | null;
  /** The same of all spend of groups, as those not known may turn out. Null without spend. */
  readonly zeroReturnOfAll: { readonly low: number; readonly high: number } | null;
  /** How unevenly the changes that stuck are spread; null where there are none. */
  readonly concentration: {
    /** Σ share²: 1 where one group has all. */
    readonly herfindahl: number;
    /** As many groups with equal parts would be as concentrated. */
    readonly effectiveGroups: number;
    /** The fewest groups that have half of them, and their part of the spend. */
    readonly half: { readonly groups: number; readonly spendShare: number | null };
  } | null;
  readonly publishedSplit: PublishedSplit;
}
