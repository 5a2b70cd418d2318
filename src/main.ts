#!/usr/bin/env node
/** The composition root: the only place that reads environment, arguments, clock and home folder. */
import { mkdir, stat, statfs, writeFile } from "node:fs/promises";
import { constants, homedir, setPriority } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import packageJson from "../package.json" with { type: "json" };
import type { Assay, ImportSummary, Progress } from "./app/assay.ts";
import type { Ended } from "./app/capture/apply-schedule.ts";
import type { Program } from "./app/capture/schedule.ts";
import type { RunImport } from "./app/imports.ts";
import type { OpenAssayOptions } from "./app/open-assay.ts";
import type { Machine, OpenOptions, Processes, SampleFolders, Screen, ServeOptions, Serving } from "./surfaces/cli/machine.ts";
import { runCli } from "./surfaces/cli/run.ts";

/** Loaded when it is needed: most commands start no process, and it is a fifth of what starting costs. */
const children = () => process.getBuiltinModule("node:child_process");

const processes: Processes = {
  program: [process.execPath, fileURLToPath(import.meta.url)],
  pid: process.pid,
  userId: process.getuid?.() ?? null,
  run: runProgram,
  startApart,
  isAlive,
  wait: async (ms) => void (await setTimeout(ms)),
};

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
  async printPdf(page, path) {
    await mkdir(dirname(path), { recursive: true });
    const { printPdf } = await import("./surfaces/cli/print-pdf.ts");
    await printPdf(page, path, { platform: process.platform, variables: process.env, isRoot: process.getuid?.() === 0 });
  },
  processes,
  serve,
  openPage,
  ...(process.send === undefined ? {} : { tellProgress: (...step: Parameters<Progress>) => void process.send?.({ step }) }),
  interruptSignal,
};

/** Lies in a store that holds the invented organisation and nothing else. */
const sampleMark = "is-sample";

/** DuckDB, zod and all that reads are loaded here, when a command needs a store. */
async function open(options: OpenOptions): Promise<Assay> {
  const { openAssay } = await import("./app/open-assay.ts");
  return openAssay(await storeOptions(options));
}

async function storeOptions({ storeDir, configFile, variables: given }: OpenOptions): Promise<OpenAssayOptions> {
  const { env, platform } = process;
  const isSample = await exists(join(storeDir, sampleMark));
  // The sample has a home of its own: variables that move the agents' folders would lead back to this user's.
  const variables = isSample ? { PATH: env["PATH"] } : (given ?? env);
  return {
    folder: storeDir,
    configFile,
    isSample,
    version: packageJson.version,
    variables,
    platform,
    now: Date.now,
    releaseMemory,
    network: { fetch, wait: async (ms, signal) => void (await setTimeout(ms, null, { signal })) },
  };
}

/** The server and what it needs are loaded here, when something is served. */
async function serve(options: ServeOptions): Promise<Serving> {
  const { openServed } = await import("./app/served-assay.ts");
  const { startServer } = await import("./surfaces/http/server.ts");
  for (const signal of ["SIGTERM", "SIGHUP"] as const) process.on(signal, stopOrLeave);
  const opened = await storeOptions(options);
  const assay = openServed(opened, { timeMs: options.timeLimitMs, rows: options.rowCap });
  return await startServer({
    assay,
    storeDir: options.storeDir,
    host: options.host,
    port: options.port,
    grpcPort: options.grpcPort,
    isSample: opened.isSample,
    assetsDir: fileURLToPath(new URL("./web/", import.meta.url)),
    version: packageJson.version,
    runImport: importApart(options),
    now: Date.now,
    onFault: (id, error) => void process.stderr.write(`Fault ${id}: ${error.stack ?? error.message}\n`),
  });
}

/** A process that works for a server ends with it. */
if (process.channel !== undefined && process.channel !== null) {
  process.once("disconnect", () => process.exit(130));
  process.channel.unref();
}

