import { UserError } from "../contract/errors.ts";
import type { MeasureQuery } from "../contract/query.ts";
import { dimensionsOf, dimensionsOfEntity, requireDimension } from "./catalogue.ts";
import type { DimensionId } from "./dimensions.ts";
import { type Entity, type EntityId, celled, entity } from "./entities.ts";
import type { Aggregate, Distribution } from "./measure.ts";
import { spanColumns } from "./span-columns.ts";
import { name } from "./sql-text.ts";
import { nextDay } from "./buckets.ts";

export type Parameter = string | number | null;

/** Values to bind, by the name they have in the SQL. */
export class Parameters {
  readonly values: Record<string, Parameter> = {};
  #next = 0;

  /** @returns the placeholder */
  bind(value: Parameter): string {
    const key = `v${this.#next++}`;
    this.values[key] = value;
    return `$${key}`;
  }
}

/** One fact table, filtered and grouped at its own grain: one common table expression of the query. */
export interface Part {
  readonly alias: string;
  readonly entityId: EntityId;
  /** The rows or their cells. */
  readonly of: Entity;
  /** Whether it is cut into the buckets of `grain`. */
  readonly byTime: boolean;
  readonly by: readonly DimensionId[];
  readonly where: MeasureQuery["where"];
  /** Only rows of which this fragment holds. */
  readonly only: string | null;
  /** Aggregates by column. */
  readonly columns: Map<string, string>;
  readonly joins: Set<string>;
  /** Set where the rows are life times to be estimated from. */
  readonly life: Distribution | null;
}

/** A column of a part, and the number of rows it was taken over: 0 or null where the group is empty. */
export interface PartColumn {
  readonly value: string;
  readonly rows: string;
  /** Rows of the group before the measure's own conditions. */
  readonly groupRows: string;
}

interface PartSpec {
  readonly of: readonly EntityId[];
  readonly byTime: boolean;
  readonly by: readonly DimensionId[];
  readonly where: MeasureQuery["where"];
  readonly life?: Distribution;
  readonly only?: string;
}

/** Collects what must be read: each fact table once for each grain and filter it is needed at. */
export class Parts {
  readonly all = new Map<string, Part>();
  readonly parameters = new Parameters();
  readonly query: MeasureQuery;
  readonly #cells: boolean;

  /** @param cells whether cells may be read in the place of rows */
  constructor(query: MeasureQuery, cells: boolean) {
    this.query = query;
    this.#cells = cells;
  }

  /** Parts that have all columns of the answer's groups: their groups are the answer's rows. */
  get whole(): readonly Part[] {
    return [...this.all.values()].filter(
      (part) => part.only === null && part.by.length === this.query.by.length && part.byTime === (this.query.grain !== null),
    );
  }

  /** Adds an aggregate; `without` are dimensions over which the whole is wanted: no split, no filter. */
  addAggregate(id: string, measure: Aggregate, without: readonly DimensionId[]): PartColumn {
    const part = this.#part(id, this.#whole(measure.of, without));
    const rows = measure.only === undefined && measure.where === undefined ? "part_rows" : `${id}__rows`;
    if (!part.columns.has(id)) {
      const filter = this.#filter(part, measure);
      part.columns.set("part_rows", "count(*)").set(id, valueSql(measure, filter)).set(rows, `count(*)${filter}`);
    }
    return { value: column(part, id), rows: column(part, rows), groupRows: column(part, "part_rows") };
  }

  /** Adds the count of what an aggregate had to leave out of the whole answer: of the rows, since groups may share a charge. */
  addLeftOut(id: string, measure: Aggregate, { sql, where: only }: NonNullable<Aggregate["leftOut"]>): string {
    const part = this.#part(id, { ...this.#whole(measure.of, []), byTime: false, by: [], only });
    part.columns.set(`${id}__left_out`, sql);
    return column(part, `${id}__left_out`);
  }

  /** Adds the life times of a distribution: a JSON list of {days, ended, n} for each group. */
  addLifeTimes(id: string, measure: Distribution): string {
    const part = this.#part(id, { ...this.#whole(measure.of, []), life: measure });
    return column(part, "life_times");
  }

