/**
 * The patch envelope that several agents write files with (`*** Begin Patch` … `*** End Patch`), as files with their
 * changed lines. It names no line numbers: a place is found by the lines around it, so numbers here count from the patch's
 * own first line. Which lines were removed and added is told exactly.
 */
import type { PatchHunk } from "./write-difference.ts";

export interface PatchedFile {
  readonly operation: "create" | "edit" | "delete";
  readonly path: string;
  /** Where the file went; null if it stayed. */
  readonly movedTo: string | null;
  /** Of an edit: its hunks in order. Of a creation: one, all added. Of a deletion: none, its lines are not told. */
  readonly hunks: readonly PatchHunk[];
}

export interface ApplyPatch {
  readonly files: readonly PatchedFile[];
  /** Lines that belong to no file, and headers without a path: what a reader of this patch does not see. */
  readonly strayLines: number;
}

const header = /^\*\*\* (Add File|Update File|Delete File): *(.*?)\s*$/;
const operations = { "Add File": "create", "Update File": "edit", "Delete File": "delete" } as const;
const move = /^\*\*\* Move to: *(.+?)\s*$/;

interface OpenFile {
  readonly operation: PatchedFile["operation"];
  readonly path: string;
  movedTo: string | null;
  readonly hunks: string[][];
}

/**
 * Files of a patch; none where the text holds no envelope. Shells wrap it in a here-document and some models forget the end:
 * what stands before the beginning is passed over, and the text's end ends the patch.
 */
export function parseApplyPatch(text: string): ApplyPatch {
  const files: OpenFile[] = [];
  let stray = 0;
  let inside = false;
  for (const line of withoutLastLineEnd(text).split(/\r?\n/)) {
    if (!inside) {
      inside = line.trim().endsWith("*** Begin Patch");
      continue;
    }
    if (line.trim() === "*** End Patch") break;
    const file = files.at(-1);
    const begins = header.exec(line);
    if (begins !== null) {
      const path = begins[2] ?? "";
      if (path === "") stray++;
      else files.push({ operation: operations[begins[1] as keyof typeof operations], path, movedTo: null, hunks: [] });
    } else if (file === undefined) stray++;
    else if (!takeLine(file, line)) stray++;
  }
  return { files: files.map(finished), strayLines: stray };
}

const withoutLastLineEnd = (text: string): string => text.replace(/\r?\n$/, "");

/** @returns false for a line that is no part of the file's change */
function takeLine(file: OpenFile, line: string): boolean {
  const target = file.operation === "edit" ? move.exec(line) : null;
  if (target !== null) file.movedTo = target[1] as string;
  else if (line === "*** End of File") return true;
  else if (file.operation === "delete") return line.trim() === "";
  else if (file.operation === "edit" && line.startsWith("@@")) file.hunks.push([]);
  else {
    const marked = marksLine(line) ? line : line === "" ? " " : null; // models leave the blank out before empty context
    if (marked === null || (file.operation === "create" && !marked.startsWith("+"))) return line.trim() === "";
    if (file.hunks.length === 0) file.hunks.push([]);
    file.hunks.at(-1)?.push(marked);
  }
  return true;
}

const marksLine = (line: string): boolean => line.startsWith("+") || line.startsWith("-") || line.startsWith(" ");

function finished({ operation, path, movedTo, hunks }: OpenFile): PatchedFile {
  let oldStart = 1;
  let newStart = 1;
  const numbered = hunks
    .filter((lines) => lines.length > 0)
    .map((lines): PatchHunk => {
      const hunk = { oldStart: operation === "create" ? 0 : oldStart, newStart, lines };
      for (const line of lines) {
        if (!line.startsWith("+")) oldStart++;
        if (!line.startsWith("-")) newStart++;
      }
      return hunk;
    });
  return { operation, path, movedTo, hunks: numbered };
}

/**
 * The file after the hunks, each applied at the first place after the one before where its old lines stand, white space at
 * line ends aside; null where one does not fit.
 */
export function applyHunks(content: string, hunks: readonly PatchHunk[]): string | null {
  const lines = content.split("\n");
  const out: string[] = [];
  let at = 0;
  for (const { lines: marked } of hunks) {
    const old = marked.filter((line) => !line.startsWith("+") && !line.startsWith("\\")).map((line) => line.slice(1));
    const found = placeOf(lines, old, at);
    if (found < 0) return null;
    out.push(...lines.slice(at, found));
    let next = found;
    for (const line of marked) {
      if (line.startsWith("+")) out.push(line.slice(1));
      else if (line.startsWith("-")) next++;
      else if (!line.startsWith("\\")) out.push(lines[next++] as string);
    }
    at = next;
  }
  return [...out, ...lines.slice(at)].join("\n");
}

function placeOf(lines: readonly string[], old: readonly string[], from: number): number {
  for (let at = from; at + old.length <= lines.length; at++) {
    if (old.every((line, i) => line.trimEnd() === (lines[at + i] as string).trimEnd())) return at;
  }
  return -1;
}
