/** Cells are a shortcut: whatever is asked of them is what their rows say, to the last nano-dollar. */
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Questions } from "../../src/app/questions.ts";
import { defaultFateParameters } from "../../src/contract/fates.ts";
import { type MeasureQueryInput, measureQuerySchema } from "../../src/contract/query.ts";
import { dimensionIds, dimensionsOf, measureIds } from "../../src/measures/catalogue.ts";
import { compile } from "../../src/measures/compile.ts";
import { organisationTables } from "../../src/app/organisation-tables.ts";
import { Scratch, homeWith, importInto, makeSample, makeStore } from "../scenarios/support/sample-store.ts";

const scratch = new Scratch();
let cells: Questions;
/** The same store as of a day after all facts: answers come from the rows. */
let rows: Questions;

beforeAll(async () => {
  const sample = await makeSample(scratch.next("sample"));
  const store = await makeStore(scratch.next());
  await importInto(store, { home: homeWith(scratch, sample, (repository) => repository !== "harbour") });
  const noOrganisation = async (database: Questions["database"]): Promise<void> => await database.run(organisationTables);
  cells = await Questions.open(store, null, defaultFateParameters, noOrganisation);
  rows = await Questions.open(store, Date.UTC(2100, 0), defaultFateParameters, noOrganisation);
}, 120_000);
afterAll(() => {
  cells.close();
  rows.close();
  scratch.remove();
});

/** Of groups with equal sums either order is right. */
async function told(questions: Questions, query: MeasureQueryInput): Promise<string[]> {
  const answer = await questions.ask(query);
  return [...answer.rows, ...answer.warnings].map((row) => JSON.stringify(row)).sort();
}

async function expectSame(query: MeasureQueryInput): Promise<void> {
  expect(await told(cells, query), JSON.stringify(query)).toEqual(await told(rows, query));
}

/** Of one question. */
const mostMeasures = 30;

const sqlOf = (query: MeasureQueryInput, fromCells: boolean): string =>
  compile(measureQuerySchema.parse(query), { audience: "local", cells: fromCells }).sql;

/** Measures that can be split so, and that cells answer. */
const having = (...dimensions: readonly string[]) =>
  measureIds.filter((id) => {
    if (!dimensions.every((dimension) => (dimensionsOf(id) as readonly string[]).includes(dimension))) return false;
    const query = { measures: [id], by: [...dimensions] };
    return sqlOf(query, true) !== sqlOf(query, false);
  });

describe("cells", () => {
  it("answer where no day is asked, and only there", async () => {
    const query = { measures: ["spend"], by: ["fate"], sql: true };
    expect((await cells.ask(query)).sql).toContain("ledger_cell");
    expect((await rows.ask(query)).sql).not.toContain("_cell");
  });

  it("say of every measure what its rows say, whole and by every dimension", async () => {
    for (const by of [[], ...dimensionIds.map((dimension) => [dimension])]) {
      const measures = having(...by);
      for (let from = 0; from < measures.length; from += mostMeasures)
        await expectSame({ measures: measures.slice(from, from + mostMeasures), by, limit: 10_000 });
    }
  }, 120_000);

  it("say what the rows say under any filters, days and time zones", async () => {
    const byDimension = new Map<string, readonly (string | null)[]>();
    const asked = ["model", "session", "repository", "activity", "source", "sub_agent", "fate", "roll_up", "grade", "flow", "change_kind"];
    for (const dimension of asked) {
      const { rows: groups } = await rows.ask({ measures: ["spend"], by: [dimension] });
      byDimension.set(
        dimension,
        groups.map((row) => row[dimension] as string | null),
      );
    }
    const dimension = fc.constantFrom(...asked);
    const day = fc.integer({ min: 0, max: 80 }).map((days) => new Date(Date.UTC(2026, 0, 5 + days)).toISOString().slice(0, 10));
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(dimension, { maxLength: 3 }),
        fc.array(fc.tuple(dimension, fc.nat(), fc.boolean()), { maxLength: 2 }),
        fc.record({ from: fc.option(day), to: fc.option(day) }),
        fc.constantFrom("UTC", "America/St_Johns", "Asia/Kathmandu", "Australia/Eucla"),
        fc.constantFrom(null, "day" as const, "week" as const),
        async (by, filters, range, timeZone, grain) => {
          const where = filters.map(([id, pick, inside]) => {
            const values = byDimension.get(id) as readonly (string | null)[];
            return { dimension: id, is: inside ? ("in" as const) : ("not_in" as const), values: [values[pick % values.length] ?? null] };
          });
          const measures = having(...by, ...where.map((filter) => filter.dimension)).filter(
            (id) => id.startsWith("spend") || id.startsWith("tokens"),
          );
          if (measures.length > 0) await expectSame({ measures, by, where, range, timeZone, grain, limit: 10_000 });
        },
      ),
      { numRuns: 25 },
    );
  }, 120_000);
});
