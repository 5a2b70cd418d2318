import { join } from "node:path";
import { findTasks } from "../cline/find.ts";
import { editorUserFolders } from "../editor-folders.ts";
import { foldersOf } from "../find-files.ts";
import { findOpenCodeInputs } from "../opencode/find.ts";
import type { Source, SourceEnv } from "../source.ts";

/** Tasks of Kilo Code in editors, and sessions of its command line. README.md beside this file says whose readers they share. */
export const kilo = {
  id: "kilo",
  title: "Kilo Code tasks and sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    if (env.home === null) return;
    const storages = editorUserFolders(env).map((user) => join(user, "globalStorage", "kilocode.kilo-code"));
    // From release 4.119.0 on `tokensIn` is the whole prompt for every provider.
    const dialect = { agent: "kilo", wholePromptSince: Date.UTC(2025, 10, 12), inclusiveProviders: new Set<string>() };
    yield* findTasks("kilo", dialect, storages, env);
    const data = env.variables["XDG_DATA_HOME"] || join(env.home, ".local", "share");
    const folders = foldersOf(env.variables["KILO_DATA_DIR"], env.home) ?? [join(data, "kilo")];
    yield* findOpenCodeInputs({ source: "kilo", agent: "kilo", folders, database: /^kilo(?:-[\w-]+)?\.db$/ }, env);
  },
} as const satisfies Source;
