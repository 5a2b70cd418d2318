/** Flags that many commands take, declared once. Parsing only: nothing here opens a store. */
import { type Basis, bases } from "../../contract/basis.ts";
import { UserError } from "../../contract/errors.ts";
import { isCalendarDay, parseAsOf } from "../../contract/as-of.ts";

/** Taken by every command. */
export interface CommonFlags {
  readonly store?: string;
  readonly config?: string;
  readonly json?: boolean;
  readonly color?: boolean;
  readonly debug?: boolean;
}

/** Taken wherever something is answered. */
export interface AsOfFlags {
  readonly asOf?: number;
}

export interface TrailerFlags {
  readonly ignoreTrailers?: boolean;
}

/** Where to look for agent logs and repositories. */
export interface SearchFlags {
  readonly repo?: readonly string[];
  readonly home?: string;
  readonly noHome?: boolean;
}

export const commonFlags = {
  store: { kind: "parsed", parse: requireText, optional: true, placeholder: "DIR", brief: "Folder of the store" },
  config: { kind: "parsed", parse: requireText, optional: true, placeholder: "FILE", brief: "The organisation's file, assay.yaml" },
  json: { kind: "boolean", optional: true, withNegated: false, brief: "Print JSON" },
  color: { kind: "boolean", optional: true, brief: "Colours, or none; by default where a terminal shows them and NO_COLOR is unset" },
  debug: { kind: "boolean", optional: true, withNegated: false, brief: "Print the stack of a fault, as ASSAY_DEBUG=1 does" },
} as const;

export const asOfFlags = {
  asOf: {
    kind: "parsed",
    parse: parseAsOf,
    optional: true,
    placeholder: "DATE",
    brief: "What was known and decided by then (a day in UTC, or an instant)",
  },
} as const;

/** Which money is meant. */
export interface BasisFlags {
  readonly basis: Basis;
}

export const basisFlags = {
  basis: { kind: "enum", values: bases, default: "list", brief: "Which money: list prices, less discounts of plans, or as billed" },
} as const;

/** Days a report is of, both included. */
export interface DayFlags {
  readonly from?: string;
  readonly to?: string;
}

export const dayFlags = {
  from: { kind: "parsed", parse: requireDay, optional: true, placeholder: "DAY", brief: "First day it is of, as 2026-01-01" },
  to: { kind: "parsed", parse: requireDay, optional: true, placeholder: "DAY", brief: "Last day it is of, included" },
} as const;

/** @returns null where neither end is given @throws UserError `bad_range` */
export function dayRange({ from = null, to = null }: { readonly from?: string | null; readonly to?: string | null }) {
  if (from !== null && to !== null && from > to)
    throw new UserError("bad_range", `${from} is after ${to}.`, { hint: "The earlier day comes first: --from, then --to." });
  return from === null && to === null ? null : { from, to };
}

export const reportFormats = ["text", "html", "md", "svg", "pdf", "json"] as const;

export const trailerFlags = {
  ignoreTrailers: { kind: "boolean", optional: true, brief: "Hide commit trailers and the links of checkpoints; kept in the store" },
} as const;

/** Where and how something is served. */
export interface ListenFlags {
  readonly port: number;
  readonly grpcPort?: number;
  readonly host: string;
  readonly open?: boolean;
  readonly timeLimit: number;
  readonly maxRows: number;
}

export const listenFlags = {
  port: {
    kind: "parsed",
    parse: requirePort,
    default: "4173",
    placeholder: "N",
    brief: "Port; when it is taken the next free one, 0 for any",
  },
  grpcPort: {
    kind: "parsed",
    parse: requirePort,
    optional: true,
    placeholder: "N",
    brief: "Port on which OTLP is taken over gRPC as well; 0 for any. Without it there is none",
  },
  host: {
    kind: "parsed",
    parse: requireText,
    default: "127.0.0.1",
    placeholder: "HOST",
    brief: "Address to listen on; anything but loopback needs the owner's token",
  },
  open: { kind: "boolean", optional: true, withNegated: false, brief: "Show the page in the browser" },
  timeLimit: { kind: "parsed", parse: requireSeconds, default: "30", placeholder: "SECONDS", brief: "How long one question may run" },
  maxRows: { kind: "parsed", parse: requireRows, default: "100000", placeholder: "ROWS", brief: "Rows one answer may have at most" },
} as const;

