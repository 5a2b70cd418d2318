/** Bundles write-docs.ts and runs it: the generated pages of docs/ are made anew. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { bundling } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const outfile = join(root, "dist/write-docs.js");
await build({ ...bundling, entryPoints: ["scripts/write-docs.ts"], outfile });
const { status } = spawnSync(process.execPath, [outfile, join(root, "docs")], { stdio: "inherit" });
process.exitCode = status ?? 1;
