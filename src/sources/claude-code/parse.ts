/**
 * Reads a transcript: bytes in, batches of facts out. Shared by every place that keeps Claude Code's transcripts.
 * Lines are found in the bytes and walked over without making strings of them; the file is never in memory as a whole.
 */
import type { TokenFact } from "../../contract/facts.ts";
import { CountedProblems } from "../counted-problems.ts";
import { JsonCursor, NotJson } from "../json-cursor.ts";
import type { ParsedBatch } from "../found-file.ts";
import { Lines, type OpenBytes } from "../lines.ts";
import type { Item } from "../source.ts";
import { type FactContext, type FactSink, type PatchlessWrite, TranscriptFacts } from "./facts.ts";
import { ReplayMarks, WriteReplay } from "./replay.ts";
import { TranscriptRecord, walker, words } from "./schema.ts";

export interface TranscriptContext extends FactContext {
  /** Id of the source, for its problems. */
  readonly source: string;
  /** Where the transcript is, for its problems. */
  readonly locator: string;
  /** The transcript will not grow: an unfinished last line is damage, not a record still being written. */
  readonly complete: boolean;
}

/** A batch is told when it has this many items. */
const batchItems = 512;
/** Lines that are read again and lie farther apart are read each by itself. */
const farBytes = 1 << 19;

/**
 * Facts and problems of a transcript, one batch a chunk. The same facts come out however the reading is cut into parts,
 * once what the parts tell is joined.
 * @param from 0, or what an earlier batch said
 */
export async function* parseTranscript(open: OpenBytes, from: number, context: TranscriptContext): AsyncGenerator<ParsedBatch> {
  const reader = new TranscriptReader(context, from);
  const chunks = open(from);
  if (Symbol.iterator in chunks) {
    // A trip through the event loop for each chunk costs as much as walking it.
    for (const chunk of chunks) {
      reader.push(chunk);
      if (reader.waiting >= batchItems) yield reader.batch();
    }
  } else {
    for await (const chunk of chunks) {
      reader.push(chunk);
      if (reader.waiting >= batchItems) yield reader.batch();
    }
  }
  reader.finish();
  const patchless = reader.patchless;
  if (patchless.length > 0) {
    const replay = new WriteReplay(patchless, context.fingerprinter, (fact) => reader.fact(fact));
    if (reader.marks === null) await replayAll(open, replay);
    else await replayMarked(open, replay, reader.marks.offsetsOf(replay.paths));
    reader.resolved();
  }
  yield reader.batch();
}

/** Reads a transcript from its start once more. */
async function replayAll(open: OpenBytes, replay: WriteReplay): Promise<void> {
  const lines = new Lines(
    0,
    (bytes, start, end) => {
      if (replay.concerns(bytes.subarray(start, end))) replayLine(replay, bytes, start, end);
    },
    walker,
  );
  for await (const chunk of open(0)) lines.push(chunk);
  lines.finish();
}

/** Reads the lines again that stand at these offsets (those of glued records are inside one), in order. */
async function replayMarked(open: OpenBytes, replay: WriteReplay, offsets: readonly number[]): Promise<void> {
  let next = 0;
  const wanted = (): number => offsets[next] ?? Number.POSITIVE_INFINITY;
  while (next < offsets.length) {
    const lines = new Lines(
      wanted(),
      (bytes, start, end, offset) => {
        const after = offset + end - start;
        if (wanted() >= after) return;
        replayLine(replay, bytes, start, end);
        while (wanted() < after) next++;
      },
      walker,
    );
    for await (const chunk of open(lines.offset)) {
      lines.push(chunk);
      if (wanted() > lines.offset + farBytes) break;
    }
    if (wanted() <= lines.offset + farBytes) {
      lines.finish();
      return; // nothing is left to be read
    }
  }
}

class TranscriptReader implements FactSink {
  readonly patchless: PatchlessWrite[] = [];
  /** Null where the reading did not begin at the start: what stands before is not known. */
  readonly marks: ReplayMarks | null;
  readonly #complete: boolean;
  readonly #facts: TranscriptFacts;
  readonly #lines: Lines;
  readonly #cursor = new JsonCursor(words);
  readonly #record = new TranscriptRecord();
  #items: Item[] = [];
  readonly #problems: CountedProblems;
  #oldestPatchless = Number.POSITIVE_INFINITY;

  constructor(context: TranscriptContext, from: number) {
    this.#complete = context.complete;
    this.#problems = new CountedProblems(context.source, context.locator);
    this.marks = from === 0 ? new ReplayMarks() : null;
    this.#facts = new TranscriptFacts(context, this);
    this.#lines = new Lines(from, (bytes, start, end, offset, whole) => this.#line(bytes, start, end, offset, whole), walker);
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  finish(): void {
    this.#lines.finish();
    this.#facts.tell();
    this.#items.push(...this.#problems.take());
  }

  /** Items that wait to be told. */
  get waiting(): number {
    return this.#items.length;
  }

  /** The writes that waited have been told. */
  resolved(): void {
    this.#oldestPatchless = Number.POSITIVE_INFINITY;
  }

  batch(): ParsedBatch {
    this.#facts.tellSessions();
    const items = this.#items;
    this.#items = [];
    return { items, resumeAt: Math.min(this.#oldestPatchless, this.#facts.resumeAt(this.#lines.offset)) };
  }

  fact(fact: TokenFact): void {
    this.#items.push({ kind: "fact", fact });
  }

  problem(code: string, severity: "lost" | "notice", offset: number, message: string, hint?: string): void {
    this.#problems.add(code, severity, offset, message, hint);
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
        this.marks?.take(this.#record, offset + at - start);
        this.#facts.take(this.#record, offset + at - start);
        continue;
      }
      const next = this.#nextRecord(bytes, at + 1, end);
      const isTail = next === end && !whole && !this.#complete;
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
  replayCursor.reset(bytes, start, end);
  try {
    while (!replayCursor.done()) if (replayRecord.read(replayCursor)) replay.take(replayRecord);
  } catch (error) {
    if (!(error instanceof NotJson)) throw error;
  }
}
