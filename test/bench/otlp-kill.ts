/** Sends logs to a server that is killed in the middle, until all are answered for; and what the store holds then. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { keepRequest } from "../../src/sources/otlp/records.ts";

export interface KillRun {
  /** The built program. */
  readonly program: string;
  /** Folder of a store that was imported into once. */
  readonly store: string;
  readonly bodies: readonly string[];
  readonly senders: number;
  /** Between two requests of a sender. */
  readonly pauseMs: number;
}

export interface KillResult {
  /** Requests sent, those that had no answer included. */
  readonly sent: number;
  readonly kills: number;
}

/** Requests of so many records: responses and calls of twenty sessions; every record is another one. */
export function killBodies(requests: number, recordsOfRequest: number): string[] {
  return Array.from({ length: requests }, (_, request) => {
    const logRecords = Array.from({ length: recordsOfRequest }, (_, place) => {
      const n = request * recordsOfRequest + place;
      const said: Readonly<Record<string, string | number>> = {
        "event.name": n % 5 === 4 ? "tool_result" : "api_request",
        "session.id": `s${n % 20}`,
        tool_use_id: `toolu_${n}`,
        tool_name: "Read",
        model: "claude-opus-4-5",
        request_id: `req_${n}`,
        input_tokens: n,
        output_tokens: 7,
      };
      const attributes = Object.entries(said).map(([key, value]) => ({
        key,
        value: typeof value === "string" ? { stringValue: value } : { intValue: value },
      }));
      return { timeUnixNano: "1767348000000000000", attributes };
    });
    const resource = { attributes: [{ key: "service.name", value: { stringValue: "claude-code" } }] };
    return JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] });
  });
}

/** Lays all of it into the inbox of a store, in the other order: what a server that nobody kills would have kept. */
export function layIntoInbox(store: string, bodies: readonly string[]): void {
  mkdirSync(join(store, "inbox"));
  const lines = bodies.map((body) => keepRequest("logs", "json", Buffer.from(body), 1).text);
  writeFileSync(join(store, "inbox", "all.jsonl"), lines.toReversed().join(""));
}

interface Server {
  readonly child: ChildProcess;
  readonly port: number;
}

/** Kills the server once while it only takes, once while an import reads what it took, and when all is answered for. */
export async function sendWhileKilled({ program, store, bodies, senders, pauseMs }: KillRun): Promise<KillResult> {
  let server = await serve(program, store, 0);
  const { port } = server;
  let next = 0;
  let sent = 0;
  let over = false;
  const sending = Array.from({ length: senders }, async () => {
    for (let request = next++; request < bodies.length; request = next++) {
      const tries = await sendUntilTaken(port, bodies[request] as string);
      sent += tries;
      await wait(pauseMs);
    }
  });
  const done = Promise.all(sending).finally(() => (over = true));
  let kills = 0;
  const restart = async (): Promise<void> => {
    await kill(server);
    kills++;
    server = await serve(program, store, port);
  };
  while (next < bodies.length / 4 && !over) await wait(10);
  await restart();
  const isRead = (): boolean => readdirSync(join(store, "inbox")).some((name) => name.endsWith(".jsonl"));
  while (!isRead() && !over) await wait(10);
  await restart();
  await done;
  await kill(server);
  return { sent, kills: kills + 1 };
}

function serve(program: string, store: string, port: number): Promise<Server> {
  const args = [program, "serve", "--json", "--no-home", `--port=${port}`, `--store=${store}`];
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
  const headers = { "content-type": "application/json" };
  for (let tries = 1; ; tries++) {
    try {
      const { status } = await fetch(`http://127.0.0.1:${port}/v1/logs`, { method: "POST", body, headers });
      if (status === 200) return tries;
      if (status !== 429 && status !== 503) throw new Error(`the server answered ${status}`);
    } catch (error) {
      if (tries > 400 || (error instanceof Error && error.message.startsWith("the server answered"))) throw error; // nobody listens: it was killed
    }
    await wait(50);
  }
}
