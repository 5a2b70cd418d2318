/**
 * What reading a repository and building its line history costs, against one `git log` that tells it all, piped to nothing.
 *
 * npx esbuild test/bench/line-history.ts --bundle --platform=node --format=esm --packages=external --outfile=OUT.mjs
 * node OUT.mjs REPOSITORY [--all-refs]
 *
 * CPU is user and system time of the whole process tree, as `times` of the shell tells it.
 */
import { spawnSync } from "node:child_process";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { CommitFact } from "../../src/contract/facts.ts";
import type { Problem } from "../../src/contract/problem.ts";
import { type Git, openGit, runGit } from "../../src/git/git.ts";
import { readRefs } from "../../src/git/refs.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { isCodeRef } from "../../src/outcomes/git/code-refs.ts";
import { type CommitPlace, LineHistory } from "../../src/outcomes/git/line-history.ts";
import { logFormat } from "../../src/outcomes/git/log-parser.ts";
import { logArguments, readCommits } from "../../src/outcomes/git/read-commits.ts";

export interface LineHistoryCost {
  /** CPU seconds of the log alone, piped to nothing. */
  readonly floorSeconds: number;
  /** CPU seconds of a process that reads the same commits and builds the history, git included. */
  readonly historySeconds: number;
  /** historySeconds / floorSeconds. */
  readonly ratio: number;
  readonly commits: number;
  readonly lines: number;
  /** Paths left out of the floor, because git dies of their absent blobs. */
  readonly absentPaths: readonly string[];
  /** Peak memory of the process that builds the history, without git. */
  readonly peakMegabytes: number;
}

export interface LineHistoryCostOptions {
  readonly gitDir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** All code refs instead of the default branch alone. */
  readonly allRefs?: boolean;
  /** The bundled form of this file, to be run in a process of its own. */
  readonly script: string;
}

export async function measureLineHistory({ gitDir, variables, allRefs = false, script }: LineHistoryCostOptions): Promise<LineHistoryCost> {
  const history = timed([process.execPath, script, gitDir, "--child", ...(allRefs ? ["--all-refs"] : [])], "", variables);
  const told = JSON.parse(history.output) as { commits: number; lines: number; absentPaths: string[]; peakMegabytes: number };
  const { tips } = await tipsToRead(openGit(gitDir, variables), allRefs);
  const leftOut = told.absentPaths.map((path) => `:(exclude,top,literal)${path}`);
  const paths = leftOut.length === 0 ? [] : ["--", ".", ...leftOut];
  const args = [
    "git",
    "-C",
    gitDir,
    "--no-replace-objects",
    ...logArguments,
    logFormat,
    ...(leftOut.length === 0 ? [] : ["--full-history", "--sparse"]),
    "--stdin",
  ];
  const floor = timed(
    args,
    [...tips, ...paths, ""].join("\n"),
    { ...variables, ...openGit(gitDir, variables).environment },
    "| cat > /dev/null",
  );
  return { ...told, floorSeconds: floor.seconds, historySeconds: history.seconds, ratio: history.seconds / floor.seconds };
}

/** Runs a command under a shell that then tells the CPU time of its children. */
function timed(
  command: readonly string[],
  input: string,
  variables: Readonly<Record<string, string | undefined>>,
  output = "",
): { readonly seconds: number; readonly output: string } {
  const script = `"$@" ${output} || exit 1; times >&2`;
  const { status, stdout, stderr } = spawnSync("sh", ["-c", script, "sh", ...command], {
    input,
    env: variables as NodeJS.ProcessEnv,
    encoding: "utf8",
    maxBuffer: 1 << 26,
  });
  if (status !== 0) throw new Error(`${command[0]} failed: ${stderr}`);
  const children = stderr.trim().split("\n").at(-1) ?? "";
  const seconds = [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, rest]) => sum + Number(minutes) * 60 + Number(rest),
    0,
  );
  return { seconds, output: stdout };
}

async function tipsToRead(git: Git, allRefs: boolean): Promise<{ readonly tips: readonly string[]; readonly tip: string }> {
  const tip = (await runGit(git, ["rev-parse", "HEAD^{commit}"])).toString("latin1").trim();
  if (!allRefs) return { tips: [tip], tip };
  return { tips: [...new Set((await readRefs(git)).filter(({ name }) => isCodeRef(name)).map(({ commit }) => commit))], tip };
}

/** The order commits will come in. With it nothing of a commit has to be held once its lines are known. */
async function placesOf(git: Git, tips: readonly string[]): Promise<CommitPlace[]> {
  const told = (await runGit(git, ["rev-list", "--topo-order", "--reverse", "--parents", "--stdin"], `${tips.join("\n")}\n`)).toString(
    "latin1",
  );
  return told.split("\n").flatMap((line) => {
    const [hash, ...parents] = line.split(" ");
    return hash ? [{ hash, parents }] : [];
  });
}

async function buildOnce(gitDir: string, allRefs: boolean): Promise<void> {
  const git = openGit(gitDir, process.env);
  const { tips, tip } = await tipsToRead(git, allRefs);
  const problems: Problem[] = [];
  const options = {
    tips,
    fingerprinter: new Fingerprinter("00000000000000000000000000000001"),
    onProblem: (problem: Problem) => void problems.push(problem),
  };
  const places = await placesOf(git, tips);
  const history = new LineHistory(places, tip);
  /** Where git died of an absent blob it goes on in another order. */
  const early = new Map<string, CommitFact>();
  for await (const commit of readCommits(git, options)) {
    early.set(commit.hash, commit);
    for (let next = early.get(places[history.applied]?.hash ?? ""); next !== undefined; ) {
      early.delete(next.hash);
      history.apply(next);
      next = early.get(places[history.applied]?.hash ?? "");
    }
  }
  const { lines } = history.finish();
  const absentPaths = problems.map(({ locator }) => locator.slice(gitDir.length + 1));
  console.log(
    JSON.stringify({ commits: places.length, lines, absentPaths, peakMegabytes: Math.round(process.resourceUsage().maxRSS / 1024) }),
  );
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { child: { type: "boolean" }, "all-refs": { type: "boolean" } },
  });
  const gitDir = positionals[0] ?? ".";
  const allRefs = values["all-refs"] ?? false;
  if (values.child) await buildOnce(gitDir, allRefs);
  else
    console.log(
      JSON.stringify(await measureLineHistory({ gitDir, variables: process.env, allRefs, script: fileURLToPath(import.meta.url) })),
    );
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
