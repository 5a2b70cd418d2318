import fc from "fast-check";
import { expect, test } from "vitest";
import { billKinds } from "../contract/bill-facts.ts";
import type { BilledCell } from "./billed-cells.ts";
import { type ChargedUsage, type FlatFee, billedCharges } from "./charges.ts";

const day = 86_400_000;
const usage = (id: number, listNano: bigint | null, more: Partial<ChargedUsage> = {}): ChargedUsage => ({
  id,
  provider: "p",
  agent: "a",
  instant: 10,
  model: "m",
  listNano,
  tokens: 1,
  ...more,
});
const cell = (billed: bigint | null, more: Partial<BilledCell> = {}): BilledCell => ({
  provider: "p",
  use: "usage",
  from: 0,
  to: day,
  model: "m",
  modelName: "m",
  billed,
  atList: null,
  tokens: null,
  ...more,
});
const fee = (nano: bigint, more: Partial<FlatFee> = {}): FlatFee => ({
  provider: "p",
  agents: null,
  from: 0,
  to: day,
  nano,
  includedNano: null,
  ...more,
});

const told = (cells: readonly BilledCell[], fees: readonly FlatFee[], usages: readonly ChargedUsage[]) => {
  const { usages: paid, remainders } = billedCharges(cells, fees, usages);
  return { paid: Object.fromEntries(paid), left: remainders.map(({ kind, nano }) => [kind, nano]) };
};

test("a bill at a discount is spread in the ratio of list prices", () => {
  // listed 100, billed 80: usages of 60 and 40 paid 48 and 32
  expect(told([cell(80n, { atList: 100n })], [], [usage(1, 60n), usage(2, 40n)])).toEqual({ paid: { 1: 48n, 2: 32n }, left: [] });
});

test("what is on the bill and in no log is unlogged", () => {
  // listed 100 of which 75 are logged: three quarters of 80 are theirs
  expect(told([cell(80n, { atList: 100n })], [], [usage(1, 75n)])).toEqual({ paid: { 1: 60n }, left: [["unlogged", 20n]] });
  expect(told([cell(80n)], [], [usage(1, 75n)])).toEqual({ paid: { 1: 75n }, left: [["unlogged", 5n]] }); // no list price told
  expect(told([cell(80n)], [], [usage(1, null)])).toEqual({ paid: {}, left: [["unlogged", 80n]] });
  expect(told([cell(80n)], [], [usage(1, 90n, { instant: day })])).toEqual({ paid: {}, left: [["unlogged", 80n]] }); // another day
});

test("a bill below what was logged is all theirs; a correction below nothing is nobody's", () => {
  expect(told([cell(30n, { atList: 50n })], [], [usage(1, 60n), usage(2, 40n)])).toEqual({ paid: { 1: 18n, 2: 12n }, left: [] });
  expect(told([cell(-30n)], [], [usage(1, 60n)])).toEqual({ paid: {}, left: [["unlogged", -30n]] });
});

test("a usage that no bill covers has no billed cost, not 0", () => {
  const cells = [cell(10n, { atList: 10n })];
  expect(told(cells, [], [usage(1, 10n), usage(2, 5n, { model: "n" }), usage(3, 5n, { provider: "q" })]).paid).toEqual({ 1: 10n });
});

test("a fee goes to who used it; what of an allowance nobody used, and a seat without use, is unused", () => {
  expect(told([], [fee(100n)], [usage(1, 30n), usage(2, 10n)])).toEqual({ paid: { 1: 75n, 2: 25n }, left: [] });
  expect(told([], [fee(100n, { includedNano: 160n })], [usage(1, 30n), usage(2, 10n)])).toEqual({
    paid: { 1: 18n, 2: 7n },
    left: [["unused_seat", 75n]],
  });
  expect(told([], [fee(100n)], [])).toEqual({ paid: {}, left: [["unused_seat", 100n]] });
  expect(told([], [fee(100n, { agents: ["b"] })], [usage(1, 30n)])).toEqual({ paid: {}, left: [["unused_seat", 100n]] });
  expect(told([], [fee(0n)], [usage(1, 30n)])).toEqual({ paid: { 1: 0n }, left: [] }); // a free tier: nothing, and that is known
});

test("machines of one's own are shared by tokens, since nothing is listed", () => {
  expect(told([], [fee(90n)], [usage(1, null, { tokens: 200 }), usage(2, null, { tokens: 100 })]).paid).toEqual({ 1: 60n, 2: 30n });
});

test("seats and commitments of a bill are fees, the rest of it remainders of their kind", () => {
  const cells = [
    cell(40n, { use: "seat", model: null }),
    cell(5n, { use: "unused_commitment", model: null }),
    cell(-7n, { use: "credit", model: null }),
    cell(3n, { use: "tax", model: null }),
  ];
  expect(told(cells, [], [usage(1, 10n)])).toEqual({
    paid: { 1: 40n },
    left: [
      ["commitment", 5n],
      ["credit", -7n],
      ["tax", 3n],
    ],
  });
});

test("every nano-dollar is in exactly one place, whatever is billed and used", () => {
  const amounts = fc.bigInt({ min: -1_000n, max: 10n ** 15n });
  const spans = fc.integer({ min: 0, max: 3 }).map((from) => ({ from: from * day, to: (from + 1) * day }));
  const models = fc.constantFrom("m", "n", null);
  const cells = fc.array(
    fc.record({
      billed: amounts,
      use: fc.constantFrom(...billKinds),
      span: spans,
      model: models,
      atList: fc.option(fc.bigInt({ min: 0n, max: 10n ** 15n })),
    }),
    { maxLength: 12 },
  );
  const fees = fc.array(
    fc.record({
      nano: fc.bigInt({ min: 0n, max: 10n ** 12n }),
      span: spans,
      includedNano: fc.option(fc.bigInt({ min: 1n, max: 10n ** 12n })),
    }),
    { maxLength: 4 },
  );
  const usages = fc.array(
    fc.record({
      listNano: fc.option(fc.bigInt({ min: 0n, max: 10n ** 12n })),
      instant: fc.nat({ max: 4 * day }),
      model: fc.constantFrom("m", "n", "o"),
      tokens: fc.nat({ max: 100 }),
    }),
    { maxLength: 30 },
  );
  fc.assert(
    fc.property(cells, fees, usages, (billed, flat, logged) => {
      // Cells of one model and span are one: the lines were added up before.
      const unique = new Map(
        billed.map(({ span, ...one }) => [
          `${one.use} ${span.from} ${one.model}`,
          cell(one.billed, { ...one, ...span, modelName: one.model }),
        ]),
      );
      const paidFees = flat.map(({ span, ...one }) => fee(one.nano, { ...one, ...span }));
      const { usages: paid, remainders } = billedCharges(
        [...unique.values()],
        paidFees,
        logged.map(({ listNano, ...one }, id) => usage(id, listNano, one)),
      );
      const all = [...paid.values(), ...remainders.map(({ nano }) => nano)].reduce((sum, nano) => sum + nano, 0n);
      const asked =
        [...unique.values()].reduce((sum, one) => sum + (one.billed ?? 0n), 0n) + paidFees.reduce((sum, { nano }) => sum + nano, 0n);
      expect(all).toBe(asked);
      for (const nano of paid.values()) expect(nano >= 0n).toBe(true);
    }),
  );
});
