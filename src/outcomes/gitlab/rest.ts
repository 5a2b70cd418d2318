/** Objects of GitLab's REST API (v4) as facts. */
import type { ForgeActor, ForgeChangeFact, ForgeEvent, ForgeEventFact, ForgeFact } from "../../contract/forge-facts.ts";
import { commit, count, field, flag, id, instant, list, lower, newest, prose, sorted, text } from "../forge/fields.ts";
import { closedIssues, revertedNumbers, titleHints } from "../forge/hints.ts";

/** Facts of one object, null where what it is known by is missing. */
export type Facts = ForgeFact[] | null;

/** Tokens of projects and groups act under names of their own: `project_12_bot_…`. */
const botName = /^(?:project|group)_\d+_bot|\[bot\]$|^(?:gitlab-bot|ghost-bot|renovate-bot|support-bot|alert-bot)$/i;

export function actorOf(user: unknown): ForgeActor | null {
  const login = text(user, "username");
  return login === null ? null : { login, isBot: flag(user, "bot") === true || botName.test(login) };
}

function labelsOf(object: unknown): string[] | null {
  if (!Array.isArray(field(object, "labels"))) return null;
  const names = list(object, "labels").map((label) => (typeof label === "string" ? label : (text(label, "title") ?? text(label, "name"))));
  return sorted(names.filter((name) => name !== null));
}

const changeState: Readonly<Record<string, ForgeChangeFact["state"]>> = {
  opened: "open",
  locked: "open",
  closed: "closed",
  merged: "landed",
};

/** A merge request; webhooks carry the same fields. `squash_commit_sha` may be null on old self-managed servers though it was squashed. */
export function changeOf(repository: string, merge: unknown): Facts {
  const number = count(merge, "iid");
  const [openedAt, closedAt, landedAt] = [instant(merge, "created_at"), instant(merge, "closed_at"), instant(merge, "merged_at")];
  const version = instant(merge, "updated_at") ?? newest(openedAt, closedAt, landedAt);
  if (number === null || version === null) return null;
  const title = text(merge, "title");
  const hints = title === null ? null : titleHints(title);
  const state = lower(merge, "state");
  const headRef = text(merge, "source_branch");
  const [from, to] = [count(merge, "source_project_id"), count(merge, "target_project_id")];
  const isTextTold = typeof merge === "object" && merge !== null && Object.hasOwn(merge, "description");
  const fact: ForgeChangeFact = {
    kind: "forge_change",
    repository,
    number,
    version,
    state: state !== null && Object.hasOwn(changeState, state) ? (changeState[state] ?? null) : null,
    draft: flag(merge, "draft") ?? flag(merge, "work_in_progress"),
    openedAt,
    closedAt,
    landedAt,
    author: actorOf(field(merge, "author")),
    landedBy: actorOf(field(merge, "merge_user")) ?? actorOf(field(merge, "merged_by")),
    headRef,
    headCommit: commit(merge, "sha") ?? commit(merge, "last_commit", "id") ?? commit(merge, "diff_refs", "head_sha"),
    fromFork: from === null || to === null ? null : from !== to,
    baseRef: text(merge, "target_branch"),
    baseCommit: commit(merge, "diff_refs", "base_sha"),
    mergeCommit: commit(merge, "merge_commit_sha"),
    squashCommit: commit(merge, "squash_commit_sha"),
    commits: null,
    labels: labelsOf(merge),
    titleType: hints?.titleType ?? null,
    breaking: hints?.breaking ?? null,
    reverts: isTextTold && title !== null ? revertedNumbers(title, prose(merge, "description"), headRef) : null,
    closesIssues: isTextTold ? closedIssues(prose(merge, "description")) : null,
  };
  return [fact];
}

/** A thread of notes on a merge request, and what GitLab's own notes say happened. */
export function discussionOf(repository: string, change: number | null, discussion: unknown): Facts {
  const thread = id(discussion, "id");
  const notes = list(discussion, "notes");
  const number = change ?? count(notes[0], "noteable_iid");
  if (thread === null || number === null) return null;
  if (text(notes[0], "noteable_type") === "Issue") return [];
  const parts = notes.map((note) => noteOf(repository, number, thread, note));
  return parts.some((part) => part === null) ? null : (parts as ForgeFact[][]).flat();
}

