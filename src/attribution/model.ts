/**
 * What attribution works on: pure data, loaded by the app from facts, prices and line history. Instants are UTC
 * milliseconds, money integer nano-dollars, null is "not known".
 */
import type { ActivityKind, Quality, TokenCounts, UsageGrain, WriteQuality } from "../contract/facts.ts";
import type { Grade } from "../contract/fates.ts";
import type { Call, Sighting, TurnStart } from "../contract/stored.ts";

export type { Call, Sighting, TurnStart };

/** What was consumed: the join of its sightings, with one owner (RULINGS 2). */
export interface Usage {
  /** Place in the canonical order (instant, key). */
  readonly id: number;
  /** Natural key: provider and strongest id. */
  readonly key: string;
  readonly agent: string;
  readonly session: string;
  /** Keys by which calls name this response. */
  readonly responseKeys: readonly string[];
  readonly instant: number;
  readonly agentId: string | null;
  readonly provider: string | null;
  readonly model: string;
  readonly agentVersion: string | null;
  readonly serviceTier: string | null;
  readonly speed: string | null;
  readonly geo: string | null;
  readonly cwd: string | null;
  readonly branch: string | null;
  readonly counts: TokenCounts;
  readonly outputQuality: Quality;
  readonly webSearches: number;
  /** The most any witness shows: see Sighting. */
  readonly visibleChars: number;
  readonly sightings: number;
  /** Tokens of all sightings together: what would be counted if none were joined. */
  readonly sightedTokens: number;
  readonly sources: readonly string[];
  /** Left out: one response. */
  readonly grain?: UsageGrain;
}

/** The dated life of the lines of a strand. */
export interface Life {
  readonly writtenAt: number;
  readonly committedAt: number | null;
  readonly landedAt: number | null;
  readonly releasedAt: number | null;
  /** Left the default branch (a removal: the line came back). */
  readonly diedAt: number | null;
  /** `reverted`: by a revert; `replaced`: its killer adds in the same hunk; `removed`: nothing in its place; `incident`: that, and an incident names the removal. */
  readonly death: "replaced" | "removed" | "reverted" | "incident" | null;
  readonly deathCommit: string | null;
  /** A later write or commit replaced it before it landed. */
  readonly supersededAt: number | null;
  /** The line repairs what an agent wrote: by certain evidence (`narrow`), or as far as may be (`wide`). */
  readonly repair?: "narrow" | "wide" | null;
  /** Since when a commit of its change is known to have it in answer to a review; null where it answers none. */
  readonly answersAt?: number | null;
  /** The session itself took it back; of a line in a commit: its change was closed unmerged. */
  readonly undoneAt: number | null;
  /** Newest sign of life of what still could land it: its open change, branch or session. */
  readonly lastActiveAt: number | null;
}

/** Why the end of a write cannot be observed (fate `unlinked`). */
export type UnlinkedReason =
  | "no_repository"
  | "repository_unseen"
  | "after_horizon"
  | "subagent_unlogged"
  | "text_unreadable"
  | "path_opaque"
  | "no_session_detail";

/** Lines of one write that share change, life, grade, side and kind. */
export interface ArtefactGroup {
  readonly repository: number | null;
  /** Index into the repository's changes, null where no change claims the commit. */
  readonly change: number | null;
  readonly commit: string | null;
  readonly grade: Grade | null;
  readonly side: "added" | "removed";
  readonly lineKind: string;
  readonly authorKind: "agent" | "mixed";
  readonly lines: number;
  /** Sum of line weights in tenths (RULINGS 15). */
  readonly weightTenths: number;
  readonly life: Life;
  readonly unlinkedReason: UnlinkedReason | null;
  /** Newest commit seen on the repository's default branch; null where the repository is unseen. */
  readonly horizon: number | null;
  /** Landing counts as release here (no release within 90 days while landing goes on, or none ever). */
  readonly landingIsRelease: boolean;
}

/** What one call wrote, net of its turn: drafts are apart, with weight 0 beside a surviving net (RULINGS 14). */
export interface WriteArtefacts {
  readonly callKey: string;
  readonly path: string;
  readonly quality: WriteQuality;
  /** Repository the path belongs to; null when outside of any (then the write is an activity, RULINGS 13). */
  readonly repository: number | null;
  readonly insideRepository: boolean;
  readonly groups: readonly ArtefactGroup[];
  readonly drafts: readonly ArtefactGroup[];
}

/** Everything allocation needs of one session. Arrays sorted by (instant, key). */
export interface SessionInput {
  readonly agent: string;
  readonly session: string;
  readonly repository: number | null;
  /** False where the session's repository is not known to this store. */
  readonly repositorySeen: boolean;
  readonly turns: readonly TurnStart[];
  readonly usages: readonly (Usage & { readonly listNanoUsd: bigint | null })[];
  readonly calls: readonly Call[];
  readonly writes: readonly WriteArtefacts[];
  /** When others' changes in its repository were reviewed, as `reviewInstants` gives them; left out where no forge told. */
  readonly reviews?: readonly number[];
}

export type Flow = "own" | "tail" | "back" | "forward";
export type AllocationRule = "lines" | "pooled" | "equal";

/** The join of money and outcome: one row of table `strand`. */
export interface Strand {
  readonly flow: Flow;
  /** Integer, from cumulative floors; strands of a segment add up to its total. */
  readonly weight: number;
  readonly grade: Grade | null;
  readonly unlinkedReason: UnlinkedReason | null;
  /** Kind of activity where there is no artefact. */
  readonly activity: ActivityKind | "talk" | null;
  readonly repository: number | null;
  readonly change: number | null;
  readonly commit: string | null;
  readonly lineKind: string | null;
  readonly side: "added" | "removed" | null;
  readonly authorKind: "agent" | "mixed" | null;
  readonly lines: number;
  readonly life: Life | null;
  readonly horizon: number | null;
  readonly landingIsRelease: boolean;
  /** When the turn gave a review of another's change; null where it gave none or that is not known. */
  readonly reviewedAt?: number | null;
}

/** The responses that feed one group of edits, or none; every usage is in exactly one segment. */
export interface Segment {
  readonly agent: string;
  readonly session: string;
  readonly turn: number;
  readonly kind: "edit" | "tail" | "none";
  /** What most of the turn's calls did, for turns without edits. */
  readonly activity: ActivityKind | "talk";
  readonly purpose: "build" | "fix" | "review" | "explore" | "operate";
  readonly usages: readonly number[];
  readonly strands: readonly Strand[];
}
