import { createHash } from "node:crypto";
import { join } from "node:path";
import { createPriceBook } from "../prices/price-book.ts";
import { readChanged } from "../store/changed.ts";
import { hasDerived, openDerived, updateDerived, writeDerived } from "../store/derived-store.ts";
import { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { compute, loadFacts } from "./compute.ts";
import { type Config, readConfig } from "./config.ts";
import { changeNames, rederive } from "./derive-changed.ts";
import { derivedRows, noStandingIds } from "./derived-rows.ts";
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
 * Derives anew what does not stand on the present facts, prices and version: after an import, after one that was killed
 * before its end, after a change of assay.yaml, after an update. Where only facts changed, only what hangs on these.
 */
export async function ensureDerived(options: OpenAssayOptions, progress: Progress): Promise<void> {
  const standsOn = await withFacts(options.folder, true, (store) => basisOf(options, store));
  const derived = await derivedBasis(options.folder);
  if (derived?.frame === standsOn.frame && derived.revision === standsOn.revision) return;
  if (derived?.frame === standsOn.frame && (await updateFrom(derived.revision, options, progress))) return;
  await rebuildDerived(options, progress);
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

/** What derived tables rest on. */
interface Basis {
  /** Everything but the facts, as one word. */
  readonly frame: string;
  /** Of the facts. */
  readonly revision: number;
}

async function derivedBasis(folder: string): Promise<Basis | null> {
  if (!hasDerived(folder)) return null;
  const database = await openDerived(folder);
  try {
    const rows = await database.all("SELECT name, value FROM derived_state");
    const state = (name: string): string | undefined => rows.find((row) => row["name"] === name)?.["value"] as string | undefined;
    const [frame, revision] = [state("frame"), state("revision")];
    return frame === undefined || revision === undefined ? null : { frame, revision: Number(revision) };
  } finally {
    database.close();
  }
}

async function basisOf(options: OpenAssayOptions, store: FactStore): Promise<Basis> {
  const { prices, defaultBranches } = readOptionsConfig(options);
  const frame = createHash("sha1")
    .update(JSON.stringify([options.version, await store.setting("ignore_trailers"), prices, defaultBranches]))
    .digest("hex");
  return { frame, revision: await store.revision() };
}

const statesOf = ({ frame, revision }: Basis, ignoreTrailers: boolean): Record<string, string> => ({
  frame,
  revision: String(revision),
  ignore_trailers: String(ignoreTrailers),
});

/** @returns false where everything has to be derived anew */
async function updateFrom(revision: number, options: OpenAssayOptions, progress: Progress): Promise<boolean> {
  const { folder, releaseMemory } = options;
  const { prices, defaultBranches } = readOptionsConfig(options);
  const update = await withFacts(folder, true, async (store) => {
    const changed = await readChanged(store.database, revision);
    if (changed === null) return null;
    const ignoreTrailers = (await store.setting("ignore_trailers")) === "true";
    const derived = await openDerived(folder);
    try {
      const book = createPriceBook(prices);
      const rederived = await rederive({ store, derived, changed, book, options: { ignoreTrailers, defaultBranches }, progress });
      return rederived && { ...rederived, states: statesOf(await basisOf(options, store), ignoreTrailers) };
    } finally {
      derived.close();
    }
  });
  if (update === null) return false;
  const { computed, replaced, states, standing, changes } = update;
  await updateDerived(folder, replaced, derivedRows(computed, states, standing, changes), releaseMemory);
  return true;
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
  const rows = derivedRows(computed, statesOf(basis, ignoreTrailers), noStandingIds, changeNames(computed.repositories, null));
  await writeDerived(folder, rows, releaseMemory);
}
