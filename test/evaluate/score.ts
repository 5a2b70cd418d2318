/** Holds what the product says against the truth of a generated organisation. Pure: rows in, scores out. */

/** Dollars of one usage that ended in one fate, by the truth. */
export interface TrueEnd {
  readonly fate: string;
  readonly hardCase: string;
  readonly nanoUsd: number;
}

/** One response, joined over its natural key. */
export interface ComparedUsage {
  readonly key: string;
  readonly session: string;
  readonly repository: string;
  readonly truth: readonly TrueEnd[];
  /** Null where the store does not have the usage. */
  readonly told: readonly { readonly fate: string; readonly nanoUsd: number }[] | null;
}

export interface FateScore {
  readonly trueNanoUsd: number;
  readonly toldNanoUsd: number;
  /** Dollars of the fate that truth and store agree on, usage by usage. */
  readonly agreedNanoUsd: number;
}

/** Dollars of a usage that the store gives another fate than the truth does. */
export interface Disagreement {
  readonly key: string;
  readonly session: string;
  readonly repository: string;
  readonly trueFate: string;
  readonly toldFate: string;
  readonly hardCase: string;
  readonly nanoUsd: number;
}

export interface MoneyScore {
  readonly spendNanoUsd: number;
  readonly fates: Readonly<Record<string, FateScore>>;
  readonly disagreements: readonly Disagreement[];
  /** Dollars by hard case: all, and those that disagree. */
  readonly cases: Readonly<Record<string, { readonly nanoUsd: number; readonly wrongNanoUsd: number }>>;
}

/** The fate a usage has that the store does not know. */
export const notTold = "(usage not found)";

/**
 * Compares usage by usage. In each, the agreed dollars of a fate are the smaller of both sides; what is left over on the
 * true side is paired with what is left over on the told side in proportion, and named after the hard case of its lines.
 */
export function scoreMoney(usages: readonly ComparedUsage[]): MoneyScore {
  const fates: Record<string, { trueNanoUsd: number; toldNanoUsd: number; agreedNanoUsd: number }> = {};
  const cases: Record<string, { nanoUsd: number; wrongNanoUsd: number }> = {};
  const disagreements: Disagreement[] = [];
  const fateOf = (name: string) => (fates[name] ??= { trueNanoUsd: 0, toldNanoUsd: 0, agreedNanoUsd: 0 });
  const caseOf = (name: string) => (cases[name] ??= { nanoUsd: 0, wrongNanoUsd: 0 });
  let spendNanoUsd = 0;
  for (const { key, session, repository, truth, told } of usages) {
    const spent = truth.reduce((sum, end) => sum + end.nanoUsd, 0);
    spendNanoUsd += spent;
    for (const { fate, hardCase, nanoUsd } of truth) {
      fateOf(fate).trueNanoUsd += nanoUsd;
      caseOf(hardCase).nanoUsd += nanoUsd;
    }
    const wanted = sumBy(truth, (end) => end.fate);
    const got = told === null ? new Map([[notTold, spent]]) : sumBy(told, (end) => end.fate);
    for (const [fate, nanoUsd] of got) fateOf(fate).toldNanoUsd += nanoUsd;
    const tooMuch = [...got].map(([fate, nano]) => ({ fate, left: nano - (wanted.get(fate) ?? 0) })).filter(({ left }) => left > 0);
    const excess = tooMuch.reduce((sum, { left }) => sum + left, 0);
    for (const [fate, nano] of wanted) {
      const agreed = Math.min(nano, got.get(fate) ?? 0);
      fateOf(fate).agreedNanoUsd += agreed;
      const missing = nano - agreed;
      if (missing <= 0) continue;
      for (const end of truth) {
        if (end.fate !== fate) continue;
        const part = (missing * end.nanoUsd) / nano;
        caseOf(end.hardCase).wrongNanoUsd += part;
        for (const other of tooMuch) {
          const nanoUsd = (part * other.left) / excess;
          disagreements.push({ key, session, repository, trueFate: fate, toldFate: other.fate, hardCase: end.hardCase, nanoUsd });
        }
      }
    }
  }
  return { spendNanoUsd, fates, disagreements, cases };
}

function sumBy<T extends { readonly nanoUsd: number }>(rows: readonly T[], keyOf: (row: T) => string): Map<string, number> {
  const sums = new Map<string, number>();
  for (const row of rows) sums.set(keyOf(row), (sums.get(keyOf(row)) ?? 0) + row.nanoUsd);
  return sums;
}

/** Telling lines one commit added to one file, by who wrote them. */
export interface AuthoredLines {
  readonly repository: string;
  readonly commit: string;
  readonly path: string;
  readonly kind: string;
  readonly session: string | null;
  readonly lines: number;
}

export type AuthorKind = "agent" | "mixed" | "person" | "unknown";

