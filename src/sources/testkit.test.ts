import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { Socket } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { openGit, runGit } from "../git/git.ts";
import { Fingerprinter } from "../lines/fingerprint.ts";
import { amp } from "./amp/index.ts";
import { checkpoints } from "./checkpoints/index.ts";
import { claudeCode } from "./claude-code/index.ts";
import { codex } from "./codex/index.ts";
import { copilotCli } from "./copilot-cli/index.ts";
import { copilotEvents, cursorHarness, databaseHarnesses, gooseHarness } from "./database-harnesses.ts";
import { droid } from "./droid/index.ts";
import { geminiCli } from "./gemini-cli/index.ts";
import { kimi } from "./kimi/index.ts";
import { otlp } from "./otlp/index.ts";
import { pi } from "./pi/index.ts";
import { qwenCode } from "./qwen-code/index.ts";
import { sources } from "./registry.ts";
import type { Source, SourceEnv } from "./source.ts";
import { type Reading, type SourceHarness, commitFiles, joinFacts, readSource } from "./testkit.ts";

const fixtures = fileURLToPath(new URL("../../test/fixtures/", import.meta.url));
const transcript = (name: string): Buffer => readFileSync(join(fixtures, "claude-code", name, ".claude/projects/-code-shop/s1.jsonl"));
const sample = Buffer.concat(["partial-output", "sub-agents", "turns", "writes", "commits-and-changes"].map(transcript));
const unknownLine = '{"type":"mystery","sessionId":"s1","timestamp":"2026-01-02T10:00:07.000Z"}';

const env = (root: string, gitDirs: readonly string[] = []): SourceEnv => ({
  home: root,
  variables: { PATH: process.env["PATH"] },
  platform: process.platform,
  gitDirs,
  fingerprinter: new Fingerprinter("00112233445566778899aabbccddeeff"),
});

/** A source that finds one file at `path` below the home. */
function fileHarness(source: Source, path: string, content: Buffer, unknown: string): SourceHarness {
  return {
    source,
    async place(root, placed) {
      const file = join(root, path);
      mkdirSync(dirname(file), { recursive: true });
      if (placed === null) rmSync(file, { force: true });
      else writeFileSync(file, placed);
      return env(root);
    },
    async empty(root) {
      return env(join(root, "nobody"));
    },
    async lock(root) {
      const file = join(root, path);
      rmSync(file);
      symlinkSync(basename(file), file); // a link to itself: even root cannot open it
      return env(root);
    },
    sample: content,
    unknownLine: unknown,
  };
}

/** A file of the fixtures so many times, each time with ids of its own. */
function repeated(path: string, times: number, ids: RegExp): Buffer {
  const text = readFileSync(join(fixtures, path), "utf8");
  return Buffer.from(Array.from({ length: times }, (_, i) => text.replaceAll(ids, (id) => `${id}x${i}`)).join(""));
}

/** The thread of the fixtures with its messages so many times, each time with ids of its own. */
function longThread(times: number, more: readonly unknown[] = []): Buffer {
  const thread = JSON.parse(readFileSync(join(fixtures, "amp/thread", ampThread), "utf8")) as { messages: unknown[] };
  const text = JSON.stringify(thread.messages);
  const messages = Array.from({ length: times }, (_, i) =>
    JSON.parse(text.replaceAll(/toolu_\d/g, (id) => `${id}x${i}`).replaceAll(/"messageId":(\d)/g, `"messageId":${i + 1}0$1`)),
  );
  return Buffer.from(JSON.stringify({ ...thread, messages: [...messages.flat(), ...more] }, null, 1));
}

const ampThread = ".local/share/amp/threads/T-a1.json";
const rollout = ".codex/sessions/2026/03/02/rollout-2026-03-02T10-00-00-c1.jsonl";
const conversation = ".gemini/tmp/shop/chats/session-2026-03-02T10-00-l1.jsonl";
const chat = ".qwen/projects/-code-shop/chats/q1.jsonl";
const piSession = ".pi/agent/sessions/--code-shop--/2026-03-02T10-00-00-000Z_p1.jsonl";
const wire = ".kimi/sessions/f925ad97524be8a48aca436789efaac7/k1/wire.jsonl";
const droidSession = ".factory/sessions/-code-shop/d1.jsonl";
const mystery = '{"type":"mystery","timestamp":"2026-03-02T10:00:30Z"}';

