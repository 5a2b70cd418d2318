/** Totals of sessions and days beside usages of single responses: tokens that both tell are counted once (decision 23). */
import { type TokenCounts, type UsageGrain, usageGrains } from "../contract/facts.ts";
import type { Sighting, Usage } from "./model.ts";

export const isTotal = ({ grain }: { readonly grain?: UsageGrain }): boolean => grain !== undefined && grain !== "response";

/** The finest grain of what is joined; nothing for one response. */
export function grainOf(members: readonly Sighting[]): { readonly grain?: UsageGrain } {
  const finest = Math.min(...members.map(({ grain }) => usageGrains.indexOf(grain ?? "response")));
  return finest === 0 ? {} : { grain: usageGrains[finest] as UsageGrain };
}

/**
 * Takes from each total what finer usages of its session and model tell, count by count and never below 0; a total of which
 * nothing is left goes. Models are one whatever date stands at the end of the id or platform before it.
 */
export function withoutFiner<U extends Usage>(usages: readonly U[]): U[] {
  const byGrain = [...usages].sort((a, b) => rank(a) - rank(b));
  const told = new Map<string, TokenCounts>();
  const counted: U[] = [];
  for (const usage of byGrain) {
    const key = `${usage.agent}\u0000${usage.session}\u0000${plainModel(usage.model)}`;
    const known = told.get(key);
    const rest = known === undefined || !isTotal(usage) ? usage.counts : minus(usage.counts, known);
    told.set(key, known === undefined ? usage.counts : plus(known, rest));
    if (rest === usage.counts) counted.push(usage);
    else if (sizeOf(rest) > 0) counted.push({ ...usage, counts: rest });
  }
  return counted;
}

const rank = ({ grain }: Usage): number => usageGrains.indexOf(grain ?? "response");

const plainModel = (model: string): string =>
  model
    .toLowerCase()
    .replace(/^.*\//, "")
    .replace(/-(?:\d{8}|\d{4}-\d{2}-\d{2}|latest)$/, "");

const sizeOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h, output }: TokenCounts): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h + output;

/** Cache writes are one count here: a witness that knows no split tells them all as of five minutes. */
function minus(all: TokenCounts, told: TokenCounts): TokenCounts {
  const left = (count: (counts: TokenCounts) => number): number => Math.max(0, count(all) - count(told));
  const written = left((counts) => counts.cacheWrite5m + counts.cacheWrite1h);
  const hour = Math.min(
    written,
    left((counts) => counts.cacheWrite1h),
  );
  const output = left((counts) => counts.output);
  return {
    input: left((counts) => counts.input),
    cacheRead: left((counts) => counts.cacheRead),
    cacheWrite5m: written - hour,
    cacheWrite1h: hour,
    output,
    reasoning: all.reasoning === null || told.reasoning === null ? null : Math.min(output, Math.max(0, all.reasoning - told.reasoning)),
  };
}

function plus(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    input: a.input + b.input,
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    output: a.output + b.output,
    reasoning: a.reasoning === null || b.reasoning === null ? null : a.reasoning + b.reasoning,
  };
}