/** @param thread id of its discussion, where that is known */
export function noteOf(repository: string, change: number, thread: string | null, note: unknown): Facts {
  const [key, createdAt] = [id(note, "id"), instant(note, "created_at")];
  if (key === null || createdAt === null) return null;
  const author = actorOf(field(note, "author"));
  if (flag(note, "system") === true) return systemNote(repository, change, key, createdAt, author, prose(note, "body"));
  const isOnLines = field(note, "position") !== null && thread !== null;
  const facts: ForgeFact[] = [
    {
      kind: "forge_comment",
      repository,
      change,
      comment: `note:${key}`,
      thread: isOnLines || flag(note, "resolvable") === true ? thread : null,
      instant: createdAt,
      author,
    },
  ];
  if (isOnLines) facts.push(threadOf(repository, change, thread, createdAt, note));
  return facts;
}

/** Every note of a discussion bears its place and whether it is resolved: the newest telling counts. */
function threadOf(repository: string, change: number, thread: string, createdAt: number, note: unknown): ForgeFact {
  const position = field(note, "position");
  const [added, removed] = [count(position, "new_line"), count(position, "old_line")];
  const side = added !== null ? "added" : removed !== null ? "removed" : null;
  const end = (which: "start" | "end"): number | null => count(position, "line_range", which, side === "removed" ? "old_line" : "new_line");
  const resolvedAt = instant(note, "resolved_at");
  return {
    kind: "forge_thread",
    repository,
    change,
    thread,
    version: newest(createdAt, instant(note, "updated_at"), resolvedAt) as number,
    path: text(position, side === "removed" ? "old_path" : "new_path"),
    side,
    firstLine: end("start") ?? added ?? removed,
    lastLine: end("end") ?? added ?? removed,
    commit: commit(position, side === "removed" ? "base_sha" : "head_sha"),
    resolved: flag(note, "resolved"),
    resolvedAt,
    resolvedBy: actorOf(field(note, "resolved_by")),
  };
}

/** Notes GitLab writes itself, in English whatever the language of the page. */
const systemEvents: readonly { readonly pattern: RegExp; readonly event: ForgeEvent }[] = [
  { pattern: /^marked this merge request as \*\*ready\*\*/, event: "ready_for_review" },
  { pattern: /^marked this merge request as \*\*draft\*\*/, event: "converted_to_draft" },
  { pattern: /^requested review from /, event: "review_requested" },
  { pattern: /^added \d+ commits?\b/, event: "head_pushed" },
  { pattern: /^started a merge train|^added this merge request to the merge train/, event: "enqueued" },
  { pattern: /^removed this merge request from the merge train/, event: "dequeued" },
];

function systemNote(repository: string, change: number, key: string, createdAt: number, author: ForgeActor | null, body: string): Facts {
  if (/^(?:un)?approved this merge request/.test(body) && author !== null)
    return approvalOf(repository, change, author, createdAt, body.startsWith("un") ? "dismissed" : "approved");
  if (body.startsWith("requested changes"))
    return [
      {
        kind: "forge_review",
        repository,
        change,
        review: `note:${key}`,
        version: createdAt,
        state: "changes_requested",
        submittedAt: createdAt,
        reviewer: author,
        commit: null,
      },
    ];
  const event = systemEvents.find(({ pattern }) => pattern.test(body))?.event;
  return event === undefined ? [] : [eventFact(repository, "change", change, event, createdAt, author)];
}

/** One person's approval, whoever tells of it: notes, webhooks and the list of approvals agree on the person, not on an id. */
export const approvalOf = (
  repository: string,
  change: number,
  reviewer: ForgeActor,
  at: number,
  state: "approved" | "dismissed",
): ForgeFact[] => [
  {
    kind: "forge_review",
    repository,
    change,
    review: `approval:${reviewer.login}`,
    version: at,
    state,
    submittedAt: state === "approved" ? at : null,
    reviewer,
    commit: null,
  },
];

/** The list of approvals; without `approved_at` (older servers) it says who, not when, and nothing is read. */
export function approvalsOf(repository: string, approvals: unknown): Facts {
  const number = count(approvals, "iid");
  if (number === null) return null;
  return list(approvals, "approved_by").flatMap((approval): ForgeFact[] => {
    const [who, at] = [actorOf(field(approval, "user")), instant(approval, "approved_at")];
    return who === null || at === null ? [] : approvalOf(repository, number, who, at, "approved");
  });
}

export const eventFact = (
  repository: string,
  subject: ForgeEventFact["subject"],
  number: number,
  event: ForgeEvent,
  at: number,
  actor: ForgeActor | null,
): ForgeEventFact => ({ kind: "forge_event", repository, subject, number, event, instant: at, actor });

const stateEvents: Readonly<Record<string, ForgeEvent>> = { closed: "closed", reopened: "reopened", merged: "landed" };

