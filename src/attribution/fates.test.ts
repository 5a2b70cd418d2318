import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type FateName, defaultFateParameters, fateNames, notObservedByGit } from "../contract/fates.ts";
import { type FateStrand, fate, fateSentence, rollUpOf, rules, unlinkedReasonOf } from "./fates.ts";
import type { Life } from "./model.ts";

const day = 86_400_000;
/** Midnight UTC of a day of February 2026; 0 is 31 January, 29 is 1 March. */
const feb = (n: number): number => Date.UTC(2026, 0, 31) + n * day;
const far = feb(200);

const written: Life = {
  writtenAt: feb(1),
  committedAt: null,
  landedAt: null,
  releasedAt: null,
  diedAt: null,
  death: null,
  deathCommit: null,
  supersededAt: null,
  undoneAt: null,
  lastActiveAt: null,
};
const strand = (life: Partial<Life> | null, part: Partial<Omit<FateStrand, "life">> = {}): FateStrand => ({
  unlinkedReason: null,
  horizon: far,
  landingIsRelease: false,
  side: "added",
  activity: null,
  ...part,
  life: life === null ? null : { ...written, ...life },
});
const landed: Partial<Life> = { committedAt: feb(2), landedAt: feb(3), lastActiveAt: feb(3) };
const matching = (s: FateStrand, asOf: number): FateName[] =>
  rules.filter((rule) => rule.holds(s, asOf, defaultFateParameters)).map((rule) => rule.name);

describe("the list of rules", () => {
  it("has every fate once, in the order of the contract", () => {
    expect(rules.map((rule) => rule.name)).toEqual([...fateNames]);
  });

  it("gives every fate exactly one group of the roll-up", () => {
    expect(Object.fromEntries(fateNames.map((name) => [name, rollUpOf(name)]))).toEqual({
      unlinked: "unknown",
      unused: "idle",
      reverted: "undone",
      fixing: "repair",
      review: "reviewing",
      stuck: "bought",
      maturing: "ripening",
      rework: "undone",
      removed: "undone",
      superseded: "iteration",
      in_flight: "ripening",
      abandoned: "undone",
      burn: "burned",
      no_artefact: "thinking",
    });
  });

  // Neighbours among the rules that git can decide. Maturing and rework exclude each other: see the property below.
  const neighbours: readonly [FateName, FateName, FateStrand, number][] = [
    ["unlinked", "reverted", strand({ ...landed, diedAt: feb(5), death: "reverted" }, { unlinkedReason: "path_opaque" }), feb(10)],
    ["reverted", "fixing", strand({ ...landed, repair: "narrow", diedAt: feb(9), death: "reverted" }), feb(10)],
    ["fixing", "review", strand({ ...landed, repair: "narrow", answersAt: feb(2) }), feb(10)],
    ["review", "stuck", strand({ ...landed, answersAt: feb(2), releasedAt: feb(4) }), feb(30)],
    ["fixing", "stuck", strand({ ...landed, repair: "narrow", releasedAt: feb(4) }), feb(30)],
    ["reverted", "stuck", strand({ ...landed, releasedAt: feb(4), diedAt: feb(60), death: "reverted" }), feb(61)],
    ["stuck", "maturing", strand({ ...landed, releasedAt: feb(4) }), feb(30)],
    ["rework", "removed", strand({ ...landed, diedAt: feb(6), death: "replaced" }), feb(10)],
    ["removed", "superseded", strand({ ...landed, diedAt: feb(6), death: "removed", supersededAt: feb(6) }), feb(10)],
    ["superseded", "in_flight", strand({ supersededAt: feb(2), lastActiveAt: feb(2) }), feb(3)],
    ["in_flight", "abandoned", strand({ lastActiveAt: feb(2) }), feb(3)],
    ["abandoned", "no_artefact", strand({ undoneAt: feb(1) }), feb(3)],
  ];
  it.each(neighbours)("decides for %s where %s holds too", (first, second, s, asOf) => {
    expect(matching(s, asOf)).toEqual(expect.arrayContaining([first, second]));
    expect(fate(s, asOf)).toBe(first);
  });

  it("never lets the rules hold that need a bill or a person", () => {
    const needy = notObservedByGit.filter((name) => name !== "fixing" && name !== "review");
    for (const [, , s, asOf] of neighbours) for (const name of needy) expect(matching(s, asOf)).not.toContain(name);
  });
});

