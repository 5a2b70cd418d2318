/**
 * Reads SQLite databases that belong to running agents: read-only, with what still stands in the write-ahead log, through
 * `libsql` (docs/decisions/0024). The library is loaded when the first database is opened, never before.
 */
import { type Stats, closeSync, openSync, readSync, statSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type Libsql from "libsql";
import type { Problem } from "../contract/problem.ts";
import type { Checkpoint, Found, Item, SourceState } from "./source.ts";

/** What can be wrong with a database as a whole. */
export type Trouble = "locked" | "damaged_database" | "not_a_database" | "unreadable" | "unknown_schema" | "no_database_reader";

export class DatabaseError extends Error {
  readonly trouble: Trouble;

  constructor(trouble: Trouble, cause: unknown) {
    super(trouble, { cause });
    this.trouble = trouble;
  }
}

/** Bytes are read as the text they are in UTF-8. */
export type Value = string | number | null;
export type Row = Readonly<Record<string, Value | undefined>>;

/** A database opened for reading. Every method throws `DatabaseError`. */
export interface SqliteReader {
  /**
   * Rows of a query, one at a time. Integers past 2^53 lose digits.
   * @param columns names, or expressions with a name: `max(id) AS last` @param rest from `FROM` on; parameters are bound
   */
  rows(columns: readonly string[], rest: string, ...parameters: readonly (string | number)[]): Generator<Row>;
  /** Names of the columns of a table or view; empty where there is none. */
  columns(table: string): ReadonlySet<string>;
  close(): void;
}

export interface DatabaseFile {
  readonly path: string;
  readonly state: SourceState;
}

/** A writer of a database without write-ahead log holds it for moments only. */
const patienceMs = 250;

/**
 * The file as it stands with its write-ahead log: another size or time of either is another state.
 * @throws what `stat` throws for the database itself
 */
export function findDatabase(path: string): DatabaseFile {
  const stats = statSync(path);
  const log = logStats(path);
  return {
    path,
    state: {
      size: stats.size + (log?.size ?? 0),
      mtimeMs: Math.floor(Math.max(stats.mtimeMs, log === null || log.size === 0 ? 0 : log.mtimeMs)),
      identity: `${stats.dev}:${stats.ino}`,
    },
  };
}

function logStats(path: string): Stats | null {
  return statSync(`${path}-wal`, { throwIfNoEntry: false }) ?? null;
}

/** @throws DatabaseError also for a file that is no database */
export async function openSqlite(path: string): Promise<SqliteReader> {
  const Database = await libsql();
  try {
    // The option `readonly` of libsql 0.5.29 does nothing (a write succeeds); the mode in the address is SQLite's own.
    return new Reader(new Database(`${pathToFileURL(path).href}?${openMode(path)}`, { timeout: patienceMs }));
  } catch (error) {
    throw databaseError(error);
  }
}

async function libsql(): Promise<typeof Libsql> {
  try {
    return (await import("libsql")).default;
  } catch (error) {
    throw new DatabaseError("no_database_reader", error);
  }
}

/**
 * A database whose log was folded into it and removed has no writer: it is read as it stands. Opened otherwise, SQLite would
 * leave `-wal` and `-shm` files beside it, which a reader may not remove.
 */
const openMode = (path: string): string => (hasWriteAheadHeader(path) && logStats(path) === null ? "mode=ro&immutable=1" : "mode=ro");

/** Byte 18 of the header, "file format write version": 2 for a write-ahead log. */
function hasWriteAheadHeader(path: string): boolean {
  const descriptor = openSync(path, "r");
  try {
    const header = Buffer.alloc(20);
    return readSync(descriptor, header, 0, 20, 0) === 20 && header[18] === 2;
  } finally {
    closeSync(descriptor);
  }
}

class Reader implements SqliteReader {
  readonly #database: Libsql.Database;
  readonly #statements = new Map<string, Libsql.Statement>();

  constructor(database: Libsql.Database) {
    this.#database = database;
  }

  *rows(columns: readonly string[], rest: string, ...parameters: readonly (string | number)[]): Generator<Row> {
    try {
      for (const row of this.#prepared(columns, rest).iterate(...parameters)) yield withTexts(row as Record<string, Value | ArrayBuffer>);
    } catch (error) {
      throw databaseError(error);
    }
  }

  columns(table: string): ReadonlySet<string> {
    return new Set([...this.rows(["name"], "FROM pragma_table_info(?)", table)].map((row) => String(row["name"])));
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #prepared(columns: readonly string[], rest: string): Libsql.Statement {
    const key = `${columns.join(",")} ${rest}`;
    let statement = this.#statements.get(key);
    if (statement === undefined) {
      statement = this.#database.prepare(`SELECT ${columns.map(withoutText).join(", ")} ${rest}`);
      this.#statements.set(key, statement);
    }
    return statement;
  }
}

/**
 * A column that gives its texts as bytes: libsql 0.5.29 ends the whole process at a text that is no UTF-8, which one damaged
 * byte makes.
 */
function withoutText(column: string): string {
  const [expression, name = expression] = column.split(" AS ") as [string, string?];
  return `iif(typeof(${expression}) = 'text', CAST(${expression} AS BLOB), ${expression}) AS "${name}"`;
}

/** libsql gives bytes as an ArrayBuffer. */
function withTexts(row: Record<string, Value | ArrayBuffer>): Row {
  for (const name in row) {
    const value = row[name];
    if (value instanceof ArrayBuffer) row[name] = Buffer.from(value).toString("utf8");
  }
  return row as Row; // every value that was bytes is a text now
}

/** By SQLite's result codes; libsql gives none where a file cannot be opened. */
function databaseError(error: unknown): DatabaseError {
  if (error instanceof DatabaseError) return error;
  if (!(error instanceof Error)) throw error;
  const code = "code" in error ? String(error.code) : "";
  if (/^SQLITE_(BUSY|LOCKED)/.test(code)) return new DatabaseError("locked", error);
  if (code.startsWith("SQLITE_CORRUPT")) return new DatabaseError("damaged_database", error);
  if (code === "SQLITE_NOTADB") return new DatabaseError("not_a_database", error);
  if (code === "SQLITE_ERROR") return new DatabaseError("unknown_schema", error); // no such table, no such column
  if (code.startsWith("SQLITE_") || "syscall" in error || error.message.startsWith("ConnectionFailed(")) {
    return new DatabaseError("unreadable", error);
  }
  throw error;
}

/**
 * Reads a database from end to end: what `read` yields, then a checkpoint. What is wrong with the database becomes a
 * problem; what was told before it stands. A database that is locked or cannot be opened is tried again by the next import.
 * @param read yields batches and returns what it wants to find in `from.tail` next time
 */
export function foundDatabase(
  source: string,
  file: DatabaseFile,
  read: (database: SqliteReader, from: Checkpoint | null) => Generator<readonly Item[], string>,
): Found {
  const { path, state } = file;
  return { key: path, state, read: (from) => readDatabase(source, file, from, read) };
}

async function* readDatabase(
  source: string,
  { path, state }: DatabaseFile,
  from: Checkpoint | null,
  read: (database: SqliteReader, from: Checkpoint | null) => Generator<readonly Item[], string>,
): AsyncGenerator<readonly Item[]> {
  const end = (tail: string): readonly Item[] => [{ kind: "checkpoint", checkpoint: { state, offset: state.size, tail } }];
  let database: SqliteReader | null = null;
  try {
    database = await openSqlite(path);
    yield end(yield* read(database, from));
  } catch (error) {
    if (!(error instanceof DatabaseError)) throw error;
    // Without a log it was read as if nobody wrote; where it is another one now, its writer came meanwhile.
    const trouble = error.trouble === "damaged_database" && isAnother(path, state) ? "locked" : error.trouble;
    yield [{ kind: "problem", problem: databaseProblem(trouble, source, path) }];
    if (willStay.has(trouble)) yield end("");
  } finally {
    database?.close();
  }
}

function isAnother(path: string, { size, mtimeMs }: SourceState): boolean {
  try {
    const now = findDatabase(path).state;
    return now.size !== size || now.mtimeMs !== mtimeMs;
  } catch {
    return true; // it is gone: the next import says what that means
  }
}

/** Troubles that are the same until the file changes. */
const willStay: ReadonlySet<Trouble> = new Set(["damaged_database", "not_a_database", "unknown_schema"]);

const tellings: Readonly<Record<Trouble, Pick<Problem, "severity" | "message"> & { readonly hint: string }>> = {
  locked: { severity: "notice", message: "the agent is writing to the database; it is read next time", hint: "import again" },
  damaged_database: {
    severity: "lost",
    message: "the database is damaged; what could be read before the damage was counted",
    hint: "a backup may have it whole; SQLite's own `.recover` can save rows",
  },
  not_a_database: {
    severity: "lost",
    message: "the file is no SQLite database; nothing in it was counted",
    hint: "it may be encrypted or overwritten; a backup may have it whole",
  },
  unreadable: {
    severity: "notice",
    message: "cannot be read; nothing in it was counted",
    hint: "check who may read it, then import again",
  },
  unknown_schema: {
    severity: "notice",
    message: "the tables in the database are not those known; what they hold was not counted",
    hint: "a newer version may read them",
  },
  no_database_reader: {
    severity: "notice",
    message: "the reader of SQLite databases could not be loaded on this machine; nothing in it was counted",
    hint: "install without leaving optional packages out; docs/decisions/0024 lists the platforms",
  },
};

/** The problem a trouble of a whole database becomes. */
export function databaseProblem(trouble: Trouble, source: string, path: string): Problem {
  return { code: trouble, source, locator: path, ...tellings[trouble] };
}
