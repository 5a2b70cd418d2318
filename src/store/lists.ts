/**
 * Lists of sessions, changes, files and strands, sorted and paged by the database. Each list is one statement with the
 * columns its page shows; details that only shown rows need are asked for these alone. Table `strand_fate(strand_id, fate)` is
 * there for the asked instant.
 */
import { rollUp } from "../contract/fates.ts";
import type { Cell, Database } from "./duckdb/database.ts";

export type Found = Readonly<Record<string, Cell>>;
export type Bound = Readonly<Record<string, Cell>>;

/** A statement whose rows can be sorted by some of its columns. */
export interface Listing {
  readonly sql: string;
  readonly params: Bound;
  /** Column that names a row, and its type. */
  readonly key: string;
  /** What it may be sorted by: column and type. */
  readonly sorts: Readonly<Record<string, { readonly column: string; readonly type: "HUGEINT" | "BIGINT" | "DOUBLE" | "VARCHAR" }>>;
}

/** The last row of a page: what it was sorted by, null where that is not known, and its key. */
export interface Place {
  readonly value: string | null;
  readonly key: string;
}

export interface PageRequest {
  readonly sort: string;
  readonly direction: "asc" | "desc";
  readonly limit: number;
  /** Null for the first page. */
  readonly after: Place | null;
}

export interface FoundPage {
  readonly rows: readonly Found[];
  /** Null where there is no more. */
  readonly next: Place | null;
  /** Rows of all pages. */
  readonly total: number;
}

/**
 * One page of a listing. What is not known comes last, and rows that are equal in the sort follow their key, so that pages
 * neither repeat nor leave out a row.
 */
export async function readPage(database: Database, listing: Listing, { sort, direction, limit, after }: PageRequest): Promise<FoundPage> {
  const by = listing.sorts[sort];
  if (by === undefined) throw new Error(`no list is sorted by ${sort}`);
  const isPast =
    after === null
      ? "true"
      : after.value === null
        ? `${by.column} IS NULL AND page_key > $page_key`
        : `(${by.column} ${direction === "asc" ? ">" : "<"} $page_value::VARCHAR::${by.type} OR ${by.column} IS NULL
            OR (${by.column} = $page_value::VARCHAR::${by.type} AND page_key > $page_key))`;
  const rows = await database.all(
    `WITH listed AS MATERIALIZED (SELECT *, ${listing.key}::VARCHAR AS page_key FROM (\n${listing.sql}\n))
     SELECT *, ${by.column}::VARCHAR AS page_value, (SELECT count(*) FROM listed)::INTEGER AS page_total
     FROM listed WHERE ${isPast} ORDER BY ${by.column} ${direction} NULLS LAST, page_key LIMIT ${Number(limit) + 1}`,
    {
      ...listing.params,
      ...(after === null ? {} : { page_key: after.key, ...(after.value === null ? {} : { page_value: after.value }) }),
    },
  );
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return {
    rows: shown,
    next: last === undefined ? null : { value: last["page_value"] as string | null, key: String(last["page_key"]) },
    total: rows.length > 0 ? (rows[0]?.["page_total"] as number) : after === null ? 0 : await countAll(database, listing),
  };
}

async function countAll(database: Database, { sql, params }: Listing): Promise<number> {
  const [row] = await database.all(`SELECT count(*)::INTEGER AS n FROM (\n${sql}\n)`, params);
  return row?.["n"] as number;
}

/** @param from rows `e` of charges, or of charges and strands, as the measures filter them */
export function sessionListing(from: string, params: Bound): Listing {
  return {
    sql: `SELECT s.session_id, s.session_key, s.agent, r.name AS repository, s.trigger, s.first_ms, s.last_ms, m.nano, m.usages, m.tokens
     FROM (
       SELECT session_id, sum(nano)::HUGEINT AS nano, count(*)::INTEGER AS usages, sum(tokens)::HUGEINT AS tokens
       FROM (
         SELECT e.session_id AS session_id, e.usage_id AS usage_id, sum(e.list_nano_usd) AS nano,
           any_value(e.input + e.cache_read + e.cache_write_5m + e.cache_write_1h + e.output) AS tokens
         ${from} GROUP BY e.session_id, e.usage_id
       ) GROUP BY session_id
     ) m JOIN session_d s ON s.session_id = m.session_id LEFT JOIN repository_d r ON r.repository_id = s.repository_id`,
    params,
    key: "session_key",
    sorts: {
      spend: { column: "nano", type: "HUGEINT" },
      started: { column: "first_ms", type: "BIGINT" },
      last: { column: "last_ms", type: "BIGINT" },
      usages: { column: "usages", type: "BIGINT" },
      tokens: { column: "tokens", type: "HUGEINT" },
    },
  };
}

