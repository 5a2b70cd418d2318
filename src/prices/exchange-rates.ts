import { z } from "zod";
import { divideHalfUp, one, parseDecimal, requireDecimal } from "./decimal.ts";

const decimal = z
  .union([z.number(), z.string()])
  .refine((value) => (parseDecimal(value) ?? 0n) > 0n, "is no rate: write a positive number such as 1.08");

/** What one unit of a currency, or of a provider's credit, is in US dollars; with the days it holds on. */
export const exchangeRatesSchema = z.array(
  z
    .strictObject({
      /** ISO 4217 code, or the name a bill has for a credit (`ai-credits`). */
      currency: z.string().trim().min(1),
      usd: decimal,
      from: z.iso.date().optional(),
      to: z.iso.date().optional(),
    })
    .refine(({ from, to }) => from === undefined || to === undefined || from <= to, "ends before it begins"),
);
export type ExchangeRate = z.output<typeof exchangeRatesSchema>[number];

/**
 * An amount in nano-dollars, rounded once, half away from zero. Of several rates for a day the one that begins last counts.
 * @param day `YYYY-MM-DD`, the day of the charge
 * @returns null where no rate is known: an unknown rate is a gap, never 1
 */
export function toUsd(rates: readonly ExchangeRate[], nano: bigint, currency: string, day: string): bigint | null {
  if (currency === "USD") return nano;
  const fitting = rates.filter((rate) => rate.currency === currency && (rate.from ?? day) <= day && day <= (rate.to ?? day));
  const [rate] = fitting.sort((a, b) => ((a.from ?? "") < (b.from ?? "") ? 1 : -1));
  if (rate === undefined) return null;
  const product = divideHalfUp((nano < 0n ? -nano : nano) * requireDecimal(rate.usd), one);
  return nano < 0n ? -product : product;
}
