/** Files of a repository as the entries of one folder: its files, and its folders with what is below them added up. */
import type { FileRow } from "../../../src/contract/api.ts";

export interface CodeEntry {
  readonly name: string;
  /** From the root of the repository. */
  readonly path: string;
  readonly isFolder: boolean;
  readonly files: number;
  readonly nanoUsd: bigint;
  readonly linesLanded: number;
  readonly linesAlive: number;
}

/** @param under folder without a slash at its end; empty for the root */
export function entriesOf(files: readonly FileRow[], under: string): CodeEntry[] {
  const prefix = under === "" ? "" : `${under}/`;
  const entries = new Map<string, CodeEntry>();
  for (const file of files.filter(({ path }) => path.startsWith(prefix))) {
    const [name = "", ...rest] = file.path.slice(prefix.length).split("/");
    const known = entries.get(name);
    entries.set(name, {
      name,
      path: prefix + name,
      isFolder: known?.isFolder === true || rest.length > 0,
      files: (known?.files ?? 0) + 1,
      nanoUsd: (known?.nanoUsd ?? 0n) + BigInt(file.spendNanoUsd ?? 0),
      linesLanded: (known?.linesLanded ?? 0) + file.linesLanded,
      linesAlive: (known?.linesAlive ?? 0) + file.linesAlive,
    });
  }
  return [...entries.values()].toSorted((a, b) => (b.nanoUsd > a.nanoUsd ? 1 : b.nanoUsd < a.nanoUsd ? -1 : a.name < b.name ? -1 : 1));
}

/** Share of landed lines that are alive; null where none landed. */
export const aliveShare = ({ linesLanded, linesAlive }: Pick<CodeEntry, "linesLanded" | "linesAlive">): number | null =>
  linesLanded === 0 ? null : linesAlive / linesLanded;

/** 0 (all gone) to 4 (nearly all alive); null where none landed. */
export function aliveStep(share: number | null): 0 | 1 | 2 | 3 | 4 | null {
  if (share === null) return null;
  return share < 0.25 ? 0 : share < 0.5 ? 1 : share < 0.75 ? 2 : share < 0.95 ? 3 : 4;
}

/** Boxes a person can still tell apart. */
const mostBoxes = 120;

/**
 * The entries to draw: a folder that takes over a fifth of the money gives way to what is in it, so that one large folder
 * does not hide where the money went.
 */
export function spreadOf(files: readonly FileRow[], under: string): CodeEntry[] {
  let entries = entriesOf(files, under);
  const whole = entries.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
  for (;;) {
    const large = entries.find(({ isFolder, nanoUsd }) => isFolder && nanoUsd * 5n > whole);
    if (large === undefined) return entries;
    const inside = entriesOf(files, large.path);
    if (entries.length + inside.length > mostBoxes && entries.length > 1) return entries;
    entries = [...entries.filter((entry) => entry !== large), ...inside].toSorted((a, b) => (b.nanoUsd > a.nanoUsd ? 1 : -1));
  }
}
