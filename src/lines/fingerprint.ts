import { type LineDiff, type LineFeatures, bareStep, bytesPerLine, emptyDiff } from "./line-diff.ts";
import { type PathKind, lineKind, pathKind } from "./line-kind.ts";

const blank = 32;
const lineFeed = 10;
const comma = 44;
const quotationMark = 34;
const backslash = 92;
/** What each quotation mark counts as in `bare`. */
const anyQuote = 34;

/** White space of a line: tab, vertical tab, form feed, carriage return, blank. */
const isSpace = (byte: number): boolean => byte === blank || (byte >= 9 && byte <= 13);

const isWord = (byte: number): boolean =>
  (byte >= 97 && byte <= 122) || (byte >= 65 && byte <= 90) || (byte >= 48 && byte <= 57) || byte >= 128;

const isQuote = (byte: number): boolean => byte === 34 || byte === 39 || byte === 96;

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

/** Of a buffer that several differences share: small, since it lives as long as the last of them. */
const sharedBytes = 65_536;
const noBytes = new Uint8Array(0);

const knownBits = 16;
const knownPlaces = 1 << knownBits;
/** Integers of a known line: its two keys, the sketch, then code of the path's kind, length and kind in one. */
const knownInts = 5;

/**
 * Makes the features of lines under the store's secret. Without the secret a fingerprint of a short line or prompt could
 * be read by dictionary (RULINGS 32). Works on UTF-8 bytes, so that a transcript's text and git's bytes agree.
 *
 * Chance of two different lines with one 52-bit fingerprint: 4e-4 among two million; lines are only compared inside a path.
 *
 * Most lines come again: what is removed was added before. The features of the last ones met are kept under 64 keyed bits
 * of their exact bytes.
 */
export class Fingerprinter {
  readonly #a: number;
  readonly #b: number;
  readonly #c: number;
  /** What each byte adds to `bare`. */
  readonly #bareOf: Int32Array;
  readonly #knownInts = new Int32Array(knownPlaces * knownInts);
  /** `folded` and `bare` of the known lines. */
  readonly #knownTexts = new Float64Array(knownPlaces * 2);
  #bytes: Uint8Array = noBytes;
  #words: DataView = new DataView(noBytes.buffer);

  /** @param secret 32 hex digits or more */
  constructor(secret: string) {
    if (!/^[0-9a-f]{32,}$/i.test(secret)) throw new Error("the fingerprint secret is not 32 hex digits or more");
    this.#a = Number.parseInt(secret.slice(0, 8), 16) | 0;
    this.#b = Number.parseInt(secret.slice(8, 16), 16) | 0;
    this.#c = Number.parseInt(secret.slice(16, 24), 16) | 0;
    this.#bareOf = Int32Array.from({ length: 256 }, (_, byte) =>
      mix(this.#a ^ mix(this.#b ^ (isQuote(byte) ? anyQuote : byte) ^ 0x27d4eb2f)),
    );
  }

  /** 52-bit fingerprint of a text, white space folded: for prompts. A safe integer. */
  text(text: string): number {
    const builder = new LineDiffBuilder(this, pathKind("plain.txt"));
    builder.line(Buffer.from(text.replaceAll("\n", " ")));
    return builder.finish().lines.folded[0] ?? 0;
  }

