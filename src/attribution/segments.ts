/** Cuts a session into turns and these into the groups of responses that feed one group of edits (MEASURES 2.1, RULINGS 11). */
import { type ActivityKind, activityKinds } from "../contract/facts.ts";
import { reviewedAt } from "./reviews-given.ts";
import type { Call, Segment, SessionInput, TurnStart, WriteArtefacts } from "./model.ts";

type SessionUsage = SessionInput["usages"][number];

/** A call that changed files inside a repository, with what became of them. */
export interface EditCall {
  readonly call: Call;
  readonly writes: readonly WriteArtefacts[];
}

/** The responses up to and including one that edits, since the last one that did. */
export interface Piece {
  readonly usages: readonly SessionUsage[];
  readonly edits: readonly EditCall[];
}

/** Responses that feed no edit of their own. */
export interface Rest {
  readonly usages: readonly SessionUsage[];
  /** Whose shares they take: a sub-agent's own pieces, else the turn's; empty in a turn without edits. */
  readonly pieces: readonly Piece[];
  /** Served a sub-agent that left no log, and no logged edit followed: what came of it cannot be observed. */
  readonly subagentUnlogged: boolean;
}

export interface Turn {
  readonly turn: number;
  /** Contexts cleared before this turn: nothing flows between turns that differ in it. */
  readonly era: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly pieces: readonly Piece[];
  readonly rests: readonly Rest[];
  readonly activity: Segment["activity"];
  readonly purpose: Segment["purpose"];
  /** A turn without edits that tests, builds, commits, opens a change or pushes. */
  readonly verifies: boolean;
  /** When it reviewed another's change, having no edits; null where it did not, or no forge tells. */
  readonly reviewedAt: number | null;
}

const verifyKinds: ReadonlySet<ActivityKind> = new Set(["test", "build", "commit", "open_change", "push"]);

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

/** Number of the turn an instant falls into: turn 0 comes before the first start. @param starts sorted by instant */
export function turnAt(starts: readonly TurnStart[], instant: number): number {
  return lastAtOrBefore(starts, instant) + 1;
}

/** Place of the last entry not later than the instant, -1 if none. @param sorted by instant */
function lastAtOrBefore(sorted: readonly { readonly instant: number }[], instant: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] as { instant: number }).instant <= instant) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

function pushTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const list = lists.get(key);
  if (list) list.push(value);
  else lists.set(key, [value]);
}

/** Sub-agents that start sub-agents: deeper chains than this are taken for a loop in the log. */
const maxDepth = 16;

/**
 * Who did what in a session: streams of responses (`null`: the session's own, else a sub-agent's id), the `delegate` calls
 * that started them, and the response that made each call.
 */
class Streams {
  readonly usages: readonly SessionUsage[];
  readonly calls: readonly Call[];
  readonly #starts: readonly TurnStart[];
  readonly #byStream = new Map<string | null, SessionUsage[]>();
  readonly #byKey = new Map<string, SessionUsage>();
  /** The calls that started or resumed each sub-agent, by instant. */
  readonly #delegates = new Map<string, Call[]>();
  readonly #logged = new Set<string>();

