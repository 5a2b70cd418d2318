-- derived.duckdb: everything here is rebuilt from facts by `rebuild`, built beside and renamed into place.
-- Rows belong to a session or to a repository and are replaced by these; ids are surrogates that a row keeps while it stands.
-- Two stores of equal facts are equal once ids are replaced by natural keys (dump.ts). Instants are UTC milliseconds.

CREATE TABLE derived_state (name VARCHAR, value VARCHAR);

-- One row per problem that shows only when facts are joined and priced: ids that are none, models without a price, notes that
-- claim what no commit added. `repository_id`: of what a repository's notes and trailers say, else null.
CREATE TABLE problem_d (
  source VARCHAR, code VARCHAR, severity VARCHAR, locator VARCHAR, message VARCHAR, hint VARCHAR, occurrences INTEGER,
  repository_id INTEGER
);

-- One row per repository. `horizon_ms`: newest commit seen on its default branch. `forge`: whose word on its changes stands,
-- told until `forge_until_ms`; null where git alone tells.
CREATE TABLE repository_d (
  repository_id INTEGER, name VARCHAR, default_branch VARCHAR, default_branch_reason VARCHAR, horizon_ms BIGINT,
  commits INTEGER, commits_all_refs INTEGER, merges INTEGER, commits_with_trailer INTEGER, checkpoints_named INTEGER,
  checkpoints_missing INTEGER, pull_requests INTEGER, pull_requests_landed INTEGER, changes INTEGER, changes_landed INTEGER,
  releases INTEGER, lines_ever BIGINT, lines_alive BIGINT, release_rule VARCHAR, forge VARCHAR, forge_until_ms BIGINT
);

-- One row per session.
CREATE TABLE session_d (
  session_id INTEGER, session_key VARCHAR, agent VARCHAR, first_ms BIGINT, last_ms BIGINT, repository_id INTEGER, trigger VARCHAR,
  parent_session_key VARCHAR, entrypoint VARCHAR, agent_version VARCHAR
);

-- One row per usage: the join of its sightings, with its owner session.
CREATE TABLE usage_d (
  usage_id INTEGER, usage_key VARCHAR, session_id INTEGER, segment_id INTEGER, instant_ms BIGINT, agent VARCHAR, provider VARCHAR,
  model VARCHAR, agent_version VARCHAR, service_tier VARCHAR, speed VARCHAR, geo VARCHAR, branch VARCHAR, ran_in VARCHAR,
  repository_id INTEGER, sub_agent BOOLEAN, turn INTEGER, source VARCHAR, sightings INTEGER,
  input BIGINT, cache_read BIGINT, cache_write_5m BIGINT, cache_write_1h BIGINT, output BIGINT, reasoning BIGINT,
  output_quality VARCHAR, web_searches INTEGER, visible_chars BIGINT, sighted_tokens BIGINT, grain VARCHAR
);

-- One row per charge. Null cost: no price is known (`price_gap` says why). `remainder` is null for the charge of a usage.
-- `output_nano_per_million`: what a million further output tokens would cost.
CREATE TABLE charge (
  charge_id INTEGER, usage_id INTEGER, list_nano_usd BIGINT, contract_nano_usd BIGINT, billed_nano_usd BIGINT, price_gap VARCHAR,
  remainder VARCHAR, output_nano_per_million BIGINT
);

-- One row per usage and cause: what of its input cost (fresh input, cache reads and writes) the cause put into the prompt, as
-- inferred. Of a usage they add up to that cost; causes without money have no row. Null cost: no price is known.
CREATE TABLE context_cost (usage_id INTEGER, cause VARCHAR, list_nano_usd BIGINT);

-- One row per segment: the responses that feed one group of edits (or none).
CREATE TABLE segment (segment_id INTEGER, session_id INTEGER, turn INTEGER, kind VARCHAR, activity VARCHAR, purpose VARCHAR);

-- One row per commit of the default branch that is evidence of a fix of the product. `narrow`, `wide`: whose lines it repairs
-- (agent, person, unknown, untraced) by certain evidence, and as far as may be.
CREATE TABLE fix_d (
  repository_id INTEGER, commit_hash VARCHAR, fixed_ms BIGINT, evidence VARCHAR, strength VARCHAR, narrow VARCHAR, wide VARCHAR
);

-- One row per strand. `repair`: its lines repair what an agent wrote, by certain evidence (narrow) or as far as may be (wide).
-- `review_ms`: since when its lines are known to answer a review; where it has none, when the turn gave one.
-- A usage's parts are floor(c*to/total) - floor(c*from/total) over its segment's strands.
CREATE TABLE strand (
  strand_id INTEGER, segment_id INTEGER, weight_from BIGINT, weight_to BIGINT, weight_total BIGINT, flow VARCHAR, grade VARCHAR,
  unlinked_reason VARCHAR, activity VARCHAR, repository_id INTEGER, change_id INTEGER, line_kind VARCHAR, side VARCHAR,
  lines INTEGER, author_kind VARCHAR, written_ms BIGINT, committed_ms BIGINT, landed_ms BIGINT, released_ms BIGINT, died_ms BIGINT,
  death VARCHAR, superseded_ms BIGINT, undone_ms BIGINT, last_active_ms BIGINT, repair VARCHAR, review_ms BIGINT, horizon_ms BIGINT, commit_hash VARCHAR, death_commit VARCHAR, landing_is_release BOOLEAN
);

