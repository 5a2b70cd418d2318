import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { AuthorshipNoteFact, CarriedNote } from "../../contract/facts.ts";
import { openRepository } from "../git/index.ts";
import { TestRepository } from "../git/test-repository.ts";
import { parseTrace } from "./agent-trace.ts";
import { type ParsedNote, joinRanges } from "./dialect.ts";
import { parseEarlyNote } from "./git-ai-early.ts";
import { parseGitAiNote } from "./git-ai.ts";
import { readNotes } from "./index.ts";

/** `path author/agent/session/digest/model: ranges`, so that a claim is one line. */
const shown = ({ claims }: Pick<ParsedNote, "claims">): string[] =>
  claims.map(
    ({ path, author, agent, session, sessionDigest, model, ranges }) =>
      `${path} ${author}/${agent}/${session}/${sessionDigest}/${model}: ${ranges.join(",")}`,
  );
const defectsOf = ({ defects }: Pick<ParsedNote, "defects">): Record<string, number> => Object.fromEntries(defects);

const about = (part: object = {}): string =>
  JSON.stringify({ schema_version: "authorship/3.0.0", base_commit_sha: "0", prompts: {}, ...part });
const gitAi = (lines: readonly string[], part: object = {}): Buffer => Buffer.from([...lines, "---", about(part)].join("\n"));
const agentId = (tool: string, id: string, model = "m1"): object => ({ agent_id: { tool, id, model }, human_author: "Ada" });

describe("a note of git-ai", () => {
  it("gives each file's ranges to sessions, prompts and persons by the form of their keys", () => {
    const note = parseGitAiNote(
      gitAi(
        [
          "src/quay.ts",
          "  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1-10,15-20",
          "  s_c9883b05a2487d::t_1111111111aaaa 11,30",
          "  h_31dce776f88375 42-50",
          '"dock side.ts"',
          "  abcd1234abcd1234 7",
          "  human 8",
        ],
        {
          sessions: { s_c9883b05a2487d: agentId("claude", "conv-1", "opus") },
          prompts: { abcd1234abcd1234: agentId("cursor", "conv-2") },
          humans: { h_31dce776f88375: { author: "Ada" } },
        },
      ),
    );
    expect(shown(note)).toEqual([
      "dock side.ts agent/cursor/conv-2/null/m1: 7,7",
      "dock side.ts person/null/null/null/null: 8,8",
      "src/quay.ts agent/claude-code/conv-1/null/opus: 1,11,15,20,30,30",
      "src/quay.ts person/null/null/null/null: 42,50",
    ]);
    expect(defectsOf(note)).toEqual({});
  });

  it("keeps an agent whose entry is gone, by the digest its key is, and counts the gap", () => {
    const note = parseGitAiNote(
      gitAi(["a.ts", "  s_c9883b05a2487d::t_9f8e7d6c5b4a32 1", "  abcd123 2", "  h_31dce776f88375 3", "  somebody 4"]),
    );
    expect(shown(note)).toEqual([
      "a.ts agent/null/null/abcd123/null: 2,2",
      "a.ts agent/null/null/c9883b05a2487d/null: 1,1",
      "a.ts person/null/null/null/null: 3,3",
    ]);
    expect(defectsOf(note)).toEqual({ note_author_unknown: 3 });
  });

  it("leaves out tools that stand in for an agent in tests, and counts their lines", () => {
    const note = parseGitAiNote(
      gitAi(["a.ts", "  1111111 1-5", "  2222222 6", "b.ts", "  1111111 5"], {
        prompts: { "1111111": agentId("mock_ai", "t"), "2222222": agentId("claude", "c") },
      }),
    );
    expect([shown(note), note.testLines]).toEqual([["a.ts agent/claude-code/c/null/m1: 6,6"], 6]);
  });

  it("is refused whole when it is no note, is cut off, of another version, or not UTF-8", () => {
    const code = (content: Buffer | string): string => Object.keys(defectsOf(parseGitAiNote(Buffer.from(content)))).join(" ");
    expect(code("a line about nothing\n")).toBe("note_unreadable");
    expect(code("a.ts\n  1111111 1\n---\n{")).toBe("note_unreadable");
    expect(code("a.ts\n  1111111 1\n---\n[]")).toBe("note_unreadable");
    expect(code("a.ts\n  1111111 1\n---\n{}")).toBe("note_version_unknown");
    expect(code(gitAi(["a.ts", "  1111111 1"], { schema_version: "authorship/4.0.0" }))).toBe("note_version_unknown");
    expect(code(Buffer.concat([Buffer.from([0xff, 0xfe]), gitAi(["a.ts", "  1111111 1"])]))).toBe("note_unreadable");
    expect(code(Buffer.from("a.ts\n  1111111 1\n---\n{}", "utf16le"))).toBe("note_unreadable");
  });

  it("loses ranges and paths that are none, one by one", () => {
    const note = parseGitAiNote(
      gitAi([
        "/etc/passwd",
        "  1111111 1",
        "../a.ts",
        "  1111111 1",
        "a.ts",
        "  1111111 0,5-3,x,2,99999999999,4-",
        "  1111111",
        "  1111111 9",
      ]),
    );
    expect(shown(note)).toEqual(["a.ts agent/null/null/1111111/null: 2,2,9,9"]);
    expect(defectsOf(note)).toMatchObject({ note_path_invalid: 2, note_range_invalid: 6 });
  });

  it("may use keys of JavaScript's own objects as names", () => {
    const hostile = `__proto__\n  __proto__ 1\nconstructor\n  1111111 2\n---\n{"schema_version":"authorship/3.0.0","prompts":{"__proto__":{"agent_id":{"tool":"__proto__"}},"1111111":{"agent_id":{"tool":"constructor","id":"toString","model":null}}}}`;
    const note = parseGitAiNote(Buffer.from(hostile));
    expect(shown(note)).toContain("constructor agent/constructor/toString/null/null: 2,2");
    expect(({} as Record<string, unknown>)["agent_id"]).toBeUndefined();
  });
});

