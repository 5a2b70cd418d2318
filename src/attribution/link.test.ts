import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type ReadHistory, TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type LinkResult, type LocatedWrite, type NamedSession, type NamedSessions, linkWrites } from "./link.ts";
import { linesOf, text, writeOf } from "./test-writes.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const hour = 3_600_000;
const [berths, cranes, tides] = [linesOf("berth", 5), linesOf("crane", 5), linesOf("tide", 5)];

const indexOf = ({ history }: ReadHistory, commit: string): number => history.commits.findIndex(({ hash }) => hash === commit);
const madeAt = (read: ReadHistory, commit: string): number => read.history.commits[indexOf(read, commit)]?.commitAt as number;

/** Sessions that evidence names, by commit hash. */
type Evidence = Readonly<Record<string, readonly string[]>>;

function link(
  read: ReadHistory,
  writes: readonly LocatedWrite[],
  printed: Evidence = {},
  evidence: NamedSession["evidence"] = "printed_hash",
): LinkResult {
  const named: NamedSessions = new Map(
    Object.entries(printed).map(([commit, sessions]) => [indexOf(read, commit), sessions.map((session) => ({ session, evidence }))]),
  );
  return linkWrites(read.history, writes, named);
}

/** `session commit-number grade added -removed` of every link, commits in the order they are given. */
function told({ history }: ReadHistory, { links }: LinkResult, ...commits: readonly string[]): string[] {
  return links
    .map(
      ({ session, commit, grade, lines, linesRemoved }) =>
        `${session} ${commits.indexOf(history.commits[commit]?.hash as string)} ${grade} ${lines} -${linesRemoved}`,
    )
    .sort();
}

describe("a link by content", () => {
  it("names the session whose write has the lines of the commit", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    const { links, copies, sessions } = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })]);
    expect(links).toEqual([{ session: "s", commit: 0, grade: "B", method: "equal_lines", confidence: 0.97, lines: 5, linesRemoved: 0 }]);
    expect([copies.count, sessions, [...copies.write], [...copies.place], [...copies.side]]).toEqual([
      5,
      ["s"],
      [0, 0, 0, 0, 0],
      [0, 1, 2, 3, 4],
      [0, 0, 0, 0, 0],
    ]);
    expect([...copies.line]).toEqual([...(read.history.changed[0]?.[0]?.ids ?? [])]);
  });

  it("follows a path through a rename", async () => {
    repository.commit({ "old.ts": text(...tides) });
    repository.commit({ "old.ts": null, "new.ts": text(...tides) });
    const commit = repository.commit({ "new.ts": text(...tides, ...berths) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "old.ts", { added: berths })]);
    expect(told(read, linked, commit)).toEqual(["s 0 B 5 -0"]);
  });

  it("gives a line that two sessions wrote to the latest before the commit", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    const linked = link(read, [
      writeOf("early", at - 3 * hour, "a.ts", { added: [...berths, ...cranes] }),
      writeOf("late", at - hour, "a.ts", { added: berths }),
      writeOf("after", at + hour, "a.ts", { added: [...berths, ...cranes] }),
    ]);
    expect(told(read, linked, commit)).toEqual(["early 0 B 5 -0", "late 0 B 5 -0"]);
  });

  it("is never made with a write later than two minutes after the commit", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    expect(told(read, link(read, [writeOf("s", at + 120_000, "a.ts", { added: berths })]), commit)).toEqual(["s 0 B 5 -0"]);
    expect(link(read, [writeOf("s", at + 120_001, "a.ts", { added: berths })]).copies.count).toBe(0);
    // What evidence alone gives is a write of its own, numbered after the last.
    expect([...link(read, [writeOf("s", at + 120_001, "a.ts", { added: berths })], { [commit]: ["s"] }).copies.write]).toEqual([
      1, 1, 1, 1, 1,
    ]);
  });

  it("is made of one line where it is the whole commit and says something", async () => {
    repository.commit({ "a.ts": text(...tides) });
    const commit = repository.commit({ "a.ts": text(...tides, berths[0] as string) });
    const larger = repository.commit({ "a.ts": text(...tides, berths[0] as string, ...cranes) });
    const read = await readHistory(repository.dir);
    const one = writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: [berths[0] as string] });
    const other = writeOf("t", madeAt(read, larger) - hour, "a.ts", { added: [cranes[0] as string] });
    expect(told(read, link(read, [one, other]), commit, larger)).toEqual(["s 0 B 1 -0"]);
  });

  it("is not made of common lines alone, but counts them beside telling ones", async () => {
    const common = ["return early;", "throw new Error(message);"];
    for (const name of ["p", "q", "r"]) repository.commit({ [`${name}.ts`]: text(...common) });
    const alone = repository.commit({ "a.ts": text(...common) });
    const beside = repository.commit({ "b.ts": text(...common, ...berths) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [
      writeOf("s", madeAt(read, alone) - hour, "a.ts", { added: common }),
      writeOf("t", madeAt(read, beside) - hour, "b.ts", { added: [...common, ...berths] }),
    ]);
    expect(told(read, linked, alone, beside)).toEqual(["t 1 B 7 -0"]);
  });

  it("takes trivial lines only between lines of the same write, or where it explains the whole hunk", async () => {
    const braced = (lines: readonly string[]): string[] => ["{", ...lines, "}"];
    const [first, second] = [berths.slice(0, 2), cranes.slice(0, 2)];
    const commit = repository.commit({ "a.ts": text(...braced([...first, "}", ...second])) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit) - hour;
    const whole = link(read, [writeOf("s", at, "a.ts", { added: braced([...first, "}", ...second]) })]);
    expect([whole.copies.count, told(read, whole, commit)]).toEqual([7, ["s 0 B 4 -0"]]);
    const apart = link(read, [writeOf("s", at, "a.ts", { added: braced(first) }), writeOf("t", at + 1, "a.ts", { added: braced(second) })]);
    // The brace between the two may be of either.
    expect([apart.copies.count, told(read, apart, commit)]).toEqual([6, ["s 0 B 2 -0", "t 0 B 2 -0"]]);
    const part = link(read, [writeOf("s", at, "a.ts", { added: braced(first) })]);
    expect(part.copies.count).toBe(2);
  });

  it("links removed lines to the write that took them out", async () => {
    const before = repository.commit({ "a.ts": text(...tides, ...berths) });
    const commit = repository.commit({ "a.ts": text(...tides) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { removed: berths })]);
    expect(told(read, linked, before, commit)).toEqual(["s 1 B 0 -5"]);
    expect([...linked.copies.side]).toEqual([1, 1, 1, 1, 1]);
    expect([...linked.copies.line].map((line) => read.history.killer[line])).toEqual([1, 1, 1, 1, 1]);
  });

  it("never takes an added line for a removed one", async () => {
    repository.commit({ "a.ts": text(...tides, ...berths) });
    const commit = repository.commit({ "a.ts": text(...tides) });
    const read = await readHistory(repository.dir);
    expect(link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })]).links).toEqual([]);
  });
});

