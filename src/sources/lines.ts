/** Cuts what is read of a file into lines, in its bytes: the file is never in memory as a whole. */

/** Chunks of an input from an offset on. A chunk may be overwritten once the next one is asked for. */
export type OpenBytes = (from: number) => AsyncIterable<Buffer> | Iterable<Buffer>;

/** What is walked at once: it should stay in the processor's cache between being read and being walked. */
const pieceBytes = 1 << 17;

/** Memory that lines have to stand in for whoever walks them. */
export interface LineRoom {
  /** Where the lines begin. */
  readonly textAt: number;
  /** Bytes of which `size` from `textAt` on may be written. */
  room(size: number): Buffer;
}

/** Lines as they are handed over: where one stands, its offset in the file, and whether a line feed ended it. */
export type TakeLine = (bytes: Buffer, start: number, end: number, offset: number, whole: boolean) => void;

/** Cuts chunks into lines and hands each over where it stands, with its offset in the file. */
export class Lines {
  readonly #line: TakeLine;
  readonly #place: LineRoom | null;
  #carry: Buffer[] = [];
  #carried = 0;
  /** Offset of the first byte that is not yet part of a line. */
  offset: number;

  /** @param place where lines are to stand; null: anywhere */
  constructor(offset: number, line: TakeLine, place: LineRoom | null) {
    this.offset = offset;
    this.#line = line;
    this.#place = place;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; at += pieceBytes) this.#take(chunk.subarray(at, at + pieceBytes));
  }

  #take(chunk: Buffer): void {
    const end = chunk.lastIndexOf(10) + 1;
    if (end > 0) this.#handOver(chunk.subarray(0, end));
    if (end === chunk.length) return;
    this.#carry.push(Buffer.from(chunk.subarray(end)));
    this.#carried += chunk.length - end;
  }

  /** Puts what was carried and the rest of its lines together, where they are to stand. */
  #handOver(rest: Buffer): void {
    const size = this.#carried + rest.length;
    const bytes = this.#place === null ? Buffer.allocUnsafe(size) : this.#place.room(size);
    let start = this.#place?.textAt ?? 0;
    let stop = start;
    for (const part of this.#carry) stop += part.copy(bytes, stop);
    stop += rest.copy(bytes, stop);
    this.#carry = [];
    this.#carried = 0;
    while (start < stop) {
      const found = bytes.indexOf(10, start);
      const whole = found >= 0 && found < stop;
      const end = whole ? found : stop;
      this.#line(bytes, start, end, this.offset, whole);
      if (!whole) return;
      this.offset += end + 1 - start;
      start = end + 1;
    }
  }

  /** Hands over the last line if it has no line feed. */
  finish(): void {
    if (this.#carried > 0) this.#handOver(Buffer.alloc(0));
  }
}
