/** Lines by who wrote them. Unknown is not a person. */
import type { ReactElement } from "react";
import { formatCount } from "../../../src/surfaces/cli/numbers.ts";
import { seriesColor } from "../look/series.ts";

/** In the order of their colours. */
export const authorKinds = ["agent", "mixed", "person", "unknown"] as const;

export const authorColor = (kind: string): string =>
  kind === "unknown" ? "var(--fate-unknown)" : seriesColor(Math.max(0, authorKinds.indexOf(kind as (typeof authorKinds)[number])));

export function AuthorBar({ lines }: { readonly lines: Readonly<Record<string, number>> }): ReactElement {
  const known = authorKinds.map((kind) => ({ kind, count: lines[kind] ?? 0 }));
  const all = known.reduce((sum, { count }) => sum + count, 0);
  let from = 0;
  const label = known.map(({ kind, count }) => `${kind} ${formatCount(count)}`).join(", ");
  return (
    <>
      <svg className="fate-bar" width="100%" height="20" role="img" aria-label={`Lines by author kind: ${label}`}>
        <rect className="bar-ground" width="100%" height="20" />
        {known.map(({ kind, count }) => {
          const x = all === 0 ? 0 : (from / all) * 100;
          from += count;
          return count === 0 ? null : (
            <rect key={kind} x={`${x}%`} width={`${(count / all) * 100}%`} height="20" fill={authorColor(kind)} />
          );
        })}
      </svg>
      <ul className="chart-legend below">
        {known
          .filter(({ count }) => count > 0)
          .map(({ kind, count }) => (
            <li key={kind}>
              <svg className="swatch" width="14" height="14" aria-hidden="true">
                <rect x="0.5" y="0.5" width="13" height="13" rx="3" fill={authorColor(kind)} />
              </svg>
              {kind} <b>{formatCount(count)}</b>
            </li>
          ))}
      </ul>
    </>
  );
}
