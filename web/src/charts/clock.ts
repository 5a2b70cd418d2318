/** Turns of a session on the clock: what each cost, from its first response to its last, and below the lines it wrote. */
import { formatDayOfYear } from "../../../src/surfaces/cli/numbers.ts";
import { fillOf } from "../look/hatches.tsx";
import { draw, type Drawn, Plot } from "./plot.ts";

export interface ClockTurn {
  readonly turn: number;
  readonly from: Date;
  readonly until: Date;
  readonly dollars: number;
  readonly purpose: string;
  readonly says: string;
}

export interface ClockWrite {
  readonly from: Date;
  readonly until: Date;
  /** Lines below and above it in its stack. */
  readonly below: number;
  readonly above: number;
  /** Group of fates. */
  readonly group: string;
  readonly says: string;
}

interface Shared {
  /** First and last instant of the session. */
  readonly from: Date;
  readonly until: Date;
  readonly width: number;
  readonly height: number;
}

const margins = { marginLeft: 56, marginRight: 12, marginTop: 12, marginBottom: 40 } as const;
/** UTC, as everywhere on the page. */
const timeAxis = ({ from, until, width }: Shared) => ({
  type: "utc" as const,
  domain: [from, until],
  label: null,
  ticks: Math.max(2, Math.floor(width / 120)),
  tickSize: 0,
  tickFormat: (time: Date, i: number) => clockText(time, i === 0),
});

/** `06:00`, with the day below where one begins, or the first time. */
function clockText(time: Date, isFirst: boolean): string {
  const text = time.toISOString();
  const hour = text.slice(11, 16);
  return isFirst || hour === "00:00" ? `${hour}\n${formatDayOfYear(text)}` : hour;
}

export interface ClockOptions extends Shared {
  readonly turns: readonly ClockTurn[];
  readonly purposes: readonly string[];
  readonly colors: readonly string[];
  readonly tick: (value: number) => string;
}

export function clockOfTurns(options: ClockOptions): Drawn {
  const { turns, purposes, colors, tick, width, height } = options;
  return draw({
    width,
    height,
    ...margins,
    x: timeAxis(options),
    y: { label: null, ticks: 4, grid: true, tickFormat: tick, tickSize: 0, zero: true },
    color: { type: "ordinal", domain: [...purposes], range: [...colors] },
    marks: [
      Plot.rectY(turns, { x1: "from", x2: "until", y: "dollars", fill: "purpose", title: "says" }),
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
    ],
  });
}

export interface WritesOptions extends Shared {
  readonly writes: readonly ClockWrite[];
  readonly groups: readonly string[];
}

export function clockOfWrites(options: WritesOptions): Drawn {
  const { writes, groups, width, height } = options;
  return draw({
    width,
    height,
    ...margins,
    x: timeAxis(options),
    y: { label: null, ticks: 3, grid: true, tickSize: 0, zero: true },
    color: { type: "ordinal", domain: [...groups], range: groups.map((group) => fillOf(group)) },
    marks: [
      Plot.rect(writes, {
        x1: "from",
        x2: "until",
        y1: "below",
        y2: "above",
        fill: "group",
        title: "says",
        stroke: "var(--card)",
        strokeWidth: 0.5,
      }),
      Plot.ruleY([0], { stroke: "var(--line-strong)" }),
    ],
  });
}