export interface LineScore {
  /** Lines of agents, mended by persons or not, that the truth knows of; those a transcript could show; those the store links. */
  readonly trueLines: number;
  readonly visibleLines: number;
  readonly linkedLines: number;
  /** Linked to the session that wrote them. */
  readonly rightLines: number;
  readonly humanLines: number;
  /** Lines of persons that are called an agent's or mixed. */
  readonly humanCalledAgent: number;
  /** True kind → told kind → lines. */
  readonly kinds: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Compares who wrote what, file by file of each commit. Both sides are counts, not single lines: inside one file of one
 * commit two opposite mistakes hide each other, so the figures are lower bounds of what is wrong there.
 * @param visible whether a session's transcript is there
 */
export function scoreLines(
  truth: readonly AuthoredLines[],
  told: readonly AuthoredLines[],
  visible: (session: string | null) => boolean,
): LineScore {
  const [wanted, got] = [byFile(truth), byFile(told)];
  const kinds: Record<string, Record<string, number>> = {};
  let [linkedLines, rightLines, humanLines, humanCalledAgent] = [0, 0, 0, 0];
  for (const key of new Set([...wanted.keys(), ...got.keys()])) {
    const ofTruth = wanted.get(key) ?? [];
    const ofStore = got.get(key) ?? [];
    const trueBySession = sessionsOf(ofTruth);
    for (const [session, lines] of sessionsOf(ofStore)) {
      linkedLines += lines;
      rightLines += Math.min(lines, trueBySession.get(session) ?? 0);
    }
    const humans = linesIn(ofTruth, ["person"]);
    const byAgents = linesIn(ofTruth, ["agent", "mixed"]);
    humanLines += humans;
    humanCalledAgent += Math.min(humans, Math.max(0, linesIn(ofStore, ["agent", "mixed"]) - byAgents));
    confuse(kinds, ofTruth, ofStore);
  }
  const ofAgents = truth.filter(({ kind }) => kind !== "person");
  return {
    trueLines: sum(ofAgents),
    visibleLines: sum(ofAgents.filter(({ session }) => visible(session))),
    linkedLines,
    rightLines,
    humanLines,
    humanCalledAgent,
    kinds,
  };
}

/** Adds one file's lines to the table of true against told kinds: equal kinds first, the rest in the order below. */
function confuse(table: Record<string, Record<string, number>>, truth: readonly AuthoredLines[], told: readonly AuthoredLines[]): void {
  const kindsInOrder = ["agent", "mixed", "person", "unknown"];
  const left = new Map(kindsInOrder.map((kind) => [kind, linesIn(told, [kind])]));
  const open = new Map(kindsInOrder.map((kind) => [kind, linesIn(truth, [kind])]));
  const pair = (from: string, to: string): void => {
    const lines = Math.min(open.get(from) ?? 0, left.get(to) ?? 0);
    if (lines <= 0) return;
    const row = (table[from] ??= {});
    row[to] = (row[to] ?? 0) + lines;
    open.set(from, (open.get(from) ?? 0) - lines);
    left.set(to, (left.get(to) ?? 0) - lines);
  };
  for (const kind of kindsInOrder) pair(kind, kind);
  pair("agent", "mixed");
  pair("mixed", "agent");
  pair("person", "unknown");
  for (const from of kindsInOrder) for (const to of kindsInOrder) pair(from, to);
}

const sum = (rows: readonly AuthoredLines[]): number => rows.reduce((total, { lines }) => total + lines, 0);
const linesIn = (rows: readonly AuthoredLines[], kinds: readonly string[]): number => sum(rows.filter(({ kind }) => kinds.includes(kind)));

function byFile(rows: readonly AuthoredLines[]): Map<string, AuthoredLines[]> {
  const files = new Map<string, AuthoredLines[]>();
  for (const row of rows) {
    const key = `${row.repository} ${row.commit} ${row.path}`;
    const list = files.get(key);
    if (list === undefined) files.set(key, [row]);
    else list.push(row);
  }
  return files;
}

function sessionsOf(rows: readonly AuthoredLines[]): Map<string, number> {
  const sessions = new Map<string, number>();
  for (const { session, lines } of rows) if (session !== null) sessions.set(session, (sessions.get(session) ?? 0) + lines);
  return sessions;
}

/** What one seed and noise setting comes to. */
export interface Scorecard {
  readonly seed: number;
  readonly noise: string;
  readonly sessions: number;
  readonly usages: number;
  readonly spendNanoUsd: number;
  /** The store's own spend: equal, or the prices differ. */
  readonly toldSpendNanoUsd: number;
  readonly hardShare: number;
  readonly coverage: number;
  readonly fates: Readonly<Record<string, FateScore>>;
  /** Fixing with all that may repair an agent's lines: its widest. */
  readonly widestFixing: FateScore;
  readonly cases: MoneyScore["cases"];
  readonly lines: LineScore;
  /** The largest, by dollars. */
  readonly worst: readonly Disagreement[];
  readonly problems: readonly string[];
  readonly seconds: { readonly make: number; readonly import: number };
}
