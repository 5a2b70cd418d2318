/** What is kept of a request: records with nothing in them but what attributes.ts lists, as lines of an inbox's segment. */
import { createHash } from "node:crypto";
import { type KeptAttributes, isWanted, keepAttributes } from "./attributes.ts";
import { mostAttributes } from "./limits.ts";
import type { Attributes, DataPoint, LogRecord, Metric, Signal, Span, Value } from "./messages.ts";
import { type Encoding, readJson, readProtobuf } from "./wire.ts";

/** The layout of a line. */
export const lineVersion = 1;

/** A record as it is kept: what it is called, its instant (UTC ms), what it says, and what names it where it has no id of its own. */
export type KeptRecord = readonly [name: string, at: number, says: KeptAttributes, key: string];

/** A line of a segment. */
export type Line =
  | { readonly v: typeof lineVersion; readonly kind: Signal; readonly from: KeptAttributes; readonly records: readonly KeptRecord[] }
  | { readonly v: typeof lineVersion; readonly kind: "refused" | "unused"; readonly what: string; readonly count: number };

export interface KeptRequest {
  /** Lines with their line feeds; empty where there is nothing to keep. */
  readonly text: string;
  /** Records that are refused, by why, as it is told to the sender. */
  readonly refused: ReadonlyMap<string, number>;
  readonly refusedCount: number;
  /** Records there were. */
  readonly records: number;
}

/** Records of a line: a line is read in one piece. */
const recordsOfLine = 200;
/** Names of events nobody knows are counted apart up to so many a request. */
const mostNames = 20;

/** Metrics are told apart by all their attributes; only those of tokens and cost are looked at. */
const metricMeasures: Readonly<Record<string, "tokens" | "cost">> = {
  "claude_code.token.usage": "tokens",
  "claude_code.cost.usage": "cost",
};

/**
 * Reads a request and keeps what is listed.
 * @param receivedAt instant of records that carry none, UTC ms
 * @throws Malformed
 */
export function keepRequest(signal: Signal, encoding: Encoding, body: Uint8Array, receivedAt: number): KeptRequest {
  const wanted = signal === "metrics" ? () => true : isWanted;
  const request = encoding === "json" ? readJson(signal, body, wanted) : readProtobuf(signal, body, wanted);
  const keeping = new Keeping(receivedAt);
  for (const { resource, scopeLogs } of request.resourceLogs ?? [])
    keeping.group("logs", resource?.attributes, () => {
      for (const { scope, logRecords } of scopeLogs ?? []) for (const one of logRecords ?? []) keeping.log(one, scope?.name ?? "");
    });
  for (const { resource, scopeSpans } of request.resourceSpans ?? [])
    keeping.group("traces", resource?.attributes, () => {
      for (const { spans } of scopeSpans ?? []) for (const one of spans ?? []) keeping.span(one);
    });
  for (const { resource, scopeMetrics } of request.resourceMetrics ?? [])
    keeping.group("metrics", resource?.attributes, () => {
      for (const { metrics } of scopeMetrics ?? []) for (const one of metrics ?? []) keeping.metric(one, resource?.attributes);
    });
  return keeping.finish();
}

class Keeping {
  readonly #receivedAt: number;
  readonly #refused = new Map<string, number>();
  readonly #unused = new Map<string, number>();
  readonly #lines: string[] = [];
  #kept: KeptRecord[] = [];
  #service = "";
  #resourceDefect: string | null = null;
  #records = 0;

  constructor(receivedAt: number) {
    this.#receivedAt = receivedAt;
  }

