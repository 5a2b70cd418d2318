/** The commands about capture: their flags and words. */
import { buildCommand, buildRouteMap } from "@stricli/core";
import type { CaptureInstallFlags, CaptureRunFlags } from "./commands/capture.ts";
import type { CliContext } from "./context.ts";
import { type CommonFlags, commonFlags, searchFlags } from "./flags.ts";

const install = buildCommand<CaptureInstallFlags, [], CliContext>({
  loader: async () => (await import("./commands/capture.ts")).installCommand,
  parameters: {
    flags: {
      repo: searchFlags.repo,
      home: searchFlags.home,
      schedule: { kind: "boolean", optional: true, brief: "Read every hour too (the default), or by the hook alone" },
      ...commonFlags,
    },
  },
  docs: {
    brief: "Read logs at the end of every session of Claude Code, and every hour",
    fullDescription:
      "Read logs at the end of every session of Claude Code, and every hour, before agents delete them.\nPuts a SessionEnd hook into the user's settings of Claude Code and a schedule into systemd, launchd, the Task Scheduler or the crontab. Twice changes nothing.",
  },
});

const remove = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/capture.ts")).removeCommand,
  parameters: { flags: commonFlags },
  docs: { brief: "Take away what install put there, and nothing else" },
});

const status = buildCommand<CommonFlags, [], CliContext>({
  loader: async () => (await import("./commands/capture.ts")).statusCommand,
  parameters: { flags: commonFlags },
  docs: { brief: "Say what is installed, when it last read and what it said" },
});

const run = buildCommand<CaptureRunFlags, [], CliContext>({
  loader: async () => (await import("./commands/capture.ts")).runCommand,
  parameters: {
    flags: {
      by: { kind: "enum", values: ["hook", "schedule", "person"], default: "person", brief: "What starts it; kept with what it says" },
      detach: { kind: "boolean", optional: true, withNegated: false, brief: "Return at once and read in a process of its own" },
      ...commonFlags,
    },
  },
  docs: {
    brief: "Read once, quietly, as the hook and the schedule do",
    fullDescription:
      "Read once, quietly, as the hook and the schedule do.\nPrints nothing: `assay capture status` tells what it said. Asks no forge. Where another reading waits already it leaves.",
  },
});

export const capture = buildRouteMap({
  routes: { install, remove, status, run },
  docs: { brief: "Read agents' logs by itself, before they are deleted" },
});
