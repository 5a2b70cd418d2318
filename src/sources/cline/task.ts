/** One task of Cline or an agent made from it, as its folder keeps it: what was shown, and the conversation the model saw. */
import type { SightingFact, TokenCounts, TokenFact } from "../../contract/facts.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import type { CountedProblems } from "../counted-problems.ts";
import {
  type JsonObject,
  contentOf,
  countOf,
  instantOf,
  isCount,
  isObject,
  listOf,
  nanoUsdOf,
  objectOf,
  parsedText,
  stringOf,
} from "../loose-json.ts";
import { SessionFacts } from "../session-facts.ts";
import { blocksOf } from "./calls.ts";
import { tellCalls } from "./tell-calls.ts";

/** Where the counts of the agents differ. */
export interface Dialect {
  /** As the agent is called in facts. */
  readonly agent: string;
  /** Since when `tokensIn` is the whole prompt, cached tokens included; null for never. */
  readonly wholePromptSince: number | null;
  /** Providers whose `tokensIn` always has them included. */
  readonly inclusiveProviders: ReadonlySet<string>;
}

export interface TaskContext {
  readonly dialect: Dialect;
  readonly fingerprinter: Fingerprinter;
  readonly problems: CountedProblems;
}

export interface Task {
  readonly id: string;
  /** `ui_messages.json` */
  readonly shown: readonly JsonObject[];
  /** `api_conversation_history.json` */
  readonly conversation: readonly JsonObject[];
  /** `task_metadata.json` of Cline, `history_item.json` of Roo. */
  readonly metadata: JsonObject;
}

interface Request {
  readonly id: string;
  readonly instant: number;
  usage: JsonObject;
  /** Characters of what was shown of the answer. */
  visibleChars: number;
  readonly message: JsonObject;
}

export function taskFacts(task: Task, context: TaskContext): TokenFact[] {
  return new TaskTeller(task, context).tell();
}

class TaskTeller {
  readonly #task: Task;
  readonly #context: TaskContext;
  readonly #told: TokenFact[] = [];
  readonly #facts: SessionFacts;
  readonly #models: Models;
  readonly #cwd: string | null;
  readonly #newFiles = new Set<string>();

