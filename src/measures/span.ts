import type { Catalogue } from "./measure.ts";

const source = "ours (MEASURES 2.5)";
const money = { unit: "nano-USD", additive: false, whenEmpty: 0, change: "relative", minimumSample: null, source } as const;
const share = { unit: "ratio", additive: false, whenEmpty: null, change: "points", minimumSample: null, source } as const;
const ends = ["fate", "roll_up"] as const;
const low = { kind: "aggregate", of: ["span"], sql: "sum(e.a)", span: "low" } as const;
const high = { kind: "aggregate", of: ["span"], sql: "sum(e.a)", span: "high" } as const;
const bought = { dimension: "roll_up", is: "in", values: ["bought"] } as const;
const gaming = "A narrow span says that the convention matters little here, not that the links are right.";

/** How far shares depend on how money is allocated to lines, and on what evidence counts. */
export const span = {
  spend_low: {
    ...money,
    ...low,
    title: "Spend, lowest allocation",
    description:
      "Split by fate or roll_up: the least of the 18 sums under rules (lines, pooled, equal) × flows (on, off) × grades (A, A–B, A–C). Evidence that does not count leaves its money unlinked.",
    gaming,
    beside: "spend",
  },
  spend_high: {
    ...money,
    ...high,
    title: "Spend, highest allocation",
    description: "Split by fate or roll_up: the greatest of the 18 sums under rules × flows × grades.",
    gaming,
    beside: "spend",
  },
  fate_low_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_low",
    denominator: "spend",
    ofAll: ends,
    title: "Share of spend by fate, low",
    description: "Split by fate or roll_up: the least share of all spend over the 18 allocations. Lows of several fates do not add up.",
    gaming,
    beside: "fate_share",
  },
  fate_high_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_high",
    denominator: "spend",
    ofAll: ends,
    title: "Share of spend by fate, high",
    description: "Split by fate or roll_up: the greatest share of all spend over the 18 allocations.",
    gaming,
    beside: "fate_share",
  },
  spend_bought_low: {
    ...money,
    ...low,
    only: bought,
    title: "Spend that stuck, lowest allocation",
    description: "The least of the 18 sums of what ended as stuck.",
    gaming,
    beside: "spend_bought",
  },
  spend_bought_high: {
    ...money,
    ...high,
    only: bought,
    title: "Spend that stuck, highest allocation",
    description: "The greatest of the 18 sums of what ended as stuck.",
    gaming,
    beside: "spend_bought",
  },
  bought_low_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_bought_low",
    denominator: "spend",
    title: "Share of spend that stuck, low",
    description: "The least share over the 18 allocations.",
    gaming,
    beside: "bought_share",
  },
  bought_high_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_bought_high",
    denominator: "spend",
    title: "Share of spend that stuck, high",
    description: "The greatest share over the 18 allocations.",
    gaming,
    beside: "bought_share",
  },
  spend_allocated: {
    ...money,
    kind: "aggregate",
    of: ["allocation"],
    sql: "sum(e.list_nano_usd) // count(DISTINCT e.allocation)",
    title: "Spend under an allocation",
    description: "Split by allocation: the spend as that allocation tells it, the same whole under each. Not split: the mean of the 18.",
    gaming,
    beside: "spend",
  },
} as const satisfies Catalogue;
