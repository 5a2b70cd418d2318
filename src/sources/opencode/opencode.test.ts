import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { TokenFact, WriteFact } from "../../contract/facts.ts";
import type { Item } from "../source.ts";
import { type InventedRow, insertRow, writeDatabase } from "../test-database.ts";
import { type Reading, joinFacts, envOfHome, readSource } from "../testkit.ts";
import { parseJsonDocument } from "../json-document.ts";
import { isOpenCodeExport, openCodeExport } from "./export.ts";
import { openCode } from "./index.ts";
import { answer, at, message, openCodeSchema, part, prompt, session, tool } from "./invented-session.ts";

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "assay-opencode-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

const { fingerprinter } = envOfHome(null);
const env = () => envOfHome(home);
const databasePath = (): string => join(home, ".local/share/opencode/opencode.db");

async function read(rows: readonly InventedRow[], from: Reading | null = null): Promise<Reading> {
  mkdirSync(dirname(databasePath()), { recursive: true });
  writeDatabase(databasePath(), openCodeSchema, rows);
  return readSource(openCode, env(), from);
}

/** Facts of a kind as short lines. */
const sightings = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) => {
    if (fact.kind !== "sighting") return [];
    const { counts } = fact;
    const cost = fact.reportedCostNanoUsd === null ? "" : ` $${fact.reportedCostNanoUsd}n`;
    return [
      `${fact.session} ${fact.messageId} ${fact.agentId ?? "main"} ${fact.provider}/${fact.model} in ${counts.input} read ${counts.cacheRead} write ${counts.cacheWrite5m} out ${counts.output} reasoning ${counts.reasoning} ${fact.outputQuality}${cost}`,
    ];
  });
const writes = (facts: readonly TokenFact[]): string[] =>
  facts.flatMap((fact) => (fact.kind === "write" ? [`${fact.path} ${fact.operation} ${fact.quality} ${printed(fact)}`] : []));
const printed = ({ diff }: WriteFact): string => {
  const signs: string[] = [];
  let line = 0;
  for (let i = 0; i < diff.hunks.length; i += 4) {
    const [, removed = 0, , added = 0] = diff.hunks.slice(i, i + 4);
    for (let k = 0; k < removed + added; k++, line++)
      signs.push(`${k < removed ? "-" : "+"}${texts.get(diff.lines.folded[line] as number) ?? "?"}`);
  }
  return signs.join(" ");
};
const texts = new Map(
  [
    "const tax = 0.19;",
    "const tax = 0.2;",
    "if (tax) {",
    "pay(tax);",
    "}",
    "# Shop",
    "Sells tea.",
    "Sells tea and coffee.",
    "total += tax;",
    "total += 2 * tax;",
  ].map((text) => [fingerprinter.text(text), text]),
);
const problems = ({ problems: told }: Reading): string[] => told.map(({ code, severity, count }) => `${code} ${severity} ${count ?? 1}`);

test("counts an answer once, its cache beside its input and its cost as logged", async () => {
  const { facts } = await read([
    session("ses_1"),
    ...prompt("msg_1", "Raise the tax"),
    answer("msg_2", { tokens: { input: 12, output: 340, reasoning: 0, cache: { read: 9000, write: 700 } }, cost: 0.0123456 }),
  ]);
  expect(sightings(facts)).toEqual([
    "ses_1 msg_2 main anthropic/claude-sonnet-4-5 in 12 read 9000 write 700 out 340 reasoning 0 final $12345600n",
  ]);
  expect(facts.find((fact) => fact.kind === "turn")).toMatchObject({ session: "ses_1", key: "msg_1", trigger: "prompt", promptLength: 13 });
  expect(facts.find((fact) => fact.kind === "session")).toMatchObject({
    cwd: "/code/shop",
    agentVersion: "1.1.40",
    firstAt: at(1),
    lastAt: at(2),
  });
});

