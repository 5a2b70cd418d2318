/**
 * Bundles the command line into dist/: assay.js and the parts it loads when a command needs them. Files that end in
 * `-worker.ts` become entries of their own, beside it. Only DuckDB's native part stays outside.
 */
import { chmodSync, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
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
  return [...filesBelow("src"), ...["package.json", "package-lock.json", "scripts/build.mjs"].map((file) => join(root, file))];
}

/** How esbuild bundles for Node 20, for the program and for the bench. */
export const bundling = {
  absWorkingDir: root,
  bundle: true,
  platform: "node",
  target: "node20.19",
  format: "esm",
  loader: { ".sql": "text" },
  external: ["@duckdb/node-bindings*"],
  // CommonJS parts of dependencies (yaml) call require for Node's own modules.
  banner: { js: 'import { createRequire } from "node:module"; const require = createRequire(import.meta.url);' },
  logLevel: "warning",
};

/** @param {string} outdir from the project's root; what was in it is gone afterwards */
export async function build(outdir = "dist") {
  const { build: bundle } = await import("esbuild");
  const workers = filesBelow("src").filter((file) => file.endsWith("-worker.ts"));
  rmSync(join(root, outdir), { recursive: true, force: true });
  await bundle({
    ...bundling,
    entryPoints: [{ in: "src/main.ts", out: "assay" }, ...workers.map((file) => ({ in: file, out: basename(file, ".ts") }))],
    outdir,
    splitting: true,
    chunkNames: "parts/[name]-[hash]",
  });
  chmodSync(join(root, outdir, "assay.js"), 0o755);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(process.argv[2]);
