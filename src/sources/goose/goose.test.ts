import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import { type InventedRow, writeDatabase } from "../test-database.ts";
import { type Reading, envOfHome, readSource } from "../testkit.ts";
import { goose } from "./index.ts";
import { gooseSchema, at, message, session } from "./invented-session.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-goose-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = () => envOfHome(home);

async function read(rows: readonly InventedRow[], from: Reading | null = null, schema = gooseSchema): Promise<Reading> {
  const path = join(home, ".local/share/goose/sessions/sessions.db");
  mkdirSync(dirname(path), { recursive: true });
  writeDatabase(path, schema, rows);
  return readSource(goose, env(), from);
}

const sightings = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) => {
    if (fact.kind !== "sighting") return [];
    const { input, cacheRead, cacheWrite5m, output } = fact.counts;
    return [
      `${fact.messageId} ${fact.provider}/${fact.model} in ${input} read ${cacheRead} write ${cacheWrite5m} out ${output} ${fact.reportedCostNanoUsd} ${fact.grain ?? "response"}`,
    ];
  });

const ledger = (id: number, more: Readonly<Record<string, unknown>>): InventedRow => ({
  table: "usage_ledger",
  id,
  session_id: "s1",
  created_timestamp: at(10) / 1000,
  model: "claude-sonnet-4-5",
  ...more,
});

test("tells a total of a session where there is nothing finer, from when the session began", async () => {
  const { facts } = await read([
    session("s1", { accumulated_input_tokens: 1000, accumulated_output_tokens: 50, accumulated_total_tokens: 1050 }),
  ]);
  expect(sightings(facts)).toEqual(["goose:s1:claude-sonnet-4-5 anthropic/claude-sonnet-4-5 in 1000 read 0 write 0 out 50 null session"]);
  expect(facts.find((fact) => fact.kind === "sighting")).toMatchObject({ instant: at(0), cwd: "/code/shop" });
});

test("tells the responses of the ledger beside the total, which counts for what they leave", async () => {
  const { facts } = await read([
    session("s1", {
      accumulated_input_tokens: 1000,
      accumulated_output_tokens: 50,
      accumulated_cache_read_tokens: 700,
      accumulated_total_tokens: 1050,
    }),
    ledger(1, { input_tokens: 1000, output_tokens: 50, cache_read_tokens: 700, total_tokens: 1050, cost: 0.25 }),
  ]);
  expect(sightings(facts)).toEqual([
    "s1:1 anthropic/claude-sonnet-4-5 in 300 read 700 write 0 out 50 250000000 response",
    "goose:s1:claude-sonnet-4-5 anthropic/claude-sonnet-4-5 in 300 read 700 write 0 out 50 null session",
  ]);
});

test("leaves out of a session's total what other models used, by the ledger", async () => {
  const { facts } = await read([
    session("s1", { accumulated_input_tokens: 1000, accumulated_output_tokens: 50 }),
    ledger(1, { input_tokens: 400, output_tokens: 20, model: "gpt-5.5" }),
  ]);
  expect(sightings(facts)).toEqual([
    "s1:1 anthropic/gpt-5.5 in 400 read 0 write 0 out 20 null response",
    "goose:s1:claude-sonnet-4-5 anthropic/claude-sonnet-4-5 in 600 read 0 write 0 out 30 null session",
  ]);
});

test.each([
  ["inside the input", { input_tokens: 1000, cache_read_tokens: 700, output_tokens: 50, total_tokens: 1050 }, 300],
  ["beside the input", { input_tokens: 300, cache_read_tokens: 700, output_tokens: 50, total_tokens: 1050 }, 300],
  ["beside the input where there is no total, as they are more", { input_tokens: 300, cache_read_tokens: 700, output_tokens: 50 }, 300],
])("takes cached tokens %s, as the total tells", async (_, usage, input) => {
  const { facts } = await read([session("s1"), ledger(1, usage)]);
  expect(facts.find((fact) => fact.kind === "sighting")).toMatchObject({ counts: { input, cacheRead: 700, output: 50 } });
});

