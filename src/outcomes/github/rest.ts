/** Objects of GitHub's REST API (version 2022-11-28), which its webhooks carry too, as facts. */
import type {
  ForgeActor,
  ForgeChangeFact,
  ForgeCheckFact,
  ForgeEvent,
  ForgeEventFact,
  ForgeFact,
  ForgeIssueFact,
  ForgeReviewFact,
  ReviewState,
} from "../../contract/forge-facts.ts";
import { reviewStates } from "../../contract/forge-facts.ts";
import { commit, count, field, flag, id, instant, list, lower, newest, prose, sorted, text } from "../forge/fields.ts";
import { closedIssues, revertedNumbers, titleHints } from "../forge/hints.ts";

/** Facts of one object, null where what it is known by is missing. */
export type Facts = ForgeFact[] | null;

export function actorOf(user: unknown): ForgeActor | null {
  const login = text(user, "login");
  return login === null ? null : { login, isBot: text(user, "type") === "Bot" || login.endsWith("[bot]") };
}

/** Labels by name; null where the object has no list of them. */
export function labelsOf(object: unknown): string[] | null {
  if (!Array.isArray(field(object, "labels"))) return null;
  const names = list(object, "labels").map((label) => (typeof label === "string" ? label : text(label, "name")));
  return sorted(names.filter((name) => name !== null));
}

export function changeOf(repository: string, pull: unknown): Facts {
  const number = count(pull, "number");
  const [openedAt, closedAt, landedAt] = [instant(pull, "created_at"), instant(pull, "closed_at"), instant(pull, "merged_at")];
  const version = instant(pull, "updated_at") ?? newest(openedAt, closedAt, landedAt);
  if (number === null || version === null) return null;
  const state = stateOf(pull, landedAt);
  const title = text(pull, "title");
  const headRef = text(pull, "head", "ref");
  const [headName, baseName] = [lower(pull, "head", "repo", "full_name"), lower(pull, "base", "repo", "full_name")];
  const hints = title === null ? null : titleHints(title);
  const isBodyTold = typeof pull === "object" && pull !== null && Object.hasOwn(pull, "body");
  const fact: ForgeChangeFact = {
    kind: "forge_change",
    repository,
    number,
    version,
    state,
    draft: flag(pull, "draft"),
    openedAt,
    closedAt,
    landedAt,
    author: actorOf(field(pull, "user")),
    landedBy: actorOf(field(pull, "merged_by")),
    headRef,
    headCommit: commit(pull, "head", "sha"),
    // The repository of a head that was deleted is null: then nothing is known of it.
    fromFork: headName === null || baseName === null ? null : headName !== baseName,
    baseRef: text(pull, "base", "ref"),
    baseCommit: commit(pull, "base", "sha"),
    // While it is open this is a merge GitHub made to try whether it would go.
    mergeCommit: state === "landed" ? commit(pull, "merge_commit_sha") : null,
    squashCommit: null,
    commits: count(pull, "commits"),
    labels: labelsOf(pull),
    titleType: hints?.titleType ?? null,
    breaking: hints?.breaking ?? null,
    reverts: isBodyTold && title !== null ? revertedNumbers(title, prose(pull, "body"), headRef) : null,
    closesIssues: isBodyTold ? closedIssues(prose(pull, "body")) : null,
  };
  return [fact];
}

function stateOf(pull: unknown, landedAt: number | null): ForgeChangeFact["state"] {
  if (landedAt !== null || flag(pull, "merged") === true) return "landed";
  const state = lower(pull, "state");
  return state === "open" || state === "closed" ? state : null;
}

export function reviewOf(repository: string, change: number | null, review: unknown): Facts {
  const state = lower(review, "state");
  const key = id(review, "id");
  const submittedAt = instant(review, "submitted_at");
  if (state === "pending" && submittedAt === null) return []; // seen by its author alone
  if (change === null || key === null || submittedAt === null || !isReviewState(state)) return null;
  return [reviewFact(repository, change, key, state, submittedAt, actorOf(field(review, "user")), commit(review, "commit_id"))];
}

export const isReviewState = (state: string | null): state is ReviewState =>
  state !== null && (reviewStates as readonly string[]).includes(state);

