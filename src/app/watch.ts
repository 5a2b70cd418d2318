import { readdirSync } from "node:fs";
import { dirname, isAbsolute, join } from "node:path";
import { UserError } from "../contract/errors.ts";
import { factsFile } from "../store/place.ts";
import type { Assay, ImportSummary, WatchOptions } from "./assay.ts";
import { Bell, type Interest } from "./bell.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { type Seen, readSeen } from "./seen.ts";

/** How long another process may have the store before it is tried again. */
const busyMs = 2_000;

/** An input may vanish while it is read; what fails more often in a row is no accident. */
const failuresInARow = 3;

/** What git writes in its own folder when refs change. */
const refFiles: ReadonlySet<string> = new Set(["HEAD", "FETCH_HEAD", "packed-refs"]);

/**
 * Keeps a store fresh until the signal is given: imports when a folder of a source or a ref changes, and looks by itself
 * every so often, for what cannot be watched. A look that finds nothing opens no database.
 * @throws what an import throws when it fails three times in a row; a store in use is waited for
 */
export async function watchStore(assay: Pick<Assay, "import">, options: OpenAssayOptions, asked: WatchOptions): Promise<void> {
  const { everyMs, signal, onChange, onBusy, ...sought } = asked;
  const bell = new Bell();
  const watched = (): ReadonlyMap<string, Interest> => {
    const seen = readSeen(options.folder, join(options.folder, factsFile), options.version);
    return seen === null ? new Map() : foldersToWatch(seen);
  };
  let failures = 0;
  let busy = false;
  try {
    bell.listen(watched());
    while (!signal.aborted) {
      try {
        const summary: ImportSummary = await assay.import({ ...sought, signal, progress: () => {} });
        failures = 0;
        busy = false;
        bell.listen(watched());
        if (summary.changed) {
          options.releaseMemory();
          if (!signal.aborted) onChange(summary);
        }
      } catch (error) {
        if (error instanceof UserError && error.code === "store_busy") {
          if (!busy) onBusy(error);
          busy = true;
        } else if (error instanceof UserError || ++failures >= failuresInARow) throw error;
      }
      await bell.wait(busy || failures > 0 ? Math.min(busyMs, everyMs) : everyMs, signal);
    }
  } finally {
    bell.close();
  }
}

/** Folders in which a change may be something new: those of transcripts and the ones above, and those of refs. */
function foldersToWatch({ inputs, repositories }: Seen): ReadonlyMap<string, Interest> {
  const folders = new Map<string, Interest>();
  for (const known of Object.values(inputs)) {
    for (const key of Object.keys(known)) {
      if (!isAbsolute(key) || key.includes(":checkpoints")) continue;
      folders.set(dirname(key), null);
      folders.set(dirname(dirname(key)), null);
    }
  }
  for (const clone of Object.keys(repositories)) {
    folders.set(clone, refFiles);
    for (const folder of foldersBelow(join(clone, "refs"))) folders.set(folder, null);
  }
  return folders;
}

function foldersBelow(folder: string): string[] {
  try {
    const below = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    return [folder, ...below.flatMap((entry) => foldersBelow(join(folder, entry.name)))];
  } catch {
    return []; // gone since: its repository is looked at all the same
  }
}
