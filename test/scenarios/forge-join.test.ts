/** What a forge tells of bugs, deployments and incidents, down to the fates of lines: one small yard, worked out by hand. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { openDerived } from "../../src/store/derived-store.ts";
import type { RestatementRow } from "../../src/contract/close.ts";
import type { Row } from "../../src/store/duckdb/database.ts";
import { pullLine } from "./support/forge-objects.ts";
import { HandTranscript, call, nanoUsdOfToken } from "./support/hand-transcript.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository(); // a commit a day, at noon, from 2 January
const masts = Array.from({ length: 5 }, (_, i) => `export const mast${i} = raise(${i}, "main");`);
const steadied = masts.with(2, 'export const mast2 = steady(raise(2, "main"));');
const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const api = "https://api.github.com/repos/acme/yard";
let home = "";
let store = "";
let fix = "";

const issue = (number: number, openedAt: string, labels: readonly string[], rest: object = {}): string =>
  JSON.stringify({
    url: `${api}/issues/${number}`,
    number,
    title: "The mast sways",
    state: "open",
    created_at: openedAt,
    updated_at: openedAt,
    closed_at: null,
    user: { login: "ada", type: "User" },
    labels: labels.map((name) => ({ name })),
    ...rest,
  });
const pull = (number: number, rest: object): string => {
  const openedAt = "2026-01-04T11:30:00Z";
  return pullLine(api, number, { title: "Steady the mast", created_at: openedAt, updated_at: openedAt, ...rest });
};
const rowsOf = async (folder: string, sql: string): Promise<Row[]> => {
  const database = await openDerived(folder);
  try {
    return (await database.all(sql)).map((row) => Object.values(row));
  } finally {
    database.close();
  }
};
const fatesOf = async (folder: string): Promise<Record<string, number>> => {
  const { ledger } = await openStore(folder).audit({ asOf: null, links: false });
  const told = Object.entries(ledger.fates).flatMap(([fate, nano]) => (nano === null || nano === "0" ? [] : [[fate, nano] as const]));
  return Object.fromEntries(told.map(([fate, nano]) => [fate, Number(nano) / nanoUsdOfToken]));
};
/** A copy of the store that was told some more, and derived by parts; it is what a rebuild gives. */
const toldMore = async (objects: readonly string[], config: string | null = null): Promise<string> => {
  const copy = scratch.next("copy");
  cpSync(store, copy, { recursive: true });
  if (config !== null) writeFileSync(join(copy, "assay.yaml"), config);
  const told = join(scratch.next("told"), "yard.jsonl");
  writeFileSync(told, objects.join("\n"));
  expect(await importInto(copy, { home, forges: { exports: [told] } })).toMatchObject({ problems: [] });
  const whole = scratch.next("whole");
  cpSync(copy, whole, { recursive: true });
  await openStore(whole).rebuild({ progress() {} });
  expect(differences(await dumpStore(whole), await dumpStore(copy))).toEqual([]);
  return copy;
};

