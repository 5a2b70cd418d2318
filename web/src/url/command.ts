/** The command that prints the same numbers as a query of the page. */
import type { MeasureQueryInput } from "../../../src/contract/query.ts";

export function commandOf(query: MeasureQueryInput): string {
  const { measures, by = [], where = [], range = {}, grain = null, compare = null } = query;
  const { from = null, to = null } = range;
  const days = from === null && to === null ? [] : ["--range", `${from ?? ""}..${to ?? ""}`];
  const beside = compare === null ? [] : ["--compare", compare === "previous" ? compare : `${compare.from}..${compare.to}`];
  return [
    "assay query",
    ...measures,
    ...(by.length === 0 ? [] : ["--by", by.join(",")]),
    ...where.flatMap(({ dimension, is = "in", values }) => [
      "--where",
      quoted(
        `${dimension}${is === "in" ? "=" : "!="}${values.map((value) => (value === null ? "null" : value.replaceAll(",", "\\,"))).join(",")}`,
      ),
    ]),
    ...days,
    ...(grain === null ? [] : ["--grain", grain]),
    ...beside,
  ].join(" ");
}

/** As a shell reads it. */
const quoted = (text: string): string => (/^[\w./=:@%+,-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`);
