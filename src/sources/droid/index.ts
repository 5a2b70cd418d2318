import { basename } from "node:path";
import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findSessions, settingsEnd, sourceId, startOfSession } from "./discover.ts";
import { droidFormat } from "./parse.ts";
import { settingsFormat } from "./settings.ts";

/** Sessions of Factory Droid on this machine. README.md beside this file says where they are and how they are read. */
export const droid = {
  id: sourceId,
  title: "Factory Droid sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findSessions(env)) {
      if ("problem" in found) yield found;
      else if (found.path.endsWith(settingsEnd)) {
        const session = basename(found.path, settingsEnd);
        yield foundJson(found, sourceId, session, env, () => settingsFormat(startOfSession(found.path)), "document");
      } else yield foundJson(found, sourceId, basename(found.path, ".jsonl"), env, () => droidFormat);
    }
  },
} as const satisfies Source;
