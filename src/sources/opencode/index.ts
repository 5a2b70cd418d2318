import { join } from "node:path";
import { foldersOf } from "../find-files.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findOpenCodeInputs } from "./find.ts";

/** OpenCode's database and older JSON files on this machine. README.md beside this file says where they are and how they are read. */
export const openCode = {
  id: "opencode",
  title: "OpenCode sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    if (env.home === null) return;
    const data = env.variables["XDG_DATA_HOME"] || join(env.home, ".local", "share");
    const folders = foldersOf(env.variables["OPENCODE_DATA_DIR"], env.home) ?? [join(data, "opencode")];
    yield* findOpenCodeInputs({ source: "opencode", agent: "opencode", folders, database: /^opencode(?:-[\w-]+)?\.db$/ }, env);
  },
} as const satisfies Source;
