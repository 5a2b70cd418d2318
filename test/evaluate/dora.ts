/** The tables of Apache DevLake's plugin `dora` (its end-to-end cases), in and out, held against ours. Reads by path; keeps nothing. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import {
  assumeProduction,
  causesOfIncidents,
  type Deployment,
  deploymentsOfRuns,
  firstDeployments,
  previousSuccess,
  type RunResult,
} from "../../src/analysis/deployments.ts";
import { stagesOf } from "../../src/analysis/dora.ts";
import { parseCsv } from "./csv.ts";

type Table = readonly Readonly<Record<string, string>>[];

export interface Difference {
  readonly row: string;
  readonly column: string;
  readonly theirs: string;
  readonly ours: string;
  /** Why we stand by ours; null: it is a mistake. */
  readonly reason: string | null;
}

export interface ComparedTable {
  readonly table: string;
  /** Rows of theirs of which every compared column is equal. */
  readonly equal: number;
  readonly rows: number;
  readonly different: readonly Difference[];
  /** Why nothing was compared; null where it was. */
  readonly absent: string | null;
}

export interface DoraReport {
  readonly tables: readonly ComparedTable[];
  readonly unexplained: number;
  readonly text: string;
}

/** @param folder of the cases: change_lead_time/, deployment_generator/ … @throws Error where there is none of them */
export function doraReport(folder: string): DoraReport {
  const compared: readonly [name: string, files: readonly string[], compare: (read: (file: string) => Table) => ComparedTable][] = [
    [
      "deployment_generator/cicd_deployment_commits",
      ["cicd_deployment_commits", "cicd_pipelines", "cicd_pipeline_commits", "cicd_tasks", "project_mapping"].map(
        (f) => `deployment_generator/${f}`,
      ),
      generated,
    ],
    [
      "prev_success_deployment_commit/cicd_deployment_commits_after",
      ["cicd_deployment_commits_after", "cicd_deployment_commits_before", "project_mapping"].map(
        (f) => `prev_success_deployment_commit/${f}`,
      ),
      previous,
    ],
    [
      "change_lead_time/project_pr_metrics",
      [
        "project_pr_metrics",
        "pull_requests",
        "pull_request_commits",
        "pull_request_comments",
        "cicd_deployment_commits",
        "commits_diffs",
      ].map((f) => `change_lead_time/${f}`),
      leadTimes,
    ],
    [
      "connect_incident_to_deployment/project_incident_deployment_relationships",
      [
        "snapshot_tables/project_incident_deployment_relationships",
        "raw_tables/incidents",
        "raw_tables/project_mapping",
        "prev_success_deployment_commit/cicd_deployment_commits_after",
      ].map((f) => `connect_incident_to_deployment/${f}`),
      incidents,
    ],
    [
      "snapshot_tables/enrich_cicd_tasks",
      ["snapshot_tables/enrich_cicd_tasks", "raw_tables/cicd_tasks_for_enrich_env", "raw_tables/project_mapping"],
      environments,
    ],
    [
      "snapshot_tables/project_incident_deployment_relationships",
      [
        "snapshot_tables/project_incident_deployment_relationships",
        "raw_tables/issues",
        "raw_tables/board_issues",
        "raw_tables/project_mapping",
        "prev_success_deployment_commit/cicd_deployment_commits_after",
      ],
      issues,
    ],
  ];
  const tables = compared.map(([table, files, compare]): ComparedTable => {
    const missing = files.find((file) => !existsSync(join(folder, `${file}.csv`)));
    if (missing !== undefined) return { table, equal: 0, rows: 0, different: [], absent: `${missing}.csv is not there` };
    return compare((file) => parseCsv(readFileSync(join(folder, `${file}.csv`), "utf8")));
  });
  if (tables.every(({ absent }) => absent !== null)) throw new Error(`${folder} has none of the tables of DevLake's dora plugin`);
  const unexplained = tables.reduce((sum, { different }) => sum + different.filter(({ reason }) => reason === null).length, 0);
  return { tables, unexplained, text: reportText(tables) };
}

function reportText(tables: readonly ComparedTable[]): string {
  return tables
    .flatMap(({ table, equal, rows, different, absent }) => [
      absent === null ? `${table}: ${equal} of ${rows} rows equal` : `${table}: not compared, ${absent}`,
      ...different.map(
        ({ row, column, theirs, ours, reason }) =>
          `  ${row} ${column}: theirs ${theirs || "–"}, ours ${ours || "–"}: ${reason ?? "DIFFERS, unexplained"}`,
      ),
    ])
    .join("\n");
}

