import { basename } from "node:path";
import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findThreads, sourceId } from "./discover.ts";
import { ampFormat } from "./parse.ts";

/** Threads of Amp on this machine. README.md beside this file says where they are and how they are read. */
export const amp = {
  id: sourceId,
  title: "Amp threads",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findThreads(env))
      yield "problem" in found ? found : foundJson(found, sourceId, basename(found.path, ".json"), env, () => ampFormat, "document");
  },
} as const satisfies Source;
