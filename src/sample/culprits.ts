/** Bugs whose origin is known: the message of a fix names the commit that brought the lines it takes out. */
import { hunksBetween } from "./lines.ts";
import type { Commit, Repository } from "./repository.ts";
import type { WorkSession } from "./work-session.ts";

/** The title and a trailer `Fixes:` with the commit of the default branch that brought most of what the branch takes out. */
export function namingCulprit({ repository, branch }: WorkSession, title: string): string {
  const counts = new Map<Commit, number>();
  for (const [path, lines] of branch.files) {
    const before = branch.base.files.get(path);
    if (before === undefined || before === lines) continue;
    for (const { removed } of hunksBetween(before, lines)) {
      for (const { id } of removed) {
        const commit = bringerOf(repository, id);
        if (commit !== null) counts.set(commit, (counts.get(commit) ?? 0) + 1);
      }
    }
  }
  const [culprit] = [...counts].sort((a, b) => b[1] - a[1] || a[0].commitAt - b[0].commitAt)[0] ?? [];
  if (culprit === undefined) return title;
  branch.mends = [culprit];
  return `${title}\n\nFixes: ${culprit.hash.slice(0, 12)}`;
}

/** The first commit of the default branch that has the line. */
const bringerOf = ({ chain }: Repository, id: number): Commit | null =>
  chain.find(({ files }) => [...files.values()].some((lines) => lines.some((line) => line.id === id))) ?? null;
