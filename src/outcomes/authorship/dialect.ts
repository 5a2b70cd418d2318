/** What every dialect of authorship notes gives: claims, and what could not be used. */
import type { LineClaim } from "../../contract/facts.ts";

/** Pieces of a note that could not be used, by the code of their problem. */
export type NoteDefect =
  | "note_unreadable"
  | "note_version_unknown"
  | "note_range_invalid"
  | "note_path_invalid"
  | "note_author_unknown"
  | "note_of_other_vcs";

export interface ParsedNote {
  readonly claims: readonly LineClaim[];
  readonly testLines: number;
  readonly defects: ReadonlyMap<NoteDefect, number>;
}

export const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** An own member, whatever the key is called: notes choose their keys. */
export function member(of: unknown, key: string): unknown {
  return isObject(of) && Object.hasOwn(of, key) ? of[key] : undefined;
}

export const textOr = (value: unknown): string | null => (typeof value === "string" && value !== "" ? value : null);

/** No file has more lines; larger numbers are no line numbers. */
const lastLine = 50_000_000;

/** @returns whether both are line numbers, in order */
export const isRange = (first: number, last: number): boolean =>
  Number.isInteger(first) && Number.isInteger(last) && first >= 1 && last >= first && last <= lastLine;

/** Puts ranges in order and joins those that meet. @param pairs first and last line, alternating */
export function joinRanges(pairs: readonly number[]): number[] {
  const ranges: [number, number][] = [];
  for (let i = 0; i + 1 < pairs.length; i += 2) ranges.push([pairs[i] as number, pairs[i + 1] as number]);
  ranges.sort((a, b) => a[0] - b[0] || a[1] - b[1]);
  const joined: number[] = [];
  for (const [first, last] of ranges) {
    const end = joined.length - 1;
    if (end >= 0 && first <= (joined[end] as number) + 1) joined[end] = Math.max(joined[end] as number, last);
    else joined.push(first, last);
  }
  return joined;
}

/** Lines in joined ranges. */
export function linesIn(ranges: readonly number[]): number {
  let lines = 0;
  for (let i = 0; i + 1 < ranges.length; i += 2) lines += (ranges[i + 1] as number) - (ranges[i] as number) + 1;
  return lines;
}

/** Collects the claims of one note: ranges of one author in one file are one claim. */
export class NoteMaker {
  readonly #claims = new Map<string, { claim: Omit<LineClaim, "ranges">; pairs: number[] }>();
  readonly #testPairs = new Map<string, number[]>();
  readonly #defects = new Map<NoteDefect, number>();

  claim(claim: Omit<LineClaim, "ranges">, pairs: readonly number[]): void {
    if (pairs.length === 0) return;
    const key = JSON.stringify(Object.values(claim));
    const known = this.#claims.get(key);
    if (known) for (const line of pairs) known.pairs.push(line);
    else this.#claims.set(key, { claim, pairs: [...pairs] });
  }

  test(path: string, pairs: readonly number[]): void {
    this.#testPairs.set(path, [...(this.#testPairs.get(path) ?? []), ...pairs]);
  }

  defect(code: NoteDefect, count = 1): void {
    this.#defects.set(code, (this.#defects.get(code) ?? 0) + count);
  }

  finish(): ParsedNote {
    const claims = [...this.#claims].map(([key, { claim, pairs }]) => ({ key, claim: { ...claim, ranges: joinRanges(pairs) } }));
    let testLines = 0;
    for (const pairs of this.#testPairs.values()) testLines += linesIn(joinRanges(pairs));
    return {
      claims: claims.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ claim }) => claim),
      testLines,
      defects: this.#defects,
    };
  }
}

/** A note that says nothing that can be used. */
export function unusable(code: NoteDefect): ParsedNote {
  return { claims: [], testLines: 0, defects: new Map([[code, 1]]) };
}

/** Text of a note; null where its bytes are not UTF-8, or it holds a NUL: it would be read wrongly. */
export function textOf(content: Buffer): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(content);
    return text.includes("\0") ? null : text;
  } catch {
    return null; // the caller counts it as unreadable
  }
}

/** Whether a path is one a repository can have: relative, without `..`, not a work of fancy. */
export function isRepositoryPath(path: string): boolean {
  return (
    path !== "" && path.length <= 4096 && !path.startsWith("/") && !/[\0\n]/.test(path) && !path.split("/").some((part) => part === "..")
  );
}
