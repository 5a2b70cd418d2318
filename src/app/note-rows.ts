import type { Database } from "../store/duckdb/database.ts";
import type { NoteRow } from "./assay.ts";

/** What the authorship notes of each repository claim and come to, one row a dialect. */
export async function noteRows(derived: Database): Promise<NoteRow[]> {
  const rows = await derived.all(
    "SELECT r.name, n.* FROM note_tally n JOIN repository_d r USING (repository_id) ORDER BY n.repository_id, n.dialect",
  );
  return rows.map((row): NoteRow => {
    const count = (name: string): number => Number(row[name]);
    return {
      repository: String(row["name"]),
      dialect: String(row["dialect"]),
      notes: count("notes"),
      commitGone: count("commit_gone"),
      onMerges: count("on_merges"),
      notRead: count("not_read"),
      linesClaimed: count("lines_claimed"),
      linesAdded: count("lines_added"),
      linesOverClaimed: count("lines_over_claimed"),
      linesClaimedOnDefault: count("lines_claimed_on_default"),
      linesAddedOnDefault: count("lines_added_on_default"),
      linesOfAgents: count("lines_of_agents"),
      linesMixed: count("lines_mixed"),
      linesOfPersons: count("lines_of_persons"),
      testLines: count("test_lines"),
      unseenSessions: count("unseen_sessions"),
    };
  });
}
