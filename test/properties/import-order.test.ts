/** The laws of an import: told twice, in any order, in any parts, a store holds the same facts and answers the same. */
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { FactStore } from "../../src/store/store.ts";
import {
  type Dump,
  type Sample,
  Scratch,
  differences,
  dumpStore,
  homeWith,
  importInto,
  makeSample,
  makeStore,
  openStore,
} from "../scenarios/support/sample-store.ts";

const scratch = new Scratch();
let sample: Sample;
/** A quarter of the sample's sessions: enough for forks, sub-agents and both repositories. */
let home: string;
let harbour: string;
let tide: string;
let whole: Dump;

beforeAll(async () => {
  sample = await makeSample(scratch.next("sample"));
  home = homeWith(scratch, sample, (_, place) => place % 4 === 0);
  harbour = sample.repositories["harbour"] as string;
  tide = sample.repositories["tide"] as string;
  noteAuthors(harbour);
  const store = await makeStore(scratch.next());
  await importInto(store, { home });
  whole = await dumpStore(store);
}, 120_000);
afterAll(() => scratch.remove());

/** Puts a copy of every transcript of the home into another one, cut to what `cutAt` says of its content. */
function writeCut(target: string, cutAt: (content: Buffer, name: string) => number): void {
  for (const name of readdirSync(home, { recursive: true, encoding: "utf8" }).filter((entry) => entry.endsWith(".jsonl"))) {
    const content = readFileSync(join(home, name));
    const end = cutAt(content, name);
    if (end === 0) continue;
    mkdirSync(dirname(join(target, name)), { recursive: true });
    writeFileSync(join(target, name), content.subarray(0, end));
  }
}

const git = (folder: string, args: readonly string[], input = ""): string =>
  execFileSync("git", ["-C", folder, ...args], { input, encoding: "utf8" });

/** Notes on twenty commits: of a session of the home, of one nobody has, of a person; claiming more than was added. */
function noteAuthors(folder: string): void {
  const session = readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => /\/[0-9a-f-]{36}\.jsonl$/.test(name))
    .sort()
    .map((name) => basename(name, ".jsonl"))[0] as string;
  const known = createHash("sha256").update(`claude:${session}`).digest("hex").slice(0, 14);
  const commits = git(folder, ["log", "--no-merges", "-20", "--format=%H"]).trim().split("\n");
  commits.forEach((commit, place) => {
    const [path] = git(folder, ["diff-tree", "--no-commit-id", "--name-only", "-r", "--root", commit]).trim().split("\n");
    const key = [`s_${known}::t_1`, "s_0123456789abcd::t_1", "h_0123456789abcd"][place % 3];
    const note = `${path}\n  ${key} 1-400\n  abcdef0 ${place + 1}\n---\n{"schema_version":"authorship/3.0.0"}`;
    git(folder, ["-c", "user.name=a", "-c", "user.email=a@example.org", "notes", "--ref=refs/notes/ai", "add", "-F", "-", commit], note);
  });
}

interface Ref {
  readonly name: string;
  readonly commit: string;
}

function readRefs(folder: string): Ref[] {
  const lines = git(folder, ["for-each-ref", "--format=%(refname) %(objectname)"]).trim().split("\n");
  return lines.map((line): Ref => ({ name: line.split(" ")[0] as string, commit: line.split(" ")[1] as string }));
}

/** Takes a repository back to what it was `commits` first-parent commits ago: refs that were made since are gone. */
function takeBack(folder: string, commits: number): void {
  const tip = git(folder, ["rev-parse", `main~${commits}`]).trim();
  const kept = new Set(
    git(folder, ["for-each-ref", "--format=%(refname)", `--merged=${tip}`])
      .trim()
      .split("\n"),
  );
  const gone = readRefs(folder).filter(({ name }) => name !== "refs/heads/main" && !kept.has(name));
  git(folder, ["update-ref", "--stdin"], [...gone.map(({ name }) => `delete ${name}`), `update refs/heads/main ${tip}`, ""].join("\n"));
}

const restore = (folder: string, refs: readonly Ref[]): string =>
  git(folder, ["update-ref", "--stdin"], refs.map(({ name, commit }) => `update ${name} ${commit}\n`).join(""));

