/** Where editors made from VS Code keep the data of their user and of extensions. */
import { join } from "node:path";
import type { SourceEnv } from "./source.ts";

const editors = ["Code", "Code - Insiders", "VSCodium", "Cursor", "Windsurf", "Trae", "Kiro", "Positron"];
/** Editors that run their extensions on another machine keep data there. */
const servers = [".vscode-server", ".vscode-server-insiders", ".vscodium-server", ".cursor-server", ".windsurf-server"];

/** Folders `User` of every editor, whether they exist or not; none without a home. @param only names of editors, all if left out */
export function editorUserFolders({ home, variables, platform }: SourceEnv, only: readonly string[] = editors): string[] {
  if (home === null) return [];
  const application =
    platform === "darwin"
      ? join(home, "Library", "Application Support")
      : platform === "win32"
        ? variables["APPDATA"] || join(home, "AppData", "Roaming")
        : variables["XDG_CONFIG_HOME"] || join(home, ".config");
  const remote = only === editors ? servers.map((server) => join(home, server, "data", "User")) : [];
  return [...only.map((editor) => join(application, editor, "User")), ...remote];
}
