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

/** Every derived row as one line of text, sorted. Ids of derived tables are canonical, so they stay. */
export async function dumpDerived(database: Database): Promise<string[]> {
  const tables = await database.all(
    "SELECT table_name FROM information_schema.tables WHERE table_type = 'BASE TABLE' AND table_schema = 'main' ORDER BY table_name",
  );
  const lines: string[] = [];
  for (const { table_name: table } of tables) {
    if (table === "derived_state") continue;
    const { names, columns } = await database.columns(`SELECT * FROM ${String(table)}`);
    for (let r = 0; r < (columns[0]?.length ?? 0); r++)
      lines.push(`${String(table)}|${names.map((name, c) => `${name}=${String((columns[c] as Cell[])[r])}`).join("|")}`);
  }
  return lines.sort();
}
