/** What stands behind a number: what it means, what it is made of, and the SQL that made it. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import { type ReactElement, useEffect, useRef } from "react";
import type { MeasureQueryInput, MeasureResult } from "../../../src/contract/query.ts";
import { formatCount, formatPeriod, formatRatio } from "../../../src/surfaces/cli/numbers.ts";
import { formatCell } from "../format/cell.ts";
import type { Catalogue, CatalogueMeasure } from "../query/api.ts";
import { useCatalogue, useMeasures, useStrands } from "../query/use.ts";
import { Frame } from "../ui/frame.tsx";
import { ResultTable } from "../ui/result-table.tsx";
import { CopyButton } from "../ui/copy-button.tsx";
import { commandOf } from "../url/command.ts";
import { formatExplore } from "../url/explore-state.ts";
import { type OpenedNumber, parseOpened, withOpened } from "../url/opened-number.ts";
import type { PageSearch } from "../url/page-search.ts";
import { StrandTable } from "./strand-table.tsx";

export function NumberDrawer(): ReactElement | null {
  const search = useSearch({ strict: false });
  const opened = parseOpened(search);
  const navigate = useNavigate();
  const dialog = useRef<HTMLDialogElement>(null);
  const isOpen = opened !== null;
  useEffect(() => {
    const { current } = dialog;
    if (current === null) return;
    if (isOpen && !current.open) current.showModal();
    if (!isOpen && current.open) current.close();
  }, [isOpen]);
  const close = (): void => void navigate({ to: ".", search: (now: PageSearch) => withOpened(now, null), resetScroll: false });
  return (
    <dialog
      ref={dialog}
      className="drawer"
      aria-label="What stands behind this number"
      onClose={() => {
        if (isOpen) close();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) close();
      }}
    >
      {opened === null ? null : <Opened opened={opened} close={close} />}
    </dialog>
  );
}

function Opened({ opened, close }: { readonly opened: OpenedNumber; readonly close: () => void }): ReactElement {
  const catalogue = useCatalogue();
  return (
    <div className="drawer-in">
      <button type="button" className="close" onClick={close} aria-label="Close">
        ✕
      </button>
      <Frame of={catalogue} className="bare">
        {(known) => {
          const measure = known.measures.find(({ id }) => id === opened.measure);
          if (measure === undefined) return <p>There is no measure named “{opened.measure}”.</p>;
          return <About measure={measure} opened={opened} catalogue={known} />;
        }}
      </Frame>
    </div>
  );
}

/** Dimensions that lead furthest down, first. */
const drillOrder = ["roll_up", "session", "change", "fate", "repository", "model", "team", "agent", "purpose", "author_kind"];

