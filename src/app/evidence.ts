import type { CommitEvidence, NamedSession, NamedSessions } from "../attribution/link.ts";
import { type NamedByHash, commitsNamedByHash } from "../attribution/printed-hashes.ts";
import type { CommitFact } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { StoredCheckpoint, StoredCommitMention } from "../store/fact-reader.ts";

/** The key of the trailer that names a checkpoint. */
const checkpointTrailer = "entire-checkpoint";

/** Trailers whose value is, or ends in, the id of a session of some agent. */
const sessionTrailers: ReadonlySet<string> = new Set([
  "agent-session",
  "ai-session",
  "amp-thread-id",
  "claude-session",
  "codex-session",
  "copilot-session",
  "cursor-session",
  "entire-session",
  "gemini-session",
  "opencode-session",
  "pi-session",
  "session-id",
]);

/** A hash that a tool printed or, if so said, telemetry told. */
export type CommitMention = Pick<StoredCommitMention, "session" | "hash" | "instant"> & Partial<Pick<StoredCommitMention, "telemetry">>;

/**
 * The sessions explicit evidence names for each commit of a repository: hashes that a session's own commit printed or its
 * telemetry told, sessions and checkpoints that a trailer names. A session a checkpoint merely lists (concurrent, stale)
 * whose files the commit does not touch is left out.
 *
 * @param isKnown whether a session is one of this store: trailers name others too
 */
export function namedSessions(
  history: LineHistoryResult,
  mentions: readonly CommitMention[],
  checkpoints: readonly StoredCheckpoint[],
  ignoreTrailers: boolean,
  isKnown: (session: string) => boolean = () => false,
): NamedSessions {
  const named = new Map<number, NamedSession[]>();
  const add = (commit: number, session: string, evidence: CommitEvidence): void => {
    const list = named.get(commit);
    if (!list) named.set(commit, [{ session, evidence }]);
    else if (!list.some((known) => known.session === session)) list.push({ session, evidence });
  };
  const byHash = commitsNamedByHash(
    history.commits,
    mentions.filter(({ telemetry }) => !telemetry),
  );
  const byTelemetry = commitsNamedByHash(
    history.commits,
    mentions.filter(({ telemetry }) => telemetry),
  );
  const isOriginal = ({ evidence }: NamedByHash): boolean => evidence === "printed_hash";
  for (const { commit, session, evidence } of byHash.filter(isOriginal)) add(commit, session, evidence);
  for (const { commit, session } of byTelemetry.filter(isOriginal)) add(commit, session, "telemetry_commit");
  const addCopies = (): NamedSessions => {
    for (const one of [...byHash, ...byTelemetry]) if (!isOriginal(one)) add(one.commit, one.session, one.evidence);
    return named;
  };
  if (ignoreTrailers) return addCopies();
  const byCheckpoint = new Map<string, StoredCheckpoint[]>();
  for (const checkpoint of checkpoints) {
    const list = byCheckpoint.get(checkpoint.checkpoint);
    if (list) list.push(checkpoint);
    else byCheckpoint.set(checkpoint.checkpoint, [checkpoint]);
  }
  history.commits.forEach((commit, c) => {
    const paths = new Set(commit.files.flatMap((file) => (file.oldPath === null ? [file.path] : [file.path, file.oldPath])));
    for (const { key, value } of commit.trailers) {
      const name = key.toLowerCase();
      if (name === checkpointTrailer) {
        for (const checkpoint of byCheckpoint.get(value) ?? []) {
          if (checkpoint.filesTouched.some((path) => paths.has(path))) add(c, checkpoint.session, "trailer");
        }
      } else if (sessionTrailers.has(name)) {
        const session = sessionIdsIn(value).find(isKnown);
        if (session !== undefined) add(c, session, "trailer");
      }
    }
  });
  return addCopies();
}

/** Ids that session trailers may name, known or not. */
export function sessionsInTrailers(trailers: CommitFact["trailers"]): string[] {
  return trailers.filter(({ key }) => sessionTrailers.has(key.toLowerCase())).flatMap(({ value }) => sessionIdsIn(value));
}

/** Commits with a trailer that names a session this store has not seen: work whose tokens are not counted. */
export function countUnseenSessions(history: LineHistoryResult, isKnown: (session: string) => boolean): number {
  return history.commits.filter(({ trailers }) =>
    trailers.some(({ key, value }) => sessionTrailers.has(key.toLowerCase()) && !sessionIdsIn(value).some(isKnown)),
  ).length;
}

/**
 * What a trailer's value may call a session, likeliest first: the value itself, the end of the address it is, the id that a
 * kind or a date stands before (`session_…`, `2026-01-02-…`).
 */
function sessionIdsIn(value: string): string[] {
  const whole = value.trim();
  const last = whole
    .replace(/[?#].*$/, "")
    .replace(/\/+$/, "")
    .split("/")
    .at(-1) as string;
  return [
    ...new Set([whole, last, last.replace(/^(?:session|thread|conversation)[_-]/i, ""), last.replace(/^\d{4}-\d{2}-\d{2}-(?=.)/, "")]),
  ];
}

/** Checkpoints that trailers of a repository's commits name. */
export function checkpointsNamed(trailers: readonly { readonly key: string; readonly value: string }[]): string[] {
  return trailers.filter(({ key }) => key.toLowerCase() === checkpointTrailer).map(({ value }) => value);
}
