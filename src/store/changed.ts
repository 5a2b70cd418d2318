/** Which sessions and repositories the facts changed of, by revision. */
import type { Database, Row } from "./duckdb/database.ts";

export type ChangedKind = "session" | "repository" | "identity";

/** What changed after a revision. */
export interface Changed {
  /** Dictionary ids. */
  readonly sessions: ReadonlySet<number>;
  /** Ids as the facts have them. */
  readonly repositories: ReadonlySet<number>;
  /** Repositories are told apart or named in another way than before. */
  readonly identity: boolean;
}

/** Notes what a transaction changed; call it inside, with the revision the transaction makes. */
export async function noteChanged(
  database: Database,
  revision: number,
  changes: Iterable<readonly [kind: ChangedKind, id: number]>,
): Promise<void> {
  const rows = [...changes].map(([kind, id]): Row => [kind, id, revision]);
  if (rows.length === 0) return;
  await database.run("CREATE OR REPLACE TEMP TABLE stage_changed AS SELECT * FROM changed LIMIT 0");
  await database.append("temp.stage_changed", ["VARCHAR", "INTEGER", "BIGINT"], rows);
  await database.run("DELETE FROM changed USING stage_changed s WHERE changed.kind = s.kind AND changed.id = s.id");
  await database.run("INSERT INTO changed SELECT * FROM stage_changed");
  await database.run("DROP TABLE stage_changed");
}

/** What changed after a revision of this store; null where that is not known. */
export async function readChanged(database: Database, revision: number): Promise<Changed | null> {
  const [since] = await database.all("SELECT value FROM meta WHERE name = 'changed_since'");
  if (since === undefined || revision < Number(since["value"])) return null;
  const rows = await database.all("SELECT kind, id FROM changed WHERE revision > $revision", { revision });
  const ids = (kind: ChangedKind): Set<number> => new Set(rows.filter((row) => row["kind"] === kind).map((row) => row["id"] as number));
  return { sessions: ids("session"), repositories: ids("repository"), identity: ids("identity").size > 0 };
}
