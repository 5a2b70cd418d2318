/** How the reports of a provider are asked for. Pure: addresses and bodies out, the next page out of a page. */
import { field, textOf } from "./json-fields.ts";

/** Days in UTC, the last included. */
export interface AskedDays {
  readonly from: string;
  readonly to: string;
}

export interface ApiRequest {
  /** Below the address. */
  readonly path: string;
  /** Sent with POST where there is one. */
  readonly body?: unknown;
}

/** One report: asked for page by page, and read as one input. */
export interface ApiReport {
  /** For the places of problems: `cost`, `usage`. */
  readonly name: string;
  readonly requests: readonly ApiRequest[];
  /** What to ask for after a page; null where it was the last of its request. */
  next(page: unknown, asked: ApiRequest): ApiRequest | null;
}

export interface BillingApi {
  /** As assay.yaml names it, and as usages name the provider. */
  readonly id: string;
  /** Without a slash at its end. */
  readonly address: string;
  readonly headers: (key: string) => Readonly<Record<string, string>>;
  /** @param organization for providers whose addresses name one */
  readonly reports: (days: AskedDays, organization: string | null) => readonly ApiReport[];
}

const dayMs = 86_400_000;

/** Every day, both ends included. */
export function eachDay({ from, to }: AskedDays): string[] {
  const days: string[] = [];
  for (let at = Date.parse(from); at <= Date.parse(to); at += dayMs) days.push(new Date(at).toISOString().slice(0, 10));
  return days;
}

export const dayAfter = (day: string): string => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

/** A path with a query; a list is repeated. */
export function pathWith(path: string, parameters: Readonly<Record<string, string | number | readonly string[]>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    for (const one of Array.isArray(value) ? value : [value]) query.append(name, String(one));
  return `${path}?${query}`;
}

export const lastPage = (): null => null;

/** Pages that name the next by a token, as Anthropic's and OpenAI's do. */
export function pageByToken(page: unknown, { path }: ApiRequest): ApiRequest | null {
  const next = textOf(field(page, "next_page"));
  if (field(page, "has_more") !== true || next === null) return null;
  const [before = "", query = ""] = path.split("?");
  const parameters = new URLSearchParams(query);
  parameters.set("page", next);
  return { path: `${before}?${parameters}` };
}
