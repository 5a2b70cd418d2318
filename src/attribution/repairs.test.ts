import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { findChanges } from "../outcomes/git/changes.ts";
import { TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type KnownIssues, findRepairs } from "./repairs.ts";
import { linesOf, text as textOf } from "./test-writes.ts";

const text = (lines: readonly string[]): string => textOf(...lines);
const [berths, cranes] = [linesOf("berth", 5), linesOf("crane", 5)];
const mended = (lines: readonly string[], by = "calm"): string[] => [`const ${by} = mend(1);`, ...lines.slice(1)];

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

/** What a commit's lines repair, `side count repair`; and whose faults the fixes were traced to. */
async function repairsOf(commit: string, agents: readonly string[], persons: readonly string[] = [], issues?: KnownIssues) {
  const { history, commits } = await readHistory(repository.dir);
  const bornIn = (line: number): string => commits[history.born[line] as number]?.hash as string;
  const authorOf = (line: number) => (agents.includes(bornIn(line)) ? "agent" : persons.includes(bornIn(line)) ? "person" : "unknown");
  const repairs = findRepairs(history, findChanges(commits, [], history.tip), authorOf, issues);
  const c = commits.findIndex(({ hash }) => hash === commit);
  const lines = [...history.born.keys()];
  const added = lines.filter((line) => history.born[line] === c).map((line) => `added ${repairs.of(line, "added")}`);
  const removed = lines.filter((line) => history.killer[line] === c).map((line) => `removed ${repairs.of(line, "removed")}`);
  return {
    lines: [...removed, ...added],
    fixes: repairs.fixes.map(({ evidence, narrow, wide }) => `${evidence.strength} ${narrow} ${wide}`),
  };
}

describe("the changed lines of a fix", () => {
  it("repair an agent's lines where its message names their commit: in that hunk alone", async () => {
    const agents = repository.commit({ "port.ts": text([...berths, ...cranes]), "quay.ts": text(linesOf("quay", 3)) });
    const fix = repository.commit(
      { "port.ts": text([...mended(berths), ...cranes]), "tide.ts": text(["const fresh = tide();"]) },
      `Mend the berths\n\nFixes: ${agents.slice(0, 12)} ("Add berths")`,
    );
    expect(await repairsOf(fix, [agents])).toEqual({
      lines: ["removed narrow", "added narrow", "added null"],
      fixes: ["exact agent agent"],
    });
  });

  it("are a candidate's where it only says fix: wide, and no dollar moves", async () => {
    const agents = repository.commit({ "port.ts": text(berths) });
    const fix = repository.commit({ "port.ts": text(mended(berths)) }, "fix: berths");
    expect(await repairsOf(fix, [agents])).toEqual({ lines: ["removed wide", "added wide"], fixes: ["candidate untraced agent"] });
  });

  it("repair by the most recent commit before the issue where a known bug is closed", async () => {
    const agents = repository.commit({ "port.ts": text(berths) });
    const fix = repository.commit({ "port.ts": text(mended(berths)) }, "Mend the berths\n\nCloses #7");
    const bug: KnownIssues = { kindOf: () => "bug", openedAt: () => null };
    expect(await repairsOf(fix, [agents], [], bug)).toEqual({ lines: ["removed narrow", "added narrow"], fixes: ["strong agent agent"] });
    // Opened before the lines were: they cannot have brought it. What may be is told wide.
    const early: KnownIssues = { kindOf: () => "bug", openedAt: () => 0 };
    expect(await repairsOf(fix, [agents], [], early)).toEqual({ lines: ["removed wide", "added wide"], fixes: ["strong untraced agent"] });
    const wish: KnownIssues = { kindOf: () => "other", openedAt: () => null };
    expect(await repairsOf(fix, [agents], [], wish)).toEqual({ lines: ["removed null", "added null"], fixes: [] });
  });

  it("that guard an agent's lines without killing any are wide", async () => {
    const agents = repository.commit({ "port.ts": text(berths) });
    const guarded = [...berths.slice(0, 2), "if (berth === null) return;", ...berths.slice(2)];
    const fix = repository.commit({ "port.ts": text(guarded) }, `Guard the berths\n\nFixes: ${agents}`);
    expect(await repairsOf(fix, [agents])).toEqual({ lines: ["added wide"], fixes: ["exact untraced agent"] });
  });

  it("of a person's fault, of an unknown author's, and of none are told beside, unmarked", async () => {
    const persons = repository.commit({ "port.ts": text(berths) });
    const fix = repository.commit({ "port.ts": text(mended(berths)) }, `Mend it\n\nFixes: ${persons}`);
    expect(await repairsOf(fix, [], [persons])).toEqual({ lines: ["removed null", "added null"], fixes: ["exact person person"] });
    expect(await repairsOf(fix, [])).toMatchObject({ fixes: ["exact unknown unknown"] });
    repository.commit({ "tide.ts": text(cranes) }, "fix: forgotten file");
    expect(await repairsOf(fix, [])).toMatchObject({ fixes: ["exact unknown unknown", "candidate untraced untraced"] });
  });

  it("that complete a feature before it lands repair nothing", async () => {
    repository.commit({ "tide.ts": text(cranes) });
    repository.git("checkout", "-q", "-b", "port");
    const agents = repository.commit({ "port.ts": text(berths) });
    const fix = repository.commit({ "port.ts": text(mended(berths)) }, `Mend it\n\nFixes: ${agents}`);
    repository.git("checkout", "-q", "main");
    repository.commit({ "quay.ts": text(cranes) });
    repository.merge(["port"], "Merge pull request #12 from own/port");
    expect(await repairsOf(fix, [agents])).toEqual({ lines: ["removed null", "added null"], fixes: ["exact untraced untraced"] });
  });

  it("of tests, of docs and of reverts that name no bug are none", async () => {
    const agents = repository.commit({ "port.test.ts": text(berths), "port.ts": text(cranes) });
    repository.commit({ "port.test.ts": text(mended(berths)) }, `Mend a test\n\nFixes: ${agents}`);
    const back = repository.commit({ "port.ts": null }, `Revert it\n\nThis reverts commit ${agents}.`);
    expect(await repairsOf(back, [agents])).toMatchObject({ fixes: [] });
  });
});
