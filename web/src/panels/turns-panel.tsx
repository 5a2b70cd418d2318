/** A session's turns: what each cost, what it was for, when. */
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useCallback, useMemo } from "react";
import type { SessionCard } from "../../../src/contract/show.ts";
import { formatCount, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { Chart } from "../charts/chart.tsx";
import { formatInstant, toDollars } from "../format/cell.ts";
import { seriesColor } from "../look/series.ts";
import { DataTable } from "../ui/data-table.tsx";

type Turn = SessionCard["turns"][number];
const height = 200;
/** In the order of their colours. */
const purposes = ["build", "fix", "review", "explore", "operate"];

export function TurnsPanel({ card }: { readonly card: SessionCard }): ReactElement {
  const whole = card.turns.reduce((sum, { nanoUsd }) => sum + Number(nanoUsd), 0);
  const seen = purposes.filter((purpose) => card.turns.some((turn) => turn.purpose === purpose));
  return (
    <section className="panel">
      <header className="panel-head">
        <div>
          <h2>Turns</h2>
          <p className="about">What each turn cost, in order; the colour is what it was for.</p>
        </div>
      </header>
      <ul className="chart-legend">
        {seen.map((purpose) => (
          <li key={purpose}>
            <svg className="swatch" width="14" height="14" aria-hidden="true">
              <rect x="0.5" y="0.5" width="13" height="13" rx="3" fill={seriesColor(purposes.indexOf(purpose))} />
            </svg>
            {purpose}
          </li>
        ))}
      </ul>
      <TurnsChart turns={card.turns} />
      <DataTable<Turn>
        label="Turns"
        rows={card.turns}
        rowKey={({ turn }) => String(turn)}
        columns={[
          { key: "turn", title: "Turn", cell: ({ turn }) => turn },
          { key: "at", title: "Began, UTC", cell: ({ startedAt }) => formatInstant(startedAt) },
          { key: "purpose", title: "Purpose", cell: ({ purpose }) => purpose },
          { key: "activity", title: "Mostly", cell: ({ activity }) => activity },
          { key: "edits", title: "Groups of edits", isNumber: true, cell: ({ editSegments }) => formatCount(editSegments) },
          { key: "usages", title: "Responses", isNumber: true, cell: ({ usages }) => formatCount(usages) },
          { key: "spend", title: "Cost", isNumber: true, cell: ({ nanoUsd }) => formatUsd(nanoUsd) },
          {
            key: "share",
            title: "Of the session",
            isNumber: true,
            cell: ({ nanoUsd }) => (whole === 0 ? "" : formatRatio(Number(nanoUsd) / whole)),
          },
        ]}
      />
    </section>
  );
}

function TurnsChart({ turns }: { readonly turns: readonly Turn[] }): ReactElement {
  const { data: module } = useQuery({
    queryKey: ["module", "turns"],
    queryFn: () => import("../charts/turns.ts"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const bars = useMemo(
    () =>
      turns.map(({ turn, nanoUsd, purpose, activity }) => ({
        turn,
        dollars: toDollars(nanoUsd),
        purpose,
        says: `turn ${turn}: ${formatUsd(nanoUsd)}, ${purpose}, mostly ${activity}`,
      })),
    [turns],
  );
  const make = useCallback(
    (width: number) => {
      if (module === undefined) throw new Error("drawn before it was loaded");
      return module.turnsChart({
        turns: bars,
        purposes,
        colors: purposes.map((_, i) => seriesColor(i)),
        tick: (value) => `$${value.toFixed(2)}`,
        width,
        height,
      });
    },
    [module, bars],
  );
  if (module === undefined) return <div className="waiting chart-waiting" />;
  return <Chart label="Cost of each turn; the table below has the numbers" make={make} height={height} />;
}
