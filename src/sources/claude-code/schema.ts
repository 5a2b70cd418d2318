/**
 * The shape of Claude Code's records as far as we read them: which keys of which object, found in one walk over the bytes.
 * Every value is checked where it is used (a count that is no number is unknown), so no schema check is skipped; what is
 * not looked at is only walked over. Order of keys does not matter: redacting tools rewrite records with sorted keys.
 */
import { Fields, type JsonCursor, Words, wordIds } from "../json-cursor.ts";
import { JsonWalker, beginKey, walkAction } from "../json-walk.ts";

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
  "original_file",
  "updated_file",
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
  "bridge-session",
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
  w["bridge-session"],
]);

/** What all records of a session say, mostly word for word the same. */
export interface RecordHeader {
  readonly session: string | null;
  readonly version: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
}

const headerKeys = [w.sessionId, w.version, w.cwd, w.gitBranch] as const;

/**
 * The header of the record before. Claude Code writes it as the same bytes on every line, so that comparing them once
 * takes the place of making four strings.
 */
class RepeatedHeader {
  #bytes: Buffer = Buffer.alloc(0);
  /** Where each key's value starts and stops, counted from the first of them. */
  readonly #places = new Int32Array(headerKeys.length * 2);
  #header: RecordHeader | null = null;

  of(fields: Fields): RecordHeader {
    let first = Number.POSITIVE_INFINITY;
    let last = 0;
    for (const key of headerKeys) {
      if (!fields.has(key)) return headerOf(fields);
      first = Math.min(first, fields.start(key));
      last = Math.max(last, fields.stop(key));
    }
    if (this.#header !== null && this.#isSame(fields, first, last)) return this.#header;
    this.#bytes = Buffer.from(fields.bytes.subarray(first, last));
    for (const [i, key] of headerKeys.entries()) {
      this.#places[i * 2] = fields.start(key) - first;
      this.#places[i * 2 + 1] = fields.stop(key) - first;
    }
    this.#header = headerOf(fields);
    return this.#header;
  }

  #isSame(fields: Fields, first: number, last: number): boolean {
    if (last - first !== this.#bytes.length) return false;
    for (let i = 0; i < headerKeys.length; i++) {
      const key = headerKeys[i] as number;
      if (fields.start(key) - first !== this.#places[i * 2] || fields.stop(key) - first !== this.#places[i * 2 + 1]) return false;
    }
    return fields.bytes.compare(this.#bytes, 0, this.#bytes.length, first, last) === 0;
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

/** What is walked of a record, by the key it stands under: shapes of `JsonWalker`. Keys not named are noted. */
const shapeNames = [
  "record",
  "message",
  "block",
  "usage",
  "cacheCreation",
  "outputDetails",
  "serverTools",
  "result",
  "data",
  "attachment",
  "fork",
] as const;
const blockShape = 2;
type ShapeName = (typeof shapeNames)[number];
/** The same shapes again for the record inside a `progress` record. */
const innerShapes = shapeNames.length;

function shapesFrom(base: number): Uint8Array[] {
  const shapeOf = (name: ShapeName): number => base + shapeNames.indexOf(name);
  const special: Partial<Record<ShapeName, readonly (readonly [key: number, action: number])[]>> = {
    record: [
      [w.parentUuid, walkAction.pass],
      [w.message, walkAction.walk + shapeOf("message")],
      [w.toolUseResult, walkAction.walkAndNote + shapeOf("result")],
      [w.attachment, walkAction.walkAndNote + shapeOf("attachment")],
      [w.forkedFrom, walkAction.walkAndNote + shapeOf("fork")],
      // The record inside holds none of its own.
      [w.data, base === 0 ? walkAction.walk + shapeOf("data") : walkAction.note],
    ],
    message: [
      [w.content, walkAction.list + shapeOf("block")],
      [w.usage, walkAction.walk + shapeOf("usage")],
    ],
    usage: [
      [w.cache_creation, walkAction.walkAndNote + shapeOf("cacheCreation")],
      [w.output_tokens_details, walkAction.walkAndNote + shapeOf("outputDetails")],
      [w.server_tool_use, walkAction.walkAndNote + shapeOf("serverTools")],
    ],
    data: [[w.message, walkAction.inner + innerShapes]],
  };
  return shapeNames.map((name) => {
    const actions = new Uint8Array(names.length + 1).fill(walkAction.note);
    actions[0] = walkAction.pass;
    for (const [key, action] of special[name] ?? []) actions[key] = action;
    return actions;
  });
}

/** One for all transcripts: what is in its memory is walked before anything else is put there. Null where there is none. */
export const walker: JsonWalker | null = JsonWalker.create(words, [...shapesFrom(0), ...shapesFrom(innerShapes)]);

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
  readonly #parts: readonly Fields[];
  readonly #isInner: boolean;
  readonly #repeated = new RepeatedHeader();
  #header: RecordHeader | null = null;
  #inner: TranscriptRecord | null = null;

  constructor(isInner = false) {
    this.#isInner = isInner;
    const { top, message, usage, cacheCreation, outputDetails, serverTools, result, data, attachment, fork } = this;
    // In the order of the shapes; a block stands for the one at hand.
    this.#parts = [top, message, top, usage, cacheCreation, outputDetails, serverTools, result, data, attachment, fork];
  }

  get header(): RecordHeader {
    this.#header ??= this.#repeated.of(this.top);
    return this.#header;
  }

  /** The sub-agent's record inside `data.message`; valid if `data` has `message`. */
  get inner(): TranscriptRecord {
    this.#inner ??= new TranscriptRecord(true);
    return this.#inner;
  }

  #clear(bytes: Buffer): void {
    for (const part of this.#parts) part.clear(bytes);
    this.blockCount = 0;
    this.#header = null;
  }

  /** Reads the record the cursor stands before and goes past it. False if it is no object. @throws NotJson */
  read(cursor: JsonCursor): boolean {
    const walkedTo = walker?.walk(cursor.bytes, cursor.at, cursor.end) ?? 0;
    if (walkedTo === 0) return this.readPlain(cursor);
    this.#takeTape(cursor.bytes, walker as JsonWalker);
    cursor.at = walkedTo;
    return true;
  }

  #takeTape(bytes: Buffer, { tape, tapeLength }: JsonWalker): void {
    this.#clear(bytes);
    let block = this.top;
    for (let i = 0; i < tapeLength; i += 3) {
      const entry = tape[i] as number;
      const key = entry & 255;
      const isInner = entry >> 8 >= innerShapes;
      const shape = isInner ? (entry >> 8) - innerShapes : entry >> 8;
      const record = isInner ? this.inner : this;
      if (key !== beginKey)
        (shape === blockShape ? block : (record.#parts[shape] as Fields)).note(key, tape[i + 1] as number, tape[i + 2] as number);
      else if (shape === blockShape) block = record.#nextBlock(bytes);
      else record.#clear(bytes);
    }
  }

  #nextBlock(bytes: Buffer): Fields {
    const block = (this.blocks[this.blockCount++] ??= new Fields(words));
    block.clear(bytes);
    return block;
  }

  /** As `read`, key by key: where there is no walker, and for records it cannot read or that hold too much for it. */
  readPlain(cursor: JsonCursor): boolean {
    this.#clear(cursor.bytes);
    if (!cursor.enterObject()) return false;
    while (cursor.nextKey()) {
      if (cursor.key === w.parentUuid) cursor.skip();
      else if (cursor.key === w.message) this.#readMessage(cursor);
      else if (cursor.key === w.toolUseResult) readNested(cursor, this.top, this.result);
      else if (cursor.key === w.data && !this.#isInner) this.#readData(cursor);
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
      this.#nextBlock(cursor.bytes).read(cursor);
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
      this.inner.readPlain(cursor);
    }
  }
}

/** Notes the value in `outer` and, if it is an object, its own values in `inner`. */
function readNested(cursor: JsonCursor, outer: Fields, inner: Fields): void {
  const { key, at } = cursor;
  inner.read(cursor);
  outer.note(key, at, cursor.at);
}
