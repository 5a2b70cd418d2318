/**
 * Who put the tokens of a prompt there, and what each part of it cost (MEASURES 2.3). Logs tell how many tokens a prompt had,
 * not which: the causes are inferred from sizes and order. It moves no fate. Pure.
 */
import { activityKinds, type InputCost, promptKinds, type TokenCounts, type UsageGrain } from "../contract/facts.ts";
import type { Call, TurnStart } from "./model.ts";
import { splitCharge } from "./split.ts";
import { isTotal } from "./totals.ts";

/**
 * What put tokens into a context, in the order rows are told. Names of activities are results of such tool calls; `reread`
 * is a file the same stream had read before.
 */
export const contextCauses = [
  "instructions",
  "prompt",
  "notification",
  "agent_output",
  "reread",
  ...activityKinds,
  "compaction",
  "resumed",
  "unknown",
] as const;
export type ContextCause = (typeof contextCauses)[number];

export interface ContextUsage {
  readonly id: number;
  readonly instant: number;
  readonly agentId: string | null;
  readonly counts: TokenCounts;
  readonly visibleChars: number;
  /** Null where no price is known. */
  readonly inputCost: InputCost | null;
  /** Left out: one response. The prompts of a total are not told. */
  readonly grain?: UsageGrain;
}

/** What the analysis needs of one session. */
export interface ContextInput {
  readonly usages: readonly ContextUsage[];
  readonly calls: readonly Call[];
  readonly turns: readonly TurnStart[];
  /** It began with the conversation of another session. */
  readonly resumed: boolean;
}

/** Of one usage: its part of one cause. Null money: no price is known, and the cause is not asked. */
export interface ContextCost {
  readonly usage: number;
  readonly cause: ContextCause;
  readonly nanoUsd: bigint | null;
}

/** Tokens that came in together, for one cause. */
interface Block {
  readonly cause: ContextCause;
  readonly tokens: number;
}

/** Something that stood between two responses. */
interface Arrival extends Block {
  readonly instant: number;
  readonly order: number;
  readonly clears: boolean;
}

/**
 * Text is taken at 3.5 bytes a token, the ratio Anthropic gives for English; code, escapes and other scripts differ. What
 * that leaves too little is `unknown`, what it leaves too much is cut by the growth that was billed.
 */
export const tokensOfBytes = (bytes: number): number => Math.floor((bytes * 2) / 7);

/**
 * Splits what the prompts of a session cost over their causes.
 *
 * Each stream (the session's own, each sub-agent's) is a context: blocks in the order they came. The first prompt is its
 * instructions and what was said before it. The growth of each later prompt goes to what stood between it and the one before,
 * each at its size or, where these are more, in proportion; the rest is `unknown`. A prompt below half of the one before is a
 * compaction: the instructions stay, the rest of its base is `compaction`. A smaller shrink takes the newest blocks away. A
 * cleared context begins anew. Money: what is read from the cache pays the oldest blocks, then what is written to it, then
 * fresh input. Of a total of a session or a day all is `unknown`.
 * @returns rows by usage and cause; of one usage they add up to its input cost exactly. Usages without a prompt have none
 */
export function contextCosts(session: ContextInput): ContextCost[] {
  const calls = [...session.calls].sort((a, b) => a.instant - b.instant || compareText(a.callKey, b.callKey));
  const turns = [...session.turns].sort((a, b) => a.instant - b.instant || compareText(a.key, b.key));
  const arrivals = arrivalsOf(calls, turns);
  const streams = new Map<string | null, ContextUsage[]>();
  for (const usage of [...session.usages].sort((a, b) => a.instant - b.instant || a.id - b.id)) {
    if (promptTokens(usage.counts) > 0 && !isTotal(usage)) pushTo(streams, usage.agentId, usage);
  }
  const costs = [...streams].flatMap(([stream, usages]) =>
    costsOfStream(usages, arrivals.get(stream) ?? [], session.resumed && stream === null ? "resumed" : "instructions"),
  );
  for (const usage of session.usages) if (isTotal(usage) && promptTokens(usage.counts) > 0) costs.push(unknownCost(usage));
  return costs.sort((a, b) => a.usage - b.usage || contextCauses.indexOf(a.cause) - contextCauses.indexOf(b.cause));
}

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const promptTokens = ({ input, cacheRead, cacheWrite5m, cacheWrite1h }: TokenCounts): number =>
  input + cacheRead + cacheWrite5m + cacheWrite1h;

