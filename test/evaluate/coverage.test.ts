import { describe, expect, it } from "vitest";
import { type Coverage, coverageBounds, coverageOf } from "./coverage.ts";

const share = (coverage: { covered: number; intervals: number }): number => coverage.covered / coverage.intervals;

describe("95 % intervals of lines that die with their change", () => {
  it("cover the truth in 92 to 97 of a hundred worlds, where lines taken for independent cover it in fewer than half", () => {
    const found = coverageOf({ clusters: 40, sizeSpread: 0, together: 0.8 }, 600, 300, 1);
    expect(found.refused).toBe(0);
    expect(share(found.alive)).toBeGreaterThanOrEqual(0.92);
    expect(share(found.alive)).toBeLessThanOrEqual(0.97);
    expect(share(found.independent)).toBeLessThan(0.5);
  });

  it("cover no less of a cause that few changes know", () => {
    const found = coverageOf({ clusters: 20, sizeSpread: 0.7, together: 0.8 }, 200, 300, 2);
    expect(found.rare.widened).toBeGreaterThan(150);
    expect(share(found.rare)).toBeGreaterThanOrEqual(0.92);
  });
});

describe("the bounds of coverage", () => {
  const told = (covered: number, widened: number): Coverage => ({
    world: { clusters: 20, sizeSpread: 0, together: 0.8 },
    repetitions: 1000,
    refused: 0,
    alive: { covered, intervals: 1000, widened },
    rare: { covered: 0, intervals: 199, widened: 0 },
    independent: { covered: 0, intervals: 0, widened: 0 },
  });

  it("fail too low and too high, but for widened intervals, which may cover all; of few intervals nothing is judged", () => {
    expect([919, 920, 970, 971].map((covered) => coverageBounds(told(covered, 0)).map(({ holds }) => holds))).toEqual([
      [false],
      [true],
      [true],
      [false],
    ]);
    expect([919, 1000].map((covered) => coverageBounds(told(covered, 500)).map(({ holds }) => holds))).toEqual([[false], [true]]);
  });
});
