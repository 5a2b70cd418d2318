/** Finds the sessions Pi keeps on this machine. */
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "pi";

/** Every `*.jsonl` of Pi's folder of sessions, and of that of its descendant omp. */
export function findSessions({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return findFiles(sourceId, [], () => false);
  const own = foldersOf(variables["PI_CODING_AGENT_DIR"], home)?.map((folder) => join(folder, "sessions"));
  const folders = foldersOf(variables["PI_AGENT_DIR"], home) ??
    own ?? [join(home, ".pi/agent/sessions"), join(home, ".omp/agent/sessions")];
  return findFiles(sourceId, folders, (name) => name.endsWith(".jsonl"));
}

/** Id of the session in a file's name: `<time>_<id>.jsonl`. */
export const sessionOfName = (name: string): string => name.replace(/\.jsonl$/, "").replace(/^.*_/, "");
