/**
 * What a change costs, of changes a person can count. In January six changes begin to cost 100 each, one of them half in
 * February, and one attempt of 200 bought nothing: 800 in all. Five of the six stuck. In February one change of 100 is merged
 * and 100 are in flight.
 */
import { afterAll, beforeAll, expect, test } from "vitest";
import { chargeRow, instant, MeasureStore, usageRow } from "./measure-store.ts";

let store: MeasureStore;

interface Spent {
  readonly day: string;
  readonly session: number;
  readonly cost: number;
  readonly change: number | null;
  readonly fate: string;
}
const january = [1, 2, 3, 4, 5].map((change): Spent => ({ day: `2026-01-0${change}`, session: change, cost: 100, change, fate: "stuck" }));
const spent: readonly Spent[] = [
  ...january,
  { day: "2026-01-31", session: 6, cost: 50, change: 6, fate: "rework" },
  { day: "2026-02-02", session: 7, cost: 50, change: 6, fate: "rework" },
  { day: "2026-01-20", session: 8, cost: 200, change: null, fate: "abandoned" },
  { day: "2026-02-03", session: 9, cost: 100, change: 7, fate: "maturing" },
  { day: "2026-02-04", session: 10, cost: 100, change: null, fate: "in_flight" },
];
const landed = ["2026-01-10", "2026-01-11", "2026-01-12", "2026-01-13", "2026-01-14", "2026-02-05", "2026-02-06"];

beforeAll(async () => {
  store = await MeasureStore.open();
  await store.insert("repository_d", [{ repository_id: 1, name: "acme/yard", horizon_ms: instant("2026-03-01"), release_rule: "landing" }]);
  const rows = spent.map((row, at) => ({ ...row, id: at + 1 }));
  await store.insert(
    "usage_d",
    rows.map(({ id, day, session }) => usageRow(id, { segment_id: id, session_id: session, instant_ms: instant(day) })),
  );
  await store.insert(
    "charge",
    rows.map(({ id, cost }) => chargeRow(id, cost)),
  );
  await store.insert(
    "segment",
    rows.map(({ id, session }) => ({ segment_id: id, session_id: session })),
  );
  await store.insert(
    "strand",
    rows.map(({ id, change }) => ({
      strand_id: id,
      segment_id: id,
      weight_from: 0,
      weight_to: 1,
      weight_total: 1,
      repository_id: 1,
      change_id: change,
      landed_ms: change === null ? null : instant(landed[change - 1] as string),
      landing_is_release: true,
    })),
  );
  await store.insert(
    "strand_fate",
    rows.map(({ id, fate }) => ({ strand_id: id, fate })),
  );
  await store.insert(
    "change",
    landed.map((day, at) => ({
      change_id: at + 1,
      repository_id: 1,
      change_key: `#${at + 1}`,
      kind: "pull_request",
      landed_ms: instant(day),
    })),
  );
});
afterAll(() => store.close());

const byMonth = async (measures: readonly string[], more = {}) => {
  const { rows, warnings } = await store.ask({ measures: [...measures], grain: "month", ...more });
  return { rows: rows.map((row) => measures.map((id) => row[id] ?? null)), warnings: warnings.map(({ code, measure }) => [code, measure]) };
};

test("a cohort has all its tasks ever cost, whenever, and what bought nothing", async () => {
  const { rows } = await byMonth(["cohort_spend", "cohort_changes_landed", "cohort_changes_released", "cohort_changes_stuck"]);
  expect(rows).toEqual([
    ["800", 6, 6, 5],
    ["200", 1, 1, 0],
  ]);
});

test("tells what a change that landed, was released, stuck cost, and refuses while the cohort is open", async () => {
  const { rows, warnings } = await byMonth(["cost_per_landed_change", "cost_per_released_change", "cost_per_stuck_change"]);
  // 800 / 6 = 133.3; 800 / 5 = 160. Half of February is in flight, and it has one change.
  expect(rows).toEqual([
    ["133", "133", "160"],
    [null, null, null],
  ]);
  expect(warnings.map(([code]) => code)).toEqual(["small_sample", "small_sample"]);
});

test("a cohort of which more than 30 % is undecided is refused, as its own warning says", async () => {
  const where = [{ dimension: "fate" as const, values: ["stuck", "rework", "abandoned"] }];
  expect((await byMonth(["cost_per_stuck_change"], { range: { from: "2026-01-01", to: "2026-01-31" } })).rows).toEqual([["160"]]);
  const all = await byMonth(["cost_per_landed_change", "cost_per_stuck_change"], { grain: null });
  // Of 1,000 in all 100 may still land and 200 are undecided: both are told. 1,000 / 7 and 1,000 / 5.
  expect(all.rows).toEqual([["143", "200"]]);
  await store.insert("charge", [{ ...chargeRow(11, 180), usage_id: 11 }]);
  await store.insert("usage_d", [usageRow(11, { session_id: 11, instant_ms: instant("2026-02-10") })]);
  // 380 of 1,180 are undecided (32 %), 280 may still land (24 %).
  const later = await byMonth(["cost_per_landed_change", "cost_per_stuck_change"], { grain: null });
  expect(later).toEqual({ rows: [["169", null]], warnings: [["undecided", "cost_per_stuck_change"]] });
  expect((await byMonth(["cost_per_stuck_change"], { grain: null, where })).rows).toEqual([["160"]]);
});

test("of the same period divides what was spent in it by what happened in it", async () => {
  const { rows } = await byMonth(["spend", "changes_landed", "spend_per_landed_change", "spend_per_stuck_change", "changes_released"]);
  // 750 of January over the five that landed in it; the sixth landed in February.
  expect(rows).toEqual([
    ["750", 5, "150", "150", 5],
    ["430", 2, null, null, 2],
  ]);
});

test("as of a day, what was spent later is not in the cohort yet", async () => {
  const { rows } = await byMonth(["cohort_spend", "cohort_changes_landed"], { asOf: "2026-02-01T00:00:00Z" });
  expect(rows).toEqual([["750", 5]]);
});
