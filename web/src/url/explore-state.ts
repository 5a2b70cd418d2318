/** What Explore shows, as its address says it. */
import type { ClosedRange, MeasureQueryInput } from "../../../src/contract/query.ts";
import { type Filter, formatFilters, parseFilters } from "./filters.ts";
import type { PageSearch } from "./page-search.ts";

export const grains = ["day", "week", "month", "quarter", "year"] as const;
export type Grain = (typeof grains)[number];

export interface ExploreState {
  readonly measures: readonly string[];
  readonly by: readonly string[];
  readonly where: readonly Filter[];
  readonly range: { readonly from: string | null; readonly to: string | null };
  readonly grain: Grain | null;
  readonly compare: "previous" | ClosedRange | null;
  /** Whether the last dimension stands in columns. */
  readonly pivot: boolean;
  /** Column, `-` before it for largest first; null for the order of the catalogue. */
  readonly sort: string | null;
}

export const defaultMeasures: readonly string[] = ["spend", "bought_share"];
export const defaultBy: readonly string[] = ["model"];

const day = /^\d{4}-\d\d-\d\d$/;
const name = /^[a-z][a-z_0-9]*$/;

export function parseExplore(search: PageSearch): ExploreState {
  const range = parseRange(search.range);
  const isClosed = range.from !== null && range.to !== null;
  return {
    measures: names(search.m, defaultMeasures),
    by: search.by === "none" ? [] : names(search.by, defaultBy),
    where: parseFilters(search.where),
    range,
    grain: grains.find((grain) => grain === search.grain) ?? null,
    compare: isClosed ? parseCompare(search.compare) : null,
    pivot: search.pivot === "yes",
    sort: search.sort !== undefined && /^-?[a-z][a-z_0-9]*$/.test(search.sort) ? search.sort : null,
  };
}

/** Defaults are left out. */
export function formatExplore(state: ExploreState): PageSearch {
  const { measures, by, where, range, grain, compare, pivot, sort } = state;
  const parts: Record<string, string | undefined> = {
    m: same(measures, defaultMeasures) ? undefined : measures.join(","),
    by: same(by, defaultBy) ? undefined : by.length === 0 ? "none" : by.join(","),
    where: formatFilters(where),
    range: formatRange(range),
    grain: grain ?? undefined,
    compare: compare === null ? undefined : compare === "previous" ? compare : `${compare.from}..${compare.to}`,
    pivot: pivot ? "yes" : undefined,
    sort: sort ?? undefined,
  };
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}

export function exploreQuery(state: ExploreState): MeasureQueryInput {
  const { measures, by, where, range, grain, compare, sort } = state;
  return {
    measures: [...measures],
    by: [...by],
    where: [...where],
    range,
    grain,
    compare,
    order: sort === null ? [] : [{ by: sort.replace(/^-/, ""), direction: sort.startsWith("-") ? "desc" : "asc" }],
  };
}

export function parseRange(text: string | undefined): ExploreState["range"] {
  const [from = "", to = ""] = (text ?? "").split("..");
  const range = { from: day.test(from) ? from : null, to: day.test(to) ? to : null };
  return range.from !== null && range.to !== null && range.from > range.to ? { from: null, to: null } : range;
}

export function formatRange({ from, to }: ExploreState["range"]): string | undefined {
  return from === null && to === null ? undefined : `${from ?? ""}..${to ?? ""}`;
}

function parseCompare(text: string | undefined): ExploreState["compare"] {
  if (text === "previous") return text;
  const { from, to } = parseRange(text);
  return from === null || to === null ? null : { from, to };
}

function names(text: string | undefined, otherwise: readonly string[]): readonly string[] {
  const given = [...new Set((text ?? "").split(",").filter((part) => name.test(part)))];
  return given.length === 0 ? otherwise : given;
}

const same = (a: readonly string[], b: readonly string[]): boolean => a.length === b.length && a.every((part, i) => part === b[i]);
