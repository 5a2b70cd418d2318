/** Finds what OpenCode, or an agent made from it, keeps in its data folder. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { Problem } from "../../contract/problem.ts";
import { isMissing, isSystemError, unreadable } from "../find-files.ts";
import { CountedProblems } from "../counted-problems.ts";
import { findOneDatabase } from "../found-database.ts";
import type { Found, SourceEnv } from "../source.ts";
import { readSessions } from "./database.ts";
import type { ReadingContext } from "./facts.ts";
import { findStoredSessions } from "./storage.ts";

export interface OpenCodeLike {
  readonly source: string;
  readonly agent: string;
  readonly folders: readonly string[];
  /** Name of a database file; channels of releases have their own. */
  readonly database: RegExp;
}

export function* findOpenCodeInputs(
  { source, agent, folders, database }: OpenCodeLike,
  { fingerprinter }: SourceEnv,
): Generator<Found | { readonly problem: Problem }> {
  const context = (locator: string): ReadingContext => ({ agent, fingerprinter, problems: new CountedProblems(source, locator) });
  const foundSessions = (path: string): ReturnType<typeof findOneDatabase> =>
    findOneDatabase(source, path, (reader, from) => readSessions(reader, from, context(path)));
  for (const folder of folders) {
    try {
      for (const name of namesIn(folder)) {
        if (database.test(name)) yield* foundSessions(join(folder, name));
      }
      yield* findStoredSessions(join(folder, "storage"), source, context);
    } catch (error) {
      if (!isSystemError(error)) throw error;
      yield { problem: unreadable(source, folder, error) };
    }
  }
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder).sort();
  } catch (error) {
    if (isMissing(error)) return [];
    throw error;
  }
}
