-- facts.duckdb, version 4. The message id of a sighting is its response key wherever there is one: it was stored twice, and
-- strings of ids are most of what a usage takes. `key_kind`: 0 the key is the message id, 1 the request id, 2 neither was told.

CREATE TABLE sighting_4 AS
  SELECT
    source_id, agent_id, session_id, response_key,
    CASE WHEN message_id IS NOT NULL THEN 0 WHEN request_id IS NOT NULL THEN 1 ELSE 2 END::TINYINT AS key_kind,
    request_id, instant_ms, sub_agent_id, provider_id, model_id, agent_version_id, service_tier_id, speed_id, geo_id, cwd_id,
    branch_id, input, cache_read, cache_write_5m, cache_write_1h, output, reasoning, output_quality, web_searches, visible_chars,
    reported_cost_nano_usd, first_seen_ms
  FROM sighting;
DROP TABLE sighting;
ALTER TABLE sighting_4 RENAME TO sighting;
