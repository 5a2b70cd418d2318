/**
 * Finds the lines two versions of a file have in common, in order: a longest common subsequence by Myers' algorithm in
 * linear space, after the common head and tail and the lines that only one side has are set aside.
 *
 * For versions so different that the shortest edit script passes `mostSteps` a good split is taken instead of the best,
 * as git does.
 * @param a @param b fingerprints of the lines
 * @returns for each line of b the index of its line in a, -1 where it has none
 */
export function matchLines(a: Float64Array, b: Float64Array): Int32Array {
  const matches = new Int32Array(b.length).fill(-1);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) matches[head] = head++;
  let endA = a.length;
  let endB = b.length;
  while (endA > head && endB > head && a[endA - 1] === b[endB - 1]) matches[--endB] = --endA;
  const both = keptIndexes(a, b, head, endA, endB);
  new Matcher(a, b, both.a, both.b, matches).between(0, both.a.length, 0, both.b.length);
  return matches;
}

const sieveBits = 16;

/** Indexes of the lines that occur on the other side too, and of a few that only seem to: the sieve is by 16 bits. */
function keptIndexes(
  a: Float64Array,
  b: Float64Array,
  start: number,
  endA: number,
  endB: number,
): { readonly a: Int32Array; readonly b: Int32Array } {
  const seen = new Uint8Array(1 << sieveBits);
  for (let i = start; i < endA; i++) seen[place(a[i] as number)]! |= 1;
  for (let i = start; i < endB; i++) seen[place(b[i] as number)]! |= 2;
  return { a: sifted(a, start, endA, seen), b: sifted(b, start, endB, seen) };
}

const place = (text: number): number => (text | 0) & ((1 << sieveBits) - 1);

function sifted(lines: Float64Array, start: number, end: number, seen: Uint8Array): Int32Array {
  const indexes = new Int32Array(end - start);
  let count = 0;
  for (let i = start; i < end; i++) if (seen[place(lines[i] as number)] === 3) indexes[count++] = i;
  return indexes.subarray(0, count);
}

const mostSteps = 2_000;

function gathered(lines: Float64Array, indexes: Int32Array): Float64Array {
  const out = new Float64Array(indexes.length);
  for (let i = 0; i < indexes.length; i++) out[i] = lines[indexes[i] as number] as number;
  return out;
}

/** Myers' divide and conquer over the kept lines. */
class Matcher {
  readonly #a: Float64Array;
  readonly #b: Float64Array;
  readonly #indexA: Int32Array;
  readonly #indexB: Int32Array;
  readonly #matches: Int32Array;
  readonly #forward: Int32Array;
  readonly #backward: Int32Array;

  constructor(a: Float64Array, b: Float64Array, indexA: Int32Array, indexB: Int32Array, matches: Int32Array) {
    this.#indexA = indexA;
    this.#indexB = indexB;
    this.#a = gathered(a, indexA);
    this.#b = gathered(b, indexB);
    this.#matches = matches;
    const diagonals = indexA.length + indexB.length + 3;
    this.#forward = new Int32Array(diagonals);
    this.#backward = new Int32Array(diagonals);
  }

  between(startA: number, endA: number, startB: number, endB: number): void {
    while (startA < endA && startB < endB && this.#a[startA] === this.#b[startB]) this.#pair(startA++, startB++);
    while (startA < endA && startB < endB && this.#a[endA - 1] === this.#b[endB - 1]) this.#pair(--endA, --endB);
    if (startA === endA || startB === endB) return;
    const [splitA, splitB] = this.#middle(startA, endA, startB, endB);
    this.between(startA, splitA, startB, splitB);
    this.between(splitA, endA, splitB, endB);
  }

  #pair(a: number, b: number): void {
    this.#matches[this.#indexB[b] as number] = this.#indexA[a] as number;
  }

  /** A point on a shortest path: where the furthest ways from both ends meet. Diagonal d = x - y, stored from `base`. */
  #middle(startA: number, endA: number, startB: number, endB: number): readonly [number, number] {
    const a = this.#a;
    const b = this.#b;
    const forward = this.#forward;
    const backward = this.#backward;
    const base = this.#b.length + 1;
    const lowest = startA - endB;
    const highest = endA - startB;
    const middleForward = startA - startB;
    const middleBackward = endA - endB;
    const odd = ((middleForward - middleBackward) & 1) !== 0;
    let forwardLow = middleForward;
    let forwardHigh = middleForward;
    let backwardLow = middleBackward;
    let backwardHigh = middleBackward;
    forward[base + middleForward] = startA;
    backward[base + middleBackward] = endA;
    for (let steps = 1; ; steps++) {
      if (forwardLow > lowest) forward[base + --forwardLow - 1] = -1;
      else forwardLow++;
      if (forwardHigh < highest) forward[base + ++forwardHigh + 1] = -1;
      else forwardHigh--;
      for (let d = forwardHigh; d >= forwardLow; d -= 2) {
        const below = forward[base + d - 1] as number;
        const above = forward[base + d + 1] as number;
        let x = below >= above ? below + 1 : above;
        while (x < endA && x - d < endB && a[x] === b[x - d]) x++;
        forward[base + d] = x;
        if (odd && d >= backwardLow && d <= backwardHigh && (backward[base + d] as number) <= x) return [x, x - d];
      }
      if (backwardLow > lowest) backward[base + --backwardLow - 1] = 0x7fffffff;
      else backwardLow++;
      if (backwardHigh < highest) backward[base + ++backwardHigh + 1] = 0x7fffffff;
      else backwardHigh--;
      for (let d = backwardHigh; d >= backwardLow; d -= 2) {
        const below = backward[base + d - 1] as number;
        const above = backward[base + d + 1] as number;
        let x = below < above ? below : above - 1;
        while (x > startA && x - d > startB && a[x - 1] === b[x - d - 1]) x--;
        backward[base + d] = x;
        if (!odd && d >= forwardLow && d <= forwardHigh && x <= (forward[base + d] as number)) return [x, x - d];
      }
      if (steps >= mostSteps) return this.#furthest(startA, endA, startB, endB, forwardLow, forwardHigh, base);
    }
  }

  /** The point the ways from the start have come furthest to. */
  #furthest(
    startA: number,
    endA: number,
    startB: number,
    endB: number,
    low: number,
    high: number,
    base: number,
  ): readonly [number, number] {
    let best: readonly [number, number] = [startA, startB];
    for (let d = low; d <= high; d += 2) {
      const x = Math.min(this.#forward[base + d] as number, endA);
      const y = x - d;
      if (y >= startB && y <= endB && x + y > best[0] + best[1]) best = [x, y];
    }
    return best;
  }
}
