/** OTLP over HTTP: the official exporters and hand-written requests as senders, a real server, a real store. */
import { readFileSync, readdirSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, describe, expect, it } from "vitest";
import type { RunningServer } from "../../src/surfaces/http/server.ts";
import { Scratch, dumpStore, importInto, makeStore } from "../scenarios/support/sample-store.ts";
import {
  type SentLog,
  grpcCall,
  grpcLogExporter,
  logExporters,
  logsJson,
  protobufLog,
  sendLogs,
  sendSpan,
  sendTokenCounts,
} from "./support/otlp-senders.ts";
import { type Setting, ask, faults, serveStore } from "./support/served-store.ts";

const scratch = new Scratch();
const servers: RunningServer[] = [];

afterAll(async () => {
  for (const server of servers) await server.close();
  scratch.remove();
  expect(faults).toEqual([]);
});

async function served(setting: Setting = {}): Promise<{ folder: string; server: RunningServer }> {
  const folder = await makeStore(scratch.next());
  const server = await serveStore(folder, setting);
  servers.push(server);
  return { folder, server };
}

const post = (
  server: RunningServer,
  signal: string,
  body: string | Uint8Array<ArrayBuffer>,
  headers: Readonly<Record<string, string>> = {},
) => ask(server, `/v1/${signal}`, { method: "POST", body, headers: { "content-type": "application/json", ...headers } });

/** Imports what waits, and gives the facts of a table, sorted. */
async function factsOf(folder: string, ...tables: readonly string[]): Promise<string[]> {
  await importInto(folder, { only: "otlp" });
  return (await dumpStore(folder)).facts.filter((line) => tables.some((table) => line.startsWith(`${table}|`)));
}

const at = Date.UTC(2026, 0, 2, 10);
const session = { "session.id": "s1", "organization.id": "o1" };
const work: readonly SentLog[] = [
  { name: "user_prompt", at, attributes: { ...session, "prompt.id": "p1", prompt_length: 31, prompt: "tell nobody of the harbour" } },
  {
    name: "api_request",
    at: at + 4_000,
    attributes: {
      ...session,
      "event.timestamp": "2026-01-02T10:00:04.000Z",
      model: "claude-opus-4-5",
      input_tokens: 12,
      output_tokens: 345,
      cache_read_tokens: 6_789,
      cache_creation_tokens: 1_011,
      cost_usd: 0.0183,
      request_id: "req_1",
      query_source: "main",
    },
  },
  {
    name: "tool_result",
    at: at + 5_000,
    attributes: {
      ...session,
      tool_name: "Bash",
      tool_use_id: "toolu_1",
      success: "true",
      tool_input_size_bytes: 80,
      tool_parameters: JSON.stringify({
        full_command: "git commit -m 'secret words'",
        git_commit_id: "0123456789abcdef0123456789abcdef01234567",
      }),
    },
  },
];

/** A log of Claude Code that a record is kept of: resource and one record, in protobuf. */
const wholeLog = protobufLog({ "service.name": "claude-code" }, { "event.name": "api_error", "session.id": "s1" });

