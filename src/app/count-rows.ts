import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";
import { type StoredCheckpoint, compare } from "../store/fact-reader.ts";
import type { Computed } from "./compute.ts";

/** Tables that say how good the counts are: sub-agents started, sessions listed. */
export function countRows(computed: Computed, sessionId: ReadonlyMap<string, number>): DerivedRows {
  return {
    sub_agent_d: () =>
      computed.startedAgents.map(({ session, startedAt, observed }): Row => [sessionId.get(session) ?? null, startedAt, observed]),
    listed_session_d: () => {
      const own = new Set(computed.repositories.map(({ repository }) => repository));
      return listedRows(computed.checkpoints.filter(({ repository }) => own.has(repository)));
    },
  };
}

/** A session is listed by every checkpoint it reached: told once, at its first, with a transcript if any of them had one. */
function listedRows(checkpoints: readonly StoredCheckpoint[]): Row[] {
  const listed = new Map<string, { session: string; repository: number; createdAt: number | null; has: boolean }>();
  for (const { session, repository, createdAt, transcript } of checkpoints) {
    const key = `${repository} ${session}`;
    const known = listed.get(key);
    const has = transcript === "present";
    if (!known) listed.set(key, { session, repository, createdAt, has });
    else {
      known.has ||= has;
      if (createdAt !== null) known.createdAt = Math.min(known.createdAt ?? createdAt, createdAt);
    }
  }
  return [...listed.values()]
    .sort((a, b) => a.repository - b.repository || compare(a.session, b.session))
    .map(({ session, repository, createdAt, has }): Row => [session, repository, createdAt, has]);
}
