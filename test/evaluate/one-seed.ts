/** Makes one organisation, imports it with the built program and prints its scorecard as JSON: `SEED NOISE WORST`. */
import { spawnSync } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { evaluationOrganisation, type Noise } from "../../src/sample/evaluation-organisation.ts";
import { generateSample } from "../../src/sample/generate.ts";
import { readTruth, type SampleTruth } from "../../src/sample/truth.ts";
import { type Scorecard, scoreLines, scoreMoney } from "./score.ts";
import { readTold, type Told } from "./told.ts";

const program = fileURLToPath(new URL("assay.js", import.meta.url));

async function main([seedText = "1", noise = "on", worst = "0", keep = ""]: readonly string[]): Promise<void> {
  const seed = Number(seedText);
  const folder = keep === "" ? await mkdtemp(join(tmpdir(), "assay-evaluate-")) : keep;
  try {
    const startedAt = performance.now();
    const path = process.env["PATH"];
    const organisation = evaluationOrganisation({ seed, noise: noise as Noise });
    const made = await generateSample({
      directory: join(folder, "organisation"),
      seed,
      organisation,
      ...(path === undefined ? {} : { path }),
    });
    const truth = await readTruth(made.truthFile as string);
    const madeAt = performance.now();
    const store = join(folder, "store");
    const problems = importWith(made.home, made.forgeFile, store);
    const importedAt = performance.now();
    const seconds = { make: (madeAt - startedAt) / 1000, import: (importedAt - madeAt) / 1000 };
    const card = scorecard(truth, await readTold(store), { seed, noise, problems, seconds, worst: Number(worst) });
    process.stdout.write(`${JSON.stringify(card)}\n`);
  } finally {
    if (keep === "") await rm(folder, { recursive: true, force: true });
  }
}

/** @returns what the program complained of */
function importWith(home: string, forge: string | null, store: string): string[] {
  const { PATH } = process.env;
  const args = [program, "import", "--home", home, ...(forge === null ? [] : ["--forge", forge]), "--store", store, "--json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: "utf8",
    env: { HOME: home, ...(PATH === undefined ? {} : { PATH }) },
    maxBuffer: 1 << 28,
  });
  if (status !== 0) throw new Error(`assay import ended with ${status}: ${stderr}`);
  const { problems } = JSON.parse(stdout) as { problems: readonly { code: string; message: string }[] };
  return problems.map(({ code, message }) => `${code}: ${message}`);
}

function scorecard(
  truth: SampleTruth,
  told: Told,
  run: Pick<Scorecard, "seed" | "noise" | "problems" | "seconds"> & { readonly worst: number },
): Scorecard {
  const repositoryOf = new Map(truth.sessions.map(({ session, repository }) => [session, repository]));
  const present = new Set(truth.sessions.filter(({ transcript }) => transcript === "present").map(({ session }) => session));
  const scored = (fates: Told["fates"]) =>
    scoreMoney(
      truth.responses.map(({ messageId, session, ends }) => ({
        key: messageId,
        session,
        repository: repositoryOf.get(session) ?? "",
        truth: ends,
        told: fates.get(messageId) ?? null,
      })),
    );
  const money = scored(told.fates);
  const plain = money.cases["plain"]?.nanoUsd ?? 0;
  const { worst, ...rest } = run;
  return {
    ...rest,
    sessions: truth.totals.sessions,
    usages: truth.totals.usages,
    spendNanoUsd: money.spendNanoUsd,
    toldSpendNanoUsd: told.spendNanoUsd,
    hardShare: 1 - plain / money.spendNanoUsd,
    coverage: 1 - (money.fates["unlinked"]?.toldNanoUsd ?? 0) / money.spendNanoUsd,
    fates: money.fates,
    widestFixing: scored(told.widest).fates["fixing"] ?? { trueNanoUsd: 0, toldNanoUsd: 0, agreedNanoUsd: 0 },
    cases: money.cases,
    lines: scoreLines(truth.authors, told.authors, (session) => session !== null && present.has(session)),
    worst: [...money.disagreements].sort((a, b) => b.nanoUsd - a.nanoUsd).slice(0, worst),
  };
}

await main(process.argv.slice(2));
