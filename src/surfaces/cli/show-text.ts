/** One session, change, commit or file, and explanations, for a terminal: the figures first, then the strands they rest on. */
import { changeReviewText } from "./change-review-text.ts";
import type { AnswerFate } from "../../contract/answer.ts";
import type { ChangeCard, CommitCard, Explanation, FileCard, SessionCard, StrandRow } from "../../contract/show.ts";
import type { TextOptions } from "./answer-text.ts";
import { type Ink, inkFor } from "./ink.ts";
import { formatCount, formatNumberOf, formatRatio, formatUsd } from "./numbers.ts";
import { printable, wrap } from "./printable.ts";
import { type Column, pad, tableLines } from "./text-table.ts";

const strandsShown = 8;
const turnsShown = 20;
const changesShown = 12;
const titleColumns = 12;

export function sessionCardText(card: SessionCard, options: TextOptions): string {
  const ink = inkFor(options.color);
  const spend = card.spendNanoUsd === null ? "no price known" : formatUsd(card.spendNanoUsd);
  const responses = `${formatNumberOf(card.usages, "response")}, ${formatCount(card.subagentUsages)} of them by sub-agents`;
  return page([
    [ink.bold(`Session ${printable(card.session)}`)],
    facts(
      [
        ["spend", `${spend} · ${responses}`],
        ["agent", card.agent],
        ["when", `${minute(card.firstAt)} to ${minute(card.lastAt)}`],
        ["where", [card.repository ?? "repository not known", ...card.branches].join(" · ")],
        ["models", card.models.join(", ")],
      ],
      options,
      ink,
    ),
    fateTable(card.fates, options, ink),
    table("Commits", [left("commit"), left("change"), left("grade"), left("method"), right("lines")], commitRows(card), options, ink),
    turnTable(card, options, ink),
    strandTable(card.strands, options, ink),
  ]);
}

export function changeCardText(card: ChangeCard, options: TextOptions): string {
  const ink = inkFor(options.color);
  const landed = card.landedAt === null ? "not landed" : `landed ${minute(card.landedAt)}`;
  const released = card.releasedAt === null ? "not released" : `released ${minute(card.releasedAt)}`;
  const sessions = card.sessions.map((row) => [printable(row.session), formatUsd(row.nanoUsd), formatCount(row.lines)]);
  return page([
    [ink.bold(`Change ${printable(card.change)}`)],
    facts(
      [
        ["spend", formatUsd(card.spendNanoUsd)],
        ["where", card.repository],
        ["state", `${card.changeKind} · ${landed} · ${released} (${card.evidence})`],
        ["review", changeReviewText(card.review)],
        ["lines", `${authorKinds(card.linesByAuthorKind)}; ${formatCount(card.linesAlive)} alive`],
        ["commits", card.commits.map((commit) => commit.slice(0, 10)).join(" ")],
      ],
      options,
      ink,
    ),
    fateTable(card.fates, options, ink),
    table("Sessions", [left("session"), right("spend"), right("lines")], sessions, options, ink),
    strandTable(card.strands, options, ink),
  ]);
}

export function commitCardText(card: CommitCard, options: TextOptions): string {
  const ink = inkFor(options.color);
  const place = card.onDefault ? "on the default branch" : "not on the default branch";
  const released = card.releasedAt === null ? "not released" : `released ${minute(card.releasedAt)}`;
  const sessions = card.sessions.map((row) => [
    printable(row.session),
    row.grade,
    printable(row.method),
    formatRatio(row.confidence),
    formatCount(row.lines),
  ]);
  return page([
    [ink.bold(`Commit ${printable(card.commit)}`)],
    facts(
      [
        ["spend", formatUsd(card.spendNanoUsd)],
        ["where", [card.repository, ...(card.change === null ? [] : [card.change])].join(" · ")],
        ["state", `committed ${minute(card.committedAt)} · ${place} · ${released}`],
        [
          "lines",
          `${formatCount(card.linesAdded)} added, ${formatCount(card.linesRemoved)} removed; ${authorKinds(card.linesByAuthorKind)}`,
        ],
      ],
      options,
      ink,
    ),
    table(
      sessions.length === 0 ? "No session is known to have written it" : "Sessions",
      [left("session"), left("grade"), left("method"), right("confidence"), right("lines")],
      sessions,
      options,
      ink,
    ),
    strandTable(card.strands, options, ink),
  ]);
}

