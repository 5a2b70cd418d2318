import { describe, expect, it } from "vitest";
import type { Assay } from "../../src/app/assay.ts";
import { UserError } from "../../src/contract/errors.ts";
import { answerFixture, answerOf, fixtureCents } from "./answer-fixture.ts";
import { auditFixture } from "./card-fixtures.ts";
import { emptyImport, runWith } from "./fake-machine.ts";

const noUsage = answerOf(
  {
    ...fixtureCents,
    unlinked: 0,
    reverted: 0,
    stuck: 0,
    maturing: 0,
    rework: 0,
    removed: 0,
    superseded: 0,
    in_flight: 0,
    abandoned: 0,
    no_artefact: 0,
  },
  { usages: 0, sessions: 0 },
);

describe("exit codes", () => {
  it("ends 0 when an answer was printed", async () => {
    expect((await runWith(["report"])).code).toBe(0);
  });

  it("ends 2 on a command nobody knows, and names the nearest", async () => {
    const { code, err } = await runWith(["reprot"]);
    expect(code).toBe(2);
    expect(err).toContain("report");
  });

  it("ends 2 on a command that every JavaScript object has", async () => {
    expect((await runWith(["constructor"])).code).toBe(2);
  });

  it("ends 2 on an unknown flag, a missing id, and a day no calendar has", async () => {
    expect((await runWith(["report", "--bogus"])).code).toBe(2);
    expect((await runWith(["show", "session"])).code).toBe(2);
    expect((await runWith(["report", "--as-of", "2026-02-30"])).code).toBe(2);
  });

  it("ends 2 on what the person can mend, with message and hint and without a stack", async () => {
    const failing = new UserError("unknown_session", "No session 'abc'.", { hint: "assay report lists the costliest." });
    const { code, err, closed } = await runWith(["show", "session", "abc"], { assay: { showSession: () => Promise.reject(failing) } });
    expect(code).toBe(2);
    expect(err).toBe("No session 'abc'.\nassay report lists the costliest.\n");
    expect(closed).toBe(1);
  });

  it("ends 1 on a fault, with an id, and with its stack and causes when asked", async () => {
    const answer = () => Promise.reject(new Error("disk is full", { cause: new Error("ENOSPC") }));
    const short = await runWith(["report"], { assay: { answer } });
    expect(short.code).toBe(1);
    expect(short.err).toMatch(/^Fault [0-9a-f]{8}: disk is full\n/);
    expect(short.err).not.toContain("    at ");
    const long = await runWith(["report", "--debug"], { assay: { answer } });
    expect(long.err).toContain("    at ");
    expect(long.err).toContain("caused by Error: ENOSPC");
    const byVariable = await runWith(["report"], { assay: { answer }, machine: { variables: { ASSAY_DEBUG: "1" } } });
    expect(byVariable.err).toContain("    at ");
  });

  it("ends 3 only from import, only when input was lost to damage", async () => {
    const lost = { import: async () => ({ ...emptyImport, lost: 2 }) };
    expect((await runWith(["import"], { assay: lost })).code).toBe(3);
    expect((await runWith([], { assay: lost })).code).toBe(0);
    expect((await runWith(["import"])).code).toBe(0);
  });

  it("ends 130 when an import is interrupted", async () => {
    const stopped = new AbortController();
    stopped.abort();
    const { code, err } = await runWith(["import"], { machine: { interruptSignal: () => stopped.signal } });
    expect(code).toBe(130);
    expect(err).toContain("Interrupted");
  });
});

describe("where the store is", () => {
  it("is under XDG_DATA_HOME, else under ~/.local/share", async () => {
    const variables = { XDG_DATA_HOME: "/data/ada" };
    expect((await runWith(["report"], { machine: { variables } })).opened[0]?.storeDir).toBe("/data/ada/assay");
    expect((await runWith(["report"])).opened[0]?.storeDir).toBe("/home/ada/.local/share/assay");
  });

  it("is where --store says, from the working folder, before or behind the command", async () => {
    for (const args of [
      ["report", "--store", "s"],
      ["--store", "s", "report"],
      ["--store=s", "report"],
    ]) {
      expect((await runWith(args)).opened[0]?.storeDir).toBe("/home/ada/harbour/s");
    }
  });

  it("hands --config down as an absolute path", async () => {
    expect((await runWith(["--config", "../assay.yaml", "report"])).opened[0]?.configFile).toBe("/home/ada/assay.yaml");
  });
});

describe("as of", () => {
  it("takes a date for the end of that day in UTC", async () => {
    const { calls } = await runWith(["report", "--as-of", "2026-01-31"]);
    expect(calls).toEqual([{ name: "answer", args: [{ asOf: Date.UTC(2026, 0, 31, 23, 59, 59, 999) }] }]);
  });

  it("takes an instant as it is", async () => {
    const { calls } = await runWith(["audit", "--as-of", "2026-01-31T12:00:00+02:00"]);
    expect(calls).toEqual([{ name: "audit", args: [{ asOf: Date.UTC(2026, 0, 31, 10), links: false }] }]);
  });

  it("is the horizon when nothing is asked", async () => {
    expect((await runWith(["explain", "bought"])).calls).toEqual([{ name: "explain", args: ["bought", { asOf: null }] }]);
  });
});

