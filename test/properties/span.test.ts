/** What every allocation keeps, whatever the session: the span is of the same spend. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, segmentWeight } from "../../src/attribution/allocation.ts";
import type { Strand } from "../../src/attribution/model.ts";
import { allocateWithSpan, lifeKey, otherAllocations, pointAllocation } from "../../src/attribution/span.ts";
import { splitCharge } from "../../src/attribution/split.ts";
import { anySession } from "./any-session.ts";

/** Weight by life of a segment's strands, canonical. */
function byLife(strands: readonly Strand[]): [string, number][] {
  const weights = new Map<string, number>();
  for (const strand of strands) weights.set(lifeKey(strand), (weights.get(lifeKey(strand)) ?? 0) + strand.weight);
  return [...weights].sort((a, b) => (a[0] < b[0] ? -1 : 1));
}

describe("the span of any session", () => {
  it("has the segments and strands of the point, and of each other allocation the weights that allocation gives", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        const spanned = allocateWithSpan(session);
        expect(spanned.map(({ span: _, ...segment }) => segment)).toEqual(allocate(session, pointAllocation));
        for (const [other, options] of otherAllocations.entries()) {
          const alone = allocate(session, options);
          spanned.forEach((segment, s) => {
            const mix = segment.span[other] ?? null;
            const told = mix === null ? byLife(segment.strands) : mix.lives.map((life, i) => [lifeKey(life), mix.weights[i]]);
            expect(told).toEqual(byLife((alone[s] as (typeof alone)[number]).strands));
          });
        }
      }),
      { numRuns: 300 },
    );
  });

  it("adds up to every charge under every allocation", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        const costs = new Map(session.usages.map((usage) => [usage.id, usage.listNanoUsd ?? 0n]));
        for (const { span, usages } of allocateWithSpan(session)) {
          for (const mix of span) {
            if (mix === null) continue;
            expect(mix.weights.reduce((sum, weight) => sum + weight, 0)).toBe(segmentWeight);
            for (const id of usages) {
              const cost = costs.get(id) as bigint;
              expect(splitCharge(cost, mix.weights).reduce((sum, part) => sum + part, 0n)).toBe(cost);
            }
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});
