/**
 * How far a share depends on the conventions of MEASURES 2: rules × flows × grades of evidence, 18 allocations of the same
 * spend. Only rules and flows move weights; a limit of grades is asked later, of what is stored here. Pure.
 */
import { type AllocationOptions, allocateWeighed, weighSession } from "./allocation.ts";
import type { Grade } from "../contract/fates.ts";
import type { FateStrand } from "./fates.ts";
import type { Segment, SessionInput, Strand } from "./model.ts";

/** The allocation every answer is told by. */
export const pointAllocation: AllocationOptions = { rule: "lines", flows: true };

/** The others, in the order of the numbers they are stored by: 1, 2, … (0 is the point). */
export const otherAllocations: readonly AllocationOptions[] = [
  { rule: "pooled", flows: true },
  { rule: "equal", flows: true },
  { rule: "lines", flows: false },
  { rule: "pooled", flows: false },
  { rule: "equal", flows: false },
];

/** What of a strand its fate depends on, and on what evidence it stands. */
export interface SpanLife extends Omit<FateStrand, "activity"> {
  readonly grade: Grade | null;
  /** Tells its horizon and its release rule, which change with it alone. */
  readonly repository: number | null;
}

/** Shares of a segment's money by life; the weights add up to `segmentWeight`. Lives are unlike and in canonical order. */
export interface Mix {
  readonly lives: readonly SpanLife[];
  readonly weights: readonly number[];
}

/** A segment with what its money would be shared by under the other allocations; null where that is what its strands say. */
export interface SpannedSegment extends Segment {
  readonly span: readonly (Mix | null)[];
}

/**
 * Segments of a session as `allocate` gives them at the point, each with the mixes of the other allocations in their order.
 * Equal mixes of a session are one object. A session depends on no other.
 */
export function allocateWithSpan(session: SessionInput): SpannedSegment[] {
  const weighed = weighSession(session);
  const segments = allocateWeighed(weighed, pointAllocation);
  const mixes = new Mixes();
  const others = otherAllocations.map((options) => allocateWeighed(weighed, options));
  return segments.map((segment, s) => {
    const own = mixes.of(segment.strands);
    const span = others.map((other) => {
      const mix = mixes.of((other[s] as Segment).strands);
      return mix === own ? null : mix;
    });
    return { span, ...segment };
  });
}

/** Mixes of one session, equal ones once. */
class Mixes {
  readonly #byStrands = new Map<readonly Strand[], Mix>();
  readonly #byContent = new Map<string, Mix>();

  of(strands: readonly Strand[]): Mix {
    const known = this.#byStrands.get(strands);
    if (known) return known;
    const { content, mix } = mixOf(strands);
    const equal = this.#byContent.get(content) ?? mix;
    this.#byContent.set(content, equal);
    this.#byStrands.set(strands, equal);
    return equal;
  }
}

function mixOf(strands: readonly Strand[]): { readonly content: string; readonly mix: Mix } {
  const merged = new Map<string, { weight: number; life: SpanLife }>();
  for (const { weight, life, ...strand } of strands) {
    const { unlinkedReason, horizon, landingIsRelease, side, grade, repository } = strand;
    const one: SpanLife = { life, unlinkedReason, horizon, landingIsRelease, side, grade, repository };
    const key = lifeKey(one);
    const known = merged.get(key);
    if (known) known.weight += weight;
    else merged.set(key, { weight, life: one });
  }
  const sorted = [...merged].sort((a, b) => (a[0] < b[0] ? -1 : 1));
  return {
    content: sorted.map(([key, { weight }]) => `${weight}:${key}`).join("\n"),
    mix: { lives: sorted.map(([, { life }]) => life), weights: sorted.map(([, { weight }]) => weight) },
  };
}

/** Lives of equal key have the same fate on every day. */
export function lifeKey({ life, unlinkedReason, side, grade, repository }: Omit<SpanLife, "horizon" | "landingIsRelease">): string {
  const dated =
    life === null
      ? []
      : [
          life.writtenAt,
          life.committedAt,
          life.landedAt,
          life.releasedAt,
          life.diedAt,
          life.death,
          life.supersededAt,
          life.undoneAt,
          life.lastActiveAt,
          life.repair ?? null,
          life.answersAt ?? null,
        ];
  return [grade, unlinkedReason, side, repository, ...dated].join("|");
}
