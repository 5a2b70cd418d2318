/** Rows that hold what reading a line costs, source against source. */
import type { Bench } from "./bench.ts";
import { type Row, ratioRow } from "./row.ts";

/** Of the conversation that is read; of lines that a figure is told for. */
const rounds = 3000;
const perLines = 100_000;

interface Reading {
  readonly agent: string;
  readonly lines: number;
  readonly seconds: readonly number[];
  readonly told: { readonly responses: number; readonly writes: number; readonly calls: number };
}

/** CPU of reading 100,000 lines of each agent's log of one conversation, beside those of Claude Code's log of it. */
export async function* sourceRows(bench: Bench): AsyncGenerator<Row> {
  const runs = String(bench.longRuns);
  const { output } = await bench.measure(bench.part("read-sources", await bench.newFolder("sources"), String(rounds), runs));
  const [floor, ...others] = JSON.parse(output) as [Reading, ...Reading[]]; // our own part
  const per = ({ seconds, lines }: Reading): number[] => seconds.map((second) => (second / lines) * perLines);
  for (const reading of others) {
    const { responses, writes, calls } = reading.told;
    yield ratioRow({
      id: "sources",
      title: `100,000 lines of ${reading.agent} ÷ of claude-code`,
      measured: per(reading),
      floor: per(floor),
      atMost: 1.5,
      note: `${reading.lines} lines: ${responses} responses told, ${calls} calls, ${writes} writes`,
    });
  }
}
