import { describe, expect, it } from "vitest";
import type { CommitFact, FileChange } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import { emptyDiff } from "../lines/line-diff.ts";
import type { StoredCheckpoint } from "../store/fact-reader.ts";
import { type CommitMention, checkpointsNamed, countUnseenSessions, namedSessions } from "./evidence.ts";

const noon = Date.UTC(2026, 4, 4, 12);

function file(path: string, oldPath: string | null = null): FileChange {
  return { path, oldPath, status: oldPath === null ? "modified" : "renamed", oldBlob: "", newBlob: "", opaque: false, diff: emptyDiff };
}

function commit(hash: string, part: Partial<CommitFact> = {}): CommitFact {
  return {
    kind: "commit",
    hash: hash.padEnd(40, "0"),
    parents: [],
    authorName: "Ada",
    authorEmail: "ada@example.org",
    authorAt: noon,
    commitAt: noon,
    trailers: [],
    squashOf: null,
    mergeOf: null,
    reverts: null,
    files: [file("a.ts")],
    ...part,
  };
}

const named = (key: string, value: string): CommitFact["trailers"] => [{ key, value, inTrailerBlock: true }];
const checkpoint = (id: string, session: string, filesTouched: readonly string[]): StoredCheckpoint => ({
  repository: 1,
  checkpoint: id,
  listed: session,
  session,
  transcript: "present",
  filesTouched,
  createdAt: null,
});

/** Sessions by place of the commit they are named for. */
function told(
  commits: readonly CommitFact[],
  mentions: readonly CommitMention[],
  checkpoints: readonly StoredCheckpoint[] = [],
  ignoreTrailers = false,
  known: readonly string[] = [],
): Record<number, string[]> {
  const sessions = namedSessions({ commits } as unknown as LineHistoryResult, mentions, checkpoints, ignoreTrailers, (session) =>
    known.includes(session),
  );
  return Object.fromEntries([...sessions].map(([c, list]) => [c, list.map(({ session, evidence }) => `${session} ${evidence}`)]));
}

describe("a printed hash", () => {
  it("names the one commit that begins with it", () => {
    const commits = [commit("abc1234"), commit("abd1234", { authorAt: noon - 1000 })];
    expect(told(commits, [{ session: "s", hash: "abc1234", instant: noon }])).toEqual({ 0: ["s printed_hash"] });
    expect(told(commits, [{ session: "s", hash: "ab", instant: noon }])).toEqual({});
  });

  it("counts from two minutes before to an hour after the commit: a log that is read later names nothing", () => {
    const at = (instant: number): object => told([commit("abc1234")], [{ session: "s", hash: "abc1234", instant }]);
    expect([at(noon - 120_000), at(noon + 3_600_000)]).toEqual([{ 0: ["s printed_hash"] }, { 0: ["s printed_hash"] }]);
    expect([at(noon - 120_001), at(noon + 3_600_001)]).toEqual([{}, {}]);
  });

  it("names the copies with it: an amend, a rebase and a pick keep author and author date", () => {
    const copy = commit("fff9999", { commitAt: noon + 86_400_000 });
    const other = commit("eee9999", { authorEmail: "bo@example.org" });
    expect(told([commit("abc1234"), copy, other], [{ session: "s", hash: "abc1234", instant: noon }])).toEqual({
      0: ["s printed_hash"],
      1: ["s printed_hash_of_copy"],
    });
  });

  it("of a commit that is gone names what was made of it: the last author date before the print, two minutes at most", () => {
    const commits = [commit("abc1234", { authorAt: noon - 30_000 }), commit("abd1234", { commitAt: noon + 86_400_000 })];
    const at = (instant: number): object => told(commits, [{ session: "s", hash: "fff1234", instant }]);
    expect([at(noon - 1), at(noon), at(noon + 120_000)]).toEqual([
      { 0: ["s printed_hash_of_gone"] },
      { 1: ["s printed_hash_of_gone"] },
      { 1: ["s printed_hash_of_gone"] },
    ]);
    expect([at(noon - 30_001), at(noon + 120_001)]).toEqual([{}, {}]);
    // Two authors in one second: nobody knows which of them it was.
    expect(told([commit("abc1234"), commit("abd1234", { authorName: "Bo" })], [{ session: "s", hash: "fff1234", instant: noon }])).toEqual(
      {},
    );
  });

  it("names a session once, however often it was printed", () => {
    const mention = { session: "s", hash: "abc1234", instant: noon };
    expect(told([commit("abc1234")], [mention, mention, { ...mention, session: "t" }])).toEqual({
      0: ["s printed_hash", "t printed_hash"],
    });
  });
});

