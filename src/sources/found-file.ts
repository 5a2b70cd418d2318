/** An input that is a file which may grow: read from where the last reading ended, unless its past has changed. */
import { closeSync, openSync, readSync } from "node:fs";
import { type InputFile, isSystemError, unreadable } from "./find-files.ts";
import type { OpenBytes } from "./lines.ts";
import type { Checkpoint, Found, Item, SourceState } from "./source.ts";

export interface ParsedBatch {
  readonly items: readonly Item[];
  /** Reading may begin here again and tell nothing less. */
  readonly resumeAt: number;
}

/** Reads what was opened. @param from 0, or what an earlier batch said */
export type ParseBytes = (open: OpenBytes, from: number) => AsyncIterable<ParsedBatch>;

/** Small enough to stay in the processor's cache until it is walked: a megabyte at once takes twice the time (measured). */
const chunkBytes = 1 << 16;
const tailBytes = 4096;
/** A checkpoint is given at most this often within a file. */
const checkpointBytes = 16 << 20;

/** Buffers no reading uses now: a new one for each of thousands of files costs more than parsing it. */
const idleChunks: Buffer[] = [];

/** @param source id of the source, for its problems */
export function foundFile(file: InputFile, source: string, parse: ParseBytes): Found {
  return { key: file.path, state: file.state, read: (from) => readFile(file, from, source, parse) };
}

async function* readFile(file: InputFile, from: Checkpoint | null, source: string, parse: ParseBytes): AsyncGenerator<readonly Item[]> {
  const chunk = idleChunks.pop() ?? Buffer.allocUnsafeSlow(chunkBytes);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(file.path, "r");
    yield* readOpen(descriptor, chunk, file, from, parse);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    yield [{ kind: "problem", problem: unreadable(source, file.path, error) }];
  } finally {
    idleChunks.push(chunk);
    if (descriptor !== null) closeSync(descriptor);
  }
}

async function* readOpen(
  descriptor: number,
  chunk: Buffer,
  file: InputFile,
  from: Checkpoint | null,
  parse: ParseBytes,
): AsyncGenerator<readonly Item[]> {
  const { size } = file.state;
  const start = from !== null && from.offset <= size && tailAt(descriptor, from.offset) === from.tail ? from.offset : 0;
  const checkpoint = (offset: number, state: SourceState): Item => ({
    kind: "checkpoint",
    checkpoint: { state, offset, tail: tailAt(descriptor, offset) },
  });
  let told = start;
  let last = start;
  for await (const { items, resumeAt } of parse((at) => chunksOf(descriptor, chunk, at, size), start)) {
    yield items;
    last = resumeAt;
    if (last - told < checkpointBytes) continue;
    yield [checkpoint(last, { ...file.state, size: last })]; // of another size than the file: there is more to read
    told = last;
  }
  yield [checkpoint(last, file.state)];
}

/**
 * Bytes of the file from `from` up to the size it had when it was found: what came since belongs to the next reading.
 * Read synchronously: a trip through the thread pool costs three times the read of a megabyte (measured, Node 20).
 */
function* chunksOf(descriptor: number, chunk: Buffer, from: number, size: number): Generator<Buffer> {
  for (let at = from; at < size; ) {
    const bytesRead = readSync(descriptor, chunk, 0, Math.min(chunk.length, size - at), at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield chunk.subarray(0, bytesRead);
  }
}

/** Fingerprint of up to 4 kB before `offset`: tells a file that grew from one that was written anew. */
function tailAt(descriptor: number, offset: number): string {
  const bytes = Buffer.alloc(Math.min(tailBytes, offset));
  const bytesRead = readSync(descriptor, bytes, 0, bytes.length, offset - bytes.length);
  let a = 0x811c9dc5;
  let b = 0x01000193;
  for (let i = 0; i < bytesRead; i++) {
    a = Math.imul(a ^ (bytes[i] as number), 0x01000193);
    b = Math.imul(b + (bytes[i] as number), 0x9e3779b1);
  }
  return `${(a >>> 0).toString(16)}.${(b >>> 0).toString(16)}`;
}
