/** The numbers people ask for first, each beside the one that keeps it honest. */
import type { ReactElement } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import { formatBand, formatCount, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { formatShortCount } from "../format/cell.ts";
import type { Filter } from "../url/filters.ts";
import { NumberLink } from "../ui/number-link.tsx";

interface Tile {
  readonly title: string;
  readonly value: string;
  readonly beside: string;
  readonly measure: string;
  readonly where?: readonly Filter[];
}

const notKnown = "not known";

export function HeadlineNumbers({ answer }: { readonly answer: Answer }): ReactElement {
  return (
    <section className="tiles" aria-label="Headline numbers">
      {tilesOf(answer).map(({ title, value, beside, measure, where }) => (
        <NumberLink key={title} measure={measure} className="tile" {...(where === undefined ? {} : { where })}>
          <span className="tile-title">{title}</span>
          <span className="tile-value">{value}</span>
          <span className="tile-beside">{beside}</span>
        </NumberLink>
      ))}
    </section>
  );
}

function tilesOf(answer: Answer): Tile[] {
  const group = (name: string) => answer.rollUp.find((one) => one.name === name);
  const [bought, undone] = [group("bought"), group("undone")];
  const alive = answer.survival.find(({ days }) => days === 21);
  const { low, high } = answer.aiShareOfLandedLines;
  const tokens = answer.tokens;
  const all = tokens.input + tokens.cacheRead + tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.output;
  const ratio = (value: number | null | undefined): string => (value === null || value === undefined ? notKnown : formatRatio(value));
  return [
    {
      title: "Stuck, of decided spend",
      value: ratio(bought?.shareOfDecided),
      beside: `${ratio(bought?.shareOfSpend)} of all spend${band(bought?.span)}`,
      measure: "bought_decided_share",
    },
    {
      title: "Undone, of decided spend",
      value: ratio(undone?.shareOfDecided),
      beside: `${ratio(undone?.shareOfSpend)} of all spend${band(undone?.span)}`,
      measure: "decided_fate_share",
      where: [{ dimension: "roll_up", is: "in", values: ["undone"] }],
    },
    {
      title: "Spend of a landed change",
      value: answer.costPerLandedChangeNanoUsd === null ? notKnown : formatUsd(answer.costPerLandedChangeNanoUsd),
      beside: `${formatCount(answer.changesLanded)} landed; tokens only, no salaries`,
      measure: "spend_landed_per_change",
    },
    {
      title: "Landed agent lines alive after 21 days",
      value: ratio(alive?.share),
      beside: `${formatCount(alive?.lines ?? 0)} lines watched`,
      measure: "line_survival_21",
      where: [{ dimension: "author_kind", is: "in", values: ["agent"] }],
    },
    {
      title: "AI share of landed lines",
      value: low === null || high === null ? notKnown : `${Math.floor(low * 100)}–${Math.ceil(high * 100)} %`,
      beside: "agent … agent, mixed and unknown",
      measure: "ai_low_share",
    },
    {
      title: "Tokens",
      value: formatShortCount(all),
      beside: `${ratio(all === 0 ? null : tokens.cacheRead / all)} of them cache reads: no measure of work`,
      measure: "tokens_total",
    },
  ];
}

function band(span: { readonly low: number | null; readonly high: number | null } | undefined): string {
  const text = span === undefined ? "" : formatBand(span);
  return text === "" ? "" : ` ${text}`;
}
