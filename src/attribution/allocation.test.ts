import { describe, expect, it } from "vitest";
import { call, group, life, minute, session, start, usage, write } from "../../test/properties/session-builder.ts";
import { allocate, segmentWeight } from "./allocation.ts";
import type { AllocationRule, ArtefactGroup, Call, Segment, SessionInput } from "./model.ts";

const edit = (key: string, response: number, part: Partial<Call> = {}): Call => call(key, response, "edit", part);

/** Per segment: its kind, its usages, and per strand what it goes to with its weight in a thousand. */
const told = (segments: readonly Segment[]): unknown[] =>
  segments.map(({ kind, usages, strands }) => [
    kind,
    usages.join(" "),
    ...strands.map(
      (s) =>
        `${s.flow} ${s.commit ?? s.unlinkedReason ?? s.activity ?? (s.life?.undoneAt === null ? "uncommitted" : "undone")} ${s.weight / 1e6}`,
    ),
  ]);

const byRule = (input: SessionInput, rule: AllocationRule = "lines", flows = true): unknown[] => told(allocate(input, { rule, flows }));

describe("inside a turn", () => {
  it("splits a segment over its calls by the size of their input, and a call over its lines by weight", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1)],
      calls: [edit("a", 1, { inputBytes: 30 }), edit("b", 1, { inputBytes: 10 })],
      writes: [write("a", [group("c1", 10), group("c2", 10, { weightTenths: 50, lineKind: "comment" })]), write("b", [group("c3", 999)])],
    });
    // a: 3/4 of the money, of it 2/3 to the code and 1/3 to the comments; b: 1/4 however many lines it has.
    expect(byRule(input)).toEqual([["edit", "1", "own c1 500", "own c3 250", "own c2 250"]]);
  });

  it("adds up to the same total in every segment", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2)],
      calls: [edit("a", 1)],
      writes: [write("a", [group("c1", 1), group("c2", 1), group("c3", 1)])],
    });
    for (const { strands } of allocate(input, { rule: "lines", flows: true }))
      expect(strands.reduce((sum, s) => sum + s.weight, 0)).toBe(segmentWeight);
  });

  it("sends what follows the last edit back in the shares of money of the turn's edits", () => {
    const two = (cost: bigint | null): SessionInput =>
      session({
        turns: [start(1)],
        usages: [usage(1, { listNanoUsd: 300n }), usage(2, { listNanoUsd: cost }), usage(3)],
        calls: [edit("a", 1, { inputBytes: 10 }), edit("b", 2, { inputBytes: 40 })],
        writes: [write("a", [group("c1", 1)]), write("b", [group("c2", 1)])],
      });
    const own = [
      ["edit", "1", "own c1 1000"],
      ["edit", "2", "own c2 1000"],
    ];
    expect(byRule(two(100n))).toEqual([...own, ["tail", "3", "tail c1 750", "tail c2 250"]]);
    // Without a price, by the size of the edits: 10 and 40.
    expect(byRule(two(null))).toEqual([...own, ["tail", "3", "tail c1 200", "tail c2 800"]]);
  });

  it("sends a sub-agent's tail to its own edits and the session's tail to all", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3, { agentId: "x" }), usage(4)],
      calls: [edit("a", 1), call("d", 1, "delegate", { startedAgentId: "x" }), edit("b", 2, { agentId: "x" })],
      writes: [write("a", [group("c1", 1)]), write("b", [group("c2", 1)])],
    });
    expect(byRule(input)).toEqual([
      ["edit", "1", "own c1 1000"],
      ["edit", "2", "own c2 1000"],
      ["tail", "3", "tail c2 1000"],
      ["tail", "4", "tail c1 500", "tail c2 500"],
    ]);
  });

  it("makes one strand of lines of one change, life, grade, kind and side", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1)],
      calls: [edit("a", 1), edit("b", 1)],
      writes: [
        write("a", [group("c1", 3, { life: life({ writtenAt: 5 }) })]),
        write("b", [group("c1", 4, { life: life({ writtenAt: 9 }) }), group("c1", 1, { side: "removed" })]),
      ],
    });
    const [segment] = allocate(input, { rule: "lines", flows: true });
    expect(segment?.strands.map((s) => [s.side, s.lines, s.weight / 1e6, s.life?.writtenAt])).toEqual([
      ["added", 7, 900, 9],
      ["removed", 1, 100, 0],
    ]);
  });
});

