import type { ColumnType } from "./duckdb/database.ts";
import { billTable } from "./bill-table.ts";
import { forgeTables } from "./forge-tables.ts";

/**
 * How two tellings of one fact join, column by column. Every rule is a join of a semilattice, so order and repetition
 * cannot matter: `min`, `max` (nulls give way), `text`: the smaller text of two dictionary ids (ids themselves depend on
 * who came first), `newest`: the lines with the larger `feature_version`, of the same one the larger bytes.
 */
export type JoinRule = "key" | "min" | "max" | "text" | "newest";

export interface FactColumn {
  readonly name: string;
  readonly type: ColumnType;
  readonly rule: JoinRule;
}

const key = (name: string, type: ColumnType = "INTEGER"): FactColumn => ({ name, type, rule: "key" });
const min = (name: string, type: ColumnType = "BIGINT"): FactColumn => ({ name, type, rule: "min" });
const max = (name: string, type: ColumnType = "BIGINT"): FactColumn => ({ name, type, rule: "max" });
const text = (name: string): FactColumn => ({ name, type: "INTEGER", rule: "text" });
const lines: FactColumn = { name: "lines", type: "BLOB", rule: "newest" };
const firstSeen = min("first_seen_ms");

/** The fact tables that are joined by natural key, with their columns in the order of migrations/. */
export const factTables = {
  session: [
    key("agent_id"),
    key("session_id"),
    min("first_ms"),
    max("last_ms"),
    text("parent_session_id"),
    text("started_by"),
    text("entrypoint_id"),
    text("agent_version_id"),
    text("cwd_id"),
    text("branch_id"),
    text("device_id"),
    firstSeen,
  ],
  sighting: [
    key("source_id"),
    key("agent_id"),
    key("session_id"),
    key("response_key", "VARCHAR"),
    min("key_kind", "TINYINT"),
    min("request_id", "VARCHAR"),
    min("instant_ms"),
    text("sub_agent_id"),
    text("provider_id"),
    text("model_id"),
    text("agent_version_id"),
    text("service_tier_id"),
    text("speed_id"),
    text("geo_id"),
    text("cwd_id"),
    text("branch_id"),
    max("input"),
    max("cache_read"),
    max("cache_write_5m"),
    max("cache_write_1h"),
    max("output"),
    max("reasoning"),
    min("output_quality", "TINYINT"),
    max("web_searches", "INTEGER"),
    max("visible_chars"),
    max("reported_cost_nano_usd"),
    firstSeen,
    min("doubtful", "BOOLEAN"),
    min("grain", "TINYINT"),
  ],
  turn: [
    key("agent_id"),
    key("session_id"),
    key("turn_key", "VARCHAR"),
    min("instant_ms"),
    text("started_by_id"),
    min("prompt_fp"),
    max("prompt_length", "INTEGER"),
    max("cleared", "BOOLEAN"),
    firstSeen,
  ],
  call: [
    key("agent_id"),
    key("session_id"),
    key("call_key", "VARCHAR"),
    min("response_key", "VARCHAR"),
    text("sub_agent_id"),
    min("parent_call_key", "VARCHAR"),
    min("instant_ms"),
    text("tool_id"),
    text("activity_id"),
    max("input_bytes", "INTEGER"),
    firstSeen,
    min("subject_fp"),
  ],
  call_result: [
    key("agent_id"),
    key("session_id"),
    key("call_key", "VARCHAR"),
    min("instant_ms"),
    text("status_id"),
    max("exit_code", "INTEGER"),
    max("tests_passed", "INTEGER"),
    max("tests_failed", "INTEGER"),
    text("started_sub_agent_id"),
    firstSeen,
    max("result_bytes", "INTEGER"),
  ],
  write: [
    key("agent_id"),
    key("session_id"),
    key("call_key", "VARCHAR"),
    key("path_id"),
    key("quality", "TINYINT"),
    min("instant_ms"),
    text("operation_id"),
    lines,
    max("feature_version", "TINYINT"),
    firstSeen,
  ],
  commit_mention: [
    key("agent_id"),
    key("session_id"),
    key("call_key", "VARCHAR"),
    key("commit_hash", "VARCHAR"),
    min("instant_ms"),
    text("branch_id"),
    firstSeen,
    max("telemetry", "BOOLEAN"),
  ],
  pull_request_mention: [key("agent_id"), key("session_id"), key("repository_name_id"), key("number"), min("instant_ms"), firstSeen],
  checkpoint: [
    key("repository_id"),
    key("entry", "VARCHAR"),
    min("checkpoint_key", "VARCHAR"),
    min("listed_key", "VARCHAR"),
    text("session_id"),
    text("agent_id"),
    max("files_touched", "VARCHAR"),
    text("branch_id"),
    min("created_ms"),
    max("transcript", "TINYINT"),
    max("transcript_bytes"),
    firstSeen,
  ],
  session_label: [key("agent_id"), key("session_id"), key("label_id"), key("value_id"), min("instant_ms"), firstSeen],
  metric_point: [
    key("agent_id"),
    key("session_id"),
    key("measure_id"),
    key("start_ms", "BIGINT"),
    key("end_ms", "BIGINT"),
    key("series", "VARCHAR"),
    text("model_id"),
    max("cumulative", "BOOLEAN"),
    max("amount"),
    firstSeen,
  ],
  commit: [
    key("repository_id"),
    key("commit_hash", "VARCHAR"),
    min("parents", "VARCHAR"),
    text("author_name_id"),
    text("author_email_id"),
    min("author_ms"),
    min("commit_ms"),
    max("trailers", "VARCHAR"),
    max("squash_of", "INTEGER"),
    max("merge_of", "INTEGER"),
    max("reverts", "VARCHAR"),
    firstSeen,
    max("signs", "VARCHAR"),
  ],
  file_change: [
    key("repository_id"),
    key("commit_hash", "VARCHAR"),
    key("position"),
    text("path_id"),
    text("old_path_id"),
    text("status_id"),
    min("old_blob", "VARCHAR"),
    min("new_blob", "VARCHAR"),
    text("opaque_id"),
    lines,
    max("feature_version", "TINYINT"),
  ],
  authorship_note: [
    key("repository_id"),
    key("dialect_id"),
    key("commit_hash", "VARCHAR"),
    key("note", "VARCHAR"),
    min("made_before", "BOOLEAN"),
    min("claims", "VARCHAR"),
    max("test_lines", "INTEGER"),
    min("defects", "VARCHAR"),
    firstSeen,
  ],
  ...forgeTables,
  ...billTable,
} as const satisfies Record<string, readonly FactColumn[]>;

export type FactTable = keyof typeof factTables;
