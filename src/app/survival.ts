import { clusterIntervals, type Estimate } from "../analysis/cluster-bootstrap.ts";
import { type CausedLife, IncidenceTable } from "../analysis/competing-risks.ts";
import { independentError, type LifeTime, medianLife } from "../analysis/survival.ts";
import { type EndCause, endCauses, type Survival, type SurvivalGroup, type SurvivalPoint, type ToldShare } from "../contract/survival.ts";
import type { FixEvidence } from "./fix-evidence.ts";
import type { Questions } from "./questions.ts";
import { identityOfEmail, ownerOf, type Person } from "./whoami.ts";

export interface SurvivalAsked {
  /** Days from landing. */
  readonly days: readonly number[];
  readonly by: SurvivalGroup;
}

/** As for every share of landed lines in the catalogue. */
const leastLines = 30;
/** Any number would do: answers must not change from one asking to the next. */
const seed = 1958;

/** Lines of one group with one life, one author and one change. */
interface LandedRow {
  readonly group: string;
  readonly person: string;
  readonly change: string;
  readonly days: number;
  readonly cause: EndCause | null;
  readonly lines: number;
}

/**
 * How long landed lines live and what ends them, as of the asked instant: the lines of `line_survival_21`, with the same share
 * alive. Intervals draw persons, or changes where persons are too few; no person is told.
 */
export async function survivalOf(
  questions: Questions,
  { days, by }: SurvivalAsked,
  fixes: FixEvidence,
  people: readonly Person[],
): Promise<Survival> {
  const groups = new Map<string, LandedRow[]>();
  for (const row of await landedRows(questions, by, fixes, people)) {
    const group = groups.get(row.group);
    if (group === undefined) groups.set(row.group, [row]);
    else group.push(row);
  }
  const asked = [...new Set(days)].sort((a, b) => a - b);
  const told = [...groups].map(([name, rows]) => {
    const lives = rows.map((row): LifeTime => ({ days: row.days, ended: row.cause !== null, n: row.lines }));
    const lines = lives.reduce((sum, { n }) => sum + n, 0);
    const points = lines < leastLines ? [] : asked.map((day) => pointOf(rows, lives, day, fixes));
    return { group: by === "none" ? null : name, lines, medianDays: lines < leastLines ? null : medianLife(lives), points };
  });
  return { by, leastLines, fixesToldBy: fixes.toldBy, groups: told.sort((a, b) => b.lines - a.lines) };
}

const groupColumn = {
  author: "n.author_kind",
  repository: "r.name",
  none: "''",
} as const satisfies Record<SurvivalGroup, string>;

/** In an order that does not depend on surrogate ids: draws go by it. */
async function landedRows(
  { database, asOf }: Questions,
  by: SurvivalGroup,
  fixes: FixEvidence,
  people: readonly Person[],
): Promise<LandedRow[]> {
  const rows = await database.all(
    `SELECT grp, email, change, days, CASE WHEN is_over THEN death END AS death, CASE WHEN is_over THEN killer_commit END AS killer,
       CAST(sum(lines) AS INTEGER) AS lines
     FROM (
       SELECT ${groupColumn[by]} AS grp, c.author_email AS email, r.name || ' ' || coalesce(k.change_key, n.born_commit) AS change,
         greatest(least(coalesce(n.died_ms, s.until_ms), s.until_ms) - n.landed_ms, 0) // 86400000 AS days,
         coalesce(n.died_ms <= s.until_ms, FALSE) AS is_over, n.death, n.killer_commit, n.lines
       FROM run n
       JOIN repository_d r ON r.repository_id = n.repository_id
       JOIN (SELECT repository_id, least(horizon_ms, coalesce(CAST($asOf AS BIGINT), horizon_ms)) AS until_ms FROM repository_d) s
         ON s.repository_id = n.repository_id
       LEFT JOIN commit_d c ON c.repository_id = n.repository_id AND c.commit_hash = n.born_commit
       LEFT JOIN change k ON k.change_id = n.landed_change_id
       WHERE n.landed_ms <= s.until_ms AND n.line_kind <> 'generated'
     ) GROUP BY ALL ORDER BY ALL`,
    { asOf },
  );
  return rows.map((row): LandedRow => {
    const email = row["email"] === null ? "" : String(row["email"]);
    const { kind, value } = identityOfEmail(email);
    return {
      group: String(row["grp"]),
      person: ownerOf(people, kind, value) ?? value.toLowerCase(),
      change: String(row["change"]),
      days: Number(row["days"]),
      cause: row["death"] === null ? null : causeOf(String(row["death"]), row["killer"] === null ? null : String(row["killer"]), fixes),
      lines: row["lines"] as number,
    };
  });
}

function causeOf(death: string, killer: string | null, { isFix }: FixEvidence): EndCause {
  if (death === "reverted") return "revert";
  if (killer !== null && isFix(killer)) return "fix";
  return death === "replaced" ? "rewrite" : "removal";
}

function pointOf(rows: readonly LandedRow[], lives: readonly LifeTime[], days: number, fixes: FixEvidence): SurvivalPoint {
  const ofPersons = intervalsOf(rows, ({ person }) => person, days);
  const clusters = ofPersons.refused === null ? "persons" : "changes";
  const { estimates, effectiveClusters, refused } = clusters === "persons" ? ofPersons : intervalsOf(rows, ({ change }) => change, days);
  const [alive, ...ends] = estimates;
  const ended = endCauses.map((cause, c) => [cause, cause === "fix" && fixes.toldBy === "none" ? null : toldShare(ends[c])]);
  const independent = independentError(lives, days);
  const error = alive?.standardError ?? null;
  return {
    days,
    alive: toldShare(alive),
    ended: Object.fromEntries(ended) as SurvivalPoint["ended"], // one entry for each cause
    clusters,
    effectiveClusters,
    refused,
    designEffect: error === null || independent === null || independent === 0 ? null : (error / independent) ** 2,
  };
}

/** The share alive, then those ended by each cause. Clusters count by their lines that tell it: over by then, or watched so long. */
function intervalsOf(rows: readonly LandedRow[], clusterOf: (row: LandedRow) => string, days: number) {
  const places = new Map<string, number>();
  const sizes: number[] = [];
  const lives = rows.map((row): CausedLife => {
    const name = clusterOf(row);
    const cluster = places.get(name) ?? places.set(name, places.size).size - 1;
    sizes[cluster] = (sizes[cluster] ?? 0) + (row.cause !== null || row.days >= days ? row.lines : 0);
    return { days: row.days, cause: row.cause === null ? null : endCauses.indexOf(row.cause), n: row.lines, cluster };
  });
  const table = new IncidenceTable(lives, endCauses.length);
  return clusterIntervals({
    sizes,
    statistics: (times) => {
      const [at] = table.at([days], times);
      return at ? [at.alive, ...at.ended] : [null, ...endCauses.map(() => null)];
    },
    areShares: true,
    seed,
  });
}

function toldShare(estimate: Estimate | undefined): ToldShare | null {
  if (estimate === undefined || estimate.point === null) return null;
  return { share: estimate.point, interval: estimate.interval, isWidened: estimate.isWidened };
}
