/** Money over time, stacked by group of fates. */
import { formatDayOfYear, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import { fillOf } from "../look/hatches.tsx";
import { draw, type Drawn, Plot } from "./plot.ts";

export interface StackedCell {
  /** First day of the bucket. */
  readonly time: string;
  readonly group: string;
  readonly dollars: number;
}

export interface StackedTimeOptions {
  readonly cells: readonly StackedCell[];
  /** Every bucket, those without money too. */
  readonly times: readonly string[];
  /** From the foot of a stack to its head. */
  readonly groups: readonly string[];
  readonly width: number;
  readonly height: number;
}

export function stackedTime({ cells, times, groups, width, height }: StackedTimeOptions): Drawn {
  const every = Math.max(1, Math.ceil(times.length / Math.max(2, Math.floor(width / 84))));
  return draw({
    width,
    height,
    marginLeft: 48,
    marginRight: 8,
    marginTop: 18,
    marginBottom: 30,
    x: {
      type: "band",
      domain: [...times],
      padding: 0.18,
      label: null,
      ticks: times.filter((_, i) => i % every === 0),
      tickFormat: (day: string) => formatDayOfYear(day),
      tickSize: 0,
    },
    y: { label: null, ticks: 5, grid: true, tickFormat: (value: number) => wholeDollars(value), tickSize: 0 },
    color: { type: "ordinal", domain: [...groups], range: groups.map((group) => fillOf(group)) },
    marks: [
      Plot.barY(cells, {
        x: "time",
        y: "dollars",
        fill: "group",
        order: [...groups],
        stroke: "var(--card)",
        strokeWidth: 1,
        insetBottom: 0,
      }),
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
      Plot.barY(
        times,
        Plot.pointerX({
          x: (day: string) => day,
          y1: 0,
          y2: Math.max(...totalsOf(cells).values(), 0),
          fill: "var(--ink)",
          fillOpacity: 0.07,
        }),
      ),
    ],
  });
}

function totalsOf(cells: readonly StackedCell[]): Map<string, number> {
  const totals = new Map<string, number>();
  for (const { time, dollars } of cells) totals.set(time, (totals.get(time) ?? 0) + dollars);
  return totals;
}

/** Ticks are round numbers: `$20`, `$0.50`. */
function wholeDollars(value: number): string {
  return Number.isInteger(value) ? formatUsd(BigInt(value) * 1_000_000_000n).replace(".00", "") : `$${value.toFixed(2)}`;
}
