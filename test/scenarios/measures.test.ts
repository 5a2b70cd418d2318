import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type MeasureQueryInput, type MeasureResult, measureQuerySchema } from "../../src/contract/query.ts";
import { type MeasureId, catalogue, dimensionIds, dimensionsOf, measureIds, requireMeasure } from "../../src/measures/catalogue.ts";
import { compile } from "../../src/measures/compile.ts";
import type { DimensionId } from "../../src/measures/dimensions.ts";
import type { Measure } from "../../src/measures/measure.ts";
import { MeasureStore, fillTenRows } from "./measure-store.ts";

let empty: MeasureStore;
let ten: MeasureStore;
beforeAll(async () => {
  empty = await MeasureStore.open();
  ten = await MeasureStore.open();
  await fillTenRows(ten);
});
afterAll(() => {
  empty.close();
  ten.close();
});

/** The rows as lists: dimensions, then measures. */
async function table(query: MeasureQueryInput): Promise<readonly (readonly (string | number | null)[])[]> {
  const { columns, rows } = await ten.ask(query);
  return rows.map((row) => columns.map(({ id }) => row[id] ?? null));
}
const codes = (result: MeasureResult): string[] => result.warnings.map(({ code }) => code);

describe("ten rows a human can add up", () => {
  test.each<[string, string | number | null]>([
    ["spend", "1000"], // 100 + 200 + 10 + 20 + 400 + 70 + 100 + 50 + 50
    ["usages", 10],
    ["sessions", 3],
    ["tokens_input", 100],
    ["tokens_cache_read", 800],
    ["tokens_cache_write_5m", 50],
    ["tokens_cache_write_1h", 50],
    ["tokens_output", 55], // 1 + 2 + … + 10
    ["tokens_total", 1_055],
    ["tokens_prompt", 1_000],
    ["cache_read_share", 0.8],
    ["tokens_unpriced", 109], // the ninth: 10 + 80 + 5 + 5 + 9
    ["tokens_unpriced_share", 109 / 1_055],
    ["output_quality_share", 1],
    ["fate_share", 1],
    ["spend_decided", "665"], // 1,000 − 235 maturing − 100 unlinked
    ["decided_fate_share", 1],
    ["spend_bought", "229"],
    ["bought_share", 0.229],
    ["spend_repair_wide", "30"], // strand 3; strand 2 never landed
    ["bought_decided_share", 229 / 665],
    ["spend_linked", "900"],
    ["coverage_share", 0.9],
    ["grade_share", 1],
    ["spend_moved", "30"],
    ["moved_share", 0.03],
    ["changes_landed", 5],
    ["spend_per_landed_change", "200"], // 1,000 / 5
    ["spend_landed", "699"], // 199 + 30 + 235 + 235
    ["changes_with_spend", 2],
    ["spend_landed_per_change", "350"], // 699 / 2 = 349.5, half up
    ["spend_undecided", "335"], // 235 maturing, 100 unlinked
    ["undecided_share", 0.335],
    ["cohort_spend", "1000"],
    ["cohort_spend_undecided", "335"],
    ["cohort_spend_not_landed_yet", "100"], // what is maturing has landed
    ["cohort_undecided_share", 0.335],
    ["cohort_not_landed_yet_share", 0.1],
    ["cohort_changes_landed", 2],
    ["cohort_changes_released", 1],
    ["cohort_changes_stuck", 1],
    ["cost_per_landed_change", null], // of two: too few (change-costs.test.ts has enough)
    ["cost_per_released_change", null],
    ["cost_per_stuck_change", null],
    ["changes_released", 1],
    ["changes_stuck", 1],
    ["spend_per_released_change", null],
    ["spend_per_stuck_change", null],
    ["changes_forge_told", 3], // of five
    ["changes_reviewed", 1],
    ["changes_for_review", 2],
    ["instant_self_merges", 1],
    ["changes_self_merged", 2],
    ["changes_of_bots", 0],
    ["reviewed_share", null], // of two changes (review-measures.test.ts has enough)
    ["review_rounds", 2],
    ["review_rounds_per_change", null],
    ["changes_requested", 1],
    ["changes_requested_share", null],
    ["first_review_hours", null],
    ["first_review_hours_p90", null],
    ["approval_hours", null],
    ["landing_hours", null],
    ["review_hours_low", 0.16], // 80 lines at 500 an hour
    ["review_hours_high", 3.2], // at 25 an hour; it was open for 24
    ["lines_landed_mixed", 10],
    ["lines_landed_of_agents", 120],
    ["lines_edited_before_landing_share", 10 / 120],
    ["lines_agent_watched", 90], // 60 + 20 + 10; the last 20 are five days old
    ["lines_agent_edited_after", 20], // of the ten others a session is known
    ["lines_edited_after_landing_share", 20 / 90],
    ["issues_opened", 3],
    ["issues_closed", 2],
    ["issues_reopened", 1],
    ["backlog_growth", 1],
    ["issue_closing_days", null],
    ["linked_issue_days", null],
    ["changes_with_issue", 1],
    ["lines_landed", 200], // 60 + 20 + 10 + 10 + 40 + 40 + 20
    ["lines_landed_agent", 110], // 60 + 20 + 10 + 20
    ["lines_landed_agent_at_most", 160], // + 10 mixed + 40 unknown
    ["ai_low_share", 0.55],
    ["ai_high_share", 0.8],
    ["ai_share_span", 0.25],
    ["tokens_output_estimated", 415], // 1 + 2 + 3 + 4 + 5 final, 60 + 70 + 80 + 90 + 100 estimated
    ["spend_estimated", "1279"], // 54 + 63 + 72 + 90 tokens more of the sixth, seventh, eighth and tenth
    ["usages_final", 5],
    ["final_share", 0.5],
    ["sightings", 12], // the first was told three times
    ["sightings_per_usage", 1.2],
    ["tokens_sighted", 1_257], // 1,055 + 2 × 101
    ["sighted_tokens_per_token", 1_257 / 1_055],
    ["sub_agents_started", 3],
    ["sub_agents_not_observed", 2],
    ["sessions_listed", 2],
    ["sessions_without_transcript", 1],
    ["spend_context", "400"], // 80 + 150 + 170
    ["context_share", 1],
    ["spend_low", "1000"],
    ["spend_high", "1000"],
    ["fate_low_share", 1],
    ["fate_high_share", 1],
    ["spend_bought_low", "180"], // pooled: 50 + 100 of segment 1, 30 of segment 2
    ["spend_bought_high", "229"], // as told: 199 + 30
    ["bought_low_share", 0.18],
    ["bought_high_share", 0.229],
    ["spend_allocated", "1000"],
    ["line_survival_7", 0.9], // day 5: 20 of 200 gone
    ["line_survival_21", 0.825], // 0.9 × day 13: 10 of the 120 watched so long gone
  ])("%s is %s", async (id, expected) => {
    const [[value] = []] = await table({ measures: [id] });
    if (typeof expected === "number") expect(value).toBeCloseTo(expected, 12);
    else expect(value).toBe(expected);
  });

  test("every measure of the catalogue has a worked number above", () => {
    expect(measureIds).toHaveLength(109);
  });

  // Strand 1 carries floor(100 × 2/3) + floor(200 × 2/3) = 66 + 133, strand 3 the 30 of segment 2.
  test("fates add up to the spend, and each has its share of all and of decided spend", async () => {
    expect(await table({ measures: ["spend", "fate_share", "decided_fate_share"], by: ["fate"] })).toEqual([
      ["maturing", "235", 0.235, null],
      ["rework", "235", 0.235, 235 / 665],
      ["stuck", "229", 0.229, 229 / 665],
      ["superseded", "101", 0.101, 101 / 665],
      ["no_artefact", "100", 0.1, 100 / 665],
      ["unlinked", "100", 0.1, null],
    ]);
  });

  test("coverage of each source over time", async () => {
    const measures = ["usages", "final_share", "sub_agents_started", "sub_agents_not_observed", "sessions_without_transcript"];
    const query = { measures: measures.slice(0, 4), by: ["source"], grain: "month" as const };
    expect(await table(query)).toEqual([
      ["2026-02-01", "claude-code", 6, 5 / 6, 2, 1],
      ["2026-03-01", "claude-code", 4, 0, 1, 1],
    ]);
    expect(await table({ measures: measures.slice(4), by: ["source"], grain: "month" })).toEqual([["2026-02-01", "checkpoints", 1]]);
  });

  test("estimated dollars name their basis, and a list total beside them stays one", async () => {
    const alone = await ten.ask({ measures: ["spend_estimated"] });
    expect([alone.basis, codes(alone)]).toEqual(["estimated", ["estimated"]]);
    const both = await ten.ask({ measures: ["spend", "spend_estimated"] });
    expect([both.basis, both.rows, codes(both)]).toEqual(["list", [{ spend: "1000", spend_estimated: "1279" }], ["unpriced", "estimated"]]);
  });

  test("each fate has its least and greatest sum over the allocations", async () => {
    // Superseded: 101 as told on grade B, so 0 where only A counts, 150 pooled. Unlinked: 100, and where only A counts the
    // grade B of segments 1 and 3 with it: 101 + 470, pooled 150 + 470. No artefact: 100, without flows 130.
    expect(await table({ measures: ["spend", "spend_low", "spend_high"], by: ["fate"] })).toEqual([
      ["maturing", "235", "0", "235"],
      ["rework", "235", "0", "235"],
      ["stuck", "229", "180", "229"],
      ["superseded", "101", "0", "150"],
      ["no_artefact", "100", "100", "130"],
      ["unlinked", "100", "100", "720"],
    ]);
  });

  test("what put tokens into the prompts, as dollars and as shares", async () => {
    const asked = { measures: ["spend_context", "context_share"], by: ["context_cause"] };
    const causes = [
      ["reread", "170", 0.425],
      ["instructions", "90", 0.225],
      ["read", "90", 0.225],
      ["unknown", "30", 0.075],
      ["prompt", "20", 0.05],
    ];
    expect(await table(asked)).toEqual(causes);
    const { warnings } = await ten.ask(asked);
    expect(warnings.map(({ message }) => message)).toEqual(["1 usages have no known price: their prompts are missing here."]);
    const where = [{ dimension: "session", values: ["s2"] }];
    expect(await table({ ...asked, where })).toEqual([["reread", "170", 1]]);
  });

  test("every allocation is of the same spend, for any choice of charges", async () => {
    const all = await table({ measures: ["spend_allocated"], by: ["allocation"] });
    expect(all).toHaveLength(18);
    expect(new Set(all.map(([, spend]) => spend))).toEqual(new Set(["1000"]));
    const where = [{ dimension: "model", values: ["haiku"] }];
    expect(new Set((await table({ measures: ["spend_allocated"], by: ["allocation"], where })).map(([, spend]) => spend))).toEqual(
      new Set(["30"]),
    );
    const stuck = [...where, { dimension: "fate", values: ["stuck"] }];
    const rows = new Map((await table({ measures: ["spend_allocated"], by: ["allocation"], where: stuck })) as [string, string][]);
    expect(rows.get("lines_flows_to_C")).toBe("30");
    expect(rows.get("lines_no_flows_to_A")).toBe("0");
  });

  test("the roll-up adds the same up under names of its own", async () => {
    expect(await table({ measures: ["spend"], by: ["roll_up"] })).toEqual([
      ["ripening", "235"],
      ["undone", "235"],
      ["bought", "229"],
      ["iteration", "101"],
      ["thinking", "100"],
      ["unknown", "100"],
    ]);
  });

  test("a filter on fates leaves the whole alone of which shares are told", async () => {
    expect(await table({ measures: ["fate_share", "spend"], by: ["model"], where: [{ dimension: "fate", values: ["stuck"] }] })).toEqual([
      ["haiku", 1, "30"],
      ["opus", 199 / 870, "199"],
      ["gpt", 0, "0"],
    ]);
  });

  test("spend by grade, with what no line carries", async () => {
    expect(await table({ measures: ["spend", "grade_share"], by: ["grade"] })).toEqual([
      ["B", "571", 0.571],
      ["A", "229", 0.229],
      ["none", "200", 0.2],
    ]);
  });

  test("output tokens by quality of the count", async () => {
    expect(await table({ measures: ["output_quality_share"], by: ["output_quality"] })).toEqual([
      ["partial", 40 / 55],
      ["final", 15 / 55],
    ]);
  });

  test("months are those of the asked time zone: 23:30 UTC of 28 February is March in Berlin", async () => {
    const query: MeasureQueryInput = { measures: ["spend", "sessions", "changes_landed"], grain: "month" };
    expect(await table(query)).toEqual([
      ["2026-02-01", "800", 2, 3],
      ["2026-03-01", "200", 2, 2],
    ]);
    expect(await table({ ...query, timeZone: "Europe/Berlin" })).toEqual([
      ["2026-02-01", "730", 2, 3],
      ["2026-03-01", "270", 2, 2],
    ]);
  });

  test("a range has both its days, and names the buckets it cuts", async () => {
    const range = { from: "2026-02-10", to: "2026-02-28" };
    const result = await ten.ask({ measures: ["spend"], grain: "month", range });
    expect(result.rows).toEqual([{ time: "2026-02-01", spend: "470" }]);
    expect(result.partialBuckets).toEqual(["2026-02-01"]);
    expect(await table({ measures: ["spend"], range, timeZone: "Europe/Berlin" })).toEqual([["400"]]);
    expect(
      (await ten.ask({ measures: ["spend"], grain: "month", range: { from: "2026-02-01", to: "2026-03-31" } })).partialBuckets,
    ).toEqual([]);
  });

  test("weeks begin on Monday", async () => {
    expect(await table({ measures: ["usages"], grain: "week", range: { from: null, to: "2026-02-02" } })).toEqual([
      ["2026-01-26", 2], // Sunday 1 February
      ["2026-02-02", 2],
    ]);
  });

  test("money and changes of one repository are each counted at their own grain", async () => {
    expect(await table({ measures: ["spend", "changes_landed"], by: ["repository"] })).toEqual([
      ["acme/shop", "900", 3],
      ["acme/docs", "100", 2],
    ]);
    const joined = await ten.rows(`SELECT CAST(sum(c.list_nano_usd) AS VARCHAR) AS spend FROM charge c JOIN usage_d u USING (usage_id)
      JOIN change k ON k.repository_id = u.repository_id WHERE k.landed_ms IS NOT NULL`);
    expect(joined).toEqual([{ spend: "2900" }]); // the trap: 900 × 3 + 100 × 2
  });

  test("where money ran and what it changed are different questions", async () => {
    expect(await table({ measures: ["spend"], by: ["changed_repository"] })).toEqual([
      ["acme/shop", "800"],
      [null, "200"],
    ]);
  });

  test("a group only one side knows keeps its row: what is missing is 0 where 0 is known, else null", async () => {
    expect(await table({ measures: ["lines_landed", "spend", "bought_share"], by: ["agent"] })).toEqual([
      ["claude-code", 120, "900", 229 / 900],
      [null, 80, "0", null],
      ["codex", 0, "100", 0],
    ]);
  });

  test("a session of CI, of persons, and one nobody knows are three groups", async () => {
    expect(await table({ measures: ["spend"], by: ["started_by"] })).toEqual([
      ["ci", "570"],
      ["person", "330"],
      [null, "100"],
    ]);
    expect(await table({ measures: ["spend"], where: [{ dimension: "started_by", values: [null] }] })).toEqual([["100"]]);
    expect(await table({ measures: ["spend"], where: [{ dimension: "started_by", is: "not_in", values: ["ci"] }] })).toEqual([["430"]]);
    expect(await table({ measures: ["spend"], where: [{ dimension: "started_by", is: "not_in", values: ["ci", null] }] })).toEqual([
      ["330"],
    ]);
  });

  test("agent lines alone: 20 of 110 gone on day 5, 10 of 70 on day 13", async () => {
    const [[at7, at21] = []] = await table({
      measures: ["line_survival_7", "line_survival_21"],
      where: [{ dimension: "author_kind", values: ["agent"] }],
    });
    expect(at7).toBeCloseTo(9 / 11, 12);
    expect(at21).toBeCloseTo(54 / 77, 12);
  });

  test("what happened after as_of does not exist", async () => {
    const asOf = "2026-02-08T00:00:00Z";
    expect(await table({ measures: ["spend", "changes_landed", "lines_landed", "line_survival_7"], asOf })).toEqual([["330", 1, 80, null]]);
    expect(await table({ measures: ["line_survival_7"], asOf: "2026-02-13T00:00:00Z" })).toEqual([[0.75]]); // 20 of 80 gone on day 5; the 20 of the 12th were watched for a day
    expect(await table({ measures: ["spend_landed"], asOf: "2026-02-11T00:00:00Z" })).toEqual([["229"]]); // change 2 lands on the 12th
  });
});

