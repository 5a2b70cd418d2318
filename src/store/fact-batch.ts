import type { ChangedKind } from "./changed.ts";
import type { Cell, Database } from "./duckdb/database.ts";
import type { Dictionary } from "./dictionary.ts";
import { type FactColumn, type FactTable, type JoinRule, factTables } from "./fact-tables.ts";
import { forgeTables } from "./forge-tables.ts";

type MutableRow = Cell[];

/** Key columns of each table; they come first. */
const keyCounts = Object.fromEntries(
  Object.entries(factTables).map(([table, columns]) => [table, columns.filter((column) => column.rule === "key").length]),
) as Record<FactTable, number>;

/** Ids come before texts, so a blank between them is enough; joining in one go is what makes this cheap. */
function keyOf(row: MutableRow, count: number): string {
  if (count === 3) return `${row[0]} ${row[1]} ${row[2]}`;
  if (count === 4) return `${row[0]} ${row[1]} ${row[2]} ${row[3]}`;
  return row.slice(0, count).join(" ");
}

/**
 * Facts on their way into the store: rows by table, joined by natural key as they come, so that a batch holds each fact
 * once. `flush` joins the batch with what the store has; call it inside a transaction.
 */
export class FactBatch {
  readonly #dictionary: Dictionary;
  #tables = new Map<FactTable, Map<string, MutableRow>>();
  #rows = 0;

  constructor(dictionary: Dictionary) {
    this.#dictionary = dictionary;
  }

  /** Rows waiting. */
  get size(): number {
    return this.#rows;
  }

  add(table: FactTable, row: MutableRow): void {
    const columns = factTables[table];
    let rows = this.#tables.get(table);
    if (!rows) this.#tables.set(table, (rows = new Map()));
    const key = keyOf(row, keyCounts[table]);
    const known = rows.get(key);
    if (!known) {
      rows.set(key, row);
      this.#rows++;
      return;
    }
    for (let c = 0; c < columns.length; c++) {
      const { rule } = columns[c] as FactColumn;
      if (rule !== "key") known[c] = this.#join(rule, known[c] as Cell, row[c] as Cell);
    }
  }

