import { requireDecimal } from "./decimal.ts";

export const tokenKinds = ["input", "cacheRead", "cacheWrite5m", "cacheWrite1h", "output"] as const;
export type TokenKind = (typeof tokenKinds)[number];

/** Atto-dollars (1e-18 USD) per token: `base`, or the rate of the highest tier the prompt is above. */
export interface Rate {
  readonly base: bigint;
  /** Sorted by `above`, in tokens of prompt. */
  readonly tiers: readonly { readonly above: number; readonly rate: bigint }[];
}

/** A price as a list tells it: a number, or a base with tiers. */
export type RawPrice =
  | string
  | number
  | { readonly base: string | number; readonly tiers: readonly { readonly start: number; readonly price: string | number }[] };

export interface RawPrices {
  readonly input: RawPrice | undefined;
  readonly output: RawPrice | undefined;
  readonly cacheRead: RawPrice | undefined;
  readonly cacheWrite5m: RawPrice | undefined;
  readonly cacheWrite1h: RawPrice | undefined;
}

/** What tokens of each kind cost; null: the kind has no price. */
export type Rates = Readonly<Record<TokenKind, Rate | null>>;

/**
 * Rates of all kinds, with what lists leave out: tokens read from or written to a cache without a price of its own are
 * input. A one-hour write of a Claude model is twice its input (Anthropic's rule on every platform; the lists of Bedrock and
 * OpenRouter leave it out); of another model with a priced five-minute write it is not known.
 */
export function completeRates(raw: RawPrices, isClaude: boolean): Rates {
  const input = toRate(raw.input);
  const cacheWrite5m = toRate(raw.cacheWrite5m);
  return {
    input,
    output: toRate(raw.output),
    cacheRead: toRate(raw.cacheRead) ?? input,
    cacheWrite5m: cacheWrite5m ?? input,
    cacheWrite1h: toRate(raw.cacheWrite1h) ?? (isClaude ? twice(input) : cacheWrite5m === null ? input : null),
  };
}

function toRate(raw: RawPrice | undefined): Rate | null {
  if (raw === undefined) return null;
  if (typeof raw !== "object") return { base: requireDecimal(raw), tiers: [] };
  const tiers = raw.tiers.map((tier) => ({ above: tier.start, rate: requireDecimal(tier.price) }));
  return { base: requireDecimal(raw.base), tiers: tiers.sort((a, b) => a.above - b.above) };
}

function twice(rate: Rate | null): Rate | null {
  if (rate === null) return null;
  return { base: 2n * rate.base, tiers: rate.tiers.map((tier) => ({ above: tier.above, rate: 2n * tier.rate })) };
}

/** The rate of a request whose whole prompt has `promptTokens`. */
export function rateFor(rate: Rate, promptTokens: number): bigint {
  let found = rate.base;
  for (const tier of rate.tiers) if (promptTokens > tier.above) found = tier.rate;
  return found;
}
