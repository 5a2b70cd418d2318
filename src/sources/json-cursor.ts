/**
 * Reads JSON in bytes without making objects of it: transcripts are mostly file contents that nobody needs. A full walk
 * of 351 MB takes 0.4 s of CPU this way, `JSON.parse` of every line 2.5 s (measured, Node 20).
 */

/** Bytes that are not the JSON they should be: a torn line. Made once, thrown often. */
export class NotJson extends Error {}
const notJson = new NotJson("not JSON");

const blank = 32;
const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

/** Slots of the table of words, and the most bytes of a word. */
export const wordSlots = 1024;
export const maxWordBytes = 32;

/** Names that a reader cares for, each with a small id above 0: keys, and values such as record types. */
export class Words {
  readonly names: readonly string[];
  /** The names by id; 0 is none. */
  readonly bytes: readonly Buffer[];
  /** Ids by slot (`slotOf`, then the next free one); 0 is none. */
  readonly slots = new Int16Array(wordSlots);

  constructor(names: readonly string[]) {
    this.names = names;
    this.bytes = ["", ...names].map((name) => Buffer.from(name));
    for (let id = 1; id < this.bytes.length; id++) {
      const bytes = this.bytes[id] as Buffer;
      if (bytes.length >= maxWordBytes) throw new Error(`${bytes.toString()} is too long for a word`);
      let slot = slotOf(bytes, 0, bytes.length);
      while (this.slots[slot] !== 0) slot = (slot + 1) & (wordSlots - 1);
      this.slots[slot] = id;
    }
  }

  /** Id of the name that stands in `bytes[start, stop)`, 0 if it is none of them. */
  find(bytes: Buffer, start: number, stop: number): number {
    for (let slot = slotOf(bytes, start, stop); ; slot = (slot + 1) & (wordSlots - 1)) {
      const id = this.slots[slot] as number;
      if (id === 0) return 0;
      const name = this.bytes[id] as Buffer;
      if (name.length !== stop - start) continue;
      let i = 0;
      while (i < name.length && name[i] === bytes[start + i]) i++;
      if (i === name.length) return id;
    }
  }
}

/** Place in the table from length and three bytes: enough to tell some hundred names apart, cheaper than all of them. */
function slotOf(bytes: Uint8Array, start: number, stop: number): number {
  if (stop <= start) return 0;
  const middle = bytes[(start + stop) >> 1] as number;
  return ((stop - start) * 37 + (bytes[start] as number) * 5 + middle * 71 + (bytes[stop - 1] as number) * 131) & (wordSlots - 1);
}

/** Ids of names, to be compared with what a cursor found. */
export function wordIds<const N extends readonly string[]>(names: N): { readonly [K in N[number]]: number } {
  return Object.fromEntries(names.map((name, index) => [name, index + 1])) as { [K in N[number]]: number };
}

const contextMask = 0xffff;

/**
 * A place in JSON bytes. Every method leaves the cursor after what it read.
 *
 * @example
 * cursor.reset(bytes, 0, bytes.length);
 * if (cursor.enterObject()) while (cursor.nextKey()) cursor.key === ids.type ? fields.take(cursor) : cursor.skip();
 */
export class JsonCursor {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  /** Id of the key last read, 0 for a name that is none of the words. */
  key = 0;
  readonly #words: Words;
  /** The key that came last time after the keys before it: machines write the same keys in the same order. */
  readonly #next = new Int16Array(contextMask + 1);
  /** The keys before, the nearest three in full. */
  #context = 0;

  constructor(words: Words) {
    this.#words = words;
  }

  reset(bytes: Buffer, at: number, end: number): void {
    this.bytes = bytes;
    this.at = at;
    this.end = end;
  }

  /** Enters the object that comes next; anything else is skipped, and the answer is false. */
  enterObject(): boolean {
    return this.#enter(openBrace);
  }

  enterArray(): boolean {
    return this.#enter(openBracket);
  }

