/** Finds the sessions Factory Droid keeps on this machine, and the settings beside them that hold the tokens. */
import { closeSync, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf, isSystemError } from "../find-files.ts";
import { instantOf } from "../loose-json.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "droid";

export const settingsEnd = ".settings.json";

export function findSessions({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return findFiles(sourceId, [], () => false);
  const own = foldersOf(variables["FACTORY_DIR"], home)?.map((folder) => join(folder, "sessions"));
  const folders = foldersOf(variables["DROID_SESSIONS_DIR"], home) ?? own ?? [join(home, ".factory/sessions")];
  return findFiles(sourceId, folders, (name) => name.endsWith(".jsonl") || name.endsWith(settingsEnd));
}

const headBytes = 1 << 18;

/** First instant of the session whose settings these are; null if it is not there or tells none near its beginning. */
export function startOfSession(settings: string): number | null {
  const head = Buffer.alloc(headBytes);
  let descriptor: number | null = null;
  try {
    descriptor = openSync(settings.slice(0, -settingsEnd.length) + ".jsonl", "r");
    const text = head.toString("latin1", 0, readSync(descriptor, head, 0, headBytes, 0));
    return instantOf(/"timestamp"\s*:\s*"([^"]+)"/.exec(text)?.[1]);
  } catch (error) {
    if (isSystemError(error)) return null; // the settings' own instant is left
    throw error;
  } finally {
    if (descriptor !== null) closeSync(descriptor);
  }
}
