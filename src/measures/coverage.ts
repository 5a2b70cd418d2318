import type { Catalogue } from "./measure.ts";

const money = {
  unit: "nano-USD",
  additive: true,
  whenEmpty: 0,
  change: "relative",
  minimumSample: null,
  source: "ours (RULINGS 7)",
} as const;
const share = { unit: "ratio", whenEmpty: null, change: "points", minimumSample: null, source: "ours (RULINGS 7)" } as const;

/** How much the other numbers speak for, and on what evidence. */
export const coverage = {
  spend_linked: {
    ...money,
    kind: "aggregate",
    of: ["ledger"],
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "fate", is: "not_in", values: ["unlinked"] },
    title: "Spend whose end is observed",
    description: "Spend whose fate is not `unlinked`.",
    gaming: "Counts whatever has a fate, also on weak evidence.",
    beside: "grade_share",
  },
  coverage_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_linked",
    denominator: "spend",
    title: "Coverage",
    additive: false,
    description: "Spend whose fate is not `unlinked`, of all spend. Below 0.6 this is the headline, not the fates.",
    gaming: "Importing only repositories and sessions that went well raises it.",
    beside: "grade_share",
  },
  grade_share: {
    ...share,
    kind: "ratio",
    numerator: "spend",
    denominator: "spend",
    ofAll: ["grade"],
    title: "Share of spend by grade of evidence",
    additive: true,
    description:
      "Split by grade: A content inside a commit that explicit evidence names, B content alone, C explicit evidence alone, none for money no line carries.",
    gaming: "Trailers written by hand make grade C, never A.",
    beside: "coverage_share",
  },
  spend_moved: {
    ...money,
    kind: "aggregate",
    of: ["ledger"],
    sql: "sum(e.list_nano_usd)",
    only: { dimension: "flow", is: "in", values: ["back", "forward"] },
    title: "Spend moved over turns",
    description: "Spend of turns without edits that the allocation gave to the edits they checked (back) or prepared (forward).",
    gaming: "None known; it is a property of the convention, not of the work.",
    beside: "grade_share",
  },
  moved_share: {
    ...share,
    kind: "ratio",
    numerator: "spend_moved",
    denominator: "spend",
    title: "Share of spend moved over turns",
    additive: false,
    description: "How much of the answer rests on the convention that turns without edits serve others.",
    gaming: "None known; it is a property of the convention, not of the work.",
    beside: "coverage_share",
  },
} as const satisfies Catalogue;
