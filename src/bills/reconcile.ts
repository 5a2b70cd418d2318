import { type BillKind, billKinds } from "../contract/bill-facts.ts";
import type { ReconcileReason, ReconcileRow, ReconcileTotal, Reconciliation } from "../contract/bills.ts";
import { dayMs } from "./bill.ts";
import { type BilledCell, type BilledCells, dayText } from "./billed-cells.ts";
import { comparableModel } from "./model-name.ts";

/** What was logged of one provider, UTC day and model. */
export interface LoggedCell {
  readonly provider: string | null;
  /** UTC midnight. */
  readonly day: number;
  readonly model: string;
  /** At list prices, nano-dollars, of what has a price. */
  readonly nano: bigint;
  readonly tokens: number;
  readonly unpricedTokens: number;
  /** Output tokens that were logged before their response ended. */
  readonly earlyOutput: number;
}

interface Logged {
  readonly nano: bigint;
  readonly tokens: number;
  readonly unpricedTokens: number;
  readonly earlyOutput: number;
}

const noLog: Logged = { nano: 0n, tokens: 0, unpricedTokens: 0, earlyOutput: 0 };

/**
 * Sets what was billed beside what was logged, for each provider, period of the bill and model, and takes the difference apart:
 * billed = logged + discount + unlogged − unbilled, exactly, wherever billed and logged are known. A model that the bill does not
 * name, of a period in which it names others, is a row of its own; where it names none, all that was logged is one row.
 */
export function reconcile(billed: BilledCells, logged: readonly LoggedCell[]): Reconciliation {
  const usage = billed.cells.filter(({ use }) => use === "usage");
  const covered = new Set<LoggedCell>();
  const record = { first: Math.min(...logged.map(({ day }) => day)), last: Math.max(...logged.map(({ day }) => day)) };
  const rows: ReconcileRow[] = [];
  for (const group of bySpan(usage)) {
    const [{ provider, from, to }] = group as [BilledCell, ...BilledCell[]];
    const inSpan = logged.filter((cell) => cell.provider === provider && cell.day >= from && cell.day < to);
    for (const cell of inSpan) covered.add(cell);
    const named = new Set(group.flatMap(({ model }) => model ?? []));
    for (const cell of group) {
      // What the bill does not split by model is compared with all that none of its named models takes.
      const own = inSpan.filter(({ model }) =>
        cell.model === null ? !named.has(comparableModel(model)) : comparableModel(model) === cell.model,
      );
      rows.push(usageRow(cell, sum(own), record));
    }
    if (group.some(({ model }) => model === null)) continue;
    const rest = inSpan.filter(({ model }) => !named.has(comparableModel(model)));
    for (const model of new Set(rest.map((cell) => cell.model)))
      rows.push(unnamedRow(group[0] as BilledCell, model, sum(rest.filter((cell) => cell.model === model))));
  }
  for (const cell of billed.cells) if (cell.use !== "usage") rows.push(otherRow(cell));
  const told = rows.map((row) => ({ ...row, reasons: [...row.reasons, ...boundaryReasons(row, rows)] })).sort(inOrder);
  return {
    rows: told,
    providers: totalsOf(told),
    notCounted: billed.notCounted,
    withoutRate: billed.withoutRate.map(({ currency, lines, nano }) => ({ currency, lines, nano: nano.toString() })),
    withoutBill: withoutBillOf(logged.filter((cell) => !covered.has(cell))),
  };
}

function bySpan(cells: readonly BilledCell[]): BilledCell[][] {
  const groups = new Map<string, BilledCell[]>();
  for (const cell of cells) {
    const key = `${cell.provider} ${cell.from} ${cell.to}`;
    groups.set(key, [...(groups.get(key) ?? []), cell]);
  }
  return [...groups.values()];
}

const sum = (cells: readonly LoggedCell[]): Logged =>
  cells.reduce<Logged>(
    (all, cell) => ({
      nano: all.nano + cell.nano,
      tokens: all.tokens + cell.tokens,
      unpricedTokens: all.unpricedTokens + cell.unpricedTokens,
      earlyOutput: all.earlyOutput + cell.earlyOutput,
    }),
    noLog,
  );

type Money = Pick<ReconcileRow, "discountNanoUsd" | "unloggedNanoUsd" | "unbilledNanoUsd">;

/** Null where nothing of it has a price; what has none is told as a reason. */
const pricedOf = ({ nano, tokens, unpricedTokens }: Logged): bigint | null => (tokens > 0 && unpricedTokens === tokens ? null : nano);

