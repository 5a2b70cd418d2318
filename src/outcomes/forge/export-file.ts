/** Reads a file of API objects: JSON Lines, or one JSON document. */
import { createHash } from "node:crypto";
import { type FileHandle, open } from "node:fs/promises";
import type { Problem } from "../../contract/problem.ts";
import { readExported } from "./exported.ts";
import type { Reading } from "./reading.ts";

export const sourceId = "forge-file";

/** What reads one value of a file. */
export type ValueReader = (value: unknown, locator: string) => Reading;

/** What some lines said, and where the reading stands behind them. */
export interface FilePart extends Reading {
  readonly offset: number;
  readonly tail: string;
  /** Nothing comes after it. */
  readonly isLast: boolean;
}

const chunkBytes = 1 << 20;
/** A line or document longer than this is no object of an API: GitHub's largest answers are some megabytes. */
const longestValue = 256 << 20;
const tailBytes = 4_096;

/**
 * Reads a file from an offset, in parts that may be kept each with its offset. A last line without its end is read if it is
 * whole; else it is told as torn, and the offset stays before it.
 */
export async function* readExportFile(path: string, from: number, read: ValueReader = readExported): AsyncGenerator<FilePart> {
  const file = await open(path, "r");
  try {
    if (from === 0 && !(await beginsWithLine(file))) yield await readDocument(file, path, read);
    else yield* readLines(file, path, from, read);
  } finally {
    await file.close();
  }
}

/** Hash of what lies before an offset: a file that was written anew has another one. */
export async function tailBefore(path: string, offset: number): Promise<string> {
  const file = await open(path, "r");
  try {
    return await hashBefore(file, offset);
  } finally {
    await file.close();
  }
}

async function hashBefore(file: FileHandle, offset: number): Promise<string> {
  const start = Math.max(0, offset - tailBytes);
  const { bytesRead, buffer } = await file.read(Buffer.alloc(offset - start), 0, offset - start, start);
  return createHash("sha1").update(buffer.subarray(0, bytesRead)).digest("hex");
}

async function* readLines(file: FileHandle, path: string, from: number, read: ValueReader): AsyncGenerator<FilePart> {
  let offset = from;
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  let skipping = false;
  for (let at = from; ; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    const isEnd = bytesRead === 0;
    at += bytesRead;
    const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
    const readings: Reading[] = [];
    let start = 0;
    for (let end = bytes.indexOf(10); end >= 0; end = bytes.indexOf(10, start)) {
      line++;
      if (skipping) skipping = false;
      else readings.push(readLine(bytes.subarray(start, end), locatorOf(path, from, line), read));
      start = end + 1;
    }
    rest = bytes.subarray(start);
    offset += start;
    if (rest.length > longestValue) {
      readings.push({ facts: [], problems: [tooLong(locatorOf(path, from, line + 1))] });
      offset += rest.length;
      rest = Buffer.alloc(0);
      skipping = true;
    }
    if (isEnd && rest.length > 0 && !skipping) {
      const last = readLine(rest, locatorOf(path, from, line + 1), read);
      readings.push(last);
      if (!last.problems.some(({ code }) => code === "torn_line")) offset += rest.length;
    }
    if (readings.length > 0 || isEnd)
      yield {
        facts: readings.flatMap(({ facts }) => facts),
        problems: readings.flatMap(({ problems }) => problems),
        offset,
        tail: await hashBefore(file, offset),
        isLast: isEnd,
      };
    if (isEnd) return;
  }
}

/** Lines before the offset are not counted again. */
const locatorOf = (path: string, from: number, line: number): string => (from === 0 ? `${path}:${line}` : `${path}@${from}+${line}`);

function readLine(bytes: Buffer, locator: string, read: ValueReader): Reading {
  const line = bytes.toString("utf8").trim();
  if (line === "") return { facts: [], problems: [] };
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return { facts: [], problems: [torn(locator)] };
  }
  return read(value, locator);
}

async function readDocument(file: FileHandle, path: string, read: ValueReader): Promise<FilePart> {
  const { size } = await file.stat();
  const part = { offset: size, tail: await hashBefore(file, size), isLast: true };
  if (size > longestValue) return { facts: [], problems: [tooLong(path)], ...part };
  const { buffer, bytesRead } = await file.read(Buffer.alloc(size), 0, size, 0);
  return { ...readLine(buffer.subarray(0, bytesRead), path, read), ...part };
}

/** Whether the first line that is not blank is a whole value. */
async function beginsWithLine(file: FileHandle): Promise<boolean> {
  let bytes: Buffer = Buffer.alloc(0);
  for (let at = 0; bytes.length <= longestValue; ) {
    const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(chunkBytes), 0, chunkBytes, at);
    at += bytesRead;
    bytes = Buffer.concat([bytes, buffer.subarray(0, bytesRead)]);
    const [first] = bytes.toString("utf8").trimStart().split("\n", 1) as [string];
    const isWhole = bytesRead === 0 || bytes.toString("utf8").trimStart().includes("\n");
    if (!isWhole) continue;
    try {
      JSON.parse(first);
      return true;
    } catch {
      return bytesRead === 0 && first.trim() === ""; // one document over many lines, or no JSON: reading it as a document says so
    }
  }
  return false;
}

const torn = (locator: string): Problem => ({
  code: "torn_line",
  severity: "lost",
  source: sourceId,
  locator,
  message: "this is no whole JSON value; it was left out",
  hint: "Write the export again.",
});

const tooLong = (locator: string): Problem => ({
  code: "forge_value_too_long",
  severity: "lost",
  source: sourceId,
  locator,
  message: `a JSON value of more than ${longestValue >> 20} MB; it was left out`,
  hint: "Export one object a line.",
});
