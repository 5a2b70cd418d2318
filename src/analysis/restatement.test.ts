import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FateName, fateNames } from "../contract/fates.ts";
import { type Distribution, type UsageHistory, movesBetween, restatementsOf, total } from "./restatement.ts";

const parts = (entries: Partial<Record<FateName, bigint>>): Distribution => new Map(Object.entries(entries) as [FateName, bigint][]);

/** A usage that is today what it was, but for what is given. */
function usage(closed: Distribution | null, changed: Partial<UsageHistory> = {}): UsageHistory {
  const revisited = changed.revisited === undefined ? closed : changed.revisited;
  const reruled = changed.reruled === undefined ? revisited : changed.reruled;
  const now = changed.now === undefined ? reruled : changed.now;
  return { closed, sameCounts: true, otherRules: false, rewritten: false, incident: false, ...changed, revisited, reruled, now };
}

describe("the causes of a restatement", () => {
  it("finds none where nothing changed", () => {
    expect(restatementsOf(usage(parts({ stuck: 70n, maturing: 30n })))).toEqual([]);
  });

  it("calls what leaves the undecided fates ripening", () => {
    const moves = restatementsOf(
      usage(parts({ maturing: 70n, in_flight: 30n }), { now: parts({ stuck: 60n, rework: 10n, reverted: 30n }) }),
    );
    expect(new Set(moves.map(({ cause }) => cause))).toEqual(new Set(["ripening"]));
    expect(moves.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n)).toBe(100n);
  });

  it("calls stuck work that was taken out later a revert, and its return too", () => {
    expect(restatementsOf(usage(parts({ stuck: 50n }), { now: parts({ reverted: 50n }) }))).toEqual([
      { cause: "revert", from: "stuck", to: "reverted", nanoUsd: 50n },
    ]);
    expect(restatementsOf(usage(parts({ reverted: 50n }), { now: parts({ stuck: 50n }) }))[0]?.cause).toBe("revert");
  });

  it("calls a usage that was not known a late fact, and one that is gone too", () => {
    expect(restatementsOf(usage(null, { revisited: parts({ abandoned: 40n }) }))).toEqual([
      { cause: "late_fact", from: null, to: "abandoned", nanoUsd: 40n },
    ]);
    expect(restatementsOf(usage(parts({ stuck: 40n }), { revisited: null }))).toEqual([
      { cause: "late_fact", from: "stuck", to: null, nanoUsd: 40n },
    ]);
  });

  it("calls another cost of the same counts a price, and leaves the fates their shares", () => {
    expect(restatementsOf(usage(parts({ stuck: 60n, abandoned: 40n }), { revisited: parts({ stuck: 90n, abandoned: 60n }) }))).toEqual([
      { cause: "price", from: null, to: "stuck", nanoUsd: 30n },
      { cause: "price", from: null, to: "abandoned", nanoUsd: 20n },
    ]);
  });

  it("calls another cost of other counts a late fact", () => {
    const grown = usage(parts({ stuck: 60n }), { revisited: parts({ stuck: 90n }), sameCounts: false });
    expect(restatementsOf(grown)).toEqual([{ cause: "late_fact", from: null, to: "stuck", nanoUsd: 30n }]);
  });

  it("tells other parameters from other facts", () => {
    expect(restatementsOf(usage(parts({ stuck: 50n }), { reruled: parts({ maturing: 50n }) }))).toEqual([
      { cause: "rule_version", from: "stuck", to: "maturing", nanoUsd: 50n },
    ]);
    const otherRules = usage(parts({ abandoned: 50n }), { revisited: parts({ superseded: 50n }), otherRules: true });
    expect(restatementsOf(otherRules)[0]?.cause).toBe("rule_version");
  });

  it("calls what a removal took out that an incident names an incident, and ripening still ripening", () => {
    const of = (from: FateName) => restatementsOf(usage(parts({ [from]: 50n }), { now: parts({ reverted: 50n }), incident: true }));
    expect(of("stuck")).toEqual([{ cause: "incident", from: "stuck", to: "reverted", nanoUsd: 50n }]);
    expect(of("maturing")).toEqual([{ cause: "ripening", from: "maturing", to: "reverted", nanoUsd: 50n }]);
  });

  it("names a rewritten default branch", () => {
    const moves = restatementsOf(usage(parts({ stuck: 50n }), { revisited: parts({ abandoned: 50n }), rewritten: true }));
    expect(moves).toEqual([{ cause: "rewritten", from: "stuck", to: "abandoned", nanoUsd: 50n }]);
  });
});

describe("moves between two distributions", () => {
  const distribution = fc
    .array(fc.tuple(fc.constantFrom(...fateNames), fc.bigInt({ min: 0n, max: 10n ** 12n })), { maxLength: 6 })
    .map((entries): Distribution => new Map(entries));

  it("turn one into the other, exactly, and move no more than they must", () => {
    fc.assert(
      fc.property(distribution, distribution, (before, after) => {
        const result = new Map(before);
        let moved = 0n;
        for (const { from, to, nanoUsd } of movesBetween(before, after)) {
          expect(nanoUsd > 0n).toBe(true);
          if (from !== null) result.set(from, (result.get(from) ?? 0n) - nanoUsd);
          if (to !== null) result.set(to, (result.get(to) ?? 0n) + nanoUsd);
          moved += nanoUsd;
        }
        for (const fate of fateNames) expect(result.get(fate) ?? 0n).toBe(after.get(fate) ?? 0n);
        const grown = fateNames.reduce((sum, fate) => {
          const change = (after.get(fate) ?? 0n) - (before.get(fate) ?? 0n);
          return change > 0n ? sum + change : sum;
        }, 0n);
        const shrunk = grown - (total(after) - total(before));
        expect(moved).toBe(grown > shrunk ? grown : shrunk);
      }),
    );
  });

  it("lead from the close to today through all causes without loss", () => {
    const maybe = fc.option(distribution);
    fc.assert(
      fc.property(
        maybe,
        maybe,
        maybe,
        maybe,
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        fc.boolean(),
        (closed, revisited, reruled, now, a, b, c, d) => {
          const moves = restatementsOf({ closed, revisited, reruled, now, sameCounts: a, otherRules: b, rewritten: c, incident: d });
          for (const fate of fateNames) {
            const gained = moves.reduce(
              (sum, move) => sum + (move.to === fate ? move.nanoUsd : 0n) - (move.from === fate ? move.nanoUsd : 0n),
              0n,
            );
            expect((closed?.get(fate) ?? 0n) + gained).toBe(now?.get(fate) ?? 0n);
          }
        },
      ),
    );
  });
});
