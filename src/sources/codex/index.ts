import { basename } from "node:path";
import { foundFile } from "../found-file.ts";
import { parseJsonLines } from "../json-lines.ts";
import type { JsonInput } from "../json-reading.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findRollouts, sessionOfName, sourceId } from "./discover.ts";
import { codexFormat } from "./parse.ts";

/** Rollouts of Codex on this machine. README.md beside this file says where they are and how they are read. */
export const codex = {
  id: sourceId,
  title: "Codex rollouts",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findRollouts(env)) {
      if ("problem" in found) {
        yield found;
        continue;
      }
      const input: JsonInput = {
        source: sourceId,
        locator: found.path,
        session: sessionOfName(basename(found.path)),
        complete: false,
        fingerprinter: env.fingerprinter,
      };
      yield foundFile(found, sourceId, (open, from) => parseJsonLines(open, from, input, codexFormat));
    }
  },
} as const satisfies Source;
