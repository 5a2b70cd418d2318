/** What a little that is new costs in a store that holds much: the import after a session. */
import { appendFileSync, cpSync, mkdirSync, readFileSync, readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import { type Bench, secondsOf, shortName } from "./bench.ts";
import type { ProcessCost } from "./process-cost.ts";
import { type Row, boundRow, formatMegabytes, formatSeconds, median, plainRow, skippedRow } from "./row.ts";

const grownBytes = 1_000_000;
const grownSeconds = 0.4;

/** Transcripts of a size that a day's work makes: a megabyte more is then more of the same. */
const [smallest, largest] = [500_000, 3_000_000];

export async function* grownRows(bench: Bench): AsyncGenerator<Row> {
  const title = "import, one transcript grown by 1 MB";
  const { organisation, transcripts } = bench.inputs;
  if (organisation === null || transcripts === null) return yield skippedRow("grown", title, "no --repo or no --transcripts");
  const source = findTranscript(transcripts);
  if (source === null) return yield skippedRow("grown", title, "no transcript of 0.5 to 3 MB");
  const config = await bench.newFolder("grown-home");
  const file = join(config, "projects", "grown", "grown.jsonl");
  mkdirSync(join(config, "projects", "grown"), { recursive: true });
  cpSync(source, file);
  const { folder } = await bench.imported(organisation);
  const variables = { ...bench.variables, CLAUDE_CONFIG_DIR: config };
  const importInto = (store: string): Promise<ProcessCost> =>
    bench.measure(bench.assay("import", ...organisation.repositories.flatMap((path) => ["--repo", path]), "--store", store), {
      variables,
      watchMemory: true,
    });
  const before = await copyOf(bench, folder);
  await importInto(before);
  const copies: string[] = [];
  for (let run = 0; run < bench.longRuns; run++) copies.push(await copyOf(bench, before));
  const records = growth(source, Date.now());
  appendFileSync(file, records);
  const costs: ProcessCost[] = [];
  for (const copy of copies) costs.push(await importInto(copy));
  const note = `${formatMegabytes(records.length)} after every commit; ${shortName(organisation.repositories[0] ?? "")}`;
  const bound = { atMost: grownSeconds, format: formatSeconds };
  yield boundRow({ id: "grown", title: `${title}, CPU`, value: median(costs.map(secondsOf)), ...bound, note });
  yield boundRow({ id: "grown", title: `${title}, wall`, value: median(costs.map(({ wallSeconds }) => wallSeconds)), ...bound, note });
  const peak = Math.max(...costs.map(({ treePeak }) => treePeak?.bytes ?? 0));
  yield plainRow("grown", `${title}, peak memory`, peak === 0 ? "not told" : formatMegabytes(peak));
}

async function copyOf(bench: Bench, store: string): Promise<string> {
  const copy = await bench.newFolder("grown-store");
  cpSync(store, copy, { recursive: true, preserveTimestamps: true });
  return copy;
}

function findTranscript(folder: string): string | null {
  const files = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".jsonl"))
    .sort();
  const fits = (path: string): boolean => statSync(path).size >= smallest && statSync(path).size <= largest;
  return files.map((name) => join(folder, name)).find((path) => fits(path) && /"structuredPatch"/.test(readFileSync(path, "utf8"))) ?? null;
}

/** A megabyte of the transcript's own records once more, under new ids and later instants: new work of the same kind. */
function growth(path: string, from: number): string {
  const lines = readFileSync(path, "utf8").trimEnd().split("\n");
  const parts: string[] = [];
  let bytes = 0;
  for (let place = 0; bytes < grownBytes; place++) {
    const record = JSON.parse(lines[place % lines.length] as string) as Record<string, unknown>; // what the agent logged
    if (typeof record["timestamp"] !== "string") continue;
    const round = `n${Math.floor(place / lines.length)}`;
    const text = JSON.stringify({ ...record, timestamp: new Date(from + place * 1000).toISOString(), uuid: `grown-${place}` });
    const line = `${text.replaceAll(/"((?:msg|req|toolu)_[A-Za-z0-9]+)"/g, (_, id: string) => `"${id}${round}"`)}\n`;
    parts.push(line);
    bytes += line.length;
  }
  return parts.join("");
}
