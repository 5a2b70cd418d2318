/** DORA's five metrics of each repository, in the words of `assay delivery`. */
import { Fragment, type ReactElement } from "react";
import type { RepositoryDelivery } from "../../../src/contract/delivery.ts";
import { doraLines, reviewLines, rungSentences } from "../../../src/surfaces/cli/delivery-text.ts";
import { formatNumberOf, formatPeriod } from "../../../src/surfaces/cli/numbers.ts";
import { shortRepository } from "../format/cell.ts";
import { useDelivery } from "../query/use.ts";
import { DataTable, type TableColumn } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";

export function DoraPanel(): ReactElement {
  return (
    <Frame
      of={useDelivery()}
      title="How changes are delivered"
      about="DORA's five metrics over the last 90 days known, each repository against itself alone: no ranking."
      tall
    >
      {({ repositories }) =>
        repositories.length === 0 ? (
          <Empty kind="no_data">No repository is known.</Empty>
        ) : (
          <DataTable label="DORA's five metrics" columns={columns} rows={repositories} rowKey={({ repository }) => repository} />
        )
      }
    </Frame>
  );
}

const names = ["change lead time", "deployment frequency", "change fail rate", "failed deployment recovery time", "deployment rework rate"];

const columns: readonly TableColumn<RepositoryDelivery>[] = [
  {
    key: "repository",
    title: "Repository",
    cell: ({ repository, window, rung }) => (
      <>
        {shortRepository(repository)}
        <small className="beside">
          {window === null || rung === null
            ? "nothing has landed"
            : `${formatPeriod(window.from, window.until)}, ${formatNumberOf(window.days, "day")}; ${rungSentences[rung]}`}
        </small>
      </>
    ),
  },
  ...names.map(
    (name): TableColumn<RepositoryDelivery> => ({
      key: name,
      title: name[0]?.toUpperCase() + name.slice(1),
      cell: ({ dora }) => {
        const [first = "not observed", ...more] = dora === null ? [] : (doraLines(dora).find(([of]) => of === name)?.[1] ?? []);
        return (
          <>
            {first}
            {more.length === 0 ? null : <small className="beside">{more.join("; ")}</small>}
          </>
        );
      },
    }),
  ),
];

/** How changes were reviewed, and what became of agents' lines: a row a repository, as the terminal says it. */
export function ReviewPanel(): ReactElement {
  return (
    <Frame
      of={useDelivery()}
      title="How changes are reviewed"
      about="Of changes that landed in the last 90 days known, as forges tell. Bots and instant self-merges are apart. Never of a person."
      tall
    >
      {({ repositories }) =>
        repositories.length === 0 ? (
          <Empty kind="no_data">No repository is known.</Empty>
        ) : (
          repositories.map(({ repository, review, agentLines }) => (
            <section key={repository}>
              <h3>{shortRepository(repository)}</h3>
              <dl className="facts">
                {reviewLines(review, agentLines).map(([name, text]) => (
                  <Fragment key={name}>
                    <dt>{name}</dt>
                    <dd>{text}</dd>
                  </Fragment>
                ))}
              </dl>
            </section>
          ))
        )
      }
    </Frame>
  );
}
