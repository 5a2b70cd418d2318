/** The sources that read databases and folders of JSON, for the test kit: a line of their sample is a row, or a record of a file. */
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Fingerprinter } from "../lines/fingerprint.ts";
import { cline } from "./cline/index.ts";
import { cursor } from "./cursor/index.ts";
import { at, bubble, composer, cursorSchema, value } from "./cursor/invented-conversation.ts";
import { goose } from "./goose/index.ts";
import { gooseSchema, message as gooseMessage, session as gooseSession } from "./goose/invented-session.ts";
import { kilo } from "./kilo/index.ts";
import { openCode } from "./opencode/index.ts";
import { answer, message, openCodeSchema, part, prompt, session, tool } from "./opencode/invented-session.ts";
import { roo } from "./roo/index.ts";
import type { Source, SourceEnv } from "./source.ts";
import { type InventedRow, rowsOfLines, writeDatabase } from "./test-database.ts";
import type { SourceHarness } from "./testkit.ts";

const env = (root: string): SourceEnv => ({
  home: root,
  variables: {},
  platform: "linux",
  gitDirs: [],
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});

const lines = (rows: readonly InventedRow[]): Buffer => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(""));

interface DatabaseSample {
  readonly source: Source;
  /** Where the database is below the home. */
  readonly place: string;
  readonly schema: string;
  readonly rows: readonly InventedRow[];
  readonly unknownRow: InventedRow;
  /** Code and severity of a row whose JSON is damaged. */
  readonly torn: string;
  readonly damaged: (text: string, line: number) => InventedRow;
}

function databaseHarness({ source, place, schema, rows, unknownRow, torn, damaged }: DatabaseSample): SourceHarness {
  return {
    source,
    torn,
    unfinished: [], // a row is there when it is committed, and not before
    sample: lines(rows),
    unknownLine: JSON.stringify(unknownRow),
    async place(root, content) {
      const path = join(root, place);
      mkdirSync(dirname(path), { recursive: true });
      if (content === null) for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
      else writeDatabase(path, schema, rowsOfLines(content, rows, damaged));
      return env(root);
    },
    async empty(root) {
      return env(join(root, "nobody"));
    },
    async lock(root) {
      const path = join(root, place);
      for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
      symlinkSync(path, path); // a link to itself: even root cannot open it
      return env(root);
    },
  };
}

const openCodeRows: InventedRow[] = [
  session("ses_1"),
  ...prompt("msg_00", "Raise the tax"),
  ...Array.from({ length: 14 }, (_, i) => [
    answer(`msg_${10 + i}`, { tokens: { input: 10 + i, output: 20, reasoning: 0, cache: { read: 100 * i, write: 0 } } }),
    tool(
      `prt_${10 + i}`,
      `msg_${10 + i}`,
      "write",
      { filePath: `/code/shop/f${i}.ts`, content: `const f = ${i};\n` },
      { metadata: { exists: false } },
    ),
  ]).flat(),
];

/** Lines `{"file":…,"record":…}` go into the two files of a task; what is none of these stands raw among what was shown. */
function taskHarness(source: Source, extension: string): SourceHarness {
  const folderOf = (root: string): string => join(root, ".config/Code/User/globalStorage", extension, "tasks/1767348000000");
  return {
    source,
    torn: "torn_record notice",
    unfinished: [], // files are replaced as a whole
    sample: Buffer.from(taskLines.map((line) => `${JSON.stringify(line)}\n`).join("")),
    unknownLine: '{"file":"ui_messages.json","record":{"ts":1767348009000,"type":"mystery"}}',
    async place(root, content) {
      const folder = folderOf(root);
      rmSync(folder, { recursive: true, force: true });
      mkdirSync(content === null ? dirname(folder) : folder, { recursive: true });
      const lines = content?.toString("utf8").split("\n").slice(0, -1) ?? [];
      const records = new Map<string, string[]>([["ui_messages.json", []]]);
      for (const line of lines) {
        const [, file = "ui_messages.json", record = line] = /^\{"file":"([a-z_]+\.json)","record":(.*)\}$/.exec(line) ?? [];
        records.set(file, [...(records.get(file) ?? []), record]);
      }
      if (content !== null) for (const [file, list] of records) writeFileSync(join(folder, file), `[${list.join(",")}]`);
      return env(root);
    },
    async empty(root) {
      return env(join(root, "nobody"));
    },
    async lock(root) {
      const path = join(folderOf(root), "ui_messages.json");
      rmSync(path);
      symlinkSync(path, path); // a link to itself: even root cannot open it
      return env(root);
    },
  };
}

