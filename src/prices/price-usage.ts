import type { TokenCounts } from "../contract/facts.ts";
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
  const tokens = tokensAtto(usage.counts, price);
  if (tokens === null) return { kind: "gap", reason: "no_token_price" };
  let scaled = tokens;
  let scale = 1n;
  for (const [kind, value, gap] of served(usage)) {
    const factor = book.findMultiplier(usage, kind, value);
    if (factor === null) return { kind: "gap", reason: gap };
    if (factor === one) continue;
    scaled *= factor;
    scale *= one;
  }
  if (usage.webSearches > 0 && price.perWebSearch === null) return { kind: "gap", reason: "no_web_search_price" };
  const unscaled = price.perRequest + BigInt(usage.webSearches) * (price.perWebSearch ?? 0n);
  return { kind: "priced", nanoUsd: divideHalfUp(scaled + unscaled * scale, scale * attoPerNano), price };
}

const attoPerNano = 1_000_000_000n;

const served = (usage: PricedUsage) =>
  [
    ["speed", usage.speed, "no_speed_price"],
    ["serviceTier", usage.serviceTier, "no_service_tier_price"],
    ["geo", usage.geo, "no_geo_price"],
  ] as const satisfies readonly (readonly [MultiplierKind, string | null, PriceGap])[];

/** Null where tokens of a kind have no price. */
function tokensAtto(counts: TokenCounts, price: Price): bigint | null {
  const prompt = counts.input + counts.cacheRead + counts.cacheWrite5m + counts.cacheWrite1h;
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
