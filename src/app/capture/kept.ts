/** What capture keeps in the store's folder: what was installed, and what the last readings said. */
import { readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { CaptureRun, ScheduleKind } from "../../contract/capture.ts";
import type { Brought } from "./settings-text.ts";

export interface KeptHook {
  /** The file itself, behind all links. */
  readonly file: string;
  readonly command: string;
  readonly brought: Brought;
  /** The copy made before the file was changed; null where there was no file. */
  readonly backup: string | null;
  /** SHA-256 of what was written: a file that is still that is restored from its copy. */
  readonly written: string;
}

export interface KeptSchedule {
  readonly kind: ScheduleKind;
  readonly name: string;
  readonly command: readonly string[];
}

export interface Installed {
  readonly program: readonly string[];
  /** Read by every reading: a hook and a schedule start without the flags and variables of a person's shell. */
  readonly home: string;
  readonly configFile: string | null;
  readonly repositories: readonly string[];
  readonly variables: Readonly<Record<string, string>>;
  readonly hooks: readonly KeptHook[];
  readonly schedule: KeptSchedule | null;
}

export interface Runs {
  readonly last: CaptureRun;
  readonly lastFailure: CaptureRun | null;
}

const installedFile = "capture.json";
const runsFile = "capture-runs.json";

/** @returns null where nothing was installed @throws where the file is damaged */
export const readInstalled = (folder: string): Installed | null => readKept<Installed>(join(folder, installedFile));

export const writeInstalled = (folder: string, installed: Installed): void => writeBeside(join(folder, installedFile), json(installed));

/** @returns null where nothing ran yet @throws where the file is damaged */
export const readRuns = (folder: string): Runs | null => readKept<Runs>(join(folder, runsFile));

export function noteRun(folder: string, run: CaptureRun): void {
  let before: Runs | null = null;
  try {
    before = readRuns(folder);
  } catch {
    // Damaged: it is written anew with what is known now.
  }
  const lastFailure = run.outcome === "failed" ? run : (before?.lastFailure ?? null);
  writeBeside(join(folder, runsFile), json({ last: run, lastFailure } satisfies Runs));
}

export function forgetInstalled(folder: string): void {
  for (const name of [installedFile, runsFile]) rmSync(join(folder, name), { force: true });
}

/** Writes a file whole or not at all. @param mode of the new file */
export function writeBeside(path: string, text: string, mode = 0o600): void {
  const next = `${path}.assay-next`;
  rmSync(next, { force: true });
  writeFileSync(next, text, { mode, flag: "wx" });
  renameSync(next, path);
}

/** @returns null where there is no such file */
export function readTextIfThere(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return null;
    throw error;
  }
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

function readKept<Kept>(path: string): Kept | null {
  const text = readTextIfThere(path);
  return text === null ? null : (JSON.parse(text) as Kept); // as written above
}
