import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../contract/errors.ts";
import type { FateParameters } from "../contract/fates.ts";
import { createPriceBook } from "../prices/price-book.ts";
import { readChanged } from "../store/changed.ts";
import {
  type DerivedRows,
  countUsages,
  derivedSchemas,
  hasDerived,
  openDerived,
  updateDerived,
  writeDerived,
} from "../store/derived-store.ts";
import type { Database } from "../store/duckdb/database.ts";
import { FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";
import { type ComputeOptions, type Computed, compute, loadFacts } from "./compute.ts";
import { type Config, readConfig } from "./config.ts";
import { type Rederived, changeNames, rederive } from "./derive-changed.ts";
import { derivedRows } from "./derived-rows.ts";
import { fatesStand, fatesState, keepsFates, refreshFates } from "./kept-fates.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import { globPattern, homeOf, namesFit } from "./repository-access.ts";
import { noStandingIds } from "./row-ids.ts";
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
  const update = () => withFacts(options.folder, true, (store) => updateDerivedFrom(store, options, progress));
  const updated = await update().catch(async (error: unknown) => {
    if (!(error instanceof UserError) || error.code !== "store_older") throw error;
    // Whoever opens facts to change them brings their schema up to date.
    progress("bringing the store up to this version");
    await withFacts(options.folder, false, () => Promise.resolve());
    return await update();
  });
  if (updated === null) await rebuildDerived(options, progress);
}

/**
 * Brings a store up to this version, its schema and what is derived, before anybody asks. Nothing where there is none yet;
 * where another process has it, that one is bringing it up to date.
 */
export async function prepareStore(options: OpenAssayOptions, progress: Progress): Promise<void> {
  try {
    await ensureDerived(options, progress);
  } catch (error) {
    if (!(error instanceof UserError) || (error.code !== "no_store" && error.code !== "store_busy")) throw error;
  }
}

/** Usages of the derived tables before and after they were brought up to date. */
export interface UsageCounts {
  readonly before: number;
  readonly after: number;
}

/**
 * Brings the derived tables up to the facts of an open store by what changed.
 * @returns null where all has to be derived anew (`rebuildDerived`); nothing was changed then
 */
export async function updateDerivedFrom(store: FactStore, options: OpenAssayOptions, progress: Progress): Promise<UsageCounts | null> {
  const { folder, releaseMemory } = options;
  if (!hasDerived(folder)) return null;
  const config = readOptionsConfig(options);
  const { prices, fates } = config;
  const basis = await basisOf(options, store);
  const derived = await openDerived(folder, "writing");
  let rederived: Rederived | null;
  let before: number;
  let fatesStood: boolean;
  try {
    const known = await readBasis(derived);
    if (known?.frame !== basis.frame) return null;
    before = await countUsages(derived);
    fatesStood = await keepsFates(derived, fates);
    if (known.revision === basis.revision) return { before, after: before };
    const changed = await readChanged(store.database, known.revision);
    if (changed === null) return null;
    const ignoreTrailers = (await store.setting("ignore_trailers")) === "true";
    const book = createPriceBook(prices);
    rederived = await rederive({
      store,
      derived,
      changed,
      book,
      options: computeOptions(options, config, ignoreTrailers),
      progress,
      releaseMemory,
    });
  } finally {
    derived.close();
  }
  if (rederived === null) return null;
  const { computed, replaced, standing, changes } = rederived;
  const states = statesOf(basis, (await store.setting("ignore_trailers")) === "true", fates);
  const rows = derivedRows(computed, states, standing, changes, fates);
  const relinked = replaced.repositories.length === 0 ? null : `repository_id IN (${replaced.repositories.map(Number).join(", ")})`;
  const after = await updateDerived(folder, replaced, rows, releaseMemory, (database) =>
    refreshFates(database, fatesStood ? relinked : "true", fates),
  );
  return { before, after };
}

/** What derived tables rest on. */
export interface Basis {
  /** Everything but the facts, as one word. */
  readonly frame: string;
  /** Of the facts. */
  readonly revision: number;
}

/** @returns null where the tables do not say, as those of earlier versions */
export async function readBasis(derived: Database): Promise<Basis | null> {
  const rows = await derived.all("SELECT name, value FROM derived_state");
  const state = (name: string): string | undefined => rows.find((row) => row["name"] === name)?.["value"] as string | undefined;
  const [frame, revision] = [state("frame"), state("revision")];
  return frame === undefined || revision === undefined ? null : { frame, revision: Number(revision) };
}