describe("assay alone", () => {
  it("imports this home, prints the answer and names the page it wrote", async () => {
    const { calls, out, err, files } = await runWith([]);
    expect(calls[0]?.args[0]).toMatchObject({ home: "/home/ada", repositories: [] });
    expect(out).toContain("What did the tokens buy?");
    expect(err).toContain("/home/ada/.local/share/assay/answer.html");
    expect(files.get("/home/ada/.local/share/assay/answer.html")).toContain("<!doctype html>");
  });

  it("says that there are no logs and answers from the sample, in a store of its own", async () => {
    const answers = [noUsage, { ...answerFixture, isSample: true }];
    const { code, out, err, opened, calls } = await runWith([], { assay: { answer: async () => answers.shift() ?? answerFixture } });
    expect(code).toBe(0);
    expect(err).toContain("No agent logs");
    expect(out).toMatch(/^SAMPLE DATA/);
    const sampleStore = "/home/ada/.local/share/assay/sample/store";
    expect(opened.map(({ storeDir }) => storeDir)).toEqual(["/home/ada/.local/share/assay", sampleStore]);
    expect(err).toContain(`--store ${sampleStore}`);
    expect(calls[2]?.args[0]).toMatchObject({
      home: "/home/ada/.local/share/assay/sample/home",
      repositories: ["/home/ada/.local/share/assay/sample/repository"],
    });
  });

  it("does not turn to the sample when a place was named and held nothing", async () => {
    const { out, opened } = await runWith(["--repo", "."], { assay: { answer: async () => noUsage } });
    expect(opened).toHaveLength(1);
    expect(out).toContain("No billed response was found.");
  });

  it("keeps stdout to the JSON under --json", async () => {
    const { out, files } = await runWith(["--json"]);
    expect(JSON.parse(out)).toEqual(answerFixture);
    expect(files.size).toBe(0);
  });

  it("writes the page where --out says", async () => {
    expect([...(await runWith(["--out", "page.html"])).files.keys()]).toEqual(["/home/ada/harbour/page.html"]);
  });
});

describe("watch", () => {
  it("prints a line for each import that found something, and says once that the store is in use", async () => {
    const watch: Assay["watch"] = async ({ onBusy, onChange }) => {
      onBusy(new Error("The store is in use by another process."));
      onChange(emptyImport);
      onChange({ ...emptyImport, newUsages: 1 });
    };
    const { out, err, code } = await runWith(["watch", "--every", "5"], { assay: { watch } });
    expect(code).toBe(0);
    expect(out.trimEnd().split("\n")).toEqual([
      expect.stringMatching(/^1970-01-01T00:00:00\.000Z .*40 new responses/),
      expect.stringMatching(/1 new response\b/),
    ]);
    expect(err).toContain("The store is in use by another process. Waiting for it.");
  });

  it("looks by itself every 30 seconds unless told otherwise, and refuses what is no time", async () => {
    expect((await runWith(["watch", "--no-home", "--repo", "a"])).calls[0]?.args[0]).toMatchObject({
      everyMs: 30_000,
      home: null,
      repositories: ["/home/ada/harbour/a"],
    });
    expect((await runWith(["watch", "--every", "0.2"])).code).toBe(2);
  });
});

describe("import", () => {
  it("takes several repositories, a home, and hides trailers only when told", async () => {
    const { calls } = await runWith(["import", "--repo", "a", "--repo", "/b", "--home", "../h", "--ignore-trailers"]);
    expect(calls[0]?.args[0]).toMatchObject({ repositories: ["/home/ada/harbour/a", "/b"], home: "/home/ada/h", ignoreTrailers: true });
    const silent = (await runWith(["import"])).calls[0]?.args[0];
    expect(silent).not.toHaveProperty("ignoreTrailers");
    expect((await runWith(["import", "--no-ignore-trailers"])).calls[0]?.args[0]).toMatchObject({ ignoreTrailers: false });
  });

  it("reads no home under --no-home, and refuses it beside --home", async () => {
    expect((await runWith(["import", "--no-home"])).calls[0]?.args[0]).toMatchObject({ home: null });
    expect((await runWith(["import", "--no-home", "--home", "x"])).code).toBe(2);
  });

  it("refuses a home that is not there", async () => {
    const { code, err } = await runWith(["import", "--home", "x"], { machine: { isFolder: async () => false } });
    expect(code).toBe(2);
    expect(err).toContain("/home/ada/harbour/x");
  });

  it("says what it read and lists what was lost before what is only noticed", async () => {
    const problems = [
      { code: "absent_transcript", severity: "notice", source: "checkpoints", locator: "r:1", message: "Not here." },
      { code: "torn_line", severity: "lost", source: "claude-code", locator: "a.jsonl:3", message: "Torn." },
    ] as const;
    const { out } = await runWith(["import"], { assay: { import: async () => ({ ...emptyImport, problems }) } });
    expect(out).toContain("Read 2 of 3 files (1.3 MB): 40 new responses, 12 new commits of 1 repository.");
    expect(out.indexOf("torn_line")).toBeLessThan(out.indexOf("absent_transcript"));
  });

  it("shows its progress on a terminal, and nothing of it elsewhere", async () => {
    const assay = {
      import: async ({ progress }: { progress: (step: string, done?: number, total?: number) => void }) => {
        progress("Reading logs", 3, 3);
        return emptyImport;
      },
    };
    const onTerminal = await runWith(["import"], { assay, isTerminal: true });
    expect(onTerminal.err).toContain("Reading logs 3 of 3");
    expect(onTerminal.err.endsWith("\r\x1b[K")).toBe(true);
    expect((await runWith(["import"], { assay })).err).toBe("");
  });
});

