import { statSync } from "node:fs";
import { basename, join, sep } from "node:path";
import { editorUserFolders } from "../editor-folders.ts";
import { type InputFile, findFiles, foldersOf } from "../find-files.ts";
import { findOneDatabase } from "../found-database.ts";
import { foundFile } from "../found-file.ts";
import { parseJsonLines } from "../json-lines.ts";
import type { Found, Source, SourceEnv } from "../source.ts";
import { openSqlite } from "../sqlite.ts";
import { agentName, hasConversation, readConversations } from "./database.ts";
import { transcriptFormat } from "./transcript.ts";

/** Conversations of Cursor's editor and transcripts of its agent. README.md beside this file says where they are and how they are read. */
export const cursor = {
  id: agentName,
  title: "Cursor conversations",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    if (env.home === null) return;
    const databases = editorUserFolders(env, ["Cursor"]).map((user) => join(user, "globalStorage", "state.vscdb"));
    for (const path of databases)
      yield* findOneDatabase(agentName, path, (database, from) => readConversations(database, from, path, env.fingerprinter));
    const homes = foldersOf(env.variables["CURSOR_CONFIG_DIR"], env.home) ?? [join(env.home, ".cursor")];
    const projects = homes.map((home) => join(home, "projects"));
    for (const file of findFiles(agentName, projects, (name) => name.endsWith(".jsonl"))) {
      if ("problem" in file) yield file;
      else if (file.path.includes(`${sep}agent-transcripts${sep}`)) yield foundTranscript(file, databases, env);
    }
  },
} as const satisfies Source;

function foundTranscript(file: InputFile, databases: readonly string[], { fingerprinter }: SourceEnv): Found {
  const session = basename(file.path, ".jsonl");
  const input = { source: agentName, locator: file.path, session, complete: false, fingerprinter };
  return foundFile(file, agentName, async function* (open, from) {
    const stats = statSync(file.path);
    const startedAt = Math.floor(stats.birthtimeMs > 0 ? Math.min(stats.birthtimeMs, stats.mtimeMs) : stats.mtimeMs);
    yield* parseJsonLines(open, from, input, transcriptFormat(startedAt, await isInEditor(databases, session)));
  });
}

/** Whether the editor's database tells this conversation, with times and results. One that cannot be read tells nothing. */
async function isInEditor(databases: readonly string[], session: string): Promise<boolean> {
  for (const path of databases) {
    try {
      const database = await openSqlite(path);
      const known = database.columns("cursorDiskKV").has("key") && hasConversation(database, session);
      database.close();
      if (known) return true;
    } catch {
      // It is named as a problem where it is read; here it only could have said that a transcript is not needed.
    }
  }
  return false;
}
