import { describe, expect, it } from "vitest";
import type { LineEvent, Witness } from "./chronicle.ts";
import { HardCases } from "./hard-cases.ts";
import { Repository } from "./repository.ts";
import type { CallActivity, ToldResponse } from "./transcript.ts";
import { type PaidLine, trueMoney } from "./true-money.ts";
import type { SampleFate } from "./truth.ts";

const repository = new Repository("saltmarsh", "harbour", "merge", "typescript");
const minuteMs = 60_000;

interface Told {
  readonly turn: number;
  /** In minutes. */
  readonly at: number;
  /** Output tokens of Opus: 25,000 nano-dollars each. */
  readonly output: number;
  readonly calls?: readonly (readonly [callId: string, activity: CallActivity, bytes: number])[];
  readonly agentId?: string;
  readonly parentCallId?: string;
  readonly era?: number;
}

const response = (messageId: string, { turn, at, output, calls = [], agentId, parentCallId, era = 0 }: Told): ToldResponse => ({
  messageId,
  requestId: messageId,
  agentId: agentId ?? null,
  parentCallId: parentCallId ?? null,
  instant: at * minuteMs,
  model: "claude-opus-4-6",
  turn,
  era,
  counts: { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output },
  outputActual: output,
  calls: calls.map(([callId, activity, inputBytes]) => ({ callId, tool: "tool", activity, ok: true, inputBytes })),
});

const line = (
  id: number,
  text: string,
  fate: SampleFate | null,
  more: { draft?: boolean; path?: string; witness?: Witness } = {},
): PaidLine => ({
  event: {
    side: "added",
    line: { id, text, unit: 1, statement: 1 },
    path: more.path ?? "src/berth.ts",
    hand: { witness: more.witness ?? "logged", person: "ines", session: "s", messageId: "m", callId: "c", agentId: null, turn: 1, at: 0 },
    repository,
    branch: null,
    order: 0,
    replaced: false,
  } satisfies LineEvent,
  fate,
  reason: null,
  draft: more.draft ?? false,
});

/** Dollars of each response by fate, in tokens of output. */
function paidFor(
  responses: readonly ToldResponse[],
  lines: Readonly<Record<string, readonly PaidLine[]>>,
  unlogged: readonly string[] = [],
) {
  const log = { setting: { session: "s" }, responses, unloggedCalls: new Set(unlogged) };
  const money = trueMoney({ log, repository }, new Map(Object.entries(lines)), true, new HardCases());
  return Object.fromEntries(
    [...money].map(([id, { ends }]) => [id, Object.fromEntries(ends.map(({ fate, nanoUsd }) => [fate, nanoUsd / 25_000]))]),
  );
}

