import { expect, test } from "vitest";
import { seededDraw } from "./random.ts";

const first = (seed: number, n: number, below: number): number[] => {
  const draw = seededDraw(seed);
  return Array.from({ length: n }, () => draw(below));
};

test("gives the same numbers for the same seed, and others for another", () => {
  expect(first(7, 20, 1000)).toEqual(first(7, 20, 1000));
  expect(first(7, 20, 1000)).not.toEqual(first(8, 20, 1000));
});

test("gives every number as often as the others: chi-square of ten cells below its 99.9 % point, for each of five seeds", () => {
  for (const seed of [0, 1, 2, 3, -1]) {
    const counts = new Array<number>(10).fill(0);
    for (const value of first(seed, 100_000, 10)) counts[value] = (counts[value] as number) + 1;
    const chiSquare = counts.reduce((sum, count) => sum + (count - 10_000) ** 2 / 10_000, 0);
    expect(chiSquare).toBeLessThan(27.88); // 9 degrees of freedom
  }
});

test("does not tell the next number by the last: pairs fill their hundred cells alike", () => {
  const values = first(11, 200_000, 10);
  const counts = new Array<number>(100).fill(0);
  for (let i = 0; i < values.length; i += 2) {
    const cell = (values[i] as number) * 10 + (values[i + 1] as number);
    counts[cell] = (counts[cell] as number) + 1;
  }
  const chiSquare = counts.reduce((sum, count) => sum + (count - 1000) ** 2 / 1000, 0);
  expect(chiSquare).toBeLessThan(148.2); // 99 degrees of freedom, 99.9 %
});
