/**
 * Charts of the page as inline SVG that needs no script. Widths are percentages and heights pixels, so a chart fills its
 * column at any width without stretching its text or its hatching. Every chart stands above a table with the same numbers.
 */
import type { Answer } from "../../contract/answer.ts";
import type { GroupFigure } from "./answer-figures.ts";
import { html, type Markup, nothing, raw } from "./markup.ts";
import { formatDay, formatDayOfYear, formatRatio, formatUsd } from "./numbers.ts";
import { type Hatch, rollUpLooks } from "./roll-up-look.ts";

/** Strokes over the group's colour; none for solid. */
const hatches: Readonly<Record<Hatch, string>> = {
  solid: "",
  rising: '<path d="M-2 10 10 -2M-2 2 2 -2M6 10 10 6"/>',
  falling: '<path d="M-2 -2 10 10M6 -2 10 2M-2 6 2 10"/>',
  upright: '<path d="M2 0V8M6 0V8"/>',
  level: '<path d="M0 2H8M0 6H8"/>',
  crossed: '<path d="M0 0 8 8M8 0 0 8"/>',
  dotted: '<path d="M2 2h.01M6 6h.01" class="dot"/>',
  sparse: '<path d="M4 4h.01" class="dot"/>',
};

/** The fills all charts refer to; once per page. */
export function hatchDefinitions(): Markup {
  const patterns = rollUpLooks.map(
    (look) =>
      html`<pattern id="fill-${look.name}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" style="fill:var(--${look.name})"/><g class="hatch">${raw(hatches[look.hatch])}</g></pattern>`,
  );
  return html`<svg width="0" height="0" class="definitions" aria-hidden="true"><defs>${patterns}</defs></svg>`;
}

/** The swatch of a group in a legend or a table. */
export function swatch(name: string): Markup {
  return html`<svg class="swatch" width="16" height="16" aria-hidden="true"><rect width="16" height="16" rx="3" fill="url(#fill-${name})"/></svg>`;
}

/** All spend as one bar. Parts with room for it carry their name and share. */
export function spendBar(groups: readonly GroupFigure[]): Markup {
  const seen = groups.filter((group) => group.isObserved && group.tenths > 0n);
  let start = 0n;
  const parts = seen.map((group) => {
    const x = formatPlainPercent(start);
    const middle = formatPlainPercent(start + group.tenths / 2n);
    start += group.tenths;
    const room = group.tenths >= 150n ? "" : "wide-only";
    const label = (y: number, text: string): Markup =>
      html`<text x="${middle}" y="${y}" text-anchor="middle" class="${room}">${text}</text>`;
    const labels = group.tenths < 80n ? [] : [label(30, group.look.name), label(50, group.ofSpend)];
    return html`<g><title>${group.look.name}: ${group.dollars}, ${group.ofSpend} of the spend</title><rect x="${x}" width="${formatPlainPercent(group.tenths)}" height="72" fill="url(#fill-${group.look.name})"/>${labels}</g>`;
  });
  const said = seen.map((group) => `${group.look.name} ${group.ofSpend}`).join(", ");
  return html`<svg class="bar" width="100%" height="72" role="img" aria-label="The spend by what it bought: ${said}">${parts}</svg>`;
}

/** A share as a small bar in a table cell or beside a sentence. */
export function shareBar(share: number | null): Markup {
  if (share === null) return nothing;
  return html`<svg class="share" width="100%" height="8" aria-hidden="true"><rect width="100%" height="8" rx="2" class="rest"/><rect width="${(share * 100).toFixed(2)}%" height="8" rx="2" class="part"/></svg>`;
}

/** How many agent lines are alive, how many may be: a band from low to high. */
export function rangeBar(low: number | null, high: number | null): Markup {
  if (low === null || high === null) return nothing;
  const x = (low * 100).toFixed(2);
  const width = ((high - low) * 100).toFixed(2);
  return html`<svg class="share wide" width="100%" height="14" role="img" aria-label="AI share of landed lines: ${formatRatio(low)} to ${formatRatio(high)}"><rect width="100%" height="14" rx="3" class="rest"/><rect width="${x}%" height="14" rx="3" class="part"/><rect x="${x}%" width="${width}%" height="14" class="maybe"/></svg>`;
}

const plotHeight = 200;
const labelsShown = 7;

