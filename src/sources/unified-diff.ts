import type { PatchHunk } from "./write-difference.ts";

const hunkHeader = /^@@ -(\d+)(?:,(\d+))? \+(\d+)(?:,(\d+))? @@/;

/**
 * Hunks of one file's unified difference; headers of files are passed over. A hunk without numbers counts from 1 and goes on
 * to the next; one with numbers has as many lines as they say, since a removed line may look like the header of a file.
 */
export function parseUnifiedDiff(text: string): PatchHunk[] {
  const hunks: { oldStart: number; newStart: number; lines: string[] }[] = [];
  let oldLeft = 0;
  let newLeft = 0;
  for (const line of text.replace(/\r?\n$/, "").split(/\r?\n/)) {
    const isCounted = Number.isFinite(oldLeft) && (oldLeft > 0 || newLeft > 0);
    const header = isCounted ? null : hunkHeader.exec(line);
    if (header !== null) {
      const [, oldStart, oldCount = "1", newStart, newCount = "1"] = header;
      oldLeft = Number(oldCount);
      newLeft = Number(newCount);
      hunks.push({ oldStart: Number(oldStart), newStart: Number(newStart), lines: [] });
    } else if (line.startsWith("@@") && !isCounted) {
      oldLeft = newLeft = Number.POSITIVE_INFINITY;
      hunks.push({ oldStart: 1, newStart: 1, lines: [] });
    } else if (oldLeft > 0 || newLeft > 0 || line.startsWith("\\")) {
      hunks.at(-1)?.lines.push(line === "" ? " " : line);
      if (!line.startsWith("+") && !line.startsWith("\\")) oldLeft--;
      if (!line.startsWith("-") && !line.startsWith("\\")) newLeft--;
    }
  }
  return hunks;
}
