import { join } from "node:path";
import { findTasks } from "../cline/find.ts";
import { editorUserFolders } from "../editor-folders.ts";
import type { Source, SourceEnv } from "../source.ts";

/** Tasks of Roo Code in editors. README.md beside this file says how they differ from Cline's, whose reader they share. */
export const roo = {
  id: "roo",
  title: "Roo Code tasks",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    const storages = editorUserFolders(env).map((user) => join(user, "globalStorage", "rooveterinaryinc.roo-cline"));
    // From release 3.29.5 on `tokensIn` is the whole prompt for every provider.
    const dialect = { agent: "roo", wholePromptSince: Date.UTC(2025, 10, 1), inclusiveProviders: new Set<string>() };
    yield* findTasks("roo", dialect, storages, env);
  },
} as const satisfies Source;
