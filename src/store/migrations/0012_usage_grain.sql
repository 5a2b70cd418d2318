-- facts.duckdb, version 12. What a sighting speaks of: null one response, 1 a session, 2 a day (decision 23).
ALTER TABLE sighting ADD COLUMN grain TINYINT;
