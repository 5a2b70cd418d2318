/** What explicit witnesses are believed for: notes against content, trailers, persons; worked out by hand over one session. */
import { createHash } from "node:crypto";
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openDerived } from "../../src/store/derived-store.ts";
import { TestRepository } from "../../src/outcomes/git/test-repository.ts";
import { type Dump, Scratch, differences, dumpStore, importInto, makeStore, openStore } from "./support/sample-store.ts";

const scratch = new Scratch();
const session = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
const digest = `s_${createHash("sha256").update(`claude:${session}`).digest("hex").slice(0, 14)}`;
const berths = Array.from({ length: 5 }, (_, i) => `export const berth${i} = allot(${i}, "north");`);
const cranes = Array.from({ length: 4 }, (_, i) => `export const crane${i} = hoist(${i}, "south");`);
const text = (lines: readonly string[]): string => `${lines.join("\n")}\n`;

/** A repository whose second commit has the five berths the session wrote and four cranes nobody's log shows. */
class Harbour extends TestRepository {
  readonly landing: string;

  constructor(message = "Add berths and cranes") {
    super();
    this.commit({ "README.md": "The harbour.\n" });
    this.landing = this.commit({ "berths.ts": text(berths), "cranes.ts": text(cranes) }, message); // 3 January, noon
    this.commit({}, "wait");
  }

  override get environment(): Record<string, string> {
    const horizon = "2026-02-10T12:00:00.000Z"; // what comes after the landing commit
    const isLater = (this.landing as string | undefined) !== undefined;
    return { ...super.environment, ...(isLater ? { GIT_AUTHOR_DATE: horizon, GIT_COMMITTER_DATE: horizon } : {}) };
  }

  note(lines: readonly string[], about: object, commit = this.landing): void {
    const file = join(this.dir, ".git", "note.tmp");
    writeFileSync(
      file,
      [...lines, "---", JSON.stringify({ schema_version: "authorship/3.0.0", base_commit_sha: "0", prompts: {}, ...about })].join("\n"),
    );
    this.git("notes", "--ref=refs/notes/ai", "add", "-f", "-F", file, commit);
    rmSync(file);
  }
}

/** One turn: 100 tokens of output for the berths, at 25,000 nano-dollars each. */
function homeOf(repository: TestRepository): string {
  const at = (time: string, part: object): string =>
    JSON.stringify({
      isSidechain: false,
      cwd: repository.dir,
      sessionId: session,
      version: "2.1.42",
      gitBranch: "main",
      uuid: `u-${time}`,
      timestamp: `2026-01-03T${time}.000Z`,
      ...part,
    });
  const usage = {
    input_tokens: 0,
    cache_creation_input_tokens: 0,
    cache_read_input_tokens: 0,
    output_tokens: 100,
    service_tier: "standard",
  };
  const filePath = join(repository.dir, "berths.ts");
  const content = [{ type: "tool_use", id: "c1", name: "Write", input: { file_path: filePath, content: text(berths) } }];
  const message = { id: "msg-1", type: "message", role: "assistant", model: "claude-opus-4-6", content, stop_reason: "tool_use", usage };
  const toolUseResult = { type: "create", filePath, content: text(berths), structuredPatch: [], originalFile: null };
  const lines = [
    at("11:00:00", { type: "user", message: { role: "user", content: "Write the berths down." } }),
    at("11:01:00", { type: "assistant", requestId: "req-1", message }),
    at("11:01:05", {
      type: "user",
      message: { role: "user", content: [{ type: "tool_result", tool_use_id: "c1", content: "ok" }] },
      toolUseResult,
    }),
  ];
  const home = scratch.next("home");
  const project = join(home, ".claude", "projects", "-harbour");
  mkdirSync(project, { recursive: true });
  writeFileSync(join(project, `${session}.jsonl`), text(lines));
  return home;
}

interface Told {
  /** `path kind grade session?: lines`. */
  readonly runs: string[];
  readonly links: string[];
  readonly fates: Record<string, number>;
  readonly problems: Record<string, number>;
}

async function tell(store: string): Promise<Told> {
  const database = await openDerived(store);
  const runs = await database.all(
    "SELECT path, author_kind, grade, session_id, noted_agent, sum(lines)::INTEGER AS n FROM run WHERE path <> 'README.md' GROUP BY ALL",
  );
  const found = await database.all("SELECT code, sum(occurrences)::INTEGER AS n FROM problem_d GROUP BY code");
  database.close();
  const assay = openStore(store);
  const { ledger, links } = await assay.audit({ asOf: null, links: true });
  await assay.close();
  return {
    runs: runs
      .map(
        (row) =>
          `${row["path"]} ${row["author_kind"]} ${row["grade"]} ${row["session_id"] === null ? row["noted_agent"] : "session"}: ${row["n"]}`,
      )
      .sort(),
    links: (links ?? []).map((link) => `${link.session.slice(0, 8)} ${link.grade} ${link.method} ${link.lines}`),
    fates: Object.fromEntries(
      Object.entries(ledger.fates).flatMap(([fate, nano]) => (nano === null || nano === "0" ? [] : [[fate, Number(nano) / 25_000]])),
    ),
    problems: Object.fromEntries(found.map((row) => [row["code"], row["n"]])),
  };
}

