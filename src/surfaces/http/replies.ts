/** A reply that was sent, whole. */
export interface SentReply {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly type: string;
}

/** What is kept at most: pages of a person's session are far below. */
const mostBytes = 32_000_000;
const mostBytesOfOne = 4_000_000;

/**
 * Replies that hang on the store alone, by ETag: an ETag names the store's revision and the question, so a reply is never out of
 * date. Measured on the sample: the answer costs 0.5 s of CPU, and every page asks for it. What was not asked for longest goes.
 */
export class Replies {
  readonly #kept = new Map<string, SentReply>();
  #bytes = 0;

  get(etag: string): SentReply | null {
    const found = this.#kept.get(etag);
    if (found === undefined) return null;
    this.#kept.delete(etag);
    this.#kept.set(etag, found);
    return found;
  }

  keep(etag: string, reply: SentReply): void {
    if (reply.bytes.length > mostBytesOfOne || this.#kept.has(etag)) return;
    this.#kept.set(etag, reply);
    this.#bytes += reply.bytes.length;
    for (const [oldest, { bytes }] of this.#kept) {
      if (this.#bytes <= mostBytes) break;
      this.#kept.delete(oldest);
      this.#bytes -= bytes.length;
    }
  }
}
