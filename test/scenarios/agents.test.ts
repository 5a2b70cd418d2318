/** A file by each agent, committed together: what every agent wrote is linked, and its dollars end where its lines did. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { keepRequest } from "../../src/sources/otlp/records.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const cwd = repository.dir;
let assay: Assay;
let landing: string;

const agents = ["codex", "gemini-cli", "qwen-code", "pi", "amp", "kimi", "droid"] as const;
const linesOf = (agent: string): string[] =>
  Array.from({ length: 3 }, (_, i) => `export const ${agent.replace("-", "_")}${i} = moor(${i}, "east");`);
const textOf = (agent: string): string => `${linesOf(agent).join("\n")}\n`;
const pathOf = (agent: string): string => join(cwd, `${agent}.ts`);
const at = (time: string): string => `2026-01-03T${time}.000Z`;
const ms = (time: string): number => Date.parse(at(time));
const lines = (...records: readonly unknown[]): string => records.map((record) => `${JSON.stringify(record)}\n`).join("");

/** Logs in which each agent writes its file with a response of 1,000 tokens of output. */
function logs(): Record<string, string> {
  const usage = { input_tokens: 0, cached_input_tokens: 0, output_tokens: 1000, reasoning_output_tokens: 0 };
  const patch = [`*** Begin Patch`, `*** Add File: codex.ts`, ...linesOf("codex").map((line) => `+${line}`), `*** End Patch`].join("\n");
  const written = (agent: string) => ({ file_path: pathOf(agent), content: textOf(agent) });
  return {
    ".codex/sessions/2026/01/03/rollout-2026-01-03T11-00-00-s-codex.jsonl": lines(
      { timestamp: at("11:00:00"), type: "session_meta", payload: { id: "s-codex", cwd, model_provider: "openai" } },
      { timestamp: at("11:00:00"), type: "turn_context", payload: { turn_id: "t1", cwd, model: "gpt-5.2" } },
      { timestamp: at("11:00:01"), type: "event_msg", payload: { type: "user_message", message: "Moor" } },
      {
        timestamp: at("11:00:02"),
        type: "response_item",
        payload: { type: "custom_tool_call", call_id: "c1", name: "apply_patch", input: patch },
      },
      {
        timestamp: at("11:00:03"),
        type: "event_msg",
        payload: { type: "token_count", info: { total_token_usage: usage, last_token_usage: usage } },
      },
      {
        timestamp: at("11:00:04"),
        type: "response_item",
        payload: { type: "custom_tool_call_output", call_id: "c1", output: "Exit code: 0" },
      },
    ),
    ".gemini/tmp/moor/.project_root": cwd,
    ".gemini/tmp/moor/chats/session-2026-01-03T11-00-s.json": JSON.stringify({
      sessionId: "s-gemini-cli",
      messages: [
        { id: "gu", timestamp: at("11:00:00"), type: "user", content: "Moor" },
        {
          id: "gm",
          timestamp: at("11:00:03"),
          type: "gemini",
          model: "gemini-2.5-flash",
          tokens: { input: 0, output: 1000, cached: 0, thoughts: 0, tool: 0, total: 1000 },
          toolCalls: [
            { id: "gc", name: "write_file", args: written("gemini-cli"), status: "success", timestamp: at("11:00:04"), result: [] },
          ],
        },
      ],
    }),
    ".qwen/projects/moor/chats/s-qwen-code.jsonl": lines(
      {
        uuid: "qm",
        sessionId: "s-qwen-code",
        timestamp: at("11:00:03"),
        type: "assistant",
        cwd,
        model: "qwen3-coder-plus",
        message: { role: "model", parts: [{ functionCall: { id: "qc", name: "write_file", args: written("qwen-code") } }] },
        usageMetadata: { promptTokenCount: 0, candidatesTokenCount: 1000, totalTokenCount: 1000 },
      },
      {
        uuid: "qr",
        sessionId: "s-qwen-code",
        timestamp: at("11:00:04"),
        type: "tool_result",
        cwd,
        toolCallResult: { callId: "qc", status: "success" },
      },
    ),
    ".pi/agent/sessions/moor/2026_s-pi.jsonl": lines(
      { type: "session", id: "s-pi", timestamp: at("11:00:00"), cwd },
      {
        type: "message",
        id: "pm",
        message: {
          role: "assistant",
          provider: "anthropic",
          model: "claude-sonnet-4-5",
          timestamp: ms("11:00:03"),
          content: [{ type: "toolCall", id: "pc", name: "write", arguments: { path: "pi.ts", content: textOf("pi") } }],
          usage: { input: 0, output: 1000, cacheRead: 0, cacheWrite: 0 },
        },
      },
      {
        type: "message",
        id: "pr",
        message: { role: "toolResult", toolCallId: "pc", toolName: "write", content: [], timestamp: ms("11:00:04") },
      },
    ),
    ".local/share/amp/threads/T-amp.json": JSON.stringify({
      id: "s-amp",
      created: ms("11:00:00"),
      messages: [
        {
          role: "assistant",
          messageId: 1,
          content: [{ type: "tool_use", id: "ac", name: "create_file", input: { path: pathOf("amp"), content: textOf("amp") } }],
          usage: { model: "claude-sonnet-4-5", timestamp: at("11:00:03"), inputTokens: 0, outputTokens: 1000 },
        },
        { role: "user", messageId: 2, content: [{ type: "tool_result", toolUseID: "ac", run: { status: "done", result: {} } }] },
      ],
      env: { initial: { trees: [{ uri: `file://${cwd}` }] } },
    }),
    ".kimi-code/sessions/wd/s-kimi/state.json": JSON.stringify({ cwd }),
    ".kimi-code/sessions/wd/s-kimi/agents/main/wire.jsonl": lines(
      {
        type: "context.append_loop_event",
        time: ms("11:00:02"),
        event: { type: "tool.call", toolCallId: "kc", name: "Write", args: { path: pathOf("kimi"), content: textOf("kimi") } },
      },
      {
        type: "usage.record",
        time: ms("11:00:03"),
        model: "kimi-k2.5",
        usage: { inputOther: 0, output: 1000, inputCacheRead: 0, inputCacheCreation: 0 },
      },
      {
        type: "context.append_loop_event",
        time: ms("11:00:04"),
        event: { type: "tool.result", toolCallId: "kc", result: { output: "ok" } },
      },
    ),
    ".factory/sessions/moor/s-droid.jsonl": lines(
      { type: "session_start", id: "s-droid", cwd },
      { type: "message", id: "du", timestamp: at("11:00:00"), message: { role: "user", content: "Moor" } },
      {
        type: "message",
        id: "dm",
        timestamp: at("11:00:03"),
        message: { role: "assistant", content: [{ type: "tool_use", id: "dc", name: "Create", input: written("droid") }] },
      },
      {
        type: "message",
        id: "dr",
        timestamp: at("11:00:04"),
        message: { role: "user", content: [{ type: "tool_result", tool_use_id: "dc", content: "ok" }] },
      },
    ),
    ".factory/sessions/moor/s-droid.settings.json": JSON.stringify({
      model: "claude-opus-4-5",
      providerLock: "anthropic",
      tokenUsage: { inputTokens: 0, outputTokens: 1000, cacheReadTokens: 0, cacheCreationTokens: 0, thinkingTokens: 0 },
    }),
  };
}

