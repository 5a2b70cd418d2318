import type { Aggregate, Catalogue, Ratio } from "./measure.ts";

const source = "ours (MEASURES 4)";
/** Counted where a forge told of any change of the group: else nothing was observed, which is not 0. */
const countOf = (condition: string): string => `CASE WHEN count(e.review_path) > 0 THEN count(CASE WHEN ${condition} THEN 1 END) END`;
/** Hours between two instants of reviewed changes. */
const hoursOf = (quantile: number, from: string, to: string): string =>
  `quantile_cont(CASE WHEN e.review_path = 'reviewed' AND e.${to} >= e.${from} THEN (e.${to} - e.${from}) / 3600000.0 END, ${quantile})`;

const counted = {
  kind: "aggregate",
  of: ["change"],
  unit: "changes",
  additive: true,
  whenEmpty: null,
  change: "relative",
  minimumSample: null,
  source,
} as const satisfies Partial<Aggregate>;
const hours = {
  kind: "aggregate",
  of: ["change"],
  unit: "hours",
  additive: false,
  whenEmpty: null,
  change: "relative",
  minimumSample: { of: "changes_reviewed", atLeast: 5 },
  source,
} as const satisfies Partial<Aggregate>;
const share = {
  kind: "ratio",
  unit: "ratio",
  additive: false,
  whenEmpty: null,
  change: "points",
  minimumSample: null,
  source,
} as const satisfies Partial<Ratio>;
const reviewHours = {
  kind: "aggregate",
  of: ["reviewed_change"],
  unit: "hours",
  additive: true,
  whenEmpty: null,
  change: "relative",
  minimumSample: null,
  source: "ours (MEASURES 4): 200 to 500 lines an hour, 200 to 400 lines a day of eight hours",
} as const satisfies Partial<Aggregate>;
const lines = { kind: "aggregate", unit: "lines", additive: true, whenEmpty: 0, change: "relative", minimumSample: null, source } as const;

