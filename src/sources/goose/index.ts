import { join } from "node:path";
import { findOneDatabase } from "../found-database.ts";
import type { Source, SourceEnv } from "../source.ts";
import { agentName, readSessions } from "./database.ts";

/** Goose's database on this machine. README.md beside this file says where it is and how it is read. */
export const goose = {
  id: agentName,
  title: "Goose sessions",
  inRepositories: false,
  async *discover(env: SourceEnv) {
    for (const folder of dataFolders(env)) {
      const path = join(folder, "sessions", "sessions.db");
      yield* findOneDatabase(agentName, path, (database, from) => readSessions(database, from, path, env.fingerprinter));
    }
  },
} as const satisfies Source;

function dataFolders({ home, variables, platform }: SourceEnv): string[] {
  if (home === null) return [];
  const root = variables["GOOSE_PATH_ROOT"];
  if (root) return [join(root, "data")];
  const shared = join(variables["XDG_DATA_HOME"] || join(home, ".local", "share"), "goose");
  if (platform === "win32") return [join(variables["APPDATA"] || join(home, "AppData", "Roaming"), "Block", "goose", "data")];
  return platform === "darwin" ? [join(home, "Library", "Application Support", "goose"), shared] : [shared];
}
