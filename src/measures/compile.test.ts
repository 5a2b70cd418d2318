import { expect, test } from "vitest";
import { UserError } from "../contract/errors.ts";
import { type MeasureQueryInput, measureQuerySchema } from "../contract/query.ts";
import { type CompileOptions, compile } from "./compile.ts";

const compiled = (query: MeasureQueryInput, options?: CompileOptions) => compile(measureQuerySchema.parse(query), options);

function refusal(query: MeasureQueryInput, options?: CompileOptions): readonly (string | undefined)[] {
  try {
    compiled(query, options);
  } catch (error) {
    if (error instanceof UserError) return [error.code, error.message, error.hint];
    throw error;
  }
  return ["taken"];
}

test("an unknown measure suggests the nearest one", () => {
  expect(refusal({ measures: ["token_total"] })).toEqual(["unknown_measure", "No measure 'token_total'.", "Did you mean tokens_total?"]);
  expect(refusal({ measures: ["constructor"] })[0]).toBe("unknown_measure");
});

test("an unknown dimension suggests the nearest one, and lists all where none is near", () => {
  expect(refusal({ measures: ["spend"], by: ["modle"] })).toEqual(["unknown_dimension", "No dimension 'modle'.", "Did you mean model?"]);
  expect(refusal({ measures: ["spend"], where: [{ dimension: "department_of_x", values: ["a"] }] })[2]).toMatch(
    /^There are: agent, agent_version, model/,
  );
});

test("a dimension the measure lacks is refused with those it has", () => {
  expect(refusal({ measures: ["spend", "changes_landed"], by: ["agent"] })).toEqual([
    "dimension_lacking",
    "Measure 'changes_landed' cannot be split or filtered by 'agent'.",
    "It has: repository, product, cost_centre, change, change_kind, change_class, evidence, review_path, issue_age.",
  ]);
  expect(refusal({ measures: ["sessions"], where: [{ dimension: "fate", values: ["stuck"] }] })[0]).toBe("dimension_lacking");
});

test("team answers are neither split nor filtered by what bears persons", () => {
  expect(refusal({ measures: ["spend"], by: ["session"] }, { audience: "team" })[0]).toBe("dimension_closed");
  expect(refusal({ measures: ["spend"], where: [{ dimension: "branch", values: ["a"] }] }, { audience: "team" })[0]).toBe(
    "dimension_closed",
  );
  expect(refusal({ measures: ["spend"], by: ["model"] }, { audience: "team" })).toEqual(["taken"]);
});

test("values are bound, never written into the statement", () => {
  const evil = "x'; DROP TABLE charge; --";
  const { sql, params } = compiled({
    measures: ["spend"],
    where: [{ dimension: "model", values: [evil] }],
    range: { from: "2026-01-01" },
    asOf: "2026-02-01T00:00:00+01:00",
  });
  expect(sql).not.toContain("DROP");
  expect(sql).not.toContain("2026");
  expect(Object.values(params)).toContain(evil);
  expect(params["as_of_ms"]).toBe(Date.UTC(2026, 0, 31, 23));
});

test("every bound value is used: the engine refuses others", () => {
  for (const measures of [["spend"], ["coverage_share", "bought_share"], ["line_survival_7"], ["ai_share_span", "spend_landed"]]) {
    const { sql, params } = compiled({ measures });
    expect([...new Set(sql.match(/\$\w+/g))].map((placeholder) => placeholder.slice(1)).sort()).toEqual(Object.keys(params).sort());
  }
});

test("says which tables the app must fill first", () => {
  expect(compiled({ measures: ["spend"], by: ["grade"] }).needs).toEqual({
    fates: false,
    people: false,
    span: false,
    outputRules: false,
    organisation: false,
  });
  expect(compiled({ measures: ["spend"], by: ["fate"] }).needs).toEqual({
    fates: true,
    people: false,
    span: false,
    outputRules: false,
    organisation: false,
  });
  expect(compiled({ measures: ["fate_low_share"], by: ["fate"] }).needs).toEqual({
    fates: false,
    people: false,
    span: true,
    outputRules: false,
    organisation: false,
  });
  expect(compiled({ measures: ["bought_share"] }, { audience: "team" }).needs).toEqual({
    fates: true,
    people: true,
    span: false,
    outputRules: false,
    organisation: false,
  });
  for (const dimension of ["team", "product", "cost_centre"])
    expect(compiled({ measures: ["spend"], by: [dimension] }).needs.organisation).toBe(true);
});

test("a measure or dimension named twice is one column", () => {
  expect(compiled({ measures: ["spend", "spend"], by: ["model", "model"] }).columns.map(({ id }) => id)).toEqual(["model", "spend"]);
});

test("money is read at the coarsest grain that has what is asked", () => {
  expect(compiled({ measures: ["spend"], by: ["model"] }).sql).not.toContain("strand");
  expect(compiled({ measures: ["spend"], by: ["author_kind"] }).sql).toContain("LEFT JOIN ledger");
});