  /**
   * Writes the features of the line that begins at `start` to place `at` of the columns. Reads it once to find its end
   * and its keys, four bytes at a time, and a second time only if it is not known.
   * @returns where it ends: at a line feed or at `limit`
   */
  line(bytes: Uint8Array, start: number, limit: number, path: PathKind, columns: LineFeatures, at: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#words = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const words = this.#words;
    let one = this.#c;
    let two = this.#a;
    let end = start;
    for (; end + 4 <= limit; end += 4) {
      const word = words.getInt32(end, true);
      const feeds = word ^ 0x0a0a0a0a;
      if (((feeds - 0x01010101) & ~feeds & 0x80808080) !== 0) break;
      one = Math.imul(one ^ word, 0x85ebca6b);
      one ^= one >>> 15;
      two = Math.imul(two + word, 0x9e3779b1);
      two = (two << 13) | (two >>> 19);
    }
    for (; end < limit && bytes[end] !== lineFeed; end++) {
      one = Math.imul(one ^ (bytes[end] as number), 0x01000193);
      two = Math.imul(two + (bytes[end] as number), 0x5bd1e995);
      two ^= two >>> 13;
    }
    one = mix(one ^ (end - start)) | 0;
    const exact = mix(two ^ one);
    const place = (exact >>> (32 - knownBits)) ^ path.code;
    const ints = this.#knownInts;
    const known = place * knownInts;
    if (ints[known] !== one || ints[known + 1] !== two || (ints[known + 4] as number) >>> 20 !== path.code) {
      this.#read(bytes, start, end, path, columns, at, one, exact);
      ints[known] = one;
      ints[known + 1] = two;
      ints[known + 2] = columns.sketch[at * 2] as number;
      ints[known + 3] = columns.sketch[at * 2 + 1] as number;
      ints[known + 4] = (path.code << 20) | ((columns.length[at] as number) << 4) | (columns.kind[at] as number);
      this.#knownTexts[place * 2] = columns.folded[at] as number;
      this.#knownTexts[place * 2 + 1] = columns.bare[at] as number;
    } else {
      columns.folded[at] = this.#knownTexts[place * 2] as number;
      columns.bare[at] = this.#knownTexts[place * 2 + 1] as number;
      columns.sketch[at * 2] = ints[known + 2] as number;
      columns.sketch[at * 2 + 1] = ints[known + 3] as number;
      const lengthAndKind = ints[known + 4] as number;
      columns.length[at] = (lengthAndKind >>> 4) & 0xffff;
      columns.kind[at] = lengthAndKind & 15;
    }
    columns.exact[at] = exact;
    return end;
  }

  /** The features that take a look at each byte. Of a generated file's line there are none but its identity: it weighs nothing. */
  #read(
    bytes: Uint8Array,
    start: number,
    end: number,
    path: PathKind,
    columns: LineFeatures,
    at: number,
    one: number,
    exact: number,
  ): void {
    const lineStart = start;
    while (start < end && byteKinds[bytes[start] as number] === spaceByte) start++;
    const indent = start - lineStart;
    let last = end;
    while (last > start && byteKinds[bytes[last - 1] as number] === spaceByte) last--;
    const length = last - start;
    columns.length[at] = Math.min(length, 0xffff);
    if (path.holds === "generated") {
      columns.folded[at] = join52(one, exact);
      columns.bare[at] = columns.folded[at] as number;
      columns.sketch[at * 2] = 0;
      columns.sketch[at * 2 + 1] = 0;
      columns.kind[at] = lineKind.generated;
      return;
    }
    const c = this.#c;
    const bareOf = this.#bareOf;
    let foldedHigh = this.#a;
    let foldedLow = this.#b;
    let bare = 0;
    let bareLength = 0;
    for (let i = 0; i < 16; i++) buckets[i] = 15;
    let trigram = 0;
    let seen = 0;
    let before = 0;
    let twoWords = 0;
    for (let i = start; i < last; i++) {
      const byte = bytes[i] as number;
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
      if (byte !== comma) {
        bare = (Math.imul(bare, bareStep) + (bareOf[byte] as number)) | 0;
        bareLength++;
      }
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
    if (path.holds === "prose") this.#sketchWords(bytes, start, last);
    let sketchLow = 0;
    let sketchHigh = 0;
    for (let i = 7; i >= 0; i--) {
      sketchLow = (sketchLow << 4) | (buckets[i] as number);
      sketchHigh = (sketchHigh << 4) | (buckets[i + 8] as number);
    }
    columns.folded[at] = join52(foldedHigh, foldedLow);
    columns.bare[at] = Math.min(bareLength, 0xffff) * 0x100000000 + (bare >>> 0);
    columns.sketch[at * 2] = sketchLow;
    columns.sketch[at * 2 + 1] = sketchHigh;
    const isFrame = path.holds === "cells" && !isCellSource(bytes, start, length, indent);
    columns.kind[at] = isFrame ? lineKind.generated : kindOf(bytes, start, length, twoWords !== 0, path);
  }

  /**
   * Of prose pairs of words that follow each other: long sentences share most of their trigrams by chance, and few pairs. A
   * paragraph of which a sentence was changed keeps those of the others.
   */
  #sketchWords(bytes: Uint8Array, start: number, end: number): void {
    buckets.fill(15);
    let word = 0;
    let before = this.#c;
    for (let i = start; i <= end; i++) {
      if (i < end && isWord(bytes[i] as number)) {
        word = Math.imul(word ^ ((bytes[i] as number) | 0x20), 0x01000193);
        continue;
      }
      if (word === 0) continue;
      const h = mix(before ^ word);
      buckets[h >>> 28] = Math.min(buckets[h >>> 28] as number, (h >>> 20) & 15);
      before = mix(word ^ this.#a);
      word = 0;
    }
  }
}

