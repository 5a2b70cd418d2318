/**
 * The difference a tool call made to one file, as changed lines (RULINGS 12). A write is what changed, not what the tool
 * was given: context is dropped, hunks are numbered as `git diff -U0` numbers them.
 */
import { type Fingerprinter, LineDiffBuilder } from "../lines/fingerprint.ts";
import { type LineDiff, emptyDiff } from "../lines/line-diff.ts";
import { type PathKind, pathKind } from "../lines/line-kind.ts";

/** One hunk of a logged patch: context lines start with a blank, removed with `-`, added with `+`. */
export interface PatchHunk {
  readonly oldStart: number;
  readonly newStart: number;
  readonly lines: readonly string[];
}

/** Makes differences of files under one store's secret. */
export class WriteDifferencer {
  /** One for all files: its columns are grown once. */
  readonly #lines: LineDiffBuilder;
  readonly #kinds = new Map<string, PathKind>();
  #scratch = Buffer.alloc(4096);

  constructor(fingerprinter: Fingerprinter) {
    this.#lines = new LineDiffBuilder(fingerprinter, pathKind(""));
  }

  #builder(path: string): LineDiffBuilder {
    let kind = this.#kinds.get(path);
    if (kind === undefined) this.#kinds.set(path, (kind = pathKind(path)));
    this.#lines.restart(kind);
    return this.#lines;
  }

  /**
   * Difference of a logged patch.
   * @param tabIndented the file indents with tabs, which the agent's patches show as two blanks each; they are put back
   */
  ofPatch(path: string, hunks: readonly PatchHunk[], tabIndented: boolean): LineDiff {
    const builder = this.#builder(path);
    for (const hunk of hunks) {
      let oldLine = hunk.oldStart;
      let newLine = hunk.newStart;
      const { lines } = hunk;
      for (let i = 0; i < lines.length; ) {
        const from = i;
        let removed = 0;
        let added = 0;
        for (; i < lines.length; i++) {
          const mark = (lines[i] as string).charCodeAt(0);
          if (mark === minus) removed++;
          else if (mark === plus) added++;
          else if (mark !== backslash) break; // "\ No newline at end of file" belongs to the line before
        }
        if (removed + added > 0) {
          builder.hunk(removed > 0 ? oldLine : oldLine - 1, removed, added > 0 ? newLine : newLine - 1, added);
          for (const mark of [minus, plus]) {
            for (let k = from; k < i; k++) {
              const line = lines[k] as string;
              if (line.charCodeAt(0) === mark) this.#addLine(builder, tabIndented ? withTabs(line.slice(1)) : line.slice(1));
            }
          }
          oldLine += removed;
          newLine += added;
        }
        for (; i < lines.length && isContext(lines[i] as string); i++) {
          oldLine++;
          newLine++;
        }
      }
    }
    return builder.finish();
  }

  /** All lines of a new file. */
  ofCreation(path: string, content: string): LineDiff {
    const lines = linesOf(content);
    if (lines.length === 0) return emptyDiff;
    const builder = this.#builder(path);
    builder.hunk(0, 0, 1, lines.length);
    for (const line of lines) this.#addLine(builder, line);
    return builder.finish();
  }

  /** Difference of two texts, line by line and in order; line numbers count from the texts' first line. */
  ofTexts(path: string, before: string, after: string): LineDiff {
    if (before === after) return emptyDiff;
    const oldLines = linesOf(before);
    const newLines = linesOf(after);
    const builder = this.#builder(path);
    for (const { oldStart, oldEnd, newStart, newEnd } of changedRanges(oldLines, newLines)) {
      const removed = oldEnd - oldStart;
      const added = newEnd - newStart;
      builder.hunk(removed > 0 ? oldStart + 1 : oldStart, removed, added > 0 ? newStart + 1 : newStart, added);
      for (let i = oldStart; i < oldEnd; i++) this.#addLine(builder, oldLines[i] as string);
      for (let i = newStart; i < newEnd; i++) this.#addLine(builder, newLines[i] as string);
    }
    return builder.finish();
  }

  #addLine(builder: LineDiffBuilder, line: string): void {
    if (this.#scratch.length < line.length * 3) this.#scratch = Buffer.alloc(line.length * 4);
    builder.line(this.#scratch, 0, this.#scratch.write(line, 0, "utf8"));
  }
}

const plus = 43;
const minus = 45;
const backslash = 92;

function isContext(line: string): boolean {
  const mark = line.charCodeAt(0);
  return mark !== plus && mark !== minus && mark !== backslash;
}

