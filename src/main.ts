#!/usr/bin/env node
/** The composition root: the only place that reads environment, arguments, clock and home folder. */
import { mkdir, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { dirname } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import type { Machine, Screen } from "./surfaces/cli/machine.ts";
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
  openAssay: () => Promise.reject(new Error("The store is not built yet.")),
  makeSample: () => Promise.reject(new Error("The sample is not built yet.")),
  isFolder: async (path) => (await stat(path).catch(() => null))?.isDirectory() ?? false,
  async writeText(path, text) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  },
  interruptSignal,
};

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
