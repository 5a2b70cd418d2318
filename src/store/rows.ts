import { featureVersion, lineCount, packLineDiff } from "../lines/line-diff.ts";
import {
  type AuthorshipNoteFact,
  type CommitFact,
  type SightingFact,
  type TokenFact,
  qualities,
  transcriptStates,
  usageGrains,
  writeQualities,
} from "../contract/facts.ts";
import type { Dictionary } from "./dictionary.ts";
import type { FactBatch } from "./fact-batch.ts";

/** Values of `sighting.key_kind`. */
export const keyKinds = { message: 0, request: 1, neither: 2 } as const;

/** Where and when a fact was told: stored with every row. */
export interface Telling {
  readonly source: string;
  readonly device: string | null;
  /** Milliseconds, UTC: when this store met it. */
  readonly seenAt: number;
  /** Turns a git directory into the id of its repository. */
  repositoryOf(gitDir: string): number;
}

/** Adds a fact of a token source to the batch. The only place that knows both the wire names and the columns. */
export function addTokenFact(batch: FactBatch, dictionary: Dictionary, fact: TokenFact, telling: Telling): void {
  const id = (text: string): number => dictionary.id(text);
  const maybe = (text: string | null): number | null => dictionary.maybeId(text);
  const seen = telling.seenAt;
  switch (fact.kind) {
    case "session":
      return batch.add("session", [
        id(fact.agent),
        id(fact.session),
        fact.firstAt,
        fact.lastAt,
        maybe(fact.parentSession),
        maybe(fact.trigger),
        maybe(fact.entrypoint),
        maybe(fact.agentVersion),
        maybe(fact.cwd),
        maybe(fact.branch),
        maybe(telling.device),
        seen,
      ]);
    case "sighting": {
      const { counts } = fact;
      const responseKey =
        fact.messageId ??
        fact.requestId ??
        [fact.instant, counts.input, counts.cacheRead, counts.cacheWrite5m, counts.cacheWrite1h, counts.output].join(":");
      return batch.add("sighting", [
        id(telling.source),
        id(fact.agent),
        id(fact.session),
        responseKey,
        keyKind(fact),
        fact.requestId,
        fact.instant,
        maybe(fact.agentId),
        maybe(fact.provider),
        id(fact.model),
        maybe(fact.agentVersion),
        maybe(fact.serviceTier),
        maybe(fact.speed),
        maybe(fact.geo),
        maybe(fact.cwd),
        maybe(fact.branch),
        counts.input,
        counts.cacheRead,
        counts.cacheWrite5m,
        counts.cacheWrite1h,
        counts.output,
        counts.reasoning,
        qualities.indexOf(fact.outputQuality),
        fact.webSearches,
        fact.visibleChars,
        fact.reportedCostNanoUsd,
        seen,
        fact.doubtful ?? false,
        fact.grain === undefined || fact.grain === "response" ? null : usageGrains.indexOf(fact.grain),
      ]);
    }
    case "turn":
      return batch.add("turn", [
        id(fact.agent),
        id(fact.session),
        fact.key,
        fact.instant,
        id(fact.trigger),
        fact.promptFingerprint,
        fact.promptLength,
        fact.cleared,
        seen,
      ]);
    case "call":
      return batch.add("call", [
        id(fact.agent),
        id(fact.session),
        fact.callId,
        fact.messageId,
        maybe(fact.agentId),
        fact.parentCallId,
        fact.instant,
        id(fact.tool),
        maybe(fact.activity),
        fact.inputBytes,
        seen,
        fact.subjectFingerprint,
      ]);
    case "call_result":
      return batch.add("call_result", [
        id(fact.agent),
        id(fact.session),
        fact.callId,
        fact.instant,
        id(fact.status),
        fact.exitCode,
        fact.testsPassed,
        fact.testsFailed,
        maybe(fact.startedAgentId),
        seen,
        fact.resultBytes,
      ]);
    case "write":
      return batch.add("write", [
        id(fact.agent),
        id(fact.session),
        fact.callId,
        id(fact.path),
        writeQualities.indexOf(fact.quality),
        fact.instant,
        id(fact.operation),
        packLineDiff(fact.diff),
        featureVersion,
        seen,
      ]);
    case "commit_mention":
      return batch.add("commit_mention", [
        id(fact.agent),
        id(fact.session),
        fact.callId,
        fact.hash,
        fact.instant,
        maybe(fact.branch),
        seen,
        fact.telemetry ?? false,
      ]);
    case "pull_request_mention":
      return batch.add("pull_request_mention", [id(fact.agent), id(fact.session), id(fact.repository), fact.number, fact.instant, seen]);
    case "checkpoint":
      return batch.add("checkpoint", [
        telling.repositoryOf(fact.gitDir),
        fact.entry,
        fact.checkpoint,
        fact.listedId,
        id(fact.session),
        maybe(fact.agent),
        JSON.stringify([...fact.filesTouched].sort()),
        maybe(fact.branch),
        fact.createdAt,
        transcriptStates.indexOf(fact.transcript),
        fact.transcriptBytes,
        seen,
      ]);
    case "session_label":
      return batch.add("session_label", [id(fact.agent), id(fact.session), id(fact.label), id(fact.value), fact.instant, seen]);
    case "metric_point":
      return batch.add("metric_point", [
        id(fact.agent),
        id(fact.session),
        id(fact.measure),
        fact.startAt,
        fact.endAt,
        fact.series,
        maybe(fact.model),
        fact.cumulative,
        fact.amount,
        seen,
      ]);
    default:
      fact satisfies never;
  }
}

/** Adds what a note says. */
export function addNote(batch: FactBatch, dictionary: Dictionary, repositoryId: number, note: AuthorshipNoteFact, seenAt: number): void {
  batch.add("authorship_note", [
    repositoryId,
    dictionary.id(note.dialect),
    note.commit,
    note.note,
    note.madeBefore,
    JSON.stringify(note.claims),
    note.testLines,
    JSON.stringify(note.defects),
    seenAt,
  ]);
}

/** What the response key is; the message id wherever there is one. */
function keyKind({ messageId, requestId }: SightingFact): number {
  return messageId !== null ? keyKinds.message : requestId !== null ? keyKinds.request : keyKinds.neither;
}

/** Adds a commit and its file changes. */
export function addCommit(batch: FactBatch, dictionary: Dictionary, repositoryId: number, commit: CommitFact, seenAt: number): void {
  batch.add("commit", [
    repositoryId,
    commit.hash,
    commit.parents.join(" "),
    dictionary.id(commit.authorName),
    dictionary.id(commit.authorEmail),
    commit.authorAt,
    commit.commitAt,
    JSON.stringify(commit.trailers),
    commit.squashOf,
    commit.mergeOf,
    commit.reverts,
    seenAt,
    commit.signs === undefined ? null : JSON.stringify(commit.signs),
  ]);
  commit.files.forEach((file, position) => {
    batch.add("file_change", [
      repositoryId,
      commit.hash,
      position,
      dictionary.id(file.path),
      dictionary.maybeId(file.oldPath),
      dictionary.id(file.status),
      file.oldBlob,
      file.newBlob,
      file.opaque === false ? null : dictionary.id(file.opaque),
      lineCount(file.diff) > 0 || file.diff.hunks.length > 0 ? packLineDiff(file.diff) : null,
      featureVersion,
    ]);
  });
}
