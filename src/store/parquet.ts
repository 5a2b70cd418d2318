import { readFile, rm } from "node:fs/promises";
import { Database, type Row } from "./duckdb/database.ts";

/** `integer`: decimal digits that may pass 2^53; they leave as DECIMAL(38, 0), exactly. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: "text" | "number" | "integer";
}

const sqlTypes = { text: "VARCHAR", number: "DOUBLE", integer: "VARCHAR" } as const;

/**
 * A table as a Parquet file, written by DuckDB's COPY.
 * @param path where the file may lie until it is read; nothing is left there
 */
export async function parquetOf(columns: readonly ParquetColumn[], rows: readonly Row[], path: string): Promise<Uint8Array> {
  const database = await Database.open(":memory:");
  try {
    const declared = columns.map(({ name, type }) => `${quoted(name)} ${sqlTypes[type]}`);
    await database.run(`CREATE TABLE result (${declared.join(", ")})`);
    await database.append(
      "result",
      columns.map(({ type }) => sqlTypes[type]),
      rows,
    );
    const chosen = columns.map(({ name, type }) =>
      type === "integer" ? `CAST(${quoted(name)} AS DECIMAL(38, 0)) AS ${quoted(name)}` : quoted(name),
    );
    await database.run(`COPY (SELECT ${chosen.join(", ")} FROM result ORDER BY rowid) TO '${path.replaceAll("'", "''")}' (FORMAT parquet)`);
    return await readFile(path);
  } finally {
    database.close();
    await rm(path, { force: true });
  }
}

const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
