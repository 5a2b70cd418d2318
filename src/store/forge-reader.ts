/** The state of what forges told: every telling of a thing, folded field by field (contract/forge-facts.ts says how). */
import {
  type ForgeActor,
  type ForgeChange,
  type ForgeCommentFact,
  type ForgeDeployment,
  type ForgeEventFact,
  type ForgeHistory,
  type ForgeIssue,
  type ForgeReview,
  type ForgeThread,
  type Incident,
  type IncidentTieFact,
  changeStates,
  incidentStates,
  reviewStates,
} from "../contract/forge-facts.ts";
import type { Cell } from "./duckdb/database.ts";
import { compare } from "./fact-reader.ts";
import { type FactColumn, type FactTable, factTables } from "./fact-tables.ts";
import type { FactStore } from "./store.ts";

/** A row with names of columns, dictionary ids resolved, instants as numbers. */
type Told = Readonly<Record<string, string | number | boolean | null>>;

/** Addresses of every repository a forge told of, sorted. */
export async function readForgeRepositories(store: FactStore): Promise<string[]> {
  const tables = (Object.keys(factTables) as FactTable[]).filter((table) => table.startsWith("forge_"));
  const { columns } = await store.database.columns(
    tables.map((table) => `SELECT DISTINCT forge_repository_id FROM ${table}`).join(" UNION "),
  );
  return ((columns[0] ?? []) as number[]).map((id) => store.dictionary.text(id)).sort(compare);
}

/** What is known of a repository from its forge; null where the forge told nothing of it. */
export async function readForgeHistory(store: FactStore, repository: string): Promise<ForgeHistory | null> {
  const read = new Map<FactTable, Promise<Told[]>>();
  const rowsOf = async (table: FactTable): Promise<Told[]> => {
    const rows = read.get(table) ?? readTold(store, table, repository);
    read.set(table, rows);
    return await rows;
  };
  const changes = await readChanges(rowsOf, repository);
  const statuses = grouped(await rowsOf("forge_deployment_status"), (row) => String(row["deployment_key"]));
  const reopened = grouped(
    (await rowsOf("forge_event")).filter((row) => row["subject_id"] !== "change" && row["event_id"] === "reopened"),
    (row) => String(row["number"]),
  );
  const checks = fold(await rowsOf("forge_check"), "check_key", (row) => checkRank(row["status_id"]));
  const deployments = fold(await rowsOf("forge_deployment"), "deployment_key");
  const releases = fold(await rowsOf("forge_release"), "tag_id", (row) => (row["draft"] === false ? 1 : 0));
  const issues = fold(await rowsOf("forge_issue"), "number", (row) => (row["state_id"] === "closed" ? 1 : 0));
  const toldUntil = await newestInstant(rowsOf);
  if (toldUntil === null) return null;
  return {
    repository,
    changes,
    checks: checks.map((row) => ({
      repository,
      check: text(row, "check_key") as string,
      commit: text(row, "commit_hash"),
      name: text(row, "name_id"),
      status: text(row, "status_id") as "queued" | "running" | "done" | null,
      conclusion: text(row, "conclusion_id"),
      startedAt: number(row, "started_ms"),
      finishedAt: number(row, "finished_ms"),
      attempt: number(row, "attempt"),
    })),
    deployments: deployments.map(
      (row): ForgeDeployment => ({
        repository,
        deployment: text(row, "deployment_key") as string,
        environment: text(row, "environment_id"),
        commit: text(row, "commit_hash"),
        createdAt: number(row, "created_ms"),
        actor: actorOf(row, "actor"),
        statuses: (statuses.get(text(row, "deployment_key") as string) ?? [])
          .map((status) => ({ state: text(status, "state_id") as string, instant: number(status, "instant_ms") as number }))
          .sort((a, b) => a.instant - b.instant || compare(a.state, b.state)),
      }),
    ),
    releases: releases.map((row) => ({
      repository,
      tag: text(row, "tag_id") as string,
      draft: flag(row, "draft"),
      preRelease: flag(row, "pre_release"),
      createdAt: number(row, "created_ms"),
      publishedAt: number(row, "published_ms"),
      commit: text(row, "commit_hash"),
    })),
    issues: issues.map(
      (row): ForgeIssue => ({
        repository,
        number: number(row, "number") as number,
        state: text(row, "state_id") as "open" | "closed" | null,
        openedAt: number(row, "opened_ms"),
        closedAt: row["state_id"] === "open" ? null : number(row, "closed_ms"),
        author: actorOf(row, "author"),
        labels: list(row, "labels"),
        issueType: text(row, "issue_type_id"),
        reopenedAt: eventsOf(reopened.get(String(row["number"])) ?? []).map((event) => event.instant),
      }),
    ),
    toldUntil,
  };
}