function unknownCost({ id, inputCost }: ContextUsage): ContextCost {
  return { usage: id, cause: "unknown", nanoUsd: inputCost === null ? null : promptKinds.reduce((sum, kind) => sum + inputCost[kind], 0n) };
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** What came into each stream, by instant. */
function arrivalsOf(calls: readonly Call[], turns: readonly TurnStart[]): ReadonlyMap<string | null, readonly Arrival[]> {
  const arrivals = new Map<string | null, Arrival[]>();
  for (const { instant, startedBy, promptLength, cleared } of turns) {
    const cause = startedBy === "notification" ? "notification" : "prompt";
    pushTo(arrivals, null, { instant, order: 0, cause, tokens: tokensOfBytes(promptLength ?? 0), clears: cleared });
  }
  for (const { cause, call, endedAt } of endedCalls(calls, turns)) {
    pushTo(arrivals, call.agentId, { instant: endedAt, order: 1, cause, tokens: tokensOfBytes(call.resultBytes ?? 0), clears: false });
  }
  for (const [agentId, { instant, inputBytes }] of taskOf(calls)) {
    pushTo(arrivals, agentId, { instant, order: 0, cause: "agent_output", tokens: tokensOfBytes(inputBytes), clears: false });
  }
  for (const list of arrivals.values()) list.sort((a, b) => a.instant - b.instant || a.order - b.order);
  return arrivals;
}

/** Calls with a result, each with its cause: a read of a file the stream has read since its context was last cleared is a re-read. */
function endedCalls(calls: readonly Call[], turns: readonly TurnStart[]) {
  const clears = turns.filter(({ cleared }) => cleared).map(({ instant }) => instant);
  const read = new Set<string>();
  return calls
    .flatMap((call) => (call.endedAt === null ? [] : [{ call, endedAt: call.endedAt }]))
    .sort((a, b) => a.endedAt - b.endedAt || compareText(a.call.callKey, b.call.callKey))
    .map(({ call, endedAt }) => {
      if (call.subject === null) return { call, endedAt, cause: call.activity as ContextCause };
      const era = call.agentId === null ? clears.filter((instant) => instant <= endedAt).length : 0;
      const key = `${call.agentId ?? ""}\u0000${era}\u0000${call.subject}`;
      const cause: ContextCause = read.has(key) ? "reread" : call.activity;
      read.add(key);
      return { call, endedAt, cause };
    });
}

/** The call that gave each sub-agent its task, by the id its result names, else by the parent its own calls name. */
function taskOf(calls: readonly Call[]): ReadonlyMap<string, Call> {
  const byKey = new Map(calls.map((call) => [call.callKey, call]));
  const tasks = new Map<string, Call>();
  for (const call of calls) {
    const parent = call.parentCallKey === null ? undefined : byKey.get(call.parentCallKey);
    if (parent && call.agentId !== null && !tasks.has(call.agentId)) tasks.set(call.agentId, parent);
    if (call.startedAgentId !== null && !tasks.has(call.startedAgentId)) tasks.set(call.startedAgentId, call);
  }
  return tasks;
}

function costsOfStream(
  usages: readonly ContextUsage[],
  arrivals: readonly Arrival[],
  base: "instructions" | "resumed",
): readonly ContextCost[] {
  let context: readonly Block[] = [];
  let before: ContextUsage | null = null;
  let next = 0;
  const costs: ContextCost[] = [];
  for (const usage of usages) {
    const came: Arrival[] = [];
    while (next < arrivals.length && (arrivals[next] as Arrival).instant <= usage.instant) came.push(arrivals[next++] as Arrival);
    const cleared = came.findLastIndex(({ clears }) => clears);
    const tokens = promptTokens(usage.counts);
    if (before === null || cleared >= 0) {
      const said = came.slice(Math.max(cleared, 0));
      context = begun(before === null ? base : "instructions", 0, said, tokens);
    } else if (tokens * 2 < promptTokens(before.counts)) {
      const kept = context[0]?.cause === "instructions" ? context[0].tokens : 0;
      context = begun("compaction", kept, came.filter(isSaid), tokens);
    } else context = grown(context, [outputOf(before), ...came], tokens - promptTokens(before.counts));
    costs.push(...costsOf(usage, context));
    before = usage;
  }
  return costs;
}

/** What the response before left in the context: its output, of which the log may show more than it counted. */
function outputOf({ counts, visibleChars }: ContextUsage): Block {
  return { cause: "agent_output", tokens: Math.max(counts.output, tokensOfBytes(visibleChars)) };
}

/** A context that begins: what came last stands at its end, the base is the rest. @param kept instructions known from before */
function begun(base: ContextCause, kept: number, came: readonly Block[], tokens: number): Block[] {
  const instructions = Math.min(kept, tokens);
  const arrived = sized(came, tokens - instructions);
  const rest = tokens - instructions - arrived.reduce((sum, block) => sum + block.tokens, 0);
  const stood: readonly Block[] = [
    { cause: "instructions", tokens: instructions },
    { cause: base, tokens: rest },
  ];
  return [...stood, ...arrived].filter(hasTokens);
}

/** Results that came before a compaction are in what it made; what was said before it is told again after it. */
const isSaid = ({ cause }: Block): boolean => cause === "prompt" || cause === "notification";

const hasTokens = ({ tokens }: Block): boolean => tokens > 0;

function grown(context: readonly Block[], came: readonly Block[], growth: number): readonly Block[] {
  if (growth < 0) return shrunk(context, -growth);
  const arrived = sized(came, growth);
  const rest = growth - arrived.reduce((sum, block) => sum + block.tokens, 0);
  return [...context, ...[...arrived, { cause: "unknown" as const, tokens: rest }].filter(hasTokens)];
}

/** Blocks at their sizes, in proportion where they are more than there is room for. */
function sized(blocks: readonly Block[], room: number): Block[] {
  const all = blocks.reduce((sum, { tokens }) => sum + tokens, 0);
  if (all <= room) return [...blocks];
  let reached = 0;
  return blocks.map(({ cause, tokens }) => {
    const from = Math.floor((room * reached) / all);
    reached += tokens;
    return { cause, tokens: Math.floor((room * reached) / all) - from };
  });
}

/** The context without its newest tokens. */
function shrunk(context: readonly Block[], tokens: number): Block[] {
  const left = [...context];
  let gone = tokens;
  while (gone > 0) {
    const last = left.pop();
    if (last === undefined) break;
    if (last.tokens > gone) left.push({ cause: last.cause, tokens: last.tokens - gone });
    gone -= last.tokens;
  }
  return left;
}

function costsOf({ id, counts, inputCost }: ContextUsage, context: readonly Block[]): ContextCost[] {
  if (inputCost === null) return [{ usage: id, cause: "unknown", nanoUsd: null }];
  const paid = new Map<ContextCause, bigint>();
  const prompt = new Reading(context);
  for (const kind of promptKinds) {
    if (counts[kind] === 0) continue;
    const causes = prompt.take(counts[kind]);
    const parts = splitCharge(
      inputCost[kind],
      causes.map(({ tokens }) => tokens),
    );
    causes.forEach(({ cause }, i) => {
      paid.set(cause, (paid.get(cause) ?? 0n) + (parts[i] as bigint));
    });
  }
  return [...paid].flatMap(([cause, nanoUsd]) => (nanoUsd === 0n ? [] : [{ usage: id, cause, nanoUsd }]));
}

/** A prompt read from its start. */
class Reading {
  readonly #context: readonly Block[];
  #block = 0;
  #used = 0;

  constructor(context: readonly Block[]) {
    this.#context = context;
  }

  /** The causes of the next so many tokens, in their order, each once. */
  take(tokens: number): readonly Block[] {
    const byCause = new Map<ContextCause, number>();
    for (let open = tokens; open > 0; ) {
      const block = this.#context[this.#block] as Block;
      const taken = Math.min(open, block.tokens - this.#used);
      byCause.set(block.cause, (byCause.get(block.cause) ?? 0) + taken);
      open -= taken;
      this.#used += taken;
      if (this.#used < block.tokens) continue;
      this.#block++;
      this.#used = 0;
    }
    return contextCauses.flatMap((cause) => {
      const taken = byCause.get(cause);
      return taken === undefined ? [] : [{ cause, tokens: taken }];
    });
  }
}
