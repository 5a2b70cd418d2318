import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fingerprinter } from "../lines/fingerprint.ts";
import type { LineDiff } from "../lines/line-diff.ts";
import { WriteDifferencer, changedRanges, linesOf, replaceText } from "./write-difference.ts";

const fingerprinter = new Fingerprinter("00112233445566778899aabbccddeeff");
const differencer = new WriteDifferencer(fingerprinter);
const hunksOf = (diff: LineDiff): number[] => [...diff.hunks];
const print = (line: string): number => fingerprinter.text(line);

describe("the difference of a patch", () => {
  test("drops context and numbers hunks as git does without context", () => {
    const diff = differencer.ofPatch(
      "a.ts",
      [{ oldStart: 10, newStart: 10, lines: [" keep", "-old one", "+new one", "+new two", " keep", "+tail line"] }],
      false,
    );
    expect(hunksOf(diff)).toEqual([11, 1, 11, 2, 12, 0, 14, 1]);
    expect([...diff.lines.folded]).toEqual(["old one", "new one", "new two", "tail line"].map(print));
  });
  test("puts removed lines of a run before its added ones", () => {
    const diff = differencer.ofPatch(
      "a.ts",
      [{ oldStart: 1, newStart: 1, lines: ["-old one", "+new one", "-old two", "+new two"] }],
      false,
    );
    expect(hunksOf(diff)).toEqual([1, 2, 1, 2]);
    expect([...diff.lines.folded]).toEqual(["old one", "old two", "new one", "new two"].map(print));
  });
  test("ignores the note on a missing line feed", () => {
    const diff = differencer.ofPatch(
      "a.ts",
      [{ oldStart: 1, newStart: 1, lines: ["-old one", "\\ No newline at end of file", "+new one"] }],
      false,
    );
    expect(hunksOf(diff)).toEqual([1, 1, 1, 1]);
  });
  test("puts back the tabs that the patch shows as two blanks each", () => {
    const shown = differencer.ofPatch("a.go", [{ oldStart: 0, newStart: 1, lines: ["+    return nil"] }], true);
    const written = differencer.ofCreation("a.go", "\t\treturn nil\n");
    expect(shown.lines.exact).toEqual(written.lines.exact);
  });
});

describe("the difference of texts", () => {
  test("a new file is all its lines", () => {
    expect(hunksOf(differencer.ofCreation("a.ts", "const a = 1;\nconst b = 2;\n"))).toEqual([0, 0, 1, 2]);
    expect(hunksOf(differencer.ofCreation("a.ts", ""))).toEqual([]);
  });
  test("leaves out what both have at the ends and between", () => {
    const diff = differencer.ofTexts("a.ts", "a\nb\nc\nd\ne\n", "a\nX\nc\nd\nY\nZ\n");
    expect(hunksOf(diff)).toEqual([2, 1, 2, 1, 5, 1, 5, 2]);
  });
  test("names the line before when lines are only added", () => {
    expect(hunksOf(differencer.ofTexts("a.ts", "a\nb\n", "a\nnew line\nb\n"))).toEqual([1, 0, 2, 1]);
  });
  test("gives ranges that turn the old text into the new one, and keeps as many lines as can be kept", () => {
    const text = fc.array(fc.constantFrom("a", "b", "c", "d"), { maxLength: 12 });
    fc.assert(
      fc.property(text, text, (before, after) => {
        const result: string[] = [];
        let oldAt = 0;
        let kept = 0;
        for (const range of changedRanges(before, after)) {
          kept += range.oldStart - oldAt;
          result.push(...before.slice(oldAt, range.oldStart), ...after.slice(range.newStart, range.newEnd));
          oldAt = range.oldEnd;
        }
        result.push(...before.slice(oldAt));
        kept += before.length - oldAt;
        expect(result).toEqual(after);
        expect(kept).toBe(longestCommon(before, after));
      }),
    );
  });
  test("replaces a text that changed all over as one block", () => {
    const before = Array.from({ length: 3000 }, (_, i) => `old ${i}`);
    const after = Array.from({ length: 3000 }, (_, i) => `new ${i}`);
    expect(changedRanges(before, after)).toEqual([{ oldStart: 0, oldEnd: 3000, newStart: 0, newEnd: 3000 }]);
  });
});

test("text is replaced once or everywhere, and dollar signs are not special", () => {
  expect(replaceText("a b a", "a", "$&", false)).toBe("$& b a");
  expect(replaceText("a b a", "a", "$&", true)).toBe("$& b $&");
  expect(replaceText("a", "x", "y", false)).toBeNull();
});

test("a line feed at the end begins no further line", () => {
  expect(linesOf("a\nb\n")).toEqual(["a", "b"]);
  expect(linesOf("a\n\n")).toEqual(["a", ""]);
  expect(linesOf("")).toEqual([]);
});

function longestCommon(a: readonly string[], b: readonly string[]): number {
  let row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const next = [0];
    for (const [j, y] of b.entries()) next.push(x === y ? (row[j] ?? 0) + 1 : Math.max(row[j + 1] ?? 0, next[j] ?? 0));
    row = next;
  }
  return row[b.length] ?? 0;
}
