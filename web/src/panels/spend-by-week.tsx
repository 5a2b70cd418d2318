/** Spend by week, stacked by what it bought. */
import { useQuery } from "@tanstack/react-query";
import { type ReactElement, useCallback, useMemo, useState } from "react";
import type { Answer } from "../../../src/contract/answer.ts";
import { formatDay, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { rollUpLooks } from "../../../src/surfaces/cli/roll-up-look.ts";
import { Chart } from "../charts/chart.tsx";
import { toDollars } from "../format/cell.ts";
import { Swatch } from "../look/hatches.tsx";
import { DataTable } from "../ui/data-table.tsx";

type Week = Answer["weeks"][number];
const height = 320;

export function SpendByWeek({ answer: { weeks } }: { readonly answer: Answer }): ReactElement {
  const [pointed, setPointed] = useState<string | null>(null);
  const groups = useMemo(
    () => rollUpLooks.map(({ name }) => name).filter((name) => weeks.some((week) => BigInt(week.byRollUp[name] ?? 0) > 0n)),
    [weeks],
  );
  const shown = weeks.find(({ week }) => week === pointed) ?? null;
  return (
    <section className="panel">
      <header className="panel-head">
        <div>
          <h2>Spend by week, stacked by what it bought</h2>
          <p className="about">
            {shown === null
              ? "Weeks begin on Monday; young weeks are still ripening. Point at a week to read it."
              : `Week of ${formatDay(shown.week)}: ${formatUsd(shown.nanoUsd)}`}
          </p>
        </div>
      </header>
      <ul className="chart-legend">
        {groups.map((name) => (
          <li key={name}>
            <Swatch group={name} />
            {name}
            {shown === null ? null : <b>{formatUsd(shown.byRollUp[name] ?? "0")}</b>}
          </li>
        ))}
      </ul>
      <WeeksChart weeks={weeks} groups={groups} onPoint={setPointed} />
      <details>
        <summary>As a table</summary>
        <DataTable<Week>
          label="Spend by week and group"
          rows={weeks}
          rowKey={({ week }) => week}
          columns={[
            { key: "week", title: "Week of", cell: ({ week }) => formatDay(week) },
            { key: "all", title: "Spend", isNumber: true, cell: ({ nanoUsd }) => formatUsd(nanoUsd) },
            ...groups.map((name) => ({
              key: name,
              title: name,
              isNumber: true,
              cell: ({ byRollUp }: Week) => formatUsd(byRollUp[name] ?? "0"),
            })),
          ]}
        />
      </details>
    </section>
  );
}

interface WeeksChartProps {
  readonly weeks: readonly Week[];
  readonly groups: readonly string[];
  readonly onPoint: (week: string | null) => void;
}

/** The chart library comes with the first chart, not with the page. */
function WeeksChart({ weeks, groups, onPoint }: WeeksChartProps): ReactElement {
  const { data: module } = useQuery({
    queryKey: ["module", "stacked-time"],
    queryFn: () => import("../charts/stacked-time.ts"),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const cells = useMemo(
    () => weeks.flatMap(({ week, byRollUp }) => groups.map((group) => ({ time: week, group, dollars: toDollars(byRollUp[group] ?? "0") }))),
    [weeks, groups],
  );
  const make = useCallback(
    (width: number) => {
      if (module === undefined) throw new Error("drawn before it was loaded");
      return module.stackedTime({ cells, times: weeks.map(({ week }) => week), groups, width, height });
    },
    [module, cells, weeks, groups],
  );
  const tell = useCallback((value: unknown) => onPoint(typeof value === "string" ? value : null), [onPoint]);
  if (module === undefined) return <div className="waiting chart-waiting" />;
  return (
    <Chart
      label={`Spend in ${weeks.length} weeks, stacked by group of fates; the table below has the numbers`}
      make={make}
      height={height}
      onPoint={tell}
    />
  );
}
