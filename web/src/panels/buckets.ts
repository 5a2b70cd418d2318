/** Buckets of time between two of them, as the server names them: their first day. Gaps are part of a time axis. */
import type { Grain } from "../url/explore-state.ts";

const monthsOf: Readonly<Partial<Record<Grain, number>>> = { month: 1, quarter: 3, year: 12 };
const daysOf: Readonly<Partial<Record<Grain, number>>> = { day: 1, week: 7 };
/** More cannot be told apart on a screen; what is drawn then are the buckets with rows alone. */
const mostBuckets = 2_000;

export function bucketsBetween(first: string, last: string, grain: Grain): string[] | null {
  const buckets: string[] = [];
  for (let day = first; day <= last; day = next(day, grain)) {
    if (buckets.length === mostBuckets) return null;
    buckets.push(day);
  }
  return buckets;
}

function next(day: string, grain: Grain): string {
  const date = new Date(`${day}T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + (monthsOf[grain] ?? 0), date.getUTCDate() + (daysOf[grain] ?? 0));
  return date.toISOString().slice(0, 10);
}
