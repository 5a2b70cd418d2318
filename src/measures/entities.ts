import { rollUp } from "../contract/fates.ts";
import type { DimensionId } from "./dimensions.ts";
import { allocationCellRows, allocationRows, spanCellRows, spanRows } from "./span-columns.ts";
import { literal } from "./sql-text.ts";

/** A table that has exactly one row, or none, for each row of the entity: it cannot multiply what is summed. */
export interface Join {
  readonly cardinality: "one";
  readonly sql: string;
}

type EntityDimensions = Readonly<Partial<Record<DimensionId, { readonly sql: string; readonly join?: string }>>>;

/** One way to count: what a row is, when it happened, what it can be split by. In fragments the row is `e`. */
export interface Entity {
  readonly title: string;
  /** Columns that name a row. */
  readonly key: string;
  /** Query that gives the rows; may use `$as_of_ms` (null: none asked). */
  readonly rows: string;
  /** UTC milliseconds of a row; rows later than `as_of` do not exist. */
  readonly time: string;
  /** What that instant is, for people: which period a row belongs to. */
  readonly timeTitle: string;
  readonly joins: Readonly<Record<string, Join>>;
  readonly dimensions: EntityDimensions;
  /**
   * Rows added up beforehand (src/store/cells.ts), for questions of the newest facts, and where a dimension stands in them. What
   * measures add up and filter by is a column of both.
   */
  readonly cells?: { readonly rows: string; readonly dimensions: EntityDimensions };
  /** Whose row it is, and how much it weighs: what the people filter counts. */
  readonly person: { readonly sql: string; readonly join: string; readonly weight: string };
}

/** Tables the app fills from assay.yaml before it asks: a repository is in one product, a session in one team at a time. */
const product: Join = { cardinality: "one", sql: "LEFT JOIN repository_product d ON d.repository_id = e.repository_id" };
const productDimensions = {
  product: { sql: "d.product", join: "product" },
  cost_centre: { sql: "d.cost_centre", join: "product" },
} as const satisfies Entity["dimensions"];

const usageJoins = {
  session: { cardinality: "one", sql: "LEFT JOIN session_d s ON s.session_id = e.session_id" },
  repository: { cardinality: "one", sql: "LEFT JOIN repository_d r ON r.repository_id = e.repository_id" },
  segment: { cardinality: "one", sql: "LEFT JOIN segment g ON g.segment_id = e.segment_id" },
  person: { cardinality: "one", sql: "LEFT JOIN session_person p ON p.session_id = e.session_id" },
  team: {
    cardinality: "one",
    sql: "LEFT JOIN session_team m ON m.session_id = e.session_id AND e.instant_ms >= m.from_ms AND e.instant_ms < m.to_ms",
  },
  product,
} as const satisfies Record<string, Join>;

const usageDimensions = {
  agent: { sql: "e.agent" },
  agent_version: { sql: "e.agent_version" },
  model: { sql: "e.model" },
  provider: { sql: "e.provider" },
  service_tier: { sql: "e.service_tier" },
  speed: { sql: "e.speed" },
  geo: { sql: "e.geo" },
  source: { sql: "e.source" },
  output_quality: { sql: "e.output_quality" },
  usage_grain: { sql: "e.grain" },
  sub_agent: { sql: "CASE WHEN e.sub_agent THEN 'sub_agent' WHEN NOT e.sub_agent THEN 'main' END" },
  branch: { sql: "e.branch" },
  folder: { sql: "e.ran_in" },
  session: { sql: "s.session_key", join: "session" },
  started_by: { sql: "s.trigger", join: "session" },
  entrypoint: { sql: "s.entrypoint", join: "session" },
  repository: { sql: "r.name", join: "repository" },
  activity: { sql: "g.activity", join: "segment" },
  purpose: { sql: "g.purpose", join: "segment" },
  team: { sql: "m.team", join: "team" },
  ...productDimensions,
} as const satisfies Entity["dimensions"];

/** Cells tell of their segments what a question can ask. */
const cellDimensions = { activity: { sql: "e.activity" }, purpose: { sql: "e.purpose" } } as const satisfies EntityDimensions;

