/** Paragraphs, which are one line each, of which a sentence was changed. */
import type { LineFeatures } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";
import { bestInOrder } from "./near.ts";
import { similarity } from "./similar.ts";

/** Prose that is wrapped keeps its lines shorter: there a line is part of a sentence, and another text is another line. */
const leastBytes = 120;

/** Larger hunks are rewrites, and would cost their square. */
const mostLines = 32;

/**
 * The paragraphs of a hunk that came in the place of one they have most of, in order.
 * @param place of the hunk's first removed line; the added ones follow the removed ones
 * @returns pairs of places, removed and added
 */
export function editedParagraphs(lines: LineFeatures, place: number, removed: number, added: number): [number, number][] {
  const paragraphs = (from: number, count: number): number[] => {
    const found: number[] = [];
    for (let at = from; at < from + count; at++)
      if (lines.kind[at] === lineKind.prose && (lines.length[at] as number) > leastBytes) found.push(at);
    return found;
  };
  const gone = paragraphs(place, removed);
  const come = gone.length === 0 ? [] : paragraphs(place + removed, added);
  if (come.length === 0 || gone.length > mostLines || come.length > mostLines) return [];
  const alike = gone.map((before) => come.map((after) => similarity(lines, before, lines, after)));
  return bestInOrder(alike).map(([i, j]) => [gone[i] as number, come[j] as number]);
}
