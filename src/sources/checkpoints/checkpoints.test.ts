import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CheckpointFact, TokenFact } from "../../contract/facts.ts";
import { openGit, runGit } from "../../git/git.ts";
import { Fingerprinter } from "../../lines/fingerprint.ts";
import type { SourceEnv } from "../source.ts";
import { type Reading, commitFiles, joinFacts, readSource } from "../testkit.ts";
import { checkpoints } from "./index.ts";
import { formatOf } from "./formats.ts";
import { agentOf, listEntries, parseMetadata } from "./parse.ts";

const branch = "refs/heads/entire/checkpoints/v1";
const transcript = readFileSync(
  fileURLToPath(new URL("../../../test/fixtures/claude-code/turns/.claude/projects/-code-shop/s1.jsonl", import.meta.url)),
);
const gemini = Buffer.from(
  '{\n  "sessionId": "g1",\n  "projectHash": "00",\n  "messages": [{"id": "m1", "timestamp": "2026-01-02T10:00:00Z", "type": "gemini", "tokens": {"input": 5, "output": 6}}]\n}\n',
);
const metadata = (session: string, more: Readonly<Record<string, unknown>> = {}): Buffer =>
  Buffer.from(
    JSON.stringify({
      session_id: session,
      strategy: "manual-commit",
      created_at: "2026-01-02T11:00:00.5+01:00",
      branch: "tax",
      files_touched: ["tax.ts"],
      agent: "Claude Code",
      ...more,
    }),
  );

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "assay-checkpoints-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const variables = { PATH: process.env["PATH"] };
const env = (...gitDirs: string[]): SourceEnv => ({
  home: null,
  variables,
  platform: process.platform,
  gitDirs: gitDirs.length > 0 ? gitDirs : [root],
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});
const commit = (files: Readonly<Record<string, Buffer>>, ref = branch): Promise<void> =>
  commitFiles(root, ref, new Map(Object.entries(files)), variables);
const listed = (reading: Reading): CheckpointFact[] => reading.facts.filter((fact) => fact.kind === "checkpoint");
const responses = (facts: readonly TokenFact[]): string[] =>
  joinFacts(facts).flatMap((fact) => (fact.kind === "sighting" ? [`${fact.session} ${fact.messageId}`] : []));
const problems = (reading: Reading): string[] => reading.problems.map((problem) => `${problem.code} ${problem.severity} ${problem.count}`);
/** The transcript up to its first n lines. */
const firstLines = (n: number): Buffer => {
  let at = 0;
  for (let i = 0; i < n; i++) at = transcript.indexOf(10, at) + 1;
  return transcript.subarray(0, at);
};

