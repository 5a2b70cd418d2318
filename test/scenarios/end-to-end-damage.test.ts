/** What an import says of input it could not use, and of a store somebody else has open. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { type Ran, runWith } from "../surfaces/fake-machine.ts";
import { Scratch, importInto, makeStore, openStore } from "./support/sample-store.ts";

const root = fileURLToPath(new URL("../..", import.meta.url));
const scratch = new Scratch();
const repositories: TestRepository[] = [];
afterEach(() => {
  for (const repository of repositories.splice(0)) repository.remove();
});
afterAll(() => scratch.remove());

const session = "0b5e1c9a-7f0d-4c3e-9a64-0d2f5c8b7e11";

/** A response as Claude Code logs it. */
function response(place: number, tokens: number): string {
  return JSON.stringify({
    parentUuid: null,
    isSidechain: false,
    userType: "external",
    cwd: "/nowhere/at/all",
    sessionId: session,
    version: "2.1.42",
    gitBranch: "main",
    type: "assistant",
    uuid: `00000000-0000-4000-8000-00000000000${place}`,
    timestamp: `2026-05-04T10:0${place}:00.000Z`,
    requestId: `req_${place}`,
    message: {
      id: `msg_${place}`,
      type: "message",
      role: "assistant",
      model: "claude-opus-4-6",
      content: [{ type: "text", text: "Done." }],
      stop_reason: "end_turn",
      usage: {
        input_tokens: 1,
        cache_creation_input_tokens: 0,
        cache_read_input_tokens: 0,
        output_tokens: tokens,
        service_tier: "standard",
      },
    },
  });
}

/** A home with one transcript of these lines. */
function homeOf(...lines: readonly string[]): string {
  const home = scratch.next("home");
  const project = join(home, ".claude", "projects", "-nowhere-at-all");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, `${session}.jsonl`), lines.map((line) => `${line}\n`).join(""));
  return home;
}

/** The command line on a real store. */
async function assayCli(...args: readonly string[]): Promise<Ran & { readonly store: string }> {
  const store = scratch.next();
  const machine = { openAssay: async ({ storeDir }: { storeDir: string }) => openStore(storeDir) };
  return { ...(await runWith(["import", "--store", store, "--json", ...args], { machine })), store };
}

const torn = (line: string): string => line.slice(0, line.indexOf('"usage"') + 30);

describe("input that is damaged", () => {
  it("ends with 3 when a record that carried tokens is torn, and counts what is left", async () => {
    const { code, out, store } = await assayCli("--home", homeOf(response(1, 100), torn(response(2, 2_000)), response(3, 40)));
    expect(code).toBe(3);
    const { lost, problems } = JSON.parse(out) as { lost: number; problems: { code: string; severity: string }[] };
    expect([lost, problems.map((problem) => `${problem.severity} ${problem.code}`)]).toEqual([1, ["lost torn_line"]]);
    const { usage, sources } = await openStore(store).audit({ asOf: null, links: false });
    expect(usage.map((row) => [row.usages, row.output])).toEqual([[2, 140]]);
    expect(sources.find(({ source }) => source === "claude-code")?.problems).toBe(1);
  });

  it("ends with 0 when a torn record carried nothing that counts, or the last one is still being written", async () => {
    const queue = JSON.stringify({
      type: "queue-operation",
      operation: "enqueue",
      timestamp: "2026-05-04T10:02:00.000Z",
      sessionId: session,
    });
    const whole = homeOf(response(1, 100), queue.slice(0, 40), response(3, 40));
    expect((await assayCli("--home", whole)).code).toBe(0);
    const growing = homeOf(response(1, 100));
    writeFileSync(
      join(growing, ".claude", "projects", "-nowhere-at-all", `${session}.jsonl`),
      `${response(1, 100)}\n${torn(response(2, 2_000))}`,
    );
    expect((await assayCli("--home", growing)).code).toBe(0);
  });

  it("tells of the damage once, and no more when nothing of it is new", async () => {
    const home = homeOf(response(1, 100), torn(response(2, 2_000)));
    const store = await makeStore(scratch.next());
    expect((await importInto(store, { home })).lost).toBe(1);
    expect((await importInto(store, { home })).lost).toBe(0);
    expect((await openStore(store).problems()).map(({ code }) => code)).toEqual(["torn_line"]);
  });
});

