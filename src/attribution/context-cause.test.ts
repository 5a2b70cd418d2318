import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { anySession } from "../../test/properties/any-session.ts";
import { call, minute, start } from "../../test/properties/session-builder.ts";
import { type InputCost, promptKinds } from "../contract/facts.ts";
import { type ContextInput, type ContextUsage, contextCosts, tokensOfBytes } from "./context-cause.ts";
import type { Call } from "./model.ts";

/** Nano-dollars a token. */
const prices = { cacheRead: 1, cacheWrite1h: 20, cacheWrite5m: 12, input: 10 } as const;

type Prompt = Partial<Record<(typeof promptKinds)[number], number>>;

/** A response at minute `id` with a prompt and `output` tokens of output. */
function response(id: number, prompt: Prompt, output: number, part: Partial<ContextUsage> = {}): ContextUsage {
  const counts = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, ...prompt, output, reasoning: null };
  const inputCost = Object.fromEntries(promptKinds.map((kind) => [kind, BigInt(counts[kind] * prices[kind])])) as unknown as InputCost;
  return { id, instant: id * minute, agentId: null, counts, visibleChars: 0, inputCost, ...part };
}

/** A call of response `id` whose result takes so many tokens. */
const result = (key: string, id: number, activity: Call["activity"], tokens: number, part: Partial<Call> = {}): Call =>
  call(key, id, activity, { resultBytes: (tokens * 7) / 2, ...part });

const said = (at: number, tokens: number, cleared = false) => ({ ...start(at, cleared), promptLength: (tokens * 7) / 2 });

/** Cause → nano-dollars of one usage. */
function causes(session: Partial<ContextInput>, usage: number): unknown {
  const costs = contextCosts({ usages: [], calls: [], turns: [], resumed: false, ...session });
  return Object.fromEntries(costs.filter((cost) => cost.usage === usage).map(({ cause, nanoUsd }) => [cause, Number(nanoUsd)]));
}

