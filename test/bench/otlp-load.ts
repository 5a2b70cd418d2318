/**
 * Sends logs over HTTP with protobuf for some seconds, from many clients, each with one request at a time.
 *
 * node otlp-load.js PORT CLIENTS RECORDS_A_REQUEST SECONDS; prints {"records", "seconds", "p50Ms", "p99Ms", "refused", "bytesOfRequest"}
 */
import { Agent, request } from "node:http";

const [port, clients, recordsOfRequest, seconds] = process.argv.slice(2).map(Number) as [number, number, number, number];

const digits = 12;
const idMark = "req_0000";

function field(number: number, ...parts: readonly (string | Buffer)[]): Buffer {
  const inside = Buffer.concat(parts.map((part) => (typeof part === "string" ? Buffer.from(part) : part)));
  return Buffer.concat([Buffer.from([number * 8 + 2]), varint(inside.length), inside]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) + 128);
  return Buffer.from([...bytes, left]);
}

const attributes = (number: number, said: Readonly<Record<string, string | number>>): Buffer =>
  Buffer.concat(
    Object.entries(said).map(([key, value]) =>
      field(
        number,
        field(1, key),
        field(2, typeof value === "string" ? field(1, value) : Buffer.concat([Buffer.from([0x18]), varint(value)])),
      ),
    ),
  );

/** A response as Claude Code tells it. The id of the request is written into it before it is sent. */
function record(place: number): Buffer {
  const time = Buffer.alloc(9);
  time[0] = 0x09;
  time.writeBigUInt64LE(BigInt(Date.UTC(2026, 0, 2) + place * 1_000) * 1_000_000n, 1);
  const said = {
    "user.id": "6c0d9e4f0a1b2c3d4e5f60718293a4b5c6d7e8f9",
    "session.id": `5d0c6c1e-52a7-4b8e-8c39-${String(place % 50).padStart(12, "0")}`,
    "organization.id": "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0",
    "terminal.type": "xterm-256color",
    "event.name": "api_request",
    "event.timestamp": "2026-01-02T10:00:04.000Z",
    "event.sequence": place,
    "prompt.id": "9e107d9d-3721-4b2c-8d9f-1f0e2d3c4b5a",
    model: "claude-opus-4-5-20251101",
    cost_usd_micros: 18_300,
    duration_ms: 4_321,
    input_tokens: 12,
    output_tokens: 345,
    cache_read_tokens: 67_890,
    cache_creation_tokens: 1_011,
    request_id: `${idMark}${"0".repeat(digits)}`,
    speed: "normal",
    query_source: "main",
  };
  return field(2, time, field(5, field(1, "claude_code.api_request")), attributes(6, said));
}

function body(): Buffer {
  const resource = { "service.name": "claude-code", "service.version": "2.1.220", "os.type": "linux", "host.arch": "amd64" };
  const records = Array.from({ length: recordsOfRequest }, (_, place) => record(place));
  return field(1, field(1, attributes(1, resource)), field(2, field(1, field(1, "com.anthropic.claude_code.events")), ...records));
}

class Client {
  readonly #body = body();
  readonly #places: number[] = [];
  readonly latencies: number[] = [];
  refused = 0;

  constructor() {
    for (let at = this.#body.indexOf(idMark); at >= 0; at = this.#body.indexOf(idMark, at + 1)) this.#places.push(at + idMark.length);
  }

  get bytes(): number {
    return this.#body.length;
  }

  async sendUntil(end: number): Promise<void> {
    while (performance.now() < end) {
      for (const at of this.#places) this.#body.write(String(nextId++).padStart(digits, "0"), at, "latin1");
      const began = performance.now();
      const status = await send(this.#body);
      if (status === 200) this.latencies.push(performance.now() - began);
      else this.refused++;
    }
  }
}

let nextId = Math.floor(Math.random() * 1e6) * 1_000_000;
const agent = new Agent({ keepAlive: true, maxSockets: clients });

function send(bytes: Buffer): Promise<number> {
  const headers = { "content-type": "application/x-protobuf", "content-length": bytes.length };
  return new Promise((resolve, reject) => {
    request({ host: "127.0.0.1", port, path: "/v1/logs", method: "POST", agent, headers }, (response) => {
      response.resume().once("end", () => resolve(response.statusCode ?? 0));
    })
      .once("error", reject)
      .end(bytes);
  });
}

const all = Array.from({ length: clients }, () => new Client());
const warmUp = performance.now() + 1_000;
await Promise.all(all.map((client) => client.sendUntil(warmUp)));
for (const client of all) client.latencies.length = 0;
const began = performance.now();
await Promise.all(all.map((client) => client.sendUntil(began + seconds * 1_000)));
const took = (performance.now() - began) / 1_000;
agent.destroy();
const latencies = all.flatMap((client) => client.latencies).sort((a, b) => a - b);
const quantile = (share: number): number => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * share))] ?? Number.NaN;
console.log(
  JSON.stringify({
    records: latencies.length * recordsOfRequest,
    seconds: took,
    p50Ms: quantile(0.5),
    p99Ms: quantile(0.99),
    refused: all.reduce((sum, client) => sum + client.refused, 0),
    bytesOfRequest: (all[0] as Client).bytes,
  }),
);
