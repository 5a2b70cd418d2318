/** Columns that several tables have: a session that leads to its page, money, and what it became. */
import { formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { notKnown } from "../format/cell.ts";
import type { TableColumn } from "./data-table.tsx";
import { SortTitle, sortedAs } from "./pager.tsx";
import { RollUpBar } from "./roll-up-bar.tsx";
import { SessionLink } from "./session-link.tsx";

export const sessionColumn = <Row extends { readonly session: string }>(): TableColumn<Row> => ({
  key: "session",
  title: "Session",
  cell: ({ session }) => <SessionLink session={session} />,
});

type RollUps = Parameters<typeof RollUpBar>[0]["byRollUp"];

/** What a row cost, to sort by, and what its money became. @param fallback what is sorted by where nothing was asked */
export function moneyColumns<Row extends { readonly spendNanoUsd: string | null; readonly byRollUp: RollUps }>(
  sort: string | undefined,
  fallback: string,
): readonly TableColumn<Row>[] {
  return [
    {
      key: "spend",
      title: (
        <SortTitle sort={sort} by="spend" fallback={fallback}>
          Spend
        </SortTitle>
      ),
      sorted: sortedAs(sort, "spend", fallback),
      isNumber: true,
      cell: ({ spendNanoUsd }) => (spendNanoUsd === null ? notKnown : formatUsd(spendNanoUsd)),
    },
    {
      key: "became",
      title: "What it became",
      className: "bar-cell",
      cell: ({ byRollUp }) => <RollUpBar byRollUp={byRollUp} height={14} />,
    },
  ];
}
