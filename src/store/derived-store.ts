import { existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import derivedSchema from "./derived.sql";
import { Database, type ColumnType, type Row } from "./duckdb/database.ts";
import { derivedFile } from "./place.ts";
import ledgerView from "./views/ledger.sql";

/** Rows of every derived table, columns in the order of derived.sql; made while they are written. */
export type DerivedRows = Readonly<Record<string, () => Iterable<Row>>>;

const rowsAtOnce = 2_048;

/**
 * Writes the derived tables beside the present ones and renames them into place: readers see the old or the new, whole.
 * @param releaseMemory called after a large table: its rows leave much behind
 */
export async function writeDerived(folder: string, rows: DerivedRows, releaseMemory: () => void): Promise<void> {
  const path = join(folder, derivedFile);
  const next = `${path}.next`;
  for (const stale of [next, `${next}.wal`]) rmSync(stale, { force: true });
  const database = await Database.open(next);
  try {
    await database.run(derivedSchema);
    await database.run(ledgerView);
    for (const [table, tableRows] of Object.entries(rows)) {
      if ((await writeTable(database, table, tableRows())) > rowsAtOnce) releaseMemory();
    }
    // Kept as a table: a question reads it many times, and its arithmetic costs more than its rows.
    await database.run(
      "CREATE TABLE ledger_rows AS SELECT * FROM ledger ORDER BY charge_id, strand_id; DROP VIEW ledger; ALTER TABLE ledger_rows RENAME TO ledger",
    );
    await database.run("CHECKPOINT");
  } finally {
    database.close();
  }
  rmSync(`${path}.wal`, { force: true });
  renameSync(next, path);
}

async function writeTable(database: Database, table: string, rows: Iterable<Row>): Promise<number> {
  const types = await columnTypes(database, table);
  let batch: Row[] = [];
  let written = 0;
  for (const row of rows) {
    written++;
    batch.push(row);
    if (batch.length < rowsAtOnce) continue;
    await database.append(table, types, batch);
    batch = [];
  }
  await database.append(table, types, batch);
  return written;
}

async function columnTypes(database: Database, table: string): Promise<ColumnType[]> {
  const rows = await database.all("SELECT data_type FROM information_schema.columns WHERE table_name = $table ORDER BY ordinal_position", {
    table,
  });
  if (rows.length === 0) throw new Error(`derived.sql has no table ${table}`);
  return rows.map((row) => row["data_type"] as ColumnType);
}

export function hasDerived(folder: string): boolean {
  return existsSync(join(folder, derivedFile));
}

/** Opens the derived tables for questions; temp tables may be made, the file is not changed. */
export async function openDerived(folder: string): Promise<Database> {
  return await Database.open(join(folder, derivedFile), { readOnly: true, for: "questions" });
}
