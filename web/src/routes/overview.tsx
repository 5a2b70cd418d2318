import type { ReactElement } from "react";
import { AnswerHero } from "../panels/answer-hero.tsx";
import { HeadlineNumbers } from "../panels/headline-numbers.tsx";
import { NotKnown } from "../panels/not-known.tsx";
import { Rankings } from "../panels/rankings.tsx";
import { SpendByWeek } from "../panels/spend-by-week.tsx";
import { WhatChanged } from "../panels/what-changed.tsx";
import { useAnswer } from "../query/use.ts";
import { Empty, Frame } from "../ui/frame.tsx";

/** What did the tokens buy? Calm at first sight; every number opens. */
export function Overview(): ReactElement {
  const answer = useAnswer();
  return (
    <div className="page overview">
      <Frame of={answer} className="bare" tall>
        {(told) =>
          told.usages === 0 ? (
            <>
              <h1>What did the tokens buy?</h1>
              <Empty kind="no_data">
                No response of an agent was read yet. Run <code>assay import</code>, or <code>npm start</code> for a sample; then load this
                page again.
              </Empty>
            </>
          ) : (
            <>
              <AnswerHero answer={told} />
              <HeadlineNumbers answer={told} />
              <div className="two">
                <WhatChanged answer={told} />
                <NotKnown answer={told} />
              </div>
              <SpendByWeek answer={told} />
              <Rankings />
            </>
          )
        }
      </Frame>
    </div>
  );
}
