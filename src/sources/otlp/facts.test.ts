/** What each kind of record becomes: requests in JSON, kept, read back, as facts. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { TokenFact } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { joinFacts } from "../testkit.ts";
import type { Signal } from "./messages.ts";
import { parseSegment } from "./parse.ts";
import { keepRequest } from "./records.ts";

const folder = mkdtempSync(join(tmpdir(), "assay-otlp-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Said = Readonly<Record<string, string | number | boolean>>;

const attributesOf = (said: Said) =>
  Object.entries(said).map(([key, value]) => ({
    key,
    value:
      typeof value === "string"
        ? { stringValue: value }
        : typeof value === "boolean"
          ? { boolValue: value }
          : Number.isInteger(value)
            ? { intValue: String(value) }
            : { doubleValue: value },
  }));

const nanoseconds = (at: number): string => `${at}000000`;
const at = Date.UTC(2026, 0, 2, 10);
const traceId = "0af7651916cd43dd8448eb211c80319c";
const spanId = "b7ad6b7169203331";

function read(
  signal: Signal,
  request: unknown,
): { readonly facts: readonly TokenFact[]; readonly problems: readonly Problem[]; readonly refused: number } {
  const { text, refusedCount } = keepRequest(signal, "json", Buffer.from(JSON.stringify(request)), at);
  const path = join(folder, "segment.jsonl");
  writeFileSync(path, text);
  const items = [...parseSegment(path, 0, Buffer.byteLength(text))].flatMap((batch) => batch.items);
  return {
    facts: joinFacts(items.flatMap((item) => (item.kind === "fact" ? [item.fact] : []))),
    problems: items.flatMap((item) => (item.kind === "problem" ? [item.problem] : [])),
    refused: refusedCount,
  };
}

const logs = (resource: Said, ...records: readonly Said[]) =>
  read("logs", {
    resourceLogs: [
      {
        resource: { attributes: attributesOf(resource) },
        scopeLogs: [{ logRecords: records.map((said) => ({ timeUnixNano: nanoseconds(at), attributes: attributesOf(said) })) }],
      },
    ],
  });

const spanOf = (name: string, said: Said, id = spanId) => ({
  traceId,
  spanId: id,
  name,
  startTimeUnixNano: nanoseconds(at - 3_000),
  endTimeUnixNano: nanoseconds(at),
  attributes: attributesOf(said),
});
const spans = (resource: Said, ...all: readonly ReturnType<typeof spanOf>[]) =>
  read("traces", { resourceSpans: [{ resource: { attributes: attributesOf(resource) }, scopeSpans: [{ spans: all }] }] });

const claude: Said = { "service.name": "claude-code", "service.version": "2.1.220" };
const request: Said = {
  "event.name": "api_request",
  "session.id": "s1",
  model: "m1",
  request_id: "req_1",
  input_tokens: 5,
  output_tokens: 6,
};

/** The one sighting among facts, shortly: who, ids, counts. */
function sightings(facts: readonly TokenFact[]): readonly string[] {
  return facts.flatMap((fact) => {
    if (fact.kind !== "sighting") return [];
    const { agent, session, provider, messageId, requestId, model, counts: c } = fact;
    const reasoning = c.reasoning === null ? "" : ` of it reasoning ${c.reasoning}`;
    return [
      `${agent} ${session} ${provider} ${messageId ?? requestId} ${model}: in ${c.input} read ${c.cacheRead} written ${c.cacheWrite5m} out ${c.output}${reasoning}`,
    ];
  });
}