describe("what an answer says of itself", () => {
  test("spend names what it had to leave out, once, however it is split", async () => {
    for (const by of [[], ["fate"], ["model", "grade"]]) {
      const { warnings } = await ten.ask({ measures: ["spend"], by });
      expect(warnings.find(({ code }) => code === "unpriced")?.message).toMatch(/^1 usages have no known price/);
    }
    expect(codes(await ten.ask({ measures: ["spend"], where: [{ dimension: "model", values: ["opus"] }] }))).toEqual([]);
  });

  test("the spend of usages without any price is not known, not 0", async () => {
    expect(await table({ measures: ["spend"], range: { from: "2026-03-07", to: "2026-03-07" } })).toEqual([[null]]);
    expect(await table({ measures: ["spend"], range: { from: "2026-03-08", to: "2026-03-08" } })).toEqual([["0"]]);
  });

  test("fates that cannot be observed are null, and the answer says so", async () => {
    const result = await ten.ask({ measures: ["spend"], where: [{ dimension: "fate", values: ["fixing", "review"] }] });
    expect(result.rows).toEqual([{ spend: null }]);
    expect(codes(result)).toContain("not_observed");
    const burned = await ten.ask({ measures: ["spend"], where: [{ dimension: "roll_up", values: ["burned"] }] });
    expect(burned.rows).toEqual([{ spend: null }]);
  });

  test("a cell below the smallest sample is empty, with a warning", async () => {
    const result = await ten.ask({ measures: ["spend_per_landed_change", "ai_low_share"], by: ["repository"] });
    expect(result.rows).toEqual([
      { repository: "acme/shop", spend_per_landed_change: null, ai_low_share: 110 / 160 },
      { repository: "acme/docs", spend_per_landed_change: null, ai_low_share: 0 },
    ]);
    expect(result.warnings).toContainEqual({
      code: "small_sample",
      measure: "spend_per_landed_change",
      message: "2 cells stand on fewer than 5 changes and are not shown.",
    });
  });

  test("dollars under a filter on lines are called attributed", async () => {
    const result = await ten.ask({ measures: ["spend"], where: [{ dimension: "author_kind", values: ["agent"] }] });
    expect(result.rows).toEqual([{ spend: "800" }]);
    expect(codes(result)).toContain("attributed_only");
  });

  test("rows beyond the limit are cut, largest kept, and the answer says so", async () => {
    const result = await ten.ask({ measures: ["spend"], by: ["model"], limit: 2 });
    expect(result.rows).toEqual([
      { model: "opus", spend: "870" },
      { model: "gpt", spend: "100" },
    ]);
    expect(codes(result)).toContain("truncated");
  });

  test("columns carry titles, units and types; SQL is shown on request", async () => {
    const result = await ten.ask({ measures: ["spend", "bought_share"], by: ["model"], grain: "day", sql: true });
    expect(result.columns.map(({ id, kind, unit, type }) => [id, kind, unit, type])).toEqual([
      ["time", "time", null, "text"],
      ["model", "dimension", null, "text"],
      ["spend", "measure", "nano-USD", "integer_text"],
      ["bought_share", "measure", "ratio", "number"],
    ]);
    expect(result.basis).toBe("list");
    expect(result.sql).toMatch(/^WITH p0 AS/);
    expect((await ten.ask({ measures: ["usages"] })).basis).toBeNull();
  });
});

