/**
 * The changed lines of one file: what a write did, and what a commit did, in one shape, so that like meets like.
 * Columns of features, never text. Packed to bytes for the store by `packLineDiff`.
 */

/**
 * Bumped when a feature of a line is computed in another way; stored beside the packed lines.
 * 2: `bare` leaves out commas, takes all quotation marks for one and can be joined; `exact` is another hash; generated
 * lines have their own `folded` and no sketch. `folded`, `sketch`, `length` and `kind` of all others are as in 1.
 * 3: `kind` of the lines of notebooks, `sketch` of prose; all else is as in 2.
 */
export const featureVersion = 3;

/** Columns, one entry a line. */
export interface LineFeatures {
  /** Keyed 52-bit fingerprint of the text, trimmed, runs of white space as one blank. A safe integer. */
  readonly folded: Float64Array;
  /**
   * Keyed fingerprint of the text without white space and commas, all quotation marks alike: equal where only the
   * formatting differs. 16 bits of the bytes counted over 32 of a polynomial: `joinBare` tells that of two lines put
   * together. Chance of a coincidence among lines of equal length: 2e-10.
   */
  readonly bare: Float64Array;
  /** Keyed 32-bit fingerprint of the exact bytes (no line end). */
  readonly exact: Uint32Array;
  /** Similarity sketch, two words a line: 16 buckets of 4 bits, one-permutation minhash over trigrams of the text without white space, of prose over pairs of words. */
  readonly sketch: Uint32Array;
  /** Trimmed length in bytes, at most 65,535. */
  readonly length: Uint16Array;
  /** Code of `lineKinds`. */
  readonly kind: Uint8Array;
}

/** The factor of the polynomial of `bare`. No secret: what a byte adds is. */
export const bareStep = 0x01000193;

const twoTo32 = 0x100000000;

/**
 * `bare` of two lines put together; commutes with nothing: the first one comes first.
 * @example joinBare(bareOf("call(one,"), bareOf("two)")) === bareOf("call(one, two)")
 */
export function joinBare(first: number, second: number): number {
  const length = Math.floor(second / twoTo32);
  let factor = 1;
  for (let step = bareStep, rest = length; rest > 0; rest >>>= 1, step = Math.imul(step, step))
    if (rest & 1) factor = Math.imul(factor, step);
  const hash = (Math.imul(first | 0, factor) + (second | 0)) >>> 0;
  return Math.min(Math.floor(first / twoTo32) + length, 0xffff) * twoTo32 + hash;
}

export interface LineDiff {
  /** Four a hunk: oldStart, oldLines, newStart, newLines, counted as git prints `@@ -a,b +c,d @@`. */
  readonly hunks: Int32Array;
  /** In hunk order: each hunk's removed lines, then its added ones. */
  readonly lines: LineFeatures;
}

export function lineCount(diff: LineDiff): number {
  return diff.lines.kind.length;
}

export const noLines: LineFeatures = {
  folded: new Float64Array(0),
  bare: new Float64Array(0),
  exact: new Uint32Array(0),
  sketch: new Uint32Array(0),
  length: new Uint16Array(0),
  kind: new Uint8Array(0),
};

/** The difference of nothing. */
export const emptyDiff: LineDiff = { hunks: new Int32Array(0), lines: noLines };

/** Bytes one line takes in the packed form: 8 + 8 + 4 + 8 + 2 + 1. */
export const bytesPerLine = 31;
export const headerBytes = 8;

/**
 * Packs a difference into bytes: hunk count, line count (uint32), then the hunks and each column in turn, little endian.
 * The widest columns come first, so that reading can lay typed arrays over the bytes.
 */
export function packLineDiff(diff: LineDiff): Uint8Array {
  const { hunks, lines } = diff;
  const n = lines.kind.length;
  const out = new Uint8Array(headerBytes + n * bytesPerLine + hunks.byteLength);
  const header = new Uint32Array(out.buffer, 0, 2);
  header[0] = hunks.length / 4;
  header[1] = n;
  let offset = headerBytes;
  for (const column of [lines.folded, lines.bare, lines.sketch, hunks, lines.exact, lines.length, lines.kind]) {
    out.set(new Uint8Array(column.buffer, column.byteOffset, column.byteLength), offset);
    offset += column.byteLength;
  }
  return out;
}

/** Reads what `packLineDiff` made. @throws Error if the length does not fit the header. */
export function unpackLineDiff(bytes: Uint8Array): LineDiff {
  const own = new Uint8Array(bytes).buffer; // aligned at 0, whatever the driver handed over
  const [hunkCount, n] = new Uint32Array(own, 0, 2) as unknown as [number, number];
  if (own.byteLength !== headerBytes + n * bytesPerLine + hunkCount * 16) {
    throw new Error(`packed line difference of ${own.byteLength} bytes does not fit its header (${hunkCount} hunks, ${n} lines)`);
  }
  let offset = headerBytes;
  const take = <T>(make: (buffer: ArrayBuffer, offset: number, length: number) => T, length: number, size: number): T => {
    const column = make(own, offset, length);
    offset += length * size;
    return column;
  };
  const folded = take((b, o, l) => new Float64Array(b, o, l), n, 8);
  const bare = take((b, o, l) => new Float64Array(b, o, l), n, 8);
  const sketch = take((b, o, l) => new Uint32Array(b, o, l), n * 2, 4);
  const hunks = take((b, o, l) => new Int32Array(b, o, l), hunkCount * 4, 4);
  const exact = take((b, o, l) => new Uint32Array(b, o, l), n, 4);
  const length = take((b, o, l) => new Uint16Array(b, o, l), n, 2);
  const kind = take((b, o, l) => new Uint8Array(b, o, l), n, 1);
  return { hunks, lines: { folded, bare, exact, sketch, length, kind } };
}
