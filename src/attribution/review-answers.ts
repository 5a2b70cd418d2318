/** Which changed lines answer a review: near one of its threads, or between a request for changes and the next approval (MEASURES 1, rule 5). */
import type { ForgeChange } from "../contract/forge-facts.ts";
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";

/** What a forge told of the reviews of one change. */
export type ReviewedChange = Pick<ForgeChange, "number" | "author" | "reviews" | "threads">;
type Thread = ReviewedChange["threads"][number];

/** Changed lines this near to the lines of a thread answer it. */
const nearLines = 10;

/** Time in which a change was asked for: what is written for it then answers. */
interface Asked {
  readonly from: number;
  /** The next approval; null while there is none. */
  readonly until: number | null;
}

/** Where a thread is in a file: first and last line from 1; last is before first where its lines are gone; null is the whole file. */
interface Place {
  readonly path: string;
  readonly lines: { readonly first: number; readonly last: number } | null;
}

/** Answers of the lines of one repository's commits. Threads its author opened, and those without an instant, ask for nothing. */
export class ReviewAnswers {
  /** Threads without a file or an instant, and those of which no commit is left that was written before: near them nothing is found. */
  readonly notPlaced: number;
  readonly #history: LineHistoryResult;
  readonly #changes: ChangesResult;
  /** By change. */
  readonly #asked = new Map<number, readonly Asked[]>();
  /** When the first thread near a changed line was opened, by `#key`. */
  readonly #near = new Map<number, number>();

