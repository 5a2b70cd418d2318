/** Ids of the rows of derived tables. */
import type { Change } from "../contract/history.ts";
import type { Computed } from "./compute.ts";

/** Ids of rows that stand beside those to be written; all empty and 0 for a whole store. */
export interface StandingIds {
  /** By session key; a session keeps its id when its rows are replaced. */
  readonly sessions: ReadonlyMap<string, number>;
  /** Ids of the changes of each repository whose rows stand, in the order of its list. */
  readonly changes: ReadonlyMap<number, readonly number[]>;
  /** The first id that is free, by table. */
  readonly free: Readonly<Record<"session" | "usage" | "segment" | "strand" | "change" | "commit" | "run", number>>;
}

export const noStandingIds: StandingIds = {
  sessions: new Map(),
  changes: new Map(),
  free: { session: 0, usage: 0, segment: 0, strand: 0, change: 0, commit: 0, run: 0 },
};

export interface RowIds extends StandingIds {
  /** Ids of the changes of every repository, in the order of its list. */
  readonly changes: ReadonlyMap<number, readonly number[]>;
}

export function numberAll({ repositories, sessions }: Computed, standing: StandingIds): RowIds {
  const changes = new Map(standing.changes);
  let nextChange = standing.free.change;
  for (const { repository, changes: own } of repositories)
    changes.set(
      repository,
      own.changes.map(() => nextChange++),
    );
  const numbers = new Map(standing.sessions);
  let nextSession = standing.free.session;
  for (const { session } of sessions) if (!numbers.has(session)) numbers.set(session, nextSession++);
  return { ...standing, changes, sessions: numbers };
}

export const changeId = ({ changes }: RowIds, repository: number, change: number): number => changes.get(repository)?.[change] as number;

export const changeKey = ({ number, landedCommit, id }: Change): string => (number === null ? (landedCommit ?? id) : `#${number}`);
