/**
 * Reads fields of parsed JSON nobody vouches for. Only own properties are looked at and nothing is ever written to by a name
 * of the input, so that a key like `__proto__` is a key that is not asked for. What is absent or of another type is null.
 */
const longestText = 4_096;

export function field(value: unknown, ...path: readonly string[]): unknown {
  let at = value;
  for (const name of path) {
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return null;
    at = (at as Record<string, unknown>)[name];
  }
  return at ?? null;
}

/** @returns null for an empty text and for one longer than any name, path or reference is */
export function text(value: unknown, ...path: readonly string[]): string | null {
  const found = field(value, ...path);
  return typeof found === "string" && found !== "" && found.length <= longestText ? found : null;
}

export function lower(value: unknown, ...path: readonly string[]): string | null {
  return text(value, ...path)?.toLowerCase() ?? null;
}

/** A body of any length: it is searched, never kept. */
export function prose(value: unknown, ...path: readonly string[]): string {
  const found = field(value, ...path);
  return typeof found === "string" ? found : "";
}

/** A whole number that fits a column; texts of digits are numbers too (GraphQL writes large ids so). */
export function whole(value: unknown, ...path: readonly string[]): number | null {
  const found = field(value, ...path);
  const number = typeof found === "string" && /^\d{1,15}$/.test(found) ? Number(found) : found;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}

/** A number of a change, an issue or a line: one that fits 32 bits. */
export function count(value: unknown, ...path: readonly string[]): number | null {
  const number = whole(value, ...path);
  return number !== null && number <= 0x7fff_ffff ? number : null;
}

/** An id as text, whether written as number or text. */
export function id(value: unknown, ...path: readonly string[]): string | null {
  const found = field(value, ...path);
  if (typeof found === "number") return Number.isSafeInteger(found) && found >= 0 ? String(found) : null;
  const written = text(value, ...path);
  return written !== null && written.length <= 256 ? written : null;
}

export function flag(value: unknown, ...path: readonly string[]): boolean | null {
  const found = field(value, ...path);
  return typeof found === "boolean" ? found : null;
}

export function list(value: unknown, ...path: readonly string[]): readonly unknown[] {
  const found = field(value, ...path);
  return Array.isArray(found) ? (found as unknown[]) : [];
}

const clock = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(Z|UTC|[+-]\d{2}:?\d{2})$/;

/**
 * UTC milliseconds of an instant with its zone: ISO 8601, or `2026-03-01 10:00:00 UTC` as GitLab's webhooks write it; whole
 * seconds since 1970 where a number stands.
 */
export function instant(value: unknown, ...path: readonly string[]): number | null {
  const found = field(value, ...path);
  if (typeof found === "number") return Number.isSafeInteger(found) && found > 0 && found < 1e11 ? found * 1_000 : null;
  if (typeof found !== "string") return null;
  const [, day, time, zone] = clock.exec(found.trim()) ?? [];
  if (day === undefined) return null;
  const offset = zone === "UTC" ? "Z" : (zone as string).replace(/^([+-]\d{2})(\d{2})$/, "$1:$2");
  const parsed = Date.parse(`${day}T${time}${offset}`);
  return Number.isNaN(parsed) ? null : parsed;
}

const hash = /^[0-9a-f]{7,64}$/;
/** Hash of a commit; null for the hash of nothing. */
export function commit(value: unknown, ...path: readonly string[]): string | null {
  const found = lower(value, ...path);
  return found !== null && hash.test(found) && !/^0+$/.test(found) ? found : null;
}

/** The newest of some instants, null where none is known. */
export function newest(...instants: readonly (number | null)[]): number | null {
  const known = instants.filter((one) => one !== null);
  return known.length === 0 ? null : Math.max(...known);
}

export const sorted = <T extends string | number>(values: Iterable<T>): T[] =>
  [...new Set(values)].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
