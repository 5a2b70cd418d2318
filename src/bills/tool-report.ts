import { parseAmount } from "./amount.ts";
import { countOf, field, listOf, objectOf, textOf } from "./json-fields.ts";

/** Tokens as tools of ccusage's shape tell them: cache writes of any life are one count, and all four are disjoint. */
export interface ToolTokens {
  readonly input: number;
  readonly output: number;
  readonly cacheWrite: number;
  readonly cacheRead: number;
}

export interface ToolRow extends ToolTokens {
  /** First and last day of the row; null for rows that are of no days (sessions, blocks of hours). */
  readonly day: string | null;
  readonly lastDay: string | null;
  /** Null where the row is not split by model. */
  readonly model: string | null;
  readonly costNanoUsd: bigint;
}

/** What another tool says of the same logs. */
export interface ToolReport {
  readonly rows: readonly ToolRow[];
  /** As the tool adds it up itself; null where it does not. */
  readonly totalNanoUsd: bigint | null;
  /** Agents it read, by the names it has for them; empty where it does not say. */
  readonly agents: readonly string[];
  /** Rows that could not be read. */
  readonly unreadable: number;
}

/** Where the rows stand, with how many days each has; null: they are of no days. */
const lists: readonly (readonly [string, "day" | "week" | "month" | null])[] = [
  ["daily", "day"],
  ["weekly", "week"],
  ["monthly", "month"],
  ["session", null],
  ["sessions", null],
  ["blocks", null],
  ["projects", "day"],
  ["data", "day"],
];
const dayNames = ["period", "date", "day", "week", "month"] as const;

/** @returns null for what has no rows of that shape */
export function readToolReport(value: unknown): ToolReport | null {
  const found = lists.find(([name]) => Array.isArray(field(value, name)) || objectOf(field(value, name)) !== null);
  if (found === undefined) return null;
  const [name, length] = found;
  const list = field(value, name);
  // Grouped by project the rows stand under the name of each.
  const entries = Array.isArray(list) ? list : Object.values(objectOf(list) ?? {}).flat();
  const read = entries.filter((entry) => field(entry, "isGap") !== true).map((entry) => readEntry(entry, length));
  const rows = read.flatMap((each) => each ?? []);
  const agents = entries.flatMap((entry) => [...listOf(field(field(entry, "metadata"), "agents"))]).flatMap((agent) => textOf(agent) ?? []);
  return {
    rows,
    totalNanoUsd: parseAmount(field(field(value, "totals"), "totalCost")),
    agents: [...new Set(agents)].sort(),
    unreadable: read.filter((each) => each === null).length,
  };
}

/** A row, or one for each model it is split by. */
function readEntry(entry: unknown, length: "day" | "week" | "month" | null): ToolRow[] | null {
  const stamp = dayNames.map((name) => textOf(field(entry, name))).find((text) => text !== null && /^\d{4}-\d{2}/.test(text)) ?? null;
  const day = stamp === null || length === null ? null : stamp.length === 7 ? `${stamp}-01` : stamp.slice(0, 10);
  const lastDay = day === null || length === null ? null : lastOf(day, length);
  const parts = listOf(field(entry, "modelBreakdowns"));
  if (parts.length === 0) {
    const whole = readCounts(entry, "totalCost");
    return whole === null ? null : [{ ...whole, day, lastDay, model: null }];
  }
  const rows = parts.map((part) => readCounts(part, "cost"));
  if (rows.some((row) => row === null)) return null;
  return rows.flatMap((row, p) => (row === null ? [] : [{ ...row, day, lastDay, model: textOf(field(parts[p], "modelName")) }]));
}

function lastOf(day: string, length: "day" | "week" | "month"): string {
  const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(5, 7)), Number(day.slice(8))];
  const last = { day: Date.UTC(year, month - 1, date), week: Date.UTC(year, month - 1, date + 6), month: Date.UTC(year, month, 0) };
  return new Date(last[length]).toISOString().slice(0, 10);
}

function readCounts(of: unknown, cost: string): (ToolTokens & { readonly costNanoUsd: bigint }) | null {
  const count = (name: string): number | null => countOf(field(of, name));
  const [input, output] = [count("inputTokens"), count("outputTokens")];
  const [cacheWrite, cacheRead] = [count("cacheCreationTokens"), count("cacheReadTokens")];
  const costNanoUsd = parseAmount(field(of, cost));
  if (costNanoUsd === null || input === null || output === null || cacheWrite === null || cacheRead === null) return null;
  return { input, output, cacheWrite, cacheRead, costNanoUsd };
}