  /** All rows of a batch have the features of today: the newest lines are the larger bytes. */
  #join(rule: Exclude<JoinRule, "key">, a: Cell, b: Cell): Cell {
    if (a === null) return b;
    if (b === null || a === b) return a;
    if (rule === "text") return this.#dictionary.text(a as number) <= this.#dictionary.text(b as number) ? a : b;
    const order = a instanceof Uint8Array ? Buffer.compare(a, b as Uint8Array) : a < b ? -1 : 1;
    return (rule === "min") === order <= 0 ? a : b;
  }

  /** The sessions and repositories rows tell of. */
  touched(): (readonly [ChangedKind, number])[] {
    const touched = new Map<string, readonly [ChangedKind, number]>();
    for (const [table, rows] of this.#tables) {
      for (const [name, kind] of [
        ["session_id", "session"],
        ["repository_id", "repository"],
      ] as const) {
        const at = factTables[table].findIndex((column) => column.name === name);
        if (at < 0) continue;
        for (const row of rows.values()) {
          const id = row[at] as number | null;
          if (id !== null) touched.set(`${kind} ${id}`, [kind, id]);
        }
      }
    }
    return [...touched.values()];
  }

  /** True where all that waits is what forges and incident tools told. */
  get isOfForges(): boolean {
    return [...this.#tables.keys()].every((table) => table in forgeTables);
  }

  /** Joins the batch into the store and empties it. @returns what was not known of forges, by their repositories' addresses */
  async flush(database: Database): Promise<{ readonly newForgeRows: number; readonly forgeRepositories: ReadonlySet<string> }> {
    await this.#dictionary.flush(database);
    let newForgeRows = 0;
    const forgeRepositories = new Set<string>();
    for (const [table, rows] of this.#tables) {
      const joined = await joinRows(database, table, [...rows.values()]);
      if (!(table in forgeTables)) continue;
      newForgeRows += joined.different;
      for (const id of joined.forgeRepositories) forgeRepositories.add(this.#dictionary.text(id));
    }
    this.#tables = new Map();
    this.#rows = 0;
    return { newForgeRows, forgeRepositories };
  }
}

interface Joined {
  /** Rows that were new, or not as they were. */
  readonly different: number;
  /** Of these, in tables of forges. */
  readonly forgeRepositories: readonly number[];
}

async function joinRows(database: Database, table: FactTable, rows: MutableRow[]): Promise<Joined> {
  const columns: readonly FactColumn[] = factTables[table];
  const types = columns.map((column) => column.type);
  const before = await countRows(database, table);
  if (before === 0) {
    await database.append(table, types, rows);
    const at = columns.findIndex(({ name }) => name === "forge_repository_id");
    return { different: rows.length, forgeRepositories: at < 0 ? [] : rows.map((row) => row[at] as number) };
  }
  const stage = `stage_${table}`;
  await database.run(`CREATE OR REPLACE TEMP TABLE ${stage} AS SELECT * FROM ${table} LIMIT 0`);
  await database.append(stage, types, rows);
  const keys = columns.filter((column) => column.rule === "key").map((column) => column.name);
  const same = keys.map((name) => `t.${name} = s.${name}`).join(" AND ");
  const told = columns.filter((column) => column.rule !== "key" && column.name !== "first_seen_ms");
  const differs = told.map(({ name }) => `t.${name} IS DISTINCT FROM s.${name}`).join(" OR ") || "false";
  // Most rows are new or told again as they were: the join of texts (100 ms for its plan alone) is for the few that differ.
  // The packed lines of a large repository do not fit the database's memory: where nothing is told again they are not compared.
  const [again] = await database.all(`SELECT count(*)::INTEGER AS n FROM ${stage} s SEMI JOIN ${table} t ON ${same}`);
  const compared = `SELECT count(*)::INTEGER AS n FROM ${stage} s JOIN ${table} t ON ${same} WHERE ${differs}`;
  const [changed] = again?.["n"] === 0 ? [again] : await database.all(compared);
  const forgeRepositories: number[] = [];
  if (columns.some(({ name }) => name === "forge_repository_id")) {
    const { columns: found } = await database.columns(
      `SELECT DISTINCT s.forge_repository_id FROM ${stage} s WHERE NOT EXISTS (FROM ${table} t WHERE ${same} AND NOT (${differs}))`,
    );
    forgeRepositories.push(...((found[0] ?? []) as number[]));
  }
  if (changed?.["n"] !== 0) {
    const set = columns.filter((column) => column.rule !== "key").map((column) => `${column.name} = ${joinSql(column)}`);
    await database.run(`UPDATE ${table} AS t SET ${set.join(", ")} FROM ${stage} AS s WHERE ${same} AND (${differs})`);
  }
  await database.run(`INSERT INTO ${table} SELECT s.* FROM ${stage} s ANTI JOIN ${table} t ON ${same}`);
  await database.run(`DROP TABLE ${stage}`);
  return { different: (await countRows(database, table)) - before + (changed?.["n"] as number), forgeRepositories };
}

function joinSql({ name, rule }: FactColumn): string {
  const [t, s] = [`t.${name}`, `s.${name}`];
  if (rule === "text") {
    const textOf = (id: string): string => `(SELECT text FROM dict WHERE id = ${id})`;
    return `CASE WHEN ${t} IS NULL THEN ${s} WHEN ${s} IS NULL OR ${t} = ${s} THEN ${t} WHEN ${textOf(t)} <= ${textOf(s)} THEN ${t} ELSE ${s} END`;
  }
  if (rule === "newest") {
    return `CASE WHEN t.feature_version < s.feature_version THEN ${s} WHEN t.feature_version > s.feature_version THEN ${t} ELSE greatest(${t}, ${s}) END`;
  }
  return `${rule === "min" ? "least" : "greatest"}(${t}, ${s})`;
}

async function countRows(database: Database, table: string): Promise<number> {
  const [row] = await database.all(`SELECT count(*)::INTEGER AS n FROM ${table}`);
  return row?.["n"] as number;
}
