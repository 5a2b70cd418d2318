import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findWires, placeOf, sourceId } from "./discover.ts";
import { kimiFormat } from "./parse.ts";

/** Wires of Kimi CLI and Kimi Code on this machine. README.md beside this file says where they are and how they are read. */
export const kimi = {
  id: sourceId,
  title: "Kimi wires",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findWires(env)) {
      if ("problem" in found) yield found;
      else yield foundJson(found, sourceId, found.path, env, () => kimiFormat(placeOf(found.path)));
    }
  },
} as const satisfies Source;
