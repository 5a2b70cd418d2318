import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { Fields, JsonCursor, NotJson, RepeatedStrings, Words, instantOf, wordIds } from "./json-cursor.ts";

const names = ["type", "text", "count", "when", "list", "data", "assistant"] as const;
const words = new Words(names);
const w = wordIds(names);

function read(json: string): { fields: Fields; done: boolean } {
  const bytes = Buffer.from(json);
  const cursor = new JsonCursor(words);
  cursor.reset(bytes, 0, bytes.length);
  const fields = new Fields(words);
  fields.clear(bytes);
  fields.read(cursor);
  return { fields, done: cursor.done() };
}

test("values are found by key and read on demand", () => {
  const { fields, done } = read(
    ' { "type" : "assistant", "text":"a\\"b\\\\\\u00e9→", "count":12, "other":{"type":"no"}, "list":[1,[2]], "data":{} , "when":null}',
  );
  expect(done).toBe(true);
  expect(fields.word(w.type, words)).toBe(w.assistant);
  expect(fields.string(w.text)).toBe('a"b\\é→');
  expect(fields.number(w.count)).toBe(12);
  expect(fields.parsed(w.list)).toEqual([1, [2]]);
  expect([fields.isArray(w.list), fields.isObject(w.data), fields.isNull(w.when), fields.has(w.when)]).toEqual([true, true, true, true]);
});

test("what is of another type is null, not zero", () => {
  const { fields } = read('{"count":"12","text":5,"when":-1.5e2,"type":true}');
  expect(fields.number(w.count)).toBeNull();
  expect(fields.string(w.text)).toBeNull();
  expect(fields.number(w.when)).toBe(-150);
  expect(fields.isTrue(w.type)).toBe(true);
  expect(fields.number(w.list)).toBeNull();
});

test("a second object on the line is left for the next reading", () => {
  expect(read('{"count":1}{"count":2}').done).toBe(false);
});

test.each([
  '{"text":"abc',
  '{"text":"abc"',
  '{"text":"a"b"}',
  '{"count":12x}',
  '{"count":nul}',
  '{"a":1,}',
  '{"a" 1}',
  '{"a":1 "b":2}',
  '{"data":{"a":[}',
  "{",
  '{"a":tru',
  '{"text":"\\"}',
])("%s is torn", (json) => {
  expect(() => read(json)).toThrow(NotJson);
});

test("every object that JavaScript writes is read as JavaScript reads it", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), fc.jsonValue()), (object) => {
      const { fields, done } = read(JSON.stringify(object));
      expect(done).toBe(true);
      for (const name of names) {
        const value = Object.hasOwn(object, name) ? JSON.parse(JSON.stringify(object[name])) : undefined;
        expect(fields.parsed(w[name])).toEqual(value);
        expect(fields.string(w[name])).toEqual(typeof value === "string" ? value : null);
      }
    }),
  );
});

test("a cut object is never taken for a whole one", () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(), (object, n) => {
      const json = JSON.stringify(object);
      expect(() => read(json.slice(0, (n % (json.length - 1)) + 1))).toThrow(NotJson);
    }),
  );
});

describe("an instant", () => {
  const instant = (value: string): number | null => instantOf(read(`{"when":${value}}`).fields, w.when);
  test("is UTC milliseconds, in whatever form and zone", () => {
    expect(instant('"2026-02-15T03:30:18.401Z"')).toBe(Date.UTC(2026, 1, 15, 3, 30, 18, 401));
    expect(instant('"2026-02-15T04:30:18+01:00"')).toBe(Date.UTC(2026, 1, 15, 3, 30, 18));
    expect(instant('"2026-02-15T03:30:18"')).toBe(Date.UTC(2026, 1, 15, 3, 30, 18));
  });
  test("is null where there is none", () => {
    expect([instant('"soon"'), instant("5"), instant("null")]).toEqual([null, null, null]);
  });
  test("agrees with JavaScript on every day", () => {
    const dates = fc.date({ noInvalidDate: true, min: new Date("2000-01-01"), max: new Date("2100-01-01") });
    fc.assert(fc.property(dates, (date) => instant(JSON.stringify(date)) === date.getTime()));
  });
});

test("a repeated string is the same string", () => {
  const strings = new RepeatedStrings();
  const said = ["msg_1", "msg_1", "msg_2", "é", "msg_1"].map((text) => strings.get(read(JSON.stringify({ text })).fields, w.text));
  expect(said).toEqual(["msg_1", "msg_1", "msg_2", "é", "msg_1"]);
  expect(strings.get(read('{"text":1}').fields, w.text)).toBeNull();
});
