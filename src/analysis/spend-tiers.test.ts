import { describe, expect, it } from "vitest";
import { perUnit } from "./money-ratio.ts";
import { marginalCost, type PersonSpend, spendTiers, tierCost } from "./spend-tiers.ts";

const cents = (text: string): bigint => BigInt(Math.round(Number(text) * 100)) * 10_000_000n;
const person = (tokens: string, changes: number, people: string | null = "30000"): PersonSpend => ({
  tokenNanoUsd: cents(tokens),
  peopleNanoUsd: people === null ? null : cents(people),
  changes,
});
const inCents = (nano: bigint | null): number | null => (nano === null ? null : Number((nano + 5_000_000n) / 10_000_000n) / 100);

describe("the published tiers of a quarter (Jellyfish 2026), at $10,000 a month", () => {
  const low = tierCost([person("3.08", 11)]);
  const high = tierCost([person("2054.36", 23)]);
  /** The same source's other figure for what the highest fifth spends. */
  const highBySpend = tierCost([person("1822", 23)]);

  it("have a token cost per change of $0.28 and $89.32, 319 times as much; of the other figure $79.22", () => {
    expect(inCents(low.meanOfRatiosNanoUsd)).toBe(0.28);
    expect(inCents(high.meanOfRatiosNanoUsd)).toBe(89.32);
    expect(Math.round(Number(high.meanOfRatiosNanoUsd) / Number(low.meanOfRatiosNanoUsd))).toBe(319);
    expect(inCents(highBySpend.ratioOfTotalsNanoUsd)).toBe(79.22);
  });

  it("have a full cost per change of $2,727.55 and $1,393.67; of the other figure $1,383.57", () => {
    expect(inCents(low.fullCostNanoUsd)).toBe(2727.55);
    expect(inCents(high.fullCostNanoUsd)).toBe(1393.67);
    expect(inCents(highBySpend.fullCostNanoUsd)).toBe(1383.57);
  });

  it("pay $151.58 for each further change", () => {
    expect(inCents(marginalCost(low, highBySpend))).toBe(151.58);
  });
});

describe("a tier", () => {
  it("tells the mean of ratios and the ratio of totals apart", () => {
    // $10 for 1 change and $10 for 10: the ratios $10 and $1 have the mean $5.50; $20 for 11 changes is $1.82.
    const cost = tierCost([person("10", 1), person("10", 10)]);
    expect(inCents(cost.meanOfRatiosNanoUsd)).toBe(5.5);
    expect(inCents(cost.ratioOfTotalsNanoUsd)).toBe(1.82);
  });

  it("counts those without a change apart: the totals have their money, the mean of ratios cannot", () => {
    const cost = tierCost([person("10", 1), person("90", 0)]);
    expect(cost).toMatchObject({ persons: 2, changes: 1, withoutChange: 1 });
    expect(inCents(cost.meanOfRatiosNanoUsd)).toBe(10);
    expect(inCents(cost.ratioOfTotalsNanoUsd)).toBe(100);
  });

  it("has no cost per change without changes, and no full cost where a salary is not known", () => {
    expect(tierCost([person("10", 0)])).toMatchObject({ meanOfRatiosNanoUsd: null, ratioOfTotalsNanoUsd: null, fullCostNanoUsd: null });
    expect(tierCost([person("10", 1), person("10", 1, null)])).toMatchObject({ peopleNanoUsd: null, fullCostNanoUsd: null });
  });
});

describe("tiers of spend", () => {
  // 27 persons: $1 … $27, and as many changes as dollars up to $20, then 20.
  const rows = Array.from({ length: 27 }, (_, i) => person(String(i + 1), Math.min(i + 1, 20)));

  it("hold persons in equal number, the lower ones one more, whatever order they come in", () => {
    const told = spendTiers(rows);
    expect(told.tiers.map(({ persons }) => persons)).toEqual([6, 5, 6, 5, 5]);
    expect(told.tiers.map(({ tokenNanoUsd }) => inCents(tokenNanoUsd))).toEqual([21, 45, 87, 100, 125]);
    expect(spendTiers([...rows].reverse())).toEqual(told);
  });

  it("pay nothing further where the dearer tier lands no more", () => {
    // Heads of the last two tiers: $20 and 19.4 changes ($18 … $22; 18, 19, 20, 20, 20), $25 and 20: $5 for 0.6 changes.
    const told = spendTiers(rows);
    expect(inCents(told.marginalNanoUsd[3] as bigint)).toBe(8.33);
    const flat = rows.map((row) => ({ ...row, changes: 3 }));
    expect(spendTiers(flat).marginalNanoUsd).toEqual([null, null, null, null]);
  });

  it("are not told where one would have fewer than five persons", () => {
    expect(spendTiers(rows.slice(0, 24))).toEqual({ tiers: [], marginalNanoUsd: [], persons: 24, refused: "too_few_persons" });
    expect(spendTiers(rows.slice(0, 25)).refused).toBeNull();
  });
});

describe("money per unit", () => {
  it("rounds to the nearest nano-dollar, halves up, below zero too", () => {
    expect([perUnit(5n, 2), perUnit(4n, 3), perUnit(-5n, 2), perUnit(-4n, 3), perUnit(-6n, 2)]).toEqual([3n, 1n, -2n, -1n, -3n]);
    expect(perUnit(5n, 0)).toBeNull();
  });
});