/** Every incident with what it names, in order of source and key. */
export async function readIncidents(store: FactStore): Promise<Incident[]> {
  const ties = grouped(await readTold(store, "incident_tie", null), incidentKey);
  const incidents = fold(await readTold(store, "incident", null), incidentKey, (row) => incidentStates.indexOf(row["state_id"] as never));
  return incidents.map((row): Incident => {
    const named = ties.get(incidentKey(row)) ?? [];
    return {
      source: text(row, "source_id") as string,
      incident: text(row, "incident_key") as string,
      state: text(row, "state_id") as Incident["state"],
      openedAt: number(row, "opened_ms"),
      resolvedAt: row["state_id"] === "resolved" ? number(row, "resolved_ms") : null,
      severity: text(row, "severity_id"),
      service: text(row, "service_id"),
      ties: named
        .map((tie) => ({
          tie: text(tie, "tie_id") as IncidentTieFact["tie"],
          repository: text(tie, "forge_repository_id") as string,
          key: text(tie, "tie_key") as string,
        }))
        .sort((a, b) => compare(a.tie, b.tie) || compare(a.repository, b.repository) || compare(a.key, b.key)),
    };
  });
}

const incidentKey = (row: Told): string => `${row["source_id"]}\u0000${row["incident_key"]}`;

async function readChanges(rowsOf: (table: FactTable) => Promise<Told[]>, repository: string): Promise<ForgeChange[]> {
  const byNumber = (rows: readonly Told[]): ReadonlyMap<string, Told[]> => grouped(rows, (row) => String(row["number"]));
  const tellings = await rowsOf("forge_change");
  const wereDraft = new Set(tellings.filter((row) => row["draft"] === true).map((row) => row["number"]));
  const [reviews, threads, comments] = [
    byNumber(await rowsOf("forge_review")),
    byNumber(await rowsOf("forge_thread")),
    byNumber(await rowsOf("forge_comment")),
  ];
  const events = byNumber((await rowsOf("forge_event")).filter((row) => row["subject_id"] !== "issue"));
  return fold(tellings, "number", (row) => changeStates.indexOf(row["state_id"] as never)).map((row): ForgeChange => {
    const key = String(row["number"]);
    const own = (comments.get(key) ?? []).map(commentOf).sort((a, b) => a.instant - b.instant || compareKeys(a.comment, b.comment));
    const happened = eventsOf(events.get(key) ?? []);
    const openedAt = number(row, "opened_ms");
    const state = text(row, "state_id") as ForgeChange["state"];
    return {
      repository,
      number: number(row, "number") as number,
      state,
      draft: flag(row, "draft"),
      openedAt,
      readyAt:
        happened.find(({ event }) => event === "ready_for_review")?.instant ??
        (wereDraft.has(row["number"] ?? null) || happened.some(({ event }) => event === "converted_to_draft") ? null : openedAt),
      closedAt: state === "open" ? null : number(row, "closed_ms"),
      landedAt: state === "landed" ? number(row, "landed_ms") : null,
      author: actorOf(row, "author"),
      landedBy: actorOf(row, "landed_by"),
      headRef: text(row, "head_ref_id"),
      headCommit: text(row, "head_commit"),
      fromFork: flag(row, "from_fork"),
      baseRef: text(row, "base_ref_id"),
      baseCommit: text(row, "base_commit"),
      mergeCommit: text(row, "merge_commit"),
      squashCommit: text(row, "squash_commit"),
      commits: number(row, "commits"),
      labels: list(row, "labels"),
      titleType: text(row, "title_type_id"),
      breaking: flag(row, "breaking"),
      reverts: list(row, "reverts"),
      closesIssues: list(row, "closes_issues"),
      reviews: reviewsOf(reviews.get(key) ?? []),
      threads: threadsOf(threads.get(key) ?? [], own),
      comments: own,
      events: happened,
      queued: queueTimes(happened),
    };
  });
}

