import { useNavigate, useSearch } from "@tanstack/react-router";
import type { ReactElement } from "react";
import type { DayRange } from "../../../src/contract/answer.ts";
import { AnswerHero } from "../panels/answer-hero.tsx";
import { HeadlineNumbers } from "../panels/headline-numbers.tsx";
import { NotKnown } from "../panels/not-known.tsx";
import { Rankings } from "../panels/rankings.tsx";
import { SpendByWeek } from "../panels/spend-by-week.tsx";
import { WhatChanged } from "../panels/what-changed.tsx";
import { useAnswer } from "../query/use.ts";
import { DayRangeInput } from "../ui/day-range.tsx";
import { Empty, Frame } from "../ui/frame.tsx";
import { DaysOfScreen } from "../ui/number-link.tsx";
import { formatRange, parseRange } from "../url/explore-state.ts";
import { withoutUndefined } from "../url/page-search.ts";

/** What did the tokens buy? Calm at first sight; every number opens. Of all days, or of those in the address. */
export function Overview(): ReactElement {
  const range = parseRange(useSearch({ strict: false }).range);
  const answer = useAnswer(range);
  return (
    <DaysOfScreen value={range}>
      <div className="page overview">
        <Frame of={answer} className="bare" tall>
          {(told) =>
            told.usages === 0 ? (
              <Nothing range={range} />
            ) : (
              <>
                <AnswerHero answer={told} />
                <Days range={range} />
                <HeadlineNumbers answer={told} />
                <div className="two">
                  <WhatChanged answer={told} />
                  <NotKnown answer={told} />
                </div>
                <SpendByWeek answer={told} />
                <Rankings range={range} />
              </>
            )
          }
        </Frame>
      </div>
    </DaysOfScreen>
  );
}

function Nothing({ range }: { readonly range: DayRange }): ReactElement {
  const isAll = range.from === null && range.to === null;
  return (
    <>
      <h1>What did the tokens buy?</h1>
      {isAll ? (
        <Empty kind="no_data">
          No response of an agent was read yet. Run <code>assay import</code>, or <code>npm start</code> for a sample; then load this page
          again.
        </Empty>
      ) : (
        <>
          <Days range={range} />
          <Empty kind="no_match">No response was made on these days.</Empty>
        </>
      )}
    </>
  );
}

/** The days the answer is of. What they cost may still change: what became of it is told as of now. */
function Days({ range }: { readonly range: DayRange }): ReactElement {
  const navigate = useNavigate();
  const newest = useAnswer().data?.period.to ?? null;
  const change = (next: DayRange): void => void navigate({ to: "/", search: withoutUndefined({ range: formatRange(next) }) });
  return (
    <details className="days-of-screen" open={range.from !== null || range.to !== null}>
      <summary>Days</summary>
      <DayRangeInput range={range} newest={newest} change={change} />
      <p className="small">What was spent on these days, and what became of it since; what landed in them.</p>
    </details>
  );
}
