/** The schedule that reads the logs of agents without a hook: files and commands for each kind of machine. Pure. */
import { posix } from "node:path";
import type { ScheduleKind } from "../../contract/capture.ts";
import { UserError } from "../../contract/errors.ts";

export interface Program {
  readonly name: string;
  readonly args: readonly string[];
}

export interface ScheduleAsked {
  /** Unlike that of every other store. */
  readonly name: string;
  /** Program and arguments of one reading. */
  readonly command: readonly string[];
  readonly homeDir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** Number of the user; null where users have none. */
  readonly userId: number | null;
}

/** Files to write, then programs to run; and what takes them away. */
export interface SchedulePlan {
  readonly files: readonly { readonly path: string; readonly text: string }[];
  readonly start: readonly Program[];
  /** Run before the files go. It may fail: what is not there needs no stopping. */
  readonly stop: readonly Program[];
  /** Run after the files went. */
  readonly afterwards: readonly Program[];
  /** Ends with 0 where the schedule is in force. */
  readonly probe: Program;
}

type FileKind = Exclude<ScheduleKind, "crontab">;

/** @throws UserError `schedule_too_long` where the Task Scheduler's 261 characters do not hold the command */
export function planSchedule(kind: FileKind, asked: ScheduleAsked): SchedulePlan {
  switch (kind) {
    case "systemd":
      return systemdPlan(asked);
    case "launchd":
      return launchdPlan(asked);
    case "task-scheduler":
      return taskPlan(asked);
  }
}

function systemdPlan({ name, command, homeDir, variables }: ScheduleAsked): SchedulePlan {
  const named = variables["XDG_CONFIG_HOME"];
  const folder = posix.join(named && posix.isAbsolute(named) ? named : posix.join(homeDir, ".config"), "systemd", "user");
  const control = (...args: readonly string[]): Program => ({ name: "systemctl", args: ["--user", ...args] });
  const service = [
    "[Unit]",
    "Description=Assay reads what agents logged before they delete it",
    "[Service]",
    "Type=oneshot",
    "Nice=10",
    `ExecStart=${command.map(systemdQuoted).join(" ")}`,
  ];
  const timer = [
    "[Unit]",
    "Description=Assay reads what agents logged, every hour",
    "[Timer]",
    "OnCalendar=hourly",
    "RandomizedDelaySec=10min",
    "Persistent=true",
    "[Install]",
    "WantedBy=timers.target",
  ];
  return {
    files: [
      { path: posix.join(folder, `${name}.service`), text: `${service.join("\n")}\n` },
      { path: posix.join(folder, `${name}.timer`), text: `${timer.join("\n")}\n` },
    ],
    start: [control("daemon-reload"), control("enable", "--now", `${name}.timer`)],
    stop: [control("disable", "--now", `${name}.timer`)],
    afterwards: [control("daemon-reload")],
    probe: control("is-enabled", `${name}.timer`),
  };
}

/** As systemd.service(5) says of ExecStart: `%` and `$` doubled, C escapes within quotes. */
const systemdQuoted = (word: string): string =>
  `"${word.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("%", "%%").replaceAll("$", "$$$$")}"`;

function launchdPlan({ name, command, homeDir, userId }: ScheduleAsked): SchedulePlan {
  const path = posix.join(homeDir, "Library", "LaunchAgents", `${name}.plist`);
  const domain = `gui/${userId ?? 0}`;
  const text = [
    '<?xml version="1.0" encoding="UTF-8"?>',
    '<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">',
    '<plist version="1.0"><dict>',
    `  <key>Label</key><string>${xml(name)}</string>`,
    "  <key>ProgramArguments</key><array>",
    ...command.map((word) => `    <string>${xml(word)}</string>`),
    "  </array>",
    "  <key>StartInterval</key><integer>3600</integer>",
    "  <key>RunAtLoad</key><true/>",
    "  <key>ProcessType</key><string>Background</string>",
    "</dict></plist>",
  ];
  return {
    files: [{ path, text: `${text.join("\n")}\n` }],
    start: [{ name: "launchctl", args: ["bootstrap", domain, path] }],
    stop: [{ name: "launchctl", args: ["bootout", `${domain}/${name}`] }],
    afterwards: [],
    probe: { name: "launchctl", args: ["print", `${domain}/${name}`] },
  };
}

const xml = (text: string): string =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

const longestTask = 261;

function taskPlan({ name, command }: ScheduleAsked): SchedulePlan {
  const line = command.map(windowsQuoted).join(" ");
  if (line.length > longestTask)
    throw new UserError("schedule_too_long", `The Task Scheduler takes ${longestTask} characters of a command; this has ${line.length}.`, {
      hint: "Give a store with a shorter path with --store, or install with --no-schedule.",
    });
  return {
    files: [],
    start: [{ name: "schtasks", args: ["/create", "/f", "/sc", "hourly", "/tn", name, "/tr", line] }],
    stop: [{ name: "schtasks", args: ["/delete", "/f", "/tn", name] }],
    afterwards: [],
    probe: { name: "schtasks", args: ["/query", "/tn", name] },
  };
}

/** Names of files hold no quote on Windows; what holds no blank goes as it is, for the sake of the 261 characters. */
const windowsQuoted = (word: string): string => (/^[\w.:\\/=-]+$/.test(word) ? word : `"${word}"`);

/** The one line of a crontab, with its mark at the end: to cron all behind the times is the shell's, to a shell it is a comment. */
export function crontabLine({ name, command }: Pick<ScheduleAsked, "name" | "command">): string {
  const minute = Number.parseInt(name.slice(-2), 16) % 60;
  // cron makes a new line of a `%`.
  return `${minute} * * * * ${shellLine(command).replaceAll("%", "\\%")} ${crontabMark(name)}`;
}

const crontabMark = (name: string): string => `# ${name}`;

/** @returns the table without this store's lines, and with the given one at its end where there is one */
export function crontabWith(table: string, name: string, line: string | null): string {
  const kept = table.split("\n").filter((one) => !one.endsWith(` ${crontabMark(name)}`));
  if (line === null) return kept.join("\n");
  const rest = kept.join("\n");
  return `${rest}${rest === "" || rest.endsWith("\n") ? "" : "\n"}${line}\n`;
}

/** Words as one line for a shell of POSIX. */
export const shellLine = (words: readonly string[]): string => words.map(shellQuoted).join(" ");

const shellQuoted = (word: string): string => (/^[\w./:=@-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

/**
 * The line of a hook. On Windows Claude Code hands it to Git's bash or to the system's shell: double quotes and forward
 * slashes mean the same to both.
 */
export const hookLine = (words: readonly string[], platform: NodeJS.Platform): string =>
  platform === "win32" ? words.map((word) => `"${word.replaceAll("\\", "/")}"`).join(" ") : shellLine(words);
