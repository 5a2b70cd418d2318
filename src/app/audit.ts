import { fateNames, isObserved } from "../contract/fates.ts";
import type { SourceRow } from "../contract/answer.ts";
import type { Audit } from "./assay.ts";
import type { Questions } from "./questions.ts";

/** The counts a stranger can check against another tool: exact, with the keys the interface promises. */
export async function auditStore(questions: Questions, sources: readonly SourceRow[], links: boolean): Promise<Audit> {
  const { database, asOf } = questions;
  const usage = await database.all(
    `SELECT u.agent, u.model, count(*)::INTEGER AS usages, sum(u.input)::VARCHAR AS input, sum(u.output)::VARCHAR AS output,
       coalesce(sum(u.reasoning), 0)::VARCHAR AS reasoning, sum(u.cache_read)::VARCHAR AS cache_read, sum(u.cache_write_5m)::VARCHAR AS cache_write_5m,
       sum(u.cache_write_1h)::VARCHAR AS cache_write_1h, sum(c.list_nano_usd)::VARCHAR AS cost
     FROM usage_d u JOIN charge c USING (usage_id) WHERE $asOf::BIGINT IS NULL OR u.instant_ms <= $asOf GROUP BY ALL ORDER BY u.agent, u.model`,
    { asOf },
  );
  const repositories = await database.all("SELECT * FROM repository_d ORDER BY repository_id");
  const spend = await questions.ask({ measures: ["spend"] });
  const byFate = await questions.ask({ measures: ["spend"], by: ["fate"] });
  const costNanoUsd = String(spend.rows[0]?.["spend"] ?? "0");
  const forgeTold = await questions.forgeTold();
  const fates = Object.fromEntries(
    fateNames.map((fate) => {
      const nanoUsd = String(byFate.rows.find((row) => row["fate"] === fate)?.["spend"] ?? "0");
      return [fate, isObserved(fate, nanoUsd, forgeTold) ? nanoUsd : null];
    }),
  );
  const residual = Object.values(fates).reduce((rest, nano) => rest - BigInt(nano ?? 0), BigInt(costNanoUsd));
  return {
    sources: sources.map(({ source, files, bytes, absent, sessionIds, sessions, usages, subagentUsages, problems }) => ({
      source,
      files,
      bytes,
      absent,
      sessionIds,
      sessions,
      usages,
      subagentUsages,
      problems,
    })),
    usage: usage.map((row) => ({
      agent: String(row["agent"]),
      model: String(row["model"]),
      usages: row["usages"] as number,
      input: Number(row["input"]),
      output: Number(row["output"]),
      reasoning: Number(row["reasoning"]),
      cacheRead: Number(row["cache_read"]),
      cacheWrite5m: Number(row["cache_write_5m"]),
      cacheWrite1h: Number(row["cache_write_1h"]),
      costNanoUsd: row["cost"] === null ? null : String(row["cost"]),
    })),
    repositories: repositories.map((row) => {
      const count = (name: string): number => Number(row[name]);
      return {
        id: count("repository_id"),
        horizon: row["horizon_ms"] === null ? null : new Date(Number(row["horizon_ms"])).toISOString(),
        commits: count("commits"),
        commitsAllRefs: count("commits_all_refs"),
        merges: count("merges"),
        commitsWithTrailer: count("commits_with_trailer"),
        checkpointsNamed: count("checkpoints_named"),
        checkpointsMissing: count("checkpoints_missing"),
        pullRequests: count("pull_requests"),
        pullRequestsLanded: count("pull_requests_landed"),
        changes: count("changes"),
        changesLanded: count("changes_landed"),
        releases: count("releases"),
        linesEver: count("lines_ever"),
        linesAlive: count("lines_alive"),
      };
    }),
    ledger: { basis: "list", costNanoUsd, fates, residualNanoUsd: residual.toString() },
    ...(links ? { links: await linkRows(questions) } : {}),
  };
}

async function linkRows({ database, asOf }: Questions): Promise<NonNullable<Audit["links"]>> {
  const rows = await database.all(
    `SELECT s.session_key, l.commit_hash, l.grade, l.method, l.confidence, l.lines FROM commit_link l JOIN session_d s USING (session_id)
     LEFT JOIN commit_d c ON c.repository_id = l.repository_id AND c.commit_hash = l.commit_hash
     WHERE $asOf::BIGINT IS NULL OR c.commit_ms <= $asOf ORDER BY l.commit_hash, s.session_key`,
    { asOf },
  );
  return rows.map((row) => ({
    session: String(row["session_key"]),
    commit: String(row["commit_hash"]),
    grade: String(row["grade"]),
    method: String(row["method"]),
    confidence: row["confidence"] as number,
    lines: row["lines"] as number,
  }));
}