describe("a checkpoint", () => {
  it("names its sessions for the commit whose trailer names it, in any case", () => {
    const commits = [commit("a", { trailers: named("entire-checkpoint", "0123456789ab") })];
    const checkpoints = [
      checkpoint("0123456789ab", "s", ["a.ts"]),
      checkpoint("0123456789ab", "t", ["a.ts"]),
      checkpoint("fedcba987654", "u", ["a.ts"]),
    ];
    expect(told(commits, [], checkpoints)).toEqual({ 0: ["s trailer", "t trailer"] });
  });

  it("does not name a session it only lists: the commit touches none of its files", () => {
    const commits = [commit("a", { trailers: named("Entire-Checkpoint", "0123456789ab"), files: [file("new.ts", "old.ts")] })];
    const checkpoints = [checkpoint("0123456789ab", "s", ["b.ts"]), checkpoint("0123456789ab", "t", ["old.ts"])];
    expect(told(commits, [], checkpoints)).toEqual({ 0: ["t trailer"] });
  });

  it("is hidden with the trailers; what was printed is not", () => {
    const commits = [commit("abc1234", { trailers: named("Entire-Checkpoint", "0123456789ab") })];
    expect(told(commits, [{ session: "p", hash: "abc1234", instant: noon }], [checkpoint("0123456789ab", "s", ["a.ts"])], true)).toEqual({
      0: ["p printed_hash"],
    });
  });

  it("is known by its trailer alone", () => {
    expect(checkpointsNamed([...named("Co-Authored-By", "Ada"), ...named("Entire-Checkpoint", "0123456789ab")])).toEqual(["0123456789ab"]);
  });
});

describe("telemetry", () => {
  it("names a commit under a name of its own, and is believed like a printed hash", () => {
    const mention = { session: "s", hash: "abc1234".padEnd(40, "0"), instant: noon, telemetry: true };
    expect(told([commit("abc1234")], [mention])).toEqual({ 0: ["s telemetry_commit"] });
    expect(told([commit("abc1234")], [{ ...mention, instant: noon + 3_600_001 }])).toEqual({});
    expect(told([commit("abc1234")], [mention], [], true)).toEqual({ 0: ["s telemetry_commit"] });
  });
});

describe("a session trailer", () => {
  const id = "5d0c6c1e-52a7-4b8e-8c39-7f1f2d3a4b5c";
  const sessionsOf = (key: string, value: string, ignoreTrailers = false): object =>
    told([commit("a", { trailers: named(key, value) })], [], [], ignoreTrailers, [id, "T-1"]);

  it("names a session by its id, or by an address that ends in it", () => {
    for (const value of [
      id,
      `https://claude.ai/code/session_${id}`,
      `https://example.org/${id}/?tab=1`,
      `2026-01-02-${id}`,
      `session-${id}`,
    ])
      expect(sessionsOf("Claude-Session", value), value).toEqual({ 0: [`${id} trailer`] });
    expect(sessionsOf("Amp-Thread-ID", "https://ampcode.com/threads/T-1")).toEqual({ 0: ["T-1 trailer"] });
  });

  it("says nothing of a session that is not here, but is counted", () => {
    const commits = [
      commit("a", { trailers: named("Codex-Session", "elsewhere") }),
      commit("b", { trailers: named("Codex-Session", id) }),
      commit("c", { trailers: named("Signed-off-by", "Ada") }),
    ];
    expect(told(commits, [], [], false, [id])).toEqual({ 1: [`${id} trailer`] });
    expect(countUnseenSessions({ commits } as unknown as LineHistoryResult, (session) => session === id)).toBe(1);
  });

  it("is hidden where trailers are", () => {
    expect(sessionsOf("Session-Id", id, true)).toEqual({});
  });
});