describe("fixing", () => {
  it("holds from the landing on, whatever becomes of the lines, for what certain evidence tells alone", () => {
    expect(fate(strand({ ...landed, repair: "narrow" }), feb(2))).toBe("in_flight");
    expect(fate(strand({ ...landed, repair: "narrow" }), feb(3))).toBe("fixing");
    expect(fate(strand({ ...landed, repair: "narrow", diedAt: feb(5), death: "replaced" }), feb(10))).toBe("fixing");
    expect(fate(strand({ ...landed, repair: "wide" }), feb(4))).toBe("maturing");
    expect(fateSentence(strand({ ...landed, repair: "narrow" }), feb(4), defaultFateParameters, { change: "#212" })).toBe(
      "Landed on 3 Feb 2026 in #212, repairing lines an agent wrote.",
    );
  });
});

describe("review", () => {
  it("holds for a turn without lines from the instant on at which it gave one", () => {
    const given = strand(null, { activity: "review", reviewedAt: feb(2) });
    expect(matching(given, feb(2))).toEqual(["review", "no_artefact"]);
    expect(fate(given, feb(2) - 1)).toBe("no_artefact");
    expect(fate(given, feb(2))).toBe("review");
    expect(fate(strand(null, { reviewedAt: feb(2), unlinkedReason: "repository_unseen" }), far)).toBe("unlinked");
    expect(fateSentence(given, far)).toBe("Another's change was reviewed on 2 Feb 2026.");
  });

  it("holds from the commit on that answered, landed or not, whatever becomes of the lines", () => {
    const answer = strand({ committedAt: feb(2), lastActiveAt: feb(2), answersAt: feb(2) });
    expect(fate(answer, feb(2) - 1)).toBe("in_flight");
    expect(fate(answer, feb(2))).toBe("review");
    expect(fate(answer, far)).toBe("review");
    expect(fate(strand({ ...landed, answersAt: feb(2), diedAt: feb(5), death: "replaced" }), far)).toBe("review");
    expect(fate(strand({ ...landed, answersAt: feb(2), diedAt: feb(5), death: "reverted" }), far)).toBe("reverted");
    const labels = { change: "#212" };
    expect(fateSentence(answer, far, defaultFateParameters, labels)).toBe(
      "Written on 1 Feb 2026, committed on 2 Feb 2026 in #212, answering a review.",
    );
    expect(fateSentence(strand({ ...landed, answersAt: feb(2) }), far, defaultFateParameters, labels)).toBe(
      "Landed on 3 Feb 2026 in #212, answering a review.",
    );
  });
});

describe("unlinked", () => {
  it("holds where the end cannot be observed, whatever else is known", () => {
    expect(fate(strand(null, { unlinkedReason: "repository_unseen" }), far)).toBe("unlinked");
    expect(fateSentence(strand(null, { unlinkedReason: "repository_unseen" }), far)).toBe(
      "Not observable. The repository it worked in is not known to this store.",
    );
  });

  it("holds for what was written after the newest commit and has no known end", () => {
    const late = { writtenAt: feb(12) };
    expect(unlinkedReasonOf(strand(late, { horizon: feb(11) }), far)).toBe("after_horizon");
    expect(fate(strand(late, { horizon: feb(11) }), far)).toBe("unlinked");
    expect(fate(strand(late, { horizon: feb(12) }), feb(13))).toBe("in_flight");
    expect(fate(strand({ ...late, committedAt: feb(13) }, { horizon: feb(11) }), feb(14))).toBe("in_flight");
    expect(fate(strand({ ...late, supersededAt: feb(13) }, { horizon: feb(11) }), feb(14))).toBe("superseded");
    expect(fate(strand({ ...late, undoneAt: feb(12) }, { horizon: feb(11) }), feb(14))).toBe("abandoned");
  });
});

