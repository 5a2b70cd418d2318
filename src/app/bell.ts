import { type FSWatcher, watch } from "node:fs";

/** Writers write in bursts: what follows within this belongs to the first. */
const settleMs = 300;

/** Which entries of a folder matter; null for all. */
export type Interest = ReadonlySet<string> | null;

/**
 * Rings when something in one of some folders changes. Where the platform cannot watch a folder (none is left to watch, it is
 * gone, the system's limit is reached) it stays silent about it: the caller looks by itself from time to time.
 */
export class Bell {
  readonly #watchers = new Map<string, FSWatcher>();
  #rung = false;
  #wake: (() => void) | null = null;

  /** Listens to these folders and to no others. */
  listen(folders: ReadonlyMap<string, Interest>): void {
    for (const folder of this.#watchers.keys()) if (!folders.has(folder)) this.#drop(folder);
    for (const [folder, interest] of folders) if (!this.#watchers.has(folder)) this.#add(folder, interest);
  }

  #add(folder: string, interest: Interest): void {
    try {
      const watcher = watch(folder, { persistent: true }, (_, name) => {
        if (interest === null || name === null || interest.has(name)) this.#ring();
      });
      watcher.on("error", () => this.#drop(folder)); // the folder went: the next look finds out what that means
      this.#watchers.set(folder, watcher);
    } catch {
      // Not watchable: the caller's own looks cover it.
    }
  }

  #drop(folder: string): void {
    this.#watchers.get(folder)?.close();
    this.#watchers.delete(folder);
  }

  #ring(): void {
    this.#rung = true;
    this.#wake?.();
  }

  /** Folders it hears of. */
  get size(): number {
    return this.#watchers.size;
  }

  /** Waits until it rang (since the last wait), a time has passed, or the signal is given. */
  async wait(atMostMs: number, signal: AbortSignal): Promise<void> {
    if (!this.#rung) await this.#sleep(atMostMs, signal);
    if (this.#rung) await this.#sleep(settleMs, signal, false);
    this.#rung = false;
  }

  #sleep(ms: number, signal: AbortSignal, wakes = true): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        this.#wake = null;
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal.addEventListener("abort", done);
      if (wakes) this.#wake = done;
      if (signal.aborted) done();
    });
  }

  close(): void {
    for (const folder of this.#watchers.keys()) this.#drop(folder);
  }
}
