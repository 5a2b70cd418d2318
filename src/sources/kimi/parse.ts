/** Reads a wire of Kimi: the messages of Kimi CLI, or the records of Kimi Code. Sub-agents speak in the wire of their session, too. */
import type { TokenCounts } from "../../contract/facts.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import { type JsonObject, countOf, instantOf, isObject, makerOf, objectOf, parsedText, stringOf, textOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import type { WirePlace } from "./discover.ts";
import { answeredOf, askedOf } from "./tools.ts";

export const agentName = "kimi";

export const kimiFormat = (place: WirePlace): JsonFormat => ({
  lostMarks: ['"token_usage"', '"usage"', '"ToolCall"', '"tool.call"'],
  reader: (input, sink) => new WireReader(input, place, sink),
});

/** Messages of Kimi CLI that are known and read for nothing. */
const silentMessages: ReadonlySet<string> = new Set([
  "TurnEnd",
  "StepBegin",
  "StepInterrupted",
  "CompactionBegin",
  "CompactionEnd",
  "HookTriggered",
  "HookResolved",
  "MCPLoadingBegin",
  "MCPLoadingEnd",
  "Notification",
  "PlanDisplay",
  "ApprovalRequest",
  "ApprovalResponse",
  "ApprovalRequestResolved",
  "ToolCallRequest",
  "QuestionRequest",
]);

/** A call whose arguments are still being told, piece by piece. */
interface OpenCall {
  readonly callId: string;
  readonly tool: string;
  readonly agentId: string | null;
  readonly parentCallId: string | null;
  readonly instant: number;
  text: string;
}

/** Who speaks, and when. */
interface Speaker {
  readonly agentId: string | null;
  readonly parentCallId: string | null;
  readonly instant: number;
}

class WireReader implements RecordReader {
  readonly #place: WirePlace;
  readonly #sink: FactSink;
  readonly #facts: SessionFacts;
  #model: string | null = null;
  #open: OpenCall | null = null;
  /** Characters shown since the last response, by agent. */
  readonly #shown = new Map<string | null, number>();

  constructor(input: JsonInput, place: WirePlace, sink: FactSink) {
    this.#place = place;
    this.#sink = sink;
    this.#facts = new SessionFacts(agentName, place.session, input.fingerprinter, sink);
    if (place.agentId === null) this.#facts.learn({ cwd: place.cwd });
  }

  take(record: JsonObject, offset: number): void {
    const { agentId } = this.#place;
    if (isObject(record["message"]) && typeof record["message"]["type"] === "string") {
      const instant = instantOf(record["timestamp"]);
      const payload = objectOf(record["message"]["payload"]);
      if (instant === null) tellNoInstant(this.#sink, offset, isObject(payload["token_usage"]));
      else this.#message(record["message"], { agentId, parentCallId: null, instant }, offset);
    } else this.#record(record, offset);
  }

  finish(): void {
    this.#closeCall();
    this.#facts.answered(null);
    this.#facts.tell();
  }

  #message(message: JsonObject, speaker: Speaker, offset: number): void {
    const type = stringOf(message["type"]) ?? "none";
    const payload = objectOf(message["payload"]);
    if (type === "ToolCallPart") {
      if (this.#open !== null) this.#open.text += stringOf(payload["arguments_part"]) ?? "";
      return;
    }
    this.#closeCall();
    if (silentMessages.has(type)) this.#facts.seen(speaker.instant);
    else if (type === "TurnBegin" || type === "SteerInput") this.#said(payload["user_input"], speaker, type === "SteerInput");
    else if (type === "ContentPart") this.#show(speaker, (stringOf(payload["text"]) ?? stringOf(payload["think"]) ?? "").length);
    else if (type === "ToolCall") this.#called(payload, speaker);
    else if (type === "ToolResult")
      this.#result(stringOf(payload["tool_call_id"]), objectOf(payload["return_value"] ?? payload["result"]), speaker);
    else if (type === "StatusUpdate") this.#status(payload, speaker);
    else if (type === "SubagentEvent") {
      const parentCallId = stringOf(payload["parent_tool_call_id"]) ?? stringOf(payload["task_tool_call_id"]);
      const agentId = stringOf(payload["agent_id"]) ?? parentCallId ?? "sub-agent";
      const parent = parentCallId === null ? null : this.#callKey(parentCallId);
      this.#message(objectOf(payload["event"]), { agentId, parentCallId: parent, instant: speaker.instant }, offset);
    } else tellUnknown(this.#sink, offset, type);
  }

  #said(input: unknown, { instant, agentId }: Speaker, isSteering: boolean): void {
    const text = textOf(input) ?? "";
    if (agentId === null && text.trim() !== "") this.#facts.turn(`said:${instant}`, instant, text, isSteering ? "queued" : "prompt");
  }

  #show({ agentId, instant }: Speaker, chars: number): void {
    this.#facts.seen(instant);
    this.#shown.set(agentId, (this.#shown.get(agentId) ?? 0) + chars);
  }

  /** Ids of calls count from 0 in some versions: they are unique with their session only. */
  #callKey = (id: string): string => `${this.#place.session}:${id}`;

