/** Whether agents' logs are read before they are deleted, where that was asked for. */
import { existsSync } from "node:fs";
import { stateOfHook } from "../capture/install.ts";
import { readInstalled, readRuns } from "../capture/kept.ts";
import { type Check, dayMs, failed, ok, warning } from "./check.ts";

/** A schedule reads every hour a machine is on; one that was off over a weekend is no fault. */
const silentDays = 4;

export const captureChecks: readonly Check[] = [
  {
    id: "capture",
    theme: "sources",
    needs: "nothing",
    async run({ options }) {
      const installed = readInstalled(options.folder);
      if (installed === null)
        return ok("Nothing reads the logs by itself; Claude Code deletes its own after 30 days. `assay capture install` changes that.");
      const again = "Run `assay capture install` again.";
      const gone = installed.program.find((path) => !existsSync(path));
      if (gone !== undefined) return failed(`Capture starts ${gone}, which is not there any more: logs are not read.`, again);
      const hook = installed.hooks.map(stateOfHook).find(({ state }) => state !== "present");
      if (hook !== undefined) return warning(`The hook of capture is ${hook.state} in ${hook.file}.`, again);
      const last = readRuns(options.folder)?.last;
      if (last === undefined) return ok("Capture is installed; it has not read anything yet.");
      if (last.outcome === "failed")
        return warning(`The last reading of capture failed: ${last.sentence}`, last.hint ?? "Run `assay import`.");
      const days = (options.now() - Date.parse(last.endedAt)) / dayMs;
      if (installed.schedule !== null && days > silentDays)
        return warning(`Capture has read nothing since ${last.endedAt}.`, "`assay capture status` says whether its schedule is there.");
      return ok(`Capture read the logs at ${last.endedAt}.`);
    },
  },
];
