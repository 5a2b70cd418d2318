/** A file by each agent that keeps a database or the storage of an editor, committed together: every line is linked, every token counted once. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { bubble, composer, cursorSchema } from "../../src/sources/cursor/invented-conversation.ts";
import { gooseSchema } from "../../src/sources/goose/invented-session.ts";
import { message, openCodeSchema, part } from "../../src/sources/opencode/invented-session.ts";
import { type InventedRow, writeDatabase } from "../../src/sources/test-database.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const cwd = repository.dir;
let home: string;
let assay: Assay;
let landing: string;

const agents = ["cline", "copilot-cli", "cursor", "goose", "kilo", "opencode", "roo"] as const;
type Agent = (typeof agents)[number];
const textOf = (agent: Agent): string =>
  Array.from({ length: 3 }, (_, i) => `export const ${agent.replace("-", "_")}${i} = moor(${i}, "east");\n`).join("");
const pathOf = (agent: Agent): string => join(cwd, `${agent}.ts`);
const at = (time: string): string => `2026-01-03T${time}.000Z`;
const ms = (time: string): number => Date.parse(at(time));

function put(path: string, content: string): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeFileSync(join(home, path), content);
}

function putDatabase(path: string, schema: string, rows: readonly InventedRow[]): void {
  mkdirSync(dirname(join(home, path)), { recursive: true });
  writeDatabase(join(home, path), schema, rows);
}

/** A task of Cline or what was made from it: one request of 1,000 tokens of output that writes its file. */
function putTask(agent: Agent, extension: string): void {
  const folder = `.config/Code/User/globalStorage/${extension}/tasks/s-${agent}`;
  const usage = { tokensIn: 0, tokensOut: 1000, request: `# Current Working Directory (${cwd}) Files\n<model>claude-sonnet-4-5</model>` };
  const use = { type: "tool_use", id: `t-${agent}`, name: "write_to_file", input: { path: `${agent}.ts`, content: textOf(agent) } };
  put(
    `${folder}/ui_messages.json`,
    JSON.stringify([
      { ts: ms("11:00:00"), type: "say", say: "text", text: "Moor" },
      { ts: ms("11:00:03"), type: "say", say: "api_req_started", text: JSON.stringify(usage) },
    ]),
  );
  put(
    `${folder}/api_conversation_history.json`,
    JSON.stringify([
      { role: "assistant", ts: ms("11:00:04"), content: [use] },
      { role: "user", ts: ms("11:00:05"), content: [{ type: "tool_result", tool_use_id: use.id, content: "saved" }] },
    ]),
  );
}

function putOpenCode(): void {
  const tokens = { input: 0, output: 1000, reasoning: 0, cache: { read: 0, write: 0 } };
  const info = {
    role: "assistant",
    time: { created: ms("11:00:03"), completed: ms("11:00:04") },
    modelID: "claude-sonnet-4-5",
    providerID: "anthropic",
    tokens,
  };
  const state = {
    status: "completed",
    input: { filePath: pathOf("opencode"), content: textOf("opencode") },
    output: "ok",
    metadata: { exists: false },
    time: { start: ms("11:00:04"), end: ms("11:00:04") },
  };
  putDatabase(".local/share/opencode/opencode.db", openCodeSchema, [
    { table: "session", id: "s-opencode", directory: cwd, version: "1.2.0", time_created: ms("11:00:00"), time_updated: 1 },
    message("msg_1", "s-opencode", info),
    part("prt_1", "msg_1", { type: "tool", tool: "write", callID: "c", state }, "s-opencode"),
  ]);
  // The older store has the same message under the same id.
  put(".local/share/opencode/storage/message/s-opencode/msg_1.json", JSON.stringify({ id: "msg_1", sessionID: "s-opencode", ...info }));
}

/** One response, told by its row and by the total of its session. */
function putCopilot(): void {
  const schema = `CREATE TABLE assistant_usage_events (id INTEGER PRIMARY KEY, session_id TEXT, model TEXT, input_tokens INTEGER, output_tokens INTEGER,
    created_at TEXT)`;
  putDatabase(".copilot/session-store.db", schema, [
    {
      table: "assistant_usage_events",
      id: 1,
      session_id: "s-copilot-cli",
      model: "gpt-5.2",
      input_tokens: 0,
      output_tokens: 1000,
      created_at: at("11:00:03"),
    },
  ]);
  const given = { path: pathOf("copilot-cli"), file_text: textOf("copilot-cli") };
  const events = [
    { type: "session.start", timestamp: at("11:00:00"), data: { sessionId: "s-copilot-cli", context: { cwd } } },
    { type: "user.message", timestamp: at("11:00:01"), id: "u", data: { content: "Moor" } },
    {
      type: "assistant.message",
      timestamp: at("11:00:04"),
      data: { toolRequests: [{ toolCallId: "t", name: "create", arguments: given }] },
    },
    { type: "tool.execution_complete", timestamp: at("11:00:05"), data: { toolCallId: "t", success: true, result: { content: "ok" } } },
    {
      type: "session.shutdown",
      timestamp: at("11:00:06"),
      data: { modelMetrics: { "gpt-5.2": { requests: { count: 1 }, usage: { inputTokens: 0, outputTokens: 1000 } } } },
    },
  ];
  put(".copilot/session-state/s-copilot-cli/events.jsonl", events.map((event) => `${JSON.stringify(event)}\n`).join(""));
}

