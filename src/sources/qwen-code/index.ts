import { basename } from "node:path";
import { foundJson } from "../json-file.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findChats, sourceId } from "./discover.ts";
import { qwenFormat } from "./parse.ts";

/** Chats of Qwen Code on this machine. README.md beside this file says where they are and how they are read. */
export const qwenCode = {
  id: sourceId,
  title: "Qwen Code chats",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findChats(env))
      yield "problem" in found ? found : foundJson(found, sourceId, basename(found.path, ".jsonl"), env, () => qwenFormat);
  },
} as const satisfies Source;
