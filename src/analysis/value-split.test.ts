import { describe, expect, it } from "vitest";
import { type ClassedChange, valueSplit } from "./value-split.ts";

const of = (n: number, work: ClassedChange["work"], discarded: boolean | null = false, idleReview: number | null = 0): ClassedChange[] =>
  Array.from({ length: n }, () => ({ work, discarded, idleReview }));

describe("the published split by classes of changes", () => {
  it("comes out as published where 100 changes are as the median organisation's", () => {
    // 18 features, 30 fixes and 14 of maintenance, 27 discarded, and 11 of which all work was idle review.
    const split = valueSplit([
      ...of(18, "feature"),
      ...of(30, "fix"),
      ...of(14, "maintenance"),
      ...of(27, "feature", true),
      ...of(11, "other", false, 1),
    ]);
    expect(split.shares).toEqual({ value: 0.18, reactive: 0.44, rework: 0.27, review_friction: 0.11 });
    expect(split.overlap).toBeCloseTo(0, 12);
  });

  it("forces what is in two buckets into one dollar, and says how much that was", () => {
    // 10 fixes of which 5 were discarded: reactive 1, rework 0.5, of 1.5.
    const split = valueSplit([...of(5, "fix"), ...of(5, "fix", true)]);
    expect(split.raw).toEqual({ value: 0, reactive: 1, rework: 0.5, review_friction: 0 });
    expect(split.shares).toEqual({ value: 0, reactive: 1 / 1.5, rework: 0.5 / 1.5, review_friction: 0 });
    expect(split.overlap).toBe(0.5);
  });

  it("leaves a bucket out that nobody observed, and counts of how many changes that is so", () => {
    const split = valueSplit([...of(3, "feature", null, null), ...of(1, "fix", true, null)]);
    expect(split.raw).toEqual({ value: 0.75, reactive: 0.25, rework: 1, review_friction: null });
    expect(split.shares).toEqual({ value: 0.375, reactive: 0.125, rework: 0.5, review_friction: null });
    expect(split.unknown).toEqual({ discarded: 3, idleReview: 4 });
  });

  it("says nothing without changes", () => {
    expect(valueSplit([])).toMatchObject({ shares: { value: null, rework: null }, overlap: null, changes: 0 });
    expect(valueSplit(of(2, "other")).shares).toEqual({ value: null, reactive: null, rework: null, review_friction: null });
  });
});
