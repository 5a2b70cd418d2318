/** Lines that were split or joined between the write and the commit, and otherwise differ only in formatting. */
import { type LineFeatures, joinBare } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";
import { type Block, type Wanted, isSubstantial } from "./wanted.ts";
import type { Joined } from "./joined-runs.ts";
import type { WrittenLines } from "./written-lines.ts";

/** Lines put together at most, on either side: what formatters make of one statement. */
const mostJoined = 8;

/** Bytes of the whole, without white space and commas: shorter ones are found by chance. */
const shortestWhole = 12;

/** Lines of a hunk without any other written line. */
const longestAlone = 64;

const bytesOf = (bare: number): number => Math.floor(bare / 0x100000000);

/**
 * Gives lines that nobody wrote as they are to the written ones they were split or joined from: put together both are the
 * same but for white space, commas and quotation marks. The longest whole first, from the top; of several writes the latest.
 * Such a line is the agent's own. A long hunk without any other written line is not looked at.
 * @param closers `bare` of trivial lines of the file: where a hunk ends before the last line of a statement, since git takes
 *   the `)` of another one for it, they may be what is missing
 * @returns whether any line was given
 */
export function matchRewrapped(
  block: Block,
  features: LineFeatures,
  written: WrittenLines,
  usable: (line: number) => boolean,
  closers: readonly number[],
): boolean {
  const { lines } = block;
  if (!written.hasLines(block.group, block.side)) return false;
  const isBeside = ({ written: line }: Wanted): boolean => line >= 0;
  if (lines.length > longestAlone && !lines.some(isBeside) && !block.partner?.lines.some(isBeside)) return false;
  let given = false;
  const isOpen = (i: number): boolean => (lines[i] as Wanted).written < 0 && (lines[i] as Wanted).kind !== lineKind.generated;
  for (let i = 0; i < lines.length; i++) {
    if (!isOpen(i) || !isSubstantial(lines[i] as Wanted)) continue;
    const wholes: number[] = [];
    for (let j = i; j < lines.length && j - i < mostJoined && isOpen(j); j++) {
      const bare = features.bare[(lines[j] as Wanted).place] as number;
      if (bytesOf(bare) === 0) break;
      wholes.push(j === i ? bare : joinBare(wholes.at(-1) as number, bare));
    }
    for (let count = wholes.length; count > 0; count--) {
      const whole = wholes[count - 1] as number;
      if (bytesOf(whole) < shortestWhole) break;
      let from = findWhole(block, whole, wholes.slice(0, count), count > 1, written, usable);
      if (from === null && i + count === lines.length)
        for (const closer of closers) from ??= findWhole(block, joinBare(whole, closer), wholes.slice(0, count), true, written, usable);
      if (from === null) continue;
      const open = lines.slice(i, i + count);
      open.forEach((wanted, k) => {
        wanted.written = from[Math.min(k, from.length - 1)] as number;
        wanted.also = k === count - 1 ? from.slice(count) : [];
      });
      given = true;
      i += count - 1;
      break;
    }
  }
  return given;
}

function findWhole(
  block: Block,
  whole: number,
  wholes: readonly number[],
  alsoOne: boolean,
  written: WrittenLines,
  usable: (line: number) => boolean,
): readonly number[] | null {
  const text = alsoOne ? written.textOf(whole) : -1;
  const single = text < 0 ? undefined : written.find(block.group, block.side, text).findLast(usable);
  if (single !== undefined) return [single];
  const runs = written.findJoined(block.group, block.side, whole);
  return runs.length === 0 ? null : findRun(runs, wholes, written, usable);
}

/**
 * The first usable run of written lines that is cut in no place where the lines of the commit are cut too: those are lines
 * of their own.
 * @param wholes of the first line, the first two, …
 */
function findRun(
  runs: readonly Joined[],
  wholes: readonly number[],
  written: WrittenLines,
  usable: (line: number) => boolean,
): readonly number[] | null {
  for (const { first, length } of runs) {
    const lines = Array.from({ length }, (_, k) => first + k);
    if (lines.every(usable) && !isCutAlike(wholes, lines, written)) return lines;
  }
  return null;
}

function isCutAlike(wholes: readonly number[], lines: readonly number[], written: WrittenLines): boolean {
  let bare = 0;
  return lines.slice(0, -1).some((line, k) => {
    const own = written.bareOf(line);
    bare = k === 0 ? own : joinBare(bare, own);
    return wholes.slice(0, -1).includes(bare);
  });
}