test.each([
  // Versions that log the provider's total keep reasoning beside the output: 100 + 20 + 30 = 150.
  ["beside the output", "openai", { total: 150, input: 100, output: 20, reasoning: 30 }, 50],
  // Versions before: 100 + 50 = 150 with the reasoning inside the 50.
  ["inside the output, by the total", "openai", { total: 150, input: 100, output: 50, reasoning: 30 }, 50],
  ["inside the output of OpenAI where no total is logged", "openai", { input: 100, output: 50, reasoning: 30 }, 50],
  ["beside the output of Google where no total is logged", "google", { input: 100, output: 20, reasoning: 30 }, 50],
])("takes reasoning %s", async (_, providerID, tokens, output) => {
  const { facts } = await read([session("ses_1"), answer("msg_2", { providerID, tokens: { ...tokens, cache: { read: 0, write: 0 } } })]);
  expect(facts.find((fact) => fact.kind === "sighting")).toMatchObject({ counts: { input: 100, output, reasoning: 30 } });
});

test("counts each step of an answer that took several; its own counts are those of the last", async () => {
  const step = (id: string, input: number, cost: number): InventedRow =>
    part(id, "msg_2", {
      type: "step-finish",
      reason: "tool-calls",
      cost,
      tokens: { input, output: 10, reasoning: 0, cache: { read: 0, write: 0 } },
    });
  const { facts } = await read([
    session("ses_1"),
    answer("msg_2", { tokens: { input: 250, output: 10, reasoning: 0, cache: { read: 0, write: 0 } }, cost: 0.003 }),
    tool("prt_1", "msg_2", "bash", { command: "ls" }, { output: "a" }),
    step("prt_2", 100, 0.001),
    tool("prt_3", "msg_2", "bash", { command: "ls b" }, { output: "b" }),
    step("prt_4", 250, 0.002),
  ]);
  expect(sightings(facts)).toEqual([
    "ses_1 msg_2 main anthropic/claude-sonnet-4-5 in 100 read 0 write 0 out 10 reasoning 0 final $1000000n",
    "ses_1 msg_2#1 main anthropic/claude-sonnet-4-5 in 250 read 0 write 0 out 10 reasoning 0 final $2000000n",
  ]);
  expect(facts.filter((fact) => fact.kind === "call").map((fact) => fact.kind === "call" && fact.messageId)).toEqual(["msg_2", "msg_2#1"]);
});

test("tells an answer without counts as not observed, and one still being made not at all", async () => {
  const tokens = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
  const { facts } = await read([
    session("ses_1"),
    answer("msg_1", { tokens, error: { name: "MessageAbortedError" } }),
    part("prt_1", "msg_1", { type: "text", text: "Half a sen" }),
    answer("msg_2", { tokens, time: { created: at(3) } }),
    part("prt_2", "msg_2", { type: "text", text: "Still" }),
  ]);
  expect(sightings(facts)).toEqual(["ses_1 msg_1 main anthropic/claude-sonnet-4-5 in 0 read 0 write 0 out 0 reasoning 0 not_observed"]);
});

test("gives a sub-agent's session to the one at the top of the chain, and its prompt to nobody", async () => {
  const { facts } = await read([
    session("ses_1"),
    ...prompt("msg_1", "Raise the tax"),
    answer("msg_2", {}),
    tool(
      "prt_9",
      "msg_2",
      "task",
      { description: "look", prompt: "Find it", subagent_type: "explore" },
      { metadata: { sessionId: "ses_2" } },
    ),
    session("ses_2", { parent_id: "ses_1" }),
    message("msg_3", "ses_2", { role: "user", time: { created: at(4) } }),
    part("prt_3", "msg_3", { type: "text", text: "Find it" }, "ses_2"),
    { ...answer("msg_4", {}), session_id: "ses_2" },
    session("ses_3", { parent_id: "ses_2" }),
    { ...answer("msg_5", {}), session_id: "ses_3" },
  ]);
  expect(sightings(facts).map((line) => line.split(" ").slice(0, 3).join(" "))).toEqual([
    "ses_1 msg_2 main",
    "ses_1 msg_4 ses_2",
    "ses_1 msg_5 ses_3",
  ]);
  expect(facts.filter((fact) => fact.kind === "turn")).toHaveLength(1);
  expect(facts.find((fact) => fact.kind === "call_result")).toMatchObject({ startedAgentId: "ses_2" });
  expect(facts.find((fact) => fact.kind === "call")).toMatchObject({ tool: "task", activity: "delegate", agentId: null });
});

