import type { Mix, SpanLife, SpannedSegment } from "../attribution/span.ts";
import { lifeKey } from "../attribution/span.ts";
import type { DerivedRows } from "../store/derived-store.ts";
import type { Row } from "../store/duckdb/database.ts";

/**
 * Tables of the other allocations: which mix each segment has under which, and what lives a mix is of. Segments are
 * numbered by their place, mixes and lives by their first use, so that equal segments give equal rows.
 */
export function spanRows(segments: readonly SpannedSegment[]): DerivedRows {
  const mixIds = new Map<Mix, number>();
  const lifeIds = new Map<string, number>();
  const lives: SpanLife[] = [];
  const lifeId = (life: SpanLife): number => {
    const key = lifeKey(life);
    const known = lifeIds.get(key);
    if (known !== undefined) return known;
    lifeIds.set(key, lives.length);
    return lives.push(life) - 1;
  };
  const segmentRows: Row[] = [];
  const mixRows: Row[] = [];
  segments.forEach(({ span }, segment) => {
    span.forEach((mix, other) => {
      if (mix === null) return;
      let id = mixIds.get(mix);
      if (id === undefined) {
        id = mixIds.size;
        mixIds.set(mix, id);
        for (const [place, life] of mix.lives.entries()) mixRows.push([id, lifeId(life), mix.weights[place] as number]);
      }
      segmentRows.push([segment, other + 1, id]);
    });
  });
  return {
    span_segment: () => segmentRows,
    span_mix: () => mixRows,
    span_life: () => lives.map(lifeRow),
  };
}

function lifeRow({ life, grade, unlinkedReason, side, horizon, landingIsRelease }: SpanLife, id: number): Row {
  return [
    id,
    grade,
    unlinkedReason,
    side,
    life?.writtenAt ?? null,
    life?.committedAt ?? null,
    life?.landedAt ?? null,
    life?.releasedAt ?? null,
    life?.diedAt ?? null,
    life?.death ?? null,
    life?.supersededAt ?? null,
    life?.undoneAt ?? null,
    life?.lastActiveAt ?? null,
    horizon,
    landingIsRelease,
  ];
}
