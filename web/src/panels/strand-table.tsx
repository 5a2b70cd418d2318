/** Strands: pieces of money with the lines they became and the sentence of their end. */
import { Link } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { ListedStrand } from "../../../src/contract/api.ts";
import { formatCount, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { notKnown, shortId } from "../format/cell.ts";
import { Swatch } from "../look/hatches.tsx";
import { changeId, groupOf } from "../ui/cell-link.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Empty } from "../ui/frame.tsx";

/** What a card and a list have in common. */
type Row = Pick<
  ListedStrand,
  "strand" | "fate" | "sentence" | "nanoUsd" | "flow" | "grade" | "lines" | "side" | "session" | "repository" | "change" | "commit"
>;

const flowTitles: Readonly<Record<string, string>> = {
  own: "own edits",
  tail: "after the last edit",
  back: "checked them",
  forward: "led to them",
};

export function StrandTable({
  strands,
  without = [],
}: {
  readonly strands: readonly Row[];
  readonly without?: readonly ("session" | "change")[];
}): ReactElement {
  if (strands.length === 0) return <Empty kind="no_match">No strand carries money here.</Empty>;
  return (
    <DataTable<Row>
      label="Strands"
      rows={strands}
      rowKey={({ strand }, r) => String(strand ?? `none-${r}`)}
      columns={[
        {
          key: "end",
          title: "What became of it",
          className: "wide",
          cell: (strand) => (
            <span className="tag">
              <Swatch group={groupOf(strand.fate)} />
              <span>{strand.sentence}</span>
            </span>
          ),
        },
        { key: "money", title: "Cost", isNumber: true, cell: ({ nanoUsd }) => formatUsd(nanoUsd) },
        {
          key: "lines",
          title: "Lines",
          isNumber: true,
          cell: ({ lines, side }) => (side === null ? notKnown : `${side === "removed" ? "−" : "+"}${formatCount(lines)}`),
        },
        { key: "grade", title: "Evidence", cell: ({ grade }) => (grade === null ? "none" : `grade ${grade}`) },
        { key: "flow", title: "Money of", cell: ({ flow }) => (flow === null ? notKnown : (flowTitles[flow] ?? flow)) },
        ...(without.includes("session")
          ? []
          : [
              {
                key: "session",
                title: "Session",
                cell: ({ session }: Row) =>
                  session === null ? (
                    notKnown
                  ) : (
                    <Link to="/sessions/$id" params={{ id: session }} className="id">
                      {shortId(session)}
                    </Link>
                  ),
              },
            ]),
        ...(without.includes("change")
          ? []
          : [
              {
                key: "change",
                title: "Change",
                cell: ({ change, repository }: Row) =>
                  change === null ? (
                    notKnown
                  ) : (
                    <Link to="/changes/$id" params={{ id: changeId({ repository }, change) }} className="id">
                      {change}
                    </Link>
                  ),
              },
            ]),
        {
          key: "commit",
          title: "Commit",
          cell: ({ commit }) =>
            commit === null ? (
              notKnown
            ) : (
              <Link to="/commits/$id" params={{ id: commit }} className="id">
                {shortId(commit)}
              </Link>
            ),
        },
      ]}
    />
  );
}