describe("what weighs nothing", () => {
  const generated = (commit: string, lines: number): ArtefactGroup => group(commit, lines, { lineKind: "generated", weightTenths: 0 });
  const draft = (lines: number, writtenAt: number): ArtefactGroup =>
    group(null, lines, { grade: null, life: life({ writtenAt, undoneAt: writtenAt }) });

  it("takes nothing beside weighted lines: a segment of drafts or generated files serves the turn's edits", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2), usage(3)],
      calls: [edit("a", 1), edit("lock", 2), edit("b", 3)],
      writes: [write("a", [], { drafts: [draft(9, 1)] }), write("lock", [generated("c1", 500)]), write("b", [group("c2", 1)])],
    });
    expect(byRule(input)).toEqual([
      ["edit", "1", "tail c2 1000"],
      ["edit", "2", "tail c2 1000"],
      ["edit", "3", "own c2 1000"],
    ]);
  });

  it("carries the money where a turn wrote nothing else: the money follows the generated lines' life", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2)],
      calls: [edit("lock", 1)],
      writes: [write("lock", [generated("c1", 30), generated("c2", 10)], { drafts: [draft(1, 1)] })],
    });
    expect(byRule(input)).toEqual([
      ["edit", "1", "own c1 750", "own c2 250"],
      ["tail", "2", "tail c1 750", "tail c2 250"],
    ]);
  });

  it("leaves a turn of drafts alone one undone strand", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2), usage(3)],
      calls: [edit("a", 1), edit("b", 2)],
      writes: [
        write("a", [], { drafts: [draft(4, 10), group(null, 1, { side: "removed", lineKind: "trivial", weightTenths: 1 })] }),
        write("b", [], { drafts: [draft(2, 20)] }),
      ],
    });
    const segments = allocate(input, { rule: "lines", flows: true });
    expect(told(segments)).toEqual([
      ["edit", "1", "own undone 1000"],
      ["edit", "2", "own undone 1000"],
      ["tail", "3", "tail undone 1000"],
    ]);
    expect(segments.map(({ strands }) => strands.map((s) => [s.lines, s.side, s.lineKind, s.life?.writtenAt, s.life?.undoneAt]))).toEqual([
      [[5, "added", "code", 20, 20]],
      [[2, "added", "code", 20, 20]],
      [[7, "added", "code", 20, 20]],
    ]);
  });
});

describe("turns without edits", () => {
  const one = (key: string, response: number, commit: string) => ({
    calls: [edit(key, response)],
    writes: [write(key, [group(commit, 1)])],
  });

  it("send verifying work back to the edits since the last one, and everything else forward to the next", () => {
    const [a, b, c] = [one("a", 2, "c1"), one("b", 3, "c2"), one("c", 7, "c3")];
    const input = session({
      turns: [1, 2, 3, 4, 5, 6, 7, 8].map((at) => start(at)),
      usages: [1, 2, 3, 4, 5, 6, 7, 8].map((id) => usage(id)),
      calls: [call("q", 1, "read"), ...a.calls, ...b.calls, call("t", 4, "test"), call("k", 5, "commit"), ...c.calls, call("p", 8, "push")],
      writes: [...a.writes, ...b.writes, ...c.writes],
    });
    expect(byRule(input)).toEqual([
      ["none", "1", "forward c1 1000"],
      ["edit", "2", "own c1 1000"],
      ["edit", "3", "own c2 1000"],
      ["none", "4", "back c1 500", "back c2 500"],
      ["none", "5", "back c1 500", "back c2 500"], // the commit after the test: the same edits
      ["none", "6", "forward c3 1000"],
      ["edit", "7", "own c3 1000"],
      ["none", "8", "back c3 1000"],
    ]);
    expect(byRule(input, "lines", false).filter((row) => (row as string[])[0] === "none")).toEqual([
      ["none", "1", "own read 1000"],
      ["none", "4", "own test 1000"],
      ["none", "5", "own commit 1000"],
      ["none", "6", "own talk 1000"],
      ["none", "8", "own push 1000"],
    ]);
  });

  it("keep their cost where there is nothing before to check or nothing after to prepare", () => {
    const a = one("a", 2, "c1");
    const input = session({
      turns: [1, 2, 3].map((at) => start(at)),
      usages: [1, 2, 3].map((id) => usage(id)),
      calls: [call("t", 1, "test"), ...a.calls],
      writes: a.writes,
    });
    expect(byRule(input)).toEqual([
      ["none", "1", "own test 1000"],
      ["edit", "2", "own c1 1000"],
      ["none", "3", "own talk 1000"],
    ]);
  });

  it("never flow over a cleared context, 12 hours, or into another repository", () => {
    const flowing = (clearedAt: number, at: number, repository: number): unknown => {
      const hours = (h: number): number => minute + h * 60 * minute;
      const input = session({
        turns: [start(1), { ...start(1, clearedAt === 1), key: "t2", instant: hours(at) - 1 }],
        usages: [usage(1), usage(2, { instant: hours(at) })],
        calls: [edit("a", 2, { instant: hours(at) + 1 })],
        writes: [write("a", [group("c1", 1, { repository })])],
      });
      return (byRule(input)[0] as string[])[2];
    };
    expect(flowing(0, 11.99, 1)).toBe("forward c1 1000");
    expect(flowing(0, 12, 1)).toBe("own talk 1000");
    expect(flowing(1, 1, 1)).toBe("own talk 1000");
    expect(flowing(0, 1, 2)).toBe("own talk 1000");
  });

  it("reach only the session's own repository, past turns that edit others", () => {
    const input = session({
      turns: [1, 2, 3].map((at) => start(at)),
      usages: [1, 2, 3].map((id) => usage(id)),
      calls: [edit("a", 2), edit("b", 3)],
      writes: [write("a", [group("other", 1, { repository: 2 })]), write("b", [group("other", 5, { repository: 2 }), group("c1", 1)])],
    });
    expect(byRule(input)[0]).toEqual(["none", "1", "forward c1 1000"]);
  });
});

