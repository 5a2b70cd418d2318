/** The lines of a file as a commit found them: replayed from what each commit changed, for the few files that are asked for. */
import type { LineHistoryResult } from "../contract/history.ts";

/** A file change by its commit and its place among the commit's files. */
interface Step {
  readonly commit: number;
  readonly file: number;
}

const none: Int32Array = new Int32Array(0);

/** States of one path that are held: a branch or two beside the main line. */
const mostHeld = 3;

/** What a file held after one of its steps. */
interface State extends Step {
  readonly lines: Int32Array;
}

/**
 * Answers which lines stood in a file before a commit. Asked in the order of commits it applies every change of a file about
 * once: what a file held when it was last asked about is where the next question goes on.
 */
export class FileLines {
  readonly #history: LineHistoryResult;
  readonly #parents: FirstParents;
  /** Changes that ended with a file at the path, oldest first. */
  readonly #byPath = new Map<string, Step[]>();
  /** By path, the state that was asked for last at the end. */
  readonly #held = new Map<string, State[]>();

  constructor(history: LineHistoryResult) {
    this.#history = history;
    this.#parents = new FirstParents(history);
    history.commits.forEach(({ files }, commit) => {
      files.forEach(({ path }, file) => {
        const steps = this.#byPath.get(path);
        if (steps) steps.push({ commit, file });
        else this.#byPath.set(path, [{ commit, file }]);
      });
    });
  }

  /** Ids of the lines of a file of a commit's first parent; null where they cannot be followed (binary, absent, another parent's). */
  before(commit: number, file: number): Int32Array | null {
    const change = this.#history.commits[commit]?.files[file];
    if (change === undefined || change.status === "added") return none;
    const asked = change.oldPath ?? change.path;
    const steps: Step[] = [];
    let path = asked;
    let at = commit;
    let known: State | undefined;
    for (;;) {
      const step = this.#lastStep(path, at, commit);
      if (step === null) return null;
      known = this.#held.get(path)?.find((state) => state.commit === step.commit && state.file === step.file);
      if (known !== undefined) break;
      const told = this.#history.commits[step.commit]?.files[step.file];
      if (told === undefined || told.opaque !== false) return null;
      if (told.diff.hunks.length === 0 && (this.#history.commits[step.commit]?.parents.length ?? 0) > 1) return null; // another parent's
      steps.push(step);
      if (told.status === "added" || told.status === "type_changed") break;
      path = told.oldPath ?? told.path;
      at = step.commit;
    }
    const lines = steps.reduceRight<Int32Array>((before, step) => this.#apply(before, step), known?.lines ?? none);
    const newest = steps[0] ?? known;
    if (newest !== undefined) this.#hold(asked, { ...newest, lines });
    return lines;
  }

  /** The last change of a path before a commit, on the first parents of another. */
  #lastStep(path: string, before: number, of: number): Step | null {
    const steps = this.#byPath.get(path) ?? [];
    let low = 0;
    let high = steps.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((steps[middle] as Step).commit < before) low = middle + 1;
      else high = middle;
    }
    for (let s = low - 1; s >= 0; s--) {
      const step = steps[s] as Step;
      if (this.#parents.has(of, step.commit)) return step;
    }
    return null;
  }

  #hold(path: string, state: State): void {
    const others = (this.#held.get(path) ?? []).filter(({ commit, file }) => commit !== state.commit || file !== state.file);
    this.#held.set(path, [...others.slice(1 - mostHeld), state]);
  }

  #apply(before: Int32Array, { commit, file }: Step): Int32Array {
    const change = this.#history.commits[commit]?.files[file];
    const ids = this.#history.changed[commit]?.[file]?.ids ?? none;
    const hunks = change?.diff.hunks ?? none;
    const after: number[] = [];
    let from = 0;
    let place = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const [start, removed, added] = [hunks[h] as number, hunks[h + 1] as number, hunks[h + 3] as number];
      const until = start - (removed === 0 ? 0 : 1);
      while (from < until) after.push(before[from++] ?? -1);
      from += removed;
      place += removed;
      for (let i = 0; i < added; i++) after.push(ids[place++] ?? -1);
    }
    while (from < before.length) after.push(before[from++] as number);
    return Int32Array.from(after);
  }
}

/** Which commits are first parents of which, without walking the main line again for each. */
class FirstParents {
  readonly #history: LineHistoryResult;
  readonly #index: ReadonlyMap<string, number>;
  /** Place of each commit on the first parents of the tip, counted from the first commit; -1 beside them. */
  readonly #place: Int32Array;
  /** The last commit asked about: those beside the main line up to it, and where it left that line. */
  #branch: { readonly of: number; readonly beside: ReadonlySet<number>; readonly leftAt: number } = {
    of: -1,
    beside: new Set(),
    leftAt: -1,
  };

  constructor(history: LineHistoryResult) {
    this.#history = history;
    this.#index = new Map(history.commits.map(({ hash }, c) => [hash, c]));
    this.#place = new Int32Array(history.commits.length).fill(-1);
    const line: number[] = [];
    for (let at = history.tip; at >= 0; at = this.#parentOf(at)) line.push(at);
    line.reverse().forEach((commit, place) => {
      this.#place[commit] = place;
    });
  }

  /** Whether a commit is another or one of its first parents. */
  has(of: number, commit: number): boolean {
    if (this.#branch.of !== of) this.#walk(of);
    const place = this.#place[commit] as number;
    return place >= 0 ? place <= this.#branch.leftAt : this.#branch.beside.has(commit);
  }

  #walk(of: number): void {
    const beside = new Set<number>();
    let at = of;
    for (; at >= 0 && (this.#place[at] as number) < 0; at = this.#parentOf(at)) beside.add(at);
    this.#branch = { of, beside, leftAt: at < 0 ? -1 : (this.#place[at] as number) };
  }

  /** -1 where it has none that is known. */
  #parentOf(commit: number): number {
    return this.#index.get(this.#history.commits[commit]?.parents[0] ?? "") ?? -1;
  }
}
