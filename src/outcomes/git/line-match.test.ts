import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { matchLines } from "./line-match.ts";

const lines = (text: string): Float64Array => Float64Array.from(text, (letter) => letter.charCodeAt(0));

/** Length of a longest common subsequence, by the plain table. */
function longest(a: Float64Array, b: Float64Array): number {
  let above = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    const row = [0];
    b.forEach((y, j) => row.push(x === y ? (above[j] as number) + 1 : Math.max(above[j + 1] as number, row[j] as number)));
    above = row;
  }
  return above[b.length] as number;
}

describe("matching the lines of two versions", () => {
  it.each([
    ["abc", "abc", [0, 1, 2]],
    ["abc", "axbc", [0, -1, 1, 2]],
    ["abcd", "bd", [1, 3]],
    ["abc", "xyz", [-1, -1, -1]],
    ["", "ab", [-1, -1]],
    ["ab", "", []],
  ])("of %j and %j", (a, b, expected) => expect([...matchLines(lines(a), lines(b))]).toEqual(expected));

  it("pairs equal lines in order, as many as can be", () => {
    const version = fc.array(fc.nat({ max: 5 }), { maxLength: 40 }).map((numbers) => Float64Array.from(numbers));
    fc.assert(
      fc.property(version, version, (a, b) => {
        const matches = matchLines(a, b);
        const pairs = [...matches].flatMap((from, to) => (from === -1 ? [] : [[from, to] as const]));
        for (const [from, to] of pairs) expect(a[from]).toBe(b[to]);
        expect(pairs.every(([from], i) => i === 0 || from > (pairs[i - 1]?.[0] as number))).toBe(true);
        expect(pairs).toHaveLength(longest(a, b));
      }),
    );
  });

  it("ends soon on large versions that have little in common", () => {
    const scrambled = (seed: number): Float64Array =>
      Float64Array.from({ length: 30_000 }, (_, i) => Math.imul(i + seed, 0x9e3779b1) >>> 20);
    const matches = matchLines(scrambled(1), scrambled(7_000));
    const pairs = [...matches].filter((from) => from !== -1);
    expect(pairs.every((from, i) => i === 0 || from > (pairs[i - 1] as number))).toBe(true);
  });
});
