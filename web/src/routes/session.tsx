import { Link, useParams } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { SessionCard } from "../../../src/contract/show.ts";
import { formatCount, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { formatInstant, shortId, shortRepository } from "../format/cell.ts";
import { FateList } from "../panels/fate-list.tsx";
import { StrandTable } from "../panels/strand-table.tsx";
import { TurnsPanel } from "../panels/turns-panel.tsx";
import { useSession } from "../query/use.ts";
import { changeId } from "../ui/cell-link.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { NumberLink } from "../ui/number-link.tsx";

const strandsShown = 40;

/** One session: its money, its turns, its commits, and where every piece of it ended. */
export function Session(): ReactElement {
  const { id = "" } = useParams({ strict: false });
  const session = useSession(id);
  return (
    <div className="page stack">
      <Frame of={session} className="bare" tall>
        {(card) => <Card card={card} />}
      </Frame>
    </div>
  );
}

function Card({ card }: { readonly card: SessionCard }): ReactElement {
  const strands = card.strands.toSorted((a, b) => (BigInt(b.nanoUsd) > BigInt(a.nanoUsd) ? 1 : -1)).slice(0, strandsShown);
  return (
    <div className="stack">
      <header className="page-head">
        <p className="eyebrow">
          <Link to="/sessions">Sessions</Link> / <span className="id">{card.session}</span>
        </p>
        <h1>
          {card.spendNanoUsd === null ? (
            "Cost not known"
          ) : (
            <NumberLink measure="spend" where={[{ dimension: "session", is: "in", values: [card.session] }]}>
              {formatUsd(card.spendNanoUsd)}
            </NumberLink>
          )}{" "}
          in {card.repository === null ? "a repository that is not known" : shortRepository(card.repository)}
        </h1>
        <p className="about">
          {card.agent} with {card.models.join(", ")} · {formatInstant(card.firstAt)} to {formatInstant(card.lastAt)} UTC ·{" "}
          {formatCount(card.usages)} responses
          {card.subagentUsages === 0 ? "" : `, ${formatCount(card.subagentUsages)} of sub-agents`} ·{" "}
          {card.branches.join(", ") || "no branch"}
        </p>
      </header>
      <section className="panel">
        <h2 className="spaced">What it became</h2>
        <FateList fates={card.fates} />
      </section>
      <TurnsPanel card={card} />
      <section className="panel">
        <h2 className="spaced">Commits it wrote lines of</h2>
        {card.commits.length === 0 ? (
          <Empty kind="not_observed">No commit was found to hold lines of this session.</Empty>
        ) : (
          <DataTable<SessionCard["commits"][number]>
            label="Commits"
            rows={card.commits}
            rowKey={({ commit }) => commit}
            columns={[
              {
                key: "commit",
                title: "Commit",
                cell: ({ commit }) => (
                  <Link to="/commits/$id" params={{ id: commit }} className="id" title={commit}>
                    {shortId(commit)}
                  </Link>
                ),
              },
              {
                key: "change",
                title: "Change",
                cell: ({ change }) =>
                  change === null ? (
                    <span className="soft">none known</span>
                  ) : (
                    <Link to="/changes/$id" params={{ id: changeId({ repository: card.repository }, change) }} className="id">
                      {change}
                    </Link>
                  ),
              },
              { key: "lines", title: "Lines", isNumber: true, cell: ({ lines }) => formatCount(lines) },
              { key: "grade", title: "Evidence", cell: ({ grade, method }) => `grade ${grade}: ${method.replaceAll("_", " ")}` },
            ]}
          />
        )}
      </section>
      <section className="panel">
        <h2>Strands</h2>
        <p className="about spaced">
          Pieces of this session's money, each with its lines and where they ended, largest first
          {card.strands.length > strandsShown ? `; ${strandsShown} of ${formatCount(card.strands.length)}` : ""}.
        </p>
        <StrandTable strands={strands} without={["session"]} />
      </section>
      <CopyButton text={`assay show session ${card.session}`} />
    </div>
  );
}
