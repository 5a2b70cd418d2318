/** What `assay query` may be told, as the query it becomes. Parsing only. */
import { UserError } from "../../contract/errors.ts";
import type { MeasureQueryInput } from "../../contract/query.ts";
import { isCalendarDay } from "../../contract/as-of.ts";
import { requireText } from "./flags.ts";

type Filter = NonNullable<MeasureQueryInput["where"]>[number];
type Order = NonNullable<MeasureQueryInput["order"]>[number];

/** How "not known" is written as a value. */
export const notKnown = "null";

/** `a,b,c`; a comma inside a value is written `\,`. */
export function parseList(text: string): string[] {
  const list = requireText(text)
    .split(/(?<!\\),/)
    .map((part) => part.trim().replaceAll("\\,", ","));
  if (list.some((part) => part === ""))
    throw new UserError("empty_value", `'${text}' has an empty part.`, { hint: "Write a,b without blanks between commas." });
  return list;
}

/**
 * Days, both included: `2026-01-01..2026-01-31`, open at one end (`2026-01-01..`), one day, or a month `2026-01`.
 * @throws UserError `bad_range`
 */
export function parseRange(text: string): { from: string | null; to: string | null } {
  const month = /^(\d{4})-(\d\d)$/.exec(text);
  if (month !== null && isCalendarDay(`${text}-01`)) {
    const last = new Date(Date.UTC(Number(month[1]), Number(month[2]), 0));
    return { from: `${text}-01`, to: last.toISOString().slice(0, 10) };
  }
  const [from = "", to = from, more] = text.split("..");
  const range = { from: dayOrOpen(from, text), to: dayOrOpen(to, text) };
  if (more !== undefined || (range.from === null && range.to === null)) throw badRange(text);
  if (range.from !== null && range.to !== null && range.from > range.to) {
    throw new UserError("bad_range", `"${text}" ends before it begins.`, { hint: "The earlier day comes first." });
  }
  return range;
}

function dayOrOpen(day: string, text: string): string | null {
  if (day === "") return null;
  if (!/^\d{4}-\d\d-\d\d$/.test(day) || !isCalendarDay(day)) throw badRange(text);
  return day;
}

const badRange = (text: string): UserError =>
  new UserError("bad_range", `"${text}" is no range of days.`, {
    hint: "Write 2026-01-01..2026-01-31, 2026-01-01.., one day, or a month such as 2026-01.",
  });

/** `previous`, or a closed range of days. @throws UserError `bad_range` */
export function parseCompare(text: string): NonNullable<MeasureQueryInput["compare"]> {
  if (text === "previous") return text;
  const { from, to } = parseRange(text);
  if (from === null || to === null) throw badRange(text);
  return { from, to };
}

/** `dim=a,b` or `dim!=a,b`; the value `null` stands for "not known". @throws UserError `bad_filter` */
export function parseFilter(text: string): Filter {
  const [, dimension, not, values] = /^\s*([A-Za-z0-9_-]+)\s*(!?)=(.*)$/s.exec(text) ?? [];
  if (dimension === undefined || values === undefined) {
    throw new UserError("bad_filter", `"${text}" is no filter.`, { hint: "Write DIMENSION=VALUE,VALUE or DIMENSION!=VALUE." });
  }
  return {
    dimension: dimension.replaceAll("-", "_"),
    is: not === "!" ? "not_in" : "in",
    values: parseList(values).map((value) => (value === notKnown ? null : value)),
  };
}

/** `column`, `column:asc`, `column:desc`; several with commas. @throws UserError `bad_order` */
export function parseOrder(text: string): Order[] {
  return parseList(text).map((part) => {
    const [by = "", direction = "desc", more] = part.split(":");
    if (more !== undefined || by === "" || (direction !== "asc" && direction !== "desc")) {
      throw new UserError("bad_order", `"${part}" is no order.`, { hint: "Write COLUMN, COLUMN:asc or COLUMN:desc." });
    }
    return { by, direction };
  });
}