test("knows a fork's copies of answers and calls for what they are", async () => {
  const tokens = { input: 12, output: 340, reasoning: 0, cache: { read: 9000, write: 700 } };
  const { facts } = await read([
    session("ses_1"),
    answer("msg_2", { tokens }),
    tool("prt_1", "msg_2", "bash", { command: "ls" }, { output: "a" }),
    session("ses_2", { time_created: at(60) }),
    { ...answer("msg_8", { tokens }), session_id: "ses_2" }, // the copy: another id, the same time and counts
    { ...tool("prt_7", "msg_8", "bash", { command: "ls" }, { output: "a" }), session_id: "ses_2" },
  ]);
  const copies = facts.flatMap((fact) => (fact.kind === "sighting" ? [fact.requestId] : []));
  expect(copies).toHaveLength(2);
  expect(copies[0]).toBe(copies[1]);
  expect(new Set(facts.flatMap((fact) => (fact.kind === "call" ? [fact.callId] : []))).size).toBe(1);
});

test("takes what a prompt's own words are, not what OpenCode puts in", async () => {
  const { facts } = await read([
    session("ses_1"),
    message("msg_1", "ses_1", { role: "user", time: { created: at(1) } }),
    part("prt_1", "msg_1", { type: "text", text: "Raise" }),
    part("prt_2", "msg_1", { type: "text", text: "Called the Read tool", synthetic: true }),
    message("msg_2", "ses_1", { role: "user", time: { created: at(2) } }),
    part("prt_3", "msg_2", { type: "text", text: "Continue if you have next steps", synthetic: true }),
    message("msg_3", "ses_1", { role: "user", time: { created: at(3) } }),
    part("prt_4", "msg_3", { type: "file", mime: "image/png", url: "data:" }),
    message("msg_4", "ses_1", { role: "user", time: { created: at(4) } }),
    part("prt_5", "msg_4", { type: "compaction", auto: true }),
  ]);
  const turns = facts.flatMap((fact) =>
    fact.kind === "turn" ? [`${fact.key} ${fact.promptLength} ${fact.promptFingerprint !== null}`] : [],
  );
  expect(turns).toEqual(["msg_1 5 true", "msg_3 0 false"]);
});

