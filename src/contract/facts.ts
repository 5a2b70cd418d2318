/**
 * The facts that sources and outcome readers yield and the store keeps. Nothing here is derived, nothing is text of a
 * prompt or of code. Instants are UTC milliseconds since 1970 (integers). Every fact has a natural key, named in its
 * comment; the same fact told twice, by any witness and in any order, joins to one (maximum per count, best quality,
 * earliest instant, first known value).
 */
import type { LineDiff } from "../lines/line-diff.ts";

/** Best first. `partial`: the witness logged the count before the response ended. */
export const qualities = ["final", "partial", "estimated", "not_observed"] as const;
export type Quality = (typeof qualities)[number];

/** What one telling of tokens speaks of, finest first: one response, or as much as the witness knows. */
export const usageGrains = ["response", "session", "day"] as const;
export type UsageGrain = (typeof usageGrains)[number];

/** Disjoint token counts of one response; `reasoning` is the part of `output` that was reasoning, null if not told. */
export interface TokenCounts {
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  readonly output: number;
  readonly reasoning: number | null;
}

/** Kinds of tokens of a prompt in the order they stand in it: what a cache has comes first, longer lives before shorter ones. */
export const promptKinds = ["cacheRead", "cacheWrite1h", "cacheWrite5m", "input"] as const;
/** What the prompt of a response cost, nano-dollars, by kind of token. */
export type InputCost = Readonly<Record<(typeof promptKinds)[number], bigint>>;

/** Key: (agent, session). A later telling widens first..last and fills what was null. */
export interface SessionFact {
  readonly kind: "session";
  readonly agent: string;
  readonly session: string;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly parentSession: string | null;
  /** Who set it going. */
  readonly trigger: "person" | "hook" | "schedule" | "ci" | null;
  readonly entrypoint: string | null;
  readonly agentVersion: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
}

/**
 * One witness's record of one model response. Key: (source, agent, session, messageId ?? requestId ?? instant + counts).
 * `messageId` and `requestId` are strong ids: sightings that share one are the same usage.
 */
export interface SightingFact {
  readonly kind: "sighting";
  readonly agent: string;
  readonly session: string;
  /** Who billed it: `anthropic`, `google`, `openai`; null where the witness does not say. */
  readonly provider: string | null;
  readonly messageId: string | null;
  readonly requestId: string | null;
  /** Earliest instant any record of the response carries. */
  readonly instant: number;
  /** The sub-agent that made it, null for the session's own. */
  readonly agentId: string | null;
  readonly model: string;
  readonly agentVersion: string | null;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly geo: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly counts: TokenCounts;
  /** Of the output count; the other counts are known when the response starts. */
  readonly outputQuality: Quality;
  readonly webSearches: number;
  /** Characters of text, thinking and tool input that the witness shows: what a later estimate of `output` rests on. */
  readonly visibleChars: number;
  /** What the witness itself said it cost, null if it said nothing. */
  readonly reportedCostNanoUsd: number | null;
  /** The witness is known to count too much in this version: its counts stand only where no other tells of the response. */
  readonly doubtful?: boolean;
  /**
   * Left out: one response. A coarser sighting tells a running total: its `messageId` is made of agent, session (or day) and
   * model, so that a later telling replaces an earlier one, and its `instant` is the first of what it speaks of. It counts
   * only for what no sighting of responses of that session and model tells (decision 23).
   */
  readonly grain?: UsageGrain;
}

/** Id of the source that is telemetry: it tells by its own clock what logs tell as well. */
export const telemetrySource = "otlp";
/** Begins the key of a turn that telemetry tells without naming the record a log has of it. */
export const telemetryTurn = "otlp:";

/**
 * Where a turn begins. Key: (agent, session, key). The turn reaches to the next start of the session by instant;
 * responses before the first start are turn 0.
 */
export interface TurnFact {
  readonly kind: "turn";
  readonly agent: string;
  readonly session: string;
  /** The record's own id. */
  readonly key: string;
  readonly instant: number;
  readonly trigger: "prompt" | "command" | "queued" | "notification";
  /** Keyed by the store's secret; null where there is no text. */
  readonly promptFingerprint: number | null;
  /** Characters; null where the witness does not say. */
  readonly promptLength: number | null;
  /** The context was emptied before this turn (`/clear`): nothing is carried forward over it. */
  readonly cleared: boolean;
}

