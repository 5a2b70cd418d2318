/** A dollar split into its fates: one bar, each part wide as its money. */
import type { ReactElement } from "react";
import { fillOf } from "../look/hatches.tsx";

export interface FatePart {
  readonly group: string;
  readonly nanoUsd: bigint;
  /** What a pointer that rests on it is told. */
  readonly says: string;
}

export interface FateBarProps {
  readonly parts: readonly FatePart[];
  readonly height?: number;
  /** What the bar shows, for who cannot see it. */
  readonly label: string;
}

const width = 10_000n;

export function FateBar({ parts, height = 12, label }: FateBarProps): ReactElement {
  const whole = parts.reduce((sum, { nanoUsd }) => sum + nanoUsd, 0n);
  let sum = 0n;
  const places = parts.map((part) => {
    const from = whole === 0n ? 0n : (sum * width) / whole;
    sum += part.nanoUsd;
    return { ...part, from: Number(from) / 100, to: Number(whole === 0n ? 0n : (sum * width) / whole) / 100 };
  });
  return (
    <svg className="fate-bar" width="100%" height={height} role="img" aria-label={label}>
      <rect className="bar-ground" width="100%" height={height} rx="4" />
      {places
        .filter(({ from, to }) => to > from)
        .map(({ group, from, to, says }) => (
          <rect key={group} x={`${from}%`} width={`${to - from}%`} height={height} fill={fillOf(group)}>
            <title>{says}</title>
          </rect>
        ))}
    </svg>
  );
}