test("reads what edits changed: contents, a diff whose indentation was cut, replayed text, a patch", async () => {
  const { facts, problems: told } = await read([
    session("ses_1"),
    answer("msg_2", {}),
    // Older versions log the file before and after.
    tool(
      "prt_1",
      "msg_2",
      "edit",
      { filePath: "/code/shop/tax.ts", oldString: "0.19", newString: "0.2" },
      {
        metadata: { filediff: { file: "/code/shop/tax.ts", before: "const tax = 0.19;\n", after: "const tax = 0.2;\n" } },
      },
    ),
    // Newer ones a diff without the indentation its lines share.
    tool(
      "prt_2",
      "msg_2",
      "edit",
      { filePath: "/code/shop/pay.ts", oldString: "x\n    total += tax;", newString: "x\n    total += 2 * tax;" },
      {
        metadata: { diff: "--- /code/shop/pay.ts\n+++ /code/shop/pay.ts\n@@ -7,1 +7,1 @@\n-total += tax;\n+total += 2 * tax;\n" },
      },
    ),
    tool("prt_3", "msg_2", "write", { filePath: "/code/shop/README.md", content: "# Shop\nSells tea.\n" }, { metadata: { exists: false } }),
    tool(
      "prt_4",
      "msg_2",
      "write",
      { filePath: "/code/shop/README.md", content: "# Shop\nSells tea and coffee.\n" },
      { metadata: { exists: true } },
    ),
    tool(
      "prt_5",
      "msg_2",
      "read",
      { filePath: "/code/shop/due.ts" },
      { output: "<file>\n00001| if (tax) {\n00002| }\n\n(End of file - total 2 lines)\n</file>" },
    ),
    tool("prt_6", "msg_2", "edit", { filePath: "/code/shop/due.ts", oldString: "{\n}", newString: "{\npay(tax);\n}" }, {}),
    tool(
      "prt_7",
      "msg_2",
      "apply_patch",
      {
        patchText:
          "*** Begin Patch\n*** Update File: tax.ts\n@@\n-const tax = 0.2;\n+const tax = 0.19;\n*** Delete File: old.ts\n*** End Patch",
      },
      {},
    ),
    tool("prt_8", "msg_2", "edit", { filePath: "/code/shop/unseen.ts", oldString: "const tax = 0.19;", newString: "const tax = 0.2;" }, {}),
    tool(
      "prt_9",
      "msg_2",
      "edit",
      { filePath: "/code/shop/failed.ts", oldString: "a", newString: "b" },
      { status: "error", error: "not found" },
    ),
  ]);
  expect(writes(facts)).toEqual([
    "/code/shop/tax.ts edit logged -const tax = 0.19; +const tax = 0.2;",
    "/code/shop/pay.ts edit logged -total += tax; +total += 2 * tax;",
    "/code/shop/README.md create logged +# Shop +Sells tea.",
    "/code/shop/README.md edit replayed -Sells tea. +Sells tea and coffee.",
    "/code/shop/due.ts edit replayed +pay(tax);",
    "/code/shop/tax.ts edit logged -const tax = 0.2; +const tax = 0.19;",
    "/code/shop/old.ts delete opaque ",
    "/code/shop/unseen.ts edit estimated -const tax = 0.19; +const tax = 0.2;",
  ]);
  expect(told).toEqual([]);
  const pay = facts.find((fact) => fact.kind === "write" && fact.path.endsWith("pay.ts")) as WriteFact;
  const whole = await differenceOf("    total += tax;\n", "    total += 2 * tax;\n");
  expect(pay.diff.lines.length).toEqual(whole.lines.length); // as many characters as with the indentation put back
});

/** The difference of an edit whose result holds the file before and after. */
async function differenceOf(before: string, after: string): Promise<WriteFact["diff"]> {
  const edit = tool(
    "prt_1",
    "msg_1",
    "edit",
    { filePath: "/a.ts", oldString: "a", newString: "b" },
    { metadata: { filediff: { before, after } } },
  );
  const { facts } = await read([session("ses_1"), answer("msg_1", {}), edit]);
  return (facts.find((fact) => fact.kind === "write") as WriteFact).diff;
}

test("takes an edit that says neither old nor new text for what it is", async () => {
  const { facts } = await read([
    session("ses_1"),
    answer("msg_1", {}),
    tool("prt_1", "msg_1", "edit", { filePath: "/code/shop/tax.ts" }, {}),
    tool("prt_2", "msg_1", "edit", { filePath: "/code/shop/due.ts", content: "const tax = 0.2;\n" }, {}),
  ]);
  expect(writes(facts)).toEqual(["/code/shop/tax.ts opaque opaque ", "/code/shop/due.ts edit estimated +const tax = 0.2;"]);
});

test("takes commands for what they are, with their exit code, tests and commits", async () => {
  const { facts } = await read([
    session("ses_1"),
    answer("msg_2", {}),
    tool(
      "prt_1",
      "msg_2",
      "bash",
      { command: "cargo test" },
      { output: "test result: FAILED. 3 passed; 1 failed; 0 ignored", metadata: { exit: 101 } },
    ),
    tool(
      "prt_2",
      "msg_2",
      "bash",
      { command: "git commit -am x" },
      { output: "[main 1a2b3c4] x\n 1 file changed, 1 insertion(+)", metadata: { exit: 0 } },
    ),
    tool("prt_3", "msg_2", "bash", { command: "sleep 9", workdir: "/code/api" }, { status: "running" }),
    tool("prt_4", "msg_2", "bash", {}, { status: "pending" }),
  ]);
  const calls = facts.flatMap((fact) => (fact.kind === "call" ? [`${fact.tool} ${fact.activity} ${fact.inputBytes}`] : []));
  expect(calls).toEqual(["bash test 24", "bash commit 30", "bash shell 43"]);
  expect(
    facts.flatMap((fact) => (fact.kind === "call_result" ? [[fact.status, fact.exitCode, fact.testsPassed, fact.testsFailed]] : [])),
  ).toEqual([
    ["error", 101, 3, 1],
    ["ok", 0, null, null],
  ]);
  expect(facts.find((fact) => fact.kind === "commit_mention")).toMatchObject({ hash: "1a2b3c4", branch: "main" });
});

