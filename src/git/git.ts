import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import type { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";

/** A git directory and the environment git runs in there. Made by `openGit`. */
export interface Git {
  /** Absolute path of a git directory (`.git`, a bare repository), or of any folder inside a work tree. */
  readonly dir: string;
  readonly environment: Readonly<Record<string, string>>;
}

/** Git said no: what was asked and what it printed. */
export class GitError extends Error {
  readonly args: readonly string[];
  readonly stderr: string;
  /** Exit code, null if a signal ended it or it never started. */
  readonly exitCode: number | null;

  constructor(args: readonly string[], exitCode: number | null, stderr: string, cause?: unknown) {
    const command = args.find((arg) => /^[a-z][a-z-]+$/.test(arg)) ?? "";
    const said = stderr.trim().split("\n").at(-1);
    super(`git ${command} ended with ${exitCode ?? "no exit code"}${said ? `: ${said}` : ""}`, cause === undefined ? undefined : { cause });
    this.name = "GitError";
    this.args = args;
    this.stderr = stderr;
    this.exitCode = exitCode;
  }
}

/**
 * Variables that make git deterministic and harmless: no fetch on its own, no lock, no prompt, no user or system
 * configuration, no grafts. GIT_NO_LAZY_FETCH is known from git 2.39.4; older ones are held by the empty protocol list.
 */
const fixedVariables = {
  GIT_OPTIONAL_LOCKS: "0",
  GIT_NO_LAZY_FETCH: "1",
  GIT_ALLOW_PROTOCOL: "",
  GIT_TERMINAL_PROMPT: "0",
  GIT_NO_REPLACE_OBJECTS: "1",
  GIT_GRAFT_FILE: "/dev/null",
  GIT_CONFIG_NOSYSTEM: "1",
  GIT_CONFIG_GLOBAL: "/dev/null",
  GIT_ATTR_NOSYSTEM: "1",
  LC_ALL: "C",
} as const;

const emptyTree = "4b825dc642cb6eb9a060e54bf8d69288fbee4904";

/**
 * Before every command. `attr.tree`: git 2.43 to 2.45 read the attributes of HEAD in bare repositories, which decide what
 * is binary; with the empty tree (or a name that does not resolve, as in sha256 repositories) there are none.
 */
const fixedOptions = [
  "--no-pager",
  "--no-replace-objects",
  ...[
    "safe.directory=*",
    "core.quotepath=off",
    "core.fsmonitor=false",
    "advice.graftFileDeprecated=false",
    `attr.tree=${emptyTree}`,
  ].flatMap((setting) => ["-c", setting]),
];

/**
 * Prepares git for a folder; starts nothing.
 * @param variables the process's environment, handed down; its `GIT_*` are dropped (a hook's GIT_DIR would lead astray)
 */
export function openGit(dir: string, variables: Readonly<Record<string, string | undefined>>): Git {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(variables)) {
    if (value !== undefined && (!name.startsWith("GIT_") || name === "GIT_EXEC_PATH")) environment[name] = value;
  }
  return { dir, environment: { ...environment, ...fixedVariables } };
}

function start(git: Git, args: readonly string[]): ChildProcessWithoutNullStreams {
  return spawn("git", ["-C", git.dir, ...fixedOptions, ...args], { env: git.environment, windowsHide: true });
}

/** Keeps the last 64 kB of what git says on its error stream. */
function collectErrors(child: ChildProcessWithoutNullStreams): () => string {
  let said = "";
  child.stderr.on("data", (chunk: Buffer) => {
    said = (said + chunk.toString("latin1")).slice(-65_536);
  });
  return () => said;
}

/** Settles when the process has ended and its streams are closed. */
function ended(child: ChildProcessWithoutNullStreams, args: readonly string[], said: () => string): Promise<void> {
  return new Promise((resolve, reject) => {
    child.once("error", (error) => reject(new GitError(args, null, said(), error)));
    child.once("close", (code) => (code === 0 ? resolve() : reject(new GitError(args, code, said()))));
  });
}

/**
 * Runs git and yields its output as it comes. Leaving the loop early ends the process.
 * @param input written to git's standard input
 * @throws GitError after the last chunk if git did not end well, so that what came before can be kept or dropped
 */
export async function* streamGit(git: Git, args: readonly string[], input: string | Buffer = ""): AsyncGenerator<Buffer, void, void> {
  const child = start(git, args);
  const end = ended(child, args, collectErrors(child));
  end.catch(() => undefined); // awaited below; this only keeps an early failure from being called unhandled
  child.stdin.on("error", () => undefined); // git ended before it read everything: its exit code tells why
  child.stdin.end(input);
  let whole = false;
  try {
    yield* largeChunks(child.stdout);
    whole = true;
    await end;
  } finally {
    if (!whole) child.kill();
  }
}

const largeChunkBytes = 32_768;
const gatherMs = 16;

/**
 * Reads a stream that is written in small pieces by larger ones. Git writes 4 kB at a time; to be woken for each of them
 * costs more than to read them (measured: a log of 75 MB takes 20,000 wakes, gathered 2,000). Short outputs do not wait.
 */
async function* largeChunks(stream: Readable): AsyncGenerator<Buffer, void, void> {
  let isOver = false;
  let wake: () => void = () => undefined;
  const over = (): void => {
    isOver = true;
    wake();
  };
  stream
    .on("readable", () => wake())
    .once("end", over)
    .once("close", over);
  let bytes = 0;
  for (;;) {
    const chunk = stream.read() as Buffer | null;
    if (chunk !== null) {
      bytes += chunk.length;
      yield chunk;
    } else if (isOver) return;
    else {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
      if (bytes > largeChunkBytes && stream.readableLength < largeChunkBytes && !isOver) await setTimeout(gatherMs);
    }
  }
}

/** Runs git to its end and gives what it printed. @throws GitError */
export async function runGit(git: Git, args: readonly string[], input: string | Buffer = ""): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of streamGit(git, args, input)) chunks.push(chunk);
  return Buffer.concat(chunks);
}

/** Starts a git that is talked to until its input is closed. */
export function converse(
  git: Git,
  args: readonly string[],
): { readonly child: ChildProcessWithoutNullStreams; readonly end: Promise<void> } {
  const child = start(git, args);
  const end = ended(child, args, collectErrors(child));
  end.catch(() => undefined); // whoever converses awaits it; a failure before that is not lost
  child.stdin.on("error", () => undefined);
  return { child, end };
}