describe("an early note of git-ai", () => {
  it("names authors as people do: agents and models by name, others are persons", () => {
    const note = parseEarlyNote(
      Buffer.from(
        JSON.stringify({
          schema_version: "authorship/0.0.1",
          files: {
            "a.rs": {
              file: "a.rs",
              authors: [
                { author: "Claude Code", lines: [22, [8, 10]], agent_metadata: null },
                { author: "o3", lines: [[1, 2]], agent_metadata: null },
                { author: "Ada", lines: [5, "6", [7], "x"], agent_metadata: null },
              ],
            },
          },
        }),
      ),
    );
    expect(shown(note)).toEqual([
      "a.rs agent/claude-code/null/null/null: 8,10,22,22",
      "a.rs agent/null/null/null/o3: 1,2",
      "a.rs person/null/null/null/null: 5,6",
    ]);
    expect(defectsOf(note)).toEqual({ note_range_invalid: 2 });
  });

  it("may be of the later form, without a version, or broken", () => {
    expect(shown(parseEarlyNote(gitAi(["a.ts", "  1111111 1"])))).toHaveLength(1);
    expect(shown(parseEarlyNote(Buffer.from('{"files":{"a":{"authors":[{"author":"Cursor","lines":[1]}]}}}')))).toHaveLength(1);
    expect(defectsOf(parseEarlyNote(Buffer.from('{"files":{"a":{"authors":{}},"..":{}},"schema_version":"authorship/0.0.1"}')))).toEqual({
      note_range_invalid: 1,
      note_path_invalid: 1,
    });
    expect(defectsOf(parseEarlyNote(Buffer.from('{"files":')))).toEqual({ note_unreadable: 1 });
    expect(defectsOf(parseEarlyNote(Buffer.from('{"files":{},"schema_version":"authorship/9"}')))).toEqual({ note_version_unknown: 1 });
  });
});

