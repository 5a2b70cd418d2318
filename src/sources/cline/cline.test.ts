import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import { kilo } from "../kilo/index.ts";
import { roo } from "../roo/index.ts";
import type { Source } from "../source.ts";
import { type Reading, joinFacts, envOfHome, readSource } from "../testkit.ts";
import { cline } from "./index.ts";
import { blocksOf } from "./tools.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-cline-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = () => envOfHome(home);

/** Seconds of an invented morning. */
const at = (seconds: number, day = 2): number => Date.UTC(2026, 0, day, 10, 0, seconds);
const task = ".config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/1767348000000";

function put(path: string, value: unknown): void {
  const file = join(home, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof value === "string" ? value : JSON.stringify(value));
}

const say = (seconds: number, kind: string, text: unknown, more: object = {}): object => ({
  ts: at(seconds),
  type: "say",
  say: kind,
  text: typeof text === "string" ? text : JSON.stringify(text),
  ...more,
});
const request = (seconds: number, usage: object, more: object = {}): object =>
  say(seconds, "api_req_started", { request: "…", ...usage }, more);
const read = (source: Source = cline, from: Reading | null = null): Promise<Reading> => readSource(source, env(), from);

const sightings = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) => {
    if (fact.kind !== "sighting") return [];
    const { counts } = fact;
    return [
      `${fact.messageId} ${fact.provider}/${fact.model} in ${counts.input} read ${counts.cacheRead} write ${counts.cacheWrite5m} out ${counts.output} ${fact.outputQuality} ${fact.reportedCostNanoUsd}${fact.grain === undefined ? "" : ` ${fact.grain}`}`,
    ];
  });

test("counts a request once, its cache beside its input, with the model of its time", async () => {
  put(`${task}/ui_messages.json`, [
    say(1, "task", "Raise the tax"),
    request(2, { tokensIn: 12, tokensOut: 340, cacheWrites: 700, cacheReads: 9000, cost: 0.0123 }),
    say(3, "text", "I will"),
    request(10, { tokensIn: 5, tokensOut: 60, cacheWrites: 0, cacheReads: 9700, cost: 0.004 }),
    request(20, {}), // not answered yet
  ]);
  put(`${task}/task_metadata.json`, {
    model_usage: [
      { ts: at(1), model_id: "claude-sonnet-4-5", model_provider_id: "anthropic", mode: "plan" },
      { ts: at(9), model_id: "claude-opus-4-6", model_provider_id: "anthropic", mode: "act" },
    ],
  });
  const { facts, problems } = await read();
  expect(sightings(facts)).toEqual([
    `1767348000000:${at(2)} anthropic/claude-sonnet-4-5 in 12 read 9000 write 700 out 340 final 12300000`,
    `1767348000000:${at(10)} anthropic/claude-opus-4-6 in 5 read 9700 write 0 out 60 final 4000000`,
  ]);
  expect(facts.find((fact) => fact.kind === "turn")).toMatchObject({ instant: at(1), promptLength: 13 });
  expect(problems).toEqual([]);
});

test("takes what early versions told at a request's end for that request", async () => {
  put(`${task}/ui_messages.json`, [
    say(1, "task", "x"),
    request(2, {}),
    say(3, "text", "Half a", { partial: true }),
    say(4, "api_req_finished", { tokensIn: 10, tokensOut: 4, cacheReads: 3, cacheWrites: 2, cost: 0.01 }),
  ]);
  expect(sightings((await read()).facts)).toEqual([`1767348000000:${at(2)} null/unknown in 10 read 3 write 2 out 4 final 10000000`]);
});

test("takes cached tokens out of the input for providers that count them in", async () => {
  put(`${task}/ui_messages.json`, [
    say(1, "task", "x"),
    request(2, { tokensIn: 1000, tokensOut: 10, cacheReads: 800 }, { modelInfo: { providerId: "litellm", modelId: "gpt-5.5" } }),
    request(3, { tokensIn: 1000, tokensOut: 10, cacheReads: 800 }, { modelInfo: { providerId: "openrouter", modelId: "gpt-5.5" } }),
  ]);
  expect(sightings((await read()).facts).map((line) => line.split(" ").slice(1, 6).join(" "))).toEqual([
    "litellm/gpt-5.5 in 200 read 800",
    "openrouter/gpt-5.5 in 1000 read 800",
  ]);
});

