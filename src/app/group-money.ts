import type { Cell } from "../store/duckdb/database.ts";
import { linesOfRanges } from "./line-ranges.ts";
import type { Questions } from "./questions.ts";

/** Lines born in one commit, as table `run` has them, each with its part of the money of its artefact group. */
export interface BornLine {
  readonly run: number;
  readonly path: string;
  /** Number in the file as the commit has it. */
  readonly line: number;
  readonly commit: string;
  readonly authorKind: string;
  readonly session: string | null;
  readonly grade: string | null;
  /** Null where no strand is known to carry the line: nobody's, an exact move, a copy that went no further. */
  readonly costNanoUsd: bigint | null;
  readonly landedMs: number | null;
  readonly landedChange: string | null;
  readonly diedMs: number | null;
  readonly lineKind: string;
}

const groupColumns = "session_id, commit_hash, line_kind, grade, landed_ms, died_ms, death";

/**
 * Every line born in some commits of a repository, in canonical order. An artefact group is the lines of one session in one
 * commit with the same life, kind and grade; its money is that of its strands, own and moved. It is divided over the group's
 * lines by cumulative floors, so that all lines of a group, in whatever files, add up to it exactly.
 */
export async function bornLines(questions: Questions, repository: number, commits: readonly string[]): Promise<BornLine[]> {
  if (commits.length === 0) return [];
  const { database, asOf } = questions;
  const hashes = JSON.stringify([...new Set(commits)]);
  const among = "list_contains(CAST(CAST($hashes AS JSON) AS VARCHAR[]), ";
  const runs = await database.all(
    `SELECT n.*, n.born_commit AS commit_hash, s.session_key, k.change_key FROM run n LEFT JOIN session_d s USING (session_id)
     LEFT JOIN change k ON k.change_id = n.landed_change_id
     WHERE n.repository_id = $repository AND ${among}n.born_commit) ORDER BY n.born_commit, n.path, n.places`,
    { repository, hashes },
  );
  const money = await database.all(
    `SELECT g.session_id, t.commit_hash, t.line_kind, t.grade, t.landed_ms, t.died_ms, t.death, sum(l.list_nano_usd)::VARCHAR AS nano
     FROM strand t JOIN segment g USING (segment_id) JOIN ledger l ON l.strand_id = t.strand_id JOIN usage_d u ON u.usage_id = l.usage_id
     WHERE t.repository_id = $repository AND t.side = 'added' AND ${among}t.commit_hash) AND ($asOf::BIGINT IS NULL OR u.instant_ms <= $asOf)
     GROUP BY ALL`,
    { repository, hashes, asOf },
  );
  const nanoOf = new Map(money.map((row) => [groupKey(row), row["nano"] === null ? null : BigInt(String(row["nano"]))]));
  const linesOf = new Map<string, number>();
  for (const run of runs) linesOf.set(groupKey(run), (linesOf.get(groupKey(run)) ?? 0) + (run["lines"] as number));
  const given = new Map<string, number>();
  return runs.flatMap((run): BornLine[] => {
    const key = groupKey(run);
    const nano = run["session_id"] === null ? null : (nanoOf.get(key) ?? null);
    const total = BigInt(linesOf.get(key) ?? 1);
    return linesOfRanges(String(run["places"])).map((line): BornLine => {
      const at = BigInt(given.get(key) ?? 0);
      given.set(key, Number(at) + 1);
      return {
        run: run["run_id"] as number,
        path: String(run["path"]),
        line,
        commit: String(run["born_commit"]),
        authorKind: String(run["author_kind"]),
        session: run["session_key"] === null ? null : String(run["session_key"]),
        grade: run["grade"] === null ? null : String(run["grade"]),
        costNanoUsd: nano === null ? null : (nano * (at + 1n)) / total - (nano * at) / total,
        landedMs: run["landed_ms"] === null ? null : Number(run["landed_ms"]),
        landedChange: run["change_key"] === null ? null : String(run["change_key"]),
        diedMs: run["died_ms"] === null ? null : Number(run["died_ms"]),
        lineKind: String(run["line_kind"]),
      };
    });
  });
}

const groupKey = (row: Readonly<Record<string, Cell>>): string =>
  groupColumns
    .split(", ")
    .map((name) => String(row[name]))
    .join(" ");
