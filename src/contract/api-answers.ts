/**
 * The answers whose types are written by hand elsewhere, as schemas: for the OpenAPI document, and for the test that what
 * is sent is what is promised. `satisfies` holds the two together, field by field.
 */
import { bases } from "./basis.ts";
import { z } from "zod";
import type { Answer, SourceRow } from "./answer.ts";
import { type Delivery, rungs } from "./delivery.ts";
import { fateNames, rollUp, type RollUpName } from "./fates.ts";
import type { Problem } from "./problem.ts";
import { type Costs, costGrains, costRefusals, peopleCosts, tierRefusals } from "./costs.ts";
import { type Returns, returnGroups } from "./returns.ts";
import type { Blame, ChangeCard, CommitCard, Explanation, FileCard, SessionCard, StrandRow } from "./show.ts";
import { type EndCause, type Survival, survivalGroups } from "./survival.ts";

const nano = z.string().describe("Nano-dollars at list prices, an integer as text");
const instant = z.string();
const share = z.number().nullable();
const range = z.object({ low: share, high: share });
const fate = z.enum(fateNames);
const group = z.enum(Object.keys(rollUp) as [RollUpName, ...RollUpName[]]);
const count = z.int();
const byKind = z.record(z.string(), count);

export const problemSchema = z.object({
  code: z.string(),
  severity: z.enum(["lost", "notice"]),
  source: z.string(),
  locator: z.string(),
  message: z.string(),
  hint: z.string().exactOptional(),
  count: count.exactOptional(),
}) satisfies z.ZodType<Problem>;

const answerFate = z.object({ fate, nanoUsd: nano.nullable(), share, sentence: z.string() });

const strandRow = z.object({
  strand: count,
  fate,
  sentence: z.string(),
  nanoUsd: nano,
  flow: z.enum(["own", "tail", "back", "forward"]),
  grade: z.enum(["A", "B", "C"]).nullable(),
  lines: count,
  side: z.enum(["added", "removed"]).nullable(),
  session: z.string(),
  repository: z.string().nullable(),
  change: z.string().nullable(),
  commit: z.string().nullable(),
  writtenAt: instant.nullable(),
  landedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  diedAt: instant.nullable(),
}) satisfies z.ZodType<StrandRow>;

export const sourceRowSchema = z.object({
  source: z.string(),
  title: z.string(),
  files: count,
  bytes: z.number(),
  absent: count,
  sessionIds: count,
  sessions: count,
  usages: count,
  subagentUsages: count,
  problems: count,
}) satisfies z.ZodType<SourceRow>;