describe("a repository without a horizon", () => {
  it("says nothing of lines whose end is not known, and does not call them abandoned", () => {
    expect(unlinkedReasonOf(strand({}, { horizon: null }), Number.MAX_SAFE_INTEGER)).toBe("repository_unseen");
    expect(fate(strand({}, { horizon: null }), Number.MAX_SAFE_INTEGER)).toBe("unlinked");
    expect(fate(strand({ undoneAt: feb(1) }, { horizon: null }), Number.MAX_SAFE_INTEGER)).toBe("abandoned");
  });

  it("tells no date that is none", () => {
    expect(fateSentence(strand({ committedAt: feb(2), landedAt: feb(3) }, { horizon: null }), Number.MAX_SAFE_INTEGER)).toBe(
      "Landed on 3 Feb 2026, alive on an unknown day, waiting for a release.",
    );
  });
});

describe("reverted", () => {
  it("holds up to 90 days after landing, released or not", () => {
    expect(fate(strand({ ...landed, diedAt: feb(93), death: "reverted", releasedAt: feb(4) }), far)).toBe("reverted");
    expect(fate(strand({ ...landed, diedAt: feb(93) + 1, death: "reverted", releasedAt: feb(4) }), far)).toBe("stuck");
    expect(fate(strand({ ...landed, diedAt: feb(93) + 1, death: "reverted" }), far)).toBe("removed");
  });

  it("is not known before the revert, and is gone after a re-land", () => {
    const reverted = strand({ ...landed, releasedAt: feb(4), diedAt: feb(40), death: "reverted", deathCommit: "abcdef0123456789" });
    expect(fate(reverted, feb(39))).toBe("stuck");
    expect(fate(reverted, feb(40))).toBe("reverted");
    expect(fate(strand({ ...landed, releasedAt: feb(4) }), feb(41))).toBe("stuck");
    expect(fateSentence(reverted, feb(41), defaultFateParameters, { change: "#212" })).toBe(
      "Landed on 3 Feb 2026 in #212, taken out by a revert by abcdef0 after 37 days.",
    );
  });
});

describe("stuck", () => {
  const released = { ...landed, releasedAt: feb(5) };

  it("holds from the 21st day after landing, once released", () => {
    expect(fate(strand(released), feb(24) - 1)).toBe("maturing");
    expect(fate(strand(released), feb(24))).toBe("stuck");
    expect(fate(strand({ ...landed, releasedAt: feb(30) }), feb(29))).toBe("maturing");
    expect(fate(strand({ ...landed, releasedAt: feb(30) }), feb(30))).toBe("stuck");
    expect(fate(strand(landed), far)).toBe("maturing");
  });

  it("counts ages to the horizon, not to the instant of asking", () => {
    expect(fate(strand(released, { horizon: feb(15) }), far)).toBe("maturing");
    expect(fate(strand(released, { horizon: feb(24) }), far)).toBe("stuck");
  });

  it("is final: a line that goes later was bought", () => {
    expect(fate(strand({ ...released, diedAt: feb(24), death: "replaced" }), far)).toBe("stuck");
    expect(fate(strand({ ...released, diedAt: feb(24) - 1, death: "replaced" }), far)).toBe("rework");
    expect(
      fateSentence(strand({ ...released, diedAt: feb(64), death: "removed", deathCommit: "0123456789ab" }), far, undefined, {
        change: "#212",
        release: "v0.4.1",
      }),
    ).toBe("Landed on 3 Feb 2026 in #212, alive after 21 days and released in v0.4.1. Gone later, on 5 Apr 2026 by 0123456.");
  });

  it("needs no release where landing is release", () => {
    expect(fate(strand(landed, { landingIsRelease: true }), feb(24))).toBe("stuck");
    expect(fateSentence(strand(landed, { landingIsRelease: true }), feb(24))).toBe(
      "Landed on 3 Feb 2026, alive after 21 days and landing counts as release here.",
    );
  });

  it("holds for a removal that was not put back", () => {
    expect(fate(strand(released, { side: "removed" }), feb(24))).toBe("stuck");
    expect(fateSentence(strand(released, { side: "removed" }), feb(24))).toBe(
      "Removal landed on 3 Feb 2026, not put back within 21 days and released on 5 Feb 2026.",
    );
    expect(fate(strand({ ...released, diedAt: feb(6), death: "removed" }, { side: "removed" }), feb(24))).toBe("removed");
  });

  it("follows the asked number of days", () => {
    expect(fate(strand(released), feb(17), { ...defaultFateParameters, stickDays: 14 })).toBe("stuck");
    expect(fate(strand(released), feb(17), { ...defaultFateParameters, stickDays: 30 })).toBe("maturing");
  });
});

