/** A server that is killed at any moment has lost nothing it answered for, and what is sent again is not doubled. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { keepRequest } from "../../src/sources/otlp/records.ts";
import { Scratch, differences, dumpStore, importInto, makeStore } from "../scenarios/support/sample-store.ts";
import { logsJson } from "../surfaces/support/otlp-senders.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
/** Inside the project, so that DuckDB is found beside it. */
const built = join("node_modules", ".cache", `assay-otlp-kill-${process.pid}`);
const scratch = new Scratch();
const requests = 160;
const recordsOfRequest = 25;
const senders = 4;

beforeAll(() => {
  const { status, stderr } = spawnSync(process.execPath, ["scripts/build.mjs", built], { cwd: root, encoding: "utf8" });
  if (status !== 0) throw new Error(stderr);
}, 180_000);
afterAll(() => {
  rmSync(join(root, built), { recursive: true, force: true });
  scratch.remove();
});

/** Responses and calls of twenty sessions; every record is another one. */
const bodies = Array.from({ length: requests }, (_, request) =>
  logsJson(
    Array.from({ length: recordsOfRequest }, (_, place) => {
      const n = request * recordsOfRequest + place;
      const said = { "session.id": `s${n % 20}`, model: "claude-opus-4-5", request_id: `req_${n}`, input_tokens: n, output_tokens: 7 };
      return [
        ["event.name", { stringValue: n % 5 === 4 ? "tool_result" : "api_request" }],
        ["tool_use_id", { stringValue: `toolu_${n}` }],
        ["tool_name", { stringValue: "Read" }],
        ...Object.entries(said).map(
          ([key, value]) => [key, typeof value === "string" ? { stringValue: value } : { intValue: value }] as const,
        ),
      ] as const;
    }),
  ),
);

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

function serve(store: string, port: number): Promise<Server> {
  const args = [join(root, built, "assay.js"), "serve", "--json", "--no-home", `--port=${port}`, `--store=${store}`];
  const child = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"] ?? "", HOME: store },
    stdio: ["ignore", "pipe", "ignore"],
  });
  return new Promise((resolve, reject) => {
    let out = "";
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`the server ended with ${code}`)));
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      out += text;
      if (out.includes("}")) resolve({ child, port: (JSON.parse(out) as { port: number }).port });
    });
  });
}

async function kill({ child }: Server): Promise<void> {
  const gone = new Promise((resolve) => child.once("exit", resolve));
  child.kill("SIGKILL");
  await gone;
}

/** Sends a body until it is answered for, as an exporter does. @returns how often it was sent */
async function sendUntilTaken(port: number, body: string): Promise<number> {
  for (let tries = 1; ; tries++) {
    try {
      const answer = await fetch(`http://127.0.0.1:${port}/v1/logs`, {
        method: "POST",
        body,
        headers: { "content-type": "application/json" },
      });
      if (answer.status === 200) return tries;
      expect([429, 503]).toContain(answer.status);
    } catch (error) {
      if (tries > 200) throw error; // nobody listens: it was killed
    }
    await wait(50);
  }
}

describe("a server that is killed while it is sent to", () => {
  it("has all it answered for, once", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, {}); // so that an import has something to bring up to date
    let server = await serve(store, 0);
    const { port } = server;
    let next = 0;
    let sent = 0;
    const sending = Array.from({ length: senders }, async () => {
      for (let request = next++; request < requests; request = next++) {
        const tries = await sendUntilTaken(port, bodies[request] as string);
        sent += tries;
        await wait(80);
      }
    });
    const isRead = (): boolean => readdirSync(join(store, "inbox")).some((name) => name.endsWith(".jsonl"));
    // Once while it only takes, once while an import reads what it took.
    await expect.poll(() => next, { timeout: 20_000 }).toBeGreaterThan(20);
    await kill(server);
    server = await serve(store, port);
    await expect.poll(isRead, { timeout: 30_000, interval: 20 }).toBe(true);
    await kill(server);
    server = await serve(store, port);
    await Promise.all(sending);
    await kill(server);
    expect(sent).toBeGreaterThan(requests); // something was sent again
    await expect.poll(async () => await importInto(store, {}).then(() => true), { timeout: 20_000, interval: 500 }).toBe(true);
    expect(readdirSync(join(store, "inbox"))).toEqual([]);

    const wanted = await makeStore(scratch.next());
    const lines = bodies.map((body) => keepRequest("logs", "json", Buffer.from(body), 1).text);
    mkdirSync(join(wanted, "inbox"));
    writeFileSync(join(wanted, "inbox", "all.jsonl"), lines.toReversed().join(""));
    await importInto(wanted, {});
    const whole = await dumpStore(wanted);
    expect(whole.facts.filter((line) => line.startsWith("sighting|")).length).toBe((requests * recordsOfRequest * 4) / 5);
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  }, 180_000);
});
