import { comparableModel } from "../bills/model-name.ts";
import type { BilledTokens } from "../contract/bill-facts.ts";
import type { PriceBook } from "../prices/price-book.ts";
import { priceUsage } from "../prices/price-usage.ts";

/**
 * What tokens of a model cost at list prices, nano-dollars; null where no price is known. Base rates: a bill's sums do not tell which request was long enough for a higher tier. A
 * cache write of unknown life is one of five minutes.
 */
export function listPriceOf(book: PriceBook, provider: string | null, model: string, instant: number, tokens: BilledTokens): bigint | null {
  const counts = {
    input: tokens.input ?? 0,
    cacheRead: tokens.cacheRead ?? 0,
    cacheWrite5m: (tokens.cacheWrite5m ?? 0) + (tokens.cacheWrite ?? 0),
    cacheWrite1h: tokens.cacheWrite1h ?? 0,
    output: tokens.output ?? 0,
  };
  const plain = { serviceTier: null, speed: null, geo: null, webSearches: 0 };
  let sum = 0n;
  for (const name of [model, comparableModel(model)]) {
    sum = 0n;
    let isPriced = true;
    for (const [kind, count] of Object.entries(counts)) {
      if (count === 0) continue;
      const million = priceUsage({ provider, model: name, instant, counts: { ...noCounts, [kind]: tokensAtOnce }, ...plain }, book);
      if (million.kind === "gap") isPriced = false;
      else sum += (BigInt(count) * million.nanoUsd + halfOfOnce) / BigInt(tokensAtOnce);
    }
    if (isPriced) return sum;
  }
  return null;
}

/** Below the first tier of every list, and large enough that its price is exact to a part of a nano-dollar. */
const tokensAtOnce = 10_000;
const halfOfOnce = 5_000n;
const noCounts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: null };
