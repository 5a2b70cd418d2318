/** A session's turns as they lie on the clock: pure, so that it can be tested without a screen. */
import { type RollUpName, rollUp } from "../../../src/contract/fates.ts";
import type { SessionCard } from "../../../src/contract/show.ts";
import { formatNumberOf, formatUsd } from "../../../src/surfaces/cli/numbers.ts";
import type { ClockTurn, ClockWrite } from "../charts/clock.ts";
import { formatInstant, toDollars } from "../format/cell.ts";

/** A turn of one response has no length: it is drawn as wide as this part of the session, to be seen. */
const leastPart = 1 / 400;

export interface SessionClock {
  readonly from: Date;
  readonly until: Date;
  readonly turns: readonly ClockTurn[];
  readonly writes: readonly ClockWrite[];
  /** Groups of fates there are lines of, in their order. */
  readonly groups: readonly RollUpName[];
}

const groupOf = (fate: string): RollUpName | undefined =>
  (Object.keys(rollUp) as RollUpName[]).find((name) => (rollUp[name] as readonly string[]).includes(fate));

export function sessionClock({ turns }: Pick<SessionCard, "turns">): SessionClock | null {
  const instants = turns.flatMap(({ startedAt, endedAt }) => [Date.parse(startedAt), Date.parse(endedAt)]);
  if (instants.length === 0) return null;
  const [first, last] = [Math.min(...instants), Math.max(...instants)];
  const least = Math.max(60_000, (last - first) * leastPart);
  const span = (turn: SessionCard["turns"][number]): { from: Date; until: Date } => {
    const from = Date.parse(turn.startedAt);
    return { from: new Date(from), until: new Date(Math.max(Date.parse(turn.endedAt), from + least)) };
  };
  const groups = (Object.keys(rollUp) as RollUpName[]).filter((name) =>
    turns.some(({ written }) => written.some(({ fate }) => groupOf(fate) === name)),
  );
  return {
    from: new Date(first),
    until: new Date(last + least),
    groups,
    turns: turns.map((turn) => ({
      ...span(turn),
      turn: turn.turn,
      dollars: toDollars(turn.nanoUsd),
      purpose: turn.purpose,
      says: `turn ${turn.turn}, ${formatInstant(turn.startedAt)} to ${turn.endedAt.slice(11, 16)} UTC: ${formatUsd(turn.nanoUsd)}, ${turn.purpose}, mostly ${turn.activity}`,
    })),
    writes: turns.flatMap((turn) => {
      let below = 0;
      return groups.flatMap((group): ClockWrite[] => {
        const lines = turn.written.filter(({ fate }) => groupOf(fate) === group).reduce((sum, one) => sum + one.lines, 0);
        if (lines === 0) return [];
        const write = {
          ...span(turn),
          below,
          above: below + lines,
          group,
          says: `turn ${turn.turn}: ${formatNumberOf(lines, "changed line")} ${group}`,
        };
        below += lines;
        return [write];
      });
    }),
  };
}
