/** Invented cards, lists and an audit for tests of the command line. */
import type { Audit, MeasureRow } from "../../src/app/assay.ts";
import type { SourceRow } from "../../src/contract/answer.ts";
import type { DoctorReport } from "../../src/contract/doctor.ts";
import type { Problem } from "../../src/contract/problem.ts";
import type { MeasureResult } from "../../src/contract/query.ts";
import type { Blame, ChangeCard, CommitCard, Explanation, FileCard, Identity, SessionCard, StrandRow } from "../../src/contract/show.ts";

const session = "5b0c6f0e-2d1f-4a55-9d62-0f7a3f1d9c11";
const commit = "9f2b7c1d4e6a8b0c2d4e6f8a0b1c2d3e4f5a6b7c";

const strand: StrandRow = {
  strand: 7,
  fate: "stuck",
  sentence: "Landed on 22 Jan 2026, released on 26 Jan, alive 21 days after landing.",
  nanoUsd: "4200000000",
  flow: "own",
  grade: "B",
  lines: 31,
  side: "added",
  session,
  repository: "lantern/harbour",
  change: "lantern/harbour#118",
  commit,
  writtenAt: "2026-01-21T08:20:00Z",
  landedAt: "2026-01-22T16:00:00Z",
  releasedAt: "2026-01-26T09:00:00Z",
  diedAt: null,
};

export const sessionCard: SessionCard = {
  kind: "session",
  session,
  agent: "claude-code",
  firstAt: "2026-01-21T08:12:00Z",
  lastAt: "2026-01-21T10:40:00Z",
  repository: "lantern/harbour",
  branches: ["pilot-lights"],
  models: ["claude-opus-4-5-20251101"],
  usages: 210,
  subagentUsages: 12,
  spendNanoUsd: "48120000000",
  fates: [
    { fate: "stuck", nanoUsd: "29353200000", share: 0.61, sentence: "landed, alive after 21 days and released" },
    { fate: "rework", nanoUsd: "18766800000", share: 0.39, sentence: "landed and replaced within 21 days" },
    { fate: "fixing", nanoUsd: null, share: null, sentence: "mends lines an agent had written" },
  ],
  turns: [
    {
      turn: 1,
      startedAt: "2026-01-21T08:12:00Z",
      endedAt: "2026-01-21T09:40:00Z",
      written: [{ fate: "stuck", lines: 31 }],
      purpose: "build",
      activity: "edit",
      nanoUsd: "48120000000",
      usages: 210,
      editSegments: 14,
    },
  ],
  commits: [{ commit, grade: "B", method: "equal_lines", lines: 31, change: "lantern/harbour#118" }],
  strands: [strand],
};

export const changeCard: ChangeCard = {
  kind: "change",
  change: "lantern/harbour#118",
  repository: "lantern/harbour",
  changeKind: "pull",
  evidence: "squash subject",
  landedAt: "2026-01-22T16:00:00Z",
  releasedAt: null,
  review: {
    path: "reviewed",
    readyAt: "2026-01-21T08:00:00Z",
    firstReviewAt: "2026-01-21T10:30:00Z",
    approvedAt: "2026-01-22T15:00:00Z",
    rounds: 2,
    requests: 1,
  },
  commits: [commit],
  spendNanoUsd: "52400000000",
  fates: sessionCard.fates,
  sessions: [{ session, nanoUsd: "48120000000", lines: 31 }],
  linesByAuthorKind: { agent: 31, unknown: 4 },
  linesAlive: 33,
  strands: [strand],
};

export const commitCard: CommitCard = {
  kind: "commit",
  commit,
  repository: "lantern/harbour",
  committedAt: "2026-01-22T15:58:00Z",
  change: "lantern/harbour#118",
  onDefault: true,
  releasedAt: "2026-01-26T09:00:00Z",
  linesAdded: 35,
  linesRemoved: 2,
  spendNanoUsd: "4200000000",
  sessions: [{ session, grade: "B", method: "equal_lines", confidence: 0.97, lines: 31 }],
  linesByAuthorKind: { agent: 31, unknown: 4 },
  strands: [strand],
};

export const explanation: Explanation = {
  subject: "bought",
  sentences: ["Spend whose lines landed, were released and were alive 21 days after landing."],
  causes: [{ cause: "reread", nanoUsd: "1230000000", share: 0.25, sentence: "Files read again in the same context." }],
  strands: [strand],
  definition: "Sum of the charges of strands whose fate is stuck.",
  sql: "select sum(nano)\nfrom ledger",
  leftOut: ["Strands of repositories that are not on this machine."],
};

export const measureRows: readonly MeasureRow[] = [
  {
    id: "tokens_total",
    title: "Tokens",
    unit: "tokens",
    kind: "aggregate",
    description: "All tokens the agents reported, cached ones included.",
    gaming: "idle loops raise it",
    beside: "bought share",
    dimensions: ["agent", "model"],
  },
];

