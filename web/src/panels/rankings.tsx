/** Which teams, models and repositories buy least per dollar. */
import type { ReactElement, ReactNode } from "react";
import type { DayRange } from "../../../src/contract/answer.ts";
import { formatBand, formatNumberOf, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { shortRepository } from "../format/cell.ts";
import { useMeasures } from "../query/use.ts";
import { Empty, Frame } from "../ui/frame.tsx";
import { NumberLink } from "../ui/number-link.tsx";
import { ShareBar } from "../ui/share-bar.tsx";
import { fewestSessions, mostUndecided, type RankedGroup, type Ranking, rankGroups } from "./ranking.ts";

interface RankingProps {
  readonly dimension: "team" | "model" | "repository";
  readonly title: string;
  readonly without: ReactNode;
  readonly range: DayRange;
}

const shown = 6;

export function Rankings({ range }: { readonly range: DayRange }): ReactElement {
  return (
    <section aria-labelledby="rankings" className="rankings">
      <h2 id="rankings">Who buys least per dollar</h2>
      <p className="about">
        The share of its spend that landed, was released and stayed, least first; the thin line is its band over 18 allocations. Who has too
        much young money is not ranked. Never of persons.
      </p>
      <div className="three">
        <RankingPanel
          range={range}
          dimension="team"
          title="Teams"
          without={
            <>
              No team is known. Name people and their teams in <code>assay.yaml</code>.
            </>
          }
        />
        <RankingPanel range={range} dimension="model" title="Models" without="No model carries spend." />
        <RankingPanel
          range={range}
          dimension="repository"
          title="Repositories"
          without="No session ran in a repository this store knows."
        />
      </div>
    </section>
  );
}

function RankingPanel({ dimension, title, without, range }: RankingProps): ReactElement {
  const totals = useMeasures({
    measures: ["spend", "spend_decided", "bought_share", "bought_low_share", "bought_high_share", "sessions"],
    by: [dimension],
    range,
  });
  const allocated = useMeasures({
    measures: ["spend_allocated"],
    by: [dimension, "allocation"],
    where: [{ dimension: "roll_up", is: "in", values: ["bought"] }],
    limit: 100_000,
    range,
  });
  const both = {
    ...totals,
    data: totals.data === undefined || allocated.data === undefined ? undefined : rankGroups(dimension, totals.data, allocated.data),
    error: totals.error ?? allocated.error,
  };
  return (
    <Frame of={both} title={title} tall>
      {(ranking) =>
        ranking.ranked.length + ranking.small.length + ranking.young.length === 0 ? (
          <Empty kind="not_observed">{without}</Empty>
        ) : (
          <>
            <p className="first-place">{firstSentence(dimension, ranking)}</p>
            <ol className="ranked">
              {ranking.ranked.slice(0, shown).map((group) => (
                <RankedRow key={group.id} dimension={dimension} group={group} />
              ))}
            </ol>
            <Rest dimension={dimension} ranking={ranking} />
          </>
        )
      }
    </Frame>
  );
}

const nameOf = (dimension: string, id: string): string => (dimension === "repository" ? shortRepository(id) : id);

function firstSentence(dimension: string, { ranked, young, levelWithFirst }: Ranking): ReactNode {
  const [first, second] = ranked;
  if (first === undefined)
    return young.length > 0
      ? "Too much of the spend is still undecided to rank anyone."
      : "Too few sessions, or too little money, to rank.";
  if (second === undefined)
    return young.length > 0 ? "Only one is old enough to be ranked." : "One is known; there is nothing to rank it against.";
  if (levelWithFirst.length === 0) {
    return (
      <>
        <strong>{nameOf(dimension, first.id)}</strong> buys least, under every allocation.
      </>
    );
  }
  return (
    <>
      <strong>{nameOf(dimension, first.id)}</strong> is last, but <em>not distinguishable</em> from{" "}
      {levelWithFirst.map((id) => nameOf(dimension, id)).join(", ")}: the order depends on the allocation.
    </>
  );
}

function RankedRow({ dimension, group }: { readonly dimension: string; readonly group: RankedGroup }): ReactElement {
  const name = nameOf(dimension, group.id);
  const share = group.share ?? 0;
  return (
    <li>
      <NumberLink measure="bought_share" where={[{ dimension, is: "in", values: [group.id] }]} className="rank">
        <span className="rank-name" title={group.id}>
          {name}
        </span>
        <span className="rank-share">{formatRatio(share)}</span>
        <ShareBar share={share} low={group.low} high={group.high} label={`${name}: ${formatRatio(share)} stuck`} />
        <span className="rank-money">
          of {formatUsd(group.nanoUsd)} · {formatNumberOf(group.sessions, "session")} · band {formatBand(group).slice(1, -1) || "none"}
        </span>
      </NumberLink>
    </li>
  );
}

function Rest({
  dimension,
  ranking: { ranked, small, young, nameless },
}: {
  readonly dimension: string;
  readonly ranking: Ranking;
}): ReactElement {
  const hidden = Math.max(0, ranked.length - shown);
  return (
    <>
      {hidden === 0 ? null : <p className="small">{hidden} more buy more per dollar.</p>}
      {young.length === 0 ? null : (
        <p className="small">
          Over {formatRatio(mostUndecided)} of the spend undecided yet, so not ranked:{" "}
          {young.map(({ id, undecided }) => `${nameOf(dimension, id)} (${formatRatio(undecided)})`).join(", ")}.
        </p>
      )}
      {small.length === 0 ? null : (
        <p className="small">
          Fewer than {fewestSessions} sessions or under 1 % of the spend, so not ranked:{" "}
          {small.map(({ id, nanoUsd }) => `${nameOf(dimension, id)} (${formatUsd(nanoUsd)})`).join(", ")}.
        </p>
      )}
      {nameless === null || BigInt(nameless.nanoUsd) === 0n ? null : (
        <p className="small">
          Of {formatUsd(nameless.nanoUsd)} no {dimension} is known{dimension === "team" ? ": a session without commits has no owner" : ""}.
        </p>
      )}
    </>
  );
}
