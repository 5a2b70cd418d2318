import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import { type InventedRow, writeDatabase } from "../test-database.ts";
import { type Reading, envOfHome, readSource } from "../testkit.ts";
import { cursor } from "./index.ts";
import { at, bubble, composer, cursorSchema, value } from "./invented-conversation.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-cursor-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const env = () => envOfHome(home);

async function read(rows: readonly InventedRow[], from: Reading | null = null): Promise<Reading> {
  const path = join(home, ".config/Cursor/User/globalStorage/state.vscdb");
  mkdirSync(dirname(path), { recursive: true });
  writeDatabase(path, cursorSchema, rows);
  return readSource(cursor, env(), from);
}

const sightings = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) =>
    fact.kind === "sighting"
      ? [
          `${fact.messageId} ${fact.model} in ${fact.counts.input} out ${fact.counts.output} ${fact.outputQuality} ${fact.visibleChars} chars`,
        ]
      : [],
  );
const writes = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) =>
    fact.kind === "write" ? [`${fact.path} ${fact.operation} ${fact.quality} ${fact.diff.lines.folded.length}`] : [],
  );

test("tells a turn whose bubbles count nothing as one response nobody observed, not as 0", async () => {
  const { facts } = await read([
    composer("c1", { fullConversationHeadersOnly: [{ bubbleId: "b1" }, { bubbleId: "b2" }, { bubbleId: "b3" }], createdOnBranch: "main" }),
    bubble("c1", "b2", { type: 2, createdAt: at(2), text: "I will", tokenCount: { inputTokens: 0, outputTokens: 0 } }),
    bubble("c1", "b1", { type: 1, createdAt: at(1), text: "Raise the tax", requestId: "r1", workspaceUris: ["file:///code/my%20shop"] }),
    bubble("c1", "b3", { type: 2, createdAt: at(3), thinking: { text: "hm" }, tokenCount: { inputTokens: 0, outputTokens: 0 } }),
  ]);
  expect(sightings(facts)).toEqual(["r1 claude-4.5-sonnet in 0 out 0 not_observed 8 chars"]);
  expect(facts.find((fact) => fact.kind === "turn")).toMatchObject({ key: "b1", promptLength: 13 });
  expect(facts.find((fact) => fact.kind === "session")).toMatchObject({
    session: "c1",
    cwd: "/code/my shop",
    branch: "main",
    firstAt: Date.parse(at(1)),
  });
});

test("counts the bubbles of versions that count", async () => {
  const { facts } = await read([
    composer("c1"),
    bubble("c1", "b1", { type: 1, createdAt: at(1), text: "x" }),
    bubble("c1", "b2", {
      type: 2,
      createdAt: at(2),
      text: "ab",
      tokenCount: { inputTokens: 1000, outputTokens: 50 },
      modelInfo: { modelName: "gpt-5.4" },
    }),
    bubble("c1", "b3", { type: 2, createdAt: at(3), text: "abc", tokenCount: { inputTokens: 0, outputTokens: 0 } }),
  ]);
  expect(sightings(facts)).toEqual(["b2 gpt-5.4 in 1000 out 50 final 2 chars"]);
});

test("reads what edits changed: a diff, contents kept apart, old and new text; a sketch is opaque", async () => {
  const call = (id: string, seconds: number, name: string, given: object, result: object, status = "completed"): InventedRow =>
    bubble("c1", id, {
      type: 2,
      createdAt: at(seconds),
      toolFormerData: { toolCallId: `t_${id}`, name, rawArgs: JSON.stringify(given), result: JSON.stringify(result), status },
    });
  const chunk = { diffString: "  a\n- b\n+ c\n+ d", oldStart: 1, oldLines: 2, newStart: 1, newLines: 3 };
  const { facts, problems } = await read([
    composer("c1"),
    bubble("c1", "b1", { type: 1, createdAt: at(1), text: "x", workspaceUris: ["file:///code/shop"] }),
    call("b2", 2, "edit_file", { target_file: "tax.ts", code_edit: "// …" }, { diff: { chunks: [chunk] } }),
    call("b3", 3, "edit_file_v2", { relativeWorkspacePath: "due.ts" }, { beforeContentId: "one", afterContentId: "two" }),
    value("one", "a\nb\n"),
    value("two", "a\nc\n"),
    call("b4", 4, "search_replace", { file_path: "/code/shop/due.ts", old_string: "c", new_string: "d" }, {}),
    call("b5", 5, "edit_file", { target_file: "pay.ts", code_edit: "// …" }, {}),
    call("b6", 6, "delete_file", { target_file: "old.ts" }, {}),
    call("b7", 7, "write", { file_path: "no.ts", contents: "x" }, {}, "cancelled"),
    call("b8", 8, "run_terminal_cmd", { command: "git commit -am x" }, { output: "[main 1a2b3c4] x\n 1 file changed", exitCode: 0 }),
  ]);
  expect(writes(facts)).toEqual([
    "/code/shop/tax.ts edit logged 3",
    "/code/shop/due.ts edit logged 2",
    "/code/shop/due.ts edit replayed 2",
    "/code/shop/pay.ts opaque opaque 0",
    "/code/shop/old.ts delete opaque 0",
  ]);
  expect(facts.flatMap((fact) => (fact.kind === "call_result" ? [`${fact.callId} ${fact.status}`] : []))).toEqual([
    "t_b2 ok",
    "t_b3 ok",
    "t_b4 ok",
    "t_b5 ok",
    "t_b6 ok",
    "t_b7 error",
    "t_b8 ok",
  ]);
  expect(facts.find((fact) => fact.kind === "commit_mention")).toMatchObject({ hash: "1a2b3c4" });
  expect(problems).toEqual([]);
});

