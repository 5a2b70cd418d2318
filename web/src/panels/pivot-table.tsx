/** One measure with the last dimension in columns: a row for each group of the others. */
import type { ReactElement } from "react";
import type { MeasureResult } from "../../../src/contract/query.ts";
import { formatCell, notKnown } from "../format/cell.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Empty } from "../ui/frame.tsx";

const mostColumns = 24;

export function PivotTable({ result, label }: { readonly result: MeasureResult; readonly label: string }): ReactElement {
  const { columns, rows } = result;
  const groups = columns.filter(({ kind }) => kind === "dimension" || kind === "time");
  const across = groups.at(-1);
  const measure = columns.find(({ kind }) => kind === "measure");
  if (rows.length === 0 || across === undefined || measure === undefined)
    return <Empty kind="no_match">No row has these properties.</Empty>;
  const down = groups.slice(0, -1);
  const heads = [...new Set(rows.map((row) => row[across.id] ?? null))];
  const lines = new Map<string, { readonly names: readonly string[]; readonly cells: Map<string | number | null, string> }>();
  for (const row of rows) {
    const names = down.map((column) => formatCell(column, row[column.id] ?? null));
    const key = JSON.stringify(names);
    const line = lines.get(key) ?? { names, cells: new Map() };
    line.cells.set(row[across.id] ?? null, formatCell(measure, row[measure.id] ?? null));
    lines.set(key, line);
  }
  const shown = heads.slice(0, mostColumns);
  return (
    <>
      <DataTable
        label={label}
        rows={[...lines.values()]}
        rowKey={({ names }) => names.join("|")}
        columns={[
          ...down.map((column, c) => ({
            key: column.id,
            title: column.title,
            cell: ({ names }: { readonly names: readonly string[] }) => names[c] ?? "",
          })),
          ...shown.map((head) => ({
            key: `at-${String(head)}`,
            title: formatCell(across, head),
            isNumber: true,
            cell: ({ cells }: { readonly cells: Map<string | number | null, string> }) => cells.get(head) ?? notKnown,
          })),
        ]}
      />
      <p className="small">
        {measure.title}; {notKnown} where there is none.
        {heads.length > shown.length ? ` ${heads.length - shown.length} more columns are not shown: filter, or take the CSV.` : ""}
      </p>
    </>
  );
}
