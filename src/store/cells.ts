import type { Database } from "./duckdb/database.ts";
import spanParts from "./views/span_part.sql";

/**
 * Cells: what questions add up, added up once (docs/decisions/0028). A cell has the sums of all rows of one session and one
 * quarter of an hour that are alike in everything a question can split or filter by. Days and offsets of all time zones are
 * whole quarters, so that a sum over cells is the sum over their rows, to the last nano-dollar, whatever is asked. They hold
 * for the newest facts and the kept fates; a question as of a day reads the rows.
 */
const tables = ["usage_cell", "ledger_cell", "span_cell", "context_cell"] as const;

/** What every cell tells of its usages, in the order of derived.sql. */
const common = `u.session_id, u.instant_ms, u.agent, u.agent_version, u.provider, u.model, u.service_tier, u.speed, u.geo, u.source, u.output_quality,
  u.grain, u.sub_agent, u.branch, u.ran_in, u.repository_id, u.activity, u.purpose`;

/** Milliseconds a cell spans. */
const quarter = 900_000;

/** Drops the cells of sessions. @param where over a `session_id` */
export async function dropCells(database: Database, where: string): Promise<void> {
  for (const table of tables) await database.run(`DELETE FROM ${table} WHERE ${where}`);
}

/** Fills the cells of sessions that have none, of usages whose session nobody told, and of charges that no usage carries. Needs `fate_now` and `mix_fate_now`. */
export async function fillCells(database: Database): Promise<void> {
  await dropCells(database, "session_id IS NULL");
  await database.run(`
    CREATE TEMP TABLE fresh_session AS SELECT DISTINCT session_id FROM usage_d WHERE session_id NOT IN (SELECT session_id FROM usage_cell);
    CREATE TEMP VIEW fresh_usage AS
      SELECT u.* REPLACE (u.instant_ms // ${quarter} * ${quarter} AS instant_ms), g.activity, g.purpose
      FROM usage_d u LEFT JOIN segment g ON g.segment_id = u.segment_id WHERE u.session_id IS NULL OR u.session_id IN (SELECT session_id FROM fresh_session);
    CREATE TEMP VIEW asked_charge AS SELECT * FROM charge WHERE usage_id IS NULL OR usage_id IN (SELECT usage_id FROM fresh_usage);
    CREATE TEMP VIEW strand_fate AS SELECT strand_id, fate FROM fate_now;
    CREATE TEMP VIEW mix_fate AS SELECT * FROM mix_fate_now;
    ${spanParts}
    INSERT INTO usage_cell
      SELECT ${common}, c.remainder, c.list_nano_usd IS NULL AS unpriced, count(u.usage_id), sum(u.input), sum(u.cache_read),
        sum(u.cache_write_5m), sum(u.cache_write_1h), sum(u.output), sum(u.sightings), sum(u.sighted_tokens), sum(c.list_nano_usd)
      FROM asked_charge c LEFT JOIN fresh_usage u ON u.usage_id = c.usage_id GROUP BY ALL ORDER BY ALL;
    INSERT INTO ledger_cell
      SELECT ${common}, CASE WHEN l.strand_id IS NOT NULL THEN f.fate WHEN c.remainder IN ('unused_seat', 'commitment') THEN 'unused' ELSE 'unlinked' END AS fate,
        t.flow, t.grade, t.unlinked_reason, t.repository_id AS changed_repository_id, t.change_id, t.line_kind, t.side, t.author_kind,
        CASE WHEN f.fate IN ('fixing', 'stuck', 'maturing', 'rework', 'removed') THEN t.repair END AS repair,
        CASE WHEN t.landed_ms IS NOT NULL THEN u.instant_ms END AS landed_ms,
        sum(CASE WHEN l.strand_id IS NULL THEN c.list_nano_usd ELSE l.list_nano_usd END)
      FROM asked_charge c LEFT JOIN fresh_usage u ON u.usage_id = c.usage_id LEFT JOIN ledger l ON l.charge_id = c.charge_id
        LEFT JOIN strand t ON t.strand_id = l.strand_id LEFT JOIN fate_now f ON f.strand_id = l.strand_id
      GROUP BY ALL ORDER BY ALL;
    INSERT INTO span_cell
      SELECT ${common}, p.fate, p.grade, sum(n0), sum(n1), sum(n2), sum(n3), sum(n4), sum(n5)
      FROM span_part p JOIN asked_charge c ON c.charge_id = p.charge_id LEFT JOIN fresh_usage u ON u.usage_id = c.usage_id
      GROUP BY ALL ORDER BY ALL;
    INSERT INTO context_cell
      SELECT ${common}, x.cause, sum(x.list_nano_usd) FROM context_cost x JOIN fresh_usage u ON u.usage_id = x.usage_id
      GROUP BY ALL ORDER BY ALL;
    DROP TABLE span_part;
    DROP VIEW mix_fate;
    DROP VIEW strand_fate;
    DROP VIEW asked_charge;
    DROP VIEW fresh_usage;
    DROP TABLE fresh_session;`);
}
