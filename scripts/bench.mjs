/** Bundles test/bench/run.ts beside the program and runs it with the arguments given. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, bundling } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
await build();
const { build: bundle } = await import("esbuild");
const outfile = join(root, "dist/bench.js");
await bundle({ ...bundling, entryPoints: ["test/bench/run.ts"], outfile });
const { status } = spawnSync(process.execPath, ["--expose-gc", outfile, ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
