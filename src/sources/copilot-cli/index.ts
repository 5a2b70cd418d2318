import { basename, dirname, join } from "node:path";
import { type InputFile, findFiles, foldersOf } from "../find-files.ts";
import { findOneDatabase } from "../found-database.ts";
import { foundFile } from "../found-file.ts";
import { parseJsonLines } from "../json-lines.ts";
import type { Found, Source, SourceEnv } from "../source.ts";
import { readUsage } from "./database.ts";
import { copilotFormat } from "./parse.ts";

const sourceId = "copilot-cli";

/** Events and session store of Copilot CLI on this machine. README.md beside this file says where they are and how they are read. */
export const copilotCli = {
  id: sourceId,
  title: "Copilot CLI sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    if (env.home === null) return;
    const homes = foldersOf(env.variables["COPILOT_HOME"], env.home) ?? [join(env.home, ".copilot")];
    for (const home of homes) {
      const store = join(home, "session-store.db");
      yield* findOneDatabase(sourceId, store, (database, from) => readUsage(database, from, store, sourceId, env.fingerprinter));
      const states = join(home, "session-state");
      for (const found of findFiles(sourceId, [states], (name) => name.endsWith(".jsonl"))) {
        if ("problem" in found) yield found;
        else if (basename(found.path) === "events.jsonl" || dirname(found.path) === states) yield foundEvents(found, env);
      }
    }
  },
} as const satisfies Source;

/** A session has a folder of its own; older versions kept its events in a file named after it. */
function foundEvents(file: InputFile, { fingerprinter }: SourceEnv): Found {
  const name = basename(file.path, ".jsonl");
  const session = name === "events" ? basename(dirname(file.path)) : name;
  const input = { source: sourceId, locator: file.path, session, complete: false, fingerprinter };
  return foundFile(file, sourceId, (open, from) => parseJsonLines(open, from, input, copilotFormat));
}
