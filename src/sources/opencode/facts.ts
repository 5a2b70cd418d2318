/** Turns one session of OpenCode, or of an agent made from it, into facts. */
import type { Quality, SightingFact, TokenCounts, TokenFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import type { CountedProblems } from "../counted-problems.ts";
import {
  type JsonObject,
  contentOf,
  countOf,
  instantOf,
  isCount,
  isObject,
  jsonBytes,
  jsonChars,
  listOf,
  nanoUsdOf,
  objectOf,
  stringOf,
} from "../loose-json.ts";
import { SessionFacts, type ToolResult } from "../session-facts.ts";
import { resolvePath } from "../shell-command.ts";
import { editsOf, wholeRead } from "./edits.ts";
import { type Message, type Part, type Session, completedAt, createdAt } from "./messages.ts";
import { activityOfTool, isShellTool } from "./tools.ts";

export interface OpenCodeContext {
  /** As the agent is called in facts. */
  readonly agent: string;
  readonly fingerprinter: Fingerprinter;
  /** Of the input that is read. */
  readonly problems: Pick<CountedProblems, "add">;
}

/** Of a reading that tells its problems at its end. */
export interface ReadingContext extends OpenCodeContext {
  readonly problems: CountedProblems;
}

/** Parts that say nothing the facts need. */
const quietParts: ReadonlySet<string> = new Set(["step-start", "snapshot", "patch", "agent", "retry", "compaction", "subtask", "file"]);

/** Facts of a session. Messages may come in any order; replayed differences need those of a file in the order of their making. */
export function sessionFacts(session: Session, messages: Iterable<Message>, context: OpenCodeContext): TokenFact[] {
  const teller = new SessionTeller(session, context);
  for (const message of messages) teller.message(message);
  return teller.finish();
}

/**
 * What a session's own record says it used, told where none of its messages is left. That of a sub-agent stays a session of its
 * own: totals of one session would swallow those of another.
 */
export function sessionTotal(session: Session, record: JsonObject, context: OpenCodeContext): TokenFact[] {
  const tokens = {
    input: record["tokens_input"],
    output: record["tokens_output"],
    reasoning: record["tokens_reasoning"],
    cache: { read: record["tokens_cache_read"], write: record["tokens_cache_write"] },
  };
  const counts = countsOf(tokens, true);
  const instant = instantOf(record["time_created"]);
  if (sumOf(counts) === 0 || instant === null) return [];
  const model = objectOf(record["model"]);
  const name = stringOf(model["id"]) ?? "unknown";
  const teller = new SessionTeller({ ...session, root: session.id }, context);
  if (session.root !== session.id) teller.startedBy(session.root);
  teller.sighting({
    messageId: `${context.agent}:${session.id}:${name}`,
    requestId: null,
    instant,
    provider: providerOf(model["providerID"]),
    model: name,
    counts,
    outputQuality: "final",
    visibleChars: 0,
    reportedCostNanoUsd: nanoUsdOf(record["cost"]),
    grain: "session",
  });
  return teller.finish();
}

type Response = Pick<
  SightingFact,
  | "messageId"
  | "requestId"
  | "instant"
  | "provider"
  | "model"
  | "counts"
  | "outputQuality"
  | "visibleChars"
  | "reportedCostNanoUsd"
  | "grain"
>;

class SessionTeller {
  readonly #session: Session;
  readonly #context: OpenCodeContext;
  readonly #told: TokenFact[] = [];
  readonly #facts: SessionFacts;
  /** Null for the session's own. */
  readonly #agentId: string | null;

  constructor(session: Session, context: OpenCodeContext) {
    const { agent, fingerprinter, problems } = context;
    this.#session = session;
    this.#context = context;
    this.#agentId = session.id === session.root ? null : session.id;
    this.#facts = new SessionFacts(agent, session.root, fingerprinter, {
      fact: (fact) => this.#told.push(fact),
      problem: (code, severity, offset, message, hint) => problems.add(code, severity, offset, message, hint),
    });
    this.#facts.learn({ agentVersion: session.version, cwd: session.directory }); // OpenCode logs no branch
  }

  startedBy(parentSession: string): void {
    this.#facts.learn({ parentSession });
  }

  finish(): TokenFact[] {
    this.#facts.tell();
    return this.#told;
  }

  sighting(response: Response, cwd: string | null = this.#session.directory): void {
    this.#facts.seen(response.instant);
    this.#told.push({
      kind: "sighting",
      agent: this.#context.agent,
      session: this.#session.root,
      agentId: this.#agentId,
      agentVersion: this.#session.version,
      serviceTier: null,
      speed: null,
      geo: null,
      webSearches: 0,
      cwd,
      branch: null,
      ...response,
    });
  }

  message(message: Message): void {
    const role = message.info["role"];
    const instant = createdAt(message.info);
    if (role !== "user" && role !== "assistant")
      this.#problem("unknown_record_type", "notice", message.place, "message of an unknown role; nothing was read from it");
    else if (instant === null) {
      const severity = role === "assistant" && isObject(message.info["tokens"]) ? "lost" : "notice";
      this.#problem("no_instant", severity, message.place, "message without a readable time; left out");
    } else if (role === "user") this.#prompt(message, instant);
    else this.#answer(message, instant);
  }

  /** A prompt of the person. What OpenCode itself puts in (reminders, a compacted context) is marked as synthetic; a sub-agent is asked by an agent. */
  #prompt({ id, parts }: Message, instant: number): void {
    this.#facts.seen(instant);
    if (this.#session.id !== this.#session.root) return;
    const said = parts.filter(({ data }) => data["type"] === "text" && data["synthetic"] !== true && data["ignored"] !== true);
    const text = said.map(({ data }) => contentOf(data["text"]) ?? "").join("\n");
    const showed = parts.some(({ data }) => data["type"] === "file");
    if (text.trim() === "" && (!showed || said.length < parts.filter(({ data }) => data["type"] === "text").length)) return;
    this.#facts.turn(id, instant, text);
  }

  #answer(message: Message, instant: number): void {
    const lastStep = this.#responses(message, instant) - 1;
    let step = 0;
    for (const part of message.parts) {
      const type = stringOf(part.data["type"]) ?? "";
      if (type === "step-finish") step++;
      else if (type === "tool") this.#tool(part, stepId(message.id, Math.min(step, lastStep)), instant, message.place);
      else if (type !== "text" && type !== "reasoning" && !quietParts.has(type)) {
        this.#problem(
          "unknown_record_type",
          "notice",
          message.place,
          `part of unknown type "${type.slice(0, 40)}"; nothing was read from it`,
        );
      }
    }
  }

  /**
   * One response a step. Mostly a message is one step; where it is several, its own counts are those of the last one only.
   * @returns how many steps there are, at least 1
   */
  #responses(message: Message, instant: number): number {
    const { id, info, parts } = message;
    const steps = stepsOf(parts);
    const finished = steps.filter(({ finish }) => finish !== null);
    const told = finished.length > 0 ? finished : [{ finish: info, visibleChars: charsOf(parts) }];
    for (const [i, step] of told.entries()) {
      const own = finished.length === 0 ? info : objectOf(step.finish);
      const counts = countsOf(objectOf(own["tokens"]), this.#reasoningApart(info, objectOf(own["tokens"])));
      const isSeen = sumOf(counts) > 0;
      if (!isSeen && (step.visibleChars === 0 || (completedAt(info) === null && info["error"] === undefined))) continue; // not yet answered
      const model = stringOf(info["modelID"]);
      if (model === null) this.#problem("unknown_model", "notice", message.place, "answer that names no model; it has no price");
      const response = {
        messageId: stepId(id, i),
        requestId: isSeen ? this.#vector(instant, i, counts) : null,
        instant,
        provider: providerOf(info["providerID"]),
        model: model ?? "unknown",
        counts,
        outputQuality: qualityOf(isSeen, finished.length > 0 || completedAt(info) !== null),
        visibleChars: step.visibleChars,
        reportedCostNanoUsd: nanoUsdOf(own["cost"]),
      };
      this.sighting(response, stringOf(objectOf(info["path"])["cwd"]) ?? this.#session.directory);
    }
    return told.length;
  }

  /**
   * A fork copies the messages of a session under new ids, with their times and counts (OpenCode's `Session.fork`): these
   * make the id under which the copies are one response.
   */
  #vector(instant: number, step: number, { input, cacheRead, cacheWrite5m, output }: TokenCounts): string {
    return `${this.#context.agent}:${instant}.${step}:${input}.${cacheRead}.${cacheWrite5m}.${output}`;
  }

  #reasoningApart(info: JsonObject, tokens: JsonObject): boolean {
    return info["reasoningApart"] === true || isReasoningApart(tokens, stringOf(info["providerID"]) ?? "");
  }

  #tool(part: Part, messageId: string, answeredAt: number, place: string): void {
    const state = objectOf(part.data["state"]);
    const status = state["status"];
    if (status !== "running" && status !== "completed" && status !== "error") return; // its input is still being written
    const tool = stringOf(part.data["tool"]) ?? "unknown";
    const input = objectOf(state["input"]);
    const time = objectOf(state["time"]);
    const instant = instantOf(time["start"]) ?? answeredAt;
    // The ids models give calls are not all unique ("functions.edit:0"); with the answer's time they are, and a fork keeps both.
    const callId = `${answeredAt}.${stringOf(part.data["callID"]) ?? part.id}`;
    const activity = activityOfTool(tool);
    const { directory } = this.#session;
    this.#facts.call({
      callId,
      messageId,
      agentId: this.#agentId,
      instant,
      tool,
      activity,
      inputBytes: jsonBytes(input),
      command: isShellTool(tool) ? (contentOf(input["command"]) ?? "") : null,
      cwd: stringOf(input["workdir"]) ?? directory,
      reads: tool === "read" ? resolvePath(directory, stringOf(input["filePath"]) ?? "") : null,
    });
    if (status === "running") return;
    const metadata = objectOf(state["metadata"]);
    const result = resultOf(callId, state, metadata, instantOf(time["end"]) ?? instant);
    const edits = result.failed || activity !== "edit" ? [] : editsOf(tool, input, metadata, directory);
    if (edits === null)
      this.#problem("write_without_difference", "notice", place, `call of "${tool}" that names no file; counted as a call only`);
    this.#facts.result({
      ...result,
      content: tool === "read" ? wholeRead(input, metadata, result.output ?? "") : null,
      edits: edits ?? [],
    });
  }

  #problem(code: string, severity: "lost" | "notice", place: string, message: string): void {
    this.#context.problems.add(code, severity, place, message);
  }
}

