/** What telemetry and logs tell of the same work, joined to one ledger; worked out by hand. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { doctor } from "../../src/app/doctor/doctor.ts";
import type { DoctorCheck } from "../../src/contract/doctor.ts";
import { keepRequest } from "../../src/sources/otlp/records.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { openDerived } from "../../src/store/derived-store.ts";
import { HandTranscript, call } from "./support/hand-transcript.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

type Said = Readonly<Record<string, string | number>>;
const session = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
const instant = (time: string): number => Date.parse(`2026-01-03T${time}Z`);

const attributesOf = (said: Said) =>
  Object.entries(said).map(([key, value]) => ({ key, value: typeof value === "string" ? { stringValue: value } : { intValue: value } }));

function logsOf(version: string, ...records: readonly (readonly [time: string, said: Said])[]): string {
  const request = {
    resourceLogs: [
      {
        resource: { attributes: attributesOf({ "service.name": "claude-code", "service.version": version }) },
        scopeLogs: [
          {
            logRecords: records.map(([time, said]) => ({
              timeUnixNano: `${instant(time)}000000`,
              attributes: attributesOf({ "session.id": session, ...said }),
            })),
          },
        ],
      },
    ],
  };
  return keepRequest("logs", "json", Buffer.from(JSON.stringify(request)), 1).text;
}

function tokenPoints(...points: readonly (readonly [type: string, amount: number, from: string, to: string])[]): string {
  const dataPoints = points.map(([type, amount, from, to]) => ({
    startTimeUnixNano: `${instant(from)}000000`,
    timeUnixNano: `${instant(to)}000000`,
    asInt: String(amount),
    attributes: attributesOf({ "session.id": session, type, model: "claude-opus-4-6" }),
  }));
  const metrics = [{ name: "claude_code.token.usage", sum: { aggregationTemporality: 1, dataPoints } }];
  const resource = { attributes: attributesOf({ "service.name": "claude-code" }) };
  return keepRequest("metrics", "json", Buffer.from(JSON.stringify({ resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] })), 1)
    .text;
}

/** Lays segments into a store's inbox. */
function receive(store: string, ...segments: readonly string[]): void {
  mkdirSync(join(store, "inbox"), { recursive: true });
  for (const [place, text] of segments.entries())
    writeFileSync(join(store, "inbox", `${Date.now()}-${place}-${Math.random()}.jsonl`), text);
}

const response: Said = { "event.name": "api_request", model: "claude-opus-4-6", input_tokens: 0 };