  constructor(task: Task, context: TaskContext) {
    const { dialect, fingerprinter, problems } = context;
    this.#task = task;
    this.#context = context;
    this.#models = new Models(task);
    this.#cwd = stringOf(task.metadata["workspace"]) ?? folderIn(task);
    this.#facts = new SessionFacts(dialect.agent, task.id, fingerprinter, {
      fact: (fact) => this.#told.push(fact),
      problem: (code, severity, offset, message, hint) => problems.add(code, severity, offset, message, hint),
    });
    this.#facts.learn({ cwd: this.#cwd, parentSession: stringOf(task.metadata["parentTaskId"]) });
  }

  tell(): TokenFact[] {
    const requests = this.#shown();
    for (const request of requests) this.#response(request);
    this.#deleted(requests);
    this.#calls(requests);
    this.#facts.tell();
    return this.#told;
  }

  /** Prompts are told, requests gathered. */
  #shown(): Request[] {
    const requests: Request[] = [];
    for (const [i, message] of this.#task.shown.entries()) {
      const instant = instantOf(message["ts"]);
      const kind = stringOf(message["say"]) ?? stringOf(message["ask"]);
      if (instant === null || kind === null) {
        const severity = contentOf(message["text"])?.includes("tokensIn") === true ? "lost" : "notice";
        this.#context.problems.add(
          instant === null ? "no_instant" : "unknown_record_type",
          severity,
          i,
          "message without a time or a kind; left out",
        );
        continue;
      }
      this.#facts.seen(instant);
      const text = contentOf(message["text"]) ?? "";
      if (kind === "api_req_started" || kind === "subagent_usage") {
        const id = `${this.#task.id}:${instant}${kind === "subagent_usage" ? ":sub-agents" : ""}`;
        requests.push({ id, instant, usage: objectOf(parsedText(text)), visibleChars: 0, message });
      } else if (kind === "api_req_finished") {
        // Early versions told what a request used in a message of its own.
        const request = requests.at(-1);
        if (request !== undefined) request.usage = { ...request.usage, ...objectOf(parsedText(text)) };
      } else if (i === 0 || kind === "user_feedback") this.#facts.turn(`${instant}`, instant, text);
      else {
        const request = requests.at(-1);
        if (request !== undefined && answers.has(kind) && message["partial"] !== true) request.visibleChars += text.length;
        if (kind === "tool") this.#noteNewFile(text);
      }
    }
    return requests;
  }

  #noteNewFile(text: string): void {
    const { tool, path } = objectOf(parsedText(text));
    if (tool === "newFileCreated" && typeof path === "string") this.#newFiles.add(path);
  }

  #response(request: Request): void {
    const { id, instant, usage, visibleChars } = request;
    if (!isCount(usage["tokensIn"]) && !isCount(usage["tokensOut"])) return; // not answered, or not yet
    const { model, provider } = this.#models.of(request.message, usage, instant);
    const counts = this.#countsOf(usage, instant, provider);
    const isSeen = counts.input + counts.cacheRead + counts.cacheWrite5m + counts.output > 0;
    if (!isSeen && visibleChars === 0) return;
    this.#sighting({
      messageId: id,
      instant,
      agentId: id.endsWith(":sub-agents") ? "sub-agents" : null,
      provider,
      model,
      counts,
      outputQuality: isSeen ? "final" : "not_observed",
      visibleChars,
      reportedCostNanoUsd: nanoUsdOf(usage["cost"]),
    });
  }

  /**
   * Going back to a checkpoint deletes messages and keeps the sum of their requests. An earlier reading may have seen them, so
   * what is told is a total of the session: it counts only for what the responses known leave of it.
   */
  #deleted(requests: readonly Request[]): void {
    const sums = this.#task.shown.flatMap((message) =>
      message["say"] === "deleted_api_reqs" ? [objectOf(parsedText(message["text"]))] : [],
    );
    const [first] = requests;
    if (sums.length === 0 || first === undefined) return;
    const { model, provider } = this.#models.of(first.message, first.usage, first.instant);
    const same = requests.filter((request) => this.#models.of(request.message, request.usage, request.instant).model === model);
    const counts = [...sums, ...same.map(({ usage }) => usage)]
      .map((usage) => this.#countsOf(usage, first.instant, provider))
      .reduce(added);
    this.#sighting({
      messageId: `${this.#context.dialect.agent}:${this.#task.id}:${model}`,
      instant: first.instant,
      agentId: null,
      provider,
      model,
      counts,
      outputQuality: "final",
      visibleChars: 0,
      reportedCostNanoUsd: null,
      grain: "session",
    });
  }

  #countsOf(usage: JsonObject, instant: number, provider: string | null): TokenCounts {
    const cacheRead = countOf(usage["cacheReads"]);
    const cacheWrite5m = countOf(usage["cacheWrites"]);
    const all = countOf(usage["tokensIn"]);
    const inside = all >= cacheRead + cacheWrite5m && this.#isWholePrompt(usage, instant, provider);
    return {
      input: inside ? all - cacheRead - cacheWrite5m : all,
      cacheRead,
      cacheWrite5m,
      cacheWrite1h: 0,
      output: countOf(usage["tokensOut"]),
      reasoning: null,
    };
  }

  /** Whether `tokensIn` is the whole prompt; where it is less than the cached tokens alone it cannot be. */
  #isWholePrompt(usage: JsonObject, instant: number, provider: string | null): boolean {
    const { wholePromptSince, inclusiveProviders } = this.#context.dialect;
    if (provider !== null && inclusiveProviders.has(provider)) return true;
    return wholePromptSince !== null && (usage["apiProtocol"] === "openai" || instant >= wholePromptSince);
  }

  #sighting(
    response: Pick<
      SightingFact,
      | "messageId"
      | "instant"
      | "agentId"
      | "provider"
      | "model"
      | "counts"
      | "outputQuality"
      | "visibleChars"
      | "reportedCostNanoUsd"
      | "grain"
    >,
  ): void {
    this.#told.push({
      kind: "sighting",
      agent: this.#context.dialect.agent,
      session: this.#task.id,
      requestId: null,
      agentVersion: null,
      serviceTier: null,
      speed: null,
      geo: null,
      webSearches: 0,
      cwd: this.#cwd,
      branch: null,
      ...response,
    });
  }

  #calls(requests: readonly Request[]): void {
    const own = requests.filter(({ id, usage }) => !id.endsWith(":sub-agents") && usage["cancelReason"] === undefined);
    const { conversation } = this.#task;
    let answered = 0;
    for (const [i, answer] of conversation.entries()) {
      if (answer["role"] !== "assistant") continue;
      const at = instantOf(answer["ts"]);
      const request = (at === null ? own[answered] : own.findLast(({ instant }) => instant <= at)) ?? own.at(-1);
      answered++;
      const instant = at ?? request?.instant;
      if (instant === undefined) continue; // a conversation of which nothing was shown has no times; its tokens are unknown too
      tellCalls(this.#facts, this.#context.problems, answer, conversation[i + 1], {
        instant,
        messageId: request?.id ?? null,
        agentId: null,
        cwd: this.#cwd,
        name: `${this.#task.id}:${i}`,
        isNew: (path) => this.#newFiles.delete(path),
      });
    }
  }
}

