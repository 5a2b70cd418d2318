import { randomBytes } from "node:crypto";
import type { ImportStatus } from "../contract/api.ts";
import { UserError } from "../contract/errors.ts";
import type { ImportSummary, Progress } from "./assay.ts";

/** Does one import and gives up when the signal is given. @param only the one source that is read; all, and repositories, without it */
export type RunImport = (progress: Progress, signal: AbortSignal, only?: string) => Promise<ImportSummary>;

/** Imports that are over stay listed until so many came after them. */
const keptImports = 20;

type Listener = (status: ImportStatus) => void;

/** The imports a server was asked for: one at a time, with what each is doing. */
export class Imports {
  readonly #run: RunImport;
  readonly #now: () => number;
  readonly #stop = new AbortController();
  readonly #listeners = new Map<string, Set<Listener>>();
  #all: readonly ImportStatus[] = [];
  /** Imports of one source alone, by id. */
  readonly #partial = new Set<string>();
  #running: Promise<void> = Promise.resolve();

  constructor(run: RunImport, now: () => number) {
    this.#run = run;
    this.#now = now;
  }

  /** Newest first. */
  list(): readonly ImportStatus[] {
    return this.#all;
  }

  /** @throws UserError `unknown_import` */
  require(id: string): ImportStatus {
    const found = this.#all.find((one) => one.id === id);
    if (found === undefined)
      throw new UserError("unknown_import", `No import ${id} is known.`, { hint: "Imports before a restart are not." });
    return found;
  }

  /**
   * Begins an import, or gives the one that runs and reads what is asked: one of everything waits for one of a single source.
   * @param only the one source that is read
   */
  start(only?: string): ImportStatus {
    const running = this.#all.find(({ id, state }) => state === "running" && (only !== undefined || !this.#partial.has(id)));
    if (running !== undefined) return running;
    const begun: ImportStatus = {
      id: randomBytes(8).toString("hex"),
      state: "running",
      startedAt: this.#instant(),
      endedAt: null,
      step: null,
      done: null,
      total: null,
      summary: null,
      message: null,
    };
    this.#all = [begun, ...this.#all].slice(0, keptImports);
    if (only !== undefined) this.#partial.add(begun.id);
    this.#running = this.#running.then(() => this.#follow(begun.id, only)).finally(() => this.#partial.delete(begun.id));
    return begun;
  }

  async #follow(id: string, only: string | undefined): Promise<void> {
    const progress: Progress = (step, done, total) => this.#change(id, { step, done: done ?? null, total: total ?? null });
    try {
      this.#stop.signal.throwIfAborted(); // the server closed while it waited
      const summary = await this.#run(progress, this.#stop.signal, only);
      this.#change(id, {
        state: "done",
        endedAt: this.#instant(),
        step: null,
        done: null,
        total: null,
        summary: { ...summary, problems: summary.problems.reduce((sum, { count = 1 }) => sum + count, 0) },
      });
    } catch (error) {
      // A failure is what the import ended with: it is told to whoever asks for it.
      const message = error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error);
      this.#change(id, { state: "failed", endedAt: this.#instant(), message });
    }
  }

  #change(id: string, what: Partial<ImportStatus>): void {
    this.#all = this.#all.map((one) => (one.id === id ? { ...one, ...what } : one));
    const status = this.require(id);
    for (const listener of this.#listeners.get(id) ?? []) listener(status);
  }

  /** Calls back with the present state and with every later one. @returns what ends it */
  listen(id: string, listener: Listener): () => void {
    const status = this.require(id);
    const all = this.#listeners.get(id) ?? new Set();
    this.#listeners.set(id, all.add(listener));
    listener(status);
    return () => all.delete(listener);
  }

  #instant(): string {
    return new Date(this.#now()).toISOString();
  }

  /** Stops what runs. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }
}
