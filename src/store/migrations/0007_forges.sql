-- facts.duckdb, version 7: what forges and incident tools tell. `forge_repository_id` is `host/owner/name` in `dict`.
-- Things that change have one row per telling: `version_ms` is the forge's, `telling` a digest of the rest of the row; their
-- state is read out of all rows (forge-reader.ts). `*_bot`: the actor is a program. Lists are JSON, sorted.

CREATE TABLE forge_change (
  forge_repository_id INTEGER, number INTEGER, version_ms BIGINT, telling VARCHAR, state_id INTEGER, draft BOOLEAN, opened_ms BIGINT,
  closed_ms BIGINT, landed_ms BIGINT, author_id INTEGER, author_bot BOOLEAN, landed_by_id INTEGER, landed_by_bot BOOLEAN,
  head_ref_id INTEGER, head_commit VARCHAR, from_fork BOOLEAN, base_ref_id INTEGER, base_commit VARCHAR, merge_commit VARCHAR,
  squash_commit VARCHAR, commits INTEGER, labels VARCHAR, title_type_id INTEGER, breaking BOOLEAN, reverts VARCHAR,
  closes_issues VARCHAR, first_seen_ms BIGINT
);

CREATE TABLE forge_review (
  forge_repository_id INTEGER, number INTEGER, review_key VARCHAR, version_ms BIGINT, telling VARCHAR, state_id INTEGER,
  submitted_ms BIGINT, reviewer_id INTEGER, reviewer_bot BOOLEAN, commit_hash VARCHAR, first_seen_ms BIGINT
);

CREATE TABLE forge_thread (
  forge_repository_id INTEGER, number INTEGER, thread_key VARCHAR, version_ms BIGINT, telling VARCHAR, path_id INTEGER,
  side_id INTEGER, first_line INTEGER, last_line INTEGER, commit_hash VARCHAR, resolved BOOLEAN, resolved_ms BIGINT,
  resolved_by_id INTEGER, resolved_by_bot BOOLEAN, first_seen_ms BIGINT
);

-- One row per (repository, change, comment).
CREATE TABLE forge_comment (
  forge_repository_id INTEGER, number INTEGER, comment_key VARCHAR, thread_key VARCHAR, instant_ms BIGINT, author_id INTEGER,
  author_bot BOOLEAN, first_seen_ms BIGINT
);

CREATE TABLE forge_check (
  forge_repository_id INTEGER, check_key VARCHAR, version_ms BIGINT, telling VARCHAR, commit_hash VARCHAR, name_id INTEGER,
  status_id INTEGER, conclusion_id INTEGER, started_ms BIGINT, finished_ms BIGINT, attempt INTEGER, first_seen_ms BIGINT
);

CREATE TABLE forge_deployment (
  forge_repository_id INTEGER, deployment_key VARCHAR, version_ms BIGINT, telling VARCHAR, environment_id INTEGER,
  commit_hash VARCHAR, created_ms BIGINT, actor_id INTEGER, actor_bot BOOLEAN, first_seen_ms BIGINT
);

-- One row per (repository, deployment, state, instant).
CREATE TABLE forge_deployment_status (
  forge_repository_id INTEGER, deployment_key VARCHAR, state_id INTEGER, instant_ms BIGINT, first_seen_ms BIGINT
);

CREATE TABLE forge_release (
  forge_repository_id INTEGER, tag_id INTEGER, version_ms BIGINT, telling VARCHAR, draft BOOLEAN, pre_release BOOLEAN,
  created_ms BIGINT, published_ms BIGINT, commit_hash VARCHAR, first_seen_ms BIGINT
);

CREATE TABLE forge_issue (
  forge_repository_id INTEGER, number INTEGER, version_ms BIGINT, telling VARCHAR, state_id INTEGER, opened_ms BIGINT,
  closed_ms BIGINT, author_id INTEGER, author_bot BOOLEAN, labels VARCHAR, issue_type_id INTEGER, first_seen_ms BIGINT
);

-- One row per (repository, subject, number, event, instant).
CREATE TABLE forge_event (
  forge_repository_id INTEGER, subject_id INTEGER, number INTEGER, event_id INTEGER, instant_ms BIGINT, actor_id INTEGER,
  actor_bot BOOLEAN, first_seen_ms BIGINT
);

CREATE TABLE incident (
  source_id INTEGER, incident_key VARCHAR, version_ms BIGINT, telling VARCHAR, state_id INTEGER, opened_ms BIGINT,
  resolved_ms BIGINT, severity_id INTEGER, service_id INTEGER, first_seen_ms BIGINT
);

-- One row per (source, incident, tie, repository, key).
CREATE TABLE incident_tie (
  source_id INTEGER, incident_key VARCHAR, tie_id INTEGER, forge_repository_id INTEGER, tie_key VARCHAR, first_seen_ms BIGINT
);

-- Bookkeeping. Where reading each stream of a forge ended (written with the facts it ended behind), deliveries taken, and to
-- which address a token was given: `token_fp` is keyed by the store's secret, the token itself is nowhere.
CREATE TABLE forge_stream (forge VARCHAR, stream VARCHAR, state VARCHAR);
CREATE TABLE forge_delivery (forge VARCHAR, delivery VARCHAR, first_seen_ms BIGINT);
CREATE TABLE forge_token (token_fp VARCHAR, address VARCHAR);
