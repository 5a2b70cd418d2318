/** The answer to a query as a file: the same table as CSV or Parquet. */
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import type { Cell, MeasureResult, ResultColumn } from "../contract/query.ts";
import type { ParquetColumn } from "../store/parquet.ts";

/** RFC 4180: column ids, then the values as they are (money in nano-dollars, ratios 0..1); nothing for what is not known. */
export function resultCsv({ columns, rows }: MeasureResult): string {
  const line = (cells: readonly Cell[]): string => cells.map((cell) => (cell === null ? "" : quoted(String(cell)))).join(",");
  return `${[line(columns.map(({ id }) => id)), ...rows.map((row) => line(columns.map(({ id }) => row[id] ?? null)))].join("\r\n")}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);

/** @param folder a file lies in it while it is made */
export async function resultParquet({ columns, rows }: MeasureResult, folder: string): Promise<Uint8Array> {
  const { parquetOf } = await import("../store/parquet.ts");
  return await parquetOf(
    columns.map((column): ParquetColumn => ({ name: column.id, type: parquetType(column) })),
    rows.map((row) => columns.map((column) => parquetCell(column, row[column.id] ?? null))),
    join(folder, `export-${randomBytes(6).toString("hex")}.parquet`),
  );
}

const parquetCell = ({ type }: ResultColumn, cell: Cell): Cell => (type === "relative" && cell !== null ? String(cell) : cell);

/** A relative change may be the word `new`, so it is text. */
function parquetType({ type }: ResultColumn): ParquetColumn["type"] {
  if (type === "integer_text") return "integer";
  return type === "text" || type === "relative" ? "text" : "number";
}