/** Leading pairs of blanks as tabs. */
function withTabs(line: string): string {
  let blanks = 0;
  while (line.charCodeAt(blanks) === 32) blanks++;
  return blanks < 2 ? line : "\t".repeat(blanks >> 1) + line.slice(blanks & ~1);
}

/** Lines without their ends; a line feed at the end begins no further line. */
export function linesOf(text: string): string[] {
  if (text === "") return [];
  const lines = text.split("\n");
  if (lines.at(-1) === "") lines.pop();
  return lines;
}

/** Replaces text as the agents' edit tools do: the first place, or every place; null if it is not there. */
export function replaceText(content: string, from: string, to: string, everywhere: boolean): string | null {
  if (from === "") return content === "" ? to : null;
  const at = content.indexOf(from);
  if (at < 0) return null;
  return everywhere ? content.replaceAll(from, () => to) : content.slice(0, at) + to + content.slice(at + from.length);
}

export interface ChangedRange {
  readonly oldStart: number;
  readonly oldEnd: number;
  readonly newStart: number;
  readonly newEnd: number;
}

/** More edits than this in one file are shown as one block replaced: the search would cost their square. */
const maxEdits = 1000;

/** Ranges of lines that differ, 0-based and half open, in order: a shortest edit script (Myers 1986). */
export function changedRanges(oldLines: readonly string[], newLines: readonly string[]): ChangedRange[] {
  let head = 0;
  while (head < oldLines.length && head < newLines.length && oldLines[head] === newLines[head]) head++;
  let oldEnd = oldLines.length;
  let newEnd = newLines.length;
  while (oldEnd > head && newEnd > head && oldLines[oldEnd - 1] === newLines[newEnd - 1]) {
    oldEnd--;
    newEnd--;
  }
  if (head === oldEnd && head === newEnd) return [];
  const kept = head === oldEnd || head === newEnd ? [] : keptPairs(oldLines, newLines, head, oldEnd, newEnd);
  const ranges: ChangedRange[] = [];
  let oldAt = head;
  let newAt = head;
  for (const [oldKept, newKept] of [...kept, [oldEnd, newEnd] as const]) {
    if (oldKept > oldAt || newKept > newAt) ranges.push({ oldStart: oldAt, oldEnd: oldKept, newStart: newAt, newEnd: newKept });
    oldAt = oldKept + 1;
    newAt = newKept + 1;
  }
  return ranges;
}

/** Pairs of equal lines of a longest common subsequence, in order; none when the texts differ too much. */
function keptPairs(
  oldLines: readonly string[],
  newLines: readonly string[],
  head: number,
  oldEnd: number,
  newEnd: number,
): (readonly [number, number])[] {
  const n = oldEnd - head;
  const m = newEnd - head;
  const limit = Math.min(n + m, maxEdits);
  const size = 2 * limit + 3;
  const middle = limit + 1;
  const reach = new Int32Array(size);
  const trace: Int32Array[] = [];
  for (let d = 0; d <= limit; d++) {
    trace.push(reach.slice(middle - d - 1, middle + d + 2));
    for (let k = -d; k <= d; k += 2) {
      const down = k === -d || (k !== d && (reach[middle + k - 1] as number) < (reach[middle + k + 1] as number));
      let x = down ? (reach[middle + k + 1] as number) : (reach[middle + k - 1] as number) + 1;
      let y = x - k;
      while (x < n && y < m && oldLines[head + x] === newLines[head + y]) {
        x++;
        y++;
      }
      reach[middle + k] = x;
      if (x >= n && y >= m) return walkBack(trace, n, m, head);
    }
  }
  return [];
}

function walkBack(trace: readonly Int32Array[], n: number, m: number, head: number): (readonly [number, number])[] {
  const pairs: (readonly [number, number])[] = [];
  let x = n;
  let y = m;
  for (let d = trace.length - 1; d >= 0; d--) {
    const reach = trace[d] as Int32Array; // diagonals -d-1 … d+1
    const at = (k: number): number => reach[k + d + 1] as number;
    const k = x - y;
    const down = k === -d || (k !== d && at(k - 1) < at(k + 1));
    const fromX = down ? at(k + 1) : at(k - 1);
    const snakeStart = d === 0 ? 0 : down ? fromX : fromX + 1;
    while (x > snakeStart) {
      x--;
      y--;
      pairs.push([head + x, head + y]);
    }
    x = fromX;
    y = fromX - (down ? k + 1 : k - 1);
  }
  return pairs.reverse();
}
