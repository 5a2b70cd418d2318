import { UserError } from "../contract/errors.ts";
import { type FateName, notObservedByGit, observedByForges, rollUp } from "../contract/fates.ts";
import type { MeasureQuery, MeasureResult, ResultColumn } from "../contract/query.ts";
import { requireDimension, requireMeasure } from "./catalogue.ts";
import { type Dimension, dimensions } from "./dimensions.ts";
import { type EngineRow, type Estimators, type Finish, finishResult } from "./finish.ts";
import type { Aggregate, Measure, Ratio } from "./measure.ts";
import { type Parameter, type Part, Parts, dimensionColumn, fromSql, groupColumns, timeColumn } from "./parts.ts";
import { type PeopleRule, defaultPeopleRule } from "./people.ts";
import { requireOrder } from "./order.ts";
import { name } from "./sql-text.ts";

export interface CompileOptions {
  /** `team` closes grains that bear a person and puts the answer through the people filter. */
  readonly audience: "local" | "team";
  readonly people?: PeopleRule;
  /** Whether the cells of the store may answer: they hold for the newest facts (src/store/cells.ts). */
  readonly cells?: boolean;
}

/** A query ready to run. */
export interface Compiled {
  readonly sql: string;
  /** To bind, by name; every one is used. */
  readonly params: Readonly<Record<string, Parameter>>;
  readonly columns: readonly ResultColumn[];
  readonly needs: {
    /** Reads the table `strand_fate(strand_id, fate)`, filled for the asked instant. */
    readonly fates: boolean;
    /** Reads the table `session_person(session_id, person)`. */
    readonly people: boolean;
    /** Reads the tables `session_team` and `repository_product`. */
    readonly organisation: boolean;
    /** Reads the table `span_part` (src/store/views/span_part.sql), made for the asked instant. */
    readonly span: boolean;
    /** Reads the table `output_rule`: how early output counts are estimated. */
    readonly outputRules: boolean;
  };
  /** Turns the engine's rows into the answer. */
  finish(rows: readonly EngineRow[], estimators: Estimators): MeasureResult;
}

/**
 * Compiles a query to one SELECT. Each fact table is aggregated at its own grain in its own common table expression, then
 * these are joined on the dimensions asked for: a join can never multiply what is summed.
 *
 * @throws UserError `unknown_measure`, `unknown_dimension`, `dimension_lacking`, `dimension_closed`
 */
export function compile(asked: MeasureQuery, options: CompileOptions = { audience: "local" }): Compiled {
  const query = { ...asked, measures: [...new Set(asked.measures)], by: [...new Set(asked.by)] };
  if (options.audience === "team") refusePersons(query);
  requireOrder(query);
  const parts = new Parts(query, options.cells === true && query.asOf === null);
  const columns = columnsOf(query);
  const leftOut = leftOutOf(parts, query.measures);
  const items = [
    ...query.measures.map((id): Item => ({ id, sql: expressionOf(parts, id), shown: shownAs(id) })),
    ...query.measures.flatMap((id) => sampleOf(parts, id)),
    ...query.measures.flatMap((id) => undecidedOf(parts, id)),
    ...leftOut.map(({ id, sql }): Item => ({ id: `${id}__left_out`, sql, shown: "number" })),
  ];
  const sql = statement(parts, items, options);
  const params = { ...parts.parameters.values, ...(sql.includes("$as_of_ms") ? { as_of_ms: asOfMs(query) } : {}) };
  const context: Finish = {
    query,
    columns,
    leftOut,
    people: options.audience === "team" ? (options.people ?? defaultPeopleRule) : null,
    sql,
  };
  return {
    sql,
    params,
    columns,
    needs: {
      fates: /\bstrand_fate\b/.test(sql),
      people: /\bsession_person\b/.test(sql),
      organisation: /\b(?:session_team|repository_product)\b/.test(sql),
      span: /\bspan_part\b/.test(sql),
      outputRules: /\boutput_rule\b/.test(sql),
    },
    finish: (rows, estimators) => finishResult(rows, estimators, context),
  };
}

/** More rows than any answer may have. */
const mostRows = 100_000;

const asOfMs = (query: MeasureQuery): number | null => (query.asOf === null ? null : Date.parse(query.asOf));

/** A column of numbers: shown ones are the measures, hidden ones what finishing needs. */
interface Item {
  readonly id: string;
  readonly sql: string;
  readonly shown: "text" | "number" | "integer_text";
}