describe("what put tokens into the context", () => {
  it("takes text at three and a half bytes a token", () => {
    expect([0, 3, 4, 7, 700].map(tokensOfBytes)).toEqual([0, 0, 1, 2, 200]);
  });

  /**
   * Prompt of 1,000: 100 said, 900 instructions, all written to the cache.
   * Prompt of 1,500: 1,000 read, 500 more: 50 said by the agent, 300 of a file, the rest, 150, unknown.
   * Prompt of 1,900: 1,500 read, 400 more: 40 said by the agent, 300 of the same file again, 60 found by a search.
   */
  const session = {
    turns: [said(1, 100)],
    usages: [
      response(1, { cacheWrite5m: 1_000 }, 50),
      response(2, { cacheRead: 1_000, cacheWrite5m: 500 }, 40),
      response(3, { cacheRead: 1_500, cacheWrite5m: 300, input: 100 }, 10),
    ],
    calls: [
      result("a", 1, "read", 300, { subject: 7 }),
      result("b", 2, "read", 300, { subject: 7 }),
      result("c", 2, "search", 60, { endedAt: 2 * minute + 3_000 }),
    ],
  };

  it("gives the first prompt to the instructions, but for what was said before it", () => {
    expect(causes(session, 1)).toEqual({ instructions: 900 * 12, prompt: 100 * 12 });
  });

  it("gives the growth of a prompt to what stood between; what is read from the cache is paid for the oldest", () => {
    expect(causes(session, 2)).toEqual({ instructions: 900, prompt: 100, agent_output: 50 * 12, read: 300 * 12, unknown: 150 * 12 });
  });

  it("knows a file that was read before, and lets fresh input pay the newest tokens", () => {
    // Read from the cache: 900 + 100 + 50 + 300 + 150. Written: 40 and 260 of the file. Fresh: its last 40, then the search.
    expect(causes(session, 3)).toEqual({
      instructions: 900,
      prompt: 100,
      agent_output: 50 + 40 * 12,
      read: 300,
      unknown: 150,
      reread: 260 * 12 + 40 * 10,
      search: 60 * 10,
    });
  });

  it("cuts sizes by the growth in proportion where they are more", () => {
    const usages = [response(1, { input: 1_000 }, 100), response(2, { cacheRead: 1_000, input: 200 }, 0)];
    // 100 of output and 300 of shell on 200 tokens: a half each.
    expect(causes({ usages, calls: [result("a", 1, "shell", 300)] }, 2)).toEqual({
      instructions: 1_000,
      agent_output: 50 * 10,
      shell: 150 * 10,
    });
  });

  it("takes what the log shows of an output where it counted less", () => {
    const usages = [response(1, { input: 10 }, 1, { visibleChars: 70 }), response(2, { input: 40 }, 0)];
    expect(causes({ usages }, 2)).toEqual({ instructions: 10 * 10, agent_output: 20 * 10, unknown: 10 * 10 });
  });

  it("calls what a prompt below half of the one before has beside the instructions a compaction", () => {
    const usages = [
      response(1, { cacheWrite5m: 1_000 }, 0),
      response(2, { cacheRead: 1_000, input: 2_000 }, 0),
      response(3, { cacheRead: 900, cacheWrite5m: 500 }, 0),
      response(4, { cacheRead: 1_400, cacheWrite5m: 200 }, 0),
    ];
    const calls = [result("a", 1, "read", 2_000, { subject: 7 }), result("b", 2, "web", 80), result("c", 3, "read", 200, { subject: 7 })];
    const turns = [said(1, 100), said(3, 50)];
    // The page was fetched before the compaction and is in what it made; the prompt was said after it.
    expect(causes({ usages, calls, turns }, 3)).toEqual({ instructions: 900, compaction: 450 * 12, prompt: 50 * 12 });
    expect(causes({ usages, calls, turns }, 4)).toEqual({ instructions: 900, compaction: 450, prompt: 50, reread: 200 * 12 });
  });

  it("takes a smaller shrink from the newest tokens", () => {
    const usages = [response(1, { input: 1_000 }, 100), response(2, { input: 1_400 }, 0), response(3, { input: 1_200 }, 0)];
    const calls = [result("a", 1, "build", 300), result("b", 2, "shell", 900)];
    expect(causes({ usages, calls }, 3)).toEqual({ instructions: 10_000, agent_output: 1_000, build: 1_000 });
  });

  it("begins anew when the context is cleared, and knows no file of before", () => {
    const usages = [response(1, { input: 1_000 }, 70), response(2, { input: 900 }, 30), response(3, { input: 1_130 }, 0)];
    const calls = [result("a", 1, "read", 200, { subject: 7 }), result("b", 2, "read", 200, { subject: 7 })];
    const turns = [said(1, 100), said(2, 40, true)];
    expect(causes({ usages, calls, turns }, 2)).toEqual({ instructions: 860 * 10, prompt: 40 * 10 });
    expect(causes({ usages, calls, turns }, 3)).toEqual({ instructions: 860 * 10, prompt: 40 * 10, agent_output: 30 * 10, read: 200 * 10 });
  });

  it("gives a sub-agent a context of its own: what it was told is the agent's output, and only its answer comes back", () => {
    const usages = [
      response(1, { input: 1_000 }, 100),
      response(2, { input: 500 }, 10, { agentId: "x" }),
      response(3, { input: 810 }, 10, { agentId: "x" }),
      response(4, { cacheRead: 1_000, input: 160 }, 0),
    ];
    const calls = [
      call("t", 1, "delegate", { startedAgentId: "x", inputBytes: 280, endedAt: 3.5 * minute, resultBytes: 210 }),
      result("a", 1, "read", 300, { subject: 7, instant: 1.2 * minute, endedAt: 1.3 * minute }),
      result("b", 2, "read", 300, { subject: 7, agentId: "x" }),
    ];
    const turns = [said(1, 20)];
    expect(causes({ usages, calls, turns }, 2)).toEqual({ instructions: 420 * 10, agent_output: 80 * 10 });
    expect(causes({ usages, calls, turns }, 3)).toEqual({ instructions: 420 * 10, agent_output: 90 * 10, read: 300 * 10 });
    // 100 of output, 300 of the file and 60 of the answer on 160 tokens: 34, 105, 21 by cumulative floors.
    expect(causes({ usages, calls, turns }, 4)).toEqual({
      instructions: 980,
      prompt: 20,
      agent_output: 34 * 10,
      read: 105 * 10,
      delegate: 21 * 10,
    });
  });

  it("says of a task's notification and of a resumed conversation what they are", () => {
    const turns = [{ ...said(2, 30), startedBy: "notification" as const }];
    const usages = [response(1, { input: 1_000 }, 0), response(2, { input: 1_030 }, 0)];
    expect(causes({ usages, turns, resumed: true }, 2)).toEqual({ notification: 300, resumed: 10_000 });
  });

  it("leaves unknown what a store without sizes cannot tell, and money where no price is known", () => {
    const usages = [
      response(1, { input: 1_000 }, 0),
      response(2, { input: 1_500 }, 0),
      response(3, { input: 1_600 }, 0, { inputCost: null }),
    ];
    const calls = [call("a", 1, "read", { resultBytes: null, subject: null })];
    expect(causes({ usages, calls }, 2)).toEqual({ instructions: 10_000, unknown: 5_000 });
    expect(contextCosts({ usages, calls, turns: [], resumed: false }).at(-1)).toEqual({ usage: 3, cause: "unknown", nanoUsd: null });
  });
});

