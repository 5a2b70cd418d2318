/** Reviews and issues of six reviewed changes, one that a program opened and one that was landed at once, and a repository without a forge. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { instant, MeasureStore, type TestRow } from "./measure-store.ts";

let store: MeasureStore;
const hour = 3_600_000;
const start = instant("2026-03-02");

/** Ready at midnight; looked at, approved and landed so many hours later. */
const reviewed = (id: number, first: number, approved: number | null, landed: number, rounds: number, more: TestRow = {}): TestRow => ({
  change_id: id,
  repository_id: 1,
  change_key: `#${id}`,
  kind: "pull_request",
  review_path: "reviewed",
  ready_ms: start,
  first_review_ms: start + first * hour,
  approved_ms: approved === null ? null : start + approved * hour,
  landed_ms: start + landed * hour,
  review_rounds: rounds,
  review_requests: rounds > 1 ? rounds - 1 : 0,
  ...more,
});

beforeAll(async () => {
  store = await MeasureStore.open();
  const horizon_ms = instant("2026-04-30");
  await store.insert("repository_d", [
    { repository_id: 1, name: "acme/yard", horizon_ms },
    { repository_id: 2, name: "acme/quay", horizon_ms },
  ]);
  const old = { issue_opened_ms: start - 9 * 24 * hour };
  await store.insert("change", [
    reviewed(1, 1, 2, 3, 1, old),
    reviewed(2, 2, 4, 5, 1, old),
    reviewed(3, 3, 6, 9, 2, old),
    reviewed(4, 4, 8, 24, 3, { issue_opened_ms: start + 10 * hour }),
    reviewed(5, 5, 10, 25, 1, old),
    reviewed(6, 48, null, 50, 1),
    { change_id: 7, repository_id: 1, kind: "pull_request", landed_ms: start, review_path: "bot" },
    { change_id: 8, repository_id: 1, kind: "pull_request", landed_ms: start, review_path: "instant_self_merge" },
    { change_id: 9, repository_id: 2, kind: "direct", landed_ms: start, review_path: null },
  ]);
  const run = (id: number, change: number, lines: number): TestRow => ({
    run_id: id,
    repository_id: 1,
    landed_change_id: change,
    landed_ms: start,
    lines,
    line_kind: "code",
  });
  await store.insert("run", [run(1, 1, 500), run(2, 4, 100)]);
  await store.insert(
    "issue_d",
    [1, 2, 3, 4, 100].map((days, n) => ({
      repository_id: 1,
      number: n,
      opened_ms: start,
      closed_ms: start + days * 24 * hour,
      reopened_ms: "[]",
    })),
  );
});
afterAll(() => store.close());

const one = async (measures: readonly string[], repository = "acme/yard") => {
  const { rows } = await store.ask({ measures: [...measures], where: [{ dimension: "repository", values: [repository] }] });
  return measures.map((id) => rows[0]?.[id] ?? null);
};

test("times and rounds are of reviewed changes; bots and instant self-merges are in none", async () => {
  // First looks after 1, 2, 3, 4, 5, 48 hours: the median is 3.5, nine of ten lie half way from 5 to 48.
  expect(await one(["first_review_hours", "first_review_hours_p90"])).toEqual([3.5, 26.5]);
  // Approvals 1, 2, 3, 4, 5 hours later; landings 1, 1, 3, 16, 15 after these.
  expect(await one(["approval_hours", "landing_hours"])).toEqual([3, 3]);
  expect(await one(["reviewed_share", "changes_for_review", "changes_of_bots", "instant_self_merges"])).toEqual([1, 6, 1, 1]);
  expect(await one(["review_rounds", "review_rounds_per_change"])).toEqual([9, 1.5]);
  expect(await one(["changes_requested_share"])).toEqual([2 / 6]);
});

test("hours of review are a range, and never longer than the change was open", async () => {
  // 500 and 100 lines: 1 + 0.2 hours at 500 an hour; 20 and 4 hours at 25 an hour, of which the first was open for 3.
  const [low, high] = await one(["review_hours_low", "review_hours_high"]);
  expect([low, high]).toEqual([expect.closeTo(1.2, 10), expect.closeTo(7, 10)]);
});

test("what no forge told is not observed, and nothing found where one told is 0", async () => {
  const measures = ["changes_forge_told", "changes_reviewed", "instant_self_merges", "review_rounds", "reviewed_share", "issues_opened"];
  expect(await one(measures, "acme/quay")).toEqual([null, null, null, null, null, null]);
  expect(await one(["issues_reopened", "changes_requested"])).toEqual([0, 2]);
});

test("issues age, and changes tell how old the issue was they close", async () => {
  expect(await one(["issues_closed", "issue_closing_days", "changes_with_issue"])).toEqual([5, 3, 5]);
  // 9 days and 3, 5, 9, 25 hours; the fourth change was ready before its issue was opened, 14 hours before it landed.
  const [days] = await one(["linked_issue_days"]);
  expect(days).toBeCloseTo(9 + 5 / 24, 10);
  const { rows } = await store.ask({ measures: ["changes_landed"], by: ["issue_age"], order: [{ by: "issue_age", direction: "asc" }] });
  expect(rows).toEqual([
    { issue_age: "under a month", changes_landed: 4 },
    { issue_age: "under a week", changes_landed: 1 },
    { issue_age: null, changes_landed: 4 },
  ]);
});
