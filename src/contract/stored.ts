/** Facts as the store hands them out: texts instead of ids, one row each. Instants are UTC milliseconds. */
import type { ActivityKind, Quality, TokenCounts, UsageGrain } from "./facts.ts";

/** A sighting as stored, ids resolved. */
export interface Sighting {
  readonly source: string;
  readonly agent: string;
  readonly session: string;
  readonly responseKey: string;
  readonly messageId: string | null;
  readonly requestId: string | null;
  readonly instant: number;
  readonly agentId: string | null;
  readonly provider: string | null;
  readonly model: string;
  readonly agentVersion: string | null;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly geo: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly counts: TokenCounts;
  readonly outputQuality: Quality;
  readonly webSearches: number;
  /** Characters of text, thinking and tool input the witness shows. */
  readonly visibleChars: number;
  /** Its counts stand only where no other witness tells of the response. */
  readonly doubtful?: boolean;
  /** Left out: one response. */
  readonly grain?: UsageGrain;
}

export interface TurnStart {
  readonly key: string;
  readonly instant: number;
  readonly startedBy: "prompt" | "command" | "queued" | "notification";
  readonly cleared: boolean;
  /** Characters of what was said; null where it is not known. */
  readonly promptLength: number | null;
}

export interface Call {
  readonly callKey: string;
  /** Message or request id of the response that made it. */
  readonly responseKey: string | null;
  readonly agentId: string | null;
  readonly parentCallKey: string | null;
  readonly instant: number;
  readonly endedAt: number | null;
  readonly tool: string;
  readonly activity: ActivityKind;
  readonly inputBytes: number;
  /** Bytes of the result; null where there is none or its size is not known. */
  readonly resultBytes: number | null;
  /** Names the file it reads: equal for equal paths. Null for other calls, and where it is not known. */
  readonly subject: number | null;
  readonly status: "ok" | "error" | "unknown";
  /** The sub-agent a `delegate` call started. */
  readonly startedAgentId: string | null;
}
