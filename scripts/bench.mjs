/** Builds the program and the parts of test/bench/, each on its own, and runs test/bench/run.ts with the arguments given. */
import { spawnSync } from "node:child_process";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, bundling, filesBelow } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
await build();
const { build: bundle } = await import("esbuild");
const parts = filesBelow("test/bench").filter((file) => file.endsWith(".ts") && !file.endsWith(".test.ts"));
// Beside the program, where it looks for its workers.
await bundle({ ...bundling, entryPoints: parts.map((file) => ({ in: file, out: `bench-${basename(file, ".ts")}` })), outdir: "dist" });
const { status } = spawnSync(process.execPath, [join(root, "dist/bench-run.js"), ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
