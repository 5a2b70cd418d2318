/** A drawn chart in the page: as wide as its place, drawn anew when that changes. Loaded when the first chart is shown. */
import { type ReactElement, useEffect, useRef } from "react";
import { useWidth } from "../ui/use-width.ts";
import type { Drawn } from "./plot.ts";

export interface ChartProps {
  readonly label: string;
  /** Draws for a width in pixels. Keep it the same object while its data is. */
  readonly make: (width: number) => Drawn;
  readonly height: number;
  /** What the pointer stands on, as the chart tells; null when it leaves. */
  readonly onPoint?: (value: unknown) => void;
}

export function Chart({ label, make, height, onPoint }: ChartProps): ReactElement {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place);
  useEffect(() => {
    const { current } = place;
    if (current === null || width === 0) return;
    const drawn = make(width);
    drawn.setAttribute("aria-hidden", "true");
    const tell = (): void => onPoint?.(drawn.value ?? null);
    drawn.addEventListener("input", tell);
    current.replaceChildren(drawn);
    return () => {
      drawn.removeEventListener("input", tell);
      current.replaceChildren();
    };
  }, [make, width, onPoint]);
  return <div ref={place} className="chart-place" role="img" aria-label={label} style={{ minHeight: height }} />;
}
