/**
 * The answer as one picture that needs nothing else, and its charts as pictures of their own: the same parts the page draws,
 * put one under another. Pure; all text is escaped.
 */
import type { Answer } from "../../contract/answer.ts";
import { hatchDefinitions, spendBar, swatch, weekPlot } from "./answer-charts.ts";
import { type AnswerFigures, computeAnswerFigures, type GroupFigure } from "./answer-figures.ts";
import { pictureStyle } from "./answer-style.ts";
import { html, type Markup, nothing, raw } from "./markup.ts";
import { formatRatio } from "./numbers.ts";
import { wrap } from "./printable.ts";

const width = 1080;
const edge = 40;
const inner = width - 2 * edge;
/** Letters of 15 pixels that fit beside each other, with room to spare. */
const lettersInLine = 125;

/** A part of the picture: so high, drawn where it begins. */
interface Block {
  readonly height: number;
  draw(y: number): Markup;
}

export function renderAnswerSvg(answer: Answer): string {
  const figures = computeAnswerFigures(answer);
  const blocks = [
    ...figures.notices.flatMap((notice) => lines(notice, "warn")),
    line(figures.headline, "head", 44),
    line(`${figures.spent} ${figures.basis} · ${figures.counts.join(" · ")}`, "strong", 28),
    ...lines(figures.verdict),
    gap(16),
    bar(figures),
    gap(14),
    ...figures.groups.filter(({ isObserved }) => isObserved).map(legendLine),
    ...unseenLines(figures),
    gap(10),
    ...weekBlocks(answer),
    ...lines(sureText(answer, figures), "soft"),
  ];
  let y = edge;
  const drawn = blocks.map((block) => {
    const at = y;
    y += block.height;
    return block.draw(at);
  });
  return picture(width, y + edge - 10, `What did the tokens buy? ${figures.spent}. ${figures.verdict}`, html`${drawn}`);
}

/** The bar of the spend alone. */
export function spendBarSvg(answer: Answer): string {
  const figures = computeAnswerFigures(answer);
  return picture(inner, 72, `The spend by what it bought: ${saidShares(figures)}`, bar(figures, 0).draw(0));
}

/** The weeks alone; null where nothing was spent. */
export function weeksSvg(answer: Answer): string | null {
  const plot = weekPlot(answer.weeks);
  if (plot === null) return null;
  return picture(inner, plot.height, plot.label, weeks(answer, 0, 0));
}

/** A picture of so many pixels, with its words for who does not see it. */
function picture(pictureWidth: number, height: number, label: string, content: Markup): string {
  return html`<svg xmlns="http://www.w3.org/2000/svg" width="${pictureWidth}" height="${height}" viewBox="0 0 ${pictureWidth} ${height}" role="img" aria-label="${label}">
<title>${label}</title>
<style>${raw(pictureStyle)}</style>
${hatchDefinitions()}
<rect width="${pictureWidth}" height="${height}" style="fill:var(--paper)"/>
${content}
</svg>
`.text;
}

const saidShares = ({ groups }: AnswerFigures): string =>
  groups
    .filter((group) => group.isObserved && group.tenths > 0n)
    .map((group) => `${group.look.name} ${group.ofSpend}`)
    .join(", ");

const gap = (height: number): Block => ({ height, draw: () => nothing });

function line(text: string, style: string, height: number): Block {
  return { height, draw: (y) => html`<text x="${edge}" y="${y + height - 12}" class="${style}">${text}</text>\n` };
}

const lines = (text: string, style = ""): Block[] => wrap(text, lettersInLine).map((part) => line(part, style, 24));

function bar({ groups }: AnswerFigures, x = edge): Block {
  return { height: 72, draw: (y) => html`<svg x="${x}" y="${y}" width="${inner}" height="72">${spendBar(groups)}</svg>\n` };
}

/** Where the cells of the legend end or begin. */
const columns = { name: 26, dollars: 260, share: 350, band: 360, sentence: 450 } as const;

function legendLine({ look, dollars, ofSpend, band }: GroupFigure): Block {
  return {
    height: 26,
    draw: (y) =>
      html`<g transform="translate(${edge} ${y})">${swatch(look.name)}<text x="${columns.name}" y="13" class="strong">${look.name}</text><text x="${columns.dollars}" y="13" text-anchor="end">${dollars}</text><text x="${columns.share}" y="13" text-anchor="end">${ofSpend}</text><text x="${columns.band}" y="13" class="soft">${band}</text><text x="${columns.sentence}" y="13" class="soft">${look.sentence}</text></g>\n`,
  };
}

function unseenLines({ groups }: AnswerFigures): Block[] {
  const unseen = groups.filter(({ isObserved }) => !isObserved).map(({ look }) => look.name);
  return unseen.length === 0 ? [] : lines(`Not observed, and so never shown as 0: ${unseen.join(", ")}.`, "soft");
}

function weekBlocks(answer: Answer): Block[] {
  const plot = weekPlot(answer.weeks);
  if (plot === null) return [];
  return [line("Spend by week", "strong", 30), { height: plot.height + 20, draw: (y) => weeks(answer, edge, y) }];
}

function weeks(answer: Answer, x: number, y: number): Markup {
  const plot = weekPlot(answer.weeks);
  if (plot === null) return nothing;
  const { axisWidth, height, axis, bars } = plot;
  return html`<svg class="axis" x="${x}" y="${y}" width="${axisWidth}" height="${height}">${axis}</svg><svg class="weeks" x="${x + axisWidth}" y="${y}" width="${inner - axisWidth}" height="${height}">${bars}</svg>\n`;
}

function sureText({ coverage, basisSentence }: Answer, { horizons }: AnswerFigures): string {
  const followed =
    coverage === null ? "How much is followed is not known." : `${formatRatio(coverage)} of the spend is followed to a fate.`;
  const known = horizons.length === 0 ? "" : ` Known until: ${horizons.map(({ title, sentence }) => `${title} ${sentence}`).join(", ")}.`;
  return `${followed} In brackets: lowest and highest share over 18 allocations. ${basisSentence}.${known}`;
}
