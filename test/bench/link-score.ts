/** Scores (session, commit) links against an answer key, with an interval over commits. Pure. */

/** By commit: who really wrote in it, who is merely named by it, and its added lines. */
export type AnswerKey = Readonly<
  Record<
    string,
    { readonly true: readonly string[]; readonly listed: readonly string[]; readonly added: number; readonly default: boolean }
  >
>;

export interface ScoredLink {
  readonly session: string;
  readonly commit: string;
  readonly grade: string;
}

/** Right, wrong and missed pairs of one commit. */
export interface Hits {
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/**
 * The hits of each commit of the key. A session that is listed for the commit but did not write in it is ignored; grades D
 * and E are hints and do not count.
 */
export function hitsByCommit(key: AnswerKey, links: readonly ScoredLink[], onlyDefault: boolean): Hits[] {
  const predicted = new Map<string, Set<string>>();
  for (const { session, commit, grade } of links) {
    if (!["A", "B", "C"].includes(grade)) continue;
    const sessions = predicted.get(commit);
    if (sessions) sessions.add(session);
    else predicted.set(commit, new Set([session]));
  }
  return Object.entries(key).flatMap(([commit, answer]): Hits[] => {
    if (onlyDefault && !answer.default) return [];
    const sessions = [...(predicted.get(commit) ?? [])];
    const right = sessions.filter((session) => answer.true.includes(session)).length;
    const wrong = sessions.filter((session) => !answer.true.includes(session) && !answer.listed.includes(session)).length;
    return [{ right, wrong, missed: new Set(answer.true).size - right }];
  });
}

export function scoreOf(hits: readonly Hits[]): Score {
  const total = (of: keyof Hits): number => hits.reduce((sum, hit) => sum + hit[of], 0);
  const [right, wrong, missed] = [total("right"), total("wrong"), total("missed")];
  const precision = right / (right + wrong || 1);
  const recall = right / (right + missed || 1);
  return { precision, recall, f1: (2 * precision * recall) / (precision + recall || 1) };
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap: 95 % of the scores of as many commits drawn with replacement. Commits are drawn, not pairs, since
 * the pairs of one commit share their fate.
 * @see Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7 (1979)
 */
export function bootstrap(hits: readonly Hits[], seed: number, draws = 2000): Readonly<Record<keyof Score, Interval>> {
  const random = mulberry32(seed);
  const scores = Array.from({ length: draws }, () => scoreOf(hits.map(() => hits[Math.floor(random() * hits.length)] as Hits)));
  const interval = (of: keyof Score): Interval => {
    const sorted = scores.map((score) => score[of]).sort((a, b) => a - b);
    return { low: sorted[Math.floor(draws * 0.025)] ?? NaN, high: sorted[Math.ceil(draws * 0.975) - 1] ?? NaN };
  };
  return { precision: interval("precision"), recall: interval("recall"), f1: interval("f1") };
}

function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}
