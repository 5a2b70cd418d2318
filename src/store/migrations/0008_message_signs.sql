-- facts.duckdb, version 8. What a commit message says of its purpose, as closed codes: a JSON list, no text. Null: read before.
ALTER TABLE commit ADD COLUMN signs VARCHAR;