beforeAll(async () => {
  repository.git("remote", "add", "origin", "git@github.com:acme/yard.git");
  repository.commit({ "README.md": "The yard.\n" }); // 2 January
  repository.commit({ "masts.ts": file(masts) }, "Add masts"); // 3 January
  fix = repository.commit({ "masts.ts": file(steadied) }, "Steady the mast (#9)"); // 4 January
  for (let day = 5; day <= 30; day++) repository.commit({}, "wait"); // the horizon: 30 January
  home = scratch.next("home");
  new HandTranscript("aaaa0000-0000-4000-8000-000000000001", repository.dir, "2026-01-03")
    .prompt("11:00:00", "Raise the masts.")
    .creates("11:01:00", 100, "c1", "masts.ts", masts)
    .saveIn(home);
  const filePath = join(repository.dir, "masts.ts");
  const [oldString, newString] = [masts[2] as string, steadied[2] as string];
  const lines = [` ${masts[1]}`, `-${oldString}`, `+${newString}`, ` ${masts[3]}`];
  new HandTranscript("bbbb0000-0000-4000-8000-000000000002", repository.dir, "2026-01-04")
    .prompt("11:00:00", "It sways.")
    .response("11:01:00", 40, call("c2", "Edit", { file_path: filePath, old_string: oldString, new_string: newString }))
    .result("11:01:05", "c2", "ok", {
      filePath,
      oldString,
      newString,
      originalFile: file(masts),
      structuredPatch: [{ oldStart: 2, oldLines: 3, newStart: 2, newLines: 3, lines }],
    })
    .saveIn(home);
  store = await makeStore(scratch.next());
  await importInto(store, { home });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

const landedFix = (rest: object = {}): string =>
  pull(9, {
    state: "closed",
    merged_at: "2026-01-04T12:00:05Z",
    merge_commit_sha: fix,
    head: { ref: "steady", sha: "a".repeat(40) },
    ...rest,
  });

it("issues make a backlog, and a change tells how old the issue was that it closes", async () => {
  const closed = { state: "closed", closed_at: "2026-01-10T00:00:00Z", updated_at: "2026-01-10T00:00:00Z" };
  const told = await toldMore([
    issue(21, "2026-01-01T12:00:00Z", ["bug"], closed),
    issue(22, "2026-01-05T12:00:00Z", []),
    landedFix({ body: "Fixes #21" }),
  ]);
  expect(await rowsOf(told, "SELECT number, kind, closed_ms IS NULL AS is_open, reopened_ms FROM issue_d ORDER BY number")).toEqual([
    [21, "bug", false, "[]"],
    [22, null, true, "[]"],
  ]);
  const { rows } = await openStore(told).query({ measures: ["issues_opened", "issues_closed", "backlog_growth"] }, { asOf: null });
  expect(rows).toEqual([{ issues_opened: 2, issues_closed: 1, backlog_growth: 1 }]);
  const byAge = await openStore(told).query({ measures: ["changes_landed"], by: ["issue_age"] }, { asOf: null });
  expect(byAge.rows.find(({ issue_age: age }) => age !== null)).toEqual({ issue_age: "under a week", changes_landed: 1 });
});

describe("a fix", () => {
  it("is not known from a message that says nothing", async () => {
    // Landing is release here. 80 of 100 tokens for the four lines that stayed, 20 for the one that was replaced after a day.
    expect(await fatesOf(store)).toEqual({ stuck: 120, rework: 20 });
    expect(await rowsOf(store, "SELECT * FROM fix_d")).toEqual([]);
  });

  it("is known by the bug its change closes, once the forge tells: its dollars are fixing, its class is the label's", async () => {
    const told = await toldMore([issue(5, "2026-01-03T18:00:00Z", ["type: bug"]), landedFix({ body: "Closes #5" })]);
    expect(await fatesOf(told)).toEqual({ stuck: 80, rework: 20, fixing: 40 });
    expect(await rowsOf(told, "SELECT evidence, strength, narrow, wide FROM fix_d")).toEqual([["bug_issue", "strong", "agent", "agent"]]);
    expect(await rowsOf(told, "SELECT class, class_evidence FROM change WHERE change_key = '#9'")).toEqual([["fix", "label"]]);
  });

  it("is none where its issue is a wish, or nobody sorted it; and brought by nothing that came after the issue", async () => {
    const wish = await toldMore([issue(5, "2026-01-03T18:00:00Z", ["enhancement"]), landedFix({ body: "Closes #5" })]);
    expect(await fatesOf(wish)).toEqual({ stuck: 120, rework: 20 });
    const unsorted = await toldMore([issue(5, "2026-01-03T18:00:00Z", []), landedFix({ body: "Closes #5" })]);
    expect(await rowsOf(unsorted, "SELECT * FROM fix_d")).toEqual([]);
    const early = await toldMore([issue(5, "2026-01-02T18:00:00Z", ["bug"]), landedFix({ body: "Closes #5" })]);
    expect(await rowsOf(early, "SELECT strength, narrow, wide FROM fix_d")).toEqual([["strong", "untraced", "agent"]]);
    expect(await fatesOf(early)).toEqual({ stuck: 120, rework: 20 });
  });
});

const deployment = (id: number, sha: string, environment: string): string =>
  JSON.stringify({ url: `${api}/deployments/${id}`, id, sha, environment, created_at: "2026-01-05T08:00:00Z", creator: null });
const status = (id: number, state: string, at: string): string =>
  JSON.stringify({ url: `${api}/deployments/${id}/statuses/${id}`, id, state, created_at: at });

describe("what releases a line", () => {
  it("is the first deployment to production that has it, and the answer says so", async () => {
    const masted = repository.git("rev-parse", `${fix}^`);
    const told = await toldMore([
      deployment(1, masted, "staging"),
      status(1, "success", "2026-01-04T09:00:00Z"),
      deployment(2, masted, "production"),
      status(2, "success", "2026-01-10T09:00:00Z"),
      status(2, "inactive", "2026-01-12T09:00:00Z"),
      deployment(3, fix, "production"),
      status(3, "failure", "2026-01-11T09:00:00Z"),
    ]);
    // The fix went to production in no deployment that succeeded: its line waits.
    expect(await fatesOf(told)).toEqual({ stuck: 80, rework: 20, maturing: 40 });
    const released = Date.UTC(2026, 0, 10, 9);
    expect(await rowsOf(told, "SELECT DISTINCT released_ms FROM strand WHERE released_ms IS NOT NULL")).toEqual([[BigInt(released)]]);
    const assay = openStore(told);
    expect((await assay.answer({ asOf: null })).notKnown.join(" ")).toContain(
      "released by the deployments to production its forge tells of",
    );
    const { repositories } = await assay.delivery({ asOf: null, days: 90 });
    expect(repositories[0]).toMatchObject({ rung: "deployments", evidence: { assumesProduction: false } });
    expect(repositories[0]?.dora?.deploymentFrequency.deployments).toBe(1);
    const early = await assay.delivery({ asOf: Date.UTC(2026, 0, 9, 12), days: 90 });
    expect(early.repositories[0]?.rung).toBe("landing"); // the deployment was to come
  });

  it("is a published release where no deployment is known, by the commit its tag points to", async () => {
    repository.git("tag", "v1.0.0", fix);
    const tagged = scratch.next("tagged");
    cpSync(store, tagged, { recursive: true });
    const told = join(scratch.next("told"), "yard.jsonl");
    const release = (tag: string, rest: object): string =>
      JSON.stringify({
        url: `${api}/releases/1`,
        tag_name: tag,
        draft: false,
        prerelease: false,
        created_at: "2026-01-06T09:00:00Z",
        ...rest,
      });
    writeFileSync(
      told,
      [release("v1.0.0", { published_at: "2026-01-07T09:00:00Z" }), release("v1.1.0", { draft: true, published_at: null })].join("\n"),
    );
    await importInto(tagged, { home, forges: { exports: [told] } });
    repository.git("tag", "-d", "v1.0.0");
    // All but the line that was replaced on 4 January were in it; git alone says the tag's commit is of 4 January.
    expect(await fatesOf(tagged)).toEqual({ stuck: 120, rework: 20 });
    expect((await openStore(tagged).delivery({ asOf: null, days: 90 })).repositories[0]?.rung).toBe("releases");
    const days = await rowsOf(tagged, "SELECT DISTINCT released_ms FROM strand WHERE released_ms IS NOT NULL ORDER BY 1");
    expect(days).toEqual([[BigInt(Date.UTC(2026, 0, 4, 12))]]);
  });
});

describe("an incident", () => {
  const harbour = new TestRepository();
  const boom = Array.from({ length: 5 }, (_, i) => `export const boom${i} = lower(${i}, "gate");`);
  const february3 = Date.UTC(2026, 1, 3);
  let taken = "";
  let closed = "";
  const labelled = "forges: [{ kind: github, incident_labels: [outage] }]\n";
  const told = (rows: readonly RestatementRow[]) =>
    rows.map(({ cause, from, to, nanoUsd }) => [cause, from, to, Number(nanoUsd) / nanoUsdOfToken]);
  /** The closed store with what incidents tell; by parts and as a whole. */
  const incidentTold = async (exports: readonly string[], incidents: readonly object[]): Promise<string> => {
    const copy = scratch.next("copy");
    cpSync(closed, copy, { recursive: true });
    const [files, events] = [join(scratch.next("told"), "yard.jsonl"), join(scratch.next("told"), "incidents.json")];
    writeFileSync(files, exports.join("\n"));
    writeFileSync(events, JSON.stringify(incidents));
    await importInto(copy, { forges: { exports: [files], incidents: [events] } });
    const whole = scratch.next("whole");
    cpSync(copy, whole, { recursive: true });
    await openStore(whole).rebuild({ progress() {} });
    expect(differences(await dumpStore(whole), await dumpStore(copy))).toEqual([]);
    return copy;
  };

  beforeAll(async () => {
    harbour.git("remote", "add", "origin", "git@github.com:acme/yard.git");
    harbour.commit({ "README.md": "The yard.\n" }); // 2 January
    harbour.commit({ "boom.ts": file(boom) }, "Add the boom"); // 3 January
    for (let day = 4; day <= 9; day++) harbour.commit({}, "wait");
    taken = harbour.commit({ "boom.ts": null }, "Take the boom down"); // 10 January, noon
    for (let day = 11; day <= 30; day++) harbour.commit({}, "wait");
    const own = scratch.next("home");
    new HandTranscript("cccc0000-0000-4000-8000-000000000003", harbour.dir, "2026-01-03")
      .prompt("11:00:00", "Lower the boom.")
      .creates("11:01:00", 100, "c3", "boom.ts", boom)
      .saveIn(own);
    closed = await makeStore(scratch.next());
    writeFileSync(join(closed, "assay.yaml"), labelled);
    await importInto(closed, { home: own });
    await openStore(closed, () => february3).closePeriod({ period: "2026-01", timeZone: "UTC", again: false });
  }, 60_000);
  afterAll(() => harbour.remove());

  it("makes the removal that closes its issue a revert, restates the closed month, and tells what failed", async () => {
    expect(await fatesOf(closed)).toEqual({ removed: 100 });
    const change = pull(7, {
      state: "closed",
      merged_at: "2026-01-10T12:00:05Z",
      merge_commit_sha: taken,
      body: "Fixes #5",
      head: { ref: "x", sha: taken },
    });
    const issueTold = issue(5, "2026-01-09T18:00:00Z", ["Outage"], { state: "closed", closed_at: "2026-01-10T13:00:00Z" });
    const store = await incidentTold([change, issueTold], []);
    expect(await fatesOf(store)).toEqual({ reverted: 100 });
    const assay = openStore(store, () => february3);
    expect(told((await assay.restatement("2026-01")).restatements)).toEqual([["incident", "removed", "reverted", 100]]);
    const { repositories } = await assay.delivery({ asOf: null, days: 90 });
    expect(repositories[0]?.evidence.incidents).toBe(1);
    // Landing is a deployment here: 29 of them, and the last one before 9 January, 18:00 failed.
    expect(repositories[0]?.dora?.changeFailRate).toMatchObject({ count: 1, of: 29 });
    expect((await assay.delivery({ asOf: Date.UTC(2026, 0, 9, 17), days: 90 })).repositories[0]?.evidence.incidents).toBe(0); // watched for, none yet
  });

  it("of another tool names a commit as its answer, unless that landed before: then it may be the cause", async () => {
    const incident = (openedAt: string): object => ({
      incident: "Q1",
      opened_at: openedAt,
      resolved_at: "2026-01-11T08:00:00Z",
      ties: [{ kind: "commit", key: taken }],
    });
    expect(await fatesOf(await incidentTold([], [incident("2026-01-10T08:00:00Z")]))).toEqual({ reverted: 100 });
    expect(await fatesOf(await incidentTold([], [incident("2026-01-10T18:00:00Z")]))).toEqual({ removed: 100 });
  });
});
