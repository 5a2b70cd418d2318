/** What every row of the bench is measured with. */
import { mkdtemp, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Inputs, Settings } from "./inputs.ts";
import { type MeasureOptions, type ProcessCost, type TreeMemory, type Variables, measureProcess } from "./process-cost.ts";

/** The store that a whole import has filled, and what that import took. */
export interface ImportedStore {
  readonly folder: string;
  /** The arguments it was imported with: given again, they find nothing new. */
  readonly importArgs: readonly string[];
  readonly costs: readonly ProcessCost[];
  /** The most memory the program held, over all runs. */
  readonly peakBytes: number;
  /** The most the program and its git held at one instant. */
  readonly treePeak: TreeMemory | null;
}

export class Bench {
  readonly inputs: Inputs;
  readonly settings: Settings;
  readonly scratch: string;
  readonly variables: Variables;
  /** Where the built program and the built parts of this bench lie. */
  readonly #dist: string;
  #imported: Promise<ImportedStore> | null = null;

  constructor(inputs: Inputs, settings: Settings, scratch: string, variables: Variables) {
    this.inputs = inputs;
    this.settings = settings;
    this.scratch = scratch;
    this.variables = variables;
    this.#dist = fileURLToPath(new URL(".", import.meta.url));
  }

  get longRuns(): number {
    return Math.min(this.settings.runs, 3);
  }

  assay(...args: readonly string[]): string[] {
    return [process.execPath, join(this.#dist, "assay.js"), ...args];
  }

  /** A file of this folder that is a program of its own. */
  part(name: string, ...args: readonly string[]): string[] {
    return [process.execPath, join(this.#dist, `bench-${name}.js`), ...args];
  }

  /** The same Node program, which writes its peak to the file that ASSAY_BENCH_PEAK_FILE names. */
  tellingPeak([node, ...program]: readonly string[]): string[] {
    return [node as string, "--import", join(this.#dist, "bench-tell-peak.js"), ...program];
  }

  /** Node with an empty module: the floor of whatever starts. */
  async emptyStart(): Promise<string[]> {
    const empty = join(this.scratch, "empty.mjs");
    await writeFile(empty, "");
    return [process.execPath, empty];
  }

  measure(command: readonly string[], options: Partial<MeasureOptions> = {}): Promise<ProcessCost> {
    return measureProcess(command, { variables: this.variables, ...options });
  }

  newFolder(name: string): Promise<string> {
    return mkdtemp(join(this.scratch, `${name}-`));
  }

  /** Imports the organisation once for all rows that want its store. Only where there is one. */
  imported(organisation: NonNullable<Inputs["organisation"]>): Promise<ImportedStore> {
    this.#imported ??= this.#import(organisation);
    return this.#imported;
  }

  async #import({ repositories, home }: NonNullable<Inputs["organisation"]>): Promise<ImportedStore> {
    const costs: ProcessCost[] = [];
    let peakBytes = 0;
    let treePeak: TreeMemory | null = null;
    let folder = "";
    const from = [...(home === null ? ["--no-home"] : ["--home", home]), ...repositories.flatMap((path) => ["--repo", path])];
    for (let run = 0; run < this.longRuns; run++) {
      folder = await this.newFolder("store");
      const told = join(this.scratch, "peak");
      const command = this.tellingPeak(this.assay("import", ...from, "--store", folder));
      const cost = await this.measure(command, { variables: { ...this.variables, ASSAY_BENCH_PEAK_FILE: told }, watchMemory: true });
      costs.push(cost);
      peakBytes = Math.max(peakBytes, Number(await readFile(told, "utf8")));
      if (cost.treePeak !== null && cost.treePeak.bytes >= (treePeak?.bytes ?? 0)) treePeak = cost.treePeak;
    }
    return { folder, importArgs: [...from, "--store", folder], costs, peakBytes, treePeak };
  }
}

/** Runs two commands in turn, each first in every second run, so that what else the machine does meets both alike. */
export async function interleaved<T>(
  runs: number,
  own: (run: number) => Promise<T>,
  floor: (run: number) => Promise<T>,
): Promise<{ own: T[]; floor: T[] }> {
  const measured: { own: T[]; floor: T[] } = { own: [], floor: [] };
  for (let run = 0; run < runs; run++) {
    if (run % 2 === 0) measured.floor.push(await floor(run));
    measured.own.push(await own(run));
    if (run % 2 === 1) measured.floor.push(await floor(run));
  }
  return measured;
}

/** CPU seconds, or wall time where no shell tells them. */
export const secondsOf = ({ cpuSeconds, wallSeconds }: ProcessCost): number => cpuSeconds ?? wallSeconds;

export async function fileBytes(path: string): Promise<number> {
  return (await stat(path)).size;
}

/** The last two parts of a path: enough to tell repositories apart in a table. */
export const shortName = (path: string): string =>
  path
    .split(/[/\\]/)
    .filter((part) => part !== "")
    .slice(-2)
    .join("/");