describe("a written line", () => {
  it("is used once along a line of commits", async () => {
    const first = repository.commit({ "a.ts": text(...berths) });
    const again = repository.commit({ "a.ts": text(...berths, ...tides, ...berths) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, first) - hour, "a.ts", { added: berths })]);
    expect(told(read, linked, first, again)).toEqual(["s 0 B 5 -0"]);
    const twice = link(read, [
      writeOf("s", madeAt(read, first) - hour, "a.ts", { added: berths }),
      writeOf("t", madeAt(read, again) - hour, "a.ts", { added: [...tides, ...berths] }),
    ]);
    expect(told(read, twice, first, again)).toEqual(["s 0 B 5 -0", "t 1 B 10 -0"]);
  });

  it("is found again in a cherry-pick, a rebase and a squash of its commit", async () => {
    const base = repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const picked = repository.commit({ "a.ts": text(...tides, ...berths) });
    const second = repository.commit({ "a.ts": text(...tides, ...berths, ...cranes) });
    repository.git("checkout", "-q", "main");
    repository.commit({ "b.ts": text("let elsewhere = 1;") });
    repository.git("branch", "squashed");
    repository.git("cherry-pick", picked);
    const pick = repository.head();
    repository.git("checkout", "-q", "squashed");
    const onto = repository.commit({ "c.ts": text("let further = 2;") });
    repository.git("checkout", "-q", "-b", "rebased", second);
    repository.git("rebase", "-q", "--onto", onto, base);
    const rebased = [repository.git("rev-parse", "HEAD~1"), repository.head()] as const;
    repository.git("checkout", "-q", "squashed");
    repository.git("merge", "-q", "--squash", "topic");
    const squash = repository.commit({}, "Berths and cranes (#1)");
    const read = await readHistory(repository.dir);
    const linked = link(read, [
      writeOf("s", madeAt(read, picked) - hour, "a.ts", { added: berths }),
      writeOf("t", madeAt(read, second) - hour, "a.ts", { added: cranes }),
    ]);
    expect(told(read, linked, base, picked, second, pick, ...rebased, squash)).toEqual([
      "s 1 B 5 -0",
      "s 3 B 5 -0",
      "s 4 B 5 -0",
      "s 6 B 5 -0",
      "t 2 B 5 -0",
      "t 5 B 5 -0",
      "t 6 B 5 -0",
    ]);
  });
});

