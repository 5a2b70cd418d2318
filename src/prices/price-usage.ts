import { type InputCost, promptKinds, type TokenCounts, type UsageGrain } from "../contract/facts.ts";
import { divideHalfUp, one } from "./decimal.ts";
import type { MultiplierKind } from "./multipliers.ts";
import type { PriceBook } from "./price-book.ts";
import type { Price } from "./price.ts";
import { type TokenKind, rateFor, tokenKinds } from "./rates.ts";

/** One billed response, as far as its price needs it. */
export interface PricedUsage {
  readonly provider: string | null;
  readonly model: string;
  /** UTC milliseconds: the price of that instant counts. */
  readonly instant: number;
  readonly counts: TokenCounts;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly geo: string | null;
  readonly webSearches: number;
  /** Left out: one response. */
  readonly grain?: UsageGrain;
}

/** Why a usage has no price; stored as `charge.price_gap`. */
export type PriceGap =
  | "unknown_model"
  | "self_hosted"
  | "no_token_price"
  | "no_speed_price"
  | "no_service_tier_price"
  | "no_geo_price"
  | "no_web_search_price";

export type PriceResult =
  | {
      readonly kind: "priced";
      readonly nanoUsd: bigint;
      /** The price it stands on, for `explain`. */
      readonly price: Price;
    }
  | { readonly kind: "gap"; readonly reason: PriceGap };

/**
 * The list price of a usage, exact: atto-dollars are added up as integers and rounded once, half up, to nano-dollars.
 * A tier counts for the whole request: what is compared with its threshold is the whole prompt, cached tokens included
 * (reference/sources.md 3). Reasoning is inside `output`. Where any part has no known price the whole is a gap, never 0
 * (RULINGS 31).
 */
export function priceUsage(usage: PricedUsage, book: PriceBook): PriceResult {
  const price = book.findPrice(usage);
  if (typeof price === "string") return { kind: "gap", reason: price };
  const tokens = tokensAtto(usage, price);
  if (tokens === null) return { kind: "gap", reason: "no_token_price" };
  const multiplier = multiplierOf(usage, book);
  if (typeof multiplier === "string") return { kind: "gap", reason: multiplier };
  const { factor, scale } = multiplier;
  if (usage.webSearches > 0 && price.perWebSearch === null) return { kind: "gap", reason: "no_web_search_price" };
  const unscaled = price.perRequest + BigInt(usage.webSearches) * (price.perWebSearch ?? 0n);
  return { kind: "priced", nanoUsd: divideHalfUp(tokens * factor + unscaled * scale, scale * attoPerNano), price };
}

/**
 * What the prompt of a usage costs, by kind of its tokens: parts of one sum that is rounded once, so that the prompt and the
 * rest never add up to more than the charge.
 * @returns null where the usage has no price
 */
export function priceInput(usage: PricedUsage, book: PriceBook): InputCost | null {
  const price = book.findPrice(usage);
  const multiplier = multiplierOf(usage, book);
  if (typeof price === "string" || typeof multiplier === "string") return null;
  let atto = 0n;
  let reached = 0n;
  const parts = { cacheRead: 0n, cacheWrite1h: 0n, cacheWrite5m: 0n, input: 0n };
  for (const kind of promptKinds) {
    if (usage.counts[kind] === 0) continue;
    const rate = price.rates[kind];
    if (rate === null) return null;
    atto += BigInt(usage.counts[kind]) * rateFor(rate, promptTokens(usage));
    const upTo = divideHalfUp(atto * multiplier.factor, multiplier.scale * attoPerNano);
    parts[kind] = upTo - reached;
    reached = upTo;
  }
  return parts;
}

/** What tokens cost more or less for how they were served: a factor, times `scale`. */
export function multiplierOf(usage: PricedUsage, book: PriceBook): { readonly factor: bigint; readonly scale: bigint } | PriceGap {
  let factor = 1n;
  let scale = 1n;
  for (const [kind, value, gap] of served(usage)) {
    const own = book.findMultiplier(usage, kind, value);
    if (own === null) return gap;
    if (own === one) continue;
    factor *= own;
    scale *= one;
  }
  return { factor, scale };
}

export const attoPerNano = 1_000_000_000n;

const served = (usage: PricedUsage) =>
  [
    ["speed", usage.speed, "no_speed_price"],
    ["serviceTier", usage.serviceTier, "no_service_tier_price"],
    ["geo", usage.geo, "no_geo_price"],
  ] as const satisfies readonly (readonly [MultiplierKind, string | null, PriceGap])[];

/** Null where tokens of a kind have no price. */
function tokensAtto(usage: PricedUsage, price: Price): bigint | null {
  const { counts } = usage;
  const prompt = promptTokens(usage);
  let sum = 0n;
  for (const kind of tokenKinds satisfies readonly TokenKind[]) {
    const count = counts[kind];
    if (count === 0) continue;
    const rate = price.rates[kind];
    if (rate === null) return null;
    sum += BigInt(count) * rateFor(rate, prompt);
  }
  return sum;
}

/** What is compared with a tier's threshold: the prompt of one request. Of a total nobody knows the requests: the lowest tier, a lower bound. */
export function promptTokens({ counts, grain }: PricedUsage): number {
  if (grain !== undefined && grain !== "response") return 0;
  return counts.input + counts.cacheRead + counts.cacheWrite5m + counts.cacheWrite1h;
}
