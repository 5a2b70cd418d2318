import type { ReactElement } from "react";
import type { StoredColumn } from "../../../src/contract/api.ts";
import { formatCount } from "../../../src/surfaces/cli/numbers.ts";
import { useStored } from "../query/use.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Frame } from "../ui/frame.tsx";

/** Every stored field that tells of a person, and why it is kept. */
export function Stored(): ReactElement {
  const stored = useStored();
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>What is stored</h1>
        <p className="about">Every field that tells of a person, and what it is kept for. All of it lies in one folder on this machine.</p>
      </header>
      <Frame of={stored} className="bare" tall>
        {({ never, columns, columnsAboutNobody }) => (
          <div className="stack">
            <section className="panel">
              <h2 className="spaced">Never stored</h2>
              <ul className="plain">
                {never.map((sentence) => (
                  <li key={sentence}>{sentence}</li>
                ))}
              </ul>
            </section>
            <section className="panel">
              <h2>Stored about people</h2>
              <p className="about spaced">
                {formatCount(columns.length)} fields; {formatCount(columnsAboutNobody)} more tell of nobody.
              </p>
              <DataTable<StoredColumn>
                label="Fields about people"
                rows={columns}
                rowKey={({ database, table, column }) => `${database}.${table}.${column}`}
                columns={[
                  { key: "field", title: "Field", cell: ({ table, column }) => <code>{`${table}.${column}`}</code> },
                  { key: "why", title: "What it tells, and why it is kept", className: "wide", cell: ({ why }) => why },
                  {
                    key: "where",
                    title: "Kept as",
                    cell: ({ database }) => (database === "facts" ? "fact" : "derived, rebuilt from facts"),
                  },
                ]}
              />
            </section>
          </div>
        )}
      </Frame>
    </div>
  );
}
