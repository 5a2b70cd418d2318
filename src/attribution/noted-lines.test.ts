import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineClaim } from "../contract/facts.ts";
import { TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type CarriedClaims, type NotedLines, noteLines, notedKind } from "./noted-lines.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const claim = (path: string, ranges: readonly number[], part: Partial<LineClaim> = {}): LineClaim => ({
  path,
  ranges,
  author: "agent",
  agent: "claude-code",
  session: "s1",
  sessionDigest: null,
  model: null,
  ...part,
});
const note = (commit: string, claims: readonly LineClaim[], part: Partial<CarriedClaims> = {}): CarriedClaims => ({
  dialect: "git-ai",
  commit,
  note: "n",
  madeBefore: false,
  claims,
  testLines: 0,
  defects: {},
  isRead: true,
  ...part,
});

async function noted(
  ...notes: readonly CarriedClaims[]
): Promise<NotedLines & { at(path: string): string[]; tally: Record<string, unknown> }> {
  const { history } = await readHistory(repository.dir);
  const result = noteLines(history, notes, ({ session }) => (session === null ? null : { key: session, seen: session === "s1" }));
  if (result === null) throw new Error("no notes");
  const names = Object.keys(notedKind);
  const at = (path: string): string[] =>
    Array.from(history.alive.get(path) ?? [], (line) => {
      const session = result.session[line] as number;
      return `${names[result.kind[line] as number]} ${session === -2 ? "several" : (result.sessions[session]?.key ?? "-")}`;
    });
  const [tally] = result.tallies.values();
  return { ...result, at, tally: { ...tally } };
}

const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

describe("a note", () => {
  it("is believed only for lines its commit added; the rest is over-claim", async () => {
    repository.commit({ "a.ts": text("one", "two", "three", "four") });
    const second = repository.commit({ "a.ts": text("one", "TWO", "three", "four", "five"), "b.ts": text("b1") });
    // 2 and 5 are added; 1, 3, 4 are older; 6 to 9 are no lines; b.ts has one line; c.ts is not in the commit
    const { at, tally } = await noted(note(second, [claim("a.ts", [1, 9]), claim("b.ts", [1, 2]), claim("c.ts", [1, 28_500])]));
    expect(at("a.ts")).toEqual(["none -", "agent s1", "none -", "none -", "agent s1"]);
    expect(at("b.ts")).toEqual(["agent s1"]);
    expect(tally).toMatchObject({ linesClaimed: 9 + 2 + 28_500, linesAdded: 3, linesOverClaimed: 28_508, linesOfAgents: 3 });
  });

  it("counts a line once that several claims name", async () => {
    const only = repository.commit({ "a.ts": text("one", "two") });
    const { tally } = await noted(note(only, [claim("a.ts", [1, 2]), claim("a.ts", [2, 3], { session: "s2" })]));
    expect(tally).toMatchObject({ linesClaimed: 3, linesAdded: 2, linesOverClaimed: 1, unseenSessions: 1 });
  });

  it("makes a line an agent's and no session's where two sessions claim it, in whatever order", async () => {
    const only = repository.commit({ "a.ts": text("one", "two") });
    const [first, second] = [note(only, [claim("a.ts", [1, 2])]), note(only, [claim("a.ts", [2, 2], { session: "s2" })], { note: "m" })];
    for (const order of [
      [first, second],
      [second, first],
      [first, second, first],
    ]) {
      const { at, claimedTwice } = await noted(...order);
      expect([at("a.ts"), claimedTwice]).toEqual([["agent s1", "agent several"], 1]);
    }
  });

  it("that names a person makes the line a person's, beside an agent's both", async () => {
    const only = repository.commit({ "a.ts": text("one", "two", "three") });
    const person = claim("a.ts", [1, 2], { author: "person", agent: null, session: null });
    const { at, tally } = await noted(note(only, [person, claim("a.ts", [2, 3])]));
    expect(at("a.ts")).toEqual(["person -", "mixed s1", "agent s1"]);
    expect(tally).toMatchObject({ linesOfPersons: 1, linesMixed: 1, linesOfAgents: 1 });
  });

  it("on a merge, on a commit that is gone, or without its content, is counted and says nothing", async () => {
    repository.commit({ "a.ts": text("one") });
    repository.git("checkout", "-q", "-b", "side");
    repository.commit({ "b.ts": text("b") });
    repository.git("checkout", "-q", "main");
    repository.commit({ "c.ts": text("c") });
    const merge = repository.merge(["side"]);
    const { at, tally } = await noted(
      note(merge, [claim("b.ts", [1, 1])]),
      note("0".repeat(40), [claim("a.ts", [1, 1])]),
      note(merge, [], { note: "m", isRead: false }),
    );
    expect(at("b.ts")).toEqual(["none -"]);
    expect(tally).toMatchObject({ notes: 3, onMerges: 2, commitGone: 1, notRead: 1, linesClaimed: 0 });
  });

  it("follows lines of a renamed file, and nothing that was removed", async () => {
    repository.commit({ "old.ts": text("one", "two", "three", "four", "five") });
    const renamed = repository.commit({ "old.ts": null, "new.ts": text("one", "two", "three", "four", "FIVE") });
    const { at, tally } = await noted(note(renamed, [claim("new.ts", [1, 5]), claim("old.ts", [1, 5])]));
    expect(at("new.ts")).toEqual(["none -", "none -", "none -", "none -", "agent s1"]);
    expect(tally).toMatchObject({ linesClaimed: 10, linesAdded: 1 });
  });
});

describe("a record made at the time of the edit", () => {
  it("names the commit before: a range is believed where its only child that changes the file added all of it", async () => {
    const before = repository.commit({ "a.ts": text("one"), "b.ts": text("b") });
    repository.commit({ "a.ts": text("one", "two", "three") });
    const early = { dialect: "agent-trace", madeBefore: true } as const;
    const { at, tally } = await noted(note(before, [claim("a.ts", [2, 3]), claim("a.ts", [3, 4]), claim("b.ts", [1, 1])], early));
    expect(at("a.ts")).toEqual(["none -", "agent s1", "agent s1"]);
    // b.ts is the named commit's own; of a.ts the range 3–4 is half outside: claimed 2, 3, 4 and b's 1
    expect(at("b.ts")).toEqual(["agent s1"]);
    expect(tally).toMatchObject({ linesClaimed: 4, linesAdded: 3, linesOverClaimed: 1 });
  });

  it("is not believed where two commits came after", async () => {
    const before = repository.commit({ "a.ts": text("one") });
    repository.commit({ "a.ts": text("one", "two") });
    repository.git("checkout", "-q", "-b", "side", before);
    repository.commit({ "a.ts": text("one", "zwei") });
    const { tally } = await noted(note(before, [claim("a.ts", [2, 2])], { dialect: "agent-trace", madeBefore: true }));
    expect(tally).toMatchObject({ linesAdded: 0, linesOverClaimed: 1 });
  });
});

it("without notes there is nothing to say", async () => {
  repository.commit({ "a.ts": text("one") });
  expect(noteLines((await readHistory(repository.dir)).history, [], () => null)).toBeNull();
});
