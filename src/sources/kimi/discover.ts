/** Finds the wires Kimi CLI and Kimi Code keep on this machine. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { type FoundInput, findFiles, foldersOf, isSystemError } from "../find-files.ts";
import { listOf, objectOf, parsedText, stringOf } from "../loose-json.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "kimi";

/** Whose wire a file is. */
export interface WirePlace {
  readonly session: string;
  /** A sub-agent's own wire; null for the session's. */
  readonly agentId: string | null;
  readonly cwd: string | null;
}

export function findWires({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return findFiles(sourceId, [], () => false);
  const cli = foldersOf(variables["KIMI_SHARE_DIR"], home) ?? foldersOf(variables["KIMI_DATA_DIR"], home) ?? [join(home, ".kimi")];
  const code = foldersOf(variables["KIMI_CODE_HOME"], home) ?? [join(home, ".kimi-code")];
  const folders = [...cli, ...code].map((folder) => join(folder, "sessions"));
  return findFiles(sourceId, folders, (name) => name === "wire.jsonl");
}

/**
 * `…/<md5 of the folder>/<session>/wire.jsonl`, `…/<session>/subagents/<id>/wire.jsonl`; of Kimi Code
 * `…/<workspace>/<session>/agents/<id>/wire.jsonl`, where the session's own agent is `main`.
 */
export function placeOf(path: string): WirePlace {
  const folder = dirname(path);
  const kind = basename(dirname(folder));
  if (kind !== "subagents" && kind !== "agents") return { session: basename(folder), agentId: null, cwd: folderByHash(dirname(folder)) };
  const session = dirname(dirname(folder));
  const id = basename(folder);
  const agentId = kind === "agents" && id === "main" ? null : id;
  return { session: basename(session), agentId, cwd: kind === "agents" ? folderInState(session) : folderByHash(dirname(session)) };
}

/** Kimi CLI lists the folders it worked in; a session's folder is named after the hash of one. */
function folderByHash(named: string): string | null {
  const folders = listOf(jsonIn(join(dirname(dirname(named)), "kimi.json"))["work_dirs"]).flatMap(
    (entry) => stringOf(objectOf(entry)["path"]) ?? [],
  );
  return folders.find((folder) => createHash("md5").update(folder).digest("hex") === basename(named)) ?? null;
}

function folderInState(session: string): string | null {
  const state = jsonIn(join(session, "state.json"));
  return stringOf(state["cwd"]) ?? stringOf(state["workDir"]);
}

function jsonIn(path: string): ReturnType<typeof objectOf> {
  try {
    return objectOf(parsedText(readFileSync(path, "utf8")));
  } catch (error) {
    if (isSystemError(error)) return {}; // the folder stays unknown
    throw error;
  }
}
