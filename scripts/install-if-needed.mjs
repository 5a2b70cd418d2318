/** Runs `npm ci` when node_modules is missing or older than package-lock.json. Plain JavaScript: nothing is installed yet. */
import { spawnSync } from "node:child_process";
import { statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const oldestNode = [20, 19];

/** @param {string} path @returns {number} when it was last written, ms; -Infinity where there is nothing */
export function writtenAt(path) {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? -Infinity;
}

function requireNode() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major > oldestNode[0] || (major === oldestNode[0] && minor >= oldestNode[1])) return;
  console.error(`Assay needs Node ${oldestNode.join(".")} or newer; this is ${process.versions.node}. Install a newer one and try again.`);
  process.exit(2);
}

/** Installs what package-lock.json names. npm's own words go to stderr, so that stdout stays the answer's. */
export function installIfNeeded() {
  requireNode();
  if (writtenAt(join(root, "node_modules/.package-lock.json")) >= writtenAt(join(root, "package-lock.json"))) return;
  console.error("Installing what Assay needs (once, about half a minute) …");
  const npm = process.platform === "win32" ? "npm.cmd" : "npm";
  const args = ["ci", "--include=dev", "--no-audit", "--no-fund"];
  const { status, error } = spawnSync(npm, args, { cwd: root, stdio: ["ignore", 2, 2], shell: process.platform === "win32" });
  if (status === 0) return;
  console.error(`npm ci failed${error ? `: ${error.message}` : ""}. Run it by hand in this folder to see why, then try again.`);
  process.exit(1);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) installIfNeeded();
