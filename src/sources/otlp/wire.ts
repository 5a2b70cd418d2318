/**
 * Reads OTLP requests in its two encodings to one shape. Both readers follow the same descriptors (messages.ts), so what
 * one cannot say the other cannot. Values of attributes nobody wants are never made into strings; nested values are never
 * opened, so nothing a sender nests can be deep; no key of a sender becomes a property of an object.
 */
import { mostAttributes, mostDepth, mostKeyLength, mostMessages, mostValueLength } from "./limits.ts";
import { type Attributes, type Field, type Message, type Request, type Signal, type Value, requests, signals } from "./messages.ts";

/** The bytes are no such request: sending them again cannot help. The message is for the sender and never holds what was sent. */
export class Malformed extends Error {}

/** Which keys of attributes are read. */
export type Wanted = (key: string) => boolean;

type Loose = Record<string, unknown>;

/** @throws Malformed */
export function readProtobuf(signal: Signal, bytes: Uint8Array, wanted: Wanted): Request {
  return new ProtobufReader(bytes, wanted).message(requests[signal], bytes.length) as Request; // as its descriptor says
}

/** @throws Malformed */
export function readJson(signal: Signal, bytes: Uint8Array, wanted: Wanted): Request {
  requireShallow(bytes);
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8"));
  } catch (cause) {
    throw new Malformed("The body is no JSON.", { cause });
  }
  if (!isObject(parsed)) throw new Malformed("The body is no JSON object.");
  const top = [...requests[signal].byName.keys()];
  const other = signals.find((one) => one !== signal && [...requests[one].byName.keys()].some((name) => Object.hasOwn(parsed, name)));
  if (other !== undefined && !top.some((name) => Object.hasOwn(parsed, name)))
    throw new Malformed(`The body holds ${other}: send it to /v1/${other}.`);
  return new JsonReader(wanted).message(requests[signal], parsed) as Request; // as its descriptor says
}

/** @throws Malformed for JSON that is nested deeper than allowed; whether it is JSON at all is not looked at */
function requireShallow(bytes: Uint8Array): void {
  const [quote, backslash, openList, closeList, openObject, closeObject] = [34, 92, 91, 93, 123, 125];
  let depth = 0;
  let inText = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === quote) inText = !inText;
    else if (inText) at += byte === backslash ? 1 : 0;
    else if (byte === openList || byte === openObject) {
      if (++depth > mostDepth) throw new Malformed(`The body is nested deeper than ${mostDepth} levels.`);
    } else if (byte === closeList || byte === closeObject) depth--;
  }
}

const wireTypes = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

const wireTypeOf = ({ type }: Field): number =>
  type === "time" || type === "double" || type === "whole" ? wireTypes.fixed64 : type === "varint" ? wireTypes.varint : wireTypes.bytes;

/** Numbers of the fields of an attribute's value (AnyValue). */
const valueFields = { text: 1, flag: 2, whole: 3, double: 4 } as const;

class ProtobufReader {
  readonly #bytes: Buffer;
  readonly #view: DataView;
  readonly #wanted: Wanted;
  #at = 0;
  #messages = 0;

  constructor(bytes: Uint8Array, wanted: Wanted) {
    this.#bytes = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#wanted = wanted;
  }

