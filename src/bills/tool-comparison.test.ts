import { expect, test } from "vitest";
import { type OwnCell, type OwnTokens, compareWithTool } from "./tool-comparison.ts";
import { readToolReport } from "./tool-report.ts";

/** A million nano-dollars a token of input and output, a tenth for a read, twice the input for a write of an hour; times 1.25 for five minutes. */
const value = (model: string, tokens: OwnTokens): bigint | null =>
  model === "unheard"
    ? null
    : BigInt(tokens.input + tokens.output) * 1_000_000n +
      BigInt(tokens.cacheRead) * 100_000n +
      BigInt(tokens.cacheWrite5m) * 1_250_000n +
      BigInt(tokens.cacheWrite1h) * 2_000_000n;

const none: OwnTokens = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };

function cell(tokens: Partial<OwnTokens>, more: Partial<OwnCell> = {}): OwnCell {
  const all = { ...none, ...tokens };
  const count = all.input + all.cacheRead + all.cacheWrite5m + all.cacheWrite1h + all.output;
  const nano = value(more.model ?? "m", all);
  return {
    model: "m",
    scope: "in",
    subAgent: false,
    tokens: all,
    nano: nano ?? 0n,
    unpricedTokens: nano === null ? count : 0,
    sightedTokens: count,
    ...more,
  };
}

interface Part {
  readonly modelName: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly cacheCreationTokens: number;
  readonly cacheReadTokens: number;
  readonly cost: number;
}

const part = (cost: number, more: Partial<Part> = {}): Part => ({
  modelName: "m",
  inputTokens: 0,
  outputTokens: 0,
  cacheCreationTokens: 0,
  cacheReadTokens: 0,
  cost,
  ...more,
});

function compare(own: readonly OwnCell[], parts: readonly Part[], totalCost = parts.reduce((sum, { cost }) => sum + cost, 0)) {
  const report = readToolReport({ daily: [{ period: "2026-03-01", modelBreakdowns: parts }], totals: { totalCost } });
  if (report === null) throw new Error("a report of that shape");
  const told = compareWithTool(report, own, value);
  const sum = told.causes.reduce((all, { nanoUsd }) => all + BigInt(nanoUsd), 0n);
  expect(sum.toString()).toBe(told.differenceNanoUsd);
  expect((BigInt(told.ownNanoUsd) - BigInt(told.toolNanoUsd)).toString()).toBe(told.differenceNanoUsd);
  return Object.fromEntries(told.causes.map(({ code, nanoUsd }) => [code, Number(nanoUsd) / 1e9]));
}

test("equal tokens at equal prices have no cause", () => {
  expect(compare([cell({ input: 1_000, output: 500 })], [part(1.5, { inputTokens: 1_000, outputTokens: 500 })])).toEqual({});
});

test("what the tool cannot have is named by why", () => {
  const own = [
    cell({ input: 1_000 }),
    cell({ input: 300 }, { scope: "checkpoint_only" }),
    cell({ input: 200 }, { scope: "other_agent" }),
    cell({ input: 100 }, { scope: "outside_period" }),
  ];
  expect(compare(own, [part(1, { inputTokens: 1_000 })])).toEqual({ checkpoint_only: 0.3, other_agent: 0.2, outside_period: 0.1 });
});

test("sub-agents are the cause where the tool's prompts are those of the sessions alone", () => {
  const own = [cell({ input: 1_000, cacheRead: 5_000 }), cell({ input: 400, cacheRead: 1_000 }, { subAgent: true })];
  // 400 × 0.001 + 1,000 × 0.0001
  expect(compare(own, [part(1.5, { inputTokens: 1_000, cacheReadTokens: 5_000 })])).toEqual({ sub_agents: 0.5 });
});

test("writes of an hour at the price of five minutes", () => {
  // 1,000 at 0.002 here, at 0.00125 there
  expect(compare([cell({ cacheWrite1h: 1_000 })], [part(1.25, { cacheCreationTokens: 1_000 })])).toEqual({ one_hour_writes: 0.75 });
});

test("replays: the tool has the tokens of all records together", () => {
  const own = [cell({ input: 1_000, output: 500 }, { sightedTokens: 4_500 })];
  expect(compare(own, [part(4.5, { inputTokens: 3_000, outputTokens: 1_500 })])).toEqual({ replays: -3 });
});

test("output counts that were taken from another record", () => {
  expect(compare([cell({ input: 1_000, output: 500 })], [part(1.1, { inputTokens: 1_000, outputTokens: 100 })])).toEqual({
    output_counts: 0.4,
  });
});

test("another price, no price there, no price here, models of one side", () => {
  const tokens = { input: 1_000 };
  const counts = { inputTokens: 1_000 };
  expect(compare([cell(tokens)], [part(1.25, counts)])).toEqual({ price: -0.25 });
  expect(compare([cell(tokens)], [part(0, counts)])).toEqual({ no_price: 1 });
  expect(compare([cell(tokens, { model: "unheard" })], [part(0.7, { ...counts, modelName: "unheard" })])).toEqual({ no_price_here: -0.7 });
  expect(compare([cell(tokens, { model: "n" })], [part(0.3, counts)])).toEqual({ model_not_there: 1, model_only_there: -0.3 });
});

test("what a request costs beyond its plain rates is a cause of its own", () => {
  const long = cell({ input: 1_000 }, { nano: 2_000_000_000n }); // a tier of twice the price
  expect(compare([long], [part(1, { inputTokens: 1_000 })])).toEqual({ request_rates: 1 });
});

test("tokens that differ for no reason that shows are called rest, and fractions of a cent rounding", () => {
  expect(compare([cell({ input: 1_000 })], [part(0.9, { inputTokens: 900 })])).toEqual({ rest: 0.1 });
  expect(compare([cell({ input: 1_000 })], [part(1.00005, { inputTokens: 1_000 })])).toEqual({ rounding: -0.00005 });
  expect(compare([cell({ input: 1_000 })], [part(1, { inputTokens: 1_000 })], 1.2)).toEqual({ rest: -0.2 });
});

test("reads reports by day, week, month and session, grouped or not, and counts rows it cannot read", () => {
  const counts = { inputTokens: 1, outputTokens: 2, cacheCreationTokens: 3, cacheReadTokens: 4, totalCost: 0.5 };
  const days = (value: unknown) => readToolReport(value)?.rows.map(({ day, lastDay }) => [day, lastDay]);
  expect(days({ daily: [{ date: "2026-03-01", ...counts }] })).toEqual([["2026-03-01", "2026-03-01"]]);
  expect(days({ weekly: [{ week: "2026-03-02", ...counts }] })).toEqual([["2026-03-02", "2026-03-08"]]);
  expect(days({ monthly: [{ month: "2026-02", ...counts }] })).toEqual([["2026-02-01", "2026-02-28"]]);
  expect(days({ sessions: [{ sessionId: "s", lastActivity: "2026-03-01", ...counts }] })).toEqual([[null, null]]);
  expect(days({ projects: { a: [{ date: "2026-03-01", ...counts }], b: [{ date: "2026-03-02", ...counts }] } })).toHaveLength(2);
  expect(readToolReport({ daily: [{ date: "2026-03-01", ...counts, inputTokens: "many" }] })).toMatchObject({ rows: [], unreadable: 1 });
  expect(readToolReport({ hello: "world" })).toBeNull();
});
