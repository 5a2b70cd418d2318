/** Lives of lines as a person would type them in: agents' lines with an interval, persons' without, unknown ones too few. */
import type { Survival, ToldShare } from "../../src/contract/survival.ts";

const told = (share: number, low?: number, high?: number, isWidened = false): ToldShare => ({
  share,
  interval: low === undefined || high === undefined ? null : { low, high },
  isWidened,
});

export const survival: Survival = {
  by: "author",
  leastLines: 30,
  fixesToldBy: "none",
  groups: [
    {
      group: "agent",
      lines: 12_345,
      medianDays: null,
      points: [
        {
          days: 21,
          alive: told(0.8, 0.71, 0.88),
          ended: { revert: told(0.02, 0, 0.1, true), fix: null, rewrite: told(0.13, 0.08, 0.2), removal: told(0.05, 0.01, 0.09) },
          clusters: "changes",
          effectiveClusters: 40.7,
          refused: null,
          designEffect: 120,
        },
        {
          days: 90,
          alive: null,
          ended: { revert: null, fix: null, rewrite: null, removal: null },
          clusters: "changes",
          effectiveClusters: 0,
          refused: "too_few_clusters",
          designEffect: null,
        },
      ],
    },
    { group: "unknown", lines: 12, medianDays: null, points: [] },
  ],
};