/** Spend by week as two pictures of one height: the axis, and the bars on one scale from zero. */
export interface WeekPlot {
  readonly height: number;
  readonly axisWidth: number;
  readonly axis: Markup;
  readonly bars: Markup;
  /** What the bars say, in a sentence. */
  readonly label: string;
}

/** Spend by week, stacked by group; null where nothing was spent. */
export function weekPlot(weeks: Answer["weeks"]): WeekPlot | null {
  const most = weeks.reduce((max, week) => Math.max(max, dollars(week.nanoUsd)), 0);
  if (most === 0) return null;
  const step = niceStep(most / 3);
  const top = Math.ceil(most / step) * step;
  const y = (value: number): number => plotHeight - (value / top) * plotHeight;
  const ticks = Array.from({ length: Math.round(top / step) + 1 }, (_, i) => i * step);
  const slot = 100 / weeks.length;
  const every = Math.ceil(weeks.length / labelsShown);
  const axis = ticks.map(
    (tick) => html`<text x="100%" dx="-8" y="${(y(tick) + 16).toFixed(1)}" text-anchor="end">$${tickText(tick, step)}</text>`,
  );
  const lines = ticks.map((tick) => html`<line x1="0" x2="100%" y1="${y(tick).toFixed(1)}" y2="${y(tick).toFixed(1)}"/>`);
  const bars = weeks.map((week, i) => weekBar(week, i * slot, slot, y));
  const days = weeks.map((week, i) =>
    i % every === 0
      ? html`<text x="${((i + 0.5) * slot).toFixed(3)}%" y="${plotHeight + 32}" text-anchor="middle">${formatDayOfYear(week.week)}</text>`
      : nothing,
  );
  const [first, last] = [weeks[0]?.week ?? "", weeks.at(-1)?.week ?? ""];
  return {
    height: plotHeight + 40,
    axisWidth: 60,
    axis: html`${axis}`,
    bars: html`<g transform="translate(0 12)"><g class="grid">${lines}</g>${bars}</g>${days}`,
    label: `Spend by week from ${formatDay(first)} to ${formatDay(last)}, stacked by what it bought`,
  };
}

export function weekChart(weeks: Answer["weeks"]): Markup {
  const plot = weekPlot(weeks);
  if (plot === null) return nothing;
  return html`<div class="plot"><svg class="axis" width="${plot.axisWidth}" height="${plot.height}" aria-hidden="true">${plot.axis}</svg><svg class="weeks" width="100%" height="${plot.height}" role="img" aria-label="${plot.label}; the table below has the numbers">${plot.bars}</svg></div>`;
}

function weekBar(week: Answer["weeks"][number], x: number, slot: number, y: (value: number) => number): Markup {
  let below = 0;
  const parts = rollUpLooks.map((look) => {
    const value = dollars(week.byRollUp[look.name] ?? "0");
    if (value === 0) return nothing;
    const foot = y(below);
    below += value;
    const head = y(below);
    return html`<rect y="${head.toFixed(2)}" width="100%" height="${(foot - head).toFixed(2)}" fill="url(#fill-${look.name})"><title>week of ${formatDay(week.week)}, ${look.name}: ${formatUsd(week.byRollUp[look.name] ?? "0")}</title></rect>`;
  });
  return html`<svg x="${(x + slot * 0.14).toFixed(3)}%" width="${(slot * 0.72).toFixed(3)}%" height="${plotHeight}">${parts}</svg>`;
}

/** 1, 2 or 5 times a power of ten, not below the value: what people count in. */
function niceStep(value: number): number {
  const power = 10 ** Math.floor(Math.log10(value));
  return power * (value / power <= 1 ? 1 : value / power <= 2 ? 2 : value / power <= 5 ? 5 : 10);
}

function tickText(tick: number, step: number): string {
  return step >= 1 ? String(Math.round(tick)).replace(/\B(?=(\d{3})+$)/g, ",") : tick.toFixed(step >= 0.1 ? 1 : 2);
}

/** For lengths only: what is printed comes from the exact integer. */
function dollars(nanoUsd: string): number {
  return Number(BigInt(nanoUsd)) / 1e9;
}

function formatPlainPercent(tenths: bigint): string {
  return `${tenths / 10n}.${tenths % 10n}%`;
}