  constructor(session: SessionInput) {
    this.usages = [...session.usages].sort((a, b) => a.instant - b.instant || a.id - b.id);
    this.calls = [...session.calls].sort((a, b) => a.instant - b.instant || compareText(a.callKey, b.callKey));
    this.#starts = [...session.turns].sort((a, b) => a.instant - b.instant || compareText(a.key, b.key));
    for (const usage of this.usages) {
      pushTo(this.#byStream, usage.agentId, usage);
      for (const key of usage.responseKeys) if (!this.#byKey.has(key)) this.#byKey.set(key, usage);
    }
    this.#matchDelegates();
  }

  /** By the id a delegate's result names or by the parent its calls name; what is left by time, first come first served. */
  #matchDelegates(): void {
    const delegates = new Map(this.calls.filter((call) => call.activity === "delegate").map((call) => [call.callKey, call]));
    const firstSeen = new Map<string, number>();
    const parents = new Map<string, Set<Call>>();
    const claim = (agentId: string, call: Call): void => {
      const claimed = parents.get(agentId);
      if (claimed) claimed.add(call);
      else parents.set(agentId, new Set([call]));
      this.#logged.add(call.callKey);
    };
    for (const { agentId, instant } of [...this.usages, ...this.calls]) {
      if (agentId !== null) firstSeen.set(agentId, Math.min(firstSeen.get(agentId) ?? instant, instant));
    }
    for (const call of this.calls) {
      const parent = call.parentCallKey === null ? undefined : delegates.get(call.parentCallKey);
      if (parent && call.agentId !== null) claim(call.agentId, parent);
      if (delegates.has(call.callKey) && call.startedAgentId !== null && firstSeen.has(call.startedAgentId))
        claim(call.startedAgentId, call);
    }
    const open = [...delegates.values()].filter(
      (call) => call.startedAgentId === null && call.status !== "error" && !this.#logged.has(call.callKey),
    );
    const orphans = [...firstSeen].filter(([agentId]) => !parents.has(agentId)).sort((a, b) => a[1] - b[1] || compareText(a[0], b[0]));
    for (const [agentId, instant] of orphans) {
      const place = open.findIndex(
        (call) => call.agentId !== agentId && call.instant <= instant && instant <= (call.endedAt ?? Number.POSITIVE_INFINITY),
      );
      if (place >= 0) claim(agentId, open.splice(place, 1)[0] as Call);
    }
    for (const [agentId, calls] of parents) {
      this.#delegates.set(
        agentId,
        [...calls].sort((a, b) => a.instant - b.instant || compareText(a.callKey, b.callKey)),
      );
    }
  }

  /** The call that had the sub-agent work at that instant: the latest not after it, else its first; null if none is known. */
  delegateOf(agentId: string | null, instant: number): Call | null {
    const calls = agentId === null ? undefined : this.#delegates.get(agentId);
    return calls?.[Math.max(0, lastAtOrBefore(calls, instant))] ?? null;
  }

  /** A delegate that ran (or may have) and whose sub-agent left neither responses nor calls. */
  isUnlogged(call: Call): boolean {
    return call.activity === "delegate" && call.status !== "error" && !this.#logged.has(call.callKey);
  }

