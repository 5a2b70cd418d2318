import type { ReactElement } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import type { Problem } from "../../../src/contract/problem.ts";
import { computeAnswerFigures } from "../../../src/surfaces/cli/answer-figures.ts";
import { formatBytes, formatCount, formatDay, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { shortRepository } from "../format/cell.ts";
import type { SourceRow } from "../../../src/contract/answer.ts";
import { ImportsPanel } from "../panels/imports-panel.tsx";
import { useAnswer, useProblems, useSources } from "../query/use.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { NumberLink } from "../ui/number-link.tsx";

/** Where the facts come from: how much of the spend they speak of, how well it was counted, what could not be used. */
export function Sources(): ReactElement {
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>Sources</h1>
        <p className="about">What was read, how much of the spend it speaks of, how well it was counted, and what could not be used.</p>
      </header>
      <ImportsPanel />
      <Trust />
      <Read />
      <Repositories />
      <Problems />
    </div>
  );
}

function Trust(): ReactElement {
  const answer = useAnswer();
  return (
    <Frame of={answer} title="Coverage and quality" tall>
      {(told) => (
        <>
          <dl className="tiles four">
            <Tile title="Followed to a fate" value={ratio(told.coverage)} measure="coverage_share" />
            <Tile title="Carried by lines of grade A or B" value={ratio(gradeAB(told))} measure="grade_share" />
            <Tile
              title="Output tokens counted final"
              value={ratio(told.quality.find(({ quality }) => quality === "final")?.share ?? null)}
              measure="output_quality_share"
            />
            <Tile title="Tokens without a price" value={ratio(unpricedShare(told))} measure="tokens_unpriced_share" />
          </dl>
          <dl className="facts">
            {computeAnswerFigures(told).sure.map(({ title, sentence }) => [
              <dt key={`${title}-t`}>{title}</dt>,
              <dd key={title}>{sentence}</dd>,
            ])}
          </dl>
          {told.unlinkedReasons.length === 0 ? null : (
            <>
              <h3>Not followed, by reason</h3>
              <DataTable<Answer["unlinkedReasons"][number]>
                label="Not followed, by reason"
                rows={told.unlinkedReasons}
                rowKey={({ reason }) => reason}
                columns={[
                  { key: "why", title: "Reason", cell: ({ sentence }) => sentence },
                  {
                    key: "spend",
                    title: "Spend",
                    isNumber: true,
                    cell: ({ reason, nanoUsd }) => (
                      <NumberLink measure="spend" where={[{ dimension: "unlinked_reason", is: "in", values: [reason] }]}>
                        {formatUsd(nanoUsd)}
                      </NumberLink>
                    ),
                  },
                ]}
              />
            </>
          )}
        </>
      )}
    </Frame>
  );
}

function Tile({ title, value, measure }: { readonly title: string; readonly value: string; readonly measure: string }): ReactElement {
  return (
    <div className="tile">
      <dt className="tile-title">{title}</dt>
      <dd className="tile-value">
        <NumberLink measure={measure}>{value}</NumberLink>
      </dd>
    </div>
  );
}

const ratio = (share: number | null): string => (share === null ? "not known" : formatRatio(share));

function gradeAB({ byGrade }: Answer): number | null {
  const shares = byGrade.filter(({ grade }) => grade === "A" || grade === "B").map(({ share }) => share);
  return shares.includes(null) ? null : shares.reduce<number>((sum, share) => sum + (share ?? 0), 0);
}

function unpricedShare({ tokens }: Answer): number | null {
  const all = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.output;
  return all === 0 ? null : tokens.withoutPrice / all;
}

function Read(): ReactElement {
  const sources = useSources();
  return (
    <Frame of={sources} title="What was read">
      {(rows) =>
        rows.every(({ files }) => files === 0) ? (
          <Empty kind="no_data">
            No log was read yet. Run <code>assay import</code>.
          </Empty>
        ) : (
          <DataTable<SourceRow>
            label="Sources"
            rows={rows}
            rowKey={({ source }) => source}
            columns={[
              { key: "title", title: "Source", cell: ({ title }) => title },
              { key: "files", title: "Files", isNumber: true, cell: ({ files }) => formatCount(files) },
              { key: "bytes", title: "Size", isNumber: true, cell: ({ bytes }) => formatBytes(bytes) },
              { key: "absent", title: "Named but absent", isNumber: true, cell: ({ absent }) => formatCount(absent) },
              { key: "sessions", title: "Sessions", isNumber: true, cell: ({ sessions }) => formatCount(sessions) },
              { key: "usages", title: "Responses", isNumber: true, cell: ({ usages }) => formatCount(usages) },
              { key: "sub", title: "Of sub-agents", isNumber: true, cell: ({ subagentUsages }) => formatCount(subagentUsages) },
              { key: "problems", title: "Problems", isNumber: true, cell: ({ problems }) => formatCount(problems) },
            ]}
          />
        )
      }
    </Frame>
  );
}

function Repositories(): ReactElement {
  const answer = useAnswer();
  return (
    <Frame
      of={answer}
      title="Repositories"
      about="Nothing is known of a repository after its horizon, the newest commit seen on its default branch."
    >
      {({ repositories }) =>
        repositories.length === 0 ? (
          <Empty kind="not_observed">
            No repository is known, so nothing can be said of what landed. Give one with <code>assay import --repo PATH</code>.
          </Empty>
        ) : (
          <DataTable<Answer["repositories"][number]>
            label="Repositories"
            rows={repositories}
            rowKey={({ id }) => String(id)}
            columns={[
              { key: "name", title: "Repository", cell: ({ name }) => <span title={name}>{shortRepository(name)}</span> },
              { key: "branch", title: "Default branch", cell: ({ defaultBranch }) => defaultBranch ?? "not known" },
              { key: "release", title: "Released by", cell: ({ releaseRule }) => releaseRule },
              { key: "horizon", title: "Horizon", cell: ({ horizon }) => (horizon === null ? "no commit seen" : formatDay(horizon)) },
              { key: "commits", title: "Commits", isNumber: true, cell: ({ commits }) => formatCount(commits) },
              { key: "landed", title: "Changes landed", isNumber: true, cell: ({ changesLanded }) => formatCount(changesLanded) },
              { key: "spend", title: "Spend", isNumber: true, cell: ({ spendNanoUsd }) => formatUsd(spendNanoUsd) },
            ]}
          />
        )
      }
    </Frame>
  );
}

function Problems(): ReactElement {
  const problems = useProblems();
  return (
    <Frame of={problems} title="Problems" about="Input that could not be used: counted, with its place and what to do.">
      {({ rows, total }) =>
        rows.length === 0 ? (
          <p className="fine">None: everything that was found could be used.</p>
        ) : (
          <>
            <DataTable<Problem>
              label="Problems"
              rows={rows}
              rowKey={(problem, i) => `${problem.code}-${i}`}
              columns={[
                {
                  key: "what",
                  title: "What",
                  className: "wide",
                  cell: ({ message, hint }) => (
                    <>
                      {message}
                      {hint === undefined ? null : <span className="under">{hint}</span>}
                    </>
                  ),
                },
                { key: "severity", title: "Severity", cell: ({ severity }) => severity },
                { key: "count", title: "Times", isNumber: true, cell: ({ count }) => formatCount(count ?? 1) },
                { key: "where", title: "Where", cell: ({ source, locator }) => <code>{`${source} ${locator ?? ""}`}</code> },
              ]}
            />
            {total > rows.length ? (
              <p className="small">
                The first {formatCount(rows.length)} of {formatCount(total)}.
              </p>
            ) : null}
          </>
        )
      }
    </Frame>
  );
}
