/** What `truth.json` holds: what the generator did, told by itself. Instants are UTC milliseconds, paths repository-relative. */
import type { CallActivity, Counts } from "./transcript.ts";
import { readFile } from "node:fs/promises";
import type { HardCase } from "./hard-cases.ts";
import type { TrueEnd } from "./true-money.ts";
import type { Witness } from "./chronicle.ts";

/** Reads a `truth.json`. */
export async function readTruth(file: string): Promise<SampleTruth> {
  return JSON.parse(await readFile(file, "utf8")) as SampleTruth; // written by tell-truth.ts in this shape
}

/** The fates a line or a session of the sample can end in (MEASURES 1); the others need data the sample has not. */
export type SampleFate =
  | "stuck"
  | "maturing"
  | "rework"
  | "removed"
  | "reverted"
  | "fixing"
  | "review"
  | "superseded"
  | "in_flight"
  | "abandoned"
  | "no_artefact"
  | "unlinked";

export interface TruthResponse {
  /** The session that owns it. */
  readonly session: string;
  readonly messageId: string;
  readonly requestId: string;
  readonly agentId: string | null;
  readonly instant: number;
  readonly model: string;
  /** Prompts counted from 1. */
  readonly turn: number;
  /** As the transcript logs them: of several records the maximum. */
  readonly counts: Counts;
  /** What was really generated; more than `counts.output` where the log holds a placeholder. */
  readonly outputActual: number;
  readonly does: "edits" | "verifies" | "explores" | "delegates" | "talks";
  readonly calls: readonly { readonly callId: string; readonly tool: string; readonly activity: CallActivity; readonly ok: boolean }[];
  /** At list prices. */
  readonly nanoUsd: number;
  /** The same dollars by what they bought: they add up to it. */
  readonly ends: readonly TrueEnd[];
  /** Sessions that replay it. */
  readonly alsoIn: readonly string[];
}

/** One changed line: who changed it, and what became of it. */
export interface TruthLine {
  /** The line's identity: an addition and its later removal have the same number. */
  readonly line: number;
  readonly side: "added" | "removed";
  readonly author: "agent" | "person";
  readonly witness: Witness;
  readonly person: string;
  readonly session: string | null;
  readonly agentId: string | null;
  readonly callId: string | null;
  readonly messageId: string | null;
  readonly turn: number | null;
  readonly at: number;
  readonly repository: string;
  readonly branch: string | null;
  readonly path: string;
  /** Place among the call's changed lines of this file: hunk by hunk, removed lines first. */
  readonly order: number;
  /** Of the line's text without its line feed. */
  readonly textSha256: string;
  /** Written and gone inside one turn: weight 0 beside a surviving net (RULINGS 14). */
  readonly draft: boolean;
  /** An addition that puts back a line which was there before. */
  readonly restores: boolean;
  /** Null where no money hangs on it: a person's line, a missing transcript, a draft, the removal of a line that never landed. */
  readonly fate: SampleFate | null;
  /** The fate its life alone would give, whoever could see it. */
  readonly life: SampleFate | null;
  readonly reason: string | null;
  /** First commit that has the change, on any branch. */
  readonly commit: string | null;
  /** Commit on the default branch's first-parent chain that brought the change. */
  readonly landedCommit: string | null;
  readonly landedAt: number | null;
  readonly release: string | null;
  /** Commit on that chain that undid it for good. */
  readonly diedCommit: string | null;
  readonly diedAt: number | null;
  /** The commit that did it, on the branch it was made on. */
  readonly killer: string | null;
  /** The hunk that undid it put something in its place. */
  readonly replaced: boolean | null;
  /** The line a person made of it before it landed. */
  readonly editedInto: number | null;
  /** Of its text at the tip of the default branch, null if it is not there. */
  readonly livingTextSha256: string | null;
  /** Living at the tip of the default branch: the commit `git blame` names. */
  readonly blame: string | null;
}

export interface TruthSession {
  readonly session: string;
  readonly person: string;
  readonly repository: string;
  readonly repositorySeen: boolean;
  readonly transcript: "present" | "missing";
  readonly purpose: "build" | "research" | "operate";
  readonly version: string;
  readonly forkOf: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly responses: number;
  readonly totals: Counts;
  /** `lines`: ask its lines. */
  readonly end: "lines" | "no_artefact" | "unlinked" | "missing";
}

/** Who wrote the telling lines that one commit added to one file. */
export interface TruthAuthors {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  /** `mixed`: an agent wrote it and a person mended it. */
  readonly kind: "agent" | "mixed" | "person";
  /** Null for a person. */
  readonly session: string | null;
  readonly hardCase: HardCase | "plain";
  readonly lines: number;
}

interface TruthCommit {
  readonly hash: string;
  readonly author: string;
  readonly commitAt: number;
  readonly onChain: boolean;
  readonly onDefault: boolean;
  readonly branch: string | null;
  readonly reverts: string | null;
}

export interface TruthRepository {
  readonly name: string;
  readonly habit: "merge" | "squash" | "rebase" | "push";
  readonly tip: string;
  readonly horizonAt: number;
  readonly commits: readonly TruthCommit[];
  readonly pulls: readonly {
    readonly number: number;
    readonly branch: string;
    readonly head: string;
    readonly landedCommit: string | null;
  }[];
  readonly releases: readonly { readonly tag: string; readonly commit: string; readonly at: number }[];
}

export interface SampleTruth {
  readonly version: 1;
  readonly seed: number;
  readonly startAt: number;
  readonly endsAt: number;
  readonly totals: { readonly sessions: number; readonly usages: number; readonly subagentUsages: number; readonly counts: Counts };
  readonly models: readonly { readonly model: string; readonly usages: number; readonly counts: Counts }[];
  /** Written lines with a fate, by fate. */
  readonly fates: Readonly<Record<string, number>>;
  readonly repositories: readonly TruthRepository[];
  readonly sessions: readonly TruthSession[];
  readonly authors: readonly TruthAuthors[];
  readonly responses: readonly TruthResponse[];
  readonly lines: readonly TruthLine[];
}
