/**
 * Bug links held against developers' own word: the oracle of Rosa et al., ICSE 2021 (1,115 fixes and what introduced them), on
 * those of its repositories that are in a folder, `owner+name/repo` or `owner+name/repo/.git` each. Nothing of it is kept.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { BugTracer, type TraceOptions, defaultTraceOptions } from "../../src/attribution/bug-links.ts";
import { FileLines } from "../../src/attribution/file-lines.ts";
import type { LineHistoryResult } from "../../src/contract/history.ts";
import { openGit } from "../../src/git/git.ts";
import { Fingerprinter } from "../../src/lines/fingerprint.ts";
import { findChanges } from "../../src/outcomes/git/changes.ts";
import { LineHistory } from "../../src/outcomes/git/line-history.ts";
import { readCommits } from "../../src/outcomes/git/read-commits.ts";
import { type Score, type ScoredFix, accuracyOf, intervalsOf } from "./szz-score.ts";

interface OracleRow {
  readonly id: number;
  readonly repo_name: string;
  readonly fix_commit_hash: string;
  readonly bug_commit_hash: readonly string[];
  readonly best_scenario_issue_date: string | null;
}

/** What was read out of the literature, to print beside. */
const published: readonly (readonly [string, number, number, number])[] = [
  ["R-SZZ, published", 0.66, 0.57, 0.61],
  ["R-SZZ with issue date, published", 0.73, Number.NaN, Number.NaN],
  ["B-SZZ, published", 0.39, 0.69, 0.5],
];

/** Each differs from the default in one thing; chosen between on the first half of the ids, if at all. */
const variants: readonly (readonly [string, TraceOptions])[] = [
  ["default", defaultTraceOptions],
  ["no limit of files", { ...defaultTraceOptions, mostFiles: null }],
  ["at most 20 files (as PySZZ)", { ...defaultTraceOptions, mostFiles: 20 }],
  ["with lines of tests", { ...defaultTraceOptions, leavesOutTests: false }],
  ["moves not looked through", { ...defaultTraceOptions, seesThroughMoves: false }],
];

/** @param mostCommits repositories of longer histories are left out, and counted @returns lines to print */
export async function evaluateSzz(oracleFile: string, folder: string, mostCommits: number): Promise<string[]> {
  const oracle = JSON.parse(readFileSync(oracleFile, "utf8")) as OracleRow[];
  const byRepository = new Map<string, OracleRow[]>();
  for (const row of oracle) byRepository.set(row.repo_name, [...(byRepository.get(row.repo_name) ?? []), row]);
  const found = new Map<string, ScoredFix[]>();
  const counts = { absent: 0, gone: 0, long: 0, unread: 0 };
  for (const [name, rows] of byRepository) {
    const dir = gitDirectory(folder, name);
    if (dir === null) {
      counts.absent += rows.length;
      continue;
    }
    const read = await readHistory(dir, rows, mostCommits);
    if (typeof read === "string") {
      counts[read] += rows.length;
      continue;
    }
    for (const row of rows) {
      const commit = read.index.get(row.fix_commit_hash);
      if (commit === undefined || row.bug_commit_hash.some((hash) => !read.index.has(hash))) counts.gone++;
      else for (const [variant, fixes] of scoreFix(row, commit, read)) found.set(variant, [...(found.get(variant) ?? []), ...fixes]);
    }
    if (process.stderr.isTTY) process.stderr.write(`\r${name}`.padEnd(60));
  }
  return report(oracle.length, counts, found);
}

type Read = { readonly history: LineHistoryResult; readonly index: ReadonlyMap<string, number> };

function gitDirectory(folder: string, name: string): string | null {
  const at = join(folder, name.replace("/", "+"), "repo");
  return [join(at, ".git"), at].find((dir) => existsSync(join(dir, "HEAD"))) ?? null;
}