describe("a checkpoint branch", () => {
  test("lists its sessions, the date taken off their ids", async () => {
    await commit({
      "aa/bbccddeeff/metadata.json": Buffer.from('{"checkpoint_id":"aabbccddeeff"}'),
      "aa/bbccddeeff/0/metadata.json": metadata("2026-01-02-s1"),
      "aa/bbccddeeff/0/full.jsonl": transcript,
    });
    expect(listed(await readSource(checkpoints, env()))).toEqual([
      {
        kind: "checkpoint",
        gitDir: root,
        checkpoint: "aabbccddeeff",
        entry: "aa/bbccddeeff/0",
        listedId: "2026-01-02-s1",
        session: "s1",
        agent: "claude-code",
        filesTouched: ["tax.ts"],
        branch: "tax",
        createdAt: Date.UTC(2026, 0, 2, 10, 0, 0, 500),
        transcript: "present",
        transcriptBytes: transcript.length,
      },
    ]);
  });

  test("is read once where a session is stored again, longer or the same", async () => {
    await commit({
      "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"),
      "aa/aaaaaaaaaa/0/full.jsonl": firstLines(10),
      "bb/bbbbbbbbbb/0/metadata.json": metadata("s1"),
      "bb/bbbbbbbbbb/0/full.jsonl": transcript,
      "cc/cccccccccc/0/metadata.json": metadata("s1"),
      "cc/cccccccccc/0/full.jsonl": transcript,
    });
    const reading = await readSource(checkpoints, env());
    const sightings = reading.facts.filter((fact) => fact.kind === "sighting");
    expect(responses(reading.facts)).toHaveLength(10);
    // 3 responses in the first ten lines, the last of them told again when it is whole
    expect(sightings.length).toBeLessThanOrEqual(11);
    expect(listed(reading)).toHaveLength(3);
  });

  test("gives the union of versions where a longer one lacks what a shorter one has", async () => {
    const withoutStart = transcript.subarray(firstLines(5).length);
    await commit({
      "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"),
      "aa/aaaaaaaaaa/0/full.jsonl": firstLines(10),
      "bb/bbbbbbbbbb/0/metadata.json": metadata("s1"),
      "bb/bbbbbbbbbb/0/full.jsonl": withoutStart,
    });
    expect(responses((await readSource(checkpoints, env())).facts)).toHaveLength(10);
  });

  test("may be without any file", async () => {
    await commit({});
    const reading = await readSource(checkpoints, env());
    expect([reading.facts, reading.problems]).toEqual([[], []]);
    expect(reading.checkpoints.size).toBe(1);
  });

  test("may hold foreign files, entries without a transcript, and compact transcripts that are no second session", async () => {
    await commit({
      "README.md": Buffer.from("# Checkpoints"),
      "aa/aaaaaaaaaa/0/notes.bin": Buffer.from("?"),
      "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"),
      "aa/aaaaaaaaaa/0/full.jsonl": transcript,
      "aa/aaaaaaaaaa/0/transcript.jsonl": Buffer.from('{"v":1}\n'),
      "bb/bbbbbbbbbb/0/metadata.json": metadata("s2"),
      "cc/cccccccccc/0/metadata.json": Buffer.from("{"),
      "cc/cccccccccc/0/full.jsonl": Buffer.from(""),
    });
    const reading = await readSource(checkpoints, env());
    expect(listed(reading).map((fact) => `${fact.session} ${fact.transcript}`)).toEqual(["s1 present", "s2 none"]);
    expect(problems(reading)).toEqual([
      "foreign_file notice 2",
      "checkpoint_without_session notice 1",
      "checkpoint_without_transcript notice 1",
    ]);
  });

  test("may have the old layout without numbered folders", async () => {
    await commit({ "aa/aaaaaaaaaa/metadata.json": metadata("2025-12-01-s1"), "aa/aaaaaaaaaa/full.jsonl": transcript });
    const reading = await readSource(checkpoints, env());
    expect(listed(reading).map((fact) => `${fact.checkpoint} ${fact.session} ${fact.transcript}`)).toEqual(["aaaaaaaaaaaa s1 present"]);
    expect(responses(reading.facts)).toHaveLength(10);
  });

  test("tells the agent by the transcript, whatever the metadata says", async () => {
    await commit({
      "aa/aaaaaaaaaa/0/metadata.json": metadata("g1", { agent: "Claude Code" }),
      "aa/aaaaaaaaaa/0/full.jsonl": gemini,
      "bb/bbbbbbbbbb/0/metadata.json": metadata("s1", { agent: "Agent" }),
      "bb/bbbbbbbbbb/0/full.jsonl": transcript,
      "cc/cccccccccc/0/metadata.json": metadata("u1", { agent: "Agent" }),
      "cc/cccccccccc/0/full.jsonl": Buffer.from("hello\n"),
    });
    const reading = await readSource(checkpoints, env());
    expect(listed(reading).map((fact) => `${fact.agent} ${fact.transcript}`)).toEqual([
      "gemini-cli present",
      "claude-code present",
      "null not_supported",
    ]);
    expect(problems(reading)).toEqual(["format_not_supported notice 1"]);
    const counted = reading.facts.flatMap((fact) => (fact.kind === "sighting" && fact.agent !== "claude-code" ? [fact] : []));
    expect(counted.map(({ agent, session, counts }) => [agent, session, counts.input, counts.output])).toEqual([
      ["gemini-cli", "g1", 5, 6],
    ]);
  });

  test("gives the transcript of every agent it knows to that agent's own reader", async () => {
    const home = fileURLToPath(new URL("../../../test/fixtures/", import.meta.url));
    const transcripts = {
      codex: "codex/session/.codex/sessions/2026/03/02/rollout-2026-03-02T10-00-00-c1.jsonl",
      "gemini-cli": "gemini-cli/lines/.gemini/tmp/shop/chats/session-2026-03-02T10-00-l1.jsonl",
      pi: "pi/session/.pi/agent/sessions/--code-shop--/2026-03-02T10-00-00-000Z_p1.jsonl",
      "qwen-code": "qwen-code/chat/.qwen/projects/-code-shop/chats/q1.jsonl",
      droid: "droid/session/.factory/sessions/-code-shop/d1.jsonl",
    };
    const files = Object.values(transcripts).flatMap((path, i): [string, Buffer][] => [
      [`aa/${"0".repeat(9)}${i}/0/metadata.json`, metadata(`s${i}`, { agent: "Agent" })],
      [`aa/${"0".repeat(9)}${i}/0/full.jsonl`, readFileSync(join(home, path))],
    ]);
    await commit(Object.fromEntries(files));
    const reading = await readSource(checkpoints, env());
    expect(problems(reading)).toEqual([]);
    expect(listed(reading).map((fact) => `${fact.agent} ${fact.transcript}`)).toEqual(
      Object.keys(transcripts).map((agent) => `${agent} present`),
    );
    const told = (agent: string, kind: TokenFact["kind"]): number =>
      joinFacts(reading.facts).filter((fact) => fact.kind === kind && "agent" in fact && fact.agent === agent).length;
    expect(Object.keys(transcripts).map((agent) => [agent, told(agent, "sighting"), told(agent, "write")])).toEqual([
      ["codex", 3, 5],
      ["gemini-cli", 2, 1],
      ["pi", 4, 3],
      ["qwen-code", 4, 2],
      ["droid", 0, 2],
    ]);
  });

  test("lists a sub-agent's thread of Codex under the session that started it", async () => {
    const path = "codex/sub-agent/.codex/sessions/2026/03/02/rollout-2026-03-02T10-00-00-k1.jsonl";
    const rollout = readFileSync(fileURLToPath(new URL(`../../../test/fixtures/${path}`, import.meta.url)));
    await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("k1", { agent: "Codex" }), "aa/aaaaaaaaaa/0/full.jsonl": rollout });
    const reading = await readSource(checkpoints, env());
    expect(listed(reading).map((fact) => `${fact.listedId} ${fact.session}`)).toEqual(["k1 m1"]);
  });

  test("is read on from the commit where the last reading ended", async () => {
    await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"), "aa/aaaaaaaaaa/0/full.jsonl": firstLines(10) });
    const first = await readSource(checkpoints, env());
    await commit({
      "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"),
      "aa/aaaaaaaaaa/0/full.jsonl": firstLines(10),
      "bb/bbbbbbbbbb/0/metadata.json": metadata("s1"),
      "bb/bbbbbbbbbb/0/full.jsonl": transcript,
    });
    const second = await readSource(checkpoints, env(), first);
    expect(listed(second).map((fact) => fact.checkpoint)).toEqual(["bbbbbbbbbbbb"]);
    expect(responses([...first.facts, ...second.facts])).toHaveLength(10);
  });

  test("is read anew when its history was written anew", async () => {
    await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"), "aa/aaaaaaaaaa/0/full.jsonl": transcript });
    const whole = await readSource(checkpoints, env());
    const [[key, checkpoint] = []] = [...whole.checkpoints];
    const gone = {
      ...checkpoint,
      state: { size: checkpoint?.state.size ?? 0, mtimeMs: 0, identity: "0".repeat(40) },
      offset: 0,
      tail: "0",
    };
    const again = await readSource(checkpoints, env(), { facts: [], problems: [], checkpoints: new Map([[String(key), gone]]) });
    expect(joinFacts(again.facts)).toEqual(joinFacts(whole.facts));
  });

  test("is read anew by a version that knows more formats than the one that read it", async () => {
    await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("g1"), "aa/aaaaaaaaaa/0/full.jsonl": gemini });
    const whole = await readSource(checkpoints, env());
    const [[key, checkpoint] = []] = [...whole.checkpoints];
    const before = { state: { size: 1, mtimeMs: 0, identity: checkpoint?.state.identity ?? "" }, offset: 0, tail: "0" };
    const again = await readSource(checkpoints, env(), { facts: [], problems: [], checkpoints: new Map([[String(key), before]]) });
    expect(joinFacts(again.facts)).toEqual(joinFacts(whole.facts));
    expect(again.checkpoints).toEqual(whole.checkpoints);
  });

  test("may be known only as a remote's, and the same commit twice is read once", async () => {
    await commit(
      { "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"), "aa/aaaaaaaaaa/0/full.jsonl": transcript },
      "refs/remotes/origin/entire/checkpoints/v1",
    );
    expect(responses((await readSource(checkpoints, env())).facts)).toHaveLength(10);
    await runGit(openGit(root, variables), ["update-ref", branch, "refs/remotes/origin/entire/checkpoints/v1"]);
    const both = await readSource(checkpoints, env());
    expect(listed(both)).toHaveLength(1);
  });

  test("of v2 keeps metadata in one ref and transcripts in others, by generation; its compact transcript is no second session", async () => {
    await commit(
      {
        "aa/bbccddeeff/metadata.json": Buffer.from('{"checkpoint_id":"aabbccddeeff"}'),
        "aa/bbccddeeff/0/metadata.json": metadata("s1"),
        "aa/bbccddeeff/0/transcript.jsonl": Buffer.from('{"v":1,"agent":"claude-code"}\n'),
        "aa/bbccddeeff/0/transcript_hash.txt": Buffer.from("sha256:0"),
        "bb/bbccddeeff/0/metadata.json": metadata("s1"),
      },
      "refs/entire/checkpoints/v2/main",
    );
    await commit(
      { "generation.json": Buffer.from("{}"), "aa/bbccddeeff/0/raw_transcript": firstLines(10) },
      "refs/entire/checkpoints/v2/full/0000000000001",
    );
    await commit(
      { "bb/bbccddeeff/0/raw_transcript": transcript, "bb/bbccddeeff/0/raw_transcript_hash.txt": Buffer.from("sha256:0") },
      "refs/entire/checkpoints/v2/full/current",
    );
    const reading = await readSource(checkpoints, env());
    expect(listed(reading).map((fact) => `${fact.checkpoint} ${fact.session} ${fact.transcript}`)).toEqual([
      "aabbccddeeff s1 present",
      "bbbbccddeeff s1 present",
    ]);
    expect(responses(reading.facts)).toHaveLength(10);
    expect(problems(reading)).toEqual([]);
  });

  test("may stand under a ref of its own, named after it, beside a branch of others", async () => {
    const id = "01KX37KN6NXDTV10FKNCBPTP2Y";
    const own = `refs/entire/checkpoints/2Y/${id}`;
    await commit({ "0/metadata.json": metadata("s1"), "0/full.jsonl": firstLines(10), "metadata.json": Buffer.from("{}") }, own);
    const first = await readSource(checkpoints, env());
    expect(listed(first).map((fact) => `${fact.checkpoint} ${fact.entry} ${fact.session} ${fact.transcript}`)).toEqual([
      `${id} 2Y/${id}/0 s1 present`,
    ]);
    expect(responses(first.facts)).toHaveLength(2);
    await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"), "aa/aaaaaaaaaa/0/full.jsonl": transcript });
    const second = await readSource(checkpoints, env(), first);
    expect(listed(second).map((fact) => fact.checkpoint)).toEqual(["aaaaaaaaaaaa"]);
    expect(responses([...first.facts, ...second.facts])).toHaveLength(10);
    expect([...problems(first), ...problems(second)]).toEqual([]);
  });

  test("that v1 and v2 both hold is one checkpoint, with one transcript", async () => {
    await commit({ "aa/bbccddeeff/0/metadata.json": metadata("2026-01-02-s1"), "aa/bbccddeeff/0/full.jsonl": transcript });
    const alone = await readSource(checkpoints, env());
    await commit({ "aa/bbccddeeff/0/metadata.json": metadata("s1") }, "refs/entire/checkpoints/v2/main");
    await commit({ "aa/bbccddeeff/0/raw_transcript": transcript }, "refs/entire/checkpoints/v2/full/current");
    const both = await readSource(checkpoints, env());
    expect(joinFacts(both.facts)).toEqual(joinFacts(alone.facts));
    expect(listed(both)[0]?.transcriptBytes).toBe(transcript.length);

    // v1's transcript is absent from this copy: v2's is read
    const oid = (await runGit(openGit(root, variables), ["rev-parse", `${branch}:aa/bbccddeeff/0/full.jsonl`])).toString().trim();
    await commit({ "aa/bbccddeeff/0/raw_transcript": firstLines(10) }, "refs/entire/checkpoints/v2/full/current");
    rmSync(join(root, "objects", oid.slice(0, 2), oid.slice(2)));
    const partial = await readSource(checkpoints, env());
    expect(listed(partial).map((fact) => `${fact.session} ${fact.transcript}`)).toEqual(["s1 present"]);
    expect(responses(partial.facts)).not.toHaveLength(0);
  });

  test("may be cut in parts, which are read as one transcript", async () => {
    const half = firstLines(12);
    await commit({
      "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"),
      "aa/aaaaaaaaaa/0/full.jsonl": half,
      "aa/aaaaaaaaaa/0/full.jsonl.001": transcript.subarray(half.length),
    });
    const reading = await readSource(checkpoints, env());
    expect(responses(reading.facts)).toHaveLength(10);
    expect(listed(reading)[0]?.transcriptBytes).toBe(transcript.length);
  });
});

