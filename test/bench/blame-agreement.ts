/**
 * How far line history agrees with `git blame` at the tip of a branch.
 *
 * npx esbuild test/bench/blame-agreement.ts --bundle --platform=node --format=esm --packages=external --outfile=OUT.mjs
 * node OUT.mjs REPOSITORY [--files N] [--seed N] [--ref REF] [--show]
 */
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { CommitFact } from "../../src/contract/facts.ts";
import type { LineHistoryResult } from "../../src/contract/history.ts";
import { type Git, openGit, runGit } from "../../src/git/git.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { LineHistory } from "../../src/outcomes/git/line-history.ts";
import { textOf } from "../../src/outcomes/git/line-text.ts";
import { readCommits } from "../../src/outcomes/git/read-commits.ts";

export interface BlameAgreement {
  readonly files: number;
  readonly lines: number;
  readonly equal: number;
  /** Lines where blame names another commit that added an equal line: which of the two it is cannot be said. */
  readonly ties: number;
  readonly disagreements: readonly Disagreement[];
  /** Paths left out because their lines are not known. */
  readonly opaque: number;
  /** (equal + ties) / lines. */
  readonly ratio: number;
}

export interface Disagreement {
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly ours: string;
  readonly blame: string;
  readonly isTie: boolean;
}

export interface BlameAgreementOptions {
  readonly gitDir: string;
  readonly variables: Readonly<Record<string, string | undefined>>;
  /** @default "HEAD" */
  readonly ref?: string;
  /** Files drawn at random; all if left out. */
  readonly files?: number;
  /** @default 1 */
  readonly seed?: number;
}

export async function measureBlameAgreement({
  gitDir,
  variables,
  ref = "HEAD",
  files,
  seed = 1,
}: BlameAgreementOptions): Promise<BlameAgreement> {
  const git = openGit(gitDir, variables);
  const tip = (await runGit(git, ["rev-parse", `${ref}^{commit}`])).toString("latin1").trim();
  const history = await historyOf(git, tip);
  const paths = drawn([...history.alive.keys()].sort(), files, seed);
  let lines = 0;
  let equal = 0;
  const disagreements: Disagreement[] = [];
  for (const path of paths) {
    const blamed = await blame(git, tip, path);
    const ids = history.alive.get(path) as Int32Array;
    lines += blamed.length;
    for (let i = 0; i < Math.max(blamed.length, ids.length); i++) {
      const id = ids[i] ?? -1;
      const ours = history.commits[history.born[id] ?? -1]?.hash ?? "none";
      const theirs = blamed[i] ?? "none";
      if (ours === theirs) equal++;
      else disagreements.push({ path, line: i + 1, ours, blame: theirs, isTie: isTie(history, id, theirs) });
    }
  }
  const ties = disagreements.filter(({ isTie }) => isTie).length;
  return {
    files: paths.length,
    lines,
    equal,
    ties,
    disagreements,
    opaque: history.opaquePaths.size,
    ratio: lines === 0 ? 1 : (equal + ties) / lines,
  };
}

async function historyOf(git: Git, tip: string): Promise<LineHistoryResult> {
  const commits: CommitFact[] = [];
  const fingerprinter = new Fingerprinter("00000000000000000000000000000001");
  for await (const commit of readCommits(git, { tips: [tip], fingerprinter, onProblem: () => undefined })) commits.push(commit);
  const history = new LineHistory(commits, tip);
  for (const commit of commits) history.apply(commit);
  return { commits, ...history.finish() };
}

/** True if the commit added a line with the text of the given one. */
function isTie(history: LineHistoryResult, id: number, hash: string): boolean {
  const text = [...addedLines(history, history.born[id] ?? -1)].find((line) => line.id === id)?.text;
  const index = history.commits.findIndex((commit) => commit.hash === hash);
  return text !== undefined && [...addedLines(history, index)].some((line) => line.text === text);
}

function* addedLines({ commits, changed }: LineHistoryResult, index: number): Generator<{ readonly id: number; readonly text: number }> {
  for (const [f, { diff }] of commits[index]?.files.entries() ?? []) {
    let line = 0;
    for (let h = 0; h < diff.hunks.length; h += 4) {
      line += diff.hunks[h + 1] as number;
      for (let i = 0; i < (diff.hunks[h + 3] as number); i++, line++)
        yield { id: changed[index]?.[f]?.ids[line] ?? -1, text: textOf(diff.lines, line) };
    }
  }
}

/** The commit blame names, line by line. */
async function blame(git: Git, tip: string, path: string): Promise<readonly string[]> {
  const out = (await runGit(git, ["blame", "--porcelain", tip, "--", path])).toString("latin1");
  const commits: string[] = [];
  for (const line of out.split("\n")) {
    const head = /^([0-9a-f]{40,64}) \d+ (\d+)/.exec(line);
    if (head !== null) commits[Number(head[2]) - 1] = head[1] as string;
  }
  return commits;
}

/** A sample without repetition by a seeded generator (mulberry32), so that everybody draws the same files. */
function drawn(paths: readonly string[], count: number | undefined, seed: number): readonly string[] {
  if (count === undefined || count >= paths.length) return paths;
  let state = seed | 0;
  const random = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
  const pool = [...paths];
  for (let i = 0; i < count; i++) {
    const j = i + Math.floor(random() * (pool.length - i));
    [pool[i], pool[j]] = [pool[j] as string, pool[i] as string];
  }
  return pool.slice(0, count).sort();
}

async function main(): Promise<void> {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { files: { type: "string" }, seed: { type: "string" }, ref: { type: "string" }, show: { type: "boolean" } },
  });
  const result = await measureBlameAgreement({
    gitDir: positionals[0] ?? ".",
    variables: process.env,
    ...(values.ref === undefined ? {} : { ref: values.ref }),
    ...(values.files === undefined ? {} : { files: Number(values.files) }),
    ...(values.seed === undefined ? {} : { seed: Number(values.seed) }),
  });
  const { disagreements, ...figures } = result;
  console.log(JSON.stringify({ ...figures, disagreements: disagreements.length }));
  if (!values.show) return;
  for (const each of disagreements)
    console.log(`${each.path}:${each.line} ours ${each.ours.slice(0, 10)} blame ${each.blame.slice(0, 10)}${each.isTie ? " tie" : ""}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await main();
