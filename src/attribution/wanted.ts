import type { LineHistoryResult } from "../contract/history.ts";
import { lineKind } from "../lines/line-kind.ts";
import type { WrittenLines } from "./written-lines.ts";

/** A line of a commit that wants an author, and the one that was found. */
export interface Wanted {
  readonly place: number;
  /** Its number among the written texts, -1 where nobody wrote it. */
  readonly text: number;
  readonly kind: number;
  readonly line: number;
  /** The written line it was, -1 while none is found. */
  written: number;
  /** Further written lines that were joined into this one. */
  also: readonly number[];
  /** Edited on the way: the written line is close, not equal. */
  mixed: boolean;
}

const noLines: readonly number[] = [];

/** One side of one hunk of a commit. */
export interface Block {
  readonly group: number;
  /** Index into the commit's files. */
  readonly file: number;
  readonly side: 0 | 1;
  readonly lines: Wanted[];
  /** The removed side of the same hunk, for the added one. */
  readonly partner: Block | null;
}

/** Neither trivial nor generated. */
export const isSubstantial = (wanted: { readonly kind: number }): boolean =>
  wanted.kind !== lineKind.trivial && wanted.kind !== lineKind.generated;

/** Says something, or is generated: a lock file's line weighs nothing, and still says where an update went. */
export const isTelling = (wanted: { readonly kind: number }): boolean => wanted.kind !== lineKind.trivial;

/** The hunks of a commit, each side apart; of a merge only the lines born in it (RULINGS 19). */
export function blocksOf(history: LineHistoryResult, c: number, written: WrittenLines): Block[] {
  const commit = history.commits[c];
  const changed = history.changed[c];
  if (!commit || !changed) return [];
  const merge = commit.parents.length > 1;
  const blocks: Block[] = [];
  commit.files.forEach((file, f) => {
    const ids = changed[f]?.ids;
    if (!ids || ids.length === 0) return;
    const group = written.groupOf(file.path);
    const { hunks, lines } = file.diff;
    let place = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      let partner: Block | null = null;
      for (const side of [1, 0] as const) {
        const length = hunks[h + (side === 1 ? 1 : 3)] as number;
        const block: Block = { group, file: f, side, lines: [], partner };
        for (const end = place + length; place < end; place++) {
          const line = ids[place] as number;
          if (line < 0 || (merge && (side === 1 || history.born[line] !== c))) continue;
          const text = written.committedText(c, f, place);
          block.lines.push({ place, text, kind: lines.kind[place] as number, line, written: -1, also: noLines, mixed: false });
        }
        if (block.lines.length === 0) continue;
        blocks.push(block);
        partner = block;
      }
    }
  });
  return blocks;
}