export const answerSchema = z.object({
  basis: z.enum(bases),
  basisSentence: z.string(),
  asOf: instant.nullable(),
  range: z.object({ from: z.string().nullable(), to: z.string().nullable() }).nullable(),
  period: z.object({ from: instant.nullable(), to: instant.nullable() }),
  isSample: z.boolean(),
  ignoreTrailers: z.boolean(),
  spendNanoUsd: nano,
  usages: count,
  sessions: count,
  tokens: z.object({
    input: z.number(),
    cacheRead: z.number(),
    cacheWrite5m: z.number(),
    cacheWrite1h: z.number(),
    output: z.number(),
    withoutPrice: z.number(),
  }),
  unpriced: z.array(z.object({ model: z.string(), usages: count, tokens: z.number() })),
  fates: z.array(answerFate.extend({ span: range })),
  rollUp: z.array(z.object({ name: group, nanoUsd: nano.nullable(), shareOfSpend: share, span: range, shareOfDecided: share })),
  residualNanoUsd: nano,
  unlinkedReasons: z.array(z.object({ reason: z.string(), sentence: z.string(), nanoUsd: nano })),
  coverage: share,
  byGrade: z.array(z.object({ grade: z.enum(["A", "B", "C", "none"]), share })),
  moved: z.object({ back: share, forward: share }),
  quality: z.array(z.object({ quality: z.string(), share })),
  estimate: z.object({ shareOfUsages: share, moreNanoUsd: nano, leaveOneOutError: share }),
  subAgents: z.object({ started: count, notObserved: count }),
  sightingsPerUsage: share,
  changesLanded: count,
  costPerLandedChangeNanoUsd: nano.nullable(),
  aiShareOfLandedLines: range,
  notDistinguishable: z.object({
    rollUp: z.array(z.tuple([group, group])),
    models: z.array(z.tuple([z.string(), z.string()])),
    repositories: z.array(z.tuple([z.string(), z.string()])),
  }),
  survival: z.array(z.object({ days: count, share, lines: count })),
  repositories: z.array(
    z.object({
      id: count,
      name: z.string(),
      horizon: instant.nullable(),
      defaultBranch: z.string().nullable(),
      releaseRule: z.string(),
      spendNanoUsd: nano,
      bought: share,
      boughtSpan: range,
      commits: count,
      changesLanded: count,
      linesLandedAgent: count,
      linesLandedMixed: count,
      linesLandedPerson: count,
      linesLandedUnknown: count,
    }),
  ),
  models: z.array(z.object({ model: z.string(), usages: count, nanoUsd: nano.nullable(), bought: share, boughtSpan: range })),
  weeks: z.array(z.object({ week: z.string(), nanoUsd: nano, byRollUp: z.record(z.string(), nano) })),
  topSessions: z.array(
    z.object({
      session: z.string(),
      agent: z.string(),
      startedAt: instant,
      repository: z.string().nullable(),
      nanoUsd: nano,
      bought: share,
    }),
  ),
  topChanges: z.array(
    z.object({
      change: z.string(),
      repository: z.string(),
      landedAt: instant.nullable(),
      nanoUsd: nano,
      bought: share,
      lines: count,
    }),
  ),
  sources: z.array(sourceRowSchema),
  problems: z.array(z.object({ code: z.string(), severity: z.enum(["lost", "notice"]), count, sentence: z.string() })),
  notKnown: z.array(z.string()),
  ccusageSentence: z.string(),
}) satisfies z.ZodType<Answer>;

export const sessionCardSchema = z.object({
  kind: z.literal("session"),
  session: z.string(),
  agent: z.string(),
  firstAt: instant,
  lastAt: instant,
  repository: z.string().nullable(),
  branches: z.array(z.string()),
  models: z.array(z.string()),
  usages: count,
  subagentUsages: count,
  spendNanoUsd: nano.nullable(),
  fates: z.array(answerFate),
  turns: z.array(
    z.object({
      turn: count,
      startedAt: instant,
      endedAt: instant,
      written: z.array(z.object({ fate, lines: count })),
      purpose: z.string(),
      activity: z.string(),
      nanoUsd: nano,
      usages: count,
      editSegments: count,
    }),
  ),
  commits: z.array(z.object({ commit: z.string(), grade: z.string(), method: z.string(), lines: count, change: z.string().nullable() })),
  strands: z.array(strandRow),
}) satisfies z.ZodType<SessionCard>;

export const changeCardSchema = z.object({
  kind: z.literal("change"),
  change: z.string(),
  repository: z.string(),
  changeKind: z.string(),
  evidence: z.string(),
  landedAt: instant.nullable(),
  releasedAt: instant.nullable(),
  review: z
    .object({
      path: z.string().nullable(),
      readyAt: instant.nullable(),
      firstReviewAt: instant.nullable(),
      approvedAt: instant.nullable(),
      rounds: count,
      requests: count,
    })
    .nullable(),
  commits: z.array(z.string()),
  spendNanoUsd: nano,
  fates: z.array(answerFate),
  sessions: z.array(z.object({ session: z.string(), nanoUsd: nano, lines: count })),
  linesByAuthorKind: byKind,
  linesAlive: count,
  strands: z.array(strandRow),
}) satisfies z.ZodType<ChangeCard>;

