const roomSize = 16_384;

/** Room for lists of line ids, cut from larger pieces: a buffer for each of a hundred thousand lists costs more than what is in it. */
export class IdRoom {
  #piece = new Int32Array(0);
  #free = 0;
  #copy = new Int32Array(1024);

  /** @returns a list whose content is not defined */
  take(length: number): Int32Array {
    if (this.#free + length > this.#piece.length) {
      if (length > roomSize / 4) return new Int32Array(length);
      this.#piece = new Int32Array(roomSize);
      this.#free = 0;
    }
    return this.#piece.subarray(this.#free, (this.#free += length));
  }

  /** @returns `ids` from `start` on, good until the next call */
  copyOf(ids: Int32Array, start: number): Int32Array {
    const length = ids.length - start;
    if (length > this.#copy.length) this.#copy = new Int32Array(length * 2);
    if (length > 200) this.#copy.set(ids.subarray(start));
    else for (let i = 0; i < length; i++) this.#copy[i] = ids[start + i] as number;
    return this.#copy;
  }
}
