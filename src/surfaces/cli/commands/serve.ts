import { resolve } from "node:path";
import { type CliContext, printJson, searchPlaces, storeDirOf, withAssay, withProgress } from "../context.ts";
import type { CommonFlags, ListenFlags, SearchFlags } from "../flags.ts";
import type { Machine } from "../machine.ts";

export interface ServeFlags extends CommonFlags, SearchFlags, ListenFlags {}

/** Serves a store until it is interrupted: that is its end, not a failure. */
export async function serve(this: CliContext, flags: ServeFlags): Promise<void> {
  const { machine } = this;
  // A store of an earlier version is brought up to date now, with a word on it, not by the first who asks.
  await withProgress(machine, (progress) => withAssay(machine, flags, (assay) => assay.prepare({ progress })));
  await serveStore(machine, flags, storeDirOf(machine, flags), await searchPlaces(machine, flags));
}

interface Places {
  readonly repositories: readonly string[];
  readonly home: string | null;
}

/** @param places what an import through the server reads */
export async function serveStore(machine: Machine, flags: CommonFlags & ListenFlags, storeDir: string, places: Places): Promise<void> {
  const signal = machine.interruptSignal("Closing.");
  if (signal.aborted) return;
  const serving = await machine.serve({
    storeDir,
    configFile: flags.config === undefined ? null : resolve(machine.workingDir, flags.config),
    host: flags.host,
    port: flags.port,
    grpcPort: flags.grpcPort ?? null,
    ...places,
    timeLimitMs: flags.timeLimit * 1_000,
    rowCap: flags.maxRows,
  });
  try {
    const { address, port, grpcPort, madeToken } = serving;
    if (flags.port !== 0 && port !== flags.port) machine.stderr.write(`Port ${flags.port} is taken: ${port} is the next free one.\n`);
    if (madeToken !== null) machine.stderr.write(`The owner's token, told this once; only a hash of it is kept:\n  ${madeToken}\n`);
    if (flags.json === true) printJson(machine, { address, port, ...(grpcPort === null ? {} : { grpcPort }) });
    else machine.stdout.write(`Serving ${address}\n`);
    if (grpcPort !== null) machine.stderr.write(`OTLP over gRPC on port ${grpcPort}.\n`);
    machine.stderr.write("Ctrl-C ends it.\n");
    if (flags.open === true) machine.openPage(address);
    await aborted(signal);
  } finally {
    await serving.close();
  }
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((end) => {
    if (signal.aborted) end();
    else signal.addEventListener("abort", () => end(), { once: true });
  });
}
