/**
 * An invented organisation's answer, worked out by hand: $1,240.00 in 14 fates, four of them not observed. Every figure
 * that tests expect can be added up on this page.
 */
import type { Answer, AnswerRollUp, Range } from "../../src/contract/answer.ts";
import { type FateName, fateNames, type RollUpName, rollUp } from "../../src/contract/fates.ts";

const nanoPerCent = 10_000_000n;

/** Cents of each fate; null is not observed. They add up to 124,000. */
export const fixtureCents: Readonly<Record<FateName, number | null>> = {
  unlinked: 9_300,
  unused: null,
  reverted: 1_240,
  fixing: null,
  review: null,
  stuck: 62_000,
  maturing: 12_400,
  rework: 9_920,
  removed: 3_720,
  superseded: 8_680,
  in_flight: 3_100,
  abandoned: 7_440,
  burn: null,
  no_artefact: 6_200,
};

const sentences: Readonly<Record<FateName, string>> = {
  unlinked: "could not be observed",
  unused: "paid and not consumed",
  reverted: "taken out by a revert within 90 days",
  fixing: "mends lines an agent had written",
  review: "review given or answered",
  stuck: "landed, alive after 21 days and released",
  maturing: "landed, not yet 21 days ago",
  rework: "landed and replaced within 21 days",
  removed: "landed and gone within 21 days",
  superseded: "replaced before its own change landed",
  in_flight: "not landed, active in the last 14 days",
  abandoned: "never landed",
  burn: "nothing came of it, and three signals agree",
  no_artefact: "questions, plans, research",
};

const undecided: readonly RollUpName[] = ["ripening", "idle", "unknown"];

export function nanoOfCents(cents: number | bigint): string {
  return String(BigInt(cents) * nanoPerCent);
}

/** Four points down, three up: 50.0 % is (46–53), 2.5 % is (0–5.5). */
function spanOf(share: number | null): Range {
  return share === null ? { low: null, high: null } : { low: Math.max(0, share - 0.04), high: Math.min(1, share + 0.03) };
}

/** The fixture's answer over other cents: everything that follows from them is worked out, the rest stays. */
export function answerOf(cents: Readonly<Record<FateName, number | null>>, changes: Partial<Answer> = {}): Answer {
  const spend = fateNames.reduce((sum, fate) => sum + (cents[fate] ?? 0), 0);
  const ofGroup = (name: RollUpName): number | null => {
    const known = rollUp[name].map((fate) => cents[fate]).filter((value) => value !== null);
    return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0);
  };
  const names = Object.keys(rollUp) as RollUpName[];
  const decided = names.filter((name) => !undecided.includes(name)).reduce((sum, name) => sum + (ofGroup(name) ?? 0), 0);
  const groups = names.map((name): AnswerRollUp => {
    const value = ofGroup(name);
    const isDecided = !undecided.includes(name) && value !== null && decided > 0;
    return {
      name,
      nanoUsd: value === null ? null : nanoOfCents(value),
      shareOfSpend: value === null || spend === 0 ? null : value / spend,
      span: spanOf(value === null || spend === 0 ? null : value / spend),
      shareOfDecided: isDecided ? value / decided : null,
    };
  });
  return {
    ...rest,
    spendNanoUsd: nanoOfCents(spend),
    fates: fateNames.map((fate) => {
      const value = cents[fate];
      return {
        fate,
        nanoUsd: value === null ? null : nanoOfCents(value),
        share: value === null || spend === 0 ? null : value / spend,
        span: spanOf(value === null || spend === 0 ? null : value / spend),
        sentence: sentences[fate],
      };
    }),
    rollUp: groups,
    coverage: spend === 0 ? null : 1 - (cents.unlinked ?? 0) / spend,
    ...changes,
  };
}

