import duckdb from "@duckdb/node-bindings";
import {
  BIGINT,
  BLOB,
  BOOLEAN,
  DOUBLE,
  type DuckDBAppender,
  DuckDBBlobValue,
  type DuckDBConnection,
  DuckDBDataChunk,
  DuckDBInstance,
  type DuckDBType,
  type DuckDBValue,
  INTEGER,
  TINYINT,
  VARCHAR,
} from "@duckdb/node-api";
import { UserError } from "../../contract/errors.ts";

/** What a column of ours may hold in JavaScript. BIGINT columns take safe integers or bigints. */
export type Cell = number | bigint | string | boolean | Uint8Array | null;
export type Row = readonly Cell[];

const columnTypes = {
  INTEGER,
  BIGINT,
  VARCHAR,
  BLOB,
  DOUBLE,
  BOOLEAN,
  TINYINT,
} as const satisfies Record<string, DuckDBType>;
export type ColumnType = keyof typeof columnTypes;

const chunkRows = 2048;

/** Rows DuckDB compresses and writes at once: with each of them it is made to. */
const rowGroup = 122_880;

/** Settings every database of ours is opened with: nothing is fetched, and a commit is written once, not to the log and then again. */
const settings = { checkpoint_threshold: "1MB", autoinstall_known_extensions: "false", autoload_known_extensions: "false" } as const;

/** Writing goes row by row and mostly needs little; the files of a large history (10,000 commits) do not fit in 64 MB. Questions sort and join. */
const limits = { writing: { memory_limit: "256MB", threads: "1" }, questions: { memory_limit: "512MB", threads: "2" } } as const;
export type Purpose = keyof typeof limits;

/** A query that failed, with what was asked: the SQL and the names of its parameters, never their values. */
class QueryError extends Error {
  constructor(sql: string, parameters: readonly string[], cause: unknown) {
    super(
      `query failed: ${cause instanceof Error ? cause.message : String(cause)}\n  SQL: ${sql}\n  parameters: ${parameters.join(", ") || "none"}`,
      { cause },
    );
    this.name = "QueryError";
  }
}

/** One opened DuckDB file. The only place that knows the driver. */
export class Database {
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #open = true;

  private constructor(instance: DuckDBInstance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /**
   * Opens a file, or memory for `:memory:`.
   * @throws UserError `store_busy` if another process owns it, `store_unreadable` if it is no store of ours
   */
  static async open(path: string, options: { readonly readOnly?: boolean; readonly for?: Purpose } = {}): Promise<Database> {
    try {
      const instance = await DuckDBInstance.create(path, {
        ...settings,
        ...limits[options.for ?? "writing"],
        access_mode: options.readOnly ? "READ_ONLY" : "AUTOMATIC",
      });
      return new Database(instance, await instance.connect());
    } catch (cause) {
      const message = cause instanceof Error ? cause.message : String(cause);
      if (/lock/i.test(message)) {
        const owner = /PID (\d+)/.exec(message)?.[1];
        throw new UserError("store_busy", `The store is in use by another process${owner ? ` (PID ${owner})` : ""}: ${path}`, {
          hint: "Wait for it to end and try again, or give another folder with --store.",
          cause,
        });
      }
      throw new UserError("store_unreadable", `The store cannot be opened: ${path}: ${message.split("\n")[0]}`, {
        hint: "If it is damaged, move it away and import again; --store gives another folder.",
        cause,
      });
    }
  }

  /** Runs one statement or several; positional or named parameters bound. */
  async run(sql: string, parameters: Readonly<Record<string, Cell>> = {}): Promise<void> {
    try {
      await this.#connection.run(sql, toDriver(parameters));
    } catch (cause) {
      throw new QueryError(sql, Object.keys(parameters), cause);
    }
  }

  /** All rows as objects; BIGINT and HUGEINT come as bigint, BLOB as bytes. */
  async all(sql: string, parameters: Readonly<Record<string, Cell>> = {}): Promise<Record<string, Cell>[]> {
    const { names, columns } = await this.columns(sql, parameters);
    const count = columns[0]?.length ?? 0;
    return Array.from({ length: count }, (_, row) =>
      Object.fromEntries(names.map((name, c) => [name, (columns[c] as Cell[])[row] as Cell])),
    );
  }

  /** All rows, column by column: cheap for large tables. */
  async columns(sql: string, parameters: Readonly<Record<string, Cell>> = {}): Promise<{ names: string[]; columns: Cell[][] }> {
    try {
      const reader = await this.#connection.runAndReadAll(sql, toDriver(parameters));
      const columns = reader.getColumns() as unknown[][];
      const names = reader.columnNames();
      return { names, columns: names.map((_, c) => (columns[c] ?? []).map(fromDriver)) };
    } catch (cause) {
      throw new QueryError(sql, Object.keys(parameters), cause);
    }
  }

  /** Hands rows to `visit` a chunk at a time, column by column: a large table is never in memory as a whole. */
  async eachChunk(
    sql: string,
    parameters: Readonly<Record<string, Cell>>,
    visit: (names: readonly string[], columns: readonly Cell[][], count: number) => void,
  ): Promise<void> {
    try {
      const result = await this.#connection.stream(sql, toDriver(parameters));
      const names = result.columnNames();
      for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
        visit(
          names,
          (chunk.getColumns() as unknown[][]).map((column) => column.map(fromDriver)),
          chunk.rowCount,
        );
      }
    } catch (cause) {
      throw new QueryError(sql, Object.keys(parameters), cause);
    }
  }

