/**
 * The contract of every format a bill comes in. A format is pure: rows or documents in, lines of a bill and problems out. It
 * knows no database, no file and no exchange rate. Which format a file is in is told by its content.
 */
import { createHash } from "node:crypto";
import type { BillLineFact } from "../contract/bill-facts.ts";
import type { Problem } from "../contract/problem.ts";

/** What every line of one input has in common. */
export interface BillInput {
  /** File or address, for the places of problems. */
  readonly name: string;
  /** UTC milliseconds: as of when the input tells, unless it says so itself. */
  readonly version: number;
}

/** A line before it is known how many lines of its input are of the same thing. */
export interface BillLine extends Omit<BillLineFact, "kind" | "report" | "line" | "occurrence" | "version"> {
  /** All that says what the line is of, beside period, provider, account, use, model, actor and item; never amounts. */
  readonly parts: readonly (string | null)[];
  /** The report's own instant, where it has one. */
  readonly version?: number;
}

export interface BillReading {
  readonly lines: readonly BillLine[];
  readonly problems: readonly Problem[];
}

export const nothingRead: BillReading = { lines: [], problems: [] };

interface Format {
  /** Stable, stored with every line. */
  readonly id: string;
  readonly title: string;
}

/** A row of a table by its column names. */
export type TableRow = Readonly<Record<string, string>>;

export interface TableFormat extends Format {
  readonly shape: "table";
  /** All must be there. Compared without case. */
  readonly columns: readonly string[];
  /** @param place `file:line` */
  readRow(row: TableRow, place: string): BillReading;
}

export interface DocumentFormat extends Format {
  readonly shape: "documents";
  /** Whether a JSON value is a page, or an object, of this format. */
  recognises(value: unknown): boolean;
  /** All values of one input together: pages of one report share what they are grouped by. */
  read(documents: readonly unknown[], input: BillInput): BillReading;
}

export type BillFormat = TableFormat | DocumentFormat;

/** Turns the lines of one input into facts: numbers those that are of the same thing. */
export class LineNumbering {
  readonly #report: string;
  readonly #input: BillInput;
  readonly #seen = new Map<string, number>();

  constructor(report: string, input: BillInput) {
    this.#report = report;
    this.#input = input;
  }

  toFact({ parts, version, ...line }: BillLine): BillLineFact {
    const identity = [line.from, line.to, line.use, line.model, line.actor, line.item, line.requestId, line.unit, line.currency, ...parts];
    const digest = createHash("sha1").update(JSON.stringify(identity)).digest("hex").slice(0, 20);
    const of = `${line.provider}\u0000${line.account}\u0000${line.view}\u0000${digest}`;
    const occurrence = this.#seen.get(of) ?? 0;
    this.#seen.set(of, occurrence + 1);
    return { kind: "bill_line", report: this.#report, ...line, line: digest, occurrence, version: version ?? this.#input.version };
  }
}

/** The source id problems of bills are kept under. */
export const billSource = "bills";

export const unreadableLine = (place: string, what: string, hint?: string): Problem => ({
  code: "bill_line_unreadable",
  severity: "lost",
  source: billSource,
  locator: place,
  message: `${what}; the line was left out`,
  ...(hint === undefined ? {} : { hint }),
});

/** A UTC instant as reports write it; a day is its first instant. @returns null for what is none */
export function parseInstant(value: unknown): number | null {
  if (typeof value === "number") return Number.isFinite(value) ? Math.round(value < 1e11 ? value * 1000 : value) : null;
  if (typeof value !== "string") return null;
  const text = value.trim();
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(\.\d+)?)?\s*(Z|UTC|[+-]\d{2}:?\d{2})?)?$/.exec(text);
  if (match === null) return null;
  const [, year, month, day, hour = "00", minute = "00", second = "00", , zone] = match;
  const offset = zone === undefined || zone === "Z" || zone === "UTC" ? "Z" : zone.replace(/^([+-]\d{2}):?(\d{2})$/, "$1:$2");
  const instant = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}${offset}`);
  return Number.isNaN(instant) || !isOfMonth(year, month, day) ? null : instant;
}

/** `Date.parse` takes 30 February for 2 March. */
const isOfMonth = (year = "", month = "", day = ""): boolean =>
  Number(day) <= new Date(Date.UTC(Number(year), Number(month), 0)).getUTCDate();

export const dayMs = 86_400_000;
