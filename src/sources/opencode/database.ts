/** OpenCode's database: a row a message and a part, session by session; only sessions that changed are read again. */
import { parsedJson } from "../json-cursor.ts";
import { type JsonObject, instantOf, isObject, stringOf } from "../loose-json.ts";
import { changedSessions } from "../session-marks.ts";
import type { Checkpoint, Item } from "../source.ts";
import { DatabaseError, type Row, type SqliteReader } from "../sqlite.ts";
import { type ReadingContext, sessionFacts, sessionTotal } from "./facts.ts";
import { type Message, type Part, type Session, messageOfRow, sessionOf } from "./messages.ts";

/** Tables whose rows make a session; what a version does not have is left out. */
const tables = ["session", "message", "part", "session_message"] as const;
type Table = (typeof tables)[number];

/** Of a session's record; versions lack some. */
const recordColumns = [
  "id",
  "directory",
  "version",
  "time_created",
  "cost",
  "tokens_input",
  "tokens_output",
  "tokens_reasoning",
  "tokens_cache_read",
  "tokens_cache_write",
  "model",
] as const;

/**
 * Facts of every session that is not as it was at `from`.
 * @returns what each session looks like now, for the next reading
 */
export function* readSessions(
  database: SqliteReader,
  from: Checkpoint | null,
  context: ReadingContext,
): Generator<readonly Item[], string> {
  const reader = new SessionReader(database, context);
  const { changed, tail } = changedSessions(reader.marks(), from?.tail ?? "");
  for (const id of changed) yield [...reader.factsOf(id), ...context.problems.take()];
  yield context.problems.take();
  return tail;
}

class SessionReader {
  readonly #database: SqliteReader;
  readonly #context: ReadingContext;
  readonly #columns: ReadonlyMap<Table, ReadonlySet<string>>;
  readonly #parents: ReadonlyMap<string, string>;

  constructor(database: SqliteReader, context: ReadingContext) {
    this.#database = database;
    this.#context = context;
    this.#columns = new Map(tables.map((table) => [table, database.columns(table)]));
    if (!this.#has("message") && !this.#has("session_message")) throw new DatabaseError("unknown_schema", null);
    const pairs = [...database.rows(["id", "parent_id"], "FROM session WHERE parent_id IS NOT NULL")];
    this.#parents = new Map(pairs.map((row) => [String(row["id"]), String(row["parent_id"])]));
  }

  /** How many rows a session has and when they were changed: agents change rows in place, and note when. */
  marks(): ReadonlyMap<string, string> {
    const told = new Map<string, string>();
    for (const table of tables) {
      if (!this.#has(table)) continue;
      const key = table === "session" ? "id" : "session_id";
      const time = this.#columns.get(table)?.has("time_updated") ? "time_updated" : "rowid";
      const columns = [`${key} AS id`, "count(*) AS n", `max(${time}) AS latest`, `total(${time}) AS sum`];
      for (const row of this.#database.rows(columns, `FROM ${table} GROUP BY ${key}`)) {
        const id = String(row["id"]);
        told.set(id, `${told.get(id) ?? ""};${table}:${row["n"]}:${row["latest"]}:${row["sum"]}`);
      }
    }
    return told;
  }

  factsOf(id: string): Item[] {
    const record = [...this.#database.rows(this.#recordColumns(), "FROM session WHERE id = ?", id)][0] ?? {};
    const session = sessionOf(id, record, this.#parents);
    const told = sessionFacts(session, this.#everyMessage(session), this.#context);
    const facts = told.length > 0 ? told : sessionTotal(session, withModel(record), this.#context);
    return facts.map((fact): Item => ({ kind: "fact", fact }));
  }

  #recordColumns(): string[] {
    return recordColumns.filter((column) => this.#columns.get("session")?.has(column));
  }

  *#everyMessage(session: Session): Generator<Message> {
    yield* this.#messages(session);
    yield* this.#newerMessages(session);
  }

  #has(table: Table): boolean {
    return (this.#columns.get(table)?.size ?? 0) > 0;
  }

  *#messages(session: Session): Generator<Message> {
    if (!this.#has("message")) return;
    for (const row of this.#database.rows(["id", "data"], "FROM message WHERE session_id = ? ORDER BY id", session.id)) {
      const id = String(row["id"]);
      const place = `message/${id}`;
      const info = this.#json(row["data"], place);
      if (info !== null) yield { id, info, parts: this.#parts(id), place };
    }
  }

  #parts(message: string): Part[] {
    if (!this.#has("part")) return [];
    const parts: Part[] = [];
    for (const row of this.#database.rows(["id", "data"], "FROM part WHERE message_id = ? ORDER BY id", message)) {
      const id = String(row["id"]);
      const data = this.#json(row["data"], `part/${id}`);
      if (data !== null) parts.push({ id, data });
    }
    return parts;
  }

  *#newerMessages(session: Session): Generator<Message> {
    if (!this.#has("session_message")) return;
    const columns = ["id", "type", "data", "time_created"];
    const rows = this.#database.rows(columns, "FROM session_message WHERE session_id = ? ORDER BY id", session.id);
    for (const row of rows) {
      const id = String(row["id"]);
      const place = `session_message/${id}`;
      const data = this.#json(row["data"], place);
      if (data === null) continue;
      const type = stringOf(row["type"]) ?? "none";
      const message = messageOfRow(id, type, data, instantOf(row["time_created"]), place);
      if (message === undefined) {
        this.#problem("unknown_record_type", "notice", place, `message of unknown type "${type.slice(0, 40)}"; nothing was read from it`);
      } else if (message !== null) yield message;
    }
  }

  #json(text: unknown, place: string): JsonObject | null {
    const value = typeof text === "string" ? parsedJson(Buffer.from(text)) : undefined;
    if (isObject(value)) return value;
    const lost = typeof text === "string" && /"(?:tokens|usage|tool)"/.test(text);
    this.#problem("torn_record", lost ? "lost" : "notice", place, "row whose JSON is damaged; left out");
    return null;
  }

  #problem(code: string, severity: "lost" | "notice", place: string, message: string): void {
    const hint = code === "torn_record" ? "a backup of the database may have it whole" : "a newer version may read it";
    this.#context.problems.add(code, severity, place, message, hint);
  }
}

/** The model of a session's record is JSON. */
function withModel(record: Row): JsonObject {
  const model = typeof record["model"] === "string" ? parsedJson(Buffer.from(record["model"])) : null;
  return { ...record, model };
}
