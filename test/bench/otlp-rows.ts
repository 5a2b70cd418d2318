/** What taking OTLP costs: records a second that are on the disk before they are answered for, beside a receiver that only decodes. */
import { spawn } from "node:child_process";
import type { Bench } from "./bench.ts";
import { type Row, boundRow, plainRow } from "./row.ts";

interface Load {
  readonly records: number;
  readonly seconds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly refused: number;
  readonly bytesOfRequest: number;
}

/** Starts a server that prints its port as JSON, and ends it after the use. */
export async function whileServing<T>(bench: Bench, [command, ...args]: readonly string[], use: (port: number) => Promise<T>): Promise<T> {
  const child = spawn(command as string, args, { env: bench.variables, stdio: ["ignore", "pipe", "inherit"] });
  try {
    const port = await new Promise<number>((resolve, reject) => {
      let out = "";
      child.once("error", reject);
      child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
      child.stdout.setEncoding("utf8").on("data", (text: string) => {
        out += text;
        if (out.includes("}")) resolve((JSON.parse(out) as { port: number }).port);
      });
    });
    child.removeAllListeners("exit");
    return await use(port);
  } finally {
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGTERM");
    await gone;
  }
}

const seconds = 6;

export async function* otlpRows(bench: Bench): AsyncGenerator<Row> {
  const load = async (port: number, clients: number, records: number): Promise<Load> => {
    const { output } = await bench.measure(bench.part("otlp-load", String(port), String(clients), String(records), String(seconds)));
    return JSON.parse(output) as Load;
  };
  const both = async (clients: number, records: number): Promise<{ own: Load; floor: Load }> => {
    const floor = await whileServing(bench, bench.part("otlp-decoder"), (port) => load(port, clients, records));
    const folder = await bench.newFolder("otlp");
    const own = await whileServing(bench, bench.assay("serve", "--json", "--no-home", "--port=0", "--store", folder), (port) =>
      load(port, clients, records),
    );
    return { own, floor };
  };
  const rate = ({ records, seconds: took }: Load): number => records / took;
  const perSecond = (value: number): string => `${Math.round(value).toLocaleString("en")}/s`;
  const note = ({ own, floor }: { own: Load; floor: Load }): string =>
    `${own.bytesOfRequest} bytes a request; only decoding ${perSecond(rate(floor))}, p99 ${floor.p99Ms.toFixed(0)} ms; refused ${own.refused}`;

  const large = await both(4, 1_000);
  yield boundRow({
    id: "otlp.large",
    title: "OTLP logs, 4 clients × 1,000 records, durable",
    value: rate(large.own),
    atLeast: 20_000,
    format: perSecond,
    note: note(large),
  });
  const small = await both(200, 5);
  yield boundRow({
    id: "otlp.small",
    title: "OTLP logs, 200 clients × 5 records, durable",
    value: rate(small.own),
    atLeast: 5_000,
    format: perSecond,
    note: note(small),
  });
  yield boundRow({
    id: "otlp.p99",
    title: "  99 of 100 of their requests are answered within",
    value: small.own.p99Ms,
    atMost: 250,
    format: (value) => `${value.toFixed(0)} ms`,
    note: "",
  });
  yield plainRow("otlp.p50", "  half of their requests within", `${small.own.p50Ms.toFixed(0)} ms`);
}
