import type { Usage } from "../attribution/model.ts";
import { joinTurnStarts } from "../attribution/turn-starts.ts";
import type { Call, TurnStart } from "../contract/stored.ts";
import { type StoredWrite, compare } from "../store/fact-reader.ts";

/** The calls and turn starts of each session, each call under the one session that owns it. */
export interface SessionFacts {
  readonly calls: ReadonlyMap<string, readonly Call[]>;
  readonly turns: ReadonlyMap<string, readonly TurnStart[]>;
}

/** With the writes of all sessions, whose lines are needed until they are linked. */
export interface SessionFactsAndWrites extends SessionFacts {
  readonly writes: readonly StoredWrite[];
}

/**
 * Gives every tool call and write to one session: that of the usage whose response made it, else the earliest teller.
 * Forks and resumes tell the same call again under their own session.
 */
export function ownedFacts(
  calls: readonly (Call & { session: string })[],
  writes: readonly StoredWrite[],
  turns: readonly (TurnStart & { session: string })[],
  usages: readonly Usage[],
): SessionFactsAndWrites {
  const ownerOfResponse = new Map<string, string>();
  for (const usage of usages) for (const key of usage.responseKeys) ownerOfResponse.set(key, usage.session);
  const ownerOfCall = new Map<string, Call & { session: string }>();
  const prefers = (call: Call & { session: string }, known: Call & { session: string }): boolean => {
    const owner = call.responseKey === null ? undefined : ownerOfResponse.get(call.responseKey);
    if (owner !== undefined && (call.session === owner) !== (known.session === owner)) return call.session === owner;
    return call.instant < known.instant || (call.instant === known.instant && call.session < known.session);
  };
  for (const call of calls) {
    const known = ownerOfCall.get(call.callKey);
    if (!known || prefers(call, known)) ownerOfCall.set(call.callKey, call);
  }
  const bySession = new Map<string, Call[]>();
  for (const call of ownerOfCall.values()) {
    const list = bySession.get(call.session);
    if (list) list.push(call);
    else bySession.set(call.session, [call]);
  }
  for (const list of bySession.values()) list.sort((a, b) => a.instant - b.instant || compare(a.callKey, b.callKey));

  const ownWrites = new Map<string, StoredWrite>();
  for (const write of writes) {
    const key = `${write.callKey}\u0000${write.path}`;
    const owner = ownerOfCall.get(write.callKey)?.session;
    const known = ownWrites.get(key);
    if (
      !known ||
      (write.session === owner && known.session !== owner) ||
      (known.session !== owner && compare(write.session, known.session) < 0)
    )
      ownWrites.set(key, write);
  }
  const turnsBySession = new Map<string, TurnStart[]>();
  for (const turn of turns) {
    const list = turnsBySession.get(turn.session);
    if (list) list.push(turn);
    else turnsBySession.set(turn.session, [turn]);
  }
  for (const [session, list] of turnsBySession)
    turnsBySession.set(session, [...joinTurnStarts(list.sort((a, b) => a.instant - b.instant || compare(a.key, b.key)))]);
  return {
    calls: bySession,
    turns: turnsBySession,
    writes: [...ownWrites.values()].sort(
      (a, b) => a.instant - b.instant || compare(a.session, b.session) || compare(a.callKey, b.callKey) || compare(a.path, b.path),
    ),
  };
}
