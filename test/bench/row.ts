/** One line of the bench: what was measured, what it is held against, and whether it holds. */

export type Verdict = "holds" | "does not hold" | "absent: skipped" | "too small to judge" | "no bound";

export interface Row {
  readonly id: string;
  readonly title: string;
  readonly measured: string;
  readonly floor: string;
  readonly value: string;
  readonly bound: string;
  readonly verdict: Verdict;
  readonly note: string;
}

/** Below this floor the start of Node is most of what is measured, and a ratio says nothing about the work. */
const smallestFloorSeconds = 1;

export interface RatioRow {
  readonly id: string;
  readonly title: string;
  /** Seconds, one entry a run, as many as of the floor. */
  readonly measured: readonly number[];
  readonly floor: readonly number[];
  readonly atMost: number;
  /** Allowed beside the ratio, in seconds. @default 0 */
  readonly extraSeconds?: number;
  /** Whether the floor itself is a start of Node: then a small one is meant. @default false */
  readonly floorIsStart?: boolean;
  readonly note: string;
}

/** Median against median, so that the three printed figures agree with each other. */
export function ratioRow({ id, title, measured, floor, atMost, extraSeconds = 0, floorIsStart = false, note }: RatioRow): Row {
  const [own, other] = [median(measured), median(floor)];
  const ratio = own / other;
  const judged = floorIsStart || other >= smallestFloorSeconds;
  const verdict = !judged ? "too small to judge" : own <= atMost * other + extraSeconds ? "holds" : "does not hold";
  return {
    id,
    title,
    measured: formatSeconds(own),
    floor: formatSeconds(other),
    value: `${ratio.toFixed(2)} ×`,
    bound: extraSeconds === 0 ? `≤ ${atMost} ×` : `≤ ${atMost} × + ${Math.round(extraSeconds * 1000)} ms`,
    verdict,
    note,
  };
}

export interface BoundRow {
  readonly id: string;
  readonly title: string;
  readonly value: number;
  readonly atMost?: number;
  readonly atLeast?: number;
  readonly format: (value: number) => string;
  readonly note: string;
}

/** A figure that is held against a bound of its own, with no floor beside it. A value that is not a number does not hold. */
export function boundRow({ id, title, value, atMost = Infinity, atLeast = -Infinity, format, note }: BoundRow): Row {
  const bound = [...(atLeast === -Infinity ? [] : [`≥ ${format(atLeast)}`]), ...(atMost === Infinity ? [] : [`≤ ${format(atMost)}`])].join(
    ", ",
  );
  const verdict = bound === "" ? "no bound" : value >= atLeast && value <= atMost ? "holds" : "does not hold";
  return { id, title, measured: format(value), floor: "", value: "", bound, verdict, note };
}

export function skippedRow(id: string, title: string, missing: string): Row {
  return { id, title, measured: "", floor: "", value: "", bound: "", verdict: "absent: skipped", note: missing };
}

export function plainRow(id: string, title: string, measured: string, note = ""): Row {
  return { id, title, measured, floor: "", value: "", bound: "", verdict: "no bound", note };
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] as number) : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
}

export const formatSeconds = (seconds: number): string => (seconds < 1 ? `${(seconds * 1000).toFixed(1)} ms` : `${seconds.toFixed(2)} s`);
export const formatMegabytes = (bytes: number): string => `${(bytes / 1e6).toFixed(0)} MB`;
export const formatPercent = (ratio: number): string => `${(ratio * 100).toFixed(3)} %`;

const widths = { verdict: 19, title: 52, measured: 12, floor: 12, value: 10, bound: 12 } as const;

export const tableHead = formatCells({
  verdict: "",
  title: "",
  measured: "measured",
  floor: "floor",
  value: "ratio",
  bound: "bound",
  note: "",
});

/** A row as one line of text. */
export function formatRow(row: Row): string {
  return formatCells({ ...row, verdict: row.verdict === "no bound" ? "" : row.verdict });
}

function formatCells(row: Omit<Row, "id" | "verdict"> & { readonly verdict: string }): string {
  const cells = [
    row.verdict.padEnd(widths.verdict),
    row.title.padEnd(widths.title),
    row.measured.padStart(widths.measured),
    row.floor.padStart(widths.floor),
    row.value.padStart(widths.value),
    row.bound.padStart(widths.bound),
    row.note === "" ? "" : `  ${row.note}`,
  ];
  return cells.join(" ").trimEnd();
}
