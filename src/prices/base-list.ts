import { type PriceCalculation, calcPrice, findProvider } from "@pydantic/genai-prices";
import { isClaude } from "./model-family.ts";
import type { PriceQuestion } from "./own-list.ts";
import { type Price, attoPerThousand, findBuiltInWebSearch } from "./price.ts";
import { completeRates } from "./rates.ts";

/** Programs that run models on their user's machine: no list has a price for that. */
export const selfHosted: ReadonlySet<string> = new Set(["ollama", "lmstudio", "llama.cpp", "llamacpp", "vllm", "local"]);

/** A price, and whether it holds for the whole UTC day; some lists have night prices (DeepSeek). */
export interface ListPrice {
  readonly price: Price;
  readonly wholeDay: boolean;
}

/**
 * The list of `@pydantic/genai-prices` (MIT, inside the package: no network), asked in turn for the provider's own price, for the
 * platform the id is written for (`anthropic/…` is OpenRouter's way, `us.anthropic.…` Bedrock's), and for the maker's.
 */
export function findListPrice({ provider, model, instant }: PriceQuestion): ListPrice | null {
  const timestamp = new Date(instant);
  for (const providerId of [knownProvider(provider), platformOf(model), ""]) {
    if (providerId === null) continue;
    // An empty usage: the rates are what is asked; its own sum is floating point.
    const found = calcPrice({}, model, providerId === "" ? { timestamp } : { timestamp, providerId });
    if (found !== null) return { price: toPrice(found, model), wholeDay: !changesWithinDay(found) };
  }
  return null;
}

const knownProvider = (provider: string | null): string | null =>
  provider !== null && findProvider({ providerId: provider }) !== undefined ? provider : null;

function platformOf(model: string): string | null {
  if (model.includes("/")) return "openrouter";
  return /(^|\.)anthropic\./.test(model) ? "aws" : null;
}

function toPrice({ provider, model, model_price: list }: PriceCalculation, askedModel: string): Price {
  const raw = {
    input: list.input_mtok,
    output: list.output_mtok,
    cacheRead: list.cache_read_mtok,
    cacheWrite5m: list.cache_write_mtok,
    cacheWrite1h: list.cache_write_1h_mtok,
  };
  const { requests_kcount: requests, web_searches_kcount: searches } = list;
  return {
    from: "genai-prices 0.1.8",
    provider: provider.id,
    model: model.id,
    rates: completeRates(raw, isClaude(askedModel)),
    perRequest: typeof requests === "number" ? attoPerThousand(requests) : 0n,
    perWebSearch: typeof searches === "number" ? attoPerThousand(searches) : findBuiltInWebSearch(askedModel),
  };
}

function changesWithinDay({ model }: PriceCalculation): boolean {
  return Array.isArray(model.prices) && model.prices.some(({ constraint }) => constraint?.type === "time_of_date");
}
