import { type LineDiff, joinBare } from "../../lines/line-diff.ts";
import { lineKind } from "../../lines/line-kind.ts";

/** How far ahead, on both sides together, the next lines that go together are looked for where these do not. */
const mostSkipped = 12;
/** Lines that one line may be wrapped into, and the other way round. */
const mostWrapped = 24;

/** Lines of a hunk that hold the same text in another form. Places are those of the difference. */
interface Group {
  readonly removed: number;
  readonly removedEnd: number;
  readonly added: number;
  readonly addedEnd: number;
}

/**
 * Finds the added lines of a difference that are removed ones of the same hunk in another form: other white space, commas
 * or quotation marks, one line put on several, several on one. In order, from top to bottom; what stands between may be
 * new. Lines that say nothing (a closing brace) go along only beside lines that do.
 * @param found is told each added line and the removed line its first character was in
 */
export function findReformatted({ hunks, lines }: LineDiff, found: (added: number, removed: number) => void): void {
  if (lines.kind.every((kind) => kind === lineKind.generated)) return;
  let start = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    const middle = start + (hunks[h + 1] as number);
    const end = middle + (hunks[h + 3] as number);
    if (start < middle && middle < end) tellGroups(lines, groupsOf(lines.bare, start, middle, end), found);
    start = end;
  }
}

function groupsOf(bare: Float64Array, start: number, middle: number, end: number): readonly Group[] {
  const groups: Group[] = [];
  let removed = start;
  let added = middle;
  let least = 0;
  while (removed < middle && added < end) {
    const next = nextGroup(bare, removed, middle, added, end, least);
    if (next === null) {
      removed++;
      added++;
      least = mostSkipped - 1; // what is nearer was looked at from the line before
      continue;
    }
    groups.push(next);
    removed = next.removedEnd;
    added = next.addedEnd;
    least = 0;
  }
  return groups;
}

/**
 * The nearest lines from here on that go together; of two as near the one that leaves out fewer removed lines.
 * @param least lines to leave out at least
 */
function nextGroup(bare: Float64Array, removed: number, middle: number, added: number, end: number, least: number): Group | null {
  for (let skipped = least; skipped <= mostSkipped; skipped++) {
    for (let ofRemoved = 0; ofRemoved <= skipped; ofRemoved++) {
      const from = removed + ofRemoved;
      const to = added + skipped - ofRemoved;
      const group = from < middle && to < end ? groupAt(bare, from, middle, to, end) : null;
      if (group !== null) return group;
    }
  }
  return null;
}

const bytesOf = (bare: number): number => Math.floor(bare / 0x100000000);

/** The fewest lines from two places on that hold the same text, null where they hold different texts. */
function groupAt(bare: Float64Array, removed: number, middle: number, added: number, end: number): Group | null {
  const old = bare[removed] as number;
  const now = bare[added] as number;
  if (old === 0 || now === 0) return null; // an empty line begins nothing
  let removedEnd = removed + 1;
  let addedEnd = added + 1;
  // Lengths meet far less often than lines are looked at: the texts are joined only where they do.
  for (let missing = bytesOf(old) - bytesOf(now); missing !== 0; ) {
    if (missing < 0) {
      if (removedEnd === middle || removedEnd - removed === mostWrapped) return null;
      missing += bytesOf(bare[removedEnd++] as number);
    } else {
      if (addedEnd === end || addedEnd - added === mostWrapped) return null;
      missing -= bytesOf(bare[addedEnd++] as number);
    }
  }
  return joined(bare, removed, removedEnd) === joined(bare, added, addedEnd) ? { removed, removedEnd, added, addedEnd } : null;
}

function joined(bare: Float64Array, from: number, to: number): number {
  let text = bare[from] as number;
  for (let line = from + 1; line < to; line++) text = joinBare(text, bare[line] as number);
  return text;
}

function tellGroups(lines: LineDiff["lines"], groups: readonly Group[], found: (added: number, removed: number) => void): void {
  const isTelling = groups.map(({ removed, removedEnd }) =>
    lines.kind.subarray(removed, removedEnd).some((kind) => kind !== lineKind.trivial),
  );
  const touch = (a: Group | undefined, b: Group | undefined): boolean => a?.removedEnd === b?.removed && a?.addedEnd === b?.added;
  const counts = [...isTelling];
  for (let g = 1; g < groups.length; g++) if (counts[g - 1] && touch(groups[g - 1], groups[g])) counts[g] = true;
  for (let g = groups.length - 2; g >= 0; g--) if (counts[g + 1] && touch(groups[g], groups[g + 1])) counts[g] = true;
  groups.forEach((group, g) => {
    if (counts[g]) tellLines(lines.bare, group, found);
  });
}

function tellLines(
  bare: Float64Array,
  { removed, removedEnd, added, addedEnd }: Group,
  found: (added: number, removed: number) => void,
): void {
  let from = removed;
  let oldBytes = bytesOf(bare[removed] as number);
  let nowBytes = 0;
  for (let to = added; to < addedEnd; to++) {
    while (nowBytes >= oldBytes && from + 1 < removedEnd) oldBytes += bytesOf(bare[++from] as number);
    found(to, from);
    nowBytes += bytesOf(bare[to] as number);
  }
}
