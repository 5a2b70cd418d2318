/** Nodes of GitHub's GraphQL API as facts. Field names as in its public schema. */
import type { ForgeActor, ForgeChangeFact, ForgeFact, ForgeIssueFact } from "../../contract/forge-facts.ts";
import { commit, count, field, flag, id, instant, list, lower, newest, prose, sorted, text } from "../forge/fields.ts";
import { closedIssues, revertedNumbers, titleHints } from "../forge/hints.ts";
import { type Facts, checkStatus, eventNamed, isReviewState, issueState, reviewFact, sideOf, statusOf } from "./rest.ts";

/** REST names a bot `name[bot]`, GraphQL `name`: one of them is kept. */
function actorOf(actor: unknown): ForgeActor | null {
  const login = text(actor, "login");
  if (login === null) return null;
  const isBot = text(actor, "__typename") === "Bot" || login.endsWith("[bot]");
  return { login: isBot && !login.endsWith("[bot]") ? `${login}[bot]` : login, isBot };
}

/** The id REST has for it, so that both tell of one thing. */
const databaseId = (node: unknown): string | null => id(node, "fullDatabaseId") ?? id(node, "databaseId");

const nodes = (parent: unknown, ...path: string[]): readonly unknown[] => list(parent, ...path, "nodes");

function labelsOf(node: unknown): string[] | null {
  if (field(node, "labels") === null) return null;
  return sorted(
    nodes(node, "labels")
      .map((label) => text(label, "name"))
      .filter((name) => name !== null),
  );
}

/** A pull request with all that was asked for beside it. */
export function changeOf(repository: string, pull: unknown): Facts {
  const number = count(pull, "number");
  const [openedAt, closedAt, landedAt] = [instant(pull, "createdAt"), instant(pull, "closedAt"), instant(pull, "mergedAt")];
  const version = instant(pull, "updatedAt") ?? newest(openedAt, closedAt, landedAt);
  if (number === null || version === null) return null;
  const state = lower(pull, "state");
  const title = text(pull, "title");
  const hints = title === null ? null : titleHints(title);
  const headRef = text(pull, "headRefName");
  const body = field(pull, "body");
  const linked = nodes(pull, "closingIssuesReferences").flatMap((issue) => {
    const [named, other] = [count(issue, "number"), lower(issue, "repository", "nameWithOwner")];
    return named === null ? [] : [`${other === null || repository.endsWith(`/${other}`) ? "" : other}#${named}`];
  });
  const fact: ForgeChangeFact = {
    kind: "forge_change",
    repository,
    number,
    version,
    state: state === "merged" ? "landed" : state === "open" || state === "closed" ? state : null,
    draft: flag(pull, "isDraft"),
    openedAt,
    closedAt,
    landedAt,
    author: actorOf(field(pull, "author")),
    landedBy: actorOf(field(pull, "mergedBy")),
    headRef,
    headCommit: commit(pull, "headRefOid"),
    fromFork: flag(pull, "isCrossRepository"),
    baseRef: text(pull, "baseRefName"),
    baseCommit: commit(pull, "baseRefOid"),
    mergeCommit: commit(pull, "mergeCommit", "oid"),
    squashCommit: null,
    commits: count(pull, "commits", "totalCount"),
    labels: labelsOf(pull),
    titleType: hints?.titleType ?? null,
    breaking: hints?.breaking ?? null,
    reverts: typeof body === "string" && title !== null ? revertedNumbers(title, body, headRef) : null,
    closesIssues:
      typeof body === "string" || field(pull, "closingIssuesReferences") !== null
        ? sorted([...closedIssues(prose(pull, "body")), ...linked])
        : null,
  };
  const parts = [
    ...nodes(pull, "reviews").map((review) => reviewOf(repository, number, review)),
    ...nodes(pull, "reviewThreads").map((thread) => threadOf(repository, number, version, thread)),
    ...nodes(pull, "comments").map((comment) => commentOf(repository, number, "issue", null, comment)),
    ...nodes(pull, "timelineItems").map((item) => eventOf(repository, number, item)),
    ...nodes(pull, "commits").flatMap((node) => checksOf(repository, field(node, "commit"))),
  ];
  return parts.some((part) => part === null) ? null : [fact, ...(parts as ForgeFact[][]).flat()];
}

function reviewOf(repository: string, change: number, review: unknown): Facts {
  const [key, state, submittedAt] = [databaseId(review), lower(review, "state"), instant(review, "submittedAt")];
  if (state === "pending" && submittedAt === null) return [];
  if (key === null || submittedAt === null || !isReviewState(state)) return null;
  return [reviewFact(repository, change, key, state, submittedAt, actorOf(field(review, "author")), commit(review, "commit", "oid"))];
}