describe("Claude Code", () => {
  it("tells a response by its event and by its span, as one", () => {
    const event = logs(claude, { ...request, cache_read_tokens: 7, cache_creation_tokens: 8 });
    const span = spans(
      claude,
      spanOf("claude_code.llm_request", {
        ...request,
        "gen_ai.system": "anthropic",
        "gen_ai.response.id": "msg_1",
        cache_read_tokens: 7,
        cache_creation_tokens: 8,
      }),
    );
    const both = joinFacts([...event.facts, ...span.facts]);
    expect(sightings(event.facts)).toEqual(["claude-code s1 null req_1 m1: in 5 read 7 written 8 out 6"]);
    expect(sightings(both)).toEqual(sightings(event.facts));
  });

  it("takes numbers that are texts, as versions before 2.1.122 wrote them", () => {
    expect(
      sightings(logs({ ...claude, "service.version": "2.1.100" }, { ...request, input_tokens: "5", output_tokens: "6" }).facts),
    ).toEqual(["claude-code s1 null req_1 m1: in 5 read 0 written 0 out 6"]);
  });

  it("names a response without a request id by the client's, else by its place in the session", () => {
    const without = Object.fromEntries(Object.entries(request).filter(([key]) => key !== "request_id"));
    expect(sightings(logs(claude, { ...without, client_request_id: "c1" }).facts)[0]).toContain(" c1 ");
    expect(sightings(logs(claude, { ...without, "event.sequence": 9 }).facts)[0]).toContain(" event:s1/9 ");
    expect(logs(claude, without).refused).toBe(1);
  });

  it("doubts the counts of versions that told a response once for each frame of its stream", () => {
    const doubtful = (version: string) => {
      const { facts, problems } = logs({ ...claude, "service.version": version }, request);
      const [one] = facts.filter((fact) => fact.kind === "sighting");
      return [one?.doubtful, problems.map(({ code }) => code)];
    };
    expect(doubtful("2.1.213")).toEqual([true, ["telemetry_version_inflates"]]);
    expect(doubtful("2.1.214")).toEqual([false, []]);
    expect(doubtful("2.0.999")).toEqual([true, ["telemetry_version_inflates"]]);
    expect(doubtful("3.0.0")).toEqual([false, []]);
  });

  it("says what a shell command was for where it is shown, and leaves it open where it is not", () => {
    const activity = (said: Said) => {
      const { facts } = logs(claude, { "event.name": "tool_result", "session.id": "s1", tool_use_id: "t1", success: "false", ...said });
      return facts.find((fact) => fact.kind === "call")?.activity;
    };
    expect(activity({ tool_name: "Bash", tool_parameters: '{"full_command":"npm test"}' })).toBe("test");
    expect(activity({ tool_name: "Bash" })).toBe(null);
    expect(activity({ tool_name: "Bash", tool_parameters: '{"full_command":"npm te' })).toBe(null);
    expect(activity({ tool_name: "Edit" })).toBe("edit");
  });

  it("keeps team, repository, cost centre and e-mail of the sender's settings, and no password of an address", () => {
    const said = {
      "vcs.repository.url.full": "https://ada:secret@git.example/harbour/boats.git",
      "team.id": "old",
      team: "crew",
      cost_center: "4711",
      "user.email": "ada@example.org",
    };
    const labels = logs({ ...claude, ...said, "vcs.ref.head.name": "main" }, request).facts.flatMap((fact) =>
      fact.kind === "session_label" ? [`${fact.label} ${fact.value}`] : [],
    );
    expect(labels).toEqual(["cost_centre 4711", "email ada@example.org", "repository git.example/harbour/boats", "team old"]);
  });
});

describe("names", () => {
  it("that are known and of no use are no problem; those nobody knows are counted, a few of them by name", () => {
    const event = (name: string): Said => ({ "event.name": name, "session.id": "s1" });
    expect(logs(claude, event("tool_decision"), event("api_request_body")).problems).toEqual([]);
    const { problems, refused } = logs(
      claude,
      event("new_thing"),
      event("new_thing"),
      event("x y"),
      ...Array.from({ length: 30 }, (_, n) => event(`n${n}`)),
    );
    expect(refused).toBe(0);
    expect(problems.slice(0, 2).map(({ code, message, count }) => [code, message, count])).toEqual([
      ["telemetry_not_used", "records called 'claude_code.new_thing' are not used", 2],
      ["telemetry_not_used", "records called 'other' are not used", 13],
    ]);
    expect(problems.length).toBe(20);
  });
});

