/** Scorecards of many seeds as bounds and tables. Pure. */
import type { Disagreement, Scorecard } from "./score.ts";

/** Median and range. */
export interface Spread {
  readonly median: number;
  readonly low: number;
  readonly high: number;
}

/** @returns null where there is nothing to take a median of */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = [...values].sort((a, b) => a - b);
  const [low, high] = [sorted[0], sorted.at(-1)];
  if (low === undefined || high === undefined) return null;
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 === 1 ? sorted[middle] : ((sorted[middle - 1] as number) + (sorted[middle] as number)) / 2;
  return { median: median as number, low, high };
}

export interface FateRow {
  readonly fate: string;
  readonly share: Spread;
  /** Null where the truth, or the store, never has the fate. */
  readonly recall: Spread | null;
  readonly precision: Spread | null;
}

export interface Bound {
  readonly what: string;
  readonly reached: number | null;
  readonly wanted: string;
  readonly holds: boolean;
}

/** From this share of the dollars on a fate is judged. */
export const judgedShare = 0.02;
/** Reviews are planted and always judged. */
const isJudged = (fate: string, share: Spread): boolean => share.median >= judgedShare || fate === "review";
const leastAgreement = 0.95;
const leastHardShare = 0.25;
const mostHumanCalledAgent = 0.01;

/** One row for each fate, the largest first. */
export function fateRows(cards: readonly Scorecard[]): FateRow[] {
  const names = new Set(cards.flatMap((card) => Object.keys(card.fates)));
  const rows = [...names].map((fate): FateRow => {
    const found = cards.map((card) => ({ score: card.fates[fate] ?? { trueNanoUsd: 0, toldNanoUsd: 0, agreedNanoUsd: 0 }, card }));
    const over = (part: "trueNanoUsd" | "toldNanoUsd"): Spread | null =>
      spreadOf(found.filter(({ score }) => score[part] > 0).map(({ score }) => score.agreedNanoUsd / score[part]));
    const share = spreadOf(found.map(({ score, card }) => score.trueNanoUsd / card.spendNanoUsd)) as Spread; // one a card, and there are cards
    return { fate, share, recall: over("trueNanoUsd"), precision: over("toldNanoUsd") };
  });
  return rows.sort((a, b) => b.share.median - a.share.median || (a.fate < b.fate ? -1 : 1));
}

const humanShare = ({ lines }: Scorecard): number => (lines.humanLines === 0 ? 0 : lines.humanCalledAgent / lines.humanLines);
const linePrecision = ({ lines }: Scorecard): number => (lines.linkedLines === 0 ? 1 : lines.rightLines / lines.linkedLines);
const lineRecall = ({ lines }: Scorecard): number => (lines.visibleLines === 0 ? 1 : lines.rightLines / lines.visibleLines);
const median = (cards: readonly Scorecard[], of: (card: Scorecard) => number): number => spreadOf(cards.map(of))?.median ?? Number.NaN;

/** What must hold of the seeds of one noise setting. Recall, precision and hard share are judged with noise on. */
export function boundsOf(cards: readonly Scorecard[], noise: string): Bound[] {
  const dollars = Math.max(...cards.map((card) => Math.abs(card.toldSpendNanoUsd - card.spendNanoUsd)));
  const bounds: Bound[] = [{ what: "spend differs by, nano-dollars", reached: dollars, wanted: "0", holds: dollars === 0 }];
  const human = median(cards, humanShare);
  bounds.push({ what: "lines of persons called an agent's", reached: human, wanted: "< 0.01", holds: human < mostHumanCalledAgent });
  if (noise !== "on") return bounds;
  const hard = median(cards, (card) => card.hardShare);
  bounds.push({ what: "dollars in hard cases", reached: hard, wanted: "≥ 0.25", holds: hard >= leastHardShare });
  for (const { fate, share, recall, precision } of fateRows(cards)) {
    if (!isJudged(fate, share)) continue;
    for (const [name, spread] of [
      ["recall", recall],
      ["precision", precision],
    ] as const) {
      const reached = spread?.median ?? null;
      bounds.push({ what: `${name} of ${fate}`, reached, wanted: "≥ 0.95", holds: reached !== null && reached >= leastAgreement });
    }
  }
  return bounds;
}

const ratio = (value: number): string => value.toFixed(3);
const percent = (value: number): string => `${(value * 100).toFixed(1)} %`;
const dollars = (nano: number): string => `$${(nano / 1e9).toFixed(2)}`;
const spread = (value: Spread | null, print: (n: number) => string): string =>
  value === null ? "none" : `${print(value.median)} (${print(value.low)} … ${print(value.high)})`;

function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((name, c) => Math.max(name.length, ...rows.map((row) => (row[c] ?? "").length)));
  return [head, ...rows].map((row) =>
    row
      .map((cell, c) => cell.padEnd(widths[c] as number))
      .join("  ")
      .trimEnd(),
  );
}

/** The upper end of fixing, beside its narrow row. */
function widestFixing(cards: readonly Scorecard[]): string[] {
  const over = (part: "trueNanoUsd" | "toldNanoUsd"): Spread | null =>
    spreadOf(cards.flatMap(({ widestFixing: of }) => (of[part] > 0 ? [of.agreedNanoUsd / of[part]] : [])));
  const [recall, precision] = [over("trueNanoUsd"), over("toldNanoUsd")];
  return recall === null ? [] : ["", `fixing, widest: recall ${spread(recall, ratio)}, precision ${spread(precision, ratio)}`];
}

