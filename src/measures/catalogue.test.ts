import { expect, test } from "vitest";
import { describeMeasures, dimensionsOf, formulaOf, measureIds, requireMeasure } from "./catalogue.ts";
import { entities } from "./entities.ts";
import type { Entity } from "./entities.ts";

test("every measure names a counter-measure that exists and is another", () => {
  for (const { id, beside, gaming } of describeMeasures()) {
    expect(measureIds).toContain(beside);
    expect(beside).not.toBe(id);
    expect(gaming.length).toBeGreaterThan(10);
  }
});

test("ratios are named as ratios, and only they", () => {
  for (const id of measureIds) {
    const { kind, unit } = requireMeasure(id);
    if (kind === "ratio") expect(id).toMatch(/_per_|_share$/);
    if (unit !== "ratio") expect(id).not.toMatch(/_share$/);
  }
});

test("parts, samples and inputs of measures are measures, and samples are counts of the same rows", () => {
  for (const id of measureIds) {
    const measure = requireMeasure(id);
    const inputs = measure.kind === "ratio" ? [measure.numerator, measure.denominator] : measure.kind === "derived" ? measure.inputs : [];
    for (const input of inputs) expect(measureIds).toContain(input);
    if (measure.minimumSample === null) continue;
    expect(requireMeasure(measure.minimumSample.of).kind).toBe("aggregate");
    for (const dimension of dimensionsOf(id)) expect(dimensionsOf(measure.minimumSample.of)).toContain(dimension);
  }
});

test("a dimension joins only what its entity declares, one row at most", () => {
  for (const entity of Object.values(entities) as readonly Entity[]) {
    for (const { join } of Object.values(entity.dimensions)) if (join !== undefined) expect(entity.joins[join]?.cardinality).toBe("one");
    expect(entity.joins[entity.person.join]?.cardinality).toBe("one");
  }
});

test("the formula is told from the definition", () => {
  expect(formulaOf("bought_share")).toBe("spend_bought ÷ spend");
  expect(formulaOf("spend_linked")).toBe("sum(list_nano_usd) over ledger where fate is not unlinked");
  expect(formulaOf("grade_share")).toBe("spend ÷ spend over all grade");
});

test("a ratio may be split by what both its parts have, and by what it is the share of", () => {
  expect(dimensionsOf("spend_per_landed_change")).toEqual([
    "repository",
    "product",
    "cost_centre",
    "change",
    "change_kind",
    "change_class",
    "evidence",
    "review_path",
    "issue_age",
  ]);
  expect(dimensionsOf("fate_share")).toContain("fate");
  expect(dimensionsOf("cache_read_share")).not.toContain("fate");
});
