const bits = 5;
const width = 1 << bits;
export const levels = 5;
const topShift = bits * (levels - 1);

/** Slots hold nodes, or values on the lowest level. Written in place only by the version that owns it. */
export interface TreeNode<V> {
  readonly owner: object;
  readonly slots: (TreeNode<V> | V | undefined)[];
}

/**
 * A map from small integers to values whose versions share what they have in common: a copy costs nothing, a change costs
 * a few short arrays. A repository with ten thousand branches needs its ten thousand states at once.
 * Keys below 2^25.
 */
export class PathTree<V extends object> {
  #root: TreeNode<V> | undefined;
  #owner: object = {};

  /** @returns a version that can change without this one changing, and the other way round */
  fork(): PathTree<V> {
    const copy = new PathTree<V>();
    copy.#root = this.#root;
    this.#owner = {}; // the nodes are shared from now on: neither side may write them in place
    return copy;
  }

  /** Changes with every fork: what was set under the same one is in this version alone. */
  get owner(): object {
    return this.#owner;
  }

  /** The shared structure, to be walked or written. */
  get root(): TreeNode<V> | undefined {
    return this.#root;
  }

  /** @param root a structure that nobody writes any more */
  static over<V extends object>(root: TreeNode<V> | undefined): PathTree<V> {
    const tree = new PathTree<V>();
    tree.#root = root;
    return tree;
  }

  get(key: number): V | undefined {
    let node = this.#root;
    for (let shift = topShift; node !== undefined; shift -= bits) {
      const slot = node.slots[(key >>> shift) & (width - 1)];
      if (shift === 0) return slot as V | undefined;
      node = slot as TreeNode<V> | undefined;
    }
    return undefined;
  }

  set(key: number, value: V | undefined): void {
    let node = this.#own(this.#root);
    this.#root = node;
    for (let shift = topShift; shift > 0; shift -= bits) {
      const index = (key >>> shift) & (width - 1);
      const child = this.#own(node.slots[index] as TreeNode<V> | undefined);
      node.slots[index] = child;
      node = child;
    }
    node.slots[key & (width - 1)] = value;
  }

  /** All entries by rising key. */
  *entries(): Generator<[number, V]> {
    if (this.#root !== undefined) yield* entriesOf(this.#root, topShift, 0);
  }

  #own(node: TreeNode<V> | undefined): TreeNode<V> {
    if (node?.owner === this.#owner) return node;
    const slots = node === undefined ? new Array<TreeNode<V> | V | undefined>(width).fill(undefined) : node.slots.slice();
    return { owner: this.#owner, slots };
  }
}

function* entriesOf<V extends object>(node: TreeNode<V>, shift: number, prefix: number): Generator<[number, V]> {
  for (let i = 0; i < width; i++) {
    const slot = node.slots[i];
    if (slot === undefined) continue;
    const key = (prefix << bits) | i;
    if (shift === 0) yield [key, slot as V];
    else yield* entriesOf(slot as TreeNode<V>, shift - bits, key);
  }
}
