/**
 * The shape of Claude Code's records as far as we read them: which keys of which object, found in one walk over the bytes.
 * Every value is checked where it is used (a count that is no number is unknown), so no schema check is skipped; what is
 * not looked at is only walked over. Order of keys does not matter: redacting tools rewrite records with sorted keys.
 */
import { Fields, type JsonCursor, Words, wordIds } from "../json-cursor.ts";

const names = [
  // keys of a record
  "type",
  "uuid",
  "sessionId",
  "timestamp",
  "version",
  "cwd",
  "gitBranch",
  "requestId",
  "agentId",
  "entrypoint",
  "subtype",
  "isMeta",
  "isSidechain",
  "isCompactSummary",
  "isVisibleInTranscriptOnly",
  "message",
  "data",
  "toolUseResult",
  "attachment",
  "parentUuid",
  "userType",
  "slug",
  "parentToolUseID",
  "forkedFrom",
  "operation",
  "content",
  "prNumber",
  "prUrl",
  "prRepository",
  // of message, its blocks and usage
  "id",
  "model",
  "stop_reason",
  "usage",
  "text",
  "thinking",
  "name",
  "input",
  "tool_use_id",
  "is_error",
  "input_tokens",
  "output_tokens",
  "cache_creation_input_tokens",
  "cache_read_input_tokens",
  "cache_creation",
  "ephemeral_5m_input_tokens",
  "ephemeral_1h_input_tokens",
  "output_tokens_details",
  "thinking_tokens",
  "service_tier",
  "speed",
  "inference_geo",
  "server_tool_use",
  "web_search_requests",
  "iterations",
  // of toolUseResult
  "filePath",
  "notebook_path",
  "structuredPatch",
  "oldString",
  "newString",
  "originalFile",
  "stdout",
  "stderr",
  "interrupted",
  "backgroundTaskId",
  "returnCodeInterpretation",
  "file",
  // of attachment
  "prompt",
  "commandMode",
  // values
  "assistant",
  "user",
  "progress",
  "agent_progress",
  "queue-operation",
  "pr-link",
  "tool_use",
  "tool_result",
  "create",
  "update",
  "enqueue",
  "dequeue",
  "remove",
  "popAll",
  "queued_command",
  // keys that come often and are read for nothing: known, so that the order of keys can be foreseen
  "role",
  "stop_sequence",
  "signature",
  "caller",
  "todos",
  "toolUseID",
  "sourceToolAssistantUUID",
  "thinkingMetadata",
  "permissionMode",
  "output",
  "fullOutput",
  "elapsedTimeSeconds",
  "totalLines",
  "timeoutMs",
  "hookEvent",
  "hookName",
  "command",
  "normalizedMessages",
  "userModified",
  "replaceAll",
  "isImage",
  "noOutputExpected",
  "web_fetch_requests",
  "numFiles",
  "filenames",
  "numLines",
  "messageId",
  "snapshot",
  "isSnapshotUpdate",
  // record types that carry nothing we read, so that a new type stands out
  "system",
  "summary",
  "file-history-snapshot",
  "custom-title",
  "ai-title",
  "last-prompt",
  "permission-mode",
  "mode",
  "tag",
  "agent-name",
  "agent-setting",
  "agent-color",
  "worktree-state",
  "content-replacement",
  "attribution-snapshot",
] as const;

export const words = new Words(names);
export const w = wordIds(names);

/** Types that are known and read for nothing. */
export const silentTypes: ReadonlySet<number> = new Set([
  w.system,
  w.summary,
  w["file-history-snapshot"],
  w["custom-title"],
  w["ai-title"],
  w["last-prompt"],
  w["permission-mode"],
  w.mode,
  w.tag,
  w["agent-name"],
  w["agent-setting"],
  w["agent-color"],
  w["worktree-state"],
  w["content-replacement"],
  w["attribution-snapshot"],
]);

/** What all records of a session say, mostly word for word the same. */
export interface RecordHeader {
  readonly session: string | null;
  readonly version: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
}

const headerKeys: ReadonlySet<number> = new Set([
  w.isSidechain,
  w.userType,
  w.entrypoint,
  w.cwd,
  w.sessionId,
  w.version,
  w.gitBranch,
  w.agentId,
  w.slug,
]);

/**
 * The header of the records before. Claude Code writes it as the same bytes on every line, right behind `parentUuid`, so
 * that comparing them once takes the place of reading seven keys: a sixth of the whole reading (measured).
 */
class RepeatedHeader {
  #bytes: Buffer = Buffer.alloc(0);
  /** key, start, stop, the places counted from the header's first byte. */
  #places: number[] = [];
  #header: RecordHeader | null = null;

