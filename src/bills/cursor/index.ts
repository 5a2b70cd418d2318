/**
 * What Cursor charges: usage events of its Admin API, and the usage table its dashboard exports. An event has no id of a request
 * or a session, so that equal ones at one instant are counted by their place in the file. Input, cache writes, cache reads and
 * output are disjoint in both.
 */
import { noBilledTokens } from "../../contract/bill-facts.ts";
import { parseAmount, parseCents, parseCount } from "../amount.ts";
import {
  type BillInput,
  type BillLine,
  type BillReading,
  type DocumentFormat,
  type TableFormat,
  type TableRow,
  parseInstant,
  unreadableLine,
} from "../bill.ts";
import { countOf, field, listOf, textOf } from "../json-fields.ts";

/** `POST /teams/filtered-usage-events`. */
export const cursorEvents = {
  id: "cursor-events",
  title: "Cursor usage events (Admin API)",
  shape: "documents",
  recognises: (value) => Array.isArray(field(value, "usageEvents")),
  read: readEvents,
} as const satisfies DocumentFormat;

/** The dashboard's `usage-events` export. */
export const cursorExport = {
  id: "cursor-export",
  title: "Cursor usage export (CSV)",
  shape: "table",
  columns: ["Date", "Model", "Input (w/ Cache Write)", "Input (w/o Cache Write)", "Cache Read", "Output Tokens"],
  readRow,
} as const satisfies TableFormat;

/** An event happens at an instant; a line has a length. */
const eventMs = 1;
const common = {
  provider: "cursor",
  account: "",
  view: "",
  use: "usage",
  requestId: null,
  quantityNano: null,
  unit: null,
  currency: "USD",
} as const;

function readEvents(documents: readonly unknown[], input: BillInput): BillReading {
  const lines: BillLine[] = [];
  const problems: ReturnType<typeof unreadableLine>[] = [];
  for (const [p, page] of documents.entries())
    for (const [e, event] of listOf(field(page, "usageEvents")).entries()) {
      const line = readEvent(event, `${input.name}#${p}.${e}`);
      if ("code" in line) problems.push(line);
      else lines.push(line);
    }
  return { lines, problems };
}

function readEvent(event: unknown, place: string): BillLine | ReturnType<typeof unreadableLine> {
  const stamp = field(event, "timestamp");
  const from = parseInstant(typeof stamp === "string" && /^\d+$/.test(stamp) ? Number(stamp) : stamp);
  if (from === null) return unreadableLine(place, "its timestamp is no instant");
  const usage = field(event, "tokenUsage");
  const text = (name: string): string | null => textOf(field(event, name));
  const charged = parseCents(field(event, "chargedCents"));
  // Events of requests within a plan have no cents: nothing was charged for them where the event says so, else it is not told.
  const billed = charged ?? (field(event, "isChargeable") === false ? 0n : null);
  return {
    ...common,
    from,
    to: from + eventMs,
    model: text("model"),
    actor: text("userEmail"),
    item: text("kind"),
    tokens: {
      ...noBilledTokens,
      input: countOf(field(usage, "inputTokens")),
      cacheRead: countOf(field(usage, "cacheReadTokens")),
      cacheWrite: countOf(field(usage, "cacheWriteTokens")),
      output: countOf(field(usage, "outputTokens")),
    },
    requests: 1,
    billedNano: billed,
    contractNano: null,
    listNano: parseCents(field(usage, "totalCents")),
    parts: [String(field(event, "maxMode") ?? ""), String(field(event, "isHeadless") ?? "")],
  };
}

function readRow(row: TableRow, place: string): BillReading {
  const cell = (name: string): string => row[name.toLowerCase()] ?? "";
  const from = parseInstant(cell("Date"));
  if (from === null) return { lines: [], problems: [unreadableLine(place, "its date is no instant")] };
  const counts = ["Input (w/o Cache Write)", "Cache Read", "Input (w/ Cache Write)", "Output Tokens"].map((name) => parseCount(cell(name)));
  if (counts.some((count) => count === null))
    return { lines: [], problems: [unreadableLine(place, "a count of tokens is no whole number")] };
  const [input = null, cacheRead = null, cacheWrite = null, output = null] = counts;
  return {
    lines: [
      {
        ...common,
        from,
        to: from + eventMs,
        model: textOf(cell("Model")),
        actor: textOf(cell("User")),
        item: textOf(cell("Kind")),
        tokens: { ...noBilledTokens, input, cacheRead, cacheWrite, output },
        requests: 1,
        billedNano: costOf(cell("Cost")),
        contractNano: null,
        listNano: null,
        parts: [textOf(cell("Max Mode"))],
      },
    ],
    problems: [],
  };
}

/** Where a plan includes the request the column has a word (`Included`, `Free`) in the place of an amount: nothing was charged. */
const costOf = (cell: string): bigint | null => parseAmount(cell) ?? (/^(?:included|free)/i.test(cell.trim()) ? 0n : null);
