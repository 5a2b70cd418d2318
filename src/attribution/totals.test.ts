import { describe, expect, it } from "vitest";
import type { TokenCounts, UsageGrain } from "../contract/facts.ts";
import { contextCosts } from "./context-cause.ts";
import type { Sighting } from "./model.ts";
import { joinSightings } from "./usages.ts";

const zero: TokenCounts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0, reasoning: null };

function sighting(id: string, grain: UsageGrain, counts: Partial<TokenCounts>, more: Partial<Sighting> = {}): Sighting {
  return {
    source: "droid",
    agent: "droid",
    session: "s1",
    responseKey: id,
    messageId: id,
    requestId: null,
    instant: 1000,
    agentId: null,
    provider: "anthropic",
    model: "claude-opus-4-5",
    agentVersion: null,
    serviceTier: null,
    speed: null,
    geo: null,
    cwd: null,
    branch: null,
    outputQuality: "final",
    webSearches: 0,
    visibleChars: 0,
    ...more,
    counts: { ...zero, ...counts },
    ...(grain === "response" ? {} : { grain }),
  };
}

const joined = (...sightings: Sighting[]) =>
  joinSightings(sightings).usages.map(({ key, grain, counts }) => [key, grain ?? "response", counts.input, counts.output]);

describe("a total of a session", () => {
  it("counts as one usage where nothing finer is told", () => {
    expect(joined(sighting("droid:s1:opus", "session", { input: 100, output: 10 }))).toEqual([
      ["anthropic:droid:s1:opus", "session", 100, 10],
    ]);
  });

  it("counts for what the responses of its session and model leave, whatever the model's id says of dates", () => {
    expect(
      joined(
        sighting("t", "session", { input: 100, output: 10 }),
        sighting("m1", "response", { input: 30, output: 4 }, { source: "otlp", instant: 2000, model: "claude-opus-4-5-20251101" }),
        sighting("m2", "response", { input: 20, output: 7 }, { source: "otlp", instant: 3000, model: "anthropic/claude-opus-4-5" }),
        sighting("m3", "response", { input: 500, output: 50 }, { source: "otlp", instant: 4000, model: "gpt-5" }),
        sighting("m4", "response", { input: 500, output: 50 }, { source: "otlp", instant: 5000, session: "s2" }),
      ),
    ).toEqual([
      // 100 − 30 − 20; 10 − 4 − 7 is below none
      ["anthropic:t", "session", 50, 0],
      ["anthropic:m1", "response", 30, 4],
      ["anthropic:m2", "response", 20, 7],
      ["anthropic:m3", "response", 500, 50],
      ["anthropic:m4", "response", 500, 50],
    ]);
  });

  it("goes where responses tell it all, and a day's total where a session's does", () => {
    expect(
      joined(
        sighting("day", "day", { input: 100, output: 10 }),
        sighting("session", "session", { input: 100, output: 10 }),
        sighting("m1", "response", { input: 100, output: 10 }),
      ),
    ).toEqual([["anthropic:m1", "response", 100, 10]]);
  });

  it("says nothing of what stood in the prompts", () => {
    const inputCost = { cacheRead: 1n, cacheWrite1h: 2n, cacheWrite5m: 4n, input: 8n };
    const usage = { id: 7, instant: 1000, agentId: null, counts: { ...zero, input: 100 }, visibleChars: 0, inputCost };
    expect(contextCosts({ usages: [{ ...usage, grain: "session" }], calls: [], turns: [], resumed: false })).toEqual([
      { usage: 7, cause: "unknown", nanoUsd: 15n },
    ]);
  });
});
