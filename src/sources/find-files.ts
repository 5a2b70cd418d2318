/** Finds files below folders. Looks at names and sizes only. */
import { type Dirent, type Stats, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../contract/problem.ts";
import type { SourceState } from "./source.ts";

export interface InputFile {
  readonly path: string;
  readonly state: SourceState;
}

export type FoundInput = InputFile | { readonly problem: Problem };

/**
 * Every file below the folders that is wanted, files of a folder before its folders, in order of name. A folder that is not
 * there holds nothing. A file reached twice (linked folders) is given once; what cannot be looked into is a problem.
 * @param source id of the source, for its problems @param wants by the name of the file
 */
export function* findFiles(source: string, folders: Iterable<string>, wants: (name: string) => boolean): Generator<FoundInput> {
  const walk = new Walk(source, wants);
  for (const folder of folders) yield* walk.folder(folder, true);
}

class Walk {
  readonly #source: string;
  readonly #wants: (name: string) => boolean;
  readonly #seen = new Set<string>();

  constructor(source: string, wants: (name: string) => boolean) {
    this.#source = source;
    this.#wants = wants;
  }

  *folder(folder: string, mayBeMissing: boolean): Generator<FoundInput> {
    let entries: Dirent[];
    try {
      entries = readdirSync(folder, { withFileTypes: true });
    } catch (error) {
      if (!(mayBeMissing && isMissing(error))) yield { problem: unreadable(this.#source, folder, error) };
      return;
    }
    for (const entry of entries.sort(filesFirst)) {
      const path = join(folder, entry.name);
      const isWanted = this.#wants(entry.name);
      if (entry.isFile() && !isWanted) continue;
      let stats: Stats;
      try {
        stats = statSync(path);
      } catch (error) {
        if (!isMissing(error)) yield { problem: unreadable(this.#source, path, error) }; // gone since it was listed, or a dangling link
        continue;
      }
      const identity = `${stats.dev}:${stats.ino}`;
      if (this.#seen.has(identity)) continue;
      this.#seen.add(identity);
      if (stats.isDirectory()) yield* this.folder(path, false);
      else if (stats.isFile() && isWanted) yield { path, state: stateOf(stats) };
    }
  }
}

export const stateOf = (stats: Stats): SourceState => ({
  size: stats.size,
  mtimeMs: Math.floor(stats.mtimeMs),
  identity: `${stats.dev}:${stats.ino}`,
});

/** A session's own file before the folder of its sub-agents. */
const filesFirst = (a: Dirent, b: Dirent): number => Number(a.isDirectory()) - Number(b.isDirectory()) || (a.name < b.name ? -1 : 1);

const codeOf = (error: unknown): string => (error instanceof Error && "code" in error ? String(error.code) : "");

export const isMissing = (error: unknown): boolean => codeOf(error) === "ENOENT" || codeOf(error) === "ENOTDIR";

export const isSystemError = (error: unknown): boolean => error instanceof Error && "code" in error && "syscall" in error;

/** Problem for a file or folder that cannot be opened. */
export function unreadable(source: string, path: string, error: unknown): Problem {
  return {
    code: "unreadable",
    severity: "notice",
    source,
    locator: path,
    message: `cannot be read (${codeOf(error) || "unknown error"}); nothing in it was counted`,
    hint: "check who may read it, then import again",
  };
}

/** A folder as a variable names it: `~` is the home. */
export const expandHome = (folder: string, home: string): string =>
  folder === "~" || folder.startsWith("~/") ? join(home, folder.slice(2)) : folder;

/** Folders a variable names, apart by commas; null where it is not set. */
export function foldersOf(value: string | undefined, home: string): string[] | null {
  if (value === undefined || value.trim() === "") return null;
  return value
    .split(",")
    .map((folder) => expandHome(folder.trim(), home))
    .filter((folder) => folder !== "");
}
