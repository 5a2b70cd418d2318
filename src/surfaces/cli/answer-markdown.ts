/**
 * The answer as one Markdown text: its charts are pictures inside it, each above a table with the same numbers, which is
 * what a reader sees where pictures inside a text are not shown. Pure; text that was read cannot mark anything up.
 */
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
import { spendBarSvg, weeksSvg } from "./answer-svg.ts";
import { formatCount, formatDay, formatUsd } from "./numbers.ts";
import { printable } from "./printable.ts";
import { rollUpLooks } from "./roll-up-look.ts";

export function renderAnswerMarkdown(answer: Answer): string {
  const figures = computeAnswerFigures(answer);
  const blocks = [
    `# ${plain(figures.headline)}`,
    ...figures.notices.map((notice) => `> **${plain(notice)}**`),
    `**${plain(figures.spent)}** ${plain(figures.basis)} · ${figures.counts.map(plain).join(" · ")}`,
    plain(figures.verdict),
    image(`The spend by what it bought`, spendBarSvg(answer)),
    groups(figures),
    "## How sure is this?",
    list([...figures.sure, ...figures.horizons].map(({ title, sentence }) => `**${plain(title)}**: ${plain(sentence)}`)),
    ...(answer.notKnown.length === 0 ? [] : ["## What is not known", list(answer.notKnown.map(plain))]),
    ...weeks(answer),
    ...section("Repositories", ["repository", "spend", "bought", "commits", "landed"], repositories(answer), [
      rankSentence(answer.notDistinguishable.repositories),
    ]),
    "## What landed",
    `${plain(landedSentence(answer))}. AI share of landed lines: ${plain(figures.aiShare)}.`,
    table(
      ["author", "lines", "share"],
      figures.landedLines.map(({ kind, lines, share }) => [kind, formatCount(lines), share]),
    ),
    ...section("Costliest sessions", ["session", "began", "repository", "spend", "bought"], sessions(answer)),
    ...section("Costliest changes", ["change", "repository", "landed", "spend", "bought"], changes(answer)),
    ...section("Models", ["model", "spend", "bought", "responses"], models(answer), [rankSentence(answer.notDistinguishable.models)]),
    ...(answer.problems.length === 0
      ? []
      : section(
          "Problems",
          ["code", "what", "severity", "count"],
          answer.problems.map(({ code, sentence, severity, count }) => [code, sentence, severity, formatCount(count)]),
          [problemSentence(answer)],
        )),
    plain(answer.ccusageSentence),
  ];
  return `${blocks.join("\n\n")}\n`;
}

function groups({ groups: all, total }: AnswerFigures): string {
  const rows = all.flatMap((group): string[][] =>
    group.isObserved ? groupRows(group) : [[`**${group.look.name}**`, "not observed", "", "", "", group.look.sentence]],
  );
  return marked(
    ["what it bought", "dollars", "of spend", "band", "of decided", "which is"],
    [...rows, ["**total**", total.dollars, total.ofSpend, "", total.ofDecided, ""]],
  );
}

function groupRows({ look, dollars, ofSpend, band, ofDecided, fates }: GroupFigure): string[][] {
  return [
    [`**${look.name}**`, dollars, ofSpend, band, ofDecided, look.sentence],
    ...fates.map((fate) => [`· ${plain(fate.title)}`, fate.dollars, fate.ofSpend, fate.band, "", plain(fate.sentence)]),
  ];
}

function weeks(answer: Answer): string[] {
  const picture = weeksSvg(answer);
  if (picture === null) return [];
  const seen = rollUpLooks.filter((look) => answer.weeks.some((week) => BigInt(week.byRollUp[look.name] ?? 0) > 0n));
  const rows = answer.weeks.map(({ week, nanoUsd, byRollUp }) => [
    formatDay(week),
    formatUsd(nanoUsd),
    ...seen.map(({ name }) => formatUsd(byRollUp[name] ?? "0")),
  ]);
  return ["## Week by week", image("Spend by week", picture), table(["week of", "spend", ...seen.map(({ name }) => name)], rows)];
}

const repositories = (answer: Answer): string[][] =>
  answer.repositories.map(({ name, spendNanoUsd, bought, boughtSpan, commits, changesLanded }) => [
    name,
    formatUsd(spendNanoUsd),
    shareOrUnknown(bought, boughtSpan),
    formatCount(commits),
    formatCount(changesLanded),
  ]);
const sessions = (answer: Answer): string[][] =>
  answer.topSessions.map(({ session, startedAt, repository, nanoUsd, bought }) => [
    session,
    formatDay(startedAt),
    repository ?? "not known",
    formatUsd(nanoUsd),
    shareOrUnknown(bought),
  ]);
const changes = (answer: Answer): string[][] =>
  answer.topChanges.map(({ change, repository, landedAt, nanoUsd, bought }) => [
    change,
    repository,
    landedAt === null ? "not landed" : formatDay(landedAt),
    formatUsd(nanoUsd),
    shareOrUnknown(bought),
  ]);
const models = (answer: Answer): string[][] =>
  answer.models.map(({ model, nanoUsd, bought, boughtSpan, usages }) => [
    model,
    nanoUsd === null ? "no price" : formatUsd(nanoUsd),
    shareOrUnknown(bought, boughtSpan),
    formatCount(usages),
  ]);

function section(
  title: string,
  head: readonly string[],
  rows: readonly (readonly string[])[],
  notes: readonly (string | null)[] = [],
): string[] {
  if (rows.length === 0) return [];
  return [`## ${title}`, table(head, rows), ...notes.flatMap((note) => (note === null ? [] : [plain(note)]))];
}

const list = (items: readonly string[]): string => items.map((item) => `- ${item}`).join("\n");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  marked(
    head,
    rows.map((cells) => cells.map(plain)),
  );

/** A table of cells that are Markdown already; numbers stand at the right. */
function marked(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const isNumber = head.map((_, c) => c > 0 && rows.every((cells) => /^$|^[<$\d(–-]|^not |^no price$|^\*\*/.test(cells[c] ?? "")));
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  return [line(head), line(isNumber.map((right) => (right ? "--:" : "---"))), ...rows.map(line)].join("\n");
}

/** A picture inside the text, with words for where it is not shown. */
const image = (words: string, svg: string): string =>
  `![${words}; the table below has the numbers](data:image/svg+xml;base64,${Buffer.from(svg).toString("base64")})`;

/** Text that marks nothing up: signs of Markdown and HTML stand for themselves. Code between backticks stays code. */
function plain(text: string): string {
  return printable(text)
    .split("`")
    .map((part, i) => (i % 2 === 1 ? `\`${part.replaceAll("|", "\\|")}\`` : part.replace(/[\\*_[\]<>#|~!]/g, (sign) => `\\${sign}`)))
    .join("");
}
