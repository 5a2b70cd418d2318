import { expect, test } from "vitest";
import { normalTail, studentQuantile } from "./tails.ts";

test("the normal tail is that of the tables", () => {
  expect(normalTail(0)).toBe(0.5);
  expect(normalTail(1)).toBeCloseTo(0.158655, 6);
  expect(normalTail(1.959964)).toBeCloseTo(0.025, 7);
  expect(normalTail(2.575829)).toBeCloseTo(0.005, 7);
  expect(normalTail(3.5)).toBeCloseTo(0.000233, 6);
});

test("Student's quantiles are those of the tables", () => {
  const table = [
    [1, 12.7062],
    [2, 4.30265],
    [5, 2.57058],
    [7, 2.36462],
    [10, 2.22814],
    [29, 2.04523],
    [30, 2.04227],
    [120, 1.97993],
    [100_000, 1.95999],
  ] as const;
  for (const [degrees, t] of table) expect(studentQuantile(0.025, degrees) / t).toBeCloseTo(1, 4);
  expect(studentQuantile(0.05, 9)).toBeCloseTo(1.83311, 4);
  expect(studentQuantile(0.005, 7)).toBeCloseTo(3.49948, 4);
});