/** All about one noise setting, as lines of text. */
export function reportOf(cards: readonly Scorecard[], noise: string, worst: number): string[] {
  const of = (value: (card: Scorecard) => number): Spread | null => spreadOf(cards.map(value));
  const out = [
    `Noise ${noise}, ${cards.length} seeds: ${spread(
      of((card) => card.sessions),
      String,
    )} sessions, ${spread(
      of((card) => card.spendNanoUsd),
      dollars,
    )}; median (range)`,
    "",
    ...table(
      ["fate", "share of dollars", "recall", "precision", ""],
      fateRows(cards).map((row) => [
        row.fate,
        spread(row.share, percent),
        spread(row.recall, ratio),
        spread(row.precision, ratio),
        markOf(row),
      ]),
    ),
    ...widestFixing(cards),
    "",
    `dollars in hard cases    ${spread(
      of((card) => card.hardShare),
      percent,
    )}`,
    `coverage                 ${spread(
      of((card) => card.coverage),
      percent,
    )}`,
    `lines linked: precision  ${spread(of(linePrecision), ratio)}, recall ${spread(of(lineRecall), ratio)} of those a transcript shows`,
    `lines of persons called an agent's  ${spread(of(humanShare), percent)} of ${spread(
      of((card) => card.lines.humanLines),
      String,
    )}`,
    "",
    ...kindTable(cards),
    "",
    ...caseTable(cards),
  ];
  if (worst > 0) out.push("", ...worstTable(cards, worst));
  const complaints = new Set(cards.flatMap((card) => card.problems));
  if (complaints.size > 0)
    out.push("", `Problems of the imports: ${complaints.size}`, ...[...complaints].slice(0, 5).map((text) => `  ${text}`));
  return out;
}

function markOf({ fate, share, recall, precision }: FateRow): string {
  if (!isJudged(fate, share)) return "under 2 %, not judged";
  const holds = (recall?.median ?? 0) >= leastAgreement && (precision?.median ?? 0) >= leastAgreement;
  return holds ? "holds" : "does not hold";
}

/** Lines of all seeds together. */
function kindTable(cards: readonly Scorecard[]): string[] {
  const kinds = ["agent", "mixed", "person", "unknown"];
  const count = (from: string, to: string): number => cards.reduce((sum, card) => sum + (card.lines.kinds[from]?.[to] ?? 0), 0);
  return table(
    ["true ↓ told →", ...kinds],
    kinds.slice(0, 3).map((from) => [from, ...kinds.map((to) => String(count(from, to)))]),
  );
}

/** Dollars of all seeds together. */
function caseTable(cards: readonly Scorecard[]): string[] {
  const total = cards.reduce((sum, card) => sum + card.spendNanoUsd, 0);
  const names = new Set(cards.flatMap((card) => Object.keys(card.cases)));
  const rows = [...names].map((name) => ({
    name,
    nanoUsd: cards.reduce((sum, card) => sum + (card.cases[name]?.nanoUsd ?? 0), 0),
    wrongNanoUsd: cards.reduce((sum, card) => sum + (card.cases[name]?.wrongNanoUsd ?? 0), 0),
  }));
  rows.sort((a, b) => b.wrongNanoUsd - a.wrongNanoUsd || b.nanoUsd - a.nanoUsd);
  return table(
    ["hard case", "of all dollars", "of it wrong", "wrong, of all dollars"],
    rows.map((row) => [row.name, percent(row.nanoUsd / total), percent(row.wrongNanoUsd / row.nanoUsd), percent(row.wrongNanoUsd / total)]),
  );
}

function worstTable(cards: readonly Scorecard[], worst: number): string[] {
  const all = cards.flatMap((card) => card.worst.map((row) => ({ ...row, seed: card.seed })));
  const kinds = new Map<string, { row: Disagreement; nanoUsd: number; usages: number }>();
  for (const row of all) {
    const key = `${row.hardCase} ${row.trueFate} ${row.toldFate}`;
    const known = kinds.get(key);
    if (known === undefined) kinds.set(key, { row, nanoUsd: row.nanoUsd, usages: 1 });
    else {
      known.nanoUsd += row.nanoUsd;
      known.usages++;
    }
  }
  const largest = [...kinds.values()].sort((a, b) => b.nanoUsd - a.nanoUsd).slice(0, worst);
  return [
    ...table(
      ["kind of disagreement", "truth", "told", "dollars", "usages"],
      largest.map(({ row, nanoUsd, usages }) => [row.hardCase, row.trueFate, row.toldFate, dollars(nanoUsd), String(usages)]),
    ),
    "",
    ...table(
      ["seed", "usage", "session", "repository", "hard case", "truth", "told", "dollars"],
      [...all]
        .sort((a, b) => b.nanoUsd - a.nanoUsd)
        .slice(0, worst)
        .map((row) => [
          String(row.seed),
          row.key,
          row.session,
          row.repository,
          row.hardCase,
          row.trueFate,
          row.toldFate,
          dollars(row.nanoUsd),
        ]),
    ),
  ];
}
