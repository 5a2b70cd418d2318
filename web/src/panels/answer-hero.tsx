/** The question, and the answer as one bar: a dollar split into its fates, with what it must not be read without. */
import type { ReactElement } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import { type AnswerFigures, computeAnswerFigures, type GroupFigure } from "../../../src/surfaces/cli/answer-figures.ts";
import { formatRatio } from "../../../src/surfaces/cli/numbers.ts";
import { Swatch } from "../look/hatches.tsx";
import { FateBar } from "../ui/fate-bar.tsx";
import { NumberLink } from "../ui/number-link.tsx";

export function AnswerHero({ answer }: { readonly answer: Answer }): ReactElement {
  const figures = computeAnswerFigures(answer);
  const observed = figures.groups.filter(({ isObserved }) => isObserved);
  const notObserved = figures.groups.filter(({ isObserved }) => !isObserved);
  return (
    <section className="hero" aria-labelledby="question">
      <p className="eyebrow">{figures.counts.join(" · ")}</p>
      <h1 id="question">{figures.headline}</h1>
      <p className="verdict">
        <NumberLink measure="spend" className="big">
          {figures.spent}
        </NumberLink>{" "}
        <span className="basis">{figures.basis}.</span> {figures.verdict}
      </p>
      <FateBar
        height={46}
        label={`A dollar split into its fates: ${observed.map(({ look, ofSpend }) => `${look.name} ${ofSpend}`).join(", ")}`}
        parts={observed.map(({ look, nanoUsd, dollars, ofSpend }) => ({
          group: look.name,
          nanoUsd,
          says: `${look.name}: ${dollars}, ${ofSpend} of the spend`,
        }))}
      />
      <ul className="legend">
        {observed.map((group) => (
          <Group key={group.look.name} group={group} />
        ))}
      </ul>
      {notObserved.length === 0 ? null : (
        <p className="small">
          Not observed, and so never shown as 0: {notObserved.map(({ look }) => `${look.name} (${look.sentence})`).join(", ")}.
        </p>
      )}
      <Sure answer={answer} figures={figures} />
    </section>
  );
}

function Group({ group: { look, ofSpend, dollars, band, ofDecided } }: { readonly group: GroupFigure }): ReactElement {
  return (
    <li>
      <NumberLink measure="spend" where={[{ dimension: "roll_up", is: "in", values: [look.name] }]} className="legend-item">
        <span className="legend-name">
          <Swatch group={look.name} />
          {look.name}
        </span>
        <span className="legend-share">{ofSpend}</span>
        <span className="legend-money">{dollars}</span>
        <span className="legend-band">{band === "" ? "same in every way" : `${band.slice(1, -1)} %`}</span>
        <span className="legend-sentence">
          {look.sentence}
          {ofDecided === "" ? "" : `; ${ofDecided} of decided spend`}
        </span>
      </NumberLink>
    </li>
  );
}

function Sure({ answer, figures }: { readonly answer: Answer; readonly figures: AnswerFigures }): ReactElement {
  const sentence = (title: string): string => figures.sure.find((row) => row.title === title)?.sentence ?? "";
  const horizon = figures.horizons.map(({ title, sentence: day }) => `${title.split("/").at(-1)} ${day}`).join(", ");
  return (
    <dl className="sure">
      <div>
        <dt>Basis</dt>
        <dd>
          {answer.basisSentence}; {sentence("prices")}.
        </dd>
      </div>
      <div>
        <dt>
          Coverage{" "}
          <NumberLink measure="coverage_share">
            <b>{answer.coverage === null ? "not known" : formatRatio(answer.coverage)}</b>
          </NumberLink>
        </dt>
        <dd>{sentence("coverage")}.</dd>
      </div>
      <div>
        <dt>
          Evidence <NumberLink measure="grade_share">by grade</NumberLink>
        </dt>
        <dd>{sentence("evidence")}. A: in a commit the session named. B: by content alone. C: by the name alone.</dd>
      </div>
      <div>
        <dt>Band</dt>
        <dd>Lowest and highest share over 18 ways to give money to lines and to count evidence. {bandTail(sentence("band"))}</dd>
      </div>
      <div>
        <dt>Known until</dt>
        <dd>{horizon === "" ? "no commit seen" : `${horizon}. Ages are measured to there, never to today.`}</dd>
      </div>
    </dl>
  );
}

/** What follows the explanation in the sentence of the band. */
function bandTail(sentence: string): string {
  const at = sentence.indexOf("; ");
  return at < 0 ? "" : `${sentence.slice(at + 2).replace(/^n/, "N")}.`;
}
