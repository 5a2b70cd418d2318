import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { treemap } from "./treemap.ts";

describe("a treemap", () => {
  it("lays 6, 6, 4, 3, 2, 2, 1 into 6 × 4 as its paper does", () => {
    const boxes = treemap([6, 6, 4, 3, 2, 2, 1], { x: 0, y: 0, width: 6, height: 4 });
    // The two sixes stand in a column of width 3, each 2 high; the four and the three lie beside them.
    expect(boxes.slice(0, 2)).toEqual([
      { x: 0, y: 0, width: 3, height: 2 },
      { x: 0, y: 2, width: 3, height: 2 },
    ]);
    expect(boxes[2]?.height).toBeCloseTo(7 / 3);
  });

  it("gives every value its area, inside the whole, whatever they are", () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 10_000 }), { minLength: 1, maxLength: 40 }), (given) => {
        const values = given.toSorted((a, b) => b - a);
        const sum = values.reduce((total, value) => total + value, 0);
        const boxes = treemap(values, { x: 0, y: 0, width: 300, height: 200 });
        expect(boxes).toHaveLength(values.length);
        for (const [i, { x, y, width, height }] of boxes.entries()) {
          expect(width * height).toBeCloseTo((60_000 * (values[i] ?? 0)) / sum, 3);
          expect(Math.min(x, y)).toBeGreaterThanOrEqual(-1e-6);
          expect(x + width).toBeLessThanOrEqual(300 + 1e-6);
          expect(y + height).toBeLessThanOrEqual(200 + 1e-6);
        }
      }),
    );
  });
});
