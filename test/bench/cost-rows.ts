/** Rows that hold what something costs against a named floor. */
import { mkdir, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Bench, fileBytes, interleaved, secondsOf, shortName } from "./bench.ts";
import type { LineHistoryCost } from "./line-history.ts";
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
  yield await startRow(bench, "unchanged", title, bench.assay("import", ...importArgs), 5);
}

export async function* helpRows(bench: Bench): AsyncGenerator<Row> {
  yield await startRow(bench, "help", "--help ÷ empty Node start", bench.assay("--help"), 1.15);
}

async function startRow(bench: Bench, id: string, title: string, command: readonly string[], atMost: number): Promise<Row> {
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
