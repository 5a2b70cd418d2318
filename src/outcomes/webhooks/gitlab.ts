/** Payloads of GitLab's webhooks as facts. */
import type { ForgeEvent } from "../../contract/forge-facts.ts";
import { commit, count, field, id, instant, list, lower, text } from "../forge/fields.ts";
import { type Reading, incomplete, orNothingKept, readingOf, together, unknownObject } from "../forge/reading.ts";
import * as rest from "../gitlab/rest.ts";

const source = "gitlab";

/** Told by `object_kind`, which every payload bears; the header repeats it in words. */
export function readPayload(payload: unknown, locator: string): Reading {
  const kind = lower(payload, "object_kind") ?? "";
  const read = Object.hasOwn(readers, kind) ? readers[kind] : undefined;
  const name = /^[\w-]{1,64}$/.test(kind) ? kind : "of another name";
  if (read === undefined) return { facts: [], problems: [unknownObject(source, locator, `a webhook "${name}"`)] };
  const repository = repositoryOf(payload);
  if (repository === null) return { facts: [], problems: [incomplete(source, locator, `a webhook "${name}"`)] };
  const reading = together(read(repository, payload).map((facts) => readingOf(facts, source, locator, `a webhook "${name}"`)));
  return orNothingKept(reading, source, locator, `a webhook "${name}"`);
}

function repositoryOf(payload: unknown): string | null {
  const page = text(payload, "project", "web_url") ?? text(payload, "repository", "homepage") ?? "";
  const [, host, path] = /^https?:\/\/([^/:?#]+)(?::\d+)?\/([^?#]+?)\/?$/.exec(page) ?? [];
  return host === undefined ? null : `${host}/${path}`.toLowerCase();
}

const readers: Readonly<Record<string, (repository: string, payload: unknown) => rest.Facts[]>> = {
  merge_request: (r, p) => [rest.changeOf(r, mergeOf(p)), ...actsOf(r, p)],
  note: (r, p) => noteOf(r, p),
  issue: (r, p) => [rest.issueOf(r, { ...object(p, "object_attributes"), labels: field(p, "labels") }), ...stateOf(r, "issue", p)],
  incident: (r, p) => [rest.issueOf(r, { ...object(p, "object_attributes"), labels: field(p, "labels") }), ...stateOf(r, "issue", p)],
  pipeline: (r, p) => [
    rest.checkOf(r, "pipeline", field(p, "object_attributes")),
    ...list(p, "builds").map((build) => rest.checkOf(r, "job", { ...(build as object), sha: field(p, "object_attributes", "sha") })),
  ],
  build: (r, p) => [
    rest.checkOf(r, "job", {
      id: field(p, "build_id"),
      name: field(p, "build_name"),
      status: field(p, "build_status"),
      created_at: field(p, "build_created_at"),
      started_at: field(p, "build_started_at"),
      finished_at: field(p, "build_finished_at"),
      sha: field(p, "sha"),
    }),
  ],
  deployment: (r, p) => [deploymentOf(r, p)],
  release: (r, p) => [
    rest.releaseOf(r, {
      tag_name: field(p, "tag"),
      created_at: field(p, "created_at"),
      released_at: field(p, "released_at"),
      commit: field(p, "commit"),
    }),
  ],
};

const object = (value: unknown, ...path: string[]): object => {
  const found = field(value, ...path);
  return typeof found === "object" && found !== null ? found : {};
};

/** Its author is known only to who opens it; when it landed is when the action that merged it changed it. */
function mergeOf(payload: unknown): object {
  const action = lower(payload, "object_attributes", "action");
  const attributes = object(payload, "object_attributes");
  return {
    ...attributes,
    labels: field(payload, "labels"),
    author: action === "open" ? field(payload, "user") : null,
    ...(action === "merge" && field(attributes, "merged_at") === null
      ? { merged_at: field(attributes, "updated_at"), merge_user: field(payload, "user") }
      : {}),
    ...(action === "close" && field(attributes, "closed_at") === null ? { closed_at: field(attributes, "updated_at") } : {}),
  };
}

const approvals: Readonly<Record<string, "approved" | "dismissed">> = {
  approved: "approved",
  approval: "approved",
  unapproved: "dismissed",
  unapproval: "dismissed",
};

function actsOf(repository: string, payload: unknown): rest.Facts[] {
  const attributes = field(payload, "object_attributes");
  const [number, at, action] = [count(attributes, "iid"), instant(attributes, "updated_at"), lower(attributes, "action")];
  const who = rest.actorOf(field(payload, "user"));
  if (number === null || at === null || action === null) return [];
  const verdict = Object.hasOwn(approvals, action) ? approvals[action] : undefined;
  const facts: rest.Facts[] = verdict === undefined || who === null ? [] : [rest.approvalOf(repository, number, who, at, verdict)];
  // The commit the head was at before stands there where commits were pushed.
  if (action === "update" && field(attributes, "oldrev") !== null)
    facts.push([rest.eventFact(repository, "change", number, "head_pushed", at, who)]);
  const draft = field(payload, "changes", "draft", "current");
  if (typeof draft === "boolean")
    facts.push([rest.eventFact(repository, "change", number, draft ? "converted_to_draft" : "ready_for_review", at, who)]);
  return [...facts, ...stateOf(repository, "change", payload)];
}

const stateEvents: Readonly<Record<string, ForgeEvent>> = { close: "closed", reopen: "reopened", merge: "landed" };

function stateOf(repository: string, subject: "change" | "issue", payload: unknown): rest.Facts[] {
  const attributes = field(payload, "object_attributes");
  const [number, at, action] = [count(attributes, "iid"), instant(attributes, "updated_at"), lower(attributes, "action")];
  const event = action !== null && Object.hasOwn(stateEvents, action) ? stateEvents[action] : undefined;
  if (number === null || at === null || event === undefined) return [];
  return [[rest.eventFact(repository, subject, number, event, at, rest.actorOf(field(payload, "user")))]];
}

function noteOf(repository: string, payload: unknown): rest.Facts[] {
  const attributes = field(payload, "object_attributes");
  if (text(attributes, "noteable_type") !== "MergeRequest") return [[]];
  const number = count(payload, "merge_request", "iid");
  if (number === null) return [null];
  const note = { ...object(attributes), author: field(payload, "user") };
  return [
    rest.changeOf(repository, field(payload, "merge_request")),
    rest.noteOf(repository, number, id(attributes, "discussion_id"), note),
  ];
}

const deploymentStates: Readonly<Record<string, string>> = { failed: "failure", running: "in_progress", canceled: "cancelled" };

function deploymentOf(repository: string, payload: unknown): rest.Facts {
  const [key, at, status] = [id(payload, "deployment_id"), instant(payload, "status_changed_at"), lower(payload, "status")];
  if (key === null || at === null || status === null) return null;
  const hash = /\/commit\/([0-9a-f]{40,64})$/.exec(text(payload, "commit_url") ?? "")?.[1] ?? null;
  return [
    {
      kind: "forge_deployment",
      repository,
      deployment: key,
      version: at,
      environment: text(payload, "environment"),
      commit: commit({ hash }, "hash"),
      createdAt: null,
      actor: rest.actorOf(field(payload, "user")),
    },
    { kind: "forge_deployment_status", repository, deployment: key, state: deploymentStates[status] ?? status, instant: at },
  ];
}
