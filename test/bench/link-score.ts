/** Scores (session, commit) links against an answer key, with an interval over clusters of commits. Pure. */

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
  /** Non-trivial added lines. */
  readonly lines: number;
}

/** Right, wrong and missed pairs of one commit. */
export interface Hits {
  /** Commits that share a true session, or are joined by ones that do, are one cluster: their pairs share their fate. */
  readonly cluster: number;
  /** Non-trivial added lines, and those a true session explains. */
  readonly added: number;
  readonly explained: number;
  readonly right: number;
  readonly wrong: number;
  readonly missed: number;
}

export interface Score {
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
  /** Share of added lines that a true session explains. */
  readonly explained: number;
}

/**
 * The hits of each commit of the key. A session that is listed for the commit but did not write in it is ignored; grades D
 * and E are hints and do not count.
 */
export function hitsByCommit(key: AnswerKey, links: readonly ScoredLink[], onlyDefault: boolean): Hits[] {
  const predicted = new Map<string, Map<string, number>>();
  for (const { session, commit, grade, lines } of links) {
    if (!["A", "B", "C"].includes(grade)) continue;
    let sessions = predicted.get(commit);
    if (!sessions) predicted.set(commit, (sessions = new Map()));
    sessions.set(session, Math.max(lines, sessions.get(session) ?? 0));
  }
  const asked = Object.entries(key).filter(([, answer]) => !onlyDefault || answer.default);
  const clusterOf = clustersOf(asked.map(([, answer]) => answer.true));
  return asked.map(([commit, answer], i): Hits => {
    const lines = predicted.get(commit) ?? new Map<string, number>();
    const sessions = [...lines.keys()];
    const right = sessions.filter((session) => answer.true.includes(session)).length;
    const wrong = sessions.filter((session) => !answer.true.includes(session) && !answer.listed.includes(session)).length;
    const told = [...new Set(answer.true)].reduce((sum, session) => sum + (lines.get(session) ?? 0), 0);
    return {
      cluster: clusterOf[i] as number,
      right,
      wrong,
      missed: new Set(answer.true).size - right,
      added: answer.added,
      explained: Math.min(told, answer.added),
    };
  });
}

/** Numbers of the connected parts of lists that share a name; a list without names is one by itself. */
function clustersOf(lists: readonly (readonly string[])[]): number[] {
  const parent = lists.map((_, i) => i);
  const root = (i: number): number => {
    while (parent[i] !== i) i = parent[i] as number;
    return i;
  };
  const first = new Map<string, number>();
  lists.forEach((names, i) => {
    for (const name of names) {
      const other = first.get(name);
      if (other === undefined) first.set(name, i);
      else parent[root(i)] = root(other);
    }
  });
  return lists.map((_, i) => root(i));
}

export function scoreOf(hits: readonly Hits[]): Score {
  const total = (of: Exclude<keyof Hits, "cluster">): number => hits.reduce((sum, hit) => sum + hit[of], 0);
  const [right, wrong, missed] = [total("right"), total("wrong"), total("missed")];
  const precision = right / (right + wrong || 1);
  const recall = right / (right + missed || 1);
  const f1 = (2 * precision * recall) / (precision + recall || 1);
  return { precision, recall, f1, explained: total("explained") / (total("added") || 1) };
}

export interface Interval {
  readonly low: number;
  readonly high: number;
}

/**
 * Percentile bootstrap over clusters: 95 % of the scores of as many clusters drawn with replacement. Commits of one session
 * are not drawn apart: what is right or wrong of one is mostly so of the others.
 * @see Efron, "Bootstrap Methods: Another Look at the Jackknife", Annals of Statistics 7 (1979); Cameron, Gelbach and Miller,
 *   "Bootstrap-Based Improvements for Inference with Clustered Errors", Review of Economics and Statistics 90 (2008)
 */
export function bootstrap(hits: readonly Hits[], seed: number, draws = 2000): Readonly<Record<keyof Score, Interval>> {
  const random = mulberry32(seed);
  const byCluster = new Map<number, Hits[]>();
  for (const hit of hits) byCluster.set(hit.cluster, [...(byCluster.get(hit.cluster) ?? []), hit]);
  const clusters = [...byCluster.values()];
  const scores = Array.from({ length: draws }, () =>
    scoreOf(clusters.flatMap(() => clusters[Math.floor(random() * clusters.length)] as Hits[])),
  );
  const interval = (of: keyof Score): Interval => {
    const sorted = scores.map((score) => score[of]).sort((a, b) => a - b);
    return { low: sorted[Math.floor(draws * 0.025)] ?? NaN, high: sorted[Math.ceil(draws * 0.975) - 1] ?? NaN };
  };
  return { precision: interval("precision"), recall: interval("recall"), f1: interval("f1"), explained: interval("explained") };
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
