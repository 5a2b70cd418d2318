/**
 * Measures Assay against named floors and known truths, side by side in one run.
 *
 * npm run bench -- [FLAGS]; docs/guide/bench.md says what each row means.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { availableParallelism, loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { UserError, exitCodes } from "../../src/contract/errors.ts";
import { Bench } from "./bench.ts";
import { bytesRows, factsRows, helpRows, importRows, lineHistoryRows, memoryRows, scaleRows, unchangedRows } from "./cost-rows.ts";
import { grownRows } from "./grown-rows.ts";
import { completeInputs, parseInputs, usage } from "./inputs.ts";
import { blameRows, controlRows, linkRows } from "./link-rows.ts";
import { otlpRows } from "./otlp-rows.ts";
import { sourceRows } from "./source-rows.ts";
import { type Row, formatRow, tableHead } from "./row.ts";

const topics: Readonly<Record<string, (bench: Bench) => AsyncGenerator<Row>>> = {
  help: helpRows,
  facts: factsRows,
  sources: sourceRows,
  memory: memoryRows,
  bytes: bytesRows,
  history: lineHistoryRows,
  import: importRows,
  unchanged: unchangedRows,
  grown: grownRows,
  scale: scaleRows,
  blame: blameRows,
  controls: controlRows,
  links: linkRows,
  otlp: otlpRows,
};

/** Nothing of this user's may move where a child looks for transcripts, or how its Node starts. */
function variablesOfChildren(): Record<string, string | undefined> {
  const left = ["CLAUDE_CONFIG_DIR", "XDG_CONFIG_HOME", "NODE_OPTIONS"];
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !left.includes(name)));
}

function machine(): string {
  const load = loadavg()
    .map((average) => average.toFixed(2))
    .join(" ");
  return `Node ${process.versions.node}, ${process.platform} ${process.arch}, ${availableParallelism()} cores, load ${load}`;
}

async function main(): Promise<void> {
  const asked = parseInputs(process.argv.slice(2), process.env, Object.keys(topics));
  if (asked === null) return void console.log(usage);
  const { given, settings } = asked;
  const scratch = await mkdtemp(join(tmpdir(), "assay-bench-"));
  try {
    const variables = variablesOfChildren();
    const bench = new Bench(await completeInputs(given, scratch, variables), settings, scratch, variables);
    const say = (line: string): void => void (settings.json || console.log(line));
    const startedOn = machine();
    say(
      `${startedOn}; ${bench.inputs.isSample ? "the invented organisation" : "the inputs given"}; CPU time of process trees, median of ${settings.runs} runs (long ones ${bench.longRuns})`,
    );
    say(tableHead);
    const rows: Row[] = [];
    for (const [id, rowsOf] of Object.entries(topics)) {
      if (settings.only.length > 0 && !settings.only.includes(id)) continue;
      for await (const row of rowsOf(bench)) {
        rows.push(row);
        say(formatRow(row));
      }
    }
    const failed = rows.filter(({ verdict }) => verdict === "does not hold");
    const held = rows.filter(({ verdict }) => verdict === "holds");
    say(`${held.length} hold, ${failed.length} do not hold; ${machine()}`);
    if (settings.json) console.log(JSON.stringify({ startedOn, endedOn: machine(), rows }, null, 1));
    if (failed.length > 0) process.exitCode = 1;
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

try {
  await main();
} catch (error) {
  if (!(error instanceof UserError)) throw error;
  console.error(error.message);
  process.exitCode = exitCodes.usage;
}