describe("input that is absent or not yet supported", () => {
  it("ends with 0 for a home without logs, a folder without a repository, and records of an unknown kind", async () => {
    const { code, out } = await assayCli(
      "--home",
      homeOf(response(1, 100), JSON.stringify({ type: "hologram", timestamp: "2026-05-04T10:02:00.000Z" })),
    );
    expect([code, (JSON.parse(out) as { lost: number }).lost]).toEqual([0, 0]);
    const empty = await assayCli("--home", scratch.next("home"), "--repo", scratch.next("folder"));
    expect(empty.code).toBe(0);
    expect((JSON.parse(empty.out) as { problems: { code: string }[] }).problems.map((problem) => problem.code)).toEqual(["no_repository"]);
  });

  it("ends with 0 for checkpoints whose transcripts are absent or of a format nobody knows", async () => {
    const repository = new TestRepository();
    repositories.push(repository);
    repository.commit({ "README.md": "harbour\n" });
    repository.git("checkout", "-q", "--orphan", "entire/checkpoints/v1");
    const about = (id: string): string =>
      JSON.stringify({ session_id: id, agent: "Gemini CLI", files_touched: ["README.md"], created_at: "2026-05-04T10:00:00Z" });
    repository.commit({
      "README.md": null,
      "ab/0123456789/0/metadata.json": about("first"),
      "ab/0123456789/0/full.jsonl": '{"hologram":"first"}\n',
      "cd/0123456789/0/metadata.json": about("second"),
      "ef/0123456789/0/metadata.json": about("third"),
      "ef/0123456789/0/full.jsonl": '{"sessionId":"third","messages":[]}\n',
    });
    const lacking = repository.git("rev-parse", "HEAD:ef/0123456789/0/full.jsonl");
    repository.git("checkout", "-q", "main");
    rmSync(join(repository.dir, ".git", "objects", lacking.slice(0, 2), lacking.slice(2)));
    const { code, out, store } = await assayCli("--no-home", "--repo", repository.dir);
    const { lost, problems } = JSON.parse(out) as { lost: number; problems: { code: string; severity: string }[] };
    expect([code, lost]).toEqual([0, 0]);
    expect(problems.map((problem) => `${problem.severity} ${problem.code}`).sort()).toEqual([
      "notice absent_blob",
      "notice checkpoint_without_transcript",
      "notice format_not_supported",
    ]);
    const { sources } = await openStore(store).audit({ asOf: null, links: false });
    expect(sources.find(({ source }) => source === "checkpoints")).toMatchObject({ absent: 1, sessionIds: 3, sessions: 3, usages: 0 });
  });
});

/** Opens the facts of a store in a process of its own and keeps them. */
async function hold(store: string): Promise<ChildProcess> {
  const script = `import { DuckDBInstance } from "@duckdb/node-api";
    globalThis.kept = await DuckDBInstance.create(process.argv[1]); process.stdout.write("held"); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script, join(store, "facts.duckdb")], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  await new Promise((resolve, reject) => {
    child.stdout?.once("data", resolve);
    child.once("exit", () => reject(new Error("the holder ended")));
  });
  return child;
}

describe("a store that another process has open", () => {
  it("is left alone: the second owner is told who has it and what to do", async () => {
    const store = await makeStore(scratch.next());
    const holder = await hold(store);
    try {
      const home = homeOf(response(1, 100));
      await expect(importInto(store, { home })).rejects.toMatchObject({ code: "store_busy" });
      const machine = { openAssay: async ({ storeDir }: { storeDir: string }) => openStore(storeDir) };
      const { code, err } = await runWith(["import", "--store", store, "--home", home], { machine });
      expect(code).toBe(2);
      expect(err).toContain(`PID ${holder.pid}`);
      expect(err).toContain("--store");
    } finally {
      const ended = new Promise((resolve) => holder.once("exit", resolve));
      holder.kill("SIGKILL");
      await ended;
    }
    expect((await importInto(store, { home: homeOf(response(1, 100)) })).newUsages).toBe(1);
  });
});
