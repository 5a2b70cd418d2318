import type { Answer } from "../../contract/answer.ts";
import {
  type AnswerFigures,
  computeAnswerFigures,
  type GroupFigure,
  landedSentence,
  problemSentence,
  rankSentence,
  shareOrUnknown,
} from "./answer-figures.ts";
import { type Ink, inkFor } from "./ink.ts";
import { formatCount, formatDayOfYear, formatUsd } from "./numbers.ts";
import { clip, columnsOf, printable, wrap } from "./printable.ts";
import { rollUpLooks } from "./roll-up-look.ts";
import { stackedBar } from "./stacked-bar.ts";
import { type Column, pad, tableLines } from "./text-table.ts";

export interface TextOptions {
  /** Columns of the terminal; more than 100 are not used. */
  readonly width: number;
  readonly color: boolean;
}

const widest = 100;
const narrowest = 60;
/** How many rows a table shows: the page and `--json` show all. */
const rowsShown = { repositories: 3, models: 3, weeks: 4, sessions: 2, changes: 2, horizons: 3 } as const;
const titleColumns = 12;

/**
 * The answer as a person reads it in a terminal: about 60 lines, at most 100 columns, made for 80. Pure: the same answer
 * and options give the same text. Text from logs is made safe for a terminal.
 */
export function renderAnswerText(answer: Answer, options: TextOptions): string {
  const width = Math.max(narrowest, Math.min(options.width, widest));
  const ink = inkFor(options.color);
  const figures = computeAnswerFigures(answer);
  const blocks = [
    headBlock(figures, width, ink),
    groupBlock(figures, width, ink),
    sureBlock(figures, width, ink),
    notKnownBlock(answer, width, ink),
    [""],
    repositoryBlock(answer, width, ink),
    modelBlock(answer, width, ink),
    weekBlock(answer, width, ink),
    sessionBlock(answer, width, ink),
    changeBlock(answer, width, ink),
    closingBlock(answer, figures, width, ink),
  ];
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n")}\n`;
}

function headBlock(figures: AnswerFigures, width: number, ink: Ink): string[] {
  const [period, ...rest] = [...figures.counts].reverse();
  const facts = [`${figures.spent} ${figures.basis}`, ...rest.reverse(), ...(period === undefined ? [] : [period])];
  return [
    ...figures.notices.flatMap((notice) => wrap(notice, width)).map(ink.bold),
    ...joinWrapped(facts, width).map((line) => line.replace(figures.spent, ink.bold(figures.spent))),
    "",
    ...wrap(figures.headline, width).map(ink.bold),
    ...wrap(figures.verdict, width),
  ];
}

/** Facts joined by middle dots, broken between facts only. */
function joinWrapped(facts: readonly string[], width: number): string[] {
  const lines: string[] = [];
  for (const fact of facts) {
    const last = lines.at(-1);
    const longer = last === undefined ? fact : `${last} · ${fact}`;
    if (last !== undefined && columnsOf(longer) <= width) lines[lines.length - 1] = longer;
    else lines.push(fact);
  }
  return lines;
}

function groupBlock(figures: AnswerFigures, width: number, ink: Ink): string[] {
  const observed = figures.groups.filter((group) => group.isObserved);
  if (observed.every((group) => group.nanoUsd === 0n)) return [];
  const lines = [stackedBar(observed, width, ink), groupLine(["", "", "", "of spend", "", "decided", ""], width, ink)];
  for (const group of observed) {
    const fill = ink.color(group.look.terminalColor, group.look.fill.repeat(2));
    lines.push(
      groupLine([fill, group.look.name, group.dollars, group.ofSpend, group.band, group.ofDecided, group.look.sentence], width, ink),
    );
    for (const fate of group.fates) {
      lines.push(
        ink.dim(
          groupLine(["", `  ${fate.title}`, fate.dollars, fate.ofSpend, fate.band, "", printable(fate.sentence)], width, inkFor(false)),
        ),
      );
    }
  }
  lines.push(...notObservedLines(figures.groups, width));
  lines.push(groupLine(["", "total", figures.total.dollars, figures.total.ofSpend, "", figures.total.ofDecided, ""], width, ink));
  return lines;
}

const groupColumns = { fill: 2, name: 11, dollars: 12, share: 8, band: 9, decided: 7 } as const;

