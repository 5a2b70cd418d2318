/** Rows that hold what Assay says against what is known to be true. */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { type Bench, shortName } from "./bench.ts";
import { readKey } from "./inputs.ts";
import type { ControlShare } from "./link-controls.ts";
import { type Interval, type ScoredLink, bootstrap, hitsByCommit, scoreOf } from "./link-score.ts";
import { type Row, boundRow, formatPercent, plainRow, skippedRow } from "./row.ts";

export async function* blameRows(bench: Bench): AsyncGenerator<Row> {
  const { inputs, settings } = bench;
  const repositories = [...new Set([...inputs.historyRepositories, ...(inputs.organisation?.repositories ?? [])])];
  if (repositories.length === 0)
    yield skippedRow("blame", "lines that git blame gives to the same commit", "no --history-repo and no --repo");
  for (const repository of repositories) {
    const drawn = ["--files", String(settings.blameFiles), "--seed", String(settings.seed)];
    const { output } = await bench.measure(bench.part("blame-agreement", repository, ...drawn));
    const { files, lines, opaque, ratio } = JSON.parse(output) as { files: number; lines: number; opaque: number; ratio: number }; // our own part
    yield boundRow({
      id: "blame",
      title: `git blame agrees, ${shortName(repository)}`,
      value: ratio,
      atLeast: 0.999,
      format: formatPercent,
      note: `${lines} lines in ${files} files drawn; ${opaque} paths opaque`,
    });
  }
}

const bar = { f1: 0.93, precision: 0.95, explained: 0.87 };

export async function* linkRows(bench: Bench): AsyncGenerator<Row> {
  const { organisation, truth, score } = bench.inputs;
  const title = "links without trailers, default branch";
  if (organisation === null || truth === null) return yield skippedRow("links", title, organisation === null ? "no --repo" : "no --truth");
  const { folder } = await bench.imported(organisation);
  await bench.measure(bench.assay("rebuild", "--ignore-trailers", "--store", folder));
  const { output } = await bench.measure(bench.assay("audit", "--links", "--json", "--store", folder));
  await bench.measure(bench.assay("rebuild", "--no-ignore-trailers", "--store", folder));
  const { links } = JSON.parse(output) as { links: ScoredLink[] }; // our own audit
  const hits = hitsByCommit(await readKey(truth), links, true);
  const own = scoreOf(hits);
  const interval = bootstrap(hits, bench.settings.seed);
  const told = score === null ? own : await scoreByScript(bench, score, output, truth);
  const by = score === null ? "scored here (no --score)" : `scored by ${basename(score)}`;
  const format = (value: number): string => value.toFixed(4);
  const clusters = new Set(hits.map(({ cluster }) => cluster)).size;
  const note = (of: Interval): string => `95 % of draws of ${clusters} clusters ${format(of.low)} … ${format(of.high)}`;
  yield boundRow({
    id: "links",
    title: `${title}: F1`,
    value: told.f1,
    atLeast: bar.f1,
    format,
    note: `${note(interval.f1)}; ${by}, ${hits.length} commits`,
  });
  yield boundRow({
    id: "links",
    title: `${title}: precision`,
    value: told.precision,
    atLeast: bar.precision,
    format,
    note: note(interval.precision),
  });
  yield plainRow("links", `${title}: recall`, format(told.recall), note(interval.recall));
  yield boundRow({
    id: "links",
    title: "added lines explained by a true session",
    value: own.explained,
    atLeast: bar.explained,
    format,
    note: note(interval.explained),
  });
  if (Math.abs(told.f1 - own.f1) > 0.0001)
    yield boundRow({
      id: "links",
      title: "both scores are one",
      value: Math.abs(told.f1 - own.f1),
      atMost: 0.0001,
      format,
      note: `scored here: ${format(own.f1)}`,
    });
}

async function scoreByScript(
  bench: Bench,
  script: string,
  audit: string,
  key: string,
): Promise<{ precision: number; recall: number; f1: number }> {
  const file = join(bench.scratch, "audit.json");
  await writeFile(file, audit);
  const { output } = await bench.measure([process.execPath, script, file, key]);
  const told = (JSON.parse(output) as Record<string, { precision: number; recall: number; f1: number } | undefined>)["default branch"];
  if (told === undefined) throw new Error(`${script} tells nothing of the default branch`);
  return told;
}

/** Share of lines that chance alone may link. */
const chance = 0.001;

/** What shows that the controls can fail: it bears no bound. */
const power: ReadonlySet<ControlShare["control"]> = new Set(["own", "own, one path"]);

export async function* controlRows(bench: Bench): AsyncGenerator<Row> {
  const { organisation, historyRepositories, isSample } = bench.inputs;
  if (organisation === null) return yield skippedRow("controls", "lines that cannot be linked", "no --repo");
  const { folder } = await bench.imported(organisation);
  const others = isSample ? [] : historyRepositories.flatMap((path) => ["--other", path]);
  const { output } = await bench.measure(bench.part("link-controls", folder, ...others));
  const shares = output
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as ControlShare); // our own part
  for (const share of shares) {
    const value = Math.max(ratio(share.writtenLinked, share.written), ratio(share.changedLinked, share.changed));
    const title = `lines linked: ${share.control}`;
    const note = `${shortName(share.writesOf)} → ${shortName(share.linesOf)}: ${share.writtenLinked} of ${share.written} written, ${share.changedLinked} of ${share.changed} changed, ${share.links} links`;
    yield boundRow({ id: "controls", title, value, ...(power.has(share.control) ? {} : { atMost: chance }), format: formatPercent, note });
  }
}

const ratio = (part: number, whole: number): number => (whole === 0 ? NaN : part / whole);
