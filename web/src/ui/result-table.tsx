/** The rows of an answer as a table: titles and units from its columns, totals where rows may be summed, its warnings below. */
import type { ReactElement, ReactNode } from "react";
import type { Cell, MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { formatCell, notKnown } from "../format/cell.ts";
import { DataTable } from "./data-table.tsx";
import { CellLink } from "./cell-link.tsx";
import { Empty } from "./frame.tsx";

type Row = MeasureResult["rows"][number];

export interface ResultTableProps {
  readonly result: MeasureResult;
  readonly label: string;
  /** Makes a title a way to sort by it. */
  readonly titleOf?: (column: ResultColumn) => ReactNode;
  readonly sort?: string | null;
  /** A thin bar beside each value of the first measure that may be added up. */
  readonly withBars?: boolean;
}

export function ResultTable({
  result,
  label,
  titleOf = (column) => column.title,
  sort = null,
  withBars = false,
}: ResultTableProps): ReactElement {
  const { columns, rows, warnings } = result;
  if (rows.length === 0) return <Empty kind="no_match">No row has these properties. Take a filter away, or ask for more days.</Empty>;
  const isMissing = columns.some(({ id, kind }) => kind !== "dimension" && rows.some((row) => (row[id] ?? null) === null));
  const barred = withBars ? columns.find(({ kind, additive }) => kind === "measure" && additive) : undefined;
  const largest = barred === undefined ? 0 : Math.max(...rows.map((row) => Math.abs(Number(row[barred.id] ?? 0))));
  return (
    <>
      <DataTable<Row>
        label={label}
        columns={columns.map((column) => ({
          key: column.id,
          title: titleOf(column),
          isNumber: column.kind !== "dimension" && column.kind !== "time",
          sorted: sort?.replace(/^-/, "") === column.id ? (sort.startsWith("-") ? "descending" : "ascending") : undefined,
          className: column.id === barred?.id ? "bar-cell" : "",
          cell: (row) => (
            <>
              <CellLink column={column} row={row} />
              {column.id === barred?.id ? <CellBar part={largest === 0 ? 0 : Math.abs(Number(row[column.id] ?? 0)) / largest} /> : null}
            </>
          ),
        }))}
        rows={rows}
        rowKey={(row) =>
          columns
            .filter(({ kind }) => kind === "dimension" || kind === "time")
            .map(({ id }) => String(row[id]))
            .join("|")
        }
        foot={totals(result)}
      />
      {isMissing ? <p className="small">{notKnown} is not known, not observed, or too small a sample; never 0.</p> : null}
      {[...new Set(warnings.map(({ message }) => message))].map((message) => (
        <p key={message} className="small warning">
          {message}
        </p>
      ))}
    </>
  );
}

/** Sums of what may be summed; undefined where rows are missing or nothing may be. */
function totals({ columns, rows, warnings, query }: MeasureResult): string[] | undefined {
  const isWhole = !warnings.some(({ code }) => code === "truncated") && query.grain === null;
  if (!isWhole || rows.length < 2 || !columns.some(({ additive, kind }) => additive && kind === "measure")) return undefined;
  return columns.map((column, c) => {
    if (c === 0) return "Total";
    return column.additive ? formatCell(column, sum(column, rows)) : "";
  });
}

function sum({ id, type }: ResultColumn, rows: readonly Row[]): Cell {
  const known = rows.map((row) => row[id] ?? null).filter((cell) => cell !== null);
  if (known.length === 0) return null;
  if (type === "integer_text") return String(known.reduce<bigint>((total, cell) => total + BigInt(cell), 0n));
  return known.reduce<number>((total, cell) => total + Number(cell), 0);
}

function CellBar({ part }: { readonly part: number }): ReactElement {
  return (
    <svg className="cell-bar" width="100%" height="4" aria-hidden="true">
      <rect width={`${(part * 100).toFixed(2)}%`} height="4" rx="2" fill="var(--accent)" />
    </svg>
  );
}