async function readHistory(dir: string, rows: readonly OracleRow[], mostCommits: number): Promise<Read | "gone" | "long" | "unread"> {
  const commits = [];
  const problems: string[] = [];
  try {
    const tips = rows.map(({ fix_commit_hash }) => fix_commit_hash);
    const fingerprinter = new Fingerprinter("00112233445566778899aabbccddeeff");
    for await (const commit of readCommits(openGit(dir, { PATH: process.env["PATH"] }), {
      tips,
      fingerprinter,
      onProblem: ({ code }) => problems.push(code),
    })) {
      commits.push(commit);
      if (commits.length > mostCommits) return "long";
    }
  } catch (error) {
    process.stderr.write(`${dir}: ${error instanceof Error ? error.message.split("\n")[0] : String(error)}\n`);
    return "unread";
  }
  if (commits.length === 0) return "gone";
  const lives = new LineHistory(commits, commits.at(-1)?.hash ?? null);
  for (const commit of commits) lives.apply(commit);
  return { history: { commits, ...lives.finish() }, index: new Map(commits.map(({ hash }, c) => [hash, c])) };
}

function scoreFix(row: OracleRow, commit: number, { history, index }: Read): (readonly [string, ScoredFix[]])[] {
  const changes = findChanges(history.commits, [], history.tip);
  let files: FileLines | null = null;
  const fileLines = (): FileLines => (files ??= new FileLines(history));
  const truth = new Set(row.bug_commit_hash.map((hash) => index.get(hash) as number));
  const scored = (told: readonly number[]): ScoredFix => ({
    id: row.id,
    repository: row.repo_name,
    told: told.length,
    right: told.filter((c) => truth.has(c)).length,
    true: truth.size,
  });
  // What the message names is not SZZ: the published methods do not read it, nor do these rows.
  const fix = { commit, culprits: [], openedAt: null };
  const opened = row.best_scenario_issue_date === null ? null : Date.parse(`${row.best_scenario_issue_date}Z`);
  return variants.flatMap(([name, options]) => {
    const tracer = new BugTracer(history, changes, fileLines, options);
    const [plain, dated] = [tracer.trace(fix), tracer.trace({ ...fix, openedAt: opened })];
    return [
      [`${name}: narrow`, [scored(plain.narrow)]],
      [`${name}: narrow, issue date`, [scored(dated.narrow)]],
      ...(name === "default" ? [["wide", [scored(plain.wide)]] as const] : []),
    ] as (readonly [string, ScoredFix[]])[];
  });
}

function report(
  all: number,
  { absent, gone, long, unread }: Readonly<Record<"absent" | "gone" | "long" | "unread", number>>,
  found: ReadonlyMap<string, readonly ScoredFix[]>,
): string[] {
  const fixes = found.get("default: narrow") ?? [];
  if (fixes.length === 0) return [`No fix of the oracle's ${all} is in a repository of that folder.`];
  const repositories = new Set(fixes.map(({ repository }) => repository)).size;
  const lines = [
    `Bug links against the oracle: ${fixes.length} of ${all} fixes, ${repositories} repositories (absent ${absent}, commits gone ${gone}, history too long ${long}, not readable ${unread}).`,
    "",
    "                                            precision             recall                F1",
  ];
  const rowOf = (name: string, { precision, recall, f1 }: Score, spans?: readonly string[]): string =>
    [name.padEnd(43), ...[precision, recall, f1].map((value, i) => `${show(value)} ${spans?.[i] ?? ""}`.padEnd(21))].join(" ").trimEnd();
  for (const name of ["default: narrow", "default: narrow, issue date", "wide"]) {
    const own = found.get(name) ?? [];
    lines.push(rowOf(name.replace("default: ", ""), accuracyOf(own), intervalsOf(own)));
  }
  for (const [name, precision, recall, f1] of published) lines.push(rowOf(name, { precision, recall, f1 }));
  const half = (odd: boolean, list: readonly ScoredFix[]): ScoredFix[] => list.filter(({ id }) => (id / 2) % 2 === (odd ? 1 : 0));
  lines.push("", "Variants (narrow): chosen between, if at all, on the ids divisible by 4; the other half is the report.");
  for (const [name] of variants) {
    const own = found.get(`${name}: narrow`) ?? [];
    lines.push(rowOf(`${name}, to choose`, accuracyOf(half(false, own))), rowOf(`${name}, to report`, accuracyOf(half(true, own))));
  }
  return lines;
}

const show = (value: number): string => (Number.isNaN(value) ? "  – " : value.toFixed(3));
