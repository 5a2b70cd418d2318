import type { LineFeatures } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";

/** What a bucket of a sketch holds when nothing fell into it, or only the largest did. */
const empty = 15;

/** Equal buckets a near match needs: this many, and a share of those that hold something in either line. */
const needed = { code: { constant: 2.5, share: 0.4 }, prose: { constant: 1.5, share: 0.4 } } as const;

/**
 * How alike two lines are: the share of equal buckets of their sketches, an estimate of the share of trigrams (of
 * prose: pairs of words) they have in common. 0 where it is below the threshold (docs/decisions/0009-edited-lines.md): short lines fill few buckets, of which
 * nearly all must be equal.
 */
export function similarity(a: LineFeatures, i: number, b: LineFeatures, j: number): number {
  const [short, long] = [a.length[i] as number, b.length[j] as number].sort((x, y) => x - y) as [number, number];
  if (short * 3 < long) return 0;
  let held = 0;
  let equal = 0;
  for (let word = 0; word < 2; word++) {
    const x = a.sketch[i * 2 + word] as number;
    const y = b.sketch[j * 2 + word] as number;
    for (let shift = 0; shift < 32; shift += 4) {
      const [p, q] = [(x >>> shift) & 15, (y >>> shift) & 15];
      if (p === empty && q === empty) continue;
      held++;
      if (p === q) equal++;
    }
  }
  const { constant, share } = a.kind[i] === lineKind.prose && b.kind[j] === lineKind.prose ? needed.prose : needed.code;
  return equal >= constant + share * held ? equal / held : 0;
}
