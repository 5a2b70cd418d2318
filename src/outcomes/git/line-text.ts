import type { LineFeatures } from "../../lines/line-diff.ts";

/** One number for a line's exact bytes: 20 bits of the folded fingerprint over 32 of folded and exact. A safe integer. */
export function textOf(lines: LineFeatures, at: number): number {
  const folded = lines.folded[at] as number;
  const high = Math.floor(folded / 0x100000000);
  return high * 0x100000000 + ((folded ^ (lines.exact[at] as number)) >>> 0);
}
