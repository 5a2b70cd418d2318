/** Bills, and how they reconcile with the logs, for a terminal. */
import type { BillRow, BillsImport, FocusExport, ReconcileRow, ReconcileTotal, Reconciliation } from "../../contract/bills.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatNumberOf, formatPeriod, formatRatio, formatUsd } from "./numbers.ts";
import { printable } from "./printable.ts";
import { groupedProblemLines } from "./problems-text.ts";
import { tableLines } from "./text-table.ts";

export function billsImportText({ files, lines }: BillsImport): string {
  const each = files.map(({ file, title, lines: own, problems: told }) => {
    const isAsked = told.some(({ code }) => code.startsWith("bill_api_"));
    const none = isAsked ? "was not read" : "no bill that is known";
    return `${printable(file)}: ${title === null ? none : `${title}, ${formatNumberOf(own, "line")}`}`;
  });
  const problems = groupedProblemLines(
    files.flatMap((file) => file.problems),
    3,
  );
  const all = files.length > 1 ? [`${formatNumberOf(lines, "line")} of ${formatNumberOf(files.length, "file")}.`] : [];
  return `${[...each, ...all, ...problems].join("\n")}\n`;
}

export function billsText(rows: readonly BillRow[], options: TextOptions): string {
  if (rows.length === 0) return "No bill is stored. `assay bills import FILE` reads one.\n";
  const columns = [
    { title: "provider", align: "left" },
    { title: "report", align: "left" },
    { title: "period", align: "left" },
    { title: "lines", align: "right" },
    { title: "billed", align: "right" },
    { title: "account", align: "left" },
  ] as const;
  const cells = rows.map(({ provider, report, from, to, lines, billedNano, currency, account }) => [
    provider,
    report,
    formatPeriod(from, to) ?? "",
    formatCount(lines),
    billedNano === null ? "tells none" : `${amount(billedNano)} ${currency}`,
    printable(account),
  ]);
  const [head = "", ...body] = tableLines(columns, cells, options.width);
  return [
    inkFor(options.color).bold(head),
    ...body,
    "",
    "Of reports that tell the same money only one counts: `assay reconcile`.",
    "",
  ].join("\n");
}

/** An amount of any currency, to the hundredth. */
const amount = (nano: string): string => formatUsd(nano).replace("$", "");

const money = (nano: string | null): string => (nano === null ? "not known" : formatUsd(nano));
const maybe = (nano: string | null): string => (nano === null || nano === "0" ? "" : formatUsd(nano));

export function reconciliationText(told: Reconciliation, options: TextOptions): string {
  if (told.rows.length === 0)
    return `No bill is stored for what was asked.${withoutBill(told)
      .map((line) => `\n${line}`)
      .join("")}\n`;
  const ink = inkFor(options.color);
  const columns = [
    { title: "days", align: "left" },
    { title: "model", align: "left" },
    { title: "logged", align: "right" },
    { title: "billed", align: "right" },
    { title: "discount", align: "right" },
    { title: "unlogged", align: "right" },
    { title: "unbilled", align: "right" },
    { title: "variance", align: "right" },
  ] as const;
  const blocks = told.providers.flatMap((total) => {
    const rows = told.rows.filter(({ provider }) => provider === total.provider);
    const together = rows.some(({ kind }) => kind === "usage") ? [totalCells(total)] : [];
    const [head = "", ...body] = tableLines(columns, [...rows.map(rowCells), ...together], options.width);
    const sum = body.splice(rows.length).map((line) => ink.bold(line));
    return [ink.bold(total.provider), head, ...body, ...sum, ...otherLines(total), ""];
  });
  const reasons = reasonLines(told.rows);
  const notes = [
    ...told.notCounted.map(
      ({ provider, report, insteadOf, lines }) =>
        `${formatNumberOf(lines, "line")} of ${report} (${provider}) tell the money of days that ${insteadOf} tells: not counted.`,
    ),
    ...told.withoutRate.map(
      ({ currency, lines, nano }) =>
        `${formatNumberOf(lines, "line")} in ${currency} (${amount(nano)}) have no exchange rate on their day: in no sum. Add exchange_rates to assay.yaml.`,
    ),
    ...withoutBill(told),
    "Logged is at list prices. billed = logged + discount + unlogged − unbilled.",
  ];
  return [...blocks, ...reasons, ...(reasons.length > 0 ? [""] : []), ...notes, ""].join("\n");
}

const shownVariance = (variance: number | null): string =>
  variance === null ? "" : variance < 0 ? `−${formatRatio(-variance)}` : formatRatio(variance);

/** One day, a whole month as `2026-06`, or from and to. */
function daysOf({ from, to }: Pick<ReconcileRow, "from" | "to">): string {
  if (from === to) return from;
  const month = from.slice(0, 7);
  const last = new Date(Date.UTC(Number(month.slice(0, 4)), Number(month.slice(5)), 0)).toISOString().slice(0, 10);
  return from.endsWith("-01") && to === last ? month : `${from} – ${to}`;
}

const rowCells = (row: ReconcileRow): string[] => [
  daysOf(row),
  row.kind === "usage" ? printable(row.model ?? "all models") : row.kind.replaceAll("_", " "),
  row.kind === "usage" ? money(row.loggedNanoUsd) : "",
  row.billedNanoUsd === null && row.unbilledNanoUsd !== null && row.billedTokens === null ? "no line" : money(row.billedNanoUsd),
  maybe(row.discountNanoUsd),
  maybe(row.unloggedNanoUsd),
  maybe(row.unbilledNanoUsd),
  shownVariance(row.variance),
];

const totalCells = (total: ReconcileTotal): string[] => [
  "together",
  "usage",
  money(total.loggedNanoUsd),
  money(total.billedNanoUsd),
  maybe(total.discountNanoUsd),
  maybe(total.unloggedNanoUsd),
  maybe(total.unbilledNanoUsd),
  shownVariance(total.variance),
];

function otherLines({ others, allBilledNanoUsd }: ReconcileTotal): string[] {
  const named = Object.entries(others).filter(([, nano]) => nano !== "0");
  if (named.length === 0) return [];
  return [
    `The bill has ${money(allBilledNanoUsd)} in all: usage, and ${named.map(([kind, nano]) => `${kind} ${formatUsd(nano)}`).join(", ")}.`,
  ];
}

/** Each reason once, with the rows it is given for. */
function reasonLines(rows: readonly ReconcileRow[]): string[] {
  const reasons = new Map<string, { sentence: string; rows: number }>();
  for (const { reasons: own } of rows)
    for (const { code, sentence } of own) {
      const known = reasons.get(code);
      reasons.set(code, { sentence: known === undefined ? sentence : known.sentence, rows: (known?.rows ?? 0) + 1 });
    }
  return [...reasons.values()].map(({ sentence, rows: count }) => `${formatNumberOf(count, "row")}: ${sentence}`);
}

const withoutBill = ({ withoutBill: none }: Reconciliation): string[] =>
  none.map(
    ({ provider, loggedNanoUsd, from, to }) =>
      `${provider ?? "A provider the logs do not name"}: ${formatUsd(loggedNanoUsd)} was logged (${formatPeriod(from, to)}) of days without a bill.`,
  );

/** What was exported, and what could not be. */
export function exportSentence({ rows, basis, totalNanoUsd, withoutCost }: Omit<FocusExport, "csv">): string {
  const left = withoutCost === 0 ? "" : ` ${formatNumberOf(withoutCost, "charge")} without a known cost have no row.`;
  return `${formatNumberOf(rows, "row")} of ${formatUsd(totalNanoUsd)} (${basis}).${left}`;
}
