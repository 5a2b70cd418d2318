/** Reads a thread of Amp: one document, written anew as a whole whenever it grows. */
import type { ActivityKind, TokenCounts } from "../../contract/facts.ts";
import { parseApplyPatch } from "../apply-patch.ts";
import { type FileEdit, editsOfPatch } from "../edited-files.ts";
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
  makerOf,
  objectOf,
  stringOf,
  textOf,
} from "../loose-json.ts";
import { activityOfMcpTool } from "../mcp-tool.ts";
import { SessionFacts } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";

export const agentName = "amp";

export const ampFormat: JsonFormat = {
  lostMarks: ['"usage"', '"usageLedger"', '"tool_use"'],
  reader: (input, sink) => new ThreadReader(input, sink),
};

const activities: Readonly<Record<string, ActivityKind>> = {
  create_file: "edit",
  edit_file: "edit",
  apply_patch: "edit",
  undo_edit: "edit",
  Bash: "shell",
  Read: "read",
  list_directory: "read",
  look_at: "read",
  Grep: "search",
  glob: "search",
  finder: "search",
  codebase_search_agent: "search",
  web_search: "web",
  read_web_page: "web",
  todo_write: "plan",
  todo_read: "plan",
  Task: "delegate",
  oracle: "delegate",
  librarian: "delegate",
};

/** An event of the ledger: what one response cost, where the version keeps one. */
interface LedgerEvent {
  readonly id: string;
  readonly instant: number | null;
  readonly model: string | null;
  readonly counts: TokenCounts | null;
  used: boolean;
}

class ThreadReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;
  #facts: SessionFacts;

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
    this.#facts = new SessionFacts(agentName, input.session, input.fingerprinter, sink);
  }

  take(thread: JsonObject, offset: number): void {
    if (!Array.isArray(thread["messages"])) {
      tellUnknown(this.#sink, offset, thread["type"]);
      return;
    }
    this.#facts = new SessionFacts(agentName, stringOf(thread["id"]) ?? this.#input.session, this.#input.fingerprinter, this.#sink);
    const createdAt = instantOf(thread["created"]);
    if (createdAt !== null) this.#facts.seen(createdAt);
    this.#about(objectOf(objectOf(thread["env"])["initial"]));
    const ledger = ledgerOf(thread);
    // Messages carry no instant of their own in every version: one without happened when the one before it did, or later.
    let at = createdAt;
    for (const message of thread["messages"].filter(isObject)) {
      const id = idOf(message["messageId"] ?? message["id"]);
      const event = id === null ? undefined : ledger.get(id);
      at = instantOf(objectOf(message["usage"])["timestamp"]) ?? event?.instant ?? instantOf(objectOf(message["meta"])["sentAt"]) ?? at;
      if (at === null) tellNoInstant(this.#sink, offset, isObject(message["usage"]));
      else this.#message(message, id, event, at, offset);
    }
    for (const event of ledger.values()) this.#unnamed(event);
  }

  finish(): void {
    this.#facts.tell();
  }

  #about(initial: JsonObject): void {
    const tree = objectOf(listOf(initial["trees"])[0]);
    const uri = stringOf(tree["uri"]);
    const ref = stringOf(objectOf(tree["repository"])["ref"]);
    this.#facts.learn({
      cwd: uri === null ? null : decodeURI(uri.replace(/^file:\/\//, "")),
      branch: ref === null ? null : ref.replace(/^refs\/heads\//, ""),
      agentVersion: stringOf(objectOf(initial["platform"])["clientVersion"]),
    });
  }

  #message(message: JsonObject, id: string | null, event: LedgerEvent | undefined, instant: number, offset: number): void {
    this.#facts.seen(instant);
    const blocks = listOf(message["content"]).filter(isObject);
    if (message["role"] === "assistant") this.#answer(message, blocks, id, event, instant);
    else if (message["role"] === "user") this.#said(message, blocks, id, instant);
    else tellUnknown(this.#sink, offset, message["role"]);
  }

  #said(message: JsonObject, blocks: readonly JsonObject[], id: string | null, instant: number): void {
    for (const block of blocks) if (block["type"] === "tool_result") this.#result(block, instant);
    const text = textOf(message["content"]) ?? "";
    if (text.trim() !== "") this.#facts.turn(id ?? `said:${instant}`, instant, text);
  }

  #answer(message: JsonObject, blocks: readonly JsonObject[], id: string | null, event: LedgerEvent | undefined, instant: number): void {
    const usage = objectOf(message["usage"]);
    const counts = countsOf(usage) ?? event?.counts ?? null;
    const messageId = `amp:${this.#facts.session}/${id ?? instant}`;
    if (event !== undefined) event.used = true;
    if (counts !== null) {
      const model = stringOf(usage["model"]) ?? event?.model ?? "unknown";
      const visibleChars = (textOf(message["content"]) ?? "").length + blocks.reduce((sum, block) => sum + charsOf(block), 0);
      this.#facts.response({ messageId, instant, agentId: null, provider: makerOf(model), model, counts, visibleChars });
    }
    for (const block of blocks) if (block["type"] === "tool_use") this.#call(block, messageId, instant);
  }

  /** What the ledger tells and no message has: titles, summaries, messages that were taken back. */
  #unnamed({ id, instant, model, counts, used }: LedgerEvent): void {
    if (used || counts === null || instant === null) return;
    const messageId = `amp:${this.#facts.session}/ledger/${id}`;
    this.#facts.response({ messageId, instant, agentId: null, provider: makerOf(model ?? ""), model: model ?? "unknown", counts });
  }

  #call(block: JsonObject, messageId: string, instant: number): void {
    const callId = stringOf(block["id"]);
    if (callId === null) return;
    const tool = stringOf(block["name"]) ?? "unknown";
    const input = objectOf(block["input"]);
    const { cwd } = this.#facts.details;
    const told = stringOf(input["path"]);
    const path = told === null ? null : resolvePath(cwd, told.replace(/^file:\/\//, ""));
    this.#facts.call({
      callId,
      messageId,
      agentId: null,
      instant,
      tool,
      activity: (Object.hasOwn(activities, tool) ? activities[tool] : undefined) ?? activityOfMcpTool(tool),
      inputBytes: jsonBytes(input),
      command: tool === "Bash" ? (stringOf(input["cmd"]) ?? stringOf(input["command"])) : null,
      cwd: stringOf(input["cwd"]) ?? cwd,
      reads: tool === "Read" && input["read_range"] === undefined ? path : null,
      edits: editsOf(tool, input, path, cwd),
    });
  }

  #result(block: JsonObject, instant: number): void {
    const callId = stringOf(block["toolUseID"]) ?? stringOf(block["tool_use_id"]);
    if (callId === null) return;
    const run = objectOf(block["run"]);
    const result = objectOf(run["result"]);
    const status = stringOf(run["status"]);
    if (status === "in-progress" || status === "queued" || status === "blocked-on-user") return;
    const output = stringOf(result["output"]) ?? (typeof run["result"] === "string" ? run["result"] : null);
    const exitCode = isCount(result["exitCode"]) ? result["exitCode"] : null;
    const failed = (status !== null && status !== "done") || (exitCode ?? 0) !== 0 || block["is_error"] === true;
    const resultBytes = run["result"] === undefined ? null : jsonBytes(run["result"]);
    this.#facts.result({ callId, instant, failed, exitCode, output, resultBytes });
  }
}

