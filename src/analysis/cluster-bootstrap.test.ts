import { describe, expect, it } from "vitest";
import { clusterIntervals, effectiveNumber, leastClusters, type Resampled } from "./cluster-bootstrap.ts";

/** Clusters of one row each: the mean of their values. */
const meanOf = (values: readonly number[], asked: Partial<Resampled> = {}): Resampled => ({
  sizes: values.map(() => 1),
  statistics: (times) => [values.reduce((sum, value, c) => sum + value * (times[c] as number), 0) / values.length],
  areShares: false,
  seed: 1,
  ...asked,
});
const ten = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10];

describe("intervals of clusters", () => {
  it("are the same for the same seed, and others for another", () => {
    expect(clusterIntervals(meanOf(ten))).toEqual(clusterIntervals(meanOf(ten)));
    expect(clusterIntervals(meanOf(ten, { seed: 2 }))).not.toEqual(clusterIntervals(meanOf(ten)));
  });

  it("have the error the bootstrap of a mean must have, √(Σ(x − mean)² / n²), and the width Student asks for", () => {
    // Σ(x − 5.5)² of 1 … 10 is 82.5: √(82.5 / 100) = 0.908. Nine degrees of freedom: t = 2.262, times √(10/9) · 0.908 = 2.166 on each side.
    const { estimates, effectiveClusters } = clusterIntervals(meanOf(ten, { draws: 20_000 }));
    const [{ point, interval, standardError }] = estimates as [(typeof estimates)[0]];
    expect(effectiveClusters).toBe(10);
    expect(point).toBe(5.5);
    expect(standardError).toBeCloseTo(0.908, 1);
    expect((interval?.high as number) - 5.5).toBeCloseTo(2.166, 0);
    expect(5.5 - (interval?.low as number)).toBeCloseTo(2.166, 0);
    // The plain percentile interval would end 1.96 · 0.908 = 1.78 from it.
    expect((interval?.high as number) - (interval?.low as number)).toBeGreaterThan(4);
  });

  it("are refused under eight clusters, and where few hold most of it: one of 93 and nine of 1 tell as much as 1.2", () => {
    const seven = clusterIntervals(meanOf(ten.slice(0, leastClusters - 1)));
    expect(seven).toMatchObject({ clusters: 7, refused: "too_few_clusters", estimates: [{ point: 4, interval: null }] });
    expect(clusterIntervals(meanOf(ten.slice(0, leastClusters))).refused).toBeNull();
    const unequal = clusterIntervals(meanOf(ten, { sizes: [93, 1, 1, 1, 1, 1, 1, 1, 1, 1] }));
    expect(unequal).toMatchObject({ clusters: 10, refused: "too_unequal_clusters" });
    expect(unequal.effectiveClusters).toBeCloseTo(102 ** 2 / (93 ** 2 + 9), 12);
    expect(clusterIntervals(meanOf(ten, { sizes: [1, 1, 1, 1, 1, 1, 1, 0, 0, 0] })).refused).toBe("too_few_clusters");
  });

  it("draw clusters, not rows: a cluster is there once, twice or not at all, and in all as many as there are", () => {
    const seen = new Set<number>();
    clusterIntervals(
      meanOf(ten, {
        statistics: (times) => {
          expect(times.reduce((sum, n) => sum + n, 0)).toBe(10);
          for (const n of times) seen.add(n);
          return [1];
        },
      }),
    );
    expect([...seen].sort().slice(0, 3)).toEqual([0, 1, 2]);
  });

  it("are none where a draw in twenty does not tell, where nothing is told, and where all draws tell the same", () => {
    const told = clusterIntervals(
      meanOf(ten, { statistics: (times) => [times[0] === 0 ? null : 1, null, 3] }), // the first is missing in 0.9¹⁰ = 35 % of draws
    );
    expect(told.estimates.map(({ interval, reason }) => [interval, reason])).toEqual([
      [null, "too_few_draws_tell"],
      [null, "not_told"],
      [null, "nothing_varies"],
    ]);
  });

  it("of a share no end was seen of, do not say that none will come: Wilson's of as many units as clusters", () => {
    // t = 2.2622 of 9 degrees, t² = 5.1174: high = t² / (10 + t²) = 0.3385.
    const [none, all] = clusterIntervals(meanOf(ten, { statistics: () => [0, 1], areShares: true })).estimates;
    expect(none).toMatchObject({ point: 0, isWidened: true, interval: { low: 0 } });
    expect(none?.interval?.high).toBeCloseTo(0.3385, 4);
    expect(all?.interval?.high).toBe(1);
    expect(all?.interval?.low).toBeCloseTo(1 - 0.3385, 4);
  });

  it("of a share that ends and survivors of four clusters tell are the draws' own", () => {
    const half = meanOf([0, 1, 0, 1, 0, 1, 0, 1, 0, 1], { areShares: true });
    expect(clusterIntervals(half).estimates[0]).toMatchObject({ point: 0.5, isWidened: false });
    expect(clusterIntervals({ ...half, areShares: false }).estimates[0]?.interval).toEqual(clusterIntervals(half).estimates[0]?.interval);
  });
});

describe("the number of clusters in effect", () => {
  it("is their number where they are equal, and 0 where there is none", () => {
    expect(effectiveNumber([5, 5, 5, 5])).toBe(4);
    expect(effectiveNumber([])).toBe(0);
    // 6² / (16 + 1 + 1) = 2
    expect(effectiveNumber([4, 1, 1])).toBe(2);
  });
});