/** A resource state event of an issue or merge request. */
export function stateEventOf(repository: string, subject: ForgeEventFact["subject"], number: number, entry: unknown): Facts {
  const [state, at] = [lower(entry, "state"), instant(entry, "created_at")];
  if (state === null || at === null) return null;
  const event = Object.hasOwn(stateEvents, state) ? stateEvents[state] : undefined;
  return event === undefined ? [] : [eventFact(repository, subject, number, event, at, actorOf(field(entry, "user")))];
}

export function issueOf(repository: string, issue: unknown): Facts {
  const number = count(issue, "iid");
  const [openedAt, closedAt, state] = [instant(issue, "created_at"), instant(issue, "closed_at"), lower(issue, "state")];
  const version = instant(issue, "updated_at") ?? newest(openedAt, closedAt);
  if (number === null || version === null) return null;
  return [
    {
      kind: "forge_issue",
      repository,
      number,
      version,
      state: state === "opened" ? "open" : state === "closed" ? "closed" : null,
      openedAt,
      closedAt,
      author: actorOf(field(issue, "author")),
      labels: labelsOf(issue),
      issueType: lower(issue, "issue_type") ?? lower(issue, "type") ?? "",
    },
  ];
}

const finished = new Set(["success", "failed", "canceled", "skipped"]);
/** GitLab's words as GitHub's, so that one question asks both. */
const conclusions: Readonly<Record<string, string>> = { failed: "failure", canceled: "cancelled" };

/** A job or a pipeline. */
export function checkOf(repository: string, kind: "job" | "pipeline", run: unknown): Facts {
  const [key, status] = [id(run, "id"), lower(run, "status")];
  const [createdAt, startedAt, finishedAt] = [instant(run, "created_at"), instant(run, "started_at"), instant(run, "finished_at")];
  const version = newest(createdAt, startedAt, finishedAt, kind === "pipeline" ? instant(run, "updated_at") : null);
  if (key === null || status === null || version === null) return null;
  const isDone = finished.has(status);
  return [
    {
      kind: "forge_check",
      repository,
      check: `${kind}:${key}`,
      version,
      commit: commit(run, "sha") ?? commit(run, "commit", "id") ?? commit(run, "pipeline", "sha"),
      name: kind === "pipeline" ? "pipeline" : text(run, "name"),
      status: isDone ? "done" : status === "running" ? "running" : "queued",
      conclusion: isDone ? (conclusions[status] ?? status) : null,
      startedAt,
      finishedAt,
      attempt: null,
    },
  ];
}

const deploymentStates: Readonly<Record<string, string>> = { failed: "failure", running: "in_progress", created: "pending" };

/** A deployment with the state it is in; GitLab does not tell those it was in before. */
export function deploymentOf(repository: string, deployment: unknown): Facts {
  const [key, createdAt, status] = [id(deployment, "id"), instant(deployment, "created_at"), lower(deployment, "status")];
  if (key === null || createdAt === null) return null;
  const at = instant(deployment, "finished_at") ?? instant(deployment, "deployable", "finished_at") ?? instant(deployment, "updated_at");
  const facts: ForgeFact[] = [
    {
      kind: "forge_deployment",
      repository,
      deployment: key,
      version: createdAt,
      environment: text(deployment, "environment", "name"),
      commit: commit(deployment, "sha"),
      createdAt,
      actor: actorOf(field(deployment, "user")),
    },
  ];
  if (status !== null)
    facts.push({
      kind: "forge_deployment_status",
      repository,
      deployment: key,
      state: deploymentStates[status] ?? status,
      instant: status === "created" ? createdAt : (at ?? createdAt),
    });
  return facts;
}

export function releaseOf(repository: string, release: unknown): Facts {
  const tag = text(release, "tag_name");
  const [createdAt, publishedAt] = [instant(release, "created_at"), instant(release, "released_at")];
  const version = newest(createdAt, publishedAt);
  if (tag === null || version === null) return null;
  const commitOf = commit(release, "commit", "id");
  return [
    {
      kind: "forge_release",
      repository,
      tag,
      version,
      draft: flag(release, "upcoming_release"),
      preRelease: null,
      createdAt,
      publishedAt,
      commit: commitOf,
    },
  ];
}

/** A place in a merge train. */
export function trainOf(repository: string, car: unknown): Facts {
  const [number, enteredAt, landedAt] = [count(car, "merge_request", "iid"), instant(car, "created_at"), instant(car, "merged_at")];
  if (number === null || enteredAt === null) return null;
  const who = actorOf(field(car, "user"));
  const entered = eventFact(repository, "change", number, "enqueued", enteredAt, who);
  return landedAt === null ? [entered] : [entered, eventFact(repository, "change", number, "dequeued", landedAt, who)];
}
