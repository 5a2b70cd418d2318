/** Reviews a forge told of, through the whole program: not observed, then nothing, then what answering them cost. */
import { cpSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { openServed } from "../../src/app/served-assay.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { HandTranscript, call } from "./support/hand-transcript.ts";
import { Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const sails = Array.from({ length: 4 }, (_, i) => `export const sail${i} = hoist(${i}, "jib");`);
const rigging = Array.from({ length: 5 }, (_, i) => `export const stay${i} = tighten(${i}, "main");`);
const file = (lines: readonly string[]): string => `${lines.join("\n")}\n`;
const pullUrl = "https://api.github.com/repos/acme/yard/pulls/8";
let home = "";
let store = "";
let head = "";

beforeAll(async () => {
  repository.git("remote", "add", "origin", "git@github.com:acme/yard.git");
  repository.commit({ "README.md": "The yard.\n" }); // 2 January, noon, and so on
  repository.git("checkout", "-q", "-b", "sails");
  repository.commit({ "sails.ts": file(sails) }, "Add sails"); // 3 January
  head = repository.commit({ "rigging.ts": file(rigging) }, "Tighten what holds them"); // 4 January
  repository.git("checkout", "-q", "main");
  repository.git("merge", "-q", "--no-ff", "-m", "Merge pull request #8 from acme/sails", "sails");
  for (let day = 5; day <= 30; day++) repository.commit({}, "wait"); // the horizon: 30 January
  home = scratch.next("home");
  new HandTranscript("7e0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5d", repository.dir, "2026-01-03")
    .prompt("11:00:00", "Hoist the sails.")
    .creates("11:01:00", 100, "c1", "sails.ts", sails)
    .saveIn(home);
  new HandTranscript("8f1d7d2f-63b8-4c9f-9d4a-8a2a3e4b5c6e", repository.dir, "2026-01-04")
    .prompt("11:00:00", "The review wants them tighter.")
    .creates("11:01:00", 60, "c2", "rigging.ts", rigging)
    .saveIn(home);
  store = await makeStore(scratch.next());
  await importInto(store, { home });
}, 60_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

/** Dollars of the fate in the ledger and as a measure, as of an instant; the ledger is whole each time. */
async function reviewSpend(asOf: string | null = null): Promise<{ readonly ledger: string | null; readonly measure: unknown }> {
  const assay = openStore(store);
  const at = { asOf: asOf === null ? null : Date.parse(asOf) };
  const { ledger } = await assay.audit({ links: false, ...at });
  expect(ledger.residualNanoUsd).toBe("0");
  const { rows } = await assay.query({ measures: ["spend"], where: [{ dimension: "fate", values: ["review"] }] }, at);
  return { ledger: ledger.fates.review ?? null, measure: rows[0]?.["spend"] };
}

async function tell(name: string, objects: readonly object[]): Promise<void> {
  const path = join(scratch.folder, name);
  writeFileSync(path, objects.map((object) => JSON.stringify(object)).join("\n"));
  expect(await importInto(store, { home, forges: { exports: [path] } })).toMatchObject({ changed: true, problems: [] });
}

it("is not observed without a forge", async () => {
  expect(await reviewSpend()).toEqual({ ledger: null, measure: null });
  expect((await openStore(store).explain("review", { asOf: null })).sentences.join(" ")).toContain("Not observed");
});

it("is 0 once a forge told, and nobody reviewed", async () => {
  const landed = { state: "closed", merged_at: "2026-01-04T12:00:00Z", merge_commit_sha: repository.git("rev-parse", "main~26") };
  const times = { created_at: "2026-01-03T12:30:00Z", updated_at: "2026-01-04T12:00:00Z", closed_at: "2026-01-04T12:00:00Z" };
  const user = { login: "ada", type: "User" };
  await tell("pull.jsonl", [
    {
      url: pullUrl,
      number: 8,
      title: "Sails",
      body: null,
      draft: false,
      user,
      labels: [],
      head: { ref: "sails", sha: head },
      ...landed,
      ...times,
    },
  ]);
  expect(await reviewSpend()).toEqual({ ledger: "0", measure: "0" });
});

it("is what was written after changes were asked for, known from the commit on", async () => {
  const asked = { id: 1, pull_request_url: pullUrl, state: "CHANGES_REQUESTED", submitted_at: "2026-01-03T18:00:00Z", commit_id: null };
  await tell("review.jsonl", [{ ...asked, user: { login: "bea", type: "User" } }]);
  const { ledger, measure } = await reviewSpend();
  const { rows } = await openStore(store).query({ measures: ["spend"], by: ["session"] }, { asOf: null });
  const answering = rows.find((row) => String(row["session"]).startsWith("8f1d7d2f"));
  expect(Number(ledger)).toBeGreaterThan(0);
  expect({ ledger, measure }).toEqual({ ledger: answering?.["spend"], measure: answering?.["spend"] });
  expect(await reviewSpend("2026-01-04T11:59:59Z")).toEqual({ ledger: "0", measure: "0" });
  expect(await reviewSpend("2026-01-04T12:00:00Z")).toEqual({ ledger, measure });
  const { strands } = await openStore(store).explain("review", { asOf: null });
  expect(strands.map(({ sentence }) => sentence)).toEqual(["Landed on 4 Jan 2026 in #8, answering a review."]);
});

/** A session in which `gh` says a word on the change at the top of an hour of 4 January. */
function reviewing(session: string, hour: string): void {
  new HandTranscript(session, repository.dir, "2026-01-04")
    .prompt(`${hour}:00:00`, "Say what you think of #8.")
    .response(`${hour}:00:06`, 40, call(`r${hour}`, "Bash", { command: "gh pr review 8 --comment --body fine" }))
    .result(`${hour}:00:08`, `r${hour}`, "ok", { stdout: "", stderr: "", interrupted: false })
    .saveIn(home);
}

it("is what it cost to review another's change, whether the session or its forge told first", async () => {
  const before = Number((await reviewSpend()).ledger);
  reviewing("9a2e8e30-74c9-4da0-8e5b-9b3b4f5c6d7f", "13");
  await importInto(store, { home });
  expect(Number((await reviewSpend()).ledger)).toBe(before);
  const word = { pull_request_url: pullUrl, state: "COMMENTED", commit_id: null, user: { login: "cyd", type: "User" } };
  await tell("words.jsonl", [
    { ...word, id: 2, submitted_at: "2026-01-04T13:00:07Z" },
    { ...word, id: 3, submitted_at: "2026-01-04T14:00:07Z" },
  ]);
  const one = Number((await reviewSpend()).ledger) - before;
  expect(one).toBeGreaterThan(0);
  await expectWhole();
  reviewing("ab3f9f41-85da-4eb1-9f6c-ac4c5a6d7e80", "14");
  await importInto(store, { home });
  expect(Number((await reviewSpend()).ledger)).toBe(before + 2 * one);
});

it("tells of the change how it came to land: what was said after it landed is in no figure", async () => {
  const { review } = await openStore(store).showChange("#8", { asOf: null });
  expect(review).toEqual({
    path: "reviewed",
    readyAt: "2026-01-03T12:30:00.000Z",
    firstReviewAt: "2026-01-03T18:00:00.000Z",
    approvedAt: null,
    rounds: 1,
    requests: 1,
  });
  const { rows } = await openStore(store).query({ measures: ["changes_landed"], by: ["review_path"] }, { asOf: null });
  expect(rows.find(({ review_path: path }) => path === "reviewed")).toEqual({ review_path: "reviewed", changes_landed: 1 });
  const options = { folder: store, configFile: null, isSample: false, version: "test", variables: {}, platform: "linux" } as const;
  const served = openServed({ ...options, releaseMemory() {}, now: () => 1 }, { timeMs: 10_000, rows: 100 });
  const listed = await served.listChanges({ limit: 100, sort: "landed" });
  await served.close();
  expect(listed.rows.filter(({ reviewPath }) => reviewPath !== null)).toMatchObject([
    { change: "#8", reviewPath: "reviewed", reviewRounds: 1 },
  ]);
  const delivery = await openStore(store).delivery({ asOf: null, days: 30 });
  expect(delivery.repositories[0]?.review).toMatchObject({ told: 1, reviewed: 1, ofBots: 0, reviewedShare: null });
});

it("derives by parts what a rebuild derives", async () => {
  await expectWhole();
});

async function expectWhole(): Promise<void> {
  const copy = scratch.next("copy");
  cpSync(store, copy, { recursive: true });
  await openStore(copy).rebuild({ progress() {} });
  expect(differences(await dumpStore(copy), await dumpStore(store))).toEqual([]);
}
