import { lineKind } from "../lines/line-kind.ts";
import type { TurnWrite } from "./lives.ts";

/**
 * What became of written lines that no commit has: drafts (added and taken out again within one turn, or the reverse), and
 * lines that a later write to the same path took out (superseded). A line that reached a commit is neither.
 */
export class Drafts {
  readonly #draft: Uint8Array[];
  readonly #superseded: Float64Array[];

  /** @param writes sorted by instant; @param isLinked whether a line of a write has a copy in a commit */
  constructor(writes: readonly TurnWrite[], isLinked: (write: number, place: number) => boolean) {
    this.#draft = writes.map((write) => new Uint8Array(write.diff.lines.kind.length));
    this.#superseded = writes.map((write) => new Float64Array(write.diff.lines.kind.length));
    // By path: added lines of no commit that are still there, by fingerprint, newest last.
    const open = new Map<string, Map<number, { w: number; place: number }[]>>();
    writes.forEach((write, w) => {
      let standing = open.get(write.path);
      if (!standing) open.set(write.path, (standing = new Map()));
      const { hunks, lines } = write.diff;
      let place = 0;
      for (let h = 0; h < hunks.length; h += 4) {
        for (const end = place + (hunks[h + 1] as number); place < end; place++) this.#takeOut(writes, standing, w, place, isLinked);
        for (const end = place + (hunks[h + 3] as number); place < end; place++) {
          if (isLinked(w, place) || lines.kind[place] === lineKind.generated) continue;
          const fingerprint = lines.bare[place] as number;
          const list = standing.get(fingerprint);
          if (list) list.push({ w, place });
          else standing.set(fingerprint, [{ w, place }]);
        }
      }
    });
  }

  #takeOut(
    writes: readonly TurnWrite[],
    standing: Map<number, { w: number; place: number }[]>,
    w: number,
    place: number,
    isLinked: (write: number, place: number) => boolean,
  ): void {
    const write = writes[w] as TurnWrite;
    const earlier = standing.get(write.diff.lines.bare[place] as number)?.pop();
    if (!earlier) return;
    const before = writes[earlier.w] as TurnWrite;
    const sameTurn = before.session === write.session && before.turn === write.turn;
    if (sameTurn) (this.#draft[earlier.w] as Uint8Array)[earlier.place] = 1;
    else (this.#superseded[earlier.w] as Float64Array)[earlier.place] = write.instant;
    if (isLinked(w, place)) return;
    // Taking out what never reached a commit is part of the same iteration.
    if (sameTurn) (this.#draft[w] as Uint8Array)[place] = 1;
    else (this.#superseded[w] as Float64Array)[place] = write.instant;
  }

  isDraft(write: number, place: number): boolean {
    return this.#draft[write]?.[place] === 1;
  }

  /** Instant at which a later write replaced the line, null if none did. */
  supersededAt(write: number, place: number): number | null {
    return this.#superseded[write]?.[place] || null;
  }
}
