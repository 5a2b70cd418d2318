/** `npm start`: installs and builds what is missing or stale, then runs Assay with the arguments after `--`. */
import { fileURLToPath } from "node:url";
import { build, sourcesOfBuild } from "./build.mjs";
import { installIfNeeded, writtenAt } from "./install-if-needed.mjs";

const entry = fileURLToPath(new URL("../dist/assay.js", import.meta.url));

installIfNeeded();
const builtAt = writtenAt(entry);
if (sourcesOfBuild().some((file) => writtenAt(file) > builtAt)) {
  console.error("Building …");
  // esbuild has said by itself what is wrong.
  await build().catch(() => process.exit(1));
}
await import("../dist/assay.js");
