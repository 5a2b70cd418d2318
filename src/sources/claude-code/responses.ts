/**
 * Joins the records of one response into one sighting. Claude Code writes a record per content block, each with the usage
 * as it stood then; up to CLI 2.1.96 most of them carry the output count of the response's beginning.
 */
import type { Quality, SightingFact, TokenCounts } from "../../contract/facts.ts";
import type { RepeatedStrings } from "../json-cursor.ts";
import { type RecordHeader, type TranscriptRecord, w } from "./schema.ts";

/** Who speaks in a record, and when: the same for every fact of it. */
export interface Speaker {
  readonly session: string;
  /** Null for the session's own. */
  readonly agentId: string | null;
  readonly parentCallId: string | null;
  readonly instant: number;
  /** Where the record begins in the transcript. */
  readonly offset: number;
  /** Of the outermost record. */
  readonly header: RecordHeader;
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

interface OpenResponse {
  readonly since: number;
  readonly key: string;
  readonly sighting: Mutable<SightingFact>;
  minOutput: number;
  final: boolean;
}

/** First version that logs the final output count on every record (changelog 2.1.97). */
const finalSince = [2, 1, 97] as const;

/** Responses still being written, one a chain: the session's own and each sub-agent's. */
export class Responses {
  readonly #agent: string;
  readonly #emit: (fact: SightingFact) => void;
  readonly #open = new Map<string, OpenResponse>();
  readonly #strings: RepeatedStrings;

  constructor(agent: string, strings: RepeatedStrings, emit: (fact: SightingFact) => void) {
    this.#agent = agent;
    this.#strings = strings;
    this.#emit = emit;
  }

  /**
   * Adds an assistant record with usage. Records of one response stand together on their chain (19,170 of 19,170 groups
   * measured), so a record of another response ends the one before.
   */
  add(record: TranscriptRecord, speaker: Speaker, messageId: string | null, requestId: string | null, visibleChars: number): void {
    const chain = speaker.agentId ?? speaker.session;
    const key = messageId ?? requestId ?? "";
    const open = this.#open.get(chain);
    const counts = countsOf(record);
    const final = isFinal(record, speaker.header.version);
    if (open !== undefined && key !== "" && open.key === key) {
      open.final ||= final;
      open.minOutput = Math.min(open.minOutput, counts.output);
      const { sighting } = open;
      sighting.instant = Math.min(sighting.instant, speaker.instant);
      sighting.counts = largest(sighting.counts, counts);
      sighting.visibleChars += visibleChars;
      sighting.speed ??= record.usage.string(w.speed);
      sighting.geo ??= geoOf(record);
      sighting.webSearches = Math.max(sighting.webSearches, record.serverTools.number(w.web_search_requests) ?? 0);
      return;
    }
    if (open !== undefined) this.#close(open);
    const sighting = this.#sighting(record, speaker, messageId, requestId, counts, visibleChars);
    this.#open.set(chain, { since: speaker.offset, key, sighting, minOutput: counts.output, final });
    for (const extra of iterationsOf(record, sighting)) this.#emit(extra);
  }

  #sighting(
    record: TranscriptRecord,
    speaker: Speaker,
    messageId: string | null,
    requestId: string | null,
    counts: TokenCounts,
    visibleChars: number,
  ): Mutable<SightingFact> {
    const { version, cwd, branch } = speaker.header;
    return {
      kind: "sighting",
      agent: this.#agent,
      session: speaker.session,
      provider: providerOf(messageId),
      messageId,
      requestId,
      instant: speaker.instant,
      agentId: speaker.agentId,
      model: this.#strings.get(record.message, w.model) ?? "unknown",
      agentVersion: version,
      serviceTier: this.#strings.get(record.usage, w.service_tier),
      speed: record.usage.string(w.speed),
      geo: geoOf(record),
      cwd,
      branch,
      counts,
      outputQuality: record.usage.number(w.output_tokens) === null ? "not_observed" : "partial",
      webSearches: record.serverTools.number(w.web_search_requests) ?? 0,
      visibleChars,
      reportedCostNanoUsd: null,
    };
  }