/** Money no strand carries is not linked, or was paid and not consumed. */
const fateSql =
  "CASE WHEN e.strand_id IS NOT NULL THEN f.fate WHEN e.remainder IN ('unused_seat', 'commitment') THEN 'unused' ELSE 'unlinked' END";

/** Fates and their groups, so that a group is a column. */
const rollUpRows = Object.entries(rollUp)
  .flatMap(([group, fates]) => fates.map((fate) => `(${literal(fate)}, ${literal(group)})`))
  .join(", ");

/** What the parts of the span have in common: charges, and the fates their money has under some allocation. */
const spanned = {
  time: "e.instant_ms",
  timeTitle: "when the response was made",
  joins: { ...usageJoins, group: { cardinality: "one", sql: `LEFT JOIN (VALUES ${rollUpRows}) w(fate, roll_up) ON w.fate = e.fate` } },
  dimensions: { ...usageDimensions, fate: { sql: "e.fate" }, roll_up: { sql: "w.roll_up", join: "group" } },
  person: { sql: "p.person", join: "person", weight: "e.a0" },
} as const satisfies Pick<Entity, "time" | "timeTitle" | "joins" | "dimensions" | "person">;

/** Age of the oldest issue a change closes, when it landed. @param of the row of the change */
const issueAgeSql = (of: "e" | "k"): string => `CASE WHEN ${of}.issue_opened_ms IS NULL OR ${of}.landed_ms IS NULL THEN NULL
  WHEN ${of}.landed_ms - ${of}.issue_opened_ms < 7 * 86400000::BIGINT THEN 'under a week'
  WHEN ${of}.landed_ms - ${of}.issue_opened_ms < 30 * 86400000::BIGINT THEN 'under a month'
  WHEN ${of}.landed_ms - ${of}.issue_opened_ms < 91 * 86400000::BIGINT THEN 'under a quarter'
  WHEN ${of}.landed_ms - ${of}.issue_opened_ms < 365 * 86400000::BIGINT THEN 'under a year' ELSE 'a year and more' END`;

/** A part of a charge with its strand: columns after FROM are those of a usage. */
const ledgerColumns = `c.charge_id, c.remainder, c.list_nano_usd IS NULL AS unpriced, CASE WHEN l.strand_id IS NULL THEN c.list_nano_usd ELSE l.list_nano_usd END AS list_nano_usd,
  u.*, t.strand_id, t.flow, t.grade, t.unlinked_reason, t.repository_id AS changed_repository_id, t.change_id, t.line_kind, t.side,
  t.author_kind, t.landed_ms, t.repair`;
const ledgerFrom = `FROM charge c
LEFT JOIN usage_d u ON u.usage_id = c.usage_id
LEFT JOIN ledger l ON l.charge_id = c.charge_id
LEFT JOIN strand t ON t.strand_id = l.strand_id`;

const ledgerCellDimensions = {
  ...cellDimensions,
  fate: { sql: "e.fate" },
  roll_up: { sql: "e.roll_up" },
  repair: { sql: "e.repair" },
  // At list prices there are no remainders.
  unlinked_reason: { sql: "e.unlinked_reason" },
} as const satisfies EntityDimensions;

/** When the first lines of the change of a part were released, and whether its repository's rule says that landing is. */
const releaseColumns = "x.released_ms, coalesce(x.landing_is_release, FALSE) AS landing_is_release";
const releaseJoin = (of: "t" | "l"): string => `LEFT JOIN (
  SELECT change_id, min(released_ms) AS released_ms, bool_or(landing_is_release) AS landing_is_release
  FROM strand WHERE landed_ms IS NOT NULL GROUP BY change_id
) x ON x.change_id = ${of}.change_id`;

