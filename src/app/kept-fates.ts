import { fate, rulesVersion } from "../attribution/fates.ts";
import type { Strand } from "../attribution/model.ts";
import type { FateName, FateParameters } from "../contract/fates.ts";
import type { Cell, Database, Row } from "../store/duckdb/database.ts";
import { storedStrand } from "./stored-strand.ts";

/** Later than every fact: what "the newest facts" means for a fate. Ages still end at the horizon. */
export const always = Number.MAX_SAFE_INTEGER;

/**
 * Fates seen from the newest facts are kept with what is derived: they change with facts and rules alone, never with the
 * clock. Under the name of the state that says by which rules.
 */
export const fatesState = "fates";

export const fatesStand = (parameters: FateParameters): string => JSON.stringify([rulesVersion, parameters]);

/** Whether the kept fates are those of these parameters. */
export async function keepsFates(database: Database, parameters: FateParameters): Promise<boolean> {
  const rows = await database.all("SELECT value FROM derived_state WHERE name = $name", { name: fatesState });
  return rows[0]?.["value"] === fatesStand(parameters);
}

export const fateRow = (id: number, strand: Strand, parameters: FateParameters): Row => [id, fate(strand, always, parameters)];

/**
 * Computes the kept fates anew: of the strands and mixes of some repositories, and of mixes that have none yet.
 * @param moved over `strand` and `span_mix`, null where those that are known stand
 * @returns a condition over `session_id`: whose fates were computed anew
 */
export async function refreshFates(database: Database, moved: string | null, parameters: FateParameters): Promise<string> {
  if (moved !== null) {
    const rows: Row[] = [];
    await eachFate(database, `SELECT * FROM strand WHERE ${moved}`, parameters, (cell, ends) => rows.push([cell("strand_id"), ends]));
    await database.run(`DELETE FROM fate_now WHERE strand_id IN (SELECT strand_id FROM strand WHERE ${moved})`);
    await database.append("fate_now", ["INTEGER", "VARCHAR"], rows);
    await database.run(`DELETE FROM mix_fate_now WHERE segment_id IN (SELECT segment_id FROM span_mix WHERE ${moved})`);
  }
  await tellMixFates(database, "mix_fate_now", `segment_id NOT IN (SELECT segment_id FROM mix_fate_now)`, always, parameters);
  if (moved === null) return "FALSE";
  const segments = `SELECT segment_id FROM strand WHERE ${moved} UNION SELECT segment_id FROM span_mix WHERE ${moved}`;
  return `session_id IN (SELECT session_id FROM segment WHERE segment_id IN (${segments}))`;
}

/** Appends the fates of mixes to a table like `mix_fate_now`. @param where over `span_mix` @param instant what they are seen from */
export async function tellMixFates(
  database: Database,
  table: string,
  where: string,
  instant: number,
  parameters: FateParameters,
): Promise<void> {
  const rows: Row[] = [];
  // What sessions do without artefacts is alike under every allocation, and a mix does not tell it.
  const sql = `SELECT *, NULL AS activity, NULL AS death_commit FROM span_mix WHERE ${where}`;
  await eachFate(
    database,
    sql,
    parameters,
    (cell, ends) => rows.push([cell("segment_id"), cell("allocation"), cell("weight"), cell("grade"), ends]),
    instant,
  );
  await database.append(table, ["INTEGER", "TINYINT", "INTEGER", "VARCHAR", "VARCHAR"], rows);
}

async function eachFate(
  database: Database,
  sql: string,
  parameters: FateParameters,
  visit: (cell: (name: string) => Cell, ends: FateName) => void,
  instant = always,
): Promise<void> {
  await database.eachChunk(sql, {}, (names, columns, count) => {
    const at = new Map(names.map((name, c) => [name, columns[c] as Cell[]]));
    for (let r = 0; r < count; r++) {
      const cell = (name: string): Cell => (at.get(name) as Cell[])[r] as Cell;
      visit(cell, fate(storedStrand(cell), instant, parameters));
    }
  });
}
