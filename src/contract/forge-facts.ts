/**
 * What forges (GitHub, GitLab) and incident tools tell. Instants are UTC milliseconds since 1970. No title, description,
 * comment or name of a check's output is kept: only what was read out of them.
 *
 * A thing that changes (a change, an issue, a thread) is never overwritten: each **telling** of it is a fact of its own, with
 * the version the forge gave it. Its state is read out of the set of its tellings, field by field: the newest version that
 * told the field, and of equal versions the one that says the thing is further on, then the larger content. A set does not
 * know the order it was filled in, so replayed, repeated and late tellings end in the same state (decision 16).
 * A field is null where a telling does not speak of it; null never hides what another telling said.
 */

/** A repository as its forge is addressed: `host/owner/name` in lower case, as `normaliseRemote` writes remotes. */
export type ForgeRepository = string;

/** Somebody at a forge. A login is an identity like an e-mail of git, never a person: assay.yaml says whose it is. */
export interface ForgeActor {
  readonly login: string;
  readonly isBot: boolean;
}

interface Told {
  readonly repository: ForgeRepository;
  /** When the forge last changed the thing, as it says; else the newest instant the telling bears. */
  readonly version: number;
}

/** Later ones are further on: they win where versions are equal. */
export const changeStates = ["open", "closed", "landed"] as const;
export type ChangeState = (typeof changeStates)[number];

/** A pull or merge request. Key: (repository, number, version, content). */
export interface ForgeChangeFact extends Told {
  readonly kind: "forge_change";
  readonly number: number;
  readonly state: ChangeState | null;
  readonly draft: boolean | null;
  readonly openedAt: number | null;
  readonly closedAt: number | null;
  readonly landedAt: number | null;
  readonly author: ForgeActor | null;
  readonly landedBy: ForgeActor | null;
  readonly headRef: string | null;
  readonly headCommit: string | null;
  /** The head lies in another repository. */
  readonly fromFork: boolean | null;
  readonly baseRef: string | null;
  readonly baseCommit: string | null;
  /** The commit by which it landed: a merge, or the last one of a rebase, or a squash where the forge does not tell these apart. */
  readonly mergeCommit: string | null;
  /** The commit of a squash, where the forge tells of it apart. */
  readonly squashCommit: string | null;
  /** Number of its commits. */
  readonly commits: number | null;
  /** Sorted. */
  readonly labels: readonly string[] | null;
  /** What the title begins with, where that is a type of conventional commits: `fix` of `fix(cart)!: …`; "" where it is none. */
  readonly titleType: string | null;
  /** `!` after the type. */
  readonly breaking: boolean | null;
  /** Changes it says it takes back: by its text (`Reverts owner/name#12`), else by its branch (`revert-12-…`). Sorted. */
  readonly reverts: readonly number[] | null;
  /** Issues its text closes, or the forge links: `#12`, `owner/name#12`. Sorted. */
  readonly closesIssues: readonly string[] | null;
}

/** Later ones win where versions are equal. */
export const reviewStates = ["pending", "commented", "changes_requested", "approved", "dismissed"] as const;
export type ReviewState = (typeof reviewStates)[number];

/** A review. Key: (repository, change, review, version, content). */
export interface ForgeReviewFact extends Told {
  readonly kind: "forge_review";
  readonly change: number;
  /** The forge's id. */
  readonly review: string;
  readonly state: ReviewState;
  readonly submittedAt: number | null;
  readonly reviewer: ForgeActor | null;
  /** The head it looked at. */
  readonly commit: string | null;
}

