/**
 * The figures of an answer as they are printed, made once for the terminal and for the page: what was spent, the headline,
 * the groups with parts that add up, and the rows of "How sure is this?".
 *
 * Printed dollars and shares are differences of rounded running sums in the order of the roll-up (`shareUnits`): fates add
 * up to their group, groups to the total and to 100.0 %, and no part is chosen to take a remainder.
 */
import type { Answer, DayRange, Range, SpannedFate } from "../../contract/answer.ts";
import type { FateName, RollUpName } from "../../contract/fates.ts";
import {
  centParts,
  formatBand,
  formatCents,
  formatCount,
  formatDay,
  formatNumberOf,
  formatPeriod,
  formatRatio,
  formatTenths,
  formatUsd,
  shareUnits,
} from "./numbers.ts";
import { fatesOf, type RollUpLook, rollUpLooks } from "./roll-up-look.ts";

/** Below this coverage the headline is the coverage (RULINGS 35). */
const headlineCoverage = 0.6;
const wholeTenths = 1000n;
const notObserved = "not observed";

export interface FateFigure {
  readonly fate: FateName;
  readonly title: string;
  readonly sentence: string;
  /** `not observed` where the fate is null. */
  readonly dollars: string;
  readonly ofSpend: string;
  readonly band: string;
}

export interface GroupFigure {
  readonly look: RollUpLook;
  readonly isObserved: boolean;
  /** Exact, for the length of a bar. */
  readonly nanoUsd: bigint;
  /** Printed share of spend in tenths of a percent. */
  readonly tenths: bigint;
  readonly dollars: string;
  readonly ofSpend: string;
  /** Low and high of `ofSpend` over the allocations, `(44–53)`; empty where they do not differ. */
  readonly band: string;
  /** Empty for what is not decided. */
  readonly ofDecided: string;
  /** Opened where the group has more than one fate. */
  readonly fates: readonly FateFigure[];
}

export interface SureRow {
  readonly title: string;
  readonly sentence: string;
}

export interface AnswerFigures {
  /** Plain statements that come before any number: sample data, ignored trailers, the asked instant. */
  readonly notices: readonly string[];
  readonly spent: string;
  readonly basis: string;
  readonly counts: readonly string[];
  readonly headline: string;
  readonly verdict: string;
  readonly groups: readonly GroupFigure[];
  readonly total: { readonly dollars: string; readonly ofSpend: string; readonly ofDecided: string };
  readonly sure: readonly SureRow[];
  /** Repository and the day it is known to. */
  readonly horizons: readonly SureRow[];
  readonly aiShare: string;
  readonly landedLines: readonly { readonly kind: string; readonly lines: number; readonly share: string }[];
  readonly survival: readonly { readonly days: number; readonly share: string; readonly lines: number }[];
}

export function computeAnswerFigures(answer: Answer): AnswerFigures {
  const spend = BigInt(answer.spendNanoUsd);
  const groups = groupFigures(answer, spend);
  const decided = decidedSpend(answer);
  return {
    notices: notices(answer),
    spent: formatUsd(spend),
    basis: basisOf(answer),
    counts: counts(answer),
    ...headline(answer, groups),
    groups,
    total: {
      dollars: formatUsd(spend),
      ofSpend: spend === 0n ? "" : formatTenths(wholeTenths),
      ofDecided: decided === 0n ? "" : formatTenths(wholeTenths),
    },
    sure: sureRows(answer),
    horizons: horizons(answer),
    aiShare: rangeSentence(answer),
    landedLines: landedLines(answer),
    survival: answer.survival.map((point) => ({
      days: point.days,
      share: point.share === null ? "not yet known" : formatRatio(point.share),
      lines: point.lines,
    })),
  };
}

function notices(answer: Answer): string[] {
  const said: string[] = [];
  if (answer.isSample) said.push("SAMPLE DATA: an invented organisation, made by this program. Nothing below is about you.");
  if (answer.asOf !== null) said.push(`As of ${formatDay(answer.asOf)}: what was known and decided by then.`);
  if (answer.range !== null)
    said.push(
      `${rangeText(answer.range)}: what was spent then, and what became of it since. Sources and problems are of all that was read.`,
    );
  if (answer.ignoreTrailers) said.push("Commit trailers and the links of checkpoints are ignored (--ignore-trailers).");
  return said;
}

