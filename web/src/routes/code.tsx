import { Link, useSearch } from "@tanstack/react-router";
import { type ReactElement, useRef } from "react";
import type { FileRow } from "../../../src/contract/api.ts";
import { formatCount, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { treemap } from "../charts/treemap.ts";
import { notKnown, shortRepository } from "../format/cell.ts";
import { aliveShare, aliveStep, type CodeEntry, entriesOf, spreadOf } from "../panels/code-tree.ts";
import { useAnswer, useFiles } from "../query/use.ts";
import { DataTable } from "../ui/data-table.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { useWidth } from "../ui/use-width.ts";
import type { PageSearch } from "../url/page-search.ts";

/** Where in the code the money went, and how much of what it bought is still alive. */
export function Code(): ReactElement {
  const search = useSearch({ strict: false });
  const answer = useAnswer();
  const repositories = answer.data?.repositories ?? [];
  const chosen = repositories.find(({ name }) => name === search.repository)?.name ?? repositories[0]?.name ?? null;
  const under = search.under ?? "";
  const files = useFiles(chosen, under);
  return (
    <div className="page">
      <header className="page-head">
        <h1>Code</h1>
        <p className="about">
          Size: dollars of the lines written there, alive or not. Shade: how many of the lines that landed are still alive.
        </p>
      </header>
      {answer.data !== undefined && chosen === null ? (
        <Empty kind="not_observed">
          No repository is known. Give one with <code>assay import --repo PATH</code>.
        </Empty>
      ) : (
        <>
          <nav className="ways" aria-label="Repositories">
            {repositories.map(({ id, name }) => (
              <Link key={id} to="/code" search={{ repository: name }} className="chip" aria-current={name === chosen ? "true" : undefined}>
                {shortRepository(name)}
              </Link>
            ))}
          </nav>
          <Frame of={files} title={<Crumbs repository={chosen ?? ""} under={under} />} aside={<AliveLegend />} tall>
            {({ rows }) => <Folder files={rows} under={under} repository={chosen ?? ""} />}
          </Frame>
        </>
      )}
    </div>
  );
}

function Crumbs({ repository, under }: { readonly repository: string; readonly under: string }): ReactElement {
  const parts = under === "" ? [] : under.split("/");
  return (
    <>
      <Link to="/code" search={{ repository }}>
        {shortRepository(repository)}
      </Link>
      {parts.map((part, i) => (
        <span key={parts.slice(0, i + 1).join("/")}>
          {" / "}
          <Link to="/code" search={{ repository, under: parts.slice(0, i + 1).join("/") }}>
            {part}
          </Link>
        </span>
      ))}
    </>
  );
}

const steps = ["under 25 %", "25–50 %", "50–75 %", "75–95 %", "95 % and more alive"];

function AliveLegend(): ReactElement {
  return (
    <ul className="chart-legend tight no-margin">
      {steps.map((title, step) => (
        <li key={title}>
          <svg className="swatch" width="14" height="14" aria-hidden="true">
            <rect className={`alive-${step}`} x="0.5" y="0.5" width="13" height="13" rx="3" />
          </svg>
          {title}
        </li>
      ))}
    </ul>
  );
}

function searchOf(entry: CodeEntry, repository: string): { to: "/code" | "/code/file"; search: PageSearch } {
  return entry.isFolder
    ? { to: "/code", search: { repository, under: entry.path } }
    : { to: "/code/file", search: { repository, path: entry.path } };
}

function Folder({
  files,
  under,
  repository,
}: {
  readonly files: readonly FileRow[];
  readonly under: string;
  readonly repository: string;
}): ReactElement {
  const entries = entriesOf(files, under);
  if (entries.length === 0) return <Empty kind="no_match">No line was ever written here.</Empty>;
  return (
    <>
      <Map entries={spreadOf(files, under).filter(({ nanoUsd }) => nanoUsd > 0n)} under={under} repository={repository} />
      <DataTable<CodeEntry>
        label="Files and folders"
        rows={entries}
        rowKey={({ path }) => path}
        columns={[
          {
            key: "name",
            title: "Name",
            cell: (entry) => (
              <Link {...searchOf(entry, repository)}>
                {entry.name}
                {entry.isFolder ? "/" : ""}
              </Link>
            ),
          },
          { key: "files", title: "Files", isNumber: true, cell: ({ isFolder, files }) => (isFolder ? formatCount(files) : "") },
          { key: "landed", title: "Lines landed", isNumber: true, cell: ({ linesLanded }) => formatCount(linesLanded) },
          { key: "alive", title: "Alive", isNumber: true, cell: (entry) => shareText(entry) },
          { key: "spend", title: "Spend", isNumber: true, cell: ({ nanoUsd }) => (nanoUsd === 0n ? notKnown : formatUsd(nanoUsd)) },
        ]}
      />
    </>
  );
}

function shareText(entry: CodeEntry): string {
  const share = aliveShare(entry);
  return share === null ? notKnown : formatRatio(share);
}

const height = 420;
/** Below, a name cannot be read. */
const leastWidth = 60;
const leastHeight = 40;
/** Below this part of the whole, a box is a speck: the table has it. */
const leastPart = 0.001;
/** Below, only the last part of a path is told. */
const roomForPath = 140;

function Map({
  entries,
  under,
  repository,
}: {
  readonly entries: readonly CodeEntry[];
  readonly under: string;
  readonly repository: string;
}): ReactElement | null {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  const whole = entries.reduce((sum, { nanoUsd }) => sum + Number(nanoUsd), 0);
  const shownEntries = entries.filter(({ nanoUsd }) => Number(nanoUsd) >= whole * leastPart);
  const boxes =
    width === 0 || entries.length === 0
      ? []
      : treemap(
          shownEntries.map(({ nanoUsd }) => Number(nanoUsd)),
          { x: 0, y: 0, width, height },
        );
  return (
    <div ref={place} className="treemap" style={{ height: entries.length === 0 ? 0 : height }}>
      {boxes.map((box, i) => {
        const entry = shownEntries[i];
        if (entry === undefined) return null;
        const says = `${entry.path}: ${formatUsd(entry.nanoUsd)}, ${shareText(entry)} of ${formatCount(entry.linesLanded)} landed lines alive`;
        return (
          <Link
            key={entry.path}
            {...searchOf(entry, repository)}
            className={`cell alive-${aliveStep(aliveShare(entry)) ?? "none"}`}
            title={says}
            aria-label={says}
            style={{ left: box.x, top: box.y, width: box.width, height: box.height }}
          >
            {box.width < leastWidth || box.height < leastHeight ? null : (
              <>
                <b>
                  {box.width < roomForPath ? entry.name : entry.path.slice(under === "" ? 0 : under.length + 1)}
                  {entry.isFolder ? "/" : ""}
                </b>
                <span>{formatUsd(entry.nanoUsd)}</span>
              </>
            )}
          </Link>
        );
      })}
    </div>
  );
}