-- One row per strand: its fate seen from the newest facts, by the rules and settings that `derived_state` names as `fates`.
CREATE TABLE fate_now (strand_id INTEGER, fate VARCHAR);

-- One row per change (pull or merge request, direct push). `class`: what kind of work it is, null where nothing tells.
-- `review_path` and what follows: how it came to land, null where its forge told nothing of it. `issue_opened_ms`: the oldest
-- issue it closes, as far as the forge tells of it.
CREATE TABLE change (
  change_id INTEGER, repository_id INTEGER, change_key VARCHAR, kind VARCHAR, number INTEGER, landed_commit VARCHAR, landed_ms BIGINT,
  released_ms BIGINT, evidence VARCHAR, class VARCHAR, class_evidence VARCHAR, class_confidence VARCHAR, ruled_class VARCHAR,
  review_path VARCHAR, ready_ms BIGINT, first_review_ms BIGINT, approved_ms BIGINT, review_rounds INTEGER, review_requests INTEGER,
  issue_opened_ms BIGINT
);

-- One row per issue a forge told of. `kind`: bug, incident, other; null where neither type nor label tells. `closed_ms`: null
-- while it is open. `reopened_ms`: instants, a JSON list.
CREATE TABLE issue_d (
  repository_id INTEGER, number INTEGER, kind VARCHAR, opened_ms BIGINT, closed_ms BIGINT, reopened_ms VARCHAR
);

-- One row per commit. `marked_agent`: the agent its message or author names without a session (grade D: a hint).
CREATE TABLE commit_d (
  commit_id INTEGER, repository_id INTEGER, commit_hash VARCHAR, commit_ms BIGINT, author_ms BIGINT, change_id INTEGER, on_default BOOLEAN,
  author_email VARCHAR, released_ms BIGINT, lines_added INTEGER, lines_removed INTEGER,
  marked_agent VARCHAR
);

-- One row per (session, commit) with evidence that lines of the commit came from the session.
CREATE TABLE commit_link (
  session_id INTEGER, repository_id INTEGER, commit_hash VARCHAR, grade VARCHAR, method VARCHAR, confidence DOUBLE, lines INTEGER,
  lines_removed INTEGER
);

-- One row per run: lines of one file born in one commit, with one life, one kind and one author. `places`: where its lines
-- are in the file as that commit has it, ranges of line numbers from 1, `first+count` with commas: `3+2,9+1`. `noted_agent`: as
-- notes name it.
CREATE TABLE run (
  run_id INTEGER, repository_id INTEGER, path VARCHAR, born_commit VARCHAR, born_ms BIGINT, landed_ms BIGINT, landed_change_id INTEGER,
  released_ms BIGINT, died_ms BIGINT, death VARCHAR, killer_commit VARCHAR, line_kind VARCHAR, lines INTEGER, moved_lines INTEGER,
  author_kind VARCHAR, grade VARCHAR, session_id INTEGER, noted_agent VARCHAR, places VARCHAR
);

-- One row per dialect of authorship notes a repository has. Lines are added lines of commits that are known and no merges;
-- claimed = added + over-claimed.
CREATE TABLE note_tally (
  repository_id INTEGER, dialect VARCHAR, notes INTEGER, commit_gone INTEGER, on_merges INTEGER, not_read INTEGER, lines_claimed BIGINT,
  lines_added BIGINT, lines_over_claimed BIGINT, lines_claimed_on_default BIGINT, lines_added_on_default BIGINT, lines_of_agents BIGINT,
  lines_mixed BIGINT, lines_of_persons BIGINT, test_lines BIGINT, unseen_sessions INTEGER
);

-- What later derivations need of a session they do not look at. `kept_in`: the repository whose checkpoints hold it;
-- `folders`: where it ran, a JSON list; `mentions`: the commits it printed, a JSON list; `first_call_ms`: its first tool call.
CREATE TABLE session_place (session_id INTEGER, kept_in INTEGER, folders VARCHAR, mentions VARCHAR, first_call_ms BIGINT);

-- One row per (session, label): what telemetry says of it first (team, repository, cost_centre, email).
CREATE TABLE session_label_d (session_id INTEGER, label VARCHAR, value VARCHAR);

-- One row per (call, path) a session wrote, or per opaque write, whose lines a commit tells (`digest` null).
-- `path`: in the repository, null outside of any. `digest`: of the changed lines. `places`: for each line the index of its
-- group if a commit has it, else -1, as runs (index, length) of int32. `reached_ms`: the first commit with any of its lines. `artefacts`: what became of it, JSON.
CREATE TABLE write_d (
  session_id INTEGER, call_key VARCHAR, logged_path VARCHAR, instant_ms BIGINT, turn INTEGER, quality VARCHAR, digest VARCHAR,
  changed_lines INTEGER, repository_id INTEGER, path VARCHAR, places BLOB, reached_ms BIGINT, artefacts VARCHAR
);