describe("Codex", () => {
  it("takes what was cached out of the input, and leaves reasoning in the output", () => {
    const said = {
      "event.name": "codex.sse_event",
      "event.kind": "response.completed",
      "conversation.id": "c1",
      model: "gpt-5",
      "event.timestamp": "2026-01-02T10:00:00.250Z",
    };
    const { facts } = logs(
      { "service.name": "codex_cli_rs" },
      { ...said, input_token_count: 100, cached_token_count: 80, output_token_count: 30, reasoning_token_count: 20 },
      { "event.name": "codex.sse_event", "event.kind": "response.output_text.delta", "conversation.id": "c1" },
    );
    expect(sightings(facts)).toEqual(["codex c1 null null gpt-5: in 20 read 80 written 0 out 30 of it reasoning 20"]);
    expect(facts.find((fact) => fact.kind === "sighting")?.instant).toBe(Date.UTC(2026, 0, 2, 10, 0, 0, 250));
  });
});

describe("calls of Codex", () => {
  it("are for what its log says they are for", () => {
    const activity = (tool_name: string) => {
      const said = { "event.name": "codex.tool_result", "conversation.id": "c1", call_id: `call_${tool_name}`, tool_name, success: true };
      return logs({ "service.name": "codex_cli_rs" }, said).facts.find((fact) => fact.kind === "call")?.activity;
    };
    expect(["update_plan", "apply_patch", "exec_command", "view_image"].map(activity)).toEqual(["plan", "edit", null, "read"]);
  });
});

