-- facts.duckdb: places of the page somebody gave a name. One row per name; `query` is a path of the page with its query.
CREATE TABLE saved_view (name VARCHAR, query VARCHAR, saved_ms BIGINT);
