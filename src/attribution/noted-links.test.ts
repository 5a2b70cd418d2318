import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { LineClaim } from "../contract/facts.ts";
import { type ReadHistory, TestRepository, readHistory } from "../outcomes/git/test-repository.ts";
import { type LocatedWrite, type NamedSession, defaultLinkOptions, linkWrites } from "./link.ts";
import { type NotedLinks, linkNotedLines } from "./noted-links.ts";
import { noteLines } from "./noted-lines.ts";
import { linesOf, text, writeOf } from "./test-writes.ts";

let repository: TestRepository;
beforeEach(() => {
  repository = new TestRepository();
});
afterEach(() => repository.remove());

const hour = 3_600_000;
const [berths, cranes] = [linesOf("berth", 5), linesOf("crane", 5)];

type Claim = readonly [path: string, first: number, last: number, author: LineClaim["author"], session?: string];

const claimOf = ([path, first, last, author, session]: Claim): LineClaim => ({
  path,
  ranges: [first, last],
  author,
  agent: author === "person" ? null : "claude-code",
  session: session ?? null,
  sessionDigest: null,
  model: null,
});

/** Links of the last commit as a note on it leaves them. Sessions of one letter are known. */
function linkNoted(
  { history }: ReadHistory,
  writes: readonly LocatedWrite[],
  claims: readonly Claim[],
  named: readonly NamedSession[] = [],
): NotedLinks & { readonly linkedAs: readonly string[] } {
  const last = history.commits.length - 1;
  const linked = linkWrites(history, writes, new Map([[last, named]]));
  const commit = history.commits[last]?.hash as string;
  const note = { dialect: "git-ai", commit, note: "n", madeBefore: false, testLines: 0, defects: {}, isRead: true } as const;
  const noted = noteLines(history, [{ ...note, claims: claims.map(claimOf) }], ({ session }) =>
    session === null ? null : { key: session, seen: session.length === 1 },
  );
  const result = linkNotedLines(linked, noted, history, writes, defaultLinkOptions.skewMs);
  const linkedAs = result.linked.links.map(({ session, grade, method, lines }) => `${session} ${grade} ${method} ${lines}`);
  return { ...result, linkedAs };
}

/** `path session callKey lines` of each opaque write, and the distinct numbers copies know writes by. */
const opaqueOf = ({ linked: { opaque, copies } }: NotedLinks): readonly [string[], number[]] => [
  opaque.map(({ path, session, callKey, diff }) => `${path} ${session} ${callKey} ${diff.lines.kind.length}`),
  [...new Set(copies.write)],
];

async function readCommit(files: Readonly<Record<string, string>>): Promise<{ read: ReadHistory; at: number }> {
  repository.commit(files);
  const read = await readHistory(repository.dir);
  return { read, at: read.history.commits[0]?.commitAt as number };
}

describe("a noted line that no write of its session has", () => {
  it("is an opaque write of the session, grade A", async () => {
    const { read, at } = await readCommit({ "a.ts": text(...berths), "b.ts": text(...cranes) });
    const result = linkNoted(read, [writeOf("s", at - hour, "a.ts", { added: berths })], [["b.ts", 2, 5, "agent", "s"]]);
    expect(result.linkedAs).toEqual(["s A noted_lines 9"]); // five by content, four by the note
    expect(opaqueOf(result)).toEqual([["b.ts s null 4"], [0, 1]]);
    expect([...result.linked.copies.grade]).toEqual([1, 1, 1, 1, 1, 0, 0, 0, 0]);
    expect([...result.linked.copies.place].slice(5)).toEqual([0, 1, 2, 3]);
    expect(result.linked.opaque[0]?.instant).toBe(at);
  });

  it("is put down to the call that names the file, where one does", async () => {
    const { read, at } = await readCommit({ "b.ts": text(...cranes) });
    const shell = { ...writeOf("s", at - hour, "b.ts", {}), callKey: "sed" };
    const result = linkNoted(read, [shell], [["b.ts", 1, 5, "agent", "s"]]);
    expect([opaqueOf(result), result.linked.opaque[0]?.instant]).toEqual([[["b.ts s sed 5"], [1]], at - hour]);
  });

  it("takes no written line that content has already found in the commit", async () => {
    const { read, at } = await readCommit({ "a.ts": text(...berths, berths[0] as string) });
    const result = linkNoted(read, [writeOf("s", at - hour, "a.ts", { added: berths })], [["a.ts", 6, 6, "agent", "s"]]);
    expect(opaqueOf(result)).toEqual([["a.ts s null 1"], [0, 1]]);
  });
});

describe("an opaque write", () => {
  const printed = [{ session: "s", evidence: "printed_hash" }] as const;

  it("keeps only the lines that notes leave to it", async () => {
    const { read } = await readCommit({ "a.ts": text(...berths) });
    const result = linkNoted(read, [], [["a.ts", 2, 3, "person"]], printed);
    expect([result.linkedAs, result.contradicted]).toEqual([["s C printed_commit 3"], 2]);
    expect(opaqueOf(result)).toEqual([["a.ts s null 3"], [0]]);
    expect([...result.linked.copies.place]).toEqual([0, 1, 2]);
    const ids = read.history.changed[0]?.[0]?.ids as Int32Array;
    expect([...result.linked.copies.line]).toEqual([ids[0], ids[3], ids[4]]);
  });

  it("is gone with its last line; those after it are numbered anew, and the evidence stays", async () => {
    const { read } = await readCommit({ "a.ts": text(...berths), "b.ts": text(...cranes) });
    const one = linkNoted(read, [], [["a.ts", 1, 5, "agent", "elsewhere"]], printed);
    expect([one.linkedAs, opaqueOf(one)]).toEqual([["s C printed_commit 5"], [["b.ts s null 5"], [0]]]);
    const both = linkNoted(read, [], [["a.ts", 1, 5, "person"] as const, ["b.ts", 1, 5, "person"] as const], printed);
    expect([both.linkedAs, opaqueOf(both)]).toEqual([["s C printed_commit 0"], [[], []]]);
  });
});

describe("a note on lines that content links", () => {
  it("that names the same session makes them grade A; of lines a person had a hand in, mixed", async () => {
    const { read, at } = await readCommit({ "a.ts": text(...berths) });
    const claims: Claim[] = [
      ["a.ts", 1, 5, "agent", "s"],
      ["a.ts", 4, 5, "person"],
    ];
    const result = linkNoted(read, [writeOf("s", at - hour, "a.ts", { added: berths })], claims);
    expect([result.linkedAs, result.contradicted]).toEqual([["s A noted_lines 5"], 0]);
    expect([...result.linked.copies.mixed]).toEqual([0, 0, 0, 1, 1]);
  });

  it("that names another moves them to its write of that text; the first stays where a hash names it", async () => {
    const { read, at } = await readCommit({ "a.ts": text(...berths) });
    const writes = [writeOf("t", at - 2 * hour, "a.ts", { added: berths }), writeOf("s", at - hour, "a.ts", { added: berths })];
    const result = linkNoted(read, writes, [["a.ts", 1, 5, "agent", "t"]], [{ session: "s", evidence: "telemetry_commit" }]);
    expect([result.linkedAs, result.contradicted]).toEqual([["s C printed_commit 0", "t A noted_lines 5"], 5]);
    expect([opaqueOf(result), [...result.linked.copies.place]]).toEqual([
      [[], [0]],
      [0, 1, 2, 3, 4],
    ]);
  });
});
