/**
 * Reads a rollout of Codex: records in, facts out. README.md says what a rollout holds. A fork or a sub-agent begins with a
 * copy of another session's history; what can be told to be copied is told of the session it is from, and every response has
 * an id that is the same in all copies.
 */
import type { TokenCounts } from "../../contract/facts.ts";
import { type FactSink, type JsonFormat, type JsonInput, type RecordReader, tellNoInstant, tellUnknown } from "../json-reading.ts";
import { type JsonObject, instantOf, isObject, jsonBytes, makerOf, objectOf, stringOf, textOf } from "../loose-json.ts";
import { type SessionDetails, SessionFacts } from "../session-facts.ts";
import { RunningTotals } from "./counts.ts";
import { activityOf, askedCall, changedFiles, outputOf } from "./tools.ts";

export const agentName = "codex";

/** Known and read for nothing. */
const silentTypes: ReadonlySet<string> = new Set(["compacted", "world_state", "ghost_snapshot", "inter_agent_communication"]);

/** Payloads that hold nothing we read and are many or large. */
const idle = /"type":"(?:reasoning|agent_reasoning|agent_message|agent_reasoning_section_break|exec_command_end|mcp_tool_call_end)"/;
const idleHead = 160;

export const codexFormat: JsonFormat = {
  isIdle: (bytes, start, end) => idle.test(bytes.toString("latin1", start, Math.min(start + idleHead, end))),
  lostMarks: ['"token_count"', '"token_usage_record"', '"usage"', "*** Begin Patch", '"patch_apply_end"'],
  reader: (input, sink) => new RolloutReader(input, sink),
};

/** Copied history is written in one go when the session starts; no response of its own is there so soon. */
const copiedWithinMs = 1000;

/** Who owns a rollout: its first `session_meta`; later ones are copied with the history of ancestors. */
interface Owner {
  readonly id: string;
  /** When the session began. */
  readonly at: number;
  readonly parent: string | null;
  readonly isSubAgent: boolean;
  /** Ordinal of the first record that is not copied; null where the version does not say. */
  readonly ownFrom: number | null;
  readonly provider: string | null;
  readonly details: Partial<SessionDetails>;
}

class RolloutReader implements RecordReader {
  readonly #input: JsonInput;
  readonly #sink: FactSink;
  readonly #totals = new RunningTotals();
  #owner: Owner | null = null;
  /** Facts of the owner. */
  #own: SessionFacts;
  /** Facts of whom the history is copied from. */
  #copied: SessionFacts | null = null;
  #isCopied = false;
  /** The oldest ancestor the copied history names: the same in all its forks. */
  #root: string;
  #turnId: string | null = null;
  #model: string | null = null;
  #cwd: string | null = null;
  #visibleChars = 0;
  /** A prompt in the model's input that no event has told yet. */
  #prompt: { readonly text: string; readonly instant: number } | null = null;
  /** Calls whose changes an event told. */
  readonly #patched = new Set<string>();
  readonly #called = new Set<string>();

  constructor(input: JsonInput, sink: FactSink) {
    this.#input = input;
    this.#sink = sink;
    this.#root = input.session;
    this.#own = new SessionFacts(agentName, input.session, input.fingerprinter, sink);
  }

  take(record: JsonObject, offset: number): void {
    const type = stringOf(record["type"]) ?? "none";
    const payload = objectOf(record["payload"]);
    const instant = instantOf(record["timestamp"]);
    if (silentTypes.has(type)) return;
    if (instant === null) {
      tellNoInstant(this.#sink, offset, type === "token_usage_record" || payload["type"] === "token_count");
      return;
    }
    this.#isCopied &&= this.#belongsToHistory(record, payload, instant);
    if (type === "session_meta") this.#meta(payload, instant);
    else if (type === "turn_context") this.#context(payload, instant);
    else if (type === "response_item") this.#item(payload, instant, offset);
    else if (type === "event_msg") this.#event(payload, instant, offset);
    else if (type === "token_usage_record") this.#usageRecord(payload, instant);
    else tellUnknown(this.#sink, offset, type);
  }

  finish(): void {
    this.#tellPrompt();
    this.#copied?.answered(null);
    this.#own.answered(null);
    this.#own.tell();
  }

  get #facts(): SessionFacts {
    return this.#isCopied && this.#copied !== null ? this.#copied : this.#own;
  }

  /** The sub-agent that acts: its thread, inside the session that started it. */
  get #agentId(): string | null {
    return !this.#isCopied && this.#owner?.isSubAgent === true ? this.#owner.id : null;
  }