/** What parts of charges have in common, whichever period they are told of. */
const ofLedger = {
  joins: {
    ...usageJoins,
    fate: {
      cardinality: "one",
      sql: `LEFT JOIN strand_fate f ON f.strand_id = e.strand_id
LEFT JOIN (VALUES ${rollUpRows}) w(fate, roll_up) ON w.fate = ${fateSql}`,
    },
    changed: { cardinality: "one", sql: "LEFT JOIN repository_d h ON h.repository_id = e.changed_repository_id" },
    change: { cardinality: "one", sql: "LEFT JOIN change k ON k.change_id = e.change_id" },
  },
  dimensions: {
    ...usageDimensions,
    fate: { sql: fateSql, join: "fate" },
    roll_up: { sql: "w.roll_up", join: "fate" },
    unlinked_reason: { sql: "coalesce(e.unlinked_reason, e.remainder)" },
    grade: { sql: "coalesce(e.grade, 'none')" },
    flow: { sql: "e.flow" },
    changed_repository: { sql: "h.name", join: "changed" },
    change: { sql: "k.change_key", join: "change" },
    change_kind: { sql: "k.kind", join: "change" },
    change_class: { sql: "k.class", join: "change" },
    evidence: { sql: "k.evidence", join: "change" },
    review_path: { sql: "k.review_path", join: "change" },
    issue_age: { sql: issueAgeSql("k"), join: "change" },
    line_kind: { sql: "e.line_kind" },
    side: { sql: "e.side" },
    author_kind: { sql: "e.author_kind" },
    repair: { sql: "CASE WHEN f.fate IN ('fixing', 'stuck', 'maturing', 'rework', 'removed') THEN e.repair END", join: "fate" },
  },
  person: { sql: "p.person", join: "person", weight: "e.list_nano_usd" },
} as const satisfies Pick<Entity, "joins" | "dimensions" | "person">;

/** What changes have in common, by whichever instant of theirs they belong to a period. */
const ofChange = {
  joins: {
    repository: { cardinality: "one", sql: "LEFT JOIN repository_d r ON r.repository_id = e.repository_id" },
    product,
    person: { cardinality: "one", sql: "LEFT JOIN commit_d p ON p.repository_id = e.repository_id AND p.commit_hash = e.landed_commit" },
  },
  dimensions: {
    repository: { sql: "r.name", join: "repository" },
    ...productDimensions,
    change: { sql: "e.change_key" },
    change_kind: { sql: "e.kind" },
    change_class: { sql: "e.class" },
    evidence: { sql: "e.evidence" },
    review_path: { sql: "e.review_path" },
    issue_age: { sql: issueAgeSql("e") },
  },
  person: { sql: "p.author_email", join: "person", weight: "1" },
} as const satisfies Pick<Entity, "joins" | "dimensions" | "person">;

/** What runs of lines have in common. */
const ofRun = {
  joins: {
    repository: { cardinality: "one", sql: "LEFT JOIN repository_d r ON r.repository_id = e.repository_id" },
    product,
    session: { cardinality: "one", sql: "LEFT JOIN session_d s ON s.session_id = e.session_id" },
    change: { cardinality: "one", sql: "LEFT JOIN change k ON k.change_id = e.landed_change_id" },
    person: { cardinality: "one", sql: "LEFT JOIN commit_d p ON p.repository_id = e.repository_id AND p.commit_hash = e.born_commit" },
  },
  dimensions: {
    repository: { sql: "r.name", join: "repository" },
    ...productDimensions,
    author_kind: { sql: "e.author_kind" },
    line_kind: { sql: "e.line_kind" },
    grade: { sql: "coalesce(e.grade, 'none')" },
    agent: { sql: "coalesce(s.agent, e.noted_agent)", join: "session" },
    session: { sql: "s.session_key", join: "session" },
    change: { sql: "k.change_key", join: "change" },
    change_kind: { sql: "k.kind", join: "change" },
    change_class: { sql: "k.class", join: "change" },
  },
  person: { sql: "p.author_email", join: "person", weight: "e.lines" },
} as const satisfies Pick<Entity, "joins" | "dimensions" | "person">;