function putGoose(): void {
  const call = { name: "developer__text_editor", arguments: { command: "write", path: pathOf("goose"), file_text: textOf("goose") } };
  const said = (id: number, role: string, time: string, content: object): InventedRow => ({
    table: "messages",
    id,
    session_id: "s-goose",
    role,
    created_timestamp: ms(time) / 1000,
    content_json: [content],
  });
  putDatabase(".local/share/goose/sessions/sessions.db", gooseSchema, [
    {
      table: "sessions",
      id: "s-goose",
      working_dir: cwd,
      created_at: "2026-01-03 11:00:00",
      provider_name: "anthropic",
      model_config_json: { model_name: "claude-opus-4-5" },
      accumulated_input_tokens: 0,
      accumulated_output_tokens: 1000,
    },
    said(1, "user", "11:00:01", { type: "text", text: "Moor" }),
    said(2, "assistant", "11:00:04", { type: "toolRequest", id: "g", toolCall: { status: "success", value: call } }),
    said(3, "user", "11:00:05", { type: "toolResponse", id: "g", toolResult: { status: "success", value: [] } }),
  ]);
}

function putCursor(): void {
  const call = {
    toolCallId: "cu",
    name: "write",
    status: "completed",
    result: "{}",
    rawArgs: JSON.stringify({ file_path: pathOf("cursor"), contents: textOf("cursor") }),
  };
  putDatabase(".config/Cursor/User/globalStorage/state.vscdb", cursorSchema, [
    composer("s-cursor", { createdAt: ms("11:00:00") }),
    bubble("s-cursor", "b1", { type: 1, createdAt: at("11:00:01"), text: "Moor" }),
    bubble("s-cursor", "b2", { type: 2, createdAt: at("11:00:04"), toolFormerData: call, tokenCount: { inputTokens: 0, outputTokens: 0 } }),
  ]);
}

const puts: readonly (() => void)[] = [
  () => putTask("cline", "saoudrizwan.claude-dev"),
  () => putTask("roo", "rooveterinaryinc.roo-cline"),
  () => putTask("kilo", "kilocode.kilo-code"),
  putOpenCode,
  putCopilot,
  putGoose,
  putCursor,
];

/** A home with what some of the agents keep. */
function homeOf(chosen: readonly (() => void)[]): string {
  home = scratch.next("home");
  for (const one of chosen) one();
  return home;
}

let store: string;

beforeAll(async () => {
  repository.commit({ "README.md": "The harbour.\n" }); // 2 January, noon
  landing = repository.commit(Object.fromEntries(agents.map((agent) => [`${agent}.ts`, textOf(agent)]))); // 3 January, noon
  repository.git("tag", "v1.0.0");
  for (let day = 4; day <= 30; day++) repository.commit({}, "wait");
  store = await makeStore(scratch.next());
  expect((await importInto(store, { home: homeOf(puts) })).problems.map(({ code }) => code)).toEqual([]);
  assay = openStore(store);
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

it("links the lines of every agent to the commit they came into", async () => {
  const { links } = await assay.audit({ asOf: null, links: true });
  expect(links?.map(({ session, commit, grade, lines }) => [session, commit, grade, lines]).sort()).toEqual(
    agents.map((agent) => [`s-${agent}`, landing, "B", 3]).sort(),
  );
});

it("prices a thousand tokens of output of each, where its file tells any", async () => {
  const { rows } = await assay.query({ measures: ["spend"], by: ["agent", "fate"] }, { asOf: null });
  expect(rows.map(({ agent, fate, spend }) => [agent, fate, spend]).sort()).toEqual([
    ["cline", "stuck", "15000000"], // 15 dollars a million
    ["copilot-cli", "stuck", "14000000"],
    ["cursor", "stuck", null], // not told
    ["goose", "stuck", "25000000"],
    ["kilo", "stuck", "15000000"],
    ["opencode", "stuck", "15000000"],
    ["roo", "stuck", "15000000"],
  ]);
});

it("counts what a row and a total, or a database and a file, both tell once", async () => {
  const { rows } = await assay.query({ measures: ["usages", "tokens_output"], by: ["agent"] }, { asOf: null });
  const told = rows.map(({ agent, usages, tokens_output: output }) => [agent, usages, output]).sort();
  expect(told).toEqual(agents.map((agent) => [agent, 1, agent === "cursor" ? 0 : 1000]));
});

it("makes the same store in another order, in parts and told twice", async () => {
  const other = await makeStore(scratch.next());
  for (const chosen of [puts.slice(4), [...puts].reverse(), puts.slice(0, 5)]) await importInto(other, { home: homeOf(chosen) });
  expect(differences(await dumpStore(store), await dumpStore(other))).toEqual([]);
}, 60_000);
