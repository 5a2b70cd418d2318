-- facts.duckdb, version 5: what notes and trace records say of the authors of lines; commits told by telemetry.

-- One row per (repository, dialect, commit, note): a note's claims as JSON, and its pieces that could not be used.
CREATE TABLE authorship_note (
  repository_id INTEGER, dialect_id INTEGER, commit_hash VARCHAR, note VARCHAR, made_before BOOLEAN, claims VARCHAR, test_lines INTEGER,
  defects VARCHAR, first_seen_ms BIGINT
);

-- Notes each clone carried when it was last read, as `ref_seen` keeps its refs.
CREATE TABLE note_seen (repository_id INTEGER, clone VARCHAR, dialect VARCHAR, commit_hash VARCHAR, note VARCHAR);

ALTER TABLE commit_mention ADD COLUMN telemetry BOOLEAN DEFAULT FALSE;