export const entities = {
  usage: {
    title: "one billed model response",
    key: "usage_id",
    rows: "SELECT *, 1 AS usages FROM usage_d WHERE usage_key IS NOT NULL",
    time: "e.instant_ms",
    timeTitle: "when the response was made",
    joins: usageJoins,
    dimensions: usageDimensions,
    cells: { rows: "SELECT * FROM usage_cell WHERE usages > 0", dimensions: cellDimensions },
    person: { sql: "p.person", join: "person", weight: "e.input + e.cache_read + e.cache_write_5m + e.cache_write_1h + e.output" },
  },
  charge: {
    title: "one charge: the money of a response, or a remainder of a bill",
    key: "charge_id",
    rows: `SELECT c.charge_id, c.list_nano_usd, c.list_nano_usd IS NULL AS unpriced, c.remainder, u.*
FROM charge c LEFT JOIN usage_d u ON u.usage_id = c.usage_id`,
    time: "e.instant_ms",
    timeTitle: "when the response was made",
    joins: usageJoins,
    dimensions: usageDimensions,
    cells: { rows: "SELECT * FROM usage_cell", dimensions: cellDimensions },
    person: { sql: "p.person", join: "person", weight: "e.list_nano_usd" },
  },
  estimate: {
    title: "one charge, with its output count estimated where it was logged before the response ended",
    key: "charge_id",
    rows: `SELECT x.*, x.list_nano_usd + coalesce(CAST(round((x.output_estimated - x.output) * (x.output_nano_per_million / 1e6)) AS BIGINT), 0) AS estimated_nano_usd
FROM (
  SELECT c.charge_id, c.list_nano_usd, c.output_nano_per_million, u.*, CASE WHEN u.output_quality = 'final' OR o.model IS NULL THEN u.output
    ELSE greatest(u.output, CAST(round(o.constant_tokens + o.tokens_per_char * u.visible_chars) AS BIGINT)) END AS output_estimated
  FROM charge c
  LEFT JOIN usage_d u ON u.usage_id = c.usage_id
  LEFT JOIN output_rule o ON o.model = u.model AND o.agent_version IS NOT DISTINCT FROM u.agent_version
) x`,
    time: "e.instant_ms",
    timeTitle: "when the response was made",
    joins: usageJoins,
    dimensions: usageDimensions,
    person: { sql: "p.person", join: "person", weight: "e.list_nano_usd" },
  },
  ledger: {
    title: "one part of a charge: what one strand carries of it, or the whole where no strand does",
    key: "charge_id, strand_id",
    rows: `SELECT ${ledgerColumns}\n${ledgerFrom}`,
    time: "e.instant_ms",
    timeTitle: "when the response was made",
    ...ofLedger,
    cells: {
      rows: `SELECT l.*, w.roll_up FROM ledger_cell l LEFT JOIN (VALUES ${rollUpRows}) w(fate, roll_up) ON w.fate = l.fate`,
      dimensions: ledgerCellDimensions,
    },
  },
  cohort: {
    title: "one part of a charge, told of the day its task began to cost: the task is the change its lines went to, else the session",
    key: "charge_id, strand_id",
    rows: `SELECT ${ledgerColumns}, ${releaseColumns},
  min(u.instant_ms) OVER (PARTITION BY t.change_id, CASE WHEN t.change_id IS NULL THEN u.session_id END) AS task_ms
${ledgerFrom}
${releaseJoin("t")}
WHERE CAST($as_of_ms AS BIGINT) IS NULL OR u.instant_ms <= CAST($as_of_ms AS BIGINT)`,
    cells: {
      rows: `SELECT l.*, w.roll_up, ${releaseColumns},
  min(l.instant_ms) OVER (PARTITION BY l.change_id, CASE WHEN l.change_id IS NULL THEN l.session_id END) AS task_ms
FROM ledger_cell l
LEFT JOIN (VALUES ${rollUpRows}) w(fate, roll_up) ON w.fate = l.fate
${releaseJoin("l")}`,
      dimensions: ledgerCellDimensions,
    },
    time: "e.task_ms",
    timeTitle: "when the first response of the task was made",
    ...ofLedger,
  },
  span: {
    title: "one part of a charge: what of it ends in one fate, on one grade of evidence, under each of the 18 allocations",
    key: "charge_id, fate, grade",
    rows: spanRows,
    ...spanned,
    cells: { rows: spanCellRows, dimensions: cellDimensions },
  },
  allocation: {
    title: "one part of a charge under one of the 18 allocations",
    key: "charge_id, fate, grade, allocation",
    rows: allocationRows,
    ...spanned,
    dimensions: { ...spanned.dimensions, allocation: { sql: "e.allocation" } },
    cells: { rows: allocationCellRows, dimensions: cellDimensions },
  },
  context: {
    title: "one part of what a prompt cost: the tokens one cause put there",
    key: "usage_id, cause",
    rows: "SELECT x.cause, x.list_nano_usd, x.list_nano_usd IS NULL AS unpriced, u.* FROM context_cost x JOIN usage_d u ON u.usage_id = x.usage_id",
    time: "e.instant_ms",
    timeTitle: "when the response was made",
    joins: usageJoins,
    dimensions: { ...usageDimensions, context_cause: { sql: "e.cause" } },
    cells: { rows: "SELECT * FROM context_cell", dimensions: cellDimensions },
    person: { sql: "p.person", join: "person", weight: "e.list_nano_usd" },
  },
  change: {
    title: "one change that landed",
    key: "change_id",
    rows: "SELECT * FROM change WHERE landed_ms IS NOT NULL",
    time: "e.landed_ms",
    timeTitle: "when it landed",
    ...ofChange,
  },
  released_change: {
    title: "one change that was released: by the rule of its repository, landing may be the release",
    key: "change_id",
    rows: `SELECT * FROM (
  SELECT k.*, CASE WHEN r.release_rule = 'landing' THEN k.landed_ms ELSE k.released_ms END AS out_ms
  FROM change k JOIN repository_d r ON r.repository_id = k.repository_id
  WHERE k.landed_ms IS NOT NULL
) WHERE out_ms IS NOT NULL`,
    time: "e.out_ms",
    timeTitle: "when it was released",
    ...ofChange,
  },
  stuck_change: {
    title: "one change that landed and of which some spend stuck",
    key: "change_id",
    rows: `SELECT * FROM change
WHERE landed_ms IS NOT NULL AND change_id IN (SELECT t.change_id FROM strand t JOIN strand_fate f ON f.strand_id = t.strand_id WHERE f.fate = 'stuck')`,
    time: "e.landed_ms",
    timeTitle: "when it landed",
    ...ofChange,
  },
  reviewed_change: {
    title: "one landed change a person reviewed, with the lines it landed; generated, vendored and lock files left out",
    key: "change_id",
    rows: `SELECT k.*, coalesce(n.lines, 0) AS lines, greatest(k.landed_ms - k.ready_ms, 0) / 3600000.0 AS open_hours
FROM change k
LEFT JOIN (SELECT landed_change_id, sum(lines) AS lines FROM run WHERE line_kind <> 'generated' GROUP BY landed_change_id) n
  ON n.landed_change_id = k.change_id
WHERE k.landed_ms IS NOT NULL AND k.review_path = 'reviewed'`,
    time: "e.landed_ms",
    timeTitle: "when it landed",
    ...ofChange,
  },
  issue_event: {
    title: "an issue that was opened, closed or opened again",
    key: "repository_id, number, event, event_ms",
    rows: `SELECT * FROM (
  SELECT i.*, 'opened' AS event, i.opened_ms AS event_ms FROM issue_d i
  UNION ALL SELECT i.*, 'closed', i.closed_ms FROM issue_d i
  UNION ALL SELECT i.*, 'reopened', unnest(from_json(i.reopened_ms, '["BIGINT"]')) FROM issue_d i
) WHERE event_ms IS NOT NULL`,
    time: "e.event_ms",
    timeTitle: "when it was opened, closed, opened again",
    joins: {
      repository: ofChange.joins.repository,
      product,
      // An issue is nobody's here: a team's answer shows none.
      person: { cardinality: "one", sql: "LEFT JOIN (SELECT NULL AS person) p ON FALSE" },
    },
    dimensions: { repository: { sql: "r.name", join: "repository" }, ...productDimensions, issue_kind: { sql: "e.kind" } },
    person: { sql: "p.person", join: "person", weight: "1" },
  },
  agent_run: {
    title: "one run of lines an agent wrote that landed 21 days and more before the last that is known",
    key: "run_id",
    rows: `SELECT n.*, coalesce(n.died_ms - n.landed_ms < 21 * 86400000::BIGINT AND c.commit_hash IS NOT NULL AND c.marked_agent IS NULL
  AND l.commit_hash IS NULL, FALSE) AS edited_by_others
FROM run n
JOIN repository_d h ON h.repository_id = n.repository_id
LEFT JOIN commit_d c ON c.repository_id = n.repository_id AND c.commit_hash = n.killer_commit
LEFT JOIN (SELECT DISTINCT repository_id, commit_hash FROM commit_link) l
  ON l.repository_id = n.repository_id AND l.commit_hash = n.killer_commit
WHERE n.author_kind = 'agent' AND n.line_kind <> 'generated'
  AND least(h.horizon_ms, coalesce(CAST($as_of_ms AS BIGINT), h.horizon_ms)) - n.landed_ms >= 21 * 86400000::BIGINT`,
    time: "e.landed_ms",
    timeTitle: "when it landed",
    ...ofRun,
  },
  sub_agent: {
    title: "one sub-agent that a session started",
    key: "session_id, started_ms",
    rows: `SELECT d.*, s.agent, s.agent_version, s.session_key, s.trigger, s.entrypoint, s.repository_id, o.source
FROM sub_agent_d d
LEFT JOIN session_d s ON s.session_id = d.session_id
LEFT JOIN (SELECT session_id, min(source) AS source FROM usage_d GROUP BY session_id) o ON o.session_id = d.session_id`,
    time: "e.started_ms",
    timeTitle: "when it was started",
    joins: {
      repository: { cardinality: "one", sql: "LEFT JOIN repository_d r ON r.repository_id = e.repository_id" },
      person: usageJoins.person,
    },
    dimensions: {
      agent: { sql: "e.agent" },
      agent_version: { sql: "e.agent_version" },
      source: { sql: "e.source" },
      session: { sql: "e.session_key" },
      started_by: { sql: "e.trigger" },
      entrypoint: { sql: "e.entrypoint" },
      repository: { sql: "r.name", join: "repository" },
    },
    person: { sql: "p.person", join: "person", weight: "1" },
  },
  listed_session: {
    title: "one session that a checkpoint lists",
    key: "repository_id, session_key",
    rows: "SELECT d.*, s.session_id FROM listed_session_d d LEFT JOIN session_d s ON s.session_key = d.session_key",
    time: "e.created_ms",
    timeTitle: "when its first checkpoint was made",
    joins: {
      repository: { cardinality: "one", sql: "LEFT JOIN repository_d r ON r.repository_id = e.repository_id" },
      person: usageJoins.person,
    },
    dimensions: {
      source: { sql: "'checkpoints'" },
      session: { sql: "e.session_key" },
      repository: { sql: "r.name", join: "repository" },
    },
    person: { sql: "p.person", join: "person", weight: "1" },
  },
  run: {
    title: "one run of landed lines with one life and one author kind; generated, vendored and lock files left out",
    key: "run_id",
    rows: `SELECT n.*, least(h.horizon_ms, coalesce(CAST($as_of_ms AS BIGINT), h.horizon_ms)) AS seen_until_ms
FROM run n
JOIN repository_d h ON h.repository_id = n.repository_id
WHERE n.landed_ms IS NOT NULL AND n.line_kind <> 'generated'`,
    time: "e.landed_ms",
    timeTitle: "when it landed",
    ...ofRun,
  },
} as const satisfies Record<string, Entity>;
export type EntityId = keyof typeof entities;

export const entity = (id: EntityId): Entity => entities[id];

/** The same entity, read from its cells. */
export function celled(id: EntityId): Entity {
  const of = entity(id);
  return of.cells === undefined ? of : { ...of, rows: of.cells.rows, dimensions: { ...of.dimensions, ...of.cells.dimensions } };
}
