/** The evaluation: generated organisations with a known truth, imported by the built program and held against it. */
import { spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { coverageBounds, coverageOf, coverageText, worlds } from "./coverage.ts";
import { doraReport } from "./dora.ts";
import { boundsOf, fateRows, reportOf } from "./report.ts";
import type { Scorecard } from "./score.ts";
import { evaluateSzz } from "./szz.ts";

const usage = `npm run evaluate -- [FLAGS]

  --seeds N              organisations for each noise setting (20): seeds 1 to N
  --seed N               one seed only
  --noise off|on|both    plain work, or work that is hard to follow (both)
  --worst N              the N largest disagreements, with their hard case
  --at-once N            organisations made at the same time (2)
  --json                 one JSON document instead of the tables
  --coverage             instead of organisations: what 95 % intervals of clustered lines cover
  --repetitions N        of each world of --coverage (1000)
  --dora FOLDER          instead of organisations: the DORA tables of Apache DevLake's plugin, held against ours

  --szz FILE --repos DIR bug links against the oracle of ICSE 2021 instead, on the repositories of DIR (owner+name/repo)
  --most-commits N       repositories of longer histories are left out (12000)

Exit code 1 if a bound does not hold, 2 if a flag is wrong. docs/guide/evaluate.md says what the rows mean.`;

interface Asked {
  readonly seeds: readonly number[];
  readonly noises: readonly string[];
  readonly worst: number;
  readonly atOnce: number;
  readonly json: boolean;
  /** Repetitions of each world; null where organisations are asked for. */
  readonly coverage: number | null;
  readonly dora: string | null;
  readonly szz: { readonly oracle: string; readonly folder: string; readonly mostCommits: number } | null;
}

const options = {
  seeds: { type: "string", default: "20" },
  seed: { type: "string" },
  noise: { type: "string", default: "both" },
  worst: { type: "string", default: "0" },
  "at-once": { type: "string", default: "2" },
  json: { type: "boolean", default: false },
  coverage: { type: "boolean", default: false },
  repetitions: { type: "string", default: "1000" },
  dora: { type: "string" },
  szz: { type: "string" },
  repos: { type: "string" },
  "most-commits": { type: "string", default: "12000" },
  help: { type: "boolean", short: "h", default: false },
} as const;

/** @returns null if help was asked for @throws Error if a flag is wrong */
function parse(args: readonly string[]): Asked | null {
  const { values } = parseArgs({ args: [...args], options });
  if (values.help) return null;
  const whole = (text: string, flag: string, least: number): number => {
    const value = Number(text);
    if (!Number.isSafeInteger(value) || value < least) throw new Error(`${flag} wants a whole number from ${least} on, not ${text}`);
    return value;
  };
  if (!["off", "on", "both"].includes(values.noise)) throw new Error(`--noise is off, on or both, not ${values.noise}`);
  if ((values.szz === undefined) !== (values.repos === undefined)) throw new Error("--szz FILE and --repos DIR go together");
  return {
    szz:
      values.szz === undefined || values.repos === undefined
        ? null
        : { oracle: values.szz, folder: values.repos, mostCommits: whole(values["most-commits"], "--most-commits", 1) },
    seeds:
      values.seed === undefined
        ? Array.from({ length: whole(values.seeds, "--seeds", 1) }, (_, index) => index + 1)
        : [whole(values.seed, "--seed", 0)],
    noises: values.noise === "both" ? ["off", "on"] : [values.noise],
    worst: whole(values.worst, "--worst", 0),
    atOnce: whole(values["at-once"], "--at-once", 1),
    json: values.json,
    coverage: values.coverage ? whole(values.repetitions, "--repetitions", 1) : null,
    dora: values.dora ?? null,
  };
}

const worker = fileURLToPath(new URL("evaluate-one-seed.js", import.meta.url));

function oneSeed(seed: number, noise: string, worst: number): Promise<Scorecard> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [worker, String(seed), noise, String(worst * 20)], { stdio: ["ignore", "pipe", "inherit"] });
    let text = "";
    child.stdout.setEncoding("utf8").on("data", (part: string) => {
      text += part;
    });
    child.on("error", reject);
    child.on("close", (code) =>
      code === 0 ? resolve(JSON.parse(text) as Scorecard) : reject(new Error(`seed ${seed} with noise ${noise} ended with ${code}`)),
    );
  });
}

