/** What is read of a repository of GitHub: its REST API lists what changed, GraphQL tells changes in full. */
import { createSign } from "node:crypto";
import { type ForgeClient, ForgeStopped } from "../forge/client.ts";
import { count, field, instant, list, text } from "../forge/fields.ts";
import { type Reading, together } from "../forge/reading.ts";
import { type ForgeStream, byUpdate, newestFirst, whenChanged } from "../forge/stream.ts";
import { readAnswer, readObject } from "./objects.ts";

export const defaultAddress = "https://api.github.com";

/** Changes of one query: reviews, threads and checks of more would go over what GitHub answers in ten seconds. */
const changesAtOnce = 10;

const actor = "__typename login";
const changeFields = `number url title body state isDraft createdAt updatedAt closedAt mergedAt
  author { ${actor} } mergedBy { ${actor} } headRefName headRefOid isCrossRepository baseRefName baseRefOid mergeCommit { oid }
  labels(first: 50) { nodes { name } }
  closingIssuesReferences(first: 20) { nodes { number repository { nameWithOwner } } }
  reviews(first: 50) { pageInfo { hasNextPage } nodes { fullDatabaseId state submittedAt author { ${actor} } commit { oid } } }
  reviewThreads(first: 50) { pageInfo { hasNextPage } nodes { isResolved resolvedBy { ${actor} } path diffSide originalLine originalStartLine
    comments(first: 20) { pageInfo { hasNextPage } nodes { fullDatabaseId createdAt author { ${actor} } originalCommit { oid } } } } }
  comments(first: 50) { pageInfo { hasNextPage } nodes { fullDatabaseId createdAt author { ${actor} } } }
  timelineItems(first: 100, itemTypes: [READY_FOR_REVIEW_EVENT, CONVERT_TO_DRAFT_EVENT, REVIEW_REQUESTED_EVENT, REVIEW_DISMISSED_EVENT,
    HEAD_REF_FORCE_PUSHED_EVENT, ADDED_TO_MERGE_QUEUE_EVENT, REMOVED_FROM_MERGE_QUEUE_EVENT, MERGED_EVENT, CLOSED_EVENT, REOPENED_EVENT]) {
    pageInfo { hasNextPage }
    nodes { __typename
      ${[
        "ReadyForReviewEvent",
        "ConvertToDraftEvent",
        "ReviewRequestedEvent",
        "ReviewDismissedEvent",
        "HeadRefForcePushedEvent",
        "RemovedFromMergeQueueEvent",
        "AddedToMergeQueueEvent",
        "MergedEvent",
        "ClosedEvent",
        "ReopenedEvent",
      ]
        .map((type) => `... on ${type} { createdAt actor { ${actor} } }`)
        .join(" ")} } }
  commits(last: 1) { totalCount nodes { commit { oid statusCheckRollup { contexts(first: 100) { nodes { __typename
    ... on CheckRun { databaseId name status conclusion startedAt completedAt } ... on StatusContext { context state createdAt } } } } } } }`;

/** @param name `owner/name` */
export function streamsOf(name: string, address: string): readonly ForgeStream[] {
  const path = `/repos/${name}`;
  const graph = graphAddress(address);
  return [
    byUpdate(
      `${name} changes and issues`,
      (since, page) =>
        `${path}/issues?state=all&sort=updated&direction=asc&per_page=100${since === null ? "" : `&since=${encodeURIComponent(since)}`}${page === 1 ? "" : `&page=${page}`}`,
      (thing) => field(thing, "updated_at"),
      async (client, things, url) => {
        const issues = readObject(
          things.filter((thing) => field(thing, "pull_request") === null),
          `${address}${url}`,
          url,
        );
        const numbers = things.filter((thing) => field(thing, "pull_request") !== null).flatMap((thing) => count(thing, "number") ?? []);
        return together([issues, await readChanges(client, graph, name, address, numbers)]);
      },
    ),
    whenChanged(`${name} releases`, `${path}/releases?per_page=100`, (things, url) => readObject(things, `${address}${url}`, url)),
    newestFirst(`${name} deployments`, async (client, cursor) => {
      const query = `query($owner: String!, $name: String!, $after: String) { repository(owner: $owner, name: $name) { nameWithOwner url
        deployments(first: 50, after: $after, orderBy: { field: CREATED_AT, direction: DESC }) { pageInfo { hasNextPage endCursor }
          nodes { __typename databaseId environment commitOid createdAt creator { ${actor} } statuses(first: 20) { nodes { state createdAt } } } } } }`;
      const json = await ask(client, graph, query, { ...owned(name), after: cursor });
      const found = field(json, "data", "repository", "deployments");
      const next = field(found, "pageInfo", "hasNextPage") === true ? text(found, "pageInfo", "endCursor") : null;
      return { ...readAnswer(json, `${name} deployments`), next, instants: list(found, "nodes").map((node) => instant(node, "createdAt")) };
    }),
  ];
}

