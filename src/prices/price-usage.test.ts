import { calcPrice } from "@pydantic/genai-prices";
import fc from "fast-check";
import { expect, test } from "vitest";
import type { TokenCounts } from "../contract/facts.ts";
import { createPriceBook } from "./price-book.ts";
import { type PricedUsage, priceUsage } from "./price-usage.ts";

const february = Date.UTC(2026, 1, 10);
const june = Date.UTC(2026, 5, 10);

function usage(model: string, counts: Partial<TokenCounts>, more: Partial<PricedUsage> = {}): PricedUsage {
  const none: TokenCounts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: null };
  return {
    provider: "anthropic",
    model,
    instant: june,
    counts: { ...none, ...counts },
    serviceTier: "standard",
    speed: null,
    geo: null,
    webSearches: 0,
    ...more,
  };
}

const plainBook = createPriceBook();
function nano(asked: PricedUsage, book = plainBook): bigint | string {
  const result = priceUsage(asked, book);
  return result.kind === "priced" ? result.nanoUsd : result.reason;
}

// USD per million tokens is nano-dollars per token times 1,000: $5 / M = 5,000 nano a token.
test.each<[string, PricedUsage, bigint]>([
  [
    "each kind at its own rate: 1 × 5,000 + 1 × 500 + 1 × 6,250 + 1 × 10,000 + 1 × 25,000",
    usage("claude-opus-4-5-20251101", { input: 1, cacheRead: 1, cacheWrite5m: 1, cacheWrite1h: 1, output: 1 }),
    46_750n,
  ],
  ["a one-hour cache write is twice the input: 1,000 × 10,000", usage("claude-opus-4-5-20251101", { cacheWrite1h: 1_000 }), 10_000_000n],
  ["a five-minute cache write is 1.25 × the input: 1,000 × 6,250", usage("claude-opus-4-5-20251101", { cacheWrite5m: 1_000 }), 6_250_000n],
  [
    "a prompt of exactly the threshold is below it: 200,000 × 500 + 1,000 × 25,000",
    usage("claude-opus-4-6", { cacheRead: 200_000, output: 1_000 }, { instant: february }),
    125_000_000n,
  ],
  [
    "a session's total is below it, however large: how large its prompts were is not known: 900,000 × 500 + 1,000 × 25,000",
    usage("claude-opus-4-6", { cacheRead: 900_000, output: 1_000 }, { instant: february, grain: "session" }),
    475_000_000n,
  ],
  [
    "one token more and the whole request is above: 200,001 × 1,000 + 1,000 × 37,500",
    usage("claude-opus-4-6", { cacheRead: 200_001, output: 1_000 }, { instant: february }),
    237_501_000n,
  ],
  [
    "cached tokens count towards the threshold: 20,000 × 10,000 + 180,000 × 1,000 + 50,000 × 12,500 + 50,000 × 20,000 + 1,000 × 37,500",
    usage(
      "claude-opus-4-6",
      { input: 20_000, cacheRead: 180_000, cacheWrite5m: 50_000, cacheWrite1h: 50_000, output: 1_000 },
      { instant: february },
    ),
    2_042_500_000n,
  ],
  [
    "output does not count towards the threshold: 100,000 × 5,000 + 150,000 × 25,000",
    usage("claude-opus-4-6", { input: 100_000, output: 150_000 }, { instant: february }),
    4_250_000_000n,
  ],
  [
    "Opus 4.6, 300 k prompt in February 2026: 20,000 × 10,000 + 280,000 × 1,000 + 1,000 × 37,500",
    usage("claude-opus-4-6", { input: 20_000, cacheRead: 280_000, output: 1_000 }, { instant: february }),
    517_500_000n,
  ],
  [
    "the same in June, the surcharge being gone: 20,000 × 5,000 + 280,000 × 500 + 1,000 × 25,000",
    usage("claude-opus-4-6", { input: 20_000, cacheRead: 280_000, output: 1_000 }),
    265_000_000n,
  ],
  [
    "the surcharge ends with the first instant of 13 March 2026, UTC: last millisecond before",
    usage("claude-opus-4-6", { input: 200_001 }, { instant: Date.UTC(2026, 2, 13) - 1 }),
    2_000_010_000n,
  ],
  [
    "the surcharge ends with the first instant of 13 March 2026, UTC: first millisecond",
    usage("claude-opus-4-6", { input: 200_001 }, { instant: Date.UTC(2026, 2, 13) }),
    1_000_005_000n,
  ],
  [
    "fast mode of Opus 4.6 is six-fold: (1,000 × 5,000 + 100 × 25,000) × 6",
    usage("claude-opus-4-6", { input: 1_000, output: 100 }, { speed: "fast" }),
    45_000_000n,
  ],
  ["fast mode of Opus 4.8 is two-fold: 1,000 × 5,000 × 2", usage("claude-opus-4-8", { input: 1_000 }, { speed: "fast" }), 10_000_000n],
  [
    "inference in the US is 1.1-fold, on top of fast: 45,000,000 × 1.1",
    usage("claude-opus-4-6", { input: 1_000, output: 100 }, { speed: "fast", geo: "us" }),
    49_500_000n,
  ],
  [
    "web searches are $10 per 1,000, whatever the factors: 49,500,000 + 3 × 10,000,000",
    usage("claude-opus-4-6", { input: 1_000, output: 100 }, { speed: "fast", geo: "us", webSearches: 3 }),
    79_500_000n,
  ],
  ["1.1 × of a single token rounds once: 500 × 1.1 = 550", usage("claude-opus-4-6", { cacheRead: 1 }, { geo: "us" }), 550n],
  [
    "a cache read without a price of its own is input: gpt-4 has none: 10 × 30,000",
    usage("gpt-4", { cacheRead: 10 }, { provider: "openai" }),
    300_000n,
  ],
  [
    "Bedrock's list leaves the one-hour write out; it is twice its input of 5.5: 1,000 × 11,000",
    usage("us.anthropic.claude-opus-4-5-20251101-v1:0", { cacheWrite1h: 1_000 }, { provider: null }),
    11_000_000n,
  ],
  ["OpenRouter's ids are known without its name", usage("anthropic/claude-opus-4.5", { input: 1 }, { provider: null }), 5_000n],
  ["a reseller nobody lists costs what the maker does", usage("claude-opus-4-5", { input: 1 }, { provider: "some-reseller" }), 5_000n],
  ["a usage without tokens costs nothing", usage("claude-opus-4-5", {}), 0n],
])("%s", (_name, asked, expected) => {
  expect(nano(asked)).toBe(expected);
});

