/**
 * Walks records by WebAssembly, sixteen bytes at once, and tells where the wanted values stand. It finds what `JsonCursor`
 * and `Fields` find in the same bytes, and fails where they throw (json-walk.test.ts holds the two together).
 */
import { type Words, maxWordBytes, wordSlots } from "./json-cursor.ts";
import { type Code, type WasmFunction, assembleModule, wasm } from "./wasm-code.ts";

/** What is done with the value of a key: passed, noted, or walked as an object of a shape. */
export const walkAction = {
  pass: 0,
  note: 1,
  /** Plus a shape: an array of objects of it, each begun on the tape; noted if it is no array. */
  list: 32,
  /** Plus a shape: an object, begun on the tape, its place noted; noted if it is no object. */
  inner: 64,
  /** Plus a shape: an object, walked; passed if it is none. */
  walk: 96,
  /** Plus a shape: an object, walked, and noted as a whole; noted if it is none. */
  walkAndNote: 128,
} as const;

/** What stands on the tape where an object of a list, or an inner one, begins. */
export const beginKey = 0;

const maxShapes = 32;
const maxWords = 256;

// Memory, in bytes: tables, then the tape, then the text. Nothing stands at 0, for an address of 0 means failure.
const slotsAt = 1024;
const sizesAt = slotsAt + wordSlots * 2;
const namesAt = sizesAt + maxWords;
const actionsAt = namesAt + maxWords * maxWordBytes;
const tapeAt = actionsAt + maxShapes * maxWords;
const tapeBytes = 96 * 1024;
const entryBytes = 12;
const pageBytes = 0x10000;
const textAt = (tapeAt + tapeBytes + pageBytes - 1) & -pageBytes;
/** Loads of sixteen bytes may reach past the end. */
const slackBytes = 64;
/** A larger memory is given back after use. */
const keptBytes = 4 << 20;

const quote = 34;
const comma = 44;
const colon = 58;
const openBracket = 91;
const backslash = 92;
const closeBracket = 93;
const openBrace = 123;
const closeBrace = 125;

const { number, get, set, getGlobal, setGlobal, call, leave, forever, repeatWhile, when, goTo, byteAt, shortAt, storeInteger } = wasm;
const { add, subtract, multiply, and, or, shiftLeft, shiftRight, equal, unequal, below, above, atMost, atLeast, isZero } = wasm;
const { bytesAt, sixteen, equalBytes, orBytes, bitsOf, trailingZeros, unreachable } = wasm;

const failIf = (condition: Code): Code => when(condition, leave(number(0)));
const increment = (local: number, by = 1): Code => set(local, add(get(local), number(by)));
const isByte = (address: Code, byte: number): Code => equal(byteAt(address), number(byte));
/** Opening and closing brackets are braces without the bit of lower case. */
const asBrace = (byte: Code): Code => or(byte, number(32));
const isBetween = (value: Code, low: number, high: number): Code => atMost(subtract(value, number(low)), number(high - low));

const place = { stringEnd: 0, skipContainer: 1, skipScalar: 2, skipValue: 3, space: 4, findWord: 5, emit: 6, list: 7, object: 8, value: 9 };

/** (after the opening quote, end) → after the closing quote. All functions return 0 where the bytes are not what they should be. */
const stringEnd: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 2,
  body: forever(
    "search",
    failIf(atLeast(get(0), get(1))),
    set(2, bitsOf(equalBytes(bytesAt(get(0)), sixteen(quote)))),
    when(isZero(get(2)), [increment(0, 16), goTo("search")]),
    set(0, add(get(0), trailingZeros(get(2)))),
    failIf(atLeast(get(0), get(1))),
    set(3, subtract(get(0), number(1))),
    repeatWhile(isByte(get(3), backslash), set(3, subtract(get(3), number(1)))),
    increment(0),
    // An even number of backslashes stands before it.
    when(isZero(and(subtract(get(0), get(3)), number(1))), leave(get(0))),
  ),
};

