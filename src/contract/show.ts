/** What `show session|change|commit` and `explain` answer. Money as in answer.ts. */
import type { AnswerFate, NanoUsd } from "./answer.ts";
import type { FateName } from "./fates.ts";

/** One strand, opened: what part of the money, which lines, which evidence, and the sentence of its fate. */
export interface StrandRow {
  readonly strand: number;
  readonly fate: FateName;
  readonly sentence: string;
  readonly nanoUsd: NanoUsd;
  readonly flow: "own" | "tail" | "back" | "forward";
  readonly grade: "A" | "B" | "C" | null;
  readonly lines: number;
  readonly side: "added" | "removed" | null;
  readonly session: string;
  readonly repository: string | null;
  readonly change: string | null;
  readonly commit: string | null;
  readonly writtenAt: string | null;
  readonly landedAt: string | null;
  readonly releasedAt: string | null;
  readonly diedAt: string | null;
}

export interface SessionCard {
  readonly kind: "session";
  readonly session: string;
  readonly agent: string;
  readonly firstAt: string;
  readonly lastAt: string;
  readonly repository: string | null;
  readonly branches: readonly string[];
  readonly models: readonly string[];
  readonly usages: number;
  readonly subagentUsages: number;
  readonly spendNanoUsd: NanoUsd | null;
  readonly fates: readonly AnswerFate[];
  /** `purpose`: build, fix, review, explore, operate; `activity`: what most of its tool calls did. */
  readonly turns: readonly {
    readonly turn: number;
    /** Its first and last response (UTC). */
    readonly startedAt: string;
    readonly endedAt: string;
    /** Lines its own edits changed, by the fate they have. */
    readonly written: readonly { readonly fate: FateName; readonly lines: number }[];
    readonly purpose: string;
    readonly activity: string;
    readonly nanoUsd: NanoUsd;
    readonly usages: number;
    readonly editSegments: number;
  }[];
  readonly commits: readonly {
    readonly commit: string;
    readonly grade: string;
    readonly method: string;
    readonly lines: number;
    readonly change: string | null;
  }[];
  readonly strands: readonly StrandRow[];
}

export interface ChangeCard {
  readonly kind: "change";
  readonly change: string;
  readonly repository: string;
  readonly changeKind: string;
  readonly evidence: string;
  readonly landedAt: string | null;
  readonly releasedAt: string | null;
  /** How it came to land, as its forge tells; null where none told. */
  readonly review: {
    readonly path: string | null;
    readonly readyAt: string | null;
    readonly firstReviewAt: string | null;
    readonly approvedAt: string | null;
    readonly rounds: number;
    readonly requests: number;
  } | null;
  readonly commits: readonly string[];
  readonly spendNanoUsd: NanoUsd;
  readonly fates: readonly AnswerFate[];
  readonly sessions: readonly { readonly session: string; readonly nanoUsd: NanoUsd; readonly lines: number }[];
  readonly linesByAuthorKind: Readonly<Record<string, number>>;
  readonly linesAlive: number;
  readonly strands: readonly StrandRow[];
}

export interface CommitCard {
  readonly kind: "commit";
  readonly commit: string;
  readonly repository: string;
  readonly committedAt: string;
  readonly change: string | null;
  readonly onDefault: boolean;
  readonly releasedAt: string | null;
  readonly linesAdded: number;
  readonly linesRemoved: number;
  readonly spendNanoUsd: NanoUsd;
  readonly sessions: readonly {
    readonly session: string;
    readonly grade: string;
    readonly method: string;
    readonly confidence: number;
    readonly lines: number;
  }[];
  readonly linesByAuthorKind: Readonly<Record<string, number>>;
  readonly strands: readonly StrandRow[];
}

/** One file of HEAD over all its names: what its lines cost, who wrote those that are alive, how long they live. */
export interface FileCard {
  readonly kind: "file";
  readonly path: string;
  /** Names it had before, newest first. */
  readonly earlierPaths: readonly string[];
  readonly repository: string;
  /** Of every line a commit wrote there, alive or not. Removals, and lines no commit has, are not told by file. */
  readonly spendNanoUsd: NanoUsd;
  readonly linesWritten: number;
  readonly linesLanded: number;
  readonly linesAlive: number;
  /** Of the lines alive, generated ones left out; null where there are none. */
  readonly aiShare: { readonly low: number; readonly high: number } | null;
  /** Share of landed lines, generated ones left out, alive so many days later; null where none was watched so long. */
  readonly survival: { readonly days7: number | null; readonly days21: number | null };
  /** Lines alive by days since they landed and by who wrote them. */
  readonly ages: readonly {
    readonly fromDays: number;
    /** Exclusive; null for no end. */
    readonly toDays: number | null;
    readonly lines: Readonly<Record<string, number>>;
  }[];
  readonly sessions: readonly { readonly session: string; readonly nanoUsd: NanoUsd; readonly lines: number }[];
  readonly changes: readonly {
    readonly change: string;
    readonly landedAt: string;
    readonly linesAdded: number;
    readonly linesRemoved: number;
  }[];
  readonly notes: readonly string[];
}

export interface Explanation {
  readonly subject: string;
  readonly sentences: readonly string[];
  /** Of the context: what put tokens there, largest first. */
  readonly causes?: readonly {
    readonly cause: string;
    readonly nanoUsd: NanoUsd;
    readonly share: number | null;
    readonly sentence: string;
  }[];
  readonly strands: readonly StrandRow[];
  readonly definition?: string;
  readonly sql?: string;
  readonly leftOut: readonly string[];
}

/** Who wrote each line of a file at HEAD, and what it cost. */
export interface Blame {
  readonly path: string;
  readonly repository: string;
  readonly head: string;
  /** Newest commit of the default branch that is known (UTC): ages are measured to there; null where none is. */
  readonly horizon: string | null;
  readonly notes: readonly string[];
  readonly lines: readonly {
    /** From 1. */
    readonly line: number;
    /** Full hash: what `git blame` names. */
    readonly commit: string;
    /** When that commit was made (UTC); null where the store does not know it. */
    readonly bornAt: string | null;
    /** `agent`, `mixed`, `person`, `unknown`. */
    readonly authorKind: string;
    readonly session: string | null;
    readonly grade: string | null;
    /** Its part of the money of its artefact group; null where none is known. */
    readonly costNanoUsd: NanoUsd | null;
    /** Read from git for the screen. */
    readonly text: string;
  }[];
}

/** Somebody as the facts name them. An agent's account is nobody's. */
export interface Identity {
  readonly kind: "git_email" | "otel_email" | "os_user" | "forge_login" | "agent";
  readonly value: string;
  /** The newest name it was seen with. */
  readonly name: string | null;
  readonly commits: number;
  readonly sessions: number;
  /** Changes it opened, landed, reviewed or commented on, as forges tell. */
  readonly changes: number;
  /** Name in assay.yaml; null where nobody owns it. */
  readonly person: string | null;
}
