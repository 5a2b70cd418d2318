import { type LineFeatures, bareStep } from "../lines/line-diff.ts";
import { isSubstantial } from "./wanted.ts";

/** Lines put together at most: what formatters make one of. */
const mostJoined = 8;

/** A run of written lines. */
export interface Joined {
  readonly first: number;
  readonly length: number;
}

const none: readonly Joined[] = [];
const twoTo32 = 0x100000000;
const longest = 0xffff;

/** Powers of `bareStep`, by the bytes of what is put behind. */
const factors = new Int32Array(2048).fill(1);
for (let n = 1; n < factors.length; n++) factors[n] = Math.imul(factors[n - 1] as number, bareStep);

/**
 * Lines that follow each other, by what they are put together: a hash table in typed arrays, as there are seven entries a
 * line. Runs begin with a telling line and hold no empty one; lines too long for a statement end them.
 */
export class JoinedRuns {
  #count = 0;
  #wholes = new Float64Array(64);
  #first = new Int32Array(64);
  #length = new Uint8Array(64);
  #next = new Int32Array(64);
  #heads = new Int32Array(128).fill(-1);

  /** Adds the runs among lines [from, to) of a difference whose line 0 has the number `firstLine`. */
  addRunsOf(lines: LineFeatures, from: number, to: number, firstLine: number): void {
    for (let i = from; i < to; i++) {
      if (!isSubstantial({ kind: lines.kind[i] as number })) continue;
      let length = Math.floor((lines.bare[i] as number) / twoTo32);
      let hash = (lines.bare[i] as number) | 0;
      for (let j = i + 1; j < to && j - i < mostJoined; j++) {
        const bytes = Math.floor((lines.bare[j] as number) / twoTo32);
        if (bytes === 0 || bytes >= factors.length || length + bytes >= longest) break;
        length += bytes;
        hash = (Math.imul(hash, factors[bytes] as number) + ((lines.bare[j] as number) | 0)) | 0;
        this.#add(length * twoTo32 + (hash >>> 0), firstLine + i, j - i + 1);
      }
    }
  }

  #add(whole: number, first: number, length: number): void {
    if (this.#count === this.#wholes.length) this.#grow();
    const at = this.#count++;
    this.#wholes[at] = whole;
    this.#first[at] = first;
    this.#length[at] = length;
    this.#link(at);
  }

  #link(at: number): void {
    const place = (this.#wholes[at] as number) & (this.#heads.length - 1);
    this.#next[at] = this.#heads[place] as number;
    this.#heads[place] = at;
  }

  #grow(): void {
    const size = this.#wholes.length * 2;
    const wider = <T extends Float64Array | Int32Array | Uint8Array>(column: T, next: T): T => {
      next.set(column);
      return next;
    };
    this.#wholes = wider(this.#wholes, new Float64Array(size));
    this.#first = wider(this.#first, new Int32Array(size));
    this.#length = wider(this.#length, new Uint8Array(size));
    this.#next = new Int32Array(size);
    this.#heads = new Int32Array(size * 2).fill(-1);
    for (let at = 0; at < this.#count; at++) this.#link(at);
  }

  /** The newest first. */
  find(whole: number): readonly Joined[] {
    let found: Joined[] | null = null;
    for (let at = this.#heads[whole & (this.#heads.length - 1)] as number; at >= 0; at = this.#next[at] as number) {
      if (this.#wholes[at] === whole) (found ??= []).push({ first: this.#first[at] as number, length: this.#length[at] as number });
    }
    return found ?? none;
  }
}
