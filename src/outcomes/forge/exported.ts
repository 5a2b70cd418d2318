import { readObject as readGithub } from "../github/objects.ts";
import { type GitlabPlace, placeOf as gitlabPlaceOf, readObject as readGitlab } from "../gitlab/objects.ts";
import { field, text } from "./fields.ts";
import { type Reading, together, unknownObject } from "./reading.ts";

/**
 * Reads a value of an export: an object of GitHub's or GitLab's API, a list of them, an answer of GraphQL, or a recorded
 * request `{ "url": …, "data": … }` for what bears no address itself (discussions, approvals, statuses of a deployment).
 */
export function readExported(value: unknown, locator: string): Reading {
  const recorded = recordedRequest(value);
  if (recorded !== null) return readFrom(recorded.data, recorded.url, locator);
  if (Array.isArray(value)) return together(value.map((one, i) => readExported(one, `${locator}[${i}]`)));
  if (typeof value !== "object" || value === null)
    return { facts: [], problems: [unknownObject("forge-file", locator, "a value that is no object")] };
  return isGitlab(value) ? readGitlab(value, null, locator) : readGithub(value, null, locator);
}

function readFrom(data: unknown, url: string, locator: string): Reading {
  if (!/\/api\/v4\//.test(url)) return readGithub(data, url, locator);
  const place: GitlabPlace | null = gitlabPlaceOf(url);
  return readGitlab(data, place, locator);
}

function recordedRequest(value: unknown): { readonly url: string; readonly data: unknown } | null {
  const url = text(value, "url");
  if (url === null || typeof value !== "object" || value === null) return null;
  const names = Object.keys(value);
  return names.length === 2 && names.includes("data") ? { url, data: field(value, "data") } : null;
}

/** Every object of GitLab has `iid`, a page below `/-/`, or speaks of a noteable. */
function isGitlab(value: unknown): boolean {
  const page = text(value, "web_url") ?? text(value, "_links", "self") ?? text(value, "deployable", "web_url") ?? "";
  return field(value, "iid") !== null || page.includes("/-/") || field(value, "notes") !== null;
}
