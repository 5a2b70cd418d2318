/** What a command costs: CPU time of its whole process tree, wall time, and the memory of the git processes below it. */
import { spawn } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";

export type Variables = Readonly<Record<string, string | undefined>>;

export interface ProcessCost {
  /** User and system time of the command and of all it waited for, seconds for one run; null where no shell can tell. */
  readonly cpuSeconds: number | null;
  readonly wallSeconds: number;
  /** Standard output of a command that ran once. */
  readonly output: string;
  /** Largest sum over the git processes alive at one instant, sampled; null where there is no /proc or nobody asked. */
  readonly gitPeak: GitMemory | null;
}

export interface GitMemory {
  /** Resident, mapped pack files included: the kernel takes those back when it needs the room. */
  readonly residentBytes: number;
  readonly ownBytes: number;
}

export interface MeasureOptions {
  readonly variables: Variables;
  /** Runs one after the other, the cost divided by their number: a start alone is too short for the kernel's ticks. @default 1 */
  readonly repeat?: number;
  /** @default false */
  readonly watchGit?: boolean;
}

/** @throws Error with what the command said, if it fails */
export async function measureProcess(command: readonly string[], { variables, repeat = 1, watchGit = false }: MeasureOptions): Promise<ProcessCost> {
  const began = performance.now();
  const shell = await run(["sh", "-c", repeat === 1 ? once : manyTimes, "sh", ...(repeat === 1 ? [] : [String(repeat)]), ...command], variables, watchGit);
  const wallSeconds = (performance.now() - began) / 1000 / repeat;
  if (shell !== null) return { cpuSeconds: childSeconds(shell.errors) / repeat, wallSeconds, output: shell.output, gitPeak: shell.gitPeak };
  return await withoutShell(command, variables, repeat);
}

// `times` tells the shell's own time and below it that of its children. Ticks of 10 ms are summed before they are rounded.
const once = '"$@" || exit 1; times >&2';
const manyTimes = 'n=$1; shift; while [ "$n" -gt 0 ]; do "$@" > /dev/null || exit 1; n=$((n - 1)); done; times >&2';

function childSeconds(errors: string): number {
  const line = errors.trimEnd().split("\n").at(-1) ?? "";
  return [...line.matchAll(/(\d+)m([\d.,]+)s/g)].reduce((sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number((rest as string).replace(",", ".")), 0);
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
  return { cpuSeconds: null, wallSeconds: (performance.now() - began) / 1000 / repeat, output, gitPeak: null };
}

interface Ran {
  readonly output: string;
  readonly errors: string;
  readonly gitPeak: GitMemory | null;
}

/** @returns null if there is no such command */
function run(command: readonly string[], variables: Variables, watchGit: boolean): Promise<Ran | null> {
  return new Promise((resolve, reject) => {
    const [file, ...args] = command;
    const child = spawn(file as string, args, { env: variables as NodeJS.ProcessEnv, stdio: ["ignore", "pipe", "pipe"] });
    const output: Buffer[] = [];
    const errors: Buffer[] = [];
    let gitPeak: GitMemory | null = null;
    const watch = (): void => {
      const now = child.pid === undefined ? null : gitMemoryBelow(child.pid);
      if (now !== null && now.residentBytes >= (gitPeak?.residentBytes ?? 0)) gitPeak = now;
    };
    const timer = watchGit ? setInterval(watch, 50) : undefined;
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
      if (status === 0) resolve({ output: Buffer.concat(output).toString("utf8"), errors: said, gitPeak });
      else reject(new Error(`${command.slice(0, 8).join(" ")} … ended with ${status}: ${said.slice(-2000)}`));
    });
  });
}

/** Memory of the git processes below a process, by Linux's /proc; null elsewhere. */
function gitMemoryBelow(pid: number): GitMemory | null {
  try {
    return readdirSync(`/proc/${pid}/task`)
      .flatMap((task) => readFileSync(`/proc/${pid}/task/${task}/children`, "latin1").trim().split(" "))
      .filter((child) => child !== "")
      .map((child) => sum(gitMemoryOf(Number(child)), gitMemoryBelow(Number(child))))
      .reduce(sum, { residentBytes: 0, ownBytes: 0 });
  } catch {
    return null; // ended while it was looked at, or no /proc: nothing is known of it now, and the next look comes in 50 ms
  }
}

const sum = (a: GitMemory | null, b: GitMemory | null): GitMemory => ({
  residentBytes: (a?.residentBytes ?? 0) + (b?.residentBytes ?? 0),
  ownBytes: (a?.ownBytes ?? 0) + (b?.ownBytes ?? 0),
});

function gitMemoryOf(pid: number): GitMemory | null {
  const status = readFileSync(`/proc/${pid}/status`, "latin1");
  if (!/^Name:\s+git/m.test(status)) return null;
  const bytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status)?.[1] ?? 0) * 1024;
  return { residentBytes: bytes("VmRSS"), ownBytes: bytes("RssAnon") };
}
