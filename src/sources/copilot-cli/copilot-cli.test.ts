import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import { type InventedRow, writeDatabase } from "../test-database.ts";
import { type Reading, envOfHome, readSource } from "../testkit.ts";
import { copilotCli } from "./index.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-copilot-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = () => envOfHome(home);
const time = (seconds: number): string => new Date(Date.UTC(2026, 4, 12, 10, 0, seconds)).toISOString();
const at = (seconds: number): number => Date.parse(time(seconds));

const event = (seconds: number, type: string, data: object, more: object = {}): object => ({
  type,
  data,
  id: `e${seconds}`,
  timestamp: time(seconds),
  ...more,
});
const start = event(0, "session.start", {
  sessionId: "c1",
  copilotVersion: "1.0.91",
  context: { cwd: "/code/shop", gitRoot: "/code/shop", branch: "main", repository: "ana/shop" },
});
const answer = (seconds: number, toolRequests: readonly object[] = []): object =>
  event(seconds, "assistant.message", { messageId: `m${seconds}`, content: "…", model: "claude-sonnet-4.5", toolRequests });

interface Used {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
}

const shutdown = (seconds: number, models: Readonly<Record<string, Used>>): object =>
  event(seconds, "session.shutdown", {
    shutdownType: "routine",
    modelMetrics: Object.fromEntries(
      Object.entries(models).map(([model, { requests, input, output, cacheRead = 0 }]) => [
        model,
        {
          requests: { count: requests, cost: 0 },
          usage: { inputTokens: input, outputTokens: output, cacheReadTokens: cacheRead, cacheWriteTokens: 0, reasoningTokens: 0 },
          totalNanoAiu: requests * 1_000_000_000,
        },
      ]),
    ),
  });

function putEvents(...events: readonly object[]): void {
  const path = join(home, ".copilot/session-state/c1/events.jsonl");
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, events.map((one) => `${JSON.stringify(one)}\n`).join(""));
}

const schema = `
CREATE TABLE sessions (id TEXT PRIMARY KEY, cwd TEXT, repository TEXT, branch TEXT, created_at TEXT, updated_at TEXT);
CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT, turn_index INTEGER, model TEXT, copilot_usage_model TEXT,
  input_tokens INTEGER, output_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, reasoning_tokens INTEGER,
  total_nano_aiu INTEGER, duration_ms REAL, agent_id TEXT, created_at TEXT)`;

const usage = (id: number, more: Readonly<Record<string, unknown>> = {}): InventedRow => ({
  table: "assistant_usage_events",
  id,
  session_id: "c1",
  model: "auto",
  copilot_usage_model: "claude-sonnet-4.5",
  input_tokens: 1000,
  output_tokens: 50,
  cache_read_tokens: 800,
  cache_write_tokens: 150,
  reasoning_tokens: 10,
  total_nano_aiu: 2_500_000_000,
  duration_ms: 4000.4,
  created_at: time(10),
  ...more,
});

function putStore(...rows: readonly InventedRow[]): void {
  mkdirSync(join(home, ".copilot"), { recursive: true });
  writeDatabase(join(home, ".copilot/session-store.db"), schema, [
    { table: "sessions", id: "c1", cwd: "/code/shop", repository: "ana/shop", branch: "main" },
    ...rows,
  ]);
}

const read = (from: Reading | null = null): Promise<Reading> => readSource(copilotCli, env(), from);
const totals = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) =>
    fact.kind === "sighting" && fact.grain === "session"
      ? [`${fact.model} in ${fact.counts.input} read ${fact.counts.cacheRead} out ${fact.counts.output} ${fact.reportedCostNanoUsd}`]
      : [],
  );

test("tells each response of the session store, cached tokens taken out of its input, from when it began", async () => {
  putStore(usage(1));
  const { facts } = await read();
  expect(facts.filter((fact) => fact.kind === "sighting")).toMatchObject([
    {
      session: "c1",
      messageId: "c1:1",
      provider: "github-copilot",
      model: "claude-sonnet-4.5",
      instant: at(6), // ended at second 10 after 4,000 ms
      cwd: "/code/shop",
      branch: "main",
      counts: { input: 50, cacheRead: 800, cacheWrite5m: 150, output: 50, reasoning: 10 },
      outputQuality: "final",
      reportedCostNanoUsd: 25_000_000, // 2.5 credits of a cent
    },
  ]);
  expect(facts.find((fact) => fact.kind === "session")).toMatchObject({ session: "c1", firstAt: at(6), cwd: "/code/shop", branch: "main" });
});

test("takes up after the last row it knows, and begins anew in another database", async () => {
  putStore(usage(1), usage(2));
  const first = await read();
  putStore(usage(1), usage(2), usage(3));
  const second = await read(first);
  expect(second.facts.flatMap((fact) => (fact.kind === "sighting" ? [fact.messageId] : []))).toEqual(["c1:3"]);
  putStore(usage(1, { session_id: "c2" }));
  const third = await read(second);
  expect(third.facts.flatMap((fact) => (fact.kind === "sighting" ? [fact.messageId] : []))).toEqual(["c2:1"]);
});

test("knows a count that is not there from one that is 0, and a row without a time", async () => {
  putStore(
    usage(1, { input_tokens: null, output_tokens: null, cache_read_tokens: null, cache_write_tokens: null }),
    usage(2, { created_at: "soon" }),
  );
  const { facts, problems } = await read();
  expect(facts.flatMap((fact) => (fact.kind === "sighting" ? [fact.outputQuality] : []))).toEqual(["not_observed"]);
  expect(problems.map(({ code, severity, locator }) => `${code} ${severity} ${locator.split(":").at(-1)}`)).toEqual([
    "no_instant lost assistant_usage_events/2",
  ]);
});