const project = "project1";

/** Compares chosen columns of rows with the same key; a row only one side has differs in its key. */
function compareTables(
  table: string,
  theirs: Table,
  ours: Table,
  key: string,
  columns: readonly string[],
  reasonFor: (difference: Omit<Difference, "reason">) => string | null = () => null,
): ComparedTable {
  const ourRows = new Map(ours.map((row) => [row[key] as string, row]));
  const differences: Omit<Difference, "reason">[] = [];
  let equal = 0;
  for (const row of theirs) {
    const id = row[key] as string;
    const own = ourRows.get(id);
    ourRows.delete(id);
    const cells =
      own === undefined
        ? [{ row: id, column: key, theirs: id, ours: "" }]
        : columns.flatMap((column) =>
            same(row[column] ?? "", own[column] ?? "") ? [] : [{ row: id, column, theirs: row[column] ?? "", ours: own[column] ?? "" }],
          );
    if (cells.length === 0) equal++;
    differences.push(...cells);
  }
  for (const id of ourRows.keys()) differences.push({ row: id, column: key, theirs: "", ours: id });
  return { table, equal, rows: theirs.length, different: differences.map((one) => ({ ...one, reason: reasonFor(one) })), absent: null };
}

/** Instants are the same however they are written. */
const same = (a: string, b: string): boolean => a === b || (a !== "" && b !== "" && instant(a) !== null && instant(a) === instant(b));

/** `2023-4-11 4:51:47` and `2023-04-11T04:51:47.000+00:00`; all are UTC. Null where it is none. */
function instant(text: string | undefined): number | null {
  const match = /^(\d{4})-(\d{1,2})-(\d{1,2})[ T](\d{1,2}):(\d\d):(\d\d)(\.\d+)?/.exec(text ?? "");
  if (match === null) return null;
  const [, year, month, day, hour, minute, second, fraction] = match;
  return (
    Date.UTC(Number(year), Number(month) - 1, Number(day), Number(hour), Number(minute), Number(second)) +
    Math.round(Number(fraction ?? 0) * 1000)
  );
}

const resultOf = (text: string | undefined): RunResult =>
  text === "SUCCESS" ? "success" : text === "FAILURE" ? "failure" : text === "SKIPPED" ? "skipped" : null;
const environmentOf = (text: string | undefined): string | null => (text === undefined || text === "" ? null : text.toLowerCase());
const scopesOf = (mapping: Table, kind: string): ReadonlySet<string> =>
  new Set(mapping.filter((row) => row["project_name"] === project && row["table"] === kind).map((row) => row["row_id"] as string));
const text = (value: string | null | undefined): string => value ?? "";
const iso = (at: number | null): string => (at === null ? "" : new Date(at).toISOString());

/** A scope of pipelines is an application there when previous deployments are looked for, and a project when incidents are. */
function deploymentRows(rows: Table, applicationOf: (scope: string) => string): Deployment[] {
  return rows.map((row) => ({
    id: row["id"] as string,
    deployment: row["cicd_deployment_id"] as string,
    application: applicationOf(row["cicd_scope_id"] as string),
    repository: row["repo_url"] as string,
    commit: row["commit_sha"] as string,
    environment: environmentOf(row["environment"]),
    result: resultOf(row["result"]),
    startedAt: instant(row["started_date"]),
    finishedAt: instant(row["finished_date"]),
    unplanned: null,
  }));
}