const owned = (name: string): { owner: string; name: string } => {
  const [owner, repository] = name.split("/") as [string, string];
  return { owner, name: repository };
};

const graphAddress = (address: string): string =>
  address.endsWith("/api/v3") ? `${address.slice(0, -"/v3".length)}/graphql` : `${address}/graphql`;

/** Asks for changes in full, then page by page for what one answer does not hold. */
async function readChanges(
  client: ForgeClient,
  graph: string,
  name: string,
  address: string,
  numbers: readonly number[],
): Promise<Reading> {
  const readings: Reading[] = [];
  for (let from = 0; from < numbers.length; from += changesAtOnce) {
    const some = numbers.slice(from, from + changesAtOnce);
    const query = `query($owner: String!, $name: String!) { repository(owner: $owner, name: $name) { nameWithOwner url
      ${some.map((number) => `p${number}: pullRequest(number: ${number}) { ${changeFields} }`).join("\n")} } }`;
    const json = await ask(client, graph, query, owned(name));
    const repository = field(json, "data", "repository");
    readings.push(readAnswer(json, `${name} changes`));
    for (const number of some) readings.push(await readRest(client, name, address, number, field(repository, `p${number}`)));
  }
  return together(readings);
}

/** Pages of REST for the lists of one change that went on; what they tell joins by its ids. */
async function readRest(client: ForgeClient, name: string, address: string, number: number, pull: unknown): Promise<Reading> {
  const goesOn = (...parts: string[]): boolean => field(pull, ...parts, "pageInfo", "hasNextPage") === true;
  const threads =
    goesOn("reviewThreads") ||
    list(pull, "reviewThreads", "nodes").some((thread) => field(thread, "comments", "pageInfo", "hasNextPage") === true);
  const paths = [
    ...(goesOn("reviews") ? [`pulls/${number}/reviews`] : []),
    ...(threads ? [`pulls/${number}/comments`] : []),
    ...(goesOn("comments") ? [`issues/${number}/comments`] : []),
    ...(goesOn("timelineItems") ? [`issues/${number}/timeline`] : []),
  ];
  const readings: Reading[] = [];
  for (const path of paths) {
    const url = `/repos/${name}/${path}`;
    for await (const page of client.pages(`${url}?per_page=100`))
      readings.push(readObject(page.json, `${address}${url}`, `${name} ${path}`));
  }
  return together(readings);
}

/** @throws ForgeStopped where GraphQL answers with nothing but faults */
async function ask(client: ForgeClient, graph: string, query: string, variables: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { status, json } = await client.post(graph, { query, variables });
  if (status === 200 && field(json, "data", "repository") !== null) return json;
  const types = list(json, "errors").map((error) => text(error, "type") ?? "unknown");
  throw new ForgeStopped(
    "forge_refused",
    `the forge tells nothing of the repository (${[...new Set(types)].join(", ") || `status ${status}`})`,
  );
}

/**
 * Headers of a GitHub App: a token of its installation, asked for with a signed claim and asked for anew before it runs out
 * (after an hour).
 */
export function appHeaders(
  app: { readonly id: string; readonly installation: string; readonly key: string },
  ask: (path: string, claim: string) => Promise<unknown>,
  now: () => number,
): () => Promise<Readonly<Record<string, string>>> {
  let token: { readonly value: string; readonly until: number } | null = null;
  return async () => {
    if (token === null || token.until - now() < 5 * 60_000) {
      const answer = await ask(
        `/app/installations/${encodeURIComponent(app.installation)}/access_tokens`,
        signedClaim(app.id, app.key, now()),
      );
      const [value, until] = [text(answer, "token"), instant(answer, "expires_at")];
      if (value === null || until === null) throw new ForgeStopped("forge_refused", "the forge gives the app no token");
      token = { value, until };
    }
    return tokenHeaders(token.value);
  };
}

export const tokenHeaders = (token: string): Readonly<Record<string, string>> => ({
  authorization: `Bearer ${token}`,
  "x-github-api-version": "2022-11-28",
});

/** JSON Web Token (RS256) of ten minutes at most, dated a minute back for clocks that differ. */
export function signedClaim(app: string, key: string, now: number): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const seconds = Math.floor(now / 1_000);
  const claim = `${part({ alg: "RS256", typ: "JWT" })}.${part({ iat: seconds - 60, exp: seconds + 540, iss: app })}`;
  return `${claim}.${createSign("RSA-SHA256").update(claim).sign(key, "base64url")}`;
}