/** A thread of review on lines. Key: (repository, change, thread, version, content). Its comments are facts of their own. */
export interface ForgeThreadFact extends Told {
  readonly kind: "forge_thread";
  readonly change: number;
  /** GitHub: the id of its first comment; GitLab: the id of the discussion. */
  readonly thread: string;
  readonly path: string | null;
  readonly side: "added" | "removed" | null;
  /** First and last line, counted from 1 in the file of `commit`; null for a whole file. */
  readonly firstLine: number | null;
  readonly lastLine: number | null;
  /** The commit the lines are numbered in. */
  readonly commit: string | null;
  readonly resolved: boolean | null;
  readonly resolvedAt: number | null;
  readonly resolvedBy: ForgeActor | null;
}

/** A comment; its text is not kept. Key: (repository, change, comment). */
export interface ForgeCommentFact {
  readonly kind: "forge_comment";
  readonly repository: ForgeRepository;
  readonly change: number;
  readonly comment: string;
  /** Null for a comment on the change as a whole. */
  readonly thread: string | null;
  readonly instant: number;
  readonly author: ForgeActor | null;
}

/** A check, job or commit status. Key: (repository, check, version, content). */
export interface ForgeCheckFact extends Told {
  readonly kind: "forge_check";
  readonly check: string;
  readonly commit: string | null;
  readonly name: string | null;
  readonly status: "queued" | "running" | "done" | null;
  /** As the forge says, in lower case: `success`, `failure`, `cancelled`, `skipped`, …; null until it is done. */
  readonly conclusion: string | null;
  readonly startedAt: number | null;
  readonly finishedAt: number | null;
  /** Counted from 1; null where the forge does not count. */
  readonly attempt: number | null;
}

/** A deployment. Key: (repository, deployment, version, content). */
export interface ForgeDeploymentFact extends Told {
  readonly kind: "forge_deployment";
  readonly deployment: string;
  readonly environment: string | null;
  readonly commit: string | null;
  readonly createdAt: number | null;
  readonly actor: ForgeActor | null;
}

/** A state a deployment took. Key: (repository, deployment, state, instant). */
export interface ForgeDeploymentStatusFact {
  readonly kind: "forge_deployment_status";
  readonly repository: ForgeRepository;
  readonly deployment: string;
  /** As the forge says, in lower case: `success`, `failure`, `in_progress`, `inactive`, … */
  readonly state: string;
  readonly instant: number;
}

/** A release. Key: (repository, tag, version, content). */
export interface ForgeReleaseFact extends Told {
  readonly kind: "forge_release";
  readonly tag: string;
  readonly draft: boolean | null;
  readonly preRelease: boolean | null;
  readonly createdAt: number | null;
  readonly publishedAt: number | null;
  readonly commit: string | null;
}

/** An issue. Key: (repository, number, version, content). */
export interface ForgeIssueFact extends Told {
  readonly kind: "forge_issue";
  readonly number: number;
  readonly state: "open" | "closed" | null;
  readonly openedAt: number | null;
  readonly closedAt: number | null;
  readonly author: ForgeActor | null;
  readonly labels: readonly string[] | null;
  /** Type of the issue as its forge names it, in lower case: `bug`, `incident`, `task`; "" for none. */
  readonly issueType: string | null;
}

export const forgeEvents = [
  "ready_for_review",
  "converted_to_draft",
  "review_requested",
  "review_dismissed",
  "head_pushed",
  "enqueued",
  "dequeued",
  "closed",
  "reopened",
  "landed",
] as const;
export type ForgeEvent = (typeof forgeEvents)[number];

/** Something that happened to a change or an issue. Key: (repository, subject, number, event, instant). */
export interface ForgeEventFact {
  readonly kind: "forge_event";
  readonly repository: ForgeRepository;
  /** `either`: GitHub numbers both in one row, and a timeline does not say whose it is. */
  readonly subject: "change" | "issue" | "either";
  readonly number: number;
  readonly event: ForgeEvent;
  readonly instant: number;
  readonly actor: ForgeActor | null;
}

/** Later ones are further on. */
export const incidentStates = ["open", "acknowledged", "resolved"] as const;
export type IncidentState = (typeof incidentStates)[number];

