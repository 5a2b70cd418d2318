/**
 * What was billed, put together from the lines of all reports: which of several reports of the same money counts, in one
 * currency, for periods and models that can be compared with logs. Pure.
 */
import type { BillKind, BilledSum, BilledTokens } from "../contract/bill-facts.ts";
import { dayMs } from "./bill.ts";
import { comparableModel } from "./model-name.ts";

export interface CellContext {
  /** Ids of reports, those whose money counts before others first. */
  readonly reports: readonly string[];
  /** An amount of a day in nano-dollars; null where no rate is known. */
  toUsd(nano: bigint, currency: string, day: string): bigint | null;
  /** What tokens of a model cost at list prices on a day, nano-dollars; null where no price is known. */
  listPrice(provider: string, model: string, instant: number, tokens: BilledTokens): bigint | null;
}

/** What a provider bills of one use, for a run of days and of one model. Money in nano-dollars. */
export interface BilledCell {
  readonly provider: string;
  readonly use: BillKind;
  /** UTC midnights, half open: a day, or as long as lines last that overlap. */
  readonly from: number;
  readonly to: number;
  /** `comparableModel`; null: the bill does not say. */
  readonly model: string | null;
  /** As told, the first of them. */
  readonly modelName: string | null;
  /** Null where the reports tell no money, or one of its lines is in a currency without a rate. */
  readonly billed: bigint | null;
  /** At list prices; null where neither the report nor a price says it of every line. */
  readonly atList: bigint | null;
  readonly tokens: number | null;
}

export interface BilledCells {
  readonly cells: readonly BilledCell[];
  readonly notCounted: readonly {
    readonly provider: string;
    readonly report: string;
    readonly insteadOf: string;
    readonly lines: number;
  }[];
  readonly withoutRate: readonly { readonly currency: string; readonly lines: number; readonly nano: bigint }[];
}

export function billedCells(lines: readonly BilledSum[], context: CellContext): BilledCells {
  const seen = oneView(lines);
  const { counted, notCounted } = oneReport(seen.filter(hasMoney), context.reports);
  const tokensOnly = oneReport(
    seen.filter((line) => !hasMoney(line)),
    context.reports,
  ).counted;
  const withoutRate = new Map<string, { lines: number; nano: bigint }>();
  const cells: BilledCell[] = [];
  for (const provider of new Set([...counted, ...tokensOnly].map((line) => line.provider))) {
    const money = counted.filter((line) => line.provider === provider);
    const usage = money.filter(({ use }) => use === "usage");
    const witnesses = tokensOnly.filter((line) => line.provider === provider && line.use === "usage");
    const spans = daySpans([...usage, ...witnesses]);
    const [moneyOf, witnessesOf] = [bySpan(usage, spans), bySpan(witnesses, spans)];
    for (const [s, span] of spans.entries())
      cells.push(...usageCells(provider, span, moneyOf[s] ?? [], witnessesOf[s] ?? [], context, withoutRate));
    cells.push(
      ...otherCells(
        provider,
        money.filter(({ use }) => use !== "usage"),
        context,
        withoutRate,
      ),
    );
  }
  return {
    cells,
    notCounted,
    withoutRate: [...withoutRate].map(([currency, { lines: count, nano }]) => ({ currency, lines: count, nano })),
  };
}

const hasMoney = (line: BilledSum): boolean => line.billedNano !== null;
const dayOf = (instant: number): number => Math.floor(instant / dayMs) * dayMs;
export const dayText = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/** Of several views of one report, account and day, the one told last: each tells all of the day's money. */
function oneView(lines: readonly BilledSum[]): BilledSum[] {
  const groupOf = ({ report, provider, account, from }: BilledSum): string => [report, provider, account, dayOf(from)].join("\u0000");
  const best = new Map<string, BilledSum>();
  for (const line of lines) {
    if (line.view === "") continue;
    const known = best.get(groupOf(line));
    if (known === undefined || line.version > known.version || (line.version === known.version && line.view > known.view))
      best.set(groupOf(line), line);
  }
  return lines.filter((line) => line.view === "" || best.get(groupOf(line))?.view === line.view);
}

/** Of several reports of one provider's money, on each day the one that stands first in the list: bills never add to each other. */
function oneReport(lines: readonly BilledSum[], reports: readonly string[]): Pick<BilledCells, "notCounted"> & { counted: BilledSum[] } {
  const rank = (report: string): number => (reports.includes(report) ? reports.indexOf(report) : reports.length);
  const inOrder = [...new Set(lines.map(({ report }) => report))].sort((a, b) => rank(a) - rank(b) || (a < b ? -1 : 1));
  const taken = new Map<string, string>();
  const counted: BilledSum[] = [];
  const left = new Map<string, BilledCells["notCounted"][number]>();
  for (const report of inOrder) {
    const own = lines.filter((line) => line.report === report);
    for (const line of own) {
      const other = daysOf(line).map((day) => taken.get(`${line.provider} ${day}`));
      const insteadOf = other.find((name) => name !== undefined);
      if (insteadOf === undefined) counted.push(line);
      else {
        const key = `${line.provider} ${report} ${insteadOf}`;
        left.set(key, { provider: line.provider, report, insteadOf, lines: (left.get(key)?.lines ?? 0) + line.lines });
      }
    }
    for (const line of own)
      for (const day of daysOf(line)) if (!taken.has(`${line.provider} ${day}`)) taken.set(`${line.provider} ${day}`, report);
  }
  return { counted, notCounted: [...left.values()] };
}