/** An import in a process of its own: it works for seconds without a pause, in which a server would answer nobody. */
const importApart =
  ({ storeDir, configFile, repositories, home }: ServeOptions): RunImport =>
  (progress, signal, only) =>
    new Promise<ImportSummary>((resolve, reject) => {
      const places =
        only === undefined
          ? [...repositories.map((folder) => `--repo=${folder}`), home === null ? "--no-home" : `--home=${home}`]
          : ["--no-home", `--only=${only}`];
      const args = ["import", "--json", `--store=${storeDir}`, ...(configFile === null ? [] : [`--config=${configFile}`]), ...places];
      const child = children().fork(fileURLToPath(import.meta.url), args, { stdio: ["ignore", "pipe", "pipe", "ipc"] });
      lowerPriority(child.pid);
      let out = "";
      let err = "";
      child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
      child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
      child.on("message", (message) => progress(...(message as { step: Parameters<Progress> }).step)); // as `tellProgress` sends it
      signal.addEventListener("abort", () => void child.kill());
      child.on("error", reject);
      child.on("close", (code) => {
        // 3: input was lost to damage, which the summary tells.
        if (code === 0 || code === 3) resolve(JSON.parse(out) as ImportSummary);
        else reject(new Error(err.trim().split("\n")[0] || `the import ended with code ${code}`));
      });
    });

/** Where there is no browser nothing happens: the address was printed. */
function openPage(address: string): void {
  const [command, ...args] = { darwin: ["open"], win32: ["cmd", "/c", "start", ""] }[process.platform as string] ?? ["xdg-open"];
  children()
    .spawn(command as string, [...args, address], { stdio: "ignore", detached: true })
    .on("error", () => {})
    .unref();
}

function runProgram({ name, args }: Program, input?: string): Promise<Ended> {
  return new Promise((resolve) => {
    const child = children().spawn(name, args, { stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"], windowsHide: true });
    let [out, err] = ["", ""];
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (out += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (err += text));
    child.on("error", (error) => resolve({ code: null, out, err: error.message }));
    child.on("close", (code) => resolve({ code, out, err }));
    // It may end without reading: its code tells how it went.
    child.stdin?.on("error", () => {}).end(input);
  });
}

function startApart(args: readonly string[]): void {
  const [program, script] = processes.program as [string, string];
  const child = children().spawn(program, [script, ...args], { stdio: "ignore", detached: true, windowsHide: true, cwd: homedir() });
  lowerPriority(child.pid);
  child.unref();
}

/** Who asks comes first: an import takes what processors are left. */
function lowerPriority(pid: number | undefined): void {
  try {
    if (pid !== undefined) setPriority(pid, constants.priority.PRIORITY_BELOW_NORMAL);
  } catch {
    // It has ended, or the machine has no priorities: it only runs as others do.
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM"; // another user's
  }
}

/** Node hands its collector out only under this flag; a heap left to itself grows to twice what is alive before it is swept. */
function releaseMemory(): void {
  const { setFlagsFromString } = process.getBuiltinModule("node:v8");
  const { runInNewContext } = process.getBuiltinModule("node:vm");
  setFlagsFromString("--expose-gc");
  const collect: unknown = runInNewContext("gc");
  if (typeof collect === "function") collect();
}

/** The invented organisation, made once for each version, in a store of its own. */
async function makeSample(folder: string): Promise<SampleFolders> {
  const { generateSample } = await import("./sample/generate.ts");
  const { organisationFile } = await import("./sample/organisation-file.ts");
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
  await writeFile(join(storeDir, "assay.yaml"), organisationFile());
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

let wordsAtInterrupt = "Stopping after what is being read; Ctrl-C again leaves at once.";

function interruptSignal(words = wordsAtInterrupt): AbortSignal {
  wordsAtInterrupt = words;
  if (process.listenerCount("SIGINT") === 0) process.on("SIGINT", stopOrLeave);
  return interrupt.signal;
}

/** The first Ctrl-C asks to stop, the second leaves with the shells' code for it. */
function stopOrLeave(): void {
  if (interrupt.signal.aborted) process.exit(130);
  process.stderr.write(`\n${wordsAtInterrupt}\n`);
  interrupt.abort();
}

process.exitCode = await runCli(process.argv.slice(2), machine);
