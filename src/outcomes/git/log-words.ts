import type { FileChange } from "../../contract/facts.ts";
import { pathText } from "../../git/refs.ts";

/** By the letter of a raw line. */
export const statuses: Readonly<Record<string, FileChange["status"]>> = {
  A: "added",
  M: "modified",
  D: "deleted",
  R: "renamed",
  T: "type_changed",
  C: "copied",
};

const quote = 34;
const backslash = 92;
const escapes: Readonly<Record<string, number>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13, '"': 34, "\\": 92 };

/** A path as git prints it: bare, or in double quotes with C escapes. */
export function unquoted(bytes: Buffer, start: number, end: number): string {
  if (bytes[start] !== quote) return pathText(bytes, start, end);
  const plain: number[] = [];
  for (let i = start + 1; i < end - 1; i++) {
    if (bytes[i] !== backslash) plain.push(bytes[i] as number);
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