describe("an import", () => {
  it("reads something of both repositories and of every fourth session", () => {
    expect(whole.facts.filter((line) => line.startsWith("commit|")).length).toBeGreaterThan(200);
    expect(whole.derived.filter((line) => line.startsWith("session_d|")).length).toBeGreaterThan(30);
    expect(whole.derived.filter((line) => line.startsWith("commit_link|")).length).toBeGreaterThan(30);
    expect(whole.facts.filter((line) => line.startsWith("authorship_note|"))).toHaveLength(20);
    for (const told of ["author_kind=person", "noted_lines", "note_over_claim"])
      expect(
        whole.derived.some((line) => line.includes(told)),
        told,
      ).toBe(true);
  });

  it("changes nothing when it is repeated", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { home });
    const again = await importInto(store, { home });
    expect([again.changed, again.filesRead, again.bytesRead, again.newUsages, again.newCommits]).toEqual([false, 0, 0, 0, 0]);
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("gives the same store when repositories come before transcripts, one by one", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { repositories: [harbour] });
    await importInto(store, { repositories: [tide] });
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("gives the same store when half of the transcripts come after the repositories", async () => {
    const store = await makeStore(scratch.next());
    const half = homeWith(scratch, sample, (_, place) => place % 8 === 4);
    await importInto(store, { home: half, repositories: [harbour] });
    await importInto(store, { repositories: [harbour, tide] });
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("gives the same store when transcripts grow, at the end of a record or in the midst of one", async () => {
    const growing = scratch.next("home");
    const store = await makeStore(scratch.next());
    const endOfRecord = (content: Buffer, share: number): number => content.indexOf(10, Math.floor(content.length * share)) + 1;
    const shareOf = (name: string): number => (createHash("sha1").update(name).digest()[0] as number) / 256;
    // Some files are not there yet at first, some are whole.
    writeCut(growing, (content, name) => (shareOf(name) < 0.2 ? 0 : endOfRecord(content, shareOf(name) - 0.2)));
    await importInto(store, { home: growing, repositories: [harbour] });
    writeCut(growing, (content, name) => Math.max(endOfRecord(content, shareOf(name) - 0.2), Math.floor(content.length * shareOf(name))));
    await importInto(store, { home: growing });
    writeCut(growing, (content) => content.length);
    await importInto(store, { home: growing });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("gives the same store when the repositories grow between two imports", async () => {
    const store = await makeStore(scratch.next());
    const before = new Map([harbour, tide].map((folder) => [folder, readRefs(folder)]));
    try {
      takeBack(harbour, 40);
      takeBack(tide, 25);
      await importInto(store, { repositories: [harbour, tide] });
      expect(differences(whole, await dumpStore(store))).not.toEqual([]);
    } finally {
      for (const [folder, refs] of before) restore(folder, refs);
    }
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("is finished by the next one when it was stopped half way", async () => {
    const store = await makeStore(scratch.next());
    for (const steps of [20, 45]) {
      const stop = new AbortController();
      let taken = 0;
      await importInto(store, { home, signal: stop.signal, progress: () => void (++taken === steps && stop.abort()) });
    }
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });
});

describe("a store whose lines were read with older features", () => {
  it("has its repositories read anew, and the newer lines count", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { repositories: [tide] });
    const before = await dumpStore(store);
    const facts = await FactStore.open(store);
    await facts.database.run("UPDATE file_change SET feature_version = 1, lines = from_hex('FFFFFFFF') WHERE lines IS NOT NULL");
    await facts.database.run("DELETE FROM clone_state WHERE name = 'features'");
    await facts.database.run("UPDATE clone_state SET value = 'of an older version' WHERE name = 'refsDigest'");
    facts.close();
    rmSync(join(store, "seen.json"));
    await importInto(store, { repositories: [tide] });
    expect(differences(before, await dumpStore(store))).toEqual([]);
  });
});

describe("a rebuild", () => {
  it("gives what the import derived", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { home });
    await openStore(store).rebuild({ progress() {} });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });
});

describe("the order of repositories", () => {
  it("does not matter: numbers and all that rests on them are the same whichever came first", async () => {
    const dumps: Dump[] = [];
    for (const order of [
      [harbour, tide],
      [tide, harbour],
    ]) {
      const store = await makeStore(scratch.next());
      for (const folder of order) await importInto(store, { repositories: [folder] });
      await importInto(store, { home });
      dumps.push(await dumpStore(store));
    }
    expect(differences(dumps[0] as Dump, dumps[1] as Dump)).toEqual([]);
  });
});

describe("a folder without a repository", () => {
  it("is said to be one each time, and found when it has become one", async () => {
    const folder = scratch.next("folder");
    const store = await makeStore(scratch.next());
    const codes = async (): Promise<string[]> => (await importInto(store, { repositories: [folder] })).problems.map(({ code }) => code);
    expect(await codes()).toEqual(["no_repository"]);
    expect(await codes()).toEqual(["no_repository"]);
    git(folder, ["init", "-q", "-b", "main"]);
    git(folder, ["-c", "user.name=a", "-c", "user.email=a@example.org", "commit", "-q", "--allow-empty", "-m", "one"]);
    expect((await importInto(store, { repositories: [folder] })).repositories).toBe(1);
  });
});