function groupLine(cells: readonly [string, string, string, string, string, string, string], width: number, ink: Ink): string {
  const [fill, name, dollars, ofSpend, band, ofDecided, sentence] = cells;
  const figures = [
    pad(name, groupColumns.name, "left"),
    pad(dollars, groupColumns.dollars, "right"),
    pad(ofSpend, groupColumns.share, "right"),
    pad(band, groupColumns.band, "left"),
    pad(ofDecided, groupColumns.decided, "right"),
  ].join(" ");
  const used = groupColumns.fill + 1 + columnsOf(figures) + 2;
  const line = `${fill === "" ? "  " : fill} ${figures}`;
  return sentence === "" ? line.trimEnd() : `${line}  ${ink.dim(clip(sentence, Math.max(0, width - used)))}`;
}

/** Groups nobody can observe here share a line: they are not nothing, they are not seen. */
function notObservedLines(groups: readonly GroupFigure[], width: number): string[] {
  const names = groups.filter((group) => !group.isObserved).map((group) => group.look.name);
  return names.length === 0 ? [] : wrap(`not observed: ${names.join(", ")}`, width - 3).map((line) => `   ${line}`);
}

function sureBlock(figures: AnswerFigures, width: number, ink: Ink): string[] {
  const rows = [...figures.sure];
  if (figures.horizons.length > 0) rows.push({ title: "horizon", sentence: horizonSentence(figures) });
  const lines = rows.flatMap((row) => titledLines(row.title, printable(row.sentence), width, ink));
  return ["", ink.bold("How sure is this?"), ...lines];
}

function horizonSentence(figures: AnswerFigures): string {
  const shown = figures.horizons.slice(0, rowsShown.horizons).map((row) => `${row.title} ${row.sentence}`);
  const more = figures.horizons.length - shown.length;
  return [...shown, ...(more > 0 ? [`${formatCount(more)} more`] : [])].join(" · ");
}

/** A sentence behind its title, wrapped beside it. */
function titledLines(title: string, sentence: string, width: number, ink: Ink): string[] {
  return wrap(sentence, width - titleColumns).map((line, i) => ink.dim(pad(i === 0 ? `  ${title}` : "", titleColumns, "left")) + line);
}

/** All of it, however long: an answer may be cut where it says what it knows, never where it says what it does not. */
function notKnownBlock(answer: Answer, width: number, ink: Ink): string[] {
  if (answer.notKnown.length === 0) return [];
  const lines = answer.notKnown.flatMap((sentence) =>
    wrap(printable(sentence), width - 4).map((line, i) => `  ${i === 0 ? "–" : " "} ${line}`),
  );
  return [ink.bold("What is not known"), ...lines];
}

/** A table under its title, with the number of rows left out. */
function tableBlock(
  title: string,
  columns: readonly Column[],
  rows: readonly string[][],
  shown: number,
  width: number,
  ink: Ink,
): string[] {
  if (rows.length === 0) return [];
  const more = rows.length - shown;
  const titled = columns.map((column, i) =>
    i === 0 ? { ...column, title: more > 0 ? `${title} (${shown} of ${rows.length})` : title } : column,
  );
  const [head = "", ...body] = tableLines(titled, rows.slice(0, shown), width - 2);
  return [ink.bold(head), ...body.map((line) => `  ${line}`)];
}

function repositoryBlock(answer: Answer, width: number, ink: Ink): string[] {
  const rows = answer.repositories.map((repository) => [
    printable(repository.name),
    formatUsd(repository.spendNanoUsd),
    shareOrUnknown(repository.bought, repository.boughtSpan),
    formatCount(repository.commits),
    formatCount(repository.changesLanded),
  ]);
  const columns: Column[] = [left(""), right("spend"), right("bought"), right("commits"), right("landed changes")];
  const table = tableBlock("Repositories", columns, rows, rowsShown.repositories, width, ink);
  return [...table, ...rankLines(answer.notDistinguishable.repositories, width, ink)];
}