function differenceOf(billed: bigint | null, atList: bigint | null, logged: bigint | null): Money {
  const compared = atList ?? billed;
  const gap = compared === null || logged === null ? null : compared - logged;
  return {
    discountNanoUsd: billed === null || atList === null ? null : (billed - atList).toString(),
    unloggedNanoUsd: gap === null ? null : (gap > 0n ? gap : 0n).toString(),
    unbilledNanoUsd: gap === null ? null : (gap < 0n ? -gap : 0n).toString(),
  };
}

function usageRow(cell: BilledCell, logged: Logged, record: { readonly first: number; readonly last: number }): ReconcileRow {
  const { provider, from, to, billed, atList } = cell;
  const nano = pricedOf(logged);
  const difference = differenceOf(billed, atList, nano);
  return {
    provider,
    from: dayText(from),
    to: dayText(to - dayMs),
    model: cell.modelName,
    kind: "usage",
    loggedNanoUsd: nano?.toString() ?? null,
    loggedTokens: logged.tokens,
    billedNanoUsd: billed?.toString() ?? null,
    billedTokens: cell.tokens,
    billedAtListNanoUsd: atList?.toString() ?? null,
    ...difference,
    variance: varianceOf(billed, nano),
    reasons: reasonsOf(cell, logged, difference, record),
  };
}

/** Part of a billed sum, 0 where both are nothing. */
function varianceOf(billed: bigint | null, logged: bigint | null): number | null {
  if (billed === null || logged === null) return null;
  if (billed === 0n) return logged === 0n ? 0 : null;
  return Number(billed - logged) / Number(billed);
}

/** A model that is logged and of which the bill has no line, though it names others of the time. */
function unnamedRow({ provider, from, to }: BilledCell, model: string, logged: Logged): ReconcileRow {
  const nano = pricedOf(logged);
  return {
    provider,
    from: dayText(from),
    to: dayText(to - dayMs),
    model,
    kind: "usage",
    loggedNanoUsd: nano?.toString() ?? null,
    loggedTokens: logged.tokens,
    billedNanoUsd: null,
    billedTokens: null,
    billedAtListNanoUsd: null,
    discountNanoUsd: null,
    unloggedNanoUsd: nano === null ? null : "0",
    unbilledNanoUsd: nano?.toString() ?? null,
    variance: null,
    reasons: [sentence("no_line"), ...(logged.unpricedTokens > 0 ? [unpriced(logged)] : [])],
  };
}

function otherRow({ provider, use, from, to, billed }: BilledCell): ReconcileRow {
  return {
    provider,
    from: dayText(from),
    to: dayText(to - dayMs),
    model: null,
    kind: use,
    loggedNanoUsd: null,
    loggedTokens: 0,
    billedNanoUsd: billed?.toString() ?? null,
    billedTokens: null,
    billedAtListNanoUsd: null,
    discountNanoUsd: null,
    unloggedNanoUsd: null,
    unbilledNanoUsd: null,
    variance: null,
    reasons: billed === null ? [sentence("rate_missing")] : [],
  };
}

const sentences = {
  no_log: "No log here names this model in these days: another machine, person or tool used it, or its logs are gone.",
  outside_logs: "The logs begin later or end earlier than this.",
  some_unlogged: "Part of it is in no log here: other machines, persons or tools, or calls that agents do not log.",
  list_unknown: "The bill tells neither list prices nor tokens: what is price and what is amount cannot be told apart.",
  no_line: "The bill has no line for this model: it ran on a plan, on another account, or under another name.",
  some_unbilled: "More was logged than billed: part ran on a plan or another account, or is not billed yet.",
  rate_missing: "A line is in a currency without a rate in assay.yaml: it is in no sum.",
  no_money: "The report tells tokens and no money: they are compared at list prices.",
  day_boundary: "The day beside it differs the other way: the provider's days may not be those of UTC.",
} as const;
const sentence = (code: keyof typeof sentences): ReconcileReason => ({ code, sentence: sentences[code] });
const unpriced = ({ unpricedTokens }: Logged): ReconcileReason => ({
  code: "unpriced",
  sentence: `${unpricedTokens} logged tokens have no known price: their dollars are missing on the side of the logs.`,
});

