-- facts.duckdb, version 6. What put tokens into a context: the size of a tool's result as logged, and which file a call read.
-- Null: told before these were read; the input is not read again for it.
ALTER TABLE call ADD COLUMN subject_fp BIGINT;
ALTER TABLE call_result ADD COLUMN result_bytes INTEGER;
