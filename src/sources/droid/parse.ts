/** Reads a session of Factory Droid: messages in the shape of Anthropic's API, without tokens (settings.ts has these). */
import type { ActivityKind } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import { type JsonObject, instantOf, isObject, jsonBytes, listOf, objectOf, stringOf, textOf } from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { SessionFacts } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";
import { agentName } from "./settings.ts";

export const droidFormat: JsonFormat = {
  lostMarks: ['"tool_use"', '"usage"'],
  reader: (input, sink) => new SessionReader(input, sink),
};

/** Known and read for nothing. */
const silentTypes: ReadonlySet<string> = new Set(["todo_state", "compaction_state", "session_end", "ask_user_question"]);

const activities: Readonly<Record<string, ActivityKind>> = {
  Edit: "edit",
  MultiEdit: "edit",
  Create: "edit",
  Write: "edit",
  ApplyPatch: "edit",
  Execute: "shell",
  Read: "read",
  LS: "read",
  Grep: "search",
  Glob: "search",
  WebSearch: "web",
  FetchUrl: "web",
  TodoWrite: "plan",
  ExitSpecMode: "plan",
  AskUser: "plan",
  Task: "delegate",
};

class SessionReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;
  #facts: SessionFacts;

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
    this.#facts = new SessionFacts(agentName, input.session, input.fingerprinter, sink);
  }

  take(record: JsonObject, offset: number): void {
    const type = stringOf(record["type"]) ?? "none";
    if (silentTypes.has(type)) return;
    if (type === "session_start") this.#start(record);
    else if (type !== "message") tellUnknown(this.#sink, offset, type);
    else {
      const instant = instantOf(record["timestamp"]);
      if (instant === null) tellNoInstant(this.#sink, offset, false);
      else this.#message(objectOf(record["message"]), stringOf(record["id"]), instant);
    }
  }

  finish(): void {
    this.#facts.tell();
  }

  #start(record: JsonObject): void {
    const session = stringOf(record["id"]) ?? this.#input.session;
    if (session !== this.#facts.session) this.#facts = new SessionFacts(agentName, session, this.#input.fingerprinter, this.#sink);
    const { version } = record;
    this.#facts.learn({
      cwd: stringOf(record["cwd"]),
      agentVersion: typeof version === "number" ? String(version) : stringOf(version),
      parentSession: stringOf(record["callingSessionId"]) ?? stringOf(record["parentSessionId"]),
    });
  }

  #message(message: JsonObject, id: string | null, instant: number): void {
    this.#facts.seen(instant);
    const blocks = listOf(message["content"]).filter(isObject);
    for (const block of blocks) {
      if (block["type"] === "tool_use") this.#call(block, instant);
      else if (block["type"] === "tool_result") this.#result(block, instant);
    }
    const text = message["role"] === "user" ? saidText(message["content"]) : "";
    if (text.trim() !== "") this.#facts.turn(id ?? `said:${instant}`, instant, text);
  }

  #call(block: JsonObject, instant: number): void {
    const callId = stringOf(block["id"]);
    if (callId === null) return;
    const tool = stringOf(block["name"]) ?? "unknown";
    const input = objectOf(block["input"]);
    const { cwd } = this.#facts.details;
    const told = stringOf(input["file_path"]) ?? stringOf(input["path"]);
    const path = told === null ? null : resolvePath(cwd, told);
    this.#facts.call({
      callId,
      messageId: null,
      agentId: null,
      instant,
      tool,
      activity: (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool),
      inputBytes: jsonBytes(input),
      command: tool === "Execute" ? stringOf(input["command"]) : null,
      reads: tool === "Read" && input["offset"] === undefined && input["limit"] === undefined ? path : null,
      edits: editsOf(tool, input, path, cwd),
    });
  }

  #result(block: JsonObject, instant: number): void {
    const callId = stringOf(block["tool_use_id"]);
    if (callId === null) return;
    const output = textOf(block["content"]);
    const exit = /\[Process exited with code (-?\d+)\]\s*$/.exec(output ?? "")?.[1];
    const exitCode = exit === undefined ? null : Number(exit);
    const failed = block["is_error"] === true || (exitCode ?? 0) !== 0;
    const resultBytes = block["content"] === undefined ? null : jsonBytes(block["content"]);
    this.#facts.result({ callId, instant, failed, exitCode, output, resultBytes });
  }
}

/** What a person said, without what the program puts into the message. */
function saidText(content: unknown): string {
  const texts = typeof content === "string" ? [content] : listOf(content).flatMap((part) => stringOf(objectOf(part)["text"]) ?? []);
  return texts.filter((text) => !/^\s*<(?:system-reminder|system-notification|context)\b/.test(text)).join("\n");
}

function editsOf(tool: string, input: JsonObject, path: string | null, cwd: string | null): FileEdit[] {
  if (tool === "ApplyPatch") {
    const text = stringOf(input["input"]) ?? stringOf(input["patch"]) ?? "";
    return editsOfPatch(parseApplyPatch(text).files, (name) => resolvePath(cwd, name));
  }
  if (path === null) return [];
  const { content } = input;
  if (tool === "Create" || tool === "Write")
    return typeof content === "string" ? [{ kind: "content", path, content, created: tool === "Create" }] : [];
  if (tool !== "Edit" && tool !== "MultiEdit") return [];
  const list = Array.isArray(input["changes"]) ? input["changes"].filter(isObject) : [input];
  return list.map((edit): FileEdit => {
    const from = edit["old_str"] ?? edit["old_string"];
    const to = edit["new_str"] ?? edit["new_string"];
    return typeof from === "string" && typeof to === "string"
      ? { kind: "replace", path, from, to, everywhere: edit["change_all"] === true || edit["replace_all"] === true }
      : { kind: "opaque", path };
  });
}
