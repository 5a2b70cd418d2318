import type { Problem } from "../contract/problem.ts";
import { isMissing, isSystemError, unreadable } from "./find-files.ts";
import type { Checkpoint, Found, Item } from "./source.ts";
import { type SqliteReader, findDatabase, foundDatabase } from "./sqlite.ts";

/** A database that may be there; an empty file is none. @param read as `foundDatabase` wants it */
export function* findOneDatabase(
  source: string,
  path: string,
  read: (database: SqliteReader, from: Checkpoint | null) => Generator<readonly Item[], string>,
): Generator<Found | { readonly problem: Problem }> {
  try {
    const file = findDatabase(path);
    if (file.state.size > 0) yield foundDatabase(source, file, read);
  } catch (error) {
    if (!isSystemError(error)) throw error;
    if (!isMissing(error)) yield { problem: unreadable(source, path, error) };
  }
}
