/** Kept records into facts, by what they are called. README.md beside this file says which attribute becomes what. */
import type { ActivityKind, MetricPointFact, SightingFact, TokenCounts, TokenFact } from "../../contract/facts.ts";
import { activityKinds, telemetryTurn } from "../../contract/facts.ts";
import { activityOfTool as claudeActivity } from "../claude-code/tools.ts";
import { activityOf as codexActivity } from "../codex/tools.ts";
import type { Said } from "./says.ts";

/** A doubt about what was told, once for each (code, what). */
export interface Doubt {
  readonly code: "telemetry_version_inflates" | "telemetry_cache_outside_input" | "telemetry_no_session";
  readonly what: string;
}

export interface FactSink {
  fact(fact: TokenFact): void;
  doubt(doubt: Doubt): void;
}

/** Tells the facts of one record. */
export function tellFacts(said: Said, sink: FactSink): void {
  const read = Object.hasOwn(readers, said.name) ? readers[said.name] : undefined;
  const agent = agentOf(said);
  const session = sessionOf(said);
  if (read === undefined) return;
  if (session === null) return sink.doubt({ code: "telemetry_no_session", what: said.name });
  const told: Told = { said, agent, session, version: said.text("version") };
  read(told, sink);
  if (!said.name.endsWith(".usage")) tellSession(told, sink);
}

interface Told {
  readonly said: Said;
  readonly agent: string;
  readonly session: string;
  readonly version: string | null;
}

type ReadFacts = (told: Told, sink: FactSink) => void;

/** What the agents call themselves, and are called here. */
function agentOf(said: Said): string {
  const service = (said.text("service") ?? "unknown").toLowerCase();
  if (said.name.startsWith("claude_code.") || service.startsWith("claude-code")) return "claude-code";
  if (said.name.startsWith("codex.") || service.startsWith("codex")) return "codex";
  return service.replaceAll(/[^a-z0-9._-]+/g, "-").slice(0, 60);
}

/** GenAI spans without a conversation are of the trace they lie in. */
function sessionOf(said: Said): string | null {
  const trace = /^span:([0-9a-f]{32})\//.exec(said.key)?.[1];
  return said.text("session", "conversation") ?? (trace === undefined ? null : `trace:${trace}`);
}

function tellSession({ said, agent, session, version }: Told, sink: FactSink): void {
  sink.fact({
    kind: "session",
    agent,
    session,
    firstAt: said.at,
    lastAt: said.at,
    parentSession: null,
    trigger: null,
    entrypoint: said.text("entrypoint"),
    agentVersion: version,
    cwd: null,
    branch: said.text("branch"),
  });
  for (const [label, value] of said.labels()) sink.fact({ kind: "session_label", agent, session, label, value, instant: said.at });
}

const readers: Readonly<Record<string, ReadFacts>> = {
  "claude_code.api_request": claudeRequest,
  "claude_code.llm_request": claudeRequest,
  "claude_code.tool_result": toolCall,
  "claude_code.tool": toolCall,
  "claude_code.user_prompt": prompt,
  // Nothing but that the session went on: a failed request has no tokens, a compaction is told by its request.
  "claude_code.api_error": () => {},
  "claude_code.compaction": () => {},
  "claude_code.token.usage": metricPoint,
  "claude_code.cost.usage": metricPoint,
  "codex.sse_event": inclusiveResponse,
  "codex.tool_result": toolCall,
  "codex.user_prompt": prompt,
  "codex.conversation_starts": () => {},
  "gen_ai.inference": inclusiveResponse,
  "gen_ai.client.inference.operation.details": inclusiveResponse,
};

/**
 * Versions that counted a response once for each frame of its stream that told usage (fixed in 2.1.214): their counts stand
 * only where no other witness tells of the response.
 */
const countsRightFrom: readonly number[] = [2, 1, 214];