describe("maturing", () => {
  it("says until when, or what it waits for", () => {
    expect(fateSentence(strand(landed), feb(10))).toBe("Landed on 3 Feb 2026, alive on 10 Feb 2026, decided when it is 21 days old.");
    expect(fateSentence(strand(landed), feb(26))).toBe("Landed on 3 Feb 2026, alive on 26 Feb 2026, waiting for a release.");
  });

  it("excludes rework: a landed line is either there or gone", () => {
    fc.assert(
      fc.property(anyStrand(), fc.nat(120), (s, asOf) => {
        expect(matching(s, feb(asOf))).not.toEqual(expect.arrayContaining(["maturing", "rework"]));
      }),
    );
  });
});

describe("rework and removed", () => {
  const died = (at: number, death: Life["death"]): FateStrand => strand({ ...landed, diedAt: at, death, deathCommit: "0123456789ab" });

  it("calls it rework if replaced within 21 days, removed if not replaced or later", () => {
    expect(fate(died(feb(10), "replaced"), far)).toBe("rework");
    expect(fate(died(feb(10), "removed"), far)).toBe("removed");
    expect(fate(died(feb(24), "replaced"), far)).toBe("removed");
    expect(fate(died(feb(10), "replaced"), feb(9))).toBe("maturing");
  });

  it("is removed if the release came only after the line was gone", () => {
    expect(fate(strand({ ...landed, diedAt: feb(30), death: "replaced", releasedAt: feb(31) }), far)).toBe("removed");
  });

  it("says by which commit and after how long", () => {
    expect(fateSentence(died(feb(10), "replaced"), far)).toBe("Landed on 3 Feb 2026, replaced in the same place by 0123456 after 7 days.");
    expect(fateSentence(died(feb(4), "removed"), far)).toBe("Landed on 3 Feb 2026, gone by 0123456 after 1 day with nothing in its place.");
    expect(fateSentence(died(feb(30), "replaced"), far)).toBe(
      "Landed on 3 Feb 2026, gone by 0123456 after 27 days, before a release came.",
    );
  });
});

describe("what never landed", () => {
  it("is superseded from the instant something replaced it", () => {
    const s = strand({ supersededAt: feb(4), lastActiveAt: feb(4) });
    expect(fate(s, feb(3))).toBe("in_flight");
    expect(fate(s, feb(4))).toBe("superseded");
    expect(fateSentence(s, feb(4))).toBe("Written on 1 Feb 2026, replaced on 4 Feb 2026 before it landed.");
  });

  it("is in flight for 14 days after its last sign of life, then abandoned", () => {
    const s = strand({ committedAt: feb(2), lastActiveAt: feb(5) });
    expect(fate(s, feb(19))).toBe("in_flight");
    expect(fate(s, feb(19) + 1)).toBe("abandoned");
    expect(fateSentence(s, feb(19), undefined, { change: "#7" })).toBe(
      "Written on 1 Feb 2026, committed on 2 Feb 2026 in #7, not landed; last active on 5 Feb 2026.",
    );
    expect(fateSentence(s, feb(30))).toBe(
      "Written on 1 Feb 2026, committed on 2 Feb 2026, never landed; nothing active since 5 Feb 2026, more than 14 days.",
    );
  });

  it("takes the write itself for the last sign of life where nothing else is known", () => {
    expect(fate(strand({}), feb(15))).toBe("in_flight");
    expect(fate(strand({}), feb(16))).toBe("abandoned");
    expect(fate(strand({}, { horizon: feb(15) }), far)).toBe("in_flight");
  });

  it("is abandoned at once where the session took it back", () => {
    expect(fate(strand({ undoneAt: feb(1), lastActiveAt: feb(1) }), feb(1))).toBe("abandoned");
    const closed = strand({ committedAt: feb(1), lastActiveAt: feb(2), undoneAt: feb(3) });
    expect([feb(2), feb(3)].map((asOf) => fate(closed, asOf))).toEqual(["in_flight", "abandoned"]);
    expect(fateSentence(closed, feb(4))).toBe(
      "Written on 1 Feb 2026, committed on 1 Feb 2026, never landed: its change was closed on 3 Feb 2026.",
    );
    expect(fateSentence(strand({ undoneAt: feb(1) }), feb(1))).toBe(
      "Written on 1 Feb 2026, taken back by the session itself on 1 Feb 2026.",
    );
  });

  it("is still in flight before the day it landed", () => {
    expect(fate(strand(landed), feb(2))).toBe("in_flight");
  });
});