function reasonsOf(
  { from, to, billed, atList, tokens, use }: BilledCell,
  logged: Logged,
  { unloggedNanoUsd, unbilledNanoUsd }: Money,
  record: { readonly first: number; readonly last: number },
): ReconcileReason[] {
  const [isUnlogged, isUnbilled] = [
    unloggedNanoUsd !== null && unloggedNanoUsd !== "0",
    unbilledNanoUsd !== null && unbilledNanoUsd !== "0",
  ];
  const isOutside = !(record.first <= from && record.last >= to - dayMs);
  return [
    ...(billed === null ? [sentence(tokens === null ? "rate_missing" : "no_money")] : []),
    ...(isUnlogged && isOutside ? [sentence("outside_logs")] : []),
    ...(isUnlogged && !isOutside ? [sentence(logged.tokens === 0 ? "no_log" : "some_unlogged")] : []),
    ...(isUnlogged && logged.earlyOutput > 0
      ? [
          {
            code: "early_counts",
            sentence: `${logged.earlyOutput} output tokens were logged before their responses ended: a bill has what came after.`,
          },
        ]
      : []),
    ...(isUnbilled ? [sentence("some_unbilled")] : []),
    ...(use === "usage" && billed !== null && atList === null && (isUnlogged || isUnbilled) ? [sentence("list_unknown")] : []),
    ...(logged.unpricedTokens > 0 ? [unpriced(logged)] : []),
  ];
}

/** A day with too much beside one with too little of the same model: at least half of it would only have to move. */
function boundaryReasons(row: ReconcileRow, rows: readonly ReconcileRow[]): ReconcileReason[] {
  if (row.kind !== "usage" || row.from !== row.to || row.model === null) return [];
  const [more, less] = [BigInt(row.unloggedNanoUsd ?? 0), BigInt(row.unbilledNanoUsd ?? 0)];
  const own = more > 0n ? more : less;
  if (own === 0n) return [];
  const model = comparableModel(row.model);
  const at = Date.parse(row.from);
  const isBeside = (other: ReconcileRow): boolean =>
    other.provider === row.provider &&
    other.model !== null &&
    comparableModel(other.model) === model &&
    Math.abs(Date.parse(other.from) - at) === dayMs;
  const opposite = (other: ReconcileRow): bigint => BigInt((more > 0n ? other.unbilledNanoUsd : other.unloggedNanoUsd) ?? 0);
  return rows.some((other) => isBeside(other) && 2n * opposite(other) >= own) ? [sentence("day_boundary")] : [];
}

const inOrder = (a: ReconcileRow, b: ReconcileRow): number =>
  compare(a.provider, b.provider) ||
  compare(a.from, b.from) ||
  billKinds.indexOf(a.kind) - billKinds.indexOf(b.kind) ||
  compare(a.model ?? "", b.model ?? "");
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

type Summed = "loggedNanoUsd" | "billedNanoUsd" | "discountNanoUsd" | "unloggedNanoUsd" | "unbilledNanoUsd";

function totalsOf(rows: readonly ReconcileRow[]): ReconcileTotal[] {
  return [...new Set(rows.map(({ provider }) => provider))].map((provider) => {
    const own = rows.filter((row) => row.provider === provider);
    const usage = own.filter(({ kind }) => kind === "usage");
    /** Null where it is known of no row. */
    const add = (of: readonly ReconcileRow[], column: Summed): bigint | null => {
      const known = of.flatMap((row) => row[column] ?? []);
      return known.length === 0 ? null : known.reduce((all, nano) => all + BigInt(nano), 0n);
    };
    const [billed, logged] = [add(usage, "billedNanoUsd"), add(usage, "loggedNanoUsd")];
    const others = Object.fromEntries(
      billKinds
        .filter((kind) => kind !== "usage")
        .map((kind) => [
          kind,
          (
            add(
              own.filter((row) => row.kind === kind),
              "billedNanoUsd",
            ) ?? 0n
          ).toString(),
        ]),
    ) as Record<Exclude<BillKind, "usage">, string>; // every kind but usage has been given
    return {
      provider,
      from: own.map(({ from }) => from).sort()[0] as string,
      to: own
        .map(({ to }) => to)
        .sort()
        .at(-1) as string,
      loggedNanoUsd: logged?.toString() ?? null,
      billedNanoUsd: billed?.toString() ?? null,
      discountNanoUsd: add(usage, "discountNanoUsd")?.toString() ?? null,
      unloggedNanoUsd: add(usage, "unloggedNanoUsd")?.toString() ?? null,
      unbilledNanoUsd: add(usage, "unbilledNanoUsd")?.toString() ?? null,
      variance: varianceOf(billed, logged),
      others,
      allBilledNanoUsd: add(own, "billedNanoUsd")?.toString() ?? null,
    };
  });
}

function withoutBillOf(cells: readonly LoggedCell[]): Reconciliation["withoutBill"] {
  return [...new Set(cells.map(({ provider }) => provider))]
    .sort((a, b) => compare(a ?? "", b ?? ""))
    .map((provider) => {
      const own = cells.filter((cell) => cell.provider === provider);
      const days = own.map(({ day }) => day);
      return { provider, loggedNanoUsd: sum(own).nano.toString(), from: dayText(Math.min(...days)), to: dayText(Math.max(...days)) };
    });
}
