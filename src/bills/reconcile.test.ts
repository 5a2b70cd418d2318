import { expect, test } from "vitest";
import { type BilledTokens, noBilledTokens } from "../contract/bill-facts.ts";
import type { BilledSum } from "../contract/bill-facts.ts";
import { type CellContext, billedCells } from "./billed-cells.ts";
import { type LoggedCell, reconcile } from "./reconcile.ts";

const day = (text: string): number => Date.parse(text);

/** A cent is 10 here: amounts stay readable. */
function line(more: Partial<BilledSum>): BilledSum {
  return {
    report: "cost",
    provider: "p",
    account: "",
    view: "",
    version: 1,
    from: day("2026-03-02"),
    to: day("2026-03-03"),
    use: "usage",
    model: "m",
    tokens: noBilledTokens,
    currency: "USD",
    billedNano: null,
    listNano: null,
    lines: 1,
    ...more,
  };
}

const logged = (more: Partial<LoggedCell>): LoggedCell => ({
  provider: "p",
  day: day("2026-03-02"),
  model: "m",
  nano: 0n,
  tokens: 1,
  unpricedTokens: 0,
  earlyOutput: 0,
  ...more,
});

/** Two a token of input, whatever the model; only dollars have a rate. */
const context: CellContext = {
  reports: ["cost", "gateway", "usage"],
  toUsd: (nano, currency) => (currency === "USD" ? nano : null),
  listPrice: (_provider, _model, _instant, tokens: BilledTokens) => BigInt(tokens.input ?? 0) * 2n,
};

const told = (lines: readonly BilledSum[], cells: readonly LoggedCell[]) => reconcile(billedCells(lines, context), cells);
const input = (count: number): BilledTokens => ({ ...noBilledTokens, input: count });

test("the tokens of one report are priced beside the money of another", () => {
  // 50 tokens list at 100, paid 80, logged 90: 20 is discount, 10 in no log.
  const { rows } = told([line({ billedNano: 80n }), line({ report: "usage", tokens: input(50) })], [logged({ nano: 90n })]);
  expect(rows).toMatchObject([
    { billedAtListNanoUsd: "100", billedTokens: 50, discountNanoUsd: "-20", unloggedNanoUsd: "10", unbilledNanoUsd: "0" },
  ]);
});

test("without list price and tokens a difference is of amount, and says that it may be of price", () => {
  const { rows } = told([line({ billedNano: 120n })], [logged({ nano: 90n })]);
  expect(rows).toMatchObject([{ billedAtListNanoUsd: null, discountNanoUsd: null, unloggedNanoUsd: "30", variance: 0.25 }]);
  expect(rows[0]?.reasons.map(({ code }) => code)).toEqual(["some_unlogged", "list_unknown"]);
});

test("a month's line is compared with all days it lasts for, and takes the days' lines with it", () => {
  const month = { from: day("2026-03-01"), to: day("2026-04-01") };
  const { rows } = told(
    [line({ ...month, model: "m", billedNano: 100n }), line({ model: "n", billedNano: 7n })],
    [logged({ day: day("2026-03-01"), nano: 60n }), logged({ day: day("2026-03-31"), nano: 50n }), logged({ model: "n", nano: 7n })],
  );
  expect(rows).toMatchObject([
    { from: "2026-03-01", to: "2026-03-31", model: "m", loggedNanoUsd: "110", unbilledNanoUsd: "10" },
    { from: "2026-03-01", to: "2026-03-31", model: "n", loggedNanoUsd: "7", unloggedNanoUsd: "0", variance: 0 },
  ]);
});

test("a line without a model is compared with what no named model takes", () => {
  const { rows } = told(
    [line({ model: null, billedNano: 30n }), line({ model: "n", billedNano: 5n })],
    [logged({ nano: 20n }), logged({ model: "o", nano: 8n }), logged({ model: "n", nano: 5n })],
  );
  expect(rows).toMatchObject([
    { model: null, loggedNanoUsd: "28", unloggedNanoUsd: "2" },
    { model: "n", loggedNanoUsd: "5", unloggedNanoUsd: "0" },
  ]);
});

test("bills never add to each other: of two reports of one day the better counts, the other is said", () => {
  const { rows, notCounted } = told(
    [
      line({ billedNano: 100n }),
      line({ report: "gateway", billedNano: 97n }),
      line({ report: "gateway", from: day("2026-03-03"), to: day("2026-03-04"), billedNano: 5n }),
    ],
    [],
  );
  expect(rows.map(({ from, billedNanoUsd }) => [from, billedNanoUsd])).toEqual([
    ["2026-03-02", "100"],
    ["2026-03-03", "5"],
  ]);
  expect(notCounted).toEqual([{ provider: "p", report: "gateway", insteadOf: "cost", lines: 1 }]);
});

test("of two views of one report and day the one told last counts", () => {
  const { rows } = told(
    [
      line({ view: "1d:model", billedNano: 100n, version: 1 }),
      line({ view: "1d:model,user", billedNano: 60n, version: 2 }),
      line({ view: "1d:model,user", billedNano: 41n, version: 2 }),
    ],
    [],
  );
  expect(rows).toMatchObject([{ billedNanoUsd: "101" }]);
});

test("an amount without a rate leaves its row without a sum, and is told", () => {
  const { rows, withoutRate } = told([line({ billedNano: 10n }), line({ billedNano: 5n, currency: "EUR" })], [logged({ nano: 9n })]);
  expect(rows).toMatchObject([{ billedNanoUsd: null, unloggedNanoUsd: null, reasons: [{ code: "rate_missing" }] }]);
  expect(withoutRate).toEqual([{ currency: "EUR", lines: 1, nano: "5" }]);
});

test("a day with too much beside one with too little is said to be perhaps a matter of time zones", () => {
  const next = { from: day("2026-03-03"), to: day("2026-03-04") };
  const { rows } = told(
    [line({ billedNano: 100n, listNano: 100n }), line({ ...next, billedNano: 50n, listNano: 50n })],
    [logged({ nano: 80n }), logged({ day: day("2026-03-03"), nano: 70n })],
  );
  expect(rows.map(({ reasons }) => reasons.map(({ code }) => code))).toEqual([
    ["some_unlogged", "day_boundary"],
    ["some_unbilled", "day_boundary"],
  ]);
});

test("what has no price on the side of the logs is no zero", () => {
  const { rows } = told([line({ billedNano: 100n })], [logged({ tokens: 40, unpricedTokens: 40 })]);
  expect(rows).toMatchObject([{ loggedNanoUsd: null, unloggedNanoUsd: null, variance: null, reasons: [{ code: "unpriced" }] }]);
});

test("before the first log and after the last it is said that logs do not reach there", () => {
  const { rows } = told([line({ from: day("2026-01-01"), to: day("2026-01-02"), billedNano: 10n, listNano: 10n })], [logged({ nano: 1n })]);
  expect(rows[0]?.reasons.map(({ code }) => code)).toEqual(["outside_logs"]);
});
