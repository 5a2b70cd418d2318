/** `assay query`: what is typed becomes the query, what is answered becomes a table, CSV or JSON. */
import { describe, expect, it } from "vitest";
import { queryResult } from "./card-fixtures.ts";
import { runWith } from "./fake-machine.ts";

const askedBy = async (...args: string[]): Promise<unknown> => (await runWith(["query", ...args])).calls[0]?.args[0];

describe("assay query", () => {
  it("takes measures and dimensions with commas or blanks, and - for _", async () => {
    expect(await askedBy("spend,tokens-total", "usages", "--by", "model,sub-agent")).toEqual({
      measures: ["spend", "tokens_total", "usages"],
      by: ["model", "sub_agent"],
    });
  });

  it("takes filters, with != and null and commas inside a value", async () => {
    expect(await askedBy("spend", "--where", "model=a,b\\,c", "--where", "branch!=null")).toEqual({
      measures: ["spend"],
      where: [
        { dimension: "model", is: "in", values: ["a", "b,c"] },
        { dimension: "branch", is: "not_in", values: [null] },
      ],
    });
  });

  it("takes a range of days, an open one, a day, and a month to its last day", async () => {
    const range = async (text: string) => ((await askedBy("spend", "--range", text)) as { range: unknown }).range;
    expect(await range("2026-01-05..2026-01-31")).toEqual({ from: "2026-01-05", to: "2026-01-31" });
    expect(await range("2026-01-05..")).toEqual({ from: "2026-01-05", to: null });
    expect(await range("..2026-01-05")).toEqual({ from: null, to: "2026-01-05" });
    expect(await range("2026-01-05")).toEqual({ from: "2026-01-05", to: "2026-01-05" });
    expect(await range("2024-02")).toEqual({ from: "2024-02-01", to: "2024-02-29" });
  });

  it("takes a comparison, an order, a grain, a zone and a limit", async () => {
    const typed = [
      "--compare",
      "2025-01-01..2025-01-31",
      "--order",
      "spend__change:asc,model",
      "--grain",
      "week",
      "--time-zone",
      "UTC",
      "--limit",
      "5",
    ];
    expect(await askedBy("spend", ...typed)).toEqual({
      measures: ["spend"],
      compare: { from: "2025-01-01", to: "2025-01-31" },
      order: [
        { by: "spend__change", direction: "asc" },
        { by: "model", direction: "desc" },
      ],
      grain: "week",
      timeZone: "UTC",
      limit: 5,
    });
    expect(await askedBy("spend", "--compare", "previous")).toMatchObject({ compare: "previous" });
  });

  it.each([
    ["--range", "2026-02-30..2026-03-01", "is no range of days"],
    ["--range", "2026-03-02..2026-03-01", "ends before it begins"],
    ["--range", "..", "is no range of days"],
    ["--compare", "2026-03-01..", "is no range of days"],
    ["--where", "model", "is no filter"],
    ["--where", "model=a,,b", "empty part"],
    ["--order", "spend:up", "is no order"],
    ["--limit", "0", "is no number of rows"],
    ["--grain", "fortnight", "fortnight"],
  ])("refuses %s %s with exit code 2", async (flag, value, words) => {
    const { code, err, calls } = await runWith(["query", "spend", flag, value]);
    expect([code, calls]).toEqual([2, []]);
    expect(err).toContain(words);
  });

  it("asks for at least one measure", async () => {
    expect((await runWith(["query"])).code).toBe(2);
  });

  it("prints ids, units, aligned numbers, a total of what may be added, and what is missing", async () => {
    const { out } = await runWith(["query", "spend", "bought_share", "--by", "model"]);
    expect(out.split("\n")).toEqual([
      "model             spend  bought_share",
      "                    USD             %",
      "claude-opus-4-6  $12.35        25.0 %",
      "(not known)       $1.00             –",
      "total            $13.35",
      "",
      "Dollars are API-equivalent at list prices, not what was paid.",
      "Days from 2026-01-01 to 2026-01-31, in Europe/Berlin.",
      "– is not known, not observed, or too small a sample; never 0.",
      "spend: 3 usages have no known price.",
      "",
    ]);
  });

  it("prints changes with their sign, and the word new", async () => {
    const [model, spend] = queryResult.columns;
    if (!model || !spend) throw new Error("the fixture has columns");
    const result = {
      ...queryResult,
      compared: { from: "2025-12-01", to: "2025-12-31" },
      columns: [
        model,
        spend,
        { ...spend, id: "spend__base", kind: "base" as const },
        { ...spend, id: "spend__change", kind: "change" as const, type: "relative" as const, additive: false },
      ],
      rows: [
        { model: "a", spend: "1000000000", spend__base: "2000000000", spend__change: -0.5 },
        { model: "b", spend: "1000000000", spend__base: "0", spend__change: "new" },
      ],
      warnings: [],
    };
    const { out } = await runWith(["query", "spend", "--by", "model"], { assay: { query: async () => result } });
    expect(out).toContain("a      $1.00        $2.00        -50.0 %");
    expect(out).toContain("b      $1.00        $0.00            new");
    expect(out).toContain("Before: 2025-12-01 to 2025-12-31.");
  });

  it("keeps to 80 columns, as blocks where a table would be wider", async () => {
    const wide = Array.from(
      { length: 9 },
      (_, i) =>
        ({ id: `a_measure_with_a_name_${i}`, title: "A", kind: "measure", unit: "tokens", type: "number", additive: true }) as const,
    );
    const model = { id: "model", title: "Model", kind: "dimension", unit: null, type: "text", additive: false } as const;
    const row = Object.fromEntries(wide.map(({ id }, i) => [id, 1_000 + i]));
    const result = {
      ...queryResult,
      columns: [model, ...wide],
      rows: [
        { model: "m", ...row },
        { model: "n", ...row },
      ],
      warnings: [],
    };
    const { out } = await runWith(["query", "spend"], { assay: { query: async () => result } });
    expect(Math.max(...out.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(out).toContain("m\n  a_measure_with_a_name_0  1,000 tokens\n");
    expect(out).toContain("total\n  a_measure_with_a_name_0  2,000 tokens\n");
  });

  it("prints exact values as CSV, quoted where they must be, and JSON", async () => {
    const rows = [{ model: 'a "b", c', spend: "12345678901", bought_share: null }];
    const assay = { query: async () => ({ ...queryResult, rows }) };
    expect((await runWith(["query", "spend", "--format", "csv"], { assay })).out).toBe(
      'model,spend,bought_share\r\n"a ""b"", c",12345678901,\r\n',
    );
    for (const flag of [["--json"], ["--format", "json"]]) {
      expect(JSON.parse((await runWith(["query", "spend", ...flag], { assay })).out).rows).toEqual(rows);
    }
  });

  it("prints the statement and nothing else with --sql", async () => {
    const { out, calls } = await runWith(["query", "spend", "--sql"], {
      assay: { query: async () => ({ ...queryResult, sql: "SELECT 1" }) },
    });
    expect(out).toBe("SELECT 1\n");
    expect(calls[0]?.args[0]).toMatchObject({ sql: true });
  });
});
