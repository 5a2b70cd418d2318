/**
 * Tells the facts of sessions for agents whose logs are read record by record: keeps how far a session reaches, waits for
 * the results of calls, and makes of edits that succeeded what they changed.
 */
import type { ActivityKind, CallFact, CallResultFact, Quality, SessionFact, TokenCounts, TurnFact, UsageGrain } from "../contract/facts.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";
import { emptyDiff } from "../lines/line-diff.ts";
import { EditedFiles, type FileEdit } from "./edited-files.ts";
import type { FactSink } from "./json-reading.ts";
import { type ShellPurpose, shellPurpose } from "./shell-command.ts";
import { openedChanges, printedCommits, testCounts } from "./tool-output.ts";

export type SessionDetails = Pick<SessionFact, "parentSession" | "trigger" | "entrypoint" | "agentVersion" | "cwd" | "branch">;

/** Details of a session nobody has told anything of. */
export const unknownDetails: SessionDetails = {
  parentSession: null,
  trigger: null,
  entrypoint: null,
  agentVersion: null,
  cwd: null,
  branch: null,
};

export interface ToolCall {
  readonly callId: string;
  /** The response that made it; left out where the log tells that later: the call waits for `answered`. */
  readonly messageId?: string | null;
  readonly agentId: string | null;
  readonly parentCallId?: string | null;
  readonly instant: number;
  readonly tool: string;
  readonly activity: ActivityKind;
  readonly inputBytes: number;
  /** The command line, for a tool that runs one. */
  readonly command?: string | null;
  /** The running command it waits for or writes to, as its result named it (`runsOn`): the call goes on with that command. */
  readonly resumes?: string | null;
  /** Folder it runs in. */
  readonly cwd?: string | null;
  /** The file it reads. */
  readonly reads?: string | null;
  /** What it changes if it succeeds. */
  readonly edits?: readonly FileEdit[];
}

export interface ToolResult {
  readonly callId: string;
  readonly instant: number;
  readonly failed: boolean;
  readonly exitCode?: number | null;
  /** What a command printed. */
  readonly output?: string | null;
  /** Name of the command if it still runs: what it writes is known when a call that `resumes` it says it ended. */
  readonly runsOn?: string | null;
  readonly resultBytes: number | null;
  readonly startedAgentId?: string | null;
  /** Content of a file that was read from its first line to its last. */
  readonly content?: string | null;
  /** What it changed, where the result says it better than the call. */
  readonly edits?: readonly FileEdit[];
}

export interface ModelResponse {
  readonly messageId: string;
  readonly requestId?: string | null;
  readonly instant: number;
  readonly agentId: string | null;
  readonly provider: string | null;
  readonly model: string;
  readonly counts: TokenCounts;
  readonly outputQuality?: Quality;
  /** Folder and branch it was made in, where they are not those of the session. */
  readonly cwd?: string | null;
  readonly branch?: string | null;
  readonly visibleChars?: number;
  readonly reportedCostNanoUsd?: number | null;
  readonly grain?: UsageGrain;
}

interface WaitingCall {
  readonly shell: ShellPurpose | null;
  readonly reads: string | null;
  readonly edits: readonly FileEdit[];
}

/** Facts of one session of one agent. */
export class SessionFacts {
  readonly agent: string;
  readonly session: string;
  readonly #sink: FactSink;
  readonly #fingerprinter: Fingerprinter;
  readonly #files: EditedFiles;
  readonly #waiting = new Map<string, WaitingCall>();
  readonly #running = new Map<string, ShellPurpose>();
  #unanswered: CallFact[] = [];
  #details: SessionDetails = unknownDetails;
  #firstAt = Number.POSITIVE_INFINITY;
  #lastAt = Number.NEGATIVE_INFINITY;

  constructor(agent: string, session: string, fingerprinter: Fingerprinter, sink: FactSink) {
    this.agent = agent;
    this.session = session;
    this.#sink = sink;
    this.#fingerprinter = fingerprinter;
    this.#files = new EditedFiles(fingerprinter);
  }

  get details(): SessionDetails {
    return this.#details;
  }

  /** Earliest instant seen; null before any. */
  get firstAt(): number | null {
    return this.#firstAt === Number.POSITIVE_INFINITY ? null : this.#firstAt;
  }

  /** Something of the session happened then. */
  seen(instant: number): void {
    this.#firstAt = Math.min(this.#firstAt, instant);
    this.#lastAt = Math.max(this.#lastAt, instant);
  }