  #called(payload: JsonObject, speaker: Speaker): void {
    const id = stringOf(payload["id"]);
    const call = objectOf(payload["function"]);
    if (id === null) return;
    const text = stringOf(call["arguments"]) ?? "";
    this.#open = { callId: this.#callKey(id), tool: stringOf(call["name"]) ?? "unknown", text, ...speaker };
  }

  #closeCall(): void {
    const call = this.#open;
    this.#open = null;
    if (call !== null) this.#call(call, objectOf(parsedText(call.text)), Buffer.byteLength(call.text));
  }

  #call({ callId, tool, agentId, parentCallId, instant }: Omit<OpenCall, "text">, args: JsonObject, inputBytes: number): void {
    this.#show({ agentId, parentCallId, instant }, inputBytes);
    this.#facts.call({ callId, agentId, parentCallId, instant, inputBytes, ...askedOf(tool, args, this.#place.cwd) });
  }

  #result(id: string | null, value: JsonObject, { instant }: Speaker): void {
    if (id !== null) this.#facts.result({ callId: this.#callKey(id), instant, ...answeredOf(value) });
  }

  #status(payload: JsonObject, { agentId, instant }: Speaker): void {
    const usage = objectOf(payload["token_usage"]);
    const counts = countsOf(usage["input_other"], usage["input_cache_read"], usage["input_cache_creation"], usage["output"]);
    if (counts !== null) this.#response(stringOf(payload["message_id"]), counts, agentId, instant);
  }

  #response(id: string | null, counts: TokenCounts, agentId: string | null, instant: number): void {
    const model = this.#model ?? "unknown";
    const { input, cacheRead, cacheWrite5m, output } = counts;
    const vector = `${instant}/${input}.${cacheRead}.${cacheWrite5m}.${output}`;
    const messageId = id ?? `kimi:${this.#place.session}/${agentId ?? "main"}/${vector}`;
    const visibleChars = this.#shown.get(agentId) ?? 0;
    this.#shown.set(agentId, 0);
    this.#facts.response({
      messageId,
      instant,
      agentId,
      provider: makerOf(model),
      model,
      counts,
      cwd: this.#place.cwd,
      visibleChars,
    });
  }

  /** A record of Kimi Code; and the first line of Kimi CLI's. */
  #record(record: JsonObject, offset: number): void {
    const type = stringOf(record["type"]) ?? "none";
    if (type === "metadata") return;
    const event = objectOf(record["event"]);
    const instant = instantOf(event["time"]) ?? instantOf(record["time"]);
    if (!/^(?:usage|llm|context|turn|session|config|permission|plan|goal|swarm|full_compaction|tools?)\b/.test(type))
      tellUnknown(this.#sink, offset, type);
    else if (instant === null) tellNoInstant(this.#sink, offset, type === "usage.record");
    else this.#codeRecord(type, record, event, instant);
  }

  #codeRecord(type: string, record: JsonObject, event: JsonObject, instant: number): void {
    const speaker: Speaker = { agentId: this.#place.agentId, parentCallId: null, instant };
    this.#facts.seen(instant);
    if (type === "llm.request") this.#model = stringOf(record["model"]) ?? this.#model;
    else if (type === "usage.record") this.#usage(record, speaker);
    else if (type === "context.append_message") {
      const message = objectOf(record["message"]);
      if (message["role"] === "user" && isPersons(message)) this.#said(message["content"], speaker, false);
    } else if (type === "context.append_loop_event") this.#loopEvent(event, speaker);
  }

  #usage(record: JsonObject, { agentId, instant }: Speaker): void {
    const usage = objectOf(record["usage"]);
    const counts = countsOf(usage["inputOther"], usage["inputCacheRead"], usage["inputCacheCreation"], usage["output"]);
    this.#model = stringOf(record["model"])?.replace(/^.*\//, "") ?? this.#model;
    if (counts !== null) this.#response(null, counts, agentId, instant);
  }

  #loopEvent(event: JsonObject, speaker: Speaker): void {
    const type = event["type"];
    const id = stringOf(event["toolCallId"]) ?? stringOf(event["uuid"]) ?? stringOf(event["id"]);
    if (type === "content.part") this.#show(speaker, (textOf([event["part"]]) ?? "").length);
    else if (type === "tool.call" && id !== null) {
      const args = isObject(event["args"]) ? event["args"] : objectOf(parsedText(event["args"]));
      const call = { callId: this.#callKey(id), tool: stringOf(event["name"]) ?? "unknown", ...speaker };
      this.#call(call, args, Buffer.byteLength(JSON.stringify(args)));
    } else if (type === "tool.result") this.#result(id, objectOf(event["result"]), speaker);
  }
}

/** Messages the program puts into the context in a person's name say where they are from. */
function isPersons(message: JsonObject): boolean {
  const origin = objectOf(message["origin"])["kind"];
  return origin === undefined || origin === "user";
}

/** Disjoint as logged. Null where nothing was counted. */
function countsOf(input: unknown, cacheRead: unknown, cacheWrite: unknown, output: unknown): TokenCounts | null {
  const counts: TokenCounts = {
    input: countOf(input),
    cacheRead: countOf(cacheRead),
    cacheWrite5m: countOf(cacheWrite),
    cacheWrite1h: 0,
    output: countOf(output),
    reasoning: null,
  };
  return counts.input + counts.cacheRead + counts.cacheWrite5m + counts.output === 0 ? null : counts;
}
