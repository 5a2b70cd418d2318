/**
 * Why another tool's total is not ours, in dollars: a walk from our sum to its sum in steps of which each changes one thing, so
 * that the causes add up to the difference exactly. A step is given a cause only where the tokens prove it; what is left is
 * called rest. Pure.
 */
import type { ToolCause, ToolComparison } from "../contract/bills.ts";
import { comparableModel } from "./model-name.ts";
import type { ToolReport, ToolTokens } from "./tool-report.ts";

/** What we have of one model, and whether the tool can have it. */
export interface OwnCell {
  readonly model: string;
  /** `in`: the tool read it too, as far as we know. */
  readonly scope: "in" | "other_agent" | "checkpoint_only" | "outside_period";
  readonly subAgent: boolean;
  /** At list prices, of what has a price. */
  readonly nano: bigint;
  readonly unpricedTokens: number;
  readonly tokens: OwnTokens;
  /** All counts of all records of the same responses: what a reader that takes each record for a response finds. */
  readonly sightedTokens: number;
}

export interface OwnTokens {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

/** What tokens of a model cost at its plain list price; null where it has none. */
export type ListValue = (model: string, tokens: OwnTokens) => bigint | null;

const causes = {
  outside_period: "Usages of days the tool's report does not hold.",
  other_agent: "Agents the tool did not read.",
  checkpoint_only: "Responses that only checkpoint branches of repositories hold: no folder of this computer has them.",
  sub_agents: "Responses of sub-agents: the tool's tokens are those of the sessions without them.",
  model_not_there: "Models the tool has no row for.",
  request_rates: "Prices of single requests: tiers by length, speeds, service tiers, web searches, prices that changed within the period.",
  replays: "The tool counts the same responses again where forks, resumes and records repeat them.",
  output_counts: "Output counted otherwise, all else equal: records written before a response ended hold less.",
  one_hour_writes: "Cache writes that last an hour cost twice the input; the tool's cost is that of writes of five minutes.",
  no_price: "The tool has no price for the model: its tokens cost nothing there.",
  no_price_here: "The tool has a price for a model that has none here.",
  price: "Other prices for the same tokens.",
  model_only_there: "Models of which nothing is known here.",
  rounding: "Fractions of a cent: the tool adds up in floating point.",
  rest: "Rest: tokens are counted otherwise and nothing here says why.",
} as const satisfies Record<string, string>;
type CauseCode = keyof typeof causes;

const noTokens: OwnTokens = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
/** Floating-point sums of thousands of costs are off by less: a hundredth of a cent. */
const roundingNano = 100_000n;

export function compareWithTool(report: ToolReport, own: readonly OwnCell[], value: ListValue): Omit<ToolComparison, "tool" | "days"> {
  const found = new Map<CauseCode, bigint>();
  const say = (code: CauseCode, nano: bigint): void => void found.set(code, (found.get(code) ?? 0n) + nano);
  for (const cell of own) if (cell.scope !== "in") say(cell.scope, cell.nano);
  const inScope = own.filter(({ scope }) => scope === "in");
  const theirs = rowsByModel(report);
  for (const model of new Set([...inScope.map((cell) => comparableModel(cell.model)), ...theirs.keys()])) {
    const cells = theirs.has("") ? inScope : inScope.filter((cell) => comparableModel(cell.model) === model);
    if (theirs.has("") && model !== "") continue; // a report without models is compared as a whole
    walkModel(cells, theirs.get(model) ?? null, value, say);
  }
  const toolRows = report.rows.reduce((sum, { costNanoUsd }) => sum + costNanoUsd, 0n);
  const total = report.totalNanoUsd ?? toolRows;
  // The tool's own total may hold what its rows do not: fractions, or rows that could not be read here.
  say(abs(total - toolRows) <= roundingNano ? "rounding" : "rest", toolRows - total);
  const ours = own.reduce((sum, { nano }) => sum + nano, 0n);
  return {
    ownNanoUsd: ours.toString(),
    toolNanoUsd: total.toString(),
    differenceNanoUsd: (ours - total).toString(),
    causes: [...found]
      .filter(([, nano]) => nano !== 0n)
      .sort(([a, x], [b, y]) => (abs(x) === abs(y) ? (a < b ? -1 : 1) : abs(x) > abs(y) ? -1 : 1))
      .map(([code, nano]): ToolCause => ({ code, nanoUsd: nano.toString(), sentence: causes[code] })),
    unreadableRows: report.unreadable,
  };
}

const abs = (nano: bigint): bigint => (nano < 0n ? -nano : nano);

interface Theirs extends ToolTokens {
  readonly cost: bigint;
}

/** By `comparableModel`; under the empty name what is not split by model. */
function rowsByModel({ rows }: ToolReport): Map<string, Theirs> {
  const models = new Map<string, Theirs>();
  for (const row of rows) {
    const name = row.model === null ? "" : comparableModel(row.model);
    const known = models.get(name) ?? { input: 0, output: 0, cacheWrite: 0, cacheRead: 0, cost: 0n };
    models.set(name, {
      input: known.input + row.input,
      output: known.output + row.output,
      cacheWrite: known.cacheWrite + row.cacheWrite,
      cacheRead: known.cacheRead + row.cacheRead,
      cost: known.cost + row.costNanoUsd,
    });
  }
  return models;
}

type Say = (code: CauseCode, nano: bigint) => void;

/** One model from our sum to the tool's: ours → without sub-agents → at plain rates → at the tool's tokens → at the tool's prices. */
function walkModel(cells: readonly OwnCell[], theirs: Theirs | null, value: ListValue, say: Say): void {
  const all = sumOf(cells);
  if (theirs === null) return say("model_not_there", all.nano);
  if (cells.length === 0) return say("model_only_there", -theirs.cost);
  const main = sumOf(cells.filter(({ subAgent }) => !subAgent));
  // The tool counts sub-agents unless its tokens are nearer to those without.
  const withoutSubAgents = distance(main.tokens, theirs) < distance(all.tokens, theirs);
  const ours = withoutSubAgents ? main : all;
  say("sub_agents", all.nano - ours.nano);
  const valueOf = (tokens: OwnTokens): bigint | null => valueOfModels(cells, tokens, value);
  const plain = valueOf(ours.tokens);
  const atTheirs = valueOf(asOwn(theirs, ours.tokens));
  if (plain === null || atTheirs === null) {
    const isPricedThere = ours.nano === 0n && ours.unpricedTokens > 0;
    return say(isPricedThere ? "no_price_here" : "rest", ours.nano - theirs.cost);
  }
  say("request_rates", ours.nano - plain);
  say(tokenCause(ours, theirs), plain - atTheirs);
  priceCauses(atTheirs, valueOf(asOwn(theirs, { ...ours.tokens, cacheWrite1h: 0 })) ?? atTheirs, theirs, say);
}

/** Of a whole report of several models there is no one price: it is compared as it is. */
function valueOfModels(cells: readonly OwnCell[], tokens: OwnTokens, value: ListValue): bigint | null {
  const names = [...new Set(cells.map(({ model }) => model))];
  return new Set(names.map(comparableModel)).size === 1 ? value(names[0] as string, tokens) : null;
}

function priceCauses(atTheirs: bigint, allShort: bigint, { cost, ...tokens }: Theirs, say: Say): void {
  const gap = atTheirs - cost;
  const hasTokens = tokens.input + tokens.output + tokens.cacheRead + tokens.cacheWrite > 0;
  if (cost === 0n && hasTokens) return say("no_price", gap);
  if (abs(gap) <= roundingNano) return say("rounding", gap);
  const isShort = abs(allShort - cost) < abs(gap);
  if (isShort) say("one_hour_writes", atTheirs - allShort);
  const left = isShort ? allShort - cost : gap;
  say(abs(left) <= roundingNano ? "rounding" : "price", left);
}

type Own = Pick<OwnCell, "nano" | "tokens" | "sightedTokens" | "unpricedTokens">;

const sumOf = (cells: readonly OwnCell[]): Own =>
  cells.reduce<Own>(
    (sum, cell) => ({
      nano: sum.nano + cell.nano,
      sightedTokens: sum.sightedTokens + cell.sightedTokens,
      unpricedTokens: sum.unpricedTokens + cell.unpricedTokens,
      tokens: {
        input: sum.tokens.input + cell.tokens.input,
        cacheRead: sum.tokens.cacheRead + cell.tokens.cacheRead,
        cacheWrite5m: sum.tokens.cacheWrite5m + cell.tokens.cacheWrite5m,
        cacheWrite1h: sum.tokens.cacheWrite1h + cell.tokens.cacheWrite1h,
        output: sum.tokens.output + cell.tokens.output,
      },
    }),
    { nano: 0n, sightedTokens: 0, unpricedTokens: 0, tokens: noTokens },
  );

const promptOf = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: OwnTokens): number => input + cacheRead + cacheWrite5m + cacheWrite1h;

