/**
 * Token counts of a rollout. `token_count` events tell a running total and the last response's part of it, again and again:
 * a response is a total that was not told before. `token_usage_record` (2026) tells a response once, with its own id.
 */
import type { TokenCounts } from "../../contract/facts.ts";
import { type JsonObject, countOf, isCount, isObject } from "../loose-json.ts";

/** As logged: what is cached is part of the input, reasoning part of the output. */
interface LoggedUsage {
  readonly input: number;
  readonly cached: number;
  readonly cacheWrite: number;
  readonly output: number;
  /** Null where it is not told. */
  readonly reasoning: number | null;
}

export interface CountedResponse {
  readonly counts: TokenCounts;
  /** Names the response inside its lineage or turn, whichever copy of the history tells it. */
  readonly vector: string;
  /** The model the event itself names. */
  readonly model: string | null;
}

export class RunningTotals {
  #before: LoggedUsage | null = null;
  /** Totals told so far; several counters may take turns in one file. */
  readonly #told = new Set<string>();
  /** What records told of single responses and no event has repeated yet. */
  readonly #recorded: string[] = [];

  /** A response as a `token_usage_record` tells it; null where there is no usage. */
  record(payload: JsonObject): TokenCounts | null {
    const usage = usageOf(payload["usage"]);
    if (usage === null || isEmpty(usage)) return null;
    this.#recorded.push(textOf(usage));
    if (this.#recorded.length > mostRecorded) this.#recorded.shift();
    return countsOf(usage);
  }

  /**
   * The response a `token_count` event tells for the first time; null for a repeated total, limits without counts, an
   * estimate after a compaction (its parts are 0), and what a record has told.
   * @param missing is told when the total grew by more than the response: others are not in the file
   */
  event(info: JsonObject, missing: () => void): CountedResponse | null {
    const total = usageOf(info["total_token_usage"]);
    const last = usageOf(info["last_token_usage"]);
    const totalText = total === null ? "" : textOf(total);
    if (total !== null && this.#told.has(totalText)) return null;
    const before = this.#before;
    const told = last ?? (total === null ? null : growth(total, before));
    if (total !== null) {
      if (last !== null && before !== null && !this.#follows(total, last)) missing();
      this.#told.add(totalText);
      this.#before = total;
    }
    if (told === null || isEmpty(told)) return null;
    const recorded = this.#recorded.indexOf(textOf(told));
    if (recorded >= 0) {
      this.#recorded.splice(recorded, 1);
      return null;
    }
    const model = info["model"];
    return { counts: countsOf(told), vector: `${totalText}/${textOf(told)}`, model: typeof model === "string" ? model : null };
  }

  /** Whether the total is a known one and this response, or this response alone. */
  #follows(total: LoggedUsage, last: LoggedUsage): boolean {
    const rest = textOf(difference(total, last));
    return this.#told.has(rest) || textOf(total) === textOf(last);
  }
}

const mostRecorded = 64;

function usageOf(value: unknown): LoggedUsage | null {
  if (!isObject(value) || !(isCount(value["input_tokens"]) || isCount(value["output_tokens"]))) return null;
  return {
    input: countOf(value["input_tokens"]),
    cached: countOf(value["cached_input_tokens"]),
    cacheWrite: countOf(value["cache_write_input_tokens"]),
    output: countOf(value["output_tokens"]),
    reasoning: isCount(value["reasoning_output_tokens"]) ? countOf(value["reasoning_output_tokens"]) : null,
  };
}

const isEmpty = ({ input, output }: LoggedUsage): boolean => input === 0 && output === 0;

const textOf = ({ input, cached, output, reasoning }: LoggedUsage): string => `${input}.${cached}.${output}.${reasoning ?? ""}`;

function difference(a: LoggedUsage, b: LoggedUsage): LoggedUsage {
  return {
    input: a.input - b.input,
    cached: a.cached - b.cached,
    cacheWrite: a.cacheWrite - b.cacheWrite,
    output: a.output - b.output,
    reasoning: a.reasoning === null || b.reasoning === null ? null : a.reasoning - b.reasoning,
  };
}

/** What came since the total before; where a counter fell it began anew. */
function growth(total: LoggedUsage, before: LoggedUsage | null): LoggedUsage {
  if (before === null) return total;
  const grown = difference(total, before);
  return grown.input < 0 || grown.cached < 0 || grown.output < 0 ? total : grown;
}

function countsOf({ input, cached, cacheWrite, output, reasoning }: LoggedUsage): TokenCounts {
  const read = Math.min(cached, input);
  const written = Math.min(cacheWrite, input - read);
  return {
    input: input - read - written,
    cacheRead: read,
    cacheWrite5m: written,
    cacheWrite1h: 0,
    output,
    reasoning: reasoning === null ? null : Math.min(reasoning, output),
  };
}
