/** Events of a session of Copilot CLI: prompts, calls and their results, and what the session used in all. */
import type { FileEdit } from "../edited-files.ts";
import type { FactSink, JsonFormat, JsonInput, RecordReader } from "../json-reading.ts";
import { type JsonObject, contentOf, instantOf, isObject, jsonBytes, listOf, objectOf, stringOf } from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { ShutdownTotals, nanoUsdOfCredits } from "./totals.ts";
import { activityOfTool, argumentsOf, commandOf, editsOf, editsOfResult, readBy } from "./tools.ts";

export const agentName = "copilot-cli";
/** Who bills it; models are priced as their makers list them. */
export const provider = "github-copilot";

export const copilotFormat: JsonFormat = {
  lostMarks: ['"modelMetrics"', '"toolRequests"', '"usage"'],
  reader: (input, sink) => new EventReader(input, sink),
};

/** What events are about, their first word. Those of these that are not read hold nothing the facts need. */
const subjects: ReadonlySet<string> = new Set([
  "session",
  "assistant",
  "user",
  "system",
  "tool",
  "subagent",
  "hook",
  "skill",
  "command",
  "permission",
  "elicitation",
  "external_tool",
  "model",
  "abort",
  "pending_messages",
  "exit_plan_mode",
  "mcp",
]);

class EventReader implements RecordReader {
  readonly #sink: FactSink;
  readonly #facts: SessionFacts;
  readonly #totals = new ShutdownTotals();
  /** Calls that were told, with what they change if they succeed. */
  readonly #calls = new Map<string, readonly FileEdit[]>();

  constructor({ session, fingerprinter }: JsonInput, sink: FactSink) {
    this.#sink = sink;
    this.#facts = new SessionFacts(agentName, session, fingerprinter, sink);
  }

  take(event: JsonObject, offset: number): void {
    const type = stringOf(event["type"]) ?? "none";
    const data = objectOf(event["data"]);
    const instant = instantOf(event["timestamp"]);
    if (instant === null) {
      const severity = isObject(data["modelMetrics"]) ? "lost" : "notice";
      this.#sink.problem("no_instant", severity, offset, "event without a readable timestamp; left out");
      return;
    }
    if (!subjects.has(type.split(".")[0] as string)) {
      const message = `event of unknown type "${type.slice(0, 40)}"; nothing was read from it`;
      this.#sink.problem("unknown_record_type", "notice", offset, message, "a newer version may read it");
      return;
    }
    this.#facts.seen(instant);
    const agentId = stringOf(event["agentId"]) ?? stringOf(data["agentId"]) ?? stringOf(data["parentToolCallId"]);
    if (type === "session.start" || type === "session.resume" || type === "session.context_changed") this.#begins(data);
    else if (type === "user.message") this.#prompt(event, data, instant, agentId);
    else if (type === "assistant.message") this.#answer(data, instant, agentId);
    else if (type === "tool.execution_start") this.#call(data["toolCallId"], data["toolName"], data["arguments"], instant, agentId);
    else if (type === "tool.execution_complete") this.#result(data, instant);
    else if (type === "session.shutdown") this.#totals.take(objectOf(data["modelMetrics"]));
  }

  #begins(data: JsonObject): void {
    const context = isObject(data["context"]) ? data["context"] : data;
    this.#facts.learn({
      agentVersion: stringOf(data["copilotVersion"]),
      cwd: stringOf(context["cwd"]),
      branch: stringOf(context["branch"]),
    });
  }

  #prompt(event: JsonObject, data: JsonObject, instant: number, agentId: string | null): void {
    if (agentId !== null || stringOf(data["source"])?.startsWith("skill") === true) return;
    this.#facts.turn(stringOf(event["id"]) ?? `${instant}`, instant, contentOf(data["content"]) ?? "");
  }

  #answer(data: JsonObject, instant: number, agentId: string | null): void {
    this.#totals.answered();
    for (const request of listOf(data["toolRequests"]).filter(isObject)) {
      this.#call(request["toolCallId"], request["name"], request["arguments"], instant, agentId);
    }
  }

  /** A call stands twice in the log: with the answer that made it, and when it began. */
  #call(id: unknown, name: unknown, given: unknown, instant: number, agentId: string | null): void {
    const callId = stringOf(id);
    if (callId === null || this.#calls.has(callId)) return;
    const tool = stringOf(name) ?? "unknown";
    const input = argumentsOf(given);
    const { cwd } = this.#facts.details;
    const activity = activityOfTool(tool, input);
    const edits = activity === "edit" ? editsOf(tool, input, cwd) : [];
    if (edits === null)
      this.#sink.problem(
        "write_without_difference",
        "notice",
        0,
        `call of "${tool.slice(0, 40)}" that names no file; counted as a call only`,
      );
    this.#calls.set(callId, edits ?? []);
    this.#facts.call({
      callId,
      messageId: null, // the rows that count responses name no message
      agentId,
      instant,
      tool,
      activity,
      inputBytes: typeof given === "string" ? Buffer.byteLength(given) : jsonBytes(given),
      command: commandOf(tool, input),
      cwd,
      reads: readBy(tool, input, cwd),
      edits: edits ?? [],
    });
  }

  #result(data: JsonObject, instant: number): void {
    const callId = stringOf(data["toolCallId"]);
    if (callId === null) return;
    const result = objectOf(data["result"]);
    const text =
      contentOf(result["content"]) ??
      contentOf(result["text_result_for_llm"]) ??
      contentOf(objectOf(data["error"])["message"]) ??
      contentOf(data["error"]);
    const exitCode = objectOf(data["shellExecution"])["exitCode"];
    const kind = stringOf(result["result_type"]);
    const detailed = editsOfResult(contentOf(result["detailedContent"]) ?? "", this.#calls.get(callId) ?? []);
    this.#facts.result({
      callId,
      instant,
      failed: data["success"] === false || (kind !== null && kind !== "success") || (typeof exitCode === "number" && exitCode !== 0),
      exitCode: typeof exitCode === "number" ? exitCode : null,
      output: text,
      resultBytes: text === null ? null : jsonBytes(text),
      startedAgentId: activityOfTool(stringOf(data["toolName"]) ?? "", {}) === "delegate" ? callId : null,
      ...(detailed === null ? {} : { edits: detailed }),
    });
  }

  finish(): void {
    const { session, firstAt } = this.#facts;
    for (const { model, counts, nanoCredits } of this.#totals.totals()) {
      if (firstAt === null) break;
      const { agentVersion, cwd, branch } = this.#facts.details;
      this.#sink.fact({
        kind: "sighting",
        agent: agentName,
        session,
        provider,
        messageId: `${agentName}:${session}:${model}`,
        requestId: null,
        instant: firstAt,
        agentId: null,
        model,
        agentVersion,
        serviceTier: null,
        speed: null,
        geo: null,
        cwd,
        branch,
        counts,
        outputQuality: "final",
        webSearches: 0,
        visibleChars: 0,
        reportedCostNanoUsd: nanoUsdOfCredits(nanoCredits),
        grain: "session",
      });
    }
    this.#facts.tell();
  }
}
