/** A share of a whole as a thin bar with the band it lies in, for lists. */
import type { ReactElement } from "react";

export interface ShareBarProps {
  readonly share: number;
  readonly low: number | null;
  readonly high: number | null;
  readonly label: string;
}

const percent = (ratio: number): string => `${(ratio * 100).toFixed(2)}%`;

export function ShareBar({ share, low, high, label }: ShareBarProps): ReactElement {
  return (
    <svg className="share-bar" width="100%" height="16" role="img" aria-label={label}>
      <rect className="bar-ground" y="0" width="100%" height="8" rx="2" />
      <rect y="0" width={percent(share)} height="8" rx="2" fill="var(--fate-bought)" />
      {low === null || high === null ? null : (
        <>
          <line className="band" x1={percent(low)} x2={percent(high)} y1="12.5" y2="12.5" />
          <line className="band" x1={percent(low)} x2={percent(low)} y1="10" y2="15" />
          <line className="band" x1={percent(high)} x2={percent(high)} y1="10" y2="15" />
        </>
      )}
    </svg>
  );
}
