/** A closed period and what changed it later. Money as in answer.ts: integer nano-dollars as text. */
import type { NanoUsd } from "./answer.ts";
import type { FateName, FateParameters } from "./fates.ts";

/** One period's snapshot: what was said when it was closed. */
export interface ClosedPeriod {
  /** `2026-10`. */
  readonly period: string;
  readonly timeZone: string;
  readonly closedAt: string;
  /** Newest instant any fact told of when it was closed; ages were measured to it. */
  readonly knownUntil: string;
  readonly spendNanoUsd: NanoUsd;
  readonly usages: number;
  readonly parameters: FateParameters;
  readonly rulesVersion: number;
}

/**
 * Why a closed number is another one today. `late_fact`: logs, commits or landings the store did not know, or that came
 * after the close; `revert`: landed work was taken out, or put back; `incident`: an incident
 * names the removal that took it out; `price`: another list price; `rule_version`: other
 * rules or parameters; `rewritten`: the default branch no longer holds the commits it held.
 */
export const restatementCauses = ["late_fact", "revert", "incident", "price", "rule_version", "rewritten"] as const;
export type RestatementCause = (typeof restatementCauses)[number];

/** Money that went from one fate to another; null stands for "not in the total". */
export interface Move {
  readonly from: FateName | null;
  readonly to: FateName | null;
  readonly nanoUsd: NanoUsd;
}

export interface RestatementRow extends Move {
  readonly cause: RestatementCause;
  /** Usages it concerns. */
  readonly usages: number;
}

/** The snapshot, plus what ripened as planned, plus the restatements, is what the period says today: per fate, exactly. */
export interface Restatement {
  readonly closed: ClosedPeriod;
  readonly fates: readonly {
    readonly fate: FateName;
    readonly closedNanoUsd: NanoUsd;
    readonly ripenedNanoUsd: NanoUsd;
    readonly restatedNanoUsd: NanoUsd;
    readonly nowNanoUsd: NanoUsd;
  }[];
  /** Largest first. */
  readonly restatements: readonly RestatementRow[];
  /** Left the undecided fates as planned: no restatement. */
  readonly ripened: readonly (Move & { readonly usages: number })[];
}

/** Shares under another number of days to stick. */
export interface Sensitivity {
  readonly parameter: "stick_days";
  /** The number of days every other answer uses. */
  readonly asked: number;
  readonly spendNanoUsd: NanoUsd;
  readonly rows: readonly { readonly days: number; readonly fates: Readonly<Partial<Record<FateName, NanoUsd>>> }[];
}