/** (at an opening bracket, end) → after the closing one. Kinds of brackets are not told apart. */
const skipContainer: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 3,
  wideLocals: 2,
  body: forever(
    "search",
    failIf(atLeast(get(0), get(1))),
    set(5, bytesAt(get(0))),
    set(6, orBytes(get(5), sixteen(32))),
    set(
      2,
      bitsOf(
        orBytes(
          equalBytes(get(5), sixteen(quote)),
          orBytes(equalBytes(get(6), sixteen(openBrace)), equalBytes(get(6), sixteen(closeBrace))),
        ),
      ),
    ),
    when(isZero(get(2)), [increment(0, 16), goTo("search")]),
    set(0, add(get(0), trailingZeros(get(2)))),
    failIf(atLeast(get(0), get(1))),
    set(3, byteAt(get(0))),
    increment(0),
    when(equal(get(3), number(quote)), [set(0, call(place.stringEnd, get(0), get(1))), failIf(isZero(get(0))), goTo("search")]),
    when(equal(asBrace(get(3)), number(openBrace)), [increment(4), goTo("search")]),
    increment(4, -1),
    when(isZero(get(4)), leave(get(0))),
  ),
};

/** (at, end) → after `true`, `false`, `null` or a number. */
const skipScalar: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 2,
  body: [
    set(2, byteAt(get(0))),
    when(or(or(equal(get(2), number(116)), equal(get(2), number(102))), equal(get(2), number(110))), [
      set(3, add(get(0), add(number(4), equal(get(2), number(102))))),
      failIf(above(get(3), get(1))),
      failIf(isBetween(byteAt(get(3)), 97, 122)),
      // Ends in e, `null` in l, which is seven more.
      failIf(unequal(byteAt(subtract(get(3), number(1))), add(number(101), multiply(number(7), equal(get(2), number(110)))))),
      leave(get(3)),
    ]),
    failIf(and(unequal(get(2), number(45)), isZero(isBetween(get(2), 48, 57)))),
    increment(0),
    repeatWhile(and(below(get(0), get(1)), isNumberByte(byteAt(get(0)))), increment(0)),
    leave(get(0)),
  ],
};

function isNumberByte(byte: Code): Code {
  const mark = (value: number): Code => equal(byte, number(value));
  return or(or(isBetween(byte, 48, 57), mark(43)), or(or(mark(45), mark(46)), equal(asBrace(byte), number(101))));
}

/** (at, end) → after the value that stands there. */
const skipValue: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 1,
  body: [
    failIf(atLeast(get(0), get(1))),
    set(2, byteAt(get(0))),
    when(equal(get(2), number(quote)), leave(call(place.stringEnd, add(get(0), number(1)), get(1)))),
    when(equal(asBrace(get(2)), number(openBrace)), leave(call(place.skipContainer, get(0), get(1)))),
    leave(call(place.skipScalar, get(0), get(1))),
  ],
};

/** (at, end) → the next place that is no white space, at most the end. */
const space: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 0,
  body: [repeatWhile(and(below(get(0), get(1)), atMost(byteAt(get(0)), number(32))), increment(0)), leave(get(0))],
};

/** (start, stop) → id of the word that stands there, by the table of `Words`. */
const findWord: WasmFunction = {
  name: null,
  parameters: 2,
  locals: 5,
  body: [
    set(2, subtract(get(1), get(0))),
    when(
      get(2),
      set(
        3,
        and(
          add(
            add(multiply(get(2), number(37)), multiply(byteAt(get(0)), number(5))),
            add(
              multiply(byteAt(add(get(0), shiftRight(get(2), number(1)))), number(71)),
              multiply(byteAt(subtract(get(1), number(1))), number(131)),
            ),
          ),
          number(wordSlots - 1),
        ),
      ),
    ),
    forever(
      "slot",
      set(4, shortAt(add(number(slotsAt), shiftLeft(get(3), number(1))))),
      when(isZero(get(4)), leave(number(0))),
      when(equal(byteAt(add(number(sizesAt), get(4))), get(2)), [
        set(5, add(number(namesAt), multiply(get(4), number(maxWordBytes)))),
        // Bytes that differ, among the first and the second sixteen; those behind the name do not count.
        set(6, or(differing(get(0), get(5), 0), shiftLeft(differing(get(0), get(5), 16), number(16)))),
        when(isZero(and(get(6), subtract(shiftLeft(number(1), get(2)), number(1)))), leave(get(4))),
      ]),
      set(3, and(add(get(3), number(1)), number(wordSlots - 1))),
    ),
  ],
};

function differing(a: Code, b: Code, offset: number): Code {
  return subtract(number(0xffff), bitsOf(equalBytes(bytesAt(a, offset), bytesAt(b, offset))));
}

