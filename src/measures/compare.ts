import { UserError } from "../contract/errors.ts";
import type { Cell, ClosedRange, MeasureQuery, MeasureResult, MeasureWarning, ResultColumn } from "../contract/query.ts";
import { bucketOf, nextBucket } from "./buckets.ts";
import { requireMeasure } from "./catalogue.ts";
import { truncated } from "./finish.ts";
import { baseColumn, changeColumn, requireOrder, sortRows } from "./order.ts";

type Row = Record<string, Cell>;
const dayMs = 86_400_000;

/** A comparison as two questions: the asked period and its base. */
export interface Comparison {
  readonly now: MeasureQuery;
  readonly base: MeasureQuery;
  readonly range: ClosedRange;
}

/**
 * What to ask for a comparison. Neither question is cut or ordered: rows are set side by side first.
 * @throws UserError `compare_open_range` where the period has no beginning or no end, `unknown_order`
 */
export function comparisonOf(query: MeasureQuery): Comparison {
  const { compare, range } = query;
  requireOrder(query);
  if (compare === null) throw new Error("no comparison was asked");
  if (range.from === null || range.to === null) {
    throw new UserError("compare_open_range", "A comparison needs a period with a beginning and an end.", {
      hint: "Give a range of days, such as 2026-01-01..2026-01-31.",
    });
  }
  const asked = { from: range.from, to: range.to };
  const base = compare === "previous" ? previous(asked) : compare;
  const whole = { ...query, compare: null, order: [], limit: 100_000 };
  return { now: whole, base: { ...whole, range: base, sql: false }, range: base };
}

/** As many days, right before. */
function previous({ from, to }: ClosedRange): ClosedRange {
  const days = (Date.parse(to) - Date.parse(from)) / dayMs + 1;
  const dayAt = (ms: number): string => new Date(ms).toISOString().slice(0, 10);
  return { from: dayAt(Date.parse(from) - days * dayMs), to: dayAt(Date.parse(from) - dayMs) };
}

/**
 * Two answers side by side: each measure, its base, its change by the rule of the catalogue. Rows of one period only are
 * kept; what the other lacks is 0 where the catalogue says that nothing is 0, else null.
 */
export function compareResults(query: MeasureQuery, { range }: Comparison, now: MeasureResult, base: MeasureResult): MeasureResult {
  const places = bucketPlaces(query, range);
  const keyOf = (row: Row, time: Cell): string => JSON.stringify([time, ...query.by.map((id) => row[id] ?? null)]);
  const baseRows = new Map(base.rows.map((row) => [keyOf(row, places.toNow(row["time"] ?? null)), row]));
  const rows: Row[] = now.rows.map((row) => {
    const key = keyOf(row, row["time"] ?? null);
    const before = baseRows.get(key) ?? null;
    baseRows.delete(key);
    return sideBySide(query, row, before);
  });
  for (const row of baseRows.values()) {
    const time = query.grain === null ? {} : { time: places.toNow(row["time"] ?? null) };
    const groups = Object.fromEntries(query.by.map((id) => [id, row[id] ?? null]));
    rows.push(sideBySide(query, { ...time, ...groups }, row));
  }
  const ordered = sortRows(rows, query);
  return {
    ...now,
    columns: now.columns.flatMap(comparedColumns),
    rows: ordered.slice(0, query.limit),
    query,
    compared: range,
    warnings: [...now.warnings, ...baseWarnings(base.warnings, range), ...(rows.length > query.limit ? [truncated(query.limit)] : [])],
  };
}

/** Buckets of the base by their place: the n-th of the base stands beside the n-th of the asked period. */
function bucketPlaces({ grain, range }: MeasureQuery, base: ClosedRange): { toNow(time: Cell): Cell } {
  if (grain === null || range.from === null) return { toNow: (time) => time };
  const toNow = new Map<string, string>();
  let here = bucketOf(range.from, grain);
  for (let there = bucketOf(base.from, grain); there <= base.to; there = nextBucket(there, grain)) {
    toNow.set(there, here);
    here = nextBucket(here, grain);
  }
  return { toNow: (time) => (typeof time === "string" ? (toNow.get(time) ?? null) : null) };
}

function sideBySide({ measures }: MeasureQuery, row: Readonly<Row>, before: Readonly<Row> | null): Row {
  const out: Row = { ...row };
  for (const id of measures) {
    const now = Object.hasOwn(row, id) ? (row[id] ?? null) : emptyCell(id);
    const base = before === null ? emptyCell(id) : (before[id] ?? null);
    out[id] = now;
    out[baseColumn(id)] = base;
    out[changeColumn(id)] = changeOf(id, now, base);
  }
  return out;
}

/** What a group without rows has. */
function emptyCell(id: string): Cell {
  const measure = requireMeasure(id);
  if (measure.whenEmpty === null) return null;
  return measure.unit.startsWith("nano-USD") ? "0" : 0;
}

/**
 * From the base to now, by the measure's own rule: a part of the base, or points. `new` where the base is zero and now is
 * not; null where either is not known, or both are zero.
 */
export function changeOf(id: string, now: Cell, base: Cell): Cell {
  if (now === null || base === null) return null;
  const [to, from] = [Number(now), Number(base)];
  if (requireMeasure(id).change === "points") return to - from;
  if (from === 0) return to === 0 ? null : "new";
  return (to - from) / from;
}

function comparedColumns(column: ResultColumn): ResultColumn[] {
  if (column.kind !== "measure") return [column];
  const { id, title, unit } = column;
  return [
    column,
    { ...column, id: baseColumn(id), title: `${title}, before`, kind: "base" },
    { id: changeColumn(id), title: `${title}, change`, kind: "change", unit, type: requireMeasure(id).change, additive: false },
  ];
}

function baseWarnings(warnings: readonly MeasureWarning[], { from, to }: ClosedRange): MeasureWarning[] {
  return warnings
    .filter(({ code }) => code !== "not_observed" && code !== "attributed_only")
    .map((warning) => ({ ...warning, message: `${from} to ${to}: ${warning.message}` }));
}