export function fileCardText(card: FileCard, options: TextOptions): string {
  const ink = inkFor(options.color);
  const { aiShare, survival } = card;
  const kinds = [...new Set(card.ages.flatMap(({ lines }) => Object.keys(lines)))].sort();
  const ages = card.ages.map(({ fromDays, toDays, lines }) => [
    toDays === null ? `${fromDays} days and more` : `${fromDays} to ${toDays - 1} days`,
    ...kinds.map((kind) => formatCount(lines[kind] ?? 0)),
  ]);
  const sessions = card.sessions
    .slice(0, strandsShown)
    .map((row) => [printable(row.session), formatUsd(row.nanoUsd), formatCount(row.lines)]);
  const changes = card.changes
    .slice(0, changesShown)
    .map((row) => [printable(row.change), minute(row.landedAt), formatCount(row.linesAdded), formatCount(row.linesRemoved)]);
  return page([
    [ink.bold(`File ${printable(card.path)}`)],
    facts(
      [
        ["spend", `${formatUsd(card.spendNanoUsd)} on the lines commits wrote here, at list prices`],
        ["where", card.repository],
        ["before", card.earlierPaths.join(", ")],
        [
          "lines",
          `${formatCount(card.linesAlive)} alive of ${formatCount(card.linesLanded)} landed and ${formatCount(card.linesWritten)} written`,
        ],
        [
          "by agents",
          aiShare === null ? "no lines to tell" : `${formatRatio(aiShare.low)} to ${formatRatio(aiShare.high)} of the lines alive`,
        ],
        ["survival", `${orUnknown(survival.days7)} alive after 7 days, ${orUnknown(survival.days21)} after 21`],
      ],
      options,
      ink,
    ),
    kinds.length === 0
      ? []
      : table("Lines alive, by days since they landed", [left("age"), ...kinds.map((kind) => right(words(kind)))], ages, options, ink),
    withMore(
      table("Sessions", [left("session"), right("spend"), right("lines")], sessions, options, ink),
      card.sessions.length - strandsShown,
      "sessions",
    ),
    withMore(
      table("Changes that touched it", [left("change"), left("landed"), right("added"), right("removed")], changes, options, ink),
      card.changes.length - changesShown,
      "changes",
    ),
    card.notes.flatMap((note) => wrap(printable(note), options.width)),
  ]);
}

const orUnknown = (share: number | null): string => (share === null ? "not known" : formatRatio(share));

export function explanationText(explanation: Explanation, options: TextOptions): string {
  const ink = inkFor(options.color);
  const width = options.width - 2;
  const indented = (sentences: readonly string[]): string[] =>
    sentences.flatMap((sentence) => wrap(printable(sentence), width).map((line) => `  ${line}`));
  const { definition, sql, leftOut } = explanation;
  return page([
    [ink.bold(printable(explanation.subject)), ...indented(explanation.sentences)],
    causeTable(explanation, options, ink),
    definition === undefined ? [] : [ink.bold("Definition"), ...indented([definition])],
    sql === undefined ? [] : [ink.bold("SQL"), ...sql.split("\n").map((line) => `  ${printable(line)}`)],
    leftOut.length === 0 ? [] : [ink.bold("Left out"), ...indented(leftOut)],
    strandTable(explanation.strands, options, ink),
  ]);
}

function page(blocks: readonly (readonly string[])[]): string {
  return `${blocks
    .filter((block) => block.length > 0)
    .map((block) => block.join("\n"))
    .join("\n\n")}\n`;
}

function facts(rows: readonly (readonly [string, string])[], options: TextOptions, ink: Ink): string[] {
  return rows
    .filter(([, fact]) => fact !== "")
    .flatMap(([title, fact]) =>
      wrap(printable(fact), options.width - titleColumns).map((line, i) => ink.dim(pad(i === 0 ? title : "", titleColumns, "left")) + line),
    );
}

function table(title: string, columns: readonly Column[], rows: readonly string[][], options: TextOptions, ink: Ink): string[] {
  if (rows.length === 0) return title.startsWith("No ") ? [title] : [];
  const [head = "", ...body] = tableLines(columns, rows, options.width - 2);
  return [ink.bold(title), `  ${ink.dim(head)}`, ...body.map((line) => `  ${line}`)];
}