  constructor(history: LineHistoryResult, changes: ChangesResult, reviewed: readonly ReviewedChange[]) {
    this.#history = history;
    this.#changes = changes;
    const told = reviewed.filter(({ reviews, threads }) => reviews.length > 0 || threads.length > 0);
    const byNumber = new Map(changes.changes.flatMap(({ kind, number }, c) => (kind === "pull_request" ? [[number, c] as const] : [])));
    const index = told.length === 0 ? new Map<string, number>() : new Map(history.commits.map(({ hash }, c) => [hash, c]));
    const own = told.length === 0 ? new Map<number, readonly number[]>() : commitsByChange(changes);
    let notPlaced = 0;
    for (const { number, author, reviews, threads } of told) {
      const change = byNumber.get(number);
      if (change === undefined) continue;
      const asked = askedTimes(reviews);
      if (asked.length > 0) this.#asked.set(change, asked);
      for (const thread of threads) {
        if (author !== null && thread.openedBy?.login === author.login) continue;
        if (!this.#place(thread, own.get(change) ?? [], index)) notPlaced++;
      }
    }
    this.notPlaced = notPlaced;
  }

  /**
   * Since when a line of a commit is known to answer a review: what asked for it, and the commit that has it, whichever is later.
   * @param writtenAt when the line was written (UTC ms): what was there before it was asked for answers nothing
   * @returns null where it answers none
   */
  answeredAt(commit: number, line: number, side: "added" | "removed", writtenAt: number): number | null {
    const near = this.#near.get(this.#key(commit, line, side)) ?? Number.POSITIVE_INFINITY;
    const times = this.#asked.get(this.#changes.changeOf[commit] as number) ?? [];
    const asked = times.find(({ from, until }) => from <= writtenAt && (until === null || writtenAt < until));
    const since = Math.min(near <= writtenAt ? near : Number.POSITIVE_INFINITY, asked?.from ?? Number.POSITIVE_INFINITY);
    if (since === Number.POSITIVE_INFINITY) return null;
    return Math.max(since, this.#history.commits[commit]?.commitAt ?? since);
  }

  #key(commit: number, line: number, side: "added" | "removed"): number {
    return (commit * this.#history.lines + line) * 2 + (side === "added" ? 0 : 1);
  }

  /** Follows a thread from the commit it is on through the later ones of its change. @returns false where it cannot be placed */
  #place(thread: Thread, own: readonly number[], index: ReadonlyMap<string, number>): boolean {
    const { path, openedAt, commit } = thread;
    if (path === null || openedAt === null) return false;
    const anchor = (commit === null ? undefined : index.get(commit)) ?? this.#newestBefore(openedAt, own);
    if (anchor === undefined) return false;
    // Lines that were taken out are numbered as the change found them.
    const start = thread.side === "removed" ? this.#baseOf(anchor, own, index) : anchor;
    const last = thread.lastLine ?? thread.firstLine;
    const lines = last === null ? null : { first: thread.firstLine ?? last, last };
    const places = new Map<number, Place | null>([[start, { path, lines }]]);
    for (const c of own) {
      const parent = index.get(this.#history.commits[c]?.parents[0] ?? "");
      const place = parent === undefined ? undefined : places.get(parent);
      if (place && !places.has(c)) places.set(c, this.#step(c, place, openedAt));
    }
    return true;
  }

  /**
   * Of a change whose commits were pushed over: the newest one that was written before an instant, which stands for what the
   * reviewer saw. A rebase keeps the author's instant; what it took in may have moved the lines.
   */
  #newestBefore(instant: number, own: readonly number[]): number | undefined {
    const { commits } = this.#history;
    return own.findLast((c) => (commits[c]?.authorAt ?? instant) < instant);
  }

  /** The newest commit before a change's own, on the first parents of one of these. */
  #baseOf(commit: number, own: readonly number[], index: ReadonlyMap<string, number>): number {
    const inside = new Set(own);
    let at: number | undefined = commit;
    while (at !== undefined && inside.has(at)) at = index.get(this.#history.commits[at]?.parents[0] ?? "");
    return at ?? commit;
  }

  /** Marks what a commit changed near a place. @returns where that is after it, null where it is nowhere */
  #step(commit: number, place: Place, openedAt: number): Place | null {
    const files = this.#history.commits[commit]?.files ?? [];
    const file = files.findIndex(({ path, oldPath }) => (oldPath ?? path) === place.path);
    const changed = files[file];
    if (changed === undefined) return place;
    if (changed.opaque !== false) return null;
    const { hunks } = changed.diff;
    const lines = place.lines === null ? null : movedLines(hunks, place.lines);
    const ids = this.#history.changed[commit]?.[file]?.ids ?? new Int32Array(0);
    eachChanged(hunks, (at, side, number) => {
      const near = side === "removed" ? place.lines : lines;
      const line = ids[at] as number;
      if (line < 0 || (near !== null && (number < near.first - nearLines || number > near.last + nearLines))) return;
      const key = this.#key(commit, line, side);
      this.#near.set(key, Math.min(openedAt, this.#near.get(key) ?? openedAt));
    });
    return changed.status === "deleted" ? null : { path: changed.path, lines };
  }
}

/** From each request for changes to the approval that follows; a request in between asks for nothing new. */
function askedTimes(reviews: ReviewedChange["reviews"]): Asked[] {
  const said = reviews
    .flatMap(({ verdict, submittedAt }) => (submittedAt === null ? [] : [{ verdict, submittedAt }]))
    .sort((a, b) => a.submittedAt - b.submittedAt);
  const asked: Asked[] = [];
  let from: number | null = null;
  for (const { verdict, submittedAt } of said) {
    if (verdict === "changes_requested") from ??= submittedAt;
    if (verdict !== "approved" || from === null) continue;
    asked.push({ from, until: submittedAt });
    from = null;
  }
  return from === null ? asked : [...asked, { from, until: null }];
}

/** Commits of each change, parents first. */
function commitsByChange({ changeOf }: ChangesResult): ReadonlyMap<number, readonly number[]> {
  const own = new Map<number, number[]>();
  changeOf.forEach((change, c) => {
    const list = own.get(change);
    if (list) list.push(c);
    else if (change >= 0) own.set(change, [c]);
  });
  return own;
}

/**
 * Calls back for each changed line: its place among the diff's lines, and its number in the file before (removed) or after
 * (added). Hunks are start, removed, start after, added; the start of a hunk that removes nothing is the line before it.
 */
function eachChanged(hunks: Int32Array | readonly number[], call: (at: number, side: "added" | "removed", number: number) => void): void {
  let at = 0;
  let shift = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    const [start, removed, added] = [hunks[h] as number, hunks[h + 1] as number, hunks[h + 3] as number];
    const before = removed === 0 ? start : start - 1;
    for (let i = 1; i <= removed; i++) call(at++, "removed", before + i);
    for (let i = 1; i <= added; i++) call(at++, "added", before + shift + i);
    shift += added - removed;
  }
}

/** Where some lines are after a change: what a hunk puts in the place of any of them belongs to them. */
function movedLines(hunks: Int32Array | readonly number[], { first, last }: { readonly first: number; readonly last: number }) {
  let shift = 0;
  let newFirst: number | null = null;
  let newLast: number | null = null;
  for (let h = 0; h < hunks.length; h += 4) {
    const [start, removed, added] = [hunks[h] as number, hunks[h + 1] as number, hunks[h + 3] as number];
    const before = removed === 0 ? start : start - 1;
    const end = before + removed;
    if (end >= first) {
      if (before >= last) break;
      newFirst ??= Math.min(before + 1, first) + shift;
      if (end >= last) newLast = end + shift + added - removed;
    }
    shift += added - removed;
  }
  return { first: newFirst ?? first + shift, last: newLast ?? last + shift };
}
