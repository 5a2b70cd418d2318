/** A reply as it is sent. */
export interface SentReply {
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** What is kept at most: the replies of a person's visit are far below. */
const mostBytes = 32_000_000;
const mostBytesOfOne = 4_000_000;

/**
 * Replies that hang on the store alone, by ETag: an ETag names the store's revision and the question, so a reply is never out of
 * date. Measured on the sample: the answer costs 0.5 s of CPU, and every page asks for it. What was not asked for longest goes.
 */
export class Replies {
  readonly #kept = new Map<string, SentReply>();
  readonly #underway = new Map<string, Promise<SentReply>>();
  #bytes = 0;

  /**
   * The reply of an ETag, made where none is kept; who asks for the same while it is made gets that one.
   * @param isCurrent whether the ETag still names the store when the reply is made: else it is not kept
   */
  async get(etag: string, make: () => Promise<SentReply>, isCurrent: () => boolean): Promise<SentReply> {
    const found = this.#kept.get(etag);
    if (found !== undefined) {
      this.#kept.delete(etag);
      this.#kept.set(etag, found);
      return found;
    }
    const underway = this.#underway.get(etag) ?? make().finally(() => this.#underway.delete(etag));
    this.#underway.set(etag, underway);
    const made = await underway;
    if (isCurrent()) this.#keep(etag, made);
    return made;
  }

  #keep(etag: string, reply: SentReply): void {
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
