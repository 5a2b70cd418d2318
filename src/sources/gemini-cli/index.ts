import { basename, dirname } from "node:path";
import type { InputFile } from "../find-files.ts";
import { foundJson } from "../json-file.ts";
import type { Found, Source, SourceEnv } from "../source.ts";
import { findConversations, projectFolder, sourceId } from "./discover.ts";
import { geminiFormat } from "./parse.ts";

/** Conversations of Gemini CLI on this machine. README.md beside this file says where they are and how they are read. */
export const geminiCli = {
  id: sourceId,
  title: "Gemini CLI conversations",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const found of findConversations(env)) yield "problem" in found ? found : foundConversation(found, env);
  },
} as const satisfies Source;

function foundConversation(file: InputFile, env: SourceEnv): Found {
  const isDocument = file.path.endsWith(".json");
  const session = basename(file.path, isDocument ? ".json" : ".jsonl");
  const folder = dirname(file.path);
  const parent = basename(folder) === "chats" ? null : basename(folder); // a sub-agent's stands below its parent's id
  const project = dirname(parent === null ? folder : dirname(folder));
  const format = () => geminiFormat({ parent, cwd: projectFolder(project) });
  return foundJson(file, sourceId, session, env, format, isDocument ? "document" : "lines");
}