test("night prices count at night: DeepSeek's chat was $0.135 instead of $0.27 from 16:30 UTC", () => {
  const at = (hour: number) =>
    nano(usage("deepseek-chat", { input: 1_000 }, { provider: "deepseek", instant: Date.UTC(2025, 5, 10, hour) }));
  expect([at(12), at(20), at(12)]).toEqual([270_000n, 135_000n, 270_000n]);
});

test.each<[string, PricedUsage, string]>([
  ["a model nobody lists", usage("claude-unheard-9", { input: 1 }), "unknown_model"],
  ["a placeholder of the agent", usage("<synthetic>", {}), "unknown_model"],
  ["a model on its user's own machine", usage("deepseek-chat", { input: 1 }, { provider: "ollama" }), "self_hosted"],
  ["a speed without a known factor", usage("claude-haiku-4-5", { input: 1 }, { speed: "fast" }), "no_speed_price"],
  ["a service tier without a known factor", usage("claude-opus-4-5", { input: 1 }, { serviceTier: "priority" }), "no_service_tier_price"],
  ["a place without a known factor", usage("claude-opus-4-6", { input: 1 }, { geo: "mars" }), "no_geo_price"],
  ["a search without a price", usage("gpt-4", { input: 1 }, { provider: "openai", webSearches: 1 }), "no_web_search_price"],
  [
    "a one-hour write of a model that lists only five-minute ones",
    usage("gpt-5.6-sol", { cacheWrite1h: 1 }, { provider: "openai" }),
    "no_token_price",
  ],
])("%s is a gap, not 0", (_name, asked, reason) => {
  expect(nano(asked)).toBe(reason);
});

test("a family is not another one that begins alike", () => {
  expect(nano(usage("claude-opus-4-65", { input: 1 }, { speed: "fast" }))).not.toBe(30_000n);
});

test("own prices go before the list, by provider, by exact name, by date", () => {
  const book = createPriceBook([
    { model: "claude-opus-*", input: 4, output: 20 },
    { model: "claude-opus-4-5", input: 3, output: 15 },
    { model: "claude-opus-4-5", input: 2, output: 10, from: "2026-06-01", to: "2026-06-30" },
    { model: "claude-*", provider: "corp", input: 1, output: 5 },
  ]);
  const input = (model: string, more: Partial<PricedUsage> = {}) => nano(usage(model, { input: 1 }, more), book);
  expect(input("claude-opus-4-7")).toBe(4_000n);
  expect(input("claude-opus-4-5", { instant: february })).toBe(3_000n);
  expect(input("Claude-Opus-4-5", { instant: Date.UTC(2026, 5, 1) })).toBe(2_000n);
  expect(input("claude-opus-4-5", { instant: Date.UTC(2026, 6, 1) - 1 })).toBe(2_000n);
  expect(input("claude-opus-4-5", { instant: Date.UTC(2026, 6, 1) })).toBe(3_000n);
  expect(input("claude-opus-4-5", { provider: "corp" })).toBe(1_000n);
  expect(input("claude-haiku-4-5")).toBe(1_000n);
});

