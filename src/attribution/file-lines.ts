/** The lines of a file as a commit found them: replayed from what each commit changed, for the few files that are asked for. */
import type { LineHistoryResult } from "../contract/history.ts";

/** A file change by its commit and its place among the commit's files. */
interface Step {
  readonly commit: number;
  readonly file: number;
}

const none: Int32Array = new Int32Array(0);

/** Answers which lines stood in a file before a commit. Costs the file's changes along the first parents for each question. */
export class FileLines {
  readonly #history: LineHistoryResult;
  readonly #index: ReadonlyMap<string, number>;
  /** Changes that ended with a file at the path, oldest first. */
  readonly #byPath = new Map<string, Step[]>();
  /** First parents of the last commit that was asked about. */
  #chain: { readonly of: number; readonly on: Uint8Array } = { of: -1, on: new Uint8Array(0) };

  constructor(history: LineHistoryResult) {
    this.#history = history;
    this.#index = new Map(history.commits.map(({ hash }, c) => [hash, c]));
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
    const on = this.#chainOf(commit);
    const steps: Step[] = [];
    let path = change.oldPath ?? change.path;
    let at = commit;
    for (;;) {
      const list = this.#byPath.get(path) ?? [];
      let s = list.length - 1;
      while (s >= 0 && ((list[s] as Step).commit >= at || on[(list[s] as Step).commit] !== 1)) s--;
      const step = list[s];
      if (step === undefined) return null;
      const told = this.#history.commits[step.commit]?.files[step.file];
      if (told === undefined || told.opaque !== false) return null;
      steps.push(step);
      if (told.status === "added" || told.status === "type_changed") break;
      if (told.diff.hunks.length === 0 && (this.#history.commits[step.commit]?.parents.length ?? 0) > 1) return null; // another parent's
      path = told.oldPath ?? told.path;
      at = step.commit;
    }
    return steps.reduceRight<Int32Array>((lines, step) => this.#apply(lines, step), none);
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

  #chainOf(commit: number): Uint8Array {
    if (this.#chain.of === commit) return this.#chain.on;
    const on = new Uint8Array(this.#history.commits.length);
    for (let at: number | undefined = commit; at !== undefined; ) {
      on[at] = 1;
      const parent: string | undefined = this.#history.commits[at]?.parents[0];
      at = parent === undefined ? undefined : this.#index.get(parent);
    }
    this.#chain = { of: commit, on };
    return on;
  }
}
