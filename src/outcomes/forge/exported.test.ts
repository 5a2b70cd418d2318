import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { ForgeFact } from "../../contract/forge-facts.ts";
import { readExported } from "./exported.ts";
import { closedIssues, revertedNumbers, titleHints } from "./hints.ts";
import { instant } from "./fields.ts";

const fixture = (name: string): string => readFileSync(new URL(`../../../test/fixtures/forges/${name}`, import.meta.url), "utf8");
const lines = (name: string): unknown[] =>
  fixture(name)
    .trim()
    .split("\n")
    .map((line): unknown => JSON.parse(line));

const factsOf = (values: readonly unknown[]): ForgeFact[] => values.flatMap((value) => readExported(value, "file").facts);
const problemsOf = (values: readonly unknown[]): string[] =>
  values.flatMap((value) => readExported(value, "file").problems.map(({ code }) => code));
const only = <Kind extends ForgeFact["kind"]>(facts: readonly ForgeFact[], kind: Kind): Extract<ForgeFact, { kind: Kind }>[] =>
  facts.filter((fact): fact is Extract<ForgeFact, { kind: Kind }> => fact.kind === kind);

const at = (iso: string): number => Date.parse(iso);
const head = "a".repeat(40);
const squash = "c".repeat(40);

describe("an export of GitHub", () => {
  const rest = factsOf(lines("github-rest.jsonl"));

  it("is read without a problem, and keeps no title and no text", () => {
    expect(problemsOf(lines("github-rest.jsonl"))).toEqual([]);
    expect(JSON.stringify(rest)).not.toMatch(/not kept|basket|look at this/);
  });

  it("tells a landed change with what its title and description say", () => {
    expect(only(rest, "forge_change")[0]).toEqual({
      kind: "forge_change",
      repository: "github.com/acme/shop",
      number: 7,
      version: at("2026-03-03T12:00:00Z"),
      state: "landed",
      draft: false,
      openedAt: at("2026-03-01T09:00:00Z"),
      closedAt: at("2026-03-03T12:00:00Z"),
      landedAt: at("2026-03-03T12:00:00Z"),
      author: { login: "ada", isBot: false },
      landedBy: { login: "bo", isBot: false },
      headRef: "cart",
      headCommit: head,
      fromFork: false,
      baseRef: "main",
      baseCommit: "b".repeat(40),
      mergeCommit: squash,
      squashCommit: null,
      commits: 3,
      labels: ["area/cart", "bug"],
      titleType: "fix",
      breaking: false,
      reverts: [],
      closesIssues: ["#3", "#4", "acme/web#5"],
    });
  });

  it("takes the merge GitHub tries out on an open change for no landing, and a name before a colon for no type", () => {
    expect(only(rest, "forge_change")[1]).toMatchObject({
      number: 8,
      state: "open",
      draft: true,
      mergeCommit: null,
      titleType: "",
      fromFork: true,
      author: { login: "dependabot[bot]", isBot: true },
    });
  });

  it("ties reviews, threads, checks and states of deployments to what they belong to", () => {
    expect(
      only(rest, "forge_review").map(({ review, state, submittedAt, reviewer }) => [review, state, submittedAt, reviewer?.isBot]),
    ).toEqual([
      ["51", "changes_requested", at("2026-03-01T11:00:00Z"), false],
      ["52", "approved", at("2026-03-03T11:00:00Z"), false],
      ["53", "commented", at("2026-03-01T09:05:00Z"), true],
    ]);
    expect(only(rest, "forge_thread")).toMatchObject([
      { change: 7, thread: "61", path: "src/cart.ts", side: "added", firstLine: 4, lastLine: 6, commit: head },
    ]);
    expect(only(rest, "forge_comment").map(({ comment, thread }) => [comment, thread])).toEqual([
      ["review:61", "61"],
      ["review:62", "61"],
      ["issue:71", null],
    ]);
    expect(only(rest, "forge_check")).toMatchObject([{ check: "81", commit: head, name: "test", status: "done", conclusion: "failure" }]);
    expect(only(rest, "forge_deployment")).toMatchObject([{ deployment: "91", environment: "production", commit: squash }]);
    expect(only(rest, "forge_deployment_status").map(({ deployment, state }) => [deployment, state])).toEqual([
      ["91", "success"],
      ["91", "in_progress"],
    ]);
    expect(only(rest, "forge_release")).toMatchObject([
      { tag: "v1.2.0", draft: false, preRelease: false, publishedAt: at("2026-03-03T13:00:00Z") },
    ]);
    expect(only(rest, "forge_issue")).toMatchObject([{ number: 3, state: "closed", labels: ["bug"], issueType: "bug" }]);
    expect(only(rest, "forge_event").map(({ event }) => event)).toEqual(["enqueued", "landed"]);
  });

  it("tells the same in the shapes of GraphQL, under the same ids", () => {
    const answer: unknown = JSON.parse(fixture("github-graphql.json"));
    expect(problemsOf([answer])).toEqual([]);
    const graph = factsOf([answer]);
    expect(only(graph, "forge_change")[0]).toEqual(only(rest, "forge_change")[0]);
    const canonical = (fact: ForgeFact): string => JSON.stringify(Object.entries(fact).toSorted(([a], [b]) => (a < b ? -1 : 1)));
    const known = new Set(rest.map(canonical));
    const same = graph.filter((fact) => known.has(canonical(fact))).map(({ kind }) => kind);
    expect(same.toSorted()).toEqual(
      [
        "forge_change",
        "forge_review",
        "forge_review",
        "forge_comment",
        "forge_comment",
        "forge_comment",
        "forge_event",
        "forge_event",
        "forge_check",
      ].toSorted(),
    );
    expect(only(graph, "forge_thread")).toMatchObject([{ thread: "61", resolved: true, resolvedBy: { login: "ada" }, commit: head }]);
    expect(only(graph, "forge_check").map(({ check }) => check)).toEqual(["81", `status:${head}:ci/lint`]);
  });

  it("refuses a review of GraphQL without the id REST has, rather than count it twice", () => {
    const node = { __typename: "PullRequest", url: "https://github.com/acme/shop/pull/7", number: 7, createdAt: "2026-03-01T09:00:00Z" };
    const without = { ...node, reviews: { nodes: [{ id: "PRR_1", state: "APPROVED", submittedAt: "2026-03-01T10:00:00Z" }] } };
    expect(problemsOf([without])).toEqual(["forge_object_incomplete"]);
  });
});

