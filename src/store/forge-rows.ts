import { createHash } from "node:crypto";
import type { ForgeActor, ForgeFact } from "../contract/forge-facts.ts";
import type { Dictionary } from "./dictionary.ts";
import type { Cell, Database } from "./duckdb/database.ts";
import type { FactBatch } from "./fact-batch.ts";
import { type FactColumn, factTables } from "./fact-tables.ts";
import type { forgeTables } from "./forge-tables.ts";

type ForgeTable = keyof typeof forgeTables;
type Value = string | number | boolean | null;

/** Adds a fact of a forge to the batch. The only place that knows both its names and its columns. */
export function addForgeFact(batch: FactBatch, dictionary: Dictionary, fact: ForgeFact, seenAt: number): void {
  const { table, keys, content } = valuesOf(fact);
  const values = "version" in fact ? [...keys, fact.version, digestOf(content), ...content] : [...keys, ...content];
  const columns: readonly FactColumn[] = factTables[table];
  batch.add(
    table,
    [...values, seenAt].map((value, c): Cell => {
      const column = columns[c] as FactColumn;
      return typeof value === "string" && column.type === "INTEGER" ? dictionary.id(value) : value;
    }),
  );
}

const digestOf = (content: readonly Value[]): string => createHash("sha1").update(JSON.stringify(content)).digest("hex").slice(0, 16);

const actor = (who: ForgeActor | null): [string | null, boolean | null] => [who?.login ?? null, who?.isBot ?? null];
const list = (values: readonly (string | number)[] | null): string | null => (values === null ? null : JSON.stringify(values));

/** Key columns (without version and telling) and the others, in the order of the table. */
function valuesOf(fact: ForgeFact): { readonly table: ForgeTable; readonly keys: readonly Value[]; readonly content: readonly Value[] } {
  switch (fact.kind) {
    case "forge_change":
      return {
        table: "forge_change",
        keys: [fact.repository, fact.number],
        content: [
          fact.state,
          fact.draft,
          fact.openedAt,
          fact.closedAt,
          fact.landedAt,
          ...actor(fact.author),
          ...actor(fact.landedBy),
          fact.headRef,
          fact.headCommit,
          fact.fromFork,
          fact.baseRef,
          fact.baseCommit,
          fact.mergeCommit,
          fact.squashCommit,
          fact.commits,
          list(fact.labels),
          fact.titleType,
          fact.breaking,
          list(fact.reverts),
          list(fact.closesIssues),
        ],
      };
    case "forge_review":
      return {
        table: "forge_review",
        keys: [fact.repository, fact.change, fact.review],
        content: [fact.state, fact.submittedAt, ...actor(fact.reviewer), fact.commit],
      };
    case "forge_thread":
      return {
        table: "forge_thread",
        keys: [fact.repository, fact.change, fact.thread],
        content: [
          fact.path,
          fact.side,
          fact.firstLine,
          fact.lastLine,
          fact.commit,
          fact.resolved,
          fact.resolvedAt,
          ...actor(fact.resolvedBy),
        ],
      };
    case "forge_comment":
      return {
        table: "forge_comment",
        keys: [fact.repository, fact.change, fact.comment],
        content: [fact.thread, fact.instant, ...actor(fact.author)],
      };
    case "forge_check":
      return {
        table: "forge_check",
        keys: [fact.repository, fact.check],
        content: [fact.commit, fact.name, fact.status, fact.conclusion, fact.startedAt, fact.finishedAt, fact.attempt],
      };
    case "forge_deployment":
      return {
        table: "forge_deployment",
        keys: [fact.repository, fact.deployment],
        content: [fact.environment, fact.commit, fact.createdAt, ...actor(fact.actor)],
      };
    case "forge_deployment_status":
      return { table: "forge_deployment_status", keys: [fact.repository, fact.deployment, fact.state, fact.instant], content: [] };
    case "forge_release":
      return {
        table: "forge_release",
        keys: [fact.repository, fact.tag],
        content: [fact.draft, fact.preRelease, fact.createdAt, fact.publishedAt, fact.commit],
      };
    case "forge_issue":
      return {
        table: "forge_issue",
        keys: [fact.repository, fact.number],
        content: [fact.state, fact.openedAt, fact.closedAt, ...actor(fact.author), list(fact.labels), fact.issueType],
      };
    case "forge_event":
      return {
        table: "forge_event",
        keys: [fact.repository, fact.subject, fact.number, fact.event, fact.instant],
        content: [...actor(fact.actor)],
      };
    case "incident":
      return {
        table: "incident",
        keys: [fact.source, fact.incident],
        content: [fact.state, fact.openedAt, fact.resolvedAt, fact.severity, fact.service],
      };
    case "incident_tie":
      return { table: "incident_tie", keys: [fact.source, fact.incident, fact.tie, fact.repository, fact.key], content: [] };
  }
}

/** Ids of the repositories that a forge's repositories are, by the remotes these are known by. */
export async function repositoriesAt(database: Database, addresses: ReadonlySet<string>): Promise<number[]> {
  if (addresses.size === 0) return [];
  const rows = await database.all("SELECT repository_id, value FROM repository_alias WHERE kind = 'remote'");
  return rows.filter((row) => addresses.has(String(row["value"]).toLowerCase())).map((row) => row["repository_id"] as number);
}
