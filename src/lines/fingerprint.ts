import { type LineDiff, type LineFeatures, emptyDiff } from "./line-diff.ts";
import { type PathKind, lineKind } from "./line-kind.ts";

const blank = 32;

/** White space of a line: tab, vertical tab, form feed, carriage return, blank. */
const isSpace = (byte: number): boolean => byte === blank || (byte >= 9 && byte <= 13);

const isWord = (byte: number): boolean =>
  (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte >= 128;

const wordByte = 1;
const spaceByte = 2;
const byteKinds = Uint8Array.from({ length: 256 }, (_, byte) => (isSpace(byte) ? spaceByte : isWord(byte) ? wordByte : 0));

/** The sketch of the line at hand, one entry a bucket. */
const buckets = new Int32Array(16);

/** Murmur3's finaliser: every input bit reaches every output bit. */
function mix(h: number): number {
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 20 bits of one word over 32 of another: a safe integer. */
const join52 = (high: number, low: number): number => (mix(high) & 0xfffff) * 0x100000000 + mix(low);

/**
 * Makes the features of lines under the store's secret. Without the secret a fingerprint of a short line or prompt could
 * be read by dictionary (RULINGS 32). Works on UTF-8 bytes, so that a transcript's text and git's bytes agree.
 *
 * Chance of two different lines with one 52-bit fingerprint: 4e-4 among two million; lines are only compared inside a path.
 */
export class Fingerprinter {
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;

  /** @param secret 32 hex digits or more */
  constructor(secret: string) {
    if (!/^[0-9a-f]{32,}$/i.test(secret)) throw new Error("the fingerprint secret is not 32 hex digits or more");
    this.#a = Number.parseInt(secret.slice(0, 8), 16) | 0;
    this.#b = Number.parseInt(secret.slice(8, 16), 16) | 0;
    this.#c = Number.parseInt(secret.slice(16, 24), 16) | 0;
  }

  /** 52-bit fingerprint of a text, white space folded: for prompts. A safe integer. */
  text(text: string): number {
    const builder = new LineDiffBuilder(this, plain);
    builder.line(Buffer.from(text.replaceAll("\n", " ")));
    return builder.finish().lines.folded[0] ?? 0;
  }

  /** Writes the features of `bytes[start, end)` (one line, no line feed) to place `at` of the columns. */
  line(bytes: Uint8Array, start: number, end: number, path: PathKind, columns: LineFeatures, at: number): void {
    const c = this.#c;
    let exact = c;
    let foldedHigh = this.#a;
    let foldedLow = this.#b;
    let bareHigh = this.#b ^ 0x5bd1e995;
    let bareLow = this.#a ^ 0x27d4eb2f;
    for (let i = 0; i < 16; i++) buckets[i] = 15;
    let trigram = 0;
    let seen = 0;
    let before = 0;
    let twoWords = 0;
    for (; start < end && byteKinds[bytes[start] as number] === spaceByte; start++)
      exact = Math.imul(exact ^ (bytes[start] as number), 0x01000193);
    let last = end;
    while (last > start && byteKinds[bytes[last - 1] as number] === spaceByte) last--;
    for (let i = start; i < last; i++) {
      const byte = bytes[i] as number;
      exact = Math.imul(exact ^ byte, 0x01000193);
      const byteKind = byteKinds[byte] as number;
      if (byteKind === spaceByte) {
        before = spaceByte;
        continue;
      }
      if (before === spaceByte) {
        foldedHigh = Math.imul(foldedHigh ^ blank, 0x01000193);
        foldedLow = Math.imul(foldedLow ^ blank, 0x5bd1e995);
      }
      foldedHigh = Math.imul(foldedHigh ^ byte, 0x01000193);
      foldedLow = Math.imul(foldedLow ^ byte, 0x5bd1e995);
      foldedLow ^= foldedLow >>> 15;
      bareHigh = Math.imul(bareHigh ^ byte, 0x01000193);
      bareLow = Math.imul(bareLow ^ byte, 0x5bd1e995);
      bareLow ^= bareLow >>> 15;
      twoWords |= before & byteKind;
      before = byteKind;
      trigram = ((trigram << 8) | (byte | 0x20)) & 0xffffff;
      if (++seen >= 3) {
        const h = Math.imul(trigram ^ c, 0x9e3779b1);
        const smallest = buckets[h >>> 28] as number;
        const less = ((h >>> 20) & 15) - smallest;
        buckets[h >>> 28] = smallest + (less & (less >> 31)); // the minimum, without a branch nobody can predict
      }
    }
    for (let i = last; i < end; i++) exact = Math.imul(exact ^ (bytes[i] as number), 0x01000193);
    let sketchLow = 0;
    let sketchHigh = 0;
    for (let i = 7; i >= 0; i--) {
      sketchLow = (sketchLow << 4) | (buckets[i] as number);
      sketchHigh = (sketchHigh << 4) | (buckets[i + 8] as number);
    }
    const length = last - start;
    columns.folded[at] = join52(foldedHigh, foldedLow);
    columns.bare[at] = join52(bareHigh, bareLow);
    columns.exact[at] = mix(exact);
    columns.sketch[at * 2] = sketchLow;
    columns.sketch[at * 2 + 1] = sketchHigh;
    columns.length[at] = Math.min(length, 0xffff);
    columns.kind[at] = kindOf(bytes, start, length, twoWords !== 0, path);
  }
}

const plain: PathKind = { holds: "prose", commentMarks: [] };

function kindOf(bytes: Uint8Array, start: number, length: number, twoWords: boolean, path: PathKind): number {
  if (path.holds === "generated") return lineKind.generated;
  if (length < 4 || !twoWords) return lineKind.trivial; // RULINGS 15
  if (path.holds === "prose") return lineKind.prose;
  if (path.holds === "data") return lineKind.data;
  for (const mark of path.commentMarks) {
    let same = mark.length <= length;
    for (let i = 0; same && i < mark.length; i++) same = bytes[start + i] === mark.charCodeAt(i);
    if (same) return lineKind.comment;
  }
  return lineKind.code;
}

/**
 * Collects the changed lines of one file hunk by hunk. `finish` leaves it empty, to be used for the next file.
 *
 * @example
 * const builder = new LineDiffBuilder(fingerprinter, pathKind("a.ts"));
 * builder.hunk(1, 1, 1, 1); builder.line(Buffer.from("old")); builder.line(Buffer.from("new"));
 * builder.finish() // one hunk, two lines
 */
export class LineDiffBuilder {
  readonly #fingerprinter: Fingerprinter;
  #path: PathKind;
  #hunks: number[] = [];
  #columns = columnsOf(16);
  #count = 0;

  constructor(fingerprinter: Fingerprinter, path: PathKind) {
    this.#fingerprinter = fingerprinter;
    this.#path = path;
  }

  /** Forgets what was added and begins another file. */
  restart(path: PathKind): void {
    this.#path = path;
    this.#hunks = [];
    this.#count = 0;
  }

  hunk(oldStart: number, oldLines: number, newStart: number, newLines: number): void {
    this.#hunks.push(oldStart, oldLines, newStart, newLines);
  }

  /** Adds one line, removed ones of a hunk first. */
  line(bytes: Uint8Array, start = 0, end = bytes.length): void {
    if (this.#count === this.#columns.kind.length) this.#columns = grown(this.#columns, this.#count * 2);
    this.#fingerprinter.line(bytes, start, end, this.#path, this.#columns, this.#count++);
  }

  finish(): LineDiff {
    if (this.#hunks.length === 0 && this.#count === 0) return emptyDiff;
    const diff = compactDiff(this.#hunks, this.#columns, this.#count);
    this.#hunks = [];
    this.#count = 0;
    return diff;
  }
}

/** Copies hunks and the first n lines into one buffer, the widest columns first: seven views cost less than seven buffers. */
function compactDiff(hunkNumbers: readonly number[], from: LineFeatures, n: number): LineDiff {
  const buffer = new ArrayBuffer(n * 31 + hunkNumbers.length * 4);
  const folded = new Float64Array(buffer, 0, n);
  const bare = new Float64Array(buffer, n * 8, n);
  const sketch = new Uint32Array(buffer, n * 16, n * 2);
  const hunks = new Int32Array(buffer, n * 24, hunkNumbers.length);
  const afterHunks = n * 24 + hunkNumbers.length * 4;
  const exact = new Uint32Array(buffer, afterHunks, n);
  const length = new Uint16Array(buffer, afterHunks + n * 4, n);
  const kind = new Uint8Array(buffer, afterHunks + n * 6, n);
  for (let i = 0; i < hunkNumbers.length; i++) hunks[i] = hunkNumbers[i] as number;
  for (let i = 0; i < n; i++) {
    folded[i] = from.folded[i] as number;
    bare[i] = from.bare[i] as number;
    sketch[i * 2] = from.sketch[i * 2] as number;
    sketch[i * 2 + 1] = from.sketch[i * 2 + 1] as number;
    exact[i] = from.exact[i] as number;
    length[i] = from.length[i] as number;
    kind[i] = from.kind[i] as number;
  }
  return { hunks, lines: { folded, bare, exact, sketch, length, kind } };
}

function columnsOf(n: number): LineFeatures {
  return {
    folded: new Float64Array(n),
    bare: new Float64Array(n),
    exact: new Uint32Array(n),
    sketch: new Uint32Array(n * 2),
    length: new Uint16Array(n),
    kind: new Uint8Array(n),
  };
}

function grown(old: LineFeatures, n: number): LineFeatures {
  const columns = columnsOf(n);
  for (const name of ["folded", "bare", "exact", "sketch", "length", "kind"] as const) columns[name].set(old[name]);
  return columns;
}
