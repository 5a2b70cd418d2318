/** Makes invented databases for tests, with the library that reads them. No database file is ever committed. */
import { rmSync } from "node:fs";
import Database from "libsql";

/** Columns by name; `table` says where the row goes. Objects become JSON. */
export type InventedRow = Readonly<Record<string, unknown>> & { readonly table: string };

/** Replaces what is at `path` by a database with these rows, in the journal mode agents use. */
export function writeDatabase(path: string, schema: string, rows: readonly InventedRow[]): void {
  for (const suffix of ["", "-wal", "-shm"]) rmSync(path + suffix, { force: true });
  const database = new Database(path);
  database.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; ${schema}; BEGIN`);
  for (const row of rows) insertRow(database, row);
  database.exec("COMMIT");
  database.close();
}

export function insertRow(database: Database.Database, { table, ...columns }: InventedRow): void {
  const names = Object.keys(columns);
  const values = Object.values(columns).map((value) => (isPlain(value) ? JSON.stringify(value) : value));
  const sql = `INSERT OR REPLACE INTO "${table}" (${names.join(", ")}) VALUES (${names.map(() => "?").join(", ")})`;
  database.prepare(sql).run(...values);
}

const isPlain = (value: unknown): boolean => typeof value === "object" && value !== null && !Buffer.isBuffer(value);

/**
 * Rows written as lines of JSON, for the test kit. A line that is not ended is a row not yet committed; one that is not shaped
 * as a row of the sample becomes a row whose JSON is damaged. A row that comes again is another row.
 * @param damaged where a damaged text goes
 */
export function rowsOfLines(
  content: Buffer,
  sample: readonly InventedRow[],
  damaged: (text: string, line: number) => InventedRow,
): InventedRow[] {
  const shapes = new Set(sample.map(shapeOf));
  const ids = new Set<string>();
  const lines = content.toString("utf8").split("\n").slice(0, -1);
  return lines.flatMap((line, i) => {
    if (line === "") return [];
    const row = rowOf(line);
    const placed = row !== null && shapes.has(shapeOf(row)) ? row : damaged(line, i);
    const name = "id" in placed ? "id" : "key";
    const key = `${placed.table} ${String(placed[name])}`;
    const isNew = !ids.has(key);
    ids.add(key);
    return [isNew ? placed : { ...placed, [name]: otherId(placed[name], i) }];
  });
}

const otherId = (id: unknown, line: number): number | string => (typeof id === "number" ? id + 1_000 + line : `${String(id)}~${line}`);

const shapeOf = ({ table, ...columns }: InventedRow): string => `${table}: ${Object.keys(columns).join(" ")}`;

function rowOf(line: string): InventedRow | null {
  try {
    const row: unknown = JSON.parse(line);
    return typeof row === "object" && row !== null && "table" in row ? (row as InventedRow) : null;
  } catch {
    return null; // the caller lays it out as damage
  }
}