/** The first step has the message's own id, whether its steps are known or not. */
const stepId = (id: string, step: number): string => (step <= 0 ? id : `${id}#${step}`);

interface Step {
  /** The part that ends it; null while it runs. */
  readonly finish: JsonObject | null;
  readonly visibleChars: number;
}

function stepsOf(parts: readonly Part[]): Step[] {
  const steps: Step[] = [];
  let begun: Part[] = [];
  for (const part of parts) {
    begun.push(part);
    if (part.data["type"] !== "step-finish") continue;
    steps.push({ finish: part.data, visibleChars: charsOf(begun) });
    begun = [];
  }
  return steps;
}

/** Characters of text, reasoning and tool input. */
function charsOf(parts: readonly Part[]): number {
  let chars = 0;
  for (const { data } of parts) {
    if (data["type"] === "text" || data["type"] === "reasoning") chars += contentOf(data["text"])?.length ?? 0;
    else if (data["type"] === "tool") chars += jsonChars(objectOf(objectOf(data["state"])["input"]));
  }
  return chars;
}

const qualityOf = (isSeen: boolean, isComplete: boolean): Quality => (!isSeen ? "not_observed" : isComplete ? "final" : "partial");

const sumOf = ({ input, cacheRead, cacheWrite5m, output }: TokenCounts): number => input + cacheRead + cacheWrite5m + output;

