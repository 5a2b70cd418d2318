/** A repository that assay.yaml denies leaves nothing in the store but what its sessions cost. */
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { ImportSummary } from "../../src/app/assay.ts";
import { openDerived } from "../../src/store/derived-store.ts";
import { FactStore } from "../../src/store/store.ts";
import { type Sample, Scratch, importInto, makeSample } from "./support/sample-store.ts";

const scratch = new Scratch();
const store = scratch.next();
let sample: Sample;
let summary: ImportSummary;
let denied = "";
let kept = "";

beforeAll(async () => {
  sample = await makeSample(scratch.next("sample"));
  [kept = "", denied = ""] = Object.values(sample.repositories);
  writeFileSync(join(store, "assay.yaml"), `repositories:\n  deny: ["${denied}"]\n`);
  summary = await importInto(store, { home: sample.home, repositories: [denied] });
}, 240_000);
afterAll(() => scratch.remove());

it("stores no commit, no write, no ref and no path of it, and reads the other one whole", async () => {
  const facts = await FactStore.open(store, { readOnly: true });
  const hashes = execFileSync("git", ["-C", denied, "rev-list", "--all"], { encoding: "utf8" }).trim().split("\n");
  const commits = (await facts.database.all("SELECT commit_hash FROM commit")).map((row) => row["commit_hash"]);
  expect(commits.filter((hash) => hashes.includes(String(hash)))).toEqual([]);
  expect(commits.length).toBeGreaterThan(10);
  const texts = (await facts.database.all("SELECT text FROM dict")).map((row) => String(row["text"]));
  expect(texts.filter((text) => text.includes(denied))).toEqual([]);
  expect(texts.filter((text) => text.startsWith(kept)).length).toBeGreaterThan(0);
  for (const table of ["repository_alias", "ref_seen", "clone_state", "commit_mention", "problem"]) {
    const rows = await facts.database.all(`SELECT * FROM ${table}`);
    expect(JSON.stringify(rows, (_, cell: unknown) => (typeof cell === "bigint" ? String(cell) : cell))).not.toContain(denied);
  }
  const [writes] = await facts.database.all(
    "SELECT count(*)::INTEGER AS n FROM write WHERE session_id IN (SELECT session_id FROM session WHERE cwd_id IS NULL)",
  );
  expect(writes?.["n"]).toBe(0);
  facts.close();
  expect(readFileSync(join(store, "seen.json"), "utf8")).not.toContain(`"${denied}`);
});

it("counts every response of its sessions, as unlinked because the repository is unseen", async () => {
  const database = await openDerived(store);
  const [counts] = await database.all("SELECT count(*)::INTEGER AS n FROM usage_d");
  expect(counts?.["n"]).toBe(sample.truth.totals.usages);
  const reasons = await database.all(
    "SELECT DISTINCT t.unlinked_reason AS reason FROM strand t JOIN segment g USING (segment_id) JOIN session_d s USING (session_id) WHERE s.repository_id IS NULL",
  );
  expect(reasons.map((row) => row["reason"])).toContain("repository_unseen");
  database.close();
});

it("says so, without naming it", () => {
  const notices = summary.problems.filter(({ code }) => code === "repository_denied");
  expect(notices.length).toBeGreaterThan(1);
  expect(notices.every(({ severity }) => severity === "notice")).toBe(true);
  expect(JSON.stringify(notices)).not.toContain(denied);
});
