import { expect, test } from "vitest";
import type { MeasureQueryInput, MeasureResult } from "../contract/query.ts";
import { returnsOf } from "./returns.ts";

type Rows = MeasureResult["rows"];

/** Answers the two questions with typed-in rows. */
const asking =
  (byFate: Rows, stuck: Rows, asked: MeasureQueryInput[] = []) =>
  async (query: MeasureQueryInput): Promise<MeasureResult> => {
    asked.push(query);
    const rows = query.by?.includes("fate") === true ? byFate : stuck;
    return { columns: [], rows, query: query as MeasureResult["query"], compared: null, basis: "list", partialBuckets: [], warnings: [] };
  };
const spent = (product: string | null, fate: string, spend: string) => ({ product, fate, spend });

test("a group of which nothing stuck has no return, unless too much of it is undecided or not linked", async () => {
  const byFate = [
    spent("Harbour", "stuck", "10"),
    spent("Harbour", "unlinked", "90"), // something stuck: that is known, whatever the rest turns out
    spent("Lighthouse", "abandoned", "70"),
    spent("Lighthouse", "maturing", "30"), // 30 of 100: not over 0.3
    spent("Shoal", "abandoned", "69"),
    spent("Shoal", "maturing", "20"),
    spent("Shoal", "in_flight", "11"), // 31 of 100
    spent(null, "stuck", "7"),
  ];
  const stuck = [
    { product: "Harbour", change: "#1", spend: "6" },
    { product: "Harbour", change: "#2", spend: "4" },
    { product: "Harbour", change: "#3", spend: "0" },
    { product: null, change: "#4", spend: "7" },
  ];
  const asked: MeasureQueryInput[] = [];
  const told = await returnsOf(asking(byFate, stuck, asked), "product");
  expect(told.groups).toEqual([
    { group: "Harbour", spendNanoUsd: "100", changesStuck: 2, undecidedShare: 0.9 },
    { group: "Lighthouse", spendNanoUsd: "100", changesStuck: 0, undecidedShare: 0.3 },
    { group: "Shoal", spendNanoUsd: "100", changesStuck: null, undecidedShare: 0.31 },
  ]);
  expect(told.ofNoGroupNanoUsd).toBe("7");
  // 100 of the 200 that are known; of all 300 it is 100, or 200 if nothing of Shoal sticks.
  expect(told.zeroReturnShare).toBe(0.5);
  expect(told.zeroReturnOfAll).toEqual({ low: 1 / 3, high: 2 / 3 });
  expect(told.concentration).toEqual({ herfindahl: 1, effectiveGroups: 1, half: { groups: 1, spendShare: 0.5 } });
  expect(asked.map(({ by }) => by)).toEqual([
    ["product", "fate"],
    ["product", "change"],
  ]);
});

test("without spend there is nothing to say", async () => {
  expect(await returnsOf(asking([], []), "team")).toMatchObject({
    groups: [],
    zeroReturnShare: null,
    zeroReturnOfAll: null,
    concentration: null,
  });
});
