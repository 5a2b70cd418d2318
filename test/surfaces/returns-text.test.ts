import { expect, test } from "vitest";
import { returns } from "./delivery-fixtures.ts";
import { runWith } from "./fake-machine.ts";

test("shows spend of which nothing stuck, and leaves open what is not decided", async () => {
  const { out, calls } = await runWith(["returns", "--by", "product"]);
  expect(calls).toEqual([{ name: "returns", args: [{ asOf: null, by: "product" }] }]);
  expect(out.split("\n").map((line) => line.replace(/ {2,}/g, "  "))).toEqual([
    "product  spend  changes stuck  undecided",
    "Harbour  $60.00  9  50.0 %",
    "Lighthouse  $30.00  0  10.0 %",
    "Shoal  $10.00  not known yet  90.0 %",
    "",
    "Zero-return share: 33.3 % of spend whose return is known; of all, 30.0 % to 40.0 %.",
    "Half of the changes that stuck are of 1 group with 66.7 % of the spend; as concentrated as 1.0 equal ones.",
    "$5.00 is of no product and in no share here.",
    "Not known yet: nothing stuck, and more than 30.0 % of the spend is undecided or not linked.",
    "A change counts once however small it is: read this beside `assay costs` and what was reverted.",
    "",
    "the published split  published  its method here  the ledger",
    "value  18.0 %  25.0 %  bought 40.0 %",
    "reactive  44.0 %  50.0 %  repair 5.0 %",
    "rework  27.0 %  25.0 %  undone 10.0 %",
    "review friction  11.0 %  not observed  reviewing not observed",
    "Its method counts 10 landed changes by class and makes the parts add up to one dollar: every fix and all maintenance is reactive, whoever caused it. 1 of no class that is known, 2 not a week old. Before that they add up to 120.0 %.",
    "The ledger follows each dollar to its lines; its group is the nearest there is, not the same. What is in no group here ripens, iterates, thinks or is not linked.",
    "",
  ]);
});

test("says so where no group is known, refuses groups of persons, and prints JSON", async () => {
  const none = { assay: { returns: async () => ({ ...returns, groups: [] }) } };
  expect((await runWith(["returns", "--by", "product"], none)).out).toBe(
    "No spend is in a product that is known: name them in assay.yaml.\n",
  );
  expect((await runWith(["returns", "--by", "person"])).code).toBe(2);
  expect(JSON.parse((await runWith(["returns", "--json"])).out)).toEqual(returns);
});