test("reads again only conversations that changed, and a value that is bytes", async () => {
  const rows = (text: string): InventedRow[] => [
    composer("c1"),
    bubble("c1", "b1", { type: 1, createdAt: at(1), text: "x" }),
    composer("c2"),
    { table: "cursorDiskKV", key: "bubbleId:c2:b1", value: Buffer.from(JSON.stringify({ type: 1, createdAt: at(1), text })) },
  ];
  const first = await read(rows("one"));
  expect(first.facts.filter((fact) => fact.kind === "turn")).toHaveLength(2);
  const second = await read(rows("three"), first);
  expect(second.facts.flatMap((fact) => (fact.kind === "turn" ? [[fact.session, fact.promptLength]] : []))).toEqual([["c2", 5]]);
});

test("calls a database of an editor without conversations no problem, and another one unknown", async () => {
  const place = join(home, ".config/Cursor/User/globalStorage/state.vscdb");
  mkdirSync(dirname(place), { recursive: true });
  writeDatabase(place, "CREATE TABLE ItemTable (key TEXT UNIQUE, value BLOB)", []);
  expect((await readSource(cursor, env())).problems).toEqual([]);
  writeDatabase(place, "CREATE TABLE other (id INTEGER)", []);
  expect((await readSource(cursor, env())).problems.map(({ code }) => code)).toEqual(["unknown_schema"]);
});

test("reads transcripts of the agent at the time their file was made, unless the editor tells them", async () => {
  const put = (session: string): void => {
    const path = join(home, `.cursor/projects/code-shop/agent-transcripts/${session}/${session}.jsonl`);
    mkdirSync(dirname(path), { recursive: true });
    const lines = [
      { role: "user", message: { content: [{ type: "text", text: "<user_query>\nRaise the tax\n</user_query>" }] } },
      {
        role: "assistant",
        message: {
          content: [
            { type: "text", text: "ok" },
            { type: "tool_use", name: "StrReplace", input: { path: "/code/shop/tax.ts", old_string: "a", new_string: "b" } },
            { type: "tool_use", name: "Shell", input: { command: "cargo test" } },
          ],
        },
      },
    ];
    writeFileSync(path, lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
    utimesSync(path, Date.parse(at(9)) / 1000, Date.parse(at(9)) / 1000);
  };
  put("c1");
  put("c9");
  const { facts, problems } = await read([composer("c1"), bubble("c1", "b1", { type: 1, createdAt: at(1), text: "x" })]);
  const own = facts.filter((fact) => "session" in fact && fact.session === "c9");
  expect(own.flatMap((fact) => (fact.kind === "turn" ? [[fact.promptLength, fact.instant]] : []))).toEqual([[13, Date.parse(at(9))]]);
  expect(own.flatMap((fact) => (fact.kind === "call" ? [[fact.tool, fact.activity, fact.instant]] : []))).toEqual([
    ["StrReplace", "edit", Date.parse(at(9)) + 1],
    ["Shell", "test", Date.parse(at(9)) + 1],
  ]);
  expect(writes(own)).toEqual(["/code/shop/tax.ts edit estimated 2"]);
  expect(facts.filter((fact) => fact.kind === "sighting")).toEqual([]);
  expect(facts.filter((fact) => fact.kind === "call" && fact.session === "c1")).toEqual([]);
  expect(problems).toEqual([]);
});
