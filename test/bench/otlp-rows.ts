/** What taking OTLP costs: records a second that are on the disk before they are answered for, beside a receiver that only decodes. */
import { spawn } from "node:child_process";
import type { Bench } from "./bench.ts";
import { dumpFacts } from "../../src/store/dump.ts";
import { FactStore } from "../../src/store/store.ts";
import { killBodies, layIntoInbox, sendWhileKilled } from "./otlp-kill.ts";
import { type Row, boundRow, plainRow } from "./row.ts";

/** As many records as the issue asks for, in requests an agent's exporter makes. */
const killRequests = 1_000;
const killRecords = 100;

/** What a store holds after a server was killed three times while it was sent 100,000 records with retries. */
async function* killRows(bench: Bench): AsyncGenerator<Row> {
  const [node, program] = bench.assay() as [string, string];
  const bodies = killBodies(killRequests, killRecords);
  const importOnce = async (store: string): Promise<void> =>
    void (await bench.measure([node, program, "import", "--no-home", "--store", store]));
  const store = await bench.newFolder("otlp-kill");
  await importOnce(store);
  const { sent, kills } = await sendWhileKilled({ program, store, bodies, senders: 8, pauseMs: 60 });
  await importOnce(store);
  const wanted = await bench.newFolder("otlp-whole");
  layIntoInbox(wanted, bodies);
  await importOnce(wanted);
  const [got, whole] = [await tokenRows(store), await tokenRows(wanted)];
  const known = new Set(got);
  const missing = whole.filter((row) => !known.has(row)).length;
  const note = `${whole.length} of ${killRequests * killRecords} records are rows; ${kills} kills, ${sent - bodies.length} requests sent again`;
  const count = (value: number): string => value.toLocaleString("en");
  yield boundRow({
    id: "otlp.lost",
    title: "OTLP, 100,000 records, killed: answered for and lost",
    value: missing,
    atMost: 0,
    format: count,
    note,
  });
  yield boundRow({
    id: "otlp.doubled",
    title: "  rows there were not, or twice",
    value: got.length - (whole.length - missing),
    atMost: 0,
    format: count,
    note: "",
  });
}

/** One line for each response and call of a store. */
async function tokenRows(folder: string): Promise<string[]> {
  const store = await FactStore.open(folder, { readOnly: true });
  try {
    return (await dumpFacts(store)).filter((line) => /^(sighting|call)\|/.test(line));
  } finally {
    store.close();
  }
}

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
  yield* killRows(bench);
}
