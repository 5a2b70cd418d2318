/**
 * What the main question is answered with. Nano-dollars are strings of integers (they may pass 2^53), ratios 0..1, days
 * local dates `YYYY-MM-DD`, null is "not known" or "not observed", never 0.
 */
import type { Basis } from "./basis.ts";
import type { FateName, RollUpName } from "./fates.ts";
import type { Problem } from "./problem.ts";

export type NanoUsd = string;

export interface AnswerFate {
  readonly fate: FateName;
  readonly nanoUsd: NanoUsd | null;
  /** Share of all spend. */
  readonly share: number | null;
  readonly sentence: string;
}

export interface SpannedFate extends AnswerFate {
  /** `share` over all allocations: rules × flows × grades. */
  readonly span: Range;
}

export interface AnswerRollUp {
  readonly name: RollUpName;
  readonly nanoUsd: NanoUsd | null;
  readonly shareOfSpend: number | null;
  /** `shareOfSpend` over all allocations: rules × flows × grades. */
  readonly span: Range;
  /** Of decided spend: without ripening, idle, unknown. Null for those three. */
  readonly shareOfDecided: number | null;
}

export interface AnswerRepository {
  readonly id: number;
  readonly name: string;
  readonly horizon: string | null;
  readonly defaultBranch: string | null;
  readonly releaseRule: string;
  readonly spendNanoUsd: NanoUsd;
  readonly bought: number | null;
  readonly boughtSpan: Range;
  readonly commits: number;
  readonly changesLanded: number;
  readonly linesLandedAgent: number;
  readonly linesLandedMixed: number;
  readonly linesLandedPerson: number;
  readonly linesLandedUnknown: number;
}

/** Low and high end of a share; null where the share is not known. */
export interface Range {
  readonly low: number | null;
  readonly high: number | null;
}

/** Days of the organisation's time zone, both included; null is open. */
export interface DayRange {
  readonly from: string | null;
  readonly to: string | null;
}

export interface Answer {
  /** "API-equivalent at list prices, not what you paid". */
  readonly basis: Basis;
  readonly basisSentence: string;
  /** Asked instant, null for "the newest facts". */
  readonly asOf: string | null;
  /** Days that were asked for, both included: what was spent on them, whatever became of it since. Null for all there is. */
  readonly range: DayRange | null;
  readonly period: { readonly from: string | null; readonly to: string | null };
  readonly isSample: boolean;
  readonly ignoreTrailers: boolean;
  readonly spendNanoUsd: NanoUsd;
  readonly usages: number;
  readonly sessions: number;
  readonly tokens: {
    readonly input: number;
    readonly cacheRead: number;
    readonly cacheWrite5m: number;
    readonly cacheWrite1h: number;
    readonly output: number;
    readonly withoutPrice: number;
  };
  /** Usages whose model has no price at the day of use: their tokens are counted, their dollars are not known. */
  readonly unpriced: readonly { readonly model: string; readonly usages: number; readonly tokens: number }[];
  readonly fates: readonly SpannedFate[];
  readonly rollUp: readonly AnswerRollUp[];
  readonly residualNanoUsd: NanoUsd;
  readonly unlinkedReasons: readonly { readonly reason: string; readonly sentence: string; readonly nanoUsd: NanoUsd }[];
  readonly coverage: number | null;
  /** Dollars by the grade of their strands, share of spend; `none` for what no line carries. */
  readonly byGrade: readonly { readonly grade: "A" | "B" | "C" | "none"; readonly share: number | null }[];
  /** Dollars that reached their lines over a turn without edits, share of spend. */
  readonly moved: { readonly back: number | null; readonly forward: number | null };
  /** Output tokens by quality of the count, share. */
  readonly quality: readonly { readonly quality: string; readonly share: number | null }[];
  /** What counts logged before their response ended leave out. Basis "estimated": in no other number here. */
  readonly estimate: {
    /** Share of responses whose output count was logged early or not at all. */
    readonly shareOfUsages: number | null;
    readonly moreNanoUsd: NanoUsd;
    /** Error of the rules for one response, each final count told by all others; null where no rule was fitted. */
    readonly leaveOneOutError: number | null;
  };
  /** Sub-agents the sessions started, and those the log has nothing else of. */
  readonly subAgents: { readonly started: number; readonly notObserved: number };
  /** How often a response is told over all logs. */
  readonly sightingsPerUsage: number | null;
  readonly changesLanded: number;
  /** Spend on landed changes over landed changes that carry spend; null where there are none. */
  readonly costPerLandedChangeNanoUsd: NanoUsd | null;
  /** Agent … agent + mixed + unknown. */
  readonly aiShareOfLandedLines: Range;
  /** Pairs whose order by share flips between allocations, the greater by the shown one first: no ranking tells them apart. */
  readonly notDistinguishable: {
    readonly rollUp: readonly (readonly [RollUpName, RollUpName])[];
    readonly models: readonly (readonly [string, string])[];
    readonly repositories: readonly (readonly [string, string])[];
  };
  /** Share of landed agent lines alive after so many days (Kaplan–Meier), with the lines it speaks of. */
  readonly survival: readonly { readonly days: number; readonly share: number | null; readonly lines: number }[];
  readonly repositories: readonly AnswerRepository[];
  readonly models: readonly {
    readonly model: string;
    readonly usages: number;
    readonly nanoUsd: NanoUsd | null;
    readonly bought: number | null;
    readonly boughtSpan: Range;
  }[];
  readonly weeks: readonly { readonly week: string; readonly nanoUsd: NanoUsd; readonly byRollUp: Readonly<Record<string, NanoUsd>> }[];
  /** Costliest sessions and changes, to open. */
  readonly topSessions: readonly {
    readonly session: string;
    readonly agent: string;
    readonly startedAt: string;
    readonly repository: string | null;
    readonly nanoUsd: NanoUsd;
    readonly bought: number | null;
  }[];
  readonly topChanges: readonly {
    readonly change: string;
    readonly repository: string;
    readonly landedAt: string | null;
    readonly nanoUsd: NanoUsd;
    readonly bought: number | null;
    readonly lines: number;
  }[];
  readonly sources: readonly Omit<SourceRow, "title" | "sessionIds" | "subagentUsages">[];
  readonly problems: readonly {
    readonly code: string;
    readonly severity: Problem["severity"];
    readonly count: number;
    readonly sentence: string;
  }[];
  /** What this answer cannot see, a sentence each: not observed fates, absent transcripts, unseen repositories, sources selected on their outcome. */
  readonly notKnown: readonly string[];
  /** Why the total may differ from ccusage's, a sentence. */
  readonly ccusageSentence: string;
}

/** What one source told. */
export interface SourceRow {
  readonly source: string;
  readonly title: string;
  readonly files: number;
  readonly bytes: number;
  /** Named somewhere and not there to be read. */
  readonly absent: number;
  readonly sessionIds: number;
  readonly sessions: number;
  readonly usages: number;
  readonly subagentUsages: number;
  readonly problems: number;
}

/** Whether anything was found where a source looks. */
export const isFound = ({ files, absent, usages, problems }: SourceRow): boolean => files + absent + usages + problems > 0;
