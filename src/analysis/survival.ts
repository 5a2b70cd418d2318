/**
 * Survival by the product-limit estimator (Kaplan and Meier 1958, doi:10.1080/01621459.1958.10501452). Durations are whole
 * days: a unit with `days` 6 was watched for 6 days and some hours.
 */
export interface LifeTime {
  /** Whole days watched. */
  readonly days: number;
  /** True where its end was seen then; false where watching ended (censored). */
  readonly ended: boolean;
  /** Units this row stands for. */
  readonly n: number;
}

/** A step of the curve: the share alive once day `days` is over. */
export interface SurvivalStep {
  readonly days: number;
  readonly atRisk: number;
  readonly ended: number;
  readonly alive: number;
}

/**
 * The curve, a step for each day on which something ended. Units whose watching ended on a day count as at risk on that
 * day (the usual convention for ties).
 */
export function survivalCurve(lifeTimes: readonly LifeTime[]): readonly SurvivalStep[] {
  const ended = new Map<number, number>();
  const left = new Map<number, number>();
  let atRisk = 0;
  for (const { days, ended: end, n } of lifeTimes) {
    atRisk += n;
    left.set(days, (left.get(days) ?? 0) + n);
    if (end) ended.set(days, (ended.get(days) ?? 0) + n);
  }
  const steps: SurvivalStep[] = [];
  let alive = 1;
  for (const days of [...left.keys()].sort((a, b) => a - b)) {
    const ends = ended.get(days) ?? 0;
    if (ends > 0) {
      alive *= 1 - ends / atRisk;
      steps.push({ days, atRisk, ended: ends, alive });
    }
    atRisk -= left.get(days) ?? 0;
  }
  return steps;
}

/**
 * Share alive `days` days after the start: ends within the first `days` days count. Null where nothing was watched so
 * long and not all had ended before: then nobody knows.
 */
export function survivalAt(lifeTimes: readonly LifeTime[], days: number): number | null {
  const step = survivalCurve(lifeTimes).findLast((candidate) => candidate.days < days);
  const alive = step?.alive ?? 1;
  return alive === 0 || lifeTimes.some((life) => life.days >= days && life.n > 0) ? alive : null;
}

/** The first day after which no more than half are alive; null while more are. */
export function medianLife(lifeTimes: readonly LifeTime[]): number | null {
  return survivalCurve(lifeTimes).find(({ alive }) => alive <= 0.5)?.days ?? null;
}

/**
 * Standard error of `survivalAt` if every unit lived and died on its own (Greenwood 1926, Reports on Public Health 33).
 * Lines of one change die together: for lines it is the yardstick a clustered error is held against, never an interval.
 * Null where nothing is known, or all had ended.
 */
export function independentError(lifeTimes: readonly LifeTime[], days: number): number | null {
  const alive = survivalAt(lifeTimes, days);
  if (alive === null || alive === 0) return null;
  let sum = 0;
  for (const step of survivalCurve(lifeTimes)) if (step.days < days) sum += step.ended / (step.atRisk * (step.atRisk - step.ended));
  return alive * Math.sqrt(sum);
}
