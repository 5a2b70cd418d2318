/**
 * Tells what an object of GitHub is by the address it bears, or by the address it was asked from, and reads it. Lists, the
 * envelopes of lists and answers of GraphQL are opened.
 */
import type { ForgeFact } from "../../contract/forge-facts.ts";
import { commit, field, list, text } from "../forge/fields.ts";
import { type Reading, nothing, readingOf, together, unknownObject } from "../forge/reading.ts";
import * as graph from "./graph.ts";
import * as rest from "./rest.ts";

export const sourceId = "github";

/** A place of the REST API: the repository, and what comes after it. */
export interface ApiPlace {
  readonly repository: string;
  readonly rest: string;
}

/**
 * @example placeOf("https://api.github.com/repos/Acme/Shop/pulls/7") // { repository: "github.com/acme/shop", rest: "/pulls/7" }
 */
export function placeOf(url: string): ApiPlace | null {
  const [, host, enterprise, owner, name, after] =
    /^https?:\/\/([^/?#]+)(\/api\/v3)?\/repos\/([^/?#]+)\/([^/?#]+)([^?#]*)/i.exec(url) ?? [];
  if (host === undefined) return null;
  const forge = enterprise === undefined ? host.replace(/^api\./i, "") : host;
  return { repository: `${withoutPort(forge)}/${owner}/${name}`.toLowerCase(), rest: after ?? "" };
}

/** Of a page people read: `https://github.com/Acme/Shop/pull/7`. */
function pageOf(url: string): ApiPlace | null {
  const [, host, owner, name, after] = /^https?:\/\/([^/?#]+)\/([^/?#]+)\/([^/?#]+)((?:\/[^?#]*)?)/.exec(url) ?? [];
  return host === undefined ? null : { repository: `${withoutPort(host)}/${owner}/${name}`.toLowerCase(), rest: after ?? "" };
}

/** Remotes are named without their port (git/repository.ts), so repositories of forges are too. */
const withoutPort = (host: string): string => host.replace(/:\d+$/, "");

/** How deep lists may lie in lists. */
const deepest = 6;

/** @param from address it was asked from; null where it was found in a file of objects */
export function readObject(value: unknown, from: string | null, locator: string, depth = 0): Reading {
  if (depth > deepest) return { facts: [], problems: [unknownObject(sourceId, locator, "lists nested too deep")] };
  if (Array.isArray(value)) return together(value.map((one, i) => readObject(one, from, `${locator}[${i}]`, depth + 1)));
  const envelope = ["check_runs", "workflow_runs", "jobs", "statuses"].find((name) => Array.isArray(field(value, name)));
  if (envelope !== undefined) {
    const at = text(value, "url") ?? from; // statuses of a commit come with its address
    return together(list(value, envelope).map((one, i) => readObject(one, at, `${locator}.${envelope}[${i}]`, depth + 1)));
  }
  if (field(value, "data") !== null || field(value, "repository", "pullRequests") !== null) return readAnswer(value, locator);
  const isNode = field(value, "createdAt") !== null;
  if (isNode) return readNode(value, null, locator);
  const own = text(value, "url");
  const asked = from === null ? null : placeOf(from);
  const place = (own === null ? null : placeOf(own)) ?? reviewedPlace(value) ?? asked;
  if (place === null) return { facts: [], problems: [unknownObject(sourceId, locator, "an object without the address of a repository")] };
  return readRest(value, place, asked, locator);
}

/** A review has no address but that of its pull request. */
function reviewedPlace(value: unknown): ApiPlace | null {
  const place = placeOf(text(value, "pull_request_url") ?? "");
  return place === null ? null : { ...place, rest: `${place.rest}/reviews` };
}

const readers: readonly {
  readonly path: RegExp;
  readonly what: string;
  readonly read: (r: string, v: unknown, m: RegExpExecArray) => rest.Facts;
}[] = [
  { path: /^\/pulls\/\d+$/, what: "a pull request", read: (r, v) => rest.changeOf(r, v) },
  { path: /^\/pulls\/comments\/\d+/, what: "a comment on lines", read: (r, v) => rest.reviewCommentOf(r, pullOf(v), v) },
  { path: /^\/pulls\/(\d+)\/reviews/, what: "a review", read: (r, v, m) => rest.reviewOf(r, Number(m[1]), v) },
  { path: /^\/issues\/\d+$/, what: "an issue", read: (r, v) => rest.issueOf(r, v) },
  { path: /^\/issues\/comments\/\d+/, what: "a comment", read: (r, v) => commentOf(r, v) },
  {
    path: /^\/issues\/(\d+)\/(?:timeline|events)/,
    what: "an event",
    read: (r, v, m) => rest.eventOf(r, rest.subjectOf(v), Number(m[1]), v),
  },
  { path: /^\/issues\/events/, what: "an event", read: (r, v) => rest.eventOf(r, issueOrChange(field(v, "issue")), numberOf(v), v) },
  {
    path: /^\/deployments\/(\d+)\/statuses/,
    what: "a state of a deployment",
    read: (r, v, m) => rest.deploymentStatusOf(r, m[1] ?? null, v),
  },
  { path: /^\/deployments\/\d+$/, what: "a deployment", read: (r, v) => rest.deploymentOf(r, v) },
  { path: /^\/releases\/\d+$/, what: "a release", read: (r, v) => rest.releaseOf(r, v) },
  { path: /^\/check-runs\/\d+$/, what: "a check run", read: (r, v) => rest.checkRunOf(r, v) },
  { path: /^\/actions\/runs\/\d+/, what: "a run of a workflow", read: (r, v) => rest.workflowRunOf(r, v) },
  { path: /^\/actions\/jobs\/\d+$/, what: "a job", read: (r, v) => rest.checkRunOf(r, v) },
  { path: /^\/(?:statuses|commits)\/([0-9a-f]+)/, what: "a status", read: (r, v, m) => rest.statusOf(r, commit(m, "1"), v) },
];

/** What lies below one thing bears no address, or one that does not name it: where it was asked from does. */
const belowOne = /\/(?:reviews|timeline|events|statuses|status)(?:\/|$)/;

function readRest(value: unknown, own: ApiPlace, from: ApiPlace | null, locator: string): Reading {
  const place = from !== null && belowOne.test(from.rest) ? from : own;
  for (const { path, what, read } of readers) {
    const match = path.exec(place.rest);
    if (match !== null) return readingOf(read(place.repository, value, match), sourceId, locator, what);
  }
  return { facts: [], problems: [unknownObject(sourceId, locator, `an object of ${place.rest.replace(/\d+/g, "N") || "/"}`)] };
}

const pullOf = (comment: unknown): number | null => numberAt(text(comment, "pull_request_url"), /\/pulls\/(\d+)$/);
const numberOf = (event: unknown): number | null => numberAt(text(event, "issue", "url"), /\/issues\/(\d+)$/);
const issueOrChange = (issue: unknown): "change" | "issue" => (field(issue, "pull_request") === null ? "issue" : "change");

function numberAt(url: string | null, pattern: RegExp): number | null {
  const number = pattern.exec(url ?? "")?.[1];
  return number === undefined ? null : Number(number);
}

/** Comments on issues share their addresses with those on pull requests; the page tells them apart. */
function commentOf(repository: string, comment: unknown): rest.Facts {
  const page = text(comment, "html_url") ?? "";
  const change = numberAt(page, /\/pull\/(\d+)#/);
  return change === null && /\/issues\/\d+#/.test(page) ? [] : rest.issueCommentOf(repository, change, comment);
}

/** An answer of GraphQL: every repository in it, under whatever alias. */
export function readAnswer(answer: unknown, locator: string): Reading {
  const data = field(answer, "data") ?? answer;
  if (typeof data !== "object" || data === null) return nothing;
  return together(
    Object.entries(data as Record<string, unknown>).map(([alias, value]): Reading => {
      // Without an address the host is not known: GitHub's own is not taken for granted.
      const repository = pageOf(text(value, "url") ?? "")?.repository ?? null;
      if (typeof value !== "object" || value === null) return nothing;
      return together(
        Object.entries(value as Record<string, unknown>).flatMap(([name, part]): Reading[] => {
          if (typeof part !== "object" || part === null) return [];
          const found = Array.isArray(field(part, "nodes")) ? list(part, "nodes") : [part];
          return found.map((node, i) => readNode(node, { repository, name }, `${locator}.${alias}.${name}[${i}]`));
        }),
      );
    }),
  );
}

const nodeReaders: Readonly<Record<string, (repository: string, node: unknown) => ForgeFact[] | null>> = {
  pull: graph.changeOf,
  issue: graph.issueOf,
  release: graph.releaseOf,
  deployment: graph.deploymentOf,
};

function readNode(node: unknown, within: { readonly repository: string | null; readonly name: string } | null, locator: string): Reading {
  const kind = kindOf(node, within?.name ?? "");
  const repository = within?.repository ?? pageOf(text(node, "url") ?? "")?.repository ?? null;
  if (kind === null) return { facts: [], problems: [unknownObject(sourceId, locator, "a node of a kind that is not read")] };
  return readingOf(repository === null ? null : (nodeReaders[kind]?.(repository, node) ?? null), sourceId, locator, `a node (${kind})`);
}

/** By `__typename` or address, else by the field that held it. */
function kindOf(node: unknown, name: string): string | null {
  const hint = `${text(node, "__typename") ?? ""} ${pageOf(text(node, "url") ?? "")?.rest ?? ""} ${name}`;
  if (/PullRequest|\/pull\/\d+|pullRequest/.test(hint)) return "pull";
  if (/Deployment|deployments?$/.test(hint)) return "deployment";
  if (/Release|\/releases\/|releases?$/.test(hint)) return "release";
  return /Issue|\/issues\/\d+|issues?$/.test(hint) ? "issue" : null;
}