/** `1 – 31 Jan 2026`, `From 1 Jan 2026 on`, `Until 31 Jan 2026`. */
function rangeText({ from, to }: DayRange): string {
  if (from !== null && to !== null) return formatPeriod(from, to) ?? "";
  return from !== null ? `From ${formatDay(from)} on` : `Until ${formatDay(to ?? "")}`;
}

/** The basis is said in one word beside the dollars and in a sentence of the answer's own. */
function basisOf(answer: Answer): string {
  return answer.basis === "list" ? "at API list prices, not what you paid" : answer.basisSentence;
}

function counts(answer: Answer): string[] {
  const period = formatPeriod(answer.period.from, answer.period.to);
  const said = [formatNumberOf(answer.usages, "response"), formatNumberOf(answer.sessions, "session")];
  return period === null ? said : [...said, period];
}

function headline(answer: Answer, groups: readonly GroupFigure[]): { headline: string; verdict: string } {
  const { coverage } = answer;
  if (BigInt(answer.spendNanoUsd) === 0n) {
    const verdict = answer.usages === 0 ? "No billed response was found." : `No response found here ${lacking(answer)}: see below.`;
    return { headline: "What did the tokens buy?", verdict };
  }
  if (coverage === null) return { headline: "What did the tokens buy?", verdict: "How much of the spend is followed is not known." };
  if (coverage < headlineCoverage) {
    const verdict = `The rest, ${formatRatio(1 - coverage)}, is unknown: read the shares below as those of the part that could be followed.`;
    return { headline: `Only ${formatRatio(coverage)} of the spend could be followed to what it bought`, verdict };
  }
  return { headline: "What did the tokens buy?", verdict: verdictSentence(groups) };
}

/** The answer in one sentence, with what could still move it and what stands against it. */
function verdictSentence(groups: readonly GroupFigure[]): string {
  const observed = (name: RollUpName): GroupFigure | undefined => groups.find((group) => group.look.name === name && group.isObserved);
  const [bought, ripening, undone] = [observed("bought"), observed("ripening"), observed("undone")];
  if (bought === undefined) return "What landed and stuck is not observed.";
  const parts = [`${bought.ofSpend} of the spend is code that landed, was released and stayed`];
  if (ripening !== undefined && ripening.tenths > 0n)
    parts.push(`${formatTenths(bought.tenths + ripening.tenths)} if all that ripens sticks`);
  if (undone !== undefined) parts.push(`${undone.ofSpend} was undone`);
  return `${parts.join("; ")}.`;
}

function decidedSpend(answer: Answer): bigint {
  return answer.rollUp.reduce((sum, group) => sum + (group.shareOfDecided === null ? 0n : BigInt(group.nanoUsd ?? 0)), 0n);
}

interface FatePart {
  readonly fate: SpannedFate;
  readonly nanoUsd: bigint;
  readonly cents: bigint;
  readonly tenths: bigint;
}

/** Every fate in the order of the roll-up, with the cents and tenths it is printed as. */
function fateParts(answer: Answer, spend: bigint): Map<FateName, FatePart> {
  const order = rollUpLooks.flatMap((look) => fatesOf(look.name));
  const fates = order.flatMap((name) => answer.fates.filter((fate) => fate.fate === name));
  const amounts = fates.map((fate) => BigInt(fate.nanoUsd ?? 0));
  const cents = centParts(amounts, spend);
  const tenths = shareUnits(amounts, spend, wholeTenths);
  return new Map(
    fates.map((fate, i) => [fate.fate, { fate, nanoUsd: amounts[i] ?? 0n, cents: cents[i] ?? 0n, tenths: tenths[i] ?? 0n }] as const),
  );
}