export const commitCardSchema = z.object({
  kind: z.literal("commit"),
  commit: z.string(),
  repository: z.string(),
  committedAt: instant,
  change: z.string().nullable(),
  onDefault: z.boolean(),
  releasedAt: instant.nullable(),
  linesAdded: count,
  linesRemoved: count,
  spendNanoUsd: nano,
  sessions: z.array(z.object({ session: z.string(), grade: z.string(), method: z.string(), confidence: z.number(), lines: count })),
  linesByAuthorKind: byKind,
  strands: z.array(strandRow),
}) satisfies z.ZodType<CommitCard>;

export const explanationSchema = z.object({
  subject: z.string(),
  sentences: z.array(z.string()),
  causes: z.array(z.object({ cause: z.string(), nanoUsd: nano, share, sentence: z.string() })).exactOptional(),
  strands: z.array(strandRow),
  definition: z.string().exactOptional(),
  sql: z.string().exactOptional(),
  leftOut: z.array(z.string()),
}) satisfies z.ZodType<Explanation>;

const fileCard = z.object({
  kind: z.literal("file"),
  path: z.string(),
  earlierPaths: z.array(z.string()),
  repository: z.string(),
  spendNanoUsd: nano,
  linesWritten: count,
  linesLanded: count,
  linesAlive: count,
  aiShare: z.object({ low: z.number(), high: z.number() }).nullable(),
  survival: z.object({ days7: share, days21: share }),
  ages: z.array(z.object({ fromDays: count, toDays: count.nullable(), lines: byKind })),
  sessions: z.array(z.object({ session: z.string(), nanoUsd: nano, lines: count })),
  changes: z.array(z.object({ change: z.string(), landedAt: instant, linesAdded: count, linesRemoved: count })),
  notes: z.array(z.string()),
}) satisfies z.ZodType<FileCard>;

const blame = z.object({
  path: z.string(),
  repository: z.string(),
  head: z.string(),
  horizon: instant.nullable(),
  notes: z.array(z.string()),
  lines: z.array(
    z.object({
      line: count,
      commit: z.string(),
      bornAt: instant.nullable(),
      authorKind: z.string(),
      session: z.string().nullable(),
      grade: z.string().nullable(),
      costNanoUsd: nano.nullable(),
      text: z.string(),
    }),
  ),
}) satisfies z.ZodType<Blame>;

export const fileViewSchema = z.object({ file: fileCard, blame });

export const noteRowSchema = z.object({
  repository: z.string(),
  dialect: z.string(),
  notes: count,
  commitGone: count,
  onMerges: count,
  notRead: count,
  linesClaimed: count,
  linesAdded: count,
  linesOverClaimed: count,
  linesClaimedOnDefault: count,
  linesAddedOnDefault: count,
  linesOfAgents: count,
  linesMixed: count,
  linesOfPersons: count,
  testLines: count,
  unseenSessions: count,
});

const durations = { medianMs: z.number().nullable(), p90Ms: z.number().nullable(), n: count };
const partOfDeployments = z.object({ ratio: share, atLeast: share, count, of: count });

export const deliverySchema = z.object({
  days: count,
  unplacedIncidents: count,
  repositories: z.array(
    z.object({
      repository: z.string(),
      window: z.object({ from: instant, until: instant, days: z.number() }).nullable(),
      rung: z.enum(rungs).nullable(),
      dora: z
        .object({
          changeLeadTime: z.object({ ...durations, notDeployed: count, beforeCounting: count, contradictory: count }),
          deploymentFrequency: z.object({ deployments: count, perWeek: share, medianDaysPerWeek: share }),
          failedDeploymentRecoveryTime: z.object({ ...durations, notRecovered: count }),
          changeFailRate: partOfDeployments,
          deploymentReworkRate: partOfDeployments,
        })
        .nullable(),
      review: z
        .object({
          told: count,
          ofBots: count,
          instantSelfMerges: count,
          reviewed: count,
          reviewedShare: share,
          roundsPerChange: share,
          changesRequestedShare: share,
          firstReviewHours: z.object({ median: share, p90: share }),
          approvalHours: share,
          landingHours: share,
          reviewHours: z.object({ low: share, high: share }),
        })
        .nullable(),
      agentLines: z.object({ editedBeforeLandingShare: share, editedAfterLandingShare: share }),
      evidence: z.object({ incidents: count.nullable(), reverts: count, hotfixes: count, assumesProduction: z.boolean() }),
    }),
  ),
}) satisfies z.ZodType<Delivery>;

