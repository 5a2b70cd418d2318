/**
 * Reads a transcript: bytes in, batches of facts out. Shared by every place that keeps Claude Code's transcripts.
 * Lines are found in the bytes and walked over without making strings of them; the file is never in memory as a whole.
 */
import type { TokenFact } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { JsonCursor, NotJson } from "../json-cursor.ts";
import type { Item } from "../source.ts";
import { type FactContext, type FactSink, type PatchlessWrite, TranscriptFacts } from "./facts.ts";
import { WriteReplay } from "./replay.ts";
import { TranscriptRecord, words } from "./schema.ts";

/** Chunks of the transcript from an offset on. A chunk may be overwritten once the next one is asked for. */
export type OpenBytes = (from: number) => AsyncIterable<Buffer> | Iterable<Buffer>;

export interface TranscriptContext extends FactContext {
  /** Id of the source, for its problems. */
  readonly source: string;
  /** Where the transcript is, for its problems. */
  readonly locator: string;
  /** The transcript will not grow: an unfinished last line is damage, not a record still being written. */
  readonly complete: boolean;
}

export interface TranscriptBatch {
  readonly items: readonly Item[];
  /** Reading may begin here again and tell nothing less. */
  readonly resumeAt: number;
}

/**
 * Facts and problems of a transcript, one batch a chunk. The same facts come out however the reading is cut into parts,
 * once what the parts tell is joined.
 * @param from 0, or what an earlier batch said
 */
export async function* parseTranscript(open: OpenBytes, from: number, context: TranscriptContext): AsyncGenerator<TranscriptBatch> {
  const reader = new TranscriptReader(context, from);
  for await (const chunk of open(from)) {
    reader.push(chunk);
    const batch = reader.batch();
    if (batch.items.length > 0) yield batch;
  }
  reader.finish();
  const patchless = reader.patchless;
  if (patchless.length > 0) {
    const replay = new WriteReplay(patchless, context.fingerprinter, (fact) => reader.fact(fact));
    const lines = new Lines(0, (bytes, start, end) => replayLine(replay, bytes, start, end));
    for await (const chunk of open(0)) lines.push(chunk);
    lines.finish();
    reader.resolved();
  }
  yield reader.batch();
}

/** Cuts chunks into lines and hands each over where it stands, with its offset in the file. */
class Lines {
  readonly #line: (bytes: Buffer, start: number, end: number, offset: number, whole: boolean) => void;
  #carry: Buffer[] = [];
  /** Offset of the first byte that is not yet part of a line. */
  offset: number;

  constructor(offset: number, line: (bytes: Buffer, start: number, end: number, offset: number, whole: boolean) => void) {
    this.offset = offset;
    this.#line = line;
  }

