import { expect, test } from "vitest";
import { z } from "zod";
import { measureQuerySchema, measureResultSchema } from "./query.ts";

test("everything but the measures has a default", () => {
  expect(measureQuerySchema.parse({ measures: ["spend"] })).toEqual({
    measures: ["spend"],
    by: [],
    where: [],
    range: { from: null, to: null },
    compare: null,
    grain: null,
    timeZone: "UTC",
    order: [],
    limit: 1_000,
    asOf: null,
    basis: "list",
    sql: false,
  });
});

test("what cannot be asked is refused with the place", () => {
  const places = (query: unknown) => measureQuerySchema.safeParse(query).error?.issues.map((issue) => issue.path.join(".") || issue.code);
  expect(places({ measures: [] })).toEqual(["measures"]);
  expect(places({ measures: ["spend"], grain: "fortnight" })).toEqual(["grain"]);
  expect(places({ measures: ["spend"], timeZone: "Mars/Olympus" })).toEqual(["timeZone"]);
  expect(places({ measures: ["spend"], range: { from: "2026-02-30" } })).toEqual(["range.from"]);
  expect(places({ measures: ["spend"], asOf: "yesterday" })).toEqual(["asOf"]);
  expect(places({ measures: ["spend"], where: [{ dimension: "model", values: [] }] })).toEqual(["where.0.values"]);
  expect(places({ measures: ["spend"], measuers: [] })).toEqual(["unrecognized_keys"]);
});

test("both schemas can be told as JSON schema", () => {
  expect(z.toJSONSchema(measureQuerySchema, { io: "input" })).toMatchObject({ type: "object", required: ["measures"] });
  expect(z.toJSONSchema(measureResultSchema)).toMatchObject({ type: "object" });
});