  #belongsToHistory({ ordinal }: JsonObject, { thread_id: thread }: JsonObject, instant: number): boolean {
    const owner = this.#owner as Owner;
    if (typeof thread === "string") return thread !== owner.id;
    if (owner.ownFrom !== null && typeof ordinal === "number") return ordinal < owner.ownFrom;
    return instant < owner.at + copiedWithinMs;
  }

  #meta(payload: JsonObject, instant: number): void {
    const id = stringOf(payload["id"]) ?? stringOf(payload["session_id"]);
    if (this.#owner !== null) {
      if (id !== null && this.#isCopied && id !== this.#owner.id) this.#root = id;
      return;
    }
    const owner = ownerOf(payload, id ?? this.#input.session, instant);
    this.#owner = owner;
    this.#root = owner.parent ?? owner.id;
    const { fingerprinter } = this.#input;
    this.#own = new SessionFacts(agentName, owner.isSubAgent ? (owner.parent as string) : owner.id, fingerprinter, this.#sink);
    this.#own.seen(owner.at);
    if (!owner.isSubAgent) this.#own.learn({ ...owner.details, parentSession: owner.parent });
    this.#cwd = owner.details.cwd ?? null;
    if (owner.parent !== null) {
      this.#copied = new SessionFacts(agentName, owner.parent, fingerprinter, this.#sink);
      this.#isCopied = true;
    }
  }

  /** The owner was at work then. */
  #seen(instant: number): void {
    if (!this.#isCopied) this.#own.seen(instant);
  }

  #context(payload: JsonObject, instant: number): void {
    this.#seen(instant);
    this.#model = stringOf(payload["model"]) ?? this.#model;
    this.#turnId = stringOf(payload["turn_id"]) ?? this.#turnId;
    this.#cwd = stringOf(payload["cwd"]) ?? this.#cwd;
    if (!this.#isCopied && this.#owner?.isSubAgent !== true) this.#own.learn({ cwd: this.#cwd });
  }

  #item(item: JsonObject, instant: number, offset: number): void {
    this.#seen(instant);
    const type = item["type"];
    if (type === "message") this.#message(item, instant);
    else if (type === "function_call" || type === "custom_tool_call" || type === "local_shell_call") this.#call(item, instant, offset);
    else if (type === "function_call_output" || type === "custom_tool_call_output") this.#result(item, instant);
    else if (type === "web_search_call") this.#webSearch(item, instant);
  }

  #message(item: JsonObject, instant: number): void {
    const text = textOf(item["content"]) ?? "";
    if (item["role"] === "assistant") {
      this.#tellPrompt();
      this.#visibleChars += text.length;
    } else if (item["role"] === "user" && !isInjected(text)) {
      this.#tellPrompt();
      this.#prompt = { text, instant };
    }
  }

  #call(item: JsonObject, instant: number, offset: number): void {
    this.#tellPrompt();
    const callId = stringOf(item["call_id"]) ?? stringOf(item["id"]);
    if (callId === null) {
      this.#sink.problem("call_without_id", "notice", offset, "tool call without id; left out");
      return;
    }
    const tool = item["type"] === "local_shell_call" ? "local_shell" : (stringOf(item["name"]) ?? "unknown");
    const input = item["arguments"] ?? item["input"] ?? item["action"];
    const asked = askedCall(tool, input, this.#cwd);
    if (asked.strayLines > 0) this.#sink.problem("patch_not_read", "notice", offset, "lines of a patch that belong to no file; left out");
    const inputBytes = typeof input === "string" ? Buffer.byteLength(input) : jsonBytes(input);
    this.#visibleChars += inputBytes;
    this.#called.add(callId);
    this.#facts.call({
      callId,
      agentId: this.#agentId,
      instant,
      tool,
      activity: asked.edits.length > 0 ? "edit" : activityOf(tool),
      inputBytes,
      command: asked.edits.length > 0 ? null : asked.command,
      resumes: asked.resumes,
      cwd: asked.cwd,
      edits: asked.edits,
    });
  }

  #result(item: JsonObject, instant: number): void {
    const callId = stringOf(item["call_id"]);
    if (callId === null) return;
    const { text, exitCode, runsOn, failed } = outputOf(item["output"]);
    this.#facts.result({
      callId,
      instant,
      failed,
      exitCode,
      output: text,
      runsOn,
      resultBytes: typeof item["output"] === "string" ? Buffer.byteLength(item["output"]) : jsonBytes(item["output"]),
      startedAgentId: /"(?:agent_id|thread_id|new_thread_id)":\s*"([\w-]+)"/.exec(text)?.[1] ?? null,
      ...(this.#patched.has(callId) ? { edits: [] } : {}),
    });
  }

  #webSearch(item: JsonObject, instant: number): void {
    this.#tellPrompt();
    const inputBytes = jsonBytes(item["action"]);
    const callId = stringOf(item["id"]) ?? `${this.#facts.session}:web:${instant}`;
    this.#facts.call({ callId, agentId: this.#agentId, instant, tool: "web_search", activity: "web", inputBytes });
  }

  #event(event: JsonObject, instant: number, offset: number): void {
    this.#seen(instant);
    const type = event["type"];
    if (type === "token_count") this.#tokenCount(event, instant, offset);
    else if (type === "user_message") this.#said(stringOf(event["message"]) ?? "", instant);
    else if (type === "task_started" || type === "turn_started") this.#turnId = stringOf(event["turn_id"]) ?? this.#turnId;
    else if (type === "patch_apply_end") this.#patchEnd(event, event["success"] !== false, instant);
    else if (type === "item_completed") this.#itemCompleted(objectOf(event["item"]), instant);
  }

  #itemCompleted(item: JsonObject, instant: number): void {
    if (item["type"] === "UserMessage") this.#said(textOf(item["content"]) ?? "", instant);
    else if (item["type"] === "FileChange") {
      const failed = item["status"] === "failed" || item["status"] === "declined";
      this.#patchEnd({ ...item, call_id: item["id"] }, !failed, instant);
    }
  }

  #said(text: string, instant: number): void {
    if (this.#prompt !== null && this.#prompt.text.trim() !== text.trim()) this.#tellPrompt();
    this.#prompt = null;
    if (!this.#isCopied && this.#agentId === null) this.#own.turn(`said:${instant}`, instant, text);
  }

  /** Older versions and `codex exec` write no event of a prompt: the model's input tells it. */
  #tellPrompt(): void {
    const prompt = this.#prompt;
    this.#prompt = null;
    if (prompt !== null && !this.#isCopied && this.#agentId === null) this.#own.turn(`said:${prompt.instant}`, prompt.instant, prompt.text);
  }

  /** What a patch changed. In code mode the event is all there is: it is the call, too. */
  #patchEnd(event: JsonObject, succeeded: boolean, instant: number): void {
    const id = stringOf(event["call_id"]);
    if (id === null || !isObject(event["changes"])) return;
    const isKnown = this.#called.has(id);
    const callId = isKnown ? id : `${this.#owner?.id ?? this.#input.session}:${id}`;
    if (!isKnown) {
      const inputBytes = jsonBytes(event["changes"]);
      this.#facts.call({ callId, agentId: this.#agentId, instant, tool: "apply_patch", activity: "edit", inputBytes });
      this.#facts.result({ callId, instant, failed: !succeeded, resultBytes: null });
    }
    this.#patched.add(id);
    if (succeeded) this.#facts.writes(callId, instant, changedFiles(event["changes"], this.#cwd));
  }

  #tokenCount(event: JsonObject, instant: number, offset: number): void {
    if (!isObject(event["info"])) return; // limits alone
    const response = this.#totals.event(event["info"], () =>
      this.#sink.problem(
        "tokens_between_counts",
        "notice",
        offset,
        "the running total grew by more than the response that is told; other responses are not in this file",
      ),
    );
    if (response === null) return;
    this.#model = response.model ?? this.#model;
    this.#response(`codex:${this.#turnId ?? this.#root}/${response.vector}`, response.counts, instant);
  }

  #usageRecord(payload: JsonObject, instant: number): void {
    this.#turnId = stringOf(payload["turn_id"]) ?? this.#turnId;
    const counts = this.#totals.record(payload);
    const id = stringOf(payload["response_id"]);
    if (counts !== null) this.#response(id ?? `codex:${this.#turnId ?? this.#root}/${JSON.stringify(counts)}`, counts, instant);
  }

  #response(messageId: string, counts: TokenCounts, instant: number): void {
    this.#tellPrompt();
    const facts = this.#facts;
    const model = this.#model ?? "unknown";
    facts.response({
      messageId,
      instant,
      agentId: this.#agentId,
      provider: this.#owner?.provider ?? makerOf(model),
      model,
      counts,
      cwd: this.#cwd,
      branch: this.#owner?.details.branch ?? null,
      visibleChars: this.#visibleChars,
    });
    this.#visibleChars = 0;
  }
}