describe("the dollars of a response", () => {
  it("go with what was carried to its edits, inside a call by the weight of the lines", () => {
    const read = response("read", { turn: 1, at: 0, output: 100, calls: [["r", "read", 10]] });
    const edit = response("edit", { turn: 1, at: 1, output: 310, calls: [["e", "edit", 50]] });
    // 10 + 5 + 0.5 tenths of two code lines, a comment and a brace: 10, 10, 5, 1 of 26.
    const lines = [
      line(1, "const berth = 12;", "stuck"),
      line(2, "const slot = 14;", "rework"),
      line(3, "// the berth", "stuck"),
      line(4, "}", "rework"),
    ];
    expect(paidFor([read, edit], { e: lines })).toEqual({
      read: { stuck: expect.closeTo(100 * (15 / 26), 3), rework: expect.closeTo(100 * (11 / 26), 3) },
      edit: { stuck: expect.closeTo(310 * (15 / 26), 3), rework: expect.closeTo(310 * (11 / 26), 3) },
    });
  });

  it("go to several calls by the bytes of their input", () => {
    const edit = response("edit", {
      turn: 1,
      at: 0,
      output: 100,
      calls: [
        ["a", "edit", 30],
        ["b", "edit", 70],
      ],
    });
    expect(paidFor([edit], { a: [line(1, "const a = 1;", "stuck")], b: [line(2, "const b = 2;", "reverted")] })).toEqual({
      edit: { stuck: 30, reverted: 70 },
    });
  });

  it("after the last edit go back to the turn's edits in the shares of their cost, and a turn of checks to the turn it checked", () => {
    const first = response("first", { turn: 1, at: 0, output: 300, calls: [["a", "edit", 1]] });
    const second = response("second", { turn: 1, at: 1, output: 100, calls: [["b", "edit", 1]] });
    const word = response("word", { turn: 1, at: 2, output: 40 });
    const commit = response("commit", { turn: 2, at: 30, output: 80, calls: [["c", "commit", 1]] });
    const lines = { a: [line(1, "const a = 1;", "stuck")], b: [line(2, "const b = 2;", "superseded")] };
    expect(paidFor([first, second, word, commit], lines)).toMatchObject({
      word: { stuck: 30, superseded: 10 },
      commit: { stuck: 60, superseded: 20 },
    });
  });

  it("of a question go forward to the next edits, not across twelve hours and not across a cleared context", () => {
    const ask = response("ask", { turn: 1, at: 0, output: 50 });
    const edit = (at: number, era = 0): ToldResponse => response("edit", { turn: 2, at, output: 10, calls: [["e", "edit", 1]], era });
    const lines = { e: [line(1, "const a = 1;", "stuck")] };
    expect(paidFor([ask, edit(60)], lines)["ask"]).toEqual({ stuck: 50 });
    expect(paidFor([ask, edit(12 * 60)], lines)["ask"]).toEqual({ no_artefact: 50 });
    expect(paidFor([ask, edit(60, 1)], lines)["ask"]).toEqual({ no_artefact: 50 });
  });

  it("leave drafts and generated lines out beside weighted ones, and follow them where there is nothing else", () => {
    const edit = response("edit", { turn: 1, at: 0, output: 100, calls: [["e", "edit", 1]] });
    const draft = line(1, "const a = 1;", null, { draft: true });
    const lock = line(2, '"version": "1.2.3"', "rework", { path: "package-lock.json" });
    expect(paidFor([edit], { e: [draft, lock, line(3, "const b = 2;", "stuck")] })["edit"]).toEqual({ stuck: 100 });
    expect(paidFor([edit], { e: [draft, lock] })["edit"]).toEqual({ rework: 100 });
    expect(paidFor([edit], { e: [draft] })["edit"]).toEqual({ abandoned: 100 });
  });

  it("of a sub-agent go to its own edits, else to the next edit of who sent it", () => {
    const send = response("send", { turn: 1, at: 0, output: 10, calls: [["d", "delegate", 1]] });
    const look = response("look", { turn: 1, at: 1, output: 20, agentId: "x", parentCallId: "d" });
    const own = response("own", { turn: 1, at: 2, output: 30, agentId: "x", parentCallId: "d", calls: [["o", "edit", 1]] });
    const edit = response("edit", { turn: 1, at: 3, output: 40, calls: [["e", "edit", 1]] });
    const lines = { o: [line(1, "const a = 1;", "stuck")], e: [line(2, "const b = 2;", "rework")] };
    expect(paidFor([send, look, own, edit], lines)).toEqual({
      send: { rework: 10 },
      look: { stuck: 20 },
      own: { stuck: 30 },
      edit: { rework: 40 },
    });
    expect(paidFor([send, look, edit], lines)).toEqual({ send: { rework: 10 }, look: { rework: 20 }, edit: { rework: 40 } });
  });

  it("for a sub-agent without a log are unlinked where no edit follows", () => {
    const send = response("send", { turn: 1, at: 0, output: 10, calls: [["d", "delegate", 1]] });
    const word = response("word", { turn: 1, at: 1, output: 5 });
    const hidden = { d: [line(1, "const a = 1;", "stuck", { witness: "subagent_unlogged" })] };
    expect(paidFor([send, word], hidden, ["d"])).toEqual({ send: { unlinked: 10 }, word: { unlinked: 5 } });
  });

  it("for a shell edit follow its lines, although no edit is logged", () => {
    const sed = response("sed", { turn: 1, at: 0, output: 10, calls: [["x", "shell", 1]] });
    expect(paidFor([sed], { x: [line(1, "const a = 1;", "stuck", { witness: "shell" })] })).toEqual({ sed: { stuck: 10 } });
  });
});