describe("GenAI conventions", () => {
  const copilot: Said = { "service.name": "copilot-chat", "service.version": "0.40.0" };
  const inference: Said = {
    "gen_ai.operation.name": "chat",
    "gen_ai.conversation.id": "g1",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.response.model": "gpt-5-2026",
  };
  const names: readonly (readonly [string, Said])[] = [
    [
      "current",
      {
        "gen_ai.provider.name": "openai",
        "gen_ai.usage.input_tokens": 100,
        "gen_ai.usage.output_tokens": 30,
        "gen_ai.usage.cache_read.input_tokens": 60,
        "gen_ai.usage.cache_creation.input_tokens": 10,
        "gen_ai.usage.reasoning.output_tokens": 20,
      },
    ],
    [
      "deprecated",
      {
        "gen_ai.system": "openai",
        "gen_ai.usage.prompt_tokens": 100,
        "gen_ai.usage.completion_tokens": 30,
        "gen_ai.usage.cache_read_input_tokens": 60,
        "gen_ai.usage.cache_write.input_tokens": 10,
        "gen_ai.usage.reasoning_tokens": 20,
      },
    ],
  ];

  it.each(names)("reads the %s names", (_, said) => {
    const { facts } = spans(copilot, spanOf("chat gpt-5", { ...inference, ...said, "gen_ai.response.id": "resp_1" }));
    expect(sightings(facts)).toEqual(["copilot-chat g1 openai resp_1 gpt-5-2026: in 30 read 60 written 10 out 30 of it reasoning 20"]);
  });

  it("prefers the current name where a sender tells both", () => {
    const said = {
      "gen_ai.usage.prompt_tokens": 999,
      "gen_ai.usage.input_tokens": 100,
      "gen_ai.usage.output_tokens": 30,
      "gen_ai.usage.completion_tokens": 999,
    };
    expect(sightings(spans(copilot, spanOf("chat", { ...inference, ...said })).facts)[0]).toContain("in 100 read 0 written 0 out 30");
  });

  it("counts no span of an agent or a workflow: it tells the sum of those in it", () => {
    const usage = { "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 30 };
    const nested = [
      spanOf("invoke_agent", { ...inference, ...usage, "gen_ai.operation.name": "invoke_agent" }, "00000000000000a1"),
      spanOf("chat", { ...inference, ...usage }, "00000000000000a2"),
      spanOf("execute_tool", { ...inference, ...usage, "gen_ai.operation.name": "execute_tool" }, "00000000000000a3"),
    ];
    expect(sightings(spans(copilot, ...nested).facts)).toEqual([
      `copilot-chat g1 null span:${traceId}/00000000000000a2 gpt-5-2026: in 100 read 0 written 0 out 30`,
    ]);
  });

  it("takes the event of a response and its span for one, with or without an id of the response", () => {
    const usage = { ...inference, "gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 30 };
    for (const id of [{}, { "gen_ai.response.id": "resp_1" }]) {
      const event = read("logs", {
        resourceLogs: [
          {
            resource: { attributes: attributesOf(copilot) },
            scopeLogs: [
              {
                logRecords: [
                  {
                    traceId,
                    spanId,
                    observedTimeUnixNano: nanoseconds(at + 1),
                    eventName: "gen_ai.client.inference.operation.details",
                    attributes: attributesOf({ ...usage, ...id }),
                  },
                ],
              },
            ],
          },
        ],
      });
      const span = spans(copilot, spanOf("chat", { ...usage, ...id }));
      expect(sightings(joinFacts([...event.facts, ...span.facts])).length).toBe(1);
    }
  });

  it("takes an input that is smaller than what was cached to be without it, and says so", () => {
    const usage = { "gen_ai.usage.input_tokens": 10, "gen_ai.usage.output_tokens": 30, "gen_ai.usage.cache_read.input_tokens": 60 };
    const { facts, problems } = spans(copilot, spanOf("chat", { ...inference, ...usage }));
    expect(sightings(facts)[0]).toContain("in 10 read 60 written 0 out 30");
    expect(problems.map(({ code }) => code)).toEqual(["telemetry_cache_outside_input"]);
  });

  it("refuses no span that is no model's, whatever it says", () => {
    const { refused, problems } = spans({ "service.name": "shop" }, spanOf("GET /basket", { request_id: "not an id", success: 7 }));
    expect([refused, problems.map(({ code }) => code)]).toEqual([0, ["telemetry_not_used"]]);
    expect(spans(copilot, spanOf("chat", { ...inference, "gen_ai.usage.input_tokens": -1, "gen_ai.usage.output_tokens": 1 })).refused).toBe(
      1,
    );
  });

  it("calls spans that are no model's a notice, and takes them", () => {
    const { facts, problems, refused } = spans({ "service.name": "shop" }, spanOf("GET /basket", {}));
    expect([facts, refused, problems.map(({ code, count }) => [code, count])]).toEqual([[], 0, [["telemetry_not_used", 1]]]);
  });
});

describe("metrics", () => {
  const point = (type: string, asInt: string, from: number, to: number) => ({
    startTimeUnixNano: nanoseconds(from),
    timeUnixNano: nanoseconds(to),
    asInt,
    attributes: attributesOf({ "session.id": "s1", type, model: "m1" }),
  });
  const metrics = (sum: unknown, name = "claude_code.token.usage") =>
    read("metrics", {
      resourceMetrics: [{ resource: { attributes: attributesOf(claude) }, scopeMetrics: [{ metrics: [{ name, sum }] }] }],
    });

  it("are points to hold responses against, never responses; a point that is sent again is one", () => {
    const sum = {
      aggregationTemporality: 1,
      dataPoints: [point("input", "100", at, at + 60_000), point("cacheRead", "50", at, at + 60_000)],
    };
    const { facts } = metrics(sum);
    expect(
      facts.map((fact) => (fact.kind === "metric_point" ? `${fact.measure} ${fact.model} ${fact.amount} ${fact.cumulative}` : fact.kind)),
    ).toEqual(["cache_read m1 50 false", "input m1 100 false"]);
    expect(joinFacts([...facts, ...metrics(sum).facts])).toEqual(facts);
    const other = metrics({ ...sum, dataPoints: [point("input", "100", at + 60_000, at + 120_000)] });
    expect(joinFacts([...facts, ...other.facts]).length).toBe(3);
  });

  it("keep dollars as whole nano-dollars, and refuse what has no temporality", () => {
    const cost = {
      asDouble: 0.0123,
      startTimeUnixNano: nanoseconds(at),
      timeUnixNano: nanoseconds(at + 1),
      attributes: attributesOf({ "session.id": "s1", model: "m1" }),
    };
    expect(metrics({ aggregationTemporality: "2", dataPoints: [cost] }, "claude_code.cost.usage").facts).toMatchObject([
      { measure: "cost", amount: 12_300_000, cumulative: true },
    ]);
    expect(metrics({ dataPoints: [cost] }, "claude_code.cost.usage").refused).toBe(1);
  });
});
