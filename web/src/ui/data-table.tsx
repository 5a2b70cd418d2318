/** A table of rows: the first column names the row, numbers stand right, wide ones scroll by keyboard too. */
import type { ReactElement, ReactNode } from "react";

export interface TableColumn<Row> {
  readonly key: string;
  readonly title: ReactNode;
  readonly isNumber?: boolean;
  readonly cell: (row: Row) => ReactNode;
  /** Told of the order to people who sort by it. */
  readonly sorted?: "ascending" | "descending" | undefined;
  readonly className?: string;
}

export interface DataTableProps<Row> {
  readonly label: string;
  readonly columns: readonly TableColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row, index: number) => string;
  readonly foot?: readonly ReactNode[] | undefined;
}

export function DataTable<Row>({ label, columns, rows, rowKey, foot }: DataTableProps<Row>): ReactElement {
  const classOf = (column: TableColumn<Row>): string => `${column.isNumber === true ? "n" : ""} ${column.className ?? ""}`.trim();
  return (
    <div className="scroll" role="region" aria-label={label} tabIndex={0}>
      <table>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.key} scope="col" className={classOf(column)} aria-sort={column.sorted}>
                {column.title}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, r) => (
            <tr key={rowKey(row, r)}>
              {columns.map((column, c) =>
                c === 0 ? (
                  <th key={column.key} scope="row" className={classOf(column)}>
                    {column.cell(row)}
                  </th>
                ) : (
                  <td key={column.key} className={classOf(column)}>
                    {column.cell(row)}
                  </td>
                ),
              )}
            </tr>
          ))}
        </tbody>
        {foot === undefined ? null : (
          <tfoot>
            <tr>
              {foot.map((cell, c) => (
                <td key={columns[c]?.key ?? c} className={columns[c] === undefined ? "" : classOf(columns[c])}>
                  {cell}
                </td>
              ))}
            </tr>
          </tfoot>
        )}
      </table>
    </div>
  );
}
