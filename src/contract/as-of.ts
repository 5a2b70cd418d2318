import { UserError } from "./errors.ts";

const dayMs = 86_400_000;
const day = /^(\d{4})-(\d\d)-(\d\d)$/;
const instant = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(:\d\d(\.\d{1,3})?)?(Z|[+-]\d\d:\d\d)$/;

/**
 * Reads `--as-of`: a date means the end of that day in UTC, an ISO instant with its zone means itself.
 *
 * @returns UTC milliseconds
 * @throws UserError `bad_as_of` for anything else, days that no calendar has included
 * @example parseAsOf("2026-01-31") // the last millisecond of 31 January 2026
 */
export function parseAsOf(text: string): number {
  if (day.test(text) && isCalendarDay(text)) return Date.parse(`${text}T00:00:00Z`) + dayMs - 1;
  const written = instant.exec(text)?.[1];
  const at = written !== undefined && isCalendarDay(written) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(at)) {
    throw new UserError("bad_as_of", `"${text}" is neither a date nor an instant.`, {
      hint: "Write 2026-01-31 for the end of that day in UTC, or an instant with its zone: 2026-01-31T12:00:00Z.",
    });
  }
  return at;
}

/** Date.parse takes 31 February for 3 March; a date that comes back changed does not exist. */
export function isCalendarDay(text: string): boolean {
  const at = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(text);
}
