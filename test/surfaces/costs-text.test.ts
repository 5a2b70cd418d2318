import { expect, test } from "vitest";
import { costs } from "./delivery-fixtures.ts";
import { runWith } from "./fake-machine.ts";

const lines = (out: string): string[] => out.split("\n").map((line) => line.replace(/ {2,}/g, "  "));

test("shows the cost of a change by cohort, in the same period, at the margin and with people", async () => {
  const { out, calls } = await runWith(["costs", "--tiers", "2"]);
  expect(calls).toEqual([{ name: "costs", args: [{ asOf: null, grain: "month", days: 91, tiers: 2 }] }]);
  expect(lines(out)).toEqual([
    "Cost per change, by cohort: all that tasks which began in a month ever cost, failed ones included",
    "month  spend  open  landed  released  stuck  further",
    "2026-01  $60.00  10.0 %  20: $3.00  15: $4.00  10: $6.00  –",
    "2026-02  $90.00  20.0 %  30: $3.00  4: few  12: $7.50  $15.00",
    "",
    "Spend per change, same period: spent in a month over what landed, was released or stuck of what landed in it",
    "month  spend  open  landed  released  stuck  further",
    "2026-02  $150.00  90.0 %  50: $3.00  50: $3.00  22: open  –",
    "",
    "Number of changes, and dollars of each. Open: spend that is undecided or not linked; where more than 30.0 % may still change no cost is told.",
    "Few: fewer than 5 changes. Further: dollars of each further change that stuck, against the month before.",
    "",
    "Full cost per change, by tier of token spend",
    "tier  persons  changes  tokens  mean  totals  with people  further",
    "least  5  55  $15.40  $0.28  $0.28  $2,000.00…$2,727.55  –",
    "most  5  115  $9,110.00  $89.32  $79.22  not known  $151.58",
    "Tokens of a change: the mean of each person's, and that of the totals. Further: of each further change a head.",
    "1 Jan – 31 Mar 2026. People cost what assay.yaml says of their salaries, low to high, whatever else they did.",
    "Of nobody in assay.yaml, and in no tier: $1.00 and 2 changes.",
    "",
    "Costs fall when changes are split: read them beside what was reverted. They go together with spend; they do not tell what it caused.",
    "",
  ]);
});

test("says why there are no tiers, refuses what is none, and prints JSON", async () => {
  const few = { ...costs, people: { ...costs.people, tiers: [], refused: "too_few_persons" as const } };
  const { out } = await runWith(["costs"], { assay: { costs: async () => few } });
  expect(out).toContain("10 persons with spend or a landed change: too few for tiers of 5 and more. Ask for fewer with --tiers.");
  const none = { ...costs, people: { ...costs.people, tiers: [], refused: "no_people" as const } };
  expect((await runWith(["costs"], { assay: { costs: async () => none } })).out).toContain("assay.yaml names no people");
  expect((await runWith(["costs"], { assay: { costs: async () => ({ ...costs, cohorts: [] }) } })).out).toBe(
    "No spend is known: assay import\n",
  );
  expect((await runWith(["costs", "--tiers", "1"])).code).toBe(2);
  expect(JSON.parse((await runWith(["costs", "--json"])).out)).toEqual(costs);
});
