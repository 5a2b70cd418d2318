/** Reads a session of Pi: entries in, facts out. Entries form a tree; every branch of it was paid for. */
import type { ActivityKind, TokenCounts } from "../../contract/facts.ts";
import type { FileEdit } from "../edited-files.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import {
  type JsonObject,
  countOf,
  instantOf,
  isCount,
  isObject,
  jsonBytes,
  jsonChars,
  listOf,
  objectOf,
  stringOf,
  textOf,
} from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { sessionOfName } from "./discover.ts";

export const agentName = "pi";

export const piFormat: JsonFormat = {
  lostMarks: ['"usage"', '"toolCall"'],
  reader: (input, sink) => new SessionReader(input, sink),
};

/** Known and read for nothing. */
const silentTypes: ReadonlySet<string> = new Set([
  "thinking_level_change",
  "model_change",
  "compaction",
  "branch_summary",
  "custom",
  "custom_message",
  "label",
  "session_info",
  "context_transform",
  "ephemeral",
]);

const activities: Readonly<Record<string, ActivityKind>> = {
  edit: "edit",
  write: "edit",
  bash: "shell",
  read: "read",
  ls: "read",
  grep: "search",
  find: "search",
};

class SessionReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;
  #facts: SessionFacts;
  /** Edits of the calls without a result yet. */
  readonly #edits = new Map<string, readonly FileEdit[]>();

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
    this.#facts = new SessionFacts(agentName, input.session, input.fingerprinter, sink);
  }

  take(entry: JsonObject, offset: number): void {
    const type = stringOf(entry["type"]) ?? "none";
    if (silentTypes.has(type)) return;
    if (type !== "session" && type !== "message") {
      tellUnknown(this.#sink, offset, type);
      return;
    }
    const message = objectOf(entry["message"]);
    const instant = instantOf(message["timestamp"]) ?? instantOf(entry["timestamp"]);
    if (instant === null) {
      tellNoInstant(this.#sink, offset, isObject(message["usage"]));
      return;
    }
    if (type === "session") this.#header(entry, instant);
    else this.#message(entry, message, instant);
  }

  finish(): void {
    this.#facts.tell();
  }

  #header(entry: JsonObject, instant: number): void {
    const session = stringOf(entry["id"]) ?? this.#input.session;
    if (session !== this.#facts.session) this.#facts = new SessionFacts(agentName, session, this.#input.fingerprinter, this.#sink);
    const parent = stringOf(entry["parentSession"]) ?? stringOf(entry["branchedFrom"]);
    const parentSession = parent === null ? null : sessionOfName(parent.replace(/^.*[\\/]/, ""));
    this.#facts.learn({ cwd: stringOf(entry["cwd"]), parentSession });
    this.#facts.seen(instant);
  }

  #message(entry: JsonObject, message: JsonObject, instant: number): void {
    this.#facts.seen(instant);
    const role = message["role"];
    if (role === "user") this.#said(stringOf(entry["id"]), textOf(message["content"]) ?? "", instant);
    else if (role === "assistant") this.#answer(message, instant);
    else if (role === "toolResult") this.#result(message, instant);
  }

  #said(id: string | null, text: string, instant: number): void {
    if (text.trim() !== "") this.#facts.turn(id ?? `said:${instant}`, instant, text);
  }

  #answer(message: JsonObject, instant: number): void {
    const usage = objectOf(message["usage"]);
    const counts = countsOf(usage);
    const model = stringOf(message["model"]) ?? "unknown";
    const provider = stringOf(message["provider"]);
    const blocks = listOf(message["content"]).filter(isObject);
    // A fork copies its messages with their instants; only some providers name their responses.
    const messageId = stringOf(message["responseId"]) ?? `pi:${instant}/${model}/${usageText(usage)}`;
    if (counts !== null) {
      const cost = objectOf(usage["cost"])["total"];
      this.#facts.response({
        messageId,
        instant,
        agentId: null,
        provider,
        model,
        counts,
        visibleChars: blocks.reduce((sum, block) => sum + charsOf(block), 0),
        reportedCostNanoUsd: isCount(cost) ? Math.round(cost * 1e9) : null,
      });
    }
    for (const block of blocks) if (block["type"] === "toolCall") this.#call(block, messageId, instant);
  }

  #call(block: JsonObject, messageId: string, instant: number): void {
    const callId = stringOf(block["id"]);
    if (callId === null) return;
    const tool = stringOf(block["name"]) ?? "unknown";
    const args = objectOf(block["arguments"]);
    const told = stringOf(args["path"]) ?? stringOf(args["file_path"]);
    const path = told === null ? null : resolvePath(this.#facts.details.cwd, told);
    const edits = path === null ? [] : editsOf(tool, args, path);
    if (edits.length > 0) this.#edits.set(callId, edits);
    this.#facts.call({
      callId,
      messageId,
      agentId: null,
      instant,
      tool,
      activity: (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool),
      inputBytes: jsonBytes(args),
      command: tool === "bash" ? stringOf(args["command"]) : null,
      reads: tool === "read" && args["offset"] === undefined && args["limit"] === undefined ? path : null,
      edits,
    });
  }

  #result(message: JsonObject, instant: number): void {
    const callId = stringOf(message["toolCallId"]);
    if (callId === null) return;
    const text = textOf(message["content"]);
    const failed = message["isError"] === true;
    const exit = /Command exited with code (\d+)\s*$/.exec(text ?? "")?.[1];
    const exitCode = exit !== undefined ? Number(exit) : message["toolName"] === "bash" && !failed ? 0 : null;
    const details = objectOf(message["details"]);
    const edits = shownEdits(this.#edits.get(callId) ?? [], stringOf(details["diff"]));
    this.#edits.delete(callId);
    const resultBytes = jsonBytes(message["content"]);
    const content = isObject(details["truncation"]) ? null : text;
    this.#facts.result({ callId, instant, failed, exitCode, output: text, resultBytes, content, edits });
  }
}

