/** Saved views. They say nothing of what happened: the revision of the facts stays, nothing is derived anew. */
import type { Database } from "./duckdb/database.ts";

export interface StoredView {
  readonly name: string;
  readonly query: string;
  readonly savedMs: number;
}

export async function readViews(database: Database): Promise<StoredView[]> {
  const rows = await database.all("SELECT name, query, saved_ms FROM saved_view ORDER BY name");
  return rows.map((row) => ({ name: String(row["name"]), query: String(row["query"]), savedMs: Number(row["saved_ms"]) }));
}

/** One of the same name gives way. */
export async function saveView(database: Database, { name, query, savedMs }: StoredView): Promise<void> {
  await database.run("BEGIN");
  await database.run("DELETE FROM saved_view WHERE name = $name", { name });
  await database.run("INSERT INTO saved_view VALUES ($name, $query, $savedMs)", { name, query, savedMs });
  await database.run("COMMIT");
}

/** @returns whether there was one */
export async function dropView(database: Database, name: string): Promise<boolean> {
  const known = await database.all("SELECT name FROM saved_view WHERE name = $name", { name });
  await database.run("DELETE FROM saved_view WHERE name = $name", { name });
  return known.length > 0;
}
