import type { Incident } from "../contract/forge-facts.ts";
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";
import type { ForgeIssues } from "./forge-issues.ts";

/**
 * Commits an incident names as what answered it: tied to it as a commit or a change and landed once it was open (what landed
 * before may have caused it), or closing its issue. All commits of a change, those of its branch too.
 * @param address of the repository at its forge, null where none is known: then only hashes name something in it
 */
export function incidentCommits(
  history: LineHistoryResult,
  { changes, changeOf }: ChangesResult,
  incidents: readonly Incident[],
  address: string | null,
  issues: ForgeIssues,
): ReadonlySet<number> {
  const index = new Map(history.commits.map(({ hash }, c) => [hash, c]));
  const [named, namedChanges] = [new Set<number>(), new Set<number>()];
  const addCommit = (c: number): void => {
    named.add(c);
    const change = changeOf[c] as number;
    if (changes[change]?.kind === "pull_request") namedChanges.add(change);
  };
  for (const { openedAt, ties } of incidents) {
    if (openedAt === null) continue;
    for (const { tie, repository, key } of ties) {
      const c = tie === "commit" ? (index.get(key) ?? -1) : -1;
      if ((history.commits[c]?.commitAt ?? Number.NEGATIVE_INFINITY) >= openedAt) addCommit(c);
      if (tie !== "change" || repository !== address) continue;
      changes.forEach(({ number, landedAt }, change) => {
        if (String(number) === key && landedAt !== null && landedAt >= openedAt) namedChanges.add(change);
      });
    }
  }
  const isIncident = (reference: string): boolean => issues.kindOf(reference) === "incident";
  changes.forEach(({ number }, change) => {
    if (number !== null && issues.closedBy(number).some(isIncident)) namedChanges.add(change);
  });
  history.commits.forEach(({ signs = [] }, c) => {
    if (signs.some((sign) => sign.startsWith("closes:") && isIncident(sign.slice("closes:".length)))) addCommit(c);
  });
  if (namedChanges.size > 0) changeOf.forEach((change, c) => void (namedChanges.has(change) && named.add(c)));
  return named;
}