const branch = "refs/heads/entire/checkpoints/v1";
const metadata = '{"checkpoint_id":"aabbccddeeff","session_id":"2026-01-02-s1","agent":"Claude Code","files_touched":["tax.ts"]}';

const checkpointHarness: SourceHarness = {
  source: checkpoints,
  async place(root, content) {
    const files =
      content === null
        ? new Map()
        : new Map<string, Buffer>([
            ["aa/bbccddeeff/0/full.jsonl", content],
            ["aa/bbccddeeff/0/metadata.json", Buffer.from(metadata)],
          ]);
    await commitFiles(root, branch, files, env(root).variables);
    return env(root, [root]);
  },
  async empty(root) {
    await runGit(openGit(root, env(root).variables), ["init", "-q", "--bare", "."]);
    return env(root, [root]);
  },
  async lock(root) {
    rmSync(join(root, "HEAD"));
    return env(root, [root]);
  },
  sample,
  unknownLine,
};

/** Requests as a server kept them: 20 responses, a call and a prompt each, on as many lines. */
const segment = Buffer.from(
  Array.from({ length: 20 }, (_, n) => {
    const at = Date.UTC(2026, 0, 2, 10, n);
    const records = [
      ["claude_code.user_prompt", at, { session: "s1", prompt: `p${n}`, prompt_length: 9 }, ""],
      ["claude_code.api_request", at + 5_000, { session: "s1", model: "m1", request: `req_${n}`, input: n, output: 7 }, ""],
      ["claude_code.tool_result", at + 6_000, { session: "s1", call: `toolu_${n}`, tool: "Read", success: true, input_bytes: 30 }, ""],
    ];
    return `${JSON.stringify({ v: 1, kind: "logs", from: { service: "claude-code", version: "2.1.220", team: "harbour" }, records })}\n`;
  }).join(""),
);

const otlpHarness: SourceHarness = {
  source: otlp,
  async place(root, content) {
    const inbox = join(root, "inbox");
    mkdirSync(inbox, { recursive: true });
    if (content === null) rmSync(join(inbox, "one.jsonl"), { force: true });
    else writeFileSync(join(inbox, "one.jsonl"), content);
    return { ...env(root), inbox };
  },
  async empty(root) {
    return { ...env(root), inbox: join(root, "inbox") };
  },
  async lock(root) {
    const path = join(root, "inbox", "one.jsonl");
    rmSync(path);
    symlinkSync("one.jsonl", path); // a link to itself: even root cannot open it
    return { ...env(root), inbox: join(root, "inbox") };
  },
  sample: segment,
  unknownLine: '{"v":1,"kind":"mystery"}',
};

const harnesses = [
  fileHarness(claudeCode, ".claude/projects/-code-shop/s1.jsonl", sample, unknownLine),
  fileHarness(codex, rollout, repeated(`codex/session/${rollout}`, 5, /\bcall_\d/g), mystery),
  fileHarness(geminiCli, conversation, repeated(`gemini-cli/lines/${conversation}`, 7, /\b[mu]\d\b|\w+-1\b/g), mystery),
  fileHarness(qwenCode, chat, repeated(`qwen-code/chat/${chat}`, 6, /\b(?:[mu]|call_)\d\b/g), mystery),
  fileHarness(pi, piSession, repeated(`pi/session/${piSession}`, 6, /\b(?:toolu_|e)\d+\b/g), mystery),
  {
    ...fileHarness(amp, ampThread, longThread(6), ""),
    documentWithUnknown: longThread(6, [{ role: "mystery" }, { role: "mystery" }]),
  },
  fileHarness(
    kimi,
    wire,
    repeated(`kimi/cli/${wire}`, 6, /\b(?:WriteFile|Task|StrReplaceFile|Shell):\d|chatcmpl-\d/g),
    '{"type":"mystery","time":1772445690000}',
  ),
  fileHarness(droid, droidSession, repeated(`droid/session/${droidSession}`, 6, /\b(?:toolu_|x)\d\b/g), mystery),
  checkpointHarness,
  otlpHarness,
  ...databaseHarnesses,
  fileHarness(copilotCli, ".copilot/session-state/c1/events.jsonl", copilotEvents, mystery),
  gooseHarness,
  cursorHarness,
];

