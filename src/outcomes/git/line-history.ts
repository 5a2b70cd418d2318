import type { CommitFact, FileChange } from "../../contract/facts.ts";
import type { ChangedFile, LineLives } from "../../contract/history.ts";
import { type LineDiff, lineCount } from "../../lines/line-diff.ts";
import type { ByteReader } from "./bytes.ts";
import { type FileState, FileStates, fileState } from "./file-states.ts";
import { IdRoom } from "./id-room.ts";
import { matchLines } from "./line-match.ts";
import { textOf } from "./line-text.ts";
import { LineTable } from "./line-table.ts";
import { MoveFinder } from "./moves.ts";
import { PathTree } from "./path-tree.ts";
import { findReformatted } from "./reformatting.ts";
import { openSnapshot, sealSnapshot } from "./snapshot.ts";

/** What the history must know of all commits before it begins: who needs whose state. Parents first. */
export interface CommitPlace {
  readonly hash: string;
  readonly parents: readonly string[];
}

/** What a commit does to one file. */
interface FileStep {
  readonly file: FileChange;
  readonly before: FileState | undefined;
  readonly after: FileState | undefined;
}

const noIds = new Int32Array(0);
const none = -1;

export interface LineHistoryOptions {
  /**
   * Files are known at each of this many last commits, so that a branch that forks there later can go on from a snapshot;
   * and at the end of each branch that ended within eight times as many: it may grow.
   * @default 256
   */
  readonly recent?: number;
}

/**
 * The life of every line, from commits told in order, exact on the whole graph: each commit begins with the files of its
 * first parent and changes them by its differences. Pure: feed it from git or from stored facts.
 *
 * - A merge takes a file as it is from the parent whose blob it has; where it has its own, lines come from the first
 *   parent that has them, as for `git blame`, and the rest are born in the merge.
 * - A commit whose parents are not among the commits (the end of a shallow copy) bears no lines: theirs is `born` -1,
 *   before history.
 * - `origin`: the line this one was before the commit moved it (three telling lines or more), or gave it another form in the
 *   same hunk: white space, commas, quotation marks, wrapping. Of a line put together of several, the first of them.
 * - `killer`: commits of the default branch before others, plain ones before merges, then the earliest, then the smaller
 *   hash: so it does not depend on the order commits were read in.
 * - A path whose lines cannot be followed is opaque until it is added anew. Lines it had when a blob was absent did not die.
 *
 * A state is kept until its last child has been applied; states share what they have in common.
 *
 * @example
 * const history = LineHistory.restore(kept, commits, tip) ?? new LineHistory(commits, tip);
 * for (const commit of commits.slice(history.applied)) history.apply(commit);
 * keep(history.snapshot());
 * return { commits, ...history.finish() };
 */
export class LineHistory {
  readonly #places: readonly CommitPlace[];
  readonly #parents: readonly (readonly number[])[];
  readonly #tip: number;
  /** Children still to come, one more for the tip. */
  readonly #waiting: Int32Array;
  /** 1 for commits without children. */
  readonly #isEnd: Uint8Array;
  readonly #states: (PathTree<FileState> | undefined)[] = [];
  readonly #changed: (readonly ChangedFile[])[] = [];
  readonly #files: FileStates;
  readonly #moves = new MoveFinder();
  readonly #lines: LineTable;
  readonly #room = new IdRoom();
  /** Of what commits changed, which is kept: files as they stood come and go. */
  readonly #kept = new IdRoom();
  readonly #recent: number;
  #applied = 0;

