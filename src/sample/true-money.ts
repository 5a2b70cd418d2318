/**
 * What each response really bought: its dollars by the fates of the lines it caused, by the stated convention (MEASURES 2,
 * RULINGS 11-15, decisions 4 and 8). Written apart from the product's allocation, and simply, from the event log alone.
 */
import type { LineEvent } from "./chronicle.ts";
import type { HardCase, HardCases } from "./hard-cases.ts";
import { listNanoUsd } from "./list-prices.ts";
import type { Repository } from "./repository.ts";
import type { ToldResponse } from "./transcript.ts";
import { lineTenths } from "./true-lines.ts";
import type { SampleFate } from "./truth.ts";

/** A changed line as money sees it. */
export interface PaidLine {
  readonly event: LineEvent;
  readonly fate: SampleFate | null;
  readonly reason: string | null;
  readonly draft: boolean;
}

/** What of a played session money depends on. */
export interface PaidSession {
  readonly log: {
    readonly setting: { readonly session: string };
    readonly responses: readonly ToldResponse[];
    /** Calls that sent a sub-agent which left no log. */
    readonly unloggedCalls: ReadonlySet<string>;
  };
  readonly repository: Repository;
}

/** Part of a response's dollars. */
export interface TrueEnd {
  readonly fate: SampleFate;
  readonly hardCase: HardCase | "plain";
  readonly nanoUsd: number;
}

export interface TrueMoney {
  readonly nanoUsd: number;
  readonly ends: readonly TrueEnd[];
}

interface Share {
  readonly fate: SampleFate;
  readonly hardCase: HardCase | "plain";
  readonly weight: number;
}

interface EditCall {
  /** Whether its lines lie in the session's own repository: money of turns without edits flows nowhere else. */
  readonly own: boolean;
  readonly bytes: number;
  readonly shares: readonly Share[];
}

/** Responses up to one that edits. */
interface Piece {
  readonly stream: string | null;
  readonly responses: ToldResponse[];
  readonly lines: readonly { readonly bytes: number; readonly lines: readonly PaidLine[] }[];
  calls: readonly EditCall[];
}

interface Rest {
  readonly stream: string | null;
  readonly responses: ToldResponse[];
  readonly unlogged: boolean;
}

interface Turn {
  readonly era: number;
  readonly firstAt: number;
  readonly lastAt: number;
  readonly pieces: readonly Piece[];
  readonly rests: readonly Rest[];
  readonly verifies: boolean;
}

const flowLimitMs = 12 * 3_600_000;
const verifying: ReadonlySet<string> = new Set(["test", "build", "commit", "open_change"]);
const seenWitnesses: ReadonlySet<string> = new Set(["logged", "shell"]);

/**
 * @param linesOf lines by the call that changed them; @param seen whether the session's repository is there
 * @returns by message id, for the session's own responses
 */
export function trueMoney(
  { log, repository }: PaidSession,
  linesOf: ReadonlyMap<string, readonly PaidLine[]>,
  seen: boolean,
  cases: HardCases,
): Map<string, TrueMoney> {
  const { session } = log.setting;
  const turns = turnsOf(log.responses, log.unloggedCalls, linesOf);
  for (const turn of turns) weigh(turn, session, cases, (line) => line.event.repository === repository);
  const paid = new Map<string, TrueMoney>();
  const pay = (responses: readonly ToldResponse[], shares: readonly Share[]): void => {
    for (const response of responses) paid.set(response.messageId, split(listNanoUsd(response.model, response.counts), shares));
  };
  const without = (fate: SampleFate): Share[] => [{ fate, hardCase: cases.nameOf(null, session), weight: 1 }];
  turns.forEach((turn, place) => {
    const all = sharesOf(turn.pieces);
    for (const piece of turn.pieces) pay(piece.responses, piece.calls.length > 0 ? sharesOf([piece]) : all);
    for (const { stream, responses, unlogged } of turn.rests) {
      if (unlogged) {
        pay(responses, [{ fate: "unlinked", hardCase: "unlogged sub-agent", weight: 1 }]);
        continue;
      }
      const own = sharesOf(turn.pieces.filter((piece) => stream !== null && piece.stream === stream));
      const inTurn = own.length > 0 ? own : all;
      const flowing = inTurn.length > 0 ? inTurn : sharesOf(turn.verifies ? checkedBy(turns, place) : nextEdits(turns, place));
      pay(responses, flowing.length > 0 ? flowing : without(seen ? "no_artefact" : "unlinked"));
    }
  });
  return paid;
}

function turnsOf(
  responses: readonly ToldResponse[],
  unloggedCalls: ReadonlySet<string>,
  linesOf: ReadonlyMap<string, readonly PaidLine[]>,
): Turn[] {
  const byTurn = new Map<number, ToldResponse[]>();
  for (const response of responses) byTurn.set(response.turn, [...(byTurn.get(response.turn) ?? []), response]);
  return [...byTurn.values()].map((own) => {
    const { pieces, rests } = cut(own, unloggedCalls, linesOf);
    const instants = own.map((response) => response.instant);
    return {
      era: own[0]?.era ?? 0,
      firstAt: Math.min(...instants),
      lastAt: Math.max(...instants),
      pieces,
      rests,
      verifies: pieces.length === 0 && own.some(({ calls }) => calls.some((call) => verifying.has(call.activity))),
    };
  });
}