describe("the law of context", () => {
  it("adds up to the input cost of every response exactly, whatever came in whatever order", () => {
    const anyCounts = fc.record({
      input: fc.nat(300),
      cacheRead: fc.constantFrom(0, 0, 100, 5_000),
      cacheWrite5m: fc.nat(900),
      cacheWrite1h: fc.constantFrom(0, 0, 77),
      output: fc.nat(400),
      reasoning: fc.constant(null),
    });
    const money = fc.bigInt(0n, 10n ** 12n);
    const anyCost = fc.option(fc.record({ input: money, cacheRead: money, cacheWrite5m: money, cacheWrite1h: money }));
    const anyResult = fc.record({ resultBytes: fc.option(fc.nat(9_000)), subject: fc.option(fc.constantFrom(1, 2)) });
    fc.assert(
      fc.property(
        anySession(),
        fc.array(fc.tuple(anyCounts, anyCost), { minLength: 12, maxLength: 12 }),
        fc.array(anyResult, { minLength: 10, maxLength: 10 }),
        fc.boolean(),
        (session, counted, results, resumed) => {
          const usages = session.usages.map((usage, i) => {
            const [counts, cost] = counted[i] as (typeof counted)[number];
            const inputCost =
              cost && (Object.fromEntries(promptKinds.map((kind) => [kind, counts[kind] === 0 ? 0n : cost[kind]])) as typeof cost);
            return { ...usage, counts, inputCost };
          });
          const calls = session.calls.map((one, i) => ({ ...one, ...results[i] }));
          const costs = contextCosts({ usages, calls, turns: session.turns, resumed });
          for (const { id, inputCost, counts } of usages) {
            const own = costs.filter(({ usage }) => usage === id);
            const prompt = counts.input + counts.cacheRead + counts.cacheWrite5m + counts.cacheWrite1h;
            expect(own.every(({ nanoUsd }) => nanoUsd === null || nanoUsd > 0n)).toBe(true);
            if (inputCost === null) expect(own.map(({ nanoUsd }) => nanoUsd)).toEqual(prompt === 0 ? [] : [null]);
            else
              expect(own.reduce((sum, { nanoUsd }) => sum + (nanoUsd as bigint), 0n)).toBe(
                promptKinds.reduce((sum, kind) => sum + inputCost[kind], 0n),
              );
          }
          const again = { usages: [...usages].reverse(), calls: [...calls].reverse(), turns: [...session.turns].reverse(), resumed };
          expect(contextCosts(again)).toEqual(costs);
        },
      ),
    );
  });
});
