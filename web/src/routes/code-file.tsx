import { Link, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { Blame, FileCard } from "../../../src/contract/show.ts";
import { formatCount, formatDay, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { notKnown, shortId, shortRepository } from "../format/cell.ts";
import { ageInDays, agePart, ageText } from "../format/age.ts";
import { AuthorBar, authorColor } from "../panels/author-bar.tsx";
import { useFile } from "../query/use.ts";
import { Frame } from "../ui/frame.tsx";

/** One file of HEAD: who wrote each line, on which evidence, and what it cost. Its text is read from git now, and not kept. */
export function CodeFile(): ReactElement {
  const { repository = "", path = "" } = useSearch({ strict: false });
  const file = useFile(repository, path);
  const folder = path.split("/").slice(0, -1).join("/");
  return (
    <div className="page">
      <header className="page-head">
        <p className="eyebrow">
          <Link to="/code" search={folder === "" ? { repository } : { repository, under: folder }}>
            {shortRepository(repository)}
            {folder === "" ? "" : ` / ${folder}`}
          </Link>
        </p>
        <h1>{path.split("/").at(-1)}</h1>
      </header>
      <Frame of={file} className="bare" tall>
        {(told) => (
          <div className="stack">
            <Summary file={told.file} />
            <Lines blame={told.blame} />
          </div>
        )}
      </Frame>
    </div>
  );
}

function Summary({ file }: { readonly file: FileCard }): ReactElement {
  const alive: Record<string, number> = {};
  for (const { lines } of file.ages) for (const [kind, count] of Object.entries(lines)) alive[kind] = (alive[kind] ?? 0) + count;
  const { days7, days21 } = file.survival;
  return (
    <section className="panel">
      <h2>{formatUsd(file.spendNanoUsd)} over all of its lines</h2>
      <p className="about spaced">
        {formatCount(file.linesWritten)} written, {formatCount(file.linesLanded)} landed, {formatCount(file.linesAlive)} alive; of those
        that landed {days7 === null ? notKnown : formatRatio(days7)} lived seven days, {days21 === null ? notKnown : formatRatio(days21)}{" "}
        twenty-one. Alive ones by who wrote them:
      </p>
      <AuthorBar lines={alive} />
      {file.notes.map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
    </section>
  );
}

function Lines({ blame }: { readonly blame: Blame }): ReactElement {
  return (
    <section className="panel">
      <h2 className="spaced">Its lines at {shortId(blame.head)}</h2>
      {blame.notes.map((note) => (
        <p key={note} className="small">
          {note}
        </p>
      ))}
      <div className="scroll" role="region" aria-label="Lines" tabIndex={0}>
        <table className="lines-table">
          <thead>
            <tr>
              <th scope="col" className="n">
                Line
              </th>
              <th scope="col">Author</th>
              <th scope="col">Session</th>
              <th scope="col">Commit</th>
              <th scope="col" className="n">
                Age
              </th>
              <th scope="col" className="n">
                Cost
              </th>
              <th scope="col">Text</th>
            </tr>
          </thead>
          <tbody>
            {blame.lines.map((line, i) => (
              <Line key={line.line} line={line} before={blame.lines[i - 1]} horizon={blame.horizon} />
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

type BlameLine = Blame["lines"][number];

interface LineProps {
  readonly line: BlameLine;
  readonly before: BlameLine | undefined;
  readonly horizon: string | null;
}

/** What is as in the line before is not said again. */
function Line({ line, before, horizon }: LineProps): ReactElement {
  const days = ageInDays(line.bornAt, horizon);
  const isSame =
    before !== undefined && before.commit === line.commit && before.session === line.session && before.authorKind === line.authorKind;
  return (
    <tr>
      <td className="n soft">{line.line}</td>
      <td>
        <span className="author">
          <svg width="4" height="18" aria-hidden="true">
            <rect width="4" height="18" rx="1" fill={authorColor(line.authorKind)} />
          </svg>
          {isSame ? (
            <span className="for-readers">{line.authorKind}</span>
          ) : (
            `${line.authorKind}${line.grade === null ? "" : ` ${line.grade}`}`
          )}
        </span>
      </td>
      <td>
        {isSame || line.session === null ? null : (
          <Link to="/sessions/$id" params={{ id: line.session }} className="id">
            {shortId(line.session)}
          </Link>
        )}
      </td>
      <td>
        {isSame ? null : (
          <Link to="/commits/$id" params={{ id: line.commit }} className="id">
            {shortId(line.commit)}
          </Link>
        )}
      </td>
      <td className="n age" title={line.bornAt === null ? "not known" : `born ${formatDay(line.bornAt)}`}>
        <AgeBar days={days} />
        <span className="age-text">{isSame ? <span className="for-readers">{ageText(days)}</span> : ageText(days)}</span>
      </td>
      <td className="n">{line.costNanoUsd === null ? <span className="soft">{notKnown}</span> : formatUsd(line.costNanoUsd)}</td>
      <td>
        <code className="code-text">{line.text}</code>
      </td>
    </tr>
  );
}

/** The older, the longer: from a day to three years, in even steps of doubling. */
function AgeBar({ days }: { readonly days: number | null }): ReactElement | null {
  if (days === null) return null;
  return (
    <svg width="28" height="8" aria-hidden="true">
      <rect width="28" height="8" rx="2" fill="var(--line)" />
      <rect width={(agePart(days) * 28).toFixed(1)} height="8" rx="2" fill="var(--soft)" />
    </svg>
  );
}