  #enter(bracket: number): boolean {
    this.#space();
    if (this.bytes[this.at] !== bracket) {
      this.skip();
      return false;
    }
    this.at++;
    return true;
  }

  /**
   * Reads the next key of the object entered, false (and past the brace) after the last. Written in one piece: this is
   * where most of the time goes, and small functions are not always inlined.
   * @throws NotJson
   */
  nextKey(): boolean {
    const { bytes, end } = this;
    let at = this.at;
    const first = bytes[at - 1] === openBrace; // a value never ends in an opening brace
    while ((bytes[at] as number) <= blank && at < end) at++;
    if (at >= end) throw notJson;
    if (bytes[at] === closeBrace) {
      this.at = at + 1;
      return false;
    }
    if (!first) {
      if (bytes[at] !== comma) throw notJson;
      at++;
      while ((bytes[at] as number) <= blank && at < end) at++;
    }
    if (bytes[at] !== quote) throw notJson;
    at++;
    const guess = this.#next[this.#context] as number;
    const name = this.#words.bytes[guess] as Buffer;
    const { length } = name;
    let i = 0;
    while (i < length && bytes[at + i] === name[i]) i++;
    let key = guess;
    if (i < length || bytes[at + i] !== quote || guess === 0) {
      i = 0;
      while (at + i < end && bytes[at + i] !== quote) i++;
      if (bytes[at + i - 1] === backslash) i = this.#stringEnd(at) - 1 - at;
      key = this.#words.find(bytes, at, at + i);
      this.#next[this.#context] = key;
    }
    this.#context = ((this.#context << 5) ^ key) & contextMask;
    this.key = key;
    at += i + 1;
    while ((bytes[at] as number) <= blank && at < end) at++;
    if (at >= end || bytes[at] !== colon) throw notJson;
    at++;
    while ((bytes[at] as number) <= blank && at < end) at++;
    this.at = at;
    return true;
  }

  /** Goes to the next value of the array entered, false (and past the bracket) after the last. @throws NotJson */
  nextItem(): boolean {
    return this.#nextMember(openBracket, closeBracket);
  }

  #nextMember(open: number, close: number): boolean {
    const first = this.bytes[this.at - 1] === open; // a value never ends in an opening bracket
    this.#space();
    if (this.at >= this.end) throw notJson;
    const byte = this.bytes[this.at];
    if (byte === close) {
      this.at++;
      return false;
    }
    if (!first) {
      if (byte !== comma) throw notJson;
      this.at++;
      this.#space();
    }
    return true;
  }

  /** Goes past the next value. @throws NotJson */
  skip(): void {
    this.#space();
    const byte = this.bytes[this.at] as number;
    if (this.at >= this.end) throw notJson;
    if (byte === quote) this.at = this.#stringEnd(this.at + 1);
    else if (byte === openBrace || byte === openBracket) this.#skipContainer();
    else this.#skipScalar();
  }

  #skipContainer(): void {
    const { bytes, end } = this;
    let i = this.at;
    let depth = 0;
    while (i < end) {
      const byte = bytes[i++] as number;
      if (byte === quote) i = this.#stringEnd(i);
      else if (byte === openBrace || byte === openBracket) depth++;
      else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) {
        this.at = i;
        return;
      }
    }
    throw notJson;
  }

  #skipScalar(): void {
    const { bytes, end, at } = this;
    const first = bytes[at] as number;
    if (first === 116 || first === 102 || first === 110) {
      const size = first === 102 ? 5 : 4; // true, false, null
      if (at + size > end || isWordByte(bytes[at + size] as number)) throw notJson;
      if (bytes[at + size - 1] !== (first === 110 ? 108 : 101)) throw notJson;
      this.at = at + size;
      return;
    }
    if (first !== 45 && (first < 48 || first > 57)) throw notJson;
    let i = at + 1;
    while (i < end && isNumberByte(bytes[i] as number)) i++;
    this.at = i;
  }

  /** Index after the closing quote; `i` is after the opening one. Hopping by memchr beats a loop 3 : 1 here. */
  #stringEnd(i: number): number {
    const { bytes, end } = this;
    for (;;) {
      const found = bytes.indexOf(quote, i);
      if (found < 0 || found >= end) throw notJson;
      let k = found - 1;
      while (bytes[k] === backslash) k--;
      if (((found - k) & 1) === 1) return found + 1;
      i = found + 1;
    }
  }

  #space(): void {
    while ((this.bytes[this.at] as number) <= 32 && this.at < this.end) this.at++;
  }

  /** True if nothing but white space is left. */
  done(): boolean {
    this.#space();
    return this.at >= this.end;
  }
}

