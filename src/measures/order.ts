import { UserError } from "../contract/errors.ts";
import type { Cell, MeasureQuery } from "../contract/query.ts";
import { nearest } from "./nearest.ts";

type Row = Readonly<Record<string, Cell>>;

/** Column of a measure in the compared period, and of the change from there to here. */
export const baseColumn = (measure: string): string => `${measure}__base`;
export const changeColumn = (measure: string): string => `${measure}__change`;

/** @throws UserError `unknown_order` for what is no column of the answer */
export function requireOrder({ order, grain, by, measures, compare }: MeasureQuery): void {
  const compared = compare === null ? [] : measures.flatMap((id) => [baseColumn(id), changeColumn(id)]);
  const columns = [...(grain === null ? [] : ["time"]), ...by, ...measures, ...compared];
  for (const { by: column } of order) {
    if (columns.includes(column)) continue;
    const near = nearest(column, columns);
    throw new UserError("unknown_order", `The answer has no column '${column}' to be ordered by.`, {
      hint: near === null ? `It has: ${columns.join(", ")}.` : `Did you mean ${near}?`,
    });
  }
}

/** The rows in the asked order; as they came where none is asked or what is asked does not decide. */
export function sortRows<R extends Row>(rows: readonly R[], { order }: Pick<MeasureQuery, "order">): R[] {
  if (order.length === 0) return [...rows];
  return [...rows].sort((a, b) => {
    for (const { by, direction } of order) {
      const less = compareCells(a[by] ?? null, b[by] ?? null, direction);
      if (less !== 0) return less;
    }
    return 0;
  });
}

/** Nulls last either way; `new` (no base) above every number; digits as integers. */
function compareCells(a: Cell, b: Cell, direction: "asc" | "desc"): number {
  if (a === null || b === null) return Number(a === null) - Number(b === null);
  const ascending = ascendingCells(a, b);
  return direction === "asc" ? ascending : -ascending;
}

function ascendingCells(a: string | number, b: string | number): number {
  const [x, y] = [rank(a), rank(b)];
  if (x !== null && y !== null) return x < y ? -1 : x > y ? 1 : 0;
  return a < b ? -1 : a > b ? 1 : 0;
}

function rank(cell: string | number): bigint | number | null {
  if (typeof cell === "number") return cell;
  if (cell === "new") return Number.POSITIVE_INFINITY;
  return /^-?\d+$/.test(cell) ? BigInt(cell) : null;
}
