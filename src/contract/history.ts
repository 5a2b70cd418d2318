/**
 * What line history says about a repository: the life of every line ever, and where each changed line of each commit is
 * in that table. Columns, not objects: repositories have millions of lines. A commit is its index in `commits`
 * (topological order, parents first), a line its index in the columns, -1 means "none".
 */
import type { CommitFact } from "./facts.ts";

export interface LineHistoryResult extends LineLives {
  readonly commits: readonly CommitFact[];
}

/** The columns alone: what `LineHistory` makes of commits it does not keep. */
export interface LineLives {
  /** Newest commit of the default branch (its tip), -1 in an empty repository. Its `commitAt` is the horizon. */
  readonly tip: number;
  /** 1 where the commit is on the first-parent chain of the default branch. */
  readonly onChain: Uint8Array;
  /** 1 where the commit is reachable from the default branch's tip. */
  readonly onDefault: Uint8Array;
  /** Number of lines ever. */
  readonly lines: number;
  /** The commit `git blame` names. */
  readonly born: Int32Array;
  /** First commit on the default branch's first-parent chain whose tree has the line. */
  readonly landed: Int32Array;
  /** The commit (on any branch) that removed it first. */
  readonly killer: Int32Array;
  /** The commit on the first-parent chain whose tree lacks it again; re-opened when it comes back. */
  readonly died: Int32Array;
  /** Line this one was in the same commit before it was moved, or formatted or wrapped anew in its hunk (second layer of identity). */
  readonly origin: Int32Array;
  /** Changed lines by commit and file, aligned with `commits[c].files[f].diff.lines`. */
  readonly changed: readonly (readonly ChangedFile[])[];
  /** path → line ids at the tip of the default branch; opaque files are left out. */
  readonly alive: ReadonlyMap<string, Int32Array>;
  /** Paths whose lines are not known at the tip, with the reason. */
  readonly opaquePaths: ReadonlyMap<string, string>;
}

export interface ChangedFile {
  /**
   * For each line of the diff, in its order (each hunk's removed lines, then its added ones): the line's id. For a merge,
   * an added line that came from another parent has that parent's id, whose `born` is not the merge.
   */
  readonly ids: Int32Array;
}

/** A pull or merge request, or a direct push to the default branch. */
export interface Change {
  readonly id: string;
  readonly kind: "pull_request" | "direct";
  readonly number: number | null;
  /** Commit on the first-parent chain that landed it, null while it has not. */
  readonly landedCommit: string | null;
  readonly landedAt: number | null;
  /** `forge`: what git shows would have been told otherwise, or not at all. */
  readonly evidence: "merge_subject" | "squash_subject" | "head_is_ancestor" | "push" | "pull_head" | "forge";
  /** Newest commit of its head, for pull requests seen as a ref. */
  readonly headCommit: string | null;
  readonly headAt: number | null;
  /** As its forge tells; absent where no forge told of it. */
  readonly state?: "open" | "closed" | "landed";
}

/** What a forge told of a change, as far as it decides where commits belong. */
export interface ToldChange {
  readonly number: number;
  readonly state: "open" | "closed" | "landed" | null;
  readonly landedAt: number | null;
  /** Commits by which it landed, the best first. */
  readonly landingCommits: readonly string[];
  readonly headCommit: string | null;
  /** Whether it was to land on the default branch; null where that is not told. */
  readonly toDefault: boolean | null;
}

export interface ToldChanges {
  readonly changes: readonly ToldChange[];
  /** Numbers of issues: where no change has such a number, `(#12)` names none. */
  readonly issues: ReadonlySet<number>;
}

export interface ChangesResult {
  readonly changes: readonly Change[];
  /** For each commit of the history the index of its change, -1 where none claims it. */
  readonly changeOf: Int32Array;
}

export interface Release {
  readonly tag: string;
  readonly commit: string;
  /** Committer date of its commit (RULINGS 30: re-dated tags count by the commit's place). */
  readonly releasedAt: number;
  readonly preRelease: boolean;
}

export interface ReleasesResult {
  readonly releases: readonly Release[];
  /** For each commit: index of the first release that contains it, -1 while none does. */
  readonly releaseOf: Int32Array;
}
