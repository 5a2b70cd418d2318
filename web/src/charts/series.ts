/** A measure over time, one series a group: stacked bars where parts may be added up, else lines. */
import { formatDayOfYear } from "../../../src/surfaces/cli/numbers.ts";
import { fillOf } from "../look/hatches.tsx";
import { seriesColor, seriesLooks } from "../look/series.ts";
import { draw, type Drawn, Plot } from "./plot.ts";

export interface SeriesPoint {
  readonly time: string;
  readonly series: string;
  readonly value: number | null;
}

export interface SeriesOptions {
  readonly points: readonly SeriesPoint[];
  readonly times: readonly string[];
  /** In the order of their colours; the seventh is "Other". */
  readonly series: readonly string[];
  readonly isStacked: boolean;
  /** Series are groups of fates, which have looks of their own. */
  readonly isRollUp: boolean;
  readonly tick: (value: number) => string;
  readonly width: number;
  readonly height: number;
}

export function seriesChart({ points, times, series, isStacked, isRollUp, tick, width, height }: SeriesOptions): Drawn {
  const every = Math.max(1, Math.ceil(times.length / Math.max(2, Math.floor(width / 84))));
  const range = series.map((name, i) => (isRollUp ? (isStacked ? fillOf(name) : `var(--fate-${name})`) : seriesColor(i)));
  const shared = {
    width,
    height,
    marginLeft: 64,
    marginRight: 10,
    marginTop: 14,
    marginBottom: 28,
    y: { label: null, ticks: 5, grid: true, zero: true, tickFormat: tick, tickSize: 0 },
    color: { type: "ordinal", domain: [...series], range },
  } as const;
  const ticks = times.filter((_, i) => i % every === 0);
  if (isStacked) {
    return draw({
      ...shared,
      x: {
        type: "band",
        domain: [...times],
        padding: 0.18,
        label: null,
        ticks,
        tickFormat: (day: string) => formatDayOfYear(day),
        tickSize: 0,
      },
      marks: [
        Plot.barY(points, { x: "time", y: "value", fill: "series", order: [...series], stroke: "var(--card)", strokeWidth: 1 }),
        Plot.ruleY([0], { stroke: "var(--line-strong)" }),
      ],
    });
  }
  return draw({
    ...shared,
    x: { type: "point", domain: [...times], label: null, ticks, tickFormat: (day: string) => formatDayOfYear(day), tickSize: 0 },
    marks: [
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
      ...series.map((name, i) =>
        Plot.lineY(
          points.filter((point) => point.series === name),
          { x: "time", y: "value", stroke: "series", strokeWidth: 2, strokeDasharray: seriesLooks[i]?.dash || "none" },
        ),
      ),
      Plot.dot(points, { x: "time", y: "value", fill: "series", r: 2.5 }),
    ],
  });
}