const hash = "a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6e7f8a9b0";
const record = (part: object = {}): Record<string, unknown> => ({
  version: "0.1.0",
  id: "550e8400-e29b-41d4-a716-446655440000",
  timestamp: "2026-01-23T14:30:00Z",
  vcs: { type: "git", revision: hash },
  tool: { name: "cursor", version: "2.4.0" },
  files: [
    {
      path: "a.ts",
      conversations: [
        {
          url: "file:///home/ada/projects/shop/5d0c6c1e.jsonl",
          contributor: { type: "ai", model_id: "anthropic/opus" },
          ranges: [
            { start_line: 1, end_line: 3 },
            { start_line: 4, end_line: 5, contributor: { type: "human" } },
            { start_line: 6, end_line: 6, contributor: { type: "mixed" } },
            { start_line: 7, end_line: 7, contributor: { type: "unknown" } },
          ],
        },
      ],
    },
  ],
  ...part,
});
const records = (...all: readonly unknown[]): Buffer => Buffer.from(all.map((one) => JSON.stringify(one)).join("\n"));

describe("a trace record", () => {
  it("gives ranges to agents, persons or both, with the session its address ends in", () => {
    const { records: read, defects } = parseTrace(records(record()));
    expect(read.map(({ revision }) => revision)).toEqual([hash]);
    expect(read.flatMap(shown)).toEqual([
      "a.ts agent/cursor/5d0c6c1e/null/anthropic/opus: 1,3",
      "a.ts mixed/cursor/5d0c6c1e/null/null: 6,6",
      "a.ts person/null/null/null/null: 4,5",
    ]);
    expect([...defects]).toEqual([]);
  });

  it("takes the session of `related`, and a contributor that is a bare word", () => {
    const conversation = {
      url: "https://api.example.com/v1/conversations/c1",
      contributor: "ai",
      model_id: "x/y",
      ranges: [{ start_line: 2, end_line: 2 }],
      related: [{ type: "session", url: "https://api.example.com/v1/sessions/s-99?x=1" }],
    };
    const { records: read } = parseTrace(records(record({ files: [{ path: "b.ts", conversations: [conversation] }] })));
    expect(read.flatMap(shown)).toEqual(["b.ts agent/cursor/s-99/null/x/y: 2,2"]);
  });

  it("of the reference tool says nothing with its range 1–1", () => {
    const ranges = [
      { start_line: 1, end_line: 1 },
      { start_line: 3, end_line: 4 },
    ];
    const files = [{ path: "b.ts", conversations: [{ contributor: { type: "ai" }, ranges }] }];
    const [read] = parseTrace(records(record({ version: "1.0", files }))).records;
    expect(read && [shown(read), defectsOf(read)]).toEqual([["b.ts agent/cursor/null/null/null: 3,4"], { note_range_invalid: 1 }]);
  });

  it("is refused alone: the records around it are read", () => {
    const content = Buffer.concat([
      records(record({ version: "7.0" }), record({ vcs: { type: "jj", revision: "kk" } }), record({ files: "all" }), record()),
      Buffer.from('\n{"version":"0.1.0","files":[\n\n'),
    ]);
    const { records: read, defects } = parseTrace(content);
    expect(read).toHaveLength(1);
    expect(Object.fromEntries(defects)).toEqual({ note_version_unknown: 1, note_of_other_vcs: 1, note_unreadable: 2 });
  });

  it("loses files, ranges and contributors that are none", () => {
    const files = [
      { path: "/a", conversations: [] },
      { path: "a", conversations: "none" },
      {
        path: "__proto__",
        conversations: [{ ranges: null }, { contributor: { type: "robot" }, ranges: [{ start_line: 1, end_line: 2 }] }],
      },
      { path: "c", conversations: [{ contributor: { type: "ai" }, ranges: [{ start_line: 3, end_line: 2 }, { start_line: "4" }, null] }] },
    ];
    const [read] = parseTrace(records(record({ files, vcs: { type: "git", revision: "HEAD" } }))).records;
    expect(read?.revision).toBeNull();
    expect(read && [shown(read), defectsOf(read)]).toEqual([[], { note_path_invalid: 1, note_range_invalid: 5, note_author_unknown: 1 }]);
  });
});

