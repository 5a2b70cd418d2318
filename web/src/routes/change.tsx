import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { ChangeCard } from "../../../src/contract/show.ts";
import { changeReviewText } from "../../../src/surfaces/cli/change-review-text.ts";
import { formatCount, formatDay, formatNumberOf, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { shortId, shortRepository } from "../format/cell.ts";
import { AuthorBar } from "../panels/author-bar.tsx";
import { FateList } from "../panels/fate-list.tsx";
import { StrandTable } from "../panels/strand-table.tsx";
import { useChange } from "../query/use.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { sessionColumn } from "../ui/columns.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";

const strandsShown = 40;

/** One change: what it cost, which sessions wrote it, who wrote its lines, what remains. */
export function Change(): ReactElement {
  const { id = "" } = useParams({ strict: false });
  const change = useChange(id);
  return (
    <div className="page">
      <Frame of={change} className="bare" tall>
        {(card) => <Card card={card} id={id} />}
      </Frame>
    </div>
  );
}

function Card({ card, id }: { readonly card: ChangeCard; readonly id: string }): ReactElement {
  const lines = Object.values(card.linesByAuthorKind).reduce((sum, count) => sum + count, 0);
  const strands = card.strands.toSorted((a, b) => (BigInt(b.nanoUsd) > BigInt(a.nanoUsd) ? 1 : -1)).slice(0, strandsShown);
  return (
    <div className="stack">
      <header className="page-head">
        <p className="eyebrow">
          <Link to="/changes">Changes</Link> / {shortRepository(card.repository)}
        </p>
        <h1>
          {card.changeKind === "pull_request" ? `Pull request ${card.change}` : `Direct push ${shortId(card.change)}`}:{" "}
          {formatUsd(card.spendNanoUsd)}
        </h1>
        <p className="about">
          {card.landedAt === null ? "Not landed" : `Landed ${formatDay(card.landedAt)}`} ·{" "}
          {card.releasedAt === null ? "not released" : `released ${formatDay(card.releasedAt)}`} ·{" "}
          {formatNumberOf(card.commits.length, "commit")} · known by {card.evidence.replaceAll("_", " ")}
        </p>
        <p className="about">Review: {changeReviewText(card.review)}</p>
      </header>
      <div className="two">
        <section className="panel">
          <h2 className="spaced">What its money became</h2>
          <FateList fates={card.fates} />
        </section>
        <section className="panel">
          <h2>What remains</h2>
          <p className="about spaced">
            {lines === 0
              ? "It landed no lines that count."
              : `${formatCount(card.linesAlive)} of ${formatCount(lines)} landed lines are alive (${formatRatio(card.linesAlive / lines)}), by who wrote the landed ones:`}
          </p>
          {lines === 0 ? null : <AuthorBar lines={card.linesByAuthorKind} />}
          <p className="small">A line is a person's only with positive evidence; what nobody is known to have written is unknown.</p>
        </section>
      </div>
      <section className="panel">
        <h2 className="spaced">Sessions that wrote it</h2>
        {card.sessions.length === 0 ? (
          <Empty kind="not_observed">No session is known to have written lines of this change.</Empty>
        ) : (
          <DataTable<ChangeCard["sessions"][number]>
            label="Sessions"
            rows={card.sessions}
            rowKey={({ session }) => session}
            columns={[
              sessionColumn(),
              { key: "lines", title: "Lines", isNumber: true, cell: (row) => formatCount(row.lines) },
              { key: "spend", title: "Spend", isNumber: true, cell: ({ nanoUsd }) => formatUsd(nanoUsd) },
            ]}
          />
        )}
      </section>
      <section className="panel">
        <h2 className="spaced">Commits</h2>
        <ul className="ways">
          {card.commits.map((commit) => (
            <li key={commit}>
              <Link to="/commits/$id" params={{ id: commit }} className="chip id">
                {shortId(commit)}
              </Link>
            </li>
          ))}
        </ul>
      </section>
      <section className="panel">
        <h2>Strands</h2>
        <p className="about spaced">
          Pieces of the money in this change, largest first
          {card.strands.length > strandsShown ? `; ${strandsShown} of ${formatCount(card.strands.length)}` : ""}.
        </p>
        <StrandTable strands={strands} without={["change"]} />
      </section>
      <CopyButton text={`assay show change '${id}'`} />
    </div>
  );
}
