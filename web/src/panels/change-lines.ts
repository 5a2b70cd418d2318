/**
 * What changed since the week before, and what to do, in three lines: the spend, what moved it most, and the one action
 * that would make most dollars either known or kept. Every number is a cell of an answer; where nothing changed, that is said.
 */
import type { Answer } from "../../../src/contract/answer.ts";
import type { MeasureResult } from "../../../src/contract/query.ts";
import { formatRatio, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import type { Filter } from "../url/filters.ts";

export interface ChangeLine {
  readonly kind: "changed" | "same" | "do";
  readonly title: string;
  readonly text: string;
  /** The number the line speaks of, to open. */
  readonly opens: { readonly measure: string; readonly where: readonly Filter[]; readonly isWeek: boolean };
}

/** Moves of less than this part of the week before are said to be none. */
const sameWithin = 0.05;

type Row = MeasureResult["rows"][number];

const nano = (row: Row | undefined, column: string): bigint => BigInt(row?.[column] ?? 0);
const size = (value: bigint): bigint => (value < 0n ? -value : value);

/** @param weekTotal spend and changes_landed, compared @param weekByModel spend by model, compared */
export function changeLines(answer: Answer, weekTotal: MeasureResult, weekByModel: MeasureResult): ChangeLine[] {
  return [spendLine(weekTotal), driverLine(weekByModel), actionLine(answer)].flatMap((line) => line ?? []);
}

function spendLine({ rows: [row] }: MeasureResult): ChangeLine {
  const now = nano(row, "spend");
  const before = nano(row, "spend__base");
  const landed = `${row?.["changes_landed"] ?? 0} changes landed, ${row?.["changes_landed__base"] ?? 0} the week before`;
  const opens = { measure: "spend", where: [], isWeek: true };
  if (now === 0n && before === 0n)
    return { kind: "same", title: "Nothing was spent", text: `Neither in the last seven days nor in the seven before; ${landed}.`, opens };
  if (before === 0n)
    return { kind: "changed", title: `Spend is new: ${formatUsd(now)}`, text: `Nothing was spent the week before; ${landed}.`, opens };
  const change = Number(now - before) / Number(before);
  const same = Math.abs(change) < sameWithin;
  const title = same
    ? `Spend stayed where it was: ${formatUsd(now)}`
    : `Spend ${now > before ? "rose" : "fell"} ${formatRatio(Math.abs(change))} to ${formatUsd(now)}`;
  return { kind: same ? "same" : "changed", title, text: `From ${formatUsd(before)}; ${landed}.`, opens };
}

function driverLine({ rows }: MeasureResult): ChangeLine | null {
  const moves = rows.map((row) => ({ model: row["model"], by: nano(row, "spend") - nano(row, "spend__base") }));
  const [first] = moves.toSorted((a, b) => (size(b.by) > size(a.by) ? 1 : -1));
  if (first === undefined) return null;
  const model = first.model === null || first.model === undefined ? null : String(first.model);
  const opens = { measure: "spend", where: [{ dimension: "model", is: "in" as const, values: [model] }], isWeek: true };
  const name = model ?? "a model that is not known";
  const total = moves.reduce((sum, { by }) => sum + size(by), 0n);
  const before = rows.reduce((sum, row) => sum + nano(row, "spend__base"), 0n);
  if (Number(size(first.by)) < Number(before) * sameWithin)
    return { kind: "same", title: "No model moved it", text: `The largest move is ${name}'s, ${signed(first.by)}.`, opens };
  const rest = moves.filter(({ by }) => by !== 0n).length - 1;
  const text =
    rest === 0
      ? "No other model's spend changed."
      : `${formatRatio(Number(size(first.by)) / Number(total))} of all moves; ${rest} other ${rest === 1 ? "model" : "models"} moved too.`;
  return { kind: "changed", title: `${name} moved it most: ${signed(first.by)}`, text, opens };
}

/** Money that one step makes known goes before money that was undone. */
function actionLine(answer: Answer): ChangeLine | null {
  const unseen = answer.unlinkedReasons.find(({ reason }) => reason === "repository_unseen");
  const undone = answer.fates
    .filter(({ fate, nanoUsd }) => ["rework", "removed", "reverted", "abandoned"].includes(fate) && nanoUsd !== null)
    .toSorted((a, b) => (BigInt(b.nanoUsd ?? 0) > BigInt(a.nanoUsd ?? 0) ? 1 : -1))[0];
  if (unseen !== undefined && BigInt(unseen.nanoUsd) > BigInt(undone?.nanoUsd ?? 0)) {
    return {
      kind: "do",
      title: `Show Assay the repository behind ${formatUsd(unseen.nanoUsd)}`,
      text: "`assay import --repo PATH` follows it to its lines.",
      opens: { measure: "spend", where: [{ dimension: "unlinked_reason", is: "in", values: [unseen.reason] }], isWeek: false },
    };
  }
  if (undone === undefined || BigInt(undone.nanoUsd ?? 0) === 0n) return null;
  return {
    kind: "do",
    title: `Look at the ${formatUsd(undone.nanoUsd ?? "0")} that ended as ${undone.fate}`,
    text: `${asSentence(undone.sentence)} It is the largest part of what was undone over all days; open it for the sessions.`,
    opens: { measure: "spend", where: [{ dimension: "fate", is: "in", values: [undone.fate] }], isWeek: false },
  };
}

const signed = (value: bigint): string => `${value > 0n ? "+" : value < 0n ? "−" : ""}${formatUsd(size(value))}`;
const asSentence = (text: string): string => (text.endsWith(".") ? text : `${text}.`);
