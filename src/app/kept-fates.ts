import { fate, rulesVersion } from "../attribution/fates.ts";
import type { Strand } from "../attribution/model.ts";
import type { FateParameters } from "../contract/fates.ts";
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

/** Computes the kept fates of stored strands anew. @param where over `strand` */
export async function refreshFates(database: Database, where: string, parameters: FateParameters): Promise<void> {
  const rows: Row[] = [];
  await database.eachChunk(`SELECT * FROM strand WHERE ${where}`, {}, (names, columns, count) => {
    const at = new Map(names.map((name, c) => [name, columns[c] as Cell[]]));
    for (let r = 0; r < count; r++) {
      const cell = (name: string): Cell => (at.get(name) as Cell[])[r] as Cell;
      rows.push([cell("strand_id"), fate(storedStrand(cell), always, parameters)]);
    }
  });
  await database.run(`DELETE FROM fate_now WHERE strand_id IN (SELECT strand_id FROM strand WHERE ${where})`);
  await database.append("fate_now", ["INTEGER", "VARCHAR"], rows);
}
