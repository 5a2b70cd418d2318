/** What persons said against rules, among the facts. */
import type { Database, Row } from "./duckdb/database.ts";

export interface StoredOverrule {
  readonly repository: number;
  readonly change: string;
  /** Null where an earlier one is taken back. */
  readonly class: string | null;
  readonly reason: string;
  readonly author: string;
  readonly toldAt: number;
}

/** Adds one; call it in a transaction that notes the repository as changed. */
export async function addOverrule(
  database: Database,
  { repository, change, class: name, reason, author, toldAt }: StoredOverrule,
): Promise<void> {
  const row: Row = [repository, change, name, reason, author, toldAt];
  await database.append("overrule", ["INTEGER", "VARCHAR", "VARCHAR", "VARCHAR", "VARCHAR", "BIGINT"], [row]);
}

/** All of them, oldest first; of one instant in the order of what they say, so that the last of a change is always the same one. */
export async function readOverrules(database: Database): Promise<StoredOverrule[]> {
  const rows = await database.all("SELECT * FROM overrule ORDER BY told_ms, repository_id, change_key, class NULLS FIRST, author, reason");
  return rows.map((row) => ({
    repository: row["repository_id"] as number,
    change: String(row["change_key"]),
    class: row["class"] === null ? null : String(row["class"]),
    reason: String(row["reason"]),
    author: String(row["author"]),
    toldAt: Number(row["told_ms"]),
  }));
}
