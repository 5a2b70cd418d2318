import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CommitFact } from "../../contract/facts.ts";
import type { LineLives } from "../../contract/history.ts";
import { inventCommits, inventedSteps } from "./invented-commits.ts";
import { LineHistory } from "./line-history.ts";

function inFull(commits: readonly CommitFact[], tip: string | null, recent?: number): LineHistory {
  const history = new LineHistory(commits, tip, recent === undefined ? {} : { recent });
  for (const commit of commits) history.apply(commit);
  return history;
}

function goOn(bytes: Uint8Array, commits: readonly CommitFact[], tip: string | null): LineHistory | null {
  const history = LineHistory.restore(bytes, commits, tip);
  for (const commit of commits.slice(history?.applied ?? 0)) history?.apply(commit);
  return history;
}

/** Every column by value, maps in their order. */
const told = (lives: LineLives) => ({ ...lives, alive: [...lives.alive], opaquePaths: [...lives.opaquePaths] });

const tipOf = (commits: readonly CommitFact[], place: number): string | null => commits[place % (commits.length + 1)]?.hash ?? null;

/** The commits some branch ends lead to, in the order of all. */
function reachable(commits: readonly CommitFact[], ends: readonly number[]): CommitFact[] {
  const wanted = new Set(ends.map((end) => commits[end % commits.length]?.hash));
  for (const { hash, parents } of [...commits].reverse()) if (wanted.has(hash)) for (const parent of parents) wanted.add(parent);
  return commits.filter(({ hash }) => wanted.has(hash));
}

it("tells the same whether the files of recent commits are kept or changed in their place", () => {
  fc.assert(
    fc.property(inventedSteps, fc.nat(), fc.nat({ max: 4 }), (steps, tipNow, recent) => {
      const commits = inventCommits(steps);
      const tip = tipOf(commits, tipNow);
      expect(told(inFull(commits, tip, recent).finish())).toEqual(told(inFull(commits, tip).finish()));
    }),
    { numRuns: 300, seed: 6 },
  );
});

describe("a history that goes on from a snapshot", () => {
  it("tells what a run in full tells, cut anywhere, whatever the branch was called default then and now", () => {
    let went = 0;
    fc.assert(
      fc.property(inventedSteps, fc.nat(), fc.nat(), fc.nat(), (steps, cut, tipThen, tipNow) => {
        const commits = inventCommits(steps);
        const known = commits.slice(0, cut % (commits.length + 1));
        const snapshot = inFull(known, tipOf(known, tipThen)).snapshot();
        const tip = tipOf(commits, tipNow);
        const history = goOn(snapshot, commits, tip);
        const full = inFull(commits, tip);
        expect(history).not.toBeNull(); // histories this short are kept whole
        went++;
        expect(told((history as LineHistory).finish())).toEqual(told(full.finish()));
        expect((history as LineHistory).snapshot()).toEqual(full.snapshot());
      }),
      { numRuns: 300, seed: 3 },
    );
    expect(went).toBe(300);
  });

  it("does so from the newest snapshot whose commits are the first ones, where branches come late", () => {
    let went = 0;
    let refused = 0;
    fc.assert(
      fc.property(inventedSteps, fc.array(fc.nat(), { minLength: 1, maxLength: 3 }), fc.nat(), (steps, ends, tipNow) => {
        const commits = inventCommits(steps);
        const known = reachable(commits, ends);
        const snapshot = inFull(known, known.at(-1)?.hash ?? null).snapshot();
        const isPrefix = known.every(({ hash }, index) => commits[index]?.hash === hash);
        const tip = tipOf(commits, tipNow);
        const history = goOn(snapshot, commits, tip);
        expect(history !== null).toBe(isPrefix);
        if (history === null) refused++;
        else {
          went++;
          expect(told(history.finish())).toEqual(told(inFull(commits, tip).finish()));
        }
      }),
      { numRuns: 200, seed: 4 },
    );
    expect(Math.min(went, refused)).toBeGreaterThan(20);
  });

  it("does so through many snapshots, one after each commit, and after a rewritten branch", () => {
    fc.assert(
      fc.property(inventedSteps, fc.nat(), (steps, tipNow) => {
        const commits = inventCommits(steps);
        let snapshot = inFull([], null).snapshot();
        commits.forEach((_, index) => {
          const known = commits.slice(0, index + 1);
          const history = goOn(snapshot, known, (known[index] as CommitFact).hash) as LineHistory;
          expect(history.applied).toBe(index + 1);
          snapshot = history.snapshot();
        });
        const tip = tipOf(commits, tipNow);
        expect(told((goOn(snapshot, commits, tip) as LineHistory).finish())).toEqual(told(inFull(commits, tip).finish()));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it("refuses a new commit on files it no longer has, and goes on from a snapshot that has them", () => {
    const steps = Array.from({ length: 400 }, (_, n) => ({
      parent: 0,
      merged: [],
      edits: [{ kind: "edit" as const, file: 0, at: n, remove: 1, add: [n % 25] }],
      days: 1,
    }));
    const known = inventCommits(steps);
    const tip = (known.at(-1) as CommitFact).hash;
    const early = inFull(known.slice(0, 100), (known[99] as CommitFact).hash).snapshot();
    const late = inFull(known, tip).snapshot();
    const forked = inventCommits([
      ...steps,
      { parent: 340, merged: [], edits: [{ kind: "edit", file: 0, at: 0, remove: 1, add: [7] }], days: 1 },
    ]);
    expect(forked[400]?.parents).toEqual([known[59]?.hash]);
    expect(LineHistory.restore(late, forked, tip)).toBeNull();
    expect(told((goOn(early, forked, tip) as LineHistory).finish())).toEqual(told(inFull(forked, tip).finish()));
    const near = inventCommits([...steps, { parent: 200, merged: [], edits: [], days: 1 }]);
    expect(LineHistory.restore(late, near, tip)?.applied).toBe(400);
  });

  it("refuses bytes that were cut or changed in any place, and other versions", () => {
    const commits = inventCommits([
      { parent: null, merged: [], edits: [], days: 0 },
      { parent: 0, merged: [], edits: [{ kind: "edit", file: 0, at: 3, remove: 2, add: [2, 5] }], days: 1 },
    ]);
    const bytes = inFull(commits, null).snapshot();
    expect(LineHistory.restore(bytes, commits, null)).not.toBeNull();
    for (let at = 0; at < bytes.length; at++) {
      const damaged = bytes.slice();
      damaged[at] = (damaged[at] as number) ^ (1 << (at % 8));
      expect(LineHistory.restore(damaged, commits, null)).toBeNull();
      expect(LineHistory.restore(bytes.subarray(0, at), commits, null)).toBeNull();
    }
  });
});
