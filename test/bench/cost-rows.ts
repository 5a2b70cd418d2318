/** Rows that hold what something costs against a named floor. */
import { mkdir, readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, fileBytes, interleaved, secondsOf, shortName } from "./bench.ts";
import type { LineHistoryCost } from "./line-history.ts";
import { layOutTimes } from "./more-transcripts.ts";
import type { ProcessCost } from "./process-cost.ts";
import { type Row, boundRow, formatMegabytes, formatSeconds, median, plainRow, ratioRow, skippedRow } from "./row.ts";

/** Starts in one measurement of a short command. */
const startsAtOnce = 10;

export async function* factsRows(bench: Bench): AsyncGenerator<Row> {
  const { transcripts, ccusage } = bench.inputs;
  const title = "facts of the transcripts ÷ ccusage daily";
  if (transcripts === null) return yield skippedRow("facts", title, "no --transcripts");
  const variables = { ...bench.variables, CLAUDE_CONFIG_DIR: transcripts };
  const home = join(bench.scratch, "empty-home");
  await mkdir(home, { recursive: true });
  const facts = async () => await bench.measure(bench.part("import-facts", home, await bench.newFolder("facts")), { variables });
  if (ccusage === null) {
    const cost = await facts();
    yield plainRow("facts", "facts of the transcripts", formatSeconds(secondsOf(cost)), cost.output.trim());
    return yield skippedRow("facts", title, "no --ccusage");
  }
  const measured = await interleaved(bench.longRuns, facts, () => bench.measure([ccusage, "daily", "--offline", "--json"], { variables }));
  const note = measured.own[0]?.output.trim() ?? "";
  yield ratioRow({ id: "facts", title, measured: measured.own.map(secondsOf), floor: measured.floor.map(secondsOf), atMost: 2, note });
  const wall = (costs: readonly ProcessCost[]): number[] => costs.map(({ wallSeconds }) => wallSeconds);
  yield ratioRow({
    id: "facts",
    title: `${title}, wall`,
    measured: wall(measured.own),
    floor: wall(measured.floor),
    atMost: 1.5,
    note: "",
  });
}

/** Copies of all transcripts, each under ids of its own, that one import reads for the second figure. */
const times = 10;

export async function* memoryRows(bench: Bench): AsyncGenerator<Row> {
  const { transcripts } = bench.inputs;
  const title = "peak memory of the facts import";
  if (transcripts === null) return yield skippedRow("memory", title, "no --transcripts");
  const once = await factsPeak(bench, transcripts);
  yield boundRow({ id: "memory", title, value: once, atMost: 250e6, format: formatMegabytes, note: "" });
  const many = await bench.newFolder("many");
  layOutTimes(transcripts, many, times);
  const ratio = (await factsPeak(bench, many)) / once;
  const format = (value: number): string => `${value.toFixed(2)} ×`;
  yield boundRow({ id: "memory", title: `${title}, ${times} times the input`, value: ratio, atMost: 1.1, format, note: "of once" });
}

async function factsPeak(bench: Bench, transcripts: string): Promise<number> {
  const told = join(bench.scratch, "facts-peak");
  const home = join(bench.scratch, "empty-home");
  await mkdir(home, { recursive: true });
  const variables = { ...bench.variables, CLAUDE_CONFIG_DIR: transcripts, ASSAY_BENCH_PEAK_FILE: told };
  await bench.measure(bench.tellingPeak(bench.part("import-facts", home, await bench.newFolder("facts"))), { variables });
  return Number(await readFile(told, "utf8"));
}

/** What the store takes for a usage that wrote nothing: strings of ids are most of it. */
export async function* bytesRows(bench: Bench): AsyncGenerator<Row> {
  const folder = await bench.newFolder("usages");
  const { usages } = JSON.parse((await bench.measure(bench.part("invented-usages", folder))).output) as { usages: number }; // our own part
  await bench.measure(bench.assay("rebuild", "--store", folder));
  const sizes = await Promise.all(["facts.duckdb", "derived.duckdb"].map((name) => fileBytes(join(folder, name))));
  const [facts = 0, derived = 0] = sizes.map((bytes) => bytes / usages);
  const note = `${facts.toFixed(1)} of facts, ${derived.toFixed(1)} of what is derived; ${usages} invented usages`;
  const format = (value: number): string => value.toFixed(1);
  yield boundRow({ id: "bytes", title: "bytes a usage, without writes", value: facts + derived, atMost: 45, format, note });
}

