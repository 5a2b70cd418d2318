import type { Problem } from "../contract/problem.ts";
import type { Item } from "./source.ts";

/** Problems of one input, equal ones told once with their count and the place of the first. */
export class CountedProblems {
  readonly #source: string;
  readonly #locator: string;
  readonly #problems = new Map<string, { readonly problem: Problem; count: number }>();

  constructor(source: string, locator: string) {
    this.#source = source;
    this.#locator = locator;
  }

  /** @param place an offset in the input, or the name of the record in it */
  add(code: string, severity: Problem["severity"], place: number | string, message: string, hint?: string): void {
    const key = `${code} ${severity} ${message}`;
    const known = this.#problems.get(key);
    if (known !== undefined) {
      known.count++;
      return;
    }
    const locator = `${this.#locator}${typeof place === "number" ? "@" : ":"}${place}`;
    const problem: Problem = { code, severity, source: this.#source, locator, message, ...(hint === undefined ? {} : { hint }) };
    this.#problems.set(key, { problem, count: 1 });
  }

  /** All of them, which are forgotten then. */
  take(): Item[] {
    const items = [...this.#problems.values()].map(
      ({ problem, count }): Item => ({ kind: "problem", problem: count === 1 ? problem : { ...problem, count } }),
    );
    this.#problems.clear();
    return items;
  }
}