describe("no_artefact", () => {
  it("says what the turn did", () => {
    expect(fate(strand(null, { activity: "search" }), far)).toBe("no_artefact");
    expect(fateSentence(strand(null, { activity: "search" }), far)).toBe("No lines came of it: searching.");
  });
});

describe("any strand", () => {
  it("tells days in the asked time zone", () => {
    const s = strand({ supersededAt: feb(4) });
    expect(fateSentence(s, far, undefined, { timeZone: "America/New_York" })).toBe(
      "Written on 31 Jan 2026, replaced on 3 Feb 2026 before it landed.",
    );
  });

  it("has one fate and a sentence, the same each time it is asked", () => {
    fc.assert(
      fc.property(anyStrand(), fc.nat(120), (s, asOf) => {
        const name = fate(s, feb(asOf));
        expect(fateNames).toContain(name);
        expect(fate(structuredClone(s), feb(asOf))).toBe(name);
        expect(fateSentence(s, feb(asOf))).toMatch(/^[A-Z].*\.$/);
      }),
    );
  });

  it("does not depend on what happens later", () => {
    fc.assert(
      fc.property(anyStrand(), fc.nat(120), (s, asOf) => {
        const known = (instant: number | null): number | null => (instant !== null && instant <= feb(asOf) ? instant : null);
        const told = s.life && {
          ...s.life,
          committedAt: known(s.life.committedAt),
          landedAt: known(s.life.landedAt),
          releasedAt: known(s.life.releasedAt),
          diedAt: known(s.life.diedAt),
          supersededAt: known(s.life.supersededAt),
          undoneAt: known(s.life.undoneAt),
        };
        expect(fate({ ...s, life: told }, feb(asOf))).toBe(fate(s, feb(asOf)));
      }),
    );
  });

  it("ripens only forward: what is stuck stays stuck, reverts apart", () => {
    fc.assert(
      fc.property(anyStrand(), fc.nat(120), fc.nat(100), (s, asOf, more) => {
        fc.pre(fate(s, feb(asOf)) === "stuck");
        expect(["stuck", "reverted"]).toContain(fate(s, feb(asOf + more)));
      }),
    );
  });
});

function anyStrand(): fc.Arbitrary<FateStrand> {
  const instant = fc.option(fc.nat(100).map(feb));
  return fc.record({
    unlinkedReason: fc.constantFrom(null, null, null, "path_opaque" as const),
    horizon: fc.nat(150).map(feb),
    landingIsRelease: fc.boolean(),
    side: fc.constantFrom("added" as const, "removed" as const),
    activity: fc.constant("read" as const),
    life: fc.option(
      fc.record({
        writtenAt: fc.nat(100).map(feb),
        committedAt: instant,
        landedAt: instant,
        releasedAt: instant,
        diedAt: instant,
        death: fc.constantFrom("replaced" as const, "removed" as const, "reverted" as const),
        deathCommit: fc.constantFrom(null, "0123456789ab"),
        supersededAt: instant,
        undoneAt: instant,
        lastActiveAt: instant,
      }),
    ),
  });
}

it("takes no later landing for a sign of life", () => {
  const late = strand({ committedAt: feb(40), landedAt: feb(40), lastActiveAt: feb(40) });
  expect(fate(late, feb(30))).toBe("abandoned");
  expect(fate(late, feb(41))).toBe("maturing");
});
