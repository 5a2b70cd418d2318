/** Reading JSON that nobody checked: what is not there, or is something else, is null. */

export type Json = Readonly<Record<string, unknown>>;

export const objectOf = (value: unknown): Json | null =>
  value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Json) : null;

/** The field of an object, its own ones only. */
export const field = (of: unknown, name: string): unknown => {
  const object = objectOf(of);
  return object !== null && Object.hasOwn(object, name) ? object[name] : undefined;
};

export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : []);

/** A text that says something. */
export const textOf = (value: unknown): string | null => (typeof value === "string" && value.trim() !== "" ? value.trim() : null);

/** A count of something: a whole number, not negative; also as digits. */
export function countOf(value: unknown): number | null {
  const number = typeof value === "string" && /^\d+$/.test(value) ? Number(value) : value;
  return typeof number === "number" && Number.isSafeInteger(number) && number >= 0 ? number : null;
}
