import type { PatchHunk } from "./lines.ts";
import { base62, hexDigits, type Random } from "./random.ts";

/** How one version of Claude Code writes its logs (reference/sources.md 1.1, looked up in real files). */
export interface CliStyle {
  readonly version: string;
  /** Up to 2.1.81 sub-agents lie inside `progress` records of the parent; later in files of their own. */
  readonly subAgentsIn: "progress" | "files";
  /** Up to 2.1.96 most output counts are placeholders of the stream. */
  readonly outputCounts: "partial" | "final";
  readonly cacheMinutes: 5 | 60;
  /** Whether edit results repeat the whole file. */
  readonly repeatsOriginal: boolean;
}

export interface Counts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
}

export type CallActivity = "edit" | "read" | "search" | "test" | "build" | "commit" | "open_change" | "shell" | "delegate";

interface ToldCall {
  readonly callId: string;
  readonly tool: string;
  readonly activity: CallActivity;
  readonly ok: boolean;
  /** Of its input as JSON, without the folder the sample lies in. */
  readonly inputBytes: number;
}

/** One billed response as the generator made it. */
export interface ToldResponse {
  readonly messageId: string;
  readonly requestId: string;
  readonly agentId: string | null;
  readonly instant: number;
  readonly model: string;
  readonly turn: number;
  /** How often the context was cleared before. */
  readonly era: number;
  /** The call that sent the sub-agent, null for the session's own responses. */
  readonly parentCallId: string | null;
  /** As logged: of several records the maximum. */
  readonly counts: Counts;
  /** What was really generated, where the log holds a placeholder. */
  readonly outputActual: number;
  readonly calls: readonly ToldCall[];
}

export interface CallPlace {
  readonly callId: string;
  readonly messageId: string;
  readonly agentId: string | null;
  readonly at: number;
}

export interface ToolOutcome {
  /** What the model reads. */
  readonly text: string;
  readonly result: unknown;
  readonly isError?: boolean;
  /** Tokens it adds to the context. */
  readonly tokens: number;
}

export interface ToolCall {
  readonly name: string;
  readonly activity: CallActivity;
  readonly input: Readonly<Record<string, unknown>>;
  readonly seconds: number;
  run(place: CallPlace): ToolOutcome;
}

export interface Saying {
  readonly thinking?: string | undefined;
  readonly text?: string | undefined;
  readonly calls?: readonly ToolCall[];
}

type Row = Record<string, unknown>;

/** One conversation with a model: the session's own, or a sub-agent's. */
interface Thread {
  readonly model: string;
  readonly agentId: string | null;
  /** The call that started it, null for the session's own. */
  readonly parent: { readonly callId: string; readonly prompt: string } | null;
  readonly rows: Row[];
  lastUuid: string | null;
  /** Nothing was said yet: the system prompt and the tools are still to be read. */
  fresh: boolean;
  /** Tokens the next response finds. */
  context: number;
  cached: number;
  lastAt: number | null;
}

export interface SessionSetting {
  readonly session: string;
  readonly cwd: string;
  /** Folder the repositories lie in: what is measured does not depend on it. */
  readonly reposFolder: string;
  readonly branch: string;
  readonly model: string;
  readonly style: CliStyle;
  readonly random: Random;
  readonly startAt: number;
  /** By how much the clock of its machine is ahead. */
  readonly skewMs: number;
}

const systemTokens = 16_480;

/** Writes one session as Claude Code would, and keeps beside it what really happened. */
export class SessionLog {
  readonly setting: SessionSetting;
  readonly responses: ToldResponse[] = [];
  readonly agentFiles = new Map<string, readonly Row[]>();
  readonly main: Thread;
  now: number;
  turn = 0;
  era = 0;
  /** Calls that sent a sub-agent which left no log. */
  readonly unloggedCalls = new Set<string>();
  branch: string;
  readonly #random: Random;
  readonly #slug: string;

