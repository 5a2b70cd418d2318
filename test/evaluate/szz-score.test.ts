import { expect, it } from "vitest";
import { type ScoredFix, accuracyOf, intervalsOf } from "./szz-score.ts";

const fix = (repository: string, told: number, right: number): ScoredFix => ({ id: 2, repository, told, right, true: 1 });

it("counts all fixes together", () => {
  // 5 told, 2 of them right, 4 true: 2/5, 2/4, 4/9
  expect(accuracyOf([fix("a", 3, 1), fix("a", 1, 1), fix("b", 1, 0), fix("c", 0, 0)])).toEqual({ precision: 0.4, recall: 0.5, f1: 4 / 9 });
});

it("draws whole repositories: of few there is no interval, of twenty unlike ones it is theirs, not their fixes'", () => {
  expect(intervalsOf([fix("a", 1, 1), fix("b", 1, 0)])).toEqual(["(–)", "(–)", "(–)"]);
  // Ten repositories with five right fixes each, ten with five wrong ones.
  const many = Array.from({ length: 100 }, (_, i) => fix(`r${i % 20}`, 1, i % 2));
  const [low = 0, high = 0] =
    /^\((.*)–(.*)\)$/
      .exec(intervalsOf(many)[0] ?? "")
      ?.slice(1)
      .map(Number) ?? [];
  // √(0.5 · 0.5 / 20) = 0.112, times t = 2.093 and √(20/19): 0.24 on each side; of 100 alone it would be 0.10.
  expect(0.5 - low).toBeGreaterThan(0.18);
  expect(0.5 - low).toBeLessThan(0.3);
  expect(high - 0.5).toBeGreaterThan(0.18);
  expect(high - 0.5).toBeLessThan(0.3);
});
