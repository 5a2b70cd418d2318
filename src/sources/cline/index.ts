import { join } from "node:path";
import { editorUserFolders } from "../editor-folders.ts";
import { expandHome, findFiles } from "../find-files.ts";
import type { Source, SourceEnv } from "../source.ts";
import { findTasks } from "./find.ts";
import { foundSession } from "./sessions.ts";
import type { Dialect } from "./task.ts";

const extension = "saoudrizwan.claude-dev";

/** `tokensIn` is without cached tokens, but for providers of the OpenAI kind whose own count it is. */
const dialect: Dialect = {
  agent: "cline",
  wholePromptSince: null,
  inclusiveProviders: new Set(["openai", "litellm", "doubao", "fireworks", "hicap", "lmstudio", "qwen", "xai", "zai"]),
};

/** Tasks of Cline in editors, and sessions of its command line. README.md beside this file says where they are and how they are read. */
export const cline = {
  id: "cline",
  title: "Cline tasks",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    if (env.home === null) return;
    const data = dataFolder(env, env.home);
    const storages = [...editorUserFolders(env).map((user) => join(user, "globalStorage", extension)), data];
    yield* findTasks("cline", dialect, storages, env);
    const sessions = storages.map((storage) => join(storage, "sessions"));
    for (const file of findFiles("cline", sessions, (name) => name.endsWith(".messages.json"))) {
      yield "problem" in file ? file : foundSession(file, "cline", env.fingerprinter);
    }
  },
} as const satisfies Source;

function dataFolder({ variables }: SourceEnv, home: string): string {
  const data = variables["CLINE_DATA_DIR"];
  if (data) return expandHome(data, home);
  return join(expandHome(variables["CLINE_DIR"] || "~/.cline", home), "data");
}
