import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { commandOf } from "./command.ts";
import { exploreQuery, formatExplore, grains, parseExplore } from "./explore-state.ts";
import { formatFilters, parseFilters } from "./filters.ts";
import { parseOpened, withOpened } from "./opened-number.ts";
import { parseSearch, stringifySearch } from "./page-search.ts";

const name = fc.stringMatching(/^[a-z][a-z_0-9]{0,8}$/);
/** Anything a model, branch or folder may be called. */
const value = fc.option(fc.string({ minLength: 1, unit: "grapheme" }), { nil: null });
const filter = fc.record({
  dimension: name,
  is: fc.constantFrom("in" as const, "not_in" as const),
  values: fc.array(value, { minLength: 1, maxLength: 3 }),
});
const day = fc
  .date({ min: new Date("2020-01-01"), max: new Date("2030-12-31"), noInvalidDate: true })
  .map((date) => date.toISOString().slice(0, 10));
const closed = fc.tuple(day, day).map(([a, b]) => (a < b ? { from: a, to: b } : { from: b, to: a }));
const names = fc.uniqueArray(name, { minLength: 1, maxLength: 4 });

const state = fc.record({
  measures: names,
  by: fc.oneof(
    fc.constant([]),
    names.filter((list) => list[0] !== "none"),
  ),
  where: fc.array(filter, { maxLength: 3 }),
  range: closed,
  grain: fc.constantFrom(null, ...grains),
  compare: fc.oneof(fc.constantFrom(null, "previous" as const), closed),
  pivot: fc.boolean(),
  sort: fc.option(
    fc.tuple(fc.constantFrom("", "-"), name).map((parts) => parts.join("")),
    { nil: null },
  ),
});

describe("the address of a screen", () => {
  it("gives back every state of Explore, through the text of the address", () => {
    fc.assert(
      fc.property(state, (one) => {
        expect(parseExplore(parseSearch(stringifySearch(formatExplore(one))))).toEqual(one);
      }),
    );
  });

  it("gives back every filter, whatever its values hold", () => {
    fc.assert(
      fc.property(fc.array(filter, { maxLength: 4 }), (filters) => {
        expect(parseFilters(formatFilters(filters))).toEqual(filters);
      }),
    );
  });

  it("leaves defaults out", () => {
    expect(stringifySearch(formatExplore(parseExplore({})))).toBe("");
    expect(stringifySearch(formatExplore({ ...parseExplore({}), by: [] }))).toBe("?by=none");
  });

  it("falls back where it cannot be read, and drops what nobody knows", () => {
    const fallen = parseExplore({
      m: "DROP TABLE",
      grain: "fortnight",
      range: "2026-13-01x..",
      compare: "previous",
      sort: "a b",
      by: "__proto__",
    });
    expect(fallen).toEqual(parseExplore({}));
    expect(parseSearch("?m=spend&evil=1&__proto__=x")).toEqual({ m: "spend" });
    expect(parseExplore({ range: "2026-02-01..2026-01-01" }).range).toEqual({ from: null, to: null });
  });

  it("compares only where days are closed, as the query wants it", () => {
    expect(exploreQuery(parseExplore({ compare: "previous" })).compare).toBeNull();
    expect(exploreQuery(parseExplore({ compare: "previous", range: "2026-01-01..2026-01-31" })).compare).toBe("previous");
  });

  it("opens and closes a number without touching the screen behind it", () => {
    const behind = { m: "spend", sort: "-spend" };
    const opened = {
      measure: "bought_share",
      where: [{ dimension: "team", is: "in" as const, values: ["quay", null] }],
      by: "session",
      range: { from: "2026-10-25", to: "2026-10-31" },
    };
    const search = withOpened(behind, opened);
    expect(parseOpened(parseSearch(stringifySearch(search)))).toEqual(opened);
    expect(withOpened(search, null)).toEqual(behind);
    expect(parseOpened(behind)).toBeNull();
  });
});

describe("the command beside a query", () => {
  it("asks the same, and is quoted for a shell", () => {
    const where = [{ dimension: "branch", is: "not_in" as const, values: ["it's, here", null] }];
    expect(
      commandOf({ measures: ["spend", "sessions"], by: ["model", "team"], where, range: { from: "2026-01-01", to: null }, grain: "week" }),
    ).toBe("assay query spend sessions --by model,team --where 'branch!=it'\\''s\\, here,null' --range 2026-01-01.. --grain week");
  });
});
