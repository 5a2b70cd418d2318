/** Finds the threads Amp keeps on this machine: a copy of what its server has. */
import { join } from "node:path";
import { type FoundInput, findFiles, foldersOf } from "../find-files.ts";
import type { SourceEnv } from "../source.ts";

export const sourceId = "amp";

export function findThreads({ home, variables }: SourceEnv): Generator<FoundInput> {
  if (home === null) return findFiles(sourceId, [], () => false);
  const data = variables["XDG_DATA_HOME"] || join(home, ".local/share");
  const folders = foldersOf(variables["AMP_DATA_DIR"], home) ?? [join(data, "amp")];
  return findFiles(
    sourceId,
    folders.map((folder) => join(folder, "threads")),
    (name) => /^T-.*\.json$/.test(name),
  );
}