  push(chunk: Buffer): void {
    let start = 0;
    if (this.#carry.length > 0) {
      const end = chunk.indexOf(10);
      if (end < 0) {
        this.#carry.push(Buffer.from(chunk));
        return;
      }
      const line = Buffer.concat([...this.#carry, chunk.subarray(0, end)]);
      this.#carry = [];
      this.#line(line, 0, line.length, this.offset, true);
      this.offset += line.length + 1;
      start = end + 1;
    }
    for (let end = chunk.indexOf(10, start); end >= 0; end = chunk.indexOf(10, start)) {
      this.#line(chunk, start, end, this.offset, true);
      this.offset += end + 1 - start;
      start = end + 1;
    }
    if (start < chunk.length) this.#carry.push(Buffer.from(chunk.subarray(start)));
  }

  /** Hands over the last line if it has no line feed. */
  finish(): void {
    const line = Buffer.concat(this.#carry);
    if (line.length > 0) this.#line(line, 0, line.length, this.offset, false);
  }
}

class TranscriptReader implements FactSink {
  readonly patchless: PatchlessWrite[] = [];
  readonly #context: TranscriptContext;
  readonly #facts: TranscriptFacts;
  readonly #lines: Lines;
  readonly #cursor = new JsonCursor(words);
  readonly #record = new TranscriptRecord();
  #items: Item[] = [];
  /** Problems by code and message, told at the end with their count. */
  readonly #problems = new Map<string, { problem: Problem; count: number }>();
  #oldestPatchless = Number.POSITIVE_INFINITY;

  constructor(context: TranscriptContext, from: number) {
    this.#context = context;
    this.#facts = new TranscriptFacts(context, this);
    this.#lines = new Lines(from, (bytes, start, end, offset, whole) => this.#line(bytes, start, end, offset, whole));
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  finish(): void {
    this.#lines.finish();
    this.#facts.tell();
    for (const { problem, count } of this.#problems.values()) {
      this.#items.push({ kind: "problem", problem: count === 1 ? problem : { ...problem, count } });
    }
    this.#problems.clear();
  }

  /** The writes that waited have been told. */
  resolved(): void {
    this.#oldestPatchless = Number.POSITIVE_INFINITY;
  }

  batch(): TranscriptBatch {
    this.#facts.tellSessions();
    const items = this.#items;
    this.#items = [];
    return { items, resumeAt: Math.min(this.#oldestPatchless, this.#facts.resumeAt(this.#lines.offset)) };
  }

  fact(fact: TokenFact): void {
    this.#items.push({ kind: "fact", fact });
  }

  problem(code: string, severity: "lost" | "notice", offset: number, message: string, hint?: string): void {
    const key = `${code} ${severity} ${message}`;
    const known = this.#problems.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const { source, locator } = this.#context;
    const problem: Problem = { code, severity, source, locator: `${locator}@${offset}`, message, ...(hint === undefined ? {} : { hint }) };
    this.#problems.set(key, { problem, count: 1 });
  }

  patchlessWrite(write: PatchlessWrite, since: number): void {
    this.patchless.push(write);
    this.#oldestPatchless = Math.min(this.#oldestPatchless, since);
  }

  /** Reads a line object by object: a race of writers can glue records together, a crash can tear one. */
  #line(bytes: Buffer, start: number, end: number, offset: number, whole: boolean): void {
    const cursor = this.#cursor;
    cursor.reset(bytes, start, end);
    while (!cursor.done()) {
      const at = cursor.at;
      if (this.#readRecord()) {
        this.#facts.take(this.#record, offset + at - start);
        continue;
      }
      const next = this.#nextRecord(bytes, at + 1, end);
      const isTail = next === end && !whole && !this.#context.complete;
      if (isTail)
        this.problem("unfinished_line", "notice", offset + at - start, "the last line is not finished; it is read when the file has grown");
      else this.#torn(bytes.subarray(at, next), offset + at - start);
      cursor.reset(bytes, next, end);
    }
  }

  #readRecord(): boolean {
    try {
      return this.#record.read(this.#cursor);
    } catch (error) {
      if (error instanceof NotJson) return false;
      throw error;
    }
  }

  /** Index of the next whole record of a torn line, `end` if there is none. */
  #nextRecord(bytes: Buffer, from: number, end: number): number {
    let at = from;
    for (let tries = 0; tries < 200; tries++) {
      at = bytes.indexOf('{"', at);
      if (at < 0 || at >= end) return end;
      this.#cursor.reset(bytes, at, end);
      // Inside a record other objects begin too; only a record is followed by the line's end or by another one.
      if (this.#readRecord() && (this.#cursor.done() || bytes[this.#cursor.at] === 123)) return at;
      at++;
    }
    return end;
  }

  /** What was torn is lost if it carried tokens or a write; else it is a nuisance. */
  #torn(piece: Buffer, offset: number): void {
    const lost = piece.includes('"usage":') || piece.includes('"structuredPatch":');
    this.problem(
      "torn_line",
      lost ? "lost" : "notice",
      offset,
      "part of a line is no record; left out",
      "the file was damaged when it was written; a backup may have it whole",
    );
  }
}

const replayCursor = new JsonCursor(words);
const replayRecord = new TranscriptRecord();

/** Gives the records of a line to the replay; torn ones were counted in the first reading. */
function replayLine(replay: WriteReplay, bytes: Buffer, start: number, end: number): void {
  if (!replay.concerns(bytes.subarray(start, end))) return;
  replayCursor.reset(bytes, start, end);
  try {
    while (!replayCursor.done()) if (replayRecord.read(replayCursor)) replay.take(replayRecord);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
  }
}
