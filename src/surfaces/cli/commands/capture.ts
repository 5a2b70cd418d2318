import { resolve } from "node:path";
import type { ScheduleHost } from "../../../app/capture/apply-schedule.ts";
import { captureStatus, installCapture, removeCapture, variablesOfRun } from "../../../app/capture/install.ts";
import { readInstalled } from "../../../app/capture/kept.ts";
import { readQuietly } from "../../../app/capture/run.ts";
import type { CaptureTrigger } from "../../../contract/capture.ts";
import { exitCodes } from "../../../contract/errors.ts";
import { captureStatusText, installText } from "../capture-text.ts";
import { type CliContext, printJson, searchPlaces, storeDirOf } from "../context.ts";
import type { CommonFlags, SearchFlags } from "../flags.ts";
import { importSentence } from "../import-text.ts";
import type { Machine } from "../machine.ts";

export interface CaptureInstallFlags extends CommonFlags, Pick<SearchFlags, "repo" | "home"> {
  readonly schedule?: boolean;
}

export async function installCommand(this: CliContext, flags: CaptureInstallFlags): Promise<void> {
  const { machine } = this;
  const { repositories, home } = await searchPlaces(machine, flags);
  const result = await installCapture(
    {
      folder: storeDirOf(machine, flags),
      program: machine.processes.program,
      home: home ?? machine.homeDir,
      configFile: flags.config === undefined ? null : resolve(machine.workingDir, flags.config),
      repositories,
      schedule: flags.schedule ?? true,
    },
    scheduleHost(machine),
  );
  if (flags.json === true) printJson(machine, result);
  else machine.stdout.write(installText(result));
}

export async function removeCommand(this: CliContext, flags: CommonFlags): Promise<void> {
  const removed = await removeCapture(storeDirOf(this.machine, flags), scheduleHost(this.machine));
  if (flags.json === true) printJson(this.machine, { removed });
  else this.machine.stdout.write(removed ? "Capture is removed; what was read stays in the store.\n" : "Capture was not installed.\n");
}

export async function statusCommand(this: CliContext, flags: CommonFlags): Promise<void> {
  const status = await captureStatus(storeDirOf(this.machine, flags), scheduleHost(this.machine));
  if (flags.json === true) printJson(this.machine, status);
  else this.machine.stdout.write(captureStatusText(status));
}

export interface CaptureRunFlags extends CommonFlags {
  readonly by: CaptureTrigger;
  readonly detach?: boolean;
}

/** Ends with 1 where reading failed, which a schedule shows; a store in use is no failure. */
export async function runCommand(this: CliContext, flags: CaptureRunFlags): Promise<void> {
  const { machine } = this;
  const folder = storeDirOf(machine, flags);
  if (flags.detach === true) return machine.processes.startApart(["capture", "run", "--by", flags.by, "--store", folder]);
  const installed = readInstalled(folder);
  const opened = await machine.openAssay({
    storeDir: folder,
    configFile: flags.config === undefined ? (installed?.configFile ?? null) : resolve(machine.workingDir, flags.config),
    variables: variablesOfRun(installed, machine.variables),
  });
  const read = () =>
    opened.import({
      home: installed?.home ?? machine.homeDir,
      repositories: installed?.repositories ?? [],
      forges: { exports: [], ask: false },
      progress: () => {},
      signal: machine.interruptSignal(),
    });
  try {
    const { pid, isAlive, wait } = machine.processes;
    const host = { pid, isAlive, wait, now: () => machine.now() };
    const ran = await readQuietly({ folder, by: flags.by, read, sentence: importSentence }, host);
    if (ran?.outcome === "failed") this.process.exitCode = exitCodes.fault;
  } finally {
    await opened.close();
  }
}

const scheduleHost = ({ platform, homeDir, variables, processes }: Machine): ScheduleHost => ({
  platform,
  homeDir,
  variables,
  userId: processes.userId,
  run: processes.run,
});
