import type { SessionLabel } from "../../contract/facts.ts";
import { sessionLabels } from "../../contract/facts.ts";
import type { KeptRecord } from "./records.ts";

/** A kept record as the readers of facts ask it: a damaged line has anything in it, so every answer is checked. */
export class Said {
  readonly name: string;
  readonly at: number;
  readonly key: string;
  readonly #says: ReadonlyMap<string, unknown>;
  readonly #from: ReadonlyMap<string, unknown>;

  constructor([name, at, says, key]: KeptRecord, from: ReadonlyMap<string, unknown>) {
    this.name = name;
    this.at = at;
    this.key = key;
    this.#says = new Map(Object.entries(says));
    this.#from = from;
  }

  #of(word: string): unknown {
    return this.#says.get(word) ?? this.#from.get(word);
  }

  /** By the first of some words that is there; of the record, else of its resource. */
  text(...words: readonly string[]): string | null {
    for (const word of words) {
      const value = this.#of(word);
      if (typeof value === "string" && value !== "") return value;
    }
    return null;
  }

  count(word: string): number | null {
    const value = this.#of(word);
    return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
  }

  flag(word: string): boolean | null {
    const value = this.#of(word);
    return typeof value === "boolean" ? value : null;
  }

  *labels(): Generator<readonly [SessionLabel, string]> {
    for (const label of sessionLabels) {
      const value = this.text(label);
      if (value !== null) yield [label, value];
    }
  }
}
