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
}
