/** One store asked on three bases: amounts are worked out in the comments. */
import { join } from "node:path";
import { writeFileSync } from "node:fs";
import { afterAll, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import type { Basis } from "../../src/contract/basis.ts";
import { storeWith } from "./support/bill-store.ts";
import { Scratch, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
afterAll(() => scratch.remove());

const usages = [
  { id: "m1", provider: "anthropic", model: "claude-opus-4-5", at: "2026-03-02T10:00", input: 600_000 }, // $3.00
  { id: "m2", provider: "anthropic", model: "claude-opus-4-5", at: "2026-03-02T11:00", output: 40_000 }, // $1.00
  { id: "m3", provider: "anthropic", model: "claude-haiku-4-5", at: "2026-03-03T10:00", input: 500_000 }, // $0.50
  { id: "m4", provider: "google", model: "gemini-2.5-pro", at: "2026-04-02T10:00", output: 10_000 }, // $0.10
];
const yaml = `plans:
  - { name: Enterprise, provider: anthropic, discount: 0.1 }
  - { name: Gemini seats, provider: google, from: 2026-03-01, usd_per_seat_month: 2, seats: 1 }
`;

/** Opus on 2 March: billed 4.50 at a list of 5.00; a tax of 0.30. */
const bill = [
  "BilledCost,ListCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ProviderName,ServiceName,SkuMeter",
  "4.50,5.00,USD,Usage,2026-03-02,2026-03-03,Anthropic,Claude API,Claude Opus 4.5 Tokens",
  "0.30,0.30,USD,Tax,2026-03-01,2026-04-01,Anthropic,Claude API,",
  "",
].join("\n");

async function billedStore(): Promise<Assay> {
  const folder = await storeWith(scratch, usages, yaml);
  writeFileSync(join(folder, "bill.csv"), bill);
  const assay = openStore(folder);
  await assay.importBills([join(folder, "bill.csv")], () => {});
  return assay;
}

const dollars = (cents: number): string => (BigInt(cents) * 10_000_000n).toString();

it("answers in list, contract and billed money, and in each the fates add up to the spend exactly", async () => {
  const assay = await billedStore();
  const spendOf = async (basis: Basis) => (await assay.query({ measures: ["spend", "usages"], basis }, { asOf: null })).rows[0];
  expect(await spendOf("list")).toEqual({ spend: dollars(460), usages: 4 });
  expect(await spendOf("contract")).toEqual({ spend: dollars(405), usages: 4 }); // 4.50 less a tenth; no contract with Google
  // Billed: 4.50 and 0.30, and the Gemini seat of March, in which nobody used it (April is not over).
  expect(await spendOf("billed")).toEqual({ spend: dollars(680), usages: 4 });
  for (const basis of ["list", "contract", "billed"] as const) {
    const answer = await assay.answer({ asOf: null, basis });
    expect([answer.basis, answer.residualNanoUsd]).toEqual([basis, "0"]);
    expect(answer.spendNanoUsd).toBe(String((await spendOf(basis))?.["spend"]));
  }
});

it("says of each billed dollar where it went: usages, what no log has, what nobody used", async () => {
  const assay = await billedStore();
  const { rows, basis, warnings } = await assay.query(
    { measures: ["spend"], by: ["provider", "model", "agent", "fate"], basis: "billed" },
    { asOf: null },
  );
  expect(basis).toBe("billed");
  // Opus: 4.00 of a list of 5.00 are logged, so four fifths of 4.50; the rest is in no log.
  expect(rows.map((row) => ["provider", "model", "agent", "fate", "spend"].map((column) => row[column]))).toEqual([
    ["anthropic", "claude-opus-4-5", "claude-code", "unlinked", dollars(360)],
    ["google", null, null, "unused", dollars(200)],
    ["anthropic", "claude-opus-4-5", null, "unlinked", dollars(90)],
    ["anthropic", null, null, "unlinked", dollars(30)],
    ["anthropic", "claude-haiku-4-5", "claude-code", "unlinked", null],
    ["google", "gemini-2.5-pro", "claude-code", "unlinked", null],
  ]);
  expect(warnings[0]?.message).toBe("2 usages are missing here: no bill and no plan covers them.");
});

it("keeps money of a bill on its days, and shows nothing of it under another basis", async () => {
  const assay = await billedStore();
  const march = { range: { from: "2026-03-02", to: "2026-03-02" } };
  const spend = async (more: object) => (await assay.query({ measures: ["spend"], ...more }, { asOf: null })).rows[0]?.["spend"];
  expect(await spend({ ...march, basis: "billed" })).toBe(dollars(450));
  expect(await spend({ range: { from: "2026-03-01", to: "2026-03-01" }, basis: "billed" })).toBe(dollars(230)); // tax and seat of the month
  expect(await spend(march)).toBe(dollars(400));
});