test("reads prompts, calls and what the developer tools changed", async () => {
  const request = (id: string, name: string, given: object): object => ({
    type: "toolRequest",
    id,
    toolCall: { status: "success", value: { name, arguments: given } },
  });
  const response = (id: string, text: string, more: object = {}): object => ({
    type: "toolResponse",
    id,
    toolResult: { status: "success", value: [{ type: "text", text }], ...more },
  });
  const { facts, problems } = await read([
    session("s1"),
    message(1, "user", [{ type: "text", text: "Raise the tax" }]),
    message(2, "assistant", [
      request("t1", "developer__text_editor", { command: "write", path: "tax.ts", file_text: "const tax = 1;\n" }),
      request("t2", "developer__text_editor", { command: "str_replace", path: "/code/shop/tax.ts", old_str: "1", new_str: "2" }),
      request("t3", "developer__shell", { command: "cargo test" }),
      request("t4", "developer__text_editor", { command: "view", path: "/code/shop/tax.ts" }),
    ]),
    message(3, "user", [
      response("t1", "ok"),
      response("t2", "ok"),
      response("t3", "test result: ok. 3 passed; 0 failed; 0 ignored"),
      response("t4", "", { status: "error", value: undefined, error: "gone" }),
    ]),
    message(4, "user", [{ type: "text", text: "What was said before" }], { metadata_json: { userVisible: false } }),
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "turn" ? [`${fact.key} ${fact.promptLength}`] : []))).toEqual(["m1 13"]);
  expect(facts.flatMap((fact) => (fact.kind === "call" ? [`${fact.callId} ${fact.activity}`] : []))).toEqual([
    "t1 edit",
    "t2 edit",
    "t3 test",
    "t4 read",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "call_result" ? [`${fact.callId} ${fact.status} ${fact.testsPassed}`] : []))).toEqual([
    "t1 ok null",
    "t2 ok null",
    "t3 ok 3",
    "t4 error null",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "write" ? [`${fact.path} ${fact.quality} ${fact.diff.lines.folded.length}`] : []))).toEqual(
    ["/code/shop/tax.ts estimated 1", "/code/shop/tax.ts replayed 2"],
  );
  expect(problems).toEqual([]);
});

test("keeps the session of a sub-agent beside the one that set it going", async () => {
  const used = { accumulated_input_tokens: 10, accumulated_output_tokens: 5 };
  const { facts } = await read([
    session("s1", used),
    session("s2", { ...used, parent_session_id: "s1" }),
    message(1, "user", [{ type: "text", text: "look" }], { session_id: "s2" }),
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "session" ? [[fact.session, fact.parentSession]] : []))).toEqual([
    ["s1", null],
    ["s2", "s1"],
  ]);
  expect(facts.filter((fact) => fact.kind === "turn")).toEqual([]);
  expect(sightings(facts)).toHaveLength(2);
});

test("reads again only sessions whose total, messages or ledger changed", async () => {
  const used = { accumulated_input_tokens: 10, accumulated_output_tokens: 5 };
  const first = await read([session("s1", used), session("s2", used)]);
  const second = await read([session("s1", used), session("s2", { ...used, accumulated_output_tokens: 9 })], first);
  expect(sightings(second.facts)).toEqual([
    "goose:s2:claude-sonnet-4-5 anthropic/claude-sonnet-4-5 in 10 read 0 write 0 out 9 null session",
  ]);
});

test("reads databases of older versions, which know no model", async () => {
  const old = `CREATE TABLE sessions (id TEXT PRIMARY KEY, working_dir TEXT, created_at TIMESTAMP, updated_at TIMESTAMP, accumulated_input_tokens INTEGER,
    accumulated_output_tokens INTEGER, accumulated_total_tokens INTEGER)`;
  const row = {
    table: "sessions",
    id: "s1",
    working_dir: "/code/shop",
    created_at: "2026-01-02 10:00:00",
    accumulated_input_tokens: 10,
    accumulated_output_tokens: 5,
  };
  expect(sightings((await read([row], null, old)).facts)).toEqual([
    "goose:s1:unknown null/unknown in 10 read 0 write 0 out 5 null session",
  ]);
});