/** What a page of sessions shows of each beside the list. */
export async function sessionDetails(database: Database, sessions: readonly number[], asOf: number | null) {
  const among = inList("session_id", sessions);
  const facts = await database.all(
    `SELECT session_id, count(DISTINCT turn)::INTEGER AS turns, to_json(list(DISTINCT model ORDER BY model))::VARCHAR AS models
     FROM usage_d WHERE ${among} AND ($asOf::BIGINT IS NULL OR instant_ms <= $asOf) GROUP BY session_id`,
    { asOf },
  );
  const money = await database.all(
    `SELECT u.session_id, w.roll_up, sum(l.list_nano_usd)::VARCHAR AS nano
     FROM usage_d u JOIN ledger l USING (usage_id) JOIN strand_fate f USING (strand_id) JOIN ${rollUpRows} w(fate, roll_up) USING (fate)
     WHERE u.${among} AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf) GROUP BY ALL`,
    { asOf },
  );
  const commits = await database.all(`SELECT session_id, count(*)::INTEGER AS commits FROM commit_link WHERE ${among} GROUP BY session_id`);
  return { facts, money, commits };
}

/** Columns of a change that a list is filtered by. */
export const changeColumns = { repository: "r.name", change_kind: "k.kind", evidence: "k.evidence" } as const;

export interface ChangeFilters {
  readonly own: readonly {
    readonly column: keyof typeof changeColumns;
    readonly is: "in" | "not_in";
    readonly values: readonly (string | null)[];
  }[];
  readonly landedFromMs: number | null;
  readonly landedToMs: number | null;
  /** Set where only changes count that money of these rows `e` went into, and that money alone. */
  readonly money: { readonly from: string; readonly params: Bound } | null;
  /** The asked instant, or later than everything. */
  readonly until: number;
}

/** Changes with what they landed and cost by an instant. */
export function changeListing({ own, landedFromMs, landedToMs, money, until }: ChangeFilters): Listing {
  const conditions = [
    ...own.map(({ column, is, values }, at) => {
      const listed = `coalesce(list_contains(CAST(CAST($own${at} AS JSON) AS VARCHAR[]), ${changeColumns[column]}), false)`;
      const matches = values.includes(null) ? `(${listed} OR ${changeColumns[column]} IS NULL)` : listed;
      return is === "in" ? matches : `NOT ${matches}`;
    }),
    ...(landedFromMs === null ? [] : ["k.landed_ms >= $landed_from_ms"]),
    ...(landedToMs === null ? [] : ["k.landed_ms < $landed_to_ms"]),
  ];
  const allMoney = `SELECT t.change_id, sum(l.list_nano_usd)::HUGEINT AS nano, count(DISTINCT g.session_id) AS sessions
       FROM strand t JOIN segment g USING (segment_id) JOIN ledger l USING (strand_id) JOIN usage_d u USING (usage_id)
       WHERE t.change_id IS NOT NULL AND u.instant_ms <= $until GROUP BY t.change_id`;
  const askedMoney = `SELECT e.change_id AS change_id, sum(e.list_nano_usd)::HUGEINT AS nano, count(DISTINCT e.session_id) AS sessions
       ${money?.from} GROUP BY e.change_id`;
  return {
    sql: `SELECT k.change_id, r.name || ' ' || k.change_key AS change_name, k.change_key, r.name AS repository, k.kind, k.evidence,
       CASE WHEN k.landed_ms <= $until THEN k.landed_ms END AS landed_ms,
       CASE WHEN k.released_ms <= $until THEN k.released_ms END AS released_ms,
       CASE WHEN k.landed_ms <= $until THEN k.review_path END AS review_path,
       CASE WHEN k.landed_ms <= $until THEN k.review_rounds END AS review_rounds,
       m.nano, coalesce(m.sessions, 0)::INTEGER AS sessions, coalesce(n.lines, 0)::INTEGER AS lines, coalesce(n.alive, 0)::INTEGER AS alive,
       n.alive / nullif(n.lines, 0) AS alive_share, coalesce(n.agent, 0)::INTEGER AS agent, coalesce(n.mixed, 0)::INTEGER AS mixed,
       coalesce(n.person, 0)::INTEGER AS person, coalesce(n.unknown, 0)::INTEGER AS unknown
     FROM change k JOIN repository_d r USING (repository_id)
     ${money === null ? "LEFT " : ""}JOIN (
       ${money === null ? allMoney : askedMoney}
     ) m ON m.change_id = k.change_id
     LEFT JOIN (
       SELECT landed_change_id, sum(lines) AS lines, sum(lines) FILTER (died_ms IS NULL OR died_ms > $until) AS alive,
         sum(lines) FILTER (author_kind = 'agent') AS agent, sum(lines) FILTER (author_kind = 'mixed') AS mixed,
         sum(lines) FILTER (author_kind = 'person') AS person, sum(lines) FILTER (author_kind = 'unknown') AS unknown
       FROM run WHERE landed_ms <= $until AND line_kind <> 'generated' GROUP BY landed_change_id
     ) n ON n.landed_change_id = k.change_id
     ${conditions.length === 0 ? "" : `WHERE ${conditions.join(" AND ")}`}`,
    params: {
      until,
      ...money?.params,
      ...Object.fromEntries(own.map(({ values }, at) => [`own${at}`, JSON.stringify(values.filter((value) => value !== null))])),
      ...(landedFromMs === null ? {} : { landed_from_ms: landedFromMs }),
      ...(landedToMs === null ? {} : { landed_to_ms: landedToMs }),
    },
    key: "change_name",
    sorts: {
      landed: { column: "landed_ms", type: "BIGINT" },
      spend: { column: "nano", type: "HUGEINT" },
      lines: { column: "lines", type: "BIGINT" },
      sessions: { column: "sessions", type: "BIGINT" },
      alive_share: { column: "alive_share", type: "DOUBLE" },
    },
  };
}