const repositories: Harbour[] = [];
function harbour(message?: string): Harbour {
  const made = new Harbour(message);
  repositories.push(made);
  return made;
}
async function imported(repository: Harbour, more: { ignoreTrailers?: boolean } = {}): Promise<Told> {
  const store = await makeStore(scratch.next());
  await importInto(store, { home: homeOf(repository), ...more });
  return await tell(store);
}
afterAll(() => {
  for (const repository of repositories) repository.remove();
  scratch.remove();
});

const agent = (tool: string, id: string): object => ({ agent_id: { tool, id, model: "m" }, human_author: "Ada" });

describe("without a note", () => {
  it("content alone gives the berths to the session, and the cranes to nobody", async () => {
    expect(await imported(harbour())).toEqual({
      runs: ["berths.ts agent B session: 5", "cranes.ts unknown null null: 4"],
      links: ["5d0c6c1e B equal_lines 5"],
      fates: { stuck: 100 },
      problems: {},
    });
  });
});

describe("a note", () => {
  it("that names a known session gives it what content cannot: grade A, with the dollars of its last edit", async () => {
    const repository = harbour();
    repository.note(["berths.ts", `  ${digest}::t_1 1-5`, "cranes.ts", `  ${digest}::t_2 1-4`], {});
    expect(await imported(repository)).toEqual({
      runs: ["berths.ts agent A session: 5", "cranes.ts agent A session: 4"],
      links: ["5d0c6c1e A noted_lines 9"],
      fates: { stuck: 100 },
      problems: { note_author_unknown: 2 },
    });
  });

  it("wins over content: lines it gives to an unseen session move no dollars, and the contradiction is counted", async () => {
    const repository = harbour();
    repository.note(["berths.ts", "  s_0123456789abcd::t_1 1-5", "cranes.ts", "  s_0123456789abcd::t_1 1-10"], {
      sessions: { s_0123456789abcd: agent("cursor", "elsewhere") },
    });
    expect(await imported(repository)).toEqual({
      runs: ["berths.ts agent A cursor: 5", "cranes.ts agent A cursor: 4"],
      links: [],
      fates: { abandoned: 100 },
      problems: { note_contradicts_content: 5, note_over_claim: 6 },
    });
  });

  it("is evidence of persons; of a line both claim, of both", async () => {
    const repository = harbour();
    repository.note(["berths.ts", "  h_31dce776f88375 1", "cranes.ts", "  h_31dce776f88375 1-2", "  s_0123456789abcd::t_1 2-3"], {
      humans: { h_31dce776f88375: { author: "Ada" } },
      sessions: { s_0123456789abcd: agent("codex", "elsewhere") },
    });
    expect(await imported(repository)).toEqual({
      runs: [
        "berths.ts agent B session: 4",
        "berths.ts person A null: 1",
        "cranes.ts agent A codex: 1",
        "cranes.ts mixed A codex: 1",
        "cranes.ts person A null: 1",
        "cranes.ts unknown null null: 1",
      ],
      links: ["5d0c6c1e B equal_lines 4"],
      fates: { superseded: 20, stuck: 80 }, // a line typed anew is a person's; the agent's was replaced before the commit
      problems: { note_contradicts_content: 1 },
    });
  });

  it("of a tool for tests, of a commit that is gone, or of no use, is counted and changes nothing", async () => {
    const repository = harbour();
    const gone = repository.commit({ "gone.ts": "gone\n" });
    repository.note(["gone.ts", "  1111111 1"], {}, gone);
    repository.git("reset", "-q", "--hard", "HEAD~1");
    repository.git("reflog", "expire", "--expire=now", "--all");
    repository.note(["cranes.ts", "  1111111 1-4"], { prompts: { "1111111": agent("mock_ai", "x") } });
    repository.note(["cranes.ts", "  1111111 1-4"], { schema_version: "authorship/9.0.0" }, repository.head());
    expect(await imported(repository)).toMatchObject({
      runs: ["berths.ts agent B session: 5", "cranes.ts unknown null null: 4"],
      links: ["5d0c6c1e B equal_lines 5"],
      problems: { note_test_tool: 4, note_commit_gone: 1, note_version_unknown: 1 },
    });
  });

  it("that is damaged is lost input, and says so at the end of the import", async () => {
    const repository = harbour();
    writeFileSync(join(repository.dir, ".git", "note.tmp"), "cranes.ts\n  1111111 1-4\n---\n{");
    repository.git("notes", "--ref=refs/notes/ai", "add", "-F", join(repository.dir, ".git", "note.tmp"), repository.landing);
    const store = await makeStore(scratch.next());
    const home = homeOf(repository);
    expect(await importInto(store, { home })).toMatchObject({ lost: 1 });
    expect((await tell(store)).problems).toEqual({ note_unreadable: 1 });
    expect(await importInto(store, { home })).toMatchObject({ lost: 0, changed: false });
  });
});

