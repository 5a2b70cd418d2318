/** Turns of a session as bars in their order, by cost; the pattern tells what most of a turn was for. */
import { draw, type Drawn, Plot } from "./plot.ts";

export interface TurnBar {
  readonly turn: number;
  readonly dollars: number;
  readonly purpose: string;
  readonly says: string;
}

export interface TurnsOptions {
  readonly turns: readonly TurnBar[];
  readonly purposes: readonly string[];
  readonly colors: readonly string[];
  readonly tick: (value: number) => string;
  readonly width: number;
  readonly height: number;
}

export function turnsChart({ turns, purposes, colors, tick, width, height }: TurnsOptions): Drawn {
  const every = Math.max(1, Math.ceil(turns.length / Math.max(2, Math.floor(width / 36))));
  return draw({
    width,
    height,
    marginLeft: 56,
    marginRight: 6,
    marginTop: 12,
    marginBottom: 26,
    x: { type: "band", padding: 0.15, label: null, ticks: turns.filter((_, i) => i % every === 0).map(({ turn }) => turn), tickSize: 0 },
    y: { label: null, ticks: 4, grid: true, tickFormat: tick, tickSize: 0 },
    color: { type: "ordinal", domain: [...purposes], range: [...colors] },
    marks: [
      Plot.barY(turns, { x: "turn", y: "dollars", fill: "purpose", title: "says" }),
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
    ],
  });
}