/** What a page of changes shows of each beside the list. */
export async function changeDetails(database: Database, changes: readonly number[], until: number) {
  const money = await database.all(
    `SELECT t.change_id, w.roll_up, sum(l.list_nano_usd)::VARCHAR AS nano
     FROM strand t JOIN ledger l USING (strand_id) JOIN usage_d u USING (usage_id) JOIN strand_fate f USING (strand_id) JOIN ${rollUpRows} w(fate, roll_up) USING (fate)
     WHERE t.${inList("change_id", changes)} AND u.instant_ms <= $until GROUP BY ALL`,
    { until },
  );
  const commits = await database.all(
    `SELECT change_id, count(*)::INTEGER AS commits FROM commit_d WHERE ${inList("change_id", changes)} AND commit_ms <= $until GROUP BY change_id`,
    { until },
  );
  return { money, commits };
}

/**
 * Files of a repository by the path their lines were written at. Money: each line's part of the money of its artefact group,
 * by cumulative floors in canonical order, as `blame` and `show file` tell it (src/app/group-money.ts).
 */
export function fileListing(repository: number, under: string | null, until: number): Listing {
  const group = "session_id, born_commit, line_kind, grade, landed_ms, died_ms, death";
  const same = ["line_kind", "grade", "landed_ms", "died_ms", "death"].map((column) => `g.${column} IS NOT DISTINCT FROM n.${column}`);
  return {
    sql: `SELECT n.path, sum(CASE WHEN g.nano IS NULL THEN NULL
           ELSE (g.nano * n.upto) // n.whole - (g.nano * (n.upto - n.lines)) // n.whole END)::HUGEINT AS nano,
       coalesce(sum(n.lines) FILTER (n.landed_ms <= $until), 0)::INTEGER AS landed,
       coalesce(sum(n.lines) FILTER (n.lives), 0)::INTEGER AS alive,
       coalesce(sum(n.lines) FILTER (n.lives AND n.author_kind = 'agent'), 0)::INTEGER AS agent,
       coalesce(sum(n.lines) FILTER (n.lives AND n.author_kind = 'mixed'), 0)::INTEGER AS mixed,
       coalesce(sum(n.lines) FILTER (n.lives AND n.author_kind = 'person'), 0)::INTEGER AS person,
       coalesce(sum(n.lines) FILTER (n.lives AND n.author_kind = 'unknown'), 0)::INTEGER AS unknown
     FROM (
       SELECT *, landed_ms <= $until AND (died_ms IS NULL OR died_ms > $until) AS lives,
         sum(lines) OVER (PARTITION BY ${group})::HUGEINT AS whole,
         sum(lines) OVER (PARTITION BY ${group} ORDER BY path, places ROWS UNBOUNDED PRECEDING)::HUGEINT AS upto
       FROM run WHERE repository_id = $repository
     ) n LEFT JOIN (
       SELECT s.session_id, t.commit_hash, t.line_kind, t.grade, t.landed_ms, t.died_ms, t.death, sum(l.list_nano_usd)::HUGEINT AS nano
       FROM strand t JOIN segment s USING (segment_id) JOIN ledger l USING (strand_id) JOIN usage_d u USING (usage_id)
       WHERE t.repository_id = $repository AND t.side = 'added' AND u.instant_ms <= $until GROUP BY ALL
     ) g ON g.session_id = n.session_id AND g.commit_hash = n.born_commit AND ${same.join(" AND ")}
     WHERE n.born_ms <= $until ${under === null ? "" : "AND starts_with(n.path, $under)"} GROUP BY n.path`,
    params: { repository, until, ...(under === null ? {} : { under }) },
    key: "path",
    sorts: {
      spend: { column: "nano", type: "HUGEINT" },
      alive: { column: "alive", type: "BIGINT" },
      landed: { column: "landed", type: "BIGINT" },
      path: { column: "path", type: "VARCHAR" },
    },
  };
}