/** The value of a measure as SQL over the joined parts. */
function expressionOf(parts: Parts, id: string, without: Ratio["ofAll"] = []): string {
  const measure = requireMeasure(id);
  switch (measure.kind) {
    case "aggregate": {
      const { value, rows } = parts.addAggregate(id, measure, without);
      return `CASE WHEN coalesce(${rows}, 0) = 0 THEN ${emptyOf(parts.query, measure)} ELSE ${value} END`;
    }
    case "ratio": {
      const ratio = division(
        expressionOf(parts, measure.numerator, without),
        expressionOf(parts, measure.denominator, [...without, ...(measure.ofAll ?? [])]),
        measure,
      );
      return measure.ofAll === undefined ? ratio : withinWhole(parts, measure.numerator, ratio);
    }
    case "derived":
      return measure.sql.replaceAll(/[a-z][a-z0-9_]*/g, (word) =>
        measure.inputs.includes(word) ? `(${expressionOf(parts, word, without)})` : word,
      );
    case "distribution":
      return parts.addLifeTimes(id, measure);
  }
}

/** Money stays an integer, half rounded up; all else is a floating-point number. */
function division(numerator: string, denominator: string, { unit }: Measure): string {
  if (!isMoney(unit)) return `CAST(${numerator} AS DOUBLE) / nullif(CAST(${denominator} AS DOUBLE), 0)`;
  const whole = `CAST(${denominator} AS HUGEINT)`;
  return `(2 * CAST(${numerator} AS HUGEINT) + ${whole}) // nullif(2 * ${whole}, 0)`;
}

/** A group of which no row belongs to the whole (ripening, of decided spend) has no share, rather than 0. */
function withinWhole(parts: Parts, numeratorId: string, ratio: string): string {
  const numerator = requireMeasure(numeratorId);
  if (numerator.kind !== "aggregate") throw new Error(`the share of a whole needs an aggregate: ${numeratorId}`);
  const { rows, groupRows } = parts.addAggregate(numeratorId, numerator, []);
  return rows === groupRows ? ratio : `CASE WHEN ${groupRows} > 0 AND ${rows} = 0 THEN NULL ELSE ${ratio} END`;
}

/** True where a forge told; of every repository where single ones are asked for. */
const forgeTold = "EXISTS (SELECT 1 FROM repository_d WHERE forge IS NOT NULL)";
const everyForgeTold = `${forgeTold} AND NOT EXISTS (SELECT 1 FROM repository_d WHERE forge IS NULL)`;

/**
 * What a group without rows has: nothing, not 0, where only unobservable fates are asked (RULINGS 6). Of what forges show in
 * full it is 0 once they told.
 */
function emptyOf(query: MeasureQuery, { whenEmpty }: Aggregate): string {
  const unobserved = query.where.some(
    (filter) => filter.is === "in" && filter.values.every((value) => isUnobserved(filter.dimension, value)),
  );
  if (whenEmpty !== 0) return "NULL";
  if (!unobserved) return "0";
  const byForges = query.where.some(({ dimension, values }) => values.some((value) => fatesOf(dimension, value).some(isShownByForges)));
  if (!byForges) return "NULL";
  const single = [...query.by, ...query.where.map(({ dimension }) => dimension)].some((id) => id.endsWith("repository"));
  return `CASE WHEN ${single ? everyForgeTold : forgeTold} THEN 0 END`;
}

const isShownByForges = (fate: FateName): boolean => observedByForges.includes(fate);

/** The fates a value of `fate` or `roll_up` names. */
function fatesOf(dimension: string, value: string | null): readonly FateName[] {
  if (dimension === "fate") return [value as FateName];
  if (dimension !== "roll_up" || value === null || !Object.hasOwn(rollUp, value)) return [];
  return rollUp[value as keyof typeof rollUp];
}

function isUnobserved(dimension: string, value: string | null): boolean {
  const fates = fatesOf(dimension, value);
  return fates.length > 0 && fates.every((fate) => notObservedByGit.includes(fate));
}

function sampleOf(parts: Parts, id: string): Item[] {
  const { minimumSample } = requireMeasure(id);
  return minimumSample === null ? [] : [{ id: `${id}__sample`, sql: expressionOf(parts, minimumSample.of), shown: "number" }];
}

function undecidedOf(parts: Parts, id: string): Item[] {
  const { refusedAbove } = requireMeasure(id);
  return refusedAbove === undefined ? [] : [{ id: `${id}__undecided`, sql: expressionOf(parts, refusedAbove.of), shown: "number" }];
}

function shownAs(id: string): Item["shown"] {
  const { kind, unit } = requireMeasure(id);
  return kind === "distribution" ? "text" : isMoney(unit) ? "integer_text" : "number";
}