describe("an export of GitLab", () => {
  const gitlab = factsOf(lines("gitlab.jsonl"));

  it("is read without a problem, and keeps no title and no text", () => {
    expect(problemsOf(lines("gitlab.jsonl"))).toEqual([]);
    expect(JSON.stringify(gitlab)).not.toMatch(/not kept|new shop/);
  });

  it("tells a merge request that was squashed", () => {
    expect(only(gitlab, "forge_change")).toMatchObject([
      {
        repository: "gitlab.example.org/team/shop",
        number: 12,
        state: "landed",
        landedAt: at("2026-03-02T11:00:00Z"),
        mergeCommit: null,
        squashCommit: squash,
        titleType: "feat",
        breaking: true,
        closesIssues: ["#9"],
        landedBy: { login: "bo" },
      },
    ]);
  });

  it("reads approvals and requests for changes out of the notes GitLab writes, an approval told twice as one", () => {
    const reviews = only(gitlab, "forge_review").map(({ review, state, submittedAt }) => [review, state, submittedAt]);
    expect(reviews).toEqual([
      ["note:23", "changes_requested", at("2026-03-01T10:30:00Z")],
      ["approval:bo", "approved", at("2026-03-02T10:00:00Z")],
      ["approval:bo", "approved", at("2026-03-02T10:00:00.100Z")],
    ]);
  });

  it("anchors a thread to lines of a commit", () => {
    expect(only(gitlab, "forge_thread")[0]).toMatchObject({
      thread: "f00d",
      path: "shop.ts",
      side: "added",
      firstLine: 5,
      lastLine: 8,
      commit: head,
      resolved: true,
      resolvedAt: at("2026-03-01T12:00:00Z"),
      resolvedBy: { login: "ada" },
    });
    expect(only(gitlab, "forge_comment").map(({ comment, thread }) => [comment, thread])).toEqual([
      ["note:21", "f00d"],
      ["note:22", "f00d"],
      ["note:26", null],
    ]);
  });

  it("tells jobs, deployments, releases, incidents and the merge train", () => {
    expect(only(gitlab, "forge_check")).toMatchObject([{ check: "job:41", conclusion: "failure", commit: head }]);
    expect(only(gitlab, "forge_deployment_status")).toMatchObject([
      { deployment: "31", state: "failure", instant: at("2026-03-02T12:20:00Z") },
    ]);
    expect(only(gitlab, "forge_release")).toMatchObject([{ tag: "v2", commit: squash }]);
    expect(only(gitlab, "forge_issue")).toMatchObject([{ number: 9, issueType: "incident", state: "closed" }]);
    expect(only(gitlab, "forge_event").map(({ event }) => event)).toEqual(["ready_for_review", "enqueued", "dequeued"]);
  });
});

