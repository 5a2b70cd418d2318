/** Finds the transcripts Claude Code keeps on this machine. */
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "claude-code";

/** Folders that may hold `projects`, in order. None without a home. */
function configFolders({ home, variables }: SourceEnv): string[] {
  if (home === null) return [];
  return (
    foldersOf(variables["CLAUDE_CONFIG_DIR"], home) ?? [
      join(home, ".claude"),
      join(variables["XDG_CONFIG_HOME"] || join(home, ".config"), "claude"),
    ]
  );
}

/** Every `*.jsonl` below the `projects` folders, those of sub-agents included. */
export function findTranscripts(env: SourceEnv): Generator<FoundInput> {
  const folders = configFolders(env).map((folder) => join(folder, "projects"));
  return findFiles(sourceId, folders, (name) => name.endsWith(".jsonl"));
}
