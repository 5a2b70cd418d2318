import { afterAll, beforeAll, expect, test } from "vitest";
import { MeasureStore, type TestRow, chargeRow, instant, usageRow } from "./measure-store.ts";

/**
 * Twelve people, one session and one response each: seven with opus at 100, five with haiku at 10. A thirteenth session of
 * nobody known, with gpt at 5.
 */
let store: MeasureStore;
beforeAll(async () => {
  store = await MeasureStore.open();
  const sessions = Array.from({ length: 13 }, (_, index) => index + 1);
  const model = (session: number): TestRow => ({ model: session <= 7 ? "opus" : session <= 12 ? "haiku" : "gpt" });
  await store.insert(
    "session_d",
    sessions.map((session_id) => ({ session_id, session_key: `s${session_id}`, agent: "claude-code" })),
  );
  await store.insert(
    "session_person",
    sessions.slice(0, 12).map((session_id) => ({ session_id, person: session_id })),
  );
  await store.insert(
    "usage_d",
    sessions.map((id) => usageRow(id, { session_id: id, segment_id: id, instant_ms: instant("2026-02-01"), ...model(id) })),
  );
  await store.insert(
    "charge",
    sessions.map((id) => chargeRow(id, id <= 7 ? 100 : id <= 12 ? 10 : 5)),
  );
});
afterAll(() => store.close());

const team = { audience: "team" } as const;

test("shows what enough people stand behind, and adds up the rest with the smallest group that hides it", async () => {
  const { rows, warnings } = await store.ask({ measures: ["spend", "usages"], by: ["model"] }, team);
  expect(rows).toEqual([
    { model: "opus", spend: "700", usages: 7 },
    { model: "(withheld)", spend: "55", usages: 6 }, // gpt's 5 alone would be one unknown person's
  ]);
  expect(warnings).toContainEqual({
    code: "withheld",
    message: "2 groups of too few people, or with one person too large, are added up in one row.",
  });
});

test("the whole of a team of twelve may be shown, and a filter to one unknown may not", async () => {
  expect((await store.ask({ measures: ["spend"] }, team)).rows).toEqual([{ spend: "755" }]);
  expect((await store.ask({ measures: ["spend"], where: [{ dimension: "model", values: ["gpt"] }] }, team)).rows).toEqual([
    { spend: null },
  ]);
});

test("ratios of withheld groups are not told, since they cannot be added up", async () => {
  const { rows } = await store.ask({ measures: ["spend", "cache_read_share"], by: ["model"], grain: "month" }, team);
  expect(rows).toEqual([
    { time: "2026-02-01", model: "opus", spend: "700", cache_read_share: 0.8 },
    { time: "2026-02-01", model: "(withheld)", spend: "55", cache_read_share: null },
  ]);
});

test("one person above four fifths of a group hides it", async () => {
  await store.insert("usage_d", [usageRow(14, { session_id: 8, segment_id: 14, instant_ms: instant("2026-02-01"), model: "haiku" })]);
  await store.insert("charge", [chargeRow(14, 10_000)]);
  const { rows } = await store.ask(
    { measures: ["spend"], by: ["model"], where: [{ dimension: "model", is: "not_in", values: ["gpt"] }] },
    team,
  );
  expect(rows).toEqual([{ model: "(withheld)", spend: null }]); // 10,010 of 10,050; together with opus still 93 %
});

test("the same question asked at home hides nothing", async () => {
  const { rows } = await store.ask({ measures: ["usages"], by: ["model"] });
  expect(rows).toEqual([
    { model: "opus", usages: 7 },
    { model: "haiku", usages: 6 },
    { model: "gpt", usages: 1 },
  ]);
});
