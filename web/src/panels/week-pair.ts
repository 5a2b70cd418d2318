/** The last seven days the store knows of, and the seven before: measured to the newest response, never to the wall clock. */
import type { ClosedRange } from "../../../src/contract/query.ts";

const dayMs = 86_400_000;

export function lastWeek(lastDay: string): ClosedRange {
  return { from: new Date(Date.parse(lastDay) - 6 * dayMs).toISOString().slice(0, 10), to: lastDay };
}