  /** Appends rows to a table (`temp.name` for a temporary one); `types` are its columns in order. @returns how many there were */
  async append(table: string, types: readonly ColumnType[], rows: Iterable<Row>): Promise<number> {
    let appender: DuckDBAppender | null = null;
    let chunk: DuckDBDataChunk | null = null;
    let count = 0;
    for (const batch of inBatches(rows, chunkRows)) {
      appender ??= await this.#appender(table);
      // One chunk for all: its memory is the driver's, which the garbage collector does not see.
      if (chunk === null)
        chunk = DuckDBDataChunk.create(
          types.map((type) => columnTypes[type]),
          batch.length,
        );
      else chunk.reset();
      chunk.rowCount = batch.length;
      for (let c = 0; c < types.length; c++) writeColumn(chunk, c, types[c] as ColumnType, batch);
      appender.appendDataChunk(chunk);
      count += batch.length;
      if (count % rowGroup === 0) appender.flushSync();
    }
    appender?.closeSync();
    return count;
  }

  #appender(table: string): Promise<DuckDBAppender> {
    const name = table.startsWith("temp.") ? table.slice("temp.".length) : null;
    return name === null ? this.#connection.createAppender(table) : this.#connection.createAppender(name, "main", "temp");
  }

  /** Ends the statement that runs now with an error. */
  interrupt(): void {
    if (this.#open) this.#connection.interrupt();
  }

  close(): void {
    if (!this.#open) return;
    this.#open = false;
    this.#connection.closeSync();
    this.#instance.closeSync();
  }
}

/** One column of a chunk as DuckDB's C interface lays it out: an array of plain numbers, and a bit a row for what is not null. */
const scratch = new ArrayBuffer(chunkRows * 8);
const int8s = new Int8Array(scratch);
const int32s = new Int32Array(scratch);
const int64s = new BigInt64Array(scratch);
const doubles = new Float64Array(scratch);
const validity = new Uint8Array(chunkRows / 8);

/**
 * Writes cells of rows into a column of a chunk. Numbers go over as one block, texts and bytes one by one: the driver's own
 * way makes objects of each value and costs four times as much (measured, 69,000 rows of facts).
 */
function writeColumn(chunk: DuckDBDataChunk, column: number, type: ColumnType, rows: readonly Row[]): void {
  const vector = duckdb.data_chunk_get_vector(chunk.chunk, column);
  const { size, write } = columnWriters[type];
  const count = rows.length;
  let hasNull = false;
  for (let r = 0; r < count; r++) {
    const value = (rows[r] as Row)[column] as Cell;
    if (value !== null) {
      write(vector, r, value);
      continue;
    }
    if (!hasNull) validity.fill(255);
    hasNull = true;
    validity[r >> 3] = (validity[r >> 3] as number) & ~(1 << (r & 7));
  }
  if (size > 0) duckdb.copy_data_to_vector(vector, 0, scratch, 0, count * size);
  if (!hasNull) return;
  duckdb.vector_ensure_validity_writable(vector);
  duckdb.copy_data_to_vector_validity(vector, 0, validity.buffer, 0, Math.ceil(count / 64) * 8);
}

function* inBatches(rows: Iterable<Row>, size: number): Generator<readonly Row[]> {
  if (Array.isArray(rows)) {
    for (let from = 0; from < rows.length; from += size) yield rows.slice(from, from + size);
    return;
  }
  let batch: Row[] = [];
  for (const row of rows) {
    if (batch.push(row) < size) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}

interface ColumnWriter {
  /** Bytes of a value in `scratch`; 0 where it goes over by itself. */
  readonly size: number;
  readonly write: (vector: duckdb.Vector, row: number, value: Cell) => void;
}

const columnWriters: Readonly<Record<ColumnType, ColumnWriter>> = {
  INTEGER: { size: 4, write: (_, row, value) => void (int32s[row] = value as number) },
  BIGINT: {
    size: 8,
    write(_, row, value) {
      if (typeof value === "bigint") int64s[row] = value;
      else writeSafeInteger(row, value as number);
    },
  },
  DOUBLE: { size: 8, write: (_, row, value) => void (doubles[row] = value as number) },
  TINYINT: { size: 1, write: (_, row, value) => void (int8s[row] = value as number) },
  BOOLEAN: { size: 1, write: (_, row, value) => void (int8s[row] = value === true ? 1 : 0) },
  VARCHAR: { size: 0, write: (vector, row, value) => duckdb.vector_assign_string_element(vector, row, value as string) },
  BLOB: { size: 0, write: (vector, row, value) => duckdb.vector_assign_string_element_len(vector, row, value as Uint8Array) },
};

/** A safe integer as two 32-bit halves, two's complement, the lower first: no big integer is made. */
function writeSafeInteger(row: number, value: number): void {
  int32s[row * 2] = value; // a typed array keeps the lower 32 bits
  int32s[row * 2 + 1] = Math.floor(value / 0x100000000);
}

function toDriver(parameters: Readonly<Record<string, Cell>>): Record<string, DuckDBValue> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      value instanceof Uint8Array
        ? new DuckDBBlobValue(value)
        : typeof value === "number" && Number.isInteger(value)
          ? BigInt(value)
          : value,
    ]),
  );
}

function fromDriver(value: unknown): Cell {
  return value instanceof DuckDBBlobValue ? value.bytes : (value as Cell);
}
