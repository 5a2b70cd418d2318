import type { Audit } from "../../app/assay.ts";
import type { TextOptions } from "./answer-text.ts";
import { type Ink, inkFor } from "./ink.ts";
import { formatCount, formatDay, formatExactUsd } from "./numbers.ts";
import { printable } from "./printable.ts";
import { tableLines } from "./text-table.ts";

/** The audit as tables, a column per key. */
export function auditText(audit: Audit, options: TextOptions): string {
  const ink = inkFor(options.color);
  const { fates, costNanoUsd, residualNanoUsd } = audit.ledger;
  const ledger = Object.entries(fates).map(([fate, nano]) => ({ fate: fate.replaceAll("_", " "), cost: nano }));
  const blocks = [
    recordTable("Sources", audit.sources, ink),
    recordTable("Usage", audit.usage, ink),
    recordTable("Repositories", audit.repositories, ink),
    recordTable("Ledger", [...ledger, { fate: "total", cost: costNanoUsd }, { fate: "residual", cost: residualNanoUsd }], ink),
    ...(audit.links === undefined ? [] : [recordTable("Links", audit.links, ink)]),
  ];
  return blocks.join("\n");
}

type Cell = string | number | null;

/** As wide as it has to be: nothing of an audit is clipped. */
function recordTable(title: string, rows: readonly object[], ink: Ink): string {
  if (rows.length === 0) return `${ink.bold(title)}\n  none\n`;
  const records = rows as readonly Record<string, Cell>[];
  const keys = Object.keys(records[0] ?? {});
  const cells = records.map((record) => keys.map((key) => cellText(key, record[key] ?? null)));
  const columns = keys.map((key, i) => ({
    title: columnTitle(key),
    align:
      typeof records[0]?.[key] === "number" || key.startsWith("cost") || cells.every((row) => /^[$\d]/.test(row[i] ?? ""))
        ? "right"
        : "left",
  })) satisfies { title: string; align: "left" | "right" }[];
  const lines = tableLines(columns, cells, Number.POSITIVE_INFINITY);
  return `${ink.bold(title)}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

function columnTitle(key: string): string {
  return key.replace(/NanoUsd$/, "").replace(/([A-Z])/g, (letter) => ` ${letter.toLowerCase()}`);
}

function cellText(key: string, value: Cell): string {
  if (value === null) return key === "cost" ? "not observed" : "not known";
  if (key === "cost" || key.endsWith("NanoUsd")) return formatExactUsd(String(value));
  if (key === "horizon") return formatDay(String(value));
  if (typeof value === "number") return key === "id" ? String(value) : formatNumber(value);
  return printable(value);
}

function formatNumber(value: number): string {
  return Number.isInteger(value) ? formatCount(value) : value.toFixed(2);
}
