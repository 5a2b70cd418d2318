/** Turns records of a transcript into facts, one record at a time, in the order of the file. */
import { isAscii } from "node:buffer";
import type { CallFact, TokenFact, WriteFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { emptyDiff, lineCount } from "../../lines/line-diff.ts";
import { type Fields, RepeatedStrings, instantOf, parsedObject } from "../json-cursor.ts";
import { type ShellPurpose, shellPurpose } from "../shell-command.ts";
import { openedChanges, printedCommits, testCounts } from "../tool-output.ts";
import { type PatchHunk, WriteDifferencer } from "../write-difference.ts";
import { Responses, type Speaker } from "./responses.ts";
import { type TranscriptRecord, silentTypes, w, words } from "./schema.ts";
import { activityOfTool, isEditTool, isReadTool } from "./tools.ts";
import { TurnStarts, editorContext } from "./turn-starts.ts";

export const agentName = "claude-code";

/** What waits for a later record is forgotten after this many bytes: the same place whether a file is read whole or in parts. */
const maxWaitBytes = 16 << 20;
const sweepBytes = 1 << 20;

/** An edit that succeeded and left no patch: its difference needs the file's content (RULINGS 12). */
export interface PatchlessWrite {
  readonly session: string;
  readonly callId: string;
  readonly instant: number;
  readonly tool: string;
  /** The call's input, as JSON. */
  readonly input: Buffer;
}

export interface FactSink {
  fact(fact: TokenFact): void;
  problem(code: string, severity: "lost" | "notice", offset: number, message: string, hint?: string): void;
  /** The write waits for the end of the reading. @param since where its call stands */
  patchlessWrite(write: PatchlessWrite, since: number): void;
}

export interface FactContext {
  /** Session of records that name none. */
  readonly session: string;
  /** Sub-agent whose own file this is. */
  readonly agentId: string | null;
  readonly fingerprinter: Fingerprinter;
}

interface WaitingCall {
  readonly since: number;
  readonly tool: string;
  /** Input of an edit, as JSON. */
  readonly input: Buffer | null;
  readonly shell: ShellPurpose | null;
}

interface SessionSpan {
  firstAt: number;
  lastAt: number;
  told: boolean;
  parentSession: string | null;
  entrypoint: string | null;
  version: string | null;
  cwd: string | null;
  branch: string | null;
}

export class TranscriptFacts {
  readonly #context: FactContext;
  readonly #sink: FactSink;
  readonly #differencer: WriteDifferencer;
  readonly #strings = new RepeatedStrings();
  readonly #responses: Responses;
  readonly #starts: TurnStarts;
  readonly #calls = new Map<string, WaitingCall>();
  readonly #sessions = new Map<string, SessionSpan>();
  #nextSweep = 0;

  constructor(context: FactContext, sink: FactSink) {
    this.#context = context;
    this.#sink = sink;
    this.#differencer = new WriteDifferencer(context.fingerprinter);
    const emit = (fact: TokenFact): void => sink.fact(fact);
    this.#responses = new Responses(agentName, this.#strings, emit);
    this.#starts = new TurnStarts(agentName, context.fingerprinter, emit);
  }

  /** Takes the record that was read at `offset` of the transcript. */
  take(record: TranscriptRecord, offset: number): void {
    if (offset >= this.#nextSweep) this.#sweep(offset);
    const { top } = record;
    const type = top.word(w.type, words);
    if (type === w.assistant || type === w.user) {
      const sidechain = top.isTrue(w.isSidechain);
      const agentId = sidechain ? (top.string(w.agentId) ?? this.#context.agentId ?? "sidechain") : this.#context.agentId;
      const speaker = this.#speaker(record, record, offset, agentId, null);
      if (speaker !== null) this.#message(record, speaker);
    } else if (type === w.progress) this.#progress(record, offset);
    else if (type === w["queue-operation"]) this.#queueOperation(record, offset);
    else if (type === w.attachment) this.#attachment(record, offset);
    else if (type === w["pr-link"]) this.#pullRequestLink(record, offset);
    else if (!silentTypes.has(type)) {
      const name = (top.string(w.type) ?? "none").slice(0, 40);
      this.#sink.problem(
        "unknown_record_type",
        "notice",
        offset,
        `record of unknown type "${name}"; nothing was read from it`,
        "a newer version may read it",
      );
    }
  }

  /** Tells what is still open as it stands. It stays open, and is told again when it is whole. */
  tell(): void {
    this.#responses.tell();
    this.tellSessions();
  }

  /** Tells the sessions whose span grew. */
  tellSessions(): void {
    for (const [session, span] of this.#sessions) {
      if (span.told) continue;
      span.told = true;
      const { firstAt, lastAt, parentSession, entrypoint, cwd, branch } = span;
      this.#sink.fact({
        kind: "session",
        agent: agentName,
        session,
        firstAt,
        lastAt,
        parentSession,
        trigger: triggerOf(entrypoint),
        entrypoint,
        agentVersion: span.version,
        cwd,
        branch,
      });
    }
  }

  /** Reading has to begin here again to know what is open now; `offset` if nothing is. */
  resumeAt(offset: number): number {
    let oldest = Math.min(offset, this.#responses.oldest(), this.#starts.oldest());
    for (const { since } of this.#calls.values()) oldest = Math.min(oldest, since);
    return oldest;
  }

  #sweep(offset: number): void {
    const boundary = offset - (offset % sweepBytes);
    this.#nextSweep = boundary + sweepBytes;
    const limit = boundary - maxWaitBytes;
    if (limit <= 0) return;
    this.#responses.closeBefore(limit);
    this.#starts.forgetBefore(limit);
    for (const [callId, call] of this.#calls) if (call.since < limit) this.#calls.delete(callId);
  }

  /** @param outer the record of the file; @param record it, or the one inside */
  #speaker(
    outer: TranscriptRecord,
    record: TranscriptRecord,
    offset: number,
    agentId: string | null,
    parentCallId: string | null,
  ): Speaker | null {
    const instant = instantOf(record.top, w.timestamp) ?? instantOf(outer.top, w.timestamp);
    if (instant === null) {
      const severity = record.usage.has(w.output_tokens) ? "lost" : "notice";
      this.#sink.problem("no_instant", severity, offset, "record without a readable timestamp; left out");
      return null;
    }
    const { header } = outer;
    const session = header.session ?? this.#context.session;
    this.#touch(session, instant, outer);
    return { session, agentId, parentCallId, instant, offset, header };
  }

  #touch(session: string, instant: number, record: TranscriptRecord): void {
    const span = this.#sessions.get(session);
    if (span === undefined) {
      const { version, cwd, branch } = record.header;
      this.#sessions.set(session, {
        firstAt: instant,
        lastAt: instant,
        told: false,
        parentSession: record.fork.string(w.sessionId),
        entrypoint: record.top.string(w.entrypoint),
        version,
        cwd,
        branch,
      });
    } else if (instant < span.firstAt || instant > span.lastAt) {
      span.firstAt = Math.min(span.firstAt, instant);
      span.lastAt = Math.max(span.lastAt, instant);
      span.told = false;
    }
  }

  #message(record: TranscriptRecord, speaker: Speaker): void {
    if (record.top.word(w.type, words) === w.assistant) this.#assistant(record, speaker);
    else this.#user(record, speaker);
  }

  /** `agent_progress` carries a sub-agent's records inside the parent's file (CLI up to 2.1.81). */
  #progress(record: TranscriptRecord, offset: number): void {
    const { data } = record;
    if (data.word(w.type, words) !== w.agent_progress || !data.has(w.message)) return;
    const agentId = this.#strings.get(data, w.agentId) ?? "unknown";
    const speaker = this.#speaker(record, record.inner, offset, agentId, this.#strings.get(record.top, w.parentToolUseID));
    if (speaker !== null) this.#message(record.inner, speaker);
  }

  #assistant(record: TranscriptRecord, speaker: Speaker): void {
    const { message } = record;
    const model = this.#strings.get(message, w.model);
    if (model === "<synthetic>") return; // made by the CLI itself for errors and interruptions: no response
    if (speaker.agentId === null) this.#starts.answered();
    const messageId = this.#strings.get(message, w.id);
    const requestId = this.#strings.get(record.top, w.requestId);
    let visibleChars = 0;
    for (let i = 0; i < record.blockCount; i++) {
      const block = record.blocks[i] as Fields;
      const type = block.word(w.type, words);
      if (type === w.tool_use) {
        visibleChars += jsonChars(block, w.input);
        this.#call(block, speaker, messageId ?? requestId);
      } else if (type === w.text) visibleChars += stringChars(block, w.text);
      else if (type === w.thinking) visibleChars += stringChars(block, w.thinking);
    }
    if (!record.usage.has(w.output_tokens) && !record.usage.has(w.input_tokens)) return;
    this.#responses.add(record, speaker, messageId, requestId, visibleChars);
  }

  #call(block: Fields, speaker: Speaker, messageId: string | null): void {
    const callId = block.string(w.id);
    if (callId === null) {
      this.#sink.problem("call_without_id", "notice", speaker.offset, "tool call without id; left out");
      return;
    }
    const { session, agentId, parentCallId, instant } = speaker;
    const tool = this.#strings.get(block, w.name) ?? "unknown";
    const shell = tool === "Bash" ? this.#shellOf(block, speaker) : null;
    const activity = shell?.activity ?? activityOfTool(tool);
    const fact: CallFact = {
      kind: "call",
      agent: agentName,
      session,
      callId,
      messageId,
      agentId,
      parentCallId,
      instant,
      tool,
      activity,
      inputBytes: block.size(w.input),
      subjectFingerprint: isReadTool(tool) ? this.#subjectOf(block) : null,
    };
    this.#sink.fact(fact);
    const since = speaker.offset;
    if (isEditTool(tool)) this.#calls.set(callId, { since, tool, input: block.copy(w.input), shell });
    else if (shell !== null && (shell.commits || shell.opensChange || shell.activity === "test" || shell.writes.length > 0)) {
      this.#calls.set(callId, { since, tool, input: null, shell });
    }
  }

  /** Which file a call reads. */
  #subjectOf(block: Fields): number | null {
    const { file_path: file, notebook_path: notebook } = parsedObject(block.copy(w.input));
    const path = file ?? notebook;
    return typeof path === "string" ? this.#context.fingerprinter.text(path) : null;
  }

  #shellOf(block: Fields, speaker: Speaker): ShellPurpose | null {
    const line = parsedObject(block.copy(w.input))["command"];
    return typeof line === "string" ? shellPurpose(line, speaker.header.cwd) : null;
  }

  #user(record: TranscriptRecord, speaker: Speaker): void {
    let results = 0;
    for (let i = 0; i < record.blockCount; i++) if ((record.blocks[i] as Fields).has(w.tool_use_id)) results++;
    for (let i = 0; i < record.blockCount; i++) {
      const block = record.blocks[i] as Fields;
      // `toolUseResult` tells of one result; with several in a record nobody can say of which.
      if (block.has(w.tool_use_id)) this.#result(record, block, results === 1, speaker);
    }
    if (results === 0 && speaker.agentId === null) this.#said(record, speaker);
  }

  #said(record: TranscriptRecord, speaker: Speaker): void {
    const { top, message } = record;
    if (top.isTrue(w.isMeta) || top.isTrue(w.isCompactSummary) || top.isTrue(w.isVisibleInTranscriptOnly)) return;
    let text = message.string(w.content) ?? "";
    let hasImage = false;
    for (let i = 0; i < record.blockCount; i++) {
      const block = record.blocks[i] as Fields;
      const part = block.string(w.text);
      if (part === null) hasImage = true;
      else if (!editorContext.test(part)) text += text === "" ? part : `\n${part}`;
    }
    this.#starts.said(text, hasImage, top.string(w.uuid), speaker);
  }

  #result(record: TranscriptRecord, block: Fields, single: boolean, speaker: Speaker): void {
    const callId = block.string(w.tool_use_id);
    if (callId === null) return;
    const { session, instant } = speaker;
    const failed = block.isTrue(w.is_error);
    const call = this.#calls.get(callId);
    this.#calls.delete(callId);
    const result = single && record.top.isObject(w.toolUseResult) ? record.result : null;
    const shell = call?.shell ?? null;
    const output = shell === null ? "" : outputOf(block, result);
    const tests = shell?.activity === "test" ? testCounts(output) : null;
    this.#sink.fact({
      kind: "call_result",
      agent: agentName,
      session,
      callId,
      instant,
      status: failed ? "error" : "ok",
      exitCode: exitCodeOf(block, result, failed),
      testsPassed: tests?.passed ?? null,
      testsFailed: tests?.failed ?? null,
      startedAgentId: result?.string(w.agentId) ?? null,
      resultBytes: resultBytes(block),
    });
    if (shell !== null) this.#shellResult(shell, callId, output, failed, speaker);
    else if (result !== null && this.#printsForeignCommit(result)) this.#commitMentions(callId, result.string(w.stdout) ?? "", speaker);
    if (!failed) this.#writeResult(callId, call, block, result, speaker);
  }

  /** A commit made by a script: git's line with its summary of changed files, in the output of any command. */
  #printsForeignCommit(result: Fields): boolean {
    if (!result.isString(w.stdout)) return false;
    const found = result.bytes.subarray(result.start(w.stdout), result.stop(w.stdout));
    return (found.includes(" file changed, ") || found.includes(" files changed, ")) && found.includes("] ");
  }

  #shellResult(shell: ShellPurpose, callId: string, output: string, failed: boolean, speaker: Speaker): void {
    const { session, instant } = speaker;
    if (shell.commits) this.#commitMentions(callId, output, speaker);
    if (shell.opensChange) {
      for (const { repository, number } of openedChanges(output)) {
        this.#sink.fact({ kind: "pull_request_mention", agent: agentName, session, repository, number, instant });
      }
    }
    if (failed) return;
    for (const { path, operation } of shell.writes) {
      this.#sink.fact({ kind: "write", agent: agentName, session, callId, instant, path, operation, quality: "opaque", diff: emptyDiff });
    }
  }

  #commitMentions(callId: string, output: string, speaker: Speaker): void {
    const { session, instant } = speaker;
    for (const { hash, branch } of printedCommits(output)) {
      this.#sink.fact({ kind: "commit_mention", agent: agentName, session, callId, instant, hash, branch });
    }
  }

  #writeResult(callId: string, call: WaitingCall | undefined, block: Fields, result: Fields | null, speaker: Speaker): void {
    const path = result?.string(w.filePath) ?? null;
    if (result !== null && path !== null && result.isArray(w.structuredPatch)) {
      const hunks = hunksOf(result);
      if (hunks.length > 0) {
        const operation = result.has(w.originalFile) && result.isNull(w.originalFile) ? "create" : "edit";
        this.#write(callId, path, operation, "logged", this.#differencer.ofPatch(path, hunks, indentsWithTabs(result)), speaker);
        return;
      }
      if (result.word(w.type, words) === w.create) {
        const content = result.string(w.content) ?? "";
        this.#write(callId, path, "create", "logged", this.#differencer.ofCreation(path, content), speaker);
        return;
      }
    }
    if (call?.input === null || call?.input === undefined) {
      if (path !== null && result?.has(w.structuredPatch)) {
        this.#sink.problem(
          "write_without_difference",
          "notice",
          speaker.offset,
          "edit whose result has no patch and whose call is not in the file; counted as a call only",
        );
      }
      return;
    }
    const { tool, input } = call;
    if (tool === "Write" && resultText(block).startsWith("File created successfully")) {
      this.#creation(callId, input, speaker);
      return;
    }
    this.#sink.patchlessWrite({ session: speaker.session, callId, instant: speaker.instant, tool, input }, call.since);
  }

  #creation(callId: string, input: Buffer, speaker: Speaker): void {
    const { file_path: path, content } = parsedObject(input);
    if (typeof path !== "string" || typeof content !== "string") return;
    this.#write(callId, path, "create", "logged", this.#differencer.ofCreation(path, content), speaker);
  }

  #write(
    callId: string,
    path: string,
    operation: WriteFact["operation"],
    quality: WriteFact["quality"],
    diff: WriteFact["diff"],
    speaker: Speaker,
  ): void {
    if (lineCount(diff) === 0 && operation === "edit") return; // the same content again
    const { session, instant } = speaker;
    this.#sink.fact({ kind: "write", agent: agentName, session, callId, instant, path, operation, quality, diff });
  }

  #queueOperation(record: TranscriptRecord, offset: number): void {
    const speaker = this.#speaker(record, record, offset, null, null);
    if (speaker === null) return;
    const { top } = record;
    const operation = top.word(w.operation, words);
    const text = top.isNull(w.content) ? null : textOf(top.parsed(w.content));
    if (operation === w.enqueue) this.#starts.enqueued(text ?? "", speaker);
    else if (operation === w.dequeue || operation === w.remove) this.#starts.dequeued(text, speaker);
    else if (operation === w.popAll) this.#starts.unqueued();
  }

  #attachment(record: TranscriptRecord, offset: number): void {
    const { attachment } = record;
    if (attachment.word(w.type, words) !== w.queued_command || record.top.isTrue(w.isSidechain) || this.#context.agentId !== null) return;
    const speaker = this.#speaker(record, record, offset, null, null);
    const text = textOf(attachment.parsed(w.prompt));
    if (speaker !== null && text !== null) this.#starts.attached(text, speaker);
  }

  #pullRequestLink(record: TranscriptRecord, offset: number): void {
    const speaker = this.#speaker(record, record, offset, null, null);
    const repository = record.top.string(w.prRepository);
    const number = record.top.number(w.prNumber);
    if (speaker === null || repository === null || number === null) return;
    this.#sink.fact({
      kind: "pull_request_mention",
      agent: agentName,
      session: speaker.session,
      repository,
      number,
      instant: speaker.instant,
    });
  }
}

