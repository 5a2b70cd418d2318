/** Tells what an object of GitLab is by the page it bears, or by the address it was asked from, and reads it. */
import { field, list, text } from "../forge/fields.ts";
import { type Reading, readingOf, together, unknownObject } from "../forge/reading.ts";
import * as rest from "./rest.ts";

export const sourceId = "gitlab";

/** A repository and what comes after it in an address. */
export interface GitlabPlace {
  readonly repository: string;
  readonly rest: string;
}

/** Of a page: `https://gitlab.com/group/sub/shop/-/merge_requests/7`. */
export function pageOf(url: string): GitlabPlace | null {
  const [, host, path, after] = /^https?:\/\/([^/?#]+)\/([^?#]+?)\/-(\/[^?#]*)/.exec(url) ?? [];
  return host === undefined ? null : { repository: `${host.replace(/:\d+$/, "")}/${path}`.toLowerCase(), rest: after ?? "" };
}

/** Of the API: `https://gitlab.com/api/v4/projects/group%2Fshop/merge_requests/7/discussions`. A project given by number is not known by name. */
export function placeOf(url: string): GitlabPlace | null {
  const [, host, project, after] = /^https?:\/\/([^/?#]+)\/api\/v4\/projects\/([^/?#]+)([^?#]*)/.exec(url) ?? [];
  if (host === undefined || /^\d+$/.test(project as string)) return null;
  return { repository: `${host.replace(/:\d+$/, "")}/${(project as string).replace(/%2f/gi, "/")}`.toLowerCase(), rest: after ?? "" };
}

const deepest = 6;

/** @param from where it was asked from; null where it was found in a file of objects */
export function readObject(value: unknown, from: GitlabPlace | null, locator: string, depth = 0): Reading {
  if (depth > deepest) return { facts: [], problems: [unknownObject(sourceId, locator, "lists nested too deep")] };
  if (Array.isArray(value)) return together(value.map((one, i) => readObject(one, from, `${locator}[${i}]`, depth + 1)));
  const own = pageOf(text(value, "web_url") ?? text(value, "_links", "self") ?? text(value, "deployable", "web_url") ?? "");
  const place = from ?? own;
  if (place === null) return { facts: [], problems: [unknownObject(sourceId, locator, "an object without the address of its project")] };
  for (const { path, what, read } of readers) {
    const match = path.exec(place.rest);
    if (match !== null) return readingOf(read(place.repository, value, match), sourceId, locator, what);
  }
  return { facts: [], problems: [unknownObject(sourceId, locator, `an object of ${place.rest.replace(/\d+/g, "N") || "/"}`)] };
}

const readers: readonly {
  readonly path: RegExp;
  readonly what: string;
  readonly read: (r: string, v: unknown, m: RegExpExecArray) => rest.Facts;
}[] = [
  { path: /^\/merge_requests\/(\d+)\/discussions/, what: "a discussion", read: (r, v, m) => rest.discussionOf(r, Number(m[1]), v) },
  { path: /^\/merge_requests\/(\d+)\/notes/, what: "a note", read: (r, v, m) => rest.noteOf(r, Number(m[1]), null, v) },
  { path: /^\/merge_requests\/\d+\/approvals/, what: "approvals", read: (r, v) => rest.approvalsOf(r, v) },
  {
    path: /^\/merge_requests\/(\d+)\/resource_state_events/,
    what: "an event",
    read: (r, v, m) => rest.stateEventOf(r, "change", Number(m[1]), v),
  },
  { path: /^\/issues\/(\d+)\/resource_state_events/, what: "an event", read: (r, v, m) => rest.stateEventOf(r, "issue", Number(m[1]), v) },
  { path: /^\/merge_requests(?:\/\d+)?$/, what: "a merge request", read: (r, v) => rest.changeOf(r, v) },
  { path: /^\/(?:issues|work_items)(?:\/(?:incident\/)?\d+)?$/, what: "an issue", read: (r, v) => rest.issueOf(r, v) },
  { path: /^\/jobs(?:\/\d+)?$/, what: "a job", read: (r, v) => (hasEnvironment(v) ? rest.deploymentOf(r, v) : rest.checkOf(r, "job", v)) },
  { path: /^\/pipelines\/\d+\/jobs$/, what: "a job", read: (r, v) => rest.checkOf(r, "job", v) },
  { path: /^\/pipelines(?:\/\d+)?$/, what: "a pipeline", read: (r, v) => rest.checkOf(r, "pipeline", v) },
  { path: /^\/deployments/, what: "a deployment", read: (r, v) => rest.deploymentOf(r, v) },
  { path: /^\/releases/, what: "a release", read: (r, v) => rest.releaseOf(r, v) },
  { path: /^\/merge_trains/, what: "a place in a merge train", read: (r, v) => rest.trainOf(r, v) },
];

/** A deployment bears the page of its job alone. */
const hasEnvironment = (value: unknown): boolean =>
  field(value, "environment") !== null && list(value, "deployable").length === 0 && field(value, "deployable") !== null;
