/** What the derived tables keep for later derivations: of sessions, writes and repositories that are not looked at again. */
import type { Cell, Database } from "./duckdb/database.ts";
import { firstFree } from "./derived-store.ts";

export interface KeptSession {
  readonly id: number;
  readonly agent: string;
  readonly session: string;
  readonly lastAt: number;
  readonly repository: number | null;
  readonly keptIn: number | null;
  readonly folders: readonly string[];
  /** Commits it or its telemetry told, as `mentionsOf` wrote them. */
  readonly mentions: readonly string[];
  readonly firstCallAt: number | null;
}

/** A path a session wrote, where it was found to be. */
export interface KeptPath {
  readonly session: string;
  readonly loggedPath: string;
  readonly repository: number | null;
  readonly path: string | null;
  readonly changedLines: number;
}

export interface KeptWrite {
  readonly session: string;
  readonly callKey: string;
  readonly loggedPath: string;
  readonly instant: number;
  readonly turn: number | null;
  readonly quality: string;
  readonly digest: string | null;
  readonly changedLines: number;
  readonly repository: number | null;
  readonly path: string | null;
  readonly places: Uint8Array | null;
  readonly reachedAt: number | null;
  readonly artefacts: string;
}

export interface KeptRepository {
  readonly id: number;
  readonly horizon: number | null;
  readonly landingIsRelease: boolean;
  readonly opaquePaths: ReadonlySet<string>;
  /** In the order of its list of changes. */
  readonly changes: readonly { readonly id: number; readonly key: string }[];
}

const maybeNumber = (cell: Cell | undefined): number | null => (cell === null || cell === undefined ? null : Number(cell));

export async function readKeptSessions(database: Database): Promise<KeptSession[]> {
  const rows = await database.all("SELECT * FROM session_d JOIN session_place USING (session_id)");
  return rows.map((row) => ({
    id: row["session_id"] as number,
    agent: row["agent"] as string,
    session: row["session_key"] as string,
    lastAt: Number(row["last_ms"]),
    repository: row["repository_id"] as number | null,
    keptIn: row["kept_in"] as number | null,
    folders: JSON.parse(row["folders"] as string) as string[], // our own
    mentions: JSON.parse(row["mentions"] as string) as string[], // our own
    firstCallAt: maybeNumber(row["first_call_ms"]),
  }));
}

/** Every distinct path of every session, grade C lines left out. */
export async function readKeptPaths(database: Database): Promise<KeptPath[]> {
  const rows = await database.all(
    `SELECT session_key, logged_path, w.repository_id, path, sum(changed_lines)::INTEGER AS changed_lines
     FROM write_d w JOIN session_d USING (session_id) WHERE digest IS NOT NULL GROUP BY ALL`,
  );
  return rows.map((row) => ({
    session: row["session_key"] as string,
    loggedPath: row["logged_path"] as string,
    repository: row["repository_id"] as number | null,
    path: row["path"] as string | null,
    changedLines: row["changed_lines"] as number,
  }));
}

/** Writes of some sessions (ids of the derived tables). */
export async function readWritesOfSessions(database: Database, sessions: readonly number[]): Promise<KeptWrite[]> {
  const list = [...sessions, -1].map(Number).join(", ");
  const rows = await database.all(`SELECT w.*, session_key FROM write_d w JOIN session_d USING (session_id) WHERE session_id IN (${list})`);
  return rows.map((row) => ({
    session: row["session_key"] as string,
    callKey: row["call_key"] as string,
    loggedPath: row["logged_path"] as string,
    instant: Number(row["instant_ms"]),
    turn: row["turn"] as number | null,
    quality: row["quality"] as string,
    digest: row["digest"] as string | null,
    changedLines: row["changed_lines"] as number,
    repository: row["repository_id"] as number | null,
    path: row["path"] as string | null,
    places: row["places"] as Uint8Array | null,
    reachedAt: maybeNumber(row["reached_ms"]),
    artefacts: row["artefacts"] as string,
  }));
}

export async function readKeptRepositories(database: Database): Promise<KeptRepository[]> {
  const rows = await database.all("SELECT repository_id, horizon_ms, release_rule FROM repository_d ORDER BY repository_id");
  const changes = await database.all("SELECT repository_id, change_id, change_key FROM change ORDER BY change_id");
  const opaque = await database.all("SELECT repository_id, path FROM opaque_path");
  const own = (of: readonly Record<string, Cell>[], id: Cell): Record<string, Cell>[] => of.filter((row) => row["repository_id"] === id);
  return rows.map(({ repository_id: id, horizon_ms: horizon, release_rule: rule }) => ({
    id: id as number,
    horizon: maybeNumber(horizon),
    landingIsRelease: rule === "landing",
    opaquePaths: new Set(own(opaque, id as number).map((row) => row["path"] as string)),
    changes: own(changes, id as number).map((row) => ({ id: row["change_id"] as number, key: row["change_key"] as string })),
  }));
}

/** Sessions with lines in commits of some repositories, or with turns there that may have given a review, by their keys. */
export async function readSessionsIn(database: Database, repositories: Iterable<number>): Promise<string[]> {
  const list = [...repositories, -1].map(Number).join(", ");
  const rows = await database.all(
    `SELECT DISTINCT session_key FROM session_d JOIN (
       SELECT session_id FROM write_d WHERE repository_id IN (${list}) UNION SELECT session_id FROM commit_link WHERE repository_id IN (${list})
       UNION SELECT s.session_id FROM session_d s JOIN segment g USING (session_id) WHERE s.repository_id IN (${list}) AND g.purpose = 'review'
     ) USING (session_id)`,
  );
  return rows.map((row) => row["session_key"] as string);
}

/** Instants of the commits of a repository that some sessions are linked to, by session. */
export async function readLinkedSessions(database: Database, repository: number): Promise<Set<string>> {
  const rows = await database.all(
    "SELECT DISTINCT session_key FROM commit_link l JOIN session_d USING (session_id) WHERE l.repository_id = $repository",
    { repository },
  );
  return new Set(rows.map((row) => row["session_key"] as string));
}

export async function readFreeIds(
  database: Database,
): Promise<Readonly<Record<"session" | "usage" | "segment" | "strand" | "change" | "commit" | "run", number>>> {
  return {
    session: await firstFree(database, "session_d", "session_id"),
    usage: await firstFree(database, "usage_d", "usage_id"),
    segment: await firstFree(database, "segment", "segment_id"),
    strand: await firstFree(database, "strand", "strand_id"),
    change: await firstFree(database, "change", "change_id"),
    commit: await firstFree(database, "commit_d", "commit_id"),
    run: await firstFree(database, "run", "run_id"),
  };
}
