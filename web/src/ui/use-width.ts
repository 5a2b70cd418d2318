/** The width an element has been given, in whole pixels; 0 until it is known. */
import { type RefObject, useEffect, useState } from "react";

export function useWidth(place: RefObject<HTMLDivElement | null>): number {
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const { current } = place;
    if (current === null) return;
    const look = new ResizeObserver(([entry]) => setWidth(Math.floor(entry?.contentRect.width ?? 0)));
    look.observe(current);
    return () => look.disconnect();
  }, [place]);
  return width;
}
