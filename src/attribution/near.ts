/** Lines that were edited or re-wrapped between the write and the commit, found beside lines that were not. */
import type { LineFeatures } from "../lines/line-diff.ts";
import { similarity } from "./similar.ts";
import { type Block, type Wanted, isSubstantial } from "./wanted.ts";
import type { WrittenLines } from "./written-lines.ts";

/** Longer gaps are rewrites, not edits, and would cost their square. */
const longestGap = 64;

/** How often a written line may have been rewritten by its own session on the way to the commit. */
const mostRewrites = 8;

/** What a near match may use of the writes. */
export interface NearRules {
  /** Whether a written line may have become a line of the commit at hand. */
  usable(line: number): boolean;
  /** Features of a line of the commit. */
  features(block: Block): LineFeatures;
}

/**
 * Gives the open lines of an added block to written lines of the same place: those that lie between the same two lines
 * matched exactly, or beside one of them in its hunk; where no added line matched, those that came in the place of the same
 * removed lines. What a later write replaced on the way stands for nothing: what came instead is looked at. In order, the
 * most alike first.
 * @returns whether any line was given
 */
export function matchNear(block: Block, written: WrittenLines, rules: NearRules): boolean {
  if (block.side !== 0) return false;
  const isGiven = ({ written: line }: Wanted): boolean => line >= 0;
  if (!block.lines.some(isGiven) && !block.partner?.lines.some(isGiven)) return false;
  let given = false;
  const taken = new Set(block.lines.map((wanted) => wanted.written).filter((line) => line >= 0));
  for (const { open, before, after } of gapsOf(block)) {
    if (open.length > longestGap) continue;
    const candidates = standing(placesBetween(block, before, after, written), block, written, rules).filter(
      (line) => !taken.has(line) && isSubstantial({ kind: written.kindOf(line) }),
    );
    if (candidates.length === 0 || candidates.length > longestGap) continue;
    const features = rules.features(block);
    const alike = open.map((wanted) =>
      candidates.map((line) => {
        const { lines, place } = written.featuresOf(line);
        return similarity(features, wanted.place, lines, place);
      }),
    );
    for (const [i, j] of bestInOrder(alike)) {
      const wanted = open[i] as Wanted;
      wanted.written = candidates[j] as number;
      wanted.mixed = true;
      taken.add(wanted.written);
      given = true;
    }
  }
  return given;
}

/**
 * Lines of a block that stand in the place of removed ones that never landed, close to their text: somebody mended them
 * before they landed, in a commit of its own. @returns pairs of the mended line and the removed line of the history
 */
export function findMended(block: Block, features: LineFeatures, neverLanded: (line: number) => boolean): [Wanted, number][] {
  if (block.side !== 0 || block.partner === null) return [];
  const open = block.lines.filter((wanted) => wanted.written < 0 && isSubstantial(wanted));
  const removed = block.partner.lines.filter((wanted) => isSubstantial(wanted) && neverLanded(wanted.line));
  if (open.length === 0 || removed.length === 0 || open.length > longestGap || removed.length > longestGap) return [];
  const alike = open.map((wanted) => removed.map((before) => similarity(features, wanted.place, features, before.place)));
  return bestInOrder(alike).map(([i, j]) => [open[i] as Wanted, (removed[j] as Wanted).line]);
}

interface Gap {
  readonly open: readonly Wanted[];
  /** Written lines of the matches around it, -1 at the ends of the block. */
  readonly before: number;
  readonly after: number;
}

/** Runs of substantial lines without an author. */
function gapsOf(block: Block): Gap[] {
  const gaps: Gap[] = [];
  let open: Wanted[] = [];
  let before = -1;
  for (const wanted of block.lines) {
    if (wanted.written < 0) {
      if (isSubstantial(wanted)) open.push(wanted);
      continue;
    }
    if (open.length > 0) gaps.push({ open, before, after: wanted.written });
    open = [];
    before = wanted.written;
  }
  if (open.length > 0) gaps.push({ open, before, after: -1 });
  return gaps;
}

/** Written lines of the place of a gap, ascending. */
function placesBetween(block: Block, before: number, after: number, written: WrittenLines): number[] {
  const lines: number[] = [];
  const add = (from: number, to: number): void => {
    for (let line = from; line < to; line++) if (written.sideOf(line) === 0) lines.push(line);
  };
  if (before >= 0 && after > before && written.writeOf(before) === written.writeOf(after)) add(before + 1, after);
  else {
    if (before >= 0) add(before + 1, written.hunkAround(before).end);
    if (after >= 0) add(written.hunkAround(after).start, after);
  }
  if (before < 0 && after < 0) {
    let end = -1;
    for (const { written: removed } of block.partner?.lines ?? []) {
      if (removed < end || removed < 0) continue;
      const hunk = written.hunkAround(removed);
      add(hunk.start, hunk.end);
      end = hunk.end;
    }
  }
  return lines;
}

/** The lines that still stood at the commit: those of a candidate, or what its session put in its place before. */
function standing(candidates: readonly number[], block: Block, written: WrittenLines, rules: NearRules): number[] {
  const found = new Set<number>();
  const seen = new Set<number>();
  const look = (line: number, rewrites: number): void => {
    if (seen.has(line) || !rules.usable(line)) return;
    seen.add(line);
    const removals = written.find(block.group, 1, written.textAt(line));
    const removal = removals.find((later) => written.writeOf(later) > written.writeOf(line) && rules.usable(later));
    if (removal === undefined) found.add(line);
    else if (rewrites < mostRewrites && found.size <= longestGap) {
      const { start, end } = written.hunkAround(removal);
      for (let next = start; next < end; next++) if (written.sideOf(next) === 0) look(next, rewrites + 1);
    }
  };
  for (const line of candidates) look(line, 0);
  return [...found].sort((a, b) => a - b);
}

/** Pairs in order that are most alike in sum (the alignment of Needleman and Wunsch, gaps free). */
export function bestInOrder(alike: readonly (readonly number[])[]): [number, number][] {
  const width = (alike[0]?.length ?? 0) + 1;
  const best = new Float64Array((alike.length + 1) * width);
  const at = (i: number, j: number): number => best[i * width + j] as number;
  for (let i = alike.length - 1; i >= 0; i--) {
    for (let j = width - 2; j >= 0; j--) {
      const here = alike[i]?.[j] as number;
      best[i * width + j] = Math.max(at(i + 1, j), at(i, j + 1), here > 0 ? here + at(i + 1, j + 1) : 0);
    }
  }
  const pairs: [number, number][] = [];
  for (let i = 0, j = 0; i < alike.length && j < width - 1; ) {
    const here = alike[i]?.[j] as number;
    if (here > 0 && at(i, j) === here + at(i + 1, j + 1)) pairs.push([i++, j++]);
    else if (at(i, j) === at(i + 1, j)) i++;
    else j++;
  }
  return pairs;
}