describe("a merge", () => {
  /** A conflict that was resolved with lines neither side has. */
  function conflict(): string {
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("checkout", "-q", "main");
    repository.commit({ "a.ts": text(...tides, "const ours = moor(1);") });
    return repository.merge(["topic"], "merge", { "a.ts": text(...tides, "const ours = moor(1);", ...berths, ...cranes) });
  }

  it("is linked by the lines that were born in it, not by those it brings in", async () => {
    const merge = conflict();
    const read = await readHistory(repository.dir);
    const inner = read.history.commits.findIndex(({ files }) =>
      files.some(({ diff }) => diff.lines.kind.length === 5 && diff.hunks[0] !== 0),
    );
    const linked = link(read, [
      writeOf("topic", (read.history.commits[inner]?.commitAt as number) - hour, "a.ts", { added: berths }),
      writeOf("resolver", madeAt(read, merge) - hour, "a.ts", { added: cranes }),
    ]);
    expect(linked.links.map(({ session, commit, lines }) => [session, read.history.commits[commit]?.hash === merge, lines])).toEqual([
      ["topic", false, 5],
      ["resolver", true, 5],
    ]);
  });
});

describe("evidence", () => {
  it("says nothing of the lines of a merge: those are linked by content only", async () => {
    repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("checkout", "-q", "main");
    repository.commit({ "a.ts": text(...tides, "const ours = moor(1);") });
    const merge = repository.merge(["topic"], "merge", { "a.ts": text(...tides, "const ours = moor(1);", ...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    expect(link(read, [], { [merge]: ["s"] }).copies.count).toBe(0);
  });

  it("makes content in a commit whose hash the session printed grade A, and prefers that session", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    const writes = [writeOf("printer", at - 3 * hour, "a.ts", { added: berths }), writeOf("other", at - hour, "a.ts", { added: berths })];
    expect(link(read, writes, { [commit]: ["printer"] }).links).toEqual([
      { session: "printer", commit: 0, grade: "A", method: "equal_lines_in_printed_commit", confidence: 0.99, lines: 5, linesRemoved: 0 },
    ]);
    expect(link(read, writes, { [commit]: ["printer"] }, "trailer").links[0]?.method).toBe("equal_lines_in_named_commit");
  });

  it("needs no second line to believe content", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, ...cranes, ...tides) });
    const read = await readHistory(repository.dir);
    const writes = [
      writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: [berths[0] as string] }),
      writeOf("t", madeAt(read, commit) - 1, "a.ts", { added: [...cranes, ...tides] }),
    ];
    expect(told(read, link(read, writes), commit)).toEqual(["t 0 B 10 -0"]);
    expect(told(read, link(read, writes, { [commit]: ["s"] }), commit)).toEqual(["s 0 A 1 -0", "t 0 B 10 -0"]);
  });

  it("gives lines that no write explains to the one session it names, grade C", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    const alone = link(read, [], { [commit]: ["s"] });
    expect(alone.links).toEqual([
      { session: "s", commit: 0, grade: "C", method: "printed_commit", confidence: 0.95, lines: 10, linesRemoved: 0 },
    ]);
    expect(alone.opaque).toMatchObject([{ session: "s", path: "a.ts", instant: madeAt(read, commit), callKey: null }]);
    expect([...alone.copies.write]).toEqual(Array.from({ length: 10 }, () => 0));
    // Beside its own content: one link of the best grade, all lines together.
    const half = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })], { [commit]: ["s"] });
    expect(told(read, half, commit)).toEqual(["s 0 A 10 -0"]);
    expect([...half.copies.grade]).toEqual([0, 0, 0, 0, 0, 2, 2, 2, 2, 2]);
  });

  it("gives nothing by itself where two sessions are named, or another one wrote here", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    expect(link(read, [], { [commit]: ["s", "t"] }).links).toEqual([]);
    const write = writeOf("writer", madeAt(read, commit) - hour, "a.ts", { added: berths });
    expect(told(read, link(read, [write], { [commit]: ["s"] }), commit)).toEqual(["writer 0 B 5 -0"]);
  });

  it("gives no trivial lines alone", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, "}"), "b.ts": text("{", "}") });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })], { [commit]: ["s"] });
    expect([linked.opaque, [...linked.copies.grade]]).toEqual([[], [0, 0, 0, 0, 0]]);
  });

  it("gives no generated line by itself", async () => {
    const commit = repository.commit({ "package-lock.json": text("{", '"name": "harbour",', "}"), "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    expect(told(read, link(read, [], { [commit]: ["s"] }), commit)).toEqual(["s 0 C 5 -0"]);
  });
});

