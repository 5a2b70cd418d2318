import type { Progress } from "../../app/assay.ts";
import { clip, printable } from "./printable.ts";
import type { Screen } from "./machine.ts";

const redrawMs = 80;

export interface ProgressLine {
  readonly show: Progress;
  /** Takes the line away, so that what is printed next starts clean. */
  clear(): void;
}

/** One line on stderr that rewrites itself; nothing at all where stderr is no terminal. */
export function progressLine(screen: Screen, now: () => number): ProgressLine {
  if (!screen.isTerminal) return { show: () => undefined, clear: () => undefined };
  let shown = "";
  let drawnAt = Number.NEGATIVE_INFINITY;
  return {
    show(step, done, total) {
      const line = clip(printable(step) + progressShare(done, total), (screen.columns ?? 80) - 1);
      const isLast = done !== undefined && done === total;
      if (line === shown || (now() - drawnAt < redrawMs && !isLast)) return;
      shown = line;
      drawnAt = now();
      screen.write(`\r\x1b[K${line}`);
    },
    clear() {
      if (shown !== "") screen.write("\r\x1b[K");
      shown = "";
    },
  };
}

function progressShare(done: number | undefined, total: number | undefined): string {
  if (done === undefined) return " …";
  return total === undefined ? ` ${done}` : ` ${done} of ${total}`;
}
