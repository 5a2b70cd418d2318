import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { describeMeasures } from "../measures/catalogue.ts";
import type { Transport } from "../outcomes/forge/client.ts";
import { factsFile } from "../store/place.ts";
import type { Assay } from "./assay.ts";
import type { Variables } from "./import-repositories.ts";
import { isNothingNew, unchanged } from "./nothing-new.ts";
import { keepingSeen, readSeen } from "./seen.ts";

export interface OpenAssayOptions {
  /** Folder of the store, absolute; made when missing. */
  readonly folder: string;
  /** assay.yaml, absolute; null for the one beside the store, if there is one. */
  readonly configFile: string | null;
  readonly isSample: boolean;
  readonly version: string;
  readonly variables: Variables;
  readonly platform: NodeJS.Platform;
  /** Gives memory back between the steps of a rebuild, which leave much behind: without it the peak is a third higher. */
  releaseMemory(): void;
  /** The network, for the forges assay.yaml names; without it none is asked. */
  readonly network?: Pick<Transport, "fetch" | "wait">;
  /** UTC milliseconds: only for `first_seen` and bookkeeping, never for an answer. */
  now(): number;
}

/**
 * Opens the store of a folder for the use cases. Databases are opened by the call that needs them and closed with it; what
 * needs a database is loaded then, so that an import with nothing new costs little more than looking.
 */
export function openAssay(options: OpenAssayOptions): Assay {
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  const answers = async () => (await import("./answers.ts")).answers(options);
  const assay: Assay = {
    async import(asked) {
      if (asked.only !== undefined) {
        const { importAll } = await import("./import-all.ts");
        return await keepingSeen(options.folder, join(options.folder, factsFile), () => importAll(options, asked));
      }
      const known = readSeen(options.folder, join(options.folder, factsFile), options.version);
      if (known && (await isNothingNew(known, options, asked))) return unchanged(known);
      return await (await import("./import-all.ts")).importAll(options, asked);
    },
    watch: async (asked) => (await import("./watch.ts")).watchStore(assay, options, asked),
    rebuild: async (asked) => (await import("./derived.ts")).rebuild(options, asked),
    prepare: async ({ progress }) => (await import("./derived.ts")).prepareStore(options, progress),
    answer: async (asked) => (await answers()).answer(asked),
    audit: async (asked) => (await answers()).audit(asked),
    showSession: async (id, asked) => (await answers()).showSession(id, asked),
    showChange: async (id, asked) => (await answers()).showChange(id, asked),
    showCommit: async (id, asked) => (await answers()).showCommit(id, asked),
    explain: async (subject, asked) => (await answers()).explain(subject, asked),
    query: async (query, asked) => (await answers()).query(query, asked),
    blame: async (file, asked) => (await answers()).blame(file, asked),
    showFile: async (file, asked) => (await answers()).showFile(file, asked),
    identities: async () => (await answers()).identities(),
    doctor: async (asked) => (await import("./doctor/doctor.ts")).doctor(options, asked),
    measures: () => describeMeasures(),
    sources: async () => (await answers()).sources(),
    notes: async () => (await answers()).notes(),
    problems: async () => (await answers()).problems(),
    closes: async () => (await import("./close.ts")).listCloses(options),
    closePeriod: async (asked) => (await import("./close.ts")).closePeriod(options, asked),
    restatement: async (period) => (await import("./close.ts")).restatementOf(options, period),
    sensitivity: async (asked) => (await answers()).sensitivity(asked),
    survival: async (asked) => (await answers()).survival(asked),
    delivery: async (asked) => (await answers()).delivery(asked),
    returns: async (asked) => (await answers()).returns(asked),
    costs: async (asked) => (await answers()).costs(asked),
    overrules: async () => (await import("./overrule.ts")).listOverrules(options),
    overrule: async (asked) => (await import("./overrule.ts")).overruleChange(options, asked),
    importBills: async (files, progress) => (await import("./import-bills.ts")).importBills(options, files, progress),
    fetchBills: async (asked) => (await import("./fetch-bills.ts")).fetchBills(options, asked),
    bills: async () => (await answers()).bills(),
    reconcile: async (asked) => (await answers()).reconcile(asked),
    compareTool: async (asked) => (await answers()).compareTool(asked),
    exportFocus: async (asked) => (await answers()).exportFocus(asked),
    close: () => Promise.resolve(),
  };
  return assay;
}
