/** Lines of a small repository that end in every way; shares worked out by hand. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Survival } from "../../src/contract/survival.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository(); // a commit a day, from 2 January, noon
const lines = (name: string, n: number): string[] =>
  Array.from({ length: n }, (_, i) => `export const ${name}${i} = allot(${i}, "${name}");`);
const text = (all: readonly string[]): string => `${all.join("\n")}\n`;
let store: string;

const ask = (asked: Partial<Parameters<ReturnType<typeof openStore>["survival"]>[0]> = {}): Promise<Survival> =>
  openStore(store).survival({ asOf: null, days: [7, 21], by: "none", ...asked });

beforeAll(async () => {
  const home = scratch.next("home");
  repository.commit({}, "Begin");
  // 3 January: fifty lines land in one commit, ten for each way to end.
  const landed = repository.commit({
    "reverted.ts": text(lines("pier", 10)),
    "fixed.ts": text(lines("quay", 10)),
    "rewritten.ts": text(lines("dune", 10)),
    "removed.ts": text(lines("reef", 10)),
    "kept.ts": text(lines("tide", 10)),
  });
  const extra = repository.commit({ "extra.ts": text(lines("mole", 10)) }, "Add the mole"); // 4 January
  repository.commit({ "fixed.ts": text(lines("wharf", 10)) }, `Allot quays anew\n\nFixes: ${landed.slice(0, 12)} ("five files")`); // 5 January
  repository.commit({ "rewritten.ts": text(lines("shoal", 10)) }, "Call dunes shoals\n\nFixes: #12"); // 6 January: an issue, no culprit
  repository.commit({ "removed.ts": null }, "Take the reef out"); // 7 January
  repository.commit({ "extra.ts": null }, `Revert "Add the mole"\n\nThis reverts commit ${extra}.`); // 8 January
  for (let day = 9; day <= 31; day++) repository.commit({}, "wait"); // the horizon: 31 January
  new HandTranscript("aaaa0000-0000-4000-8000-000000000001", repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the tide down.")
    .creates("11:01:00", 100, "c1", "kept.ts", lines("tide", 10))
    .saveIn(home);
  store = await makeStore(scratch.next());
  await importInto(store, { home, repositories: [repository.dir] });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

describe("how long landed lines live", () => {
  it("is told by what ended them: a revert, a fix that names its culprit, a rewrite, a removal", async () => {
    const { groups, fixesToldBy } = await ask();
    // 80 landed: 60 as above, and the 10 of the fix and the 10 of the rewrite, which live. Ended: 10 in each way.
    expect(fixesToldBy).toBe("trailers");
    expect(groups).toHaveLength(1);
    expect(groups[0]).toMatchObject({ group: null, lines: 80, medianDays: 4 }); // the last ten of forty, on 7 and 8 January
    for (const point of groups[0]?.points ?? []) {
      expect(point.alive?.share).toBeCloseTo(0.5, 12);
      for (const told of Object.values(point.ended)) expect(told?.share).toBeCloseTo(0.125, 12);
    }
  });

  it("has the share alive that the catalogue's measure has", async () => {
    const assay = openStore(store);
    const { rows } = await assay.query({ measures: ["line_survival_7", "line_survival_21"] }, { asOf: null });
    const { groups } = await ask();
    expect(groups[0]?.points.map(({ alive }) => alive?.share)).toEqual([rows[0]?.["line_survival_7"], rows[0]?.["line_survival_21"]]);
  });

  it("has no interval of one person and four changes", async () => {
    const points = (await ask()).groups[0]?.points ?? [];
    expect(points.map(({ clusters, refused }) => [clusters, refused])).toEqual([
      ["changes", "too_few_clusters"],
      ["changes", "too_few_clusters"],
    ]);
    expect(points.every(({ alive, designEffect }) => alive?.interval === null && designEffect === null)).toBe(true);
  });

  it("says nothing of few lines, and of days nobody has seen", async () => {
    const { groups } = await ask({ by: "author", days: [60] });
    expect(groups.map(({ group, lines: n, points }) => [group, n, points.length])).toEqual([
      ["unknown", 70, 1],
      ["agent", 10, 0],
    ]);
    expect(groups[0]?.points[0]).toMatchObject({ alive: null, ended: { revert: null, rewrite: null } });
  });

  it("knows on an earlier day what was known then", async () => {
    // On 5 January at noon 70 lines had landed, the fix's too; the ten that it ended had lived two days.
    const { groups } = await ask({ asOf: Date.UTC(2026, 0, 5, 12), days: [1] });
    expect(groups[0]).toMatchObject({ lines: 70 });
    expect(groups[0]?.points[0]?.alive?.share).toBe(1);
  });

  it("cannot tell fixes where trailers are hidden, and says so", async () => {
    const hidden = await makeStore(scratch.next());
    await importInto(hidden, { home: scratch.next("home"), repositories: [repository.dir], ignoreTrailers: true });
    const told = await openStore(hidden).survival({ asOf: null, days: [21], by: "none" });
    expect(told.fixesToldBy).toBe("none");
    expect(told.groups[0]?.points[0]?.ended.fix).toBeNull();
    expect(told.groups[0]?.points[0]?.ended.rewrite?.share).toBeCloseTo(0.25, 12);
  });
});

describe("intervals of changes", () => {
  it("draw changes where one person committed them all, the same after a rebuild", async () => {
    const many = new TestRepository();
    try {
      const names = Array.from({ length: 20 }, (_, i) => `berth${i}x`);
      for (const name of names) many.commit({ [`${name}.ts`]: text(lines(name, 10)) });
      // Every other file goes, twenty days after it came.
      for (const [i, name] of names.entries()) many.commit(i % 2 === 0 ? { [`${name}.ts`]: null } : {}, "Sort");
      for (let day = 0; day < 30; day++) many.commit({}, "wait");
      const own = await makeStore(scratch.next());
      await importInto(own, { home: scratch.next("home"), repositories: [many.dir] });
      const assay = openStore(own);
      const told = await assay.survival({ asOf: null, days: [21], by: "repository" });
      const [point] = told.groups[0]?.points ?? [];
      expect(told.groups[0]?.lines).toBe(200);
      expect(point).toMatchObject({ clusters: "changes", refused: null, effectiveClusters: 20 });
      expect(point?.alive?.share).toBeCloseTo(0.5, 12);
      // As many as ten of twenty: √(0.5 · 0.5 / 20) = 0.112, times t = 2.093 and √(20/19): 0.24 on each side.
      expect(point?.alive?.interval?.low).toBeGreaterThan(0.2);
      expect(point?.alive?.interval?.low).toBeLessThan(0.32);
      expect(point?.alive?.interval?.high).toBeGreaterThan(0.68);
      expect(point?.alive?.interval?.high).toBeLessThan(0.8);
      // Ten lines that go together tell as much as one, but for 19 of 20 in the error of draws.
      expect(point?.designEffect).toBeGreaterThan(8);
      expect(point?.designEffect).toBeLessThan(12);
      expect(point?.ended.revert).toMatchObject({ share: 0, isWidened: true, interval: { low: 0 } });
      await assay.rebuild({ progress: () => {} });
      expect(await assay.survival({ asOf: null, days: [21], by: "repository" })).toEqual(told);
    } finally {
      many.remove();
    }
  }, 60_000);
});
