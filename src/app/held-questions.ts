import { createHash } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../contract/errors.ts";
import { hasDerived } from "../store/derived-store.ts";
import { derivedFile, factsFile } from "../store/place.ts";
import type { FactStore } from "../store/store.ts";
import type { AskOptions } from "./assay.ts";
import { type Reading, openQuestions } from "./answers.ts";
import { ensureDerived, withFacts } from "./derived.ts";
import type { OpenAssayOptions } from "./open-assay.ts";
import type { Questions } from "./questions.ts";
import { configPath, fileStamp } from "./seen.ts";

/** Connections held: the newest facts and an instant somebody looks back to, for whole answers and for single questions. */
const heldAtOnce = 4;

/** One opened set of derived tables, whose users wait for each other: it has one connection, and temp tables of its own. */
interface Held {
  readonly questions: Promise<Questions>;
  /** Ends when the last of its users is done. */
  last: Promise<unknown>;
}

/**
 * The databases of a store as a server has them. The derived tables are held open, read-only, until another import has put
 * new ones into place; the facts are opened for the moment, so that an import by anybody finds them free. Who changes the
 * facts derives what follows: only a change of assay.yaml makes the server derive.
 */
export class HeldQuestions implements Reading {
  readonly #options: OpenAssayOptions;
  readonly #timeMs: number;
  readonly #held = new Map<string, Held>();
  readonly #kept = new Map<string, { stamp: string; value: unknown }>();
  #derivedStamp: string | null = null;
  #configStamp: string | null = null;
  #ensured: Promise<void> | null = null;
  #facts: Promise<unknown> = Promise.resolve();
  #closed = false;

  /** @param timeMs how long one question may run */
  constructor(options: OpenAssayOptions, timeMs: number) {
    this.#options = options;
    this.#timeMs = timeMs;
  }

  /** Names what every answer rests on: equal names, equal answers. Looks at files, opens none. */
  revision(): string {
    const { version } = this.#options;
    const stamps = [this.#stampOf(factsFile), this.#stampOf(derivedFile), fileStamp(configPath(this.#options))];
    return createHash("sha1")
      .update(JSON.stringify([version, ...stamps]))
      .digest("hex")
      .slice(0, 16);
  }

  #stampOf(file: string): string | null {
    return fileStamp(join(this.#options.folder, file));
  }

  /** @throws UserError `time_limit` when `use` asked the database for longer than allowed */
  questions = async <T>({ asOf, basis = "list" }: AskOptions, use: (questions: Questions) => Promise<T>, kind?: "whole"): Promise<T> => {
    if (this.#closed) throw new UserError("closing", "The server is closing.");
    await this.#refresh();
    // What takes long has a connection of its own: nobody who asks one thing waits behind it.
    const name = `${kind ?? "one"} ${asOf} ${basis}`;
    const held = this.#hold(name, { asOf, basis });
    const turn = held.last.then(async () => {
      const questions = await held.questions;
      return kind === "whole" ? await use(questions) : await this.#within(name, questions, use);
    });
    held.last = turn.catch(() => undefined); // whoever asked gets the error; the next one only waits
    return await turn;
  };

  async #within<T>(name: string, questions: Questions, use: (questions: Questions) => Promise<T>): Promise<T> {
    let late = false;
    // A question is several statements: an interrupt between two of them stops nothing, the next one does.
    const timer = setInterval(() => {
      late = true;
      questions.database.interrupt();
    }, this.#timeMs);
    try {
      return await use(questions);
    } catch (error) {
      if (!late) throw error;
      this.#drop(name); // what it was making when it was stopped is half made
      throw new UserError("time_limit", `The question took longer than ${this.#timeMs / 1000} s and was stopped.`, {
        hint: "Ask for a shorter range or fewer dimensions, or start the server with a higher --time-limit.",
        cause: error,
      });
    } finally {
      clearInterval(timer);
    }
  }

  /** Opens anew what another import has replaced, and derives anew when assay.yaml says otherwise. */
  async #refresh(): Promise<void> {
    const config = fileStamp(configPath(this.#options));
    if (this.#ensured === null || config !== this.#configStamp) {
      this.#configStamp = config;
      const ensured = this.#facts.then(() => this.#ensure());
      this.#ensured = ensured;
      this.#facts = ensured.catch(() => (this.#ensured = null)); // thrown below to all who wait; the next one tries again
    }
    await this.#ensured;
    const stamp = `${this.#stampOf(derivedFile)} ${config}`;
    if (stamp === this.#derivedStamp) return;
    this.#derivedStamp = stamp;
    for (const name of this.#held.keys()) this.#drop(name);
  }

  /** While another process writes the facts, the tables that are there are told from: it will put new ones into place. */
  async #ensure(): Promise<void> {
    try {
      await ensureDerived(this.#options, () => {});
    } catch (error) {
      if (!(error instanceof UserError) || error.code !== "store_busy" || !hasDerived(this.#options.folder)) throw error;
      this.#configStamp = null;
    }
  }

  #hold(name: string, asked: AskOptions): Held {
    const known = this.#held.get(name);
    this.#held.delete(name);
    const held: Held = known ?? { questions: openQuestions(this.#options, asked, this.facts), last: Promise.resolve() };
    if (known === undefined) held.questions.catch(() => this.#held.delete(name)); // thrown to who asked
    this.#held.set(name, held); // the last asked for is last in the map
    for (const oldest of this.#held.keys()) if (this.#held.size > heldAtOnce) this.#drop(oldest);
    return held;
  }

  #drop(name: string): void {
    const held = this.#held.get(name);
    this.#held.delete(name);
    if (held) void closeAfterUse(held);
  }

  /**
   * Reads of the facts, kept until the facts are others. While another process writes them, what was read last is given;
   * @throws UserError `store_busy` where nothing was
   */
  facts = async <T>(name: string, use: (store: FactStore) => Promise<T>): Promise<T> => {
    const stamp = `${this.#stampOf(factsFile)} ${this.#stampOf(derivedFile)}`;
    const known = this.#kept.get(name);
    if (known?.stamp === stamp) return known.value as T; // of this name, so of this type
    try {
      const value = await this.withFacts(true, use);
      this.#kept.set(name, { stamp, value });
      return value;
    } catch (error) {
      if (known !== undefined && error instanceof UserError && error.code === "store_busy") return known.value as T;
      throw error;
    }
  };

  /** Opens the facts alone: within one process nothing else keeps two openings of a file apart. */
  async withFacts<T>(readOnly: boolean, use: (store: FactStore) => Promise<T>): Promise<T> {
    const turn = this.#facts.then(() => withFacts(this.#options.folder, readOnly, use));
    this.#facts = turn.catch(() => undefined); // whoever asked gets the error; the next one only waits
    return await turn;
  }

  async close(): Promise<void> {
    this.#closed = true;
    const all = [...this.#held.values()];
    this.#held.clear();
    for (const { questions } of all) (await questions.catch(() => null))?.database.interrupt();
    await Promise.all([...all.map(closeAfterUse), this.#facts]);
  }
}

async function closeAfterUse(held: Held): Promise<void> {
  await held.last;
  (await held.questions.catch(() => null))?.close(); // one that did not open has nothing to close
}
