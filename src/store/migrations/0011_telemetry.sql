-- facts.duckdb: what telemetry tells beside responses. `doubtful`: the witness is known to count too much in this version.
ALTER TABLE sighting ADD COLUMN doubtful BOOLEAN DEFAULT FALSE;

-- One row per (agent, session, label, value): team, repository, cost centre and e-mail a sender's resource attributes name.
CREATE TABLE session_label (agent_id INTEGER, session_id INTEGER, label_id INTEGER, value_id INTEGER, instant_ms BIGINT, first_seen_ms BIGINT);

-- One row per (agent, session, measure, start, end, series): points of metrics, to hold sightings against. Tokens or nano-dollars.
CREATE TABLE metric_point (
  agent_id INTEGER, session_id INTEGER, measure_id INTEGER, start_ms BIGINT, end_ms BIGINT, series VARCHAR, model_id INTEGER,
  cumulative BOOLEAN, amount BIGINT, first_seen_ms BIGINT
);