export async function* lineHistoryRows(bench: Bench): AsyncGenerator<Row> {
  const repositories = bench.inputs.historyRepositories;
  if (repositories.length === 0) yield skippedRow("history", "line history ÷ its git log", "no --history-repo");
  for (const repository of repositories) {
    const costs: LineHistoryCost[] = [];
    for (let run = 0; run < bench.longRuns; run++) {
      costs.push(JSON.parse((await bench.measure(bench.part("line-history", repository))).output) as LineHistoryCost); // our own part
    }
    const [first] = costs as [LineHistoryCost];
    yield ratioRow({
      id: "history",
      title: `line history ÷ its git log, ${shortName(repository)}`,
      measured: costs.map(({ historySeconds }) => historySeconds),
      floor: costs.map(({ floorSeconds }) => floorSeconds),
      atMost: 1.3,
      note: `${first.commits} commits, ${first.lines} lines, peak ${Math.max(...costs.map(({ peakMegabytes }) => peakMegabytes))} MB`,
    });
  }
}

export async function* unchangedRows(bench: Bench): AsyncGenerator<Row> {
  const title = "import, nothing changed ÷ empty Node start";
  if (bench.inputs.organisation === null) return yield skippedRow("unchanged", title, "no --repo");
  const { importArgs } = await bench.imported(bench.inputs.organisation);
  yield await startRow(
    bench,
    "unchanged",
    title,
    bench.assay("import", ...importArgs),
    2,
    0.01 * bench.inputs.organisation.repositories.length,
  );
}

export async function* helpRows(bench: Bench): AsyncGenerator<Row> {
  yield await startRow(bench, "help", "--help ÷ empty Node start", bench.assay("--help"), 1.15);
}

/** @param extraSeconds allowed beside the ratio */
async function startRow(
  bench: Bench,
  id: string,
  title: string,
  command: readonly string[],
  atMost: number,
  extraSeconds = 0,
): Promise<Row> {
  const short = { repeat: startsAtOnce };
  const empty = await bench.emptyStart();
  const measured = await interleaved(
    bench.settings.runs,
    () => bench.measure(command, short),
    () => bench.measure(empty, short),
  );
  const floorWall = median(measured.floor.map(({ wallSeconds }) => wallSeconds));
  const note = `${bench.settings.runs} × ${startsAtOnce} starts; wall ${(median(measured.own.map(({ wallSeconds }) => wallSeconds)) / floorWall).toFixed(2)} ×`;
  return ratioRow({
    id,
    title,
    measured: measured.own.map(secondsOf),
    floor: measured.floor.map(secondsOf),
    atMost,
    extraSeconds,
    floorIsStart: true,
    note,
  });
}

export async function* importRows(bench: Bench): AsyncGenerator<Row> {
  const title = "peak memory of a whole import";
  if (bench.inputs.organisation === null) return yield skippedRow("import", title, "no --repo");
  const { costs, peakBytes, treePeak } = await bench.imported(bench.inputs.organisation);
  const most = { atMost: 400e6, format: formatMegabytes };
  yield boundRow({ id: "import", title, value: peakBytes, ...most, note: `of the process alone; largest of ${costs.length}` });
  if (treePeak === null) yield skippedRow("import", `${title}, git beside it`, "no /proc");
  else {
    const { bytes, gitBytes, mappedBytes } = treePeak;
    const note = `at one instant, ${formatMegabytes(gitBytes)} of it git's; packs it maps are not in it (${formatMegabytes(mappedBytes)})`;
    yield boundRow({ id: "import", title: `${title}, git beside it`, value: bytes, ...most, note });
  }
  yield plainRow(
    "import",
    "whole import, CPU of the process tree",
    formatSeconds(median(costs.map(secondsOf))),
    `median of ${costs.length}`,
  );
  yield plainRow(
    "import",
    "whole import, wall time",
    formatSeconds(median(costs.map(({ wallSeconds }) => wallSeconds))),
    `median of ${costs.length}`,
  );
}

export async function* scaleRows(bench: Bench): AsyncGenerator<Row> {
  if (bench.inputs.organisation === null) return yield skippedRow("scale", "report, rebuild, bytes a usage", "no --repo");
  const { folder } = await bench.imported(bench.inputs.organisation);
  for (const command of ["report", "rebuild"]) {
    const { cpuSeconds, wallSeconds } = await bench.measure(bench.assay(command, "--store", folder));
    yield plainRow("scale", command, formatSeconds(cpuSeconds ?? wallSeconds), `CPU; wall ${formatSeconds(wallSeconds)}`);
  }
  const { output } = await bench.measure(bench.assay("audit", "--json", "--store", folder));
  const { usage } = JSON.parse(output) as { usage: readonly { usages: number }[] }; // our own audit
  const usages = usage.reduce((sum, row) => sum + row.usages, 0);
  for (const file of (await readdir(folder)).filter((name) => name.endsWith(".duckdb")).sort()) {
    const bytes = await fileBytes(join(folder, file));
    yield plainRow("scale", `${file}, bytes a usage`, (bytes / usages).toFixed(0), `${formatMegabytes(bytes)} for ${usages} usages`);
  }
}
