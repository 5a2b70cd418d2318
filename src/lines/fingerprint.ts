import { type LineDiff, type LineFeatures, emptyDiff } from "./line-diff.ts";
import { type PathKind, lineKind } from "./line-kind.ts";

const blank = 32;

/** White space of a line: tab, vertical tab, form feed, carriage return, blank. */
const isSpace = (byte: number): boolean => byte === blank || (byte >= 9 && byte <= 13);

const isWord = (byte: number): boolean =>
  (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte >= 128;

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
    let exact = this.#c;
    for (let i = start; i < end; i++) exact = Math.imul(exact ^ (bytes[i] as number), 0x01000193);
    while (start < end && isSpace(bytes[start] as number)) start++;
    while (end > start && isSpace(bytes[end - 1] as number)) end--;
    let foldedHigh = this.#a;
    let foldedLow = this.#b;
    let bareHigh = this.#b ^ 0x5bd1e995;
    let bareLow = this.#a ^ 0x27d4eb2f;
    let sketchLow = 0xffffffff | 0;
    let sketchHigh = 0xffffffff | 0;
    let trigram = 0;
    let seen = 0;
    let word = false;
    let twoWords = false;
    let inSpace = false;
    for (let i = start; i < end; i++) {
      const byte = bytes[i] as number;
      if (isSpace(byte)) {
        inSpace = true;
        word = false;
        continue;
      }
      if (inSpace) {
        foldedHigh = Math.imul(foldedHigh ^ blank, 0x01000193);
        foldedLow = Math.imul(foldedLow ^ blank, 0x5bd1e995);
        inSpace = false;
      }
      foldedHigh = Math.imul(foldedHigh ^ byte, 0x01000193);
      foldedLow = Math.imul(foldedLow ^ byte, 0x5bd1e995);
      foldedLow ^= foldedLow >>> 15;
      bareHigh = Math.imul(bareHigh ^ byte, 0x01000193);
      bareLow = Math.imul(bareLow ^ byte, 0x5bd1e995);
      bareLow ^= bareLow >>> 15;
      const isWordByte = isWord(byte);
      twoWords ||= word && isWordByte;
      word = isWordByte;
      trigram = ((trigram << 8) | (byte | 0x20)) & 0xffffff;
      if (++seen >= 3) {
        const h = Math.imul(trigram ^ this.#c, 0x9e3779b1);
        const shift = ((h >>> 28) & 7) * 4;
        const value = (h >>> 20) & 15;
        if (h < 0) {
          if (value < ((sketchHigh >>> shift) & 15)) sketchHigh = (sketchHigh & ~(15 << shift)) | (value << shift);
        } else if (value < ((sketchLow >>> shift) & 15)) sketchLow = (sketchLow & ~(15 << shift)) | (value << shift);
      }
    }
    const length = end - start;
    columns.folded[at] = join52(foldedHigh, foldedLow);
    columns.bare[at] = join52(bareHigh, bareLow);
    columns.exact[at] = mix(exact);
    columns.sketch[at * 2] = sketchLow;
    columns.sketch[at * 2 + 1] = sketchHigh;
    columns.length[at] = Math.min(length, 0xffff);
    columns.kind[at] = kindOf(bytes, start, length, twoWords, path);
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
 * Collects the changed lines of one file hunk by hunk.
 *
 * @example
 * const builder = new LineDiffBuilder(fingerprinter, pathKind("a.ts"));
 * builder.hunk(1, 1, 1, 1); builder.line(Buffer.from("old")); builder.line(Buffer.from("new"));
 * builder.finish() // one hunk, two lines
 */
export class LineDiffBuilder {
  readonly #fingerprinter: Fingerprinter;
  readonly #path: PathKind;
  #hunks: number[] = [];
  #columns = columnsOf(16);
  #count = 0;

  constructor(fingerprinter: Fingerprinter, path: PathKind) {
    this.#fingerprinter = fingerprinter;
    this.#path = path;
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
    const n = this.#count;
    const { folded, bare, exact, sketch, length, kind } = this.#columns;
    return {
      hunks: Int32Array.from(this.#hunks),
      lines: {
        folded: folded.slice(0, n), bare: bare.slice(0, n), exact: exact.slice(0, n), sketch: sketch.slice(0, n * 2),
        length: length.slice(0, n), kind: kind.slice(0, n),
      },
    };
  }
}

function columnsOf(n: number): LineFeatures {
  return {
    folded: new Float64Array(n), bare: new Float64Array(n), exact: new Uint32Array(n), sketch: new Uint32Array(n * 2),
    length: new Uint16Array(n), kind: new Uint8Array(n),
  };
}

function grown(old: LineFeatures, n: number): LineFeatures {
  const columns = columnsOf(n);
  for (const name of ["folded", "bare", "exact", "sketch", "length", "kind"] as const) columns[name].set(old[name]);
  return columns;
}
