/** What git's logs print, whatever log it is: bytes, statuses, paths, and the raw line of a file. */
import type { FileChange } from "../../contract/facts.ts";
import { pathText } from "../../git/refs.ts";
import { emptyDiff } from "../../lines/line-diff.ts";

/** Bytes that lines of a log begin with. */
export const byte = {
  head: 1,
  tab: 9,
  lineFeed: 10,
  blank: 32,
  quote: 34,
  plus: 43,
  comma: 44,
  minus: 45,
  colon: 58,
  at: 64,
  capitalB: 66,
  backslash: 92,
  lowerD: 100,
} as const;

/** The mode of one. */
export const submodule = "160000";

export type OpenFileChange = { -readonly [K in keyof FileChange]: FileChange[K] };

/** By the letter of a raw line. */
export const statuses: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  R: "renamed",
  T: "type_changed",
  C: "copied",
};

const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A path as git prints it: bare, or in double quotes with C escapes. */
export function unquoted(bytes: Buffer, start: number, end: number): string {
  if (bytes[start] !== byte.quote) return pathText(bytes, start, end);
  const plain: number[] = [];
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] !== byte.backslash) plain.push(bytes[i] as number);
    else {
      const letter = String.fromCharCode(bytes[++i] as number);
      const escaped = escapes[letter];
      if (escaped !== undefined) plain.push(escaped);
      else {
        plain.push(Number.parseInt(bytes.toString("latin1", i, i + 3), 8));
        i += 2;
      }
    }
  }
  const path = Buffer.from(plain);
  return pathText(path, 0, path.length);
}

/**
 * A file of the raw part, without lines: `:100644 100644 <old> <new> M\tpath`, with two paths for a rename.
 * @param end of the line
 * @param known gives the one text there is for a path
 * @returns null where it is no such line
 */
export function rawFile(
  bytes: Buffer,
  start: number,
  end: number,
  known: (path: string) => string = (path) => path,
): OpenFileChange | null {
  const tab = bytes.indexOf(byte.tab, start);
  if (tab === -1 || tab > end) return null;
  const told = bytes.toString("latin1", start + 1, tab).split(" ");
  const status = statuses[(told[4] as string)[0] as string] ?? "modified";
  const second = bytes.subarray(tab + 1, end).indexOf(byte.tab);
  const firstEnd = second === -1 ? end : tab + 1 + second;
  const firstPath = known(unquoted(bytes, tab + 1, firstEnd));
  const isSubmodule = told[1] === submodule || (told[0] === submodule && status === "deleted");
  return {
    path: second === -1 ? firstPath : known(unquoted(bytes, firstEnd + 1, end)),
    oldPath: second === -1 ? null : firstPath,
    status,
    oldBlob: told[2] as string,
    newBlob: told[3] as string,
    opaque: isSubmodule ? "submodule" : false,
    diff: emptyDiff,
  };
}
