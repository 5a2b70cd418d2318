import { copyFileSync, existsSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import derivedSchema from "./derived.sql";
import { dropCells, fillCells } from "./cells.ts";
import { Database, type ColumnType, type Purpose, type Row } from "./duckdb/database.ts";
import { derivedFile } from "./place.ts";
import ledgerView from "./views/ledger.sql";

/** Rows of every derived table, columns in the order of derived.sql; made while they are written. */
export type DerivedRows = Readonly<Record<string, () => Iterable<Row>>>;

/** The tables and views as text: derived files of another text cannot be read by this program. */
export const derivedSchemas = `${derivedSchema}\n${ledgerView}`;

const manyRows = 2_048;

/**
 * Writes the derived tables beside the present ones and renames them into place: readers see the old or the new, whole.
 * @param derive gives the rows; they are let go before what is told of them is added up
 * @param releaseMemory called after a large table: its rows leave much behind
 * @param tellFates called when the rows are in their places, for the fates that are read from them
 * @returns how many usages there are
 */
export async function writeDerived(
  folder: string,
  derive: () => Promise<DerivedRows>,
  releaseMemory: () => void,
  tellFates: (database: Database) => Promise<void>,
): Promise<number> {
  const next = beginNext(folder, null);
  await writeRows(next, derive, releaseMemory);
  releaseMemory();
  const usages = await within(next, async (database) => {
    await database.run(ledgerView);
    // Kept as a table: a question reads it many times, and its arithmetic costs more than its rows.
    await database.run(
      "CREATE TABLE ledger_rows AS SELECT * FROM ledger ORDER BY charge_id, strand_id; DROP VIEW ledger; ALTER TABLE ledger_rows RENAME TO ledger",
    );
    await tellUnpriced(database);
    await tellFates(database);
    await fillCells(database);
    return await countUsages(database);
  });
  putInPlace(folder, next);
  return usages;
}

/** Apart from its caller, so that nothing holds the rows afterwards. */
async function writeRows(next: string, derive: () => Promise<DerivedRows>, releaseMemory: () => void): Promise<void> {
  const rows = await derive();
  await within(next, async (database) => {
    await database.run(derivedSchema);
    await appendRows(database, rows, releaseMemory);
  });
}

/** What of the derived tables gives way to new rows. */
export interface Replaced {
  /** Ids of sessions whose rows are written anew. */
  readonly sessions: readonly number[];
  readonly repositories: readonly number[];
  /** Locators of the problems that joining found, and may not find again. */
  readonly problems: readonly string[];
}

/**
 * Replaces the rows of some sessions and repositories in a copy of the derived tables, and renames it into place. Rows of
 * other sessions follow their repositories: to the numbers of its changes, its horizon and its release rule.
 * @param tellFates called when the rows are in their places; gives the sessions whose fates may have moved, as a condition
 * @returns how many usages there are then
 */
export async function updateDerived(
  folder: string,
  replaced: Replaced,
  rows: DerivedRows,
  releaseMemory: () => void,
  tellFates: (database: Database) => Promise<string>,
): Promise<number> {
  const next = beginNext(folder, join(folder, derivedFile));
  const usages = await within(next, async (database) => {
    await database.run("BEGIN");
    await database.run("CREATE TEMP TABLE change_before AS SELECT change_id, repository_id, change_key FROM change");
    const firstUsage = await firstFree(database, "usage_d", "usage_id");
    await database.run("DELETE FROM derived_state");
    await deleteReplaced(database, replaced);
    await appendRows(database, rows, releaseMemory);
    await database.run(
      ledgerView
        .replace(/CREATE VIEW ledger AS/, "INSERT INTO ledger")
        .replace(/;\s*$/, ` WHERE u.usage_id >= ${firstUsage} ORDER BY ALL;`),
    );
    if (replaced.repositories.length > 0) await followRepositories(database, listOf(replaced.repositories));
    await tellUnpriced(database);
    await dropCells(database, await tellFates(database));
    await fillCells(database);
    await database.run("COMMIT");
    return await countUsages(database);
  });
  putInPlace(folder, next);
  return usages;
}

/** Makes room for the next derived file, or copies one there. @returns its path */
function beginNext(folder: string, from: string | null): string {
  const next = `${join(folder, derivedFile)}.next`;
  for (const stale of [next, `${next}.wal`]) rmSync(stale, { force: true });
  if (from !== null) copyFileSync(from, next);
  return next;
}

/** Opens the next derived file for one step of its making. */
async function within<T>(next: string, use: (database: Database) => Promise<T>): Promise<T> {
  const database = await Database.open(next);
  try {
    const made = await use(database);
    await database.run("CHECKPOINT");
    return made;
  } finally {
    database.close();
  }
}

function putInPlace(folder: string, next: string): void {
  const path = join(folder, derivedFile);
  rmSync(`${path}.wal`, { force: true });
  renameSync(next, path);
}

async function appendRows(database: Database, rows: DerivedRows, releaseMemory: () => void): Promise<void> {
  for (const [table, tableRows] of Object.entries(rows)) {
    const written = await database.append(table, await columnTypes(database, table), tableRows());
    if (written > manyRows) releaseMemory();
  }
}

const listOf = (ids: readonly number[]): string => [...ids, -1].map(Number).join(", ");

/** Tables whose rows belong to a session, or to a repository; those that hang on a usage or a segment go before it. */
const bySession = ["sub_agent_d", "usage_d", "segment", "session_place", "session_label_d", "write_d", "session_d"] as const;
const byRepository = [
  "repository_d",
  "change",
  "commit_d",
  "commit_link",
  "run",
  "opaque_path",
  "listed_session_d",
  "note_tally",
  "fix_d",
  "issue_d",
  "problem_d",
] as const;

async function deleteReplaced(database: Database, { sessions, repositories, problems }: Replaced): Promise<void> {
  const own = `session_id IN (${listOf(sessions)})`;
  for (const table of ["ledger", "context_cost", "charge"])
    await database.run(`DELETE FROM ${table} WHERE usage_id IN (SELECT usage_id FROM usage_d WHERE ${own})`);
  await database.run(`DELETE FROM fate_now WHERE strand_id IN (SELECT strand_id FROM strand JOIN segment USING (segment_id) WHERE ${own})`);
  for (const table of ["strand", "span_segment", "span_mix", "mix_fate_now"])
    await database.run(`DELETE FROM ${table} WHERE segment_id IN (SELECT segment_id FROM segment WHERE ${own})`);
  for (const table of bySession) await database.run(`DELETE FROM ${table} WHERE ${own}`);
  await dropCells(database, own);
  for (const table of byRepository) await database.run(`DELETE FROM ${table} WHERE repository_id IN (${listOf(repositories)})`);
  for (const locator of problems) await database.run("DELETE FROM problem_d WHERE locator = $locator", { locator });
}

async function followRepositories(database: Database, repositories: string): Promise<void> {
  await database.run(
    `UPDATE strand SET change_id = n.change_id FROM change_before b JOIN change n USING (repository_id, change_key)
     WHERE strand.change_id = b.change_id AND b.repository_id IN (${repositories})`,
  );
  for (const table of ["strand", "span_mix"])
    await database.run(
      `UPDATE ${table} SET horizon_ms = r.horizon_ms, landing_is_release = r.release_rule = 'landing' FROM repository_d r
       WHERE ${table}.repository_id = r.repository_id AND r.repository_id IN (${repositories}) AND ${table}.written_ms IS NOT NULL`,
    );
}

/** A model without a price is a gap in every total of dollars: said once for each model and reason (RULINGS 31). */
async function tellUnpriced(database: Database): Promise<void> {
  await database.run("DELETE FROM problem_d WHERE source = 'prices'");
  await database.run(
    `INSERT INTO problem_d
     SELECT 'prices', price_gap, 'notice', model, 'responses have no known price: their tokens are counted, their dollars are in no total',
       'Add a price for ' || model || ' under prices: in assay.yaml.', count(*)::INTEGER, NULL
     FROM charge JOIN usage_d USING (usage_id) WHERE price_gap IS NOT NULL GROUP BY price_gap, model ORDER BY model, price_gap`,
  );
}

async function columnTypes(database: Database, table: string): Promise<ColumnType[]> {
  const rows = await database.all("SELECT data_type FROM information_schema.columns WHERE table_name = $table ORDER BY ordinal_position", {
    table,
  });
  if (rows.length === 0) throw new Error(`derived.sql has no table ${table}`);
  return rows.map((row) => row["data_type"] as ColumnType);
}

/** The first id of a table that no row has. */
export async function firstFree(database: Database, table: string, column: string): Promise<number> {
  const [row] = await database.all(`SELECT coalesce(max(${column}), -1)::INTEGER + 1 AS id FROM ${table}`);
  return row?.["id"] as number;
}

export async function countUsages(database: Database): Promise<number> {
  return (await database.all("SELECT count(*)::INTEGER AS n FROM usage_d"))[0]?.["n"] as number;
}

export function hasDerived(folder: string): boolean {
  return existsSync(join(folder, derivedFile));
}

/** Opens the derived tables to read; temp tables may be made, the file is not changed. */
export async function openDerived(folder: string, purpose: Purpose = "questions"): Promise<Database> {
  return await Database.open(join(folder, derivedFile), { readOnly: true, for: purpose });
}