const idOf = (value: unknown): string | null => (typeof value === "number" ? String(value) : stringOf(value));

/** Events by the message they led to, else by their own id. */
function ledgerOf(thread: JsonObject): Map<string, LedgerEvent> {
  const events = new Map<string, LedgerEvent>();
  for (const event of listOf(objectOf(thread["usageLedger"])["events"]).filter(isObject)) {
    const instant = instantOf(event["timestamp"]);
    const id = idOf(event["id"]) ?? String(instant);
    const tokens = objectOf(event["tokens"]);
    const counts = countsOf({ ...tokens, inputTokens: tokens["input"], outputTokens: tokens["output"] });
    events.set(idOf(event["toMessageId"]) ?? `event ${id}`, { id, instant, model: stringOf(event["model"]), counts, used: false });
  }
  return events;
}

/** Disjoint as logged. */
function countsOf(usage: JsonObject): TokenCounts | null {
  const counts: TokenCounts = {
    input: countOf(usage["inputTokens"]),
    cacheRead: countOf(usage["cacheReadInputTokens"]),
    cacheWrite5m: countOf(usage["cacheCreationInputTokens"]),
    cacheWrite1h: 0,
    output: countOf(usage["outputTokens"]),
    reasoning: null,
  };
  return counts.input + counts.cacheRead + counts.cacheWrite5m + counts.output === 0 ? null : counts;
}

function charsOf(block: JsonObject): number {
  if (block["type"] === "tool_use") return jsonChars(block["input"]);
  return block["type"] === "thinking" ? (stringOf(block["thinking"])?.length ?? 0) : 0;
}

function editsOf(tool: string, input: JsonObject, path: string | null, cwd: string | null): FileEdit[] {
  if (tool === "apply_patch") {
    const text = stringOf(input["patchText"]) ?? stringOf(input["patch"]) ?? stringOf(input["input"]) ?? "";
    return editsOfPatch(parseApplyPatch(text).files, (name) => resolvePath(cwd, name));
  }
  if (path === null) return [];
  if (tool === "create_file") return typeof input["content"] === "string" ? [{ kind: "content", path, content: input["content"] }] : [];
  if (tool === "undo_edit") return [{ kind: "opaque", path }];
  const { old_str: from, new_str: to } = input;
  if (tool !== "edit_file") return [];
  return typeof from === "string" && typeof to === "string"
    ? [{ kind: "replace", path, from, to, everywhere: input["replace_all"] === true }]
    : [{ kind: "opaque", path }];
}