describe("printing", () => {
  it("gives the same answer as JSON, text and page", async () => {
    expect(JSON.parse((await runWith(["report", "--json"])).out)).toEqual(answerFixture);
    expect(JSON.parse((await runWith(["report", "--format", "json"])).out)).toEqual(answerFixture);
    expect((await runWith(["report"])).out).toContain("$1,240.00");
    expect((await runWith(["report", "--format", "html"])).out).toContain("$1,240.00");
  });

  it("prints the audit's keys exactly as they come", async () => {
    expect(JSON.parse((await runWith(["audit", "--json"])).out)).toEqual(auditFixture);
    expect((await runWith(["audit", "--links"])).calls[0]?.args[0]).toEqual({ asOf: null, links: true });
  });

  it("colours only a terminal, and not under NO_COLOR, unless --color asks for it", async () => {
    const escape = "\x1b[";
    expect((await runWith(["report"])).out).not.toContain(escape);
    expect((await runWith(["report"], { isTerminal: true })).out).toContain(escape);
    const machine = { variables: { NO_COLOR: "1" } };
    expect((await runWith(["report"], { isTerminal: true, machine })).out).not.toContain(escape);
    expect((await runWith(["report", "--color"])).out).toContain(escape);
    expect((await runWith(["report", "--no-color"], { isTerminal: true })).out).not.toContain(escape);
  });

  it("opens a session, a change and a commit", async () => {
    const session = (await runWith(["show", "session", "5b0c"])).out;
    expect(session).toContain("210 responses, 12 of them by sub-agents");
    expect(session).toContain("not observed: fixing");
    const shown = (await runWith(["show", "change", "118"])).out;
    expect(shown).toContain("agent 31 · unknown 4; 33 alive");
    expect(shown.replace(/\s+/g, " ")).toContain("reviewed · 2 rounds · changes requested once · first looked at after 2.5 hours");
    expect((await runWith(["show", "commit", "9f2b"])).out).toContain("35 added, 2 removed");
  });

  it("explains with definition, SQL and what was left out", async () => {
    const { out } = await runWith(["explain", "bought"]);
    for (const part of ["Definition", "select sum(nano)", "Left out", "$1.23  25.0 %"]) expect(out).toContain(part);
  });

  it("lists sources, measures and problems", async () => {
    expect((await runWith(["sources"])).out).toContain("18,204");
    expect((await runWith(["measures"])).out).toContain("Gamed by: idle loops raise it");
    const { out } = await runWith(["problems"]);
    expect(out).toContain("unknown_record (notice, 41 times)");
    expect(out).toContain("→ Import again when the agent has finished writing.");
  });

  it("lists what notes claimed and what of it was so, or says that there are none", async () => {
    expect((await runWith(["witnesses"])).out).toContain("No repository here carries notes");
    const zero = {
      commitGone: 1,
      onMerges: 2,
      notRead: 3,
      linesClaimedOnDefault: 4,
      linesAddedOnDefault: 5,
      linesOfAgents: 6,
      linesMixed: 7,
    };
    const row = { ...zero, repository: "o/n", dialect: "git-ai", notes: 8, linesClaimed: 28_509, linesAdded: 1, linesOverClaimed: 28_508 };
    const notes = async () => [{ ...row, linesOfPersons: 9, testLines: 10, unseenSessions: 11 }];
    const { out } = await runWith(["witnesses"], { assay: { notes } });
    expect(out).toContain("o/n: git-ai");
    expect(out).toContain("  28,508  that it did not add: over-claimed");
    expect(JSON.parse((await runWith(["witnesses", "--json"], { assay: { notes } })).out)).toMatchObject([{ linesOverClaimed: 28_508 }]);
  });

  it("keeps the terminal safe from what a log says", async () => {
    const problems = async () => [{ code: "x", severity: "notice", source: "s", locator: "a\x1b[2J.jsonl:1", message: "m\u202e" } as const];
    expect((await runWith(["problems"], { assay: { problems } })).out).toContain("a\ufffd[2J.jsonl:1: m\ufffd");
  });

  it("helps without opening a store", async () => {
    const { code, out, opened } = await runWith(["--help"]);
    expect([code, opened.length]).toEqual([0, 0]);
    expect(out).toContain("COMMANDS");
  });
});