test.each([
  // From its release of 1 November 2025 on Roo logs the whole prompt: 9712 = 12 + 9000 + 700.
  ["the whole prompt since release 3.29.5", Date.UTC(2025, 11, 1), { tokensIn: 9712, apiProtocol: "anthropic" }],
  ["the rest alone before", Date.UTC(2025, 8, 1), { tokensIn: 12, apiProtocol: "anthropic" }],
  ["the whole prompt of the other protocol at all times", Date.UTC(2025, 8, 1), { tokensIn: 9712, apiProtocol: "openai" }],
])("reads Roo's input as %s", async (_, ts, usage) => {
  const request = {
    ts,
    type: "say",
    say: "api_req_started",
    text: JSON.stringify({ tokensOut: 1, cacheWrites: 700, cacheReads: 9000, ...usage }),
  };
  put(".config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/tasks/t1/ui_messages.json", [
    { ts, type: "say", say: "text", text: "go" },
    request,
  ]);
  put(".config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/tasks/t1/api_conversation_history.json", [
    {
      role: "user",
      ts,
      content: [
        { type: "text", text: "<environment_details>\n# Current Workspace Directory (/code/shop) Files\n<model>claude-sonnet-4</model>" },
      ],
    },
  ]);
  put(".config/VSCodium/User/globalStorage/rooveterinaryinc.roo-cline/tasks/t1/history_item.json", { parentTaskId: "t0" });
  const { facts } = await read(roo);
  expect(sightings(facts).map((line) => line.split(" ").slice(1, 8).join(" "))).toEqual(["null/claude-sonnet-4 in 12 read 9000 write 700"]);
  expect(facts.find((fact) => fact.kind === "session")).toMatchObject({
    agent: "roo",
    session: "t1",
    parentSession: "t0",
    cwd: "/code/shop",
  });
});

test("counts a task that stands in two places once", async () => {
  const shown = [say(1, "task", "x"), request(2, { tokensIn: 12, tokensOut: 3, cost: 0.1 })];
  put(`${task}/ui_messages.json`, shown);
  put(".cline/data/tasks/1767348000000/ui_messages.json", shown);
  const { facts, checkpoints } = await read();
  expect(checkpoints.size).toBe(2);
  expect(sightings(facts)).toHaveLength(2);
  expect(joinFacts(facts).filter((fact) => fact.kind === "sighting")).toHaveLength(1);
});

test("tells what going back deleted as a total of the session", async () => {
  put(`${task}/ui_messages.json`, [
    say(1, "task", "x"),
    request(2, { tokensIn: 100, tokensOut: 10, cacheReads: 50, cost: 0.1 }),
    say(3, "deleted_api_reqs", { tokensIn: 300, tokensOut: 30, cacheWrites: 7, cacheReads: 0, cost: 0.3 }),
  ]);
  expect(sightings((await read()).facts)).toEqual([
    `1767348000000:${at(2)} null/unknown in 100 read 50 write 0 out 10 final 100000000`,
    "cline:1767348000000:unknown null/unknown in 400 read 50 write 7 out 40 final null session",
  ]);
});

const writes = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) =>
    fact.kind === "write" ? [`${fact.path} ${fact.operation} ${fact.quality} ${fact.diff.lines.folded.length} lines`] : [],
  );