/** What a review said never changes, only that it is dismissed: by its rank, so that no edit of its text hides that. */
export const reviewFact = (
  repository: string,
  change: number,
  review: string,
  state: ReviewState,
  submittedAt: number,
  reviewer: ForgeActor | null,
  at: string | null,
): ForgeReviewFact => ({
  kind: "forge_review",
  repository,
  change,
  review,
  version: submittedAt,
  state,
  submittedAt,
  reviewer,
  commit: at,
});

/** A comment on lines: the first of its thread tells where that lies. */
export function reviewCommentOf(repository: string, change: number | null, comment: unknown): Facts {
  const key = id(comment, "id");
  const createdAt = instant(comment, "created_at");
  if (change === null || key === null || createdAt === null) return null;
  const thread = id(comment, "in_reply_to_id") ?? key;
  const facts: ForgeFact[] = [
    {
      kind: "forge_comment",
      repository,
      change,
      comment: `review:${key}`,
      thread,
      instant: createdAt,
      author: actorOf(field(comment, "user")),
    },
  ];
  if (thread === key)
    facts.push({
      kind: "forge_thread",
      repository,
      change,
      thread,
      // Where it was opened does not change, whatever becomes of the comment.
      version: createdAt,
      path: text(comment, "path"),
      side: sideOf(text(comment, "side")),
      firstLine: count(comment, "original_start_line") ?? count(comment, "original_line"),
      lastLine: count(comment, "original_line"),
      commit: commit(comment, "original_commit_id"),
      resolved: null,
      resolvedAt: null,
      resolvedBy: null,
    });
  return facts;
}

export const sideOf = (side: string | null): "added" | "removed" | null =>
  side === "RIGHT" ? "added" : side === "LEFT" ? "removed" : null;

/** A comment on a change as a whole. Those on issues are not read. */
export function issueCommentOf(repository: string, change: number | null, comment: unknown): Facts {
  const [key, createdAt] = [id(comment, "id"), instant(comment, "created_at")];
  if (change === null || key === null || createdAt === null) return null;
  const author = actorOf(field(comment, "user"));
  return [{ kind: "forge_comment", repository, change, comment: `issue:${key}`, thread: null, instant: createdAt, author }];
}

export function issueOf(repository: string, issue: unknown): Facts {
  if (field(issue, "pull_request") !== null) return []; // a change, told in full elsewhere
  const number = count(issue, "number");
  const [openedAt, closedAt, state] = [instant(issue, "created_at"), instant(issue, "closed_at"), lower(issue, "state")];
  const version = instant(issue, "updated_at") ?? newest(openedAt, closedAt);
  if (number === null || version === null) return null;
  return [
    {
      kind: "forge_issue",
      repository,
      number,
      version,
      state: issueState(state),
      openedAt,
      closedAt,
      author: actorOf(field(issue, "user")),
      labels: labelsOf(issue),
      issueType: lower(issue, "type", "name") ?? "",
    },
  ];
}

export const issueState = (state: string | null): ForgeIssueFact["state"] => (state === "open" || state === "closed" ? state : null);

export function checkRunOf(repository: string, run: unknown): Facts {
  return checkOf(repository, id(run, "id"), run, {
    commit: commit(run, "head_sha"),
    startedAt: instant(run, "started_at"),
    finishedAt: instant(run, "completed_at"),
    attempt: count(run, "run_attempt"),
  });
}

/** A run of a workflow: each attempt is a check of its own. */
export function workflowRunOf(repository: string, run: unknown): Facts {
  const [key, attempt] = [id(run, "id"), count(run, "run_attempt")];
  const isDone = lower(run, "status") === "completed";
  return checkOf(repository, key === null ? null : `run:${key}:${attempt ?? 1}`, run, {
    commit: commit(run, "head_sha"),
    startedAt: instant(run, "run_started_at") ?? instant(run, "created_at"),
    finishedAt: isDone ? instant(run, "updated_at") : null,
    attempt,
  });
}

/** Requested, pending and waiting ones are queued. */
export const checkStatus = (status: string | null): ForgeCheckFact["status"] =>
  status === "completed" ? "done" : status === "in_progress" ? "running" : status === null ? null : "queued";

type CheckTimes = Pick<ForgeCheckFact, "commit" | "startedAt" | "finishedAt" | "attempt">;