/** Cuts a turn after each response that edits; sub-agents are cut apart, one without edits joins who sent it. */
function cut(
  responses: readonly ToldResponse[],
  unloggedCalls: ReadonlySet<string>,
  linesOf: ReadonlyMap<string, readonly PaidLine[]>,
): { pieces: Piece[]; rests: Rest[] } {
  const editsOf = (response: ToldResponse) =>
    response.calls
      .filter((call) => call.ok)
      .map((call) => ({
        bytes: call.inputBytes,
        lines: (linesOf.get(call.callId) ?? []).filter(({ event }) => seenWitnesses.has(event.hand.witness)),
      }))
      .filter(({ lines }) => lines.length > 0);
  const editing = new Set(responses.filter((response) => editsOf(response).length > 0).map((response) => response.agentId));
  const senderOf = (parentCallId: string | null): string | null =>
    responses.find(({ calls }) => calls.some((call) => call.callId === parentCallId))?.agentId ?? null;
  const streamOf = ({ agentId, parentCallId }: ToldResponse): string | null =>
    agentId === null || editing.has(agentId) ? agentId : senderOf(parentCallId);
  const pieces: Piece[] = [];
  const open = new Map<string | null, { responses: ToldResponse[]; unlogged: boolean }>();
  for (const response of responses) {
    const stream = streamOf(response);
    const carried = open.get(stream) ?? { responses: [], unlogged: false };
    open.set(stream, carried);
    carried.responses.push(response);
    if (response.calls.some((call) => unloggedCalls.has(call.callId))) carried.unlogged = true;
    const lines = editsOf(response);
    if (lines.length === 0) continue;
    pieces.push({ stream, responses: carried.responses, lines, calls: [] });
    open.delete(stream);
  }
  return { pieces, rests: [...open].map(([stream, carried]) => ({ stream, ...carried })) };
}

/**
 * Gives every piece its shares. Drafts, generated lines and removals of what never landed take nothing beside weighted
 * lines of their turn; where a turn has no weighted ones its net lines count alike, and one of drafts alone is undone.
 */
function weigh(turn: Turn, session: string, cases: HardCases, isOwn: (line: PaidLine) => boolean): void {
  const all = turn.pieces.flatMap((piece) => piece.lines.flatMap(({ lines }) => lines));
  const tenthsOf = ({ event, fate, draft }: PaidLine): number => {
    const tenths = draft || fate === null ? 0 : lineTenths(event.path, event.line.text);
    return event.hand.moves ? Math.min(1, tenths) : tenths;
  };
  const weighted = all.some((line) => tenthsOf(line) > 0);
  const net = all.some((line) => !line.draft);
  const shareOf = (line: PaidLine): Share => ({
    fate: line.fate ?? (line.draft ? "abandoned" : "superseded"),
    hardCase: cases.nameOf(line.event.line.id, session),
    weight: weighted ? tenthsOf(line) : net && line.draft ? 0 : 1,
  });
  for (const piece of turn.pieces) {
    piece.calls = piece.lines
      .map(({ bytes, lines }) => ({ own: lines.some(isOwn), bytes, shares: lines.map(shareOf).filter(({ weight }) => weight > 0) }))
      .filter(({ shares }) => shares.length > 0);
  }
}

/** Money to pieces by their cost, in a piece to calls by their bytes, in a call to lines by weight. */
function sharesOf(pieces: readonly Piece[]): Share[] {
  return pieces.flatMap(({ responses, calls }) => {
    const cost = responses.reduce((sum, { model, counts }) => sum + listNanoUsd(model, counts), 0);
    const bytes = calls.reduce((sum, call) => sum + call.bytes, 0);
    return calls.flatMap((call) => {
      const weights = call.shares.reduce((sum, { weight }) => sum + weight, 0);
      return call.shares.map((share) => ({ ...share, weight: (cost * call.bytes * share.weight) / (bytes * weights) }));
    });
  });
}

/** The edits since the last turn that checked some. */
function checkedBy(turns: readonly Turn[], place: number): Piece[] {
  const turn = turns[place] as Turn;
  const found: Piece[] = [];
  for (const earlier of turns.slice(0, place).reverse()) {
    if (earlier.era !== turn.era || turn.firstAt - earlier.lastAt >= flowLimitMs) break;
    if (earlier.verifies && found.length > 0) break;
    found.push(...ownPieces(earlier));
  }
  return found;
}

const ownPieces = ({ pieces }: Turn): Piece[] =>
  pieces.map((piece) => ({ ...piece, calls: piece.calls.filter(({ own }) => own) })).filter(({ calls }) => calls.length > 0);

function nextEdits(turns: readonly Turn[], place: number): readonly Piece[] {
  const turn = turns[place] as Turn;
  for (const later of turns.slice(place + 1)) {
    if (later.era !== turn.era || later.firstAt - turn.lastAt >= flowLimitMs) break;
    const pieces = ownPieces(later);
    if (pieces.length > 0) return pieces;
  }
  return [];
}

/** Whole nano-dollars that add up to the cost: differences of cumulative floors, one part for each fate and case. */
function split(nanoUsd: number, shares: readonly Share[]): TrueMoney {
  const merged = new Map<string, { fate: SampleFate; hardCase: HardCase | "plain"; weight: number }>();
  for (const { fate, hardCase, weight } of shares) {
    const known = merged.get(`${fate} ${hardCase}`);
    if (known === undefined) merged.set(`${fate} ${hardCase}`, { fate, hardCase, weight });
    else known.weight += weight;
  }
  const rows = [...merged.values()];
  const total = rows.reduce((sum, { weight }) => sum + weight, 0);
  let reached = 0;
  let paid = 0;
  const ends = rows.map(({ fate, hardCase, weight }, index) => {
    reached += weight;
    const upTo = index === rows.length - 1 ? nanoUsd : Math.floor((nanoUsd * reached) / total);
    const part = upTo - paid;
    paid = upTo;
    return { fate, hardCase, nanoUsd: part };
  });
  return { nanoUsd, ends };
}