function editsOf(tool: string, args: JsonObject, path: string): FileEdit[] {
  if (tool === "write") return typeof args["content"] === "string" ? [{ kind: "content", path, content: args["content"] }] : [];
  if (tool !== "edit") return [];
  const list = Array.isArray(args["edits"]) ? args["edits"].filter(isObject) : [args];
  return list.map((edit): FileEdit => {
    const { oldText: from, newText: to } = edit;
    return typeof from === "string" && typeof to === "string"
      ? { kind: "replace", path, from, to, everywhere: false }
      : { kind: "opaque", path };
  });
}

/** The edits with the changed lines the result shows: a mark, the line's number, a blank, its text. */
function shownEdits(edits: readonly FileEdit[], shown: string | null): readonly FileEdit[] {
  if (shown === null) return edits;
  const hunks: { oldStart: number; newStart: number; lines: string[] }[] = [];
  let isOpen = false;
  for (const line of shown.split("\n")) {
    const [, mark = "", number = "", content = ""] = /^([-+])\s*(\d+) (.*)$/s.exec(line) ?? [];
    if (mark !== "" && !isOpen) hunks.push({ oldStart: Number(number), newStart: Number(number), lines: [] });
    isOpen = mark !== "";
    if (isOpen) hunks.at(-1)?.lines.push(mark + content);
  }
  return edits.map((edit, i) => (edit.kind === "replace" ? { ...edit, hunks: i === 0 ? hunks : [] } : edit));
}

function charsOf(block: JsonObject): number {
  const text = stringOf(block["text"]) ?? stringOf(block["thinking"]);
  return (text?.length ?? 0) + (block["type"] === "toolCall" ? jsonChars(block["arguments"]) : 0);
}

/** Disjoint as logged. Null where nothing was counted: a response that failed or was cut off. */
function countsOf(usage: JsonObject): TokenCounts | null {
  const hour = countOf(usage["cacheWrite1h"]);
  const counts: TokenCounts = {
    input: countOf(usage["input"]),
    cacheRead: countOf(usage["cacheRead"]),
    cacheWrite5m: Math.max(0, countOf(usage["cacheWrite"]) - hour),
    cacheWrite1h: hour,
    output: countOf(usage["output"]),
    reasoning: isCount(usage["reasoning"]) ? usage["reasoning"] : null,
  };
  return counts.input + counts.cacheRead + counts.cacheWrite5m + hour + counts.output === 0 ? null : counts;
}

const usageText = (usage: JsonObject): string =>
  ["input", "cacheRead", "cacheWrite", "output"].map((name) => countOf(usage[name])).join(".");
