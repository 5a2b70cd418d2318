/**
 * The one published split of spend, into value, reactive, rework and review friction (Entelligence, May 2026: 18 / 44 / 27 / 11
 * of 2,444 organisations), from classes of changes, to be shown beside the ledger's own. It is an allocation: shares of changes
 * are made to add up to one dollar. No token is followed to a change; all fixes and all maintenance are reactive, whoever
 * caused them; a change can be in two buckets (a fix that is reworked), which the sum hides. `overlap` tells how much.
 */

export const valueBuckets = ["value", "reactive", "rework", "review_friction"] as const;
export type ValueBucket = (typeof valueBuckets)[number];

export interface ClassedChange {
  /** `feature` is new value; fixes and maintenance of every kind are reactive; the rest is in neither. */
  readonly work: "feature" | "fix" | "maintenance" | "other";
  /** Whether most of it was discarded within a week; null where that is not known yet. */
  readonly discarded: boolean | null;
  /** Share of the work on it that was review which caught nothing, 0..1; null where reviews are not observed. */
  readonly idleReview: number | null;
}

export interface ValueSplit {
  /** Part of one dollar each; together 1. Null where the bucket cannot be observed, or no change is in any bucket. */
  readonly shares: Readonly<Record<ValueBucket, number | null>>;
  /** Shares of changes before they are made to add up. */
  readonly raw: Readonly<Record<ValueBucket, number | null>>;
  /** Sum of the raw shares less 1: above 0 by changes in two buckets, below by those in none. Null without changes. */
  readonly overlap: number | null;
  readonly changes: number;
  /** Changes a bucket could not be told of: they are left out of its raw share. */
  readonly unknown: { readonly discarded: number; readonly idleReview: number };
}

/** Each raw share is of the changes of which it is known. */
export function valueSplit(changes: readonly ClassedChange[]): ValueSplit {
  const dated = changes.filter(({ discarded }) => discarded !== null);
  const reviews = changes.flatMap(({ idleReview }) => (idleReview === null ? [] : [idleReview]));
  const part = (count: number, of: number): number | null => (of === 0 ? null : count / of);
  const count = (matches: (change: ClassedChange) => boolean): number => changes.filter(matches).length;
  const raw = {
    value: part(
      count(({ work, discarded }) => work === "feature" && discarded !== true),
      changes.length,
    ),
    reactive: part(
      count(({ work }) => work === "fix" || work === "maintenance"),
      changes.length,
    ),
    rework: part(dated.filter(({ discarded }) => discarded).length, dated.length),
    review_friction: part(
      reviews.reduce((sum, share) => sum + share, 0),
      reviews.length,
    ),
  } satisfies Record<ValueBucket, number | null>;
  const sum = valueBuckets.reduce((total, bucket) => total + (raw[bucket] ?? 0), 0);
  const shares = Object.fromEntries(
    valueBuckets.map((bucket) => [bucket, raw[bucket] === null || sum === 0 ? null : raw[bucket] / sum]),
  ) as Record<ValueBucket, number | null>;
  return {
    shares,
    raw,
    overlap: changes.length === 0 ? null : sum - 1,
    changes: changes.length,
    unknown: { discarded: changes.length - dated.length, idleReview: changes.length - reviews.length },
  };
}