  constructor(setting: SessionSetting) {
    this.setting = setting;
    this.#random = setting.random;
    this.now = setting.startAt;
    this.branch = setting.branch;
    this.main = {
      model: setting.model,
      agentId: null,
      parent: null,
      rows: [],
      lastUuid: null,
      fresh: true,
      context: 0,
      cached: 0,
      lastAt: null,
    };
    this.#slug = `${this.#random.pick(["calm", "brisk", "salty", "quiet", "amber"])}-${this.#random.pick(["drifting", "humming", "folding"])}-${this.#random.pick(["harbor", "lantern", "pelican", "cove"])}`;
  }

  /** `--fork-session`: a new session that begins with a copy of this one's records. */
  fork(setting: SessionSetting): SessionLog {
    const copy = new SessionLog(setting);
    const { rows, ...state } = this.main;
    Object.assign(copy.main, state);
    copy.main.rows.push(...rows.map((row) => ("sessionId" in row ? { ...row, sessionId: setting.session } : row)));
    copy.turn = this.turn;
    return copy;
  }

  /** Message ids that lie in the session's own file: what a fork copies. */
  toldInMainFile(): string[] {
    const all = this.setting.style.subAgentsIn === "progress";
    return this.responses.filter((response) => all || response.agentId === null).map((response) => response.messageId);
  }

  /** Lets time pass. */
  wait(seconds: number): void {
    this.now += Math.round(seconds * 1000);
  }

  /** A person's prompt: a turn begins. */
  prompt(text: string): void {
    this.turn++;
    this.#snapshot();
    this.#row(
      this.main,
      { type: "user", message: { role: "user", content: text } },
      { thinkingMetadata: { maxThinkingTokens: 31_999 }, todos: [], permissionMode: "default" },
    );
    this.main.context += 40 + Math.ceil(text.length / 3);
    this.wait(this.#random.int(1, 3));
  }