/** Who started a session, where the entry point says so. */
function triggerOf(entrypoint: string | null): "person" | "ci" | null {
  if (entrypoint === "cli" || entrypoint === "claude-vscode" || entrypoint === "claude-desktop" || entrypoint === "claude-jetbrains")
    return "person";
  return entrypoint === "claude-code-github-action" ? "ci" : null;
}

function hunksOf(result: Fields): PatchHunk[] {
  if (result.size(w.structuredPatch) <= 2) return [];
  const list = result.parsed(w.structuredPatch);
  return Array.isArray(list) ? list.filter(isHunk) : [];
}

function isHunk(value: unknown): value is PatchHunk {
  if (typeof value !== "object" || value === null) return false;
  const hunk = value as Readonly<Record<string, unknown>>;
  return typeof hunk["oldStart"] === "number" && typeof hunk["newStart"] === "number" && Array.isArray(hunk["lines"]);
}

/**
 * Claude Code shows leading tabs as two blanks in its patches (all 3,228 patches of tab-indented text measured), so the
 * call's own text says what they were, or the file before it where that text is not indented.
 */
function indentsWithTabs(result: Fields): boolean {
  for (const key of [w.newString, w.oldString, w.content, w.originalFile]) {
    if (!result.isString(key)) continue;
    const text = result.bytes.subarray(result.start(key), result.stop(key));
    if (text.includes("\\n\\t") || text.includes('"\\t')) return true;
    if (text.includes("\\n  ") || text.includes('"  ')) return false;
  }
  return false;
}