export const searchFlags = {
  repo: {
    kind: "parsed",
    parse: requireText,
    optional: true,
    variadic: true,
    placeholder: "PATH",
    brief: "A repository to read; may be given again",
  },
  home: { kind: "parsed", parse: requireText, optional: true, placeholder: "DIR", brief: "Home folder whose agent logs are read" },
  noHome: { kind: "boolean", optional: true, withNegated: false, brief: "Read no home folder" },
} as const;

/** Taken where logs are read. */
export interface OnlyFlags {
  readonly only?: string;
}

export const onlyFlags = {
  only: { kind: "parsed", parse: requireText, optional: true, placeholder: "SOURCE", brief: "Read this one source and nothing else" },
} as const;

/** What forges told, as files. */
export interface ForgeFlags {
  readonly forge?: readonly string[];
  readonly webhooks?: readonly string[];
  readonly incidents?: readonly string[];
  readonly offline?: boolean;
}

const files = { kind: "parsed", parse: requireText, optional: true, variadic: true, placeholder: "FILE" } as const;

export const forgeFlags = {
  forge: { ...files, brief: "Objects of the API of GitHub or GitLab, as JSON or JSON Lines; may be given again" },
  webhooks: { ...files, brief: "Recorded deliveries of webhooks, one a line; may be given again" },
  incidents: { ...files, brief: "Incidents of PagerDuty, Opsgenie or any tool, as JSON; may be given again" },
  offline: { kind: "boolean", optional: true, withNegated: false, brief: "Ask no forge that assay.yaml names" },
} as const;

export function requireText(text: string): string {
  if (text.trim() === "") throw new UserError("empty_value", "A value is empty.");
  return text;
}

export function requireDay(text: string): string {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || !isCalendarDay(text))
    throw new UserError("bad_day", `"${text}" is no day.`, { hint: "Write it as 2026-01-31." });
  return text;
}

/** A whole number of days, 1 to 3,650. */
export function requireDays(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 1 || days > 3_650)
    throw new UserError("bad_days", `'${text}' is no number of days.`, { hint: "Write whole numbers, as 7,21,90." });
  return days;
}

/** 0 to 65,535. */
export function requirePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) throw new UserError("bad_port", `'${text}' is no port.`, { hint: "Give 0 to 65535." });
  return port;
}

export function requireRows(text: string): number {
  const rows = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (rows < 1 || rows > 100_000) throw new UserError("bad_limit", `'${text}' is no number of rows.`, { hint: "Give 1 to 100000." });
  return rows;
}

/** A week at least: a frequency of fewer days is none. */
export function requireWindow(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 7 || days > 3_650)
    throw new UserError("bad_days", `'${text}' is no number of days.`, { hint: "Write a whole number from 7 to 3650, as 90." });
  return days;
}

export function requireTiers(text: string): number {
  const tiers = Number(text);
  if (!Number.isInteger(tiers) || tiers < 2 || tiers > 10)
    throw new UserError("bad_tiers", `'${text}' is no number of tiers.`, { hint: "Write a whole number from 2 to 10, as 5." });
  return tiers;
}

export function requireSeconds(text: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !Number.isFinite(seconds) || seconds < 1 || seconds > 86_400)
    throw new UserError("bad_seconds", `'${text}' is no number of seconds.`, { hint: "Write a number from 1 to 86400, as 30." });
  return seconds;
}

export function requireTimeZone(text: string): string {
  try {
    new Intl.DateTimeFormat("en", { timeZone: text });
    return text;
  } catch (cause) {
    throw new UserError("bad_time_zone", `'${text}' is no time zone.`, { hint: "Write it as Europe/Berlin or UTC.", cause });
  }
}
