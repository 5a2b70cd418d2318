/** The built page and the API of the built-in sample, as `assay serve` serves them; and the browser that opens it. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { setTimeout } from "node:timers/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, chromium } from "playwright-core";
import { generateSample } from "../../src/sample/generate.ts";
import { organisationFile } from "../../src/sample/organisation-file.ts";
import { openAssay } from "../../src/app/open-assay.ts";
import { openServed } from "../../src/app/served-assay.ts";
import type { Answer } from "../../src/contract/answer.ts";
import { startServer } from "../../src/surfaces/http/server.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface ServedPage {
  /** Without a slash at its end. */
  readonly address: string;
  readonly answer: Answer;
  close(): Promise<void>;
}

/** Where Debian and others put it; null where there is none. */
export function findChromium(): string | null {
  const places = [process.env["CHROMIUM"], "/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
  return places.find((place) => place !== undefined && existsSync(place)) ?? null;
}

export function openBrowser(executablePath: string): Promise<Browser> {
  const args =
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync";
  return chromium.launch({ executablePath, args: args.split(" ") });
}

export async function servePage(): Promise<ServedPage> {
  const scratch = mkdtempSync(join(tmpdir(), "assay-page-"));
  const web = join(scratch, "web");
  const script = `import { buildPage } from ${JSON.stringify(join(root, "scripts/build.mjs"))}; await buildPage(${JSON.stringify(web)});`;
  const { status, stderr } = spawnSync(process.execPath, ["--input-type=module", "-e", script], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
  const path = process.env["PATH"];
  const { home, repositories } = await generateSample({
    directory: join(scratch, "organisation"),
    seed: 7,
    truth: false,
    ...(path === undefined ? {} : { path }),
  });
  const options = {
    folder: join(scratch, "store"),
    configFile: null,
    isSample: true,
    version: "test",
    variables: { PATH: path },
    platform: process.platform,
    now: Date.now,
    releaseMemory() {},
  };
  mkdirSync(options.folder);
  writeFileSync(join(options.folder, "assay.yaml"), organisationFile());
  const assay = openAssay(options);
  const places = { repositories: repositories.map(({ folder }) => folder), home };
  await assay.import({ ...places, progress() {}, signal: new AbortController().signal });
  const server = await startServer({
    assay: openServed(options, { timeMs: 10_000, rows: 100_000 }),
    storeDir: options.folder,
    host: "127.0.0.1",
    port: 0,
    assetsDir: web,
    version: "test",
    // Held at its first step until the page had time to show it.
    async runImport(progress, signal) {
      progress("reading logs", 1, 4);
      await setTimeout(400);
      return await assay.import({ ...places, progress, signal });
    },
    now: Date.now,
    onFault: (_id, error) => {
      throw error;
    },
  });
  return {
    address: server.address.replace(/\/$/, ""),
    answer: await assay.answer({ asOf: null }),
    async close() {
      await server.close();
      await assay.close();
      rmSync(scratch, { recursive: true, force: true });
    },
  };
}
