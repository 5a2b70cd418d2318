/** The invented organisation on disk and stores made of it: what tests of whole imports share. */
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Assay, ImportOptions, ImportSummary } from "../../../src/app/assay.ts";
import { openAssay } from "../../../src/app/open-assay.ts";
import { generateSample } from "../../../src/sample/generate.ts";
import { type SampleTruth, readTruth } from "../../../src/sample/truth.ts";
import { openDerived } from "../../../src/store/derived-store.ts";
import { dumpDerived, dumpFacts } from "../../../src/store/dump.ts";
import { FactStore } from "../../../src/store/store.ts";

export interface Sample {
  readonly home: string;
  readonly projects: string;
  /** Work trees by name. */
  readonly repositories: Readonly<Record<string, string>>;
  readonly truth: SampleTruth;
}

/** A folder of its own, taken away by `remove`. */
export class Scratch {
  readonly folder = mkdtempSync(join(tmpdir(), "assay-whole-"));
  #count = 0;

  /** A new folder in it. */
  next(name = "store"): string {
    const folder = join(this.folder, `${name}-${this.#count++}`);
    mkdirSync(folder);
    return folder;
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** Three seconds of work: once a file, in `beforeAll`. */
export async function makeSample(directory: string, seed = 7): Promise<Sample> {
  const path = process.env["PATH"];
  const { home, repositories, truthFile } = await generateSample({ directory, seed, ...(path === undefined ? {} : { path }) });
  return {
    home,
    projects: join(home, ".claude", "projects"),
    repositories: Object.fromEntries(repositories.map(({ name, folder }) => [name, folder])),
    truth: await readTruth(truthFile ?? ""),
  };
}

/** A home with some of the sample's sessions: transcripts and what their sub-agents logged. */
export function homeWith(scratch: Scratch, sample: Sample, chosen: (repository: string, place: number) => boolean): string {
  const home = scratch.next("home");
  for (const project of readdirSync(sample.projects)) {
    const repository = project.slice(project.lastIndexOf("repos-") + "repos-".length);
    const sessions = readdirSync(join(sample.projects, project)).filter((name) => name.endsWith(".jsonl"));
    sessions.sort().forEach((name, place) => {
      if (!chosen(repository, place)) return;
      for (const part of [name, name.slice(0, -".jsonl".length)]) {
        const from = join(sample.projects, project, part);
        if (existsSync(from)) cpSync(from, join(home, ".claude", "projects", project, part), { recursive: true, preserveTimestamps: true });
      }
    });
  }
  return home;
}

export const storeSecret = "0123456789abcdef0123456789abcdef";

/** Makes an empty store whose fingerprints are keyed as those of every other one made so: their dumps can be compared. */
export async function makeStore(folder: string): Promise<string> {
  const store = await FactStore.open(folder);
  await store.database.run("UPDATE meta SET value = $secret WHERE name = 'secret'", { secret: storeSecret });
  store.close();
  return folder;
}

export function openStore(folder: string, now: () => number = () => 1): Assay {
  const variables = { PATH: process.env["PATH"] };
  return openAssay({
    folder,
    configFile: null,
    isSample: false,
    version: "test",
    variables,
    platform: process.platform,
    releaseMemory() {},
    now,
  });
}

/** Imports what is asked; nothing where nothing is named. */
export async function importInto(folder: string, asked: Partial<ImportOptions>): Promise<ImportSummary> {
  const assay = openStore(folder);
  try {
    return await assay.import({ repositories: [], home: null, progress() {}, signal: new AbortController().signal, ...asked });
  } finally {
    await assay.close();
  }
}

/** Everything a store knows, in an order of its own: equal for equal facts. */
export interface Dump {
  readonly facts: readonly string[];
  readonly derived: readonly string[];
}

export async function dumpStore(folder: string): Promise<Dump> {
  const store = await FactStore.open(folder, { readOnly: true });
  const facts = await dumpFacts(store);
  store.close();
  const database = await openDerived(folder);
  const derived = await dumpDerived(database);
  database.close();
  return { facts, derived };
}

const shownDifferences = 4;

/** The first rows that only one of two dumps has, cut to a length a person reads; none for equal dumps. */
export function differences(wanted: Dump, got: Dump): string[] {
  return (["facts", "derived"] as const).flatMap((part) => {
    const only = (mark: string, rows: readonly string[], others: readonly string[]): string[] => {
      const counts = new Map<string, number>();
      for (const row of others) counts.set(row, (counts.get(row) ?? 0) + 1);
      const left = rows.filter((row) => {
        const count = counts.get(row) ?? 0;
        counts.set(row, count - 1);
        return count <= 0;
      });
      const shown = left.slice(0, shownDifferences).map((row) => `${mark} ${row.slice(0, 300)}`);
      return left.length > shownDifferences ? [...shown, `${mark} … ${left.length} rows of ${part}`] : shown;
    };
    return [...only("-", wanted[part], got[part]), ...only("+", got[part], wanted[part])];
  });
}
