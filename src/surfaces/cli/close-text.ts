/** Closed periods, restatements and sensitivity for a terminal. */
import type { ClosedPeriod, Restatement, RestatementCause, Sensitivity } from "../../contract/close.ts";
import { type FateName, rollUp } from "../../contract/fates.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatDay, formatNumberOf, formatTenths, formatUsd, shareUnits } from "./numbers.ts";
import { type Column, tableLines } from "./text-table.ts";

const left = (title: string): Column => ({ title, align: "left" });
const right = (title: string): Column => ({ title, align: "right" });

export function closedText(closed: ClosedPeriod): string {
  return [
    `Closed ${closed.period} (${closed.timeZone}): ${formatUsd(closed.spendNanoUsd)} at API list prices, ${formatNumberOf(closed.usages, "response")}.`,
    `Known until ${formatDay(closed.knownUntil)}. What changes it later: assay restatement ${closed.period}`,
    "",
  ].join("\n");
}

export function closesText(all: readonly ClosedPeriod[], options: TextOptions): string {
  if (all.length === 0) return "No period is closed yet: assay close 2026-10\n";
  const columns = [left("period"), left("time zone"), right("spend"), right("responses"), left("closed"), left("known until")];
  const rows = all.map((closed) => [
    closed.period,
    closed.timeZone,
    formatUsd(closed.spendNanoUsd),
    String(closed.usages),
    formatDay(closed.closedAt),
    formatDay(closed.knownUntil),
  ]);
  return titled(columns, rows, options);
}

const causeSentences: Readonly<Record<RestatementCause, string>> = {
  late_fact: "known or landed only after the close",
  revert: "taken out by a revert, or put back",
  incident: "taken out by a removal that an incident names",
  price: "another list price",
  rule_version: "other rules or parameters",
  rewritten: "the default branch was rewritten",
};

/** The snapshot, what ripened as planned, what was restated and by which cause: the columns add up to today's numbers. */
export function restatementText({ closed, fates, restatements, ripened }: Restatement, options: TextOptions): string {
  const signed = (nano: string): string => (nano === "0" ? "–" : nano.startsWith("-") ? formatUsd(nano) : `+${formatUsd(nano)}`);
  const byFate = fates.map((row) => [
    words(row.fate),
    formatUsd(row.closedNanoUsd),
    signed(row.ripenedNanoUsd),
    signed(row.restatedNanoUsd),
    formatUsd(row.nowNanoUsd),
  ]);
  const sum = (key: "closedNanoUsd" | "ripenedNanoUsd" | "restatedNanoUsd" | "nowNanoUsd"): string =>
    fates.reduce((total, row) => total + BigInt(row[key]), 0n).toString();
  byFate.push([
    "total",
    formatUsd(sum("closedNanoUsd")),
    signed(sum("ripenedNanoUsd")),
    signed(sum("restatedNanoUsd")),
    formatUsd(sum("nowNanoUsd")),
  ]);
  const place = (fate: FateName | null): string => (fate === null ? "(not in the total)" : words(fate));
  const causes = restatements.map((row) => [
    words(row.cause),
    formatUsd(row.nanoUsd),
    `${place(row.from)} → ${place(row.to)}`,
    causeSentences[row.cause],
  ]);
  const head = `${closed.period} (${closed.timeZone}), closed ${formatDay(closed.closedAt)}, known until ${formatDay(closed.knownUntil)}`;
  return [
    inkFor(options.color).bold(head),
    "",
    titled([left("fate"), right("closed"), right("ripened"), right("restated"), right("now")], byFate, options).trimEnd(),
    "",
    causes.length === 0
      ? "Nothing was restated."
      : titled([left("cause"), right("amount"), left("from → to"), left("because")], causes, options).trimEnd(),
    ...(ripened.length === 0 ? [] : ["", "Ripened as planned: it left maturing or in flight, which is no restatement."]),
    "",
  ].join("\n");
}

/** Shares of spend by group for each number of days. */
export function sensitivityText({ asked, spendNanoUsd, rows }: Sensitivity, options: TextOptions): string {
  const names = ["bought", "ripening", "undone"] as const;
  const spend = BigInt(spendNanoUsd);
  const cells = rows.map(({ days, fates }) => {
    const groups = names.map((name) => rollUp[name].reduce((sum, fate: FateName) => sum + BigInt(fates[fate] ?? "0"), 0n));
    const rest = spend - groups.reduce((sum, nano) => sum + nano, 0n);
    return [
      `${days}${days === asked ? " *" : ""}`,
      ...shareUnits([...groups, rest], spend, 1000n).map((tenths) => (spend === 0n ? "–" : formatTenths(tenths))),
    ];
  });
  const table = titled([left("days to stick"), ...[...names, "the rest"].map(right)], cells, options);
  return `${table}* what every other answer uses (stick_days). Of all spend, ${formatUsd(spendNanoUsd)}.\n`;
}

function titled(columns: readonly Column[], rows: readonly (readonly string[])[], options: TextOptions): string {
  const [head = "", ...body] = tableLines(columns, rows, options.width);
  return `${[inkFor(options.color).bold(head), ...body].join("\n")}\n`;
}

const words = (id: string): string => id.replaceAll("_", " ");
