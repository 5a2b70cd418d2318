/** A compact form for numbers and texts that is written and read from front to end. */

/** Writes into bytes that grow. */
export class ByteWriter {
  #bytes = new Uint8Array(4096);
  #length = 0;

  /** An integer from 0 to 2^53 - 1: seven bits a byte, the low ones first. */
  count(value: number): void {
    if (this.#length + 8 > this.#bytes.length) this.#grow(8);
    while (value >= 0x80) {
      this.#bytes[this.#length++] = (value % 0x80) | 0x80;
      value = Math.floor(value / 0x80);
    }
    this.#bytes[this.#length++] = value;
  }

  /** An integer of either sign. */
  signed(value: number): void {
    this.count(value < 0 ? -value * 2 - 1 : value * 2);
  }

  text(value: string): void {
    this.raw(new TextEncoder().encode(value));
  }

  /** Its length, then the bytes. */
  raw(bytes: Uint8Array): void {
    this.count(bytes.length);
    if (this.#length + bytes.length > this.#bytes.length) this.#grow(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  /** A hash in hexadecimal digits, of any length. */
  hash(value: string): void {
    this.raw(Buffer.from(value, "hex"));
  }

  /** Integers by runs: stretches that rise by one, as the ids of lines that were born together do, or that are all -1. */
  ids(ids: ArrayLike<number>): void {
    this.count(ids.length);
    let next = 0;
    for (let at = 0; at < ids.length; ) {
      const first = ids[at] as number;
      const step = first === -1 ? 0 : 1;
      let end = at + 1;
      while (end < ids.length && ids[end] === first + step * (end - at)) end++;
      this.count((end - at) * 2 + step);
      if (step === 1) {
        this.signed(first - next);
        next = first + end - at;
      }
      at = end;
    }
  }

  /** Integers by runs of equal ones. */
  levels(values: ArrayLike<number>, length: number): void {
    this.count(length);
    let before = 0;
    for (let at = 0; at < length; ) {
      const value = values[at] as number;
      let end = at + 1;
      while (end < length && values[end] === value) end++;
      this.count(end - at);
      this.signed(value - before);
      before = value;
      at = end;
    }
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #grow(by: number): void {
    const wider = new Uint8Array((this.#length + by) * 2);
    wider.set(this.#bytes.subarray(0, this.#length));
    this.#bytes = wider;
  }
}

/** Reads what `ByteWriter` wrote. @throws RangeError where the bytes end too soon or hold what cannot be */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  count(): number {
    let value = 0;
    for (let factor = 1; ; factor *= 0x80) {
      const byte = this.#bytes[this.#at++];
      if (byte === undefined || factor > 2 ** 49) throw new RangeError("the bytes end inside a number");
      value += (byte & 0x7f) * factor;
      if (byte < 0x80) return value;
    }
  }

  signed(): number {
    const value = this.count();
    return value % 2 === 1 ? -(value + 1) / 2 : value / 2;
  }

  text(): string {
    return new TextDecoder().decode(this.raw());
  }

  raw(): Uint8Array {
    const length = this.count();
    const end = this.#at + length;
    if (end > this.#bytes.length) throw new RangeError("the bytes end too soon");
    const bytes = this.#bytes.subarray(this.#at, end);
    this.#at = end;
    return bytes;
  }

  hash(): string {
    const bytes = this.raw();
    return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("hex");
  }

  ids(): Int32Array {
    const ids = new Int32Array(this.#size());
    let next = 0;
    for (let at = 0; at < ids.length; ) {
      const run = this.count();
      const end = at + Math.floor(run / 2);
      if (end === at || end > ids.length) throw new RangeError("a run does not fit its list");
      if (run % 2 === 0) ids.fill(-1, at, end);
      else {
        next += this.signed();
        for (let i = at; i < end; i++) ids[i] = next++;
      }
      at = end;
    }
    return ids;
  }

  levels(): Int32Array {
    const values = new Int32Array(this.#size());
    let value = 0;
    for (let at = 0; at < values.length; ) {
      const end = at + this.count();
      if (end === at || end > values.length) throw new RangeError("a run does not fit its list");
      values.fill((value += this.signed()), at, end);
      at = end;
    }
    return values;
  }

  #size(): number {
    const size = this.count();
    if (size > 0x3fffffff) throw new RangeError("a list is too long");
    return size;
  }
}