/** What a tool call was for. `edit` calls have writes; `delegate` calls start a sub-agent. */
export const activityKinds = [
  "edit",
  "read",
  "search",
  "test",
  "build",
  "commit",
  "open_change",
  "push",
  "review",
  "shell",
  "web",
  "delegate",
  "plan",
  "other",
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** One tool call as the agent made it. Key: (agent, callId). */
export interface CallFact {
  readonly kind: "call";
  readonly agent: string;
  readonly session: string;
  readonly callId: string;
  /** The response that made the call: its message id, else its request id. */
  readonly messageId: string | null;
  readonly agentId: string | null;
  /** The call that started this sub-agent, where known. */
  readonly parentCallId: string | null;
  readonly instant: number;
  readonly tool: string;
  /** Null: a shell command the witness does not show. */
  readonly activity: ActivityKind | null;
  /** Bytes of the call's input JSON: the size of an edit (RULINGS 14). */
  readonly inputBytes: number;
  /** Which file a call reads, keyed by the store's secret; null for other calls. */
  readonly subjectFingerprint: number | null;
}

/** How a tool call ended. Key: (agent, callId); told apart from the call because it is another record. */
export interface CallResultFact {
  readonly kind: "call_result";
  readonly agent: string;
  readonly session: string;
  readonly callId: string;
  readonly instant: number;
  readonly status: "ok" | "error";
  readonly exitCode: number | null;
  readonly testsPassed: number | null;
  readonly testsFailed: number | null;
  /** The sub-agent this call started, for `delegate` calls. */
  readonly startedAgentId: string | null;
  /** Size of what the model was given as the result, in bytes of JSON as logged; an image counts as so many as its tokens take. Null where it is not logged. */
  readonly resultBytes: number | null;
}

/** Where the difference came from, best first (RULINGS 12). */
export const writeQualities = ["logged", "replayed", "estimated", "opaque"] as const;
export type WriteQuality = (typeof writeQualities)[number];

/** What one tool call did to one file: the difference of the file before and after. Key: (agent, callId, path). */
export interface WriteFact {
  readonly kind: "write";
  readonly agent: string;
  readonly session: string;
  readonly callId: string;
  readonly instant: number;
  /** As logged: mostly absolute, `/` or `\` separated. */
  readonly path: string;
  readonly operation: "create" | "edit" | "delete" | "opaque";
  readonly quality: WriteQuality;
  readonly diff: LineDiff;
}

/** A commit hash a tool printed, seven hex digits or more. Key: (agent, callId, hash). */
export interface CommitMentionFact {
  readonly kind: "commit_mention";
  readonly agent: string;
  readonly session: string;
  readonly callId: string;
  readonly instant: number;
  readonly hash: string;
  readonly branch: string | null;
  /** The agent's telemetry tells the commit of its own; false where a tool's output printed it. */
  readonly telemetry?: boolean;
}

/** A pull request a session opened or named. Key: (agent, session, repository, number). */
export interface PullRequestMentionFact {
  readonly kind: "pull_request_mention";
  readonly agent: string;
  readonly session: string;
  /** `owner/name` as logged. */
  readonly repository: string;
  readonly number: number;
  readonly instant: number;
}

/** Worst first: a transcript that was absent once and is read later is present. */
export const transcriptStates = ["none", "absent", "empty", "not_supported", "present"] as const;
export type TranscriptState = (typeof transcriptStates)[number];

/** A session listed under a checkpoint of a repository's checkpoint branch. Key: (repository, entry). */
export interface CheckpointFact {
  readonly kind: "checkpoint";
  /** The git directory it was read from; the store turns it into the repository's id. */
  readonly gitDir: string;
  readonly checkpoint: string;
  /** Folder of the entry in the branch: a checkpoint may list one session twice. */
  readonly entry: string;
  /** As inside the metadata, date prefix kept; `session` is without it. */
  readonly listedId: string;
  readonly session: string;
  readonly agent: string | null;
  readonly filesTouched: readonly string[];
  readonly branch: string | null;
  readonly createdAt: number | null;
  readonly transcript: TranscriptState;
  /** Size of the transcript, null where it is not known. */
  readonly transcriptBytes: number | null;
}

/** What telemetry may say of a session that is no log's: as its sender's `OTEL_RESOURCE_ATTRIBUTES` have it. */
export const sessionLabels = ["team", "repository", "cost_centre", "email"] as const;
export type SessionLabel = (typeof sessionLabels)[number];

/** Key: (agent, session, label, value): a session may be told several. */
export interface SessionLabelFact {
  readonly kind: "session_label";
  readonly agent: string;
  readonly session: string;
  readonly label: SessionLabel;
  readonly value: string;
  /** First told. */
  readonly instant: number;
}

/**
 * A point of a metric: a sum to hold sightings against, never a usage. Key: (agent, session, measure, series, startAt, endAt),
 * so that a point that is sent again is the same one.
 */
export interface MetricPointFact {
  readonly kind: "metric_point";
  readonly agent: string;
  readonly session: string;
  readonly measure: "input" | "output" | "cache_read" | "cache_write" | "cost";
  /** Digest of all that tells the series from others. */
  readonly series: string;
  readonly startAt: number;
  readonly endAt: number;
  readonly model: string | null;
  /** The amount is of all since `startAt` (`cumulative`), else of what came since the last point. */
  readonly cumulative: boolean;
  /** Tokens, or nano-dollars. */
  readonly amount: number;
}

export type TokenFact =
  | SessionFact
  | SightingFact
  | TurnFact
  | CallFact
  | CallResultFact
  | WriteFact
  | CommitMentionFact
  | PullRequestMentionFact
  | CheckpointFact
  | SessionLabelFact
  | MetricPointFact;

/** A commit as git tells it. Key: (repository, hash). No message is stored, only what was read out of it. */
export interface CommitFact {
  readonly kind: "commit";
  readonly hash: string;
  readonly parents: readonly string[];
  readonly authorName: string;
  readonly authorEmail: string;
  readonly authorAt: number;
  readonly commitAt: number;
  /** Trailer lines anywhere in the message, by regular expression (git's own parser misses those in squash bodies). */
  readonly trailers: readonly { readonly key: string; readonly value: string; readonly inTrailerBlock: boolean }[];
  /** `(#N)` at the end of the subject. */
  readonly squashOf: number | null;
  /** `Merge pull request #N` / `See merge request !N`. */
  readonly mergeOf: number | null;
  /** Hash of `This reverts commit <hash>`. */
  readonly reverts: string | null;
  /** What the message says of its purpose, as closed codes (src/outcomes/git/message-signs.ts). Left out where it was read before these were. */
  readonly signs?: readonly string[];
  readonly files: readonly FileChange[];
}

/** One file of one commit against its first parent. Key: (repository, commit, path). */
export interface FileChange {
  readonly path: string;
  /** Set for renames. */
  readonly oldPath: string | null;
  readonly status: "added" | "modified" | "deleted" | "renamed" | "type_changed" | "copied";
  readonly oldBlob: string;
  readonly newBlob: string;
  /** Binary, submodule, or a blob that is absent from this copy: no lines are known. */
  readonly opaque: false | "binary" | "submodule" | "absent_blob";
  readonly diff: LineDiff;
}

/** A ref as seen when the repository was read. Key: (repository, name). */
export interface RefFact {
  readonly kind: "ref";
  readonly name: string;
  /** The commit it leads to (annotated tags peeled). */
  readonly commit: string;
}

/** Ways in which tools write down who wrote which line of a commit. */
export const noteDialects = ["git-ai", "git-ai-early", "agent-trace"] as const;
export type NoteDialect = (typeof noteDialects)[number];

/** Lines of one file that a note gives to one author, numbered as in the file after the commit. */
export interface LineClaim {
  readonly path: string;
  /** First and last line, alternating; counted from 1, last included, in order, without overlap. */
  readonly ranges: readonly number[];
  /** `mixed`: written by both. No note is believed to name a person for want of an agent. */
  readonly author: "agent" | "mixed" | "person";
  /** As the logs of that agent are called here (`claude-code`), else as named; null where it is not said, and for persons. */
  readonly agent: string | null;
  /** The agent's own id of the session. */
  readonly session: string | null;
  /** Where no id is given: the first hex digits of the SHA-256 of `tool:id`. */
  readonly sessionDigest: string | null;
  readonly model: string | null;
}

/**
 * What one note or trace record says of a commit. It is a claim: only where it meets lines the commit really added is it
 * believed (RULINGS 21). Key: (repository, dialect, commit, note).
 */
export interface AuthorshipNoteFact {
  readonly kind: "authorship_note";
  readonly dialect: NoteDialect;
  /** Full hash; empty for records that name none. */
  readonly commit: string;
  /** Id of the content: a note that is written anew is another one. */
  readonly note: string;
  /** The record was made while its lines were edited, so that the commit it names may be the one before. */
  readonly madeBefore: boolean;
  readonly claims: readonly LineClaim[];
  /** Lines that tools for tests are said to have written; they are in no claim. */
  readonly testLines: number;
  /** Pieces that could not be used, by the code of their problem. */
  readonly defects: Readonly<Record<string, number>>;
}

/** That a copy of a repository carries a note now; what it carried before and lost since is no longer believed. */
export interface CarriedNote {
  readonly dialect: NoteDialect;
  readonly commit: string;
  readonly note: string;
}

export type RepositoryFact = CommitFact | RefFact;
