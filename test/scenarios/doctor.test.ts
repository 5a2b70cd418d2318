/** A small store that is well, and every way in which `doctor` must not call it so. */
import { execFileSync, spawn } from "node:child_process";
import { chmodSync, cpSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import type { DoctorOptions } from "../../src/app/assay.ts";
import { checks } from "../../src/app/doctor/registry.ts";
import { doctor } from "../../src/app/doctor/doctor.ts";
import type { OpenAssayOptions } from "../../src/app/open-assay.ts";
import { fileStamp } from "../../src/app/seen.ts";
import type { DoctorCheck, DoctorReport } from "../../src/contract/doctor.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { Database } from "../../src/store/duckdb/database.ts";
import { HandTranscript } from "./support/hand-transcript.ts";
import { Scratch, importInto, makeStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const repository = new TestRepository();
const lines = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
const logName = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
const written = Date.parse("2026-01-03T12:00:00Z");
let home = "";
let well = "";
let log = "";

beforeAll(async () => {
  repository.commit({ "README.md": "The harbour.\n" });
  repository.commit({ "berths.ts": `${lines.join("\n")}\n` }, "Add berths"); // 3 January
  repository.commit({}, "wait");
  home = scratch.next("home");
  new HandTranscript(logName, repository.dir, "2026-01-03")
    .prompt("11:00:00", "Write the berths down.")
    .creates("11:01:00", 100, "c1", "berths.ts", lines)
    .saveIn(home);
  log = execFileSync("find", [home, "-name", "*.jsonl"], { encoding: "utf8" }).trim();
  utimesSync(log, written / 1000, written / 1000);
  well = await makeStore(scratch.next());
  chmodSync(well, 0o700);
  await importInto(well, { home });
}, 120_000);
afterAll(() => {
  repository.remove();
  scratch.remove();
});

/** A copy of the store to spoil. */
function copy(): string {
  const folder = scratch.next();
  cpSync(well, folder, { recursive: true, preserveTimestamps: true });
  chmodSync(folder, 0o700);
  return folder;
}

async function examine(folder: string, options: Partial<OpenAssayOptions> = {}, asked: Partial<DoctorOptions> = {}): Promise<DoctorReport> {
  return await doctor(
    {
      folder,
      configFile: null,
      isSample: false,
      version: "test",
      variables: { PATH: process.env["PATH"] },
      platform: "linux",
      releaseMemory() {},
      now: () => written,
      ...options,
    },
    { home, nodeVersion: "v20.19.0", freeBytes: async () => 1e12, ...asked },
  );
}

/** What the one check says that no longer says ok. */
const complaints = (report: DoctorReport): DoctorCheck[] => report.checks.filter(({ state }) => state !== "ok");
const stateOf = (report: DoctorReport, id: string): string | undefined => report.checks.find((check) => check.id === id)?.state;

async function spoil(folder: string, file: "facts" | "derived", sql: string): Promise<void> {
  const database = await Database.open(join(folder, `${file}.duckdb`));
  await database.run(sql);
  database.close();
}

it("finds a store that is well to be well, in every check", async () => {
  const report = await examine(copy());
  expect(complaints(report)).toEqual([]);
  expect(report.checks.map(({ id }) => id)).toEqual(checks.map(({ id }) => id));
  expect(report.notMade).toEqual([]);
});

it.each([
  ["facts_once", "failed", "facts", "INSERT INTO turn SELECT * FROM turn"],
  ["dictionary_ids", "failed", "facts", "UPDATE session SET cwd_id = 1000000"],
  ["dictionary_ids", "failed", "facts", "INSERT INTO dict SELECT max(id) + 2, 'after a gap' FROM dict"],
  ["dictionary_ids", "failed", "facts", "INSERT INTO dict SELECT max(id) + 1, 'claude-code' FROM dict"],
  ["repository_ids", "failed", "facts", "DELETE FROM repository"],
  ["repository_ids", "failed", "facts", "DELETE FROM commit WHERE commit_hash = (SELECT commit_hash FROM file_change LIMIT 1)"],
  ["clones_there", "warning", "facts", "UPDATE clone_state SET clone = '/nowhere/harbour'"],
  ["clones_whole", "warning", "facts", "UPDATE clone_state SET value = 'yes' WHERE name = 'shallow'"],
  ["derived_stands", "warning", "facts", "UPDATE meta SET value = '1000' WHERE name = 'revision'"],
  ["derived_stands", "warning", "derived", "UPDATE derived_state SET value = 'another' WHERE name = 'frame'"],
  ["ledger_whole", "failed", "derived", "UPDATE ledger SET list_nano_usd = list_nano_usd + 1"],
  ["ledger_whole", "failed", "derived", "DELETE FROM ledger"],
  ["fates_add_up", "failed", "derived", "INSERT INTO fate_now SELECT * FROM fate_now"],
  ["fates_add_up", "failed", "derived", "DELETE FROM fate_now"],
  ["fates_add_up", "failed", "derived", "UPDATE fate_now SET fate = 'vanished'"],
  ["usages_once", "failed", "derived", "UPDATE usage_d SET segment_id = 1000000"],
  ["usages_once", "failed", "derived", "INSERT INTO usage_d SELECT * FROM usage_d"],
  ["usages_once", "failed", "derived", "DELETE FROM charge"],
  ["segments_shared_out", "failed", "derived", "UPDATE strand SET weight_to = weight_to - 1"],
  ["horizon", "warning", "derived", "UPDATE repository_d SET horizon_ms = horizon_ms - 9 * 86400000"],
] as const)("%s ends as %s after a spoilt %s: %s", async (id, state, file, sql) => {
  const folder = copy();
  await spoil(folder, file, sql);
  const report = await examine(folder);
  expect(stateOf(report, id)).toBe(state);
  expect(complaints(report).every(({ advice }) => advice !== null && advice !== "")).toBe(true);
});

it("does not read derived tables of another version, and says which checks that leaves", async () => {
  const report = await examine(copy(), { version: "another" });
  expect(stateOf(report, "derived_stands")).toBe("warning");
  expect(report.notMade).toEqual(["ledger_whole", "fates_add_up", "usages_once", "segments_shared_out", "horizon"]);
});

it("says why a store does not open: none there, in use, of a newer version, no store at all", async () => {
  const opened = async (folder: string) => complaints(await examine(folder))[0];
  expect(await opened(scratch.next())).toMatchObject({ id: "facts_open", state: "warning" });

  const busy = copy();
  const program = `import { DuckDBInstance } from "@duckdb/node-api"; await DuckDBInstance.create(process.argv[1]).then((i) => i.connect()); process.stdout.write("open"); setInterval(() => {}, 1000);`;
  const owner = spawn(process.execPath, ["--input-type=module", "-e", program, join(busy, "facts.duckdb")]);
  await new Promise((resolve) => owner.stdout.once("data", resolve));
  const found = await opened(busy);
  owner.kill();
  expect(found).toMatchObject({ id: "facts_open", state: "warning" });
  expect(found?.sentence).toContain(`PID ${owner.pid}`);

  const newer = copy();
  await spoil(newer, "facts", "UPDATE meta SET value = '1000' WHERE name = 'schema_version'");
  expect(await opened(newer)).toMatchObject({ id: "facts_open", state: "failed" });

  const torn = copy();
  writeFileSync(join(torn, "facts.duckdb"), "no database");
  expect(await opened(torn)).toMatchObject({ id: "facts_open", state: "failed" });
});

it("fails on a configuration that is not valid, and on facts that it forbids", async () => {
  const folder = copy();
  writeFileSync(join(folder, "assay.yaml"), "stick_dais: 3\n");
  expect(stateOf(await examine(folder), "configuration")).toBe("failed");
  writeFileSync(join(folder, "assay.yaml"), `repositories:\n  deny: ["${repository.dir}"]\n`);
  expect(stateOf(await examine(folder), "nothing_denied")).toBe("failed");
  writeFileSync(join(folder, "assay.yaml"), 'repositories:\n  allow: ["/elsewhere/**"]\n');
  expect(stateOf(await examine(folder), "nothing_denied")).toBe("failed");
  writeFileSync(join(folder, "assay.yaml"), `repositories:\n  allow: ["${repository.dir}"]\n`);
  expect(stateOf(await examine(folder), "nothing_denied")).toBe("ok");
});

it("fails where seen.json calls something read that the store has not", async () => {
  const folder = copy();
  const path = join(folder, "seen.json");
  const seen = JSON.parse(readFileSync(path, "utf8")) as { facts: string | null; inputs: Record<string, Record<string, object>> };
  seen.facts = fileStamp(join(folder, "facts.duckdb"));
  writeFileSync(path, JSON.stringify(seen));
  expect(stateOf(await examine(folder), "seen_agrees")).toBe("ok");
  seen.inputs["claude-code"] = { ...seen.inputs["claude-code"], "/a/log.jsonl": { size: 1, mtimeMs: 1, identity: "1:1" } };
  writeFileSync(path, JSON.stringify(seen));
  expect(stateOf(await examine(folder), "seen_agrees")).toBe("failed");
  writeFileSync(path, "{ torn");
  expect(stateOf(await examine(folder), "seen_agrees")).toBe("warning");
});

it("looks at Node, git, the disk and who may read the store", async () => {
  const folder = copy();
  expect(stateOf(await examine(folder, {}, { nodeVersion: "v18.20.4" }), "node")).toBe("failed");
  expect(stateOf(await examine(folder, { variables: { PATH: "/nowhere" } }), "git")).toBe("failed");
  expect(stateOf(await examine(folder, {}, { freeBytes: async () => 1_000 }), "disk")).toBe("failed");
  expect(stateOf(await examine(folder, {}, { freeBytes: async () => 110 * 1024 * 1024 }), "disk")).toBe("warning");
  expect(stateOf(await examine(folder, {}, { freeBytes: async () => null }), "disk")).toBe("warning");
  chmodSync(folder, 0o755);
  expect(stateOf(await examine(folder), "permissions")).toBe("warning");
});

it("fails where git is too old", async () => {
  const bin = scratch.next("bin");
  writeFileSync(join(bin, "git"), "#!/bin/sh\necho git version 2.30.2\n", { mode: 0o755 });
  expect(stateOf(await examine(copy(), { variables: { PATH: bin } }), "git")).toBe("failed");
});

it("warns of logs that are not there, that are about to go unread, and that went unread", async () => {
  const folder = copy();
  const day = 86_400_000;
  expect(stateOf(await examine(folder, {}, { home: scratch.next("empty") }), "logs_found")).toBe("warning");

  const grown = scratch.next("home");
  cpSync(home, grown, { recursive: true, preserveTimestamps: true });
  const soon = await examine(folder, { now: () => written + 19 * day }, { home: grown });
  const late = await examine(folder, { now: () => written + 21 * day }, { home: grown });
  expect([stateOf(soon, "logs_read"), stateOf(late, "logs_read")]).toEqual(["ok", "warning"]);

  rmSync(join(grown, ".claude"), { recursive: true });
  new HandTranscript("6e0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c", repository.dir, "2026-02-03").prompt("11:00:00", "On.").saveIn(grown);
  execFileSync("find", [grown, "-name", "*.jsonl", "-exec", "touch", "-d", "2026-02-03T12:00:00Z", "{}", ";"]);
  const gap = (await examine(folder, {}, { home: grown })).checks.find(({ id }) => id === "logs_unbroken");
  expect(gap?.state).toBe("warning");
  expect(gap?.sentence).toContain("31 days");
});

it("warns of a copy that git fetches by parts", async () => {
  const folder = copy();
  repository.git("config", "remote.origin.promisor", "true");
  const report = await examine(folder);
  repository.git("config", "--unset", "remote.origin.promisor");
  expect(stateOf(report, "clones_whole")).toBe("warning");
});

it("calls a check that cannot be made failed", async () => {
  const folder = copy();
  await spoil(folder, "facts", "DROP TABLE turn");
  expect((await examine(folder)).checks.find(({ id }) => id === "facts_once")).toMatchObject({
    state: "failed",
    sentence: expect.stringContaining("could not be made"),
  });
});
