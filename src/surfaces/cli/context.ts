/** What a command is called with as `this`. */
import { resolve } from "node:path";
import type { RouteMap } from "@stricli/core";
import type { Assay, AskOptions, ForgeInputs } from "../../app/assay.ts";
import type { AsOfFlags, CommonFlags, ForgeFlags, SearchFlags } from "./flags.ts";
import { UserError } from "../../contract/errors.ts";
import type { Machine } from "./machine.ts";
import { type ProgressLine, progressLine } from "./progress-line.ts";
import { defaultStoreDir } from "./store-place.ts";
import type { TextOptions } from "./answer-text.ts";

const widthWithoutTerminal = 80;

export interface CliContext {
  readonly machine: Machine;
  /** Every command there is. */
  readonly routes: RouteMap<CliContext>;
  /** What stricli writes to and reads the exit code from. */
  readonly process: {
    readonly stdout: { write(text: string): void; getColorDepth(): number };
    readonly stderr: { write(text: string): void };
    exitCode?: number | string | null;
  };
}

export function storeDirOf(machine: Machine, flags: CommonFlags): string {
  return flags.store === undefined ? defaultStoreDir(machine) : resolve(machine.workingDir, flags.store);
}

/** Opens the store, lets it be used, and closes it however that ends. */
export async function withAssay<Result>(
  machine: Machine,
  flags: CommonFlags,
  use: (assay: Assay) => Promise<Result>,
  storeDir = storeDirOf(machine, flags),
): Promise<Result> {
  const assay = await machine.openAssay({
    storeDir,
    configFile: flags.config === undefined ? null : resolve(machine.workingDir, flags.config),
  });
  try {
    return await use(assay);
  } finally {
    await assay.close();
  }
}

/** Shows a progress line while something long runs, and takes it away however that ends. */
export async function withProgress<Result>(machine: Machine, work: (show: ProgressLine["show"]) => Promise<Result>): Promise<Result> {
  const line = progressLine(machine.stderr, () => machine.now());
  try {
    return await work((step, done, total) => {
      line.show(step, done, total);
      machine.tellProgress?.(step, done, total);
    });
  } finally {
    line.clear();
  }
}

export function askOptions(flags: AsOfFlags): AskOptions {
  return { asOf: flags.asOf ?? null };
}

/** Repositories and home as absolute paths; the home of this machine unless told otherwise. */
export async function searchPlaces(machine: Machine, flags: SearchFlags): Promise<{ repositories: string[]; home: string | null }> {
  if (flags.home !== undefined && flags.noHome === true) {
    throw new UserError("home_and_no_home", "--home and --no-home exclude each other.", { hint: "Give one of them." });
  }
  const repositories = (flags.repo ?? []).map((path) => resolve(machine.workingDir, path));
  if (flags.noHome === true) return { repositories, home: null };
  const home = flags.home === undefined ? machine.homeDir : resolve(machine.workingDir, flags.home);
  if (flags.home !== undefined && !(await machine.isFolder(home))) {
    throw new UserError("no_such_home", `There is no folder ${home}.`, { hint: "--home takes the folder in which .claude lies." });
  }
  return { repositories, home };
}

export function forgeInputs(machine: Machine, flags: ForgeFlags): ForgeInputs {
  const absolute = (paths: readonly string[] | undefined): string[] => (paths ?? []).map((path) => resolve(machine.workingDir, path));
  return {
    exports: absolute(flags.forge),
    webhooks: absolute(flags.webhooks),
    incidents: absolute(flags.incidents),
    ask: flags.offline !== true,
  };
}

export function textOptions(machine: Machine, flags: CommonFlags): TextOptions {
  const { stdout, variables } = machine;
  const isShown = stdout.isTerminal && stdout.colorDepth >= 8 && !variables["NO_COLOR"] && variables["TERM"] !== "dumb";
  return { width: stdout.columns ?? widthWithoutTerminal, color: flags.color ?? isShown };
}

export function printJson(machine: Machine, value: unknown): void {
  machine.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
