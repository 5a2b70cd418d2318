/** `assay capture install`, `remove` and `status`. */
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, realpathSync, rmSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { CaptureHook, CaptureStatus } from "../../contract/capture.ts";
import { UserError } from "../../contract/errors.ts";
import { type ScheduleHost, findScheduleKind, isScheduled, startSchedule, stopSchedule } from "./apply-schedule.ts";
import {
  type Installed,
  type KeptHook,
  type KeptSchedule,
  forgetInstalled,
  readInstalled,
  readRuns,
  readTextIfThere,
  writeBeside,
  writeInstalled,
} from "./kept.ts";
import { hookLine } from "./schedule.ts";
import { hasHook, keptDaysOf, withHook, withoutHook } from "./settings-text.ts";

export interface InstallOptions {
  /** Of the store, absolute. */
  readonly folder: string;
  /** What starts this program: an interpreter and a script. */
  readonly program: readonly string[];
  readonly home: string;
  readonly configFile: string | null;
  readonly repositories: readonly string[];
  readonly schedule: boolean;
}

export interface InstallResult {
  readonly changed: boolean;
  /** What could not be had, and why. */
  readonly notices: readonly string[];
  readonly status: CaptureStatus;
}

/** Variables that move the folders of agents, beside the PATH on which git is. Test: those the sources read. */
export const keptVariables = [
  "AMP_DATA_DIR",
  "APPDATA",
  "CLAUDE_CONFIG_DIR",
  "CLINE_DATA_DIR",
  "CLINE_DIR",
  "CODEX_HOME",
  "COPILOT_HOME",
  "CURSOR_CONFIG_DIR",
  "DROID_SESSIONS_DIR",
  "FACTORY_DIR",
  "GEMINI_DATA_DIR",
  "GOOSE_PATH_ROOT",
  "KILO_DATA_DIR",
  "KIMI_CODE_HOME",
  "KIMI_DATA_DIR",
  "KIMI_SHARE_DIR",
  "OPENCODE_DATA_DIR",
  "PI_AGENT_DIR",
  "PI_CODING_AGENT_DIR",
  "QWEN_DATA_DIR",
  "XDG_CONFIG_HOME",
  "XDG_DATA_HOME",
] as const;

/**
 * Installs what is missing and renews what is of an earlier install. Twice changes nothing.
 * @throws UserError `settings_not_json`, `settings_unexpected`, with the file, before anything is changed; `schedule_failed`
 */
export async function installCapture(options: InstallOptions, host: ScheduleHost): Promise<InstallResult> {
  const { folder, program, home, configFile, repositories } = options;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const before = readInstalled(folder);
  const files = settingsFiles(home, host);
  const command = hookLine([...program, "capture", "run", "--by", "hook", "--detach", "--store", folder], host.platform);
  const ending = `.before-assay-${digest(folder).slice(0, 8)}`;
  const hooks = files.map((file) =>
    plannedHook(
      file,
      ending,
      command,
      before?.hooks.find((one) => one.file === file),
    ),
  );
  for (const hook of hooks) writeHook(hook);
  const others = (before?.hooks ?? []).filter(({ file }) => !files.includes(file));
  const kept: Installed = {
    program,
    home,
    configFile,
    repositories,
    variables: variablesOf(host),
    hooks: [...others, ...hooks.map((hook) => hook.kept)],
    schedule: before?.schedule ?? null,
  };
  writeInstalled(folder, kept);
  const schedule = options.schedule ? await wantedSchedule(options, host) : null;
  const isRenewed = await renewSchedule(kept.schedule, schedule, host);
  const installed = { ...kept, schedule };
  writeInstalled(folder, installed);
  const notices = [
    ...(files.length === 0 ? [`There is no folder of Claude Code in ${home}, so no hook was put anywhere.`] : []),
    ...(options.schedule && schedule === null ? ["This machine has neither systemd nor cron, so there is no schedule."] : []),
  ];
  const changed = isRenewed || hooks.some(({ text }) => text !== null) || JSON.stringify(before) !== JSON.stringify(installed);
  return { changed, notices, status: await captureStatus(folder, host) };
}

/**
 * Takes away what was installed and nothing else: a settings file that is as it was left gets its earlier bytes, of another one
 * only the hook is cut out. @returns whether there was something @throws UserError with the file, before anything is changed
 */
export async function removeCapture(folder: string, host: ScheduleHost): Promise<boolean> {
  const installed = readInstalled(folder);
  if (installed === null) return false;
  const rests = installed.hooks.map((hook) => ({ hook, text: textWithout(hook) }));
  for (const { hook, text } of rests) {
    if (text === null) rmSync(hook.file, { force: true });
    else if (text !== readTextIfThere(hook.file)) writeSettingsText(hook.file, text);
    if (hook.backup !== null) rmSync(hook.backup, { force: true });
  }
  if (installed.schedule !== null) await stopSchedule(installed.schedule, host);
  forgetInstalled(folder);
  return true;
}

/** What is installed as it is found now, and what the last readings said. Changes nothing. */
export async function captureStatus(folder: string, host: ScheduleHost): Promise<CaptureStatus> {
  const installed = readInstalled(folder);
  const { last = null, lastFailure = null } = readRuns(folder) ?? {};
  const hooks = (installed?.hooks ?? []).map(stateOfHook);
  const schedule = installed?.schedule ?? null;
  return {
    installed: installed !== null,
    hooks,
    schedule:
      schedule === null
        ? null
        : { kind: schedule.kind, name: schedule.name, state: (await isScheduled(schedule, host)) ? "present" : "missing" },
    missingPrograms: (installed?.program ?? []).filter((path) => !existsSync(path)),
    keptDays: hooks
      .filter(({ state }) => state !== "unreadable")
      .flatMap(({ file }) => {
        const text = readTextIfThere(file);
        return text === null ? [] : [{ file, days: keptDaysOf(text) }];
      }),
    last,
    lastFailure,
  };
}

