-- facts.duckdb, version 1. Facts only: what sources and outcome readers told. Instants are UTC milliseconds (BIGINT, *_ms).
-- Strings that repeat are ids of `dict`. No key constraints: the store joins staged rows by natural key in one transaction.
-- `first_seen_ms`: when this store first saw the row. Numbers named *_fp are fingerprints keyed by the store's secret.

CREATE TABLE meta (name VARCHAR, value VARCHAR);
CREATE TABLE dict (id INTEGER, text VARCHAR);
CREATE TABLE import_run (import_id INTEGER, started_ms BIGINT, ended_ms BIGINT, version VARCHAR);

-- One row per input that was read: enough to skip it unchanged or resume it grown.
CREATE TABLE input_state (
  source VARCHAR, input_key VARCHAR, size BIGINT, mtime_ms DOUBLE, identity VARCHAR, read_offset BIGINT, tail VARCHAR,
  imported_ms BIGINT
);

-- One row per problem of an input; reading the input anew replaces its rows.
CREATE TABLE problem (
  source VARCHAR, input_key VARCHAR, code VARCHAR, severity VARCHAR, locator VARCHAR, message VARCHAR, hint VARCHAR,
  occurrences INTEGER, first_seen_ms BIGINT
);

-- One row per (agent, session).
CREATE TABLE session (
  agent_id INTEGER, session_id INTEGER, first_ms BIGINT, last_ms BIGINT, parent_session_id INTEGER, started_by INTEGER,
  entrypoint_id INTEGER, agent_version_id INTEGER, cwd_id INTEGER, branch_id INTEGER, device_id INTEGER, first_seen_ms BIGINT
);

-- One row per (source, agent, session, response): one witness's record of a model response.
CREATE TABLE sighting (
  source_id INTEGER, agent_id INTEGER, session_id INTEGER, response_key VARCHAR, message_id VARCHAR, request_id VARCHAR,
  instant_ms BIGINT, sub_agent_id INTEGER, provider_id INTEGER, model_id INTEGER, agent_version_id INTEGER, service_tier_id INTEGER,
  speed_id INTEGER, geo_id INTEGER, cwd_id INTEGER, branch_id INTEGER, input BIGINT, cache_read BIGINT, cache_write_5m BIGINT,
  cache_write_1h BIGINT, output BIGINT, reasoning BIGINT, output_quality TINYINT, web_searches INTEGER, visible_chars BIGINT,
  reported_cost_nano_usd BIGINT, first_seen_ms BIGINT
);

-- One row per (agent, session, turn start).
CREATE TABLE turn (
  agent_id INTEGER, session_id INTEGER, turn_key VARCHAR, instant_ms BIGINT, started_by_id INTEGER, prompt_fp BIGINT,
  prompt_length INTEGER, cleared BOOLEAN, first_seen_ms BIGINT
);

-- One row per (agent, session, tool call).
CREATE TABLE call (
  agent_id INTEGER, session_id INTEGER, call_key VARCHAR, response_key VARCHAR, sub_agent_id INTEGER, parent_call_key VARCHAR,
  instant_ms BIGINT, tool_id INTEGER, activity_id INTEGER, input_bytes INTEGER, first_seen_ms BIGINT
);

-- One row per (agent, session, tool call) that ended.
CREATE TABLE call_result (
  agent_id INTEGER, session_id INTEGER, call_key VARCHAR, instant_ms BIGINT, status_id INTEGER, exit_code INTEGER,
  tests_passed INTEGER, tests_failed INTEGER, started_sub_agent_id INTEGER, first_seen_ms BIGINT
);

-- One row per (agent, session, tool call, path, quality). `lines` is src/lines/line-diff.ts packed.
CREATE TABLE write (
  agent_id INTEGER, session_id INTEGER, call_key VARCHAR, path_id INTEGER, quality TINYINT, instant_ms BIGINT,
  operation_id INTEGER, lines BLOB, feature_version TINYINT, first_seen_ms BIGINT
);

-- One row per (agent, session, tool call, hash): a commit hash a tool printed.
CREATE TABLE commit_mention (
  agent_id INTEGER, session_id INTEGER, call_key VARCHAR, commit_hash VARCHAR, instant_ms BIGINT, branch_id INTEGER, first_seen_ms BIGINT
);

-- One row per (agent, session, repository, number).
CREATE TABLE pull_request_mention (
  agent_id INTEGER, session_id INTEGER, repository_name_id INTEGER, number INTEGER, instant_ms BIGINT, first_seen_ms BIGINT
);

-- A repository is a surrogate id with aliases (remote, root commit, folder), merged, never re-keyed.
CREATE TABLE repository (repository_id INTEGER, first_seen_ms BIGINT);
CREATE TABLE repository_alias (repository_id INTEGER, kind VARCHAR, value VARCHAR);

-- One row per (repository, entry): a session listed under a checkpoint.
CREATE TABLE checkpoint (
  repository_id INTEGER, entry VARCHAR, checkpoint_key VARCHAR, listed_key VARCHAR, session_id INTEGER, agent_id INTEGER,
  files_touched VARCHAR, branch_id INTEGER, created_ms BIGINT, transcript TINYINT, transcript_bytes BIGINT, first_seen_ms BIGINT
);

-- Refs of each clone (its common git directory) as they were when it was last read, and what only its git can tell
-- (default branch and why, counts over refs that are not read, shallow boundary).
CREATE TABLE ref_seen (repository_id INTEGER, clone VARCHAR, name VARCHAR, commit_hash VARCHAR);
CREATE TABLE clone_state (repository_id INTEGER, clone VARCHAR, name VARCHAR, value VARCHAR);

-- One row per (repository, commit). `trailers` is a JSON list of {key, value, inTrailerBlock}.
CREATE TABLE commit (
  repository_id INTEGER, commit_hash VARCHAR, parents VARCHAR, author_name_id INTEGER, author_email_id INTEGER, author_ms BIGINT,
  commit_ms BIGINT, trailers VARCHAR, squash_of INTEGER, merge_of INTEGER, reverts VARCHAR, first_seen_ms BIGINT
);

-- One row per (repository, commit, path), against the first parent, in git's order (`position`).
CREATE TABLE file_change (
  repository_id INTEGER, commit_hash VARCHAR, position INTEGER, path_id INTEGER, old_path_id INTEGER, status_id INTEGER,
  old_blob VARCHAR, new_blob VARCHAR, opaque_id INTEGER, lines BLOB, feature_version TINYINT
);
