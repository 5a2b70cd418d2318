import type { PatchHunk } from "./write-difference.ts";

const hunkHeader = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

/** Hunks of one file's unified difference; headers of files are passed over. A hunk without numbers counts from 1. */
export function parseUnifiedDiff(text: string): PatchHunk[] {
  const hunks: { oldStart: number; newStart: number; lines: string[] }[] = [];
  for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
    const header = hunkHeader.exec(line);
    if (header !== null || line.startsWith("@@")) {
      hunks.push({ oldStart: Number(header?.[1] ?? 1), newStart: Number(header?.[2] ?? 1), lines: [] });
    } else hunks.at(-1)?.lines.push(line === "" ? " " : line); // before the first hunk stand names of files
  }
  return hunks;
}
