/** Every fate a dollar can end in, in the order of the rules (docs: MEASURES 1). */
export const fateNames = [
  "unlinked",
  "unused",
  "reverted",
  "fixing",
  "review",
  "stuck",
  "maturing",
  "rework",
  "removed",
  "superseded",
  "in_flight",
  "abandoned",
  "burn",
  "no_artefact",
] as const;
export type FateName = (typeof fateNames)[number];

/** Groups of fates for people in a hurry; every fate is in exactly one. */
export const rollUp = {
  bought: ["stuck"],
  ripening: ["maturing", "in_flight"],
  iteration: ["superseded"],
  undone: ["rework", "removed", "reverted", "abandoned"],
  repair: ["fixing"],
  reviewing: ["review"],
  thinking: ["no_artefact"],
  burned: ["burn"],
  idle: ["unused"],
  unknown: ["unlinked"],
} as const satisfies Record<string, readonly FateName[]>;
export type RollUpName = keyof typeof rollUp;

/**
 * Fates that agent logs and git alone do not show in full: where nothing is found they are answered null, never 0 (RULINGS 6).
 * Of `fixing` git shows what exact evidence tells (docs/decisions/0017).
 */
export const notObservedByGit: readonly FateName[] = ["fixing", "review", "unused", "burn"];

/** What forges show in full where they told of a repository: then nothing found is 0. */
export const observedByForges: readonly FateName[] = ["review"];

/**
 * Whether a sum is an answer. Of what git alone does not show, something found is; nothing found is "not observed", never 0.
 * @param forgeTold whether a forge told of what is summed up
 */
export const isObserved = (fate: FateName, nanoUsd: string | bigint | null | undefined, forgeTold: boolean): boolean =>
  !notObservedByGit.includes(fate) || BigInt(nanoUsd ?? 0) > 0n || (forgeTold && observedByForges.includes(fate));

export const grades = ["A", "B", "C"] as const;
export type Grade = (typeof grades)[number];

/** Parameters a fate may depend on, with their defaults (MEASURES 1). */
export interface FateParameters {
  readonly stickDays: number;
  readonly revertDays: number;
  readonly inFlightDays: number;
}
export const defaultFateParameters: FateParameters = { stickDays: 21, revertDays: 90, inFlightDays: 14 };
