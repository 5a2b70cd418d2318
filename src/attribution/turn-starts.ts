import { telemetryTurn } from "../contract/facts.ts";
import type { TurnStart } from "./model.ts";

/** A log notes a prompt when it is entered, telemetry when it is sent off: how far apart the two may be. */
const apartMs = 5_000;

/**
 * Takes the starts of a session's turns that a log and telemetry both tell for one: the log's word stands. Each start of a
 * log is told by one start of telemetry at most.
 * @param starts in order of instant @returns them without what was told twice, in their order
 */
export function joinTurnStarts(starts: readonly TurnStart[]): readonly TurnStart[] {
  const logged = starts.filter(({ key }) => !key.startsWith(telemetryTurn));
  if (logged.length === 0 || logged.length === starts.length) return starts;
  const met = new Set<TurnStart>();
  return starts.filter((start) => {
    if (!start.key.startsWith(telemetryTurn)) return true;
    const same = nearest(logged, start.instant, met);
    if (same !== null) met.add(same);
    return same === null;
  });
}

function nearest(logged: readonly TurnStart[], instant: number, met: ReadonlySet<TurnStart>): TurnStart | null {
  let best: TurnStart | null = null;
  let distance = apartMs;
  for (const start of logged) {
    const own = Math.abs(start.instant - instant);
    if (own > distance || met.has(start) || (own === distance && best !== null)) continue;
    best = start;
    distance = own;
  }
  return best;
}
