import type { LineFeatures } from "../../lines/line-diff.ts";
import { lineKind } from "../../lines/line-kind.ts";
import { textOf } from "./line-text.ts";

/** A run that is shorter in lines that say something is too likely to be a coincidence. */
const leastLines = 3;
/** Lines as common as this (licence heads, closing tags) are no place to begin a search from. */
const mostCandidates = 32;

/** Runs of lines one commit removes or adds, in columns that are used again for the next commit. */
class Runs {
  ids = new Int32Array(256);
  texts = new Float64Array(256);
  /** 1 where the line says something (is not trivial). */
  telling = new Uint8Array(256);
  length = 0;
  tellingLines = 0;

  clear(): void {
    this.length = 0;
    this.tellingLines = 0;
  }

  /** Ends a run: no match goes over it. */
  separate(): void {
    this.#push(-1, Number.NaN, 0); // equal to nothing, itself included
  }

  add(id: number, lines: LineFeatures, at: number): void {
    this.#push(id, textOf(lines, at), lines.kind[at] === lineKind.trivial ? 0 : 1);
  }

  #push(id: number, text: number, telling: 0 | 1): void {
    if (this.length === this.ids.length) this.#grow();
    this.ids[this.length] = id;
    this.texts[this.length] = text;
    this.telling[this.length++] = telling;
    this.tellingLines += telling;
  }

  #grow(): void {
    const grown = new Runs();
    grown.ids = new Int32Array(this.length * 2);
    grown.texts = new Float64Array(this.length * 2);
    grown.telling = new Uint8Array(this.length * 2);
    grown.ids.set(this.ids);
    grown.texts.set(this.texts);
    grown.telling.set(this.telling);
    this.ids = grown.ids;
    this.texts = grown.texts;
    this.telling = grown.telling;
  }
}

/**
 * Exact moves inside one commit: a run of removed lines that is equal to a run of added ones, three telling lines or more.
 * The longest run wins, the earlier one on a tie; a removed line is moved once.
 */
export class MoveFinder {
  readonly removed = new Runs();
  readonly added = new Runs();

  clear(): void {
    this.removed.clear();
    this.added.clear();
  }

  /** @param found is told each moved line: its new id and the id it had */
  find(found: (added: number, removed: number) => void): void {
    const { removed, added } = this;
    if (removed.tellingLines < leastLines || added.tellingLines < leastLines) return;
    const places = this.#placesOfRemoved();
    const taken = new Uint8Array(removed.length);
    for (let to = 0; to < added.length; ) {
      const starts = added.telling[to] === 1 ? places.get(added.texts[to] as number) : undefined;
      const run = starts === undefined ? null : this.#longest(to, starts, taken);
      if (run === null) {
        to++;
        continue;
      }
      for (let i = 0; i < run.length; i++) {
        taken[run.from + i] = 1;
        found(added.ids[run.to + i] as number, removed.ids[run.from + i] as number);
      }
      to = run.to + run.length;
    }
  }

  #placesOfRemoved(): Map<number, number[]> {
    const { removed } = this;
    const places = new Map<number, number[]>();
    for (let i = 0; i < removed.length; i++) {
      if (removed.telling[i] === 0) continue;
      const text = removed.texts[i] as number;
      const known = places.get(text);
      if (known === undefined) places.set(text, [i]);
      else if (known.length < mostCandidates) known.push(i);
    }
    return places;
  }

  #longest(to: number, starts: readonly number[], taken: Uint8Array): { readonly from: number; readonly to: number; readonly length: number } | null {
    const { removed, added } = this;
    let best: { from: number; to: number; length: number } | null = null;
    for (const start of starts) {
      let end = 0;
      let telling = 0;
      while (removed.texts[start + end] === added.texts[to + end] && start + end < removed.length && taken[start + end] === 0) {
        telling += added.telling[to + end++] as number;
      }
      if (telling < leastLines || end <= (best?.length ?? 0)) continue;
      best = { from: start, to, length: end };
    }
    return best === null ? null : this.#widened(best, taken);
  }

  /** Takes the trivial lines before the run in: the search began at the first telling one. */
  #widened(run: { from: number; to: number; length: number }, taken: Uint8Array): { from: number; to: number; length: number } {
    let { from, to, length } = run;
    while (from > 0 && to > 0 && this.added.telling[to - 1] === 0 && this.removed.texts[from - 1] === this.added.texts[to - 1] && taken[from - 1] === 0) {
      from--;
      to--;
      length++;
    }
    return { from, to, length };
  }
}
