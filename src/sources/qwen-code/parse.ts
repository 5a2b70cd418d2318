/** Reads a chat of Qwen Code: one record a message, each with session, folder and branch; parts and tools as in Gemini CLI. */
import type { TurnFact } from "../../contract/facts.ts";
import { countsOf } from "../gemini-cli/parse.ts";
import { answeredOf, askedOf } from "../gemini-cli/tools.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import { type JsonObject, instantOf, isObject, jsonChars, listOf, makerOf, objectOf, stringOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";

export const agentName = "qwen-code";

export const qwenFormat: JsonFormat = {
  lostMarks: ['"usageMetadata"', '"usage"', '"functionCall"'],
  reader: (input, sink) => new ChatReader(input, sink),
};

/** Records of the person's that are none of a person. */
const triggers: Readonly<Record<string, TurnFact["trigger"]>> = {
  notification: "notification",
  background_task_completed: "notification",
  cron: "notification",
  mid_turn_user_message: "queued",
};

class ChatReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;
  readonly #sessions = new Map<string, SessionFacts>();
  /** Arguments of the calls without a result yet. */
  readonly #args = new Map<string, JsonObject>();

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
  }

  take(record: JsonObject, offset: number): void {
    const type = record["type"];
    if (type === "system") return; // telemetry and bookkeeping of the program itself
    if (type !== "user" && type !== "assistant" && type !== "tool_result") {
      tellUnknown(this.#sink, offset, type);
      return;
    }
    const instant = instantOf(record["timestamp"]);
    if (instant === null) {
      tellNoInstant(this.#sink, offset, isObject(record["usageMetadata"]));
      return;
    }
    const facts = this.#factsOf(record);
    facts.seen(instant);
    if (type === "assistant") this.#answer(record, facts, instant);
    else if (type === "tool_result") this.#result(record, facts, instant);
    else this.#said(record, facts, instant);
  }

  finish(): void {
    for (const facts of this.#sessions.values()) facts.tell();
  }

  #factsOf(record: JsonObject): SessionFacts {
    const session = stringOf(record["sessionId"]) ?? this.#input.session;
    let facts = this.#sessions.get(session);
    if (facts === undefined) {
      facts = new SessionFacts(agentName, session, this.#input.fingerprinter, this.#sink);
      this.#sessions.set(session, facts);
    }
    facts.learn({
      agentVersion: stringOf(record["version"]),
      cwd: stringOf(record["cwd"]),
      branch: stringOf(record["gitBranch"]),
      parentSession: stringOf(objectOf(record["forkedFrom"])["sessionId"]),
    });
    return facts;
  }

  #said(record: JsonObject, facts: SessionFacts, instant: number): void {
    if (agentIdOf(record) !== null || record["subtype"] === "agent_launch_prompt") return;
    const text = partsOf(record)
      .flatMap((part) => stringOf(part["text"]) ?? [])
      .join("\n");
    const key = stringOf(record["uuid"]) ?? `said:${instant}`;
    const subtype = stringOf(record["subtype"]) ?? "";
    const trigger = Object.hasOwn(triggers, subtype) ? triggers[subtype] : undefined;
    if (text.trim() !== "") facts.turn(key, instant, text, trigger ?? "prompt");
  }

  #answer(record: JsonObject, facts: SessionFacts, instant: number): void {
    const parts = partsOf(record);
    const usage = objectOf(record["usageMetadata"]);
    const model = stringOf(record["model"]) ?? "unknown";
    const messageId = stringOf(record["uuid"]) ?? `${facts.session}:${instant}`;
    const agentId = agentIdOf(record);
    const cwd = stringOf(record["cwd"]);
    const counts = countsOf({
      input: usage["promptTokenCount"],
      output: usage["candidatesTokenCount"],
      cached: usage["cachedContentTokenCount"],
      thoughts: usage["thoughtsTokenCount"],
      tool: usage["toolUsePromptTokenCount"],
      total: usage["totalTokenCount"],
    });
    if (counts !== null) {
      const visibleChars = parts.reduce((sum, part) => sum + (stringOf(part["text"])?.length ?? 0) + callChars(part), 0);
      const branch = stringOf(record["gitBranch"]);
      facts.response({ messageId, instant, agentId, provider: makerOf(model), model, counts, cwd, branch, visibleChars });
    }
    for (const part of parts) {
      const call = objectOf(part["functionCall"]);
      const name = stringOf(call["name"]);
      if (name === null) continue;
      const callId = stringOf(call["id"]) ?? `${messageId}:${name}`;
      const args = objectOf(call["args"]);
      this.#args.set(callId, args);
      facts.call({ callId, messageId, agentId, instant, ...askedOf(name, args, cwd) });
    }
  }

  #result(record: JsonObject, facts: SessionFacts, instant: number): void {
    const told = objectOf(record["toolCallResult"]);
    const parts = partsOf(record);
    const callId =
      stringOf(told["callId"]) ?? parts.map((part) => stringOf(objectOf(part["functionResponse"])["id"])).find((id) => id !== null) ?? null;
    if (callId === null) return;
    const args = this.#args.get(callId) ?? {};
    this.#args.delete(callId);
    const answered = answeredOf(parts, told["resultDisplay"], stringOf(told["status"]), args, stringOf(record["cwd"]));
    facts.result({ callId, instant, ...answered });
  }
}

const partsOf = (record: JsonObject): JsonObject[] => listOf(objectOf(record["message"])["parts"]).filter(isObject);

const agentIdOf = (record: JsonObject): string | null =>
  record["isSidechain"] === true || record["agentId"] !== undefined ? (stringOf(record["agentId"]) ?? "sidechain") : null;

const callChars = (part: JsonObject): number => (isObject(part["functionCall"]) ? jsonChars(part["functionCall"]["args"]) : 0);
