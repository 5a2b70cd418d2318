import { type ClassedChange, valueSplit } from "../analysis/value-split.ts";
import { changeClasses, type ChangeClass } from "../attribution/change-class.ts";
import { isObserved, rollUp } from "../contract/fates.ts";
import type { PublishedBucket, PublishedSplit, SplitBucket } from "../contract/returns.ts";
import type { Row } from "../store/duckdb/database.ts";
import type { Questions } from "./questions.ts";

/** The derived tables, measures of them, and the instant they are asked of. */
type Asked = Pick<Questions, "database" | "instant" | "ask" | "forgeTold">;

/** Discarded within the week, as the published method has it. */
const discardedWithinMs = 7 * 86_400_000;

/** All fixes and all maintenance are reactive there; tests, documents and what nothing tells of are in neither. */
const workOf: Readonly<Record<ChangeClass, ClassedChange["work"]>> = {
  feature: "feature",
  fix: "fix",
  security: "fix",
  refactor: "maintenance",
  dependency: "maintenance",
  performance: "maintenance",
  operations: "maintenance",
  test: "other",
  docs: "other",
};

/** The group of fates of the ledger that is nearest to a bucket; none is the same. */
const nearestGroup: Readonly<Record<PublishedBucket, SplitBucket["group"]>> = {
  value: "bought",
  reactive: "repair",
  rework: "undone",
  review_friction: "reviewing",
};

/**
 * The published method on the changes that landed since the first response is known, beside the ledger's own shares. That is
 * all there is in common: the method splits a dollar by counting changes, the ledger follows it.
 */
export async function publishedSplitOf(questions: Asked): Promise<PublishedSplit> {
  const changes = await classedChanges(questions);
  const { shares, raw, overlap, unknown } = valueSplit(changes.map(({ told }) => told));
  const ofSpend = await sharesOfGroups(questions);
  return {
    buckets: (Object.keys(nearestGroup) as PublishedBucket[]).map((bucket) => ({
      bucket,
      share: shares[bucket],
      ofChanges: raw[bucket],
      group: nearestGroup[bucket],
      ofSpend: ofSpend(nearestGroup[bucket]),
    })),
    overlap,
    changes: changes.length,
    unknown: { class: changes.filter(({ isClassed }) => !isClassed).length, discarded: unknown.discarded, review: unknown.idleReview },
  };
}

async function classedChanges({ database, instant }: Asked) {
  const rows = await database.all(
    `SELECT k.change_id, k.class, k.landed_ms, least(r.horizon_ms, $until) AS seen_ms, sum(n.lines)::BIGINT AS lines,
       (sum(n.lines) FILTER (n.died_ms - n.landed_ms < $within AND n.died_ms <= $until))::BIGINT AS gone,
       k.review_path, k.ready_ms, k.review_rounds, k.review_requests,
       (SELECT min(c.author_ms) FROM commit_d c WHERE c.change_id = k.change_id) AS begun_ms
     FROM change k JOIN repository_d r USING (repository_id)
     LEFT JOIN run n ON n.landed_change_id = k.change_id AND n.line_kind <> 'generated'
     WHERE k.landed_ms <= $until AND k.landed_ms >= (SELECT min(instant_ms) FROM usage_d) GROUP BY ALL ORDER BY k.change_id`,
    { until: instant, within: discardedWithinMs },
  );
  return rows.map((row) => {
    const known = changeClasses.find((name) => name === row["class"]);
    const work = known === undefined ? "other" : workOf[known];
    const told: ClassedChange = { work, discarded: discardedOf(row), idleReview: idleReviewOf(row) };
    return { told, isClassed: known !== undefined };
  });
}

/** Most of its lines gone within the week; null for a change that is younger. One that only removed has none to lose. */
function discardedOf(row: Readonly<Record<string, Row[number]>>): boolean | null {
  if (Number(row["seen_ms"]) - Number(row["landed_ms"]) < discardedWithinMs) return null;
  return 2 * Number(row["gone"] ?? 0) > Number(row["lines"] ?? 0);
}

/**
 * Share of the time from a change's first commit to its landing in which it was out for a review that asked for nothing: time
 * stands for work, which nobody logs. 0 where a review asked for something, or there was none; null where no forge told.
 */
function idleReviewOf(row: Readonly<Record<string, Row[number]>>): number | null {
  if (row["review_path"] === null) return null;
  const isIdle = row["review_path"] === "reviewed" && row["review_rounds"] === 1 && row["review_requests"] === 0;
  if (!isIdle) return 0;
  if (row["ready_ms"] === null || row["begun_ms"] === null) return null;
  const [landed, ready, begun] = [Number(row["landed_ms"]), Number(row["ready_ms"]), Number(row["begun_ms"])];
  return landed <= begun ? null : Math.min(1, Math.max(0, landed - ready) / (landed - begun));
}

/** Part of all spend; null where nothing could tell (RULINGS 6). */
async function sharesOfGroups(questions: Asked): Promise<(group: SplitBucket["group"]) => number | null> {
  const { rows } = await questions.ask({ measures: ["spend"], by: ["roll_up"] });
  const nanoOf = new Map(rows.map((row) => [row["roll_up"], BigInt(row["spend"] ?? 0)]));
  const all = [...nanoOf.values()].reduce((sum, nano) => sum + nano, 0n);
  const forgeTold = await questions.forgeTold();
  return (group) => {
    const nano = nanoOf.get(group) ?? 0n;
    const isKnown = rollUp[group].some((fate) => isObserved(fate, nano, forgeTold));
    return all === 0n || !isKnown ? null : Number(nano) / Number(all);
  };
}
