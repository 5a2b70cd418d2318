import { requireDecimal } from "./decimal.ts";
import { isClaude } from "./model-family.ts";
import type { MultiplierKind } from "./multipliers.ts";
import type { OwnPrice } from "./own-prices.ts";
import { type Price, attoPerThousand, findBuiltInWebSearch } from "./price.ts";
import { type RawPrice, completeRates } from "./rates.ts";

/** What a price is asked for. */
export interface PriceQuestion {
  /** Who bills it, null where the witness does not say. */
  readonly provider: string | null;
  readonly model: string;
  /** UTC milliseconds. */
  readonly instant: number;
}

type OwnKind = "input" | "output" | "cache_read" | "cache_write_5m" | "cache_write_1h";

export function findOwnPrice(own: readonly OwnPrice[], asked: PriceQuestion): Price | null {
  const entry = fittingEntries(own, asked).find((price) => price.input !== undefined);
  if (entry === undefined) return null;
  const raw = {
    input: withTiers(entry, "input"),
    output: withTiers(entry, "output"),
    cacheRead: withTiers(entry, "cache_read"),
    cacheWrite5m: withTiers(entry, "cache_write_5m"),
    cacheWrite1h: withTiers(entry, "cache_write_1h"),
  };
  return {
    from: "assay.yaml",
    provider: asked.provider ?? "",
    model: entry.model,
    rates: completeRates(raw, isClaude(asked.model)),
    perRequest: 0n,
    perWebSearch: entry.web_search === undefined ? findBuiltInWebSearch(asked.model) : attoPerThousand(entry.web_search),
  };
}

export function findOwnMultiplier(own: readonly OwnPrice[], asked: PriceQuestion, kind: MultiplierKind, value: string): bigint | null {
  for (const entry of fittingEntries(own, asked)) {
    const factors = entry.multipliers?.[kind === "serviceTier" ? "service_tier" : kind];
    const factor = factors !== undefined && Object.hasOwn(factors, value) ? factors[value] : undefined;
    if (factor !== undefined) return requireDecimal(factor);
  }
  return null;
}

function withTiers(entry: OwnPrice, kind: OwnKind): RawPrice | undefined {
  const base = entry[kind];
  if (base === undefined) return undefined;
  const tiers = (entry.tiers ?? []).flatMap((tier) => (tier[kind] === undefined ? [] : [{ start: tier.above, price: tier[kind] }]));
  return { base, tiers };
}

/** Entries that hold for the model at the instant; the one that counts first, first (order: own-prices.ts). */
function fittingEntries(own: readonly OwnPrice[], asked: PriceQuestion): OwnPrice[] {
  if (own.length === 0) return [];
  const day = new Date(asked.instant).toISOString().slice(0, 10);
  return own
    .filter((entry) => (entry.from ?? day) <= day && day <= (entry.to ?? day) && fits(entry, asked))
    .reverse()
    .sort((a, b) => closeness(b) - closeness(a) || byText(b.from ?? "", a.from ?? ""));
}

/** 2 for a named provider, 1 for an exact model id. */
const closeness = (entry: OwnPrice): number => (entry.provider === undefined ? 0 : 2) + (entry.model.endsWith("*") ? 0 : 1);

const byText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function fits(entry: OwnPrice, asked: PriceQuestion): boolean {
  if (entry.provider !== undefined && entry.provider.toLowerCase() !== asked.provider?.toLowerCase()) return false;
  const pattern = entry.model.toLowerCase();
  const id = asked.model.toLowerCase();
  return pattern.endsWith("*") ? id.startsWith(pattern.slice(0, -1)) : id === pattern;
}
