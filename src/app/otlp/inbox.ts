/**
 * Where a server keeps what it was sent until an import reads it: a folder of segments (src/sources/otlp/segments.ts). What
 * `append` has answered for is on the disk, whatever happens to this process; requests that come at one time share one
 * write and one sync. docs/decisions/0025 says how it meets an import that reads beside it, with no lock between them.
 */
import { randomBytes } from "node:crypto";
import { type FileHandle, mkdir, open, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../contract/errors.ts";
import { isGone, listSegments, openEnding, sealedEnding } from "../../sources/otlp/segments.ts";
import { inboxFolder } from "../../store/place.ts";

export interface InboxLimits {
  /** Bytes that may wait to be read, in all. */
  readonly bytes: number;
  /** A segment is sealed above this size. */
  readonly segmentBytes: number;
}

/** A quarter of a gigabyte waits at most: some hundred thousand requests of an agent. */
const usualBytes = 256 * 1024 * 1024;
const usualSegmentBytes = 16 * 1024 * 1024;

/** The inbox of a store's folder. */
export const openInbox = (storeDir: string, bytes: number | undefined, now: () => number): Promise<Inbox> =>
  Inbox.open(join(storeDir, inboxFolder), { bytes: bytes ?? usualBytes, segmentBytes: usualSegmentBytes }, now);

interface Waiting {
  readonly text: string;
  done(): void;
  failed(error: Error): void;
}

interface OpenSegment {
  readonly path: string;
  readonly file: FileHandle;
  bytes: number;
}

export class Inbox {
  readonly #folder: string;
  readonly #limits: InboxLimits;
  readonly #now: () => number;
  #queue: Waiting[] = [];
  #queuedBytes = 0;
  #segment: OpenSegment | null = null;
  #waitingBytes = 0;
  #appended = 0;
  #writing: Promise<void> | null = null;
  #closed = false;

  private constructor(folder: string, limits: InboxLimits, now: () => number) {
    this.#folder = folder;
    this.#limits = limits;
    this.#now = now;
  }

  static async open(folder: string, limits: InboxLimits, now: () => number): Promise<Inbox> {
    const inbox = new Inbox(folder, limits, now);
    await inbox.look();
    return inbox;
  }

  /** Looks how much waits to be read; imports take it away. @returns bytes */
  async look(): Promise<number> {
    const appended = this.#appended;
    const segments = await listSegments(this.#folder);
    const bytes = segments.reduce((sum, { stats }) => sum + (stats instanceof Error ? 0 : stats.size), 0);
    // What was appended while the folder was read may or may not be in it: it is counted, rather twice than not at all.
    this.#waitingBytes = bytes + (this.#appended - appended);
    return this.#waitingBytes;
  }

  /** Whether anything was appended or found that no import has taken away, as far as was looked. */
  get hasSomething(): boolean {
    return this.#waitingBytes > 0;
  }

  /**
   * Keeps lines, and ends when they are on the disk.
   * @param text whole lines, each with its line feed
   * @throws UserError `inbox_full`, `inbox_unwritable`: nothing was kept for certain, and it should be sent again
   */
  async append(text: string): Promise<void> {
    if (text === "") return;
    if (this.#closed) throw new UserError("closing", "The server is closing.");
    if (this.#waitingBytes + this.#queuedBytes + text.length > this.#limits.bytes)
      throw new UserError("inbox_full", "What was sent before is not read yet.", {
        hint: "An import empties the inbox; the server starts one by itself. If it stays full, see `assay problems` and the disk.",
      });
    this.#queuedBytes += text.length;
    await new Promise<void>((done, failed) => {
      this.#queue.push({ text, done, failed });
      this.#writing ??= this.#writeAll().finally(() => (this.#writing = null));
    });
  }

  async #writeAll(): Promise<void> {
    while (this.#queue.length > 0) {
      const taken = this.#queue;
      this.#queue = [];
      this.#queuedBytes = 0;
      try {
        const bytes = Buffer.from(taken.map(({ text }) => text).join(""));
        this.#waitingBytes += bytes.length;
        this.#appended += bytes.length;
        await this.#write(bytes);
        for (const { done } of taken) done();
      } catch (cause) {
        // Half of a line may be written: nothing is written behind it.
        await this.#leaveSegment();
        const error = new UserError("inbox_unwritable", "What was sent cannot be written to the disk.", { cause });
        for (const { failed } of taken) failed(error);
      }
    }
  }

  async #write(bytes: Buffer): Promise<void> {
    for (;;) {
      const segment = (this.#segment ??= await this.#newSegment());
      let written = 0;
      while (written < bytes.length) written += (await segment.file.write(bytes, written)).bytesWritten;
      await segment.file.datasync();
      segment.bytes += bytes.length;
      if (await isStillThere(segment.path)) break;
      // An import sealed it meanwhile and may have read less than this: it is written again, where none has looked.
      await this.#leaveSegment();
    }
    if (this.#segment !== null && this.#segment.bytes >= this.#limits.segmentBytes) await this.#seal(this.#segment);
  }

  async #newSegment(): Promise<OpenSegment> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 });
    const name = `${this.#now().toString(36).padStart(9, "0")}-${randomBytes(8).toString("hex")}`;
    const path = join(this.#folder, `${name}${openEnding}`);
    const file = await open(path, "ax", 0o600);
    await syncFolder(this.#folder);
    return { path, file, bytes: 0 };
  }

  async #seal(segment: OpenSegment): Promise<void> {
    await this.#leaveSegment();
    try {
      await rename(segment.path, segment.path.slice(0, -openEnding.length) + sealedEnding);
    } catch (error) {
      if (!isGone(error)) throw error; // an import was first
    }
  }

  async #leaveSegment(): Promise<void> {
    const segment = this.#segment;
    this.#segment = null;
    await segment?.file.close();
  }

  /** Ends when all that waits is kept. */
  async close(): Promise<void> {
    this.#closed = true;
    await this.#writing;
    await this.#leaveSegment();
  }
}

async function isStillThere(path: string): Promise<boolean> {
  try {
    await stat(path);
    return true;
  } catch (error) {
    if (isGone(error)) return false;
    throw error;
  }
}

/** A new file is safe from a loss of power only when its folder is. Windows lets nobody open a folder. */
async function syncFolder(folder: string): Promise<void> {
  let handle: FileHandle;
  try {
    handle = await open(folder, "r");
  } catch (error) {
    if (error instanceof Error && "code" in error && (error.code === "EISDIR" || error.code === "EPERM" || error.code === "EACCES")) return;
    throw error;
  }
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
