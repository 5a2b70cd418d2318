import { createHash } from "node:crypto";
import { join } from "node:path";
import { createPriceBook } from "../prices/price-book.ts";
import { hasDerived, openDerived, writeDerived } from "../store/derived-store.ts";
import { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { compute, loadFacts } from "./compute.ts";
import { type Config, readConfig } from "./config.ts";
import { derivedRows } from "./derived-rows.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { forgetSeen } from "./seen.ts";

/** Opens the facts for one use and closes them after it. */
export async function withFacts<T>(folder: string, readOnly: boolean, use: (store: FactStore) => Promise<T>): Promise<T> {
  const store = await FactStore.open(folder, { readOnly });
  try {
    return await use(store);
  } finally {
    store.close();
  }
}

export function readOptionsConfig({ folder, configFile }: OpenAssayOptions): Config {
  return readConfig(configFile ?? join(folder, "assay.yaml"), configFile !== null);
}

/** Rebuilds what is derived from the facts, whether they changed or not. */
export async function rebuild(
  options: OpenAssayOptions,
  asked: { readonly ignoreTrailers?: boolean; readonly progress: Progress },
): Promise<void> {
  const { ignoreTrailers } = asked;
  if (ignoreTrailers !== undefined)
    await withFacts(options.folder, false, (store) => store.changeSetting("ignore_trailers", String(ignoreTrailers)));
  await rebuildDerived(options, asked.progress);
  forgetSeen(options.folder);
}

/**
 * Rebuilds what is derived where it does not stand on the present facts, prices and version: after an import, after one
 * that was killed before its end, after a change of assay.yaml, after an update.
 */
export async function ensureDerived(options: OpenAssayOptions, progress: Progress): Promise<void> {
  const standsOn = await withFacts(options.folder, true, (store) => basisOf(options, store));
  if ((await derivedBasis(options.folder)) !== standsOn) await rebuildDerived(options, progress);
}

/** Usages in the derived tables as they are; 0 before the first import. */
export async function countUsages(folder: string): Promise<number> {
  if (!hasDerived(folder)) return 0;
  const database = await openDerived(folder);
  try {
    return (await database.all("SELECT count(*)::INTEGER AS n FROM usage_d"))[0]?.["n"] as number;
  } finally {
    database.close();
  }
}

async function derivedBasis(folder: string): Promise<string | null> {
  if (!hasDerived(folder)) return null;
  const database = await openDerived(folder);
  try {
    return ((await database.all("SELECT value FROM derived_state WHERE name = 'basis'"))[0]?.["value"] as string | undefined) ?? null;
  } finally {
    database.close();
  }
}

/** What derived tables rest on, as one word. */
async function basisOf(options: OpenAssayOptions, store: FactStore): Promise<string> {
  const { prices, defaultBranches } = readOptionsConfig(options);
  return createHash("sha1")
    .update(JSON.stringify([options.version, await store.revision(), prices, defaultBranches]))
    .digest("hex");
}

async function rebuildDerived(options: OpenAssayOptions, asked: Progress): Promise<void> {
  const { folder, releaseMemory } = options;
  const config = readOptionsConfig(options);
  const progress: Progress = (step, done, total) => {
    if (done === undefined) releaseMemory();
    asked(step, done, total);
  };
  // The facts are closed before anything is computed: two databases and all lines at once would double the peak.
  const { loaded, ignoreTrailers, basis } = await withFacts(folder, true, async (store) => ({
    loaded: await loadFacts(store, progress),
    ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
    basis: await basisOf(options, store),
  }));
  const computed = compute(loaded, createPriceBook(config.prices), { ignoreTrailers, defaultBranches: config.defaultBranches }, progress);
  progress("writing what is derived");
  await writeDerived(folder, derivedRows(computed, { basis, ignore_trailers: String(ignoreTrailers) }), releaseMemory);
}
