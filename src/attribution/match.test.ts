import fc from "fast-check";
import { expect, it } from "vitest";
import { matchInOrder } from "./match.ts";

const placesIn =
  (other: readonly number[]) =>
  (fingerprint: number): number[] =>
    other.flatMap((value, i) => (value === fingerprint ? [i] : []));

/** The textbook table, to compare with. */
function longest(a: readonly number[], b: readonly number[]): number {
  const row = new Array<number>(b.length + 1).fill(0);
  for (const x of a) {
    let diagonal = 0;
    b.forEach((y, j) => {
      const above = row[j + 1] as number;
      row[j + 1] = x === y ? diagonal + 1 : Math.max(above, row[j] as number);
      diagonal = above;
    });
  }
  return row[b.length] as number;
}

it("keeps order: a moved line is left out", () => {
  expect(matchInOrder([1, 2, 3, 4], placesIn([2, 3, 4, 1]))).toEqual([
    [1, 0],
    [2, 1],
    [3, 2],
  ]);
});

it("finds a subsequence as long as the textbook's, both sides ascending, every pair equal", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(6)), fc.array(fc.nat(6)), (a, b) => {
      const pairs = matchInOrder(a, placesIn(b));
      expect(pairs.length).toBe(longest(a, b));
      pairs.forEach(([x, y], i) => {
        expect(a[x]).toBe(b[y]);
        if (i > 0) expect(x > (pairs[i - 1] as [number, number])[0] && y > (pairs[i - 1] as [number, number])[1]).toBe(true);
      });
    }),
  );
});