it("ranges that meet or overlap are one", () => {
  expect(joinRanges([10, 12, 1, 3, 4, 5, 11, 20, 30, 30])).toEqual([1, 5, 10, 20, 30, 30]);
});

describe("the notes of a repository", () => {
  let repository: TestRepository;
  beforeEach(() => {
    repository = new TestRepository();
  });
  afterEach(() => repository.remove());

  async function read(known: ReadonlySet<string> = new Set()): Promise<{ facts: AuthorshipNoteFact[]; carried: readonly CarriedNote[] }> {
    const opened = await openRepository(repository.dir, process.env);
    if (opened === null) throw new Error("no repository");
    const facts: AuthorshipNoteFact[] = [];
    let carried: readonly CarriedNote[] = [];
    for await (const batch of readNotes(opened, ({ commit, note }) => known.has(`${commit} ${note}`))) {
      facts.push(...batch.facts);
      carried = batch.carried ?? carried;
    }
    return { facts, carried };
  }
  const note = (ref: string, commit: string, content: string | Buffer): void => {
    writeFileSync(join(repository.dir, "note.tmp"), content);
    repository.git("notes", `--ref=${ref}`, "add", "-f", "-F", "note.tmp", commit);
    rmSync(join(repository.dir, "note.tmp"));
  };

  it("are those of refs/notes/ai, of its copy from a remote, and of refs/ai/authorship", async () => {
    const [one, two, three] = ["1", "2", "3"].map((text) => repository.commit({ "a.ts": `${text}\n` })) as [string, string, string];
    note("refs/notes/ai", one, gitAi(["a.ts", "  1111111 1"]));
    note("refs/notes/ai-remote/origin", one, gitAi(["a.ts", "  2222222 1"]));
    note("refs/notes/ai-remote/origin", two, gitAi(["a.ts", "  2222222 1"]));
    writeFileSync(join(repository.dir, "early.tmp"), '{"files":{"a.ts":{"authors":[{"author":"Claude","lines":[1]}]}}}');
    repository.git("update-ref", `refs/ai/authorship/${three}`, repository.git("hash-object", "-w", "early.tmp"));
    const { facts, carried } = await read();
    const byCommit = (hashes: readonly { commit: string; dialect: string }[]): string[] =>
      hashes.map((f) => `${f.dialect} ${f.commit}`).sort();
    expect(byCommit(facts)).toEqual([`git-ai ${one}`, `git-ai ${two}`, `git-ai-early ${three}`].sort());
    expect(byCommit(carried)).toEqual(byCommit(facts));
    expect(facts.find(({ commit }) => commit === one)?.claims[0]?.sessionDigest).toBe("1111111");
    const again = await read(new Set(carried.map((each) => `${each.commit} ${each.note}`)));
    expect([again.facts, again.carried]).toEqual([[], carried]);
  });

  it("of 50 MB are not read, and counted", async () => {
    const commit = repository.commit({ "a.ts": "1\n" });
    note("refs/notes/ai", commit, Buffer.alloc(50 * 1024 * 1024, "a.ts\n"));
    expect((await read()).facts.map(({ claims, defects }) => [claims, defects])).toEqual([[[], { note_too_large: 1 }]]);
  });

  it("may be trace records: on the commit itself, or of a file that names the commit before", async () => {
    const one = repository.commit({ "a.ts": "1\n2\n3\n" });
    note("refs/notes/agent-trace", one, JSON.stringify(record()));
    mkdirSync(join(repository.dir, ".agent-trace"));
    const file = join(repository.dir, ".agent-trace", "traces.jsonl");
    writeFileSync(file, records(record({ version: "1.0" }), record({ vcs: undefined }), { version: "1.0" }));
    const { facts } = await read();
    expect(facts.map(({ commit, madeBefore, defects }) => [commit, madeBefore, defects])).toEqual([
      [one, false, {}],
      ["", true, { note_unreadable: 1, note_without_commit: 1 }],
      [hash, true, {}],
    ]);
  });
});
