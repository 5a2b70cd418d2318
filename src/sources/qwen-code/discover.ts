/** Finds the chats Qwen Code keeps on this machine. */
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "qwen-code";

/** Every `*.jsonl` below a folder `chats` of a project; older versions keep them below `tmp`. */
export function* findChats({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return;
  const homes = foldersOf(variables["QWEN_DATA_DIR"], home) ?? [join(home, ".qwen")];
  const folders = homes.flatMap((folder) => [join(folder, "projects"), join(folder, "tmp")]);
  for (const found of findFiles(sourceId, folders, (name) => name.endsWith(".jsonl"))) {
    if ("problem" in found || /[\\/]chats[\\/]/.test(found.path)) yield found;
  }
}