test("a transcript that is absent from a partial clone is counted, and read when it has come", async () => {
  await commit({ "aa/aaaaaaaaaa/0/metadata.json": metadata("s1"), "aa/aaaaaaaaaa/0/full.jsonl": transcript });
  const git = openGit(root, variables);
  const oid = (await runGit(git, ["rev-parse", `${branch}:aa/aaaaaaaaaa/0/full.jsonl`])).toString().trim();
  rmSync(join(root, "objects", oid.slice(0, 2), oid.slice(2)));
  const partial = await readSource(checkpoints, env());
  expect(listed(partial).map((fact) => `${fact.session} ${fact.transcript} ${fact.transcriptBytes}`)).toEqual(["s1 absent null"]);
  expect(problems(partial)).toEqual(["absent_blob notice 1"]);
  expect(responses(partial.facts)).toEqual([]);

  await runGit(git, ["hash-object", "-w", "--stdin"], transcript);
  const whole = await readSource(checkpoints, env(), partial);
  expect(responses(whole.facts)).toHaveLength(10);
});

describe("parts", () => {
  test("formats are told apart by content", () => {
    const agent = (text: string | Buffer): string => formatOf(Buffer.from(text)).agent;
    expect(agent(transcript)).toBe("claude-code");
    expect(agent(gemini)).toBe("gemini-cli");
    expect(agent('{"sessionId":"g1","projectHash":"00","startTime":"2026-01-02T10:00:00Z"}\n')).toBe("gemini-cli");
    expect(agent('{"timestamp":"2026-01-02T10:00:00.000Z","type":"session_meta","payload":{}}\n')).toBe("codex");
    expect(agent('{"timestamp":"2026-01-02T10:00:00.000Z","ordinal":0,"type":"session_meta","payload":{}}\n')).toBe("codex");
    expect(agent('{"type":"session.start","data":{"sessionId":"c1","producer":"copilot-agent"}}\n')).toBe("copilot-cli");
    expect(agent('{"type":"session","version":3,"id":"p1","timestamp":"2026-01-02T10:00:00.000Z","cwd":"/x"}\n')).toBe("pi");
    expect(agent('{"type":"session_start","id":"d1","cwd":"/x"}\n')).toBe("droid");
    expect(agent('{"uuid":"u1","parentUuid":null,"sessionId":"q1","type":"user","message":{"role":"user","parts":[]}}\n')).toBe(
      "qwen-code",
    );
    expect(agent('{"info":{"id":"ses_1"},"messages":[]}')).toBe("opencode");
    expect(agent(" \n")).toBe("empty");
    expect(agent("hello")).toBe("unknown");
  });
  test("an agent's title without meaning is no agent", () => {
    expect(agentOf(null, "Agent")).toBeNull();
    expect(agentOf("unknown", "Gemini CLI")).toBe("gemini-cli");
    expect(agentOf(null, "constructor")).toBeNull();
  });
  test("metadata without a session is none", () => {
    expect(parseMetadata(Buffer.from("[]"))).toBeNull();
    expect(parseMetadata(Buffer.from('{"session_id":5}'))).toBeNull();
    expect(parseMetadata(Buffer.from('{"session_id":"s","files_touched":null,"created_at":"soon"}'))).toEqual({
      listedId: "s",
      session: "s",
      agent: null,
      branch: null,
      createdAt: null,
      filesTouched: [],
    });
  });
  test("a summary above numbered folders is no entry", () => {
    const file = (path: string): { path: string; oid: string; mode: string; size: number } => ({ path, oid: "0", mode: "100644", size: 1 });
    expect(
      listEntries([file("aa/aaaaaaaaaa/metadata.json"), file("aa/aaaaaaaaaa/0/metadata.json")]).entries.map((entry) => entry.folder),
    ).toEqual(["aa/aaaaaaaaaa/0"]);
  });
});