function generated(read: (file: string) => Table): ComparedTable {
  const commits = read("deployment_generator/cicd_pipeline_commits");
  const scopes = scopesOf(read("deployment_generator/project_mapping"), "cicd_scopes");
  const runs = read("deployment_generator/cicd_pipelines")
    .filter((row) => scopes.has(row["cicd_scope_id"] as string))
    .map((row) => ({
      id: row["id"] as string,
      application: row["cicd_scope_id"] as string,
      isDeployment: row["type"] === "DEPLOYMENT",
      environment: environmentOf(row["environment"]),
      result: resultOf(row["result"]),
      finishedAt: instant(row["finished_date"]),
      durationMs: row["duration_sec"] === "" ? null : Number(row["duration_sec"]) * 1000,
      commits: commits
        .filter((commit) => commit["pipeline_id"] === row["id"])
        .map((commit) => ({ repository: commit["repo_url"] as string, commit: commit["commit_sha"] as string })),
    }));
  const jobs = read("deployment_generator/cicd_tasks").map((row) => ({
    run: row["pipeline_id"] as string,
    isDeployment: row["type"] === "DEPLOYMENT",
    environment: environmentOf(row["environment"]),
    result: resultOf(row["result"]),
  }));
  const ours = deploymentsOfRuns(runs, jobs).map((row) => ({
    id: row.id,
    commit_sha: row.commit,
    cicd_scope_id: row.application,
    cicd_deployment_id: row.deployment,
    result: text(row.result).toUpperCase(),
    repo_url: row.repository,
    environment: text(row.environment).toUpperCase(),
    started_date: iso(row.startedAt),
    finished_date: iso(row.finishedAt),
  }));
  const columns = [
    "commit_sha",
    "cicd_scope_id",
    "cicd_deployment_id",
    "result",
    "repo_url",
    "environment",
    "started_date",
    "finished_date",
  ];
  return compareTables(
    "deployment_generator/cicd_deployment_commits",
    read("deployment_generator/cicd_deployment_commits"),
    ours,
    "id",
    columns,
  );
}

function previous(read: (file: string) => Table): ComparedTable {
  const scopes = scopesOf(read("prev_success_deployment_commit/project_mapping"), "cicd_scopes");
  const rows = deploymentRows(read("prev_success_deployment_commit/cicd_deployment_commits_before"), (scope) => scope);
  const found = previousSuccess(rows.filter(({ application }) => scopes.has(application)));
  const ours = rows.map(({ id }) => ({ id, prev_success_deployment_commit_id: text(found.get(id)) }));
  const after = read("prev_success_deployment_commit/cicd_deployment_commits_after");
  return compareTables("prev_success_deployment_commit/cicd_deployment_commits_after", after, ours, "id", [
    "prev_success_deployment_commit_id",
  ]);
}

/** DevLake keeps whole minutes, begun ones as whole. */
const minutes = (ms: number | null): string => (ms === null ? "" : String(Math.ceil(ms / 60_000)));

const leadTimeReasons = {
  undeployed: "never deployed, so that there is no lead time yet; DevLake adds up the stages that are over",
  contradictory: "deployed before it landed, so that the clocks contradict each other; DevLake adds up the other stages",
} as const;

function leadTimes(read: (file: string) => Table): ComparedTable {
  const commits = read("change_lead_time/pull_request_commits");
  const comments = read("change_lead_time/pull_request_comments");
  const ranges = read("change_lead_time/commits_diffs").map((row) => ({
    from: row["old_commit_sha"] as string,
    to: row["new_commit_sha"] as string,
    commit: row["commit_sha"] as string,
  }));
  const deployments = deploymentRows(read("change_lead_time/cicd_deployment_commits"), (scope) => scope);
  const deployedWith = firstDeployments(deployments, ranges);
  const reasons = new Map<string, string>();
  const ours = read("change_lead_time/pull_requests")
    .filter((row) => row["merged_date"] !== "")
    .map((row) => {
      const id = row["id"] as string;
      const first = earliest(
        commits.filter((commit) => commit["pull_request_id"] === id),
        "commit_authored_date",
      );
      const others = comments.filter((comment) => comment["pull_request_id"] === id && comment["account_id"] !== row["author_id"]);
      const review = earliest(others, "created_date");
      const deployment = deployedWith.get(row["merge_commit_sha"] as string);
      const change = {
        firstCommitAt: instant(first?.["commit_authored_date"]),
        openedAt: instant(row["created_date"]),
        firstReviewAt: instant(review?.["created_date"]),
        landedAt: instant(row["merged_date"]) as number, // of rows with one
      };
      const stages = stagesOf(change, deployment?.finishedAt ?? null);
      if (stages.leadTimeMs === null)
        reasons.set(id, deployment === undefined ? leadTimeReasons.undeployed : leadTimeReasons.contradictory);
      return {
        id,
        first_commit_sha: text(first?.["commit_sha"]),
        pr_coding_time: minutes(stages.codingMs),
        first_review_id: text(review?.["id"]),
        pr_pickup_time: minutes(stages.pickupMs),
        pr_review_time: minutes(stages.reviewMs),
        deployment_commit_id: text(deployment?.id),
        pr_deploy_time: minutes(stages.deployMs),
        pr_cycle_time: minutes(stages.leadTimeMs),
        first_commit_authored_date: iso(change.firstCommitAt),
        first_comment_date: iso(change.firstReviewAt),
        pr_created_date: iso(change.openedAt),
        pr_merged_date: iso(change.landedAt),
        pr_deployed_date: iso(deployment?.finishedAt ?? null),
      };
    });
  const theirs = read("change_lead_time/project_pr_metrics");
  const columns = Object.keys(theirs[0] ?? {}).filter((column) => column !== "id" && column !== "project_name");
  return compareTables("change_lead_time/project_pr_metrics", theirs, ours, "id", columns, ({ row, column, ours: own }) =>
    column === "pr_cycle_time" && own === "" ? (reasons.get(row) ?? null) : null,
  );
}

