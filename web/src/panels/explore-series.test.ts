import { describe, expect, it } from "vitest";
import type { MeasureResult, ResultColumn } from "../../../src/contract/query.ts";
import { bucketsBetween } from "./buckets.ts";
import { seriesOf } from "./explore-series.ts";

const spend: ResultColumn = { id: "spend", title: "Spend", kind: "measure", unit: "nano-USD", type: "integer_text", additive: true };
const share: ResultColumn = { id: "share", title: "Share", kind: "measure", unit: "ratio", type: "number", additive: false };
const model: ResultColumn = { id: "model", title: "Model", kind: "dimension", unit: null, type: "text", additive: false };
const time: ResultColumn = { id: "time", title: "Month", kind: "time", unit: null, type: "text", additive: false };

const result = (measure: ResultColumn, rows: MeasureResult["rows"]): MeasureResult =>
  ({ columns: [time, model, measure], rows, query: { grain: "month" } }) as unknown as MeasureResult;

describe("series over time", () => {
  it("have every bucket between the first and the last, so that a pause looks like one", () => {
    expect(bucketsBetween("2025-11-01", "2026-02-01", "month")).toEqual(["2025-11-01", "2025-12-01", "2026-01-01", "2026-02-01"]);
    expect(bucketsBetween("2026-02-23", "2026-03-09", "week")).toEqual(["2026-02-23", "2026-03-02", "2026-03-09"]);
    expect(bucketsBetween("2000-01-01", "2026-01-01", "day")).toBeNull();
  });

  it("leave a gap, and no zero, where a share has no row", () => {
    const told = seriesOf(
      result(share, [
        { time: "2026-01-01", model: "a", share: 0.5 },
        { time: "2026-03-01", model: "a", share: 0.7 },
      ]),
      share,
    );
    expect(told.times).toEqual(["2026-01-01", "2026-02-01", "2026-03-01"]);
    expect(told.points.map(({ value }) => value)).toEqual([0.5, null, 0.7]);
  });

  it("add the seventh and later ones up as Other, where they may be added up", () => {
    const rows = [9, 8, 7, 6, 5, 4, 3, 2].map((dollars, i) => ({ time: "2026-01-01", model: `m${i}`, spend: `${dollars}000000000` }));
    const { names, points, leftOut } = seriesOf(result(spend, rows), spend);
    expect(names).toEqual(["m0", "m1", "m2", "m3", "m4", "m5", "Other"]);
    expect(points.at(-1)).toEqual({ time: "2026-01-01", series: "Other", value: 5 });
    expect(leftOut).toBe(0);
    expect(
      seriesOf(
        result(
          share,
          rows.map(({ time: day, model: id }) => ({ time: day, model: id, share: 1 })),
        ),
        share,
      ),
    ).toMatchObject({ leftOut: 2 });
  });
});
