import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { ChangedFile, LineHistoryResult } from "../../contract/history.ts";
import { lineCount } from "../../lines/line-diff.ts";
import { matchLines } from "./line-match.ts";
import { textOf } from "./line-text.ts";
import { LineTable } from "./line-table.ts";
import { MoveFinder } from "./moves.ts";
import { PathTree } from "./path-tree.ts";

/** What the history must know of all commits before it begins: who needs whose state. Parents first. */
export interface CommitPlace {
  readonly hash: string;
  readonly parents: readonly string[];
}

/** A file at a commit. */
interface FileState {
  readonly blob: string;
  /** Ids of its lines from top to bottom; of an `absent_blob` the last ones that were known. */
  readonly ids: Int32Array;
  /** Why its lines are not known, null if they are. */
  readonly opaque: string | null;
}

/** What a commit does to one file. */
interface FileStep {
  readonly file: FileChange;
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
}

const noIds = new Int32Array(0);
const none = -1;

/**
 * The life of every line, from commits told in order, exact on the whole graph: each commit begins with the files of its
 * first parent and changes them by its differences. Pure: feed it from git or from stored facts.
 *
 * - A merge takes a file as it is from the parent whose blob it has; where it has its own, lines come from the first
 *   parent that has them, as for `git blame`, and the rest are born in the merge.
 * - A commit whose parents are not among the commits (the end of a shallow copy) bears no lines: theirs is `born` -1,
 *   before history.
 * - `killer`: commits of the default branch before others, plain ones before merges, then the earliest, then the smaller
 *   hash: so it does not depend on the order commits were read in.
 * - A path whose lines cannot be followed is opaque until it is added anew. Lines it had when a blob was absent did not die.
 *
 * A state is kept until its last child has been applied; states share what they have in common.
 */
export class LineHistory {
  readonly #places: readonly CommitPlace[];
  readonly #parents: readonly (readonly number[])[];
  readonly #tip: number;
  readonly #onChain: Uint8Array;
  readonly #onDefault: Uint8Array;
  /** Children still to come, one more for the tip. */
  readonly #waiting: Int32Array;
  readonly #states: (PathTree<FileState> | undefined)[] = [];
  readonly #commits: CommitFact[] = [];
  readonly #changed: (readonly ChangedFile[])[] = [];
  readonly #pathIds = new Map<string, number>();
  readonly #paths: string[] = [];
  readonly #moves = new MoveFinder();
  readonly #lines = new LineTable();