function reviewsOf(rows: readonly Told[]): ForgeReview[] {
  const verdicts = new Map<unknown, string>();
  for (const row of ordered(rows)) if (row["state_id"] !== "dismissed") verdicts.set(row["review_key"], String(row["state_id"]));
  return fold(rows, "review_key", (row) => reviewStates.indexOf(row["state_id"] as never))
    .map(
      (row): ForgeReview => ({
        review: text(row, "review_key") as string,
        state: text(row, "state_id") as ForgeReview["state"],
        verdict: (verdicts.get(row["review_key"]) ?? null) as ForgeReview["verdict"],
        submittedAt: number(row, "submitted_ms"),
        reviewer: actorOf(row, "reviewer"),
        commit: text(row, "commit_hash"),
      }),
    )
    .sort((a, b) => (a.submittedAt ?? Infinity) - (b.submittedAt ?? Infinity) || compareKeys(a.review, b.review));
}

/** A thread whose lines no telling named has its comments alone. */
function threadsOf(rows: readonly Told[], comments: ForgeChange["comments"]): ForgeThread[] {
  const spoken = grouped(
    comments.filter(({ thread }) => thread !== null),
    ({ thread }) => thread as string,
  );
  const told = new Map(fold(rows, "thread_key", (row) => (row["resolved"] === true ? 1 : 0)).map((row) => [text(row, "thread_key"), row]));
  const keys = [...new Set([...told.keys(), ...spoken.keys()])] as string[];
  return keys.sort(compareKeys).map((thread): ForgeThread => {
    const row = told.get(thread) ?? {};
    const own = spoken.get(thread) ?? [];
    const opener = own[0]?.author ?? null;
    return {
      thread,
      path: text(row, "path_id"),
      side: text(row, "side_id") as ForgeThread["side"],
      firstLine: number(row, "first_line"),
      lastLine: number(row, "last_line"),
      commit: text(row, "commit_hash"),
      resolved: flag(row, "resolved"),
      resolvedAt: row["resolved"] === true ? number(row, "resolved_ms") : null,
      resolvedBy: row["resolved"] === true ? actorOf(row, "resolved_by") : null,
      openedAt: own[0]?.instant ?? null,
      openedBy: opener,
      answeredAt: own.find(({ author }) => author !== null && opener !== null && author.login !== opener.login)?.instant ?? null,
    };
  });
}

/** Landing or closing ends a wait too. */
function queueTimes(events: ForgeChange["events"]): ForgeChange["queued"] {
  const times: { enteredAt: number; leftAt: number | null }[] = [];
  for (const { event, instant } of events) {
    const last = times.at(-1);
    const waits = last !== undefined && last.leftAt === null;
    if (event === "enqueued" && !waits) times.push({ enteredAt: instant, leftAt: null });
    else if (waits && (event === "dequeued" || event === "landed" || event === "closed")) last.leftAt = instant;
  }
  return times;
}

const commentOf = (row: Told): Omit<ForgeCommentFact, "kind" | "repository" | "change"> => ({
  comment: text(row, "comment_key") as string,
  thread: text(row, "thread_key"),
  instant: number(row, "instant_ms") as number,
  author: actorOf(row, "author"),
});

const eventOf = (row: Told): Pick<ForgeEventFact, "event" | "instant" | "actor"> => ({
  event: text(row, "event_id") as ForgeEventFact["event"],
  instant: number(row, "instant_ms") as number,
  actor: actorOf(row, "actor"),
});

