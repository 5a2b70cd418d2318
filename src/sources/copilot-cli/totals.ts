/**
 * What `session.shutdown` says a session used, model by model. Newer versions count on when a session is resumed, older ones
 * begin anew, and all begin anew after a compaction; so each telling is a step of a counter that may have been set back.
 */
import type { TokenCounts } from "../../contract/facts.ts";
import { type JsonObject, countOf, isCount, isObject, objectOf } from "../loose-json.ts";

interface Counter {
  readonly requests: number;
  readonly input: number;
  readonly output: number;
  readonly cacheRead: number;
  readonly cacheWrite: number;
  readonly reasoning: number;
  readonly nanoCredits: number;
}

const nothing: Counter = { requests: 0, input: 0, output: 0, cacheRead: 0, cacheWrite: 0, reasoning: 0, nanoCredits: 0 };
const fields = Object.keys(nothing) as (keyof Counter)[];

export interface ModelTotal {
  readonly model: string;
  readonly counts: TokenCounts;
  readonly nanoCredits: number;
}

export class ShutdownTotals {
  /** By model: what the last telling said, and the sum up to it. */
  readonly #models = new Map<string, { readonly last: Counter; readonly sum: Counter }>();
  /** Answers since the last telling, and since the counter was last set back. */
  #answersOfLeg = 0;
  #answersOfCounter = 0;

  /** The session's model answered. */
  answered(): void {
    this.#answersOfLeg++;
    this.#answersOfCounter++;
  }

  /** @param metrics `modelMetrics` of a shutdown */
  take(metrics: JsonObject): void {
    const told = Object.entries(metrics).flatMap(([model, value]) => (isObject(value) ? [[model, counterOf(value)] as const] : []));
    if (told.length === 0) return; // a session that was opened and closed
    const setBack = this.#wasSetBack(told);
    for (const [model, now] of told) {
      const before = this.#models.get(model);
      const step = setBack || before === undefined ? now : combined(now, before.last, (a, b) => a - b);
      this.#models.set(model, { last: now, sum: before === undefined ? step : combined(before.sum, step, (a, b) => a + b) });
    }
    if (setBack)
      for (const [model, { sum }] of this.#models)
        if (!told.some(([name]) => name === model)) this.#models.set(model, { last: nothing, sum });
    if (setBack) this.#answersOfCounter = this.#answersOfLeg;
    this.#answersOfLeg = 0;
  }

  /** A count that fell says so; else whether there are as many requests as answers since the last telling, or since all. */
  #wasSetBack(told: readonly (readonly [string, Counter])[]): boolean {
    const known = [...this.#models.values()].some(({ last }) => last.requests + last.input > 0);
    if (!known) return false;
    for (const [model, now] of told) {
      const before = this.#models.get(model)?.last;
      if (before !== undefined && fields.some((field) => now[field] < before[field])) return true;
    }
    const requests = told.reduce((sum, [, { requests: count }]) => sum + count, 0);
    return Math.abs(requests - this.#answersOfLeg) < Math.abs(requests - this.#answersOfCounter);
  }

  totals(): ModelTotal[] {
    return [...this.#models].flatMap(([model, { sum }]) => {
      const { input, output, cacheRead, cacheWrite, reasoning, nanoCredits } = sum;
      if (input + output + cacheRead + cacheWrite === 0) return [];
      return [{ model, nanoCredits, counts: countsOf(input, output, cacheRead, cacheWrite, reasoning) }];
    });
  }
}

/** Cached tokens are in the input, reasoning in the output. */
export const countsOf = (input: number, output: number, cacheRead: number, cacheWrite: number, reasoning: number | null): TokenCounts => ({
  input: Math.max(0, input - cacheRead - cacheWrite),
  cacheRead,
  cacheWrite5m: cacheWrite,
  cacheWrite1h: 0,
  output,
  reasoning,
});

/** A credit is a cent. */
export const nanoUsdOfCredits = (nanoCredits: number): number | null => (nanoCredits > 0 ? Math.round(nanoCredits / 100) : null);

function counterOf(metrics: JsonObject): Counter {
  const usage = objectOf(metrics["usage"]);
  return {
    requests: countOf(objectOf(metrics["requests"])["count"]),
    input: countOf(usage["inputTokens"]),
    output: countOf(usage["outputTokens"]),
    cacheRead: countOf(usage["cacheReadTokens"]),
    cacheWrite: countOf(usage["cacheWriteTokens"]),
    reasoning: countOf(usage["reasoningTokens"]),
    nanoCredits: isCount(metrics["totalNanoAiu"]) ? countOf(metrics["totalNanoAiu"]) : 0,
  };
}

function combined(one: Counter, other: Counter, of: (a: number, b: number) => number): Counter {
  return Object.fromEntries(fields.map((field) => [field, of(one[field], other[field])])) as unknown as Counter; // every field is set
}
