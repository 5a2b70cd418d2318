import type { PriceBook } from "./price-book.ts";
import { type PricedUsage, attoPerNano, multiplierOf, promptTokens } from "./price-usage.ts";
import { divideHalfUp } from "./decimal.ts";
import { type TokenKind, rateFor, tokenKinds } from "./rates.ts";

/** What tokens of one kind of a usage cost, and at which price. */
export interface KindPrice {
  readonly kind: TokenKind;
  /** Pico-dollars (1e-12) for a million tokens, with the tier of the prompt and the factors of how it was served. */
  readonly picoPerMillion: bigint;
  /** Nano-dollars. */
  readonly nano: bigint;
}

/**
 * A usage's cost by kind of token: parts of one sum that is rounded once, so that they are never more than the charge. What a
 * request and its searches cost on top is not in them. Null where the usage has no price.
 */
export function kindPrices(usage: PricedUsage, book: PriceBook): KindPrice[] | null {
  const price = book.findPrice(usage);
  const multiplier = multiplierOf(usage, book);
  if (typeof price === "string" || typeof multiplier === "string") return null;
  const { factor, scale } = multiplier;
  let atto = 0n;
  let reached = 0n;
  const prices: KindPrice[] = [];
  for (const kind of tokenKinds) {
    const count = usage.counts[kind];
    if (count === 0) continue;
    const rate = price.rates[kind];
    if (rate === null) return null;
    const perToken = rateFor(rate, promptTokens(usage));
    atto += BigInt(count) * perToken;
    const upTo = divideHalfUp(atto * factor, scale * attoPerNano);
    prices.push({ kind, picoPerMillion: divideHalfUp(perToken * factor, scale), nano: upTo - reached });
    reached = upTo;
  }
  return prices;
}
