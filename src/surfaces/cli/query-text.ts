/** The answer to a query: as an aligned table for people. */
import { basisSentences } from "../../contract/basis.ts";
import type { Cell, MeasureResult, ResultColumn } from "../../contract/query.ts";
import type { TextOptions } from "./answer-text.ts";
import { inkFor } from "./ink.ts";
import { formatCount, formatDay, formatRatio, formatUsd } from "./numbers.ts";
import { columnsOf, printable, wrap } from "./printable.ts";
import { type Column, pad, tableLines } from "./text-table.ts";

const unknown = "–";
const gap = 2;

/**
 * A table with the columns' ids and units, a row of totals where rows may be summed, and everything that has to be said
 * beside it. Where it would be wider than the screen each row becomes a block.
 */
export function queryText(result: MeasureResult, options: TextOptions): string {
  const ink = inkFor(options.color);
  const { columns, rows, query } = result;
  const notes = notesOf(result).flatMap((note) => wrap(printable(note), options.width));
  if (rows.length === 0) return `${["Nothing of that is in the store.", ...notes].join("\n")}\n`;
  const cells = rows.map((row) => columns.map((column) => shownCell(column, row[column.id] ?? null)));
  const total = query.by.length > 0 && query.grain === null ? totalCells(result) : null;
  const body = total === null ? cells : [...cells, total];
  const widths = columns.map((column, c) =>
    Math.max(columnsOf(column.id), columnsOf(unitOf(column)), ...body.map((row) => columnsOf(row[c] ?? ""))),
  );
  const giving = columns.findLastIndex(({ kind }) => kind === "time" || kind === "dimension");
  const least = widths.reduce((sum, width, c) => sum + (c === giving ? Math.min(width, 12) : width) + gap, -gap);
  if (least > options.width) return `${[...blocks(columns, body, total !== null, ink.bold), "", ...notes].join("\n").trimEnd()}\n`;
  const spec = columns.map(({ id, kind }): Column => ({ title: id, align: kind === "time" || kind === "dimension" ? "left" : "right" }));
  const [head = "", units = "", ...lines] = tableLines(spec, [columns.map(unitOf), ...body], options.width);
  const shown = lines.map((line, l) => (total !== null && l === lines.length - 1 ? ink.bold(line) : line));
  return `${[ink.bold(head), ...(units.trim() === "" ? [] : [ink.dim(units)]), ...shown, "", ...notes].join("\n").trimEnd()}\n`;
}

function blocks(
  columns: readonly ResultColumn[],
  body: readonly (readonly string[])[],
  hasTotal: boolean,
  bold: (text: string) => string,
): string[] {
  const width = Math.max(...columns.map(({ id }) => columnsOf(id)));
  const isGroup = ({ kind }: ResultColumn): boolean => kind === "time" || kind === "dimension";
  return body.flatMap((row, r) => {
    const name = columns.flatMap((column, c) => (isGroup(column) && row[c] !== "" ? [row[c] ?? ""] : [])).join(" · ");
    const values = columns.flatMap((column, c) => {
      if (isGroup(column) || row[c] === "") return [];
      const unit = unitOf(column);
      return [`  ${pad(column.id, width, "left")}  ${row[c]}${unit === "" || unit === "USD" || unit === "%" ? "" : ` ${unit}`}`];
    });
    return [...(r === 0 ? [] : [""]), ...(name === "" ? [] : [bold(hasTotal && r === body.length - 1 ? "total" : name)]), ...values];
  });
}

/** What stands under a column's name; empty where the cells say it themselves. */
function unitOf({ kind, unit, type }: ResultColumn): string {
  if (kind === "time" || kind === "dimension" || unit === null) return "";
  if (type === "relative") return "%";
  if (type === "points") return "points";
  if (unit.startsWith("nano-USD")) return `USD${unit.slice("nano-USD".length)}`;
  return unit === "ratio" ? "%" : unit;
}

function shownCell(column: ResultColumn, cell: Cell): string {
  const { kind, type, unit } = column;
  if (cell === null) return kind === "dimension" ? "(not known)" : unknown;
  if (kind === "time") return formatDay(String(cell));
  if (kind === "dimension") return printable(String(cell));
  if (type === "relative") return typeof cell === "number" ? signed(`${(Math.abs(cell) * 100).toFixed(1)} %`, cell) : cell;
  if (type === "points") return signed((Math.abs(Number(cell)) * 100).toFixed(1), Number(cell));
  if (type === "integer_text") return formatUsd(String(cell));
  if (unit === "ratio") return formatRatio(Number(cell));
  const number = Number(cell);
  return Number.isInteger(number) ? formatCount(number) : number.toFixed(2);
}

const signed = (text: string, value: number): string => (value > 0 ? `+${text}` : value < 0 ? `-${text}` : text);

/** Sums of what may be summed; null where rows are missing or nothing may be. */
function totalCells({ columns, rows, warnings }: MeasureResult): string[] | null {
  if (rows.length < 2 || warnings.some(({ code }) => code === "truncated") || !columns.some(({ additive }) => additive)) return null;
  const first = columns.findIndex(({ kind }) => kind === "dimension");
  return columns.map((column, c) => {
    if (c === first) return "total";
    if (!column.additive) return "";
    const known = rows.map((row) => row[column.id] ?? null).filter((cell) => cell !== null);
    if (known.length === 0) return unknown;
    if (column.type === "integer_text") return shownCell(column, String(known.reduce((sum, cell) => sum + BigInt(cell), 0n)));
    return shownCell(
      column,
      known.reduce<number>((sum, cell) => sum + Number(cell), 0),
    );
  });
}

const basisSentence = (basis: NonNullable<MeasureResult["basis"]>): string =>
  basis === "contract" || basis === "billed"
    ? `Dollars are ${basisSentences[basis]}.`
    : "Dollars are API-equivalent at list prices, not what was paid.";

/** Basis, period, buckets that are cut, comparison, warnings: what a number must not be read without. */
function notesOf(result: MeasureResult): string[] {
  const { basis, query, compared, partialBuckets, warnings, columns, rows } = result;
  const { from, to } = query.range;
  const asked = [from === null ? null : `from ${from}`, to === null ? null : `to ${to}`].filter((part) => part !== null).join(" ");
  const isMissing = columns.some(({ id, kind }) => kind !== "dimension" && rows.some((row) => (row[id] ?? null) === null));
  return [
    ...(basis === null ? [] : [basisSentence(basis)]),
    ...(asked === "" ? [] : [`Days ${asked}, in ${query.timeZone}.`]),
    ...(compared === null ? [] : [`Before: ${compared.from} to ${compared.to}. "new": nothing there before.`]),
    ...(partialBuckets.length === 0
      ? []
      : [`Cut by the range, so less than a whole ${query.grain}: ${partialBuckets.map(formatDay).join(", ")}.`]),
    ...(isMissing ? [`${unknown} is not known, not observed, or too small a sample; never 0.`] : []),
    ...warnings.map(({ measure, message }) => (measure === undefined ? message : `${measure}: ${message}`)),
  ];
}