/** How changes are reviewed, as forges tell: of repositories, never of a person. What no forge told is not observed, not 0. */
export const reviews = {
  changes_forge_told: {
    ...counted,
    sql: "nullif(count(e.review_path), 0)",
    title: "Landed changes a forge told of",
    description: "Landed pull and merge requests of which a forge told how they came to land.",
    gaming: "None known: asking more forges widens it.",
    beside: "changes_landed",
  },
  changes_reviewed: {
    ...counted,
    sql: countOf("e.review_path = 'reviewed'"),
    title: "Changes reviewed",
    description: "Landed changes that a person other than the author looked at before they landed. Programs do not count.",
    gaming: "Approving without looking.",
    beside: "review_rounds_per_change",
  },
  changes_for_review: {
    ...counted,
    sql: countOf("e.review_path NOT IN ('bot', 'instant_self_merge')"),
    title: "Changes of persons",
    description:
      "Landed changes a forge told of, without those a program opened and those that were landed by their author within a minute.",
    gaming: "Waiting a minute.",
    beside: "instant_self_merges",
  },
  instant_self_merges: {
    ...counted,
    sql: countOf("e.review_path = 'instant_self_merge'"),
    title: "Instant self-merges",
    description: "Changes that their author landed within a minute and nobody looked at: they are in no time and no share of reviews.",
    gaming: "Waiting a minute.",
    beside: "changes_self_merged",
  },
  changes_self_merged: {
    ...counted,
    sql: countOf("e.review_path IN ('self_merge', 'instant_self_merge')"),
    title: "Changes their author landed unreviewed",
    description: "Changes that their author landed and no person looked at, instantly or later.",
    gaming: "Approving each other's changes without looking.",
    beside: "changes_reviewed",
  },
  changes_of_bots: {
    ...counted,
    sql: countOf("e.review_path = 'bot'"),
    title: "Changes of programs",
    description:
      "Landed changes that a program opened: updates of dependencies, agents with accounts of their own. In no time and no share of reviews.",
    gaming: "A program with a person's account is a person here.",
    beside: "changes_for_review",
  },
  reviewed_share: {
    ...share,
    numerator: "changes_reviewed",
    denominator: "changes_for_review",
    title: "Share of changes reviewed",
    description: "Of landed changes of persons, without instant self-merges, those that another person looked at before they landed.",
    minimumSample: { of: "changes_for_review", atLeast: 5 },
    gaming: "Approving without looking.",
    beside: "first_review_hours",
  },
  review_rounds: {
    ...counted,
    sql: "CASE WHEN count(e.review_path) > 0 THEN coalesce(sum(CASE WHEN e.review_path = 'reviewed' THEN e.review_rounds END), 0) END",
    unit: "rounds",
    title: "Review rounds",
    description: "Times persons looked at landed changes, with a push in between.",
    gaming: "Leaving all remarks for one look.",
    beside: "changes_reviewed",
  },
  review_rounds_per_change: {
    kind: "ratio",
    numerator: "review_rounds",
    denominator: "changes_reviewed",
    unit: "rounds/change",
    additive: false,
    whenEmpty: null,
    change: "relative",
    title: "Review rounds per reviewed change",
    description:
      "1 where every reviewed change was looked at once. Heads tell rounds apart where the forge names them, else pushes in between.",
    minimumSample: { of: "changes_reviewed", atLeast: 5 },
    source: "ours (MEASURES 4), after the cycles of rework that Middleware counts",
    gaming: "Approving without looking.",
    beside: "changes_requested_share",
  },
  changes_requested: {
    ...counted,
    sql: countOf("e.review_path = 'reviewed' AND e.review_requests > 0"),
    title: "Reviewed changes with a request for changes",
    description: "Reviewed changes of which a person asked for changes at least once before they landed.",
    gaming: "Asking in comments in the place of a request.",
    beside: "changes_reviewed",
  },
  changes_requested_share: {
    ...share,
    numerator: "changes_requested",
    denominator: "changes_reviewed",
    title: "Share of reviewed changes with a request for changes",
    description: "Of reviewed changes. Low may be good work or reviews that catch nothing: it says neither alone.",
    minimumSample: { of: "changes_reviewed", atLeast: 5 },
    gaming: "Asking in comments in the place of a request.",
    beside: "review_rounds_per_change",
  },
  first_review_hours: {
    ...hours,
    sql: hoursOf(0.5, "ready_ms", "first_review_ms"),
    title: "Hours to first review, median",
    description:
      "From ready for review to the first look of a person, of reviewed changes that landed. What was never reviewed is not in it.",
    gaming: "A first look that says nothing; drafts that are ready late.",
    beside: "reviewed_share",
  },
  first_review_hours_p90: {
    ...hours,
    sql: hoursOf(0.9, "ready_ms", "first_review_ms"),
    title: "Hours to first review, nine of ten within",
    description: "From ready for review to the first look of a person, of reviewed changes that landed.",
    gaming: "A first look that says nothing; drafts that are ready late.",
    beside: "reviewed_share",
  },
  approval_hours: {
    ...hours,
    sql: hoursOf(0.5, "first_review_ms", "approved_ms"),
    title: "Hours from first review to approval, median",
    description: "To the last approval before landing, of reviewed changes that were approved.",
    gaming: "Approving without looking.",
    beside: "review_rounds_per_change",
  },
  landing_hours: {
    ...hours,
    sql: hoursOf(0.5, "approved_ms", "landed_ms"),
    title: "Hours from approval to landing, median",
    description: "From the last approval before landing, of reviewed changes that were approved: checks, queues, and waiting for somebody.",
    gaming: "Approving late.",
    beside: "approval_hours",
  },
  review_hours_low: {
    ...reviewHours,
    sql: "sum(least(e.lines / 500.0, coalesce(e.open_hours, e.lines / 500.0)))",
    title: "Hours of review, low",
    description:
      "Estimated from the lines reviewed changes landed, at 500 an hour, and never more than they were open: one end of a range, never shown without the other.",
    gaming: "Small changes look quicker to review than they are.",
    beside: "review_hours_high",
  },
  review_hours_high: {
    ...reviewHours,
    sql: "sum(least(e.lines / 25.0, coalesce(e.open_hours, e.lines / 25.0)))",
    title: "Hours of review, high",
    description:
      "Estimated from the lines reviewed changes landed, at 200 a day of eight hours, and never more than they were open: one end of a range.",
    gaming: "Large changes look slower to review than they are, where nobody reads them.",
    beside: "review_hours_low",
  },
  lines_landed_mixed: {
    ...lines,
    of: ["run"],
    sql: "sum(e.lines)",
    only: { dimension: "author_kind", is: "in", values: ["mixed"] },
    title: "Lines landed, an agent's and mended by a person",
    description: "Landed lines an agent wrote and a person changed before they landed.",
    gaming: "Small edits count like large ones.",
    beside: "lines_landed_agent",
  },
  lines_landed_of_agents: {
    ...lines,
    of: ["run"],
    sql: "sum(e.lines)",
    only: { dimension: "author_kind", is: "in", values: ["agent", "mixed"] },
    title: "Lines landed that an agent wrote, mended or not",
    description: "Landed lines of agents, and of agents and persons together.",
    gaming: "Verbose code, re-wrapping, copies.",
    beside: "line_survival_21",
  },
  lines_edited_before_landing_share: {
    ...share,
    numerator: "lines_landed_mixed",
    denominator: "lines_landed_of_agents",
    title: "Agents' lines a person edited before landing",
    description:
      "Of landed lines an agent wrote, those a person changed first. What was rewritten beyond likeness is not in it: a lower end.",
    minimumSample: { of: "lines_landed_of_agents", atLeast: 30 },
    gaming: "Rewriting a line wholly in the place of editing it.",
    beside: "lines_edited_after_landing_share",
  },
  lines_agent_watched: {
    ...lines,
    of: ["agent_run"],
    sql: "sum(e.lines)",
    title: "Agents' lines watched for 21 days",
    description: "Lines an agent wrote that landed 21 days and more before the last that is known.",
    gaming: "Verbose code, re-wrapping, copies.",
    beside: "line_survival_21",
  },
  lines_agent_edited_after: {
    ...lines,
    of: ["agent_run"],
    sql: "coalesce(sum(CASE WHEN e.edited_by_others THEN e.lines END), 0)",
    title: "Agents' lines others changed within 21 days",
    description:
      "Of those watched, lines that a commit changed or took out within 21 days of which no agent is known: a person's, or an agent's that left no trace.",
    gaming: "Commits whose session was not imported count as a person's.",
    beside: "coverage_share",
  },
  lines_edited_after_landing_share: {
    ...share,
    numerator: "lines_agent_edited_after",
    denominator: "lines_agent_watched",
    title: "Agents' lines others changed within 21 days, share",
    description: "Of agents' lines watched for 21 days. An upper end: commits of sessions nobody imported count as a person's.",
    minimumSample: { of: "lines_agent_watched", atLeast: 30 },
    gaming: "Leaving bad lines alone for 21 days.",
    beside: "lines_edited_before_landing_share",
  },
} as const satisfies Catalogue;