  /** The query's own groups and filters, less some dimensions. */
  #whole(of: readonly EntityId[], without: readonly DimensionId[]): PartSpec {
    const by = this.query.by.map(requireDimension).filter((dimension) => !without.includes(dimension));
    const where = this.query.where.filter((filter) => !without.includes(requireDimension(filter.dimension)));
    return { of, byTime: this.query.grain !== null, by, where };
  }

  #part(id: string, { of, byTime, by, where, life, only }: PartSpec): Part {
    const asked = [...by, ...where.map((filter) => requireDimension(filter.dimension))];
    const entityId = of.find((candidate) => asked.every((dimension) => dimensionsOfEntity(candidate).includes(dimension)));
    if (entityId === undefined) throw lacking(id, of, asked);
    const key = JSON.stringify([entityId, byTime, by, where, only, life?.durationDays, life?.event, life?.weight]);
    const known = this.all.get(key);
    if (known !== undefined) return known;
    const part: Part = {
      alias: `p${this.all.size}`,
      entityId,
      of: this.#cells && only === undefined ? celled(entityId) : entity(entityId),
      byTime,
      by,
      where,
      only: only ?? null,
      columns: new Map(),
      joins: new Set(),
      life: life ?? null,
    };
    for (const dimension of asked) needJoin(part, dimension);
    this.all.set(key, part);
    return part;
  }

  #filter(part: Part, measure: Aggregate): string {
    const conditions = measure.where === undefined ? [] : [measure.where];
    if (measure.only !== undefined) {
      needJoin(part, measure.only.dimension);
      conditions.push(this.filterSql(part, measure.only));
    }
    return conditions.length === 0 ? "" : ` FILTER (WHERE ${conditions.join(" AND ")})`;
  }

  /** A filter as SQL over the part's rows; null values stand for "not known". */
  filterSql(
    part: Part,
    filter: { readonly dimension: string; readonly is: "in" | "not_in"; readonly values: readonly (string | null)[] },
  ): string {
    const sql = dimensionSql(part.of, requireDimension(filter.dimension));
    const known = filter.values.filter((value) => value !== null);
    const listed =
      known.length === 0 ? "FALSE" : `coalesce(${sql} IN (${known.map((value) => this.parameters.bind(value)).join(", ")}), FALSE)`;
    const matches = filter.values.includes(null) ? `(${listed} OR ${sql} IS NULL)` : listed;
    return filter.is === "in" ? matches : `NOT ${matches}`;
  }
}

/** The aggregate over the rows a filter leaves; of a span the outermost over its allocations, each filtered alike. */
function valueSql({ sql, span }: Aggregate, filter: string): string {
  if (span === undefined) return `${sql}${filter}`;
  const each = spanColumns.map((allocation) => `${sql.replaceAll(/\be\.a\b/g, `e.${allocation}`)}${filter}`);
  return `${span === "low" ? "least" : "greatest"}(${each.join(", ")})`;
}

const column = (part: Part, id: string): string => `${part.alias}.${name(id)}`;

function needJoin(part: Part, dimension: DimensionId): void {
  const join = part.of.dimensions[dimension]?.join;
  if (join !== undefined) part.joins.add(join);
}

function dimensionSql(of: Entity, dimension: DimensionId): string {
  const found = of.dimensions[dimension];
  if (found === undefined) throw new Error(`a part was made without the dimension ${dimension}`);
  return found.sql;
}

function lacking(id: string, of: readonly EntityId[], asked: readonly DimensionId[]): UserError {
  const has = dimensionsOf(id);
  const missing = asked.filter((dimension) => !of.some((candidate) => dimensionsOfEntity(candidate).includes(dimension)));
  const hint = has.length === 0 ? "It has none." : `It has: ${has.join(", ")}.`;
  return new UserError("dimension_lacking", `Measure '${id}' cannot be split or filtered by ${missing.map((m) => `'${m}'`).join(", ")}.`, {
    hint,
  });
}

/** Name of the column that holds a dimension. */
export const dimensionColumn = (dimension: DimensionId): string => name(`by_${dimension}`);
export const timeColumn = name("by_time");

/** Columns a part is grouped by, as names and as select items. */
export function groupColumns(
  part: Part,
  query: MeasureQuery,
  parameters: Parameters,
): { readonly names: string[]; readonly items: string[] } {
  const { of } = part;
  const names = part.by.map(dimensionColumn);
  const items = part.by.map((dimension, index) => `${dimensionSql(of, dimension)} AS ${names[index]}`);
  if (!part.byTime) return { names, items };
  const utc = `epoch_ms(${of.time})`;
  const local = query.timeZone === "UTC" ? utc : `timezone(${parameters.bind(query.timeZone)}, timezone('UTC', ${utc}))`;
  return { names: [timeColumn, ...names], items: [`CAST(date_trunc('${query.grain}', ${local}) AS DATE) AS ${timeColumn}`, ...items] };
}

/** FROM and WHERE of a part: rows, joins that cannot multiply them, asked instants, filters. */
export function fromSql(parts: Parts, part: Part, moreJoins: readonly string[] = []): string {
  const { query } = parts;
  const { of } = part;
  const joins = [...new Set([...part.joins, ...moreJoins])].map((join) => of.joins[join]?.sql ?? "");
  const conditions = [
    ...(query.asOf === null ? [] : [`${of.time} <= CAST($as_of_ms AS BIGINT)`]),
    ...(query.range.from === null ? [] : [`${of.time} >= ${startOfDay(parts, query.range.from)}`]),
    ...(query.range.to === null ? [] : [`${of.time} < ${startOfDay(parts, nextDay(query.range.to))}`]),
    ...part.where.map((filter) => parts.filterSql(part, filter)),
    ...(part.only === null ? [] : [part.only]),
  ];
  const where = conditions.length === 0 ? [] : [`WHERE ${conditions.join("\n  AND ")}`];
  return [`FROM (${of.rows}) e`, ...joins, ...where].join("\n");
}

function startOfDay({ query, parameters }: Parts, day: string): string {
  return `epoch_ms(timezone(${parameters.bind(query.timeZone)}, CAST(${parameters.bind(day)} AS TIMESTAMP)))`;
}