-- Paths whose lines are not known at the tip of the default branch.
CREATE TABLE opaque_path (repository_id INTEGER, path VARCHAR);

-- One row per segment and other allocation (1 pooled, 2 equal, 3 lines without flows, 4 pooled without, 5 equal without) that
-- shares its money otherwise than its strands do: where there is none, the strands say it. `mix_…`: the first of the session
-- with these shares.
CREATE TABLE span_segment (segment_id INTEGER, allocation TINYINT, mix_segment_id INTEGER, mix_allocation TINYINT);

-- One row per mix and life: a share of a billion of the segment's money, and what its fate depends on, as in `strand`.
CREATE TABLE span_mix (
  segment_id INTEGER, allocation TINYINT, weight INTEGER, grade VARCHAR, unlinked_reason VARCHAR, side VARCHAR, repository_id INTEGER,
  written_ms BIGINT, committed_ms BIGINT, landed_ms BIGINT, released_ms BIGINT, died_ms BIGINT, death VARCHAR, superseded_ms BIGINT,
  undone_ms BIGINT, last_active_ms BIGINT, repair VARCHAR, review_ms BIGINT, horizon_ms BIGINT, landing_is_release BOOLEAN
);

-- One row per row of `span_mix`: its fate, as in `fate_now`.
CREATE TABLE mix_fate_now (segment_id INTEGER, allocation TINYINT, weight INTEGER, grade VARCHAR, fate VARCHAR);

-- Cells (cells.ts): what questions add up, added up once. One row per session, quarter of an hour and everything else that
-- these columns tell; charges no usage carries are of session null. `unpriced`: no price is known.
CREATE TABLE usage_cell (
  session_id INTEGER, instant_ms BIGINT, agent VARCHAR, agent_version VARCHAR, provider VARCHAR, model VARCHAR, service_tier VARCHAR,
  speed VARCHAR, geo VARCHAR, source VARCHAR, output_quality VARCHAR, grain VARCHAR, sub_agent BOOLEAN, branch VARCHAR,
  ran_in VARCHAR, repository_id INTEGER, activity VARCHAR, purpose VARCHAR, remainder VARCHAR, unpriced BOOLEAN, usages BIGINT, input BIGINT,
  cache_read BIGINT, cache_write_5m BIGINT, cache_write_1h BIGINT, output BIGINT, sightings BIGINT, sighted_tokens BIGINT,
  list_nano_usd BIGINT
);
-- `landed_ms`: not null where the lines landed.
CREATE TABLE ledger_cell (
  session_id INTEGER, instant_ms BIGINT, agent VARCHAR, agent_version VARCHAR, provider VARCHAR, model VARCHAR, service_tier VARCHAR,
  speed VARCHAR, geo VARCHAR, source VARCHAR, output_quality VARCHAR, grain VARCHAR, sub_agent BOOLEAN, branch VARCHAR,
  ran_in VARCHAR, repository_id INTEGER, activity VARCHAR, purpose VARCHAR, fate VARCHAR, flow VARCHAR, grade VARCHAR, unlinked_reason VARCHAR,
  changed_repository_id INTEGER, change_id INTEGER, line_kind VARCHAR, side VARCHAR, author_kind VARCHAR, repair VARCHAR,
  landed_ms BIGINT, list_nano_usd BIGINT
);
-- `n0` to `n5`: as in views/span_part.sql.
CREATE TABLE span_cell (
  session_id INTEGER, instant_ms BIGINT, agent VARCHAR, agent_version VARCHAR, provider VARCHAR, model VARCHAR, service_tier VARCHAR,
  speed VARCHAR, geo VARCHAR, source VARCHAR, output_quality VARCHAR, grain VARCHAR, sub_agent BOOLEAN, branch VARCHAR,
  ran_in VARCHAR, repository_id INTEGER, activity VARCHAR, purpose VARCHAR, fate VARCHAR, grade VARCHAR, n0 BIGINT, n1 BIGINT, n2 BIGINT, n3 BIGINT,
  n4 BIGINT, n5 BIGINT
);
CREATE TABLE context_cell (
  session_id INTEGER, instant_ms BIGINT, agent VARCHAR, agent_version VARCHAR, provider VARCHAR, model VARCHAR, service_tier VARCHAR,
  speed VARCHAR, geo VARCHAR, source VARCHAR, output_quality VARCHAR, grain VARCHAR, sub_agent BOOLEAN, branch VARCHAR,
  ran_in VARCHAR, repository_id INTEGER, activity VARCHAR, purpose VARCHAR, cause VARCHAR, list_nano_usd BIGINT
);

-- One row per sub-agent a session started; `observed`: the log has responses or calls of it.
CREATE TABLE sub_agent_d (session_id INTEGER, started_ms BIGINT, observed BOOLEAN);

-- One row per session that a checkpoint lists; `has_transcript`: one was there to be read.
CREATE TABLE listed_session_d (session_key VARCHAR, repository_id INTEGER, created_ms BIGINT, has_transcript BOOLEAN);