describe("what cannot be read", () => {
  it("is a counted problem: no object, no address, an unknown kind, lists without end, a missing number", () => {
    let deep: unknown = [];
    for (let i = 0; i < 50; i++) deep = [deep];
    expect(problemsOf(["text", null, { a: 1 }, { iid: 1 }])).toEqual(Array.from({ length: 4 }, () => "forge_object_unknown"));
    expect(problemsOf([{ url: "https://api.github.com/repos/a/b/hooks/1" }])).toEqual(["forge_object_unknown"]);
    expect(problemsOf([{ url: "https://api.github.com/repos/a/b/pulls/1", title: "x" }])).toEqual(["forge_object_incomplete"]);
    expect(problemsOf([{ url: "https://api.github.com/repos/a/b/issues/1/timeline", data: deep }])).toEqual(["forge_object_unknown"]);
  });

  it("does not reach the prototypes of objects", () => {
    const hostile: unknown = JSON.parse(
      '{"url":"https://api.github.com/repos/__proto__/constructor/pulls/1","__proto__":{"number":9,"polluted":true},"number":1,"created_at":"2026-03-01T09:00:00Z","labels":[{"name":"__proto__"}],"state":"constructor","user":{"login":"__proto__"}}',
    );
    const [fact] = only(factsOf([hostile]), "forge_change");
    expect(fact).toMatchObject({ repository: "github.com/__proto__/constructor", number: 1, labels: ["__proto__"], state: null });
    expect(fact?.author?.login).toBe("__proto__");
    expect(({} as Record<string, unknown>)["polluted"]).toBeUndefined();
  });
});

describe("hints", () => {
  it("reads the type of a title, where there is one", () => {
    expect(titleHints("feat(api)!: x")).toEqual({ titleType: "feat", breaking: true });
    expect(titleHints('Revert "feat: x"')).toEqual({ titleType: "revert", breaking: false });
    expect(titleHints("Ada: please review")).toEqual({ titleType: "", breaking: false });
    expect(titleHints("fixes things")).toEqual({ titleType: "", breaking: false });
  });

  it("reads which change is taken back: from the text, else from the branch; bringing one back takes none", () => {
    expect(revertedNumbers('Revert "x"', "Reverts acme/shop#12\n", "revert-12-x")).toEqual([12]);
    expect(revertedNumbers('Revert "x"', "This reverts merge request !34", null)).toEqual([34]);
    expect(revertedNumbers('Revert "x"', "", "revert-12-x")).toEqual([12]);
    expect(revertedNumbers('Revert "Revert "x""', "Reverts acme/shop#13", "revert-13-x")).toEqual([]);
  });

  it("reads the issues a text closes", () => {
    expect(closedIssues("Closes #4, #6 and Group/proj#5. Fixed: https://gitlab.com/group/proj/-/issues/7")).toEqual([
      "#4",
      "#6",
      "group/proj#5",
      "group/proj#7",
    ]);
    expect(closedIssues("see #4; prefixes #5")).toEqual([]);
  });

  it("takes no instant without a zone", () => {
    expect(instant("2026-03-01 10:00:00 UTC")).toBe(at("2026-03-01T10:00:00Z"));
    expect(instant("2026-03-01T10:00:00+0200")).toBe(at("2026-03-01T08:00:00Z"));
    expect(instant("2026-03-01T10:00:00")).toBeNull();
    expect(instant(1_772_355_600)).toBe(1_772_355_600_000);
  });
});
