import { describe, expect, it } from "vitest";
import { call, group, minute, session, start, usage, write } from "../../test/properties/session-builder.ts";
import type { SessionInput } from "./model.ts";
import { type Turn, turnAt, turnsOf } from "./segments.ts";

/** Turn → ids of pieces and rests. */
const shape = (input: SessionInput): unknown =>
  turnsOf(input).map((turn: Turn) => ({
    turn: turn.turn,
    pieces: turn.pieces.map((piece) => piece.usages.map((u) => u.id)),
    rests: turn.rests.map((rest) => [...rest.usages.map((u) => u.id), ...(rest.subagentUnlogged ? ["unlogged"] : [])]),
  }));

const edit = (key: string, response: number, part = {}) => call(key, response, "edit", part);
const lines = (key: string) => write(key, [group("c", 1)]);

describe("turns", () => {
  it("puts responses before the first start into turn 0, and a response at the instant of a start into that turn", () => {
    const starts = [start(3), start(5)];
    expect([0, 2.4, 2.5, 4.4, 4.5, 9].map((at) => turnAt(starts, at * minute))).toEqual([0, 0, 1, 1, 2, 2]);
    expect(shape(session({ turns: starts, usages: [usage(1), usage(3), usage(4), usage(6)] }))).toEqual([
      { turn: 0, pieces: [], rests: [[1]] },
      { turn: 1, pieces: [], rests: [[3, 4]] },
      { turn: 2, pieces: [], rests: [[6]] },
    ]);
  });

  it("cuts after each response that edits; what follows the last edit is the rest", () => {
    const input = session({
      turns: [start(1)],
      usages: [1, 2, 3, 4, 5].map((id) => usage(id)),
      calls: [call("r", 1, "read"), edit("e1", 2), edit("e2", 4), edit("e3", 4)],
      writes: ["e1", "e2", "e3"].map(lines),
    });
    expect(shape(input)).toEqual([
      {
        turn: 1,
        pieces: [
          [1, 2],
          [3, 4],
        ],
        rests: [[5]],
      },
    ]);
    expect(turnsOf(input)[0]?.pieces[1]?.edits.map((e) => e.call.callKey)).toEqual(["e2", "e3"]);
  });

  it("does not cut at failed edits, at writes outside of any repository, or at writes that left nothing", () => {
    const input = session({
      turns: [start(1)],
      usages: [1, 2, 3, 4].map((id) => usage(id)),
      calls: [edit("failed", 1, { status: "error" }), edit("plan", 2), edit("nothing", 3), edit("real", 4, { status: "unknown" })],
      writes: [
        lines("failed"),
        write("plan", [group(null, 1)], { insideRepository: false, repository: null }),
        write("nothing", []),
        lines("real"),
      ],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [[1, 2, 3, 4]], rests: [] }]);
  });

  it("cuts at a shell command that wrote, and finds the response of a call that names none by the time", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2), usage(3)],
      calls: [call("sed", 2, "shell", { responseKey: null })],
      writes: [lines("sed")],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [[1, 2]], rests: [[3]] }]);
  });

  it("leaves out calls whose response another session owns", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(5)],
      calls: [edit("old", 1, { responseKey: "elsewhere" })],
      writes: [lines("old")],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [], rests: [[5]] }]);
  });
});

