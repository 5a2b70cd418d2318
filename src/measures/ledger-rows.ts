import { type MeasureQueryInput, measureQuerySchema } from "../contract/query.ts";
import { requireMeasure } from "./catalogue.ts";
import type { EntityId } from "./entities.ts";
import { type Parameter, Parts, fromSql } from "./parts.ts";

/** The rows behind a sum of money, as FROM and WHERE of a statement in which a row is `e`. */
export interface RowsBehind {
  readonly from: string;
  /** To bind, by name. */
  readonly params: Readonly<Record<string, Parameter>>;
  readonly needs: { readonly organisation: boolean };
}

export type LedgerFilters = Pick<MeasureQueryInput, "where" | "range" | "timeZone" | "asOf">;

/**
 * What is behind the spend under some filters: the rows the measure `spend` would add up.
 * @param grain `charge`: a row per charge wherever the filters allow it; `ledger`: always a row per charge and strand
 * @throws UserError `unknown_dimension`, `dimension_lacking`
 */
export function rowsBehindSpend(filters: LedgerFilters, grain: "charge" | "ledger"): RowsBehind {
  const query = measureQuerySchema.parse({ measures: ["spend"], ...filters });
  const spend = requireMeasure("spend");
  if (spend.kind !== "aggregate") throw new Error("spend is a sum");
  const of: readonly EntityId[] = grain === "charge" ? ["charge", "ledger"] : ["ledger"];
  const parts = new Parts(query, false);
  parts.addAggregate("spend", { ...spend, of }, []);
  const [part] = parts.all.values();
  if (part === undefined) throw new Error("a sum without a table to add up");
  const from = fromSql(parts, part);
  return {
    from,
    params: { ...parts.parameters.values, ...(from.includes("$as_of_ms") ? { as_of_ms: asOfMs(query.asOf) } : {}) },
    needs: { organisation: /\b(?:session_team|repository_product)\b/.test(from) },
  };
}

const asOfMs = (asOf: string | null): number | null => (asOf === null ? null : Date.parse(asOf));