/** What Codex sends of its one response, by its own clock and without an id, as a server kept it. */
function telemetry(): string {
  const said = {
    "event.name": "codex.sse_event",
    "event.kind": "response.completed",
    "event.timestamp": "2026-01-03T11:00:02.750Z",
    "conversation.id": "s-codex",
    model: "gpt-5.2",
    input_token_count: "0",
    output_token_count: "1000",
  };
  const attributesOf = (told: Readonly<Record<string, string>>) =>
    Object.entries(told).map(([key, stringValue]) => ({ key, value: { stringValue } }));
  const resource = { attributes: attributesOf({ "service.name": "codex_cli_rs" }) };
  const resourceLogs = [{ resource, scopeLogs: [{ logRecords: [{ attributes: attributesOf(said) }] }] }];
  return keepRequest("logs", "json", Buffer.from(JSON.stringify({ resourceLogs })), 1).text;
}

beforeAll(async () => {
  repository.commit({ "README.md": "The harbour.\n" }); // 2 January, noon
  landing = repository.commit(Object.fromEntries(agents.map((agent) => [`${agent}.ts`, textOf(agent)]))); // 3 January, noon
  repository.git("tag", "v1.0.0");
  for (let day = 4; day <= 30; day++) repository.commit({}, "wait");
  const home = scratch.next("home");
  for (const [path, content] of Object.entries(logs())) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    writeFileSync(join(home, path), content);
  }
  const store = await makeStore(scratch.next());
  mkdirSync(join(store, "inbox"));
  writeFileSync(join(store, "inbox", "1-codex.jsonl"), telemetry());
  expect((await importInto(store, { home })).problems.map(({ code }) => code)).toEqual([]);
  assay = openStore(store);
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

it("links the lines of every agent to the commit they came into", async () => {
  const { links } = await assay.audit({ asOf: null, links: true });
  expect(links?.map(({ session, commit, grade, lines: linked }) => [session, commit, grade, linked]).sort()).toEqual(
    agents.map((agent) => [`s-${agent}`, landing, "B", 3]).sort(),
  );
});

it("prices a thousand tokens of output of each at its maker's list, and says where there is none", async () => {
  const { rows } = await assay.query({ measures: ["spend"], by: ["agent", "fate"] }, { asOf: null });
  const told = rows.map(({ agent, fate, spend }) => [agent, fate, spend]).sort();
  expect(told).toEqual([
    ["amp", "stuck", "15000000"], // 15 dollars a million
    ["codex", "stuck", "14000000"],
    ["droid", "stuck", "25000000"],
    ["gemini-cli", "stuck", "2500000"],
    ["kimi", "stuck", "3000000"],
    ["pi", "stuck", "15000000"],
    ["qwen-code", "stuck", null], // not in the list of prices: not known, and not 0
  ]);
  const gaps = await assay.problems();
  expect(JSON.stringify(gaps)).toContain("qwen3-coder-plus");
});

it("counts a response once that a log and telemetry tell", async () => {
  const { rows } = await assay.query({ measures: ["usages", "sightings"], by: ["agent"] }, { asOf: null });
  expect(rows.find(({ agent }) => agent === "codex")).toEqual({ agent: "codex", usages: 1, sightings: 2 });
});

it("tells a session's total from responses", async () => {
  const { rows } = await assay.query({ measures: ["usages", "tokens_output"], by: ["usage_grain"] }, { asOf: null });
  expect([...rows].sort((a, b) => String(a["usage_grain"]).localeCompare(String(b["usage_grain"])))).toEqual([
    { usage_grain: "response", usages: 6, tokens_output: 6000 },
    { usage_grain: "session", usages: 1, tokens_output: 1000 },
  ]);
});