function week(start: string, byGroup: Partial<Record<RollUpName, number>>): Answer["weeks"][number] {
  const cents = Object.values(byGroup).reduce((sum, value) => sum + value, 0);
  const byRollUp = Object.fromEntries(Object.entries(byGroup).map(([name, value]) => [name, nanoOfCents(value)]));
  return { week: start, nanoUsd: nanoOfCents(cents), byRollUp };
}

const rest = {
  basis: "list",
  basisSentence: "API-equivalent at list prices, not what you paid",
  asOf: null,
  range: null,
  period: { from: "2026-01-05", to: "2026-02-15" },
  isSample: false,
  ignoreTrailers: false,
  usages: 18_204,
  sessions: 212,
  tokens: {
    input: 610_220,
    cacheRead: 1_204_550_900,
    cacheWrite5m: 40_118_340,
    cacheWrite1h: 21_440_100,
    output: 1_610_440,
    withoutPrice: 88_120,
  },
  unpriced: [{ model: "quill-2-preview", usages: 14, tokens: 88_120 }],
  residualNanoUsd: "0",
  unlinkedReasons: [
    { reason: "repository_unseen", sentence: "in repositories that are not on this machine", nanoUsd: nanoOfCents(5_900) },
    { reason: "subagent_unlogged", sentence: "by sub-agents whose edits are not logged", nanoUsd: nanoOfCents(3_400) },
  ],
  byGrade: [
    { grade: "A", share: 0.472 },
    { grade: "B", share: 0.331 },
    { grade: "C", share: 0.072 },
    { grade: "none", share: 0.125 },
  ],
  moved: { back: 0.041, forward: 0.118 },
  quality: [
    { quality: "final", share: 0.913 },
    { quality: "partial", share: 0.087 },
  ],
  estimate: { shareOfUsages: 0.21, moreNanoUsd: nanoOfCents(2_140), leaveOneOutError: 0.31 },
  subAgents: { started: 90, notObserved: 12 },
  sightingsPerUsage: 1.4,
  changesLanded: 148,
  costPerLandedChangeNanoUsd: nanoOfCents(642),
  aiShareOfLandedLines: { low: 0.58, high: 0.83 },
  notDistinguishable: {
    rollUp: [["ripening", "undone"]],
    models: [["claude-opus-4-5-20251101", "claude-haiku-4-5-20251001"]],
    repositories: [],
  },
  survival: [
    { days: 7, share: 0.972, lines: 48_210 },
    { days: 21, share: 0.921, lines: 48_210 },
    { days: 90, share: null, lines: 0 },
  ],
  repositories: [
    {
      id: 1,
      name: "lantern/harbour",
      horizon: "2026-02-15T18:02:11Z",
      defaultBranch: "main",
      releaseRule: "tags are releases",
      spendNanoUsd: nanoOfCents(84_000),
      bought: 0.541,
      boughtSpan: { low: 0.51, high: 0.55 },
      commits: 812,
      changesLanded: 104,
      linesLandedAgent: 41_200,
      linesLandedMixed: 5_300,
      linesLandedPerson: 0,
      linesLandedUnknown: 9_900,
    },
    {
      id: 2,
      name: "lantern/keeper",
      horizon: "2026-02-13T09:40:00Z",
      defaultBranch: "main",
      releaseRule: "landing is release",
      spendNanoUsd: nanoOfCents(30_700),
      bought: 0.402,
      boughtSpan: { low: 0.38, high: 0.42 },
      commits: 190,
      changesLanded: 44,
      linesLandedAgent: 16_800,
      linesLandedMixed: 2_200,
      linesLandedPerson: 0,
      linesLandedUnknown: 24_600,
    },
  ],
  models: [
    {
      model: "claude-opus-4-5-20251101",
      usages: 12_440,
      nanoUsd: nanoOfCents(101_250),
      bought: 0.512,
      boughtSpan: { low: 0.47, high: 0.53 },
    },
    {
      model: "claude-haiku-4-5-20251001",
      usages: 5_310,
      nanoUsd: nanoOfCents(18_400),
      bought: 0.447,
      boughtSpan: { low: 0.42, high: 0.5 },
    },
    { model: "claude-sonnet-4-5-20250929", usages: 440, nanoUsd: nanoOfCents(4_350), bought: 0.62, boughtSpan: { low: 0.6, high: 0.66 } },
    { model: "quill-2-preview", usages: 14, nanoUsd: null, bought: null, boughtSpan: { low: null, high: null } },
  ],
  weeks: [
    week("2026-01-05", { bought: 9_400, iteration: 900, undone: 2_600, thinking: 800, unknown: 1_300 }),
    week("2026-01-12", { bought: 14_200, iteration: 1_900, undone: 6_100, thinking: 1_100, unknown: 1_900 }),
    week("2026-01-19", { bought: 17_900, iteration: 1_600, undone: 4_900, thinking: 1_400, unknown: 1_500 }),
    week("2026-01-26", { bought: 12_800, ripening: 1_900, iteration: 2_200, undone: 4_320, thinking: 1_300, unknown: 2_100 }),
    week("2026-02-02", { bought: 7_700, ripening: 5_900, iteration: 1_200, undone: 2_900, thinking: 900, unknown: 1_400 }),
    week("2026-02-09", { ripening: 7_700, iteration: 880, undone: 1_500, thinking: 700, unknown: 1_100 }),
  ],
  topSessions: [
    {
      session: "5b0c6f0e-2d1f-4a55-9d62-0f7a3f1d9c11",
      agent: "claude-code",
      startedAt: "2026-01-21T08:12:00Z",
      repository: "lantern/harbour",
      nanoUsd: nanoOfCents(4_812),
      bought: 0.61,
    },
    {
      session: "c2a9b1de-7710-4f0b-8f1c-5a1b77e0a902",
      agent: "claude-code",
      startedAt: "2026-01-14T13:40:00Z",
      repository: "lantern/harbour",
      nanoUsd: nanoOfCents(3_990),
      bought: 0.12,
    },
    {
      session: "0d44e7f2-95c3-4be0-a2a1-cc0f6b1e7a30",
      agent: "claude-code",
      startedAt: "2026-02-03T10:05:00Z",
      repository: "lantern/keeper",
      nanoUsd: nanoOfCents(3_105),
      bought: null,
    },
  ],
  topChanges: [
    {
      change: "lantern/harbour#118",
      repository: "lantern/harbour",
      landedAt: "2026-01-22T16:00:00Z",
      nanoUsd: nanoOfCents(5_240),
      bought: 0.88,
      lines: 2_410,
    },
    {
      change: "lantern/harbour#131",
      repository: "lantern/harbour",
      landedAt: "2026-01-29T11:30:00Z",
      nanoUsd: nanoOfCents(4_700),
      bought: 0.43,
      lines: 1_880,
    },
    { change: "lantern/keeper#52", repository: "lantern/keeper", landedAt: null, nanoUsd: nanoOfCents(2_015), bought: 0, lines: 960 },
  ],
  sources: [{ source: "claude-code", files: 260, bytes: 318_442_110, absent: 0, sessions: 212, usages: 18_204, problems: 3 }],
  problems: [
    { code: "torn_line", severity: "lost", count: 2, sentence: "A record ends in the middle." },
    { code: "unknown_record", severity: "notice", count: 41, sentence: "A record of a type this version does not know." },
  ],
  notKnown: [
    "Repair, review, burn and idle need a forge, incidents or bills: they are not observed, which is not zero.",
    "Sessions older than the agent's own log retention are gone.",
    "Two repositories the agents worked in are not on this machine.",
  ],
  ccusageSentence:
    "ccusage may show another total: Assay counts a response once across resumed and forked sessions and takes its final output count.",
} satisfies Omit<Answer, "spendNanoUsd" | "fates" | "rollUp" | "coverage">;

export const answerFixture: Answer = answerOf(fixtureCents);