export const sourceRows: readonly SourceRow[] = [
  {
    source: "claude-code",
    title: "Claude Code transcripts",
    files: 260,
    bytes: 318_442_110,
    absent: 4,
    sessionIds: 215,
    sessions: 212,
    usages: 18_204,
    subagentUsages: 1_402,
    problems: 43,
  },
];

export const problemRows: readonly Problem[] = [
  { code: "unknown_record", severity: "notice", source: "claude-code", locator: "b.jsonl:9", message: "Unknown type.", count: 41 },
  {
    code: "torn_line",
    severity: "lost",
    source: "claude-code",
    locator: "a.jsonl:120",
    message: "The record ends in the middle; skipped.",
    hint: "Import again when the agent has finished writing.",
  },
];

export const auditFixture: Audit = {
  sources: [
    {
      source: "claude-code",
      files: 260,
      bytes: 318_442_110,
      absent: 4,
      sessionIds: 215,
      sessions: 212,
      usages: 18_204,
      subagentUsages: 1_402,
      problems: 43,
    },
  ],
  usage: [],
  repositories: [],
  ledger: { basis: "list", costNanoUsd: "1240000000000", fates: { stuck: "620000000000", fixing: null }, residualNanoUsd: "0" },
};

export const queryResult: MeasureResult = {
  columns: [
    { id: "model", title: "Model", kind: "dimension", unit: null, type: "text", additive: false },
    { id: "spend", title: "Spend", kind: "measure", unit: "nano-USD", type: "integer_text", additive: true },
    { id: "bought_share", title: "Share of spend that stuck", kind: "measure", unit: "ratio", type: "number", additive: false },
  ],
  rows: [
    { model: "claude-opus-4-6", spend: "12345678901", bought_share: 0.25 },
    { model: null, spend: "1000000000", bought_share: null },
  ],
  query: {
    measures: ["spend", "bought_share"],
    by: ["model"],
    where: [],
    range: { from: "2026-01-01", to: "2026-01-31" },
    compare: null,
    order: [],
    grain: null,
    timeZone: "Europe/Berlin",
    limit: 1_000,
    asOf: null,
    basis: "list",
    sql: false,
  },
  compared: null,
  basis: "list",
  partialBuckets: [],
  warnings: [{ code: "unpriced", measure: "spend", message: "3 usages have no known price." }],
};

export const blameFixture: Blame = {
  path: "src/tide.ts",
  repository: "saltmarsh/harbour",
  head: commit,
  horizon: "2026-02-15T12:00:00Z",
  notes: ["The working file is changed: these are the lines of HEAD, without what is not committed."],
  lines: [
    {
      line: 1,
      bornAt: "2026-01-22T16:00:00Z",
      commit,
      authorKind: "agent",
      session,
      grade: "A",
      costNanoUsd: "12345678",
      text: "export const tide = 1;",
    },
    { line: 2, bornAt: null, commit, authorKind: "unknown", session: null, grade: null, costNanoUsd: null, text: "" },
  ],
};

export const identityRows: readonly Identity[] = [
  { kind: "git_email", value: "ada@example.com", name: "Ada Marsh", commits: 1_200, sessions: 0, changes: 0, person: "Ada Marsh" },
  { kind: "git_email", value: "ben@example.com", name: "Ben Reed", commits: 3, sessions: 0, changes: 0, person: null },
  { kind: "os_user", value: "ben", name: null, commits: 0, sessions: 7, changes: 0, person: null },
  { kind: "agent", value: "noreply@anthropic.com", name: "Claude", commits: 40, sessions: 0, changes: 0, person: null },
];

export const doctorReport: DoctorReport = {
  checks: [
    { id: "facts_open", theme: "store", state: "ok", sentence: "The store opens.", advice: null },
    { id: "facts_once", theme: "store", state: "failed", sentence: "Facts are stored twice: turn (1).", advice: "Import again." },
    { id: "disk", theme: "machine", state: "warning", sentence: "900 MB of the disk are free.", advice: "Free some space soon." },
  ],
  notMade: ["ledger_whole"],
};

export const fileCard: FileCard = {
  kind: "file",
  path: "src/tide.ts",
  earlierPaths: ["src/ebb.ts"],
  repository: "lantern/harbour",
  spendNanoUsd: "4250000000",
  linesWritten: 60,
  linesLanded: 50,
  linesAlive: 40,
  aiShare: { low: 0.5, high: 0.75 },
  survival: { days7: 0.9, days21: null },
  ages: [
    { fromDays: 0, toDays: 7, lines: { agent: 20 } },
    { fromDays: 7, toDays: 21, lines: { person: 10, unknown: 10 } },
    { fromDays: 21, toDays: 90, lines: {} },
    { fromDays: 90, toDays: null, lines: {} },
  ],
  sessions: [{ session, nanoUsd: "4250000000", lines: 30 }],
  changes: [{ change: "lantern/harbour#12", landedAt: "2026-01-21T08:12:00.000Z", linesAdded: 45, linesRemoved: 5 }],
  notes: ["The working file is changed."],
};
