import { shareUnits } from "./numbers.ts";
import type { Ink } from "./ink.ts";
import type { RollUpLook } from "./roll-up-look.ts";

export interface BarPart {
  readonly look: RollUpLook;
  readonly nanoUsd: bigint;
}

/** A stacked bar of so many columns: each part in the fill and colour of its group, lengths adding up to the bar. */
export function stackedBar(parts: readonly BarPart[], columns: number, ink: Ink): string {
  const amounts = parts.map((part) => part.nanoUsd);
  const whole = amounts.reduce((sum, amount) => sum + amount, 0n);
  const lengths = shareUnits(amounts, whole, BigInt(columns));
  return parts
    .map((part, i) => ({ look: part.look, length: Number(lengths[i] ?? 0) }))
    .filter((part) => part.length > 0)
    .map((part) => ink.color(part.look.terminalColor, part.look.fill.repeat(part.length)))
    .join("");
}