function ownerOf(payload: JsonObject, id: string, instant: number): Owner {
  const source = payload["source"];
  const spawn = objectOf(objectOf(objectOf(source)["subagent"])["thread_spawn"]);
  const startedBy = stringOf(payload["parent_thread_id"]) ?? stringOf(spawn["parent_thread_id"]);
  const parent = startedBy ?? stringOf(payload["forked_from_id"]);
  const isSubAgent = parent !== null && (startedBy !== null || payload["thread_source"] === "subagent" || "subagent" in objectOf(source));
  const entrypoint = typeof source === "string" ? source.toLowerCase() : stringOf(payload["originator"]);
  const ownFrom = payload["subagent_history_start_ordinal"] ?? objectOf(payload["history_base"])["end_ordinal_exclusive"];
  return {
    id,
    at: instantOf(payload["timestamp"]) ?? instant,
    parent: parent === id ? null : parent,
    isSubAgent: isSubAgent && parent !== id,
    ownFrom: typeof ownFrom === "number" ? ownFrom : null,
    provider: stringOf(payload["model_provider"])?.toLowerCase() ?? null,
    details: {
      entrypoint,
      trigger: entrypoint === "cli" || entrypoint === "vscode" ? "person" : null,
      agentVersion: stringOf(payload["cli_version"]),
      cwd: stringOf(payload["cwd"]),
      branch: stringOf(objectOf(payload["git"])["branch"]),
    },
  };
}

/** What Codex itself puts into the model's input in a person's name: context, instructions, notices. */
function isInjected(text: string): boolean {
  return text.trim() === "" || /^\s*(?:<[a-z_]+[ >]|# AGENTS\.md instructions)/.test(text);
}