test("every registered source has a harness", () => {
  expect(harnesses.map((harness) => harness.source.id)).toEqual(sources.map((source) => source.id));
});

describe.each(harnesses.map((harness) => [harness.source.id, harness] as const))("%s", (_, harness) => {
  const { source } = harness;
  let root: string;
  let number = 0;
  const freshRoot = (): string => {
    const folder = join(root, String(number++));
    mkdirSync(folder);
    return folder;
  };
  beforeEach(() => {
    root = mkdtempSync(join(tmpdir(), "assay-source-"));
  });
  afterEach(() => {
    rmSync(root, { recursive: true, force: true });
  });
  const readAll = async (content: Buffer): Promise<Reading> => readSource(source, await harness.place(freshRoot(), content));
  /** Joined, without the folder of the test and the size of what was placed. */
  const joined = (...readings: Reading[]): unknown => {
    const facts = readings.flatMap((reading) => reading.facts);
    return joinFacts(facts.map((fact) => (fact.kind === "checkpoint" ? { ...fact, gitDir: ".", transcriptBytes: null } : fact)));
  };

  test("tells the same when it is told twice", async () => {
    const whole = await readAll(harness.sample);
    expect(whole.facts.length).toBeGreaterThan(50);
    expect(joined(whole, whole)).toEqual(joined(whole));
  });

  test("ends in a checkpoint, after which an unchanged input tells nothing new", async () => {
    const place = await harness.place(freshRoot(), harness.sample);
    const whole = await readSource(source, place);
    const again = await readSource(source, place, whole);
    expect(whole.checkpoints.size).toBe(1);
    expect(again.checkpoints).toEqual(whole.checkpoints);
    expect(joined(whole, again)).toEqual(joined(whole));
  });

  test("tells the same in parts, wherever the input was cut when it was read first", async () => {
    const whole = joined(await readAll(harness.sample));
    const cut = fc.integer({ min: 0, max: harness.sample.length - 1 });
    await fc.assert(
      fc.asyncProperty(cut, cut, async (one, other) => {
        const folder = freshRoot();
        const [first, second] = [Math.min(one, other), Math.max(one, other)];
        const a = await readSource(source, await harness.place(folder, harness.sample.subarray(0, first)));
        const b = await readSource(source, await harness.place(folder, harness.sample.subarray(0, second)), a);
        const c = await readSource(source, await harness.place(folder, harness.sample), b);
        expect(joined(a, b, c)).toEqual(whole);
      }),
      { numRuns: 25 },
    );
  });

  test("tells the same when reading stops after any batch and begins again", async () => {
    const place = await harness.place(freshRoot(), harness.sample);
    const whole = await readSource(source, place);
    for (const batches of [1, 2, 3]) {
      const first = await readSource(source, place, null, batches);
      const rest = await readSource(source, place, first);
      expect(joined(first, rest)).toEqual(joined(whole));
    }
  });

  test("loses nothing around a last line that is half written", async () => {
    if (harness.documentWithUnknown !== undefined) {
      const half = await readAll(harness.sample.subarray(0, harness.sample.length - 40));
      expect(half.facts).toEqual([]);
      expect(half.problems.map((problem) => `${problem.code} ${problem.severity}`)).toEqual(["unfinished_document notice"]);
      return;
    }
    const lines = harness.sample.subarray(0, harness.sample.lastIndexOf(10, harness.sample.length - 2) + 1);
    const half = await readAll(harness.sample.subarray(0, lines.length + 40));
    expect(joined(half)).toEqual(joined(await readAll(lines)));
    expect(half.problems.map((problem) => problem.severity)).toEqual(harness.unfinished ?? ["notice"]);
  });

  test("counts a broken line and reads on", async () => {
    const at = harness.sample.indexOf(10) + 1;
    const broken = Buffer.concat([
      harness.sample.subarray(0, at),
      Buffer.from('{"type":"assistant","message":{"usage":{"inp\n'),
      harness.sample.subarray(at),
    ]);
    const damaged = await readAll(broken);
    if (harness.documentWithUnknown !== undefined) {
      expect(damaged.facts).toEqual([]);
      expect(damaged.problems.map((problem) => `${problem.code} ${problem.severity}`)).toEqual(["broken_document lost"]);
      return;
    }
    expect(joined(damaged)).toEqual(joined(await readAll(harness.sample)));
    expect(damaged.problems.map((problem) => `${problem.code} ${problem.severity}`)).toEqual([harness.torn ?? "torn_line lost"]);
  });

  test("fails at no damage whatever", async () => {
    const damage = fc.array(
      fc.record({ at: fc.nat(harness.sample.length - 1), byte: fc.constantFrom(0, 10, 34, 44, 92, 93, 123, 125, 255) }),
      { minLength: 1, maxLength: 40 },
    );
    await fc.assert(
      fc.asyncProperty(damage, async (changes) => {
        const content = Buffer.from(harness.sample);
        for (const { at, byte } of changes) content[at] = byte;
        const { problems, checkpoints: ends } = await readAll(content);
        expect(ends.size).toBe(1);
        expect(problems.every((problem) => problem.code !== "")).toBe(true);
      }),
      { numRuns: 25 },
    );
  });

  test("counts events it does not know and reads on", async () => {
    const lines = Buffer.concat([harness.sample, Buffer.from(`${harness.unknownLine}\n${harness.unknownLine}\n`)]);
    const newer = await readAll(harness.documentWithUnknown ?? lines);
    expect(joined(newer)).toEqual(joined(await readAll(harness.sample)));
    expect(newer.problems.map((problem) => [problem.severity, problem.count])).toEqual([["notice", 2]]);
  });

  test("tells nothing of an empty place, and calls it no problem", async () => {
    expect(await readSource(source, await harness.empty(freshRoot()))).toEqual({ facts: [], problems: [], checkpoints: new Map() });
    const { facts, problems } = await readSource(source, await harness.place(freshRoot(), null));
    expect([facts, problems]).toEqual([[], []]);
  });

  test("tells no tokens of an empty input", async () => {
    const { facts, problems } = await readAll(Buffer.alloc(0));
    expect(facts.filter((fact) => fact.kind !== "checkpoint")).toEqual([]);
    expect(problems).toEqual([]);
  });

  test("says so when an input cannot be opened", async () => {
    const folder = freshRoot();
    await harness.place(folder, harness.sample);
    const { facts, problems } = await readSource(source, await harness.lock(folder));
    expect(facts).toEqual([]);
    expect(problems.map((problem) => problem.code)).toEqual(["unreadable"]);
    expect(problems[0]?.hint).toBeTruthy();
  });

  test("names itself and a place in every problem, and never the text", async () => {
    const { problems } = await readAll(Buffer.from('{"secret words\n{"type":"mystery"}\n'));
    expect(problems.length).toBeGreaterThan(0);
    for (const problem of problems) {
      expect(problem.source).toBe(source.id);
      expect(problem.locator).toContain(root);
      expect(JSON.stringify(problem)).not.toContain("secret words");
    }
  });

  test("tells the same in every time zone", async () => {
    const place = await harness.place(freshRoot(), harness.sample);
    const before = process.env["TZ"];
    const told: unknown[] = [];
    for (const zone of ["UTC", "Pacific/Auckland", "America/St_Johns"]) {
      process.env["TZ"] = zone;
      told.push((await readSource(source, place)).facts);
    }
    if (before === undefined) delete process.env["TZ"];
    else process.env["TZ"] = before;
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });

  test("asks no network", async () => {
    const connect = vi.spyOn(Socket.prototype, "connect").mockImplementation(() => {
      throw new Error("a source may not use the network");
    });
    try {
      expect((await readAll(harness.sample)).facts.length).toBeGreaterThan(50);
      expect(connect).not.toHaveBeenCalled();
    } finally {
      connect.mockRestore();
    }
  });

  test("finds nothing when there is neither a home nor a repository", async () => {
    const { facts, problems } = await readSource(source, { ...env(root), home: null, variables: { CLAUDE_CONFIG_DIR: root } });
    expect([facts, problems]).toEqual([[], []]);
  });
});
