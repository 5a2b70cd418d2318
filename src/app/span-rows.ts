import type { Mix, SpanLife, SpannedSegment } from "../attribution/span.ts";
import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";
import { strandLife } from "./strand-life.ts";

/**
 * Tables of the other allocations: which mix each segment has under which, and the lives of each mix, under the first segment
 * and allocation of its session that has it: rows of a session name no other.
 * @param firstSegment id of the first segment; the others follow in order
 */
export function spanRows(segments: readonly SpannedSegment[], firstSegment: number): DerivedRows {
  const firstUse = new Map<Mix, readonly [segment: number, allocation: number]>();
  const segmentRows: Row[] = [];
  segments.forEach(({ span }, s) => {
    span.forEach((mix, other) => {
      if (mix === null) return;
      const place = firstUse.get(mix) ?? [firstSegment + s, other + 1];
      firstUse.set(mix, place);
      segmentRows.push([firstSegment + s, other + 1, ...place]);
    });
  });
  return {
    span_segment: () => segmentRows,
    span_mix: () => [...firstUse].flatMap(([mix, place]) => mix.lives.map((life, i) => lifeRow(place, mix.weights[i] as number, life))),
  };
}

function lifeRow(place: readonly [number, number], weight: number, { life, ...strand }: SpanLife): Row {
  return [
    ...place,
    weight,
    strand.grade,
    strand.unlinkedReason,
    strand.side,
    strand.repository,
    ...strandLife(life),
    strand.horizon,
    strand.landingIsRelease,
  ];
}
