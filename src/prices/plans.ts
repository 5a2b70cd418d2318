import { z } from "zod";
import { divideHalfUp, one, requireDecimal } from "./decimal.ts";

const day = z.iso.date();
const amount = z.number().nonnegative();
const text = z.string().trim().min(1);

/** One entry of `plans` in assay.yaml: what is paid whatever is used, and what is negotiated. Days in UTC, both included. */
export const planSchema = z
  .strictObject({
    name: text,
    /** As usages name it: `anthropic`, `openai`, `github-copilot`. */
    provider: text,
    /** Agents it is used with; every one unless said. */
    agents: z.array(text).min(1).optional(),
    from: day.optional(),
    to: day.optional(),
    /** USD a seat and month, with the number of seats. */
    usd_per_seat_month: amount.optional(),
    seats: z.int().nonnegative().optional(),
    /** USD a month; 0 is a free tier. */
    usd_per_month: amount.optional(),
    /** Machines of one's own: hours a month, and USD an hour. */
    gpu_hours_per_month: amount.optional(),
    gpu_usd_per_hour: amount.optional(),
    /** List price of the use a month's fee pays for. */
    included_usd: amount.optional(),
    /** On list prices: 0.15 is 15 % off. */
    discount: z.number().min(0).max(1).optional(),
  })
  .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "ends before it begins")
  .refine(
    ({ usd_per_seat_month: fee, seats }) => (fee === undefined) === (seats === undefined),
    "has only one of seats and usd_per_seat_month",
  )
  .refine(
    ({ gpu_hours_per_month: hours, gpu_usd_per_hour: price }) => (hours === undefined) === (price === undefined),
    "has only one of gpu_hours_per_month and gpu_usd_per_hour",
  );
export type Plan = z.output<typeof planSchema>;

const nano = (usd: number): bigint => requireDecimal(usd) / 1_000n;

/** What a month of a plan costs however much is used, nano-dollars; null where it is paid by use alone. */
export function monthlyFee(plan: Plan): bigint | null {
  const parts = [
    plan.usd_per_month === undefined ? null : nano(plan.usd_per_month),
    plan.usd_per_seat_month === undefined ? null : nano(plan.usd_per_seat_month) * BigInt(plan.seats ?? 0),
    plan.gpu_usd_per_hour === undefined
      ? null
      : divideHalfUp(nano(plan.gpu_usd_per_hour) * requireDecimal(plan.gpu_hours_per_month ?? 0), one),
  ].filter((part) => part !== null);
  return parts.length === 0 ? null : parts.reduce((sum, part) => sum + part, 0n);
}

/** A month's fee and the days it is paid for, half open in UTC milliseconds. */
export interface MonthOfPlan {
  readonly from: number;
  readonly to: number;
  readonly nano: bigint;
  readonly includedNano: bigint | null;
}

/**
 * The months a plan was paid for that are over: a running month's fee is spread when it ends, since only then is it known over
 * what. A month that the plan's days begin or end in is paid whole.
 * @param first, @param end first and newest instant anything is known of
 */
export function monthsOf(plan: Plan, first: number, end: number): MonthOfPlan[] {
  const fee = monthlyFee(plan);
  if (fee === null) return [];
  const begins = plan.from === undefined ? first : Date.parse(plan.from);
  const stops = plan.to === undefined ? end : Date.parse(plan.to) + 86_400_000;
  const months: MonthOfPlan[] = [];
  const start = new Date(begins);
  for (let month = 0; ; month++) {
    const from = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month);
    const to = Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + month + 1);
    if (from >= stops || to > end) return months;
    months.push({ from, to, nano: fee, includedNano: plan.included_usd === undefined ? null : nano(plan.included_usd) });
  }
}

/** A list price less the discount of the plan that holds, rounded half up; null where no plan names one (0 is one). */
export function contractNano(
  plans: readonly Plan[],
  usage: { provider: string | null; agent: string; instant: number; listNano: bigint },
): bigint | null {
  const on = new Date(usage.instant).toISOString().slice(0, 10);
  const plan = plans.findLast(
    ({ provider, agents, from, to, discount }) =>
      discount !== undefined &&
      provider === usage.provider &&
      (agents === undefined || agents.includes(usage.agent)) &&
      (from ?? on) <= on &&
      on <= (to ?? on),
  );
  if (plan === undefined) return null;
  return divideHalfUp(usage.listNano * (one - requireDecimal(plan.discount ?? 0)), one);
}
