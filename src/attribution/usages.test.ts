import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Sighting } from "./model.ts";
import { joinSightings } from "./usages.ts";

let serial = 0;

function sighting(part: Partial<Omit<Sighting, "counts">> & { counts?: Partial<Sighting["counts"]> } = {}): Sighting {
  const { counts, ...rest } = part;
  serial++;
  return {
    source: "claude-code",
    agent: "claude-code",
    session: "s1",
    responseKey: rest.messageId ?? rest.requestId ?? `r${serial}`,
    messageId: null,
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
    ...rest,
    counts: { input: 3, cacheRead: 100, cacheWrite5m: 20, cacheWrite1h: 0, output: 50, reasoning: null, ...counts },
  };
}

describe("joinSightings", () => {
  it("counts a response once that two witnesses tell, with the larger count and the better quality", () => {
    const { usages, problems } = joinSightings([
      sighting({ source: "checkpoints", messageId: "msg_01A", instant: 1000, outputQuality: "partial", counts: { output: 2 } }),
      sighting({ source: "claude-code", messageId: "msg_01A", instant: 1000, outputQuality: "final", counts: { output: 50 } }),
    ]);
    expect(problems).toEqual([]);
    expect(usages).toHaveLength(1);
    expect(usages[0]).toMatchObject({
      id: 0,
      key: "anthropic:msg_01A",
      outputQuality: "final",
      sightings: 2,
      sources: ["checkpoints", "claude-code"],
      responseKeys: ["msg_01A"],
      counts: { input: 3, cacheRead: 100, cacheWrite5m: 20, output: 50 },
    });
  });

  it("joins telemetry without ids to a log that has some of its own, also where it takes a sub-agent for a session", () => {
    const log = (instant: number, more = {}) =>
      sighting({ source: "codex", agent: "codex", session: "c1", messageId: `codex:t1/${instant}`, instant, ...more });
    const telemetry = (instant: number, session = "c1", more = {}) =>
      sighting({ source: "otlp", agent: "codex", session, provider: null, instant, ...more });
    const count = (...all: readonly Sighting[]) => joinSightings(all).usages.length;
    expect(count(log(1_000), telemetry(900))).toBe(1);
    expect(count(log(1_000), telemetry(900, "c1", { requestId: "span:1/2" }))).toBe(1);
    expect(count(log(1_000), telemetry(900), telemetry(1_100))).toBe(2);
    expect(count(log(1_000), log(1_500), telemetry(900), telemetry(1_600))).toBe(2);
    expect(count(log(1_000), telemetry(900, "c2"))).toBe(2);
    expect(joinSightings([log(1_000, { agentId: "k1" }), telemetry(900, "k1")]).usages).toMatchObject([
      { session: "c1", agentId: "k1", instant: 1_000 },
    ]);
  });

  it("takes a message id that one of a source's two tellings of a request lacks for no contradiction", () => {
    const { usages, problems } = joinSightings([
      sighting({ source: "otlp", messageId: "resp_1", requestId: "span:1/2", instant: 1000 }),
      sighting({ source: "otlp", messageId: null, requestId: "span:1/2", instant: 1003 }),
    ]);
    expect([usages.length, problems]).toEqual([1, []]);
  });

  it("takes a log's word for the sub-agent that made a response, whoever noted it first", () => {
    const telemetry = sighting({ source: "otlp", requestId: "req_1A", instant: 900, agentId: "subagent" });
    expect(joinSightings([telemetry, sighting({ requestId: "req_1A", instant: 1000, agentId: "a1b2" })]).usages[0]?.agentId).toBe("a1b2");
    expect(joinSightings([telemetry, sighting({ requestId: "req_1A", instant: 1000, agentId: null })]).usages[0]?.agentId).toBe(null);
    expect(joinSightings([telemetry]).usages[0]?.agentId).toBe("subagent");
  });

  it("counts a doubtful witness only where no other tells of the response", () => {
    const doubtful = sighting({ source: "otlp", requestId: "req_1A", doubtful: true, counts: { input: 6, cacheRead: 200, output: 90 } });
    const log = sighting({ messageId: "msg_01A", requestId: "req_1A" });
    expect(joinSightings([doubtful, log]).usages[0]?.counts).toMatchObject({ input: 3, cacheRead: 100, output: 50 });
    expect(joinSightings([doubtful]).usages[0]?.counts).toMatchObject({ input: 6, cacheRead: 200, output: 90 });
  });

  it("takes a log's and telemetry's word of a response without an id for one when they are within ten seconds", () => {
    const of = (source: string, instant: number) => sighting({ source, agent: "codex", provider: null, instant });
    const count = (...all: readonly Sighting[]) => joinSightings(all).usages.length;
    expect(count(of("codex", 1_000), of("otlp", 1_400))).toBe(1);
    expect(count(of("otlp", 1_400), of("codex", 1_000))).toBe(1);
    expect(count(of("codex", 1_000), of("otlp", 11_001))).toBe(2);
    // Two responses of equal tokens in one log are two, and each has its own telling by the other source.
    expect(count(of("codex", 1_000), of("codex", 3_000), of("otlp", 1_400), of("otlp", 3_400))).toBe(2);
    expect(count(of("codex", 1_000), of("codex", 3_000), of("otlp", 3_400))).toBe(2);
  });

  it("joins over a chain of ids: message with request, request with request", () => {
    const { usages } = joinSightings([
      sighting({ messageId: "msg_01A", requestId: "req_1A" }),
      sighting({ source: "otlp", messageId: null, requestId: "req_1A", instant: 5000 }),
      sighting({ source: "gateway", messageId: "msg_01A", instant: 4000 }),
    ]);
    expect(usages).toHaveLength(1);
    expect(usages[0]).toMatchObject({ key: "anthropic:msg_01A", instant: 1000, sightings: 3, responseKeys: ["msg_01A", "req_1A"] });
  });

  it("joins a side question's replay by its message id although the request id is another, and keeps it the session's own", () => {
    const { usages } = joinSightings([
      sighting({ messageId: "msg_01A", requestId: "req_2B", agentId: "side", responseKey: "side-copy" }),
      sighting({ messageId: "msg_01A", requestId: "req_1A", agentId: null }),
    ]);
    expect(usages).toHaveLength(1);
    expect(usages[0]).toMatchObject({ agentId: null, responseKeys: ["msg_01A", "req_1A", "req_2B", "side-copy"] });
  });

  it("gives a forked response to the earliest instant, then to the session that began first, then to the smaller id", () => {
    const own = (session: string, instant: number): Sighting => sighting({ session, instant, messageId: `msg_${session}_${instant}` });
    const shared = (session: string, instant = 1000): Sighting => sighting({ session, instant, messageId: "msg_01A" });
    const ownerOf = (sightings: Sighting[]): string | undefined =>
      joinSightings(sightings).usages.find((usage) => usage.key.endsWith("01A"))?.session;
    expect(ownerOf([shared("a", 2000), shared("b", 1000), own("a", 10)])).toBe("b");
    expect(ownerOf([shared("a"), shared("b"), own("b", 500)])).toBe("b");
    expect(ownerOf([shared("b"), shared("a")])).toBe("a");
  });

  it("asks the session's first record, not only its responses, when it is told", () => {
    const { usages } = joinSightings(
      [sighting({ session: "a", messageId: "msg_01A" }), sighting({ session: "b", messageId: "msg_01A" })],
      (_, session) => (session === "b" ? 100 : 900),
    );
    expect(usages.map((usage) => usage.session)).toEqual(["b"]);
  });

  it("does not believe an id that one source shows with different instants and different prompts", () => {
    const { usages, problems } = joinSightings([
      sighting({ session: "a", messageId: "7f3a", instant: 1000, counts: { input: 3 }, responseKey: "x" }),
      sighting({ session: "b", messageId: "7f3a", instant: 2000, counts: { input: 9 }, responseKey: "y" }),
      sighting({ session: "c", messageId: "7f3a", instant: 3000, counts: { input: 4 }, responseKey: "z" }),
    ]);
    expect(usages).toHaveLength(3);
    expect(usages.map((usage) => usage.key)).toEqual([
      "claude-code:a:1000:3|100|20|0|50",
      "claude-code:b:2000:9|100|20|0|50",
      "claude-code:c:3000:4|100|20|0|50",
    ]);
    expect(usages[0]?.responseKeys).toEqual(["x"]);
    expect(problems).toMatchObject([{ code: "response_id_not_unique", severity: "notice", locator: "message id 7f3a", count: 3 }]);
  });

  it("never believes a redacted word", () => {
    for (const word of ["REDACTED", "[redacted]", "msg_REDACTED", "unknown", "00000000-0000-0000-0000-000000000000"]) {
      const { usages, problems } = joinSightings([
        sighting({ session: "a", messageId: word }),
        sighting({ session: "b", messageId: word }),
      ]);
      expect([word, usages.length, problems.length]).toEqual([word, 2, 1]);
    }
  });

  it("believes an id that different witnesses tell at different instants, and one whose output grew while streaming", () => {
    const { usages } = joinSightings([
      sighting({ source: "claude-code", messageId: "msg_01A", instant: 1000, counts: { output: 5 }, outputQuality: "partial" }),
      sighting({ source: "otlp", messageId: "msg_01A", instant: 9000, counts: { output: 60, cacheWrite5m: 25 } }),
    ]);
    expect(usages).toHaveLength(1);
    expect(usages[0]).toMatchObject({ instant: 1000, counts: { output: 60, cacheWrite5m: 25 } });
  });

  it("does not believe a request id that holds several messages at different instants", () => {
    const { usages, problems } = joinSightings([
      sighting({ messageId: "msg_01A", requestId: "req_same", instant: 1000 }),
      sighting({ messageId: "msg_01B", requestId: "req_same", instant: 2000 }),
    ]);
    expect(usages.map((usage) => usage.key)).toEqual(["anthropic:msg_01A", "anthropic:msg_01B"]);
    expect(problems).toMatchObject([{ locator: "request id req_same", count: 2 }]);
  });

  it("joins what has no id by session, instant and token vector", () => {
    const { usages } = joinSightings([
      sighting({ source: "a", instant: 1000 }),
      sighting({ source: "b", instant: 1000 }), // the same
      sighting({ instant: 1001 }),
      sighting({ instant: 1000, counts: { output: 51 } }),
      sighting({ instant: 1000, session: "s2" }), // others
    ]);
    expect(usages.map((usage) => usage.sightings)).toEqual([2, 1, 1, 1]);
  });

  it("joins a redacted copy of a log to the log itself", () => {
    const { usages } = joinSightings([
      sighting({ source: "checkpoints", messageId: "REDACTED", responseKey: "REDACTED" }),
      sighting({ source: "claude-code", messageId: "msg_01A" }),
    ]);
    expect(usages).toMatchObject([{ key: "anthropic:msg_01A", sightings: 2, responseKeys: ["msg_01A"] }]);
  });

  it("leaves a redacted copy apart where two responses have its vector", () => {
    const { usages } = joinSightings([
      sighting({ messageId: null }),
      sighting({ messageId: "msg_01A" }),
      sighting({ messageId: "msg_01B" }),
    ]);
    expect(usages).toHaveLength(3);
  });

  it("keeps one id of two providers apart, and lets a witness without provider join where there is one", () => {
    const two = joinSightings([
      sighting({ requestId: "42-a1", provider: "anthropic" }),
      sighting({ requestId: "42-a1", provider: "openai", instant: 2000, counts: { input: 8 } }),
    ]);
    expect(two.usages.map((usage) => usage.key)).toEqual(["anthropic:42-a1", "openai:42-a1"]);
    const one = joinSightings([
      sighting({ requestId: "42-a1", provider: "openai" }),
      sighting({ source: "otlp", requestId: "42-a1", provider: null }),
    ]);
    expect(one.usages.map((usage) => usage.key)).toEqual(["openai:42-a1"]);
  });

  it("does not count a cache write twice when one witness knows no split", () => {
    const { usages } = joinSightings([
      sighting({ messageId: "msg_01A", counts: { cacheWrite5m: 10, cacheWrite1h: 90 } }),
      sighting({ source: "otlp", messageId: "msg_01A", counts: { cacheWrite5m: 100, cacheWrite1h: 0 } }),
    ]);
    expect(usages[0]?.counts).toMatchObject({ cacheWrite5m: 10, cacheWrite1h: 90 });
  });

  it("never lets an estimate outgrow a logged count, and uses it where nothing was logged", () => {
    const estimate = sighting({
      source: "otlp",
      messageId: "msg_01A",
      outputQuality: "estimated",
      counts: { output: 900, reasoning: 800 },
    });
    const logged = sighting({ messageId: "msg_01A", outputQuality: "partial", counts: { output: 7, reasoning: 1 } });
    expect(joinSightings([estimate, logged]).usages[0]).toMatchObject({ outputQuality: "partial", counts: { output: 7, reasoning: 1 } });
    expect(joinSightings([estimate]).usages[0]).toMatchObject({ outputQuality: "estimated", counts: { output: 900 } });
  });

  it("takes what is known of branch and folder from any witness, the owner's first", () => {
    const { usages } = joinSightings([
      sighting({ messageId: "msg_01A", source: "a", cwd: null, branch: "main" }),
      sighting({ messageId: "msg_01A", source: "b", cwd: "/home/u/p", branch: "other" }),
    ]);
    expect(usages[0]).toMatchObject({ cwd: "/home/u/p", branch: "main" });
  });

  const anySighting: fc.Arbitrary<Sighting> = fc
    .record({
      source: fc.constantFrom("a", "b", "otlp"),
      session: fc.constantFrom("s1", "s2", "s3"),
      agentId: fc.constantFrom(null, "x", "s2"),
      messageId: fc.constantFrom(null, "m1", "m2", "m3", "REDACTED"),
      requestId: fc.constantFrom(null, "r1", "r2", "r3"),
      responseKey: fc.constantFrom("k1", "k2", "k3"),
      provider: fc.constantFrom(null, "p", "q"),
      instant: fc.constantFrom(1, 2),
      branch: fc.constantFrom(null, "u", "v"),
      outputQuality: fc.constantFrom("final", "partial", "estimated", "not_observed" as const),
      counts: fc.record({ input: fc.nat(1), output: fc.nat(2), cacheWrite1h: fc.nat(1), reasoning: fc.constantFrom(null, 0, 1) }),
    })
    .map((part) => sighting({ ...part, model: "m" }));

  it("gives the same answer for any order of its input, and loses no sighting", () => {
    fc.assert(
      fc.property(
        fc
          .array(anySighting, { maxLength: 14 })
          .chain((list) => fc.tuple(fc.constant(list), fc.shuffledSubarray(list, { minLength: list.length }))),
        ([list, shuffled]) => {
          const joined = joinSightings(list);
          expect(joinSightings(shuffled)).toEqual(joined);
          expect(joined.usages.reduce((sum, usage) => sum + usage.sightings, 0)).toBe(list.length);
          expect(new Set(joined.usages.map((usage) => usage.key)).size).toBe(joined.usages.length);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is idempotent: telling everything twice changes only the number of sightings", () => {
    fc.assert(
      fc.property(fc.array(anySighting, { maxLength: 10 }), (list) => {
        const bare = (sightings: Sighting[]): unknown =>
          joinSightings(sightings).usages.map((usage) => ({ ...usage, sightings: 0, sightedTokens: 0 }));
        expect(bare([...list, ...list])).toEqual(bare(list));
      }),
    );
  });
});
