import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CausedLife, IncidenceTable } from "./competing-risks.ts";
import { survivalAt } from "./survival.ts";

const life = (days: number, cause: number | null, n = 1, cluster = 0): CausedLife => ({ days, cause, n, cluster });

describe("incidence by cause", () => {
  it("agrees with the example that statsmodels checks against R's cmprsk", () => {
    // statsmodels, duration/tests/test_survfunc.py, test_incidence: estimates made by cuminc(ftime, fstat) in R.
    const times = [1, 1, 2, 4, 4, 4, 6, 6, 7, 8, 9, 9, 9, 1, 2, 2, 4, 4];
    const states = [1, 1, 1, 2, 2, 2, 3, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    const lives = times.map((days, i) => life(days, states[i] === 0 ? null : (states[i] as number) - 1));
    const told = new IncidenceTable(lives, 3).at([2, 3, 5, 7, 8]);
    const published = [
      [0.11111111, 0, 0],
      [0.17037037, 0, 0],
      [0.17037037, 0.20740741, 0],
      [0.17037037, 0.20740741, 0.17777778],
      [0.17037037, 0.20740741, 0.26666667],
    ];
    published.forEach((shares, i) => shares.forEach((share, cause) => expect(told[i]?.ended[cause]).toBeCloseTo(share, 8)));
  });

  it("does not count as lost to one cause what another had taken: one less the curve of a cause alone would", () => {
    // Ten lines: 4 rewritten on day 1, then 3 of the 6 that are left reverted on day 2.
    const lives = [life(1, 0, 4), life(2, 1, 3), life(9, null, 3)];
    const [told] = new IncidenceTable(lives, 2).at([3]);
    expect(told?.ended).toEqual([0.4, 0.3]);
    // With rewrites as censored, Kaplan and Meier would have half of all reverted.
    const naive = survivalAt(
      lives.map(({ days, cause, n }) => ({ days, ended: cause === 1, n })),
      3,
    );
    expect(1 - (naive as number)).toBe(0.5);
  });

  it("says nothing of what nobody watched so long", () => {
    expect(new IncidenceTable([], 1).at([7])).toEqual([null]);
    expect(new IncidenceTable([life(2, 0), life(6, null)], 1).at([3, 6, 7])).toEqual([
      { alive: 0.5, ended: [0.5] },
      { alive: 0.5, ended: [0.5] },
      null,
    ]);
    expect(new IncidenceTable([life(2, 0)], 1).at([7])).toEqual([{ alive: 0, ended: [1] }]);
  });

  it("counts the lives of a cluster as often as the cluster is drawn", () => {
    const lives = [life(1, 0, 4, 0), life(9, null, 6, 1), life(1, null, 100, 2)];
    const table = new IncidenceTable(lives, 1);
    expect([...table.sizes]).toEqual([4, 6, 100]);
    // Twice the first, once the second, none of the third: 8 of 14 ended.
    expect(table.at([5], Uint32Array.from([2, 1, 0]))[0]?.ended[0]).toBeCloseTo(8 / 14, 15);
    expect(table.at([5], Uint32Array.from([0, 0, 0]))).toEqual([null]);
  });

  const lives = fc.array(
    fc.record({
      days: fc.integer({ min: 0, max: 40 }),
      cause: fc.option(fc.integer({ min: 0, max: 3 })),
      n: fc.integer({ min: 1, max: 1000 }),
      cluster: fc.integer({ min: 0, max: 5 }),
    }),
    { maxLength: 60 },
  );

  it("adds up to one with the share alive, which is that of Kaplan and Meier", () => {
    fc.assert(
      fc.property(lives, fc.integer({ min: 1, max: 45 }), (rows, days) => {
        const [told] = new IncidenceTable(rows, 4).at([days]);
        const alive = survivalAt(
          rows.map(({ days: d, cause, n }) => ({ days: d, ended: cause !== null, n })),
          days,
        );
        expect(told === null).toBe(alive === null);
        if (!told) return;
        expect(told.alive).toBeCloseTo(alive as number, 12);
        expect(told.alive + told.ended.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 12);
      }),
    );
  });
});
