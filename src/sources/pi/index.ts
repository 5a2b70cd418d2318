import { basename } from "node:path";
import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findSessions, sessionOfName, sourceId } from "./discover.ts";
import { piFormat } from "./parse.ts";

/** Sessions of Pi on this machine. README.md beside this file says where they are and how they are read. */
export const pi = {
  id: sourceId,
  title: "Pi sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findSessions(env))
      yield "problem" in found ? found : foundJson(found, sourceId, sessionOfName(basename(found.path)), env, () => piFormat);
  },
} as const satisfies Source;
