import { run } from "@stricli/core";
import { exitCodes } from "../../contract/errors.ts";
import { buildApp, buildRoutes, commandNames, defaultCommandName } from "./app.ts";
import type { CliContext } from "./context.ts";
import type { Machine } from "./machine.ts";

/**
 * Runs one command line.
 *
 * @param args what follows the program's name
 * @returns the exit code: 0 ok, 1 fault, 2 usage, 3 input was lost to damage, 130 interrupted
 */
export async function runCli(args: readonly string[], machine: Machine): Promise<number> {
  const debug = args.includes("--debug") || Boolean(machine.variables["ASSAY_DEBUG"]);
  const process: CliContext["process"] = {
    stdout: { write: (text) => machine.stdout.write(text), getColorDepth: () => helpColors(machine) },
    stderr: { write: (text) => machine.stderr.write(text) },
  };
  const routes = buildRoutes();
  await run(buildApp(routes, machine.version, debug), withCommandFirst(args), { machine, routes, process });
  return exitCodeFrom(process.exitCode);
}

/** stricli's own codes are negative: -4 and -5 are arguments and commands nobody knows, the rest are faults. */
function exitCodeFrom(code: number | string | null | undefined): number {
  if (typeof code !== "number") return exitCodes.ok;
  if (code >= 0) return code;
  return code === -4 || code === -5 ? exitCodes.usage : exitCodes.fault;
}

/** Colour is for help; what goes wrong is plain, so that stderr is not opened before there is something to say. */
function helpColors(machine: Machine): number {
  return machine.stdout.isTerminal && !machine.variables["NO_COLOR"] ? machine.stdout.colorDepth : 1;
}

const flagsWithValue = ["--store", "--config"];
const flagsWithoutValue = ["--json", "--color", "--no-color", "--debug"];
const helpFlags = ["--help", "-h", "--help-all", "-H", "--version", "-v"];

/**
 * Puts the command first, so that `assay --store DIR report` is `assay report --store DIR`, and names the default command
 * where none is: `assay --repo .` is `assay start --repo .`.
 */
export function withCommandFirst(args: readonly string[]): string[] {
  let at = 0;
  while (at < args.length) {
    const arg = args[at] ?? "";
    if (flagsWithValue.includes(arg)) at += 2;
    else if (flagsWithoutValue.includes(arg) || flagsWithValue.some((flag) => arg.startsWith(`${flag}=`))) at += 1;
    else break;
  }
  const command = args[at];
  if (command !== undefined && helpFlags.includes(command)) return [command];
  if (command === undefined || command.startsWith("-")) return [defaultCommandName, ...args];
  const leading = args.slice(0, at);
  const rest = args.slice(at + 1);
  // `show` has commands of its own: the flags go behind them.
  return commandNames.includes(command) ? [command, ...rest, ...leading] : [command];
}
