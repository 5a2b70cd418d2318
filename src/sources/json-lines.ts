/**
 * Reads JSON lines with `JSON.parse`, for agents whose logs are small beside Claude Code's. A reader keeps state over the
 * whole file (models, running totals, contents), so a file that grew is gone through from its start, and only what is new
 * is told.
 */
import type { ParsedBatch } from "./found-file.ts";
import { JsonCursor, NotJson, Words } from "./json-cursor.ts";
import { HeardItems, type JsonFormat, type JsonInput, type RecordReader } from "./json-reading.ts";
import { Lines, type OpenBytes } from "./lines.ts";
import { isObject } from "./loose-json.ts";

/** A batch is told when it has this many items. */
const batchItems = 512;

/** @param from what an earlier batch said; what stands before it is gone through and not told again */
export async function* parseJsonLines(open: OpenBytes, from: number, input: JsonInput, format: JsonFormat): AsyncGenerator<ParsedBatch> {
  const reading = new LinesReading(input, format, from);
  const chunks = open(0);
  if (Symbol.iterator in chunks) {
    // A trip through the event loop for each chunk costs as much as reading it.
    for (const chunk of chunks) {
      reading.push(chunk);
      if (reading.heard.waiting >= batchItems) yield reading.batch();
    }
  } else {
    for await (const chunk of chunks) {
      reading.push(chunk);
      if (reading.heard.waiting >= batchItems) yield reading.batch();
    }
  }
  reading.finish();
  yield reading.batch();
}

/** Tries to find the next record of a torn line. */
const maxTries = 200;

class LinesReading {
  readonly heard: HeardItems;
  readonly #input: JsonInput;
  readonly #format: JsonFormat;
  readonly #reader: RecordReader;
  readonly #lines: Lines;
  readonly #from: number;
  readonly #cursor = new JsonCursor(new Words([]));

  constructor(input: JsonInput, format: JsonFormat, from: number) {
    this.heard = new HeardItems(input, from);
    this.#input = input;
    this.#format = format;
    this.#from = from;
    this.#reader = format.reader(input, this.heard);
    this.#lines = new Lines(0, (bytes, start, end, offset, whole) => this.#line(bytes, start, end, offset, whole), null);
  }

  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }

  finish(): void {
    this.#lines.finish();
    this.heard.at = Number.POSITIVE_INFINITY;
    this.#reader.finish();
  }

  batch(): ParsedBatch {
    return { items: [...this.heard.take(), ...this.heard.takeProblems()], resumeAt: Math.max(this.#from, this.#lines.offset) };
  }

  #line(bytes: Buffer, start: number, end: number, offset: number, whole: boolean): void {
    if (this.#format.isIdle?.(bytes, start, end) === true) return;
    const record = parsed(bytes, start, end);
    if (isObject(record)) this.#take(record, offset);
    else if (record !== undefined || !isBlank(bytes, start, end)) this.#pieces(bytes, start, end, offset, whole);
  }

  #take(record: Parameters<RecordReader["take"]>[0], offset: number): void {
    this.heard.at = offset;
    this.#reader.take(record, offset);
  }

  /** Reads a line object by object: a race of writers can glue records together, a crash can tear one. */
  #pieces(bytes: Buffer, start: number, end: number, offset: number, whole: boolean): void {
    for (let at = start; at < end; ) {
      const stop = this.#objectEnd(bytes, at, end);
      const record = stop < 0 ? undefined : parsed(bytes, at, stop);
      if (isObject(record)) {
        this.#take(record, offset + at - start);
        at = stop;
        while (at < end && isSpace(bytes[at] as number)) at++;
        continue;
      }
      const next = this.#nextObject(bytes, at + 1, end);
      this.heard.at = offset + at - start;
      if (next === end && !whole && !this.#input.complete)
        this.heard.problem(
          "unfinished_line",
          "notice",
          offset + at - start,
          "the last line is not finished; it is read when the file has grown",
        );
      else this.#torn(bytes.subarray(at, next), offset + at - start);
      at = next;
    }
  }

  /** Index after the object that begins at `at`, -1 if none does. */
  #objectEnd(bytes: Buffer, at: number, end: number): number {
    if (bytes[at] !== 123) return -1;
    this.#cursor.reset(bytes, at, end);
    try {
      this.#cursor.skip();
      return this.#cursor.at;
    } catch (error) {
      if (error instanceof NotJson) return -1;
      throw error;
    }
  }

  /** Index of the next whole record of a torn line, `end` if there is none. */
  #nextObject(bytes: Buffer, from: number, end: number): number {
    let at = from;
    for (let tries = 0; tries < maxTries; tries++) {
      at = bytes.indexOf('{"', at);
      if (at < 0 || at >= end) return end;
      const stop = this.#objectEnd(bytes, at, end);
      // Inside a record other objects begin too; only a record is followed by the line's end or by another one.
      if (stop >= 0 && (isBlank(bytes, stop, end) || bytes[stop] === 123) && isObject(parsed(bytes, at, stop))) return at;
      at++;
    }
    return end;
  }

  #torn(piece: Buffer, offset: number): void {
    const lost = this.#format.lostMarks.some((mark) => piece.includes(mark));
    this.heard.problem(
      "torn_line",
      lost ? "lost" : "notice",
      offset,
      "part of a line is no record; left out",
      "the file was damaged when it was written; a backup may have it whole",
    );
  }
}

/** Undefined where it is no JSON. */
function parsed(bytes: Buffer, start: number, end: number): unknown {
  try {
    return JSON.parse(bytes.toString("utf8", start, end)) as unknown;
  } catch {
    return undefined; // the caller looks for whole records in it and counts the rest
  }
}

const isSpace = (byte: number): boolean => byte === 32 || byte === 9 || byte === 13;

function isBlank(bytes: Buffer, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (!isSpace(bytes[at] as number)) return false;
  return true;
}