/** @param from rows `e` of charges and strands, as the measures filter them; what no strand carries is one row */
export function strandListing(from: string, params: Bound): Listing {
  return {
    sql: `SELECT m.strand_id, coalesce(m.strand_id, -1) AS strand_key, m.nano, t.written_ms, t.landed_ms
     FROM (SELECT e.strand_id AS strand_id, sum(e.list_nano_usd)::HUGEINT AS nano ${from} GROUP BY e.strand_id) m
     LEFT JOIN strand t ON t.strand_id = m.strand_id WHERE m.strand_id IS NOT NULL OR m.nano IS NOT NULL`,
    params,
    key: "strand_key",
    sorts: {
      spend: { column: "nano", type: "HUGEINT" },
      written: { column: "written_ms", type: "BIGINT" },
      landed: { column: "landed_ms", type: "BIGINT" },
    },
  };
}

/** Strands by id, with the names of what they belong to. */
export async function strandDetails(database: Database, strands: readonly number[]): Promise<Found[]> {
  return await database.all(
    `SELECT t.*, s.session_key, r.name AS repository, k.change_key FROM strand t JOIN segment g USING (segment_id)
     LEFT JOIN session_d s ON s.session_id = g.session_id LEFT JOIN repository_d r ON r.repository_id = t.repository_id
     LEFT JOIN change k ON k.change_id = t.change_id WHERE t.${inList("strand_id", strands)}`,
  );
}

/** Repositories by name or number. */
export async function findRepositoryRows(database: Database, asked: string): Promise<Found[]> {
  return await database.all("SELECT repository_id, name FROM repository_d WHERE name = $asked OR repository_id::VARCHAR = $asked", {
    asked,
  });
}

const problemColumns = "source, code, severity, locator, message, hint, occurrences";
export type ProblemTable = "problem" | "problem_d";

/** Some of the problems of one database, those that lost input first, and how many it has. */
export async function problemRows(
  database: Database,
  table: ProblemTable,
  offset: number,
  limit: number,
): Promise<{ readonly rows: readonly Found[]; readonly total: number }> {
  const [count] = await database.all(`SELECT count(*)::INTEGER AS n FROM ${table}`);
  const total = count?.["n"] as number;
  if (offset >= total || limit <= 0) return { rows: [], total };
  const rows = await database.all(
    `SELECT ${problemColumns} FROM ${table} ORDER BY severity, ${problemColumns} LIMIT ${Number(limit)} OFFSET ${Number(offset)}`,
  );
  return { rows, total };
}

/** Fates and their groups. */
const rollUpRows = `(VALUES ${Object.entries(rollUp)
  .flatMap(([group, fates]) => fates.map((fate) => `('${fate}', '${group}')`))
  .join(", ")})`;

const inList = (column: string, ids: readonly number[]): string => `${column} IN (${[...ids, -1].map(Number).join(", ")})`;