  /** A prompt typed while the agent works, taken up afterwards. */
  queuedPrompt(text: string): void {
    const base = { type: "queue-operation", sessionId: this.setting.session };
    this.main.rows.push({ ...base, operation: "enqueue", timestamp: this.#time(-20_000), content: text });
    this.main.rows.push({ ...base, operation: "dequeue", timestamp: this.#time() });
    this.prompt(text);
  }

  /** `/clear`: what was said before is forgotten. */
  clear(): void {
    this.#row(
      this.main,
      {
        type: "user",
        message: { role: "user", content: "<local-command-caveat>Caveat: what follows came from local commands.</local-command-caveat>" },
      },
      { isMeta: true },
    );
    const command =
      "<command-name>/clear</command-name>\n            <command-message>clear</command-message>\n            <command-args></command-args>";
    this.#row(this.main, { type: "user", message: { role: "user", content: command } });
    this.#row(this.main, { type: "user", message: { role: "user", content: "<local-command-stdout></local-command-stdout>" } });
    this.era++;
    Object.assign(this.main, { fresh: true, context: 0, cached: 0 });
  }

  /** The pull request a session is known for. */
  pullLink(repository: string, number: number): void {
    const prUrl = `https://git.example.com/${repository}/pull/${number}`;
    this.main.rows.push({
      type: "pr-link",
      sessionId: this.setting.session,
      prNumber: number,
      prUrl,
      prRepository: repository,
      timestamp: this.#time(),
    });
  }

  /** An answer the client made up because the service was overloaded: no tokens. */
  overloaded(): void {
    const usage = {
      input_tokens: 0,
      output_tokens: 0,
      cache_creation_input_tokens: 0,
      cache_read_input_tokens: 0,
      server_tool_use: { web_search_requests: 0, web_fetch_requests: 0 },
      service_tier: null,
      cache_creation: { ephemeral_1h_input_tokens: 0, ephemeral_5m_input_tokens: 0 },
    };
    const message = {
      id: this.#random.uuid(),
      container: null,
      model: "<synthetic>",
      role: "assistant",
      stop_reason: "stop_sequence",
      stop_sequence: "",
      type: "message",
      usage,
      content: [{ type: "text", text: "API Error: 529 overloaded, try again" }],
    };
    this.#row(this.main, { type: "assistant", message }, { error: "unknown", isApiErrorMessage: true });
    this.wait(30);
  }

  /** How long the agent worked since the prompt. */
  turnEnds(startedAt: number): void {
    this.#row(this.main, { type: "system", subtype: "turn_duration", durationMs: this.now - startedAt, isMeta: false });
  }

  /** One response of the session's own model: a record for each block, then what its tools answered. */
  respond(saying: Saying): void {
    this.#respond(this.main, saying);
  }

  /**
   * Starts a sub-agent inside a tool call. One that is not logged leaves no trace but the result of the call.
   * @returns what the call answers
   */
  subAgent(
    place: CallPlace,
    task: { prompt: string; model: string; logged: boolean },
    work: (say: (saying: Saying) => void) => string,
  ): ToolOutcome {
    const { style } = this.setting;
    const { prompt, model, logged } = task;
    const agentId = `a${this.#random.letters(hexDigits, style.subAgentsIn === "progress" ? 6 : 16)}`;
    const thread: Thread = {
      model,
      agentId,
      parent: { callId: place.callId, prompt },
      rows: style.subAgentsIn === "progress" ? this.main.rows : [],
      lastUuid: null,
      fresh: true,
      context: 900,
      cached: 0,
      lastAt: null,
    };
    const startedAt = this.now;
    if (!logged) this.unloggedCalls.add(place.callId);
    let calls = 0;
    let last: Counts | null = null;
    if (logged) {
      this.#row(thread, {
        type: "user",
        message: { role: "user", content: style.subAgentsIn === "progress" ? [{ type: "text", text: prompt }] : prompt },
      });
      if (style.subAgentsIn === "files") this.agentFiles.set(agentId, thread.rows);
    }
    const text = work((saying) => {
      calls += saying.calls?.length ?? 0;
      if (logged) last = this.#respond(thread, saying);
      else
        for (const call of saying.calls ?? []) {
          this.wait(call.seconds + 6);
          call.run({ ...place, agentId, at: this.now });
        }
    });
    const counts: Counts = last ?? {
      input: 4,
      cacheRead: 21_000 + this.#random.int(0, 20_000),
      cacheWrite5m: this.#random.int(200, 900),
      cacheWrite1h: 0,
      output: this.#random.int(200, 700),
    };
    const totalTokens = counts.input + counts.cacheRead + counts.cacheWrite5m + counts.cacheWrite1h + counts.output;
    const result = {
      status: "completed",
      prompt,
      agentId,
      content: [{ type: "text", text }],
      totalDurationMs: this.now - startedAt,
      totalTokens,
      totalToolUseCount: calls,
      usage: usageOf(counts, style),
    };
    return { text, result, tokens: 300 + Math.ceil(text.length / 3) };
  }

  #respond(thread: Thread, saying: Saying): Counts {
    const random = this.#random;
    const { style } = this.setting;
    const messageId = `msg_01${random.letters(base62, 22)}`;
    const requestId = `req_011C${random.letters(base62, 20)}`;
    const calls = (saying.calls ?? []).map((call) => ({ call, callId: `toolu_01${random.letters(base62, 22)}` }));
    const blocks: Row[] = [];
    if (saying.thinking !== undefined) blocks.push({ type: "thinking", thinking: saying.thinking, signature: random.letters(base62, 80) });
    if (saying.text !== undefined) blocks.push({ type: "text", text: saying.text });
    for (const { call, callId } of calls) blocks.push({ type: "tool_use", id: callId, name: call.name, input: call.input });
    const visible = visibleTokens(saying);
    const outputActual = visible + (saying.thinking === undefined ? random.int(4, 30) : random.int(300, 2_600));
    const counts = this.#usage(thread, outputActual);
    this.wait(random.int(2, 5) + outputActual / 70);
    const instant = this.now + this.setting.skewMs;
    const logged = this.#loggedOutputs(outputActual, blocks.length);
    let sourceUuid = "";
    blocks.forEach((block, index) => {
      const isLast = index === blocks.length - 1;
      const stopReason = style.outputCounts === "final" && isLast ? (calls.length > 0 ? "tool_use" : "end_turn") : null;
      const message = {
        model: thread.model,
        id: messageId,
        type: "message",
        role: "assistant",
        content: [block],
        stop_reason: stopReason,
        stop_sequence: null,
        usage: usageOf({ ...counts, output: logged[index] as number }, style),
      };
      sourceUuid = this.#row(thread, { type: "assistant", message, requestId });
      this.wait(random.int(2, 9) / 10);
    });
    const told = { ...counts, output: Math.max(...logged) };
    const answered: ToldCall[] = [];
    this.responses.push({
      messageId,
      requestId,
      agentId: thread.agentId,
      instant,
      model: thread.model,
      turn: this.turn,
      era: this.era,
      parentCallId: thread.parent?.callId ?? null,
      counts: told,
      outputActual,
      calls: answered,
    });
    for (const { call, callId } of calls) {
      this.wait(call.seconds);
      const outcome = call.run({ callId, messageId, agentId: thread.agentId, at: this.now });
      const content = { tool_use_id: callId, type: "tool_result", content: outcome.text, ...(outcome.isError ? { is_error: true } : {}) };
      const more =
        thread.parent !== null && style.subAgentsIn === "progress"
          ? {}
          : { toolUseResult: outcome.result, sourceToolAssistantUUID: sourceUuid };
      this.#row(thread, { type: "user", message: { role: "user", content: [content] } }, more);
      thread.context += outcome.tokens;
      const inputBytes = Buffer.byteLength(
        JSON.stringify(call.input).replaceAll(JSON.stringify(this.setting.reposFolder).slice(1, -1), ""),
      );
      answered.push({ callId, tool: call.name, activity: call.activity, ok: outcome.isError !== true, inputBytes });
    }
    if (thread.context > 158_000) this.#compact(thread);
    return told;
  }