function modelBlock(answer: Answer, width: number, ink: Ink): string[] {
  const rows = answer.models.map((model) => [
    printable(model.model),
    model.nanoUsd === null ? (answer.basis === "list" ? "no price" : "not known") : formatUsd(model.nanoUsd),
    shareOrUnknown(model.bought, model.boughtSpan),
    formatCount(model.usages),
  ]);
  const columns: Column[] = [left(""), right("spend"), right("bought"), right("responses")];
  const table = tableBlock("Models", columns, rows, rowsShown.models, width, ink);
  return [...table, ...rankLines(answer.notDistinguishable.models, width, ink)];
}

function rankLines(pairs: readonly (readonly [string, string])[], width: number, ink: Ink): string[] {
  const sentence = rankSentence(pairs);
  return sentence === null ? [] : wrap(printable(sentence), width - 2).map((line) => `  ${ink.dim(line)}`);
}

/** The newest weeks, each a stacked bar on one scale. */
function weekBlock(answer: Answer, width: number, ink: Ink): string[] {
  if (answer.weeks.length === 0) return [];
  const weeks = answer.weeks.slice(-rowsShown.weeks);
  const most = weeks.reduce((max, week) => (BigInt(week.nanoUsd) > max ? BigInt(week.nanoUsd) : max), 1n);
  const room = BigInt(width - 23);
  const title = answer.weeks.length > weeks.length ? `Weeks (last ${weeks.length} of ${answer.weeks.length})` : "Weeks";
  const lines = weeks.map((week) => {
    const parts = rollUpLooks.map((look) => ({ look, nanoUsd: BigInt(week.byRollUp[look.name] ?? 0) }));
    const length = Number((BigInt(week.nanoUsd) * room + most / 2n) / most);
    return `  ${pad(formatDayOfYear(week.week), 7, "left")} ${pad(formatUsd(week.nanoUsd), 11, "right")}  ${stackedBar(parts, length, ink)}`;
  });
  return [ink.bold(title), ...lines];
}

function sessionBlock(answer: Answer, width: number, ink: Ink): string[] {
  const rows = answer.topSessions.map((session) => [
    printable(session.session),
    formatUsd(session.nanoUsd),
    shareOrUnknown(session.bought),
    formatDayOfYear(session.startedAt),
    lastName(session.repository),
  ]);
  return tableBlock(
    "Sessions: assay show session",
    [left(""), right("spend"), right("bought"), right("day"), left("in")],
    rows,
    rowsShown.sessions,
    width,
    ink,
  );
}

function changeBlock(answer: Answer, width: number, ink: Ink): string[] {
  const rows = answer.topChanges.map((change) => [
    printable(change.change),
    formatUsd(change.nanoUsd),
    shareOrUnknown(change.bought),
    change.landedAt === null ? "not landed" : formatDayOfYear(change.landedAt),
    lastName(change.repository),
  ]);
  return tableBlock(
    "Changes: assay show change",
    [left(""), right("spend"), right("bought"), right("landed"), left("in")],
    rows,
    rowsShown.changes,
    width,
    ink,
  );
}

/** The last part of a repository's name: enough to tell a few apart. */
function lastName(repository: string | null): string {
  return printable(repository?.split("/").at(-1) ?? "not known");
}

function closingBlock(answer: Answer, figures: AnswerFigures, width: number, ink: Ink): string[] {
  const kinds = figures.landedLines.filter((row) => row.lines > 0).map((row) => `${row.kind} ${formatCount(row.lines)}`);
  const lines = kinds.length === 0 ? "no landed lines" : `lines: ${kinds.join(" · ")}; AI share ${figures.aiShare}`;
  const survival = figures.survival.filter((point) => point.lines > 0).map((point) => `${point.share} after ${point.days} days`);
  const counted = Math.max(0, ...figures.survival.map((point) => point.lines));
  const alive = `${survival.join(" · ")} (${formatCount(counted)} agent lines)`;
  const problems = `${problemSentence(answer)}${answer.problems.length === 0 ? "" : ": assay problems"}`;
  return [
    "",
    ...titledLines("landed", landedSentence(answer), width, ink),
    ...titledLines("", lines, width, ink),
    ...(survival.length > 0 ? titledLines("alive", alive, width, ink) : []),
    ...titledLines("problems", problems, width, ink),
    ...wrap(printable(answer.ccusageSentence), width).map(ink.dim),
  ];
}

function left(title: string): Column {
  return { title, align: "left" };
}

function right(title: string): Column {
  return { title, align: "right" };
}
