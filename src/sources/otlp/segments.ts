/**
 * The segments of an inbox: files a server appends kept records to and makes durable before it answers, and an import reads
 * and takes away. `NAME.open` may still grow; who wants to read it renames it to `NAME.jsonl`, and a server that finds its
 * segment renamed goes on in a new one (docs/decisions/0025).
 */
import { renameSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";

export const openEnding = ".open";
export const sealedEnding = ".jsonl";

export interface Segment {
  /** The path of the sealed segment: it names an open one too, so that sealing changes no name. */
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  /** Device and inode. */
  readonly identity: string;
}

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");
export const isGone = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

/** Segments of a folder in order of name; none where there is no folder. @throws what the file system says otherwise */
export async function listSegments(folder: string): Promise<{ readonly path: string; readonly stats: Segment | Error }[]> {
  let names: string[];
  try {
    names = await readdir(folder);
  } catch (error) {
    if (isGone(error)) return [];
    throw error;
  }
  const paths = new Set<string>();
  for (const name of names) {
    if (name.endsWith(openEnding)) paths.add(join(folder, name.slice(0, -openEnding.length) + sealedEnding));
    else if (name.endsWith(sealedEnding)) paths.add(join(folder, name));
  }
  return [...paths].sort().flatMap((path) => {
    const stats = segmentAt(path);
    return stats === null ? [] : [{ path, stats }];
  });
}

/** @returns null where another import has taken it away */
function segmentAt(path: string): Segment | Error | null {
  for (const name of [path, openPathOf(path), path]) {
    try {
      return segmentOf(path, name);
    } catch (error) {
      if (!isGone(error)) return error as Error;
    }
  }
  return null;
}

function segmentOf(path: string, name: string): Segment {
  const { size, mtimeMs, dev, ino } = statSync(name);
  return { path, size, mtimeMs: Math.floor(mtimeMs), identity: `${dev}:${ino}` };
}

const openPathOf = (path: string): string => path.slice(0, -sealedEnding.length) + openEnding;

/** Seals a segment if it is open. @returns it as it is from now on: nobody appends to what is sealed and then answers for it */
export function sealSegment(path: string): Segment {
  try {
    renameSync(openPathOf(path), path);
  } catch (error) {
    if (!isGone(error)) throw error; // it is sealed already
  }
  return segmentOf(path, path);
}