/** By instant; told of the change and of what may be one, an event is one. */
function eventsOf(rows: readonly Told[]): ForgeChange["events"] {
  const all = rows
    .map(eventOf)
    .sort((a, b) => a.instant - b.instant || compare(a.event, b.event) || compare(a.actor?.login ?? "~", b.actor?.login ?? "~"));
  return all.filter(({ event, instant }, i) => event !== all[i - 1]?.event || instant !== all[i - 1]?.instant);
}

const checkRank = (status: Told[string] | undefined): number => (["queued", "running", "done"] as unknown[]).indexOf(status);

/** One row for each thing: of each column the last value that is told, in the order of `ordered`. Sorted by key. */
function fold(rows: readonly Told[], key: string | ((row: Told) => string), rank: (row: Told) => number = () => 0): Told[] {
  const states = new Map<unknown, Record<string, Told[string]>>();
  const keyOf = typeof key === "string" ? (row: Told) => row[key] : key;
  for (const row of ordered(rows, rank)) {
    const state = states.get(keyOf(row));
    if (!state) states.set(keyOf(row), { ...row });
    else for (const [name, value] of Object.entries(row)) if (value !== null) state[name] = value;
  }
  return [...states].sort(([a], [b]) => compareKeys(a, b)).map(([, state]) => state);
}

function ordered(rows: readonly Told[], rank: (row: Told) => number = () => 0): Told[] {
  return [...rows].sort(
    (a, b) =>
      (a["version_ms"] as number) - (b["version_ms"] as number) || rank(a) - rank(b) || compare(String(a["telling"]), String(b["telling"])),
  );
}

/** Ids that are numbers in order of their size. */
function compareKeys(a: unknown, b: unknown): number {
  const [m, n] = [Number(a), Number(b)];
  return Number.isFinite(m) && Number.isFinite(n) && m !== n ? m - n : compare(String(a), String(b));
}

function grouped<T>(rows: readonly T[], keyOf: (row: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group) group.push(row);
    else groups.set(keyOf(row), [row]);
  }
  return groups;
}

const text = (row: Told, name: string): string | null => (row[name] ?? null) as string | null;
const number = (row: Told, name: string): number | null => (row[name] ?? null) as number | null;
const flag = (row: Told, name: string): boolean | null => (row[name] ?? null) as boolean | null;
const list = <T>(row: Told, name: string): readonly T[] | null => {
  const json = text(row, name);
  return json === null ? null : (JSON.parse(json) as T[]);
};
const actorOf = (row: Told, name: string): ForgeActor | null => {
  const login = text(row, `${name}_id`);
  return login === null ? null : { login, isBot: flag(row, `${name}_bot`) ?? false };
};

async function newestInstant(rowsOf: (table: FactTable) => Promise<Told[]>): Promise<number | null> {
  let newest: number | null = null;
  for (const table of (Object.keys(factTables) as FactTable[]).filter((name) => name.startsWith("forge_")))
    for (const row of await rowsOf(table)) {
      const instant = Math.max(number(row, "version_ms") ?? 0, number(row, "instant_ms") ?? 0);
      if (newest === null || instant > newest) newest = instant;
    }
  return newest;
}

/** Rows of a table, of one repository or all. */
async function readTold(store: FactStore, table: FactTable, repository: string | null): Promise<Told[]> {
  const columns: readonly FactColumn[] = factTables[table];
  const kept = columns.filter(({ name }) => name !== "first_seen_ms");
  const where = repository === null ? "" : "WHERE forge_repository_id = (SELECT id FROM dict WHERE text = $repository)";
  const { columns: cells } = await store.database.columns(
    `SELECT ${kept.map(({ name }) => name).join(", ")} FROM ${table} ${where}`,
    repository === null ? {} : { repository },
  );
  const rows: Told[] = [];
  for (let r = 0; r < (cells[0]?.length ?? 0); r++)
    rows.push(Object.fromEntries(kept.map((column, c) => [column.name, shown(store, column, (cells[c] as Cell[])[r] as Cell)])));
  return rows;
}

function shown(store: FactStore, { name, type }: FactColumn, cell: Cell): Told[string] {
  if (cell === null || typeof cell === "string" || typeof cell === "boolean") return cell;
  return type === "INTEGER" && name.endsWith("_id") ? store.dictionary.text(cell as number) : Number(cell);
}
