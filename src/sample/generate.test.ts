import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { generateSample, type SampleResult } from "./generate.ts";
import type { Counts } from "./transcript.ts";
import { readTruth, type SampleTruth, type TruthLine } from "./truth.ts";

interface Sample extends SampleResult {
  readonly truth: SampleTruth;
}

async function make(folder: string, seed: number): Promise<Sample> {
  const result = await generateSample({ directory: folderOf(folder), seed });
  return { ...result, truth: await readTruth(result.truthFile ?? "") };
}

const scratch = mkdtempSync(join(tmpdir(), "assay-sample-"));
const folderOf = (name: string): string => join(scratch, name);
/** 3 s alone on two cores; runners share theirs. */
const makingMs = 60_000;
let sample: Sample;

beforeAll(async () => {
  sample = await make("one", 7);
}, makingMs);
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const git = (folder: string, ...args: string[]): string =>
  execFileSync("git", ["-C", folder, ...args], { encoding: "utf8", maxBuffer: 1 << 28, stdio: ["ignore", "pipe", "pipe"] });

function transcripts(home: string): Map<string, string> {
  const projects = join(home, ".claude", "projects");
  const files = (readdirSync(projects, { recursive: true }) as string[]).filter((file) => file.endsWith(".jsonl")).sort();
  return new Map(files.map((file) => [file, readFileSync(join(projects, file), "utf8")]));
}

const tellingLength = 14;

describe("a sample made twice", () => {
  let other: Sample;
  beforeAll(async () => {
    other = await make("another folder", 7);
  }, makingMs);

  it("has the same truth, byte for byte, in another folder", () => {
    expect(readFileSync(other.truthFile ?? "", "utf8")).toBe(readFileSync(sample.truthFile ?? "", "utf8"));
  });

  it("has the same refs in git", () => {
    for (const [index, { folder }] of sample.repositories.entries()) {
      expect(git(other.repositories[index]?.folder ?? "", "for-each-ref")).toBe(git(folder, "for-each-ref"));
    }
  });

  it("has the same transcripts but for the folder they name", () => {
    const neutral = (home: string, folder: string): string[] => {
      const slug = folder.replace(/[^a-zA-Z0-9]/g, "-");
      return [...transcripts(home)].map(
        ([file, text]) => `${file.replace(slug, "")}\n${text.replaceAll(JSON.stringify(folder).slice(1, -1), "")}`,
      );
    };
    expect(neutral(other.home, folderOf("another folder")).join("")).toBe(neutral(sample.home, folderOf("one")).join(""));
  });

  it("has another history under another seed", async () => {
    const { truth } = await make("other seed", 8);
    expect(truth.repositories[0]?.tip).not.toBe(sample.truth.repositories[0]?.tip);
  });
});

describe("a folder", () => {
  it("that holds the same sample is used again", async () => {
    const file = join(sample.repositories[0]?.gitDir ?? "", "HEAD");
    const before = statSync(file).mtimeMs;
    await generateSample({ directory: folderOf("one"), seed: 7 });
    expect(statSync(file).mtimeMs).toBe(before);
  });

  it("that holds half a sample gets a whole one, and nothing else in it is touched", async () => {
    const folder = folderOf("half");
    mkdirSync(join(folder, "home", "left over"), { recursive: true });
    writeFileSync(join(folder, "sample.json"), "{}");
    writeFileSync(join(folder, "mine.txt"), "mine");
    const result = await generateSample({ directory: folder, seed: 7, truth: false });
    expect(result.truthFile).toBeNull();
    expect(readdirSync(folder).sort()).toEqual(["home", "mine.txt", "repos", "sample.json"]);
    expect(readdirSync(join(folder, "home"))).toEqual([".claude"]);
  });

  it("that holds something else is refused", async () => {
    mkdirSync(join(folderOf("taken"), "repos"), { recursive: true });
    await expect(generateSample({ directory: folderOf("taken"), seed: 7 })).rejects.toMatchObject({ code: "sample_folder_taken" });
  });
});

