import { describe, expect, it } from "vitest";
import { boundRow, formatPercent, median, ratioRow } from "./row.ts";

const ratio = (measured: readonly number[], floor: readonly number[]) =>
  ratioRow({ id: "x", title: "x", measured, floor, atMost: 2, note: "" });

describe("a row of the bench", () => {
  it("takes the middle run, and the mean of the two middle ones", () => {
    expect(median([9, 1, 2])).toBe(2);
    expect(median([4, 1, 3, 100])).toBe(3.5);
  });

  it("holds at the bound itself and not above it", () => {
    expect(ratio([4, 4.5, 3], [2, 2, 2]).verdict).toBe("holds");
    expect(ratio([4.1, 4.5, 3], [2, 2, 2])).toMatchObject({ value: "2.05 ×", verdict: "does not hold" });
  });

  it("does not judge a floor that is mostly the start of a process, unless a start is meant", () => {
    expect(ratio([0.3], [0.02]).verdict).toBe("too small to judge");
    expect(ratioRow({ id: "x", title: "x", measured: [0.3], floor: [0.02], atMost: 2, floorIsStart: true, note: "" }).verdict).toBe(
      "does not hold",
    );
  });

  it("holds a figure to its bounds, and one that is not a number to none", () => {
    const row = (value: number) => boundRow({ id: "x", title: "x", value, atLeast: 0.999, format: formatPercent, note: "" });
    expect(row(0.999)).toMatchObject({ bound: "≥ 99.900 %", verdict: "holds" });
    expect(row(0.9989).verdict).toBe("does not hold");
    expect(row(Number.NaN).verdict).toBe("does not hold");
  });
});
