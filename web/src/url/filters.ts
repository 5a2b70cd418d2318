/** Filters as text of an address: `team=quay|forecast;model!=a`. An empty value stands for "not known". */
import type { MeasureQueryInput } from "../../../src/contract/query.ts";

export type Filter = NonNullable<MeasureQueryInput["where"]>[number];

const pattern = /^([a-z_0-9]+)(!?=)(.*)$/s;

export function parseFilters(text: string | undefined): Filter[] {
  if (text === undefined) return [];
  return text.split(";").flatMap((part): Filter[] => {
    const match = pattern.exec(part);
    const [, dimension = "", sign, values = ""] = match ?? [];
    if (match === null) return [];
    return [
      { dimension, is: sign === "=" ? "in" : "not_in", values: values.split("|").map((value) => (value === "" ? null : decode(value))) },
    ];
  });
}

/** Undefined for no filter, so that the address stays without. */
export function formatFilters(filters: readonly Filter[]): string | undefined {
  if (filters.length === 0) return undefined;
  return filters
    .map(
      ({ dimension, is = "in", values }) =>
        `${dimension}${is === "in" ? "=" : "!="}${values.map((value) => (value === null ? "" : encode(value))).join("|")}`,
    )
    .join(";");
}

/** Only the signs that part filters are escaped. */
const encode = (value: string): string => value.replace(/[%|;]/g, (sign) => encodeURIComponent(sign));

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value; // typed by hand with a lone %: meant as it stands
  }
}
