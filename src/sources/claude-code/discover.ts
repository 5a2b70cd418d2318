/** Finds the transcripts Claude Code keeps on this machine. Looks at names and sizes only. */
import { type Dirent, type Stats, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../contract/problem.ts";
import type { SourceEnv, SourceState } from "../source.ts";

export const sourceId = "claude-code";

export interface TranscriptFile {
  readonly path: string;
  readonly state: SourceState;
}

/** Folders that may hold `projects`, in order. None without a home. */
function configFolders(env: SourceEnv): string[] {
  if (env.home === null) return [];
  const configured = env.variables["CLAUDE_CONFIG_DIR"];
  if (configured !== undefined && configured.trim() !== "") {
    return configured
      .split(",")
      .map((folder) => expandHome(folder.trim(), env.home as string))
      .filter((folder) => folder !== "");
  }
  return [join(env.home, ".claude"), join(env.variables["XDG_CONFIG_HOME"] || join(env.home, ".config"), "claude")];
}

const expandHome = (folder: string, home: string): string =>
  folder === "~" || folder.startsWith("~/") ? join(home, folder.slice(2)) : folder;

/**
 * Every `*.jsonl` below the `projects` folders, those of sub-agents included, files of a folder first, in order of name. A file reached twice
 * (linked folders) is given once; what cannot be looked into is a problem.
 */
export function* findTranscripts(env: SourceEnv): Generator<TranscriptFile | { readonly problem: Problem }> {
  const seen = new Set<string>();
  for (const folder of configFolders(env)) yield* walk(join(folder, "projects"), true, seen);
}

function* walk(folder: string, mayBeMissing: boolean, seen: Set<string>): Generator<TranscriptFile | { readonly problem: Problem }> {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (!(mayBeMissing && isMissing(error))) yield { problem: unreadable(folder, error) };
    return;
  }
  for (const entry of entries.sort(filesFirst)) {
    const path = join(folder, entry.name);
    const isTranscript = entry.name.endsWith(".jsonl");
    if (entry.isFile() && !isTranscript) continue;
    let stats: Stats;
    try {
      stats = statSync(path);
    } catch (error) {
      if (!isMissing(error)) yield { problem: unreadable(path, error) }; // gone since it was listed, or a dangling link
      continue;
    }
    const identity = `${stats.dev}:${stats.ino}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    if (stats.isDirectory()) yield* walk(path, false, seen);
    else if (stats.isFile() && isTranscript) yield { path, state: { size: stats.size, mtimeMs: Math.floor(stats.mtimeMs), identity } };
  }
}

/** A session's own file before the folder of its sub-agents. */
const filesFirst = (a: Dirent, b: Dirent): number => Number(a.isDirectory()) - Number(b.isDirectory()) || (a.name < b.name ? -1 : 1);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

/** Problem for a file or folder that cannot be opened. */
export function unreadable(path: string, error: unknown): Problem {
  return {
    code: "unreadable",
    severity: "notice",
    source: sourceId,
    locator: path,
    message: `cannot be read (${codeOf(error) || "unknown error"}); nothing in it was counted`,
    hint: "check who may read it, then import again",
  };
}
