import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { CommitCard } from "../../../src/contract/show.ts";
import { formatCount, formatDay, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { formatInstant, shortId, shortRepository } from "../format/cell.ts";
import { AuthorBar } from "../panels/author-bar.tsx";
import { StrandTable } from "../panels/strand-table.tsx";
import { useCommit } from "../query/use.ts";
import { changeId } from "../ui/cell-link.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { sessionColumn } from "../ui/columns.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";

/** One commit: which sessions wrote it, on which evidence. */
export function Commit(): ReactElement {
  const { id = "" } = useParams({ strict: false });
  const commit = useCommit(id);
  return (
    <div className="page">
      <Frame of={commit} className="bare" tall>
        {(card) => <Card card={card} />}
      </Frame>
    </div>
  );
}

function Card({ card }: { readonly card: CommitCard }): ReactElement {
  return (
    <div className="stack">
      <header className="page-head">
        <p className="eyebrow">
          <Link to="/changes">Changes</Link> /{" "}
          {card.change === null ? (
            shortRepository(card.repository)
          ) : (
            <Link to="/changes/$id" params={{ id: changeId({ repository: card.repository }, card.change) }}>
              {shortRepository(card.repository)} {card.change}
            </Link>
          )}{" "}
          / <span className="id">{card.commit}</span>
        </p>
        <h1>
          Commit {shortId(card.commit)}: {formatUsd(card.spendNanoUsd)}
        </h1>
        <p className="about">
          {formatInstant(card.committedAt)} UTC · +{formatCount(card.linesAdded)} −{formatCount(card.linesRemoved)} lines ·{" "}
          {card.onDefault ? "on the default branch" : "not on the default branch"} ·{" "}
          {card.releasedAt === null ? "not released" : `released ${formatDay(card.releasedAt)}`}
        </p>
      </header>
      <section className="panel">
        <h2 className="spaced">Who wrote its lines</h2>
        <AuthorBar lines={card.linesByAuthorKind} />
      </section>
      <section className="panel">
        <h2 className="spaced">Sessions</h2>
        {card.sessions.length === 0 ? (
          <Empty kind="not_observed">
            No session is known to have written lines of this commit. That proves nothing: its logs may be gone.
          </Empty>
        ) : (
          <DataTable<CommitCard["sessions"][number]>
            label="Sessions"
            rows={card.sessions}
            rowKey={({ session }) => session}
            columns={[
              sessionColumn(),
              { key: "lines", title: "Lines", isNumber: true, cell: ({ lines }) => formatCount(lines) },
              { key: "grade", title: "Evidence", cell: ({ grade, method }) => `grade ${grade}: ${method.replaceAll("_", " ")}` },
              { key: "confidence", title: "Confidence", isNumber: true, cell: ({ confidence }) => formatRatio(confidence) },
            ]}
          />
        )}
      </section>
      <section className="panel">
        <h2 className="spaced">Strands</h2>
        <StrandTable strands={card.strands} />
      </section>
      <CopyButton text={`assay show commit ${card.commit}`} />
    </div>
  );
}
