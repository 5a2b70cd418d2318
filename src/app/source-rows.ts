import { transcriptStates } from "../contract/facts.ts";
import type { Source } from "../sources/source.ts";
import type { Database } from "../store/duckdb/database.ts";
import type { FactStore } from "../store/store.ts";
import type { SourceRow } from "../contract/answer.ts";

/** What each source has given so far: inputs from the facts, usages from what was derived of them. */
export async function sourceRows(store: FactStore, derived: Database | null, sources: readonly Source[]): Promise<SourceRow[]> {
  const inputs = await store.database.all(
    "SELECT source, count(*)::INTEGER AS files, sum(size)::VARCHAR AS bytes FROM input_state GROUP BY source",
  );
  const problems = await store.database.all("SELECT source, sum(occurrences)::INTEGER AS n FROM problem GROUP BY source");
  const witnessed = await store.database.all(
    "SELECT d.text AS source, count(DISTINCT s.session_id)::INTEGER AS sessions FROM sighting s JOIN dict d ON d.id = s.source_id GROUP BY ALL",
  );
  const [listed] = await store.database.all(
    `SELECT count(DISTINCT listed_key)::INTEGER AS ids, count(DISTINCT session_id)::INTEGER AS sessions,
       (count(*) FILTER (transcript <> $none))::INTEGER AS transcripts, (count(*) FILTER (transcript = $absent))::INTEGER AS absent,
       coalesce(sum(transcript_bytes), 0)::VARCHAR AS bytes
     FROM checkpoint`,
    { none: transcriptStates.indexOf("none"), absent: transcriptStates.indexOf("absent") },
  );
  const usages = derived
    ? await derived.all(`SELECT source, count(*)::INTEGER AS n, (count(*) FILTER (sub_agent))::INTEGER AS sub
         FROM (SELECT unnest(string_split(source, ' ')) AS source, sub_agent FROM usage_d) GROUP BY source`)
    : [];
  const at = (rows: Record<string, unknown>[], source: string, name: string): number =>
    Number(rows.find((row) => row["source"] === source)?.[name] ?? 0);
  return sources.map((source): SourceRow => {
    const isCheckpoints = source.id === "checkpoints";
    const sessions = at(witnessed, source.id, "sessions");
    return {
      source: source.id,
      title: source.title,
      files: isCheckpoints ? Number(listed?.["transcripts"] ?? 0) : at(inputs, source.id, "files"),
      bytes: isCheckpoints ? Number(listed?.["bytes"] ?? 0) : at(inputs, source.id, "bytes"),
      absent: isCheckpoints ? Number(listed?.["absent"] ?? 0) : 0,
      sessionIds: isCheckpoints ? Number(listed?.["ids"] ?? 0) : sessions,
      sessions: isCheckpoints ? Number(listed?.["sessions"] ?? 0) : sessions,
      usages: at(usages, source.id, "n"),
      subagentUsages: at(usages, source.id, "sub"),
      problems: at(problems, source.id, "n"),
    };
  });
}
