import { describe, expect, it } from "vitest";
import { type AnswerKey, bootstrap, hitsByCommit, scoreOf } from "./link-score.ts";

const key: AnswerKey = {
  c1: { true: ["ann", "bob"], listed: ["ann", "bob", "idle"], added: 10, default: true },
  c2: { true: ["ann"], listed: ["ann"], added: 5, default: true },
  side: { true: ["bob"], listed: ["bob"], added: 5, default: false },
};
const link = (session: string, commit: string, grade = "B", lines = 0) => ({ session, commit, grade, lines });
const hits = (right: number, wrong: number, missed: number, cluster = 0) => ({ cluster, right, wrong, missed, added: 0, explained: 0 });

describe("link score", () => {
  it("counts right, wrong and missed pairs, and leaves out sessions that are merely listed", () => {
    const links = [link("ann", "c1"), link("idle", "c1"), link("eve", "c2"), link("eve", "unknown to the key")];
    expect(hitsByCommit(key, links, true)).toMatchObject([
      { right: 1, wrong: 0, missed: 1 },
      { right: 0, wrong: 1, missed: 1 },
    ]);
  });

  it("counts a pair once and no hints", () => {
    const links = [link("ann", "c2", "A"), link("ann", "c2", "C"), link("bob", "c2", "D"), link("bob", "side", "E")];
    expect(hitsByCommit(key, links, false)).toMatchObject([
      { right: 0, wrong: 0, missed: 2 },
      { right: 1, wrong: 0, missed: 0 },
      { right: 0, wrong: 0, missed: 1 },
    ]);
  });

  it("is the harmonic mean of precision and recall", () => {
    // 3 right of 4 predicted, 3 of 6 true: precision 3/4, recall 1/2, F1 = 2 · 3/8 ÷ 5/4 = 3/5
    const score = scoreOf([hits(2, 0, 3), hits(1, 1, 0)]);
    expect(score.precision).toBeCloseTo(0.75, 12);
    expect(score.recall).toBeCloseTo(0.5, 12);
    expect(score.f1).toBeCloseTo(0.6, 12);
  });

  it("is 0 where nothing was found, not a division by zero", () => {
    expect(scoreOf([hits(0, 0, 2)])).toEqual({ precision: 0, recall: 0, f1: 0, explained: 0 });
  });

  it("explains added lines by true sessions, of each commit no more than it has", () => {
    const links = [link("ann", "c1", "A", 4), link("bob", "c1", "B", 3), link("ann", "c2", "B", 9), link("eve", "side", "B", 5)];
    // 7 of 10, 5 of 5 (not 9), 0 of 5
    expect(scoreOf(hitsByCommit(key, links, false)).explained).toBeCloseTo(12 / 20, 12);
  });

  it("takes commits that share a true session for one cluster", () => {
    const apart = { ...key, c3: { true: ["eve"], listed: ["eve"], added: 1, default: true } };
    const [c1, c2, side, c3] = hitsByCommit(apart, [], false).map(({ cluster }) => cluster);
    expect([c1 === c2, c1 === side, c1 === c3]).toEqual([true, true, false]);
  });

  it("draws clusters, not commits: commits of one session widen the interval", () => {
    const of = (size: number): { low: number; high: number } =>
      bootstrap(
        Array.from({ length: 40 }, (_, i) => hits(1, Math.floor(i / 10) % 2, 0, Math.floor(i / size))),
        3,
      ).precision;
    expect(of(10).high - of(10).low).toBeGreaterThan(of(1).high - of(1).low);
  });

  it("gives an interval without width where all commits are alike, and the same one for the same seed", () => {
    const alike = Array.from({ length: 20 }, (_, i) => hits(1, 1, 0, i));
    expect(bootstrap(alike, 1).precision).toEqual({ low: 0.5, high: 0.5 });
    const mixed = Array.from({ length: 40 }, (_, i) => hits(1, i % 4 === 0 ? 1 : 0, 0, i));
    expect(bootstrap(mixed, 7)).toEqual(bootstrap(mixed, 7));
    expect(bootstrap(mixed, 7).precision.low).toBeLessThan(0.8);
    expect(bootstrap(mixed, 7).precision.high).toBeGreaterThan(0.8);
  });
});
