import type { Catalogue, Distribution } from "./measure.ts";

const landed = {
  unit: "lines",
  additive: true,
  whenEmpty: 0,
  change: "relative",
  minimumSample: null,
  source: "ours (DESIGN, author kind)",
} as const;
const share = {
  unit: "ratio",
  additive: false,
  whenEmpty: null,
  change: "points",
  minimumSample: { of: "lines_landed", atLeast: 30 },
  source: "ours (DESIGN, author kind)",
} as const;

const survival = {
  ...share,
  kind: "distribution",
  of: ["run"],
  durationDays: "greatest(least(coalesce(e.died_ms, e.seen_until_ms), e.seen_until_ms) - e.landed_ms, 0) // 86400000",
  event: "coalesce(e.died_ms <= e.seen_until_ms, FALSE)",
  weight: "e.lines",
  estimator: "kaplan_meier",
  source: "Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452",
} as const satisfies Partial<Distribution>;

/** Lines of the default branch: who wrote them, how long they live. */
export const lines = {
  lines_landed: {
    ...landed,
    kind: "aggregate",
    of: ["run"],
    sql: "sum(e.lines)",
    title: "Lines landed",
    description: "Lines that reached the default branch, at the time they landed; generated, vendored and lock files left out.",
    gaming: "Verbose code, re-wrapping, copies.",
    beside: "line_survival_21",
  },
  lines_landed_agent: {
    ...landed,
    kind: "aggregate",
    of: ["run"],
    sql: "sum(e.lines)",
    only: { dimension: "author_kind", is: "in", values: ["agent"] },
    title: "Lines landed, written by agents",
    description: "Landed lines that content or explicit evidence gives to an agent.",
    gaming: "Verbose code, re-wrapping, copies.",
    beside: "line_survival_21",
  },
  lines_landed_agent_at_most: {
    ...landed,
    kind: "aggregate",
    of: ["run"],
    sql: "sum(e.lines)",
    only: { dimension: "author_kind", is: "in", values: ["agent", "mixed", "unknown"] },
    title: "Lines landed, perhaps written by agents",
    description: "Landed lines of agents, of agents and persons together, and of unknown authors.",
    gaming: "Grows with every line whose session was not imported.",
    beside: "coverage_share",
  },
  ai_low_share: {
    ...share,
    kind: "ratio",
    numerator: "lines_landed_agent",
    denominator: "lines_landed",
    title: "AI share of landed lines, low end",
    description: "Lines known to be an agent's, of all landed lines. One end of a range: never shown without ai_high_share.",
    gaming: "More lines is not more work; and logs that were deleted make agent lines unknown.",
    beside: "ai_high_share",
  },
  ai_high_share: {
    ...share,
    kind: "ratio",
    numerator: "lines_landed_agent_at_most",
    denominator: "lines_landed",
    title: "AI share of landed lines, high end",
    description: "Lines of agents, mixed and unknown authors, of all landed lines: all but what persons are known to have written.",
    gaming: "Without positive evidence of persons it is 1 and says nothing.",
    beside: "ai_low_share",
  },
  ai_share_span: {
    ...share,
    kind: "derived",
    inputs: ["ai_high_share", "ai_low_share"],
    sql: "ai_high_share - ai_low_share",
    title: "Span of the AI share",
    description: "High end less low end: how much is not known.",
    gaming: "None known; importing more sessions and repositories narrows it.",
    beside: "ai_low_share",
  },
  line_survival_7: {
    ...survival,
    atDays: 7,
    title: "Landed lines alive after 7 days",
    description:
      "Probability that a landed line is still on the default branch 7 days after it landed; lines not watched so long count as far as they were.",
    gaming: "Lines nobody touches live longest: dead code, data, tests without checks.",
    beside: "lines_landed",
  },
  line_survival_21: {
    ...survival,
    atDays: 21,
    title: "Landed lines alive after 21 days",
    description:
      "Probability that a landed line is still on the default branch 21 days after it landed; lines not watched so long count as far as they were.",
    gaming: "Lines nobody touches live longest: dead code, data, tests without checks.",
    beside: "lines_landed",
  },
} as const satisfies Catalogue;
