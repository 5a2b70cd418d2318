/** The ten rows, split by team, product and cost centre: worked out by hand. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { MeasureStore, fillTenRows, instant } from "./measure-store.ts";

const [shop, always] = [1, Number.MAX_SAFE_INTEGER];
let store: MeasureStore;
beforeAll(async () => {
  store = await MeasureStore.open();
  await fillTenRows(store);
  // The person of s1 joined North on 2 February, after two of its four responses; nobody is known of s3.
  await store.insert("session_team", [
    { session_id: 1, team: "North", from_ms: instant("2026-02-02"), to_ms: always },
    { session_id: 2, team: "South", from_ms: 0, to_ms: instant("2026-03-05") },
    { session_id: 2, team: "North", from_ms: instant("2026-03-05"), to_ms: always },
  ]);
  await store.insert("repository_product", [{ repository_id: shop, product: "Harbour", cost_centre: "4711" }]);
});
afterAll(() => store.close());

test("gives each response to the team of its day, and what is nobody's to a row of its own", async () => {
  const { rows } = await store.ask({ measures: ["spend", "usages"], by: ["team"], order: [{ by: "team" }] });
  expect(new Set(rows)).toEqual(
    new Set([
      { team: "North", spend: "130", usages: 3 }, // 10 + 20 of s1, 100 of s2
      { team: "South", spend: "470", usages: 2 }, // 400 + 70 of s2
      { team: null, spend: "400", usages: 5 }, // 100 + 200 of s1, 50 + 50 of s3 and one without a price
    ]),
  );
});

test("splits no further dollar when fates are split beside it", async () => {
  const { rows } = await store.ask({ measures: ["spend"], by: ["team", "fate"] });
  const of = (team: string | null): number =>
    rows.filter((row) => row["team"] === team).reduce((sum, row) => sum + Number(row["spend"]), 0);
  expect([of("North"), of("South"), of(null)]).toEqual([130, 470, 400]);
});

test("tells money, lines and changes of a product and its cost centre by the repository", async () => {
  const { rows } = await store.ask({ measures: ["spend", "lines_landed", "changes_landed"], by: ["product", "cost_centre"] });
  expect(new Set(rows)).toEqual(
    new Set([
      { product: "Harbour", cost_centre: "4711", spend: "900", lines_landed: 160, changes_landed: 3 },
      { product: null, cost_centre: null, spend: "100", lines_landed: 40, changes_landed: 2 },
    ]),
  );
});

test("filters by a team, and by none", async () => {
  const ask = (values: (string | null)[]) => store.ask({ measures: ["spend"], where: [{ dimension: "team", values }] });
  expect((await ask(["South"])).rows).toEqual([{ spend: "470" }]);
  expect((await ask([null])).rows).toEqual([{ spend: "400" }]);
});
