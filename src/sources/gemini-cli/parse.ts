/** Reads a conversation of Gemini CLI: one document, or records that are written again, whole, whenever they change. */
import type { TokenCounts } from "../../contract/facts.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import { type JsonObject, countOf, instantOf, isObject, jsonChars, listOf, objectOf, stringOf, textOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { answeredOf, askedOf } from "./tools.ts";

export const agentName = "gemini-cli";

/** What the place of a conversation says of it. */
export interface ConversationPlace {
  /** Session that started this one; null for a session of its own. */
  readonly parent: string | null;
  readonly cwd: string | null;
}

export const nowhere: ConversationPlace = { parent: null, cwd: null };

export const geminiFormat = (place: ConversationPlace): JsonFormat => ({
  lostMarks: ['"tokens"', '"usage"', '"toolCalls"'],
  reader: (input, sink) => new ConversationReader(input, place, sink),
});

const knownTypes: ReadonlySet<string> = new Set(["user", "gemini", "info", "error", "warning"]);

class ConversationReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #place: ConversationPlace;
  readonly #sink: FactSink;
  #facts: SessionFacts;
  #agentId: string | null = null;
  #cwd: string | null;
  readonly #called = new Set<string>();
  readonly #answered = new Set<string>();
  readonly #said = new Set<string>();

  constructor(input: JsonInput, place: ConversationPlace, sink: FactSink) {
    this.#input = input;
    this.#place = place;
    this.#sink = sink;
    this.#cwd = place.cwd;
    this.#facts = this.#factsOf(input.session);
  }

  #factsOf(session: string): SessionFacts {
    const facts = new SessionFacts(agentName, this.#place.parent ?? session, this.#input.fingerprinter, this.#sink);
    if (this.#place.parent === null) facts.learn({ cwd: this.#cwd });
    else this.#agentId = session;
    return facts;
  }

  take(record: JsonObject, offset: number): void {
    const told = isObject(record["$set"]) ? record["$set"] : record;
    const type = stringOf(record["type"]);
    if (type !== null && stringOf(record["id"]) !== null) this.#message(record, offset);
    else if (Array.isArray(told["messages"]) || stringOf(told["sessionId"]) !== null) {
      this.#about(told);
      for (const message of listOf(told["messages"])) this.#message(objectOf(message), offset);
    } else if (told === record && record["$rewindTo"] === undefined) tellUnknown(this.#sink, offset, type);
  }

  finish(): void {
    this.#facts.tell();
  }

  #about(told: JsonObject): void {
    const session = stringOf(told["sessionId"]);
    const folder = listOf(told["directories"])[0];
    if (this.#cwd === null && typeof folder === "string") this.#cwd = folder;
    if (session !== null && session !== (this.#agentId ?? this.#facts.session)) {
      this.#facts.tell();
      this.#facts = this.#factsOf(session);
    }
    if (this.#place.parent === null) this.#facts.learn({ cwd: this.#cwd });
    const startedAt = instantOf(told["startTime"]);
    if (startedAt !== null) this.#facts.seen(startedAt);
  }

  #message(message: JsonObject, offset: number): void {
    const type = stringOf(message["type"]) ?? "none";
    const instant = instantOf(message["timestamp"]);
    if (!knownTypes.has(type)) {
      tellUnknown(this.#sink, offset, type);
      return;
    }
    if (instant === null) {
      tellNoInstant(this.#sink, offset, isObject(message["tokens"]));
      return;
    }
    this.#facts.seen(instant);
    const id = stringOf(message["id"]) ?? `${this.#facts.session}:${instant}`;
    if (type === "user") this.#prompt(id, instant, message);
    else if (type === "gemini") this.#answer(id, instant, message);
  }

  #prompt(id: string, instant: number, message: JsonObject): void {
    const text = textOf(message["displayContent"]) ?? textOf(message["content"]) ?? "";
    if (this.#agentId !== null || text.trim() === "" || this.#said.has(id)) return;
    this.#said.add(id);
    this.#facts.turn(id, instant, text);
  }

  #answer(id: string, instant: number, message: JsonObject): void {
    const calls = listOf(message["toolCalls"]).filter(isObject);
    const counts = countsOf(objectOf(message["tokens"]));
    if (counts !== null) {
      this.#facts.response({
        messageId: id,
        instant,
        agentId: this.#agentId,
        provider: "google",
        model: stringOf(message["model"]) ?? "unknown",
        counts,
        cwd: this.#cwd,
        visibleChars: (textOf(message["content"]) ?? "").length + calls.reduce((sum, call) => sum + jsonChars(call["args"]), 0),
      });
    }
    for (const call of calls) this.#call(call, id, instant);
  }

  #call(call: JsonObject, messageId: string, answeredAt: number): void {
    const id = stringOf(call["id"]);
    if (id === null) return;
    const args = objectOf(call["args"]);
    const endedAt = instantOf(call["timestamp"]) ?? answeredAt;
    if (!this.#called.has(id)) {
      this.#called.add(id);
      const asked = askedOf(stringOf(call["name"]) ?? "unknown", args, this.#cwd);
      this.#facts.call({ callId: id, messageId, agentId: this.#agentId, instant: answeredAt, ...asked });
    }
    const status = stringOf(call["status"]);
    const hasEnded = status === "success" || status === "error" || status === "cancelled";
    if (!hasEnded || this.#answered.has(id)) return;
    this.#answered.add(id);
    const answered = answeredOf(call["result"], call["resultDisplay"], status, args, this.#cwd);
    this.#facts.result({ callId: id, instant: endedAt, ...answered, startedAgentId: stringOf(call["agentId"]) });
  }
}

/**
 * As logged what is cached is part of the input, and thoughts stand beside the output: their total says which. Tokens that
 * tools put into the prompt are beside the input. Null where nothing was counted: a response that was cut off.
 */
export function countsOf(tokens: JsonObject): TokenCounts | null {
  const [input, output, cached, thoughts, tool, total] = ["input", "output", "cached", "thoughts", "tool", "total"].map((name) =>
    countOf(tokens[name]),
  ) as [number, number, number, number, number, number];
  if (input + output + thoughts + tool === 0) return null;
  const thoughtsInside = thoughts > 0 && total === input + output + tool && thoughts <= output;
  const read = Math.min(cached, input);
  return {
    input: input - read + tool,
    cacheRead: read,
    cacheWrite5m: 0,
    cacheWrite1h: 0,
    output: thoughtsInside ? output : output + thoughts,
    reasoning: tokens["thoughts"] === undefined ? null : thoughts,
  };
}
