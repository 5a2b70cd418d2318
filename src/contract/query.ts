/**
 * What may be asked of the measures, and what is answered. The schemas are the run-time check, the types and (by
 * `z.toJSONSchema`) the input of the tools that ask.
 */
import { z } from "zod";
import { bases } from "./basis.ts";

/** Lengths of time a result may be cut into; weeks begin on Monday. */
export const grains = ["day", "week", "month", "quarter", "year"] as const;

const day = z.iso.date();
const timeZone = z.string().refine(isTimeZone, "is no time zone: take a name like Europe/Berlin or UTC");

export const measureFilterSchema = z.strictObject({
  /** Id of a dimension. */
  dimension: z.string(),
  is: z.enum(["in", "not_in"]).default("in"),
  /** Null stands for "not known". */
  values: z.array(z.string().nullable()).min(1).max(1_000),
});

/** Days of the query's time zone, both included. */
const closedRange = z.strictObject({ from: day, to: day }).refine(({ from, to }) => from <= to, "ends before it begins");
export type ClosedRange = z.infer<typeof closedRange>;

export const measureQuerySchema = z.strictObject({
  /** Ids of measures, in the order of the columns. */
  measures: z.array(z.string()).min(1).max(30),
  /** Ids of the dimensions to split by. */
  by: z.array(z.string()).max(6).default([]),
  /** All must hold. */
  where: z.array(measureFilterSchema).max(30).default([]),
  /** Days of `timeZone`, both included; null is open. */
  range: z.strictObject({ from: day.nullable().default(null), to: day.nullable().default(null) }).default({ from: null, to: null }),
  /**
   * Another period to set beside `range`, which must be closed then: `previous` is as many days right before it. Adds to
   * each measure a column `<id>__base` and a column `<id>__change`. With a grain the n-th buckets are set side by side.
   */
  compare: z
    .union([z.literal("previous"), closedRange])
    .nullable()
    .default(null),
  /** Columns of the answer, the first decides first; nulls last. Empty: time, then the first measure, largest first. */
  order: z
    .array(z.strictObject({ by: z.string(), direction: z.enum(["asc", "desc"]).default("desc") }))
    .max(6)
    .default([]),
  /** Cuts time into buckets: column `time`, the first day of the bucket. */
  grain: z.enum(grains).nullable().default(null),
  timeZone: timeZone.default("UTC"),
  /** Rows at most. */
  limit: z.int().min(1).max(100_000).default(1_000),
  /** UTC instant: what happened later does not exist for the answer. Null: the newest facts. */
  asOf: z.iso.datetime({ offset: true }).nullable().default(null),
  /** Which money is meant. */
  basis: z.enum(bases).default("list"),
  /** Whether the answer shows its SQL. */
  sql: z.boolean().default(false),
});
export type MeasureQuery = z.output<typeof measureQuerySchema>;
/** As a surface may write it: everything but `measures` may be left out. */
export type MeasureQueryInput = z.input<typeof measureQuerySchema>;

export const resultColumnSchema = z.object({
  id: z.string(),
  title: z.string(),
  /** `base`: a measure in the compared period; `change`: from there to here. */
  kind: z.enum(["time", "dimension", "measure", "base", "change"]),
  /** Null for what is no number. `ratio` is 0..1. */
  unit: z.string().nullable(),
  /**
   * `integer_text`: an integer that may pass 2^53, as decimal digits. `relative`: a change as a part of the base (0.5 is half
   * as much again), or the word `new` where the base is zero or missing. `points`: a difference of two ratios.
   */
  type: z.enum(["text", "number", "integer_text", "relative", "points"]),
  /** Whether its rows may be summed, stacked, or shown as shares of a whole. */
  additive: z.boolean(),
});
export type ResultColumn = z.infer<typeof resultColumnSchema>;

export const measureWarningSchema = z.object({
  code: z.enum([
    "unpriced",
    "small_sample",
    "undecided",
    "truncated",
    "not_observed",
    "attributed_only",
    "withheld",
    "outside_facts",
    "estimated",
  ]),
  measure: z.string().optional(),
  message: z.string(),
});
export type MeasureWarning = z.infer<typeof measureWarningSchema>;

/** A cell; null is "not known" or "not observed", never 0. */
export type Cell = string | number | null;

export const measureResultSchema = z.object({
  columns: z.array(resultColumnSchema),
  /** By column id. */
  rows: z.array(z.record(z.string(), z.union([z.string(), z.number(), z.null()]))),
  /** The query with its defaults. */
  query: measureQuerySchema,
  /** The compared period; null where none was asked. */
  compared: closedRange.nullable(),
  /**
   * What the dollars are: list prices, not what was paid; `estimated`: at list prices, of counts of which some are estimated
   * (where both are asked for, a warning names the estimated ones); else as the query asked. Null where no column is money.
   */
  basis: z.enum([...bases, "estimated"]).nullable(),
  /** Values of `time` whose bucket reaches out of the range. */
  partialBuckets: z.array(z.string()),
  warnings: z.array(measureWarningSchema),
  sql: z.string().optional(),
});
export type MeasureResult = z.infer<typeof measureResultSchema>;

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat("en", { timeZone: name });
    return true;
  } catch {
    return false; // Intl says "no" by throwing; nothing else is lost
  }
}