  /** What each record of a response logs as output. */
  #loggedOutputs(actual: number, records: number): number[] {
    if (this.setting.style.outputCounts === "final") return Array.from({ length: records }, () => actual);
    const placeholder = this.#random.int(1, 9);
    const grows = records > 1 && this.#random.chance(0.2);
    return Array.from({ length: records }, (_, index) => (grows && index === records - 1 ? actual : Math.min(placeholder, actual)));
  }

  /** What a response reads and writes: the cache holds what came before, unless it was left alone for too long. */
  #usage(thread: Thread, output: number): Counts {
    const random = this.#random;
    if (thread.fresh) thread.context += systemTokens + random.int(3_000, 9_000);
    thread.fresh = false;
    const forgotten = thread.lastAt !== null && this.now - thread.lastAt > this.setting.style.cacheMinutes * 60_000;
    const warmStart = thread.cached === 0 && random.chance(0.6);
    const cacheRead = forgotten || warmStart ? systemTokens : thread.cached;
    const written = thread.context - cacheRead;
    thread.cached = thread.context;
    thread.context += output;
    thread.lastAt = this.now;
    const hour = this.setting.style.cacheMinutes === 60 && thread.parent === null;
    return { input: random.int(1, 12), cacheRead, cacheWrite5m: hour ? 0 : written, cacheWrite1h: hour ? written : 0, output };
  }

  #compact(thread: Thread): void {
    if (thread !== this.main) return;
    const preTokens = thread.context;
    this.wait(60);
    const logicalParentUuid = thread.lastUuid;
    thread.lastUuid = null;
    const boundary = {
      type: "system",
      subtype: "compact_boundary",
      content: "Conversation compacted",
      isMeta: false,
      level: "info",
      compactMetadata: { trigger: "auto", preTokens },
    };
    this.#row(thread, boundary, { logicalParentUuid });
    this.#row(
      thread,
      { type: "user", message: { role: "user", content: "This session continues an earlier one; what was decided so far stands." } },
      { isVisibleInTranscriptOnly: true, isCompactSummary: true },
    );
    thread.context = systemTokens + 6_000;
    thread.cached = 0;
  }

  #snapshot(): void {
    const messageId = this.#random.uuid();
    const timestamp = this.#time();
    this.main.rows.push({
      type: "file-history-snapshot",
      messageId,
      snapshot: { messageId, trackedFileBackups: {}, timestamp },
      isSnapshotUpdate: false,
    });
  }

  #time(shiftMs = 0): string {
    return new Date(this.now + this.setting.skewMs + shiftMs).toISOString();
  }

  /** Adds one record to a thread, in the shape its place asks for. */
  #row(thread: Thread, core: Row, more: Row = {}): string {
    const uuid = this.#random.uuid();
    const timestamp = this.#time();
    const inProgress = thread.parent !== null && this.setting.style.subAgentsIn === "progress";
    const host = inProgress ? this.main : thread;
    const base = {
      parentUuid: host.lastUuid,
      isSidechain: thread.parent !== null && !inProgress,
      userType: "external",
      cwd: this.setting.cwd,
      sessionId: this.setting.session,
      version: this.setting.style.version,
      gitBranch: this.branch,
      slug: this.#slug,
    };
    if (inProgress) {
      const message = { ...core, uuid: this.#random.uuid(), timestamp };
      const data = { message, normalizedMessages: [], type: "agent_progress", prompt: thread.parent?.prompt, agentId: thread.agentId };
      host.rows.push({
        ...base,
        type: "progress",
        data,
        toolUseID: `agent_msg_01${this.#random.letters(base62, 22)}`,
        parentToolUseID: thread.parent?.callId,
        uuid,
        timestamp,
      });
      return uuid;
    }
    host.rows.push({ ...base, ...(thread.agentId === null ? {} : { agentId: thread.agentId }), ...core, uuid, timestamp, ...more });
    host.lastUuid = uuid;
    return uuid;
  }
}

