/** What capture has to say, for a terminal. */
import type { InstallResult } from "../../app/capture/install.ts";
import type { CaptureRun, CaptureStatus, ScheduleKind } from "../../contract/capture.ts";
import { printable } from "./printable.ts";

const scheduleTitles: Readonly<Record<ScheduleKind, string>> = {
  systemd: "systemd timer",
  launchd: "launchd agent",
  "task-scheduler": "Task Scheduler",
  crontab: "crontab line",
};

export function installText({ changed, notices, status }: InstallResult): string {
  const head = changed ? "Capture is installed." : "Capture was installed already; nothing was changed.";
  return `${[head, ...notices].map(printable).join("\n")}\n${captureStatusText(status)}`;
}

export function captureStatusText(status: CaptureStatus): string {
  if (!status.installed) return "Capture is not installed. `assay capture install` reads logs before agents delete them.\n";
  const { hooks, schedule, missingPrograms, keptDays, last, lastFailure } = status;
  const lines = [
    ...hooks.map(({ file, state }) => `hook      ${state}: ${file}`),
    ...(hooks.length === 0 ? ["hook      none"] : []),
    schedule === null ? "schedule  none" : `schedule  ${schedule.state}: ${scheduleTitles[schedule.kind]} ${schedule.name}, every hour`,
    ...keptDays.map(({ days }) => `kept      Claude Code deletes transcripts after ${days} days`),
    ...missingPrograms.map((path) => `missing   ${path}: run \`assay capture install\` again`),
    last === null ? "last run  none yet" : `last run  ${runText(last)}`,
    ...(lastFailure === null || lastFailure.startedAt === last?.startedAt ? [] : [`failed    ${runText(lastFailure)}`]),
  ];
  return `${lines.map(printable).join("\n")}\n`;
}

const runText = ({ endedAt, by, outcome, sentence, hint }: CaptureRun): string =>
  `${endedAt} by ${by}: ${outcome === "failed" ? "failed: " : ""}${sentence}${hint === null ? "" : ` ${hint}`}`;
