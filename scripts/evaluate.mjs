/** Builds the program and the parts of test/evaluate/, and runs test/evaluate/run.ts with the arguments given. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build, bundling } from "./build.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
await build();
const { build: bundle } = await import("esbuild");
// Beside the program, which they start.
const parts = ["run", "one-seed"].map((name) => ({ in: `test/evaluate/${name}.ts`, out: `evaluate-${name}` }));
await bundle({ ...bundling, entryPoints: parts, outdir: "dist" });
const { status } = spawnSync(process.execPath, [join(root, "dist/evaluate-run.js"), ...process.argv.slice(2)], { stdio: "inherit" });
process.exitCode = status ?? 1;
