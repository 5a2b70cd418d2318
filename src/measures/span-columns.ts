import { literal } from "./sql-text.ts";

const rules = ["lines", "pooled", "equal"] as const;
/** Evidence that counts, most first: what stands on less is unlinked. */
const limits = [
  { name: "to_C", hidden: [] },
  { name: "to_B", hidden: ["C"] },
  { name: "to_A", hidden: ["B", "C"] },
] as const;

interface Allocation {
  readonly column: string;
  readonly name: string;
  readonly from: string;
  readonly hidden: readonly string[];
}

/** Rules × flows × grades (MEASURES 2.5), the point first; n0 … n5 are the columns of `span_part`. */
const allocations: readonly Allocation[] = [true, false].flatMap((flows, f) =>
  rules.flatMap((rule, r) =>
    limits.map(
      ({ name, hidden }, g): Allocation => ({
        column: `a${(f * rules.length + r) * limits.length + g}`,
        name: `${rule}_${flows ? "flows" : "no_flows"}_${name}`,
        from: `n${f * rules.length + r}`,
        hidden,
      }),
    ),
  ),
);

/** Columns that hold the money of a part under each allocation. */
export const spanColumns: readonly string[] = allocations.map(({ column }) => column);
/** Names of the allocations, the point first. */
export const allocationNames: readonly string[] = allocations.map(({ name }) => name);

const among = (grades: readonly string[]): string => (grades.length === 0 ? "FALSE" : `grade IN (${grades.map(literal).join(", ")})`);

/** The fate a part has where its evidence counts, and beside it what is unlinked where it does not. @param others columns to keep */
const parts = (table: string, others: string): string =>
  [
    `SELECT ${others}, fate, grade, ${allocations.map(({ column, from, hidden }) => `CASE WHEN ${among(hidden)} THEN 0 ELSE ${from} END AS ${column}`).join(", ")}
FROM ${table}`,
    `SELECT ${others}, 'unlinked', grade, ${allocations.map(({ from, hidden }) => `CASE WHEN ${among(hidden)} THEN ${from} ELSE 0 END`).join(", ")}
FROM ${table} WHERE grade <> ''`,
  ].join("\nUNION ALL\n");

const each = `unnest([${allocationNames.map(literal).join(", ")}]) AS allocation, unnest([${spanColumns.join(", ")}]) AS list_nano_usd`;
const ofCells = parts("span_cell", "* EXCLUDE (fate, grade, n0, n1, n2, n3, n4, n5)");

/** Query of the parts of the span, a column for each allocation. */
export const spanRows = `SELECT x.*, u.* FROM (
${parts("span_part", "charge_id")}
) x JOIN charge c USING (charge_id) LEFT JOIN usage_d u ON u.usage_id = c.usage_id`;
export const spanCellRows = ofCells;

/** Query of the same parts, a row for each allocation. */
export const allocationRows = `SELECT y.charge_id, y.fate, y.grade, y.a0, y.allocation, y.list_nano_usd, u.* FROM (
SELECT charge_id, fate, grade, a0, ${each} FROM (
${parts("span_part", "charge_id")}
)) y JOIN charge c USING (charge_id) LEFT JOIN usage_d u ON u.usage_id = c.usage_id`;
export const allocationCellRows = `SELECT * EXCLUDE (${spanColumns.slice(1).join(", ")}), ${each} FROM (
${ofCells}
)`;