/** Prompts are logged whole from the start: they tell what was counted better than output does. */
const distance = (ours: OwnTokens, theirs: ToolTokens): number =>
  Math.abs(promptOf(ours) - theirs.input - theirs.cacheRead - theirs.cacheWrite);

/** Their tokens, with cache writes by life as ours are. */
function asOwn(theirs: ToolTokens, { cacheWrite5m, cacheWrite1h }: OwnTokens): OwnTokens {
  const written = cacheWrite5m + cacheWrite1h;
  const long = written === 0 ? 0 : Number((BigInt(theirs.cacheWrite) * BigInt(cacheWrite1h)) / BigInt(written));
  const { input, output, cacheRead } = theirs;
  return { input, output, cacheRead, cacheWrite5m: theirs.cacheWrite - long, cacheWrite1h: long };
}

function tokenCause({ tokens, sightedTokens }: Own, theirs: ToolTokens): CauseCode {
  const told = theirs.input + theirs.output + theirs.cacheRead + theirs.cacheWrite;
  if (told === sightedTokens && sightedTokens !== promptOf(tokens) + tokens.output) return "replays";
  const samePrompt =
    theirs.input === tokens.input &&
    theirs.cacheRead === tokens.cacheRead &&
    theirs.cacheWrite === tokens.cacheWrite5m + tokens.cacheWrite1h;
  return samePrompt ? "output_counts" : "rest";
}