describe("OTLP over gRPC", () => {
  it("takes what the official exporter sends, as it takes it over HTTP", async () => {
    const over = await served();
    await sendLogs(logExporters["HTTP with protobuf"](over.server.port), work);
    const wanted = await factsOf(over.folder, "sighting", "turn", "call", "call_result", "commit_mention", "session");
    expect(wanted.length).toBe(6);
    for (const compressed of [false, true]) {
      const { folder, server } = await served({ grpcPort: 0 });
      await sendLogs(grpcLogExporter(server.grpcPort ?? 0, compressed), work);
      await sendLogs(grpcLogExporter(server.grpcPort ?? 0, compressed), work);
      expect(await factsOf(folder, "sighting", "turn", "call", "call_result", "commit_mention", "session")).toEqual(wanted);
    }
  });

  it("is not there unless a port is given", async () => {
    expect((await served()).server.grpcPort).toBe(null);
  });

  it("says by gRPC's codes what cannot be taken", async () => {
    const { server } = await served({ grpcPort: 0, inboxBytes: 100 });
    const port = server.grpcPort ?? 0;
    const service = (signal: string, name: string) => `/opentelemetry.proto.collector.${signal}.v1.${name}/Export`;
    expect(await grpcCall(port, service("logs", "LogsService"), Buffer.alloc(0))).toEqual([0, ""]);
    expect((await grpcCall(port, service("logs", "LogsService"), Buffer.from([0x0a, 0x05])))[0]).toBe(3);
    expect((await grpcCall(port, service("profiles", "ProfilesService"), Buffer.alloc(0)))[0]).toBe(12);
    expect((await grpcCall(port, service("logs", "LogsService"), Buffer.alloc(17 * 1024 * 1024)))[0]).toBe(8);
    expect((await grpcCall(port, service("logs", "LogsService"), wholeLog))[0]).toBe(14);
  });

  it("needs the owner's token off loopback", async () => {
    const { folder, server } = await served({ host: "0.0.0.0", grpcPort: 0 });
    const port = server.grpcPort ?? 0;
    const path = "/opentelemetry.proto.collector.logs.v1.LogsService/Export";
    expect((await grpcCall(port, path, Buffer.alloc(0)))[0]).toBe(16);
    expect((await grpcCall(port, path, Buffer.alloc(0), server.madeToken ?? ""))[0]).toBe(0);
    await sendLogs(grpcLogExporter(port, true, server.madeToken ?? ""), work);
    expect((await factsOf(folder, "sighting")).length).toBe(1);
  });

  it("survives a sender that speaks no HTTP/2, and goes on", async () => {
    const { server } = await served({ grpcPort: 0 });
    const port = server.grpcPort ?? 0;
    await new Promise<void>((resolve) => {
      const socket = connect(port, "127.0.0.1", () => socket.end("GET / HTTP/1.1\r\n\r\n"));
      socket
        .on("close", () => resolve())
        .on("error", () => {})
        .resume();
    });
    expect(await grpcCall(port, "/opentelemetry.proto.collector.logs.v1.LogsService/Export", Buffer.alloc(0))).toEqual([0, ""]);
  });
});