describe("what could not be seen", () => {
  it("is unlinked where the session's repository is unseen", () => {
    const input = session({ repository: null, repositorySeen: false, turns: [start(1)], usages: [usage(1)], calls: [edit("a", 1)] });
    expect(byRule(input)).toEqual([["none", "1", "own repository_unseen 1000"]]);
  });

  it("is unlinked where only counts are known", () => {
    expect(byRule(session({ usages: [usage(1)] }))).toEqual([["none", "1", "own no_session_detail 1000"]]);
  });

  it("is unlinked where a sub-agent left no log, and flows nowhere", () => {
    const input = session({
      turns: [start(1), start(2)],
      usages: [usage(1), usage(2)],
      calls: [call("d", 1, "delegate", { startedAgentId: "gone" }), edit("a", 2)],
      writes: [write("a", [group("c1", 1)])],
    });
    expect(byRule(input)).toEqual([
      ["none", "1", "own subagent_unlogged 1000"],
      ["edit", "2", "own c1 1000"],
    ]);
  });

  it("keeps the reason of lines whose end cannot be observed", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1)],
      calls: [edit("a", 1)],
      writes: [write("a", [group(null, 1, { unlinkedReason: "path_opaque" })])],
    });
    expect(byRule(input)).toEqual([["edit", "1", "own path_opaque 1000"]]);
  });
});

describe("the alternatives", () => {
  const input = session({
    turns: [start(1)],
    usages: [usage(1, { listNanoUsd: 900n }), usage(2), usage(3)],
    calls: [edit("a", 1), edit("b", 2), edit("b2", 2)],
    writes: [write("a", [group("c1", 1)]), write("b", [group("c2", 2)]), write("b2", [group("c3", 7)], { path: "b.ts" })],
  });

  it("pooled: a turn's cost over its lines", () => {
    const shares = ["c1 100", "c2 200", "c3 700"];
    expect(byRule(input, "pooled")).toEqual([
      ["edit", "1", ...shares.map((s) => `own ${s}`)],
      ["edit", "2", ...shares.map((s) => `own ${s}`)],
      ["tail", "3", ...shares.map((s) => `tail ${s}`)],
    ]);
  });

  it("equal: a turn's cost in equal parts over its files", () => {
    // a.ts one half; b.ts the other, 2 lines to 7: 500 · 2/9 = 111.1
    const [row] = allocate(input, { rule: "equal", flows: true });
    expect(row?.strands.map((s) => [s.commit, s.weight])).toEqual([
      ["c1", 500_000_000],
      ["c2", 111_111_111],
      ["c3", 388_888_889],
    ]);
  });

  it("lines: by effort", () => {
    // The tail in shares of money: 900 to 100, of it half to each call.
    expect(byRule(input)).toEqual([
      ["edit", "1", "own c1 1000"],
      ["edit", "2", "own c2 500", "own c3 500"],
      ["tail", "3", "tail c1 900", "tail c2 50", "tail c3 50"],
    ]);
  });
});
