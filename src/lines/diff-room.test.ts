import fc from "fast-check";
import { expect, it } from "vitest";
import { DiffRoom } from "./diff-room.ts";
import { type LineDiff, noLines, packLineDiff } from "./line-diff.ts";

const column = <T>(arbitrary: fc.Arbitrary<T>, length: number) => fc.array(arbitrary, { minLength: length, maxLength: length });
const word = fc.nat({ max: 2 ** 32 - 1 });
const difference: fc.Arbitrary<LineDiff> = fc
  .tuple(fc.nat({ max: 6 }), fc.oneof({ weight: 9, arbitrary: fc.nat({ max: 9 }) }, { weight: 1, arbitrary: fc.constant(40_000) }))
  .chain(([hunks, n]) =>
    fc.tuple(word, column(fc.nat({ max: 2 ** 31 - 1 }), hunks * 4)).map(([seed, places]) => {
      const of = (i: number): number => Math.imul(seed + i, 0x9e3779b1) >>> 0;
      return {
        hunks: Int32Array.from(places),
        lines: {
          folded: Float64Array.from({ length: n }, (_, i) => of(i) * 1_000_003),
          bare: Float64Array.from({ length: n }, (_, i) => of(i + 1) * 999_983),
          exact: Uint32Array.from({ length: n }, (_, i) => of(i + 2)),
          sketch: Uint32Array.from({ length: 2 * n }, (_, i) => of(i + 3)),
          length: Uint16Array.from({ length: n }, (_, i) => of(i + 4)),
          kind: Uint8Array.from({ length: n }, (_, i) => of(i + 5)),
        },
      };
    }),
  );

/** Bytes, since comparing long arrays number by number takes long. */
const told = (diff: LineDiff): string => Buffer.from(packLineDiff(diff)).toString("base64");

it("gives back what it took, whatever lies beside it, at any alignment of what it is given", () => {
  fc.assert(
    fc.property(fc.array(difference, { maxLength: 12 }), fc.nat({ max: 7 }), (differences, shift) => {
      const room = new DiffRoom();
      const held = differences.map((diff) => {
        const packed = packLineDiff(diff);
        const shifted = new Uint8Array(packed.length + shift).subarray(shift);
        shifted.set(packed);
        return room.take(shifted);
      });
      expect(held.map(told)).toEqual(differences.map(told));
      room.forgetFingerprints();
      for (const [i, { hunks, lines }] of held.entries()) {
        const {
          hunks: were,
          lines: { kind },
        } = differences[i] as LineDiff;
        expect([hunks, lines.folded, lines.exact, Buffer.compare(lines.kind, kind)]).toEqual([were, noLines.folded, noLines.exact, 0]);
      }
    }),
    { numRuns: 20 },
  );
});

it("refuses what does not fit its header, as unpacking does", () => {
  const packed = packLineDiff({ hunks: new Int32Array(4), lines: noLines });
  expect(() => new DiffRoom().take(packed.subarray(0, -1))).toThrow("does not fit its header");
});
