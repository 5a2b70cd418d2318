/** What a command costs: CPU time of its whole process tree, wall time, and the most memory the tree held at one instant. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type Variables = Readonly<Record<string, string | undefined>>;

export interface ProcessCost {
  /** User and system time of the command and of all it waited for, seconds for one run; null where no shell can tell. */
  readonly cpuSeconds: number | null;
  readonly wallSeconds: number;
  /** Standard output of a command that ran once. */
  readonly output: string;
  /** Of the command and all below it, sampled every 50 ms; null where there is no /proc or nobody asked. */
  readonly treePeak: TreeMemory | null;
}

export interface TreeMemory {
  /** Resident in all processes. What git maps of its packs is not in it: that is the kernel's cache, given back on demand. */
  readonly bytes: number;
  /** The part of git processes. */
  readonly gitBytes: number;
  /** What git had mapped beside it. */
  readonly mappedBytes: number;
}

export interface MeasureOptions {
  readonly variables: Variables;
  /** Runs one after the other, the cost divided by their number: a start alone is too short for the kernel's ticks. @default 1 */
  readonly repeat?: number;
  /** @default false */
  readonly watchMemory?: boolean;
}

/** @throws Error with what the command said, if it fails */
export async function measureProcess(
  command: readonly string[],
  { variables, repeat = 1, watchMemory = false }: MeasureOptions,
): Promise<ProcessCost> {
  const began = performance.now();
  const shell = await run(
    ["sh", "-c", repeat === 1 ? once : manyTimes, "sh", ...(repeat === 1 ? [] : [String(repeat)]), ...command],
    variables,
    watchMemory,
  );
  const wallSeconds = (performance.now() - began) / 1000 / repeat;
  if (shell !== null)
    return { cpuSeconds: childSeconds(shell.errors) / repeat, wallSeconds, output: shell.output, treePeak: shell.treePeak };
  return await withoutShell(command, variables, repeat);
}

// `times` tells the shell's own time and below it that of its children. Ticks of 10 ms are summed before they are rounded.
// 3 is how an import ends that did its work but lost input to damage.
const accepted = "case $? in 0|3) ;; *) exit 1 ;; esac";
const once = `"$@"; ${accepted}; times >&2`;
const manyTimes = `n=$1; shift; while [ "$n" -gt 0 ]; do "$@" > /dev/null; ${accepted}; n=$((n - 1)); done; times >&2`;

function childSeconds(errors: string): number {
  const line = errors.trimEnd().split("\n").at(-1) ?? "";
  return [...line.matchAll(/(\d+)m([\d.,]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number((rest as string).replace(",", ".")),
    0,
  );
}

/** Where there is no POSIX shell (Windows): wall time alone. */
async function withoutShell(command: readonly string[], variables: Variables, repeat: number): Promise<ProcessCost> {
  const began = performance.now();
  let output = "";
  for (let i = 0; i < repeat; i++) {
    const ran = await run(command, variables, false);
    if (ran === null) throw new Error(`${command[0]} cannot be run`);
    output = ran.output;
  }
  return { cpuSeconds: null, wallSeconds: (performance.now() - began) / 1000 / repeat, output, treePeak: null };
}

interface Ran {
  readonly output: string;
  readonly errors: string;
  readonly treePeak: TreeMemory | null;
}

/** @returns null if there is no such command */
function run(command: readonly string[], variables: Variables, watchMemory: boolean): Promise<Ran | null> {
  return new Promise((resolve, reject) => {
    const [file, ...args] = command;
    const child = spawn(file as string, args, { env: variables as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let treePeak: TreeMemory | null = null;
    const watch = (): void => {
      const now = child.pid === undefined ? null : memoryBelow(child.pid);
      if (now !== null && now.bytes >= (treePeak?.bytes ?? 0)) treePeak = now;
    };
    const timer = watchMemory ? setInterval(watch, 50) : undefined;
    child.stdout.on("data", (bytes: Buffer) => output.push(bytes));
    child.stderr.on("data", (bytes: Buffer) => errors.push(bytes));
    child.on("error", (error: NodeJS.ErrnoException) => {
      clearInterval(timer);
      if (error.code === "ENOENT") resolve(null);
      else reject(error);
    });
    child.on("close", (status) => {
      clearInterval(timer);
      const said = Buffer.concat(errors).toString("utf8");
      if (status === 0) resolve({ output: Buffer.concat(output).toString("utf8"), errors: said, treePeak });
      else reject(new Error(`${command.slice(0, 8).join(" ")} … ended with ${status}: ${said.slice(-2000)}`));
    });
  });
}

/** Memory of all processes below one, by Linux's /proc; null elsewhere. */
function memoryBelow(pid: number): TreeMemory | null {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").trim().split(" "))
      .filter((child) => child !== "")
      .map((child) => sum(memoryOf(Number(child)), memoryBelow(Number(child))))
      .reduce(sum, nothing);
  } catch {
    return null; // ended while it was looked at, or no /proc: nothing is known of it now, and the next look comes in 50 ms
  }
}

const nothing: TreeMemory = { bytes: 0, gitBytes: 0, mappedBytes: 0 };

function sum(a: TreeMemory | null, b: TreeMemory | null): TreeMemory {
  const [left, right] = [a ?? nothing, b ?? nothing];
  return { bytes: left.bytes + right.bytes, gitBytes: left.gitBytes + right.gitBytes, mappedBytes: left.mappedBytes + right.mappedBytes };
}

function memoryOf(pid: number): TreeMemory {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  const bytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  if (!/^Name:\s+git/m.test(status)) return { ...nothing, bytes: bytes("VmRSS") };
  return { bytes: bytes("RssAnon"), gitBytes: bytes("RssAnon"), mappedBytes: bytes("RssFile") };
}
