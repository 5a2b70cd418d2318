/** The ten rows by product: what of them stuck. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { returnsOf } from "../../src/app/returns.ts";
import { MeasureStore, fillTenRows } from "./measure-store.ts";

let store: MeasureStore;
beforeAll(async () => {
  store = await MeasureStore.open();
  await fillTenRows(store);
  await store.insert("repository_product", [{ repository_id: 1, product: "Harbour", cost_centre: null }]);
});
afterAll(() => store.close());

test("counts a change once, however many strands of it stuck, and keeps what is of no product apart", async () => {
  const told = await returnsOf((query) => store.ask(query), "product");
  const { rows } = await store.ask({ measures: ["spend"], by: ["product"] });
  expect(told.groups).toMatchObject([{ group: "Harbour", spendNanoUsd: "900", changesStuck: 1 }]);
  expect(told.ofNoGroupNanoUsd).toBe(String(rows.find(({ product }) => product === null)?.["spend"]));
  expect(told.zeroReturnShare).toBe(0);
});
