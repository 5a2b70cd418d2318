import { describe, expect, it } from "vitest";
import { lineCount } from "../lines/line-diff.ts";
import { Drafts } from "./drafts.ts";
import type { TurnWrite } from "./lives.ts";
import { type Hunk, writeOf } from "./test-writes.ts";

const [alpha, beta] = ["const alpha = one();", "const beta = two();"];

/** For each write its lines in order: `draft`, the instant it was superseded at, or `stays`. */
function told(writes: readonly TurnWrite[], linked: readonly string[] = []): string[][] {
  const drafts = new Drafts(writes, (write, place) => linked.includes(`${write}:${place}`));
  return writes.map((write, w) =>
    Array.from({ length: lineCount(write.diff) }, (_, place) =>
      drafts.isDraft(w, place) ? "draft" : String(drafts.supersededAt(w, place) ?? "stays"),
    ),
  );
}

const inTurn = (turn: number, instant: number, hunk: Hunk, path = "a.ts", session = "s"): TurnWrite =>
  writeOf(session, instant, path, hunk, turn);

describe("drafts", () => {
  it("are lines that one turn writes and takes out again, both times", () => {
    expect(told([inTurn(1, 10, { added: [alpha, beta] }), inTurn(1, 20, { removed: [alpha], added: ["const alpha = three();"] })])).toEqual(
      [
        ["draft", "stays"],
        ["draft", "stays"],
      ],
    );
  });

  it("are superseded instead where another turn, or another session, takes them out", () => {
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(2, 20, { removed: [alpha] })])).toEqual([["20"], ["20"]]);
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(1, 20, { removed: [alpha] }, "a.ts", "t")])).toEqual([["20"], ["20"]]);
  });

  it("are told by path and text, white space aside", () => {
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(2, 20, { removed: [alpha] }, "b.ts")])).toEqual([["stays"], ["stays"]]);
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(2, 20, { removed: [`  ${alpha}`] })])).toEqual([["20"], ["20"]]);
  });

  it("take out the newest of equal lines, each once", () => {
    const writes = [
      inTurn(1, 10, { added: [alpha] }),
      inTurn(2, 20, { added: [alpha] }),
      inTurn(3, 30, { removed: [alpha] }),
      inTurn(4, 40, { removed: [alpha] }),
    ];
    expect(told(writes)).toEqual([["40"], ["30"], ["30"], ["40"]]);
    expect(told([...writes, inTurn(5, 50, { removed: [alpha] })])[4]).toEqual(["stays"]);
  });

  it("are never lines that reached a commit", () => {
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(1, 20, { removed: [alpha] })], ["0:0", "1:0"])).toEqual([["stays"], ["stays"]]);
    // The removal reached a commit, what it removed did not: the removal keeps its own end.
    expect(told([inTurn(1, 10, { added: [alpha] }), inTurn(2, 20, { removed: [alpha] })], ["1:0"])).toEqual([["20"], ["stays"]]);
  });

  it("are no lines of generated files", () => {
    expect(told([inTurn(1, 10, { added: [alpha] }, "go.sum"), inTurn(1, 20, { removed: [alpha] }, "go.sum")])).toEqual([
      ["stays"],
      ["stays"],
    ]);
  });
});
