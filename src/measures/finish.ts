import { notObservedByGit } from "../contract/fates.ts";
import type { Cell, MeasureQuery, MeasureResult, MeasureWarning, ResultColumn } from "../contract/query.ts";
import { partialBuckets } from "./buckets.ts";
import { requireDimension, requireMeasure } from "./catalogue.ts";
import { type Dimension, dimensions } from "./dimensions.ts";
import { sortRows } from "./order.ts";
import { type Contributors, type PeopleRule, passes, together, withheldGroups } from "./people.ts";

/** A row as the engine gives it: strings, numbers, null by column. */
export type EngineRow = Readonly<Record<string, unknown>>;

/** Durations of a group: `n` units were watched for `days` whole days; `ended`: their end was seen. */
export interface LifeTimes {
  readonly days: number;
  readonly ended: boolean;
  readonly n: number;
}

/** Statistics the measures name and do not know; `src/analysis` has them. */
export interface Estimators {
  /** Share still alive after so many days, null where nothing was watched so long. */
  kaplan_meier(lifeTimes: readonly LifeTimes[], days: number): number | null;
}

/** What finishing needs of the compiled query. */
export interface Finish {
  readonly query: MeasureQuery;
  readonly columns: readonly ResultColumn[];
  readonly leftOut: readonly { readonly id: string; readonly code: "unpriced"; readonly sentence: string }[];
  /** Set for team answers. */
  readonly people: PeopleRule | null;
  readonly sql: string;
}

type Row = Record<string, Cell>;

/** @throws never: what cannot be told is null, with a warning that says why */
export function finishResult(engineRows: readonly EngineRow[], estimators: Estimators, finish: Finish): MeasureResult {
  const { query, columns, people } = finish;
  const read = engineRows.map((row) => readRow(row, columns, estimators));
  const small = hideSmallSamples(read, engineRows, query);
  const undecided = refuseUndecided(read, engineRows, query);
  const guarded = people === null ? { rows: read, cells: 0 } : withholdRows(read, engineRows, columns, people);
  const rows = sortRows(guarded.rows, query).slice(0, query.limit);
  const times = rows.flatMap(({ time }) => (typeof time === "string" ? [time] : []));
  return {
    columns: [...columns],
    rows,
    query,
    compared: null,
    basis: basisOf(columns),
    partialBuckets: partialBuckets(times, query),
    warnings: [
      ...leftOutWarnings(engineRows, finish),
      ...small,
      ...undecided,
      ...fateWarnings(query),
      ...estimatedWarnings(columns),
      ...withheldWarnings(guarded.cells),
      ...(guarded.rows.length > query.limit ? [truncated(query.limit)] : []),
    ],
    ...(query.sql ? { sql: finish.sql } : {}),
  };
}

function readRow(row: EngineRow, columns: readonly ResultColumn[], estimators: Estimators): Row {
  return Object.fromEntries(
    columns.map(({ id, kind }): [string, Cell] => {
      const measure = kind === "measure" ? requireMeasure(id) : null;
      const value = row[id] ?? null;
      if (measure?.kind === "distribution") return [id, estimators[measure.estimator](parseLifeTimes(value), measure.atDays)];
      return [id, typeof value === "number" || typeof value === "string" || value === null ? value : String(value)];
    }),
  );
}

function parseLifeTimes(value: unknown): readonly LifeTimes[] {
  const list: unknown = typeof value === "string" ? JSON.parse(value) : null;
  return Array.isArray(list) ? (list as LifeTimes[]) : [];
}

/** Empties cells whose sample is below the measure's minimum, and says so. */
function hideSmallSamples(rows: readonly Row[], engineRows: readonly EngineRow[], { measures }: MeasureQuery): MeasureWarning[] {
  return measures.flatMap((id): MeasureWarning[] => {
    const { minimumSample } = requireMeasure(id);
    if (minimumSample === null) return [];
    const small = rows.filter(
      (row, index) => row[id] !== null && Number(engineRows[index]?.[`${id}__sample`] ?? 0) < minimumSample.atLeast,
    );
    for (const row of small) row[id] = null;
    if (small.length === 0) return [];
    const unit = requireMeasure(minimumSample.of).unit;
    return [
      {
        code: "small_sample",
        measure: id,
        message: `${small.length} cells stand on fewer than ${minimumSample.atLeast} ${unit} and are not shown.`,
      },
    ];
  });
}

/** Empties cells of which too little is decided, and says so. What is known to be undecided is not told as if it were lost. */
function refuseUndecided(rows: readonly Row[], engineRows: readonly EngineRow[], { measures }: MeasureQuery): MeasureWarning[] {
  return measures.flatMap((id): MeasureWarning[] => {
    const { refusedAbove } = requireMeasure(id);
    if (refusedAbove === undefined) return [];
    const open = rows.filter((row, index) => row[id] !== null && Number(engineRows[index]?.[`${id}__undecided`] ?? 0) > refusedAbove.ratio);
    for (const row of open) row[id] = null;
    if (open.length === 0) return [];
    const most = Math.round(refusedAbove.ratio * 100);
    return [
      { code: "undecided", measure: id, message: `${open.length} cells are not shown: more than ${most} % of their spend is not decided.` },
    ];
  });
}

