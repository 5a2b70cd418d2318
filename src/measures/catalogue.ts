import { UserError } from "../contract/errors.ts";
import { backlog } from "./backlog.ts";
import { changeCosts } from "./change-costs.ts";
import { changes } from "./changes.ts";
import { context } from "./context.ts";
import { coverage } from "./coverage.ts";
import { type DimensionId, dimensions } from "./dimensions.ts";
import { type EntityId, entity } from "./entities.ts";
import { fates } from "./fates.ts";
import { lines } from "./lines.ts";
import { counts } from "./counts.ts";
import type { Catalogue, Measure } from "./measure.ts";
import { nearest } from "./nearest.ts";
import { reviews } from "./reviews.ts";
import { span } from "./span.ts";
import { usage } from "./usage.ts";

/** Every measure there is, by its id, which is public and never changes. */
export const catalogue = {
  ...usage,
  ...fates,
  ...coverage,
  ...changes,
  ...changeCosts,
  ...reviews,
  ...backlog,
  ...lines,
  ...span,
  ...context,
  ...counts,
} as const satisfies Catalogue;
export type MeasureId = keyof typeof catalogue;

export const measureIds = Object.keys(catalogue) as readonly MeasureId[];
export const dimensionIds = Object.keys(dimensions) as readonly DimensionId[];

/** @throws UserError `unknown_measure` */
export function requireMeasure(id: string): Measure {
  if (Object.hasOwn(catalogue, id)) return catalogue[id as MeasureId];
  throw new UserError("unknown_measure", `No measure '${id}'.`, { hint: suggestion(id, measureIds) });
}

/** @throws UserError `unknown_dimension` */
export function requireDimension(id: string): DimensionId {
  if (Object.hasOwn(dimensions, id)) return id as DimensionId;
  throw new UserError("unknown_dimension", `No dimension '${id}'.`, { hint: suggestion(id, dimensionIds) });
}

function suggestion(id: string, known: readonly string[]): string {
  const near = nearest(id, known);
  return near === null ? `There are: ${known.join(", ")}.` : `Did you mean ${near}?`;
}

/** What a measure may be split and filtered by, in the order of the list of dimensions. */
export function dimensionsOf(id: string): readonly DimensionId[] {
  const has = dimensionSet(requireMeasure(id));
  return dimensionIds.filter((dimension) => has.has(dimension));
}

function dimensionSet(measure: Measure): ReadonlySet<DimensionId> {
  switch (measure.kind) {
    case "aggregate":
    case "distribution":
      return new Set(measure.of.flatMap(dimensionsOfEntity));
    case "derived":
      return measure.inputs.map((input) => dimensionSet(requireMeasure(input))).reduce(intersection);
    case "ratio": {
      const denominator = [...dimensionSet(requireMeasure(measure.denominator)), ...(measure.ofAll ?? [])];
      return intersection(dimensionSet(requireMeasure(measure.numerator)), new Set(denominator));
    }
  }
}

export const dimensionsOfEntity = (id: EntityId): readonly DimensionId[] => Object.keys(entity(id).dimensions) as DimensionId[];

const intersection = (a: ReadonlySet<DimensionId>, b: ReadonlySet<DimensionId>): ReadonlySet<DimensionId> =>
  new Set([...a].filter((dimension) => b.has(dimension)));

/** How a measure is computed, for people: derived from its definition, so it cannot differ from it. */
export function formulaOf(id: string): string {
  const measure = requireMeasure(id);
  switch (measure.kind) {
    case "aggregate": {
      const { only, where } = measure;
      const conditions = [
        ...(only === undefined ? [] : [`${only.dimension} is ${only.is === "in" ? "" : "not "}${only.values.join(" or ")}`]),
        ...(where === undefined ? [] : [plain(where)]),
      ];
      const one = `${plain(measure.sql)} over ${measure.of[0]}${conditions.length === 0 ? "" : ` where ${conditions.join(" and ")}`}`;
      return measure.span === undefined ? one : `${measure.span === "low" ? "least" : "greatest"} over the 18 allocations a of ${one}`;
    }
    case "ratio":
      return `${measure.numerator} ÷ ${measure.denominator}${measure.ofAll === undefined ? "" : ` over all ${measure.ofAll.join(", ")}`}`;
    case "derived":
      return measure.sql;
    case "distribution":
      return `Kaplan–Meier estimate at ${measure.atDays} days of ${plain(measure.weight)}, from landing to death or min(as_of, horizon)`;
  }
}

const plain = (fragment: string): string => fragment.replaceAll(/\be\./g, "");

/** One measure as surfaces list it. */
export interface MeasureDescription {
  readonly id: MeasureId;
  readonly title: string;
  readonly unit: string;
  readonly kind: Measure["kind"];
  readonly additive: boolean;
  readonly description: string;
  readonly formula: string;
  readonly dimensions: readonly DimensionId[];
  readonly minimumSample: Measure["minimumSample"];
  /** Null where nothing but the sample refuses it. */
  readonly refusedAbove: NonNullable<Measure["refusedAbove"]> | null;
  readonly source: string;
  readonly gaming: string;
  readonly beside: string;
}

export function describeMeasures(): readonly MeasureDescription[] {
  return measureIds.map((id) => {
    const { title, unit, kind, additive, description, minimumSample, refusedAbove = null, source, gaming, beside } = requireMeasure(id);
    return {
      id,
      title,
      unit,
      kind,
      additive,
      description,
      formula: formulaOf(id),
      dimensions: dimensionsOf(id),
      minimumSample,
      refusedAbove,
      source,
      gaming,
      beside,
    };
  });
}