describe("notes and the law of imports", () => {
  let repository: Harbour;
  let home: string;
  let whole: Dump;
  beforeAll(async () => {
    repository = harbour();
    repository.note(["cranes.ts", `  ${digest}::t_2 1-3`], {});
    mkdirSync(join(repository.dir, ".agent-trace"));
    const conversations = [
      { url: "https://example.org/c/elsewhere", contributor: { type: "ai" }, ranges: [{ start_line: 4, end_line: 4 }] },
    ];
    const trace = {
      version: "1.0",
      id: "t",
      vcs: { type: "git", revision: repository.landing },
      files: [{ path: "cranes.ts", conversations }],
    };
    writeFileSync(join(repository.dir, ".agent-trace", "traces.jsonl"), `${JSON.stringify(trace)}\n`);
    home = homeOf(repository);
    const store = await makeStore(scratch.next());
    await importInto(store, { home });
    whole = await dumpStore(store);
    expect((await tell(store)).runs).toEqual(["berths.ts agent B session: 5", "cranes.ts agent A null: 1", "cranes.ts agent A session: 3"]);
  });

  it("told twice, or before the session they name is known, they come to the same store", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { repositories: [repository.dir] });
    await importInto(store, { home });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
    expect(await importInto(store, { home })).toMatchObject({ changed: false, filesRead: 0 });
    await openStore(store).rebuild({ progress() {} });
    expect(differences(whole, await dumpStore(store))).toEqual([]);
  });

  it("a note that is written anew or taken away is no longer believed; a trace file that grows is read", async () => {
    const store = await makeStore(scratch.next());
    await importInto(store, { home });
    const assay = openStore(store);
    expect(await assay.notes()).toMatchObject([
      { dialect: "agent-trace", notes: 1, linesClaimed: 1, linesAdded: 1, linesOverClaimed: 0, unseenSessions: 1 },
      { dialect: "git-ai", notes: 1, linesClaimed: 3, linesAdded: 3, linesOverClaimed: 0, linesOfAgents: 3, unseenSessions: 0 },
    ]);
    await assay.close();
    repository.note(["cranes.ts", `  ${digest}::t_2 1`], {});
    await importInto(store, { home });
    expect((await tell(store)).runs).toContain("cranes.ts agent A session: 1");
    repository.git("notes", "--ref=refs/notes/ai", "remove", repository.landing);
    await importInto(store, { home });
    expect((await tell(store)).runs).toEqual([
      "berths.ts agent B session: 5",
      "cranes.ts agent A null: 1",
      "cranes.ts unknown null null: 3",
    ]);
    writeFileSync(join(repository.dir, ".agent-trace", "traces.jsonl"), "");
    await importInto(store, { home });
    expect((await tell(store)).runs).toEqual(["berths.ts agent B session: 5", "cranes.ts unknown null null: 4"]);
    repository.note(["cranes.ts", `  ${digest}::t_2 1-3`], {});
  });
});

describe("a trailer", () => {
  it("that names a session is explicit evidence: content in it is grade A, the rest grade C", async () => {
    const repository = harbour(`Add berths and cranes\n\nClaude-Session: https://claude.ai/code/session_${session}`);
    expect(await imported(repository)).toMatchObject({
      runs: ["berths.ts agent A session: 5", "cranes.ts agent C session: 4"],
      links: ["5d0c6c1e A equal_lines_in_named_commit 9"],
      problems: {},
    });
    expect((await imported(repository, { ignoreTrailers: true })).links).toEqual(["5d0c6c1e B equal_lines 5"]);
  });

  it("that names a session nobody imported is counted", async () => {
    const repository = harbour("Add berths and cranes\n\nCodex-Session: 0000-elsewhere");
    expect(await imported(repository)).toMatchObject({ links: ["5d0c6c1e B equal_lines 5"], problems: { session_trailer_unseen: 1 } });
  });

  it("that names only an agent marks the commit as assisted: no line, no dollar moves", async () => {
    const repository = harbour("Add berths and cranes\n\nCo-authored-by: Claude <noreply@anthropic.com>");
    const marked = async (more: { ignoreTrailers?: boolean }): Promise<unknown[]> => {
      const store = await makeStore(scratch.next());
      await importInto(store, { home: homeOf(repository), ...more });
      expect((await tell(store)).runs).toEqual(["berths.ts agent B session: 5", "cranes.ts unknown null null: 4"]);
      const database = await openDerived(store);
      const rows = await database.all("SELECT marked_agent FROM commit_d WHERE marked_agent IS NOT NULL");
      database.close();
      return rows.map((row) => row["marked_agent"]);
    };
    expect(await marked({})).toEqual(["claude-code"]);
    expect(await marked({ ignoreTrailers: true })).toEqual([]);
  });
});
