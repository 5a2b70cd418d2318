import type { MeasureQuery } from "../contract/query.ts";

const monthsOf = { month: 1, quarter: 3, year: 12 } as const;

/** First day of the bucket after the one that begins on `day` (`YYYY-MM-DD`). */
export function nextBucket(day: string, grain: NonNullable<MeasureQuery["grain"]>): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (grain === "day" || grain === "week") date.setUTCDate(date.getUTCDate() + (grain === "day" ? 1 : 7));
  else date.setUTCMonth(date.getUTCMonth() + monthsOf[grain]);
  return date.toISOString().slice(0, 10);
}

/** First day of the bucket that holds `day`; weeks begin on Monday. */
export function bucketOf(day: string, grain: NonNullable<MeasureQuery["grain"]>): string {
  const date = new Date(`${day}T00:00:00Z`);
  if (grain === "week") date.setUTCDate(date.getUTCDate() - ((date.getUTCDay() + 6) % 7));
  else if (grain !== "day") date.setUTCMonth(date.getUTCMonth() - (date.getUTCMonth() % monthsOf[grain]), 1);
  return date.toISOString().slice(0, 10);
}

export const nextDay = (day: string): string => nextBucket(day, "day");

/** Which of the buckets reach out of the asked range, so that they hold less than their name says. */
export function partialBuckets(buckets: readonly string[], { grain, range }: Pick<MeasureQuery, "grain" | "range">): string[] {
  if (grain === null) return [];
  const cut = (bucket: string): boolean =>
    (range.from !== null && bucket < range.from) || (range.to !== null && nextBucket(bucket, grain) > nextDay(range.to));
  return [...new Set(buckets)].filter(cut);
}