test("reads the newer table of messages to the same facts", async () => {
  const { facts } = await read([
    session("ses_1"),
    {
      table: "session_message",
      id: "msg_1",
      session_id: "ses_1",
      type: "user",
      time_created: at(1),
      time_updated: at(1),
      data: { time: { created: at(1) }, text: "Raise the tax" },
    },
    {
      table: "session_message",
      id: "msg_2",
      session_id: "ses_1",
      type: "model-switched",
      time_created: at(1),
      time_updated: at(1),
      data: {},
    },
    {
      table: "session_message",
      id: "msg_3",
      session_id: "ses_1",
      type: "assistant",
      time_created: at(2),
      time_updated: at(3),
      data: {
        time: { created: at(2), completed: at(3) },
        model: { id: "gpt-5.5", providerID: "openai" },
        content: [
          { type: "text", id: "t1", text: "Done" },
          {
            type: "tool",
            id: "call_1",
            name: "bash",
            time: { created: at(2), ran: at(2), completed: at(3) },
            state: { status: "completed", input: { command: "ls" }, content: [{ type: "text", text: "tax.ts" }], structured: { exit: 0 } },
          },
        ],
        tokens: { input: 100, output: 20, reasoning: 30, cache: { read: 400, write: 0 } },
        cost: 0.5,
      },
    },
  ]);
  expect(sightings(facts)).toEqual(["ses_1 msg_3 main openai/gpt-5.5 in 100 read 400 write 0 out 50 reasoning 30 final $500000000n"]);
  expect(facts.map((fact) => fact.kind)).toEqual(["turn", "sighting", "call", "call_result", "session"]);
});

test("tells a session's own total where none of its messages is left, as a total", async () => {
  const record = {
    tokens_input: 100,
    tokens_output: 20,
    tokens_reasoning: 5,
    tokens_cache_read: 300,
    tokens_cache_write: 0,
    cost: 0.25,
    model: { id: "gpt-5.5", providerID: "openai" },
  };
  const { facts } = await read([session("ses_1", record)]);
  expect(facts.find((fact) => fact.kind === "sighting")).toMatchObject({
    grain: "session",
    messageId: "opencode:ses_1:gpt-5.5",
    instant: at(0),
    counts: { input: 100, cacheRead: 300, output: 25 },
    reportedCostNanoUsd: 250_000_000,
  });
});

test("reads again only sessions that changed, and sees a row changed in place", async () => {
  const rows = [session("ses_1"), answer("msg_1", {}), session("ses_2"), { ...answer("msg_2", {}), session_id: "ses_2" }];
  const first = await read(rows);
  expect(sightings(first.facts)).toHaveLength(2);
  const database = new Database(databasePath());
  insertRow(database, {
    ...answer("msg_2", { tokens: { input: 7, output: 8, reasoning: 0, cache: { read: 0, write: 0 } } }),
    session_id: "ses_2",
    time_updated: at(99),
  });
  database.close();
  const second = await readSource(openCode, env(), first);
  expect(sightings(second.facts)).toEqual(["ses_2 msg_2 main anthropic/claude-sonnet-4-5 in 7 read 0 write 0 out 8 reasoning 0 final"]);
});

