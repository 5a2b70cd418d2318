import type { Catalogue } from "./measure.ts";

const common = { change: "relative", minimumSample: null, source: "ours (MEASURES 2.3)" } as const;

/** Who put the tokens of prompts there, and what they cost. Inferred, and apart from the fates: it moves no dollar. */
export const context = {
  spend_context: {
    ...common,
    kind: "aggregate",
    of: ["context"],
    sql: "sum(e.list_nano_usd)",
    leftOut: {
      sql: "count(DISTINCT e.usage_id)",
      where: "e.unpriced",
      code: "unpriced",
      sentence: "{n} usages have no known price: their prompts are missing here.",
    },
    title: "Spend on prompts",
    unit: "nano-USD",
    additive: true,
    whenEmpty: 0,
    description:
      "The part of the spend that prompts cost: fresh input, cache reads and cache writes. Split by context_cause: what put the tokens there, inferred from sizes and order; what they do not explain is `unknown`.",
    gaming: "Falls when context is thrown away, also context the work needed; it comes back as re-reads.",
    beside: "spend",
  },
  context_share: {
    ...common,
    kind: "ratio",
    numerator: "spend_context",
    denominator: "spend_context",
    ofAll: ["context_cause"],
    title: "Share of spend on prompts",
    unit: "ratio",
    additive: false,
    whenEmpty: null,
    change: "points",
    description: "Split by context_cause: the share of all spend on prompts that each cause has.",
    gaming: "A cause falls when another grows: look at the dollars too.",
    beside: "spend_context",
  },
} as const satisfies Catalogue;
