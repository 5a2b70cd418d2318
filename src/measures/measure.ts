import type { DimensionId } from "./dimensions.ts";
import type { EntityId } from "./entities.ts";

interface Described {
  readonly title: string;
  /** `nano-USD…` (an integer as text), `ratio` (0..1), or what is counted. */
  readonly unit: string;
  /** Whether values of disjoint groups may be summed. */
  readonly additive: boolean;
  /** What a group without rows has: 0 where nothing is known to have happened, else null. */
  readonly whenEmpty: 0 | null;
  /** How two periods are compared. */
  readonly change: "relative" | "points";
  readonly description: string;
  /** The smallest sample it may be shown for, by an additive measure of the same group; below it the cell is null. */
  readonly minimumSample: { readonly of: string; readonly atLeast: number } | null;
  /** Not shown where this ratio of the same group is above `ratio`: too little of what it stands on is decided yet (MEASURES 3). */
  readonly refusedAbove?: { readonly of: string; readonly ratio: number };
  /** Paper or standard it follows, or "ours". */
  readonly source: string;
  /** How the number is bettered without the work being better. */
  readonly gaming: string;
  /** The measure shown beside it, which such gaming worsens. */
  readonly beside: string;
}

/** A sum or count over the rows of one entity. */
export interface Aggregate extends Described {
  readonly kind: "aggregate";
  /** Coarsest first: the first that has all asked dimensions is taken. All must give the same total (conservation law). */
  readonly of: readonly EntityId[];
  /** Fragment over the row `e`: a sum, or a count of distinct values, which is the same over rows and over their cells. */
  readonly sql: string;
  /**
   * The least or greatest of the sums under the 18 allocations of the span (docs/decisions/0011): `sql` is the sum under one
   * of them, in which `e.a` stands for its column.
   */
  readonly span?: "low" | "high";
  /** Money on another basis than list prices of logged counts. */
  readonly basis?: "estimated";
  /** Only rows whose dimension is, or is not, one of these. */
  readonly only?: { readonly dimension: DimensionId; readonly is: "in" | "not_in"; readonly values: readonly string[] };
  /** Only rows of which this fragment holds. */
  readonly where?: string;
  /** Counts what the sum had to leave out, over the rows of which `where` holds; `{n}` in the sentence is the count. */
  readonly leftOut?: { readonly sql: string; readonly where: string; readonly code: "unpriced"; readonly sentence: string };
}

/** One aggregate over another of the same group. */
export interface Ratio extends Described {
  readonly kind: "ratio";
  readonly numerator: string;
  readonly denominator: string;
  /** The denominator is not split or filtered by these: the ratio is a share of the whole. */
  readonly ofAll?: readonly DimensionId[];
}

/** Arithmetic over other measures of the same group. */
export interface Derived extends Described {
  readonly kind: "derived";
  readonly inputs: readonly string[];
  /** Fragment over the inputs' ids. */
  readonly sql: string;
}

/** A statistic over durations that may not have ended yet: the engine groups, the estimator estimates. */
export interface Distribution extends Described {
  readonly kind: "distribution";
  readonly of: readonly EntityId[];
  /** Whole days a row was watched, whether its end was seen, how many units it stands for. */
  readonly durationDays: string;
  readonly event: string;
  readonly weight: string;
  readonly estimator: "kaplan_meier";
  readonly atDays: number;
}

export type Measure = Aggregate | Ratio | Derived | Distribution;
export type Catalogue = Readonly<Record<string, Measure>>;