  message(message: Message, end: number): Loose {
    if (++this.#messages > mostMessages) throw new Malformed(`The request holds more than ${mostMessages} parts: send smaller batches.`);
    const read: Loose = {};
    let attributes: { values: Map<string, Value>; total: number } | null = null;
    while (this.#at < end) {
      const tag = this.#varint();
      const field = message.byNumber[Math.floor(tag / 8)];
      if (tag < 8) throw new Malformed("The body has a field without a number.");
      if (field === undefined) {
        this.#skip(tag % 8, end);
        continue;
      }
      // Another wire type than the field's own is another message: logs sent where spans belong have the same outer fields.
      if (tag % 8 !== wireTypeOf(field)) throw new Malformed(`${field.name} has another wire type: is this the right path for it?`);
      if (field.type === "attributes") this.#attribute((attributes ??= { values: new Map(), total: 0 }));
      else if (field.repeated) ((read[field.name] ??= []) as unknown[]).push(this.#field(field));
      else read[field.name] = this.#field(field);
    }
    if (this.#at !== end) throw new Malformed("A field reaches beyond the message that holds it.");
    if (attributes !== null) read["attributes"] = attributes;
    return read;
  }

  #field({ type }: Field): unknown {
    switch (type) {
      case "time":
        return millisecondsOf(this.#unsigned64());
      case "whole":
        return this.#signed64();
      case "double": {
        const at = this.#take(8);
        return this.#view.getFloat64(at, true);
      }
      case "varint":
        return this.#varint();
      case "text":
        return this.#text(this.#length());
      case "hex": {
        const end = this.#length();
        const from = this.#at;
        this.#at = end;
        return end - from > 32 ? "" : this.#bytes.toString("hex", from, end);
      }
      case "value":
        return this.#value(this.#length());
      case "attributes":
        throw new Error("attributes are read where their message is");
      default:
        return this.message(type, this.#length());
    }
  }

  /** KeyValue: key 1, value 2. The key comes first wherever it is written by the specification's libraries; elsewhere it is looked for. */
  #attribute(into: { values: Map<string, Value>; total: number }): void {
    const end = this.#length();
    let key: string | null = null;
    let valueAt = -1;
    while (this.#at < end) {
      const tag = this.#varint();
      if (tag !== 0x0a && tag !== 0x12) {
        this.#skip(tag % 8, end);
        continue;
      }
      const to = this.#length();
      // A byte a character: what is wanted is ASCII, and what is not stays different from it.
      if (tag === 0x0a) key = to - this.#at > mostKeyLength ? "" : this.#bytes.toString("latin1", this.#at, to);
      else valueAt = this.#at;
      this.#at = to;
    }
    if (this.#at !== end) throw new Malformed("An attribute reaches beyond its own end.");
    if (++into.total > mostAttributes || key === null || into.values.has(key) || !this.#wanted(key)) return;
    if (valueAt < 0) {
      into.values.set(key, null);
      return;
    }
    // The length of the value stands before it; reading it again is cheaper than keeping it for all.
    this.#at = valueAt;
    into.values.set(key, this.#value(end));
    this.#at = end;
  }

  /** AnyValue up to `end`, or up to where its fields end. */
  #value(end: number): Value {
    let value: Value = null;
    while (this.#at < end) {
      const tag = this.#varint();
      const number = Math.floor(tag / 8);
      if (number === valueFields.text && tag % 8 === wireTypes.bytes) {
        const to = this.#length();
        value = to - this.#at > mostValueLength ? null : this.#text(to);
        this.#at = to;
      } else if (number === valueFields.flag && tag % 8 === wireTypes.varint) value = this.#varint() !== 0;
      else if (number === valueFields.whole && tag % 8 === wireTypes.varint) value = this.#signedVarint();
      else if (number === valueFields.double && tag % 8 === wireTypes.fixed64) value = this.#view.getFloat64(this.#take(8), true);
      else this.#skip(tag % 8, end);
    }
    if (this.#at !== end) throw new Malformed("A value reaches beyond its own end.");
    return value;
  }

  #text(end: number): string {
    const from = this.#at;
    this.#at = end;
    return this.#bytes.toString("utf8", from, end);
  }

  /** Where the part that begins here ends, by the length that stands before it. */
  #length(): number {
    const length = this.#varint();
    const end = this.#at + length;
    if (!(end <= this.#bytes.length)) throw new Malformed("A length reaches beyond the body.");
    return end;
  }

  #take(count: number): number {
    const at = this.#at;
    this.#at += count;
    if (this.#at > this.#bytes.length) throw new Malformed("The body ends within a field.");
    return at;
  }

  #varint(): number {
    let value = 0;
    for (let factor = 1, count = 0; count < 10; count++, factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Malformed("The body ends within a number.");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
    throw new Malformed("A number has more than ten bytes.");
  }

  /** Two's complement of 64 bits, as protobuf's int64 has it. Beyond 2^53 it is near enough to be refused as a count. */
  #signedVarint(): number {
    let low = 0n;
    let small = 0;
    let factor = 1;
    for (let count = 0; count < 10; count++, factor *= 128) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined) throw new Malformed("The body ends within a number.");
      if (count < 7) small += (byte & 0x7f) * factor;
      else low |= BigInt(byte & 0x7f) << BigInt(7 * count);
      if (byte < 0x80) return count < 7 ? small : Number(BigInt.asIntN(64, low | BigInt(small)));
    }
    throw new Malformed("A number has more than ten bytes.");
  }

  #unsigned64(): number {
    const at = this.#take(8);
    return this.#view.getUint32(at + 4, true) * 4_294_967_296 + this.#view.getUint32(at, true);
  }

  #signed64(): number {
    const at = this.#take(8);
    return this.#view.getInt32(at + 4, true) * 4_294_967_296 + this.#view.getUint32(at, true);
  }

  #skip(wireType: number, end: number): void {
    switch (wireType) {
      case wireTypes.varint:
        this.#varint();
        break;
      case wireTypes.fixed64:
        this.#take(8);
        break;
      case wireTypes.bytes:
        this.#at = this.#length();
        break;
      case wireTypes.fixed32:
        this.#take(4);
        break;
      default:
        throw new Malformed("The body has a field of a kind OTLP does not use.");
    }
    if (this.#at > end) throw new Malformed("A field reaches beyond the message that holds it.");
  }
}

/** Both encodings come by one and the same number here, so that both give the same instant. */
const millisecondsOf = (nanoseconds: number): number => Math.floor(nanoseconds / 1e6);

const isObject = (value: unknown): value is Loose => typeof value === "object" && value !== null && !Array.isArray(value);

class JsonReader {
  readonly #wanted: Wanted;
  #messages = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  message(message: Message, from: Loose): Loose {
    if (++this.#messages > mostMessages) throw new Malformed(`The request holds more than ${mostMessages} parts: send smaller batches.`);
    const read: Loose = {};
    for (const [name, field] of message.byName) {
      if (!Object.hasOwn(from, name)) continue;
      const value = from[name];
      if (value === null || value === undefined) continue; // as if it were not there, says protobuf's JSON
      if (field.type === "attributes") read[name] = this.#attributes(value);
      else if (!field.repeated) read[name] = this.#field(field, value);
      else if (Array.isArray(value)) read[name] = value.map((one: unknown) => this.#field(field, one));
      else throw new Malformed(`${name} is no list.`);
    }
    return read;
  }

  #field({ type, name }: Field, value: unknown): unknown {
    switch (type) {
      case "time":
        return millisecondsOf(numberOf(value, name));
      case "whole":
      case "double":
      case "varint":
        return numberOf(value, name);
      case "text":
        if (typeof value !== "string") throw new Malformed(`${name} is no text.`);
        return value;
      case "hex":
        // Not base64, as protobuf's own JSON would have it: the specification of OTLP says so.
        if (typeof value !== "string" || !/^[0-9a-f]*$/i.test(value)) throw new Malformed(`${name} is not in hex digits.`);
        return value.length > 64 ? "" : value.toLowerCase();
      case "value":
        return this.#value(value);
      case "attributes":
        throw new Error("attributes are read where their message is");
      default:
        if (!isObject(value)) throw new Malformed(`${name} is no object.`);
        return this.message(type, value);
    }
  }