describe("OTLP over HTTP", () => {
  it("takes what the official exporters send, in every encoding alike, and counts a response once", async () => {
    const dumps: string[][] = [];
    for (const exporter of Object.values(logExporters)) {
      const { folder, server } = await served();
      await sendLogs(exporter(server.port), work);
      await sendLogs(exporter(server.port), work.toReversed());
      dumps.push(await factsOf(folder, "sighting", "turn", "call", "call_result", "commit_mention", "session"));
    }
    expect(dumps[0]).toEqual([
      "call_result|claude-code|s1|toolu_1|1767348005000|ok|null|null|null|null|null",
      "call|claude-code|s1|toolu_1|null|null|null|1767348005000|Bash|commit|80|null",
      "commit_mention|claude-code|s1|toolu_1|0123456789abcdef0123456789abcdef01234567|1767348005000|null|true",
      "session|claude-code|s1|1767348000000|1767348005000|null|null|null|2.1.220|null|null|null",
      "sighting|otlp|claude-code|s1|req_1|1|req_1|1767348004000|null|null|claude-opus-4-5|2.1.220|null|null|null|null|null|12|6789|1011|0|345|null|0|0|0|18300000|false|null",
      "turn|claude-code|s1|otlp:p1|1767348000000|prompt|null|31|false",
    ]);
    expect(dumps[1]).toEqual(dumps[0]);
    expect(dumps[2]).toEqual(dumps[0]);
  });

  it("takes spans and metrics of the official exporters; metrics are no usage", async () => {
    const { folder, server } = await served();
    const usage = { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 30, "gen_ai.usage.cache_read.input_tokens": 60 };
    const said = {
      "gen_ai.operation.name": "chat",
      "gen_ai.conversation.id": "g1",
      "gen_ai.request.model": "gpt-5",
      "gen_ai.response.id": "resp_1",
    };
    await sendSpan(
      server.port,
      "chat gpt-5",
      at,
      { ...said, "gen_ai.provider.name": "openai", ...usage },
      { "service.name": "copilot-cli" },
    );
    await sendTokenCounts(server.port, { "session.id": "s1", type: "input", model: "m1" }, 100, 50);
    const facts = await factsOf(folder, "sighting", "metric_point");
    expect(facts.map((line) => line.replace(/span:\w+\/\w+/, "SPAN").replace(/input\|\d+\|\d+\|\w+\|/, "input|FROM|TO|SERIES|"))).toEqual([
      "metric_point|claude-code|s1|input|FROM|TO|SERIES|m1|false|100",
      "metric_point|claude-code|s1|input|FROM|TO|SERIES|m1|false|50",
      `sighting|otlp|copilot-cli|g1|resp_1|0|SPAN|${at}|null|openai|gpt-5|null|null|null|null|null|null|40|60|0|0|30|null|0|0|0|null|false|null`,
    ]);
  });

  it("stores no text of prompts and commands anywhere, not even until they are read", async () => {
    const { folder, server } = await served();
    await sendLogs(logExporters["HTTP with protobuf"](server.port), work);
    const waiting = readdirSync(join(folder, "inbox"));
    expect(waiting.length).toBe(1);
    const everything = (): string =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), "latin1"))
        .join("");
    for (const word of ["tell nobody", "secret words", "git commit"]) expect(everything()).not.toContain(word);
    await importInto(folder, { only: "otlp" });
    expect(readdirSync(join(folder, "inbox"))).toEqual([]);
    for (const word of ["tell nobody", "secret words", "git commit"]) expect(everything()).not.toContain(word);
  });

  it("answers in the encoding of the request, with nothing where all was taken", async () => {
    const { server } = await served();
    const json = await post(server, "logs", logsJson([]));
    expect([json.status, json.headers.get("content-type"), await json.text()]).toEqual([200, "application/json", "{}"]);
    const empty = await post(server, "traces", new Uint8Array(0), { "content-type": "application/x-protobuf" });
    expect([empty.status, empty.headers.get("content-type"), (await empty.arrayBuffer()).byteLength]).toEqual([
      200,
      "application/x-protobuf",
      0,
    ]);
  });

  it("refuses a bad record alone, and says so once", async () => {
    const { folder, server } = await served();
    const good = [
      ["event.name", { stringValue: "api_request" }],
      ["session.id", { stringValue: "s1" }],
      ["model", { stringValue: "m1" }],
      ["request_id", { stringValue: "r1" }],
      ["input_tokens", { intValue: "5" }],
      ["output_tokens", { intValue: 6 }],
    ] as const;
    const bad = good.map(([key, value]) => [key, key === "input_tokens" ? { intValue: "-5" } : value] as const);
    const incomplete = good.filter(([key]) => key !== "model");
    const answer = await post(server, "logs", logsJson([good, bad, incomplete]));
    expect(answer.status).toBe(200);
    expect(await answer.json()).toEqual({
      partialSuccess: {
        rejectedLogRecords: "2",
        errorMessage: "Refused: 1 × attribute input_tokens is not what it should be; 1 × claude_code.api_request without model.",
      },
    });
    const { problems, lost } = await importInto(folder, { only: "otlp" });
    expect(problems.map(({ code, count }) => [code, count])).toEqual([
      ["telemetry_refused", 1],
      ["telemetry_refused", 1],
    ]);
    expect(lost).toBe(2);
  });

  it("says 400 to what can never be taken: another signal's path, no JSON, no protobuf, no gzip", async () => {
    const { server } = await served();
    const logs = logsJson([[["event.name", { stringValue: "api_error" }]]]);
    const cases: readonly [string, string | Uint8Array<ArrayBuffer>, Record<string, string>, number, string][] = [
      ["traces", logs, {}, 400, "The body holds logs: send it to /v1/logs."],
      ["logs", '{"resourceSpans":[{"scopeSpans":[{"spans":[{}]}]}]}', {}, 400, "The body holds traces: send it to /v1/traces."],
      [
        "traces",
        '{"resourceSpans":[{"scopeSpans":[{"spans":[{"name":"x"}]}]}]}',
        {},
        400,
        "Nothing in it is usable: 1 × a span without trace id and span id.",
      ],
      ["logs", "{", {}, 400, "The body is no JSON."],
      ["logs", "[]", {}, 400, "The body is no JSON object."],
      ["logs", logs, { "content-encoding": "gzip" }, 400, "The body is no gzip."],
      ["logs", logs, { "content-encoding": "br" }, 415, "Only gzip is taken, or nothing."],
      ["logs", logs, { "content-type": "text/plain" }, 415, "This is neither OTLP's protobuf nor its JSON."],
    ];
    for (const [signal, body, headers, status, message] of cases) {
      const answer = await post(server, signal, body, headers);
      const told = (await answer.json()) as { message: string };
      expect([answer.status, told.message.startsWith(message) ? message : told.message]).toEqual([status, message]);
    }
    expect((await ask(server, "/v1/logs")).status).toBe(405);
    expect(
      (await ask(server, "/v1/profiles", { method: "POST", body: "{}", headers: { "content-type": "application/json" } })).status,
    ).toBe(404);
  });

  it("unpacks nothing that is larger than allowed, and reads no body that is", async () => {
    const { server } = await served();
    const bomb = gzipSync(Buffer.alloc(80 * 1024 * 1024));
    expect(bomb.length).toBeLessThan(200_000);
    expect((await post(server, "logs", bomb, { "content-encoding": "gzip" })).status).toBe(413);
    const large = await post(server, "logs", new Uint8Array(17 * 1024 * 1024)).catch(() => null); // the connection may be ended while it is sent
    if (large !== null) expect(large.status).toBe(413);
    expect((await post(server, "logs", logsJson([]))).status).toBe(200);
  });

  it("opens nothing that is nested, however deep, and makes no property of a sender's keys", async () => {
    const { folder, server } = await served();
    const deep = `${'{"arrayValue":{"values":['.repeat(50)}${"]}}".repeat(50)}`;
    const deeper = logsJson([[["x", "DEEP"]]]).replace('"DEEP"', `${'{"arrayValue":{"values":['.repeat(20_000)}${"]}}".repeat(20_000)}`);
    expect((await post(server, "logs", deeper)).status).toBe(400);
    const hostile = logsJson([
      [
        ["__proto__", { stringValue: "polluted" }],
        ["constructor.prototype.polluted", { boolValue: true }],
        ["event.name", { stringValue: "__proto__" }],
        ["session.id", { stringValue: "__proto__" }],
      ],
    ]).replace('{"stringValue":"polluted"}', `{"kvlistValue":{"values":[{"key":"__proto__","value":${deep}}]}}`);
    expect((await post(server, "logs", hostile)).status).toBe(200);
    expect((await post(server, "logs", '{"__proto__":{"polluted":true},"resourceLogs":[{"__proto__":{"scopeLogs":[]}}]}')).status).toBe(
      200,
    );
    expect(({} as Record<string, unknown>)["polluted"]).toBe(undefined);
    expect(await factsOf(folder, "session")).toEqual([]);
    const named = logsJson([
      [
        ["event.name", { stringValue: "api_error" }],
        ["session.id", { stringValue: "__proto__" }],
      ],
    ]);
    expect((await post(server, "logs", named)).status).toBe(200);
    expect(await factsOf(folder, "session")).toEqual([
      "session|claude-code|__proto__|1767348000000|1767348000000|null|null|null|null|null|null|null",
    ]);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it("asks to come again when the inbox is full, and takes more once it was read", async () => {
    const { folder, server } = await served({ inboxBytes: 3_000 });
    const body = logsJson(
      Array.from(
        { length: 20 },
        () =>
          [
            ["event.name", { stringValue: "api_error" }],
            ["session.id", { stringValue: "s1" }],
          ] as const,
      ),
    );
    expect((await post(server, "logs", body)).status).toBe(200);
    const full = await post(server, "logs", body);
    expect([full.status, Number(full.headers.get("retry-after")) > 0]).toEqual([503, true]);
    await importInto(folder, { only: "otlp" });
    await expect.poll(async () => (await post(server, "logs", body)).status, { timeout: 10_000, interval: 500 }).toBe(200);
  });

  it("needs the owner's token off loopback", async () => {
    const { server } = await served({ host: "0.0.0.0" });
    expect((await post(server, "logs", logsJson([]))).status).toBe(401);
    expect((await post(server, "logs", logsJson([]), { authorization: "Bearer assay_wrong" })).status).toBe(401);
    expect((await post(server, "logs", logsJson([]), { authorization: `Bearer ${server.madeToken}` })).status).toBe(200);
  });

  it("puts nothing real into the sample", async () => {
    const { folder, server } = await served({ isSample: true, grpcPort: 0 });
    expect((await post(server, "logs", logsJson([]))).status).toBe(404);
    expect((await grpcCall(server.grpcPort ?? 0, "/opentelemetry.proto.collector.logs.v1.LogsService/Export", wholeLog))[0]).toBe(5);
    expect(readdirSync(folder)).not.toContain("inbox");
  });

  it("takes nothing from pages of other sites", async () => {
    const { server } = await served();
    expect((await post(server, "logs", logsJson([]), { origin: "http://evil.example" })).status).toBe(403);
  });
});