/** The cache is no part of the input. OpenCode asks for five-minute caches only. */
function countsOf(tokens: JsonObject, reasoningApart: boolean): TokenCounts {
  const cache = objectOf(tokens["cache"]);
  return {
    input: countOf(tokens["input"]),
    cacheRead: countOf(cache["read"]),
    cacheWrite5m: countOf(cache["write"]),
    cacheWrite1h: 0,
    output: countOf(tokens["output"]) + (reasoningApart ? countOf(tokens["reasoning"]) : 0),
    reasoning: isCount(tokens["reasoning"]) ? countOf(tokens["reasoning"]) : null,
  };
}

/**
 * Whether reasoning stands beside the output. Newer versions take it out of the output and log the provider's total, which
 * tells. Older ones, without total, log what the provider's library gave: beside it for Google, inside it for the rest.
 */
function isReasoningApart(tokens: JsonObject, provider: string): boolean {
  if (!isCount(tokens["total"])) return provider.startsWith("google");
  const { input, cacheRead, cacheWrite5m, output } = countsOf(tokens, false);
  return countOf(tokens["total"]) !== input + cacheRead + cacheWrite5m + output;
}

const providers: Readonly<Record<string, string>> = {
  "amazon-bedrock": "aws",
  "google-vertex": "google",
  "google-vertex-anthropic": "google",
  "azure-cognitive-services": "azure",
};

/** Who billed it, as the contract calls them; gateways by their own name. */
export function providerOf(id: unknown): string | null {
  const name = stringOf(id);
  return name === null ? null : Object.hasOwn(providers, name) ? (providers[name] as string) : name;
}

function resultOf(callId: string, state: JsonObject, metadata: JsonObject, instant: number): ToolResult {
  const isError = state["status"] === "error";
  const shown = contentOf(isError ? state["error"] : state["output"]);
  const exitCode = typeof metadata["exit"] === "number" ? metadata["exit"] : null;
  return {
    callId,
    instant,
    failed: isError || (exitCode !== null && exitCode !== 0),
    exitCode,
    output: contentOf(metadata["output"]) ?? shown,
    resultBytes: shown === null ? null : jsonBytes(shown),
    startedAgentId: stringOf(metadata["sessionId"]),
  };
}

/** Parts of a list that are objects with an id. */
export const partsOf = (list: unknown): Part[] =>
  listOf(list)
    .filter(isObject)
    .map((data, i) => ({ id: stringOf(data["id"]) ?? String(i), data }))
    .sort((a, b) => (a.id < b.id ? -1 : a.id > b.id ? 1 : 0));