  /** Takes what was not known before; the first telling stands. */
  learn(details: Partial<SessionDetails>): void {
    const known = this.#details;
    this.#details = {
      parentSession: known.parentSession ?? details.parentSession ?? null,
      trigger: known.trigger ?? details.trigger ?? null,
      entrypoint: known.entrypoint ?? details.entrypoint ?? null,
      agentVersion: known.agentVersion ?? details.agentVersion ?? null,
      cwd: known.cwd ?? details.cwd ?? null,
      branch: known.branch ?? details.branch ?? null,
    };
  }

  /** Tells the session, if anything of it was seen. */
  tell(): void {
    if (this.#lastAt < this.#firstAt) return;
    const { agent, session } = this;
    this.#sink.fact({ kind: "session", agent, session, firstAt: this.#firstAt, lastAt: this.#lastAt, ...this.#details });
  }

  /** Tells a response, and that the calls that wait were made by it. */
  response(response: ModelResponse): void {
    const { messageId, instant, agentId, provider, model, counts, grain } = response;
    this.seen(instant);
    this.answered(messageId);
    this.#sink.fact({
      kind: "sighting",
      agent: this.agent,
      session: this.session,
      provider,
      messageId,
      requestId: response.requestId ?? null,
      instant,
      agentId,
      model,
      agentVersion: this.#details.agentVersion,
      serviceTier: null,
      speed: null,
      geo: null,
      cwd: response.cwd ?? this.#details.cwd,
      branch: response.branch ?? this.#details.branch,
      counts,
      outputQuality: response.outputQuality ?? "final",
      webSearches: 0,
      visibleChars: response.visibleChars ?? 0,
      reportedCostNanoUsd: response.reportedCostNanoUsd ?? null,
      ...(grain === undefined ? {} : { grain }),
    });
  }

  turn(key: string, instant: number, text: string, trigger: TurnFact["trigger"] = "prompt", cleared = false): void {
    this.seen(instant);
    const promptFingerprint = text.trim() === "" ? null : this.#fingerprinter.text(text);
    const { agent, session } = this;
    this.#sink.fact({ kind: "turn", agent, session, key, instant, trigger, promptFingerprint, promptLength: text.length, cleared });
  }

  call(call: ToolCall): void {
    const { callId, messageId, agentId, instant, tool, inputBytes, command, cwd, reads = null, edits = [] } = call;
    this.seen(instant);
    const resumed = this.#running.get(call.resumes ?? "") ?? null;
    const shell = command === undefined || command === null ? resumed : shellPurpose(command, cwd ?? this.#details.cwd);
    const fact: CallFact = {
      kind: "call",
      agent: this.agent,
      session: this.session,
      callId,
      messageId: messageId ?? null,
      agentId,
      parentCallId: call.parentCallId ?? null,
      instant,
      tool,
      activity: shell?.activity ?? call.activity,
      inputBytes,
      subjectFingerprint: reads === null ? null : this.#fingerprinter.text(reads),
    };
    if (messageId === undefined) this.#unanswered.push(fact);
    else this.#sink.fact(fact);
    if (shell !== null || reads !== null || edits.length > 0) this.#waiting.set(callId, { shell, reads, edits });
  }

  /** Calls that wait were made by this response; null: no log tells by which. */
  answered(messageId: string | null): void {
    for (const call of this.#unanswered) this.#sink.fact({ ...call, messageId });
    this.#unanswered = [];
  }

  result(result: ToolResult): void {
    const { callId, instant, failed, exitCode = null, resultBytes, startedAgentId = null, runsOn = null } = result;
    this.seen(instant);
    const call = this.#waiting.get(callId);
    this.#waiting.delete(callId);
    const shell = call?.shell ?? null;
    const output = result.output ?? "";
    const tests = shell?.activity === "test" ? testCounts(output) : null;
    const fact: CallResultFact = {
      kind: "call_result",
      agent: this.agent,
      session: this.session,
      callId,
      instant,
      status: failed ? "error" : "ok",
      exitCode,
      testsPassed: tests?.passed ?? null,
      testsFailed: tests?.failed ?? null,
      startedAgentId,
      resultBytes,
    };
    this.#sink.fact(fact);
    if (shell !== null) {
      if (runsOn !== null) this.#running.set(runsOn, shell);
      this.#printed(shell, callId, instant, output);
    }
    if (failed || runsOn !== null) return;
    if (shell !== null) this.#shellWrites(shell, callId, instant);
    if (call?.reads !== undefined && call.reads !== null && typeof result.content === "string")
      this.#files.learn(call.reads, result.content);
    this.writes(callId, instant, result.edits ?? call?.edits ?? []);
  }

  /** What a call that succeeded changed. */
  writes(callId: string, instant: number, edits: readonly FileEdit[]): void {
    this.seen(instant);
    const { agent, session } = this;
    for (const difference of this.#files.apply(edits)) this.#sink.fact({ kind: "write", agent, session, callId, instant, ...difference });
  }

  #printed(shell: ShellPurpose, callId: string, instant: number, output: string): void {
    const { agent, session } = this;
    if (shell.commits || printsForeignCommit(output)) {
      for (const { hash, branch } of printedCommits(output))
        this.#sink.fact({ kind: "commit_mention", agent, session, callId, instant, hash, branch });
    }
    if (shell.opensChange) {
      for (const { repository, number } of openedChanges(output))
        this.#sink.fact({ kind: "pull_request_mention", agent, session, repository, number, instant });
    }
  }

  #shellWrites(shell: ShellPurpose, callId: string, instant: number): void {
    const { agent, session } = this;
    for (const { path, operation } of shell.writes) {
      this.#files.forget(path);
      this.#sink.fact({ kind: "write", agent, session, callId, instant, path, operation, quality: "opaque", diff: emptyDiff });
    }
  }
}

/** A commit made by a script: git's line with its summary of changed files, in the output of any command. */
const printsForeignCommit = (output: string): boolean => /\] /.test(output) && / files? changed, /.test(output);
