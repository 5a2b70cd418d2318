import { execFileSync } from "node:child_process";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { UserError } from "../contract/errors.ts";
import type { ImportSummary } from "./assay.ts";
import { openAssay } from "./open-assay.ts";
import { watchStore } from "./watch.ts";

let scratch: string;
let home: string;
let repository: string;
let store: string;
beforeEach(() => {
  scratch = mkdtempSync(join(tmpdir(), "assay-watch-"));
  home = join(scratch, "home");
  repository = join(scratch, "repository");
  store = join(scratch, "store");
  mkdirSync(join(home, ".claude", "projects", "p"), { recursive: true });
  mkdirSync(repository);
  git("init", "-q", "-b", "main");
  commit("one");
  append("a", 1);
});
afterEach(() => rmSync(scratch, { recursive: true, force: true }));

const git = (...args: string[]): string => execFileSync("git", ["-C", repository, ...args], { encoding: "utf8" });
const commit = (message: string): string =>
  git("-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", message);

/** One more response in a transcript. */
function append(session: string, second: number): void {
  const record = {
    type: "assistant",
    sessionId: session,
    uuid: `${session}-${second}`,
    timestamp: new Date(Date.UTC(2026, 0, 5, 10, 0, second)).toISOString(),
    cwd: repository,
    version: "2.1.0",
    requestId: `req_${session}${second}`,
    message: {
      id: `msg_${session}${second}`,
      model: "claude-sonnet-4-5",
      role: "assistant",
      stop_reason: "end_turn",
      content: [{ type: "text", text: "done" }],
      usage: { input_tokens: 10, output_tokens: 5, cache_read_input_tokens: 0, cache_creation_input_tokens: 0 },
    },
  };
  appendFileSync(join(home, ".claude", "projects", "p", `${session}.jsonl`), `${JSON.stringify(record)}\n`);
}

const options = () => ({
  folder: store,
  configFile: null,
  isSample: false,
  version: "test",
  variables: { PATH: process.env["PATH"] },
  platform: process.platform,
  releaseMemory() {},
  now: () => 1,
});

/** Watches until `until` of what was seen is true; gives up after a minute. */
async function watchUntil(
  until: (seen: readonly ImportSummary[]) => boolean,
  { everyMs = 60_000, meanwhile }: { everyMs?: number; meanwhile?: (seen: number) => void } = {},
): Promise<readonly ImportSummary[]> {
  const seen: ImportSummary[] = [];
  const stop = new AbortController();
  const late = setTimeout(() => stop.abort(), 60_000);
  const onChange = (summary: ImportSummary): void => {
    seen.push(summary);
    if (until(seen)) stop.abort();
    else meanwhile?.(seen.length);
  };
  await openAssay(options()).watch({ repositories: [repository], home, everyMs, signal: stop.signal, onChange, onBusy() {} });
  clearTimeout(late);
  return seen;
}

describe("watching a store", () => {
  it("imports at once, then what is appended, what begins and what is committed, as it happens", async () => {
    const seen = await watchUntil((summaries) => summaries.length === 4, {
      meanwhile: (count) => {
        if (count === 1) append("a", 2);
        if (count === 2) append("b", 3);
        if (count === 3) commit("two");
      },
    });
    expect(seen.map(({ newUsages, newCommits }) => [newUsages, newCommits])).toEqual([
      [1, 1],
      [1, 0],
      [1, 0],
      [0, 1],
    ]);
  }, 90_000);

  it("looks by itself where nothing can be heard: a first transcript in a home that had none", async () => {
    rmSync(join(home, ".claude"), { recursive: true });
    const seen = await watchUntil((summaries) => summaries.length === 2, {
      everyMs: 200,
      meanwhile: () => {
        mkdirSync(join(home, ".claude", "projects", "p"), { recursive: true });
        append("a", 1);
      },
    });
    expect(seen.map(({ newUsages, newCommits }) => [newUsages, newCommits])).toEqual([
      [0, 1],
      [1, 0],
    ]);
  }, 90_000);

  it("opens no database while nothing is new", async () => {
    await watchUntil((summaries) => summaries.length === 1);
    // A store that cannot be opened, under the very stamp of the last import: whoever opens it fails.
    for (const name of ["facts.duckdb", "derived.duckdb"]) {
      const file = join(store, name);
      const { size } = statSync(file);
      writeFileSync(file, Buffer.alloc(size, 1), { flag: "r+" });
      utimesSync(file, 1_700_000_000, 1_700_000_000);
    }
    const { size, mtimeMs, ino } = statSync(join(store, "facts.duckdb"));
    const seenFile = join(store, "seen.json");
    writeFileSync(seenFile, JSON.stringify({ ...JSON.parse(readFileSync(seenFile, "utf8")), facts: `${size}:${mtimeMs}:${ino}` }));
    const looks: boolean[] = [];
    const stop = new AbortController();
    const assay = openAssay(options());
    const counted = {
      async import(asked: Parameters<typeof assay.import>[0]): Promise<ImportSummary> {
        const summary = await assay.import(asked);
        looks.push(summary.changed);
        if (looks.length === 3) stop.abort();
        return summary;
      },
    };
    const sought = { repositories: [repository], home, everyMs: 50, signal: stop.signal };
    await watchStore(counted, options(), { ...sought, onChange() {}, onBusy() {} });
    expect(looks).toEqual([false, false, false]);
  }, 90_000);

  it("waits for a store that is in use, and says so once", async () => {
    const said: string[] = [];
    let tries = 0;
    const stop = new AbortController();
    const empty = { filesSeen: 0, filesRead: 0, bytesRead: 0, newUsages: 0, repositories: 0, newCommits: 0, problems: [], lost: 0 };
    const assay = {
      async import(): Promise<ImportSummary> {
        if (++tries < 4) throw new UserError("store_busy", "The store is in use.", {});
        stop.abort();
        return { ...empty, changed: true };
      },
    };
    mkdirSync(store, { recursive: true });
    const sought = { repositories: [], home: null, everyMs: 20, signal: stop.signal };
    await watchStore(assay, options(), { ...sought, onChange() {}, onBusy: (error) => said.push(error.message) });
    expect([tries, said]).toEqual([4, ["The store is in use."]]);
  });

  it("survives an input that vanishes while it is read, and gives up when that goes on", async () => {
    let tries = 0;
    const assay = {
      async import(): Promise<ImportSummary> {
        tries++;
        throw Object.assign(new Error("gone"), { code: "ENOENT" });
      },
    };
    mkdirSync(store, { recursive: true });
    const sought = { repositories: [], home: null, everyMs: 20, signal: new AbortController().signal };
    await expect(watchStore(assay, options(), { ...sought, onChange() {}, onBusy() {} })).rejects.toThrow("gone");
    expect(tries).toBe(3);
  });
});
