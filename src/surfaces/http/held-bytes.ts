import { UserError } from "../../contract/errors.ts";

/** All bodies of OTLP that are in memory at one time, as sent. */
const mostHeldBytes = 64 * 1024 * 1024;

/** Parts of requests that are in memory; what would be too much is asked to come again. */
export class HeldBytes {
  #bytes = 0;

  /** @throws UserError `too_much_at_once` */
  take(count: number): void {
    if (this.#bytes + count > mostHeldBytes) throw new UserError("too_much_at_once", "Too much is sent at one time.");
    this.#bytes += count;
  }

  release(count: number): void {
    this.#bytes -= count;
  }

  /**
   * Puts the parts of a body together, as they come.
   * @returns what the caller releases when it is done with it @throws what `tooLarge` gives, above `most` bytes
   */
  async collect(parts: AsyncIterable<Uint8Array> | Iterable<Uint8Array>, most: number, tooLarge: () => Error): Promise<Uint8Array> {
    const all: Uint8Array[] = [];
    let bytes = 0;
    try {
      for await (const part of parts) {
        if (bytes + part.length > most) throw tooLarge();
        this.take(part.length);
        bytes += part.length;
        all.push(part);
      }
    } catch (error) {
      this.release(bytes);
      throw error;
    }
    return all.length === 1 ? (all[0] as Uint8Array) : Buffer.concat(all, bytes);
  }
}