function visibleTokens({ thinking = "", text = "", calls = [] }: Saying): number {
  // Paths depend on the folder the sample lies in; token counts must not.
  const inputs = calls.map(
    (call) => JSON.stringify({ ...call.input, file_path: "", notebook_path: "", path: "", command: "" }).length + 40,
  );
  return Math.ceil((thinking.length + text.length + inputs.reduce((sum, length) => sum + length, 0)) / 3);
}

function usageOf(counts: Counts, style: CliStyle): Row {
  return {
    input_tokens: counts.input,
    cache_creation_input_tokens: counts.cacheWrite5m + counts.cacheWrite1h,
    cache_read_input_tokens: counts.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: counts.cacheWrite5m, ephemeral_1h_input_tokens: counts.cacheWrite1h },
    output_tokens: counts.output,
    service_tier: "standard",
    ...(style.subAgentsIn === "files" ? { inference_geo: "not_available", speed: "standard" } : {}),
  };
}

/** Claude Code shows tabs at the start of a patch line as two blanks (all 1,200 patches looked at, 2.0.74–2.1.42). */
export function shownPatch(patch: readonly PatchHunk[]): PatchHunk[] {
  const untab = (line: string): string => line.replace(/^([ +-])(\t+)/, (_, mark: string, tabs: string) => mark + "  ".repeat(tabs.length));
  return patch.map((hunk) => ({ ...hunk, lines: hunk.lines.map(untab) }));
}
