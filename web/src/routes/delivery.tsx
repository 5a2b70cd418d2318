import type { ReactElement } from "react";
import type { MeasureQueryInput } from "../../../src/contract/query.ts";
import { ChangeCosts } from "../panels/change-costs.tsx";
import { DoraPanel, ReviewPanel } from "../panels/dora.tsx";
import { PublishedSplitPanel } from "../panels/published-split.tsx";
import { TimeChart } from "../panels/time-chart.tsx";
import { useAnswer, useMeasures } from "../query/use.ts";
import { Empty, Frame } from "../ui/frame.tsx";
import { ResultTable } from "../ui/result-table.tsx";

/** From landed to alive: what arrives, what it costs, and what of it stays. */
export function Delivery(): ReactElement {
  const period = useAnswer().data?.period ?? null;
  /** The days there are logs of: what landed before cannot be set against spend. */
  const logged = (query: MeasureQueryInput): MeasureQueryInput | null => (period === null ? null : { ...query, range: period });
  return (
    <div className="page stack">
      <header className="page-head">
        <h1>Delivery</h1>
        <p className="about">
          What lands, what it costs in tokens, and how long it lives, in the days there are logs of. Not causal: it tells what went
          together, not what made what.
        </p>
      </header>
      <Panel
        title="Changes landed by week"
        about="Pull requests and direct pushes, by the repository that holds them."
        query={logged({ measures: ["changes_landed"], by: ["repository"], grain: "week" })}
      />
      <div className="two">
        <Panel
          title="Lines landed by who wrote them"
          about="Unknown is not a person: a line is a person's only with positive evidence."
          query={logged({ measures: ["lines_landed"], by: ["author_kind"], grain: "week" })}
        />
        <Panel
          title="Spend per landed change by month"
          about="All spend of the month over the changes that landed in it: not the cost of those changes."
          query={logged({ measures: ["spend_per_landed_change"], grain: "month" })}
        />
      </div>
      <ChangeCosts />
      <DoraPanel />
      <ReviewPanel />
      <Panel
        title="Backlog by month"
        about="Issues opened and closed as forges tell; below 0 it burns down. An issue that is opened again counts as closed when it is for good."
        query={{ measures: ["issues_opened", "issues_closed", "backlog_growth"], grain: "month" }}
        without="No forge told of an issue. Name one under forges: in assay.yaml, or read a file with assay import --forge FILE."
        asTable
      />
      <PublishedSplitPanel />
      <Panel
        title="What stays: landed lines alive after 7 and 21 days"
        about="Kaplan–Meier from landing to the horizon, whenever it landed. Not of a person, and too few lines give no share."
        query={{ measures: ["lines_landed", "line_survival_7", "line_survival_21"], by: ["repository", "author_kind"] }}
        asTable
      />
    </div>
  );
}

interface PanelProps {
  readonly title: string;
  readonly about: string;
  readonly query: MeasureQueryInput | null;
  readonly asTable?: boolean;
  /** What is said where there is nothing. */
  readonly without?: string;
}

function Panel({ title, about, query, asTable = false, without }: PanelProps): ReactElement {
  const result = useMeasures(query);
  return (
    <Frame of={result} title={title} about={about} tall>
      {(told) =>
        told.rows.length === 0 ? (
          <Empty kind="not_observed">
            {without ?? (
              <>
                Nothing is known to have landed. Give a repository with <code>assay import --repo PATH</code>.
              </>
            )}
          </Empty>
        ) : asTable ? (
          <ResultTable result={told} label={title} />
        ) : (
          <>
            <TimeChart result={told} />
            <details>
              <summary>As a table</summary>
              <ResultTable result={told} label={title} />
            </details>
          </>
        )
      }
    </Frame>
  );
}