/** (shape and key, start, stop) → 1, 0 if the tape is full. */
const emit: WasmFunction = {
  name: null,
  parameters: 3,
  locals: 1,
  body: [
    set(3, getGlobal(0)),
    failIf(above(add(get(3), number(entryBytes)), number(tapeAt + tapeBytes))),
    storeInteger(get(3), get(0)),
    storeInteger(get(3), get(1), 4),
    storeInteger(get(3), get(2), 8),
    setGlobal(0, add(get(3), number(entryBytes))),
    leave(number(1)),
  ],
};

const toSpace = (local: number, end: number): Code => set(local, call(place.space, get(local), get(end)));

/** (at, end, shape) → after the object that stands there, walked, or after the value of another kind, passed. */
const value: WasmFunction = {
  name: null,
  parameters: 3,
  locals: 0,
  body: [
    when(and(below(get(0), get(1)), isByte(get(0), openBrace)), leave(call(place.object, add(get(0), number(1)), get(1), get(2)))),
    leave(call(place.skipValue, get(0), get(1))),
  ],
};

/** Goes past a comma, if it is not the first member (a local that is 0 for it), and to the next member. */
const toMember = (first: number): Code => [
  when(get(first), [failIf(unequal(byteAt(get(0)), number(comma))), increment(0), toSpace(0, 1), failIf(atLeast(get(0), get(1)))]),
  set(first, number(1)),
];

/** (after the opening bracket, end, shape) → after the closing one; each item begins the shape on the tape. */
const list: WasmFunction = {
  name: null,
  parameters: 3,
  locals: 1,
  body: forever(
    "item",
    toSpace(0, 1),
    failIf(atLeast(get(0), get(1))),
    when(isByte(get(0), closeBracket), leave(add(get(0), number(1)))),
    toMember(3),
    failIf(isZero(call(place.emit, begin(get(2)), number(0), number(0)))),
    set(0, call(place.value, get(0), get(1), get(2))),
    failIf(isZero(get(0))),
  ),
};

function begin(shape: Code): Code {
  return add(shiftLeft(shape, number(8)), number(beginKey));
}

/** (after the opening brace, end, shape) → after the closing one, with what the shape wants on the tape. */
const object: WasmFunction = {
  name: "object",
  parameters: 3,
  locals: 5,
  body: forever(
    "key",
    toSpace(0, 1),
    failIf(atLeast(get(0), get(1))),
    when(isByte(get(0), closeBrace), leave(add(get(0), number(1)))),
    toMember(3),
    failIf(unequal(byteAt(get(0)), number(quote))),
    set(6, add(get(0), number(1))),
    set(0, call(place.stringEnd, get(6), get(1))),
    failIf(isZero(get(0))),
    set(4, call(place.findWord, get(6), subtract(get(0), number(1)))),
    toSpace(0, 1),
    failIf(atLeast(get(0), get(1))),
    failIf(unequal(byteAt(get(0)), number(colon))),
    increment(0),
    toSpace(0, 1),
    set(5, byteAt(add(add(number(actionsAt), shiftLeft(get(2), number(8))), get(4)))),
    set(6, get(0)),
    set(7, and(get(5), number(-maxShapes))),
    set(5, and(get(5), number(maxShapes - 1))),
    when(or(equal(get(7), number(walkAction.walk)), equal(get(7), number(walkAction.walkAndNote))), [
      set(0, call(place.value, get(0), get(1), get(5))),
      failIf(isZero(get(0))),
      when(equal(get(7), number(walkAction.walkAndNote)), noteValue(get(0))),
      goTo("key"),
    ]),
    when(and(equal(get(7), number(walkAction.list)), isByte(get(0), openBracket)), [
      set(0, call(place.list, add(get(0), number(1)), get(1), get(5))),
      failIf(isZero(get(0))),
      goTo("key"),
    ]),
    when(and(equal(get(7), number(walkAction.inner)), isByte(get(0), openBrace)), [
      noteValue(add(get(0), number(1))),
      failIf(isZero(call(place.emit, begin(get(5)), number(0), number(0)))),
      set(0, call(place.object, add(get(0), number(1)), get(1), get(5))),
      failIf(isZero(get(0))),
      goTo("key"),
    ]),
    set(0, call(place.skipValue, get(0), get(1))),
    failIf(isZero(get(0))),
    when(or(get(7), get(5)), noteValue(get(0))),
  ),
};