test("own tiers and multipliers hold, and an entry without prices only adds its multipliers", () => {
  const book = createPriceBook([
    { model: "house", input: "0.0005", output: 1, cache_read: 0, tiers: [{ above: 10, input: 2 }] },
    { model: "claude-haiku-4-5", multipliers: { speed: { fast: 3 }, service_tier: { priority: "1.25" } } },
  ]);
  expect(nano(usage("house", { input: 1 }), book)).toBe(1n); // 0.5 nano, half up
  expect(nano(usage("house", { input: 3 }), book)).toBe(2n); // 1.5 nano
  expect(nano(usage("house", { input: 1, cacheRead: 10, output: 1 }), book)).toBe(3_000n); // above: 2,000 + 0 + 1,000
  expect(nano(usage("claude-haiku-4-5", { input: 4 }, { speed: "fast", serviceTier: "priority" }), book)).toBe(15_000n); // 4 × 1,000 × 3 × 1.25
  expect(nano(usage("claude-haiku-4-5", { input: 4 }, { speed: "constructor" }), book)).toBe("no_speed_price");
});

// Counts and dollars: reference/sources.md 5; the split of cache writes counted from the same transcripts.
test.each<[string, Partial<TokenCounts>, bigint]>([
  [
    "claude-opus-4-5-20251101",
    { input: 369_294, cacheRead: 934_964_755, cacheWrite5m: 30_934_045, cacheWrite1h: 15_272_711, output: 1_106_431 },
    843_054_513_750n,
  ],
  ["claude-opus-4-6", { input: 51_637, cacheRead: 564_961_381, cacheWrite1h: 18_986_442, output: 465_231 }, 484_234_070_500n],
  [
    "claude-sonnet-4-5-20250929",
    { input: 41_860, cacheRead: 142_818_418, cacheWrite5m: 7_340_777, cacheWrite1h: 724_038, output: 75_654 },
    75_978_057_150n,
  ],
  [
    "claude-haiku-4-5-20251001",
    { input: 198_120, cacheRead: 37_629_338, cacheWrite5m: 960_519, cacheWrite1h: 3_952_069, output: 25_141 },
    13_191_545_550n,
  ],
])("prices the development total of %s, request by request of at most 200,000 tokens", (model, counts, expected) => {
  let sum = 0n;
  for (const [kind, total] of Object.entries(counts))
    for (let left = total as number; left > 0; left -= 200_000) {
      const result = nano(usage(model, { [kind]: Math.min(left, 200_000) }, { instant: february, geo: "not_available" }));
      sum += typeof result === "bigint" ? result : 0n;
    }
  expect(sum).toBe(expected);
});

test("the four development totals are together $1,416.45818695", () => {
  expect(843_054_513_750n + 484_234_070_500n + 75_978_057_150n + 13_191_545_550n).toBe(1_416_458_186_950n);
});

test("agrees with the list's own floating-point sum on any counts and day", () => {
  const count = fc.nat({ max: 400_000 });
  const models = fc.constantFrom(
    "claude-opus-4-5-20251101",
    "claude-opus-4-6",
    "claude-sonnet-4-5",
    "claude-haiku-4-5",
    "claude-3-haiku-20240307",
    "claude-opus-5-5",
    "gpt-5.3-codex",
    "gemini-3-pro-preview",
  );
  fc.assert(
    fc.property(
      models,
      fc.record({ input: count, cacheRead: count, cacheWrite5m: count, cacheWrite1h: count, output: count }),
      fc.integer({ min: Date.UTC(2025, 10, 1), max: Date.UTC(2026, 10, 1) }),
      (model, counts, instant) => {
        const claude = model.startsWith("claude");
        const asked = usage(model, claude ? counts : { ...counts, cacheWrite5m: 0, cacheWrite1h: 0 }, { provider: null, instant });
        const { input, cacheRead, cacheWrite5m, cacheWrite1h, output } = asked.counts;
        const theirs = calcPrice(
          {
            input_tokens: input + cacheRead + cacheWrite5m + cacheWrite1h,
            cache_read_tokens: cacheRead,
            cache_write_tokens: cacheWrite5m + cacheWrite1h,
            cache_write_1h_tokens: cacheWrite1h,
            output_tokens: output,
          },
          model,
          { timestamp: new Date(instant) },
        );
        expect(Number(nano(asked)) / 1e9).toBeCloseTo(theirs?.total_price ?? Number.NaN, 8);
      },
    ),
  );
});
