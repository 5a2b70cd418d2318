/** The one published split of spend, its method on the changes here, and the ledger's own shares, in the words of `assay returns`. */
import type { ReactElement } from "react";
import { publishedShares, type SplitBucket } from "../../../src/contract/returns.ts";
import { bucketNames, shareOrNotObserved, splitNotes } from "../../../src/surfaces/cli/returns-text.ts";
import { formatRatio } from "../../../src/surfaces/cli/numbers.ts";
import { useReturns } from "../query/use.ts";
import { DataTable, type TableColumn } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";

export function PublishedSplitPanel(): ReactElement {
  return (
    <Frame
      of={useReturns()}
      title="Value, reactive, rework, review: the published split beside this ledger"
      about="18 / 44 / 27 / 11 is an allocation by classes of pull requests in 2,444 organisations (Entelligence, May 2026). Its method on these changes, and what the ledger followed."
      tall
    >
      {({ publishedSplit }) =>
        publishedSplit.changes === 0 ? (
          <Empty kind="not_observed">No change landed since the first response that is known.</Empty>
        ) : (
          <>
            <DataTable label="The published split" columns={columns} rows={publishedSplit.buckets} rowKey={({ bucket }) => bucket} />
            {splitNotes(publishedSplit).map((note) => (
              <p key={note} className="small">
                {note}
              </p>
            ))}
          </>
        )
      }
    </Frame>
  );
}

const columns: readonly TableColumn<SplitBucket>[] = [
  { key: "bucket", title: "Bucket", cell: ({ bucket }) => bucketNames[bucket] },
  { key: "published", title: "Published", isNumber: true, cell: ({ bucket }) => formatRatio(publishedShares[bucket]) },
  { key: "here", title: "Its method here", isNumber: true, cell: ({ share }) => shareOrNotObserved(share) },
  {
    key: "ledger",
    title: "The ledger",
    isNumber: true,
    cell: ({ group, ofSpend }) => (
      <>
        {shareOrNotObserved(ofSpend)}
        <small className="beside">{group}</small>
      </>
    ),
  },
];
