/**
 * Bundles the command line into dist/: assay.js and the parts it loads when a command needs them. Files that end in
 * `-worker.ts` become entries of their own, beside it. The databases' native parts stay outside. The page goes into web/
 * below it.
 */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));

/** @returns {string[]} every file below a folder, as paths from the project's root */
export function filesBelow(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

/** What dist/ is made of: newer than dist means build. */
export function sourcesOfBuild() {
  const alone = ["package.json", "package-lock.json", "scripts/build.mjs", "web/index.html", "web/vite.config.ts"];
  return [...["src", "web/src", "web/public"].flatMap(filesBelow), ...alone.map((file) => join(root, file))];
}

/** How esbuild bundles for Node 20, for the program and for the bench. */
export const bundling = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  loader: { ".sql": "text" },
  external: ["@duckdb/node-bindings*", "libsql"],
  // CommonJS parts of dependencies (yaml) call require for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
};

/** @param {string} outdir from the project's root; what was in it is gone afterwards */
export async function build(outdir = "dist") {
  const { build: bundle } = await import("esbuild");
  const workers = filesBelow("src").filter((file) => file.endsWith("-worker.ts"));
  rmSync(join(root, outdir), { recursive: true, force: true });
  const program = bundle({
    ...bundling,
    entryPoints: [{ in: "src/main.ts", out: "assay" }, ...workers.map((file) => ({ in: file, out: basename(file, ".ts") }))],
    outdir,
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
  });
  await Promise.all([program, buildPage(join(outdir, "web"))]);
  chmodSync(join(root, outdir, "assay.js"), 0o755);
}

/** @param {string} outdir from the project's root */
export async function buildPage(outdir) {
  const { build: bundle } = await import("vite");
  const { NODE_ENV } = process.env;
  // React is built as it is shipped, whatever runs the build.
  process.env.NODE_ENV = "production";
  await bundle({
    configFile: join(root, "web/vite.config.ts"),
    logLevel: "warn",
    build: { outDir: resolve(root, outdir), emptyOutDir: true },
  }).finally(() => {
    if (NODE_ENV === undefined) delete process.env.NODE_ENV;
    else process.env.NODE_ENV = NODE_ENV;
  });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv[2]);
