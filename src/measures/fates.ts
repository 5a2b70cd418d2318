import type { rollUp } from "../contract/fates.ts";
import type { Catalogue } from "./measure.ts";

const money = {
  unit: "nano-USD",
  additive: true,
  whenEmpty: 0,
  change: "relative",
  minimumSample: null,
  source: "ours (MEASURES 1)",
} as const;
const share = { unit: "ratio", whenEmpty: null, change: "points", minimumSample: null, source: "ours (MEASURES 1)" } as const;
const ends = ["fate", "roll_up", "unlinked_reason"] as const;
const undecided = ["ripening", "idle", "unknown"] as const satisfies readonly (keyof typeof rollUp)[];

/** What became of the dollars. */
export const fates = {
  fate_share: {
    ...share,
    kind: "ratio",
    numerator: "spend",
    denominator: "spend",
    ofAll: ends,
    title: "Share of spend by fate",
    additive: true,
    description: "Split by fate or roll_up: the share of all spend that ended so. Fates that cannot be observed are missing, not 0.",
    gaming: "Landing in small pieces, or late in the period, moves money between maturing and stuck.",
    beside: "coverage_share",
  },
  spend_decided: {
    ...money,
    kind: "aggregate",
    of: ["ledger"],
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "roll_up", is: "not_in", values: undecided },
    title: "Decided spend",
    description: "Spend whose end is known: without ripening (maturing, in flight), idle (unused) and unknown (unlinked).",
    gaming: "Counts as decided what was thrown away early.",
    beside: "coverage_share",
  },
  decided_fate_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_decided",
    denominator: "spend_decided",
    ofAll: ends,
    title: "Share of decided spend by fate",
    additive: true,
    description: "Split by fate or roll_up: the share of decided spend that ended so; null for what is not decided.",
    gaming: "Says nothing of what is undecided: young work is left out, and bad work dies young.",
    beside: "fate_share",
  },
  spend_bought: {
    ...money,
    kind: "aggregate",
    of: ["ledger"],
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "roll_up", is: "in", values: ["bought"] },
    title: "Spend that stuck",
    description: "Spend on lines that landed, were released and were alive 21 days after landing (the repository's rule may differ).",
    gaming: "Lines nobody reads or runs stick best.",
    beside: "line_survival_21",
  },
  bought_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_bought",
    denominator: "spend",
    title: "Share of spend that stuck",
    additive: false,
    description: "Of all spend, undecided and unknown included: a lower bound while work is young.",
    gaming: "Rises when questions are not asked and tests are not run: thinking and iteration are spend too.",
    beside: "coverage_share",
  },
  spend_repair_wide: {
    ...money,
    kind: "aggregate",
    of: ["ledger"],
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "repair", is: "in", values: ["narrow", "wide"] },
    title: "Spend on repairs, widest",
    description:
      "Spend on landed lines that may repair what an agent wrote: those of `fixing`, and the hunks of any fix that kill or guard an agent's lines. The upper end of what is traced, no confidence interval.",
    gaming: "Rises with every commit called a fix; falls where fixes are called features.",
    beside: "spend",
  },
  bought_decided_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_bought",
    denominator: "spend_decided",
    title: "Share of decided spend that stuck",
    additive: false,
    description: "Of the spend whose end is known.",
    gaming: "Keeping failures in flight leaves them undecided.",
    beside: "bought_share",
  },
} as const satisfies Catalogue;
