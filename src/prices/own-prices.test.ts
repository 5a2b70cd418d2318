import { expect, test } from "vitest";
import { ownPricesSchema } from "./own-prices.ts";

const whyNot = (entry: unknown): string =>
  ownPricesSchema
    .safeParse([entry])
    .error?.issues.map((issue) => issue.message)
    .join("; ") ?? "taken";

test("takes numbers and decimal strings, with tiers and multipliers", () => {
  const full = {
    model: "claude-opus-*",
    provider: "anthropic",
    from: "2026-01-01",
    to: "2026-03-31",
    input: 5,
    output: "25",
    cache_read: "0.5",
    cache_write_5m: 6.25,
    cache_write_1h: 10,
    web_search: 10,
    tiers: [{ above: 200_000, input: 10, output: 37.5 }],
    multipliers: { speed: { fast: 6 }, service_tier: { priority: "1.5" }, geo: { us: 1.1 } },
  };
  expect(whyNot(full)).toBe("taken");
  expect(whyNot({ model: "house-model", multipliers: { speed: { fast: 3 } } })).toBe("taken");
});

test("says what is wrong with an entry", () => {
  expect(whyNot({ model: "m", input: -1, output: 2 })).toContain("is no price");
  expect(whyNot({ model: "m", input: 1e-13, output: 2 })).toContain("at most 12 places");
  expect(whyNot({ model: "m", input: 1 })).toBe("has only one of input and output");
  expect(whyNot({ model: "m", cache_read: 1 })).toBe("has prices of cached tokens or tiers, but no input and output");
  expect(whyNot({ model: "m", input: 1, output: 2, from: "2026-05-01", to: "2026-04-30" })).toBe("ends before it begins");
  expect(whyNot({ model: "m", input: 1, output: 2, cache_reads: 1 })).toContain("cache_reads");
  expect(whyNot({ model: "m", input: 1, output: 2, from: "2026-13-01" })).not.toBe("taken");
});