/** A prompt and its response: the log has 100 tokens of output, and no telemetry knows its message id. */
function transcriptHome(): string {
  const home = scratch.next("home");
  new HandTranscript(session, "/code/harbour", "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .response("11:01:00", 100, call("toolu_1", "Read", { file_path: "/code/harbour/a.ts" }))
    .saveIn(home);
  return home;
}
const requestId = "req-5d0c-11:01:00";

async function usagesOf(store: string): Promise<readonly Record<string, unknown>[]> {
  const database = await openDerived(store);
  try {
    return await database.all(
      "SELECT usage_key, source, sightings, turn, input, cache_read, output, output_quality FROM usage_d ORDER BY instant_ms",
    );
  } finally {
    database.close();
  }
}

describe("a log and telemetry of one session", () => {
  it("tell of one response and one prompt once, and of what no log has beside it", async () => {
    const store = await makeStore(scratch.next());
    receive(
      store,
      logsOf(
        "2.1.220",
        ["11:00:00.400", { "event.name": "user_prompt", "prompt.id": "p1", prompt_length: 22 }],
        ["11:01:04", { ...response, request_id: requestId, output_tokens: 140, query_source: "main" }],
        // A title was made: no log has it.
        ["11:01:05", { ...response, request_id: "req_title", output_tokens: 9, query_source: "auxiliary" }],
      ),
    );
    await importInto(store, { home: transcriptHome() });
    expect(await usagesOf(store)).toEqual([
      {
        usage_key: "?:msg-5d0c-11:01:00",
        source: "claude-code otlp",
        sightings: 2,
        turn: 1,
        input: 0n,
        cache_read: 0n,
        output: 140n,
        output_quality: "final",
      },
      { usage_key: "?:req_title", source: "otlp", sightings: 1, turn: 1, input: 0n, cache_read: 0n, output: 9n, output_quality: "final" },
    ]);
  });

  it("is counted as the log says where the version of the agent told too much", async () => {
    const store = await makeStore(scratch.next());
    receive(store, logsOf("2.1.200", ["11:01:04", { ...response, request_id: requestId, output_tokens: 200, input_tokens: 3 }]));
    const { problems } = await importInto(store, { home: transcriptHome() });
    expect(problems.map(({ code }) => code)).toContain("telemetry_version_inflates");
    expect(await usagesOf(store)).toMatchObject([{ sightings: 2, input: 0n, output: 100n }]);
  });

  it("gives one store from any order and any repetition", async () => {
    const home = transcriptHome();
    const parts = [
      logsOf("2.1.220", ["11:00:00.400", { "event.name": "user_prompt", "prompt.id": "p1", prompt_length: 22 }]),
      logsOf("2.1.220", ["11:01:04", { ...response, request_id: requestId, output_tokens: 140 }]),
      logsOf("2.1.220", ["11:01:01", { "event.name": "tool_result", tool_use_id: "toolu_1", tool_name: "Read", success: "true" }]),
      tokenPoints(["output", 140, "11:00:00", "11:02:00"]),
    ];
    const all = await makeStore(scratch.next());
    receive(all, ...parts);
    await importInto(all, { home });
    const wanted = await dumpStore(all);
    const orders = [
      [3, 2, 1, 0],
      [1, 0, 0, 3, 1, 2, 3],
    ];
    for (const [n, order] of orders.entries()) {
      const store = await makeStore(scratch.next());
      if (n === 0) await importInto(store, { home });
      for (const place of order) {
        receive(store, parts[place] as string);
        await importInto(store, { only: "otlp" });
      }
      await importInto(store, { home });
      expect(differences(wanted, await dumpStore(store))).toEqual([]);
    }
  });
});

describe("a session of telemetry alone", () => {
  it("is of the repository and the team its sender names, whenever that repository is known", async () => {
    const repository = new TestRepository();
    try {
      repository.commit({ "README.md": "The harbour.\n" });
      repository.git("remote", "add", "origin", "git@Git.example.com:Harbour/Boats.git");
      const said = {
        ...response,
        request_id: "req_1",
        output_tokens: 140,
        team: "crew",
        "vcs.repository.url.full": "https://git.example.com/harbour/boats",
      };
      const text = logsOf("2.1.220", ["11:01:04", said]);
      const orders: readonly ((store: string) => Promise<unknown>)[][] = [
        [async (store) => receive(store, text), (store) => importInto(store, { repositories: [repository.dir] })],
        [
          (store) => importInto(store, { repositories: [repository.dir] }),
          async (store) => receive(store, text),
          (store) => importInto(store, { only: "otlp" }),
        ],
        [
          async (store) => receive(store, text),
          (store) => importInto(store, {}),
          (store) => importInto(store, { repositories: [repository.dir] }),
        ],
      ];
      for (const order of orders) {
        const store = await makeStore(scratch.next());
        for (const step of order) await step(store);
        const { rows } = await openStore(store).query({ measures: ["tokens_total"], by: ["repository", "team"] }, { asOf: null });
        expect(rows).toEqual([{ repository: "git.example.com/Harbour/Boats", team: "crew", tokens_total: 140 }]);
      }
    } finally {
      repository.remove();
    }
  });
});

async function examined(store: string, check: string, now: number): Promise<DoctorCheck | undefined> {
  const options = {
    folder: store,
    configFile: null,
    isSample: false,
    version: "test",
    variables: {},
    platform: "linux",
    releaseMemory() {},
    now: () => now,
  } as const;
  const report = await doctor(options, { home: null, nodeVersion: "v20.19.0", freeBytes: async () => 1e12 });
  return report.checks.find(({ id }) => id === check);
}

describe("an inbox", () => {
  it("that is not read for an hour is told by doctor", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, {});
    receive(store, tokenPoints(["output", 140, "11:00:00", "11:02:00"]));
    const later = Date.now() + 3_700_000;
    expect((await examined(store, "telemetry_read", Date.now()))?.sentence).toMatch(/^\d+ bytes of telemetry wait to be read\.$/);
    expect((await examined(store, "telemetry_read", later))?.sentence).toBe(
      "1 segment of telemetry came more than an hour ago and is not read yet.",
    );
    await importInto(store, {});
    expect(await examined(store, "telemetry_read", later)).toMatchObject({
      state: "ok",
      sentence: "No telemetry waits to be read.",
    });
  });
});

describe("metrics", () => {
  async function agreement(...segments: readonly string[]): Promise<DoctorCheck | undefined> {
    const store = await makeStore(scratch.next());
    receive(store, ...segments);
    await importInto(store, {});
    return await examined(store, "telemetry_agrees", instant("12:00:00"));
  }
  const event = logsOf("2.1.220", ["11:01:04", { ...response, request_id: "req_1", output_tokens: 140, input_tokens: 10 }]);

  it("are held against the events and never counted", async () => {
    expect(await agreement(event)).toMatchObject({ state: "ok", sentence: expect.stringContaining("no session") });
    const same = tokenPoints(
      ["output", 100, "11:00:00", "11:01:00"],
      ["output", 40, "11:01:00", "11:02:00"],
      ["input", 10, "11:00:00", "11:01:00"],
    );
    expect(await agreement(event, same, same)).toMatchObject({
      state: "ok",
      sentence: "Metrics and events of 1 session agree in every kind of token.",
    });
  });

  it("say that events were lost", async () => {
    const more = tokenPoints(["output", 190, "11:00:00", "11:02:00"], ["input", 10, "11:00:00", "11:02:00"]);
    expect(await agreement(event, more)).toMatchObject({
      state: "warning",
      sentence: "Metrics and events differ in 1 of 1 session: metrics count 200 tokens, events tell of 150.",
    });
  });
});
