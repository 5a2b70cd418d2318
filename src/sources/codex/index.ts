import { basename } from "node:path";
import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findRollouts, sessionOfName, sourceId } from "./discover.ts";
import { codexFormat } from "./parse.ts";

/** Rollouts of Codex on this machine. README.md beside this file says where they are and how they are read. */
export const codex = {
  id: sourceId,
  title: "Codex rollouts",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findRollouts(env))
      yield "problem" in found ? found : foundJson(found, sourceId, sessionOfName(basename(found.path)), env, () => codexFormat);
  },
} as const satisfies Source;