/** Aggregates a measure rests on, itself included. */
function aggregatesOf(id: string): readonly string[] {
  const measure = requireMeasure(id);
  if (measure.kind === "ratio") return [measure.numerator, measure.denominator].flatMap(aggregatesOf);
  return measure.kind === "derived" ? measure.inputs.flatMap(aggregatesOf) : [id];
}

function leftOutOf(parts: Parts, measures: readonly string[]) {
  return [...new Set(measures.flatMap(aggregatesOf))].flatMap((id) => {
    const measure = requireMeasure(id);
    if (measure.kind !== "aggregate" || measure.leftOut === undefined) return [];
    const { code, sentence } = measure.leftOut;
    return [{ id, code, sentence, sql: parts.addLeftOut(id, measure, measure.leftOut) }];
  });
}

const isMoney = (unit: string): boolean => unit.startsWith("nano-USD");

function columnsOf({ grain, by, measures }: MeasureQuery): ResultColumn[] {
  const time: ResultColumn[] =
    grain === null
      ? []
      : [{ id: "time", title: `${grain[0]?.toUpperCase()}${grain.slice(1)}`, kind: "time", unit: null, type: "text", additive: false }];
  const split = by.map((id): ResultColumn => {
    const dimension: Dimension = dimensions[requireDimension(id)];
    return { id, title: dimension.title, kind: "dimension", unit: null, type: "text", additive: false };
  });
  const values = measures.map((id): ResultColumn => {
    const { title, unit, additive } = requireMeasure(id);
    return { id, title, kind: "measure", unit, type: isMoney(unit) ? "integer_text" : "number", additive };
  });
  return [...time, ...split, ...values];
}

function refusePersons(query: MeasureQuery): void {
  const asked = [...query.by, ...query.where.map((filter) => filter.dimension)].map(requireDimension);
  const closed = asked.find((id) => (dimensions[id] as Dimension).person === true);
  if (closed === undefined) return;
  const open = Object.entries(dimensions as Record<string, Dimension>).flatMap(([id, { person }]) => (person === true ? [] : [id]));
  throw new UserError("dimension_closed", `'${closed}' bears persons; team answers are not split or filtered by it.`, {
    hint: `Open are: ${open.join(", ")}.`,
  });
}

/** The whole statement: parts, their groups, the joined measures, the answer's columns in a fixed order. */
function statement(parts: Parts, items: readonly Item[], { audience }: CompileOptions): string {
  const { query } = parts;
  const groups = [...(query.grain === null ? [] : [timeColumn]), ...query.by.map((id) => dimensionColumn(requireDimension(id)))];
  const team = audience === "team" ? parts.whole : [];
  const all = [...items, ...peopleItems(team)];
  const ctes = [
    ...[...parts.all.values()].map((part) => cte(part.alias, part.life === null ? aggregateSql(parts, part) : lifeTimesSql(parts, part))),
    ...team.map((part) => cte(`${part.alias}_people`, peopleSql(parts, part))),
    cte("spine", parts.whole.map((part) => `SELECT ${groups.join(", ") || "1 AS everything"} FROM ${part.alias}`).join("\nUNION\n")),
    cte("answer", answerSql(parts, groups, all, team)),
  ];
  // What is withheld or asked in an order of its own is cut when the rows are finished.
  const rows = query.order.length > 0 ? mostRows : query.limit;
  const limit = audience === "team" ? [] : [`LIMIT ${parts.parameters.bind(rows + 1)}`];
  const output = [...groupItems(query), ...all.map(castItem)];
  return [`WITH ${ctes.join(",\n")}`, `SELECT ${output.join(",\n  ")}`, "FROM answer", ...orderSql(items, groups), ...limit].join("\n");
}

const cte = (alias: string, sql: string): string => `${alias} AS (\n${sql.replaceAll(/^/gm, "  ")}\n)`;

function aggregateSql(parts: Parts, part: Part): string {
  const { names, items } = groupColumns(part, parts.query, parts.parameters);
  const aggregates = [...part.columns].map(([id, sql]) => `${sql} AS ${name(id)}`);
  return [`SELECT ${[...items, ...aggregates].join(",\n  ")}`, fromSql(parts, part), groupBy(names)].filter(Boolean).join("\n");
}

const groupBy = (names: readonly string[]): string => (names.length === 0 ? "" : `GROUP BY ${names.join(", ")}`);