function checkOf(repository: string, key: string | null, run: unknown, times: CheckTimes): Facts {
  const version = newest(times.startedAt, times.finishedAt, instant(run, "created_at"));
  if (key === null || version === null) return null;
  return [
    {
      kind: "forge_check",
      repository,
      check: key,
      version,
      name: text(run, "name"),
      status: checkStatus(lower(run, "status")),
      conclusion: lower(run, "conclusion"),
      ...times,
    },
  ];
}

/** A commit status: one for each commit and context, the last counts. */
export function statusOf(repository: string, at: string | null, status: unknown): Facts {
  const [context, state] = [text(status, "context"), lower(status, "state")];
  const [createdAt, updatedAt] = [instant(status, "created_at"), instant(status, "updated_at")];
  const version = newest(createdAt, updatedAt);
  if (at === null || context === null || state === null || version === null) return null;
  const isDone = state !== "pending" && state !== "expected";
  return [
    {
      kind: "forge_check",
      repository,
      check: `status:${at}:${context}`,
      version,
      commit: at,
      name: context,
      status: isDone ? "done" : "running",
      conclusion: isDone ? state : null,
      startedAt: null,
      finishedAt: isDone ? version : null,
      attempt: null,
    },
  ];
}

export function deploymentOf(repository: string, deployment: unknown): Facts {
  const [key, createdAt] = [id(deployment, "id"), instant(deployment, "created_at")];
  if (key === null || createdAt === null) return null;
  return [
    {
      kind: "forge_deployment",
      repository,
      deployment: key,
      version: createdAt,
      environment: text(deployment, "environment"),
      commit: commit(deployment, "sha"),
      createdAt,
      actor: actorOf(field(deployment, "creator")),
    },
  ];
}

export function deploymentStatusOf(repository: string, deployment: string | null, status: unknown): Facts {
  const [state, createdAt] = [lower(status, "state"), instant(status, "created_at")];
  if (deployment === null || state === null || createdAt === null) return null;
  return [{ kind: "forge_deployment_status", repository, deployment, state, instant: createdAt }];
}

export function releaseOf(repository: string, release: unknown): Facts {
  const tag = text(release, "tag_name");
  const [createdAt, publishedAt] = [instant(release, "created_at"), instant(release, "published_at")];
  const version = newest(createdAt, publishedAt, instant(release, "updated_at"));
  if (tag === null || version === null) return null;
  return [
    {
      kind: "forge_release",
      repository,
      tag,
      version,
      draft: flag(release, "draft"),
      preRelease: flag(release, "prerelease"),
      createdAt,
      publishedAt,
      // The branch or commit it was made from is not what its tag points to: git tells that.
      commit: null,
    },
  ];
}

const eventNames: Readonly<Record<string, ForgeEvent>> = {
  ready_for_review: "ready_for_review",
  convert_to_draft: "converted_to_draft",
  converted_to_draft: "converted_to_draft",
  review_requested: "review_requested",
  review_dismissed: "review_dismissed",
  head_ref_force_pushed: "head_pushed",
  synchronize: "head_pushed",
  added_to_merge_queue: "enqueued",
  enqueued: "enqueued",
  removed_from_merge_queue: "dequeued",
  dequeued: "dequeued",
  closed: "closed",
  reopened: "reopened",
  merged: "landed",
};

export function eventNamed(name: string | null): ForgeEvent | null {
  return name !== null && Object.hasOwn(eventNames, name) ? (eventNames[name] as ForgeEvent) : null;
}

/** What happens to both changes and issues. */
const common: readonly (ForgeEvent | null)[] = ["closed", "reopened"];

/** Whose an entry of a timeline is that does not say so itself. */
export const subjectOf = (entry: unknown): ForgeEventFact["subject"] =>
  common.includes(eventNamed(lower(entry, "event"))) ? "either" : "change";

/** An entry of a timeline. @returns none for the many that are not kept */
export function eventOf(repository: string, subject: ForgeEventFact["subject"], number: number | null, entry: unknown): Facts {
  const event = eventNamed(lower(entry, "event"));
  if (event === null) return [];
  const createdAt = instant(entry, "created_at");
  if (number === null || createdAt === null) return null;
  return [{ kind: "forge_event", repository, subject, number, event, instant: createdAt, actor: actorOf(field(entry, "actor")) }];
}
