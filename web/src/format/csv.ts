/** An answer as RFC 4180: ids of the columns, then the values as they are; nothing for what is not known. */
import type { Cell, MeasureResult } from "../../../src/contract/query.ts";

export function csvOf({ columns, rows }: Pick<MeasureResult, "columns" | "rows">): string {
  const line = (cells: readonly Cell[]): string => cells.map((cell) => (cell === null ? "" : quoted(String(cell)))).join(",");
  return `${[line(columns.map(({ id }) => id)), ...rows.map((row) => line(columns.map(({ id }) => row[id] ?? null)))].join("\r\n")}\r\n`;
}

const quoted = (text: string): string => (/[",\r\n]/.test(text) || text !== text.trim() ? `"${text.replaceAll('"', '""')}"` : text);
