import { useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { SessionRow } from "../../../src/contract/api.ts";
import { formatCount } from "../../../src/surfaces/cli/numbers.ts";
import { formatInstant, formatShortCount, shortRepository } from "../format/cell.ts";
import { useSessions } from "../query/use.ts";
import { moneyColumns, sessionColumn } from "../ui/columns.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { Pager, SortTitle, sortedAs, usePages } from "../ui/pager.tsx";
import { RollUpLegend } from "../ui/roll-up-bar.tsx";
import { parseFilters } from "../url/filters.ts";
import { parseRange } from "../url/explore-state.ts";

const size = 50;
const fallback = "spend";

/** Every session, with what its money became. */
export function Sessions(): ReactElement {
  const search = useSearch({ strict: false });
  const { sort } = search;
  const pages = usePages(JSON.stringify([sort, search.where, search.range]));
  const sessions = useSessions({
    sort: sort ?? fallback,
    cursor: pages.cursor,
    limit: size,
    where: parseFilters(search.where),
    ...parseRange(search.range),
  });
  const title = (by: string, text: string) => (
    <SortTitle sort={sort} by={by} fallback={fallback}>
      {text}
    </SortTitle>
  );
  return (
    <div className="page">
      <header className="page-head">
        <h1>Sessions</h1>
        <p className="about">What each session cost, and what became of it. Dollars at API list prices, not what was paid.</p>
      </header>
      <Frame of={sessions} tall>
        {({ rows, next, total }) =>
          rows.length === 0 ? (
            <Empty kind={search.where === undefined && search.range === undefined ? "no_data" : "no_match"}>
              {search.where === undefined ? "No session was read yet: run `assay import`." : "No session has these properties."}
            </Empty>
          ) : (
            <>
              <RollUpLegend rows={rows} />
              <DataTable<SessionRow>
                label="Sessions"
                rows={rows}
                rowKey={({ session }) => session}
                columns={[
                  sessionColumn(),
                  {
                    key: "started",
                    title: title("started", "Started, UTC"),
                    sorted: sortedAs(sort, "started", fallback),
                    cell: ({ startedAt }) => <span className="no-wrap">{formatInstant(startedAt)}</span>,
                  },
                  {
                    key: "repository",
                    title: "Repository",
                    cell: ({ repository }) =>
                      repository === null ? (
                        <span className="soft">not known</span>
                      ) : (
                        <span title={repository}>{shortRepository(repository)}</span>
                      ),
                  },
                  { key: "models", title: "Models", cell: ({ models }) => models.join(", ") },
                  { key: "turns", title: "Turns", isNumber: true, cell: ({ turns }) => formatCount(turns) },
                  {
                    key: "usages",
                    title: title("usages", "Responses"),
                    sorted: sortedAs(sort, "usages", fallback),
                    isNumber: true,
                    cell: ({ usages }) => formatCount(usages),
                  },
                  {
                    key: "tokens",
                    title: title("tokens", "Tokens"),
                    sorted: sortedAs(sort, "tokens", fallback),
                    isNumber: true,
                    cell: ({ tokens }) => formatShortCount(Number(tokens)),
                  },
                  { key: "commits", title: "Commits", isNumber: true, cell: ({ commits }) => formatCount(commits) },
                  ...moneyColumns<SessionRow>(sort, fallback),
                ]}
              />
              <Pager page={pages.page} shown={rows.length} total={total} size={size} next={next} onNext={pages.next} onBack={pages.back} />
            </>
          )
        }
      </Frame>
    </div>
  );
}
