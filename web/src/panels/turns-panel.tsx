/** A session's turns: what each cost, what it was for, when. */
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useCallback, useMemo } from "react";
import type { SessionCard } from "../../../src/contract/show.ts";
import { formatCount, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { Chart } from "../charts/chart.tsx";
import { formatInstant, toDollars } from "../format/cell.ts";
import { Swatch } from "../look/hatches.tsx";
import { seriesColor } from "../look/series.ts";
import { DataTable } from "../ui/data-table.tsx";
import { sessionClock } from "./session-clock.ts";

type Turn = SessionCard["turns"][number];
const height = 200;
const writesHeight = 130;
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
          <p className="about">What each turn cost, on the clock and in order; the colour is what it was for.</p>
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
      <ClockCharts card={card} />
      <h3>In order</h3>
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
          { key: "lines", title: "Changed lines", cell: ({ written }) => writtenText(written) },
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

/** What a session cost and wrote, hour by hour: pauses are as long as they were. */
function ClockCharts({ card }: { readonly card: SessionCard }): ReactElement | null {
  const { data: module } = useQuery({
    queryKey: ["module", "clock"],
    queryFn: () => import("../charts/clock.ts"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const clock = useMemo(() => sessionClock(card), [card]);
  const costs = useCallback(
    (width: number) => {
      if (module === undefined || clock === null) throw new Error("drawn before it was loaded");
      const colors = purposes.map((_, i) => seriesColor(i));
      return module.clockOfTurns({ ...clock, purposes, colors, tick: (value) => `$${value.toFixed(2)}`, width, height });
    },
    [module, clock],
  );
  const writes = useCallback(
    (width: number) => {
      if (module === undefined || clock === null) throw new Error("drawn before it was loaded");
      return module.clockOfWrites({ ...clock, width, height: writesHeight });
    },
    [module, clock],
  );
  if (clock === null) return null;
  if (module === undefined) return <div className="waiting chart-waiting" />;
  return (
    <>
      <h3>On the clock, UTC</h3>
      <Chart label="Cost of each turn on the clock; the table below has the numbers" make={costs} height={height} />
      {clock.writes.length === 0 ? (
        <p className="small">No changed lines of its own edits are known.</p>
      ) : (
        <>
          <p className="small">Lines its edits changed, by what became of them:</p>
          <ul className="chart-legend">
            {clock.groups.map((group) => (
              <li key={group}>
                <Swatch group={group} />
                {group}
              </li>
            ))}
          </ul>
          <Chart
            label="Lines each turn changed, on the clock, by what became of them; the table below has the numbers"
            make={writes}
            height={writesHeight}
          />
        </>
      )}
    </>
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

/** `31 stuck, 4 superseded`. */
const writtenText = (written: Turn["written"]): string =>
  written.map(({ fate, lines }) => `${formatCount(lines)} ${fate.replaceAll("_", " ")}`).join(", ");
