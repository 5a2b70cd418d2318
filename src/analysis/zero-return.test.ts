import { describe, expect, it } from "vitest";
import { concentration, type GroupReturn, zeroReturn } from "./zero-return.ts";

const group = (id: string, spend: bigint, outcomes: number | null): GroupReturn => ({ id, spendNanoUsd: spend, outcomes });

describe("zero-return spend", () => {
  const rows = [group("pier", 50n, 10), group("quay", 30n, 0), group("dune", 10n, null), group("reef", 10n, 0), group("shoal", 0n, 0)];

  it("is the spend of groups of which nothing stuck; of those nobody knows it is in neither part", () => {
    // 40 of the 90 that are known; of all 100 it is 40 at least and 50 at most.
    expect(zeroReturn(rows)).toEqual({
      spendNanoUsd: 100n,
      zeroReturnNanoUsd: 40n,
      unknownNanoUsd: 10n,
      share: 40 / 90,
      ofAll: { low: 0.4, high: 0.5 },
      groups: ["quay", "reef"],
    });
  });

  it("has no share where nothing is known or nothing was spent", () => {
    expect(zeroReturn([group("dune", 10n, null)])).toMatchObject({ share: null, ofAll: { low: 0, high: 1 } });
    expect(zeroReturn([])).toMatchObject({ share: null, ofAll: null });
  });
});

describe("concentration of outcomes", () => {
  it("is 1 where one group has all, and 1 / groups where all have the same", () => {
    expect(concentration([group("a", 1n, 7), group("b", 1n, 0)])).toMatchObject({ herfindahl: 1, effectiveGroups: 1 });
    expect(concentration(["a", "b", "c", "d"].map((id) => group(id, 1n, 3)))).toMatchObject({ herfindahl: 0.25, effectiveGroups: 4 });
  });

  it("names how few have half of it, and what they spent", () => {
    // 5, 3, 2: shares 0.5, 0.3, 0.2 have squares 0.25 + 0.09 + 0.04.
    const told = concentration([group("a", 60n, 3), group("b", 20n, 5), group("c", 20n, 2), group("d", 900n, null)]);
    expect(told).toMatchObject({ groups: 3, outcomes: 10, half: { groups: 1, spendShare: 0.2 } });
    expect(told?.herfindahl).toBeCloseTo(0.38, 12);
  });

  it("is not known without outcomes", () => {
    expect(concentration([group("a", 1n, null), group("b", 1n, 0)])).toBeNull();
  });
});
