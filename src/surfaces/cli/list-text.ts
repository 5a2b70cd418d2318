/** Lists of sources and measures for a terminal. */
import type { MeasureRow } from "../../app/assay.ts";
import { type SourceRow, isFound } from "../../contract/answer.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatBytes, formatCount } from "./numbers.ts";
import { printable, wrap } from "./printable.ts";
import { type Column, tableLines } from "./text-table.ts";

export function sourcesText(rows: readonly SourceRow[], options: TextOptions): string {
  const found = rows.filter(isFound);
  const others = rows.filter((row) => !isFound(row)).map(({ title }) => printable(title));
  const nothingOf = others.length === 0 ? [] : wrap(`Nothing was found of: ${others.join(", ")}.`, options.width);
  if (found.length === 0) return `${["Nothing was read yet: assay import", ...nothingOf].join("\n")}\n`;
  const ink = inkFor(options.color);
  const columns: Column[] = [
    { title: "source", align: "left" },
    { title: "what", align: "left" },
    ...["files", "bytes", "absent", "sessions", "responses", "problems"].map((title): Column => ({ title, align: "right" })),
  ];
  const cells = found.map((row) => [
    printable(row.source),
    printable(row.title),
    formatCount(row.files),
    formatBytes(row.bytes),
    formatCount(row.absent),
    formatCount(row.sessions),
    formatCount(row.usages),
    formatCount(row.problems),
  ]);
  const [head = "", ...body] = tableLines(columns, cells, options.width);
  return `${[ink.bold(head), ...body, ...(nothingOf.length === 0 ? [] : ["", ...nothingOf])].join("\n")}\n`;
}

/** Every measure with its definition, how it is gamed, and what is shown beside it. */
export function measuresText(rows: readonly MeasureRow[], options: TextOptions): string {
  const ink = inkFor(options.color);
  const indented = (text: string): string[] => wrap(printable(text), options.width - 2).map((line) => `  ${line}`);
  const entries = rows.map((row) => [
    `${ink.bold(row.id)}  ${row.title} (${row.unit}; ${row.kind})`,
    ...indented(row.description),
    ...(row.gaming === "" ? [] : indented(`Gamed by: ${row.gaming}`)),
    ...(row.beside === "" ? [] : indented(`Shown beside it: ${row.beside}`)),
    ...(row.dimensions.length === 0 ? [] : indented(`Split by: ${row.dimensions.join(", ")}`)),
  ]);
  return `${entries.map((lines) => lines.join("\n")).join("\n\n")}\n`;
}