/** What a shell call printed: its own streams, else the text of the result. */
function outputOf(block: Fields, result: Fields | null): string {
  const stdout = result?.string(w.stdout);
  if (stdout === null || stdout === undefined) return resultText(block);
  const stderr = result?.string(w.stderr) ?? "";
  return stderr === "" ? stdout : `${stdout}\n${stderr}`;
}

function resultText(block: Fields): string {
  if (block.isString(w.content)) return block.string(w.content) ?? "";
  return block.isArray(w.content) ? (textOf(block.parsed(w.content)) ?? "") : "";
}

/** An image is scaled to 1,568 pixels and takes some 1,600 tokens, whatever its bytes are: as much as so many bytes of text. */
const imageBytes = 5_600;

/** Size of what the model was given: the content as it stands, with images at what they take of a context. */
function resultBytes(block: Fields): number | null {
  if (!block.has(w.content)) return null;
  const size = block.size(w.content);
  if (!block.isArray(w.content) || !block.bytes.subarray(block.start(w.content), block.stop(w.content)).includes('"image"')) return size;
  const list = block.parsed(w.content);
  if (!Array.isArray(list)) return size;
  return list.reduce<number>((sum, part) => sum + (isImage(part) ? imageBytes : Buffer.byteLength(JSON.stringify(part))), 0);
}

