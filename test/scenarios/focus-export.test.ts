/** The ledger as FOCUS: what it adds up to, what a row says, and the published rules. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { CsvReader } from "../../src/bills/csv.ts";
import type { Basis } from "../../src/contract/basis.ts";
import { storeWith } from "./support/bill-store.ts";
import { focusMistakes } from "./support/focus-rules.ts";
import { Scratch, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const usages = [
  { id: "m1", provider: "anthropic", model: "claude-opus-4-5", at: "2026-03-02T10:00", input: 600_000, cacheRead: 100_001 }, // $3 and $0.0500005
  { id: "m2", provider: "anthropic", model: "claude-opus-4-5", at: "2026-03-02T11:00", output: 40_000 }, // $1
  { id: "m3", provider: "anthropic", model: "unheard-of", at: "2026-03-03T10:00", input: 5 },
  { id: "m4", provider: "anthropic", model: "claude-haiku-4-5", at: "2026-04-03T10:00", input: 500_000, session: "s2" }, // $0.50
];
const bill = [
  "BilledCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,x_Model",
  "4.50,5.00,USD,Usage,2026-03-02,2026-03-03,Anthropic,Claude API,claude-opus-4-5",
  "0.30,0.30,USD,Tax,2026-03-01,2026-04-01,Anthropic,Claude API,",
  "-0.10,-0.10,USD,Credit,2026-03-01,2026-04-01,Anthropic,Claude API,",
  "",
].join("\n");

async function exported(basis: Basis, range: { from: string | null; to: string | null } = { from: null, to: null }) {
  const folder = await storeWith(
    scratch,
    usages,
    "plans: [{ name: Seats, provider: openai, from: 2026-03-01, usd_per_seat_month: 20, seats: 1 }]\n",
  );
  writeFileSync(join(folder, "bill.csv"), bill);
  const assay = openStore(folder);
  await assay.importBills([join(folder, "bill.csv")], () => {});
  const { csv, ...told } = await assay.exportFocus({ asOf: null, basis, ...range });
  const reader = new CsvReader();
  const [head = [], ...records] = [...reader.push(csv), ...reader.end().records].map(({ cells }) => cells);
  const rows = records.map((cells) => Object.fromEntries(head.map((name, c) => [name, cells[c] ?? ""])));
  return { ...told, head, list: rows };
}

const nano = (text: string | undefined): bigint => BigInt(Math.round(Number(text) * 1e9));
const sum = (rows: readonly Readonly<Record<string, string>>[]): string =>
  rows.reduce((all, row) => all + nano(row["BilledCost"]), 0n).toString();

describe("export focus", () => {
  it("has a row for each day, session, model and kind of token, with its exact price", async () => {
    const { list, totalNanoUsd, withoutCost, rows } = await exported("list");
    expect([rows, withoutCost, totalNanoUsd, sum(list)]).toEqual([4, 1, "4550000500", "4550000500"]);
    const read = list.find((row) => row["SkuMeter"] === "cache_read");
    expect(read).toMatchObject({
      BilledCost: "0.0500005",
      ListCost: "0.0500005",
      ListUnitPrice: "0.5",
      PricingQuantity: "0.100001",
      PricingUnit: "1000000 Tokens",
      ConsumedQuantity: "100001",
      ConsumedUnit: "Tokens",
      ChargePeriodStart: "2026-03-02T00:00:00Z",
      BillingPeriodEnd: "2026-04-01T00:00:00Z",
      ProviderName: "Anthropic",
      x_Basis: "list",
      x_Fate: "unlinked",
      x_Quality: "final",
      x_Session: "s1",
    });
  });

  it.each(["list", "billed"] as const)("keeps the published rules on the basis %s", async (basis) => {
    const { head, list } = await exported(basis);
    expect(list.length).toBeGreaterThan(3);
    expect(focusMistakes(head, list)).toEqual([]);
  });

  it("tells of a bill what no usage explains, without quantities, and adds up to the billed spend", async () => {
    const { list, totalNanoUsd, withoutCost } = await exported("billed");
    expect(
      list
        .filter((row) => row["x_Remainder"] !== "")
        .map((row) => [row["ChargeCategory"], row["x_Remainder"], row["x_Fate"], row["BilledCost"]]),
    ).toEqual([
      ["Credit", "credit", "unlinked", "-0.1"],
      ["Tax", "tax", "unlinked", "0.3"],
      ["Adjustment", "unused_seat", "unused", "20"],
      ["Adjustment", "unlogged", "unlinked", "0.85499955"], // of a list of 5.00 4.0500005 is logged: 4.50 × 0.9499995 / 5
    ]);
    expect(totalNanoUsd).toBe("24700000000"); // 4.50 + 0.30 − 0.10 + 20
    expect(sum(list)).toBe(totalNanoUsd);
    expect(withoutCost).toBe(2); // of a model nobody prices, and of a day without a bill
  });

  it("takes only the days it is asked for", async () => {
    const { list } = await exported("list", { from: "2026-04-01", to: "2026-04-30" });
    expect(list.map((row) => row["x_Session"])).toEqual(["s2"]);
  });

  it("is no export the checker calls right whatever it holds", async () => {
    const { head, list } = await exported("list");
    const broken = list.map((row) => ({ ...row, SkuPriceId: "" }));
    expect(focusMistakes(head, broken)).toContain("row 1: quantities or prices without a SKU price");
    expect(focusMistakes(head.slice(1), list)).toContain("BilledCost is absent");
    expect(focusMistakes(head, [{ ...list[0], ListCost: "1" }])).toContain("row 1: ListUnitPrice × PricingQuantity is not ListCost");
  });
});