/** What derived tables of the present facts, configuration and program would rest on. */
export async function basisOf(options: OpenAssayOptions, store: FactStore): Promise<Basis> {
  const { prices, defaultBranches, organisation } = readOptionsConfig(options);
  const releaseRules = organisation.release_rules ?? [];
  const incidentLabels = incidentLabelsOf(organisation);
  const ignoreTrailers = await store.setting("ignore_trailers");
  return {
    frame: frameOf({
      version: options.version,
      schema: derivedSchemas,
      ignoreTrailers,
      prices,
      defaultBranches,
      releaseRules,
      incidentLabels,
    }),
    revision: await store.revision(),
  };
}

interface Frame extends Pick<Config, "prices" | "defaultBranches"> {
  readonly version: string;
  /** Text of the tables: versions in development have more than one. */
  readonly schema: string;
  readonly ignoreTrailers: string | null;
  readonly releaseRules: NonNullable<Config["organisation"]["release_rules"]>;
  readonly incidentLabels: readonly string[];
}

/** Everything derived tables rest on but the facts, as one word: another word, and they are derived anew. */
export function frameOf({ version, schema, ignoreTrailers, prices, defaultBranches, releaseRules, incidentLabels }: Frame): string {
  return createHash("sha1")
    .update(JSON.stringify([version, schema, ignoreTrailers, prices, defaultBranches, releaseRules, incidentLabels]))
    .digest("hex");
}

/** Of all forges together: an issue is an incident wherever it is labelled so. */
export const incidentLabelsOf = ({ forges = [] }: Config["organisation"]): readonly string[] =>
  [...new Set(forges.flatMap(({ incident_labels = [] }) => incident_labels.map((label) => label.toLowerCase())))].sort();

/** The first release rule that names a repository says what releases its lines. */
function computeOptions(
  { variables }: OpenAssayOptions,
  { defaultBranches, organisation }: Config,
  ignoreTrailers: boolean,
): ComputeOptions {
  const rules = (organisation.release_rules ?? []).map(({ repository, released_by }) => ({
    pattern: globPattern(repository, homeOf(variables)),
    releasedBy: released_by,
  }));
  return {
    ignoreTrailers,
    defaultBranches,
    incidentLabels: incidentLabelsOf(organisation),
    releasedBy: (names) => rules.find(({ pattern }) => namesFit(names, [pattern]))?.releasedBy ?? null,
  };
}

const statesOf = ({ frame, revision }: Basis, ignoreTrailers: boolean, fates: FateParameters): Record<string, string> => ({
  [fatesState]: fatesStand(fates),
  frame,
  revision: String(revision),
  ignore_trailers: String(ignoreTrailers),
});

/** Derives everything anew from the facts. */
export async function rebuildDerived(options: OpenAssayOptions, asked: Progress): Promise<UsageCounts> {
  const { folder, releaseMemory } = options;
  const config = readOptionsConfig(options);
  const progress: Progress = (step, done, total) => {
    if (done === undefined) releaseMemory();
    asked(step, done, total);
  };
  const before = hasDerived(folder) ? await withDerived(folder, countUsages) : 0;
  const derive = async (): Promise<DerivedRows> => {
    const { computed, states } = await computeAll(options, config, progress);
    progress("writing what is derived");
    return derivedRows(computed, states, noStandingIds, changeNames(computed.repositories, null), config.fates);
  };
  const after = await writeDerived(
    folder,
    derive,
    releaseMemory,
    async (database) => void (await refreshFates(database, null, config.fates)),
  );
  return { before, after };
}

/** Apart from its caller, so that nothing holds the facts while what is derived of them is written. */
async function computeAll(
  options: OpenAssayOptions,
  config: Config,
  progress: Progress,
): Promise<{ readonly computed: Computed; readonly states: Record<string, string> }> {
  // The facts are closed before anything is computed: two databases and all lines at once would double the peak.
  const { loaded, ignoreTrailers, basis } = await withFacts(options.folder, true, async (store) => ({
    loaded: await loadFacts(store, progress),
    ignoreTrailers: (await store.setting("ignore_trailers")) === "true",
    basis: await basisOf(options, store),
  }));
  const computed = compute(loaded, createPriceBook(config.prices), computeOptions(options, config, ignoreTrailers), progress);
  return { computed, states: statesOf(basis, ignoreTrailers, config.fates) };
}

async function withDerived<T>(folder: string, use: (derived: Database) => Promise<T>): Promise<T> {
  const database = await openDerived(folder);
  try {
    return await use(database);
  } finally {
    database.close();
  }
}
