/** Accuracy of bug links with intervals by cluster bootstrap over repositories: fixes of one repository are not independent. Pure. */
import { clusterIntervals } from "../../src/analysis/cluster-bootstrap.ts";

export interface ScoredFix {
  readonly id: number;
  readonly repository: string;
  /** Commits told, told rightly, and true. */
  readonly told: number;
  readonly right: number;
  readonly true: number;
}

/** Of all fixes together (as published), NaN where nothing was told, or nothing is true. */
export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

export function accuracyOf(fixes: readonly ScoredFix[]): Score {
  const [told, right, truth] = (["told", "right", "true"] as const).map((part) => fixes.reduce((sum, fix) => sum + fix[part], 0)) as [
    number,
    number,
    number,
  ];
  return { precision: right / told, recall: right / truth, f1: (2 * right) / (told + truth) };
}

/** Any number would do: a report must not change from one run to the next. */
const seed = 20_261_124;

/** 95 % intervals of precision, recall and F1 by drawing whole repositories; a dash where too few of them tell one. */
export function intervalsOf(fixes: readonly ScoredFix[]): string[] {
  const byRepository = new Map<string, ScoredFix[]>();
  for (const fix of fixes) byRepository.set(fix.repository, [...(byRepository.get(fix.repository) ?? []), fix]);
  const clusters = [...byRepository.values()];
  const { estimates } = clusterIntervals({
    sizes: clusters.map((own) => own.reduce((sum, fix) => sum + fix.told + fix.true, 0)),
    statistics: (times) => {
      const { precision, recall, f1 } = accuracyOf(clusters.flatMap((own, c) => Array.from({ length: times[c] ?? 0 }, () => own).flat()));
      return [precision, recall, f1].map((value) => (Number.isNaN(value) ? null : value));
    },
    areShares: true,
    seed,
  });
  return estimates.map(({ interval, isWidened }) =>
    interval === null ? "(–)" : `(${interval.low.toFixed(2)}–${interval.high.toFixed(2)})${isWidened ? "*" : ""}`,
  );
}
