-- facts.duckdb, version 2: closed periods. A snapshot is never changed; closing again adds one.

-- One row per snapshot. `known_until_ms`: newest instant any fact told of. `parameters` is JSON.
CREATE TABLE closed_period (
  close_id INTEGER, period VARCHAR, time_zone VARCHAR, from_ms BIGINT, to_ms BIGINT, closed_ms BIGINT, known_until_ms BIGINT,
  parameters VARCHAR, rules_version INTEGER
);

-- One row per (snapshot, usage, fate); a usage without a price has one row, of null fate and cost.
CREATE TABLE closed_part (close_id INTEGER, usage_key VARCHAR, tokens BIGINT, fate VARCHAR, list_nano_usd BIGINT);

-- Newest commit of each default branch at the close: gone from the branch means the history was rewritten.
CREATE TABLE closed_tip (close_id INTEGER, repository VARCHAR, commit_hash VARCHAR);
