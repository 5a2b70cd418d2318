import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { SourceState } from "../sources/source.ts";
import { factsVersion } from "../store/place.ts";

/**
 * What the last import saw, beside the store: a cache of the store's own input states that answers "is anything new?"
 * without opening a database. It is written after the store and names the very file it speaks of; where the two do not
 * fit, it counts for nothing and the store decides.
 */
export interface Seen {
  readonly facts: string;
  readonly version: string;
  readonly inputs: Readonly<Record<string, Readonly<Record<string, SourceState>>>>;
  /** Git directories read, with a fingerprint of their refs. */
  readonly repositories: Readonly<Record<string, string>>;
  /** Folders that led to a repository, and those sessions ran in that led to none. */
  readonly folders: readonly string[];
  readonly withoutRepository: readonly string[];
  readonly ignoreTrailers: boolean;
  /** assay.yaml names forges: only they know whether they have news. */
  readonly hasForges: boolean;
  /** Identity of assay.yaml, whose rules say what may be read; null where there is none. */
  readonly config: string | null;
}

const seenFile = "seen.json";
export const seenPath = (folder: string): string => join(folder, seenFile);

/** Where assay.yaml is looked for. */
export const configPath = ({ folder, configFile }: { readonly folder: string; readonly configFile: string | null }): string =>
  configFile ?? join(folder, "assay.yaml");

/** Identity of a file as it is now, null where it is not. */
export function fileStamp(path: string): string | null {
  try {
    const { size, mtimeMs, ino } = statSync(path);
    return `${size}:${mtimeMs}:${ino}`;
  } catch {
    return null; // absent: nothing was imported yet
  }
}

/** @returns null where there is none, or it does not speak of the present store */
export function readSeen(folder: string, factsPath: string, version: string): Seen | null {
  try {
    const seen = JSON.parse(readFileSync(join(folder, seenFile), "utf8")) as Seen & { readonly schema: number };
    const isPresent = seen.version === version && seen.schema === factsVersion && seen.facts === fileStamp(factsPath);
    return isPresent ? seen : null;
  } catch {
    return null; // absent or torn: only a cache, the store decides
  }
}

export function writeSeen(folder: string, seen: Seen): void {
  const path = join(folder, seenFile);
  writeFileSync(`${path}.next`, JSON.stringify({ ...seen, schema: factsVersion }), { mode: 0o600 });
  renameSync(`${path}.next`, path);
}

/**
 * Runs what changes the facts' file without telling it anything an import would look for, and lets the cache speak of the
 * file as it is afterwards.
 */
export async function keepingSeen<T>(folder: string, factsPath: string, change: () => Promise<T>): Promise<T> {
  const before = fileStamp(factsPath);
  const result = await change();
  const after = fileStamp(factsPath);
  try {
    const seen = JSON.parse(readFileSync(join(folder, seenFile), "utf8")) as Seen;
    if (seen.facts === before && after !== null) writeSeen(folder, { ...seen, facts: after });
  } catch {
    // absent or torn: only a cache, the next import looks by itself
  }
  return result;
}

export function forgetSeen(folder: string): void {
  rmSync(join(folder, seenFile), { force: true });
}

export function sameState(a: SourceState | undefined, b: SourceState): boolean {
  return a !== undefined && a.size === b.size && a.mtimeMs === b.mtimeMs && a.identity === b.identity;
}