describe("text that changed between the write and the commit", () => {
  const mixedOf = ({ copies }: LinkResult): string[] =>
    Array.from({ length: copies.count }, (_, i) => `${copies.write[i]}:${copies.place[i]} ${copies.mixed[i] === 1 ? "mixed" : "equal"}`);

  it("is the agent's own where only white space changed", async () => {
    const commit = repository.commit({ "a.ts": text(...berths.map((line) => `      ${line.replace("(", "( ").replace(" = ", "=")}`)) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })]);
    expect(mixedOf(linked)).toEqual(["0:0 equal", "0:1 equal", "0:2 equal", "0:3 equal", "0:4 equal"]);
  });

  it("is the agent's own where a formatter split a line or joined several, commas and quotation marks apart", async () => {
    const written = ['moor(anna, "north basin", { tide: 3, fog: true });', "const slots = [", "  first(anna),", "  second(bella),", "];"];
    const formatted = [
      "moor(",
      "  anna,",
      "  'north basin',",
      "  { tide: 3, fog: true },",
      ");",
      "const slots = [first(anna), second(bella)];",
    ];
    const commit = repository.commit({ "a.ts": text(...formatted) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: written })]);
    // Five lines of one, then one line of four.
    expect(mixedOf(linked)).toEqual([
      "0:0 equal",
      "0:0 equal",
      "0:0 equal",
      "0:0 equal",
      "0:0 equal",
      "0:1 equal",
      "0:2 equal",
      "0:3 equal",
      "0:4 equal",
    ]);
    expect([...linked.copies.line]).toEqual([0, 1, 2, 3, 4, 5, 5, 5, 5]);
  });

  it("is not re-wrapped where lines of their own follow each other", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    expect(link(read, [writeOf("s", madeAt(read, commit) - hour, "b.ts", { added: berths })]).copies.count).toBe(0);
  });

  it("is of agent and person where a line between two equal ones is close to the written one", async () => {
    const long = 'const tariff = settle(vessel.berths, { days: 12, port: "north basin" });';
    const commit = repository.commit({ "a.ts": text(...berths.with(2, long.replace("12", "14"))) });
    const read = await readHistory(repository.dir);
    const write = writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths.with(2, long) });
    const linked = link(read, [write]);
    expect(mixedOf(linked)).toEqual(["0:0 equal", "0:1 equal", "0:2 mixed", "0:3 equal", "0:4 equal"]);
    expect(linked.links).toMatchObject([{ grade: "B", lines: 5 }]);
    // Inside a commit that evidence names an edited line is still only B.
    expect([...link(read, [write], { [commit]: ["s"] }).copies.grade]).toEqual([0, 0, 1, 0, 0]);
  });

  it("is nobody's where the line in its place says something else", async () => {
    const replaced = berths.with(2, "for (const vessel of harbour.vessels) vessel.leave();");
    const commit = repository.commit({ "a.ts": text(...replaced) });
    const read = await readHistory(repository.dir);
    expect(mixedOf(link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: berths })]))).toEqual([
      "0:0 equal",
      "0:1 equal",
      "0:3 equal",
      "0:4 equal",
    ]);
  });

  it("is found beside the removed lines it came in the place of", async () => {
    repository.commit({ "a.ts": text(...tides, ...cranes) });
    const edited = ['const moored = slack(tides, "high water", 99);', 'const cast = slack(tides, "low water", 12);'];
    const commit = repository.commit({ "a.ts": text(...edited, ...cranes) });
    const read = await readHistory(repository.dir);
    const written = ['const moored = slack(tides, "high water", 10);', 'const cast = slack(tides, "low water", 11);'];
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { removed: tides, added: written })]);
    expect(mixedOf(linked)).toEqual([...tides.map((_, i) => `0:${i} equal`), "0:5 mixed", "0:6 mixed"]);
    expect(linked.links).toMatchObject([{ grade: "B", lines: 2, linesRemoved: 5 }]);
  });

  it("comes from the last version its session wrote, not from an earlier one", async () => {
    const second = 'const berth2 = berth(2, "berth", "north basin");';
    const commit = repository.commit({ "a.ts": text(...berths.with(2, second.replace("north", "south"))) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    const linked = link(read, [
      writeOf("s", at - 2 * hour, "a.ts", { added: berths }),
      writeOf("s", at - hour, "a.ts", { removed: [berths[2] as string], added: [second] }),
    ]);
    expect(mixedOf(linked)).toEqual(["0:0 equal", "0:1 equal", "1:1 mixed", "0:3 equal", "0:4 equal"]);
  });

  it("in a short line must be nearly nothing", async () => {
    const short = ["let a1 = 10;", "let b2 = 20;", "let c3 = 30;"];
    const commit = repository.commit({ "a.ts": text(...berths, short[0] as string, "let x9 = 21;", short[2] as string) });
    const read = await readHistory(repository.dir);
    const linked = link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { added: [...berths, ...short] })]);
    expect(mixedOf(linked)).toEqual([...berths.map((_, i) => `0:${i} equal`), "0:5 equal", "0:7 equal"]);
  });
});

