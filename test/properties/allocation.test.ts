import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { allocate, segmentWeight } from "../../src/attribution/allocation.ts";
import { fate } from "../../src/attribution/fates.ts";
import type { AllocationRule, ArtefactGroup, Segment, SessionInput, WriteArtefacts } from "../../src/attribution/model.ts";
import { splitCharge } from "../../src/attribution/split.ts";
import { anySession, shuffled } from "./any-session.ts";

const rules: readonly AllocationRule[] = ["lines", "pooled", "equal"];

describe("allocation of any session", () => {
  it("puts every usage into exactly one segment, and every segment's strands add up to the same weight", () => {
    fc.assert(
      fc.property(anySession(), fc.constantFrom(...rules), fc.boolean(), (session, rule, flows) => {
        const segments = allocate(session, { rule, flows });
        expect(segments.flatMap((segment) => segment.usages).sort((a, b) => a - b)).toEqual(session.usages.map((usage) => usage.id));
        for (const { strands } of segments) {
          expect(strands.length).toBeGreaterThan(0);
          expect(strands.every((strand) => Number.isSafeInteger(strand.weight) && strand.weight > 0)).toBe(true);
          expect(strands.reduce((sum, strand) => sum + strand.weight, 0)).toBe(segmentWeight);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("does not depend on the order of its input", () => {
    fc.assert(
      fc.property(
        anySession().chain((session) => fc.tuple(fc.constant(session), shuffled(session))),
        fc.constantFrom(...rules),
        ([session, other], rule) => {
          expect(allocate(other, { rule, flows: true })).toEqual(allocate(session, { rule, flows: true }));
        },
      ),
      { numRuns: 300 },
    );
  });

  it("cuts the same segments under every rule: the alternatives move money between lines, not between turns", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        const [lines, ...others] = rules.map((rule) =>
          allocate(session, { rule, flows: true }).map(({ strands: _, ...segment }) => segment),
        );
        for (const other of others) expect(other).toEqual(lines);
      }),
    );
  });

  it("sends nothing back or forward when flows are off, and moves nothing else", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        const [on, off] = [true, false].map((flows) => allocate(session, { rule: "lines", flows })) as [Segment[], Segment[]];
        on.forEach((segment, i) => {
          const other = off[i] as Segment;
          const moved = segment.strands.some(({ flow }) => flow === "back" || flow === "forward");
          if (!moved) expect(other).toEqual(segment);
          else expect(other.strands).toMatchObject([{ flow: "own", life: null, activity: segment.activity, weight: segmentWeight }]);
        });
      }),
    );
  });

  it("lets money flow back and forward only into the session's own repository", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        fc.pre(session.repository !== null);
        for (const { flow, repository } of allocate(session, { rule: "lines", flows: true }).flatMap(({ strands }) => strands)) {
          if (flow === "back" || flow === "forward") expect(repository).toBe(session.repository);
        }
      }),
    );
  });

  it("names each weighted line once among the strands of its own segments", () => {
    fc.assert(
      fc.property(anySession(), (session) => {
        const segments = allocate(session, { rule: "lines", flows: true });
        const own = segments
          .filter(({ kind }) => kind === "edit")
          .flatMap(({ strands }) => strands)
          .filter(({ flow }) => flow === "own");
        const all = session.writes.flatMap((write) => [...write.groups, ...write.drafts]).reduce((sum, group) => sum + group.lines, 0);
        expect(own.reduce((sum, strand) => sum + strand.lines, 0)).toBeLessThanOrEqual(all);
      }),
    );
  });
});

describe("squash and merge", () => {
  /** The same lines in other commits: each group in up to three parts that share everything but the commit. */
  const merged = (session: SessionInput, pieces: readonly number[]): SessionInput => ({
    ...session,
    writes: session.writes.map(
      (write, w): WriteArtefacts => ({
        ...write,
        groups: write.groups.flatMap((group, g): ArtefactGroup[] => {
          const parts = Math.min(group.lines, 1 + ((pieces[(w + g) % pieces.length] ?? 0) % 3));
          if (parts < 2 || group.weightTenths !== group.lines * 10) return [group];
          return Array.from({ length: parts }, (_, i) => {
            const lines = i < parts - 1 ? 1 : group.lines - parts + 1;
            return { ...group, commit: `${group.commit}${i}`, change: i, lines, weightTenths: lines * 10 };
          });
        }),
      }),
    ),
  });

  it("give the same fates the same money where lives are equal, to the nano-dollar", () => {
    fc.assert(
      fc.property(
        anySession(),
        fc.array(fc.nat(5), { minLength: 1 }),
        fc.nat(100).map((d) => d * 86_400_000),
        (squashed, pieces, asOf) => {
          const byLife = (session: SessionInput): Map<string, bigint> => {
            const money = new Map<string, bigint>();
            const costs = new Map(session.usages.map((usage) => [usage.id, usage.listNanoUsd ?? 0n]));
            for (const { usages, strands } of allocate(session, { rule: "lines", flows: true })) {
              for (const id of usages) {
                splitCharge(
                  costs.get(id) as bigint,
                  strands.map((s) => s.weight),
                ).forEach((part, i) => {
                  const strand = strands[i] as Segment["strands"][number];
                  const key = `${id} ${strand.flow} ${JSON.stringify({ ...strand.life, writtenAt: 0 })} ${strand.side} ${strand.lineKind} ${fate(strand, asOf)}`;
                  if (part > 0n) money.set(key, (money.get(key) ?? 0n) + part);
                });
              }
            }
            return money;
          };
          expect(byLife(merged(squashed, pieces))).toEqual(byLife(squashed));
        },
      ),
      { numRuns: 300 },
    );
  });
});
