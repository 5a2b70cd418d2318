/** Payloads of GitHub's webhooks as facts. */
import type { ForgeEventFact, ForgeFact } from "../../contract/forge-facts.ts";
import { count, field, id, instant, list, lower, newest, text } from "../forge/fields.ts";
import { type Reading, incomplete, nothing, orNothingKept, readingOf, together, unknownObject } from "../forge/reading.ts";
import * as rest from "../github/rest.ts";

const source = "github";

export function readPayload(event: string, payload: unknown, locator: string): Reading {
  if (event === "ping") return nothing;
  const read = Object.hasOwn(readers, event) ? readers[event] : undefined;
  if (read === undefined) return { facts: [], problems: [unknownObject(source, locator, `a webhook "${shortName(event)}"`)] };
  const repository = repositoryOf(field(payload, "repository"));
  if (repository === null) return { facts: [], problems: [incomplete(source, locator, `a webhook "${event}"`)] };
  const reading = together(read(repository, payload).map((facts) => readingOf(facts, source, locator, `a webhook "${event}"`)));
  return orNothingKept(reading, source, locator, `a webhook "${event}"`);
}

/** Names of events come from the network: only what looks like one is repeated. */
const shortName = (event: string): string => (/^[\w .-]{1,64}$/.test(event) ? event : "of another name");

export function repositoryOf(repository: unknown): string | null {
  const [, host, path] = /^https?:\/\/([^/:?#]+)(?::\d+)?\/([^/?#]+\/[^/?#]+)$/.exec(text(repository, "html_url") ?? "") ?? [];
  return host === undefined ? null : `${host}/${path}`.toLowerCase();
}

const readers: Readonly<Record<string, (repository: string, payload: unknown) => rest.Facts[]>> = {
  pull_request: (r, p) => [rest.changeOf(r, field(p, "pull_request")), happened(r, "change", p, "pull_request")],
  pull_request_review: (r, p) => [rest.changeOf(r, field(p, "pull_request")), rest.reviewOf(r, pullNumber(p), field(p, "review"))],
  pull_request_review_comment: (r, p) => [
    rest.changeOf(r, field(p, "pull_request")),
    rest.reviewCommentOf(r, pullNumber(p), field(p, "comment")),
  ],
  pull_request_review_thread: (r, p) => [rest.changeOf(r, field(p, "pull_request")), ...threadOf(r, p)],
  issue_comment: (r, p) =>
    field(p, "issue", "pull_request") === null
      ? [rest.issueOf(r, field(p, "issue"))]
      : [rest.issueCommentOf(r, count(p, "issue", "number"), field(p, "comment"))],
  issues: (r, p) => [rest.issueOf(r, field(p, "issue")), happened(r, "issue", p, "issue")],
  check_run: (r, p) => [rest.checkRunOf(r, field(p, "check_run"))],
  workflow_job: (r, p) => [rest.checkRunOf(r, field(p, "workflow_job"))],
  workflow_run: (r, p) => [rest.workflowRunOf(r, field(p, "workflow_run"))],
  status: (r, p) => [rest.statusOf(r, lower(p, "sha"), p)],
  deployment: (r, p) => [rest.deploymentOf(r, field(p, "deployment"))],
  deployment_status: (r, p) => [
    rest.deploymentOf(r, field(p, "deployment")),
    rest.deploymentStatusOf(r, id(p, "deployment", "id"), field(p, "deployment_status")),
  ],
  release: (r, p) => [rest.releaseOf(r, field(p, "release"))],
};

const pullNumber = (payload: unknown): number | null => count(payload, "pull_request", "number");

/** The action as an event, at the instant the object bears for it. */
function happened(repository: string, subject: ForgeEventFact["subject"], payload: unknown, name: string): rest.Facts {
  const event = rest.eventNamed(lower(payload, "action"));
  const object = field(payload, name);
  const number = count(object, "number");
  if (event === null || number === null) return [];
  const at = (event === "closed" ? instant(object, "closed_at") : null) ?? instant(object, "updated_at");
  if (at === null) return null;
  const actor = rest.actorOf(field(payload, "sender"));
  const facts: ForgeFact[] = [{ kind: "forge_event", repository, subject, number, event, instant: at, actor }];
  const landedAt = instant(object, "merged_at");
  if (event === "closed" && landedAt !== null)
    facts.push({ kind: "forge_event", repository, subject, number, event: "landed", instant: landedAt, actor });
  return facts;
}

/** Resolving bears no instant of its own: the payload's, else the newest its objects bear. */
function threadOf(repository: string, payload: unknown): rest.Facts[] {
  const [number, action] = [pullNumber(payload), lower(payload, "action")];
  const comments = list(payload, "thread", "comments");
  const thread = id(comments[0], "id");
  const version =
    instant(payload, "updated_at") ??
    newest(instant(payload, "pull_request", "updated_at"), ...comments.map((comment) => instant(comment, "updated_at")));
  if (number === null || thread === null || version === null || (action !== "resolved" && action !== "unresolved")) return [null];
  const resolved = action === "resolved";
  return [
    ...comments.map((comment) => rest.reviewCommentOf(repository, number, comment)),
    [
      {
        kind: "forge_thread",
        repository,
        change: number,
        thread,
        version,
        path: null,
        side: null,
        firstLine: null,
        lastLine: null,
        commit: null,
        resolved,
        resolvedAt: resolved ? version : null,
        resolvedBy: resolved ? rest.actorOf(field(payload, "sender")) : null,
      },
    ],
  ];
}