test("names a session store whose tables it does not know", async () => {
  mkdirSync(join(home, ".copilot"), { recursive: true });
  writeDatabase(join(home, ".copilot/session-store.db"), "CREATE TABLE usage_v9 (id INTEGER)", []);
  expect((await read()).problems.map(({ code }) => code)).toEqual(["unknown_schema"]);
});

test("takes the last of totals that count on when a session is resumed", async () => {
  putEvents(
    start,
    answer(1),
    answer(2),
    shutdown(3, { "claude-sonnet-4.5": { requests: 2, input: 2000, output: 100, cacheRead: 800 } }),
    event(10, "session.resume", {}),
    answer(11),
    shutdown(12, { "claude-sonnet-4.5": { requests: 3, input: 3500, output: 160, cacheRead: 1800 } }),
  );
  // 3,500 with 1,800 of them cached; three requests of a credit each.
  expect(totals((await read()).facts)).toEqual(["claude-sonnet-4.5 in 1700 read 1800 out 160 30000000"]);
});

test("adds up totals that begin anew: a count fell, or there are as many requests as answers since", async () => {
  const legs = (second: Used): object[] => [
    start,
    answer(1),
    answer(2),
    shutdown(3, { "gpt-5.4": { requests: 2, input: 2000, output: 100 } }),
    answer(11),
    answer(12),
    answer(13),
    shutdown(14, { "gpt-5.4": second }),
  ];
  putEvents(...legs({ requests: 3, input: 900, output: 200 })); // the input fell
  expect(totals((await read()).facts)).toEqual(["gpt-5.4 in 2900 read 0 out 300 50000000"]);
  putEvents(...legs({ requests: 3, input: 5000, output: 200 })); // all grew, but 3 requests are the 3 answers since
  expect(totals((await read()).facts)).toEqual(["gpt-5.4 in 7000 read 0 out 300 50000000"]);
});

test("passes over a shutdown that tells nothing", async () => {
  putEvents(
    start,
    answer(1),
    shutdown(2, { "gpt-5.4": { requests: 1, input: 100, output: 5 } }),
    event(3, "session.shutdown", { modelMetrics: {} }),
  );
  expect(totals((await read()).facts)).toEqual(["gpt-5.4 in 100 read 0 out 5 10000000"]);
});

test("reads prompts, calls told once, and what they changed", async () => {
  const use = (toolCallId: string, name: string, given: object): object => ({ toolCallId, name, arguments: JSON.stringify(given) });
  const done = (seconds: number, toolCallId: string, more: object): object =>
    event(seconds, "tool.execution_complete", { toolCallId, success: true, ...more });
  putEvents(
    start,
    event(1, "user.message", { content: "Raise the tax" }),
    answer(2, [
      use("t1", "create", { path: "/code/shop/tax.ts", file_text: "const tax = 1;\n" }),
      use("t2", "edit", { path: "tax.ts", old_str: "1", new_str: "2" }),
    ]),
    event(3, "tool.execution_start", { toolCallId: "t1", toolName: "create", arguments: {} }),
    done(4, "t1", { result: { content: "Created" } }),
    done(5, "t2", {
      result: { content: "ok", detailedContent: "\n--- a/tax.ts\n+++ b/tax.ts\n@@ -1,1 +1,1 @@\n-const tax = 1;\n+const tax = 2;\n" },
    }),
    answer(6, [use("t3", "bash", { command: "git commit -am x" }), use("t4", "task", { prompt: "look" })]),
    done(7, "t3", { result: { content: "[main 1a2b3c4] x\n 1 file changed" }, shellExecution: { exitCode: 0 } }),
    done(8, "t4", { toolName: "task", result: { content: "found" } }),
    event(9, "assistant.message", { messageId: "m9", toolRequests: [use("t5", "view", { path: "/code/shop/tax.ts" })] }, { agentId: "t4" }),
    done(10, "t5", { success: false, error: { message: "gone" } }),
  );
  const { facts, problems } = await read();
  expect(facts.flatMap((fact) => (fact.kind === "turn" ? [`${fact.key} ${fact.promptLength}`] : []))).toEqual(["e1 13"]);
  expect(facts.flatMap((fact) => (fact.kind === "call" ? [`${fact.callId} ${fact.activity} ${fact.agentId ?? "main"}`] : []))).toEqual([
    "t1 edit main",
    "t2 edit main",
    "t3 commit main",
    "t4 delegate main",
    "t5 read t4",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "call_result" ? [`${fact.callId} ${fact.status} ${fact.startedAgentId}`] : []))).toEqual([
    "t1 ok null",
    "t2 ok null",
    "t3 ok null",
    "t4 ok t4",
    "t5 error null",
  ]);
  expect(
    facts.flatMap((fact) =>
      fact.kind === "write" ? [`${fact.path} ${fact.operation} ${fact.quality} ${fact.diff.lines.folded.length}`] : [],
    ),
  ).toEqual(["/code/shop/tax.ts create logged 1", "/code/shop/tax.ts edit logged 2"]);
  expect(facts.find((fact) => fact.kind === "commit_mention")).toMatchObject({ hash: "1a2b3c4" });
  expect(facts.find((fact) => fact.kind === "session")).toMatchObject({ session: "c1", agentVersion: "1.0.91", branch: "main" });
  expect(problems).toEqual([]);
});