  /** Turn of what a stream did at an instant; a sub-agent's work belongs to the turn that sent it, however long it takes. */
  turnOf(agentId: string | null, instant: number, depth = 0): number {
    const delegate = depth < maxDepth ? this.delegateOf(agentId, instant) : null;
    return delegate ? this.turnOf(delegate.agentId, delegate.instant, depth + 1) : turnAt(this.#starts, instant);
  }

  depthOf(agentId: string | null, instant: number, depth = 0): number {
    const delegate = depth < maxDepth ? this.delegateOf(agentId, instant) : null;
    return delegate ? this.depthOf(delegate.agentId, delegate.instant, depth + 1) : depth;
  }

  /**
   * The response that made a call: the one it names, else the latest of its stream before it; for a sub-agent whose calls
   * are logged without responses, the one that sent it. Null where the session has no such response.
   */
  responseOf(call: Call, depth = 0): SessionUsage | null {
    const named = call.responseKey === null ? undefined : this.#byKey.get(call.responseKey);
    if (named) return named;
    const stream = this.#byStream.get(call.agentId);
    if (stream) return stream[lastAtOrBefore(stream, call.instant)] ?? null;
    const delegate = depth < maxDepth ? this.delegateOf(call.agentId, call.instant) : null;
    return delegate ? this.responseOf(delegate, depth + 1) : null;
  }

  /** How often the context was cleared up to the start of a turn. */
  eraOf(turn: number): number {
    let era = 0;
    for (let i = 0; i < turn; i++) if (this.#starts[i]?.cleared) era++;
    return era;
  }
}

/** A sub-agent a session started, and whether the log has anything of it: responses or calls. */
export interface StartedAgent {
  readonly session: string;
  readonly startedAt: number;
  readonly observed: boolean;
}

/** The sub-agents of a session: one for each call that started one and did not fail, in order. */
export function startedAgents(session: SessionInput): StartedAgent[] {
  const streams = new Streams(session);
  return streams.calls
    .filter((call) => call.activity === "delegate" && call.status !== "error")
    .map((call) => ({ session: session.session, startedAt: call.instant, observed: !streams.isUnlogged(call) }));
}

interface OpenPiece {
  readonly at: number;
  readonly usages: SessionUsage[];
  readonly edits: EditCall[];
}

/** One stream inside one turn, while it is being cut. */
interface OpenStream {
  readonly agentId: string | null;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly pieces: OpenPiece[];
  /** What follows the last edit. */
  rest: SessionUsage[];
  /** From sub-agents without edits that came back after the last edit. */
  joined: SessionUsage[];
  readonly unlogged: boolean;
}

/**
 * Turns of a session, in order, with their pieces and rests; every usage is in exactly one of these. Input order does not
 * matter.
 *
 * - A piece ends with each response that holds a successful call with writes inside a repository; streams are cut apart.
 * - A sub-agent without edits joins the piece of its parent that edits next after its return in that turn, else the
 *   parent's rest.
 * - What follows a stream's last edit and holds (or follows in the same response) a call to a sub-agent that left no log is
 *   a rest of its own: that sub-agent may have edited.
 * - Purpose of a turn: with edits `fix` if the latest test or build before its first edit failed, else `build`; without edits
 *   `review` if it has review calls, `operate` if it verifies or mostly runs shell commands, else `explore`.
 */
export function turnsOf(session: SessionInput): Turn[] {
  const streams = new Streams(session);
  const { calls, edits, unlogged } = callsByResponse(session, streams);
  const byTurn = new Map<number, Map<string | null, SessionUsage[]>>();
  for (const usage of streams.usages) {
    const turn = streams.turnOf(usage.agentId, usage.instant);
    let inTurn = byTurn.get(turn);
    if (!inTurn) byTurn.set(turn, (inTurn = new Map()));
    pushTo(inTurn, usage.agentId, usage);
  }
  const checks = streams.calls.filter((call) => call.activity === "test" || call.activity === "build");
  return [...byTurn]
    .sort((a, b) => a[0] - b[0])
    .map(([turn, inTurn]) => {
      const cut = [...inTurn].map(([agentId, usages]) => cutStream(agentId, usages, edits, unlogged));
      joinSilentSubagents(cut, streams);
      const turnCalls = [...inTurn.values()].flat().flatMap((usage) => calls.get(usage.id) ?? []);
      const instants = [...inTurn.values()].flat().map((usage) => usage.instant);
      const { pieces, rests } = piecesAndRests(cut);
      const firstEdit = pieces
        .flatMap((piece) => piece.edits)
        .reduce((first, edit) => Math.min(first, edit.call.instant), Number.POSITIVE_INFINITY);
      return {
        turn,
        era: streams.eraOf(turn),
        pieces,
        rests,
        activity: mostFrequent(turnCalls),
        firstAt: instants.reduce((a, b) => Math.min(a, b)),
        lastAt: instants.reduce((a, b) => Math.max(a, b)),
        purpose: purposeOf(turnCalls, pieces.length > 0, checks[lastAtOrBefore(checks, firstEdit)] ?? null),
        reviewedAt: pieces.length === 0 ? reviewedAt(turnCalls, session.reviews ?? []) : null,
        verifies: pieces.length === 0 && turnCalls.some((call) => verifyKinds.has(call.activity)),
      };
    });
}

/** Calls by the id of the response that made them; of these the edits; and the responses that called an unlogged sub-agent. */
function callsByResponse(
  session: SessionInput,
  streams: Streams,
): {
  readonly calls: ReadonlyMap<number, readonly Call[]>;
  readonly edits: ReadonlyMap<number, readonly EditCall[]>;
  readonly unlogged: ReadonlySet<number>;
} {
  const writes = new Map<string, WriteArtefacts[]>();
  for (const write of session.writes) {
    if (write.insideRepository && write.groups.length + write.drafts.length > 0) pushTo(writes, write.callKey, write);
  }
  const calls = new Map<number, Call[]>();
  const edits = new Map<number, EditCall[]>();
  const unlogged = new Set<number>();
  for (const call of streams.calls) {
    const response = streams.responseOf(call);
    if (!response) continue; // the response was not logged, or another session owns it: there is no money to follow
    pushTo(calls, response.id, call);
    const written = writes.get(call.callKey);
    if (written && call.status !== "error")
      pushTo(edits, response.id, { call, writes: written.sort((a, b) => compareText(a.path, b.path)) });
    if (streams.isUnlogged(call)) unlogged.add(response.id);
  }
  return { calls, edits, unlogged };
}

function cutStream(
  agentId: string | null,
  usages: readonly SessionUsage[],
  edits: ReadonlyMap<number, readonly EditCall[]>,
  unlogged: ReadonlySet<number>,
): OpenStream {
  const pieces: OpenPiece[] = [];
  let rest: SessionUsage[] = [];
  let sinceEdit = false;
  for (const usage of usages) {
    rest.push(usage);
    const own = edits.get(usage.id);
    sinceEdit = unlogged.has(usage.id) || (sinceEdit && !own);
    if (!own) continue;
    pieces.push({ at: usage.instant, usages: rest, edits: [...own] });
    rest = [];
  }
  const instants = usages.map((usage) => usage.instant);
  return { agentId, firstAt: instants[0] as number, lastAt: instants.at(-1) as number, pieces, rest, joined: [], unlogged: sinceEdit };
}

/** Moves the responses of sub-agents without edits to where their parent used them, the deepest first. */
function joinSilentSubagents(cut: readonly OpenStream[], streams: Streams): void {
  const byAgent = new Map(cut.map((stream) => [stream.agentId, stream]));
  const silent = cut.filter((stream) => stream.agentId !== null && stream.pieces.length === 0);
  const depth = new Map(silent.map((stream) => [stream, streams.depthOf(stream.agentId, stream.firstAt)]));
  silent.sort(
    (a, b) => (depth.get(b) as number) - (depth.get(a) as number) || a.firstAt - b.firstAt || compareText(a.agentId ?? "", b.agentId ?? ""),
  );
  for (const stream of silent) {
    const delegate = streams.delegateOf(stream.agentId, stream.firstAt);
    const parent = byAgent.get(delegate?.agentId ?? null) ?? byAgent.get(null);
    if (!parent || parent === stream) continue;
    const moving = stream.unlogged ? stream.joined : [...stream.rest, ...stream.joined];
    const returnedAt = Math.max(delegate?.endedAt ?? 0, stream.lastAt);
    (parent.pieces.find((piece) => piece.at >= returnedAt)?.usages ?? parent.joined).push(...moving);
    stream.joined = [];
    if (!stream.unlogged) stream.rest = [];
  }
}

const byId = (usages: readonly SessionUsage[]): SessionUsage[] => [...usages].sort((a, b) => a.id - b.id);

function piecesAndRests(cut: readonly OpenStream[]): { pieces: Piece[]; rests: Rest[] } {
  const pieces: Piece[] = [];
  const own = new Map<OpenStream, readonly Piece[]>();
  for (const stream of cut) {
    const finished = stream.pieces.map(({ usages, edits }) => ({ usages: byId(usages), edits }));
    own.set(stream, finished);
    pieces.push(...finished);
  }
  const firstId = (part: Piece | Rest): number => (part.usages[0] as SessionUsage).id;
  pieces.sort((a, b) => firstId(a) - firstId(b));
  const rests: Rest[] = [];
  const flowing: SessionUsage[] = [];
  for (const stream of cut) {
    const shares = stream.agentId !== null && stream.pieces.length > 0 ? (own.get(stream) as readonly Piece[]) : pieces;
    if (stream.unlogged && stream.rest.length > 0) rests.push({ usages: byId(stream.rest), pieces: shares, subagentUnlogged: true });
    const tail = stream.unlogged ? stream.joined : [...stream.rest, ...stream.joined];
    if (tail.length === 0) continue;
    if (pieces.length === 0) flowing.push(...tail);
    else rests.push({ usages: byId(tail), pieces: shares, subagentUnlogged: false });
  }
  if (flowing.length > 0) rests.push({ usages: byId(flowing), pieces: [], subagentUnlogged: false });
  return { pieces, rests: rests.sort((a, b) => firstId(a) - firstId(b)) };
}

/** The kind most of the calls are of; on a tie the one named first in the contract; `talk` without calls. */
function mostFrequent(calls: readonly Call[]): Segment["activity"] {
  const counts = new Map<ActivityKind, number>();
  for (const { activity } of calls) counts.set(activity, (counts.get(activity) ?? 0) + 1);
  let most: Segment["activity"] = "talk";
  let top = 0;
  for (const kind of activityKinds) {
    const count = counts.get(kind) ?? 0;
    if (count > top) [most, top] = [kind, count];
  }
  return most;
}

function purposeOf(calls: readonly Call[], hasEdits: boolean, latestCheck: Call | null): Segment["purpose"] {
  if (hasEdits) return latestCheck?.status === "error" ? "fix" : "build";
  if (calls.some((call) => call.activity === "review")) return "review";
  if (calls.some((call) => verifyKinds.has(call.activity)) || mostFrequent(calls) === "shell") return "operate";
  return "explore";
}
