/**
 * Numbers as a person reads them. Money comes in nano-dollars (bigint or a string of an integer), ratios 0..1, days
 * `YYYY-MM-DD`. What is null is "not known", and the caller says so: nothing here turns null into 0.
 */
const nanoPerCent = 10_000_000n;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/**
 * Splits a whole into printed units so that the parts add up to the printed whole: part i is the rounded running sum up
 * to i less the one up to i − 1. Every part is within one unit of its own value, equal input gives equal output, and no
 * part is chosen to take a remainder.
 *
 * @param parts the parts, ≥ 0, in the order they are printed @param whole their sum, or more @param units how many units the whole is printed as
 * @returns one count of units per part; all 0 where the whole is 0
 * @example shareUnits([1n, 1n, 1n], 3n, 1000n) // [333n, 334n, 333n]
 */
export function shareUnits(parts: readonly bigint[], whole: bigint, units: bigint): bigint[] {
  let sum = 0n;
  let printed = 0n;
  return parts.map((part) => {
    sum += part;
    const upToHere = whole === 0n ? 0n : (2n * sum * units + whole) / (2n * whole);
    const unitsOfPart = upToHere - printed;
    printed = upToHere;
    return unitsOfPart;
  });
}

/** Cents of each part by the rule of `shareUnits`: they add up to the rounded cents of the whole. */
export function centParts(parts: readonly bigint[], whole: bigint): bigint[] {
  return shareUnits(parts, whole, roundedCents(whole));
}

export function roundedCents(nanoUsd: bigint): bigint {
  return (nanoUsd + nanoPerCent / 2n) / nanoPerCent;
}

/** `$1,564.12`; `<$0.01` for what is more than nothing and less than a cent. */
export function formatUsd(nanoUsd: bigint | string): string {
  const nano = BigInt(nanoUsd);
  if (nano < 0n) return `-${formatUsd(-nano)}`;
  const cents = roundedCents(nano);
  return nano > 0n && cents === 0n ? "<$0.01" : formatCents(cents);
}

/** `$8.494123456`: every nano-dollar, for an audit. */
export function formatExactUsd(nanoUsd: bigint | string): string {
  const nano = BigInt(nanoUsd);
  if (nano < 0n) return `-${formatExactUsd(-nano)}`;
  return `$${formatCount(nano / 1_000_000_000n)}.${String(nano % 1_000_000_000n).padStart(9, "0")}`;
}

export function formatCents(cents: bigint): string {
  return `$${formatCount(cents / 100n)}.${String(cents % 100n).padStart(2, "0")}`;
}

/** `20,979` */
export function formatCount(count: bigint | number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** Tenths of a percent: 519 is `51.9 %`. */
export function formatTenths(tenths: bigint): string {
  return `${tenths / 10n}.${tenths % 10n} %`;
}

/** A ratio 0..1: 0.519 is `51.9 %`; `<0.1 %` for what is more than nothing and would print as 0.0. */
export function formatRatio(ratio: number): string {
  if (ratio > 0 && ratio < 0.0005) return "<0.1 %";
  return `${(ratio * 100).toFixed(1)} %`;
}

/**
 * Low and high of a ratio 0..1 as percents, rounded outwards so that what lies between still does: `(44–53)`, `(3.9–6.1)`
 * below ten; empty where they are not known or differ by less than a tenth of a percent.
 */
export function formatBand({ low, high }: { readonly low: number | null; readonly high: number | null }): string {
  if (low === null || high === null || high - low < 0.001) return "";
  // A ten-millionth is what binary fractions may be off.
  const [from, to] = [low * 100 + 1e-7, high * 100 - 1e-7];
  const lowest = from < 10 ? (Math.floor(from * 10) / 10).toFixed(1) : String(Math.floor(from));
  const highest = to < 10 ? (Math.ceil(to * 10) / 10).toFixed(1) : String(Math.ceil(to));
  return `(${lowest === "0.0" ? "0" : lowest}–${highest})`;
}

/** `1.2 GB`, in powers of 1,000. */
export function formatBytes(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  for (; value >= 999.5 && unit < units.length - 1; unit++) value /= 1000;
  return `${unit === 0 || value >= 100 ? Math.round(value) : value.toFixed(1)} ${units[unit]}`;
}

/** `5 Jan 2026` of a day or of an instant in UTC; the text itself where it is neither. */
export function formatDay(day: string): string {
  const parts = /^(\d{4})-(\d\d)-(\d\d)/.exec(day);
  return parts === null ? day : `${Number(parts[3])} ${months[Number(parts[2]) - 1] ?? parts[2]} ${parts[1]}`;
}

/** `5 Jan`, for places where the year is plain. */
export function formatDayOfYear(day: string): string {
  return formatDay(day).split(" ").slice(0, 2).join(" ");
}

/** `5 Jan – 15 Feb 2026`; null where nothing is known of it. */
export function formatPeriod(from: string | null, to: string | null): string | null {
  if (from === null || to === null) return from === null && to === null ? null : formatDay(from ?? to ?? "");
  if (formatDay(from) === formatDay(to)) return formatDay(from);
  const start = from.slice(0, 4) === to.slice(0, 4) ? formatDayOfYear(from) : formatDay(from);
  return `${start} – ${formatDay(to)}`;
}

/** `1 session`, `294 sessions`. */
export function formatNumberOf(count: number, one: string, many = `${one}s`): string {
  return `${formatCount(count)} ${count === 1 ? one : many}`;
}