function inflates(version: string | null): boolean {
  const parts = /^(\d{1,5})\.(\d{1,5})\.(\d{1,5})/
    .exec(version ?? "")
    ?.slice(1)
    .map(Number);
  if (parts === undefined) return false;
  for (let i = 0; i < countsRightFrom.length; i++) {
    const difference = (parts[i] as number) - (countsRightFrom[i] as number);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

/** Claude Code's own words: its input is what no cache had. */
function claudeRequest(told: Told, sink: FactSink): void {
  const { said, agent, session, version } = told;
  const [input, output] = [said.count("input"), said.count("output")];
  const sequence = said.count("sequence");
  if (input === null || output === null) return; // a span of a request that failed
  const requestId =
    said.text("request") ?? said.text("client_request") ?? (sequence === null ? said.key || null : `event:${session}/${sequence}`);
  const doubtful = inflates(version);
  if (doubtful) sink.doubt({ code: "telemetry_version_inflates", what: version ?? "" });
  const counts: TokenCounts = {
    input,
    cacheRead: said.count("cache_read") ?? 0,
    // Of how long it is kept telemetry says nothing: a transcript's word of it wins (usages.ts).
    cacheWrite5m: said.count("cache_write") ?? 0,
    cacheWrite1h: 0,
    output,
    reasoning: null,
  };
  sink.fact({ ...sighting(told, counts), agent, requestId, speed: speedOf(said), agentId: subAgentOf(said), doubtful });
}

/** Transcripts say `standard` where telemetry says `normal`, or nothing. */
function speedOf(said: Said): string | null {
  const speed = said.text("speed");
  return speed === "normal" ? "standard" : speed;
}

const subAgentOf = (said: Said): string | null => said.text("sub_agent") ?? (said.text("query_source") === "subagent" ? "subagent" : null);

/** Operations in which a model answers. Spans of agents and workflows tell the sum of what is in them. */
const answering: ReadonlySet<string> = new Set(["chat", "text_completion", "generate_content", "embeddings"]);

/** Codex and the GenAI conventions: what a cache had is inside the input, reasoning inside the output. */
function inclusiveResponse(told: Told, sink: FactSink): void {
  const { said } = told;
  const operation = said.text("operation");
  if (operation !== null && !answering.has(operation)) return;
  const [all, output] = [said.count("all_input"), said.count("all_output") ?? 0];
  if (all === null) return;
  const cacheRead = said.count("of_input_cached") ?? 0;
  const cacheWrite5m = said.count("of_input_written") ?? 0;
  const outside = cacheRead + cacheWrite5m > all;
  if (outside) sink.doubt({ code: "telemetry_cache_outside_input", what: said.text("service") ?? "unknown" });
  const counts: TokenCounts = {
    input: outside ? all : all - cacheRead - cacheWrite5m,
    cacheRead,
    cacheWrite5m,
    cacheWrite1h: 0,
    output,
    reasoning: said.count("of_output_reasoning"),
  };
  const response = said.text("response");
  // The event of a response names its span: both tell of one response, whether it has an id of its own or not.
  sink.fact({ ...sighting(told, counts), messageId: response, requestId: said.key || null });
}

function sighting({ said, agent, session, version }: Told, counts: TokenCounts): SightingFact {
  return {
    kind: "sighting",
    agent,
    session,
    provider: providerOf(said),
    messageId: null,
    requestId: null,
    instant: said.at,
    agentId: null,
    model: said.text("model", "response_model", "request_model") ?? "unknown",
    agentVersion: version,
    serviceTier: null,
    speed: null,
    geo: null,
    cwd: null,
    branch: said.text("branch"),
    counts,
    outputQuality: "final",
    webSearches: 0,
    visibleChars: 0,
    reportedCostNanoUsd: said.count("cost_nano_usd"),
  };
}

/** Names of the conventions, as bills call them here. */
const providers: Readonly<Record<string, string>> = {
  anthropic: "anthropic",
  openai: "openai",
  "gcp.gemini": "google",
  "gcp.vertex_ai": "google",
  "gcp.gen_ai": "google",
  vertex_ai: "google",
  gemini: "google",
  "aws.bedrock": "aws",
  "azure.ai.openai": "azure",
  "azure.ai.inference": "azure",
};

/** Claude Code's events do not say who served them: the ids join them to what does. */
function providerOf(said: Said): string | null {
  const told = said.name.startsWith("claude_code.") ? null : said.text("provider");
  if (told === null) return null;
  return Object.hasOwn(providers, told) ? (providers[told] as string) : told.toLowerCase().slice(0, 60);
}

function toolCall({ said, agent, session }: Told, sink: FactSink): void {
  const callId = said.text("call");
  if (callId === null) return;
  const tool = said.text("tool");
  const instant = said.at;
  if (tool !== null) {
    const activity = toolActivity(agent, tool, said.text("activity"));
    const inputBytes = said.count("input_bytes") ?? 0;
    const names = { kind: "call", agent, session, callId, messageId: null, agentId: subAgentOf(said), parentCallId: null } as const;
    sink.fact({ ...names, instant, tool, activity, inputBytes, subjectFingerprint: null });
  }
  const success = said.flag("success");
  if (success !== null) {
    const status = success ? "ok" : "error";
    const resultBytes = said.count("result_bytes");
    const nothing = { exitCode: null, testsPassed: null, testsFailed: null, startedAgentId: null } as const;
    sink.fact({ kind: "call_result", agent, session, callId, instant, status, ...nothing, resultBytes });
  }
  const hash = said.text("commit");
  if (hash !== null)
    sink.fact({ kind: "commit_mention", agent, session, callId, instant, hash, branch: said.text("branch"), telemetry: true });
}

/**
 * As the agent's logs have it, so that both witnesses say the same. What a shell command was for is known where the agent shows
 * the command (Claude Code: `OTEL_LOG_TOOL_DETAILS=1`); else a log may know.
 */
function toolActivity(agent: string, tool: string, told: string | null): ActivityKind | null {
  const kind = agent === "codex" ? codexActivity(tool) : claudeActivity(tool);
  return kind === "shell" ? (activityKinds.find((known) => known === told) ?? null) : kind;
}

function prompt({ said, agent, session }: Told, sink: FactSink): void {
  const uuid = said.text("message");
  const own = said.text("prompt") ?? String(said.count("sequence") ?? said.at);
  sink.fact({
    kind: "turn",
    agent,
    session,
    key: uuid ?? `${telemetryTurn}${own}`,
    instant: said.at,
    trigger: "prompt",
    promptFingerprint: null,
    promptLength: said.count("prompt_length"),
    cleared: false,
  });
}

const tokenMeasures: Readonly<Record<string, MetricPointFact["measure"]>> = {
  input: "input",
  output: "output",
  cacheRead: "cache_read",
  cacheCreation: "cache_write",
};

function metricPoint({ said, agent, session }: Told, sink: FactSink): void {
  const type = said.text("type") ?? "";
  const measure = said.name === "claude_code.cost.usage" ? "cost" : Object.hasOwn(tokenMeasures, type) ? tokenMeasures[type] : undefined;
  const amount = said.count("amount");
  if (measure === undefined || amount === null) return;
  sink.fact({
    kind: "metric_point",
    agent,
    session,
    measure,
    series: said.key,
    startAt: said.count("start") ?? 0,
    endAt: said.at,
    model: said.text("model"),
    cumulative: said.flag("cumulative") === true,
    amount,
  });
}