function groupFigures(answer: Answer, spend: bigint): GroupFigure[] {
  const parts = fateParts(answer, spend);
  const byName = new Map(answer.rollUp.map((group) => [group.name, group]));
  const decidedNames = rollUpLooks.map((look) => look.name).filter((name) => (byName.get(name)?.shareOfDecided ?? null) !== null);
  const decidedAmounts = decidedNames.map((name) => BigInt(byName.get(name)?.nanoUsd ?? 0));
  const decidedTenths = shareUnits(decidedAmounts, decidedSpend(answer), wholeTenths);
  return rollUpLooks.map((look) => {
    const group = byName.get(look.name);
    const own = fatesOf(look.name).flatMap((fate) => parts.get(fate) ?? []);
    const isObserved = (group?.nanoUsd ?? null) !== null;
    const cents = own.reduce((sum, part) => sum + part.cents, 0n);
    const tenths = own.reduce((sum, part) => sum + part.tenths, 0n);
    const decidedAt = decidedNames.indexOf(look.name);
    return {
      look,
      isObserved,
      nanoUsd: BigInt(group?.nanoUsd ?? 0),
      tenths,
      dollars: isObserved ? formatCents(cents) : notObserved,
      ofSpend: isObserved && spend > 0n ? formatTenths(tenths) : "",
      band: group === undefined ? "" : formatBand(group.span),
      ofDecided: isObserved && decidedAt >= 0 ? formatTenths(decidedTenths[decidedAt] ?? 0n) : "",
      fates: own.length > 1 ? own.map((part) => fateFigure(part, spend)) : [],
    };
  });
}

function fateFigure(part: FatePart, spend: bigint): FateFigure {
  const { fate, sentence, nanoUsd, span } = part.fate;
  return {
    fate,
    title: fate.replaceAll("_", " "),
    sentence: asClause(sentence),
    dollars: nanoUsd === null ? notObserved : formatCents(part.cents),
    ofSpend: nanoUsd === null || spend === 0n ? "" : formatTenths(part.tenths),
    band: formatBand(span),
  };
}

function sureRows(answer: Answer): SureRow[] {
  const rows: SureRow[] = [{ title: "coverage", sentence: coverageSentence(answer) }];
  const evidence = answer.byGrade.map(({ grade, share }) => ({ name: gradeWords[grade], share }));
  if (evidence.length > 0) rows.push({ title: "evidence", sentence: sharesSentence(evidence) });
  rows.push({ title: "moved", sentence: movedSentence(answer) });
  rows.push({ title: "band", sentence: bandSentence(answer) });
  if (answer.quality.length > 0) {
    const quality = answer.quality.map(({ quality: name, share }) => ({ name: name.replaceAll("_", " "), share }));
    rows.push({ title: "output", sentence: `tokens counted ${sharesSentence(quality)}` });
  }
  rows.push({ title: "prices", sentence: priceSentence(answer) });
  return rows;
}

/** A sentence, to stand inside another one. */
function asClause(sentence: string): string {
  return sentence.replace(/^[A-Z](?=[a-z ])/, (letter) => letter.toLowerCase()).replace(/\.$/, "");
}

const reasonsShown = 3;
const gradeWords = { A: "grade A", B: "B", C: "C", none: "without lines" } as const;

function coverageSentence(answer: Answer): string {
  if (answer.coverage === null) return "not known: nothing was spent";
  const reasons = answer.unlinkedReasons
    .filter((reason) => BigInt(reason.nanoUsd) > 0n)
    .map((reason) => `${formatUsd(reason.nanoUsd)} (${asClause(reason.sentence)})`);
  const followed = `${formatRatio(answer.coverage)} of the spend is followed to a fate`;
  if (reasons.length === 0) return followed;
  const more = reasons.length > reasonsShown ? `, and ${reasons.length - reasonsShown} more reasons` : "";
  return `${followed}; not followed: ${reasons.slice(0, reasonsShown).join(", ")}${more}`;
}

/** Shares that add up to what they add up to: printed by the same rule as the fates. */
function sharesSentence(shares: readonly { readonly name: string; readonly share: number | null }[]): string {
  const fine = 1_000_000_000;
  const parts = shares.map(({ share }) => BigInt(Math.round((share ?? 0) * fine)));
  const tenths = shareUnits(parts, BigInt(fine), wholeTenths);
  return shares.map(({ name, share }, i) => `${name} ${share === null ? notObserved : formatTenths(tenths[i] ?? 0n)}`).join(" · ");
}

function movedSentence(answer: Answer): string {
  const { back, forward } = answer.moved;
  const part = (share: number | null): string => (share === null ? notObserved : formatRatio(share));
  return `${part(back)} back to the edits it checked · ${part(forward)} forward to the edits it led to`;
}

