/**
 * Intervals by drawing whole clusters with replacement (Davison and Hinkley 1997, Bootstrap Methods and their Application,
 * 3.8): lines of one change die together, and changes of one person resemble each other, so that lines are no sample of
 * their own. The percentile interval is too narrow where clusters are few or of unlike size. Its tails are moved out by
 * Student's factor (Hesterberg 2015, The American Statistician 69:371, "expanded percentile") for as many clusters as there
 * are in effect: (Σ size)² / Σ size² (Kish 1965, Survey Sampling). docs/decisions/0015-intervals-and-delivery.md has what each
 * covers.
 *
 * A share that few clusters tell (ends that rarely come, or nearly always) has draws that know too little: its interval is
 * widened to that of a share of as many units as there are clusters in effect (Wilson 1927, JASA 22:209), as if every cluster
 * lived and died as one. It covers more than asked for, and the estimate says so.
 */
import { quantile } from "./quantile.ts";
import { seededDraw } from "./random.ts";
import { normalTail, studentQuantile } from "./tails.ts";

/** Fewer clusters than these, in number or in effect, tell no interval. */
export const leastClusters = 8;
const usualDraws = 1_000;
const usualLevel = 0.95;
/** A share has to come to so many clusters, in effect, and the rest to so many as well, for the draws alone to tell it. */
const leastTelling = 4;
/** A statistic that fewer of the draws than these can tell has no interval. */
const leastTold = 0.95;

export interface Resampled {
  /** What the rows of each cluster that tell the statistic add up to (lines, dollars): one of 0 is drawn and not counted. */
  readonly sizes: ArrayLike<number>;
  /**
   * The statistics of resampled rows, always equally many: the rows of cluster c are there `times[c]` times. Null where such
   * rows do not tell it.
   */
  readonly statistics: (times: Uint32Array) => readonly (number | null)[];
  /** Whether the statistics are shares of what there is, 0 … 1. */
  readonly areShares: boolean;
  /** Whole number; the same seed gives the same interval. */
  readonly seed: number;
  /** 1,000 unless given. */
  readonly draws?: number;
  /** 0.95 unless given. */
  readonly level?: number;
}

export interface Estimate {
  /** Of the rows as they are; null where they do not tell it. */
  readonly point: number | null;
  /** Null where there is none; `ClusterIntervals.refused` or `reason` says why. */
  readonly interval: Interval | null;
  /** Standard deviation of the draws; null where there is no interval. */
  readonly standardError: number | null;
  /** True for a share that few clusters tell: its interval is wider than 95 % would want. */
  readonly isWidened: boolean;
  readonly reason: "not_told" | "too_few_draws_tell" | "nothing_varies" | null;
}

export interface ClusterIntervals {
  readonly clusters: number;
  /** As many clusters of equal size would tell as much: (Σ size)² / Σ size². */
  readonly effectiveClusters: number;
  /** Why no statistic has an interval; null where they have. */
  readonly refused: "too_few_clusters" | "too_unequal_clusters" | null;
  /** In the order of the statistics. */
  readonly estimates: readonly Estimate[];
}

/**
 * Points and intervals of statistics of clustered rows.
 *
 * @returns points always; no interval under 8 clusters, where few clusters hold most of it, where a draw in twenty cannot
 *   tell the statistic, and where all draws of what is no share tell the same
 */
export function clusterIntervals(asked: Resampled): ClusterIntervals {
  const { sizes, statistics, areShares, draws = usualDraws, level = usualLevel } = asked;
  const clusters = Array.from(sizes).filter((size) => size > 0).length;
  const effectiveClusters = effectiveNumber(sizes);
  const points = statistics(new Uint32Array(sizes.length).fill(1));
  const refused = clusters < leastClusters ? "too_few_clusters" : effectiveClusters < leastClusters ? "too_unequal_clusters" : null;
  if (refused !== null) return { clusters, effectiveClusters, refused, estimates: points.map((point) => without(point, null)) };
  const drawn = drawStatistics(asked, points.length, draws);
  const student = studentQuantile((1 - level) / 2, effectiveClusters - 1);
  // How far out in the draws' order to look, that as many of such intervals miss as the level says.
  const tail = normalTail(Math.sqrt(effectiveClusters / (effectiveClusters - 1)) * student);
  const estimates = points.map((point, s): Estimate => {
    const values = drawn[s] as number[];
    if (point === null) return without(point, "not_told");
    if (values.length < leastTold * draws) return without(point, "too_few_draws_tell");
    values.sort((a, b) => a - b);
    const interval = { low: quantile(values, tail) as number, high: quantile(values, 1 - tail) as number }; // of many values
    const standardError = deviation(values);
    const isWidened = areShares && effectiveClusters * Math.min(point, 1 - point) < leastTelling;
    if (!isWidened && values[0] === values.at(-1)) return without(point, "nothing_varies");
    const told = isWidened ? widened(interval, point, standardError, effectiveClusters, student) : interval;
    return { point, interval: told, standardError, isWidened, reason: null };
  });
  return { clusters, effectiveClusters, refused, estimates };
}

/** The draws of each statistic that tell it. */
function drawStatistics({ sizes, statistics, seed }: Resampled, count: number, draws: number): number[][] {
  const drawn = Array.from({ length: count }, (): number[] => []);
  const draw = seededDraw(seed);
  const times = new Uint32Array(sizes.length);
  for (let d = 0; d < draws; d++) {
    times.fill(0);
    for (let c = 0; c < times.length; c++) {
      const at = draw(times.length);
      times[at] = (times[at] as number) + 1;
    }
    statistics(times).forEach((value, s) => {
      if (value !== null) (drawn[s] as number[]).push(value);
    });
  }
  return drawn;
}

interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Both intervals together: the one given, and Wilson's of as many units as the draws are worth, clusters at most. */
function widened({ low, high }: Interval, share: number, error: number, clusters: number, student: number): Interval {
  const units = error === 0 ? clusters : Math.min(clusters, (share * (1 - share)) / error ** 2);
  const square = student ** 2 / units;
  const middle = (share + square / 2) / (1 + square);
  const half = (student * Math.sqrt((share * (1 - share)) / units + square / (4 * units))) / (1 + square);
  return { low: Math.min(low, Math.max(0, middle - half)), high: Math.max(high, Math.min(1, middle + half)) };
}

/** (Σ size)² / Σ size²: 0 without clusters. */
export function effectiveNumber(sizes: ArrayLike<number>): number {
  let sum = 0;
  let squares = 0;
  for (let c = 0; c < sizes.length; c++) {
    const size = sizes[c] as number;
    sum += size;
    squares += size * size;
  }
  return squares === 0 ? 0 : (sum * sum) / squares;
}

const without = (point: number | null, reason: Estimate["reason"]): Estimate => ({
  point,
  interval: null,
  standardError: null,
  isWidened: false,
  reason,
});

function deviation(values: readonly number[]): number {
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1));
}