  /**
   * @param places all commits that will be applied, in that order
   * @param defaultTip newest commit of the default branch, null if there is none
   * @throws Error if a commit comes before its parent
   */
  constructor(places: readonly CommitPlace[], defaultTip: string | null, { recent = 256 }: LineHistoryOptions = {}, begun?: Begun) {
    this.#places = places;
    this.#recent = recent;
    this.#lines = begun?.lines ?? new LineTable();
    this.#files = begun?.files ?? new FileStates();
    const indexOf = new Map(places.map(({ hash }, index) => [hash, index]));
    this.#parents = places.map(({ parents }) => parents.map((parent) => indexOf.get(parent) ?? none));
    this.#waiting = new Int32Array(places.length);
    this.#isEnd = new Uint8Array(places.length).fill(1);
    this.#applied = begun?.changed.length ?? 0;
    this.#parents.forEach((parents, index) => {
      for (const parent of parents) {
        if (parent >= index) throw new Error(`commit ${places[index]?.hash} comes before its parent`);
        if (parent === none) continue;
        this.#isEnd[parent] = 0;
        if (index >= this.#applied) this.#waiting[parent]!++;
      }
    });
    this.#tip = defaultTip === null ? none : (indexOf.get(defaultTip) ?? none);
    if (this.#tip !== none) this.#waiting[this.#tip]!++;
    if (begun === undefined) return;
    for (const changed of begun.changed) this.#changed.push(changed);
    for (const [index, state] of begun.states) if (this.#keeps(index)) this.#states[index] = state;
  }

  /**
   * Goes on from a snapshot: of fewer commits, of another tip. What `finish` gives then is what it gives after a run from
   * the beginning.
   * @param bytes what `snapshot` gave
   * @returns null where the bytes are damaged or of another version, their commits are not the first ones of `places`, or
   *   one of the others hangs on a commit whose files are not in them: then an older snapshot may do, else a run in full.
   *   That it is of this store, and the facts of its commits are still what they were, is for the caller to know.
   */
  static restore(
    bytes: Uint8Array,
    places: readonly CommitPlace[],
    defaultTip: string | null,
    options: LineHistoryOptions = {},
  ): LineHistory | null {
    const from = openSnapshot(bytes);
    if (from === null) return null;
    const begun = readBegun(from, places);
    if (begun === null) return null;
    const history = new LineHistory(places, defaultTip, options, begun);
    const isKnown = (index: number): boolean => index === none || index >= history.#applied || history.#states[index] !== undefined;
    const needed = [...history.#parents.slice(history.#applied).flat(), history.#tip];
    return needed.every(isKnown) ? history : null;
  }

  /** How many of the places have been applied: the next one is `places[applied]`. */
  get applied(): number {
    return this.#applied;
  }

  /** All that was learnt of the commits applied so far, to go on from another day with `restore`. */
  snapshot(): Uint8Array {
    return sealSnapshot((to) => {
      to.count(this.#applied);
      for (let index = 0; index < this.#applied; index++) {
        to.hash((this.#places[index] as CommitPlace).hash);
        to.ids(this.#parents[index] as readonly number[]);
        const changed = this.#changed[index] as readonly ChangedFile[];
        to.count(changed.length);
        for (const { ids } of changed) to.ids(ids);
      }
      const kept = [...this.#states.entries()].filter((entry): entry is [number, PathTree<FileState>] => entry[1] !== undefined);
      this.#lines.write(to, this.#files.write(to, kept));
    });
  }

  /** Takes the next commit. @throws Error if it is not the next one */
  apply(commit: CommitFact): void {
    const index = this.#applied;
    if (this.#places[index]?.hash !== commit.hash) throw new Error(`commit ${commit.hash} is not the next one of the history`);
    this.#applied++;
    const isBeforeHistory = commit.parents.length > 0 && this.#parents[index]?.[0] === none;
    this.#lines.begin({ hash: commit.hash, commitAt: commit.commitAt, isMerge: commit.parents.length > 1 }, !isBeforeHistory);
    const parents = this.#parents[index] as readonly number[];
    const states = parents.map((parent) => (parent === none ? undefined : this.#states[parent]));
    const tree = states.length > 1 ? undefined : this.#treeToChange(index, parents[0] ?? none);
    // A file that goes on under two names is nobody's own.
    const owner = commit.files.every(({ oldPath }) => oldPath === null) ? tree?.owner : undefined;
    const changed: ChangedFile[] = [];
    const steps: FileStep[] = [];
    for (const file of commit.files) {
      const before = states[0]?.get(this.#files.pathId(file.oldPath ?? file.path));
      const ids = this.#kept.take(lineCount(file.diff));
      const after = states.length > 1 ? this.#mergeFile(file, before, states, ids.fill(none)) : this.#plainFile(file, before, ids, owner);
      steps.push({ file, before, after });
      changed.push({ ids });
    }
    if (states.length > 1) this.#lines.endMerge();
    else if (this.#lines.bearsLines) this.#findOrigins(commit.files, changed);
    this.#changed.push(changed);
    this.#store(index, parents, steps, states.length > 1 ? this.#treeToChange(index, parents[0] ?? none) : tree);
  }

  /** The result, once every commit has been applied. The commits themselves are not kept: whoever applied them has them. */
  finish(): LineLives {
    if (this.#applied !== this.#places.length) throw new Error("the history ends before its last commit");
    const alive = new Map<string, Int32Array>();
    const opaquePaths = new Map<string, string>();
    for (const [pathId, state] of this.#states[this.#tip]?.entries() ?? []) {
      const path = this.#files.path(pathId);
      if (state.opaque === null) alive.set(path, state.ids);
      else opaquePaths.set(path, state.opaque);
    }
    const onChain = firstParentChain(this.#tip, this.#parents);
    const onDefault = ancestorsOf(this.#tip, this.#parents);
    return {
      tip: this.#tip,
      onChain,
      onDefault,
      ...this.#lines.columns({ onChain, onDefault }),
      changed: this.#changed,
      alive,
      opaquePaths,
    };
  }

  /** Whether the files at a commit are needed: by a child to come, by the result, or by what may come another day. */
  #keeps(index: number): boolean {
    const age = this.#places.length - index;
    return (this.#waiting[index] as number) > 0 || age <= this.#recent || (this.#isEnd[index] === 1 && age <= this.#recent * 8);
  }

  /** @param ids takes the ids of the lines of the difference @param owner of the tree the file goes into, if it is kept */
  #plainFile(file: FileChange, before: FileState | undefined, ids: Int32Array, owner: object | undefined): FileState | undefined {
    const old = before?.ids ?? noIds;
    const keepsLines = !losesAll(file);
    const lineage = this.#files.lineageOf(file, before);
    const plain = withoutSplice(file, before, lineage);
    if (keepsLines && plain === "splice") return this.#splice(file, before, ids, lineage, owner);
    ids.fill(none);
    if (!keepsLines) {
      this.#lines.lose(old, 0, old.length);
      if (ids.length >= old.length) ids.set(old); // a deletion, or the first half of a type change, tells each line
    }
    return plain === "splice" ? this.#splice(file, undefined, ids, lineage, owner) : plain;
  }

  /** Applies the hunks of a plain commit: removed lines die, added ones are born. */
  #splice(file: FileChange, before: FileState | undefined, ids: Int32Array, lineage: number, owner: object | undefined): FileState {
    const { hunks, lines } = file.diff;
    const told = before?.ids ?? noIds;
    const length = lengthAfter(file, told.length);
    if (length === null) {
      ids.fill(none);
      return fileState(file.newBlob, noIds, "does_not_fit", lineage);
    }
    // A file nobody else looks at is changed in its place: what comes before the first hunk is there already.
    const inPlace =
      file.status === "modified" && before !== undefined && owner !== undefined && before.owner === owner && length <= before.room.length;
    const head = inPlace ? firstChange(hunks) : 0;
    const old = inPlace ? this.#room.copyOf(told, head) : told;
    const room = inPlace ? before.room : this.#room.take(before === undefined ? length : length + 16 + (length >> 3));
    let from = inPlace ? 0 : head;
    const shift = inPlace ? head : 0;
    let to = head;
    let line = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const removed = file.status === "type_changed" ? 0 : (hunks[h + 1] as number);
      const added = hunks[h + 3] as number;
      const end = (hunks[h + 2] as number) - (added > 0 ? 1 : 0);
      copy(old, from, from + end - to, room, to);
      from += end - to;
      to = end;
      for (let i = 0; i < removed; i++) ids[line + i] = old[from++] as number;
      if (removed > 0) this.#lines.lose(ids, line, line + removed);
      line += hunks[h + 1] as number;
      if (added > 0) {
        const born = this.#lines.bear(lines, line, added);
        for (let i = 0; i < added; i++) ids[line++] = room[to++] = born + i;
      }
    }
    copy(old, from, told.length - shift, room, to);
    return { blob: file.newBlob, ids: room.subarray(0, length), room, owner: owner ?? null, opaque: null, lineage };
  }

  /** The second layer: lines that are older ones, moved within the commit or in another form. */
  #findOrigins(files: readonly FileChange[], changed: readonly ChangedFile[]): void {
    let removed = 0;
    let added = 0;
    for (const { diff } of files) {
      const { hunks } = diff;
      for (let h = 0; h < hunks.length; h += 4) {
        removed += hunks[h + 1] as number;
        added += hunks[h + 3] as number;
      }
    }
    if (removed === 0 || added === 0) return;
    const moved = new Set<number>();
    if (removed >= 3 && added >= 3) {
      this.#moves.clear();
      files.forEach(({ diff }, f) => this.#moves.addFile(diff, (changed[f] as ChangedFile).ids));
      this.#moves.find((to, from) => {
        this.#lines.setOrigin(to, from);
        moved.add(from);
      });
    }
    files.forEach(({ diff, status }, f) => {
      const { ids } = changed[f] as ChangedFile;
      if (status === "modified" || status === "renamed")
        findReformatted(diff, (line, older) => {
          const [to, from] = [ids[line] as number, ids[older] as number];
          if (to !== none && from !== none && !moved.has(from) && this.#lines.originOf(to) === none) this.#lines.setOrigin(to, from);
        });
    });
  }

  #mergeFile(
    file: FileChange,
    before: FileState | undefined,
    parents: readonly (PathTree<FileState> | undefined)[],
    ids: Int32Array,
  ): FileState | undefined {
    const lineage = this.#files.lineageOf(file, before);
    const there: FileState[] = [];
    for (const parent of parents.slice(1)) {
      const state = parent === undefined ? undefined : this.#files.sameFile(parent, file, lineage);
      if (state !== undefined) there.push(state);
    }
    const same = file.status === "deleted" ? undefined : there.find(({ blob }) => blob === file.newBlob);
    if (same !== undefined) same.owner = null; // two trees have it from now on
    const plain = same ?? withoutSplice(file, before, lineage);
    const after = plain !== "splice" ? plain : this.#mergeLines(file, before, there, lineage);
    const now = after?.ids ?? noIds;
    this.#lines.replace(before?.ids ?? noIds, now);
    fillChangedIds(ids, file, before, after);
    if (after?.opaque === "absent_blob") return after;
    if (before !== undefined) this.#lines.dropFromMerge(before.ids, now);
    for (const state of there) if (state.opaque !== "absent_blob") this.#lines.dropFromMerge(state.ids, now);
    return after;
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

  /** The files a commit begins with, ready to be changed; undefined where nobody will ask for them. */
  #treeToChange(index: number, first: number): PathTree<FileState> | undefined {
    if (!this.#keeps(index)) return undefined;
    const inherited = first === none ? undefined : this.#states[first];
    if (inherited === undefined) return new PathTree<FileState>();
    const isLast = this.#waiting[first] === 1 && this.#places.length - first > this.#recent;
    return isLast ? inherited : inherited.fork();
  }

  #store(index: number, parents: readonly number[], steps: readonly FileStep[], tree: PathTree<FileState> | undefined): void {
    if (tree !== undefined) {
      for (const { file, before } of steps) {
        if (before !== undefined && (file.status === "deleted" || file.status === "renamed"))
          tree.set(this.#files.pathId(file.oldPath ?? file.path), undefined);
      }
      for (const { file, after } of steps) if (after !== undefined) tree.set(this.#files.pathId(file.path), after);
      this.#states[index] = tree;
    }
    for (const parent of parents) {
      if (parent === none) continue;
      this.#waiting[parent]!--;
      if (!this.#keeps(parent)) this.#states[parent] = undefined;
    }
  }
}

/** What a snapshot told. */
interface Begun {
  readonly changed: readonly (readonly ChangedFile[])[];
  readonly files: FileStates;
  readonly states: readonly (readonly [number, PathTree<FileState>])[];
  readonly lines: LineTable;
}

/** @returns null where the snapshot's commits are not the first ones */
function readBegun(from: ByteReader, places: readonly CommitPlace[]): Begun | null {
  const changed: ChangedFile[][] = [];
  const commits = from.count();
  const indexOf = new Map<string, number>();
  for (let index = 0; index < commits; index++) {
    const place = places[index];
    if (place === undefined || from.hash() !== place.hash) return null;
    const parents = from.ids();
    if (parents.length !== place.parents.length || place.parents.some((hash, i) => (indexOf.get(hash) ?? none) !== parents[i])) return null;
    indexOf.set(place.hash, index);
    const files: ChangedFile[] = [];
    for (let count = from.count(); count > 0; count--) files.push({ ids: from.ids() });
    changed.push(files);
  }
  const files = new FileStates();
  const states = files.read(from);
  return { changed, files, states, lines: LineTable.read(from) };
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

/** Lines before the first hunk. */
const firstChange = (hunks: Int32Array): number =>
  Math.min((hunks[0] as number) - (hunks[1] === 0 ? 0 : 1), (hunks[2] as number) - (hunks[3] === 0 ? 0 : 1));

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
