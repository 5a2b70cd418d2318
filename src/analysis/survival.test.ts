import { expect, test } from "vitest";
import { independentError, type LifeTime, medianLife, survivalAt, survivalCurve } from "./survival.ts";

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

// Weeks of remission under 6-MP (Freireich et al. 1963, Blood 21:699): the sample most textbooks work out. A + is censored.
const remissions = "6 6 6 6+ 7 9+ 10 10+ 11+ 13 16 17+ 19+ 20+ 22 23 25+ 32+ 32+ 34+ 35+"
  .split(" ")
  .map((text) => life(Number.parseInt(text, 10), !text.endsWith("+")));

test("agrees with the published curve of Freireich's remissions, its median and its errors", () => {
  // Collett, Modelling Survival Data in Medical Research; R's survfit prints the same.
  const published = [
    [6, 0.857, 0.0764],
    [7, 0.807, 0.0869],
    [10, 0.753, 0.0963],
    [13, 0.69, 0.1068],
    [16, 0.627, 0.1141],
    [22, 0.538, 0.1282],
    [23, 0.448, 0.1346],
  ];
  for (const [week, alive, error] of published as [number, number, number][]) {
    expect(survivalAt(remissions, week + 1)).toBeCloseTo(alive, 3);
    expect(independentError(remissions, week + 1)).toBeCloseTo(error, 4);
  }
  expect(medianLife(remissions)).toBe(23);
});

test("has no median while more than half live, and no error where nobody is left or nobody was watched", () => {
  expect(medianLife(ten)).toBeNull();
  expect(independentError([life(2, true), life(6, true)], 7)).toBeNull();
  expect(independentError([life(2, true), life(6, false)], 7)).toBeNull();
  expect(independentError([], 7)).toBeNull();
});
