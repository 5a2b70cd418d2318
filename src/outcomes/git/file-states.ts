import type { FileChange } from "../../contract/facts.ts";
import type { ByteReader, ByteWriter } from "./bytes.ts";
import { PathTree, type TreeNode, levels } from "./path-tree.ts";

/** A file at a commit. */
export interface FileState {
  readonly blob: string;
  /** Ids of its lines from top to bottom; of an `absent_blob` the last ones that were known. */
  readonly ids: Int32Array;
  /** Where `ids` lie, and more may. */
  readonly room: Int32Array;
  /** The tree version that alone may write into `room`, null if several have it. */
  owner: object | null;
  /** Why its lines are not known, null if they are. */
  readonly opaque: string | null;
  /** The file it is, whatever its name: given when it was added, kept by renames. */
  readonly lineage: number;
}

/** A file whose ids nobody may write. */
export const fileState = (blob: string, ids: Int32Array, opaque: string | null, lineage: number): FileState => ({
  blob,
  ids,
  room: ids,
  owner: null,
  opaque,
  lineage,
});

const none = -1;

/** Names of files: numbers for their paths, and all paths that each file has had. */
export class FileStates {
  readonly #pathIds = new Map<string, number>();
  readonly #paths: string[] = [];
  /** Lineage → ids of all paths it has ever had. */
  readonly #namesOf: number[][] = [];

  pathId(path: string): number {
    let id = this.#pathIds.get(path);
    if (id === undefined) {
      id = this.#paths.push(path) - 1;
      this.#pathIds.set(path, id);
    }
    return id;
  }

  path(id: number): string {
    return this.#paths[id] as string;
  }

  /** The lineage of a file after a commit, -1 of a deleted one; notes the name it has there. */
  lineageOf(file: FileChange, before: FileState | undefined): number {
    if (file.status === "deleted") return none;
    const lineage = before?.lineage ?? this.#namesOf.push([]) - 1;
    const names = this.#namesOf[lineage] as number[];
    const path = this.pathId(file.path);
    if (names[names.length - 1] !== path && !names.includes(path)) names.push(path);
    return lineage;
  }

  /** A merge's file as another parent has it: under the same name, else under one it had before or there. */
  sameFile(parent: PathTree<FileState>, file: FileChange, lineage: number): FileState | undefined {
    const named = parent.get(this.pathId(file.path)) ?? (file.oldPath === null ? undefined : parent.get(this.pathId(file.oldPath)));
    if (named !== undefined || lineage === none) return named;
    for (const path of this.#namesOf[lineage] as number[]) {
      const state = parent.get(path);
      if (state?.lineage === lineage) return state;
    }
    return undefined;
  }

  /**
   * Writes the names and the files at some commits; what they share is written once.
   * @returns the ids of the lines of every file written
   */
  write(to: ByteWriter, kept: readonly (readonly [number, PathTree<FileState>])[]): readonly Int32Array[] {
    to.count(this.#paths.length);
    for (const path of this.#paths) to.text(path);
    to.count(this.#namesOf.length);
    for (const names of this.#namesOf) to.ids(names);
    const written = new Map<object, number>();
    const lists: Int32Array[] = [];
    /** Children before their parents; each is told by its number. */
    const writeNode = (node: TreeNode<FileState>, level: number): number => {
      const known = written.get(node);
      if (known !== undefined) return known;
      const slots = [...node.slots.entries()].filter(([, slot]) => slot !== undefined);
      const numbers = slots.map(([, slot]) =>
        level === 1 ? writeFile(slot as FileState) : writeNode(slot as TreeNode<FileState>, level - 1),
      );
      to.count(level);
      to.count(slots.length);
      slots.forEach(([place], i) => {
        to.count(place);
        to.count(written.size - (numbers[i] as number));
      });
      written.set(node, written.size);
      return written.size - 1;
    };
    const writeFile = (file: FileState): number => {
      const known = written.get(file);
      if (known !== undefined) return known;
      to.count(0);
      to.hash(file.blob);
      to.text(file.opaque ?? "");
      to.count(file.lineage + 1);
      to.ids(file.ids);
      lists.push(file.ids);
      written.set(file, written.size);
      return written.size - 1;
    };
    for (const [index, tree] of kept) {
      const root = tree.root === undefined ? none : writeNode(tree.root, levels);
      to.count(levels + 1);
      to.count(index);
      to.count(root + 1);
    }
    to.count(levels + 2);
    return lists;
  }

  /** Reads what `write` wrote into an empty object. @returns the files at each commit that was written */
  read(from: ByteReader): (readonly [number, PathTree<FileState>])[] {
    for (let count = from.count(); count > 0; count--) this.pathId(from.text());
    for (let count = from.count(); count > 0; count--) this.#namesOf.push([...from.ids()]);
    const things: (FileState | TreeNode<FileState>)[] = [];
    const nobody = {};
    const states: (readonly [number, PathTree<FileState>])[] = [];
    for (;;) {
      const kind = from.count();
      if (kind === levels + 2) return states;
      if (kind === levels + 1) {
        const index = from.count();
        const root = from.count() - 1;
        states.push([index, PathTree.over(root === none ? undefined : (things[root] as TreeNode<FileState>))]);
      } else if (kind === 0) {
        const blob = from.hash();
        const opaque = from.text();
        const lineage = from.count() - 1;
        things.push(fileState(blob, from.ids(), opaque === "" ? null : opaque, lineage));
      } else {
        const slots = new Array<FileState | TreeNode<FileState> | undefined>(32).fill(undefined);
        for (let count = from.count(); count > 0; count--) slots[from.count()] = things[things.length - from.count()];
        things.push({ owner: nobody, slots });
      }
    }
  }
}