describe("a session's part of a large commit", () => {
  const others = linesOf("other", 60);

  it("counts where it is the whole of a hunk, though a small share", async () => {
    repository.commit({ "a.ts": text(...tides), "b.ts": text(...cranes) });
    const commit = repository.commit({ "a.ts": text(...tides, ...berths.slice(0, 3)), "b.ts": text(...cranes, ...others) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit) - hour;
    expect(told(read, link(read, [writeOf("s", at, "a.ts", { added: berths.slice(0, 3) })]), commit)).toEqual(["s 0 B 3 -0"]);
    expect(told(read, link(read, [writeOf("s", at, "b.ts", { added: others.slice(0, 3) })]), commit)).toEqual([]);
  });

  it("does not count where it only took out what many may take out", async () => {
    repository.commit({ "a.ts": text(...tides, ...berths), "b.ts": text(...cranes, ...others) });
    const commit = repository.commit({ "a.ts": text(...tides), "b.ts": text(...cranes) });
    const read = await readHistory(repository.dir);
    expect(told(read, link(read, [writeOf("s", madeAt(read, commit) - hour, "a.ts", { removed: berths })]), commit)).toEqual([]);
  });
});

describe("a shell edit", () => {
  const opaque = (session: string, instant: number, path: string, operation = "opaque"): LocatedWrite => ({
    ...writeOf(session, instant, path, []),
    operation,
  });

  it("is the call that names the file, for lines of a commit the same session made", async () => {
    const commit = repository.commit({ "a.ts": text(...berths), "b.ts": text(...cranes) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    const linked = link(read, [opaque("s", at - 2 * hour, "a.ts"), opaque("s", at - hour, "a.ts")], { [commit]: ["s"] });
    expect(linked.opaque).toMatchObject([
      { path: "a.ts", instant: at - hour, callKey: `s@${at - hour}` },
      { path: "b.ts", instant: at, callKey: null },
    ]);
  });

  it("takes what content leaves of a file, where its session has its part of the commit and no other wrote there", async () => {
    const commit = repository.commit({ "a.ts": text(...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit);
    const content = writeOf("s", at - 3 * hour, "a.ts", { added: berths });
    const sed = opaque("s", at - 2 * hour, "a.ts");
    const linked = link(read, [content, sed]);
    expect([told(read, linked, commit), [...linked.copies.grade]]).toEqual([["s 0 B 10 -0"], [1, 1, 1, 1, 1, 2, 2, 2, 2, 2]]);
    expect(told(read, link(read, [sed]), commit)).toEqual([]);
    expect(told(read, link(read, [content, sed, opaque("t", at - hour, "a.ts")]), commit)).toEqual(["s 0 B 5 -0"]);
  });

  it("is used up by the next commit of the file", async () => {
    const first = repository.commit({ "a.ts": text(...tides) });
    const second = repository.commit({ "a.ts": text(...tides, ...berths, ...cranes) });
    const read = await readHistory(repository.dir);
    const sed = opaque("s", madeAt(read, first) - hour, "a.ts");
    const content = writeOf("s", madeAt(read, second) - hour, "a.ts", { added: berths });
    expect(told(read, link(read, [sed, content]), first, second)).toEqual(["s 1 B 5 -0"]);
  });

  it("that deletes a file is linked to the commit that deletes it, grade C", async () => {
    repository.commit({ "a.ts": text(...tides), "b.ts": text(...cranes) });
    const commit = repository.commit({ "a.ts": null });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit) - hour;
    expect(link(read, [opaque("s", at, "a.ts", "delete")]).links).toMatchObject([
      { session: "s", grade: "C", method: "shell_edit", lines: 0, linesRemoved: 5 },
    ]);
    expect(link(read, [opaque("s", at, "a.ts")]).links).toEqual([]);
    expect(link(read, [opaque("s", at, "a.ts", "delete"), opaque("t", at + 1, "a.ts", "delete")]).links).toEqual([]);
  });

  it("is found again in a squash and a rebase of its commit, still grade C, as one write", async () => {
    const base = repository.commit({ "a.ts": text(...tides) });
    repository.git("checkout", "-q", "-b", "topic");
    const made = repository.commit({ "a.ts": text(...tides, ...berths) });
    repository.git("checkout", "-q", "main");
    const onto = repository.commit({ "c.ts": text("let further = 2;") });
    repository.git("checkout", "-q", "-b", "rebased", made);
    repository.git("rebase", "-q", "--onto", onto, base);
    const rebased = repository.head();
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "--squash", "topic");
    const squash = repository.commit({}, "Berths (#1)");
    const read = await readHistory(repository.dir);
    const linked = link(read, [], { [made]: ["s"] });
    expect(linked.opaque.length).toBe(1);
    expect(told(read, linked, made, rebased, squash)).toEqual(["s 0 C 5 -0", "s 1 C 5 -0", "s 2 C 5 -0"]);
  });

  it("of generated lines is found again in a squash that a person adds to, in the hunks it explains whole", async () => {
    repository.commit({ "go.sum": text(...tides, ...cranes), "a.ts": text(...cranes) });
    repository.git("checkout", "-q", "-b", "topic");
    const made = repository.commit({ "go.sum": text(...tides.with(1, "moor v1.2.0"), ...cranes) });
    repository.commit({ "a.ts": text(...cranes, ...berths) });
    repository.git("checkout", "-q", "main");
    repository.git("merge", "-q", "--squash", "topic");
    const squash = repository.commit({}, "Moor (#1)");
    const read = await readHistory(repository.dir);
    const linked = link(read, [], { [made]: ["s"] });
    expect(told(read, linked, made, squash)).toEqual(["s 0 C 0 -0", "s 1 C 0 -0"]);
    // In both commits the line that came and the one that went, and none of the person's five.
    expect([...linked.copies.side].sort()).toEqual([0, 0, 1, 1]);
  });

  it("may be a rename alone: the commit is linked without lines", async () => {
    repository.commit({ "a.ts": text(...tides) });
    const commit = repository.commit({ "a.ts": null, "b.ts": text(...tides) });
    const read = await readHistory(repository.dir);
    expect(told(read, link(read, [], { [commit]: ["s"] }), commit)).toEqual(["s 0 C 0 -0"]);
    expect(told(read, link(read, [], { [commit]: ["s", "t"] }), commit)).toEqual([]);
  });
});

describe("the printed hash of a copy", () => {
  it("counts for a session that wrote in a file of the commit", async () => {
    const commit = repository.commit({ "a.ts": text(...berths) });
    const read = await readHistory(repository.dir);
    const at = madeAt(read, commit) - hour;
    const there = writeOf("s", at, "a.ts", { added: tides });
    const elsewhere = writeOf("s", at, "b.ts", { added: tides });
    expect(told(read, link(read, [there], { [commit]: ["s"] }, "printed_hash_of_copy"), commit)).toEqual(["s 0 C 5 -0"]);
    expect(told(read, link(read, [elsewhere], { [commit]: ["s"] }, "printed_hash_of_copy"), commit)).toEqual([]);
    // Of a commit that is gone it only bears out content.
    expect(told(read, link(read, [there], { [commit]: ["s"] }, "printed_hash_of_gone"), commit)).toEqual([]);
    const content = writeOf("s", at, "a.ts", { added: berths });
    expect(told(read, link(read, [content], { [commit]: ["s"] }, "printed_hash_of_gone"), commit)).toEqual(["s 0 A 5 -0"]);
  });
});