test("reads JSON files, a database and an export to one and the same facts", async () => {
  const info = { id: "ses_1", directory: "/code/shop", version: "1.1.40", time: { created: at(0), updated: at(0) } };
  const tokens = { input: 12, output: 340, reasoning: 0, cache: { read: 9000, write: 700 } };
  const rows = [
    session("ses_1"),
    ...prompt("msg_1", "Raise the tax"),
    answer("msg_2", { tokens }),
    tool("prt_5", "msg_2", "bash", { command: "ls" }, { output: "a" }),
  ];
  const fromDatabase = await read(rows);
  rmSync(databasePath());
  const storage = join(home, ".local/share/opencode/storage");
  const put = (path: string, value: unknown): void => {
    mkdirSync(dirname(join(storage, path)), { recursive: true });
    writeFileSync(join(storage, path), JSON.stringify(value));
  };
  put("session/project/ses_1.json", info);
  const parts = rows
    .filter((row) => row.table === "part")
    .map((row) => ({ id: row["id"], messageID: row["message_id"], ...(row["data"] as object) }));
  for (const row of rows)
    if (row.table === "message") put(`message/ses_1/${row["id"]}.json`, { id: row["id"], sessionID: "ses_1", ...(row["data"] as object) });
  for (const one of parts) put(`part/${one.messageID}/${one.id}.json`, one);
  const fromFiles = await readSource(openCode, env());
  expect(joinFacts(fromFiles.facts)).toEqual(joinFacts(fromDatabase.facts));
  const messages = rows
    .filter((row) => row.table === "message")
    .map((row) => ({
      info: { id: row["id"], ...(row["data"] as object) },
      parts: parts.filter(({ messageID }) => messageID === row["id"]),
    }));
  const exported = await itemsOf(JSON.stringify({ info, messages }));
  expect(joinFacts(exported.flatMap((item) => (item.kind === "fact" ? [item.fact] : [])))).toEqual(joinFacts(fromDatabase.facts));
});

async function itemsOf(document: string): Promise<Item[]> {
  const items: Item[] = [];
  const input = { source: "checkpoints", locator: "branch:entry", session: "other", complete: true, fingerprinter };
  for await (const batch of parseJsonDocument(() => [Buffer.from(document)], input, openCodeExport)) items.push(...batch.items);
  return items;
}

test("sees a message file that was written anew, and counts one that is torn", async () => {
  const storage = join(home, ".local/share/opencode/storage");
  mkdirSync(join(storage, "message/ses_1"), { recursive: true });
  const path = join(storage, "message/ses_1/msg_1.json");
  writeFileSync(path, '{"role":"assistant","tokens":{"inp');
  const torn = await readSource(openCode, env());
  expect(problems(torn)).toEqual(["torn_record lost 1"]);
  writeFileSync(path, JSON.stringify(answer("msg_1", {})["data"]));
  utimesSync(path, 1, 1);
  const whole = await readSource(openCode, env(), torn);
  expect(sightings(whole.facts)).toHaveLength(1);
  expect(problems(whole)).toEqual([]);
});

test("counts rows it cannot read and goes on", async () => {
  const reading = await read([
    session("ses_1"),
    {
      table: "message",
      id: "msg_0",
      session_id: "ses_1",
      time_created: at(1),
      time_updated: at(1),
      data: '{"role":"assistant","tokens":{',
    },
    message("msg_1", "ses_1", { role: "narrator", time: { created: at(1) } }),
    message("msg_2", "ses_1", { role: "assistant", modelID: "m", tokens: { input: 1 } }),
    answer("msg_3", {}),
    part("prt_1", "msg_3", { type: "hologram" }),
    part("prt_2", "msg_3", { type: "hologram" }),
  ]);
  expect(problems(reading)).toEqual([
    "torn_record lost 1",
    "unknown_record_type notice 1",
    "no_instant lost 1",
    "unknown_record_type notice 2",
  ]);
  expect(sightings(reading.facts)).toHaveLength(1);
});

test("counts an exported message it cannot read", async () => {
  const message = { info: { id: "msg_1", role: "assistant", tokens: { input: 1 } }, parts: [] };
  expect(await itemsOf(JSON.stringify({ info: { id: "ses_1" }, messages: [message] }))).toMatchObject([
    { kind: "problem", problem: { code: "no_instant", severity: "lost", locator: "branch:entry@0" } },
  ]);
});

test("knows an export by how it begins", () => {
  expect(isOpenCodeExport('{\n  "info": {\n    "id": "ses_1",')).toBe(true);
  expect(isOpenCodeExport('{"info":{"slug":"x","id":"ses_1"')).toBe(true);
  expect(isOpenCodeExport('{"sessionId":"ses_1","messages":[]}')).toBe(false);
});
