/** Any measures by any dimensions. The address is the whole state: it can be saved, shared and gone back from. */
import { Link, useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { csvOf } from "../format/csv.ts";
import { ExploreControls } from "../panels/explore-controls.tsx";
import { TimeChart } from "../panels/time-chart.tsx";
import { PivotTable } from "../panels/pivot-table.tsx";
import { SavedViews } from "../panels/saved-views.tsx";
import { useAnswer, useCatalogue, useMeasures } from "../query/use.ts";
import { CopyButton } from "../ui/copy-button.tsx";
import { Frame } from "../ui/frame.tsx";
import { ResultTable } from "../ui/result-table.tsx";
import { commandOf } from "../url/command.ts";
import { stringifySearch } from "../url/page-search.ts";
import { exploreQuery, type ExploreState, formatExplore, parseExplore } from "../url/explore-state.ts";

export function Explore(): ReactElement {
  const state = parseExplore(useSearch({ strict: false }));
  const navigate = useNavigate();
  const catalogue = useCatalogue();
  const answer = useAnswer();
  const query = exploreQuery(state);
  const result = useMeasures({ ...query, sql: true });
  const change = (next: Partial<ExploreState>): void => void navigate({ to: "/explore", search: formatExplore({ ...state, ...next }) });
  return (
    <div className="page">
      <header className="page-head">
        <h1>Explore</h1>
        <p className="about">Any measure by any dimension. The address keeps what you see: save it, or send it.</p>
      </header>
      <div className="explore">
        <Frame of={catalogue} className="side">
          {(known) => <ExploreControls state={state} catalogue={known} period={answer.data?.period ?? null} change={change} />}
        </Frame>
        <div className="explore-answer">
          <Frame of={result} title={titleOf(result.data)} about={aboutOf(result.data)} aside={<Download result={result.data} />} tall>
            {(told) => (
              <>
                {state.grain === null ? null : <TimeChart result={told} />}
                {state.pivot && state.by.length + (state.grain === null ? 0 : 1) > 1 ? (
                  <PivotTable result={told} label="Answer, pivoted" />
                ) : (
                  <ResultTable
                    result={told}
                    label="Answer"
                    sort={state.sort}
                    withBars={state.grain === null}
                    titleOf={(column) => <SortLink column={column} state={state} />}
                  />
                )}
              </>
            )}
          </Frame>
          <SavedViews query={`/explore${stringifySearch(formatExplore(state))}`} />
          <section className="panel">
            <h2>The same on the command line</h2>
            <CopyButton text={commandOf(query)} />
            <details>
              <summary>SQL</summary>
              <pre tabIndex={0}>{result.data?.sql ?? ""}</pre>
            </details>
          </section>
        </div>
      </div>
    </div>
  );
}

const measureTitles = (result: MeasureResult): string[] =>
  result.columns.filter(({ kind }) => kind === "measure").map(({ title }) => title);

function titleOf(result: MeasureResult | undefined): string {
  if (result === undefined) return "Asking …";
  const by = result.columns.filter(({ kind }) => kind === "dimension" || kind === "time").map(({ title }) => title.toLowerCase());
  return `${measureTitles(result).join(", ")}${by.length === 0 ? "" : ` by ${by.join(" and ")}`}`;
}

function aboutOf(result: MeasureResult | undefined): string {
  if (result === undefined) return "";
  const { from, to } = result.query.range;
  const days = from === null && to === null ? "All days" : `${from ?? "the first day"} to ${to ?? "the last"}`;
  const beside = result.compared === null ? "" : `, beside ${result.compared.from} to ${result.compared.to}`;
  const basis = result.basis === null ? "" : "; dollars at API list prices, not what was paid";
  return `${days}${beside}, in ${result.query.timeZone}${basis}.`;
}

function SortLink({ column, state }: { readonly column: ResultColumn; readonly state: ExploreState }): ReactElement {
  const next = state.sort === `-${column.id}` ? column.id : `-${column.id}`;
  return (
    <Link to="/explore" search={formatExplore({ ...state, sort: next })} title={`Sort by ${column.title}`}>
      {column.title}
    </Link>
  );
}

function Download({ result }: { readonly result: MeasureResult | undefined }): ReactElement | null {
  if (result === undefined) return null;
  const save = (): void => {
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([csvOf(result)], { type: "text/csv" }));
    link.download = `assay-${result.query.measures.join("-")}.csv`;
    link.click();
    URL.revokeObjectURL(link.href);
  };
  return (
    <button type="button" className="plain-button" onClick={save}>
      CSV
    </button>
  );
}