const taskLines = Array.from({ length: 18 }, (_, i) => {
  const ts = 1_767_348_000_000 + 10_000 * i;
  const use = {
    type: "tool_use",
    id: `toolu_${i}`,
    name: "write_to_file",
    input: { path: `/code/shop/f${i}.ts`, content: `const f = ${i};` },
  };
  return [
    { file: "ui_messages.json", record: { ts, type: "say", say: "user_feedback", text: `Step ${i}` } },
    {
      file: "ui_messages.json",
      record: { ts: ts + 1, type: "say", say: "api_req_started", text: JSON.stringify({ tokensIn: 10 + i, tokensOut: 20, cost: 0.1 }) },
    },
    { file: "api_conversation_history.json", record: { role: "assistant", ts: ts + 2, content: [use] } },
    {
      file: "api_conversation_history.json",
      record: { role: "user", ts: ts + 3, content: [{ type: "tool_result", tool_use_id: use.id, content: "ok" }] },
    },
  ];
}).flat();

/** Events of a session of Copilot CLI: 15 answers, each of which writes a file, and what they used in all. */
export const copilotEvents = Buffer.from(
  [
    { type: "session.start", data: { sessionId: "c1", copilotVersion: "1.0.91", context: { cwd: "/code/shop", branch: "main" } } },
    ...Array.from({ length: 15 }, (_, i) => [
      { type: "user.message", id: `u${i}`, data: { content: `Step ${i}` } },
      {
        type: "assistant.message",
        data: {
          toolRequests: [
            { toolCallId: `t${i}`, name: "create", arguments: { path: `/code/shop/f${i}.ts`, file_text: `const f = ${i};\n` } },
          ],
        },
      },
      { type: "tool.execution_complete", data: { toolCallId: `t${i}`, success: true, result: { content: "ok" } } },
    ]).flat(),
    {
      type: "session.shutdown",
      data: { modelMetrics: { "gpt-5.4": { requests: { count: 15 }, usage: { inputTokens: 900, outputTokens: 90 } } } },
    },
  ]
    .map((event, i) => `${JSON.stringify({ ...event, timestamp: new Date(1_767_348_000_000 + 1000 * i).toISOString() })}\n`)
    .join(""),
);

export const databaseHarnesses: readonly SourceHarness[] = [
  databaseHarness({
    source: openCode,
    place: ".local/share/opencode/opencode.db",
    schema: openCodeSchema,
    rows: openCodeRows,
    unknownRow: part("prt_99", "msg_23", { type: "hologram" }),
    torn: "torn_record lost",
    damaged: (text, line) => ({ ...message(`msg_broken_${line}`, "ses_1", {}), data: text }),
  }),
  taskHarness(cline, "saoudrizwan.claude-dev"),
  taskHarness(roo, "rooveterinaryinc.roo-cline"),
  taskHarness(kilo, "kilocode.kilo-code"),
];

const gooseRows: InventedRow[] = [
  gooseSession("s1", { accumulated_input_tokens: 100, accumulated_output_tokens: 10 }),
  ...Array.from({ length: 15 }, (_, i) => {
    const call = {
      name: "developer__text_editor",
      arguments: { command: "write", path: `/code/shop/f${i}.ts`, file_text: `const f = ${i};\n` },
    };
    return [
      gooseMessage(30 * i + 10, "user", [{ type: "text", text: `Step ${i}` }]),
      gooseMessage(30 * i + 20, "assistant", [{ type: "toolRequest", id: `t${i}`, toolCall: { status: "success", value: call } }]),
      gooseMessage(30 * i + 30, "user", [
        { type: "toolResponse", id: `t${i}`, toolResult: { status: "success", value: [{ type: "text", text: "ok" }] } },
      ]),
    ];
  }).flat(),
];

export const gooseHarness = databaseHarness({
  source: goose,
  place: ".local/share/goose/sessions/sessions.db",
  schema: gooseSchema,
  rows: gooseRows,
  unknownRow: gooseMessage(900, "assistant", [{ type: "hologram" }], { created_timestamp: 1_767_348_020 }),
  torn: "torn_record notice",
  damaged: (text, line) => ({ ...gooseMessage(10 * line + 5, "assistant", []), content_json: text }),
});

const cursorRows: InventedRow[] = [
  composer("c1"),
  ...Array.from({ length: 14 }, (_, i) => {
    const rawArgs = JSON.stringify({ file_path: `/code/shop/f${i}.ts`, contents: `const f = ${i};\n` });
    return [
      bubble("c1", `b${100 + 2 * i}`, { type: 1, createdAt: at(2 * i), text: `Step ${i}` }),
      bubble("c1", `b${101 + 2 * i}`, {
        type: 2,
        createdAt: at(2 * i + 1),
        toolFormerData: { toolCallId: `t${i}`, name: "write", rawArgs, result: "{}", status: "completed" },
      }),
    ];
  }).flat(),
];

export const cursorHarness = databaseHarness({
  source: cursor,
  place: ".config/Cursor/User/globalStorage/state.vscdb",
  schema: cursorSchema,
  rows: cursorRows,
  unknownRow: bubble("c1", "b999", { type: 3, createdAt: at(3) }),
  torn: "torn_record notice",
  damaged: (text, line) => value(`bubbleId:c1:broken${line}`, text),
});