test("reads calls by tags: what they changed, which were refused, what a command printed", async () => {
  put(`${task}/ui_messages.json`, [
    say(1, "task", "x"),
    request(2, { tokensIn: 1, tokensOut: 1, request: "# Current Working Directory (/code/shop) Files" }),
    say(3, "tool", { tool: "newFileCreated", path: "due.ts", content: "a" }),
  ]);
  const answer = (seconds: number, text: string): object => ({ role: "assistant", ts: at(seconds), content: [{ type: "text", text }] });
  const end = (seconds: number, tool: string, text: string): object => ({
    role: "user",
    ts: at(seconds),
    content: [
      { type: "text", text: `[${tool}] Result:` },
      { type: "text", text },
      { type: "text", text: "<environment_details>…" },
    ],
  });
  put(`${task}/api_conversation_history.json`, [
    { role: "user", ts: at(1), content: [{ type: "text", text: "<task>x</task>" }] },
    answer(
      4,
      "<write_to_file>\n<path>due.ts</path>\n<content>\nexport const due = '<path>x</path>';\nexport const paid = 0;\n</content>\n</write_to_file>",
    ),
    end(5, "write_to_file for 'due.ts'", "The content was successfully saved to due.ts."),
    answer(
      6,
      "<replace_in_file><path>due.ts</path><diff>\n------- SEARCH\nexport const paid = 0;\n=======\nexport const paid = 1;\n+++++++ REPLACE\n</diff></replace_in_file>",
    ),
    end(7, "replace_in_file for 'due.ts'", "The content was successfully saved to due.ts."),
    answer(8, "<write_to_file><path>no.ts</path><content>no</content></write_to_file>"),
    end(9, "write_to_file for 'no.ts'", "The user denied this operation."),
    answer(10, "<execute_command><command>git commit -am x</command></execute_command>"),
    end(11, "execute_command for 'git commit -am x'", "Command executed.\nOutput:\n[main 1a2b3c4] x\n 1 file changed"),
    answer(12, "<read_file><path>due.ts</path></read_file>"), // no result: it was interrupted
  ]);
  const { facts, problems } = await read();
  expect(writes(facts)).toEqual(["/code/shop/due.ts create logged 2 lines", "/code/shop/due.ts edit replayed 2 lines"]);
  const calls = facts.flatMap((fact) => (fact.kind === "call" ? [`${fact.tool} ${fact.activity} of ${fact.messageId?.slice(-3)}`] : []));
  expect(calls).toEqual([
    "write_to_file edit of 000",
    "replace_in_file edit of 000",
    "write_to_file edit of 000",
    "execute_command commit of 000",
    "read_file read of 000",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "call_result" ? [fact.status] : []))).toEqual(["ok", "ok", "error", "ok"]);
  expect(facts.find((fact) => fact.kind === "commit_mention")).toMatchObject({ hash: "1a2b3c4", branch: "main" });
  expect(problems).toEqual([]);
});

test("reads calls of the API's own kind", async () => {
  put(`${task}/ui_messages.json`, [say(1, "task", "x"), request(2, { tokensIn: 1, tokensOut: 1 })]);
  const use = (id: string, name: string, input: object): object => ({ type: "tool_use", id, name, input });
  put(`${task}/api_conversation_history.json`, [
    {
      role: "assistant",
      content: [
        use("toolu_1", "search_and_replace", { path: "/a.ts", search: "x", replace: "y" }),
        use("toolu_2", "insert_content", { path: "/b.ts", line: "3", content: "one\ntwo" }),
        use("toolu_3", "execute_command", { command: "cargo test" }),
        use("toolu_4", "use_mcp_tool", { server_name: "hub", tool_name: "create_pull_request" }),
      ],
    },
    {
      role: "user",
      content: [
        { type: "tool_result", tool_use_id: "toolu_1", content: "ok" },
        { type: "tool_result", tool_use_id: "toolu_2", content: [{ type: "text", text: "ok" }] },
        {
          type: "tool_result",
          tool_use_id: "toolu_3",
          content: "Exit code: 101\nOutput:\ntest result: FAILED. 3 passed; 1 failed; 0 ignored",
        },
      ],
    },
  ]);
  const { facts } = await read();
  expect(writes(facts)).toEqual(["/a.ts edit estimated 2 lines", "/b.ts edit logged 2 lines"]);
  expect(facts.find((fact) => fact.kind === "call_result" && fact.callId === "toolu_3")).toMatchObject({
    status: "error",
    exitCode: 101,
    testsPassed: 3,
    testsFailed: 1,
  });
  expect(facts.find((fact) => fact.kind === "call" && fact.callId === "toolu_4")).toMatchObject({ activity: "open_change" });
});