  #attributes(list: unknown): Attributes {
    if (!Array.isArray(list)) throw new Malformed("attributes is no list.");
    const values = new Map<string, Value>();
    let total = 0;
    for (const one of list as unknown[]) {
      if (!isObject(one)) throw new Malformed("An attribute is no object.");
      const key = Object.hasOwn(one, "key") ? one["key"] : null;
      total++;
      if (typeof key !== "string" || key.length > mostKeyLength || total > mostAttributes || values.has(key) || !this.#wanted(key))
        continue;
      values.set(key, Object.hasOwn(one, "value") ? this.#value(one["value"]) : null);
    }
    return { values, total };
  }

  #value(value: unknown): Value {
    if (!isObject(value)) return null;
    const { stringValue, boolValue, intValue, doubleValue } = value;
    if (typeof stringValue === "string") return stringValue.length > mostValueLength ? null : stringValue;
    if (typeof boolValue === "boolean") return boolValue;
    if (intValue !== undefined && intValue !== null) return numberOf(intValue, "intValue");
    if (doubleValue !== undefined && doubleValue !== null) return numberOf(doubleValue, "doubleValue");
    return null;
  }
}

/** Whole numbers of 64 bits are strings in JSON; a number is taken as well. */
function numberOf(value: unknown, name: string): number {
  if (typeof value === "number") return value;
  if (typeof value === "string" && /^-?(\d{1,20}(\.\d{1,20})?(e[+-]?\d{1,3})?|Infinity)$|^NaN$/i.test(value)) return Number(value);
  throw new Malformed(`${name} is no number.`);
}

/** Fields of what is answered. */
const answerFields = { partialSuccess: 1, rejected: 1, errorMessage: 2, code: 1, message: 2 } as const;

const rejectedName = { traces: "rejectedSpans", logs: "rejectedLogRecords", metrics: "rejectedDataPoints" } as const;

export type Encoding = "protobuf" | "json";

/** The answer to a request that was taken, whole or in part. With nothing to say `partial_success` is left out, as the specification asks. */
export function writeAnswer(signal: Signal, encoding: Encoding, rejected: number, message: string): Uint8Array {
  const isWhole = rejected === 0 && message === "";
  if (encoding === "json") {
    const partialSuccess = { ...(rejected === 0 ? {} : { [rejectedName[signal]]: String(rejected) }), errorMessage: message };
    return Buffer.from(JSON.stringify(isWhole ? {} : { partialSuccess }));
  }
  if (isWhole) return new Uint8Array(0);
  const inner = [
    ...(rejected === 0 ? [] : [answerFields.rejected << 3, ...varintBytes(rejected)]),
    ...textBytes(answerFields.errorMessage, message),
  ];
  return Uint8Array.from([(answerFields.partialSuccess << 3) | wireTypes.bytes, ...varintBytes(inner.length), ...inner]);
}

/** `google.rpc.Status`, which says why a request was not taken. @param code of gRPC */
export function writeStatus(encoding: Encoding, code: number, message: string): Uint8Array {
  if (encoding === "json") return Buffer.from(JSON.stringify({ code, message }));
  return Uint8Array.from([answerFields.code << 3, ...varintBytes(code), ...textBytes(answerFields.message, message)]);
}

function varintBytes(value: number): number[] {
  const bytes: number[] = [];
  let left = value;
  for (; left > 127; left = Math.floor(left / 128)) bytes.push((left % 128) | 0x80);
  return [...bytes, left];
}

function textBytes(number: number, text: string): number[] {
  const bytes = Buffer.from(text);
  return [(number << 3) | wireTypes.bytes, ...varintBytes(bytes.length), ...bytes];
}