  /** Goes past the header if it stands at the cursor again. */
  take(cursor: JsonCursor, fields: Fields): RecordHeader | null {
    const size = this.#bytes.length;
    const { bytes, at } = cursor;
    if (size === 0 || at + size > cursor.end || bytes[at + size - 1] !== this.#bytes[size - 1]) return null;
    if (bytes.compare(this.#bytes, 0, size, at, at + size) !== 0) return null;
    const places = this.#places;
    for (let i = 0; i < places.length; i += 3) {
      fields.note(places[i] as number, at + (places[i + 1] as number), at + (places[i + 2] as number));
    }
    cursor.at = at + size;
    return this.#header;
  }

  /** Remembers the header that was read key by key and stands in `bytes[start, stop)`, if all of it is there. */
  learn(start: number, stop: number, fields: Fields): RecordHeader | null {
    if (![w.sessionId, w.version, w.cwd, w.gitBranch].every((key) => fields.has(key))) return null;
    this.#bytes = Buffer.from(fields.bytes.subarray(start, stop));
    this.#places = [...headerKeys].flatMap((key) => (fields.has(key) ? [key, fields.start(key) - start, fields.stop(key) - start] : []));
    this.#header = headerOf(fields);
    return this.#header;
  }
}

function headerOf(fields: Fields): RecordHeader {
  return {
    session: fields.string(w.sessionId),
    version: fields.string(w.version),
    cwd: fields.string(w.cwd),
    branch: fields.string(w.gitBranch) || null,
  };
}

/** One record, or the record inside a `progress` record. Reused from line to line. */
export class TranscriptRecord {
  readonly top = new Fields(words);
  readonly message = new Fields(words);
  readonly usage = new Fields(words);
  readonly cacheCreation = new Fields(words);
  readonly outputDetails = new Fields(words);
  readonly serverTools = new Fields(words);
  readonly result = new Fields(words);
  readonly data = new Fields(words);
  readonly attachment = new Fields(words);
  readonly fork = new Fields(words);
  /** Content blocks of the message; only the first `blockCount` are of this record. */
  readonly blocks: Fields[] = [];
  blockCount = 0;
  readonly #repeated = new RepeatedHeader();
  #header: RecordHeader | null = null;
  #inner: TranscriptRecord | null = null;

  get header(): RecordHeader {
    this.#header ??= headerOf(this.top);
    return this.#header;
  }

  /** The sub-agent's record inside `data.message`; valid if `data` has `message`. */
  get inner(): TranscriptRecord {
    this.#inner ??= new TranscriptRecord();
    return this.#inner;
  }

  /** Reads the record the cursor stands before and goes past it. False if it is no object. @throws NotJson */
  read(cursor: JsonCursor): boolean {
    const bytes = cursor.bytes;
    for (const fields of [
      this.top,
      this.message,
      this.usage,
      this.cacheCreation,
      this.outputDetails,
      this.serverTools,
      this.result,
      this.data,
      this.attachment,
      this.fork,
    ])
      fields.clear(bytes);
    this.blockCount = 0;
    this.#header = null;
    if (!cursor.enterObject()) return false;
    let headerStart = -1;
    let headerStop = -1;
    while (cursor.nextKey()) {
      if (headerStart >= 0) {
        if (headerKeys.has(cursor.key)) {
          this.top.take(cursor);
          headerStop = cursor.at;
          continue;
        }
        this.#header = this.#repeated.learn(headerStart, headerStop, this.top);
        headerStart = -1;
      }
      if (cursor.key === w.parentUuid) {
        cursor.skip();
        this.#header = this.#repeated.take(cursor, this.top);
        if (this.#header === null) headerStart = headerStop = cursor.at;
      } else if (cursor.key === w.message) this.#readMessage(cursor);
      else if (cursor.key === w.toolUseResult) readNested(cursor, this.top, this.result);
      else if (cursor.key === w.data) this.#readData(cursor);
      else if (cursor.key === w.attachment) readNested(cursor, this.top, this.attachment);
      else if (cursor.key === w.forkedFrom) readNested(cursor, this.top, this.fork);
      else this.top.take(cursor);
    }
    return true;
  }

  #readMessage(cursor: JsonCursor): void {
    if (!cursor.enterObject()) return;
    while (cursor.nextKey()) {
      if (cursor.key === w.content) this.#readContent(cursor);
      else if (cursor.key === w.usage) this.#readUsage(cursor);
      else this.message.take(cursor);
    }
  }

  #readContent(cursor: JsonCursor): void {
    if (cursor.bytes[cursor.at] !== 91) {
      this.message.take(cursor);
      return;
    }
    cursor.enterArray();
    while (cursor.nextItem()) {
      const block = (this.blocks[this.blockCount++] ??= new Fields(words));
      block.clear(cursor.bytes);
      block.read(cursor);
    }
  }

  #readUsage(cursor: JsonCursor): void {
    if (!cursor.enterObject()) return;
    while (cursor.nextKey()) {
      if (cursor.key === w.cache_creation) readNested(cursor, this.usage, this.cacheCreation);
      else if (cursor.key === w.output_tokens_details) readNested(cursor, this.usage, this.outputDetails);
      else if (cursor.key === w.server_tool_use) readNested(cursor, this.usage, this.serverTools);
      else this.usage.take(cursor);
    }
  }

  #readData(cursor: JsonCursor): void {
    if (!cursor.enterObject()) return;
    while (cursor.nextKey()) {
      if (cursor.key !== w.message || cursor.bytes[cursor.at] !== 123) {
        this.data.take(cursor);
        continue;
      }
      this.data.note(cursor.key, cursor.at, cursor.at + 1);
      this.inner.read(cursor);
    }
  }
}

/** Notes the value in `outer` and, if it is an object, its own values in `inner`. */
function readNested(cursor: JsonCursor, outer: Fields, inner: Fields): void {
  const { key, at } = cursor;
  inner.read(cursor);
  outer.note(key, at, cursor.at);
}
