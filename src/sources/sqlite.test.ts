import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import Database from "libsql";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Item } from "./source.ts";
import { type SqliteReader, findDatabase, foundDatabase, openSqlite } from "./sqlite.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "assay-sqlite-"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A database of a running agent: one note in it, one in its write-ahead log, one not yet committed. */
function runningAgent(): { path: string; agent: Database.Database } {
  const path = join(folder, "running #1 100%.db");
  const agent = new Database(path);
  agent.exec("PRAGMA journal_mode=WAL; CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT); INSERT INTO note VALUES (1, 'kept')");
  agent.exec("PRAGMA wal_checkpoint(TRUNCATE); PRAGMA wal_autocheckpoint=0; INSERT INTO note VALUES (2, 'in the log')");
  agent.exec("BEGIN IMMEDIATE; INSERT INTO note VALUES (3, 'not yet')");
  return { path, agent };
}

/** A database nobody writes to. */
function closedDatabase(journal: "WAL" | "DELETE", rows = 1): string {
  const path = join(folder, `${journal}.db`);
  const agent = new Database(path);
  agent.exec(`PRAGMA journal_mode=${journal}; CREATE TABLE note (id INTEGER PRIMARY KEY, text TEXT)`);
  const insert = agent.prepare("INSERT INTO note (text) VALUES (?)");
  agent.exec("BEGIN");
  for (let i = 0; i < rows; i++) insert.run(`note ${i} ${"x".repeat(200)}`);
  agent.exec("COMMIT");
  if (journal === "WAL") agent.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  agent.close();
  for (const suffix of ["-wal", "-shm"]) rmSync(path + suffix, { force: true });
  return path;
}

const notes = (database: SqliteReader): unknown[] => [...database.rows(["id", "text"], "FROM note ORDER BY id")];

async function readFound(path: string): Promise<Item[]> {
  const items: Item[] = [];
  const found = foundDatabase("invented", findDatabase(path), function* (database) {
    for (const row of database.rows(["id", "length(text) AS length"], "FROM note")) if (row["id"] === 1) yield [];
    return "the end";
  });
  for await (const batch of found.read(null)) items.push(...batch);
  return items;
}

test("sees what stands in the write-ahead log while the agent writes, and nothing uncommitted", async () => {
  const { path, agent } = runningAgent();
  const database = await openSqlite(path);
  expect(notes(database)).toEqual([
    { id: 1, text: "kept" },
    { id: 2, text: "in the log" },
  ]);
  database.close();
  agent.exec("COMMIT");
  const again = await openSqlite(path);
  expect(notes(again)).toHaveLength(3);
  again.close();
  agent.close();
});

test("calls a database changed when only its log grew", () => {
  const { path, agent } = runningAgent();
  const before = findDatabase(path).state;
  agent.exec("COMMIT");
  expect(findDatabase(path).state.size).toBeGreaterThan(before.size);
  agent.close();
});

test.each(["WAL", "DELETE"] as const)("leaves nothing beside a closed %s database, and its bytes as they were", async (journal) => {
  const path = closedDatabase(journal);
  const before = readFileSync(path);
  const listed = readdirSync(folder);
  const database = await openSqlite(path);
  expect(notes(database)).toHaveLength(1);
  database.close();
  expect(readdirSync(folder)).toEqual(listed);
  expect(readFileSync(path)).toEqual(before);
});

test("gives numbers, texts, bytes as texts and nothing as what they are, and lives through a text that is no UTF-8", async () => {
  const path = closedDatabase("WAL");
  const agent = new Database(path);
  agent.exec("UPDATE note SET text = CAST(x'ff41' AS TEXT)"); // read by libsql itself this ends the process
  const database = await openSqlite(path);
  const columns = ["x'c3a4' AS bytes", "1 AS whole", "1.5 AS part", "'word' AS word", "NULL AS missing", "text"];
  expect([...database.rows(columns, "FROM note WHERE id > ? AND text <> ?", 0, "it's")]).toEqual([
    { bytes: "ä", whole: 1, part: 1.5, word: "word", missing: null, text: "\ufffdA" },
  ]);
  database.close();
  agent.close();
});

test("names the columns of a table, none of a table that is not there", async () => {
  const database = await openSqlite(closedDatabase("WAL"));
  expect([...database.columns("note")]).toEqual(["id", "text"]);
  expect(database.columns("other").size).toBe(0);
  database.close();
});

test("ends in a checkpoint that carries what the reading wants to know next time", async () => {
  const path = closedDatabase("WAL");
  const { state } = findDatabase(path);
  expect(await readFound(path)).toEqual([{ kind: "checkpoint", checkpoint: { state, offset: state.size, tail: "the end" } }]);
});

const troubles = (items: readonly Item[]): string[] =>
  items.map((item) => (item.kind === "problem" ? `${item.problem.code} ${item.problem.severity}` : item.kind));

test("calls a database whose writer holds it locked, and does not take it for read", async () => {
  const path = closedDatabase("DELETE");
  const agent = new Database(path);
  agent.exec("BEGIN EXCLUSIVE; INSERT INTO note (text) VALUES ('soon')");
  expect(troubles(await readFound(path))).toEqual(["locked notice"]);
  agent.exec("COMMIT");
  agent.close();
  expect(troubles(await readFound(path))).toEqual(["checkpoint"]);
});

test("counts a damaged database as lost, once until it changes", async () => {
  const path = closedDatabase("WAL", 2_000);
  truncateSync(path, 40_960);
  expect(troubles(await readFound(path))).toEqual(["damaged_database lost", "checkpoint"]);
  const bytes = readFileSync(closedDatabase("DELETE", 2_000)).fill(0xff, 8_192);
  const overwritten = join(folder, "overwritten.db");
  writeFileSync(overwritten, bytes);
  expect(troubles(await readFound(overwritten))).toEqual(["damaged_database lost", "checkpoint"]);
});

test("does not call a database damaged that was written while it was read", async () => {
  const path = closedDatabase("WAL", 2_000);
  truncateSync(path, 40_960);
  const found = foundDatabase("invented", findDatabase(path), function* (database) {
    writeFileSync(path, Buffer.alloc(50_000), { flag: "a" }); // a writer came
    for (const row of database.rows(["id", "length(text) AS length"], "FROM note")) if (row["id"] === 1) yield [];
    return "";
  });
  const items: Item[] = [];
  for await (const batch of found.read(null)) items.push(...batch);
  expect(troubles(items)).toEqual(["locked notice"]);
});

test("tells a file that is no database, and one without the tables, from damage", async () => {
  const text = join(folder, "text.db");
  writeFileSync(text, "These are words, and a hundred bytes of them are more than a header of a database has.".repeat(2));
  expect(troubles(await readFound(text))).toEqual(["not_a_database lost", "checkpoint"]);
  const other = join(folder, "other.db");
  const agent = new Database(other);
  agent.exec("CREATE TABLE memo (id INTEGER)");
  agent.close();
  expect(troubles(await readFound(other))).toEqual(["unknown_schema notice", "checkpoint"]);
});

test("says so when a place cannot be opened as a file", async () => {
  const place = join(folder, "folder.db");
  mkdirSync(place);
  expect(troubles(await readFound(place))).toEqual(["unreadable notice"]);
});