export function stateOfHook({ file, command }: KeptHook): CaptureHook {
  const text = readTextIfThere(file);
  if (text === null) return { file, state: "missing" };
  try {
    return { file, state: hasHook(text, command) ? "present" : "missing" };
  } catch (error) {
    if (error instanceof UserError) return { file, state: "unreadable" };
    throw error;
  }
}

/** The settings files of Claude Code, behind all links; none where it has no folder. */
function settingsFiles(home: string, { variables }: ScheduleHost): string[] {
  const named = variables["CLAUDE_CONFIG_DIR"]?.trim();
  const folders = named ? named.split(",").map((folder) => folder.trim().replace(/^~(?=$|[\\/])/, home)) : [join(home, ".claude")];
  const files = folders.filter((folder) => folder !== "" && existsSync(folder)).map((folder) => join(folder, "settings.json"));
  return [...new Set(files.map((file) => (existsSync(file) ? realpathSync(file) : file)))];
}

interface PlannedHook {
  readonly kept: KeptHook;
  /** What to write; null where all is as wanted. */
  readonly text: string | null;
  /** What the file held without a hook of ours; null where there was none. */
  readonly earlier: string | null;
}

/** Writes nothing. @param ending of the copy's name, another for every store @throws UserError that names the file */
function plannedHook(file: string, ending: string, command: string, before: KeptHook | undefined): PlannedHook {
  return namingFile(file, () => {
    const found = readTextIfThere(file);
    if (before !== undefined && before.command === command && found !== null && hasHook(found, command))
      return { text: null, kept: before, earlier: null };
    const earlier = before === undefined ? found : textWithout(before);
    const put = withHook(earlier ?? "", command);
    // The hook of an install whose record is lost: it is taken into the record, and goes alone when it goes.
    if (put === null) return { text: null, kept: { file, command, brought: "entry", backup: null, written: "" }, earlier: null };
    const backup = earlier === null ? null : `${file}${ending}`;
    return { text: put.text, kept: { file, command, brought: put.brought, backup, written: digest(put.text) }, earlier };
  });
}

function writeHook({ kept, text, earlier }: PlannedHook): void {
  if (text === null) return;
  if (kept.backup !== null && earlier !== null) writeBeside(kept.backup, earlier, modeOf(kept.file));
  writeSettings(kept, text);
}

/** The settings as they are without the hook; null where there was no file before and nothing else came into it. */
function textWithout({ file, command, brought, backup, written }: KeptHook): string | null {
  const text = readTextIfThere(file);
  if (text === null) return null;
  if (digest(text) === written) {
    const earlier = backup === null ? null : readTextIfThere(backup);
    if (earlier !== null || backup === null) return earlier;
  }
  return namingFile(file, () => withoutHook(text, command, brought));
}

function namingFile<Result>(file: string, act: () => Result): Result {
  try {
    return act();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    throw new UserError(error.code, `${file}: ${error.message}`, { ...(error.hint ? { hint: error.hint } : {}), cause: error });
  }
}

const writeSettings = (kept: KeptHook, text: string): void => writeSettingsText(kept.file, text);
const writeSettingsText = (file: string, text: string): void => writeBeside(file, text, modeOf(file));

/** Settings may hold keys: a new file is this user's alone. */
const modeOf = (file: string): number => (existsSync(file) ? statSync(file).mode & 0o777 : 0o600);

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");

async function wantedSchedule({ folder, program }: InstallOptions, host: ScheduleHost): Promise<KeptSchedule | null> {
  const kind = await findScheduleKind(host);
  const name = `assay-capture-${digest(folder).slice(0, 8)}`;
  return kind === null ? null : { kind, name, command: [...program, "capture", "run", "--by", "schedule", "--store", folder] };
}

/** @returns whether something was changed */
async function renewSchedule(before: KeptSchedule | null, wanted: KeptSchedule | null, host: ScheduleHost): Promise<boolean> {
  const isSame = JSON.stringify(before) === JSON.stringify(wanted);
  if (wanted === null) {
    if (before !== null) await stopSchedule(before, host);
    return before !== null;
  }
  if (isSame && (await isScheduled(wanted, host))) return false;
  if (before !== null) await stopSchedule(before, host);
  await startSchedule(wanted, host);
  return true;
}

function variablesOf({ variables }: ScheduleHost): Record<string, string> {
  const found = [...keptVariables, "PATH"].flatMap((name) => {
    const value = variables[name];
    return value === undefined || value === "" ? [] : [[name, value] as const];
  });
  return Object.fromEntries(found);
}

/** Variables of a reading: its own, where it has none those of the install, and both one's PATH. */
export function variablesOfRun(installed: Installed | null, own: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const given = Object.entries(own).flatMap(([name, value]) => (value === undefined ? [] : [[name, value] as const]));
  const merged: Record<string, string> = { ...installed?.variables, ...Object.fromEntries(given) };
  const paths = [own["PATH"], installed?.variables["PATH"]].filter((path) => path !== undefined && path !== "");
  return paths.length === 0 ? merged : { ...merged, PATH: paths.join(delimiter) };
}