test("reads blocks of old and new lines as Roo marks them too", () => {
  const roo = "<<<<<<< SEARCH\n:start_line:7\n-------\nold\n\n=======\nnew\n>>>>>>> REPLACE\n\n<<<<<<< SEARCH\na\n=======\n>>>>>>> REPLACE";
  expect(blocksOf(roo)).toEqual([
    { from: "old\n\n", to: "new\n" },
    { from: "a\n", to: "" },
  ]);
});

test("reads the sessions of newer versions: the whole prompt is logged, and a sub-agent is named in its session", async () => {
  const sessions = ".cline/data/sessions/1767_ab";
  const answer = (id: string, seconds: number): object => ({
    id,
    role: "assistant",
    ts: at(seconds),
    modelInfo: { id: "claude-sonnet-4-5", provider: "anthropic" },
    metrics: { inputTokens: 9712, outputTokens: 340, cacheReadTokens: 9000, cacheWriteTokens: 700, cost: 0.0123 },
    content: [
      { type: "tool_use", id: `call_${id}`, name: "editor", input: { path: "/code/shop/tax.ts", old_text: "a\n", new_text: "b\nc\n" } },
    ],
  });
  const ended = (id: string, seconds: number): object => ({
    role: "user",
    ts: at(seconds),
    content: [{ type: "tool_result", tool_use_id: `call_${id}`, content: "ok" }],
  });
  put(`${sessions}/1767_ab.messages.json`, {
    version: 1,
    sessionId: "1767_ab",
    messages: [{ id: "m1", role: "user", ts: at(1), content: "Raise the tax" }, answer("m2", 2), ended("m2", 3)],
  });
  put(`${sessions}/agent1.messages.json`, {
    sessionId: "1767_ab__agent1",
    messages: [{ id: "m8", role: "user", ts: at(2), content: "go" }, answer("m9", 4)],
  });
  put(`${sessions}/1767_ab.json`, { session_id: "1767_ab", cwd: "/code/shop" });
  const { facts } = await read();
  expect(sightings(facts)).toEqual([
    "m2 anthropic/claude-sonnet-4-5 in 12 read 9000 write 700 out 340 final 12300000",
    "m9 anthropic/claude-sonnet-4-5 in 12 read 9000 write 700 out 340 final 12300000",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "sighting" ? [[fact.session, fact.agentId, fact.cwd]] : []))).toEqual([
    ["1767_ab", null, "/code/shop"],
    ["1767_ab", "agent1", "/code/shop"],
  ]);
  expect(facts.filter((fact) => fact.kind === "turn")).toHaveLength(1);
  expect(writes(facts)).toEqual(["/code/shop/tax.ts edit estimated 3 lines"]);
});

test("reads what is around damage, and counts it", async () => {
  const shown = JSON.stringify([
    say(1, "task", "x"),
    request(2, { tokensIn: 12, tokensOut: 3 }),
    request(4, { tokensIn: 7, tokensOut: 1 }),
  ]);
  put(`${task}/ui_messages.json`, shown.replace('"type":"say","say":"api_req_started"', '"type":"say","say":"api_re'));
  const { facts, problems } = await read();
  expect(sightings(facts).map((line) => line.split(" ").slice(2, 4).join(" "))).toEqual(["in 7"]);
  expect(problems.map(({ code, severity }) => `${code} ${severity}`)).toEqual(["torn_record lost"]);
});

test("reads Kilo's tasks in an editor and the sessions of its command line under one name", async () => {
  put(".config/Code/User/globalStorage/kilocode.kilo-code/tasks/t1/ui_messages.json", [
    say(1, "text", "x"),
    request(2, { tokensIn: 12, tokensOut: 3 }),
  ]);
  put(".local/share/kilo/storage/message/ses_1/msg_1.json", {
    role: "assistant",
    time: { created: at(2), completed: at(3) },
    modelID: "kilo/auto",
    providerID: "kilo",
    tokens: { input: 7, output: 1, reasoning: 0, cache: { read: 0, write: 0 } },
  });
  const { facts } = await read(kilo);
  expect(facts.flatMap((fact) => (fact.kind === "sighting" ? [`${fact.agent} ${fact.session} ${fact.counts.input}`] : []))).toEqual([
    "kilo t1 12",
    "kilo ses_1 7",
  ]);
});
