/** Two periods side by side, and orders: on ten responses a person can add up (measure-store.ts). */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type MeasureQueryInput, type MeasureResult, measureQuerySchema } from "../../src/contract/query.ts";
import { bucketOf } from "../../src/measures/buckets.ts";
import { changeOf, compareResults, comparisonOf } from "../../src/measures/compare.ts";
import { MeasureStore, fillTenRows } from "./measure-store.ts";

let store: MeasureStore;
beforeAll(async () => {
  store = await MeasureStore.open();
  await fillTenRows(store);
});
afterAll(() => store.close());

async function compared(input: MeasureQueryInput): Promise<MeasureResult> {
  const query = measureQuerySchema.parse(input);
  const comparison = comparisonOf(query);
  return compareResults(query, comparison, await store.ask(comparison.now), await store.ask(comparison.base));
}

const march = { from: "2026-03-01", to: "2026-03-31" };
const february = { from: "2026-02-01", to: "2026-02-28" };

describe("a comparison", () => {
  it("puts each measure beside its base, keeps rows of one period only, and calls what had no base new", async () => {
    // February: opus 100 + 200 + 400 + 70, haiku 10 + 20. March: opus 100, gpt 50 + 50.
    const { rows, columns } = await compared({
      measures: ["spend"],
      by: ["model"],
      range: march,
      compare: february,
      order: [{ by: "model", direction: "asc" }],
    });
    expect(columns.map(({ id, kind, type }) => [id, kind, type])).toEqual([
      ["model", "dimension", "text"],
      ["spend", "measure", "integer_text"],
      ["spend__base", "base", "integer_text"],
      ["spend__change", "change", "relative"],
    ]);
    expect(rows).toEqual([
      { model: "gpt", spend: "100", spend__base: "0", spend__change: "new" },
      { model: "haiku", spend: "0", spend__base: "30", spend__change: -1 },
      { model: "opus", spend: "100", spend__base: "770", spend__change: (100 - 770) / 770 },
    ]);
  });

  it("takes as many days right before as the previous period", async () => {
    const { compared: base } = await compared({ measures: ["spend"], range: march, compare: "previous" });
    expect(base).toEqual({ from: "2026-01-29", to: "2026-02-28" });
    const day = { from: "2026-03-06", to: "2026-03-06" };
    expect((await compared({ measures: ["spend"], range: day, compare: "previous" })).rows).toEqual([
      { spend: "50", spend__base: "100", spend__change: -0.5 },
    ]);
  });

  it("compares shares in points and leaves out what is not known", async () => {
    // Cache reads are 80 of every 100 prompt tokens.
    const { rows } = await compared({ measures: ["cache_read_share"], range: march, compare: february });
    expect(rows).toEqual([{ cache_read_share: 0.8, cache_read_share__base: 0.8, cache_read_share__change: 0 }]);
    const none = { from: "2025-01-01", to: "2025-01-31" };
    expect((await compared({ measures: ["cache_read_share"], range: march, compare: none })).rows[0]).toMatchObject({
      cache_read_share__base: null,
      cache_read_share__change: null,
    });
  });

  it("sets buckets side by side by their place", async () => {
    const first = { from: "2026-02-01", to: "2026-02-02" };
    const second = { from: "2026-03-05", to: "2026-03-06" };
    const { rows } = await compared({ measures: ["spend"], grain: "day", range: second, compare: first });
    expect(rows).toEqual([
      { time: "2026-03-05", spend: "100", spend__base: "300", spend__change: (100 - 300) / 300 },
      { time: "2026-03-06", spend: "50", spend__base: "30", spend__change: 20 / 30 },
    ]);
  });

  it("cuts to the limit only after the rows were set side by side", async () => {
    const { rows, warnings } = await compared({
      measures: ["spend"],
      by: ["model"],
      range: march,
      compare: february,
      order: [{ by: "spend__base", direction: "desc" }],
      limit: 1,
    });
    expect(rows).toMatchObject([{ model: "opus", spend__base: "770" }]);
    expect(warnings.map(({ code }) => code)).toContain("truncated");
  });

  it("needs a closed period", () => {
    const open = measureQuerySchema.parse({ measures: ["spend"], range: { from: "2026-03-01" }, compare: "previous" });
    expect(() => comparisonOf(open)).toThrow(/beginning and an end/);
  });

  it("knows no change where both are zero or one is not known", () => {
    expect([changeOf("spend", "0", "0"), changeOf("spend", null, "5"), changeOf("spend", "5", null)]).toEqual([null, null, null]);
  });
});

describe("an order", () => {
  it("sorts by any column, integers as integers, nulls last either way", async () => {
    const by = (column: string, direction: "asc" | "desc") =>
      store.ask({ measures: ["spend", "usages"], by: ["started_by"], order: [{ by: column, direction }] });
    // person: 100 + 200 + 10 + 20; ci: 400 + 70 + 100; not known: 50 + 50.
    expect((await by("spend", "asc")).rows.map((row) => row["spend"])).toEqual(["100", "330", "570"]);
    expect((await by("spend", "desc")).rows.map((row) => row["spend"])).toEqual(["570", "330", "100"]);
    expect((await by("started_by", "asc")).rows.map((row) => row["started_by"])).toEqual(["ci", "person", null]);
    expect((await by("started_by", "desc")).rows.map((row) => row["started_by"])).toEqual(["person", "ci", null]);
  });

  it("decides before the limit cuts", async () => {
    const { rows } = await store.ask({ measures: ["spend"], by: ["model"], order: [{ by: "spend", direction: "asc" }], limit: 1 });
    expect(rows).toEqual([{ model: "haiku", spend: "30" }]);
  });

  it("refuses what is no column, with the nearest", async () => {
    const asked = store.ask({ measures: ["spend"], order: [{ by: "spent", direction: "asc" }] });
    await expect(asked).rejects.toMatchObject({ code: "unknown_order", hint: "Did you mean spend?" });
  });
});

describe("the bucket of a day", () => {
  it.each([
    ["2026-03-01", "day", "2026-03-01"],
    ["2026-03-01", "week", "2026-02-23"],
    ["2026-03-31", "month", "2026-03-01"],
    ["2026-12-31", "quarter", "2026-10-01"],
    ["2026-12-31", "year", "2026-01-01"],
  ] as const)("of %s by %s begins on %s", (day, grain, first) => {
    expect(bucketOf(day, grain)).toBe(first);
  });
});