/** What an answer shows. */
const answers: ReadonlySet<string> = new Set([
  "text",
  "reasoning",
  "tool",
  "command",
  "completion_result",
  "followup",
  "plan_mode_respond",
  "use_mcp_server",
]);

const added = (one: TokenCounts, other: TokenCounts): TokenCounts => ({
  input: one.input + other.input,
  cacheRead: one.cacheRead + other.cacheRead,
  cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
  cacheWrite1h: 0,
  output: one.output + other.output,
  reasoning: null,
});

/** What a task tells of its models: with each message, in its metadata, or in the details of the editor that go to the model. */
class Models {
  /** By time, oldest first. */
  readonly #used: readonly { readonly at: number; readonly model: string; readonly provider: string | null }[];
  readonly #mentioned: readonly { readonly at: number; readonly model: string }[];

  constructor({ metadata, conversation }: Task) {
    this.#used = listOf(metadata["model_usage"])
      .filter(isObject)
      .flatMap((use) => {
        const at = instantOf(use["ts"]);
        const model = stringOf(use["model_id"]);
        return at === null || model === null ? [] : [{ at, model, provider: stringOf(use["model_provider_id"]) }];
      })
      .sort((a, b) => a.at - b.at);
    this.#mentioned = conversation.flatMap((message) => {
      const model = modelIn(blocksOf(message["content"]));
      const at = instantOf(message["ts"]);
      return model === null ? [] : [{ at: at ?? 0, model }];
    });
  }

  of(message: JsonObject, usage: JsonObject, instant: number): { readonly model: string; readonly provider: string | null } {
    const info = objectOf(message["modelInfo"]);
    const told = stringOf(info["modelId"]);
    if (told !== null) return { model: told, provider: stringOf(info["providerId"]) };
    const used = this.#used.findLast(({ at }) => at <= instant) ?? this.#used[0];
    if (used !== undefined) return { model: used.model, provider: used.provider };
    const request = contentOf(usage["request"]) ?? "";
    const mentioned =
      modelTag.exec(request)?.[1] ?? (this.#mentioned.findLast(({ at }) => at <= instant + sentWithinMs) ?? this.#mentioned[0])?.model;
    return { model: mentioned ?? "unknown", provider: null };
  }
}

/** The message with the details is kept after its request is shown. */
const sentWithinMs = 5_000;
const modelTag = /<model>([^<\n]{1,120})<\/model>/;

function modelIn(blocks: readonly JsonObject[]): string | null {
  for (const { text } of blocks)
    if (typeof text === "string" && text.includes("<environment_details>")) return modelTag.exec(text)?.[1] ?? null;
  return null;
}

const folderLine = /Current (?:Working|Workspace) Directory \(([^)\n]{1,400})\)/;

/** The folder a task runs in, by the details of the editor. */
function folderIn({ shown, conversation }: Task): string | null {
  for (const message of conversation) {
    for (const { text } of blocksOf(message["content"])) {
      const folder = typeof text === "string" ? folderLine.exec(text)?.[1] : undefined;
      if (folder !== undefined) return folder;
    }
  }
  for (const { say, text } of shown) {
    const folder = say === "api_req_started" && typeof text === "string" ? folderLine.exec(text)?.[1] : undefined;
    if (folder !== undefined) return folder;
  }
  return null;
}