/** Threads have no instant of their own: the change's is the version, and of equal ones "resolved" is further on. */
function threadOf(repository: string, change: number, version: number, node: unknown): Facts {
  const comments = nodes(node, "comments");
  const thread = databaseId(comments[0]);
  if (thread === null) return comments.length === 0 ? [] : null;
  const parts = comments.map((comment) => commentOf(repository, change, "review", thread, comment));
  if (parts.some((part) => part === null)) return null;
  return [
    {
      kind: "forge_thread",
      repository,
      change,
      thread,
      version,
      path: text(node, "path"),
      side: sideOf(text(node, "diffSide")),
      firstLine: count(node, "originalStartLine") ?? count(node, "originalLine"),
      lastLine: count(node, "originalLine"),
      commit: commit(comments[0], "originalCommit", "oid"),
      resolved: flag(node, "isResolved"),
      resolvedAt: null,
      resolvedBy: actorOf(field(node, "resolvedBy")),
    },
    ...(parts as ForgeFact[][]).flat(),
  ];
}

function commentOf(repository: string, change: number, space: "issue" | "review", thread: string | null, comment: unknown): Facts {
  const [key, createdAt] = [databaseId(comment), instant(comment, "createdAt")];
  if (key === null || createdAt === null) return null;
  const author = actorOf(field(comment, "author"));
  return [{ kind: "forge_comment", repository, change, comment: `${space}:${key}`, thread, instant: createdAt, author }];
}

/** `__typename` says what happened: `ReadyForReviewEvent`. */
function eventOf(repository: string, number: number, item: unknown): Facts {
  const name = text(item, "__typename")
    ?.replace(/Event$/, "")
    .replace(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .toLowerCase();
  const event = eventNamed(name ?? null);
  if (event === null) return [];
  const createdAt = instant(item, "createdAt");
  if (createdAt === null) return null;
  const actor = actorOf(field(item, "actor")) ?? actorOf(field(item, "enqueuer"));
  return [{ kind: "forge_event", repository, subject: "change", number, event, instant: createdAt, actor }];
}

function checksOf(repository: string, node: unknown): Facts[] {
  const at = commit(node, "oid");
  return nodes(node, "statusCheckRollup", "contexts").map((context): Facts => {
    if (text(context, "__typename") === "StatusContext")
      return statusOf(repository, at, { ...pick(context, ["context", "state"]), created_at: field(context, "createdAt") });
    const [key, startedAt, finishedAt] = [databaseId(context), instant(context, "startedAt"), instant(context, "completedAt")];
    const version = newest(startedAt, finishedAt);
    const status = lower(context, "status");
    if (version === null) return key === null ? null : []; // it has not begun
    if (key === null) return null;
    return [
      {
        kind: "forge_check",
        repository,
        check: key,
        version,
        commit: at,
        name: text(context, "name"),
        status: checkStatus(status),
        conclusion: lower(context, "conclusion"),
        startedAt,
        finishedAt,
        attempt: null,
      },
    ];
  });
}

const pick = (value: unknown, names: readonly string[]): Record<string, unknown> =>
  Object.fromEntries(names.map((name) => [name, field(value, name)]));

export function issueOf(repository: string, issue: unknown): Facts {
  const number = count(issue, "number");
  const [openedAt, closedAt, state] = [instant(issue, "createdAt"), instant(issue, "closedAt"), lower(issue, "state")];
  const version = instant(issue, "updatedAt") ?? newest(openedAt, closedAt);
  if (number === null || version === null) return null;
  const fact: ForgeIssueFact = {
    kind: "forge_issue",
    repository,
    number,
    version,
    state: issueState(state),
    openedAt,
    closedAt,
    author: actorOf(field(issue, "author")),
    labels: labelsOf(issue),
    issueType: lower(issue, "issueType", "name"),
  };
  const events = nodes(issue, "timelineItems").map((item) => eventOf(repository, number, item));
  if (events.some((event) => event === null)) return null;
  return [fact, ...(events as ForgeFact[][]).flat().map((event) => ({ ...event, subject: "issue" }) as ForgeFact)];
}

export function releaseOf(repository: string, release: unknown): Facts {
  const tag = text(release, "tagName");
  const [createdAt, publishedAt] = [instant(release, "createdAt"), instant(release, "publishedAt")];
  const version = newest(createdAt, publishedAt, instant(release, "updatedAt"));
  if (tag === null || version === null) return null;
  return [
    {
      kind: "forge_release",
      repository,
      tag,
      version,
      draft: flag(release, "isDraft"),
      preRelease: flag(release, "isPrerelease"),
      createdAt,
      publishedAt,
      commit: commit(release, "tagCommit", "oid"),
    },
  ];
}

export function deploymentOf(repository: string, deployment: unknown): Facts {
  const [key, createdAt] = [databaseId(deployment), instant(deployment, "createdAt")];
  if (key === null || createdAt === null) return null;
  const statuses = nodes(deployment, "statuses").map((status): Facts => {
    const [state, at] = [lower(status, "state"), instant(status, "createdAt")];
    return state === null || at === null ? null : [{ kind: "forge_deployment_status", repository, deployment: key, state, instant: at }];
  });
  if (statuses.some((status) => status === null)) return null;
  return [
    {
      kind: "forge_deployment",
      repository,
      deployment: key,
      version: createdAt,
      environment: text(deployment, "environment"),
      commit: commit(deployment, "commitOid") ?? commit(deployment, "commit", "oid"),
      createdAt,
      actor: actorOf(field(deployment, "creator")),
    },
    ...(statuses as ForgeFact[][]).flat(),
  ];
}