describe("sub-agents", () => {
  const delegate = (key: string, response: number, agentId: string | null, endsAt: number) =>
    call(key, response, "delegate", { startedAgentId: agentId, endedAt: endsAt * minute });

  it("cuts each stream apart", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3), usage(4, { agentId: "x" }), usage(5, { agentId: "x" }), usage(6)],
      calls: [delegate("d", 1, "x", 5.5), edit("e", 4, { agentId: "x" }), edit("f", 3)],
      writes: [lines("e"), lines("f")],
    });
    expect(shape(input)).toEqual([
      {
        turn: 1,
        pieces: [
          [1, 3],
          [2, 4],
        ],
        rests: [[5], [6]],
      },
    ]);
  });

  it("gives a sub-agent without edits to the parent's first edit after its return", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3), usage(5), usage(6)],
      calls: [delegate("d", 1, "x", 4), edit("early", 3), edit("late", 5)],
      writes: [lines("early"), lines("late")],
    });
    expect(shape(input)).toEqual([
      {
        turn: 1,
        pieces: [
          [1, 3],
          [2, 5],
        ],
        rests: [[6]],
      },
    ]);
  });

  it("gives it to the parent's rest where no edit follows its return", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2), usage(3, { agentId: "x" }), usage(4)],
      calls: [edit("e", 1), delegate("d", 2, "x", 3.5)],
      writes: [lines("e")],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [[1]], rests: [[2, 3, 4]] }]);
  });

  it("hands a silent sub-agent's silent sub-agent up to the edit that follows both", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3, { agentId: "y" }), usage(4, { agentId: "x" }), usage(6)],
      calls: [delegate("d", 1, "x", 5), { ...delegate("dd", 2, "y", 3.5), agentId: "x" }, edit("e", 6)],
      writes: [lines("e")],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [[1, 2, 3, 4, 6]], rests: [] }]);
  });

  it("keeps a sub-agent's work in the turn that sent it, however long it takes", () => {
    const input = session({
      turns: [start(1), start(3)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3), usage(4, { agentId: "x" })],
      calls: [delegate("d", 1, "x", 1.1), edit("e", 4, { agentId: "x" })],
      writes: [lines("e")],
    });
    expect(shape(input)).toEqual([
      { turn: 1, pieces: [[2, 4]], rests: [[1]] },
      { turn: 2, pieces: [], rests: [[3]] },
    ]);
  });

  it("knows a sub-agent by the parent its calls name, or by the time it began", () => {
    const byParent = session({
      turns: [start(1), start(3)],
      usages: [usage(1), usage(4, { agentId: "x" })],
      calls: [delegate("d", 1, null, 2), call("r", 4, "read", { agentId: "x", parentCallKey: "d" })],
    });
    expect(shape(byParent)).toEqual([{ turn: 1, pieces: [], rests: [[1, 4]] }]);
    const byTime = session({ turns: [start(1)], usages: [usage(1), usage(2, { agentId: "x" })], calls: [delegate("d", 1, null, 3)] });
    expect(shape(byTime)).toEqual([{ turn: 1, pieces: [], rests: [[1, 2]] }]);
  });

  it("marks what served a sub-agent that left no log, where no edit followed", () => {
    const none = session({ turns: [start(1)], usages: [usage(1), usage(2)], calls: [delegate("d", 1, "gone", 1.5)] });
    expect(shape(none)).toEqual([{ turn: 1, pieces: [], rests: [[1, 2, "unlogged"]] }]);
    const before = session({
      turns: [start(1)],
      usages: [usage(1), usage(2)],
      calls: [delegate("d", 1, "gone", 1.5), edit("e", 2)],
      writes: [lines("e")],
    });
    expect(shape(before)).toEqual([{ turn: 1, pieces: [[1, 2]], rests: [] }]);
    const after = session({
      turns: [start(1)],
      usages: [usage(1), usage(2), usage(3)],
      calls: [edit("e", 1), delegate("d", 2, "gone", 2.5)],
      writes: [lines("e")],
    });
    expect(shape(after)).toEqual([{ turn: 1, pieces: [[1]], rests: [[2, 3, "unlogged"]] }]);
    const failed = session({ turns: [start(1)], usages: [usage(1)], calls: [{ ...delegate("d", 1, null, 1.5), status: "error" }] });
    expect(shape(failed)).toEqual([{ turn: 1, pieces: [], rests: [[1]] }]);
  });

  it("marks only that part: a logged sub-agent of the same turn is told apart", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2, { agentId: "x" }), usage(3)],
      calls: [delegate("d", 1, "x", 2.5), delegate("g", 1, "gone", 2.5)],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [], rests: [[1, 3, "unlogged"], [2]] }]);
  });

  it("pays a sub-agent's edits by the response that sent it where its own responses are not logged", () => {
    const input = session({
      turns: [start(1)],
      usages: [usage(1), usage(2)],
      calls: [delegate("d", 1, "x", 1.9), edit("e", 99, { agentId: "x", instant: 1.5 * minute })],
      writes: [lines("e")],
    });
    expect(shape(input)).toEqual([{ turn: 1, pieces: [[1]], rests: [[2]] }]);
  });
});

describe("what a turn was for", () => {
  const of = (...calls: ReturnType<typeof call>[]) => {
    const [turn] = turnsOf(session({ turns: [start(1)], usages: [usage(1), usage(2), usage(3)], calls, writes: [lines("e")] }));
    return [turn?.activity, turn?.purpose, turn?.verifies];
  };

  it("follows the calls", () => {
    expect(of()).toEqual(["talk", "explore", false]);
    expect(of(call("a", 1, "read"), call("b", 1, "read"), call("c", 2, "shell"))).toEqual(["read", "explore", false]);
    expect(of(call("a", 1, "shell"), call("b", 1, "shell"), call("c", 2, "commit"))).toEqual(["shell", "operate", true]);
    expect(of(call("a", 1, "shell"))).toEqual(["shell", "operate", false]);
    expect(of(call("a", 1, "read"), call("b", 1, "review"))).toEqual(["read", "review", false]);
    expect(of(call("a", 1, "test"), edit("e", 2))).toEqual(["edit", "build", false]);
  });

  it("is a fix where the latest test or build before the first edit failed", () => {
    const failed = call("t1", 1, "test", { status: "error" });
    expect(of(failed, edit("e", 2))[1]).toBe("fix");
    expect(of(failed, call("t2", 1, "test", { instant: minute + 1_500 }), edit("e", 2))[1]).toBe("build");
    expect(of(edit("e", 1), call("t1", 2, "test", { status: "error" }))[1]).toBe("build");
    expect(of(failed)[1]).toBe("operate");
  });

  it("counts how often the context was cleared before", () => {
    const input = session({ turns: [start(1), start(2, true), start(3)], usages: [usage(1), usage(3)] });
    expect(turnsOf(input).map((turn) => [turn.turn, turn.era])).toEqual([
      [1, 0],
      [3, 1],
    ]);
  });
});
