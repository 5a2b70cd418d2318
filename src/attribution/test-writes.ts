import { Fingerprinter, LineDiffBuilder } from "../lines/fingerprint.ts";
import { pathKind } from "../lines/line-kind.ts";
import type { TurnWrite } from "./lives.ts";

/** Under the secret of `readHistory` in outcomes/git/test-repository.ts, so that written lines meet committed ones. */
const fingerprinter = new Fingerprinter("0123456789abcdef0123456789abcdef");

/** What a write takes out and puts in at one place of a file. */
export interface Hunk {
  readonly removed?: readonly string[];
  readonly added?: readonly string[];
}

/** A write for tests, its hunks one after the other; its call has the name of its session and instant. */
export function writeOf(session: string, instant: number, path: string, hunks: Hunk | readonly Hunk[], turn = 1): TurnWrite {
  const builder = new LineDiffBuilder(fingerprinter, pathKind(path));
  let line = 1;
  for (const { removed = [], added = [] } of Array.isArray(hunks) ? (hunks as readonly Hunk[]) : [hunks as Hunk]) {
    builder.hunk(line, removed.length, line, added.length);
    for (const text of [...removed, ...added]) builder.line(Buffer.from(text));
    line += 10 + Math.max(removed.length, added.length);
  }
  return { session, callKey: `${session}@${instant}`, instant, path, diff: builder.finish(), turn, quality: "logged" };
}

/** Lines that say something: no two of one name and number are found elsewhere. */
export const linesOf = (name: string, count: number): string[] =>
  Array.from({ length: count }, (_, i) => `const ${name}${i} = berth(${i}, "${name}");`);

export const text = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");
