#!/usr/bin/env node
/** The composition root: the only place that reads environment, arguments, clock and home folder. */
import { mkdir, stat, statfs, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import packageJson from "../package.json" with { type: "json" };
import type { Assay } from "./app/assay.ts";
import type { Machine, OpenOptions, SampleFolders, Screen } from "./surfaces/cli/machine.ts";
import { runCli } from "./surfaces/cli/run.ts";

const machine: Machine = {
  stdout: screen(() => process.stdout),
  stderr: screen(() => process.stderr),
  version: packageJson.version,
  platform: process.platform,
  nodeVersion: process.version,
  homeDir: homedir(),
  workingDir: process.cwd(),
  variables: process.env,
  now: Date.now,
  openAssay: open,
  makeSample,
  freeBytes: async (folder) =>
    await statfs(folder).then(
      ({ bavail, bsize }) => bavail * bsize,
      () => null,
    ),
  isFolder: async (path) => (await stat(path).catch(() => null))?.isDirectory() ?? false,
  async writeText(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  interruptSignal,
};

/** Lies in a store that holds the invented organisation and nothing else. */
const sampleMark = "is-sample";

/** DuckDB, zod and all that reads are loaded here, when a command needs a store. */
async function open({ storeDir, configFile }: OpenOptions): Promise<Assay> {
  const { openAssay } = await import("./app/open-assay.ts");
  const { env, platform } = process;
  const isSample = await exists(join(storeDir, sampleMark));
  // The sample has a home of its own: variables that move the agents' folders would lead back to this user's.
  const variables = isSample ? { PATH: env["PATH"] } : env;
  return openAssay({
    folder: storeDir,
    configFile,
    isSample,
    version: packageJson.version,
    variables,
    platform,
    now: Date.now,
    releaseMemory,
    network: { fetch, wait: async (ms, signal) => void (await setTimeout(ms, null, { signal })) },
  });
}

/** Node hands its collector out only under this flag; a heap left to itself grows to twice what is alive before it is swept. */
function releaseMemory(): void {
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}

/** The invented organisation, made once for each version, in a store of its own. */
async function makeSample(folder: string): Promise<SampleFolders> {
  const { generateSample } = await import("./sample/generate.ts");
  const path = process.env["PATH"];
  const made = await generateSample({
    directory: join(folder, "organisation"),
    seed: 7,
    truth: false,
    ...(path === undefined ? {} : { path }),
  });
  const storeDir = join(folder, `store-${packageJson.version}`);
  await mkdir(storeDir, { recursive: true });
  await writeFile(join(storeDir, sampleMark), "");
  return { storeDir, home: made.home, repositories: made.repositories.map((repository) => repository.folder) };
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => null)) !== null;
}

/** Node opens a stream when it is first named, which costs a start some milliseconds: nobody pays for one that is not used. */
function screen(open: () => NodeJS.WriteStream): Screen {
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    opened ??= open().on("error", leaveWithReader);
    return opened;
  };
  return {
    write: (text) => void stream().write(text),
    get isTerminal() {
      return stream().isTTY === true;
    },
    get columns() {
      return stream().isTTY ? stream().columns : undefined;
    },
    get colorDepth() {
      return stream().isTTY ? stream().getColorDepth() : 1;
    },
  };
}

/** Who reads may leave early (`assay problems | head`): that is no fault. */
function leaveWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit();
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

process.exitCode = await runCli(process.argv.slice(2), machine);
