import type { NamedSession, NamedSessions } from "../attribution/link.ts";
import { commitsNamedByHash } from "../attribution/printed-hashes.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { StoredCheckpoint } from "../store/fact-reader.ts";

/** The key of the trailer that names a checkpoint. */
const checkpointTrailer = "entire-checkpoint";

/**
 * The sessions explicit evidence names for each commit of a repository: hashes that a session's own commit printed, and
 * checkpoints that a trailer names. A session a checkpoint merely lists (concurrent, stale) whose files the commit does
 * not touch is left out.
 */
export function namedSessions(
  history: LineHistoryResult,
  mentions: readonly { session: string; hash: string; instant: number }[],
  checkpoints: readonly StoredCheckpoint[],
  ignoreTrailers: boolean,
): NamedSessions {
  const named = new Map<number, NamedSession[]>();
  const add = (commit: number, session: string, evidence: NamedSession["evidence"]): void => {
    const list = named.get(commit);
    if (!list) named.set(commit, [{ session, evidence }]);
    else if (!list.some((known) => known.session === session)) list.push({ session, evidence });
  };
  const byHash = commitsNamedByHash(history.commits, mentions);
  for (const { commit, session, evidence } of byHash) if (evidence === "printed_hash") add(commit, session, evidence);
  const addCopies = (): NamedSessions => {
    for (const { commit, session, evidence } of byHash) if (evidence !== "printed_hash") add(commit, session, evidence);
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
      if (key.toLowerCase() !== checkpointTrailer) continue;
      for (const checkpoint of byCheckpoint.get(value) ?? []) {
        if (checkpoint.filesTouched.some((path) => paths.has(path))) add(c, checkpoint.session, "trailer");
      }
    }
  });
  return addCopies();
}

/** Checkpoints that trailers of a repository's commits name. */
export function checkpointsNamed(trailers: readonly { readonly key: string; readonly value: string }[]): string[] {
  return trailers.filter(({ key }) => key.toLowerCase() === checkpointTrailer).map(({ value }) => value);
}