const isWordByte = (byte: number): boolean => byte >= 97 && byte <= 122;

const isNumberByte = (byte: number): boolean =>
  (byte >= 48 && byte <= 57) || byte === 43 || byte === 45 || byte === 46 || (byte | 32) === 101;

/** Where the values of one object stand, by the id of their key. Values are read on demand; a missing one is null. */
export class Fields {
  readonly #ranges: Int32Array;
  /** Keys noted, so that clearing costs no more than they did. */
  readonly #noted: Int32Array;
  #count = 0;
  #bytes: Buffer = Buffer.alloc(0);

  constructor(words: Words) {
    this.#ranges = new Int32Array((words.names.length + 1) * 2);
    this.#noted = new Int32Array(words.names.length + 1);
  }

  clear(bytes: Buffer): void {
    this.#bytes = bytes;
    for (let i = 0; i < this.#count; i++) this.#ranges[(this.#noted[i] as number) * 2 + 1] = 0;
    this.#count = 0;
  }

  /** Notes the value under the cursor's key and goes past it. */
  take(cursor: JsonCursor): void {
    const key = cursor.key;
    const start = cursor.at;
    cursor.skip();
    if (key !== 0) this.note(key, start, cursor.at);
  }

  /** Notes that the value of `key` stands in `bytes[start, stop)`. */
  note(key: number, start: number, stop: number): void {
    if (this.#ranges[key * 2 + 1] === 0) this.#noted[this.#count++] = key;
    this.#ranges[key * 2] = start;
    this.#ranges[key * 2 + 1] = stop;
  }

  /** Reads an object's values, no deeper. False if it is none. */
  read(cursor: JsonCursor): boolean {
    if (!cursor.enterObject()) return false;
    while (cursor.nextKey()) this.take(cursor);
    return true;
  }

  has(key: number): boolean {
    return this.#ranges[key * 2 + 1] !== 0;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  start(key: number): number {
    return this.#ranges[key * 2] as number;
  }

  stop(key: number): number {
    return this.#ranges[key * 2 + 1] as number;
  }

  /** Bytes of the value as they stand. */
  size(key: number): number {
    return this.stop(key) - this.start(key);
  }

  isString(key: number): boolean {
    return this.has(key) && this.#bytes[this.start(key)] === quote;
  }

  isObject(key: number): boolean {
    return this.has(key) && this.#bytes[this.start(key)] === openBrace;
  }

  isArray(key: number): boolean {
    return this.has(key) && this.#bytes[this.start(key)] === openBracket;
  }

  isNull(key: number): boolean {
    return !this.has(key) || this.#bytes[this.start(key)] === 110;
  }

  isTrue(key: number): boolean {
    return this.has(key) && this.#bytes[this.start(key)] === 116;
  }

  /** The string, unescaped; null if there is none. */
  string(key: number): string | null {
    return this.isString(key) ? decodeString(this.#bytes, this.start(key), this.stop(key)) : null;
  }

  /** A finite number; null if there is none. */
  number(key: number): number | null {
    if (!this.has(key)) return null;
    const stop = this.stop(key);
    let value = 0;
    for (let i = this.start(key); i < stop; i++) {
      const digit = (this.#bytes[i] as number) - 48;
      if (digit < 0 || digit > 9) return this.#otherNumber(key);
      value = value * 10 + digit;
    }
    return value;
  }

  #otherNumber(key: number): number | null {
    const first = this.#bytes[this.start(key)] as number;
    if (first !== 45 && (first < 48 || first > 57)) return null;
    const value = Number(this.#bytes.toString("latin1", this.start(key), this.stop(key)));
    return Number.isFinite(value) ? value : null;
  }

  /** Id of a string value among the words, 0 for any other. */
  word(key: number, words: Words): number {
    return this.isString(key) ? words.find(this.#bytes, this.start(key) + 1, this.stop(key) - 1) : 0;
  }

  /** The value as JavaScript has it; undefined if there is none, or if it is no JSON after all (a bad escape inside). */
  parsed(key: number): unknown {
    return this.has(key) ? parsedJson(this.#bytes.subarray(this.start(key), this.stop(key))) : undefined;
  }

  /** A copy of the value's bytes, for use after the buffer is gone. */
  copy(key: number): Buffer {
    return Buffer.from(this.#bytes.subarray(this.start(key), this.stop(key)));
  }
}

/**
 * Strings that come again and again, such as a model's name or the id of a response with several records: comparing the
 * bytes with those of the last time is cheaper than making the string.
 */
export class RepeatedStrings {
  readonly #bytes: Buffer[] = [];
  readonly #texts: string[] = [];

  /** As `fields.string(key)`. */
  get(fields: Fields, key: number): string | null {
    if (!fields.isString(key)) return null;
    const last = this.#bytes[key];
    const start = fields.start(key);
    const size = fields.stop(key) - start;
    if (last !== undefined && last.length === size) {
      const { bytes } = fields;
      let i = size - 1; // ids differ at their ends
      while (i >= 0 && last[i] === bytes[start + i]) i--;
      if (i < 0) return this.#texts[key] as string;
    }
    const text = fields.string(key) as string;
    if (size <= 64) {
      this.#bytes[key] = fields.copy(key);
      this.#texts[key] = text;
    }
    return text;
  }
}

/** What the bytes say, undefined if they are no JSON. The cursor checks where values end, not what is in them. */
export function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString("utf8"));
  } catch {
    return undefined; // the caller takes it for a value it cannot use
  }
}

/** As `parsedJson`, for what should be an object; without keys if it is none. */
export function parsedObject(bytes: Buffer): Readonly<Record<string, unknown>> {
  const value = parsedJson(bytes);
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

/** Text of the JSON string `bytes[start, stop)`, quotes included. */
function decodeString(bytes: Buffer, start: number, stop: number): string {
  if (!hasEscape(bytes, start, stop)) return bytes.toString("utf8", start + 1, stop - 1);
  try {
    return JSON.parse(bytes.toString("utf8", start, stop)) as string;
  } catch {
    // A raw control character, or an escape JSON does not know: the text is kept as it stands, nothing is lost.
    return bytes.toString("utf8", start + 1, stop - 1);
  }
}

function hasEscape(bytes: Buffer, start: number, stop: number): boolean {
  if (stop - start > 128) {
    const found = bytes.indexOf(backslash, start);
    return found >= 0 && found < stop;
  }
  for (let i = start; i < stop; i++) if (bytes[i] === backslash) return true;
  return false;
}

/** Instant of an ISO timestamp value in UTC milliseconds, null if it is none. */
export function instantOf(fields: Fields, key: number): number | null {
  const { bytes } = fields;
  const at = fields.start(key) + 1;
  // "2026-02-15T03:30:18.401Z" in quotes, as JavaScript writes it
  if (fields.size(key) === 26 && bytes[at + 23] === 90 && bytes[at + 10] === 84 && bytes[at + 19] === 46) {
    const two = (i: number): number => (bytes[at + i] as number) * 10 + (bytes[at + i + 1] as number) - 528;
    const milliseconds = (bytes[at + 20] as number) * 100 + two(21) - 4800;
    const instant = dayOf(two(0) * 100 + two(2), two(5), two(8)) + ((two(11) * 60 + two(14)) * 60 + two(17)) * 1000 + milliseconds;
    return Number.isNaN(instant) ? null : instant;
  }
  const text = fields.string(key);
  if (text === null) return null;
  const instant = Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`); // without a zone JavaScript would take the machine's
  return Number.isNaN(instant) ? null : instant;
}

let lastDay = { year: 0, month: 0, day: 0, instant: 0 };

/** Instant a UTC day begins; records follow each other, so mostly the one of the last time. */
function dayOf(year: number, month: number, day: number): number {
  if (lastDay.day !== day || lastDay.month !== month || lastDay.year !== year)
    lastDay = { year, month, day, instant: Date.UTC(year, month - 1, day) };
  return lastDay.instant;
}
