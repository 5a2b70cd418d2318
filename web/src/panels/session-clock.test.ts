import { expect, it } from "vitest";
import type { SessionCard } from "../../../src/contract/show.ts";
import { sessionClock } from "./session-clock.ts";

const turn = (
  n: number,
  from: string,
  until: string,
  written: SessionCard["turns"][number]["written"] = [],
): SessionCard["turns"][number] => ({
  turn: n,
  startedAt: `2026-01-05T${from}:00Z`,
  endedAt: `2026-01-05T${until}:00Z`,
  written,
  purpose: "build",
  activity: "edit",
  nanoUsd: "1500000000",
  usages: 2,
  editSegments: 1,
});

it("lays turns where they were on the clock, wide enough to be seen", () => {
  const clock = sessionClock({ turns: [turn(1, "08:00", "09:00"), turn(2, "20:00", "20:00")] });
  // Twelve hours: a four-hundredth is 108 seconds.
  expect(clock?.turns.map(({ from, until }) => [from.toISOString().slice(11, 19), until.toISOString().slice(11, 19)])).toEqual([
    ["08:00:00", "09:00:00"],
    ["20:00:00", "20:01:48"],
  ]);
  expect([clock?.from.toISOString(), clock?.until.toISOString()]).toEqual(["2026-01-05T08:00:00.000Z", "2026-01-05T20:01:48.000Z"]);
  expect(clock?.turns[0]).toMatchObject({ dollars: 1.5, says: "turn 1, 5 Jan 2026, 08:00 to 09:00 UTC: $1.50, build, mostly edit" });
  expect(sessionClock({ turns: [] })).toBeNull();
});

it("stacks the lines of a turn by what they became", () => {
  const written = [
    { fate: "abandoned", lines: 3 },
    { fate: "rework", lines: 4 },
    { fate: "stuck", lines: 10 },
  ] as const;
  const clock = sessionClock({ turns: [turn(1, "08:00", "09:00", written), turn(2, "10:00", "10:30")] });
  expect(clock?.groups).toEqual(["bought", "undone"]);
  expect(clock?.writes.map(({ group, below, above, says }) => [group, below, above, says])).toEqual([
    ["bought", 0, 10, "turn 1: 10 changed lines bought"],
    ["undone", 10, 17, "turn 1: 7 changed lines undone"],
  ]);
});
