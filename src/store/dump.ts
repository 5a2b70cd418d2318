import { type FactColumn, type FactTable, factTables } from "./fact-tables.ts";
import type { Cell, Database } from "./duckdb/database.ts";
import { readRepositories } from "./fact-reader.ts";
import type { FactStore } from "./store.ts";

/**
 * Every fact as one line of text, sorted: surrogate ids become what they stand for, `first_seen_ms` and the bookkeeping of
 * imports are left out (RULINGS 3). Two stores with equal facts and one secret have equal dumps.
 */
export async function dumpFacts(store: FactStore): Promise<string[]> {
  const lines: string[] = [];
  const { repositories, idOf } = await readRepositories(store);
  const nameOf = new Map(repositories.map(({ id, aliases }) => [id, aliases.map(({ kind, value }) => `${kind}=${value}`).join("&")]));
  const repository = (id: Cell): string => nameOf.get(idOf.get(id as number) ?? (id as number)) ?? String(id);
  const shown = (column: { name: string }, cell: Cell): string => {
    if (cell === null) return "null";
    if (column.name === "repository_id") return repository(cell);
    if (column.name.endsWith("_id") || column.name === "started_by")
      return typeof cell === "number" ? store.dictionary.text(cell) : String(cell);
    return cell instanceof Uint8Array ? Buffer.from(cell).toString("base64") : String(cell);
  };
  for (const table of Object.keys(factTables) as FactTable[]) {
    const columns: readonly FactColumn[] = factTables[table];
    const kept = columns.filter((column) => column.name !== "first_seen_ms");
    const { columns: cells } = await store.database.columns(`SELECT ${kept.map((column) => column.name).join(", ")} FROM ${table}`);
    for (let r = 0; r < (cells[0]?.length ?? 0); r++)
      lines.push(`${table}|${kept.map((column, c) => shown(column, (cells[c] as Cell[])[r] as Cell)).join("|")}`);
  }
  return lines.sort();
}

/** Tables whose rows say only how the file came about. */
const bookkeeping: readonly unknown[] = ["derived_state"];

/**
 * Every derived row as one line of text, sorted. Surrogate ids become what they stand for (RULINGS 3), so that it does not
 * matter when a row was written: a store that was brought up to date many times has the dump of one that was rebuilt.
 * @throws Error for a column of ids that has no natural key here
 */
export async function dumpDerived(database: Database): Promise<string[]> {
  const naturalKeys = await readNaturalKeys(database);
  const tables = await database.all(
    "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = 'main' ORDER BY table_name",
  );
  const lines: string[] = [];
  for (const { table_name: table } of tables) {
    if (bookkeeping.includes(table)) continue;
    const { names, columns } = await database.columns(`SELECT * FROM ${String(table)}`);
    const shown = names.map((name): ((cell: Cell) => string) => {
      if (!name.endsWith("_id") || name.endsWith("repository_id")) return plain;
      const keys = naturalKeys.get(name);
      if (!keys) throw new Error(`${String(table)}.${name}: dumpDerived knows no natural key for it`);
      return (cell) => (cell === null ? "null" : (keys.get(cell as number) ?? `no ${name} ${String(cell)}`));
    });
    for (let r = 0; r < (columns[0]?.length ?? 0); r++)
      lines.push(
        `${String(table)}|${names.map((name, c) => `${name}=${(shown[c] as (cell: Cell) => string)((columns[c] as Cell[])[r] as Cell)}`).join("|")}`,
      );
  }
  return lines.sort();
}

const plain = (cell: Cell): string => (cell instanceof Uint8Array ? Buffer.from(cell).toString("base64") : String(cell));

/** What each surrogate id stands for, by column name. A run is told apart by its other columns alone. */
const naturalKeySql: Readonly<Record<string, string>> = {
  session_id: "SELECT session_id, agent || ' ' || session_key FROM session_d",
  usage_id: "SELECT usage_id, usage_key FROM usage_d",
  charge_id: "SELECT charge_id, coalesce(usage_key, remainder) FROM charge LEFT JOIN usage_d USING (usage_id)",
  segment_id: "SELECT segment_id, min(usage_key) FROM usage_d WHERE segment_id IS NOT NULL GROUP BY segment_id",
  strand_id: `SELECT strand_id, k || ' ' || row_number() OVER (PARTITION BY segment_id ORDER BY strand_id)
    FROM strand JOIN (SELECT segment_id, min(usage_key) AS k FROM usage_d GROUP BY segment_id) USING (segment_id)`,
  change_id: "SELECT change_id, repository_id || ' ' || change_key FROM change",
  commit_id: "SELECT commit_id, repository_id || ' ' || commit_hash FROM commit_d",
  run_id: "SELECT run_id, '' FROM run",
};

/** Columns that hold an id under another name. */
const sameIds: Readonly<Record<string, string>> = { landed_change_id: "change_id", mix_segment_id: "segment_id" };

async function readNaturalKeys(database: Database): Promise<ReadonlyMap<string, ReadonlyMap<number, string>>> {
  const keys = new Map<string, ReadonlyMap<number, string>>();
  for (const [name, sql] of Object.entries(naturalKeySql)) {
    const { columns } = await database.columns(sql);
    keys.set(name, new Map((columns[0] ?? []).map((id, r) => [id as number, String((columns[1] as Cell[])[r])])));
  }
  for (const [name, other] of Object.entries(sameIds)) keys.set(name, keys.get(other) as ReadonlyMap<number, string>);
  return keys;
}