function bandSentence({ notDistinguishable: { rollUp } }: Answer): string {
  const why = "in brackets: lowest and highest share over 18 ways to give money to lines and to count evidence";
  return rollUp.length === 0 ? why : `${why}; not distinguishable: ${pairsSentence(rollUp)}`;
}

const pairsShown = 3;

/** `a and b, c and d, and 2 more pairs`. */
function pairsSentence(pairs: readonly (readonly [string, string])[]): string {
  const shown = pairs.slice(0, pairsShown).map(([first, second]) => `${first} and ${second}`);
  const more = pairs.length - shown.length;
  return [...shown, ...(more > 0 ? [`and ${formatNumberOf(more, "more pair")}`] : [])].join(", ");
}

/** Which ranks by `bought` the allocation makes; null where it makes none. */
export function rankSentence(pairs: readonly (readonly [string, string])[]): string | null {
  return pairs.length === 0 ? null : `by bought not distinguishable: ${pairsSentence(pairs)}`;
}

/** What a response without money in the asked basis lacks. */
const lacking = ({ basis }: Answer): string => (basis === "list" ? "has a price" : "is on a bill or in a plan that is known");

function priceSentence(answer: Answer): string {
  if (answer.unpriced.length === 0)
    return answer.basis === "list" ? "every model has a price at the day of use" : "every response is covered";
  const models = answer.unpriced.map(
    (gap) => `${gap.model} (${formatNumberOf(gap.usages, "response")}, ${formatNumberOf(gap.tokens, "token")})`,
  );
  const all = answer.tokens;
  const tokens = all.input + all.cacheRead + all.cacheWrite5m + all.cacheWrite1h + all.output;
  const share =
    tokens === 0
      ? ""
      : `${formatRatio(all.withoutPrice / tokens)} of the tokens ${answer.basis === "list" ? "have no price" : "are on no bill and in no plan"}: `;
  return `${share}${models.join(", ")}; their dollars are in no total`;
}

function horizons(answer: Answer): SureRow[] {
  return answer.repositories.map((repository) => ({
    title: repository.name,
    sentence: repository.horizon === null ? "no commit seen" : formatDay(repository.horizon),
  }));
}

function rangeSentence(answer: Answer): string {
  const { low, high } = answer.aiShareOfLandedLines;
  if (low === null || high === null) return notObserved;
  return `${formatRatio(low)} … ${formatRatio(high)}`;
}

function landedLines(answer: Answer): AnswerFigures["landedLines"] {
  const sum = (of: (repository: Answer["repositories"][number]) => number): number =>
    answer.repositories.reduce((total, repository) => total + of(repository), 0);
  const lines = [
    { kind: "agent", lines: sum((repository) => repository.linesLandedAgent) },
    { kind: "mixed", lines: sum((repository) => repository.linesLandedMixed) },
    { kind: "person", lines: sum((repository) => repository.linesLandedPerson) },
    { kind: "unknown", lines: sum((repository) => repository.linesLandedUnknown) },
  ];
  const whole = BigInt(lines.reduce((total, row) => total + row.lines, 0));
  const tenths = shareUnits(
    lines.map((row) => BigInt(row.lines)),
    whole,
    wholeTenths,
  );
  return lines.map((row, i) => ({ ...row, share: whole === 0n ? "" : formatTenths(tenths[i] ?? 0n) }));
}

/** `51.9 % (44–53)` or what is said for an unknown share. */
export function shareOrUnknown(share: number | null, span: Range = { low: null, high: null }): string {
  if (share === null) return "not known";
  const band = formatBand(span);
  return band === "" ? formatRatio(share) : `${formatRatio(share)} ${band}`;
}

export function landedSentence(answer: Answer): string {
  const landed = formatNumberOf(answer.changesLanded, "change");
  const each = answer.costPerLandedChangeNanoUsd;
  return each === null ? `${landed} landed` : `${landed} landed, ${formatUsd(each)} each where spend is known`;
}

export function problemSentence(answer: Answer): string {
  const lost = answer.problems.filter((problem) => problem.severity === "lost").reduce((sum, problem) => sum + problem.count, 0);
  const notices = answer.problems.filter((problem) => problem.severity === "notice").reduce((sum, problem) => sum + problem.count, 0);
  if (lost + notices === 0) return "none";
  return `${formatCount(lost)} lost to damage, ${formatNumberOf(notices, "notice")}`;
}
