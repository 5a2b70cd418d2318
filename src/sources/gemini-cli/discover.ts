/** Finds the conversations Gemini CLI keeps on this machine. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf, isSystemError } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "gemini-cli";

/** Every `session-*.json` and `*.jsonl` below a folder `chats` of a project's temporary folder. */
export function* findConversations({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return;
  const homes = foldersOf(variables["GEMINI_DATA_DIR"], home) ?? [join(home, ".gemini")];
  const folders = homes.map((folder) => join(folder, "tmp"));
  for (const found of findFiles(sourceId, folders, (name) => name.endsWith(".jsonl") || /^session-.*\.json$/.test(name))) {
    if ("problem" in found || /[\\/]chats[\\/]/.test(found.path)) yield found;
  }
}

/** Folder of the project a temporary folder is of, where the version writes it down; else only its hash is known. */
export function projectFolder(temporary: string): string | null {
  try {
    return readFileSync(join(temporary, ".project_root"), "utf8").trim() || null;
  } catch (error) {
    if (isSystemError(error)) return null; // older versions have no such file
    throw error;
  }
}
