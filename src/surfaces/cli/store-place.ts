import { posix, win32 } from "node:path";
import type { Machine } from "./machine.ts";

/**
 * The folder of the store when nobody names one: `${XDG_DATA_HOME:-~/.local/share}/assay`, and the platform's own place
 * on macOS and Windows (RULINGS 9). A relative XDG_DATA_HOME is ignored, as the XDG base directory specification asks.
 */
export function defaultStoreDir(machine: Pick<Machine, "platform" | "homeDir" | "variables">): string {
  const { platform, homeDir, variables } = machine;
  if (platform === "win32") return win32.join(variables["LOCALAPPDATA"] || win32.join(homeDir, "AppData", "Local"), "assay");
  if (platform === "darwin") return posix.join(homeDir, "Library", "Application Support", "assay");
  const named = variables["XDG_DATA_HOME"];
  return posix.join(named && posix.isAbsolute(named) ? named : posix.join(homeDir, ".local", "share"), "assay");
}
