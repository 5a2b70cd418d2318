import { describe, expect, it } from "vitest";
import type { TurnStart } from "./model.ts";
import { joinTurnStarts } from "./turn-starts.ts";

const start = (key: string, instant: number): TurnStart => ({ key, instant, startedBy: "prompt", cleared: false, promptLength: 4 });
const keysOf = (...starts: readonly TurnStart[]): string[] => joinTurnStarts(starts).map(({ key }) => key);

describe("joinTurnStarts", () => {
  it("takes what telemetry tells within five seconds of a log's start for that start", () => {
    expect(keysOf(start("u1", 1_000), start("otlp:p1", 1_200), start("otlp:p2", 60_000), start("u2", 64_900))).toEqual(["u1", "u2"]);
  });

  it("keeps what only telemetry tells", () => {
    expect(keysOf(start("otlp:p0", 0), start("u1", 10_000), start("otlp:p1", 10_000), start("otlp:p2", 15_001))).toEqual([
      "otlp:p0",
      "u1",
      "otlp:p2",
    ]);
    expect(keysOf(start("otlp:p0", 0), start("otlp:p1", 1))).toEqual(["otlp:p0", "otlp:p1"]);
  });

  it("takes one start of a log for one of telemetry's only", () => {
    expect(keysOf(start("u1", 1_000), start("otlp:p1", 1_500), start("otlp:p2", 2_000))).toEqual(["u1", "otlp:p2"]);
  });
});
