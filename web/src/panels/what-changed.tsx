/** What changed since last week, and what to do. */
import type { ReactElement } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import { formatPeriod } from "../../../src/surfaces/cli/numbers.ts";
import { useMeasures } from "../query/use.ts";
import { Empty, Frame } from "../ui/frame.tsx";
import { NumberLink } from "../ui/number-link.tsx";
import { changeLines } from "./change-lines.ts";
import { lastWeek } from "./week-pair.ts";

const marks = { changed: "Changed", same: "Same", do: "Do" } as const;

export function WhatChanged({ answer }: { readonly answer: Answer }): ReactElement {
  const week = answer.period.to === null ? null : lastWeek(answer.period.to);
  const total = useMeasures(week === null ? null : { measures: ["spend", "changes_landed"], range: week, compare: "previous" });
  const models = useMeasures(week === null ? null : { measures: ["spend"], by: ["model"], range: week, compare: "previous" });
  const both = {
    ...total,
    data: total.data === undefined || models.data === undefined ? undefined : { total: total.data, models: models.data },
    error: total.error ?? models.error,
  };
  if (week === null) return <Empty kind="no_data">Import some logs first: two weeks are needed to compare.</Empty>;
  return (
    <Frame
      of={both}
      title="What changed, and what to do"
      about={`The last seven days known, ${formatPeriod(week.from, week.to)}, beside the seven before`}
      className="changed"
      tall
    >
      {(results) => (
        <ol className="lines">
          {changeLines(answer, results.total, results.models).map(({ kind, title, text, opens }) => (
            <li key={title} className={kind}>
              <span className="mark">{marks[kind]}</span>
              <div>
                <NumberLink measure={opens.measure} where={opens.where} {...(opens.isWeek ? { range: week } : {})}>
                  <strong>{title}</strong>
                </NumberLink>
                <p>{text}</p>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Frame>
  );
}