  /** Keeps the records of one resource. */
  group(kind: Signal, attributes: Attributes | undefined, keep: () => void): void {
    const { kept: said, bad } = keepAttributes(attributes?.values ?? noValues);
    this.#resourceDefect = bad === null ? tooMany(attributes) : `attribute ${bad} of a resource is not what it should be`;
    this.#service = String(said["service"] ?? "");
    keep();
    for (let at = 0; at < this.#kept.length; at += recordsOfLine)
      this.#lines.push(
        JSON.stringify({ v: lineVersion, kind, from: said, records: this.#kept.slice(at, at + recordsOfLine) } satisfies Line),
      );
    this.#kept = [];
  }

  log(record: LogRecord, scope: string): void {
    const { says, defect } = this.#read(record.attributes);
    const name = logName(record, says, scope, this.#service);
    if (!usedNames.has(name)) return this.#leaveOut(name);
    if (name === "codex.sse_event" && !("all_input" in says)) return; // one a piece of a stream; the last one tells the tokens
    const at = says["moment"] ?? (record.timeUnixNano || record.observedTimeUnixNano || this.#receivedAt);
    if (defect !== null) return this.#refuse(defect);
    const missing = missingOf(name, says);
    if (missing !== null) return this.#refuse(`${name} without ${missing}`);
    this.#keep(name, Number(at), says, spanKey(record));
  }

  span(span: Span): void {
    const { says, defect } = this.#read(span.attributes);
    if (!isId(span.traceId, 16) || !isId(span.spanId, 8)) return this.#refuse("a span without trace id and span id");
    const name = spanName(span, says);
    if (!usedNames.has(name)) return this.#leaveOut(name);
    if (defect !== null) return this.#refuse(defect);
    this.#keep(name, span.endTimeUnixNano || span.startTimeUnixNano || this.#receivedAt, says, spanKey(span));
  }

  metric({ name = "", unit = "", sum }: Metric, resource: Attributes | undefined): void {
    const points = sum?.dataPoints ?? [];
    const measure = Object.hasOwn(metricMeasures, name) ? metricMeasures[name] : undefined;
    if (measure === undefined) {
      this.#records += points.length;
      return this.#leaveOut(name, points.length);
    }
    const temporality = sum?.aggregationTemporality ?? 0;
    for (const point of points) {
      const { says, defect } = this.#read(point.attributes);
      const amount = amountOf(point, measure);
      if (defect !== null) this.#refuse(defect);
      else if (temporality !== 1 && temporality !== 2) this.#refuse("a sum without its temporality");
      else if (amount === null) this.#refuse(`${name} with an amount that is no count`);
      else if (!point.timeUnixNano) this.#refuse("a point without its time");
      else {
        const series = seriesOf(name, unit, resource, point.attributes);
        const startAt = point.startTimeUnixNano ?? 0;
        this.#keep(name, point.timeUnixNano, { ...says, start: startAt, cumulative: temporality === 2, amount }, series);
      }
    }
  }

  /** What a record says, and why it cannot be used if it is of use at all. */
  #read(attributes: Attributes | undefined): { readonly says: KeptAttributes; readonly defect: string | null } {
    this.#records++;
    const { kept, bad } = keepAttributes(attributes?.values ?? noValues);
    const own = bad === null ? tooMany(attributes) : `attribute ${bad} is not what it should be`;
    return { says: kept, defect: this.#resourceDefect ?? own };
  }

  #keep(name: string, at: number, says: KeptAttributes, key: string): void {
    if (Number.isSafeInteger(at) && at > 0 && at < farAway) this.#kept.push([name, at, says, key]);
    else this.#refuse("an instant that is none");
  }

  #refuse(why: string): void {
    this.#refused.set(why, (this.#refused.get(why) ?? 0) + 1);
  }

  #leaveOut(name: string, count = 1): void {
    if (knownUnused(name) || count === 0) return;
    const shown = /^[\w.]{1,60}$/.test(name) && (this.#unused.has(name) || this.#unused.size < mostNames) ? name : "other";
    this.#unused.set(shown, (this.#unused.get(shown) ?? 0) + count);
  }

  finish(): KeptRequest {
    const tallies = [
      ...[...this.#refused].map(([what, count]): Line => ({ v: lineVersion, kind: "refused", what, count })),
      ...[...this.#unused].map(([what, count]): Line => ({ v: lineVersion, kind: "unused", what, count })),
    ];
    const lines = [...this.#lines, ...tallies.map((line) => JSON.stringify(line))];
    return {
      text: lines.map((line) => `${line}\n`).join(""),
      refused: this.#refused,
      refusedCount: [...this.#refused.values()].reduce((sum, count) => sum + count, 0),
      records: this.#records,
    };
  }
}

const noValues: ReadonlyMap<string, Value> = new Map();

/** The year 2200: what is later is a clock that counts in other units. */
const farAway = Date.UTC(2200, 0, 1);

const tooMany = (attributes: Attributes | undefined): string | null =>
  (attributes?.total ?? 0) > mostAttributes ? `more than ${mostAttributes} attributes` : null;

const isId = (id: string | undefined, bytes: number): boolean => id !== undefined && id.length === bytes * 2 && !/^0*$/.test(id);

/** Names a record by its span, where it has one. */
const spanKey = ({ traceId, spanId }: { readonly traceId?: string; readonly spanId?: string }): string =>
  isId(traceId, 16) && isId(spanId, 8) ? `span:${traceId}/${spanId}` : "";

/** What a log record is called: by its own field, an attribute, or a body that is a name; Claude Code's attribute leaves its prefix out. */
function logName({ eventName, body }: LogRecord, says: KeptAttributes, scope: string, service: string): string {
  const told = eventName || says["event"] || (typeof body === "string" && /^[\w.]{1,80}$/.test(body) ? body : "");
  const name = String(told);
  const isClaude = scope.startsWith("com.anthropic.claude_code") || service.startsWith("claude-code");
  return isClaude && !name.includes(".") && name !== "" ? `claude_code.${name}` : name;
}

/** Spans of the GenAI conventions are told by what they say, not by their names, which hold the model's. */
function spanName({ name = "" }: Span, says: KeptAttributes): string {
  if (name.startsWith("claude_code.")) return name;
  return "all_input" in says || "all_output" in says ? "gen_ai.inference" : name;
}

/** Names of records that become facts; what each has to say to be of use. Several names with a bar between: one of them. */
const needs: Readonly<Record<string, readonly string[]>> = {
  "claude_code.api_request": ["session", "model", "request|client_request|sequence", "input", "output"],
  "claude_code.user_prompt": ["session", "message|prompt|sequence"],
  "claude_code.tool_result": ["session"],
  "claude_code.api_error": ["session"],
  "claude_code.compaction": ["session"],
  "claude_code.llm_request": [],
  "claude_code.tool": [],
  "codex.sse_event": ["conversation"],
  "codex.user_prompt": ["conversation"],
  "codex.tool_result": ["conversation"],
  "codex.conversation_starts": ["conversation"],
  "gen_ai.client.inference.operation.details": [],
  "gen_ai.inference": [],
  "claude_code.token.usage": [],
  "claude_code.cost.usage": [],
};
const usedNames: ReadonlySet<string> = new Set(Object.keys(needs));

function missingOf(name: string, says: KeptAttributes): string | null {
  return (needs[name] ?? []).find((words) => !words.split("|").some((word) => word in says)) ?? null;
}

/** Events, spans and metrics that are known and say nothing of spend or work that is not told better elsewhere. */
const unusedNames: Readonly<Record<string, string>> = {
  claude_code:
    "assistant_response api_refusal api_retries_exhausted api_request_body api_response_body tool_decision permission_mode_changed auth mcp_server_connection internal_error plugin_installed plugin_loaded skill_activated at_mention subagent_completed feedback_survey retention_sweep hook_registered hook_execution_start hook_execution_complete interaction tool.blocked_on_user tool.execution hook session.count lines_of_code.count pull_request.count commit.count code_edit_tool.decision active_time.total",
  codex: "api_request tool_decision",
  gen_ai:
    "system.message user.message assistant.message tool.message choice client.token.usage client.operation.duration client.operation.time_to_first_chunk server.request.duration server.time_per_output_token server.time_to_first_token",
};
const unused: ReadonlySet<string> = new Set(
  Object.entries(unusedNames).flatMap(([prefix, names]) => names.split(" ").map((name) => `${prefix}.${name}`)),
);
const knownUnused = (name: string): boolean => unused.has(name);

/** A digest of all that tells one series of a metric from another. */
function seriesOf(name: string, unit: string, resource: Attributes | undefined, point: Attributes | undefined): string {
  const parts = [resource, point].map((attributes) =>
    [...(attributes?.values ?? [])].map(([key, value]) => `${key}=${typeof value}:${String(value)}`).sort(),
  );
  return createHash("sha1")
    .update(JSON.stringify([name, unit, ...parts]))
    .digest("hex")
    .slice(0, 20);
}

/** Tokens as they are; dollars as whole nano-dollars. Null for what is neither. */
function amountOf({ asInt, asDouble }: DataPoint, measure: "tokens" | "cost"): number | null {
  const told = asInt ?? asDouble;
  if (told === undefined || !(told >= 0)) return null;
  const amount = measure === "cost" ? Math.round(told * 1e9) : told;
  return Number.isSafeInteger(amount) ? amount : null;
}