/** Notes the value of the key at hand (shape in 2, key in 4, start in 6). */
function noteValue(stop: Code): Code {
  return failIf(isZero(call(place.emit, add(shiftLeft(get(2), number(8)), get(4)), get(6), stop)));
}

const program = [stringEnd, skipContainer, skipScalar, skipValue, space, findWord, emit, list, object, value].map(
  (written): WasmFunction => ({ ...written, body: [written.body, unreachable] }),
);

interface Exports {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  readonly global0: { value: number };
  readonly object: (at: number, end: number, shape: number) => number;
}

/** What is used of the engine; its types come with a browser's library only. */
interface WebAssemblyEngine {
  validate(bytes: Uint8Array): boolean;
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: unknown };
}

const engine = (globalThis as { readonly WebAssembly?: WebAssemblyEngine }).WebAssembly;
let compiled: object | null | undefined;

/** The module, made once; null where this engine has no WebAssembly, or none of sixteen bytes at once. */
function compiledModule(): object | null {
  if (compiled !== undefined) return compiled;
  if (engine === undefined) return (compiled = null);
  const bytes = assembleModule(program, 1, textAt / pageBytes + 4);
  return (compiled = engine.validate(bytes) ? new engine.Module(bytes) : null);
}

/**
 * Walks objects that lie in its own memory. Shapes say what is done with the value of each word, by the word's id; the
 * first is that of a record.
 */
export class JsonWalker {
  readonly #words: Words;
  readonly #shapes: readonly Uint8Array[];
  readonly #module: object;
  #exports: Exports;
  #bytes: Buffer = Buffer.alloc(0);
  /** Three numbers an entry: shape × 256 + word, start, stop. */
  tape: Int32Array = new Int32Array(0);

  private constructor(words: Words, shapes: readonly Uint8Array[], module: object) {
    this.#words = words;
    this.#shapes = shapes;
    this.#module = module;
    this.#exports = this.#instance();
  }

  /** @returns null where WebAssembly cannot be had: the plain walk finds the same */
  static create(words: Words, shapes: readonly Uint8Array[]): JsonWalker | null {
    const module = compiledModule();
    return module === null ? null : new JsonWalker(words, shapes, module);
  }

  #instance(): Exports {
    const { Instance } = engine as WebAssemblyEngine; // it made the module
    const exports = new Instance(this.#module).exports as Exports; // as assembled above
    const memory = new Uint8Array(exports.memory.buffer);
    memory.set(new Uint8Array(this.#words.slots.buffer), slotsAt);
    this.#words.bytes.forEach((name, id) => {
      memory[sizesAt + id] = name.length;
      memory.set(name, namesAt + id * maxWordBytes);
    });
    this.#shapes.forEach((actions, shape) => void memory.set(actions, actionsAt + shape * maxWords));
    this.#bytes = Buffer.from(exports.memory.buffer);
    this.tape = new Int32Array(exports.memory.buffer, tapeAt, tapeBytes / 4);
    return exports;
  }

  /** The memory, with room for a text of that size from `textAt` on. What stood there may be gone. */
  room(size: number): Buffer {
    const missing = textAt + size + slackBytes - this.#bytes.length;
    if (missing <= 0 && (this.#bytes.length <= keptBytes || size > keptBytes / 2)) return this.#bytes;
    if (missing <= 0) this.#exports = this.#instance();
    else {
      this.#exports.memory.grow(Math.ceil(missing / pageBytes));
      this.#bytes = Buffer.from(this.#exports.memory.buffer);
      this.tape = new Int32Array(this.#exports.memory.buffer, tapeAt, tapeBytes / 4);
    }
    return this.#bytes;
  }

  readonly textAt = textAt;

  /** Numbers on the tape. */
  get tapeLength(): number {
    return (this.#exports.global0.value - tapeAt) / 4;
  }

  /** Walks the object whose brace stands at `at`. @returns where it ends; 0 if it cannot be read, or tells more than the tape holds */
  walk(bytes: Buffer, at: number, end: number): number {
    if (bytes !== this.#bytes || bytes[at] !== openBrace) return 0;
    this.#exports.global0.value = tapeAt;
    return this.#exports.object(at + 1, end, 0);
  }
}
