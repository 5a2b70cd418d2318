/** Accuracy of bug links with intervals by cluster bootstrap over repositories: fixes of one repository are not independent. Pure. */

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

const draws = 1_000;

/** 95 % percentile intervals of precision, recall and F1 from 1,000 draws of whole repositories, by a fixed seed. */
export function intervalsOf(fixes: readonly ScoredFix[]): string[] {
  const byRepository = new Map<string, ScoredFix[]>();
  for (const fix of fixes) byRepository.set(fix.repository, [...(byRepository.get(fix.repository) ?? []), fix]);
  const clusters = [...byRepository.values()];
  const random = generator(20_261_124);
  const scores = Array.from({ length: draws }, () =>
    accuracyOf(clusters.flatMap(() => clusters[Math.floor(random() * clusters.length)] as ScoredFix[])),
  );
  return (["precision", "recall", "f1"] as const).map((part) => {
    const sorted = scores.map((score) => score[part]).sort((a, b) => a - b);
    const at = (share: number): string => (sorted[Math.floor(share * (draws - 1))] as number).toFixed(2);
    return `(${at(0.025)}–${at(0.975)})`;
  });
}

/** mulberry32: the same draws on every machine. */
function generator(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
