/** Puts a schedule into force and takes it away, by the programs of the machine. */
import { mkdirSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import type { ScheduleKind } from "../../contract/capture.ts";
import { UserError } from "../../contract/errors.ts";
import { type KeptSchedule, readTextIfThere, writeBeside } from "./kept.ts";
import { type Program, type SchedulePlan, crontabLine, crontabWith, planSchedule } from "./schedule.ts";

export interface Ended {
  /** Null where it could not be started. */
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** What a schedule needs of the machine. */
export interface ScheduleHost {
  readonly platform: NodeJS.Platform;
  readonly homeDir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly userId: number | null;
  /** Runs a program to its end. @param input what it reads */
  run(program: Program, input?: string): Promise<Ended>;
}

/** @returns null where the machine has none of those known */
export async function findScheduleKind(host: ScheduleHost): Promise<ScheduleKind | null> {
  if (host.platform === "win32") return "task-scheduler";
  if (host.platform === "darwin") return "launchd";
  const { code } = await host.run({ name: "systemctl", args: ["--user", "show-environment"] });
  if (code === 0) return "systemd";
  return (await readCrontab(host)) === null ? null : "crontab";
}

export async function isScheduled(schedule: KeptSchedule, host: ScheduleHost): Promise<boolean> {
  if (schedule.kind === "crontab") return ((await readCrontab(host)) ?? "").split("\n").includes(crontabLine(schedule));
  const plan = planOf(schedule.kind, schedule, host);
  if (plan.files.some(({ path, text }) => readTextIfThere(path) !== text)) return false;
  return (await host.run(plan.probe)).code === 0;
}

/** @throws UserError `schedule_failed` where a program of the machine refuses; what was begun is taken back */
export async function startSchedule(schedule: KeptSchedule, host: ScheduleHost): Promise<void> {
  if (schedule.kind === "crontab") return await writeCrontab(schedule, crontabLine(schedule), host);
  const plan = planOf(schedule.kind, schedule, host);
  for (const { path, text } of plan.files) {
    mkdirSync(dirname(path), { recursive: true });
    writeBeside(path, text, 0o644);
  }
  for (const program of plan.start) {
    const ended = await host.run(program);
    if (ended.code === 0) continue;
    await stopSchedule(schedule, host);
    throw refused(program, ended);
  }
}

/** What is not there needs no stopping. @throws UserError `schedule_failed` where a crontab cannot be read or written */
export async function stopSchedule(schedule: KeptSchedule, host: ScheduleHost): Promise<void> {
  if (schedule.kind === "crontab") return await writeCrontab(schedule, null, host);
  const plan = planOf(schedule.kind, schedule, host);
  for (const program of plan.stop) await host.run(program);
  for (const { path } of plan.files) rmSync(path, { force: true });
  for (const program of plan.afterwards) await host.run(program);
}

function planOf(kind: Exclude<ScheduleKind, "crontab">, schedule: KeptSchedule, host: ScheduleHost): SchedulePlan {
  const { homeDir, variables, userId } = host;
  return planSchedule(kind, { name: schedule.name, command: schedule.command, homeDir, variables, userId });
}

/** @returns the user's table, empty where there is none; null where it cannot be read, so that nobody writes over it */
async function readCrontab(host: ScheduleHost): Promise<string | null> {
  const { code, out, err } = await host.run({ name: "crontab", args: ["-l"] });
  if (code === 0) return out;
  return code !== null && /no crontab/i.test(err) ? "" : null;
}

async function writeCrontab({ name }: KeptSchedule, line: string | null, host: ScheduleHost): Promise<void> {
  const before = await readCrontab(host);
  if (before === null)
    throw new UserError("schedule_failed", "The crontab of this user cannot be read, so it was left alone.", { hint: "See `crontab -l`." });
  const table = crontabWith(before, name, line);
  if (table === before) return;
  const program: Program = { name: "crontab", args: [table.trim() === "" ? "-r" : "-"] };
  const ended = await host.run(program, table);
  if (ended.code !== 0) throw refused(program, ended);
}

function refused({ name, args }: Program, { code, err, out }: Ended): UserError {
  const said = (err.trim() || out.trim()).split("\n")[0] ?? "";
  return new UserError(
    "schedule_failed",
    `${[name, ...args].join(" ")} ended with ${code ?? "no start"}${said === "" ? "." : `: ${said}`}`,
    {
      hint: "The hook of Claude Code is in place, where it has a folder; `assay capture install --no-schedule` leaves the schedule out.",
    },
  );
}