  /**
   * @param places all commits that will be applied, in that order
   * @param defaultTip newest commit of the default branch, null if there is none
   * @throws Error if a commit comes before its parent
   */
  constructor(places: readonly CommitPlace[], defaultTip: string | null) {
    this.#places = places;
    const indexOf = new Map(places.map(({ hash }, index) => [hash, index]));
    this.#parents = places.map(({ parents }) => parents.map((parent) => indexOf.get(parent) ?? none));
    this.#waiting = new Int32Array(places.length);
    this.#parents.forEach((parents, index) => {
      for (const parent of parents) {
        if (parent >= index) throw new Error(`commit ${places[index]?.hash} comes before its parent`);
        if (parent !== none) this.#waiting[parent]!++;
      }
    });
    this.#tip = defaultTip === null ? none : (indexOf.get(defaultTip) ?? none);
    if (this.#tip !== none) this.#waiting[this.#tip]!++;
    this.#onDefault = ancestorsOf(this.#tip, this.#parents);
    this.#onChain = firstParentChain(this.#tip, this.#parents);
  }

  /** Takes the next commit. @throws Error if it is not the next one */
  apply(commit: CommitFact): void {
    const index = this.#commits.length;
    if (this.#places[index]?.hash !== commit.hash) throw new Error(`commit ${commit.hash} is not the next one of the history`);
    this.#commits.push(commit);
    this.#lines.begin(index, commit, this.#onDefault[index] === 1);
    const parents = this.#parents[index] as readonly number[];
    const isMerge = commit.parents.length > 1;
    this.#lines.bearer = commit.parents.length > 0 && parents[0] === none ? none : index;
    const first = parents[0] === undefined || parents[0] === none ? undefined : this.#states[parents[0]];
    const others = parents.slice(1).flatMap((parent) => (parent === none ? [] : [this.#states[parent] as PathTree<FileState>]));
    const changed: ChangedFile[] = [];
    const steps: FileStep[] = [];
    this.#moves.clear();
    for (const file of commit.files) {
      const before = first?.get(this.#pathId(file.oldPath ?? file.path));
      const after = isMerge ? this.#mergeFile(file, before, others) : this.#plainFile(file, before);
      steps.push({ file, before, after });
      changed.push({ ids: changedIds(file, before, after) });
    }
    if (!isMerge) this.#countPlainChanges(steps, changed);
    else if (this.#onChain[index] === 1) for (const { before, after } of steps) this.#lines.replace(before?.ids ?? noIds, after?.ids ?? noIds);
    if (this.#onChain[index] === 1) this.#lines.endOfChainCommit(index);
    this.#changed.push(changed);
    this.#store(index, parents, steps);
  }

  /** The result, once every commit has been applied. */
  finish(): LineHistoryResult {
    if (this.#commits.length !== this.#places.length) throw new Error("the history ends before its last commit");
    const alive = new Map<string, Int32Array>();
    const opaquePaths = new Map<string, string>();
    for (const [pathId, state] of this.#states[this.#tip]?.entries() ?? []) {
      const path = this.#paths[pathId] as string;
      if (state.opaque === null) alive.set(path, state.ids);
      else opaquePaths.set(path, state.opaque);
    }
    return {
      commits: this.#commits, tip: this.#tip, onChain: this.#onChain, onDefault: this.#onDefault,
      ...this.#lines.columns(), changed: this.#changed, alive, opaquePaths,
    };
  }

  #pathId(path: string): number {
    let id = this.#pathIds.get(path);
    if (id === undefined) {
      id = this.#paths.push(path) - 1;
      this.#pathIds.set(path, id);
    }
    return id;
  }

  #plainFile(file: FileChange, before: FileState | undefined): FileState | undefined {
    const plain = withoutSplice(file, before);
    if (plain !== "splice") return plain;
    return splice(file, before?.ids ?? noIds, (line) => this.#lines.bear(textOf(file.diff.lines, line)));
  }

  /** Lets the removed lines die and the added ones appear; finds what was only moved. */
  #countPlainChanges(steps: readonly FileStep[], changed: readonly ChangedFile[]): void {
    steps.forEach(({ file, before }, f) => {
      if (before !== undefined && losesAll(file)) this.#lines.lose(before.ids);
      this.#walk(file, (changed[f] as ChangedFile).ids, losesAll(file));
    });
    if (this.#lines.bearer !== none) this.#moves.find((added, removed) => this.#lines.setOrigin(added, removed));
  }

  #walk(file: FileChange, ids: Int32Array, alreadyLost: boolean): void {
    const { hunks, lines } = file.diff;
    let line = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const removedEnd = line + (hunks[h + 1] as number);
      const addedEnd = removedEnd + (hunks[h + 3] as number);
      if (line < removedEnd) this.#moves.removed.separate();
      for (; line < removedEnd; line++) {
        const id = ids[line] as number;
        if (id === none) continue;
        this.#moves.removed.add(id, lines, line);
        if (!alreadyLost) this.#lines.loseOne(id);
      }
      if (line < addedEnd) this.#moves.added.separate();
      for (; line < addedEnd; line++) {
        const id = ids[line] as number;
        if (id === none) continue;
        this.#moves.added.add(id, lines, line);
        this.#lines.appear(id);
      }
    }
  }

  #mergeFile(file: FileChange, before: FileState | undefined, others: readonly PathTree<FileState>[]): FileState | undefined {
    const there = others.map((state) => state.get(this.#pathId(file.path)) ?? (file.oldPath === null ? undefined : state.get(this.#pathId(file.oldPath))));
    const same = file.status === "deleted" ? undefined : there.find((state) => state?.blob === file.newBlob);
    const plain = same ?? withoutSplice(file, before);
    const after = plain !== "splice" ? plain : this.#mergeLines(file, before, there);
    if (after?.opaque === "absent_blob") return after;
    for (const state of [before, ...there]) if (state !== undefined && state.opaque !== "absent_blob") this.#lines.dropFromMerge(state.ids, after?.ids ?? noIds);
    return after;
  }

  /** Lines that are not the first parent's: those of the next parent that has them, else the merge's own. */
  #mergeLines(file: FileChange, before: FileState | undefined, others: readonly (FileState | undefined)[]): FileState {
    const { hunks, lines } = file.diff;
    const after = splice(file, before?.ids ?? noIds, () => none);
    if (after.opaque !== null) return after;
    const { ids } = after;
    const texts = new Float64Array(ids.length);
    ids.forEach((id, at) => {
      if (id !== none) texts[at] = this.#lines.textAt(id);
    });
    const open: number[] = [];
    eachAdded(hunks, (line, at) => {
      texts[at] = textOf(lines, line);
      open.push(at);
    });
    const used = new Set(ids);
    for (const other of others) {
      if (other === undefined || other.opaque !== null || open.every((at) => ids[at] !== none)) continue;
      const matches = matchLines(Float64Array.from(other.ids, (id) => this.#lines.textAt(id)), texts);
      for (const at of open) {
        const match = matches[at] as number;
        if (ids[at] !== none || match === none) continue;
        const id = other.ids[match] as number;
        ids[at] = used.has(id) ? this.#lines.double(id) : id;
        used.add(id);
      }
    }
    for (const at of open) {
      if (ids[at] === none) ids[at] = this.#lines.bear(texts[at] as number);
    }
    return after;
  }

  #store(index: number, parents: readonly number[], steps: readonly FileStep[]): void {
    const first = parents[0] ?? none;
    const inherited = first === none ? undefined : this.#states[first];
    const isLast = first !== none && this.#waiting[first] === 1 && first !== index;
    if ((this.#waiting[index] as number) > 0) {
      const state = inherited === undefined ? new PathTree<FileState>() : isLast ? inherited : inherited.fork();
      for (const { file, before } of steps) {
        if (before !== undefined && (file.status === "deleted" || file.status === "renamed")) state.set(this.#pathId(file.oldPath ?? file.path), undefined);
      }
      for (const { file, after } of steps) if (after !== undefined) state.set(this.#pathId(file.path), after);
      this.#states[index] = state;
    }
    for (const parent of parents) {
      if (parent !== none && --this.#waiting[parent]! === 0) this.#states[parent] = undefined;
    }
  }
}

/** True where none of the lines a file had is in it afterwards. */
const losesAll = (file: FileChange): boolean =>
  file.status === "deleted" || file.status === "type_changed" || (file.opaque !== false && file.opaque !== "absent_blob");

/** The file afterwards where that can be told without applying hunks. */
function withoutSplice(file: FileChange, before: FileState | undefined): FileState | undefined | "splice" {
  if (file.status === "deleted") return undefined;
  if (file.opaque === "absent_blob") return { blob: file.newBlob, ids: before?.ids ?? noIds, opaque: file.opaque };
  if (file.opaque !== false) return { blob: file.newBlob, ids: noIds, opaque: file.opaque };
  if (file.status === "added" || file.status === "type_changed") return "splice";
  if (before === undefined) return { blob: file.newBlob, ids: noIds, opaque: "unknown_before" };
  if (before.opaque !== null) return { ...before, blob: file.newBlob };
  return file.diff.hunks.length === 0 ? { ...before, blob: file.newBlob } : "splice";
}

/** Applies the hunks to the lines of the file; `bear` gives the id of an added line of the difference. A difference that does not fit makes the file opaque. */
function splice(file: FileChange, before: Int32Array, bear: (line: number) => number): FileState {
  const { hunks } = file.diff;
  const old = file.status === "type_changed" || file.status === "added" ? noIds : before;
  let removed = 0;
  let added = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    if (file.status !== "type_changed") removed += hunks[h + 1] as number;
    added += hunks[h + 3] as number;
  }
  const ids = new Int32Array(Math.max(0, old.length - removed + added));
  let from = 0;
  let to = 0;
  let line = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    const [oldStart, oldLines, newStart, newLines] = [hunks[h], hunks[h + 1], hunks[h + 2], hunks[h + 3]] as [number, number, number, number];
    if (file.status !== "type_changed") {
      const kept = (oldLines === 0 ? oldStart : oldStart - 1) - from;
      if (kept < 0 || from + kept + oldLines > old.length) return { blob: file.newBlob, ids: noIds, opaque: "does_not_fit" };
      ids.set(old.subarray(from, from + kept), to);
      from += kept + oldLines;
      to += kept;
    }
    if (newLines > 0 && newStart - 1 !== to) return { blob: file.newBlob, ids: noIds, opaque: "does_not_fit" };
    line += oldLines;
    for (let i = 0; i < newLines; i++) ids[to++] = bear(line++);
  }
  ids.set(old.subarray(from), to);
  return { blob: file.newBlob, ids, opaque: null };
}

function eachAdded(hunks: Int32Array, visit: (line: number, at: number) => void): void {
  let line = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    line += hunks[h + 1] as number;
    for (let i = 0; i < (hunks[h + 3] as number); i++) visit(line++, (hunks[h + 2] as number) - 1 + i);
  }
}

/** Ids of the lines of a difference: removed ones from the file before, added ones from the file after; -1 where opaque. */
function changedIds(file: FileChange, before: FileState | undefined, after: FileState | undefined): Int32Array {
  const count = lineCount(file.diff);
  if (count === 0) return noIds;
  const { hunks } = file.diff;
  const ids = new Int32Array(count).fill(none);
  const old = before === undefined || before.opaque !== null ? noIds : before.ids;
  const now = after === undefined || after.opaque !== null ? noIds : after.ids;
  let line = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    for (let i = 0; i < (hunks[h + 1] as number); i++) ids[line++] = old[(hunks[h] as number) - 1 + i] ?? none;
    for (let i = 0; i < (hunks[h + 3] as number); i++) ids[line++] = now[(hunks[h + 2] as number) - 1 + i] ?? none;
  }
  return ids;
}

function ancestorsOf(tip: number, parents: readonly (readonly number[])[]): Uint8Array {
  const reached = new Uint8Array(parents.length);
  if (tip !== none) reached[tip] = 1;
  for (let index = tip; index >= 0; index--) {
    if (reached[index] === 0) continue;
    for (const parent of parents[index] as readonly number[]) if (parent !== none) reached[parent] = 1;
  }
  return reached;
}

function firstParentChain(tip: number, parents: readonly (readonly number[])[]): Uint8Array {
  const chain = new Uint8Array(parents.length);
  for (let index = tip; index >= 0; index = parents[index]?.[0] ?? none) chain[index] = 1;
  return chain;
}
