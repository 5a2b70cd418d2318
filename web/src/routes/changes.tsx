import { Link, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { ChangeRow } from "../../../src/contract/api.ts";
import { formatCount, formatDay, formatNumberOf, formatRatio } from "../../../src/surfaces/cli/numbers.ts";
import { notKnown, shortId, shortRepository } from "../format/cell.ts";
import { useChanges } from "../query/use.ts";
import { changeId } from "../ui/cell-link.tsx";
import { moneyColumns } from "../ui/columns.tsx";
import { DataTable, type TableColumn } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { Pager, SortTitle, sortedAs, usePages } from "../ui/pager.tsx";
import { RollUpLegend } from "../ui/roll-up-bar.tsx";

const size = 50;
const fallback = "landed";

/** Every change: what it cost, who wrote it, what is left of it. */
export function Changes(): ReactElement {
  const { sort } = useSearch({ strict: false });
  const pages = usePages(sort ?? fallback);
  const changes = useChanges({ sort: sort ?? fallback, cursor: pages.cursor, limit: size });
  const title = (by: string, text: string) => (
    <SortTitle sort={sort} by={by} fallback={fallback}>
      {text}
    </SortTitle>
  );
  return (
    <div className="page">
      <header className="page-head">
        <h1>Changes</h1>
        <p className="about">Pull requests and direct pushes: the spend on their lines, who wrote these, and how many are still alive.</p>
      </header>
      <Frame of={changes} tall>
        {({ rows, next, total }) =>
          rows.length === 0 ? (
            <Empty kind="not_observed">
              No change was seen: no repository is known. Give one with <code>assay import --repo PATH</code>.
            </Empty>
          ) : (
            <>
              <RollUpLegend rows={rows} />
              <DataTable<ChangeRow>
                label="Changes"
                rows={rows}
                rowKey={({ repository, change }) => repository + change}
                columns={[
                  {
                    key: "change",
                    title: "Change",
                    cell: ({ change, repository }) => (
                      <Link to="/changes/$id" params={{ id: changeId({ repository }, change) }} className="id" title={change}>
                        {change.startsWith("#") ? change : shortId(change)}
                      </Link>
                    ),
                  },
                  {
                    key: "repository",
                    title: "Repository",
                    cell: ({ repository }) => <span title={repository}>{shortRepository(repository)}</span>,
                  },
                  {
                    key: "landed",
                    title: title("landed", "Landed"),
                    sorted: sortedAs(sort, "landed", fallback),
                    cell: ({ landedAt }) =>
                      landedAt === null ? <span className="soft">not landed</span> : <span className="no-wrap">{formatDay(landedAt)}</span>,
                  },
                  {
                    key: "released",
                    title: "Released",
                    cell: ({ releasedAt }) =>
                      releasedAt === null ? (
                        <span className="soft">not yet</span>
                      ) : (
                        <span className="no-wrap">{formatDay(releasedAt)}</span>
                      ),
                  },
                  ...(rows.some(({ reviewPath }) => reviewPath !== null) ? [reviewColumn] : []),
                  {
                    key: "lines",
                    title: title("lines", "Lines landed"),
                    sorted: sortedAs(sort, "lines", fallback),
                    isNumber: true,
                    cell: ({ linesLanded }) => formatCount(linesLanded),
                  },
                  {
                    key: "alive",
                    title: title("alive_share", "Alive"),
                    sorted: sortedAs(sort, "alive_share", fallback),
                    isNumber: true,
                    cell: ({ linesLanded, linesAlive }) => (linesLanded === 0 ? notKnown : formatRatio(linesAlive / linesLanded)),
                  },
                  { key: "ai", title: "AI share", isNumber: true, cell: ({ linesByAuthorKind }) => aiShare(linesByAuthorKind) },
                  {
                    key: "sessions",
                    title: title("sessions", "Sessions"),
                    sorted: sortedAs(sort, "sessions", fallback),
                    isNumber: true,
                    cell: ({ sessions }) => formatCount(sessions),
                  },
                  ...moneyColumns<ChangeRow>(sort, fallback),
                ]}
              />
              <Pager page={pages.page} shown={rows.length} total={total} size={size} next={next} onNext={pages.next} onBack={pages.back} />
              <p className="small">
                AI share: agent … agent, mixed and unknown. {notKnown}: nothing known went into it, or nothing landed; never 0.
              </p>
            </>
          )
        }
      </Frame>
    </div>
  );
}

/** Shown where a forge told of any. */
const reviewColumn: TableColumn<ChangeRow> = {
  key: "review",
  title: "Review",
  cell: ({ reviewPath, reviewRounds }) =>
    reviewPath === null ? (
      <span className="soft">not observed</span>
    ) : (
      <>
        {reviewPath.replaceAll("_", " ")}
        {(reviewRounds ?? 0) > 0 ? <small className="beside">{formatNumberOf(reviewRounds ?? 0, "round")}</small> : null}
      </>
    ),
};

/** `52–100 %`: agent … agent + mixed + unknown. */
export function aiShare(lines: Readonly<Record<string, number>>): string {
  const all = Object.values(lines).reduce((sum, count) => sum + count, 0);
  if (all === 0) return notKnown;
  const low = (lines["agent"] ?? 0) / all;
  const high = (all - (lines["person"] ?? 0)) / all;
  return low === high ? `${Math.round(low * 100)} %` : `${Math.floor(low * 100)}–${Math.ceil(high * 100)} %`;
}
