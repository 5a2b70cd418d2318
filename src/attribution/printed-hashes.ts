import type { CommitFact } from "../contract/facts.ts";

/** A hash printed this long before its commit's own clock still names it: skew between clocks. */
const skewMs = 120_000;

/** A hash printed this long after its commit's own clock still names it: hooks take their time. */
const printedWithinMs = 3_600_000;

/** A hash of a commit that is gone was printed within this of the author's clock, which amending and rebasing keep. */
const madeWithinMs = 120_000;

/** A commit hash, seven hex digits or more, that a session's own command printed. */
export interface PrintedHash {
  readonly session: string;
  readonly hash: string;
  readonly instant: number;
}

export interface NamedByHash {
  readonly commit: number;
  readonly session: string;
  /**
   * `printed_hash`: the commit itself was named; `printed_hash_of_copy`: one of equal author and author's instant was;
   * `printed_hash_of_gone`: one that is gone was, and this is the last made before the print.
   */
  readonly evidence: "printed_hash" | "printed_hash_of_copy" | "printed_hash_of_gone";
}

/**
 * The commits that printed hashes name. Amending, rebasing and picking change a hash and keep author and author date: the
 * copies of a named commit are named with it. A hash no commit has (a third of them: 32 % measured on a real repository)
 * names the commit, and its copies, whose author date is the last before the print and at most two minutes older.
 * Copies are weaker evidence: two commits of one author in one second look alike, so the caller asks that the session
 * wrote in a file of the commit.
 */
export function commitsNamedByHash(commits: readonly CommitFact[], printed: readonly PrintedHash[]): NamedByHash[] {
  const byHash = commits.map((commit, c) => ({ hash: commit.hash, c })).sort((a, b) => (a.hash < b.hash ? -1 : 1));
  const byAuthor = new Map<string, number[]>();
  commits.forEach((commit, c) => {
    const list = byAuthor.get(authorKey(commit));
    if (list) list.push(c);
    else byAuthor.set(authorKey(commit), [c]);
  });
  const byAuthorDate = commits.map((_, c) => c).sort((a, b) => at(commits, a) - at(commits, b) || a - b);
  const named: NamedByHash[] = [];
  for (const { session, hash, instant } of printed) {
    const found = findByPrefix(byHash, hash);
    if (found === "several") continue;
    let original = found;
    if (original !== null) {
      const { commitAt } = commits[original] as CommitFact;
      if (instant < commitAt - skewMs || instant > commitAt + printedWithinMs) continue;
      named.push({ commit: original, session, evidence: "printed_hash" });
    } else original = lastMadeBefore(commits, byAuthorDate, instant);
    if (original === null) continue;
    for (const copy of byAuthor.get(authorKey(commits[original] as CommitFact)) as number[]) {
      if (copy !== found) named.push({ commit: copy, session, evidence: found === null ? "printed_hash_of_gone" : "printed_hash_of_copy" });
    }
  }
  return named;
}

const at = (commits: readonly CommitFact[], c: number): number => (commits[c] as CommitFact).authorAt;

const authorKey = ({ authorAt, authorEmail, authorName }: CommitFact): string => `${authorAt}\u0000${authorEmail}\u0000${authorName}`;

/** The commit whose author date is the last not after an instant, null where it is too old or two authors share it. */
function lastMadeBefore(commits: readonly CommitFact[], byAuthorDate: readonly number[], instant: number): number | null {
  let low = 0;
  let high = byAuthorDate.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (at(commits, byAuthorDate[middle] as number) <= instant) low = middle + 1;
    else high = middle;
  }
  const found = byAuthorDate[low - 1];
  if (found === undefined || at(commits, found) < instant - madeWithinMs) return null;
  const key = authorKey(commits[found] as CommitFact);
  for (let i = low - 2; i >= 0 && at(commits, byAuthorDate[i] as number) === at(commits, found); i--) {
    if (authorKey(commits[byAuthorDate[i] as number] as CommitFact) !== key) return null;
  }
  return found;
}

/** The commit whose hash begins so, null where none does. */
function findByPrefix(sorted: readonly { hash: string; c: number }[], prefix: string): number | null | "several" {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as { hash: string }).hash < prefix) low = middle + 1;
    else high = middle;
  }
  const found = sorted[low];
  if (!found?.hash.startsWith(prefix)) return null;
  return sorted[low + 1]?.hash.startsWith(prefix) ? "several" : found.c;
}
