import { lineKind } from "../lines/line-kind.ts";
import type { TurnWrite } from "./lives.ts";

/** Non-trivial lines that must move together to count as a move. */
const shortestMove = 3;

/** A text that is taken out more often in one turn says nothing of where a line came from. */
const mostPlaces = 64;

interface Place {
  readonly w: number;
  readonly place: number;
}

/**
 * Lines a turn takes out in one place and puts in at another, of at least three non-trivial lines in a row: moved, indented
 * anew or reformatted, which is no new work (RULINGS 15). Texts are compared without white space. Both sides are marked.
 */
export class Moves {
  readonly #moved: Uint8Array[];

  /** @param writes sorted by instant */
  constructor(writes: readonly TurnWrite[]) {
    this.#moved = writes.map(({ diff }) => new Uint8Array(diff.lines.kind.length));
    const turns = new Map<string, number[]>();
    writes.forEach(({ session, turn, diff }, w) => {
      if (diff.lines.kind.length === 0) return;
      const key = `${session}\u0000${turn}`;
      const list = turns.get(key);
      if (list) list.push(w);
      else turns.set(key, [w]);
    });
    for (const turn of turns.values()) this.#findIn(writes, turn);
  }

  isMoved(write: number, place: number): boolean {
    return this.#moved[write]?.[place] === 1;
  }

  #findIn(writes: readonly TurnWrite[], turn: readonly number[]): void {
    const removed = new Map<number, Place[]>();
    const runs = turn.flatMap((w) => sidesOf(w, writes[w] as TurnWrite));
    if (!runs.some(({ added }) => added) || runs.every(({ added }) => added)) return;
    const textAt = ({ w, place }: Place): number => (writes[w] as TurnWrite).diff.lines.bare[place] as number;
    const isTrivial = ({ w, place }: Place): boolean => (writes[w] as TurnWrite).diff.lines.kind[place] === lineKind.trivial;
    const next = new Map<string, Place>();
    for (const { added, places } of runs) {
      if (added) continue;
      places.forEach((place, i) => {
        next.set(`${place.w} ${place.place}`, places[i + 1] ?? place);
        if (isTrivial(place)) return;
        const list = removed.get(textAt(place));
        if (list) list.push(place);
        else removed.set(textAt(place), [place]);
      });
    }
    const after = (place: Place): Place | null => {
      const found = next.get(`${place.w} ${place.place}`) as Place;
      return found === place ? null : found;
    };
    for (const { added, places } of runs) {
      if (!added) continue;
      for (let i = 0; i < places.length; ) {
        const from = places[i] as Place;
        const candidates = isTrivial(from) ? [] : (removed.get(textAt(from)) ?? []).filter((place) => !this.isMoved(place.w, place.place));
        let best: Place[] = [];
        for (const start of candidates.slice(0, mostPlaces)) {
          const run: Place[] = [];
          for (let at: Place | null = start, j = i; at !== null && j < places.length; at = after(at), j++) {
            if (textAt(at) !== textAt(places[j] as Place) || this.isMoved(at.w, at.place)) break;
            run.push(at);
          }
          if (run.length > best.length) best = run;
        }
        if (best.filter((place) => !isTrivial(place)).length >= shortestMove) {
          best.forEach((place, j) => {
            this.#mark(place);
            this.#mark(places[i + j] as Place);
          });
          i += best.length;
        } else i++;
      }
    }
  }

  #mark({ w, place }: Place): void {
    (this.#moved[w] as Uint8Array)[place] = 1;
  }
}

/** The sides of the hunks of a write, each with its lines in order. */
function sidesOf(w: number, { diff }: TurnWrite): { readonly added: boolean; readonly places: readonly Place[] }[] {
  const sides: { added: boolean; places: Place[] }[] = [];
  let place = 0;
  for (let h = 0; h < diff.hunks.length; h += 4) {
    for (const side of [1, 3] as const) {
      const places: Place[] = [];
      for (const end = place + (diff.hunks[h + side] as number); place < end; place++) places.push({ w, place });
      if (places.length > 0) sides.push({ added: side === 3, places });
    }
  }
  return sides;
}