const toldShare = z
  .object({ share: z.number(), interval: z.object({ low: z.number(), high: z.number() }).nullable(), isWidened: z.boolean() })
  .nullable();

export const survivalSchema = z.object({
  by: z.enum(survivalGroups),
  leastLines: count,
  fixes: z.object({ certain: count, candidates: count }),
  groups: z.array(
    z.object({
      group: z.string().nullable(),
      lines: count,
      medianDays: z.number().nullable(),
      points: z.array(
        z.object({
          days: count,
          alive: toldShare,
          ended: z.object({
            revert: toldShare,
            fix: toldShare,
            fix_candidate: toldShare,
            rewrite: toldShare,
            removal: toldShare,
          } satisfies Record<EndCause, unknown>),
          clusters: z.enum(["persons", "changes"]),
          effectiveClusters: z.number(),
          refused: z.enum(["too_few_clusters", "too_unequal_clusters"]).nullable(),
          designEffect: z.number().nullable(),
        }),
      ),
    }),
  ),
}) satisfies z.ZodType<Survival>;

export const returnsSchema = z.object({
  by: z.enum(returnGroups),
  mostUndecided: z.number(),
  groups: z.array(z.object({ group: z.string(), spendNanoUsd: nano, changesStuck: count.nullable(), undecidedShare: z.number() })),
  ofNoGroupNanoUsd: nano,
  zeroReturnShare: share,
  zeroReturnOfAll: z.object({ low: z.number(), high: z.number() }).nullable(),
  concentration: z
    .object({
      herfindahl: z.number(),
      effectiveGroups: z.number(),
      half: z.object({ groups: count, spendShare: share }),
    })
    .nullable(),
  publishedSplit: z.object({
    buckets: z.array(
      z.object({
        bucket: z.enum(["value", "reactive", "rework", "review_friction"]),
        share,
        ofChanges: share,
        group: z.enum(["bought", "repair", "undone", "reviewing"]),
        ofSpend: share,
      }),
    ),
    overlap: share,
    changes: count,
    unknown: z.object({ class: count, discarded: count, review: count }),
  }),
}) satisfies z.ZodType<Returns>;

const outcomeCost = z.object({
  changes: count,
  averageNanoUsd: nano.nullable(),
  marginalNanoUsd: nano.nullable(),
  refused: z.enum(costRefusals).nullable(),
});
const costPeriod = z.object({
  from: z.string(),
  spendNanoUsd: nano,
  undecidedShare: share,
  landed: outcomeCost,
  released: outcomeCost,
  stuck: outcomeCost,
});

export const costsSchema = z.object({
  grain: z.enum(costGrains),
  leastChanges: count,
  mostUndecided: z.number(),
  cohorts: z.array(costPeriod),
  samePeriod: z.array(costPeriod),
  people: z.object({
    window: z.object({ from: instant, until: instant, days: count }).nullable(),
    persons: count,
    leastPersons: count,
    refused: z.enum(tierRefusals).nullable(),
    peopleCost: z.enum(peopleCosts),
    tiers: z.array(
      z.object({
        persons: count,
        changes: count,
        withoutChange: count,
        tokenNanoUsd: nano,
        meanOfRatiosNanoUsd: nano.nullable(),
        ratioOfTotalsNanoUsd: nano.nullable(),
        fullCostNanoUsd: z.object({ low: nano, high: nano }).nullable(),
      }),
    ),
    marginalNanoUsd: z.array(nano.nullable()),
    ofNobody: z.object({ spendNanoUsd: nano, changes: count }),
  }),
}) satisfies z.ZodType<Costs>;