function lifeTimesSql(parts: Parts, part: Part): string {
  if (part.life === null) throw new Error("a part without life times");
  const { names, items } = groupColumns(part, parts.query, parts.parameters);
  const { durationDays, event, weight } = part.life;
  const inner = [
    `SELECT ${[...items, `${durationDays} AS days`, `${event} AS ended`, `CAST(sum(${weight}) AS BIGINT) AS n`].join(", ")}`,
    fromSql(parts, part),
    groupBy([...names, "days", "ended"]),
  ].join("\n");
  const list = `CAST(to_json(list({'days': days, 'ended': ended, 'n': n} ORDER BY days, ended)) AS VARCHAR) AS life_times`;
  return [`SELECT ${[...names, list].join(", ")}`, `FROM (\n${inner.replaceAll(/^/gm, "  ")}\n)`, groupBy(names)]
    .filter(Boolean)
    .join("\n");
}

/** How many persons stand behind each group, and how much of it is the largest one's. */
function peopleSql(parts: Parts, part: Part): string {
  const { names, items } = groupColumns(part, parts.query, parts.parameters);
  const { person } = part.of;
  const inner = [
    `SELECT ${[...items, `${person.sql} AS person`, `coalesce(CAST(sum(${person.weight}) AS DOUBLE), 0) AS weight`].join(", ")}`,
    fromSql(parts, part, [person.join]),
    groupBy([...names, "person"]),
  ].join("\n");
  const counts = ["count(person) AS contributors", "max(weight) / nullif(sum(weight), 0) AS largest_share", "sum(weight) AS weight"];
  return [`SELECT ${[...names, ...counts].join(", ")}`, `FROM (\n${inner.replaceAll(/^/gm, "  ")}\n)`, groupBy(names)]
    .filter(Boolean)
    .join("\n");
}

/** A cell stands on all its parts: the fewest persons and the largest share of any. */
function peopleItems(team: readonly Part[]): Item[] {
  if (team.length === 0) return [];
  const all = (column: string) => team.map((part) => `${part.alias}_people.${column}`).join(", ");
  return [
    { id: "people__contributors", sql: `least(${all("contributors")})`, shown: "number" },
    { id: "people__largest_share", sql: `greatest(${all("largest_share")})`, shown: "number" },
    { id: "people__weight", sql: `coalesce(${all("weight")})`, shown: "number" },
  ];
}

function answerSql(parts: Parts, groups: readonly string[], items: readonly Item[], team: readonly Part[]): string {
  const joined = [
    ...[...parts.all.values()].map((part) => ({ alias: part.alias, part })),
    ...team.map((part) => ({ alias: `${part.alias}_people`, part })),
  ].map(({ alias, part }) => {
    const shared = [...(part.byTime ? [timeColumn] : []), ...part.by.map(dimensionColumn)];
    const on = shared.map((column) => `${alias}.${column} IS NOT DISTINCT FROM spine.${column}`);
    return `LEFT JOIN ${alias} ON ${on.join(" AND ") || "TRUE"}`;
  });
  const columns = [...groups.map((column) => `spine.${column}`), ...items.map(({ id, sql }) => `${sql} AS ${name(id)}`)];
  return [`SELECT ${columns.join(",\n  ")}`, "FROM spine", ...joined].join("\n");
}

/** A date leaves as `YYYY-MM-DD`. */
const groupItems = ({ grain, by }: MeasureQuery): string[] => [
  ...(grain === null ? [] : [`CAST(answer.${timeColumn} AS VARCHAR) AS ${name("time")}`]),
  ...by.map((id) => `answer.${dimensionColumn(requireDimension(id))} AS ${name(id)}`),
];

/** sum(BIGINT) is HUGEINT: money leaves as text, everything else as a double, exact below 2^53. */
function castItem({ id, shown }: Item): string {
  const value = `answer.${name(id)}`;
  const cast = { text: value, number: `CAST(${value} AS DOUBLE)`, integer_text: `CAST(CAST(${value} AS HUGEINT) AS VARCHAR)` }[shown];
  return `${cast} AS ${name(id)}`;
}

/** Time first, then the first measure, largest first, then the dimensions: equal facts give equal rows in equal order. */
function orderSql(items: readonly Item[], groups: readonly string[]): string[] {
  const first = items.find(({ shown }) => shown !== "text");
  const byTime = groups.filter((column) => column === timeColumn);
  const byDimension = groups.filter((column) => column !== timeColumn);
  const terms = [
    ...byTime.map((column) => `answer.${column} NULLS LAST`),
    ...(first === undefined ? [] : [`answer.${name(first.id)} DESC NULLS LAST`]),
    ...byDimension.map((column) => `answer.${column} NULLS LAST`),
  ];
  return terms.length === 0 ? [] : [`ORDER BY ${terms.join(", ")}`];
}
