/** One cell of an answer as a person reads it. Money comes as nano-dollars in a string and stays an integer until it is text. */
import type { Cell, ResultColumn } from "../../../src/contract/query.ts";
import { formatCount, formatDay, formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";

/** What stands for a number nobody knows; never 0. */
export const notKnown = "–";

export function formatCell({ kind, type, unit }: Pick<ResultColumn, "kind" | "type" | "unit">, cell: Cell): string {
  if (cell === null) return kind === "dimension" ? "not known" : notKnown;
  if (kind === "time") return formatDay(String(cell));
  if (kind === "dimension") return String(cell);
  if (type === "relative") return typeof cell === "number" ? signed(`${(Math.abs(cell) * 100).toFixed(1)} %`, cell) : cell;
  if (type === "points") return signed(`${(Math.abs(Number(cell)) * 100).toFixed(1)} points`, Number(cell));
  return formatValue(unit, cell);
}

/** A number of a unit of the catalogue. */
export function formatValue(unit: string | null, value: string | number): string {
  if (unit?.startsWith("nano-USD") === true) return formatUsd(BigInt(value));
  if (unit === "ratio") return formatRatio(Number(value));
  if (typeof value === "string" && /^-?\d+$/.test(value)) return formatCount(BigInt(value));
  const number = Number(value);
  return Number.isInteger(number) ? formatCount(number) : number.toFixed(2);
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : value < 0 ? `−${text}` : text);

/** For lengths and places only: what is printed comes from the exact integer. */
export function toDollars(nanoUsd: string | bigint): number {
  return Number(BigInt(nanoUsd)) / 1e9;
}

/** `2.4 M`, `350 M`, `1,204`: three figures, for counts too long to read. */
export function formatShortCount(count: number): string {
  const steps: readonly (readonly [number, string])[] = [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
  ];
  for (const [size, name] of steps) {
    // The next step begins where three figures would round up to it.
    if (count >= size * 0.9995) return `${(count / size).toPrecision(3)} ${name}`;
  }
  return formatCount(count);
}

/** `a3f09c21`, the part of an id that people compare. */
export const shortId = (id: string): string => id.slice(0, 8);

/** `saltmarsh/tide` of `git.example.com/saltmarsh/tide`. */
export const shortRepository = (name: string): string => name.split("/").slice(-2).join("/");

/** `17 Aug 2026, 15:00` of a UTC instant. */
export function formatInstant(instant: string): string {
  return `${formatDay(instant)}, ${instant.slice(11, 16)}`;
}
