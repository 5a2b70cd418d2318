#!/usr/bin/env node
/** The composition root: the only place that reads environment, arguments, clock and home folder. */
import { mkdir, readdir, rm, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import type { Assay } from "./app/assay.ts";
import type { Machine, OpenOptions, SampleFolders, Screen } from "./surfaces/cli/machine.ts";
import { runCli } from "./surfaces/cli/run.ts";

const machine: Machine = {
  stdout: screen(process.stdout),
  stderr: screen(process.stderr),
  version: packageJson.version,
  platform: process.platform,
  homeDir: homedir(),
  workingDir: process.cwd(),
  variables: process.env,
  now: Date.now,
  openAssay: open,
  makeSample,
  isFolder: async (path) => (await stat(path).catch(() => null))?.isDirectory() ?? false,
  async writeText(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  interruptSignal,
};

/** DuckDB, zod and all that reads are loaded here, when a command needs a store. */
async function open({ storeDir, configFile, isSample }: OpenOptions): Promise<Assay> {
  const { openAssay } = await import("./app/open-assay.ts");
  const { env, platform } = process;
  // The sample has a home of its own: variables that move the agents' folders would lead back to this user's.
  const variables = isSample ? { PATH: env["PATH"] } : env;
  return openAssay({ folder: storeDir, configFile, isSample, version: packageJson.version, variables, platform, now: Date.now });
}

const sampleSeed = 7;

/** The invented organisation, made once. A folder without its mark was left half made and is made anew. */
async function makeSample(folder: string): Promise<SampleFolders> {
  const directory = join(folder, "organisation");
  const mark = join(folder, `made-${packageJson.version}-${sampleSeed}`);
  if ((await stat(mark).catch(() => null)) === null) {
    const { generateSample } = await import("./sample/generate.ts");
    for (const made of [directory, join(folder, "store")]) await rm(made, { recursive: true, force: true });
    await generateSample({ directory, seed: sampleSeed, ...(process.env["PATH"] === undefined ? {} : { path: process.env["PATH"] }) });
    await writeFile(mark, "");
  }
  const repositories = await readdir(join(directory, "repos"));
  return { home: join(directory, "home"), repositories: repositories.sort().map((name) => join(directory, "repos", name)) };
}

function screen(stream: NodeJS.WriteStream): Screen {
  return {
    write: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.isTTY ? stream.columns : undefined,
    colorDepth: stream.isTTY ? stream.getColorDepth() : 1,
  };
}

const interrupt = new AbortController();

function interruptSignal(): AbortSignal {
  if (process.listenerCount("SIGINT") === 0) process.on("SIGINT", stopOrLeave);
  return interrupt.signal;
}

/** The first Ctrl-C asks to stop, the second leaves with the shells' code for it. */
function stopOrLeave(): void {
  if (interrupt.signal.aborted) process.exit(130);
  process.stderr.write("\nStopping after what is being read; Ctrl-C again leaves at once.\n");
  interrupt.abort();
}

/** Who reads may leave early (`assay problems | head`): that is no fault. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
}

process.exitCode = await runCli(process.argv.slice(2), machine);
