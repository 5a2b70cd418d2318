/** Writes whose lines no log holds: a shell's `sed -i`, a script, a formatter, `rm` (grade C, RULINGS 20). */
import type { FileChange } from "../contract/facts.ts";
import type { LineDiff, LineFeatures } from "../lines/line-diff.ts";
import type { LocatedWrite } from "./link.ts";
import type { Wanted } from "./wanted.ts";

/** The lines of one file of a commit that evidence gives to a session whose own logged writes do not explain them. */
export interface OpaqueWrite {
  readonly session: string;
  readonly path: string;
  /** Of the call that names the path, else of the commit. */
  readonly instant: number;
  /** The call that names the path; null where none does: then it is the session's last that can have changed files. */
  readonly callKey: string | null;
  readonly diff: LineDiff;
}

/** Finds the shell call that can have written a path. */
export class ShellWrites {
  /** By group of paths, oldest first: opaque writes, and all writes. */
  readonly #opaque = new Map<number, LocatedWrite[]>();
  readonly #all = new Map<number, LocatedWrite[]>();
  readonly #groupOf: (path: string) => number;

  /** @param writes sorted by instant; a write without lines is an opaque one */
  constructor(writes: readonly LocatedWrite[], groupOf: (path: string) => number) {
    this.#groupOf = groupOf;
    for (const write of writes) {
      push(this.#all, groupOf(write.path), write);
      if (write.diff.lines.kind.length === 0) push(this.#opaque, groupOf(write.path), write);
    }
  }

  hasOpaque(path: string): boolean {
    return this.#opaque.has(this.#groupOf(path));
  }

  /** Whether a session wrote in a file between two instants. */
  wrote(session: string, path: string, from: number, to: number): boolean {
    return (this.#all.get(this.#groupOf(path)) ?? []).some(
      (write) => write.session === session && write.instant >= from && write.instant <= to,
    );
  }

  /** The newest opaque write of a session in a file up to an instant. */
  lastOf(session: string, path: string, until: number): LocatedWrite | null {
    return (this.#opaque.get(this.#groupOf(path)) ?? []).findLast((write) => write.session === session && write.instant <= until) ?? null;
  }

  /**
   * The one session whose opaque write a file's lines can come from: within the given time, and no other session wrote in
   * the file after it.
   */
  soleWriter(path: string, from: number, to: number): LocatedWrite | null {
    const group = this.#groupOf(path);
    const within = (write: LocatedWrite): boolean => write.instant >= from && write.instant <= to;
    const opaque = (this.#opaque.get(group) ?? []).filter(within);
    const last = opaque.at(-1);
    if (last === undefined || opaque.some((write) => write.session !== last.session)) return null;
    const first = opaque[0] as LocatedWrite;
    const others = (this.#all.get(group) ?? []).some(
      (write) => within(write) && write.session !== last.session && write.instant >= first.instant,
    );
    return others ? null : last;
  }
}

function push<K, V>(map: Map<K, V[]>, key: K, value: V): void {
  const list = map.get(key);
  if (list) list.push(value);
  else map.set(key, [value]);
}

/** The difference that holds only some lines of a file's change, each side of a hunk in its order. */
export function partOf<T extends Pick<Wanted, "place">>(
  { diff }: Pick<FileChange, "diff">,
  lines: readonly T[],
): { readonly diff: LineDiff; readonly placeOf: ReadonlyMap<T, number> } {
  const byPlace = new Map(lines.map((wanted) => [wanted.place, wanted]));
  const { hunks: whole, lines: features } = diff;
  const hunks: number[] = [];
  const taken: T[] = [];
  let place = 0;
  for (let h = 0; h < whole.length; h += 4) {
    const counts: [number, number] = [0, 0];
    for (const side of [0, 1] as const) {
      for (const end = place + (whole[h + (side === 0 ? 1 : 3)] as number); place < end; place++) {
        const wanted = byPlace.get(place);
        if (wanted === undefined) continue;
        taken.push(wanted);
        counts[side]++;
      }
    }
    const [removed, added] = counts;
    if (removed + added > 0) hunks.push(whole[h] as number, removed, whole[h + 2] as number, added);
  }
  const places = taken.map((wanted) => wanted.place);
  return {
    diff: { hunks: Int32Array.from(hunks), lines: featuresAt(features, places) },
    placeOf: new Map(taken.map((wanted, i) => [wanted, i])),
  };
}

function featuresAt(lines: LineFeatures, places: readonly number[]): LineFeatures {
  const pick = (column: Float64Array | Uint32Array | Uint16Array | Uint8Array): number[] => places.map((place) => column[place] as number);
  return {
    folded: Float64Array.from(pick(lines.folded)),
    bare: Float64Array.from(pick(lines.bare)),
    exact: Uint32Array.from(pick(lines.exact)),
    sketch: Uint32Array.from(places.flatMap((place) => [lines.sketch[place * 2] as number, lines.sketch[place * 2 + 1] as number])),
    length: Uint16Array.from(pick(lines.length)),
    kind: Uint8Array.from(pick(lines.kind)),
  };
}