function daysOf({ from, to }: { readonly from: number; readonly to: number }): number[] {
  const days: number[] = [];
  for (let day = dayOf(from); day < to; day += dayMs) days.push(day);
  return days;
}

interface Span {
  readonly from: number;
  readonly to: number;
}

/** Lines by the span they begin in; spans are in order and apart. */
function bySpan<T extends Span>(lines: readonly T[], spans: readonly Span[]): T[][] {
  const within: T[][] = spans.map(() => []);
  let s = 0;
  for (const line of [...lines].sort((a, b) => a.from - b.from)) {
    while (s < spans.length && line.from >= (spans[s] as Span).to) s++;
    within[s]?.push(line);
  }
  return within;
}

/** Days, and runs of days that one line overlaps: a month's line and a day's are compared for the month. */
function daySpans(lines: readonly Span[]): Span[] {
  const spans: { from: number; to: number }[] = [];
  const rounded = lines.map(({ from, to }) => ({ from: dayOf(from), to: dayOf(to - 1) + dayMs }));
  for (const { from, to } of rounded.sort((a, b) => a.from - b.from || a.to - b.to)) {
    const last = spans.at(-1);
    if (last === undefined || from >= last.to) spans.push({ from, to });
    else last.to = Math.max(last.to, to);
  }
  return spans;
}

type Rates = Map<string, { lines: number; nano: bigint }>;

function usageCells(
  provider: string,
  span: Span,
  money: readonly BilledSum[],
  witnesses: readonly BilledSum[],
  context: CellContext,
  withoutRate: Rates,
): BilledCell[] {
  const keys = new Set([...money, ...witnesses].map(modelKey));
  return [...keys].map((model) => {
    const paid = money.filter((line) => modelKey(line) === model);
    const seen = witnesses.filter((line) => modelKey(line) === model);
    const telling = paid.some(hasTokens) ? paid : seen;
    return {
      provider,
      use: "usage",
      ...span,
      model,
      modelName: [...paid, ...seen].find((line) => line.model !== null)?.model ?? null,
      billed: paid.length === 0 ? null : sumUsd(paid, ({ billedNano }) => billedNano, context, withoutRate),
      atList: listTold(paid, context) ?? listTold(seen, context) ?? listOfTokens(telling, context),
      tokens: tokensOf(telling),
    };
  });
}

const modelKey = ({ model }: BilledSum): string | null => (model === null ? null : comparableModel(model));

function otherCells(provider: string, lines: readonly BilledSum[], context: CellContext, withoutRate: Rates): BilledCell[] {
  const groups = new Map<string, BilledSum[]>();
  for (const line of lines) {
    const key = `${line.use} ${dayOf(line.from)} ${dayOf(line.to - 1)}`;
    groups.set(key, [...(groups.get(key) ?? []), line]);
  }
  return [...groups.values()].map((group) => {
    const [first] = group as [BilledSum, ...BilledSum[]];
    const billed = sumUsd(group, ({ billedNano }) => billedNano, context, withoutRate);
    const span = { from: dayOf(first.from), to: dayOf(first.to - 1) + dayMs };
    return { provider, use: first.use, ...span, model: null, modelName: null, billed, atList: null, tokens: null };
  });
}

/** Null where any line has no such amount, or no rate: part of a sum is no sum. */
function sumUsd(
  lines: readonly BilledSum[],
  amount: (line: BilledSum) => bigint | null,
  context: CellContext,
  withoutRate: Rates | null,
): bigint | null {
  let sum: bigint | null = 0n;
  for (const line of lines) {
    const nano = amount(line);
    const usd = nano === null ? null : context.toUsd(nano, line.currency, dayText(line.from));
    if (usd === null && nano !== null && withoutRate !== null) {
      const known = withoutRate.get(line.currency) ?? { lines: 0, nano: 0n };
      withoutRate.set(line.currency, { lines: known.lines + line.lines, nano: known.nano + nano });
    }
    sum = sum === null || usd === null ? null : sum + usd;
  }
  return sum;
}

const listTold = (lines: readonly BilledSum[], context: CellContext): bigint | null =>
  lines.length === 0 ? null : sumUsd(lines, ({ listNano }) => listNano, context, null);

const counts = ({ tokens }: BilledSum): (number | null)[] => Object.values(tokens);
const hasTokens = (line: BilledSum): boolean => counts(line).some((count) => count !== null);

/** Null where any line tells no tokens: web searches and fees have none, and no list price here. */
function listOfTokens(lines: readonly BilledSum[], { listPrice }: CellContext): bigint | null {
  if (lines.length === 0) return null;
  let sum = 0n;
  for (const line of lines) {
    const nano = line.model === null || !hasTokens(line) ? null : listPrice(line.provider, line.model, line.from, line.tokens);
    if (nano === null) return null;
    sum += nano;
  }
  return sum;
}

function tokensOf(lines: readonly BilledSum[]): number | null {
  const told = lines.filter(hasTokens);
  return told.length === 0 ? null : told.reduce((sum, line) => sum + counts(line).reduce<number>((all, count) => all + (count ?? 0), 0), 0);
}
