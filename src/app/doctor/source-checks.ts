/** The logs: whether they are found, and whether some will be gone before they are read. */
import { Fingerprinter } from "../../lines/fingerprint.ts";
import { sources } from "../../sources/registry.ts";
import type { Found, SourceEnv } from "../../sources/source.ts";
import type { Problem } from "../../contract/problem.ts";
import { discover } from "../nothing-new.ts";
import { sameState } from "../seen.ts";
import { type Check, type DoctorContext, counted, dayMs, dayOf, ok, warning } from "./check.ts";

/** Claude Code deletes transcripts after 30 days unless `cleanupPeriodDays` of its settings says otherwise. */
const keptDays = 30;
const warnAfterDays = 20;

export const sourceChecks: readonly Check[] = [
  {
    id: "logs_found",
    theme: "sources",
    needs: "nothing",
    async run(context) {
      const { logs, problems } = await logsOf(context);
      const [first] = problems;
      if (first !== undefined)
        return warning(
          `${counted(problems.length, "place")} of logs cannot be read; the first: ${first.locator}: ${first.message}.`,
          first.hint ?? "Check who may read it.",
        );
      if (context.asked.home === null) return ok("No home folder is looked into.");
      const times = logs.map(({ found }) => found.state.mtimeMs);
      return logs.length === 0
        ? warning(
            "No log of an agent was found.",
            "Name the home folder with --home; where an agent's logs were moved, its own variable says so (CLAUDE_CONFIG_DIR, CODEX_HOME …: docs/sources.md).",
          )
        : ok(
            `${counted(logs.length, "log")} found; the oldest ended on ${dayOf(Math.min(...times))}, the newest on ${dayOf(Math.max(...times))}.`,
          );
    },
  },
  {
    id: "logs_read",
    theme: "sources",
    needs: "facts",
    async run(context, facts) {
      const { logs } = await logsOf(context);
      const unread: Found[] = [];
      for (const source of new Set(logs.map((log) => log.source))) {
        const states = await facts.inputStates(source);
        unread.push(
          ...logs
            .filter((log) => log.source === source && !sameState(states.get(log.found.key), log.found.state))
            .map(({ found }) => found),
        );
      }
      const now = context.options.now();
      const old = unread.filter(({ state }) => now - state.mtimeMs > warnAfterDays * dayMs);
      if (old.length > 0)
        return warning(
          `${counted(old.length, "log")} not yet read ended more than ${warnAfterDays} days ago: agents delete logs after about ${keptDays}.`,
          "Run `assay import` now; `assay watch` or a daily import keeps up.",
        );
      return ok(unread.length === 0 ? "Every log found is read." : `${counted(unread.length, "log")} grew since the last import.`);
    },
  },
  {
    id: "logs_unbroken",
    theme: "sources",
    needs: "facts",
    async run(context, { database }) {
      const { logs } = await logsOf(context);
      const [row] = await database.all("SELECT max(instant_ms) AS newest FROM sighting");
      const newest = row?.["newest"] === null || row?.["newest"] === undefined ? null : Number(row["newest"]);
      if (newest === null || logs.length === 0) return ok("There is no usage, or no log, to find a gap between.");
      const oldest = Math.min(...logs.map(({ found }) => found.state.mtimeMs));
      const gap = Math.floor((oldest - newest) / dayMs);
      return gap >= 1
        ? warning(
            `The newest usage known is of ${dayOf(newest)}, and the oldest log left ended on ${dayOf(oldest)}: logs of the ${counted(gap, "day")} between may have been deleted unread.`,
            "Import what is left; restore the logs of those days from a backup if you have one.",
          )
        : ok(`The logs that are left reach back to ${dayOf(oldest)}, before the newest usage known (${dayOf(newest)}).`);
    },
  },
];

interface Log {
  readonly source: string;
  readonly found: Found;
}

/** Logs below the home folder; what lies in repositories is not deleted by age. */
async function logsOf({ options, asked }: DoctorContext): Promise<{ logs: Log[]; problems: Problem[] }> {
  const { variables, platform } = options;
  // Looking needs no key: nothing is read.
  const env: SourceEnv = { home: asked.home, variables, platform, gitDirs: [], fingerprinter: new Fingerprinter("0".repeat(32)) };
  const all = await discover(
    sources.filter(({ inRepositories }) => !inRepositories),
    env,
  );
  return {
    logs: all.flatMap(({ source, found }) => found.map((one): Log => ({ source: source.id, found: one }))),
    problems: all.flatMap(({ problems }) => problems),
  };
}