/** Works through a list, some at once; results in the order of the list. */
async function all<T, R>(items: readonly T[], atOnce: number, work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let at = next++; at < items.length; at = next++) results[at] = await work(items[at] as T);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, lane));
  return results;
}

const drawsOfInterval = 1_000;

function coverage(repetitions: number, isJson: boolean): void {
  const found = worlds.map((world, seed) => coverageOf(world, repetitions, drawsOfInterval, 1 + seed * repetitions));
  console.log(isJson ? JSON.stringify(found, null, 1) : coverageText(found));
  if (found.some((one) => coverageBounds(one).some(({ holds }) => !holds))) process.exitCode = 1;
}

function dora(folder: string, isJson: boolean): void {
  const { text, tables, unexplained } = doraReport(folder);
  console.log(isJson ? JSON.stringify(tables, null, 1) : text);
  if (unexplained > 0) process.exitCode = 1;
}

async function main(): Promise<void> {
  const asked = parse(process.argv.slice(2));
  if (asked === null) return void console.log(usage);
  if (asked.coverage !== null) return coverage(asked.coverage, asked.json);
  if (asked.dora !== null) return dora(asked.dora, asked.json);
  if (asked.szz !== null) {
    for (const line of await evaluateSzz(asked.szz.oracle, asked.szz.folder, asked.szz.mostCommits)) console.log(line);
    return;
  }
  const runs = asked.noises.flatMap((noise) => asked.seeds.map((seed) => ({ seed, noise })));
  let done = 0;
  const failures: string[] = [];
  const found = await all(runs, asked.atOnce, async ({ seed, noise }) => {
    const card = await oneSeed(seed, noise, asked.worst).catch((error: unknown) => {
      failures.push(error instanceof Error ? error.message : String(error));
      return null;
    });
    if (process.stderr.isTTY) process.stderr.write(`\r${++done} of ${runs.length} organisations`);
    return card;
  });
  if (process.stderr.isTTY) process.stderr.write("\r");
  const cards = found.filter((card) => card !== null);
  const bounds = asked.noises.map((noise) => {
    const own = cards.filter((card) => card.noise === noise);
    return { noise, own, bounds: own.length === 0 ? [] : boundsOf(own, noise) };
  });
  if (asked.json) {
    const settings = bounds.map(({ noise, own, bounds: ofNoise }) => ({ noise, fates: fateRows(own), bounds: ofNoise, scorecards: own }));
    console.log(JSON.stringify({ settings, failures }, null, 1));
  } else {
    for (const { noise, own, bounds: ofNoise } of bounds) {
      if (own.length === 0) continue;
      console.log([...reportOf(own, noise, asked.worst), ""].join("\n"));
      for (const { what, reached, wanted, holds } of ofNoise) {
        console.log(
          `${holds ? "holds         " : "does not hold "} ${what}: ${reached === null ? "none" : Number(reached.toFixed(4))}, wanted ${wanted}`,
        );
      }
      console.log("");
    }
    const [make, read] = (["make", "import"] as const).map(
      (part) => cards.reduce((sum, card) => sum + card.seconds[part], 0) / cards.length,
    );
    console.log(`One organisation took ${make?.toFixed(1)} s to make and ${read?.toFixed(1)} s to import, ${asked.atOnce} at once.`);
  }
  for (const failure of failures) console.error(failure);
  if (failures.length > 0 || bounds.some(({ bounds: ofNoise }) => ofNoise.some(({ holds }) => !holds))) process.exitCode = 1;
}

try {
  await main();
} catch (error) {
  console.error(error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
}