describe("the repositories", () => {
  it("pass git fsck and have a clean work tree on main", () => {
    for (const { folder } of sample.repositories) {
      expect(git(folder, "fsck", "--strict", "--no-dangling")).toBe("");
      expect(git(folder, "status", "--porcelain")).toBe("");
      expect(git(folder, "rev-parse", "--abbrev-ref", "HEAD").trim()).toBe("main");
    }
  });

  it("hold exactly the commits the truth names", () => {
    for (const [index, { folder }] of sample.repositories.entries()) {
      const told = sample.truth.repositories[index]?.commits ?? [];
      const onDefault = git(folder, "rev-list", "main").trim().split("\n");
      const chain = git(folder, "rev-list", "--first-parent", "main").trim().split("\n");
      expect(new Set(told.filter((commit) => commit.onDefault).map((commit) => commit.hash))).toEqual(new Set(onDefault));
      expect(new Set(told.filter((commit) => commit.onChain).map((commit) => commit.hash))).toEqual(new Set(chain));
      const kept = new Set(git(folder, "rev-list", "--all").trim().split("\n"));
      for (const pull of sample.truth.repositories[index]?.pulls ?? []) expect(kept).toContain(pull.head);
    }
  });

  it("land by merge commits in one and squashed in the other, with releases, reverts and pull heads", () => {
    const [harbour, tide] = sample.repositories.map(({ folder }) => git(folder, "log", "--first-parent", "--format=%s%n%b", "main"));
    expect(harbour).toMatch(/^Merge pull request #\d+ from saltmarsh\//m);
    expect(tide).toMatch(/ \(#\d+\)$/m);
    expect(tide).not.toMatch(/^Merge pull request/m);
    expect(tide).toMatch(/^This reverts commit [0-9a-f]{40}\.$/m);
    for (const { folder } of sample.repositories) {
      expect(git(folder, "tag").trim().split("\n").length).toBeGreaterThanOrEqual(10);
      expect(git(folder, "for-each-ref", "refs/pull").trim().split("\n").length).toBeGreaterThanOrEqual(30);
    }
  });

  it("are blamed as the truth says, line by line", () => {
    const wrong: string[] = [];
    let telling = 0;
    let silent = 0;
    let silentWrong = 0;
    for (const { folder, name } of sample.repositories) {
      const truth = livingByPath(name);
      for (const path of git(folder, "ls-files").trim().split("\n")) {
        const told = truth.get(path) ?? [];
        const blamed = blame(folder, path);
        expect(blamed.length).toBe(told.length);
        const left = new Map<string, number>();
        for (const row of told) bump(left, `${row.blame} ${row.livingTextSha256}`, 1);
        for (const { commit, text } of blamed) {
          const found = (left.get(`${commit} ${sha256(text)}`) ?? 0) > 0;
          bump(left, `${commit} ${sha256(text)}`, -1);
          if (text.length < tellingLength) {
            silent++;
            if (!found) silentWrong++;
          } else {
            telling++;
            if (!found) wrong.push(`${name} ${path}: ${text}`);
          }
        }
      }
    }
    expect(wrong).toEqual([]);
    expect(telling).toBeGreaterThan(5_000);
    expect(silentWrong / silent).toBeLessThan(0.05); // blanks and braces: git may pick a neighbour
  });
});

function livingByPath(repository: string): Map<string, TruthLine[]> {
  const living = new Map<string, TruthLine[]>();
  for (const row of sample.truth.lines) {
    if (row.repository !== repository || row.side !== "added" || row.blame === null || row.restores) continue;
    living.set(row.path, [...(living.get(row.path) ?? []), row]);
  }
  return living;
}

function blame(folder: string, path: string): { commit: string; text: string }[] {
  const found: { commit: string; text: string }[] = [];
  let commit = "";
  for (const row of git(folder, "blame", "--line-porcelain", "main", "--", path).split("\n")) {
    const head = /^([0-9a-f]{40}) \d+ \d+/.exec(row);
    if (head !== null) commit = head[1] ?? "";
    else if (row.startsWith("\t")) found.push({ commit, text: row.slice(1) });
  }
  return found;
}

/** Many lines are asked for twice. */
const knownHashes = new Map<string, string>();
function sha256(text: string): string {
  const hash = knownHashes.get(text) ?? createHash("sha256").update(text).digest("hex");
  knownHashes.set(text, hash);
  return hash;
}

function bump(counts: Map<string, number>, key: string, by: number): void {
  counts.set(key, (counts.get(key) ?? 0) + by);
}

describe("the truth", () => {
  it("gives each changed line one addition and at most one fate, and knows its commits", () => {
    const hashes = new Set(sample.truth.repositories.flatMap((repository) => repository.commits.map((commit) => commit.hash)));
    const added = new Set<number>();
    const wrong: [string, TruthLine][] = [];
    for (const row of sample.truth.lines) {
      const isFirst = row.side === "added" && !row.restores;
      if (isFirst && added.has(row.line)) wrong.push(["added twice", row]);
      if (isFirst) added.add(row.line);
      // What persons wrote in the repository that is nowhere is not told.
      if (row.side === "removed" && !added.has(row.line) && row.repository !== "quay-infra")
        wrong.push(["removed before it was added", row]);
      const named = [row.commit, row.landedCommit, row.diedCommit, row.killer, row.blame];
      if (named.some((hash) => hash !== null && !hashes.has(hash))) wrong.push(["unknown commit", row]);
      if (row.author === "person" && row.fate !== null) wrong.push(["a person's line with a fate", row]);
      const free = row.reason === "draft" || row.reason === "removes_unlanded";
      if (row.witness === "logged" && (row.fate === null) !== free) wrong.push(["without a fate", row]);
    }
    expect(wrong).toEqual([]);
  });

  it("has lines of every fate, most of them bought", () => {
    const { fates } = sample.truth;
    const all = Object.values(fates).reduce((sum, n) => sum + n, 0);
    const shares = Object.fromEntries(Object.entries(fates).map(([fate, n]) => [fate, n / all]));
    expect(Object.keys(shares).sort()).toEqual([
      "abandoned",
      "in_flight",
      "maturing",
      "removed",
      "reverted",
      "rework",
      "stuck",
      "superseded",
      "unlinked",
    ]);
    expect(shares.stuck).toBeGreaterThan(0.35);
    for (const share of Object.values(shares)) expect(share).toBeGreaterThan(0.01);
    expect(sample.truth.sessions.some((session) => session.end === "no_artefact")).toBe(true);
  });

  it("keeps away from the borders of its own rules", () => {
    const dayMs = 86_400_000;
    const near = ({ landedAt, diedAt }: TruthLine): boolean =>
      landedAt !== null && diedAt !== null && Math.abs((diedAt - landedAt) / dayMs - 21) < 1;
    expect(sample.truth.lines.filter(near)).toEqual([]);
  });

  it("agrees with the dates of the commits it names", () => {
    const at = new Map(
      sample.truth.repositories.flatMap((repository) => repository.commits.map((commit) => [commit.hash, commit.commitAt])),
    );
    const wrong = sample.truth.lines.filter(
      (row) => row.landedCommit !== null && !row.restores && (row.landedAt !== at.get(row.landedCommit) || row.at > row.landedAt),
    );
    expect(wrong).toEqual([]);
  });
});

describe("the transcripts", () => {
  it("add up to the truth: of each message id the maximum of every count, counted once", () => {
    const most = new Map<string, Counts>();
    const sessions = new Set<string>();
    for (const record of records()) {
      if (typeof record.sessionId === "string") sessions.add(record.sessionId);
      const message =
        record.type === "assistant" ? record.message : record.data?.message?.type === "assistant" ? record.data.message.message : undefined;
      if (message?.usage === undefined || message.model === "<synthetic>") continue;
      const { usage } = message;
      const before = most.get(message.id) ?? { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
      most.set(message.id, {
        input: Math.max(before.input, usage.input_tokens),
        cacheRead: Math.max(before.cacheRead, usage.cache_read_input_tokens),
        cacheWrite5m: Math.max(before.cacheWrite5m, usage.cache_creation.ephemeral_5m_input_tokens),
        cacheWrite1h: Math.max(before.cacheWrite1h, usage.cache_creation.ephemeral_1h_input_tokens),
        output: Math.max(before.output, usage.output_tokens),
      });
    }
    const total = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };
    for (const counts of most.values()) for (const name of Object.keys(total) as (keyof Counts)[]) total[name] += counts[name];
    expect(total).toEqual(sample.truth.totals.counts);
    expect(most.size).toBe(sample.truth.totals.usages);
    expect(sessions.size).toBe(sample.truth.totals.sessions);
  });

  it("print short hashes of which some are gone, and name pull requests", () => {
    const hashes = new Set(sample.truth.repositories.flatMap((repository) => repository.commits.map((commit) => commit.hash.slice(0, 7))));
    const printed = records().flatMap((record) => /^\[\S+ ([0-9a-f]{7})\] /.exec(record.toolUseResult?.stdout ?? "")?.[1] ?? []);
    const gone = printed.filter((hash) => !hashes.has(hash));
    expect(printed.length).toBeGreaterThan(50);
    expect(gone.length).toBeGreaterThan(3);
    expect(gone.length / printed.length).toBeLessThan(0.4);
    expect(records().filter((record) => record.type === "pr-link").length).toBeGreaterThan(20);
  });

  it("log every line of the truth that has a call, in the order the truth says", () => {
    const logged = new Map<string, string[]>();
    for (const { lines, callId, path } of loggedWrites()) logged.set(`${callId} ${path}`, lines);
    const wrong = sample.truth.lines.filter((row) => {
      const lines = logged.get(`${row.callId} ${row.path}`);
      if (row.witness !== "logged" || lines === undefined) return false;
      // Patches show a tab at the start of a line as two blanks.
      const tabs = (blanks: string): string => (row.path.endsWith(".go") ? "\t".repeat(blanks.length / 2) : blanks);
      return sha256((lines[row.order] ?? "none").replace(/^( {2})+/, tabs)) !== row.textSha256;
    });
    expect(wrong).toEqual([]);
    expect(logged.size).toBeGreaterThan(500);
  });
});

interface LooseRecord {
  type?: string;
  sessionId?: string;
  message?: { id: string; model: string; usage?: LooseUsage; content?: { tool_use_id?: string }[] | string };
  data?: { message?: { type?: string; message: { id: string; model: string; usage?: LooseUsage } } };
  toolUseResult?: { stdout?: string; filePath?: string; type?: string; content?: string; structuredPatch?: { lines: string[] }[] };
}
interface LooseUsage {
  input_tokens: number;
  output_tokens: number;
  cache_read_input_tokens: number;
  cache_creation: { ephemeral_5m_input_tokens: number; ephemeral_1h_input_tokens: number };
}

let allRecords: LooseRecord[] | undefined;
function records(): LooseRecord[] {
  allRecords ??= [...transcripts(sample.home).values()].flatMap((text) =>
    text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line) as LooseRecord),
  );
  return allRecords;
}

function loggedWrites(): { callId: string; path: string; lines: string[] }[] {
  const found: { callId: string; path: string; lines: string[] }[] = [];
  for (const { toolUseResult: result, message } of records()) {
    if (result?.structuredPatch === undefined || result.filePath === undefined || !Array.isArray(message?.content)) continue;
    const path = result.filePath
      .split("\\")
      .join("/")
      .replace(/^.*\/repos\/[^/]+\//, "");
    const patched = result.structuredPatch.flatMap((hunk) =>
      hunk.lines.filter((line) => !line.startsWith(" ")).map((line) => line.slice(1)),
    );
    const lines = result.type === "create" ? (result.content ?? "").replace(/\n$/, "").split("\n") : patched;
    found.push({ callId: message.content[0]?.tool_use_id ?? "", path, lines });
  }
  return found;
}
