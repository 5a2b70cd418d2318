import type { NamedSessions } from "../attribution/link.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { StoredCheckpoint } from "../store/fact-reader.ts";

/** A hash printed this long before or after its commit's own clock still names it: skew, and hooks that take their time. */
const skewMs = 120_000;
const printedWithinMs = 3_600_000;

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
  const named = new Map<number, { session: string; evidence: "printed_hash" | "trailer" }[]>();
  const add = (commit: number, session: string, evidence: "printed_hash" | "trailer"): void => {
    const list = named.get(commit);
    if (!list) named.set(commit, [{ session, evidence }]);
    else if (!list.some((known) => known.session === session)) list.push({ session, evidence });
  };
  const byHash = history.commits.map((commit, c) => ({ hash: commit.hash, c })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  for (const { session, hash, instant } of mentions) {
    const c = uniquePrefix(byHash, hash);
    const committedAt = c === null ? undefined : history.commits[c]?.commitAt;
    if (c === null || committedAt === undefined) continue;
    if (instant < committedAt - skewMs || instant > committedAt + printedWithinMs) continue;
    add(c, session, "printed_hash");
  }
  if (ignoreTrailers) return named;
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
  return named;
}

/** Checkpoints that trailers of a repository's commits name. */
export function checkpointsNamed(trailers: readonly { readonly key: string; readonly value: string }[]): string[] {
  return trailers.filter(({ key }) => key.toLowerCase() === checkpointTrailer).map(({ value }) => value);
}

function uniquePrefix(sorted: readonly { hash: string; c: number }[], prefix: string): number | null {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as { hash: string }).hash < prefix) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low];
  if (!found?.hash.startsWith(prefix)) return null;
  return sorted[low + 1]?.hash.startsWith(prefix) ? null : found.c;
}
