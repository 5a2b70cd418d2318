import fc from "fast-check";
import { expect, it } from "vitest";
import { Ancestors } from "./ancestors.ts";

/** Random histories: each commit names up to two earlier ones. */
const history = fc
  .array(fc.array(fc.nat(), { maxLength: 2 }), { minLength: 1, maxLength: 20 })
  .map((rows) => rows.map((picks, c) => ({ hash: `h${c}`, parents: c === 0 ? [] : [...new Set(picks.map((pick) => `h${pick % c}`))] })));

it("agrees with a plain walk, whatever is asked in whatever order", () => {
  fc.assert(
    fc.property(history, fc.array(fc.tuple(fc.nat(), fc.nat()), { maxLength: 40 }), (commits, questions) => {
      const ancestors = new Ancestors(commits);
      const reaches = (from: number, to: number): boolean =>
        (commits[from]?.parents ?? []).some((hash) => Number(hash.slice(1)) === to || reaches(Number(hash.slice(1)), to));
      for (const [a, b] of questions.map(([x, y]) => [x % commits.length, y % commits.length] as const)) {
        expect(ancestors.isAncestor(a, b)).toBe(a < b && reaches(b, a));
      }
    }),
  );
});
