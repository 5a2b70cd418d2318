import { expect, it } from "vitest";
import { type ScoredFix, accuracyOf, intervalsOf } from "./szz-score.ts";

const fix = (repository: string, told: number, right: number): ScoredFix => ({ id: 2, repository, told, right, true: 1 });

it("counts all fixes together", () => {
  // 5 told, 2 of them right, 4 true: 2/5, 2/4, 4/9
  expect(accuracyOf([fix("a", 3, 1), fix("a", 1, 1), fix("b", 1, 0), fix("c", 0, 0)])).toEqual({ precision: 0.4, recall: 0.5, f1: 4 / 9 });
});

it("draws whole repositories: one alone has no spread, two unlike ones reach from one to the other", () => {
  expect(intervalsOf([fix("a", 1, 1), fix("a", 1, 0)])).toEqual(["(0.50–0.50)", "(0.50–0.50)", "(0.50–0.50)"]);
  expect(intervalsOf([fix("a", 1, 1), fix("b", 1, 0)])[0]).toBe("(0.00–1.00)");
});
