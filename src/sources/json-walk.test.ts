import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { JsonCursor, NotJson, Words } from "./json-cursor.ts";
import { JsonWalker, beginKey, walkAction } from "./json-walk.ts";

const names = ["type", "message", "content", "id", "usage", "input_tokens", "cache_creation_input_tokens", "data", "text"] as const;
const words = new Words(names);
const id = (name: (typeof names)[number]): number => names.indexOf(name) + 1;

// 0 a record, 1 its message, 2 a block, 3 usage, 4 the record inside `data`.
const record = shape([
  [id("message"), walkAction.walk + 1],
  [id("usage"), walkAction.walkAndNote + 3],
  [id("data"), walkAction.inner + 4],
]);
const message = shape([
  [id("content"), walkAction.list + 2],
  [id("usage"), walkAction.walk + 3],
]);
const walker = JsonWalker.create(words, [record, message, shape([]), shape([]), shape([])]);

function shape(special: readonly (readonly [number, number])[]): Uint8Array {
  const actions = new Uint8Array(names.length + 1).fill(walkAction.note);
  actions[0] = walkAction.pass;
  for (const [key, action] of special) actions[key] = action;
  return actions;
}

/** What the walker tells of a text, values as they stand; null if it cannot read it. */
function walked(text: Buffer): string[] | null {
  if (walker === null) throw new Error("this engine has no WebAssembly");
  const bytes = walker.room(text.length);
  bytes.fill(0, walker.textAt); // nothing of an earlier text may end this one
  text.copy(bytes, walker.textAt);
  const end = walker.walk(bytes, walker.textAt, walker.textAt + text.length);
  if (end === 0) return null;
  const told: string[] = [];
  for (let i = 0; i < walker.tapeLength; i += 3) {
    const [entry = 0, start = 0, stop = 0] = walker.tape.subarray(i, i + 3);
    told.push(`${entry >> 8}.${(entry & 255) === beginKey ? "begin" : names[(entry & 255) - 1]}=${bytes.toString("latin1", start, stop)}`);
  }
  return [...told, `end ${end - walker.textAt}`];
}

/** The same by the plain cursor. */
function read(text: Buffer): string[] | null {
  const cursor = new JsonCursor(words);
  cursor.reset(text, 0, text.length);
  const told: string[] = [];
  const note = (in_: number, key: number, start: number): void =>
    void (key !== 0 && told.push(`${in_}.${names[key - 1]}=${text.toString("latin1", start, cursor.at)}`));
  const object = (in_: number): void => {
    if (!cursor.enterObject()) return;
    while (cursor.nextKey()) member(in_, cursor.key, cursor.at);
  };
  const list = (): void => {
    cursor.enterArray();
    while (cursor.nextItem()) {
      told.push("2.begin=");
      object(2);
    }
  };
  const member = (in_: number, key: number, start: number): void => {
    const byte = text[start];
    if (in_ === 0 && key === id("message")) object(1);
    else if (in_ === 1 && key === id("usage")) object(3);
    else if (in_ === 0 && key === id("usage")) {
      object(3);
      note(0, key, start);
    } else if (in_ === 1 && key === id("content") && byte === 91) list();
    else if (in_ === 0 && key === id("data") && byte === 123) {
      told.push("0.data={", "4.begin=");
      object(4);
    } else {
      cursor.skip();
      note(in_, key, start);
    }
  };
  if (text[0] !== 123) return null;
  try {
    object(0);
  } catch (error) {
    if (error instanceof NotJson) return null;
    throw error;
  }
  return [...told, `end ${cursor.at}`];
}

const anyKey = fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...names) }, { weight: 1, arbitrary: fc.string() });
const { value } = fc.letrec<{ value: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: "small" },
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.string({ unit: fc.constantFrom('"', "\\", "{", "}", "[", "]", ",", "a") }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.constantFrom(true, false, null),
    fc.array(tie("value"), { maxLength: 4 }),
    fc.dictionary(anyKey, tie("value"), { maxKeys: 6 }),
  ),
}));
const anyRecord = fc
  .tuple(fc.dictionary(anyKey, value, { maxKeys: 8 }), fc.constantFrom(undefined, 1, "\t"))
  .map(([content, indent]) => Buffer.from(JSON.stringify(content, null, indent)));

describe("the walker", () => {
  it("finds what the plain cursor finds", () => {
    fc.assert(
      fc.property(anyRecord, (text) => {
        expect(walked(text)).toEqual(read(text));
      }),
      { numRuns: 2000 },
    );
  });

  it("fails where the plain cursor fails: bytes lost, added, changed", () => {
    fc.assert(
      fc.property(
        anyRecord,
        fc.nat(),
        fc.nat({ max: 3 }),
        fc.oneof(fc.constantFrom(...Buffer.from('"\\{}[],:1 te')), fc.nat({ max: 255 })),
        (text, place, lost, added) => {
          const at = place % text.length;
          const broken = Buffer.concat([text.subarray(0, at), Buffer.from([added]), text.subarray(Math.min(text.length, at + lost))]);
          expect(walked(broken)).toEqual(read(broken));
        },
      ),
      { numRuns: 3000 },
    );
  });

  it("reads what stands at the end of its text, and nothing behind it", () => {
    expect(walked(Buffer.from('{"id":1}'))).toEqual(["0.id=1", "end 8"]);
    expect(walked(Buffer.from('{"id":1'))).toBeNull();
    expect(walked(Buffer.from('{"id":"a\\"'))).toBeNull();
    expect(walked(Buffer.from('{"id":tru'))).toBeNull();
  });

  it("gives up on a record that tells more than its tape holds, and reads the next one", () => {
    const blocks = Array.from({ length: 9_000 }, () => ({ id: 1 }));
    expect(walked(Buffer.from(JSON.stringify({ message: { content: blocks } })))).toBeNull();
    expect(walked(Buffer.from('{"id":1}'))).toEqual(["0.id=1", "end 8"]);
  });

  it("reads texts larger than its memory", () => {
    const text = Buffer.from(JSON.stringify({ text: "x".repeat(6 << 20), id: 2 }));
    expect(walked(text)?.slice(1)).toEqual(["0.id=2", `end ${text.length}`]);
    expect(walked(Buffer.from('{"id":3}'))).toEqual(["0.id=3", "end 8"]);
  });
});