function kindOf(bytes: Uint8Array, start: number, length: number, twoWords: boolean, path: PathKind): number {
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

const cellIndent = 4;

/**
 * Whether a line of a notebook is one of a cell's source: notebooks are written with one blank a level, so that it is a
 * text alone behind four; outputs lie deeper, and metadata has a key.
 */
function isCellSource(bytes: Uint8Array, start: number, length: number, indent: number): boolean {
  if (indent !== cellIndent || bytes[start] !== quotationMark) return false;
  const end = bytes[start + length - 1] === comma ? start + length - 1 : start + length;
  for (let i = start + 1; i < end; i++) {
    if (bytes[i] === backslash) i++;
    else if (bytes[i] === quotationMark) return i === end - 1;
  }
  return false;
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
  #shared = new ArrayBuffer(0);
  #free = 0;

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

  /**
   * Adds the line that begins at `start`, removed ones of a hunk first.
   * @returns where it ends: at the first line feed, else at `limit`
   */
  line(bytes: Uint8Array, start = 0, limit = bytes.length): number {
    if (this.#count === this.#columns.kind.length) this.#columns = grown(this.#columns, this.#count * 2);
    return this.#fingerprinter.line(bytes, start, limit, this.#path, this.#columns, this.#count++);
  }

  /** Takes the last line back. */
  dropLine(): void {
    this.#count--;
  }

  finish(): LineDiff {
    if (this.#hunks.length === 0 && this.#count === 0) return emptyDiff;
    const diff = this.#compact();
    this.#hunks = [];
    this.#count = 0;
    return diff;
  }

  /**
   * Copies what was collected into a piece of a buffer that many differences share, the widest columns first: seven views
   * cost less than seven buffers, and one buffer for many files less than one each.
   */
  #compact(): LineDiff {
    const n = this.#count;
    const hunkNumbers = this.#hunks;
    const bytes = (n * bytesPerLine + hunkNumbers.length * 4 + 7) & ~7;
    if (this.#free + bytes > this.#shared.byteLength) {
      this.#shared = new ArrayBuffer(Math.max(sharedBytes, bytes));
      this.#free = 0;
    }
    const buffer = this.#shared;
    let offset = this.#free;
    this.#free += bytes;
    const from = this.#columns;
    const folded = new Float64Array(buffer, offset, n);
    const bare = new Float64Array(buffer, (offset += n * 8), n);
    const sketch = new Uint32Array(buffer, (offset += n * 8), n * 2);
    const hunks = new Int32Array(buffer, (offset += n * 8), hunkNumbers.length);
    const exact = new Uint32Array(buffer, (offset += hunkNumbers.length * 4), n);
    const length = new Uint16Array(buffer, (offset += n * 4), n);
    const kind = new Uint8Array(buffer, offset + n * 2, n);
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