function About({
  measure,
  opened,
  catalogue,
}: {
  readonly measure: CatalogueMeasure;
  readonly opened: OpenedNumber;
  readonly catalogue: Catalogue;
}): ReactElement {
  const ways = drillOrder.filter((id) => measure.dimensions.includes(id) && !opened.where.some((filter) => filter.dimension === id));
  const chosen = opened.by !== null && ways.includes(opened.by) ? opened.by : ways.includes("session") ? "session" : (ways[0] ?? null);
  const titleOf = (id: string): string => catalogue.dimensions.find((dimension) => dimension.id === id)?.title ?? id;
  const base: MeasureQueryInput = { measures: [measure.id], where: [...opened.where], range: opened.range };
  const whole = useMeasures({ ...base, sql: true });
  // Inside one fate the share that ended so is 0 or 1 everywhere: it says nothing.
  const isOneEnd = opened.where.some(({ dimension }) => dimension === "fate" || dimension === "roll_up");
  const besides = isOneEnd ? [measure.id] : withBeside(measure, chosen, catalogue);
  const rowsQuery: MeasureQueryInput = {
    ...base,
    measures: besides,
    by: [...(chosen === "change" ? changeKey(measure) : []), ...(chosen === null ? [] : [chosen])],
    limit: 200,
  };
  const rows = useMeasures(chosen === null ? null : rowsQuery);
  return (
    <>
      <p className="eyebrow">{filterSentence(opened, titleOf)}</p>
      <h2 className="drawer-title" id="drawer-title">
        {measure.title}
      </h2>
      <Frame of={whole} className="bare">
        {(result) => <p className="drawer-value">{valueOf(result)}</p>}
      </Frame>
      <p>{measure.description}</p>
      <dl className="facts">
        <dt>Formula</dt>
        <dd>
          <code>{measure.formula}</code>
        </dd>
        <dt>How it is gamed</dt>
        <dd>{measure.gaming}</dd>
        <dt>Read it beside</dt>
        <dd>
          <Link to="." search={(now: PageSearch) => withOpened(now, { ...opened, measure: measure.beside, by: null })} resetScroll={false}>
            {catalogue.measures.find(({ id }) => id === measure.beside)?.title ?? measure.beside}
          </Link>
        </dd>
        <dt>Source</dt>
        <dd>{measure.source}</dd>
        {measure.refusedAbove === null ? null : (
          <>
            <dt>Not shown while</dt>
            <dd>
              {measure.refusedAbove.of} is above {formatRatio(measure.refusedAbove.ratio)}
            </dd>
          </>
        )}
        {measure.minimumSample === null ? null : (
          <>
            <dt>Smallest sample</dt>
            <dd>
              {measure.minimumSample.atLeast} of {measure.minimumSample.of}; below, it is not shown
            </dd>
          </>
        )}
      </dl>
      {chosen === null ? null : (
        <>
          <h3>Rows</h3>
          <div className="ways" role="group" aria-label="Split the rows by">
            {ways.map((way) => (
              <Link
                key={way}
                to="."
                search={(now: PageSearch) => withOpened(now, { ...opened, by: way })}
                resetScroll={false}
                className="chip"
                aria-current={way === chosen ? "true" : undefined}
              >
                {titleOf(way)}
              </Link>
            ))}
          </div>
          <Frame of={rows} className="bare" tall>
            {(result) => <ResultTable result={result} label={`${measure.title} by ${titleOf(chosen)}`} />}
          </Frame>
          <p className="small">
            <Link to="/explore" search={formatExplore(exploreOf(besides, chosen, opened))}>
              Open in Explore
            </Link>
          </p>
        </>
      )}
      <Strands measure={measure} opened={opened} />
      <h3>The same on the command line</h3>
      <CopyButton text={commandOf(base)} />
      <details>
        <summary>SQL</summary>
        <Frame of={whole} className="bare">
          {(result) => <pre tabIndex={0}>{result.sql ?? "The server did not tell its SQL."}</pre>}
        </Frame>
      </details>
    </>
  );
}

/** Two repositories have a change #2 each: the repository stands before it. */
const changeKey = (measure: CatalogueMeasure): string[] =>
  measure.dimensions.includes("changed_repository") ? ["changed_repository"] : ["repository"];

/** The measure, and its counter-measure where it can be split the same way. */
function withBeside(measure: CatalogueMeasure, by: string | null, { measures }: Catalogue): string[] {
  const beside = measures.find(({ id }) => id === measure.beside);
  return beside !== undefined && (by === null || beside.dimensions.includes(by)) ? [measure.id, beside.id] : [measure.id];
}

function exploreOf(measures: readonly string[], by: string, { where, range }: OpenedNumber): Parameters<typeof formatExplore>[0] {
  return { measures, by: [by], where, range, grain: null, compare: null, pivot: false, sort: null };
}

function valueOf({ columns, rows }: MeasureResult): string {
  const column = columns.find(({ kind }) => kind === "measure");
  return column === undefined ? "" : formatCell(column, rows[0]?.[column.id] ?? null);
}

function filterSentence({ where, range }: OpenedNumber, titleOf: (id: string) => string): string {
  const filters = where.map(
    ({ dimension, is = "in", values }) =>
      `${titleOf(dimension)} ${is === "in" ? "is" : "is not"} ${values.map((value) => value ?? "not known").join(" or ")}`,
  );
  return [...filters, formatPeriod(range.from, range.to) ?? "All days"].join(" · ");
}

const strandsShown = 20;

/** The pieces of money themselves, where the number is money that has an end. */
function Strands({ measure, opened }: { readonly measure: CatalogueMeasure; readonly opened: OpenedNumber }): ReactElement | null {
  const isLedger = measure.unit.startsWith("nano-USD") && measure.dimensions.includes("fate");
  const strands = useStrands(isLedger ? { sort: "spend", cursor: null, limit: strandsShown, where: opened.where, ...opened.range } : null);
  if (!isLedger) return null;
  return (
    <Frame
      of={strands}
      title="Strands"
      about="The largest pieces of this money, each with its lines and why it ended so."
      className="bare"
      tall
    >
      {({ rows, total }) => (
        <>
          <StrandTable strands={rows} />
          {total > rows.length ? (
            <p className="small">
              The {formatCount(rows.length)} largest of {formatCount(total)}; open a session or a change for all of its strands.
            </p>
          ) : null}
        </>
      )}
    </Frame>
  );
}
