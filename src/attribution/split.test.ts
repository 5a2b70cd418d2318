import { describe, expect, it } from "vitest";
import { splitCharge } from "./split.ts";

describe("splitCharge", () => {
  it("gives differences of cumulative floors", () => {
    // floor(10·2/3) = 6, floor(10·3/3) = 10
    expect(splitCharge(10n, [2, 1])).toEqual([6n, 4n]);
    // floors 0, 0, 1
    expect(splitCharge(1n, [1, 1, 1])).toEqual([0n, 0n, 1n]);
  });

  it("gives nothing to a weight of 0, wherever it stands", () => {
    expect(splitCharge(7n, [0, 3, 0, 4, 0])).toEqual([0n, 3n, 0n, 4n, 0n]);
  });

  it("splits a charge beyond 2^53 exactly", () => {
    const cost = 9_007_199_254_740_993_123n;
    expect(splitCharge(cost, [1, 1]).reduce((a, b) => a + b)).toBe(cost);
  });

  it("splits nothing into nothings", () => {
    expect(splitCharge(0n, [5, 5])).toEqual([0n, 0n]);
  });

  it("refuses strands that all weigh nothing", () => {
    expect(() => splitCharge(5n, [0, 0])).toThrow(expect.objectContaining({ code: "no_weight" }));
    expect(() => splitCharge(5n, [])).toThrow(expect.objectContaining({ code: "no_weight" }));
  });
});
