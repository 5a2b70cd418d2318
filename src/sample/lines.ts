/**
 * Lines with an identity, and differences by that identity. A line that is kept, squashed, reverted and brought back is
 * one object: that is what makes the generator's own log the truth.
 */
export interface Line {
  readonly id: number;
  readonly text: string;
  /** The function, section or entry it belongs to: what one edit takes hold of. */
  readonly unit: number;
  /** Its statement inside the unit, 0 for the frame (signature, closing brace). */
  readonly statement: number;
  /** A person mended what an agent wrote: the same line, in other words. */
  readonly mended?: boolean;
  /** The line a formatter cut it from: it is nobody's work of its own. */
  readonly from?: number;
}

/** A run of lines that went and the run that came in its place. Places are 0-based. */
export interface Hunk {
  readonly oldAt: number;
  readonly newAt: number;
  readonly removed: readonly Line[];
  readonly added: readonly Line[];
}

const none: readonly Line[] = [];

/** The hunks between two states of a file. @throws Error if lines changed their order, which the generator never does */
export function hunksBetween(before: readonly Line[] = none, after: readonly Line[] = none): Hunk[] {
  if (before === after) return [];
  const kept = new Set(before);
  const stays = new Set(after);
  const hunks: Hunk[] = [];
  let i = 0;
  let j = 0;
  while (i < before.length || j < after.length) {
    if (before[i] === after[j]) {
      i++;
      j++;
      continue;
    }
    const [oldAt, newAt] = [i, j];
    while (i < before.length && !stays.has(before[i] as Line)) i++;
    while (j < after.length && !kept.has(after[j] as Line)) j++;
    if (i === oldAt && j === newAt) throw new Error("lines changed their order");
    hunks.push({ oldAt, newAt, removed: before.slice(oldAt, i), added: after.slice(newAt, j) });
  }
  return hunks;
}

/** What an edit replaces a run of lines with: text and statement of each new line. */
export interface NewLine {
  readonly text: string;
  readonly statement: number;
}

/**
 * Replaces `before[start, end)`. Lines whose text stays, in order, keep their identity (longest common subsequence).
 * @param make gives a new line its identity
 */
export function replaceLines(
  before: readonly Line[],
  start: number,
  end: number,
  news: readonly NewLine[],
  make: (line: NewLine) => Line,
): Line[] {
  const old = before.slice(start, end);
  const width = news.length + 1;
  const longest = new Uint32Array((old.length + 1) * width);
  const at = (i: number, j: number): number => longest[i * width + j] as number;
  for (let i = old.length - 1; i >= 0; i--) {
    for (let j = news.length - 1; j >= 0; j--) {
      const same = old[i]?.text === news[j]?.text;
      longest[i * width + j] = same ? at(i + 1, j + 1) + 1 : Math.max(at(i + 1, j), at(i, j + 1));
    }
  }
  const middle: Line[] = [];
  let i = 0;
  for (let j = 0; j < news.length; j++) {
    const next = news[j] as NewLine;
    while (i < old.length && old[i]?.text !== next.text && at(i + 1, j) > at(i, j + 1)) i++;
    const kept = old[i];
    if (kept !== undefined && kept.text === next.text) {
      middle.push(kept);
      i++;
    } else middle.push(make(next));
  }
  return [...before.slice(0, start), ...middle, ...before.slice(end)];
}

/** One hunk as Claude Code logs it in `structuredPatch`: three lines of context, 1-based starts. */
export interface PatchHunk {
  readonly oldStart: number;
  readonly oldLines: number;
  readonly newStart: number;
  readonly newLines: number;
  readonly lines: readonly string[];
}

const contextLines = 3;

export function structuredPatch(before: readonly Line[], after: readonly Line[]): PatchHunk[] {
  const groups: Hunk[][] = [];
  for (const hunk of hunksBetween(before, after)) {
    const last = groups.at(-1)?.at(-1);
    const near = last !== undefined && hunk.oldAt - (last.oldAt + last.removed.length) <= contextLines * 2;
    if (near) groups.at(-1)?.push(hunk);
    else groups.push([hunk]);
  }
  return groups.map((group) => patchHunk(before, group));
}

function patchHunk(before: readonly Line[], group: readonly Hunk[]): PatchHunk {
  const first = group[0] as Hunk;
  const from = Math.max(0, first.oldAt - contextLines);
  const lines: string[] = [];
  let at = from;
  let grown = 0;
  const context = (to: number): void => {
    for (; at < to; at++) lines.push(` ${before[at]?.text}`);
  };
  for (const hunk of group) {
    context(hunk.oldAt);
    for (const line of hunk.removed) lines.push(`-${line.text}`);
    for (const line of hunk.added) lines.push(`+${line.text}`);
    at += hunk.removed.length;
    grown += hunk.added.length - hunk.removed.length;
  }
  context(Math.min(before.length, at + contextLines));
  const oldLines = at - from;
  const newStart = first.newAt - (first.oldAt - from) + 1;
  return { oldStart: from + 1, oldLines, newStart, newLines: oldLines + grown, lines };
}

/**
 * Joins two sides that grew from one base, line by line. Where both put lines into one gap, the first side's come first.
 * @throws Error if both sides replaced the same line
 */
export function mergeLines(base: readonly Line[], ours: readonly Line[], theirs: readonly Line[]): readonly Line[] {
  if (ours === base || ours === theirs) return theirs;
  if (theirs === base) return ours;
  const [inOurs, inTheirs] = [new Set(ours), new Set(theirs)];
  const merged: Line[] = [];
  let [b, o, t] = [0, 0, 0];
  for (;;) {
    let anchor = b;
    while (anchor < base.length && !(inOurs.has(base[anchor] as Line) && inTheirs.has(base[anchor] as Line))) anchor++;
    const stop = base[anchor];
    const part = (side: readonly Line[], from: number): readonly Line[] =>
      side.slice(from, stop === undefined ? side.length : side.indexOf(stop, from));
    const [baseRun, ourRun, theirRun] = [base.slice(b, anchor), part(ours, o), part(theirs, t)];
    merged.push(...mergeGap(baseRun, ourRun, theirRun));
    if (stop === undefined) return merged;
    merged.push(stop);
    b = anchor + 1;
    o += ourRun.length + 1;
    t += theirRun.length + 1;
  }
}

function mergeGap(base: readonly Line[], ours: readonly Line[], theirs: readonly Line[]): readonly Line[] {
  const same = (a: readonly Line[], b: readonly Line[]): boolean => a.length === b.length && a.every((line, i) => line === b[i]);
  if (same(base, ours)) return theirs;
  if (same(base, theirs) || same(ours, theirs)) return ours;
  const [was, inOurs, inTheirs] = [new Set(base), new Set(ours), new Set(theirs)];
  const added = (side: readonly Line[]): Line[] => side.filter((line) => !was.has(line));
  const contested = base.find((line) => !inOurs.has(line) && !inTheirs.has(line));
  if (contested !== undefined && added(ours).length > 0 && added(theirs).length > 0) {
    throw new Error(`both sides replaced ${JSON.stringify(contested.text)}`);
  }
  return [...ours.filter((line) => !was.has(line) || inTheirs.has(line)), ...added(theirs).filter((line) => !inOurs.has(line))];
}
