import { expect, it } from "vitest";
import { ageInDays, agePart, ageText } from "./age.ts";

it("counts whole days to the horizon, and knows nothing without one", () => {
  expect(ageInDays("2026-01-01T12:00:00Z", "2026-01-04T11:00:00Z")).toBe(2);
  expect(ageInDays("2026-01-05T00:00:00Z", "2026-01-04T11:00:00Z")).toBe(0);
  expect([ageInDays(null, "2026-01-04T11:00:00Z"), ageInDays("2026-01-04T11:00:00Z", null)]).toEqual([null, null]);
});

it("says an age in the unit people count in", () => {
  expect([0, 20, 21, 90, 91, 729, 876, null].map(ageText)).toEqual(["0 d", "20 d", "3 wk", "13 wk", "3 mo", "24 mo", "2.4 yr", "–"]);
});

it("draws every doubling as far as the one before", () => {
  expect(agePart(0)).toBe(0);
  expect(agePart(3) - agePart(1)).toBeCloseTo(agePart(1) - agePart(0), 12);
  expect(agePart(10_000)).toBe(1);
});
