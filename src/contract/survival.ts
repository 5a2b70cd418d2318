/** How long landed lines live, and what ends them. Shares are 0..1 of the lines that landed. */

/** Why a line left the default branch, in the order they are asked: the first that fits. */
export const endCauses = ["revert", "fix", "rewrite", "removal"] as const;
export type EndCause = (typeof endCauses)[number];

/** What groups are made by. */
export const survivalGroups = ["author", "repository", "none"] as const;
export type SurvivalGroup = (typeof survivalGroups)[number];

export interface ToldShare {
  readonly share: number;
  /** 95 %, of clusters drawn anew; null where too few tell it. */
  readonly interval: { readonly low: number; readonly high: number } | null;
  /** Few clusters tell the share: the interval covers more than 95 %. */
  readonly isWidened: boolean;
}

/** After so many days from landing. */
export interface SurvivalPoint {
  readonly days: number;
  /** Null where nothing was watched so long. */
  readonly alive: ToldShare | null;
  /** By cause; with `alive` they add up to 1. Null where `alive` is, and for fixes where none can be told. */
  readonly ended: Readonly<Record<EndCause, ToldShare | null>>;
  /** What was drawn: persons who committed the lines, or changes where too few persons did. */
  readonly clusters: "persons" | "changes";
  /** As many clusters of equal size would tell as much. */
  readonly effectiveClusters: number;
  /** Why there is no interval; null where there is one. */
  readonly refused: "too_few_clusters" | "too_unequal_clusters" | null;
  /** So many lines tell as much as one would, did lines live and die on their own; null where there is no interval. */
  readonly designEffect: number | null;
}

export interface SurvivalOfGroup {
  /** Kind of author, or name of the repository; null where there is one group. */
  readonly group: string | null;
  /** Lines that landed. */
  readonly lines: number;
  /** Days after which no more than half live; null while more do. */
  readonly medianDays: number | null;
  /** Empty where fewer lines landed than may be shown. */
  readonly points: readonly SurvivalPoint[];
}

export interface Survival {
  readonly by: SurvivalGroup;
  /** Groups of fewer lines have no points. */
  readonly leastLines: number;
  /** What fixes are told by. `none`: nothing tells one, and what fixes ended is a rewrite or a removal here. */
  readonly fixesToldBy: "trailers" | "none";
  /** Most lines first. */
  readonly groups: readonly SurvivalOfGroup[];
}