  #close(open: OpenResponse): void {
    const { sighting } = open;
    const grew = sighting.counts.output > open.minOutput;
    const outputQuality: Quality = open.final || grew ? "final" : sighting.outputQuality;
    this.#emit({ ...sighting, outputQuality });
  }

  /** Tells the open ones as they stand; they stay open. */
  tell(): void {
    for (const open of this.#open.values()) this.#close(open);
  }

  /** Ends those that began before `offset`. */
  closeBefore(offset: number): void {
    for (const [chain, open] of this.#open) {
      if (open.since >= offset) continue;
      this.#close(open);
      this.#open.delete(chain);
    }
  }

  /** Where the oldest open one began. */
  oldest(): number {
    let oldest = Number.POSITIVE_INFINITY;
    for (const open of this.#open.values()) oldest = Math.min(oldest, open.since);
    return oldest;
  }
}

function countsOf(record: TranscriptRecord): TokenCounts {
  const { usage } = record;
  const written = countOf(usage.number(w.cache_creation_input_tokens));
  const hour = countOf(record.cacheCreation.number(w.ephemeral_1h_input_tokens));
  const minutes = countOf(record.cacheCreation.number(w.ephemeral_5m_input_tokens));
  return {
    input: countOf(usage.number(w.input_tokens)),
    cacheRead: countOf(usage.number(w.cache_read_input_tokens)),
    // What the split does not name has the default life of five minutes; CLI 2.1.152 and before may name only the split.
    cacheWrite5m: Math.max(minutes, written - hour),
    cacheWrite1h: hour,
    output: countOf(usage.number(w.output_tokens)),
    reasoning: record.outputDetails.number(w.thinking_tokens),
  };
}

function largest(a: TokenCounts, b: TokenCounts): TokenCounts {
  return {
    input: Math.max(a.input, b.input),
    cacheRead: Math.max(a.cacheRead, b.cacheRead),
    cacheWrite5m: Math.max(a.cacheWrite5m, b.cacheWrite5m),
    cacheWrite1h: Math.max(a.cacheWrite1h, b.cacheWrite1h),
    output: Math.max(a.output, b.output),
    reasoning: a.reasoning === null ? b.reasoning : b.reasoning === null ? a.reasoning : Math.max(a.reasoning, b.reasoning),
  };
}

/**
 * Whether this record says that the response had ended. `server_tool_use` stands only in the usage that ends a stream:
 * from CLI 2.1.30 on every response whose output grew has it on its last record and none on its first (688 of 688).
 */
function isFinal(record: TranscriptRecord, version: string | null): boolean {
  if (record.usage.has(w.server_tool_use) || record.message.isString(w.stop_reason)) return true;
  if (version !== lastVersion.text) lastVersion = { text: version, isFinal: isAtLeast(version, finalSince) };
  return lastVersion.isFinal;
}

let lastVersion: { readonly text: string | null; readonly isFinal: boolean } = { text: null, isFinal: false };

function isAtLeast(version: string | null, wanted: readonly number[]): boolean {
  if (version === null) return false;
  const parts = version.split(".").map((part) => Number.parseInt(part, 10));
  for (const [i, least] of wanted.entries()) {
    const part = parts[i] ?? 0;
    if (Number.isNaN(part)) return false;
    if (part !== least) return part > least;
  }
  return true;
}

/** Bedrock and Vertex mark the ids of their messages. */
function providerOf(messageId: string | null): string | null {
  if (messageId === null || !messageId.startsWith("msg_")) return null;
  return messageId.startsWith("msg_bdrk_") ? "aws" : messageId.startsWith("msg_vrtx_") ? "google" : "anthropic";
}

function geoOf(record: TranscriptRecord): string | null {
  const geo = record.usage.string(w.inference_geo);
  return geo === "" || geo === "not_available" ? null : geo;
}

/**
 * Inner inferences that the response's own counts leave out: advisor and compaction iterations (API reference of
 * `usage.iterations`; none in the transcripts checked).
 */
function iterationsOf(record: TranscriptRecord, sighting: SightingFact): SightingFact[] {
  if (!record.usage.isArray(w.iterations) || record.usage.size(w.iterations) <= 2) return [];
  const list = record.usage.parsed(w.iterations);
  if (!Array.isArray(list)) return [];
  return list.flatMap((item: unknown, index) => {
    if (typeof item !== "object" || item === null) return [];
    const iteration = item as Readonly<Record<string, unknown>>;
    const { type, model } = iteration;
    if (type !== "advisor_message" && type !== "compaction") return [];
    const split =
      typeof iteration["cache_creation"] === "object" ? (iteration["cache_creation"] as Readonly<Record<string, unknown>> | null) : null;
    const hour = countOf(split?.["ephemeral_1h_input_tokens"]);
    const counts: TokenCounts = {
      input: countOf(iteration["input_tokens"]),
      cacheRead: countOf(iteration["cache_read_input_tokens"]),
      cacheWrite5m: Math.max(countOf(split?.["ephemeral_5m_input_tokens"]), countOf(iteration["cache_creation_input_tokens"]) - hour),
      cacheWrite1h: hour,
      output: countOf(iteration["output_tokens"]),
      reasoning: null,
    };
    const id = sighting.messageId ?? sighting.requestId;
    if (id === null) return [];
    return [
      {
        ...sighting,
        messageId: `${id}/${type}/${index}`,
        requestId: null,
        model: typeof model === "string" ? model : sighting.model,
        counts,
        outputQuality: "final",
        webSearches: 0,
        visibleChars: 0,
      },
    ];
  });
}

/** A count of tokens; what is none counts nothing, and says so by its quality. */
const countOf = (value: unknown): number => (typeof value === "number" && Number.isFinite(value) && value > 0 ? value : 0);
