-- What persons say against rules. Rows are added and never changed: taking one back is a row without a class, and of the rows of one
-- change the newest counts. `change_key`: `#35`, or the commit that landed a direct push.
CREATE TABLE overrule (repository_id INTEGER, change_key VARCHAR, class VARCHAR, reason VARCHAR, author VARCHAR, told_ms BIGINT);
