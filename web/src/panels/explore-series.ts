/** The rows of an answer with a grain, as series: the six largest, the rest added up as "Other" where it may be. */
import type { Cell, MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { formatCell, shortRepository, toDollars } from "../format/cell.ts";
import type { SeriesPoint } from "../charts/series.ts";
import { bucketsBetween } from "./buckets.ts";

export interface Series {
  readonly points: readonly SeriesPoint[];
  readonly times: readonly string[];
  readonly names: readonly string[];
  /** Series beyond the six that may not be added up, and so are not drawn. */
  readonly leftOut: number;
}

type Row = MeasureResult["rows"][number];

const mostSeries = 6;
const other = "Other";

/** @param order names in an order of their own, all drawn; null for the largest first */
export function seriesOf({ columns, rows, query }: MeasureResult, measure: ResultColumn, order: readonly string[] | null = null): Series {
  const dimensions = columns.filter(({ kind }) => kind === "dimension");
  const nameOf = (row: Row): string =>
    dimensions.length === 0 ? measure.title : dimensions.map((column) => nameOfCell(column, row[column.id] ?? null)).join(" · ");
  const told = rows.map((row) => ({ time: String(row["time"]), series: nameOf(row), value: toNumber(measure, row[measure.id] ?? null) }));
  const sizes = new Map<string, number>();
  for (const { series, value } of told) sizes.set(series, (sizes.get(series) ?? 0) + Math.abs(value ?? 0));
  const bySize = [...sizes.keys()].toSorted((a, b) => (sizes.get(b) ?? 0) - (sizes.get(a) ?? 0));
  const names = order === null ? bySize : order.filter((name) => sizes.has(name));
  const seen = [...new Set(told.map(({ time }) => time))].toSorted();
  const times = (query.grain === null ? null : bucketsBetween(seen[0] ?? "", seen.at(-1) ?? "", query.grain)) ?? seen;
  const first = new Set(names.slice(0, order === null ? mostSeries : names.length));
  const shown = measure.additive ? told.filter(({ series }) => first.has(series)) : withGaps(told, [...first], times);
  const rest = told.filter(({ series }) => !first.has(series));
  if (rest.length === 0 || !measure.additive) return { points: shown, times, names: [...first], leftOut: names.length - first.size };
  const sums = new Map<string, number>();
  for (const { time, value } of rest) sums.set(time, (sums.get(time) ?? 0) + (value ?? 0));
  const others = [...sums].map(([time, value]) => ({ time, series: other, value }));
  return { points: [...shown, ...others], times, names: [...first, other], leftOut: 0 };
}

/** A point for every bucket of every series: without a row its value is not known, and a line is broken there. */
function withGaps(told: readonly SeriesPoint[], names: readonly string[], times: readonly string[]): SeriesPoint[] {
  const known = new Map(told.map((point) => [JSON.stringify([point.series, point.time]), point]));
  return names.flatMap((series) => times.map((time) => known.get(JSON.stringify([series, time])) ?? { time, series, value: null }));
}

/** For lengths only. Money in dollars, ratios as they are. */
export function toNumber({ type }: ResultColumn, cell: Cell): number | null {
  if (cell === null) return null;
  return type === "integer_text" ? toDollars(String(cell)) : Number(cell);
}

const nameOfCell = (column: ResultColumn, cell: Cell): string => {
  const name = formatCell(column, cell);
  return column.id.endsWith("repository") && cell !== null ? shortRepository(name) : name;
};