/** An incident. Key: (source, incident, version, content). */
export interface IncidentFact {
  readonly kind: "incident";
  /** `pagerduty`, `opsgenie`, `github`, `gitlab`, or as a generic event names it. */
  readonly source: string;
  readonly incident: string;
  readonly version: number;
  readonly state: IncidentState | null;
  readonly openedAt: number | null;
  readonly resolvedAt: number | null;
  /** As its source says, in lower case. */
  readonly severity: string | null;
  /** Service or component, as its source names it. */
  readonly service: string | null;
}

export const incidentTies = ["deployment", "release", "change", "issue", "commit"] as const;
export type IncidentTie = (typeof incidentTies)[number];

/** What an incident names by an explicit key. Key: (source, incident, tie, repository, key). */
export interface IncidentTieFact {
  readonly kind: "incident_tie";
  readonly source: string;
  readonly incident: string;
  readonly tie: IncidentTie;
  /** "" where the key does not say: a commit is found by its hash. */
  readonly repository: ForgeRepository;
  /** Id of a deployment, tag, number of a change or issue, hash. */
  readonly key: string;
}

export type ForgeFact =
  | ForgeChangeFact
  | ForgeReviewFact
  | ForgeThreadFact
  | ForgeCommentFact
  | ForgeCheckFact
  | ForgeDeploymentFact
  | ForgeDeploymentStatusFact
  | ForgeReleaseFact
  | ForgeIssueFact
  | ForgeEventFact
  | IncidentFact
  | IncidentTieFact;

/** A change as all tellings together have it. */
export interface ForgeChange extends Omit<ForgeChangeFact, "kind" | "version"> {
  /** First time it was ready for review: the event of it, else its opening if no telling ever said draft; null where not known. */
  readonly readyAt: number | null;
  readonly reviews: readonly ForgeReview[];
  readonly threads: readonly ForgeThread[];
  readonly comments: readonly Omit<ForgeCommentFact, "kind" | "repository" | "change">[];
  /** By instant. */
  readonly events: readonly Pick<ForgeEventFact, "event" | "instant" | "actor">[];
  /** Times in the merge queue; `leftAt` is null while it waits. */
  readonly queued: readonly { readonly enteredAt: number; readonly leftAt: number | null }[];
}

export interface ForgeReview extends Omit<ForgeReviewFact, "kind" | "version" | "repository" | "change"> {
  /** What it said, whether it was dismissed later or not; null where only the dismissal was seen. */
  readonly verdict: Exclude<ReviewState, "dismissed"> | null;
}

export interface ForgeThread extends Omit<ForgeThreadFact, "kind" | "version" | "repository" | "change"> {
  readonly openedAt: number | null;
  readonly openedBy: ForgeActor | null;
  /** First comment by another than who opened it; null while there is none. */
  readonly answeredAt: number | null;
}

export interface ForgeDeployment extends Omit<ForgeDeploymentFact, "kind" | "version"> {
  /** By instant. */
  readonly statuses: readonly Pick<ForgeDeploymentStatusFact, "state" | "instant">[];
}

export interface ForgeIssue extends Omit<ForgeIssueFact, "kind" | "version"> {
  readonly reopenedAt: readonly number[];
}

export interface Incident extends Omit<IncidentFact, "kind" | "version"> {
  readonly ties: readonly Omit<IncidentTieFact, "kind" | "source" | "incident">[];
}

/** What is known of one repository from its forge. Each list in order of its key. */
export interface ForgeHistory {
  readonly repository: ForgeRepository;
  readonly changes: readonly ForgeChange[];
  readonly checks: readonly Omit<ForgeCheckFact, "kind" | "version">[];
  readonly deployments: readonly ForgeDeployment[];
  readonly releases: readonly Omit<ForgeReleaseFact, "kind" | "version">[];
  readonly issues: readonly ForgeIssue[];
  /** Newest instant any fact bears. */
  readonly toldUntil: number;
}
