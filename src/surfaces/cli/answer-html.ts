import type { Answer } from "../../contract/answer.ts";
import { hatchDefinitions, rangeBar, shareBar, spendBar, swatch, weekChart } from "./answer-charts.ts";
import {
  type AnswerFigures,
  computeAnswerFigures,
  type GroupFigure,
  landedSentence,
  problemSentence,
  rankSentence,
  shareOrUnknown,
} from "./answer-figures.ts";
import { answerStyle } from "./answer-style.ts";
import { type HtmlColumn, htmlTable, number, text } from "./html-table.ts";
import { html, type Markup, nothing, raw } from "./markup.ts";
import { formatBytes, formatCount, formatDay, formatNumberOf, formatRatio, formatUsd } from "./numbers.ts";
import { rollUpLooks } from "./roll-up-look.ts";

/**
 * The answer as one HTML file that needs nothing else: no script, no request (its own policy forbids them), light and dark,
 * a table under every chart. Pure; all text is escaped.
 * @param paper with every table open, since nobody opens one on paper
 */
export function renderAnswerHtml(answer: Answer, { paper = false }: { readonly paper?: boolean } = {}): string {
  const figures = computeAnswerFigures(answer);
  const about = [figures.spent, ...figures.counts.slice(2)].join(", ");
  const page = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>What did the tokens buy? ${about}${answer.isSample ? " (sample data)" : ""}</title>
<style>${raw(answerStyle)}</style>
</head>
<body>
${hatchDefinitions()}
<main>
${head(answer, figures)}
${groups(figures)}
${sure(answer, figures)}
${weeks(answer, paper)}
${repositories(answer)}
${landed(answer, figures)}
${costliest(answer)}
${modelsAndSources(answer)}
${problems(answer)}
</main>
<footer>
<p>${answer.ccusageSentence}</p>
<p>Shares and dollars are differences of rounded running sums from the first row to the last: they add up to the total, and none is chosen to take a remainder. Every number here: <code>assay report --json</code>. Why it is what it is: <code>assay explain stuck</code>.</p>
</footer>
</body>
</html>
`;
  return page.text;
}

function head(answer: Answer, figures: AnswerFigures): Markup {
  const notices = figures.notices.map((notice) => html`<p class="notice">${notice}</p>`);
  const each = answer.costPerLandedChangeNanoUsd;
  return html`<header>
${notices}<p class="eyebrow">${figures.counts.join(" · ")}</p>
<h1>${figures.headline}</h1>
<p class="verdict">${figures.verdict}</p>
<div class="figures">
${figure(figures.spent, `spent, ${figures.basis}`)}
${figure(answer.coverage === null ? "not known" : formatRatio(answer.coverage), "of it followed to what it bought")}
${figure(formatCount(answer.changesLanded), answer.changesLanded === 1 ? "change landed" : "changes landed")}
${figure(each === null ? "not known" : formatUsd(each), "per landed change, where spend is known")}
</div>
</header>`;
}

function figure(value: string, what: string): Markup {
  return html`<div class="figure"><b>${value}</b><span>${what}</span></div>`;
}

function groups(figures: AnswerFigures): Markup {
  const seen = figures.groups.filter((group) => group.isObserved);
  const unseen = figures.groups.filter((group) => !group.isObserved);
  const { dollars, ofSpend, ofDecided } = figures.total;
  return html`<section class="main" aria-label="What the spend bought">
${spendBar(figures.groups)}
<table class="ledger">
<thead><tr><th scope="col"><span class="wide-only">what it bought</span></th>${["dollars", "of spend", "of decided"].map(
    (title) => html`<th scope="col" class="n">${title}</th>`,
  )}</tr></thead>
<tbody>
${seen.map(groupRows)}${unseenRow(unseen)}</tbody>
<tfoot><tr><th scope="row">total</th>${numberCells([dollars, withBand({ ofSpend, band: "" }), ofDecided])}</tr></tfoot>
</table>
</section>`;
}

function groupRows(group: GroupFigure): Markup {
  const { name, sentence } = group.look;
  const title = html`<div class="group">${swatch(name)}<span>${name}<small>${sentence}</small></span></div>`;
  const fates = group.fates.map((fate) => {
    const meaning = html`<span class="wide-only">: ${fate.sentence}</span>`;
    return html`<tr class="fate"><th scope="row">${fate.title}${meaning}</th>${numberCells([fate.dollars, withBand(fate), ""])}</tr>\n`;
  });
  return html`<tr><th scope="row">${title}</th>${numberCells([group.dollars, withBand(group), group.ofDecided])}</tr>\n${fates}`;
}

/** What nobody can observe here shares a row: it is not nothing, it is not seen. */
function unseenRow(groups: readonly GroupFigure[]): Markup {
  if (groups.length === 0) return nothing;
  const names = groups.map((group) => html`<span>${swatch(group.look.name)}${group.look.name}</span>`);
  return html`<tr><th scope="row"><div class="unseen">${names}</div></th><td class="n" colspan="3">not observed</td></tr>\n`;
}

/** A share with its low and high over the allocations in small print. */
function withBand({ ofSpend, band }: { readonly ofSpend: string; readonly band: string }): Markup {
  return html`${ofSpend}<span class="band">${band}</span>`;
}

function numberCells(cells: readonly (string | Markup)[]): readonly Markup[] {
  return cells.map((cell) => html`<td class="n">${cell}</td>`);
}

function sure(answer: Answer, figures: AnswerFigures): Markup {
  const rows = figures.sure.map((row) => {
    const bar = row.title === "coverage" ? shareBar(answer.coverage) : nothing;
    return html`<div><dt>${row.title}</dt><dd>${row.sentence}${bar}</dd></div>`;
  });
  const horizons = figures.horizons.map((row) => `${row.title}: ${row.sentence}`).join("; ");
  const horizon = html`<div><dt>horizon: known until</dt><dd>${horizons === "" ? "no repository was seen" : horizons}</dd></div>`;
  const unknowns = answer.notKnown.map((sentence) => html`<li>${withCode(sentence)}</li>`);
  return html`<section>
<h2>How sure is this?</h2>
<dl class="sure">${rows}${horizon}</dl>
${unknowns.length === 0 ? nothing : html`<h3>What is not known</h3><ul class="unknowns">${unknowns}</ul>`}
</section>`;
}

function weeks(answer: Answer, paper: boolean): Markup {
  if (answer.weeks.length === 0) return nothing;
  const seen = rollUpLooks.filter((look) => answer.weeks.some((week) => BigInt(week.byRollUp[look.name] ?? 0) > 0n));
  const rows = answer.weeks.map((week) => [
    formatDay(week.week),
    formatUsd(week.nanoUsd),
    ...seen.map((look) => formatUsd(week.byRollUp[look.name] ?? "0")),
  ]);
  const columns = [number("week of"), number("spend"), ...seen.map((look) => number(look.name))];
  return html`<section>
<h2>Week by week</h2>
${weekChart(answer.weeks)}
<details${raw(paper ? " open" : "")}><summary>The weeks as a table</summary>${htmlTable("Weeks", columns, rows)}</details>
</section>`;
}

function repositories(answer: Answer): Markup {
  if (answer.repositories.length === 0) return nothing;
  const rows = answer.repositories.map((repository) => {
    const horizon = repository.horizon === null ? "no commit seen" : `until ${formatDay(repository.horizon)}`;
    const branch = repository.defaultBranch ?? "no default branch";
    return [
      titled(repository.name, [horizon, branch, repository.releaseRule]),
      formatUsd(repository.spendNanoUsd),
      html`${shareOrUnknown(repository.bought, repository.boughtSpan)}${shareBar(repository.bought)}`,
      formatCount(repository.commits),
      formatCount(repository.changesLanded),
    ];
  });
  const bought: HtmlColumn = { title: "bought", kind: "meter" };
  const columns = [text("repository"), number("spend"), bought, { ...number("commits"), wideOnly: true }, number("landed")];
  return html`<section>
<h2>Repositories</h2>
${htmlTable("Repositories", columns, rows)}
${ranks(answer.notDistinguishable.repositories)}
</section>`;
}

function landed(answer: Answer, figures: AnswerFigures): Markup {
  const { low, high } = answer.aiShareOfLandedLines;
  const lines = figures.landedLines.map((row) => [row.kind, formatCount(row.lines), row.share]);
  const survival = figures.survival.map((point) => [`${point.days} days`, point.share, point.lines === 0 ? "" : formatCount(point.lines)]);
  return html`<section>
<h2>What landed</h2>
<p>${landedSentence(answer)}.</p>
<div class="pair">
<div><h3>Who wrote the landed lines</h3>
<p class="small">AI share: ${figures.aiShare}. The upper end counts every line whose author is mixed or not known.</p>
${rangeBar(low, high)}${htmlTable("Landed lines by author", [text("author"), number("lines"), number("share")], lines)}</div>
<div><h3>How long agent lines live</h3>
<p class="small">Alive so many days after landing (Kaplan–Meier: a younger line counts for as long as it was seen).</p>
${htmlTable("Survival of agent lines", [text("after"), number("alive"), number("lines")], survival)}</div>
</div>
</section>`;
}

function costliest(answer: Answer): Markup {
  const figures = [number("spend"), number("bought")];
  const sessions = answer.topSessions.map((session) => [
    titled(html`<code>${session.session}</code>`, [
      formatDay(session.startedAt),
      session.agent,
      session.repository ?? "repository not known",
    ]),
    formatUsd(session.nanoUsd),
    shareOrUnknown(session.bought),
  ]);
  const changes = answer.topChanges.map((change) => {
    const landedOn = change.landedAt === null ? "not landed" : `landed ${formatDay(change.landedAt)}`;
    return [
      titled(html`<code>${change.change}</code>`, [landedOn, change.repository, formatNumberOf(change.lines, "line")]),
      formatUsd(change.nanoUsd),
      shareOrUnknown(change.bought),
    ];
  });
  if (sessions.length + changes.length === 0) return nothing;
  return html`<section>
<h2>Costliest work</h2>
<div class="pair">
${htmlTable("Costliest sessions", [text("session"), ...figures], sessions, html`Open one: <code>assay show session ID</code>`)}
${htmlTable("Costliest changes", [text("change"), ...figures], changes, html`Open one: <code>assay show change ID</code>`)}
</div>
</section>`;
}

function modelsAndSources(answer: Answer): Markup {
  const models = answer.models.map((model) => [
    model.model,
    model.nanoUsd === null ? "no price" : formatUsd(model.nanoUsd),
    shareOrUnknown(model.bought, model.boughtSpan),
    formatCount(model.usages),
  ]);
  const sources = answer.sources.map((source) => [
    source.source,
    formatCount(source.files),
    formatBytes(source.bytes),
    formatCount(source.absent),
    formatCount(source.problems),
  ]);
  const sourceColumns = [text("source"), ...["files", "bytes", "absent", "problems"].map(number)];
  return html`<section>
<div class="pair">
<div><h2>Models</h2>
${htmlTable("Models", [text("model"), number("spend"), number("bought"), number("responses")], models)}
${ranks(answer.notDistinguishable.models)}</div>
<div><h2>Where it was read</h2>
${htmlTable("Sources", sourceColumns, sources)}</div>
</div>
</section>`;
}

function problems(answer: Answer): Markup {
  if (answer.problems.length === 0) return nothing;
  const rows = answer.problems.map((problem) => [problem.code, problem.sentence, problem.severity, formatCount(problem.count)]);
  return html`<section>
<h2>Problems</h2>
<p>${problemSentence(answer)}. Each with its place and what to do: <code>assay problems</code></p>
${htmlTable("Problems", [text("code"), text("what"), text("severity"), number("count")], rows)}
</section>`;
}

/** Which ranks by share bought are made by the choice of allocation. */
function ranks(pairs: readonly (readonly [string, string])[]): Markup {
  const sentence = rankSentence(pairs);
  return sentence === null ? nothing : html`<p class="small">${sentence.replace(/^b/, "B")}</p>`;
}

/** A sentence whose words between backticks are commands. */
function withCode(sentence: string): Markup {
  return html`${sentence.split("`").map((part, i) => (i % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}

/** A row's name with small print under it. */
function titled(name: string | Markup, small: readonly string[]): Markup {
  return html`${name}<span class="under">${small.join(" · ")}</span>`;
}
