import type { LineDiff, LineFeatures } from "../../lines/line-diff.ts";
import { lineKind } from "../../lines/line-kind.ts";
import { textOf } from "./line-text.ts";

/** A run that is shorter in lines that say something is too likely to be a coincidence. */
const leastLines = 3;
/** Lines as common as this (licence heads, closing tags) are no place to begin a search from. */
const mostCandidates = 32;

const none = -1;

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

  /** Adds a run; no match goes over its end. */
  add(lines: LineFeatures, ids: Int32Array, start: number, end: number): void {
    while (this.length + end - start >= this.ids.length) this.#grow();
    for (let line = start; line < end; line++) {
      if (ids[line] === none) continue;
      const telling = lines.kind[line] === lineKind.trivial ? 0 : 1;
      this.ids[this.length] = ids[line] as number;
      this.texts[this.length] = textOf(lines, line);
      this.telling[this.length++] = telling;
      this.tellingLines += telling;
    }
    this.texts[this.length] = Number.NaN; // equal to nothing, itself included
    this.ids[this.length] = none;
    this.telling[this.length++] = 0;
  }

  #grow(): void {
    const [ids, texts, telling] = [this.ids, this.texts, this.telling];
    this.ids = new Int32Array(ids.length * 2);
    this.texts = new Float64Array(ids.length * 2);
    this.telling = new Uint8Array(ids.length * 2);
    this.ids.set(ids);
    this.texts.set(texts);
    this.telling.set(telling);
  }
}

interface Run {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/**
 * Exact moves inside one commit: a run of removed lines that is equal to a run of added ones, three telling lines or more.
 * The longest run wins, the earlier one on a tie; a removed line is moved once.
 */
export class MoveFinder {
  readonly #removed = new Runs();
  readonly #added = new Runs();
  /** Removed lines by text: the first place of each bucket, then from place to place; -1 ends. */
  #first = new Int32Array(256);
  #next = new Int32Array(256);

  clear(): void {
    this.#removed.clear();
    this.#added.clear();
  }

  /** Adds the lines of a file's difference, unless it is generated; `ids` is aligned with them, -1 where a line has none. */
  addFile(diff: LineDiff, ids: Int32Array): void {
    const { hunks, lines } = diff;
    if (lines.kind.every((kind) => kind === lineKind.generated)) return; // nobody moved its lines
    let line = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const removedEnd = line + (hunks[h + 1] as number);
      const addedEnd = removedEnd + (hunks[h + 3] as number);
      if (line < removedEnd) this.#removed.add(lines, ids, line, removedEnd);
      if (removedEnd < addedEnd) this.#added.add(lines, ids, removedEnd, addedEnd);
      line = addedEnd;
    }
  }

  /** @param found is told each moved line: its new id and the id it had */
  find(found: (added: number, removed: number) => void): void {
    const added = this.#added;
    const removed = this.#removed;
    if (removed.tellingLines < leastLines || added.tellingLines < leastLines) return;
    this.#indexRemoved();
    const taken = new Uint8Array(removed.length);
    for (let to = 0; to < added.length; ) {
      const run = added.telling[to] === 1 ? this.#longest(to, taken) : null;
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

  #indexRemoved(): void {
    const { texts, telling, length } = this.#removed;
    if (this.#next.length < length) {
      this.#next = new Int32Array(length * 2);
      this.#first = new Int32Array(2 ** Math.ceil(Math.log2(length * 2)));
    }
    this.#first.fill(none);
    for (let i = length - 1; i >= 0; i--) {
      if (telling[i] === 0) continue;
      const bucket = this.#bucketOf(texts[i] as number);
      this.#next[i] = this.#first[bucket] as number;
      this.#first[bucket] = i;
    }
  }

  #bucketOf(text: number): number {
    return text & (this.#first.length - 1);
  }

  #longest(to: number, taken: Uint8Array): Run | null {
    const removed = this.#removed.texts;
    const added = this.#added.texts;
    const text = added[to] as number;
    let best: Run | null = null;
    let candidates = 0;
    for (
      let from = this.#first[this.#bucketOf(text)] as number;
      from !== none && candidates < mostCandidates;
      from = this.#next[from] as number
    ) {
      if (removed[from] !== text) continue;
      candidates++;
      let length = 0;
      let telling = 0;
      while (removed[from + length] === added[to + length] && taken[from + length] === 0)
        telling += this.#added.telling[to + length++] as number;
      if (telling >= leastLines && length > (best?.length ?? 0)) best = { from, to, length };
    }
    return best === null ? null : this.#widened(best, taken);
  }

  /** Takes the trivial lines before the run in: the search began at the first telling one. */
  #widened({ from, to, length }: Run, taken: Uint8Array): Run {
    const removed = this.#removed.texts;
    const { texts: added, telling } = this.#added;
    let wider = 0;
    while (
      from > wider &&
      to > wider &&
      telling[to - wider - 1] === 0 &&
      removed[from - wider - 1] === added[to - wider - 1] &&
      taken[from - wider - 1] === 0
    )
      wider++;
    return { from: from - wider, to: to - wider, length: length + wider };
  }
}