function isImage(part: unknown): boolean {
  return typeof part === "object" && part !== null && (part as { type?: unknown }).type === "image";
}

/** A string, or the text blocks of a list joined by line feeds; null if there is no text. */
function textOf(content: unknown): string | null {
  if (typeof content === "string") return content;
  if (!Array.isArray(content)) return null;
  const parts = content.flatMap((block: unknown) => {
    const text = typeof block === "object" && block !== null ? (block as { text?: unknown }).text : null;
    return typeof text === "string" ? [text] : [];
  });
  return parts.length > 0 ? parts.join("\n") : null;
}

/** A failed command says `Exit code N`; one that succeeded exited with 0 unless its code was read as something else. */
function exitCodeOf(block: Fields, result: Fields | null, failed: boolean): number | null {
  if (failed) {
    if (!block.isString(w.content) && !block.isArray(w.content)) return null;
    const start = block.bytes.toString("latin1", block.start(w.content), Math.min(block.stop(w.content), block.start(w.content) + 64));
    const code = /Exit code (\d{1,3})\b/.exec(start)?.[1];
    return code === undefined ? null : Number(code);
  }
  if (result === null || !result.has(w.stdout)) return null;
  const unclear = result.isString(w.returnCodeInterpretation) || result.isString(w.backgroundTaskId) || result.isTrue(w.interrupted);
  return unclear ? null : 0;
}

/** Characters of a JSON string value once unescaped. */
function stringChars(fields: Fields, key: number): number {
  if (!fields.isString(key)) return 0;
  const { bytes } = fields;
  const start = fields.start(key) + 1;
  const stop = fields.stop(key) - 1;
  let chars = charsIn(bytes, start, stop);
  for (let i = bytes.indexOf(backslash, start); i >= 0 && i < stop; i = bytes.indexOf(backslash, i)) {
    const size = bytes[i + 1] === 117 ? 6 : 2; // \u1234, \n
    chars -= size - 1;
    i += size;
  }
  return chars;
}

const backslash = 92;

/** Characters of a value as JSON. */
const jsonChars = (fields: Fields, key: number): number => charsIn(fields.bytes, fields.start(key), fields.stop(key));

function charsIn(bytes: Buffer, start: number, stop: number): number {
  if (stop <= start) return 0;
  if (isAscii(bytes.subarray(start, stop))) return stop - start;
  let chars = 0;
  for (let i = start; i < stop; i++) if (((bytes[i] as number) & 0xc0) !== 0x80) chars++;
  return chars;
}
