import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { ChangedFile, LineLives } from "../../contract/history.ts";
import { type LineDiff, lineCount } from "../../lines/line-diff.ts";
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
  /** The file it is, whatever its name: given when it was added, kept by renames. */
  readonly lineage: number;
}

const fileState = (blob: string, ids: Int32Array, opaque: string | null, lineage: number): FileState => ({ blob, ids, opaque, lineage });

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
  #applied = 0;
  readonly #changed: (readonly ChangedFile[])[] = [];
  readonly #pathIds = new Map<string, number>();
  readonly #paths: string[] = [];
  /** Lineage → ids of all paths it has ever had. */
  readonly #namesOf: number[][] = [];
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
    const index = this.#applied;
    if (this.#places[index]?.hash !== commit.hash) throw new Error(`commit ${commit.hash} is not the next one of the history`);
    this.#applied++;
    const isBeforeHistory = commit.parents.length > 0 && this.#parents[index]?.[0] === none;
    this.#lines.begin(commit, { isBeforeHistory, onDefault: this.#onDefault[index] === 1, onChain: this.#onChain[index] === 1 });
    const parents = this.#parents[index] as readonly number[];
    const states = parents.map((parent) => (parent === none ? undefined : this.#states[parent]));
    const changed: ChangedFile[] = [];
    const steps: FileStep[] = [];
    for (const file of commit.files) {
      const before = states[0]?.get(this.#pathId(file.oldPath ?? file.path));
      const ids = lineCount(file.diff) === 0 ? noIds : new Int32Array(lineCount(file.diff)).fill(none);
      const after = states.length > 1 ? this.#mergeFile(file, before, states, ids) : this.#plainFile(file, before, ids);
      steps.push({ file, before, after });
      changed.push({ ids });
    }
    if (states.length > 1) this.#lines.endMerge();
    else if (this.#lines.bearsLines) this.#findMoves(commit.files, changed);
    this.#changed.push(changed);
    this.#store(index, parents, steps);
  }

  /** The result, once every commit has been applied. The commits themselves are not kept: whoever applied them has them. */
  finish(): LineLives {
    if (this.#applied !== this.#places.length) throw new Error("the history ends before its last commit");
    const alive = new Map<string, Int32Array>();
    const opaquePaths = new Map<string, string>();
    for (const [pathId, state] of this.#states[this.#tip]?.entries() ?? []) {
      const path = this.#paths[pathId] as string;
      if (state.opaque === null) alive.set(path, state.ids);
      else opaquePaths.set(path, state.opaque);
    }
    return {
      tip: this.#tip,
      onChain: this.#onChain,
      onDefault: this.#onDefault,
      ...this.#lines.columns(),
      changed: this.#changed,
      alive,
      opaquePaths,
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

  /** @param ids takes the ids of the lines of the difference */
  #plainFile(file: FileChange, before: FileState | undefined, ids: Int32Array): FileState | undefined {
    const old = before?.ids ?? noIds;
    const keepsLines = !losesAll(file);
    if (!keepsLines) {
      this.#lines.lose(old, 0, old.length);
      if (ids.length >= old.length) ids.set(old); // a deletion, or the first half of a type change, tells each line
    }
    const lineage = this.#lineageOf(file, before);
    const plain = withoutSplice(file, before, lineage);
    return plain === "splice" ? this.#splice(file, keepsLines ? old : noIds, ids, lineage) : plain;
  }

  /** The lineage of a file after a commit; notes the name it has there. */
  #lineageOf(file: FileChange, before: FileState | undefined): number {
    if (file.status === "deleted") return none;
    const lineage = before?.lineage ?? this.#namesOf.push([]) - 1;
    const names = this.#namesOf[lineage] as number[];
    const path = this.#pathId(file.path);
    if (names[names.length - 1] !== path && !names.includes(path)) names.push(path);
    return lineage;
  }

  /** Applies the hunks of a plain commit: removed lines die, added ones are born. */
  #splice(file: FileChange, old: Int32Array, ids: Int32Array, lineage: number): FileState {
    const { hunks, lines } = file.diff;
    const length = lengthAfter(file, old.length);
    if (length === null) return fileState(file.newBlob, noIds, "does_not_fit", lineage);
    const now = new Int32Array(length);
    let from = 0;
    let to = 0;
    let line = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const removed = file.status === "type_changed" ? 0 : (hunks[h + 1] as number);
      const added = hunks[h + 3] as number;
      const keptEnd = added > 0 ? from + (hunks[h + 2] as number) - 1 - to : from + (hunks[h + 2] as number) - to;
      copy(old, from, keptEnd, now, to);
      to += keptEnd - from;
      from = keptEnd;
      for (let i = 0; i < removed; i++) ids[line + i] = old[from++] as number;
      if (removed > 0) this.#lines.lose(ids, line, line + removed);
      line += hunks[h + 1] as number;
      if (added > 0) {
        const born = this.#lines.bear(lines, line, added);
        for (let i = 0; i < added; i++) ids[line++] = now[to++] = born + i;
      }
    }
    copy(old, from, old.length, now, to);
    return fileState(file.newBlob, now, null, lineage);
  }

  #findMoves(files: readonly FileChange[], changed: readonly ChangedFile[]): void {
    let removed = 0;
    let added = 0;
    for (const { diff } of files) {
      for (let h = 0; h < diff.hunks.length; h += 4) {
        removed += diff.hunks[h + 1] as number;
        added += diff.hunks[h + 3] as number;
      }
    }
    if (removed < 3 || added < 3) return;
    this.#moves.clear();
    files.forEach(({ diff }, f) => this.#moves.addFile(diff, (changed[f] as ChangedFile).ids));
    this.#moves.find((to, from) => this.#lines.setOrigin(to, from));
  }

  #mergeFile(
    file: FileChange,
    before: FileState | undefined,
    parents: readonly (PathTree<FileState> | undefined)[],
    ids: Int32Array,
  ): FileState | undefined {
    const lineage = this.#lineageOf(file, before);
    const there: FileState[] = [];
    for (const parent of parents.slice(1)) {
      const state = parent === undefined ? undefined : this.#sameFile(parent, file, lineage);
      if (state !== undefined) there.push(state);
    }
    const same = file.status === "deleted" ? undefined : there.find(({ blob }) => blob === file.newBlob);
    const plain = same ?? withoutSplice(file, before, lineage);
    const after = plain !== "splice" ? plain : this.#mergeLines(file, before, there, lineage);
    const now = after?.ids ?? noIds;
    if (before !== undefined) this.#lines.replace(before.ids, now);
    else this.#lines.replace(noIds, now);
    fillChangedIds(ids, file, before, after);
    if (after?.opaque === "absent_blob") return after;
    if (before !== undefined) this.#lines.dropFromMerge(before.ids, now);
    for (const state of there) if (state.opaque !== "absent_blob") this.#lines.dropFromMerge(state.ids, now);
    return after;
  }

  /** A merge's file as another parent has it: under the same name, else under one it had before or there. */
  #sameFile(parent: PathTree<FileState>, file: FileChange, lineage: number): FileState | undefined {
    const named = parent.get(this.#pathId(file.path)) ?? (file.oldPath === null ? undefined : parent.get(this.#pathId(file.oldPath)));
    if (named !== undefined || lineage === none) return named;
    for (const path of this.#namesOf[lineage] as number[]) {
      const state = parent.get(path);
      if (state?.lineage === lineage) return state;
    }
    return undefined;
  }

  /** Lines that are not the first parent's: those of the next parent that has them, else the merge's own. */
  #mergeLines(file: FileChange, before: FileState | undefined, others: readonly FileState[], lineage: number): FileState {
    const ids = splicedWithGaps(file, before?.ids ?? noIds);
    if (ids === null) return fileState(file.newBlob, noIds, "does_not_fit", lineage);
    const texts = this.#lines.textsOf(ids);
    fillAddedTexts(texts, file.diff);
    for (const other of others) {
      if (other.opaque !== null || !ids.includes(none)) continue;
      const matches = matchLines(this.#lines.textsOf(other.ids), texts);
      this.#lines.adopt(ids, other.ids, matches);
    }
    for (let at = 0; at < ids.length; at++) if (ids[at] === none) ids[at] = this.#lines.bearOne(texts[at] as number);
    return fileState(file.newBlob, ids, null, lineage);
  }

  #store(index: number, parents: readonly number[], steps: readonly FileStep[]): void {
    const first = parents[0] ?? none;
    const inherited = first === none ? undefined : this.#states[first];
    const isLast = first !== none && this.#waiting[first] === 1;
    if ((this.#waiting[index] as number) > 0) {
      const state = inherited === undefined ? new PathTree<FileState>() : isLast ? inherited : inherited.fork();
      for (const { file, before } of steps) {
        if (before !== undefined && (file.status === "deleted" || file.status === "renamed"))
          state.set(this.#pathId(file.oldPath ?? file.path), undefined);
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
function withoutSplice(file: FileChange, before: FileState | undefined, lineage: number): FileState | undefined | "splice" {
  if (file.status === "deleted") return undefined;
  if (file.opaque === "absent_blob") return fileState(file.newBlob, before?.ids ?? noIds, file.opaque, lineage);
  if (file.opaque !== false) return fileState(file.newBlob, noIds, file.opaque, lineage);
  if (file.status === "added" || file.status === "type_changed") return "splice";
  if (before === undefined) return fileState(file.newBlob, noIds, "unknown_before", lineage);
  return before.opaque !== null || file.diff.hunks.length === 0 ? fileState(file.newBlob, before.ids, before.opaque, lineage) : "splice";
}

/** Lines of a file after its difference (of a type change: after its second half, the creation), null if the difference does not fit what is known of it. */
function lengthAfter({ diff: { hunks }, status }: FileChange, oldLength: number): number | null {
  let from = 0;
  let to = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    const isDeletion = status === "type_changed" && (hunks[h + 3] as number) === 0;
    if (isDeletion) continue;
    const removed = hunks[h + 1] as number;
    const added = hunks[h + 3] as number;
    const kept = (hunks[h] as number) - (removed === 0 ? 0 : 1) - from;
    from += kept + removed;
    to += kept;
    if (kept < 0 || from > oldLength || (hunks[h + 2] as number) - (added === 0 ? 0 : 1) !== to) return null;
    to += added;
  }
  return to + oldLength - from;
}

/** The lines of a merge's file: those of the first parent, -1 where the difference adds one; null if it does not fit. */
function splicedWithGaps(file: FileChange, before: Int32Array): Int32Array | null {
  const old = file.status === "type_changed" || file.status === "added" ? noIds : before;
  const length = lengthAfter(file, old.length);
  if (length === null) return null;
  const { hunks } = file.diff;
  const ids = new Int32Array(length).fill(none);
  let from = 0;
  let to = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    const added = hunks[h + 3] as number;
    const kept = (hunks[h + 2] as number) - (added === 0 ? 0 : 1) - to;
    copy(old, from, from + kept, ids, to);
    from += kept + (file.status === "type_changed" ? 0 : (hunks[h + 1] as number));
    to += kept + added;
  }
  copy(old, from, old.length, ids, to);
  return ids;
}

/** Short stretches are most: a view for each would cost more than the copying. */
function copy(from: Int32Array, start: number, end: number, to: Int32Array, at: number): void {
  if (end - start > 200) to.set(from.subarray(start, end), at);
  else for (let i = start; i < end; i++) to[at++] = from[i] as number;
}

function fillAddedTexts(texts: Float64Array, { hunks, lines }: LineDiff): void {
  let line = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    line += hunks[h + 1] as number;
    const start = (hunks[h + 2] as number) - 1;
    for (let i = 0; i < (hunks[h + 3] as number); i++) texts[start + i] = textOf(lines, line++);
  }
}

/** Ids of the lines of a difference: removed ones from the file before, added ones from the file after; -1 where opaque. */
function fillChangedIds(ids: Int32Array, file: FileChange, before: FileState | undefined, after: FileState | undefined): void {
  if (ids.length === 0) return;
  const { hunks } = file.diff;
  const old = before === undefined || before.opaque !== null ? noIds : before.ids;
  const now = after === undefined || after.opaque !== null ? noIds : after.ids;
  let line = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    for (let i = 0; i < (hunks[h + 1] as number); i++) ids[line++] = old[(hunks[h] as number) - 1 + i] ?? none;
    for (let i = 0; i < (hunks[h + 3] as number); i++) ids[line++] = now[(hunks[h + 2] as number) - 1 + i] ?? none;
  }
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