describe("every measure by every dimension it allows", () => {
  test("an empty store gives 0 where 0 is known and null elsewhere", async () => {
    for (const id of measureIds) {
      const { rows } = await empty.ask({ measures: [id] });
      const zero = requireMeasure(id).unit.startsWith("nano-USD") ? "0" : 0;
      expect([id, rows]).toEqual([id, [{ [id]: requireMeasure(id).whenEmpty === 0 ? zero : null }]]);
    }
  });

  test.each(dimensionIds.map((dimension) => [dimension] as const))(
    "by %s: all that allow it bind, run, and add up where they are additive",
    async (by) => {
      const measures = measureIds.filter((id) => dimensionsOf(id).includes(by));
      expect(measures.length).toBeGreaterThan(0);
      for (const at of chunks(measures, 30)) {
        expect((await empty.ask({ measures: at, by: [by], grain: "week" })).rows).toEqual([]);
        const total = (await ten.ask({ measures: at })).rows[0];
        const { rows } = await ten.ask({ measures: at, by: [by] });
        expect(rows.length).toBeGreaterThan(0);
        for (const id of at.filter((measure) => addsUpOver(measure, by))) {
          const sum = rows.reduce((all, row) => all + Number(row[id] ?? 0), 0);
          expect([id, sum]).toEqual([id, expect.closeTo(Number(total?.[id]), 9)]);
        }
      }
    },
  );

  test.each(measureIds.map((id) => [id] as const))("%s alone, by six dimensions at once, explains and runs", async (id) => {
    const query = measureQuerySchema.parse({ measures: [id], by: dimensionsOf(id).slice(-6), grain: "quarter", timeZone: "Asia/Kolkata" });
    const { sql, params } = compile(query);
    expect((await empty.rows(`EXPLAIN ${sql}`, params)).length).toBeGreaterThan(0);
    expect((await ten.ask(query)).rows.length).toBeGreaterThan(0);
  });
});

/** Additive, and if it is a share of a whole, of the whole of this dimension. */
function addsUpOver(id: MeasureId, by: DimensionId): boolean {
  const measure: Measure = catalogue[id];
  if (measure.kind === "ratio") return measure.additive && measure.ofAll?.includes(by) === true;
  return measure.additive;
}

const chunks = <T>(list: readonly T[], size: number): T[][] =>
  Array.from({ length: Math.ceil(list.length / size) }, (_, index) => list.slice(index * size, (index + 1) * size));
