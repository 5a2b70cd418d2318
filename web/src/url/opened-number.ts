/** The number whose drawer is open, as the address says it. */
import type { Filter } from "./filters.ts";
import { formatFilters, parseFilters } from "./filters.ts";
import { formatRange, parseRange } from "./explore-state.ts";
import type { PageSearch } from "./page-search.ts";

export interface OpenedNumber {
  readonly measure: string;
  readonly where: readonly Filter[];
  /** Dimension its rows are split by; null for the first that leads furthest down. */
  readonly by: string | null;
  readonly range: { readonly from: string | null; readonly to: string | null };
}

export function parseOpened(search: PageSearch): OpenedNumber | null {
  if (search.open === undefined) return null;
  return { measure: search.open, where: parseFilters(search.openWhere), by: search.openBy ?? null, range: parseRange(search.openRange) };
}

/** The address with the drawer open, or closed for null; the rest of the screen stays. */
export function withOpened(search: PageSearch, opened: OpenedNumber | null): PageSearch {
  const rest = Object.fromEntries(Object.entries(search).filter(([key]) => !key.startsWith("open")));
  if (opened === null) return rest;
  const parts = {
    open: opened.measure,
    openWhere: formatFilters(opened.where),
    openBy: opened.by ?? undefined,
    openRange: formatRange(opened.range),
  };
  return { ...rest, ...Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined)) };
}