function fateTable(fates: readonly AnswerFate[], options: TextOptions, ink: Ink): string[] {
  const seen = fates.filter((fate) => fate.nanoUsd !== null && fate.nanoUsd !== "0");
  const unseen = fates.filter((fate) => fate.nanoUsd === null).map((fate) => words(fate.fate));
  const rows = seen.map((fate) => [
    words(fate.fate),
    formatUsd(fate.nanoUsd ?? 0n),
    fate.share === null ? "" : formatRatio(fate.share),
    printable(fate.sentence),
  ]);
  const lines = table("What it bought", [left("fate"), right("dollars"), right("share"), left("")], rows, options, ink);
  return unseen.length === 0 ? lines : [...lines, `  not observed: ${unseen.join(", ")}`];
}

function causeTable({ causes }: Explanation, options: TextOptions, ink: Ink): string[] {
  const rows = (causes ?? []).map(({ cause, nanoUsd, share, sentence }) => [
    words(cause),
    formatUsd(nanoUsd),
    share === null ? "" : formatRatio(share),
    printable(sentence),
  ]);
  return table("What put it there", [left("cause"), right("dollars"), right("share"), left("")], rows, options, ink);
}

function commitRows(card: SessionCard): string[][] {
  return card.commits.map((row) => [
    row.commit.slice(0, 10),
    printable(row.change ?? "none"),
    row.grade,
    printable(row.method),
    formatCount(row.lines),
  ]);
}

function turnTable(card: SessionCard, options: TextOptions, ink: Ink): string[] {
  const rows = card.turns
    .slice(0, turnsShown)
    .map((turn) => [
      String(turn.turn),
      minute(turn.startedAt),
      formatUsd(turn.nanoUsd),
      formatCount(turn.usages),
      formatCount(turn.editSegments),
      printable(turn.purpose),
      words(turn.activity),
    ]);
  const columns = [right("turn"), left("began"), right("spend"), right("responses"), right("edits"), left("purpose"), left("mostly")];
  return withMore(table("Turns", columns, rows, options, ink), card.turns.length - turnsShown, "turns");
}

/** The largest strands, each with the sentence that says why it ended so. */
function strandTable(strands: readonly StrandRow[], options: TextOptions, ink: Ink): string[] {
  const shown = strands.slice(0, strandsShown);
  const rows = shown.map((strand) => [
    words(strand.fate),
    formatUsd(strand.nanoUsd),
    strand.grade ?? "",
    strand.flow,
    strand.side === null ? "" : `${formatCount(strand.lines)} ${strand.side}`,
    (strand.commit ?? "").slice(0, 10),
    printable(strand.change ?? ""),
  ]);
  const columns = [left("fate"), right("dollars"), left("grade"), left("flow"), right("lines"), left("commit"), left("change")];
  const [title = "", head = "", ...lines] = table("Strands", columns, rows, options, ink);
  if (shown.length === 0) return [];
  const explained = lines.flatMap((line, i) => [
    line,
    ...wrap(printable(shown[i]?.sentence ?? ""), options.width - 6).map((sentence) => ink.dim(`      ${sentence}`)),
  ]);
  return withMore([title, head, ...explained], strands.length - strandsShown, "strands");
}

function withMore(lines: string[], more: number, what: string): string[] {
  return more > 0 ? [...lines, `  … and ${formatCount(more)} more ${what}: --json lists all`] : lines;
}

function authorKinds(lines: Readonly<Record<string, number>>): string {
  const known = Object.entries(lines).filter(([, count]) => count > 0);
  return known.length === 0 ? "no lines" : known.map(([kind, count]) => `${words(kind)} ${formatCount(count)}`).join(" · ");
}

function words(name: string): string {
  return printable(name).replaceAll("_", " ");
}

/** `2026-01-21 08:12 UTC` */
function minute(instant: string): string {
  return `${instant.slice(0, 16).replace("T", " ")} UTC`;
}

function left(title: string): Column {
  return { title, align: "left" };
}

function right(title: string): Column {
  return { title, align: "right" };
}
