/** What a reviewer said of a pull request, and which changed lines answer it. */
import type { LineEvent } from "./chronicle.ts";
import { hunksBetween, type Line } from "./lines.ts";
import type { Branch, Commit } from "./repository.ts";
import type { Person } from "./team.ts";

/** A comment on one line of a commit. */
export interface Thread {
  readonly path: string;
  readonly line: Line;
  /** The file as the reviewer saw it, and the commit's hash then: it may be gone later. */
  readonly lines: readonly Line[];
  readonly commit: string;
  readonly at: number;
}

/** One review of a pull request, and the approval after it. */
export interface Review {
  readonly reviewer: Person;
  readonly author: Person;
  readonly openedAt: number;
  readonly at: number;
  /** The head it looked at. */
  readonly commit: string;
  readonly asksForChanges: boolean;
  readonly threads: readonly Thread[];
  approved: { readonly at: number; readonly commit: string } | null;
}

const nearLines = 10;

/** Whether a changed line answers the review of its branch: near a thread, or between a request for changes and the approval. */
export function answersIn(branch: Branch): (event: LineEvent) => boolean {
  const { review } = branch;
  if (review === null) return () => false;
  const near = review.threads.map((thread) => ({ thread, lines: linesNear(branch, thread) }));
  const until = review.approved?.at ?? Number.POSITIVE_INFINITY;
  return ({ side, line, hand }) => {
    if (review.asksForChanges && hand.at >= review.at && hand.at < until) return true;
    return near.some(({ thread, lines }) => hand.at >= thread.at && lines[side].has(line.id));
  };
}

/** Lines the branch's later commits changed within ten lines of a thread, by their side. */
function linesNear(branch: Branch, thread: Thread): Readonly<Record<"added" | "removed", ReadonlySet<number>>> {
  const near = { added: new Set<number>(), removed: new Set<number>() };
  for (const commit of branch.commits.filter(({ authorAt }) => authorAt >= thread.at)) {
    const [before, after] = [(commit.parents[0] as Commit).files.get(thread.path) ?? [], commit.files.get(thread.path) ?? []];
    const [was, is] = [placeIn(before, thread), placeIn(after, thread)];
    for (const { oldAt, newAt, removed, added } of hunksBetween(before, after)) {
      removed.forEach((line, i) => isNear(oldAt + i, was) && near.removed.add(line.id));
      added.forEach((line, i) => isNear(newAt + i, is) && near.added.add(line.id));
    }
  }
  return near;
}

interface Place {
  readonly from: number;
  readonly to: number;
}

const isNear = (at: number, { from, to }: Place): boolean => at >= from - nearLines && at <= to + nearLines;

/** The thread's line, or what is between its neighbours of old that are still there. */
function placeIn(lines: readonly Line[], { line, lines: seen }: Thread): Place {
  const at = new Map(lines.map(({ id }, i) => [id, i]));
  const own = at.get(line.id);
  if (own !== undefined) return { from: own, to: own };
  const middle = seen.findIndex(({ id }) => id === line.id);
  const above = seen.slice(0, middle).findLast(({ id }) => at.has(id));
  const below = seen.slice(middle + 1).find(({ id }) => at.has(id));
  return {
    from: above === undefined ? 0 : (at.get(above.id) as number) + 1,
    to: below === undefined ? lines.length - 1 : (at.get(below.id) as number) - 1,
  };
}