/** By time, then in the order of their names. */
function earliest(rows: Table, column: string): Table[number] | undefined {
  return rows
    .filter((row) => instant(row[column]) !== null)
    .toSorted((a, b) => (instant(a[column]) as number) - (instant(b[column]) as number) || (text(a["id"]) < text(b["id"]) ? -1 : 1))[0];
}

/** The incidents of a project, tied to its deployments. */
function tied(found: readonly { readonly id: string; readonly startedAt: number }[], deployments: Table, mapping: Table): Table {
  const scopes = scopesOf(mapping, "cicd_scopes");
  const rows = deploymentRows(deployments, (scope) => (scopes.has(scope) ? project : scope));
  const causes = causesOfIncidents(
    found.map(({ id, startedAt }) => ({ id, application: project, startedAt, resolvedAt: null, deployment: null })),
    rows,
  );
  return [...causes].flatMap(([id, deployment]) => (deployment === null ? [] : [{ id, project_name: project, deployment_id: deployment }]));
}

function incidents(read: (file: string) => Table): ComparedTable {
  const folder = "connect_incident_to_deployment";
  const mapping = read(`${folder}/raw_tables/project_mapping`);
  const found = read(`${folder}/raw_tables/incidents`)
    .filter((row) => scopesOf(mapping, row["table"] as string).has(row["scope_id"] as string))
    .map((row) => ({ id: row["id"] as string, startedAt: instant(row["created_date"]) as number }));
  const ours = tied(found, read(`${folder}/prev_success_deployment_commit/cicd_deployment_commits_after`), mapping);
  const theirs = read(`${folder}/snapshot_tables/project_incident_deployment_relationships`);
  return compareTables(`${folder}/project_incident_deployment_relationships`, theirs, ours, "id", ["project_name", "deployment_id"]);
}

function issues(read: (file: string) => Table): ComparedTable {
  const mapping = read("raw_tables/project_mapping");
  const boards = scopesOf(mapping, "boards");
  const onBoard = new Set(
    read("raw_tables/board_issues")
      .filter((row) => boards.has(row["board_id"] as string))
      .map((row) => row["issue_id"] as string),
  );
  const found = read("raw_tables/issues")
    .filter((row) => row["type"] === "INCIDENT" && onBoard.has(row["id"] as string))
    .map((row) => ({ id: row["id"] as string, startedAt: instant(row["created_date"]) as number }));
  const ours = tied(found, read("prev_success_deployment_commit/cicd_deployment_commits_after"), mapping);
  const theirs = read("snapshot_tables/project_incident_deployment_relationships");
  return compareTables("snapshot_tables/project_incident_deployment_relationships", theirs, ours, "id", ["project_name", "deployment_id"]);
}

function environments(read: (file: string) => Table): ComparedTable {
  const scopes = scopesOf(read("raw_tables/project_mapping"), "cicd_scopes");
  const jobs = read("raw_tables/cicd_tasks_for_enrich_env").map((row) => ({
    id: row["id"] as string,
    name: row["name"] as string,
    type: row["type"] as string,
    application: row["cicd_scope_id"] as string,
    environment: environmentOf(row["environment"]),
    isDeployment: row["type"] === "DEPLOYMENT",
  }));
  const { rows } = assumeProduction(jobs.filter(({ application }) => scopes.has(application)));
  const assumed = new Map(rows.map(({ id, environment }) => [id, environment]));
  const ours = jobs.map(({ id, name, type, application, environment }) => ({
    id,
    name,
    environment: text(assumed.get(id) ?? environment).toUpperCase(),
    type,
    cicd_scope_id: application,
  }));
  return compareTables("snapshot_tables/enrich_cicd_tasks", read("snapshot_tables/enrich_cicd_tasks"), ours, "id", [
    "name",
    "environment",
    "type",
    "cicd_scope_id",
  ]);
}
