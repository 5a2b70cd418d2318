/**
 * The state of a screen as it stands in its address: plain texts, defaults left out. What cannot be read falls back to the
 * default; names nobody knows are dropped.
 */
export const searchKeys = [
  "open",
  "where",
  "by",
  "range",
  "m",
  "grain",
  "compare",
  "pivot",
  "sort",
  "repository",
  "under",
  "path",
  "openWhere",
  "openBy",
  "openRange",
] as const;
export type SearchKey = (typeof searchKeys)[number];
export type PageSearch = { readonly [Key in SearchKey]?: string };

export function parseSearch(text: string): PageSearch {
  const given = new URLSearchParams(text);
  return pickSearch(Object.fromEntries(given));
}

export function pickSearch(given: Readonly<Record<string, unknown>>): PageSearch {
  const kept = searchKeys.flatMap((key): [SearchKey, string][] => {
    const value = Object.hasOwn(given, key) ? given[key] : undefined;
    return typeof value === "string" && value !== "" ? [[key, value]] : [];
  });
  return Object.fromEntries(kept);
}

/** With its `?`; empty where there is nothing to say. Keys stand in the order of `searchKeys`, so equal states have equal addresses. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const kept = Object.entries(pickSearch(search));
  if (kept.length === 0) return "";
  // Signs that are plain in a query string stay readable.
  const text = new URLSearchParams(kept).toString().replaceAll("%3A", ":").replaceAll("%2C", ",").replaceAll("%2F", "/");
  return `?${text}`;
}

/** Parts of an address that say something. */
export function withoutUndefined(parts: { readonly [Key in SearchKey]?: string | undefined }): PageSearch {
  return Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));
}
