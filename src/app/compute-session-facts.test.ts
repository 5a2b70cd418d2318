import { describe, expect, it } from "vitest";
import { call, start, usage } from "../../test/properties/session-builder.ts";
import type { Call } from "../contract/stored.ts";
import { emptyDiff } from "../lines/line-diff.ts";
import type { StoredWrite } from "../store/fact-reader.ts";
import { ownedFacts } from "./compute-session-facts.ts";

const inSession = (session: string, one: Call): Call & { session: string } => ({ ...one, session });

function write(session: string, callKey: string, instant = 5, path = "/r/a.ts"): StoredWrite {
  return { agent: "claude-code", session, callKey, path, quality: "logged", instant, operation: "edit", diff: emptyDiff };
}

const keys = (calls: readonly Call[] | undefined): string[] => (calls ?? []).map(({ callKey }) => callKey);

describe("a tool call that a fork tells again", () => {
  it("belongs to the session that owns the response which made it", () => {
    const owned = [usage(1, { session: "fork" }), usage(2, { session: "parent" })];
    const calls = [
      inSession("parent", call("k1", 1, "edit")),
      inSession("fork", call("k1", 1, "edit")),
      inSession("fork", call("k2", 2, "read")),
      inSession("parent", call("k2", 2, "read")),
    ];
    for (const told of [calls, [...calls].reverse()]) {
      const facts = ownedFacts(told, [write("parent", "k1"), write("fork", "k1")], [], owned);
      expect([keys(facts.calls.get("fork")), keys(facts.calls.get("parent"))]).toEqual([["k1"], ["k2"]]);
      expect(facts.writes.map(({ session, callKey }) => `${session} ${callKey}`)).toEqual(["fork k1"]);
    }
  });

  it("belongs to whoever told it first where the response is not known, on a tie to the smaller name", () => {
    const early = call("k1", 1, "edit", { responseKey: null, instant: 10 });
    const late = call("k1", 1, "edit", { responseKey: null, instant: 20 });
    for (const told of [
      [inSession("b", early), inSession("a", late)],
      [inSession("a", late), inSession("b", early)],
    ]) {
      expect([...ownedFacts(told, [], [], []).calls.keys()]).toEqual(["b"]);
    }
    for (const told of [
      [inSession("b", early), inSession("a", early)],
      [inSession("a", early), inSession("b", early)],
    ]) {
      expect([...ownedFacts(told, [], [], []).calls.keys()]).toEqual(["a"]);
    }
  });
});

describe("what a session did", () => {
  it("is sorted by instant, then by name, whatever order it was told in", () => {
    const calls = ["k3", "k1", "k2"].map((key, i) => inSession("s", call(key, 1, "edit", { instant: i === 0 ? 5 : 9 })));
    const writes = [write("s", "k2", 7), write("s", "k1", 7, "/r/b.ts"), write("s", "k1", 7), write("s", "k3", 6)];
    const turns = [
      { ...start(2), session: "s" },
      { ...start(1), session: "s" },
    ];
    const facts = ownedFacts(calls, writes, turns, []);
    expect(keys(facts.calls.get("s"))).toEqual(["k3", "k1", "k2"]);
    expect(facts.writes.map(({ callKey, path }) => `${callKey} ${path}`)).toEqual(["k3 /r/a.ts", "k1 /r/a.ts", "k1 /r/b.ts", "k2 /r/a.ts"]);
    expect(facts.turns.get("s")?.map(({ key }) => key)).toEqual(["t1", "t2"]);
  });
});
