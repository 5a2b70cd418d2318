/** What the bench is run on: flags, else variables of the environment, else the invented organisation. */
import { existsSync } from "node:fs";
import { readFile, writeFile } from "node:fs/promises";
import { delimiter, join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { UserError } from "../../src/contract/errors.ts";
import { generateSample } from "../../src/sample/generate.ts";
import { readTruth, type SampleTruth } from "../../src/sample/truth.ts";
import type { AnswerKey } from "./link-score.ts";
import type { Variables } from "./process-cost.ts";

export interface Inputs {
  readonly isSample: boolean;
  /** A folder as CLAUDE_CONFIG_DIR names it; null if absent, as all below. */
  readonly transcripts: string | null;
  readonly ccusage: string | null;
  /** What is imported as a whole; `home` where the transcripts are not in the repositories themselves. */
  readonly organisation: { readonly repositories: readonly string[]; readonly home: string | null } | null;
  readonly historyRepositories: readonly string[];
  readonly truth: string | null;
  readonly score: string | null;
}

export interface Settings {
  readonly runs: number;
  readonly blameFiles: number;
  readonly seed: number;
  /** Ids of rows; all if empty. */
  readonly only: readonly string[];
  readonly json: boolean;
}

export const usage = `npm run bench -- [FLAGS]      (each flag may be a variable instead: ASSAY_BENCH_TRANSCRIPTS, ASSAY_BENCH_HISTORY_REPO …)

  --transcripts DIR     a folder as CLAUDE_CONFIG_DIR names it
  --ccusage FILE        ccusage 20.0.24, read beside it
  --repo DIR            a repository whose checkpoint branch holds its transcripts, imported whole
  --history-repo DIR    a repository for line history, blame and controls; may be given again
  --truth FILE          answer key of the links of --repo
  --score FILE          script that scores \`assay audit --links --json\` against the key
  --runs N              runs of each short measurement (5); long ones take three at most
  --blame-files N       files held against git blame in each repository (60)
  --seed N              of the files drawn and of the interval (1)
  --only ID,ID          rows to measure: facts, sources, memory, bytes, history, unchanged, import, help, blame, links, controls, scale
  --json                one JSON document instead of the table

Without an input it runs on the invented organisation. Exit code 1 if a bound does not hold.`;

const options = {
  transcripts: { type: "string" },
  ccusage: { type: "string" },
  repo: { type: "string" },
  "history-repo": { type: "string", multiple: true },
  truth: { type: "string" },
  score: { type: "string" },
  runs: { type: "string" },
  "blame-files": { type: "string" },
  seed: { type: "string" },
  only: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

/**
 * @param rows ids that --only may name
 * @returns null if help was asked for
 * @throws UserError `bad_flag` if a flag is unknown or names what is not there
 */
export function parseInputs(
  args: readonly string[],
  variables: Variables,
  rows: readonly string[],
): { readonly given: Omit<Inputs, "isSample">; readonly settings: Settings } | null {
  const values = parseFlags(args);
  if (values.help === true) return null;
  const told = (flag: "transcripts" | "ccusage" | "repo" | "truth" | "score"): string | null => {
    const value = values[flag] ?? variables[`ASSAY_BENCH_${flag.toUpperCase()}`] ?? "";
    return value === "" ? null : existing(value, `--${flag}`);
  };
  const histories = values["history-repo"] ?? (variables["ASSAY_BENCH_HISTORY_REPO"] ?? "").split(delimiter).filter((path) => path !== "");
  const repository = told("repo");
  return {
    given: {
      transcripts: told("transcripts"),
      ccusage: told("ccusage"),
      organisation: repository === null ? null : { repositories: [repository], home: null },
      historyRepositories: histories.map((path) => existing(path, "--history-repo")),
      truth: told("truth"),
      score: told("score"),
    },
    settings: {
      runs: positive(values.runs, 5, "--runs"),
      blameFiles: positive(values["blame-files"], 60, "--blame-files"),
      seed: positive(values.seed, 1, "--seed"),
      only: (values.only ?? "")
        .split(",")
        .filter((id) => id !== "")
        .map((id) => oneOf(id.trim(), rows, "--only")),
      json: values.json ?? false,
    },
  };
}

function parseFlags(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    throw badFlag(error instanceof Error ? error.message : String(error));
  }
}

const badFlag = (message: string): UserError => new UserError("bad_flag", message);

function oneOf(id: string, ids: readonly string[], flag: string): string {
  if (!ids.includes(id)) throw badFlag(`${flag} knows ${ids.join(", ")}, not ${id}`);
  return id;
}

function existing(path: string, flag: string): string {
  if (!existsSync(path)) throw badFlag(`${flag} names ${path}, which is not there`);
  return resolve(path);
}

function positive(value: string | undefined, otherwise: number, flag: string): number {
  const number = value === undefined ? otherwise : Number(value);
  if (!Number.isInteger(number) || number < 1) throw badFlag(`${flag} wants a whole number from 1 on, not ${value}`);
  return number;
}

/** The invented organisation in place of all that was not given; nothing is replaced once a repository or transcripts are. */
export async function completeInputs(given: Omit<Inputs, "isSample">, scratch: string, variables: Variables): Promise<Inputs> {
  if (given.transcripts !== null || given.organisation !== null || given.historyRepositories.length > 0)
    return { ...given, isSample: false };
  const path = variables["PATH"];
  const sample = await generateSample({ directory: join(scratch, "organisation"), seed: 7, ...(path === undefined ? {} : { path }) });
  const repositories = sample.repositories.map(({ folder }) => folder);
  const truth = join(scratch, "links.json");
  await writeFile(truth, JSON.stringify(keyOfSample(await readTruth(sample.truthFile as string))));
  return {
    isSample: true,
    transcripts: join(sample.home, ".claude"),
    ccusage: given.ccusage,
    organisation: { repositories, home: sample.home },
    historyRepositories: repositories,
    truth,
    score: given.score,
  };
}

/** Who wrote in which commit, as the sample's generator tells it: in the commit that first had a line, and in its squash. */
function keyOfSample({ lines, repositories, sessions }: SampleTruth): AnswerKey {
  const squashed = new Set(repositories.filter(({ habit }) => habit === "squash").map(({ name }) => name));
  const onDefault = new Set(repositories.flatMap(({ commits }) => commits.filter((commit) => commit.onDefault).map(({ hash }) => hash)));
  const present = new Set(sessions.filter(({ transcript }) => transcript === "present").map(({ session }) => session));
  const byCommit = new Map<string, { writers: Set<string>; listed: Set<string>; added: number }>();
  for (const line of lines) {
    if (line.author !== "agent" || line.session === null || line.draft || line.commit === null) continue;
    for (const commit of new Set([
      line.commit,
      ...(squashed.has(line.repository) && line.landedCommit !== null ? [line.landedCommit] : []),
    ])) {
      let entry = byCommit.get(commit);
      if (!entry) byCommit.set(commit, (entry = { writers: new Set(), listed: new Set(), added: 0 }));
      entry.listed.add(line.session);
      if (present.has(line.session)) entry.writers.add(line.session);
      if (line.side === "added") entry.added++;
    }
  }
  return Object.fromEntries(
    [...byCommit].map(([commit, { writers, listed, added }]) => [
      commit,
      { true: [...writers], listed: [...listed], added, default: onDefault.has(commit) },
    ]),
  );
}

export async function readKey(file: string): Promise<AnswerKey> {
  return JSON.parse(await readFile(file, "utf8")) as AnswerKey; // its form is that of the scoring script, which would fail on another
}
