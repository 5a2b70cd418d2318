/** An invented session of Goose, row by row, for tests. */
import type { InventedRow } from "../test-database.ts";

/** The columns of Goose's tables that matter here, as its newest version makes them. */
export const gooseSchema = `
CREATE TABLE sessions (id TEXT PRIMARY KEY, session_type TEXT NOT NULL DEFAULT 'user', working_dir TEXT NOT NULL, created_at TIMESTAMP, updated_at TIMESTAMP,
  accumulated_total_tokens INTEGER, accumulated_input_tokens INTEGER, accumulated_output_tokens INTEGER, accumulated_cache_read_tokens INTEGER,
  accumulated_cache_write_tokens INTEGER, accumulated_cost REAL, schedule_id TEXT, provider_name TEXT, model_config_json TEXT, parent_session_id TEXT);
CREATE TABLE messages (id INTEGER PRIMARY KEY AUTOINCREMENT, message_id TEXT, session_id TEXT NOT NULL, role TEXT NOT NULL, content_json TEXT NOT NULL,
  created_timestamp INTEGER NOT NULL, timestamp TIMESTAMP, metadata_json TEXT);
CREATE TABLE usage_ledger (id INTEGER PRIMARY KEY AUTOINCREMENT, session_id TEXT NOT NULL, created_timestamp INTEGER NOT NULL, model TEXT, input_tokens INTEGER,
  output_tokens INTEGER, total_tokens INTEGER, cache_read_tokens INTEGER, cache_write_tokens INTEGER, cost REAL)`;

/** Seconds after the invented morning began. */
export const at = (seconds: number): number => Date.UTC(2026, 0, 2, 10, 0, seconds);

export const session = (id: string, more: Readonly<Record<string, unknown>> = {}): InventedRow => ({
  table: "sessions",
  id,
  working_dir: "/code/shop",
  created_at: "2026-01-02 10:00:00",
  updated_at: "2026-01-02 10:00:00",
  provider_name: "anthropic",
  model_config_json: { model_name: "claude-sonnet-4-5" },
  ...more,
});

export const message = (
  id: number,
  role: string,
  content: readonly object[],
  more: Readonly<Record<string, unknown>> = {},
): InventedRow => ({
  table: "messages",
  id,
  message_id: `m${id}`,
  session_id: "s1",
  role,
  content_json: content,
  created_timestamp: at(id) / 1000,
  ...more,
});
