-- facts.duckdb, version 3. What changed in which revision of the facts, so that what is derived is derived anew for that alone.
-- One row per (kind, id): `session` with its id in `dict`, `repository` with its id, `identity` (0) where repositories were
-- told by new aliases. Nothing is known of revisions before `changed_since` of `meta`.
CREATE TABLE changed (kind VARCHAR, id INTEGER, revision BIGINT);
INSERT INTO meta SELECT 'changed_since', coalesce((SELECT value FROM meta WHERE name = 'revision'), '0');