function isEstimated({ id, kind }: ResultColumn): boolean {
  const measure = kind === "measure" ? requireMeasure(id) : null;
  return measure?.kind === "aggregate" && measure.basis === "estimated";
}

function basisOf(columns: readonly ResultColumn[]): MeasureResult["basis"] {
  const money = columns.filter(({ type }) => type === "integer_text");
  return money.length === 0 ? null : money.every(isEstimated) ? "estimated" : "list";
}

function estimatedWarnings(columns: readonly ResultColumn[]): MeasureWarning[] {
  return columns.filter(isEstimated).map(({ id }) => ({
    code: "estimated",
    measure: id,
    message: "Basis estimated: output counts that were logged early are estimated here; the ledger has the logged ones.",
  }));
}

function leftOutWarnings(engineRows: readonly EngineRow[], { leftOut }: Finish): MeasureWarning[] {
  return leftOut.flatMap(({ id, code, sentence }): MeasureWarning[] => {
    const n = Number(engineRows[0]?.[`${id}__left_out`] ?? 0);
    return n === 0 ? [] : [{ code, measure: id, message: sentence.replace("{n}", String(n)) }];
  });
}

function fateWarnings(query: MeasureQuery): MeasureWarning[] {
  const asked = [...query.by, ...query.where.map(({ dimension }) => dimension)];
  const filtered = query.where.map(({ dimension }) => requireDimension(dimension));
  const attributed = filtered.filter((id) => (dimensions[id] as Dimension).artefact === true);
  return [
    ...(asked.includes("fate") || asked.includes("roll_up")
      ? [
          {
            code: "not_observed",
            message: `${notObservedByGit.join(", ")} are not shown in full by agent logs and git alone: what was not found is missing, not 0.`,
          } as const,
        ]
      : []),
    ...(attributed.length > 0
      ? [
          {
            code: "attributed_only",
            message: `Filtered by ${attributed.join(", ")}: dollars are those attributed to such lines, not all that was spent.`,
          } as const,
        ]
      : []),
  ];
}

/**
 * Puts each bucket of time through the people filter. What is withheld becomes one row of the bucket; where even that may
 * not be shown, its values are null.
 */
function withholdRows(rows: readonly Row[], engineRows: readonly EngineRow[], columns: readonly ResultColumn[], rule: PeopleRule) {
  const behind = new Map(rows.map((row, index) => [row, contributorsOf(engineRows[index] ?? {})]));
  const out: Row[] = [];
  let cells = 0;
  for (const time of new Set(rows.map((row) => row["time"]))) {
    const bucket = rows.filter((row) => row["time"] === time);
    const people = bucket.map((row) => behind.get(row) as Contributors);
    const withheld = withheldGroups(people, rule);
    out.push(...bucket.filter((_, index) => !withheld.has(index)));
    if (withheld.size === 0) continue;
    cells += withheld.size;
    const hidden = bucket.filter((_, index) => withheld.has(index));
    const shown = passes(together(people.filter((_, index) => withheld.has(index))), rule);
    out.push(withheldRow(hidden, columns, shown));
  }
  return { rows: out, cells };
}

function contributorsOf(row: EngineRow): Contributors {
  const share = row["people__largest_share"];
  return {
    contributors: Number(row["people__contributors"] ?? 0),
    largestShare: typeof share === "number" ? share : null,
    weight: Number(row["people__weight"] ?? 0),
  };
}

function withheldRow(rows: readonly Row[], columns: readonly ResultColumn[], shown: boolean): Row {
  return Object.fromEntries(
    columns.map(({ id, kind, type, additive }): [string, Cell] => {
      if (kind === "time") return [id, rows[0]?.[id] ?? null];
      if (kind === "dimension") return [id, "(withheld)"];
      return [
        id,
        shown && additive
          ? sum(
              rows.map((row) => row[id] ?? null),
              type,
            )
          : null,
      ];
    }),
  );
}

function sum(cells: readonly Cell[], type: ResultColumn["type"]): Cell {
  const known = cells.filter((cell) => cell !== null);
  if (known.length === 0) return null;
  if (type === "integer_text") return String(known.reduce((total, cell) => total + BigInt(cell), 0n));
  return known.reduce<number>((total, cell) => total + Number(cell), 0);
}

function withheldWarnings(cells: number): MeasureWarning[] {
  if (cells === 0) return [];
  return [{ code: "withheld", message: `${cells} groups of too few people, or with one person too large, are added up in one row.` }];
}

export const truncated = (limit: number): MeasureWarning => ({
  code: "truncated",
  message: `Only the first ${limit} rows are shown; ask for fewer dimensions or a higher limit.`,
});
