/** A bill from its file to what it reconciles with; amounts are worked out in the comments. */
import { utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import type { ReconcileRow } from "../../src/contract/bills.ts";
import { billFixture, storeWith } from "./support/bill-store.ts";
import { Scratch, dumpStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const opus = "global.anthropic.claude-opus-4-5-20251101-v1:0"; // $5 and $25 a million
const logged = [
  { id: "m1", provider: "aws", model: opus, at: "2026-03-02T00:30", input: 800_000 }, // $4.00
  { id: "m2", provider: "aws", model: opus, at: "2026-03-02T01:30", output: 100_000, early: true }, // $2.50
  { id: "m3", provider: "aws", model: "global.anthropic.claude-haiku-4-5-20251001-v1:0", at: "2026-03-02T02:00", input: 500_000 }, // $0.50 at $1
  { id: "m4", provider: "anthropic", model: "claude-opus-4-5", at: "2026-03-05T02:00", output: 10_000 }, // $0.25
];
const all = { asOf: null, provider: null, from: null, to: null };
const dollars = (text: string): string => (BigInt(Math.round(Number(text) * 100)) * 10_000_000n).toString();

const rowOf = (rows: readonly ReconcileRow[], provider: string, model: RegExp | null, kind = "usage"): ReconcileRow => {
  const found = rows.filter(
    (row) => row.provider === provider && row.kind === kind && (model === null ? row.model === null : model.test(row.model ?? "")),
  );
  expect(found, `${provider} ${String(model)}`).toHaveLength(1);
  return found[0] as ReconcileRow;
};

describe("a bill of clouds", () => {
  it("is read once, what is of no AI is counted, what is damaged is told with its line", async () => {
    const assay = openStore(await storeWith(scratch, []));
    const told = await assay.importBills([billFixture("focus/cloud.csv")], () => {});
    expect(told).toMatchObject({ lines: 10, lost: 2 });
    expect(told.files[0]?.problems.map(({ code, locator, count = 1 }) => [code, locator.split("/").at(-1), count])).toEqual([
      ["bill_line_not_ai", "cloud.csv", 1],
      ["bill_line_unreadable", "cloud.csv:13", 1],
      ["bill_line_unreadable", "cloud.csv:14", 1],
    ]);
    expect(await assay.bills()).toMatchObject([
      // 4.50 + 2.25 + 0.45 − 1.00 + 0.30
      { provider: "aws", lines: 5, currency: "USD", billedNano: dollars("6.50"), from: "2026-03-01", to: "2026-03-31", account: "4711" },
      { provider: "azure", lines: 1, currency: "EUR", billedNano: dollars("2.00") },
      { provider: "azure", lines: 1, currency: "USD", billedNano: dollars("0.05") },
      { provider: "google", lines: 3, billedNano: dollars("1.60") },
    ]);
  });

  it("reconciles: billed is logged and discount and unlogged less unbilled, to the nano-dollar", async () => {
    const assay = openStore(await storeWith(scratch, logged));
    await assay.importBills([billFixture("focus/cloud.csv")], () => {});
    const { rows, providers, withoutBill, withoutRate } = await assay.reconcile(all);
    // Billed 4.50 + 2.25 + 0.45 at a list of 5.00 + 2.50 + 0.50 = 8.00; logged 6.50: 1.50 is in no log, 0.80 is discount.
    const row = rowOf(rows, "aws", /opus/);
    expect(row).toMatchObject({
      from: "2026-03-02",
      to: "2026-03-02",
      loggedNanoUsd: dollars("6.50"),
      billedNanoUsd: dollars("7.20"),
      billedAtListNanoUsd: dollars("8.00"),
      discountNanoUsd: `-${dollars("0.80")}`,
      unloggedNanoUsd: dollars("1.50"),
      unbilledNanoUsd: "0",
      loggedTokens: 900_000,
      billedTokens: 2_100_000,
      variance: 7 / 72,
    });
    expect(row.reasons.map(({ code }) => code)).toEqual(["some_unlogged", "early_counts"]);
    expect(rowOf(rows, "aws", /haiku/)).toMatchObject({
      billedNanoUsd: null,
      unbilledNanoUsd: dollars("0.50"),
      reasons: [{ code: "no_line" }],
    });
    expect(rowOf(rows, "google", /gemini/)).toMatchObject({ loggedTokens: 0, billedTokens: 60_000, unloggedNanoUsd: dollars("0.60") });
    expect(rowOf(rows, "google", null, "commitment")).toMatchObject({ billedNanoUsd: dollars("0.80") });
    expect(rowOf(rows, "google", null, "unused_commitment")).toMatchObject({ billedNanoUsd: dollars("0.20") });
    expect(providers.find(({ provider }) => provider === "aws")).toMatchObject({
      loggedNanoUsd: dollars("7.00"),
      billedNanoUsd: dollars("7.20"),
      others: { credit: `-${dollars("1.00")}`, tax: dollars("0.30"), seat: "0", commitment: "0", unused_commitment: "0", other: "0" },
      allBilledNanoUsd: dollars("6.50"),
    });
    expect(withoutBill).toEqual([{ provider: "anthropic", loggedNanoUsd: dollars("0.25"), from: "2026-03-05", to: "2026-03-05" }]);
    expect(withoutRate).toEqual([{ currency: "EUR", lines: 1, nano: dollars("2.00") }]);
    for (const { kind, billedNanoUsd, loggedNanoUsd, discountNanoUsd, unloggedNanoUsd, unbilledNanoUsd } of rows) {
      if (kind !== "usage" || billedNanoUsd === null || loggedNanoUsd === null) continue;
      const parts = [loggedNanoUsd, discountNanoUsd, unloggedNanoUsd].reduce((sum, nano) => sum + BigInt(nano ?? 0), 0n);
      expect(parts - BigInt(unbilledNanoUsd ?? 0)).toBe(BigInt(billedNanoUsd));
    }
  });

  it("takes the rate of the day, and none where none is given", async () => {
    const yaml = `exchange_rates:
  - { currency: EUR, usd: 1.05, to: 2026-02-28 }
  - { currency: EUR, usd: "1.10", from: 2026-03-01 }
`;
    const assay = openStore(await storeWith(scratch, logged, yaml));
    await assay.importBills([billFixture("focus/cloud.csv")], () => {});
    const { rows, withoutRate } = await assay.reconcile({ ...all, provider: "azure" });
    expect(rowOf(rows, "azure", /gpt/)).toMatchObject({ billedNanoUsd: dollars("2.20"), billedTokens: 1_000_000 });
    expect(withoutRate).toEqual([]);
    expect(new Set(rows.map(({ provider }) => provider))).toEqual(new Set(["azure"]));
  });

  it("counts the newest telling of a line that another file tells with other amounts", async () => {
    const folder = await storeWith(scratch, []);
    const assay = openStore(folder);
    const head = "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,ChargeDescription";
    const write = (name: string, amounts: readonly string[], seconds: number): string => {
      const path = join(folder, name);
      const rows = amounts.map((amount) => `${amount},USD,Usage,2026-03-02,2026-03-03,Anthropic,Claude API,Claude Opus 4.5 Input`);
      writeFileSync(path, [head, ...rows, ""].join("\n"));
      utimesSync(path, seconds, seconds);
      return path;
    };
    const early = write("early.csv", ["1.00", "1.00"], 1_000_000); // two lines of the same thing are two
    const late = write("late.csv", ["1.25", "1.00"], 2_000_000);
    await assay.importBills([late], () => {});
    await assay.importBills([early], () => {});
    expect(await assay.bills()).toMatchObject([{ provider: "anthropic", lines: 2, billedNano: dollars("2.25") }]);
  });
});

describe("files that are no bill", () => {
  it("are told, and leave the store as it was", async () => {
    const folder = await storeWith(scratch, logged);
    const assay = openStore(folder);
    await assay.reconcile(all);
    const before = await dumpStore(folder);
    for (const [name, text] of [
      ["empty.csv", ""],
      ["other.csv", "name,age\nada,36\n"],
      ["other.json", '{"hello":"world"}'],
      ["torn.json", '{"data":[{"starting'],
    ] as const) {
      writeFileSync(join(folder, name), text);
      const told = await assay.importBills([join(folder, name)], () => {});
      expect(told, name).toMatchObject({ lines: 0, lost: 1, files: [{ format: null }] });
    }
    expect(await dumpStore(folder)).toEqual(before);
    await expect(assay.importBills([join(folder, "absent.csv")], () => {})).rejects.toMatchObject({ code: "no_such_file" });
  });
});
