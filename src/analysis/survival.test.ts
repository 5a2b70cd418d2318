import { expect, test } from "vitest";
import { type LifeTime, survivalAt, survivalCurve } from "./survival.ts";

const life = (days: number, ended: boolean, n = 1): LifeTime => ({ days, ended, n });

// Ten units: 1 gone on day 2; 2 gone and 1 unseen from day 5 on; 1 gone on day 9; 5 watched to day 30.
const ten = [life(2, true), life(5, true, 2), life(5, false), life(9, true), life(30, false, 5)];

test("the curve falls by those who end, of those at risk", () => {
  expect(survivalCurve(ten)).toEqual([
    { days: 2, atRisk: 10, ended: 1, alive: 9 / 10 },
    { days: 5, atRisk: 9, ended: 2, alive: (9 / 10) * (7 / 9) },
    { days: 9, atRisk: 6, ended: 1, alive: (9 / 10) * (1 - 2 / 9) * (5 / 6) },
  ]);
});

test("who left the view on a day was at risk on that day: naive counting would say 6 of 9", () => {
  expect(survivalAt(ten, 7)).toBeCloseTo(0.7, 12);
  expect(survivalAt(ten, 21)).toBeCloseTo(0.7 * (5 / 6), 12);
});

test("an end on day 7 and some hours is alive after 7 days", () => {
  expect(survivalAt([life(7, true), life(30, false)], 7)).toBe(1);
  expect(survivalAt([life(7, true), life(30, false)], 8)).toBe(0.5);
});

test("nobody knows what was watched by nobody", () => {
  expect(survivalAt([], 7)).toBeNull();
  expect(survivalAt([life(2, true), life(6, false)], 7)).toBeNull();
  expect(survivalAt([life(2, true), life(6, true)], 7)).toBe(0);
});

test("without censoring it is the plain share", () => {
  const hundred = [life(1, true, 10), life(20, true, 15), life(400, true, 75)];
  expect(survivalAt(hundred, 21)).toBeCloseTo(0.75, 12);
});

test("the order and the grouping of rows do not matter", () => {
  expect(
    survivalAt(
      [life(30, false, 2), life(5, true), life(30, false, 3), ...ten.slice(0, 1), life(5, true), life(5, false), life(9, true)],
      21,
    ),
  ).toBe(survivalAt(ten, 21));
});
