/**
 * From response to line: which share of a segment's money each group of lines carries (MEASURES 2). Effort first, lines
 * last. Weights are parts of a billion, made by cumulative floors in canonical order, so they depend on nothing but the facts.
 */
import type { AllocationRule, ArtefactGroup, Flow, Segment, SessionInput, Strand, UnlinkedReason } from "./model.ts";
import { type EditCall, type Piece, type Rest, type Turn, turnsOf } from "./segments.ts";
import { splitCharge } from "./split.ts";

export interface AllocationOptions {
  /**
   * `lines`: by effort, then lines (the rule). `pooled`: a turn's whole cost over its lines. `equal`: a turn's whole cost in
   * equal parts over its files, in a file over its lines.
   */
  readonly rule: AllocationRule;
  /** False: turns without edits send nothing back or forward. */
  readonly flows: boolean;
}

/** What the weights of every segment add up to. A billion and no more: view `ledger` multiplies it with less than itself in 64 bits. */
export const segmentWeight = 1_000_000_000;

/** Nothing flows between turns further apart. */
const flowLimitMs = 12 * 3_600_000;

/**
 * Segments of a session with their strands. Every usage is in exactly one segment; the weights of a segment's strands add
 * up to `segmentWeight`. The order of the input's arrays does not matter.
 *
 * What the rules of MEASURES 2 and RULINGS 13–15 leave open is decided so:
 * - "The same shares" are shares of money: of the list cost of the turn's pieces, or of the bytes of their edit calls where a
 *   price is missing or all is free.
 * - Lines that weigh nothing (generated, lock files) and drafts take nothing beside weighted lines of their turn: a piece that
 *   has nothing else goes to the turn's edits in the turn's shares (flow `tail`). In a turn with nothing weighted the
 *   generated lines count 1 each, so the money follows their life; in a turn of drafts alone one strand per repository, undone.
 * - A verifying turn that follows another without an edit between checked the same edits. One with nothing to check keeps
 *   its cost.
 * - Flows reach only lines in the session's own repository.
 * - A turn without edits that reviewed another's change keeps its cost: the review is what it bought.
 * - What flows nowhere is `no_artefact` only where it could have been seen: without turns and calls it is unlinked
 *   (`no_session_detail`), so it is where the repository is unseen (`repository_unseen`), and for what follows a stream's last
 *   edit and served a sub-agent that left no log (`subagent_unlogged`): that part neither flows nor counts as thinking.
 *
 * Strands of equal change, life, grade, kind, side and flow are one; `writtenAt` is then the latest. `lines` may be summed
 * over flow `own` only: the other flows name the same lines again.
 */
export function allocate(session: SessionInput, options: AllocationOptions): Segment[] {
  return allocateWeighed(weighSession(session), options);
}

/** A session cut into turns and weighed: what every rule of allocation begins with. */
export interface WeighedSession {
  readonly session: SessionInput;
  readonly turns: readonly WeighedTurn[];
}

export function weighSession(session: SessionInput): WeighedSession {
  const costs = new Map(session.usages.map((usage) => [usage.id, usage.listNanoUsd]));
  const turns = turnsOf(session).map((turn) => ({ turn, pieces: weigh(turn, costs), own: new Map<Piece, WeighedPiece>() }));
  for (const { turn, pieces, own } of turns) turn.pieces.forEach((piece, i) => own.set(piece, pieces[i] as WeighedPiece));
  return { session, turns };
}

/** `allocate` of a session that is weighed already. Segments may share one list of strands. */
export function allocateWeighed({ session, turns: weighed }: WeighedSession, options: AllocationOptions): Segment[] {
  return weighed.flatMap(({ turn, pieces, own }, place) => {
    const common = { agent: session.agent, session: session.session, turn: turn.turn, activity: turn.activity, purpose: turn.purpose };
    const usagesOf = (part: Piece | Rest): number[] => part.usages.map((usage) => usage.id);
    const ofTurn = new Map<Flow, Strand[]>();
    /** What all of the turn's edits share alike. */
    const together = (flow: Flow): Strand[] => {
      const known = ofTurn.get(flow) ?? strandsOf(sharesOf(pieces, options.rule), flow);
      ofTurn.set(flow, known);
      return known;
    };
    const edits = turn.pieces.map((piece): Segment => {
      const self = own.get(piece) as WeighedPiece;
      const strands =
        self.calls.length === 0
          ? together("tail")
          : options.rule === "lines"
            ? strandsOf(sharesOf([self], "lines"), "own")
            : together("own");
      return { kind: "edit", usages: usagesOf(piece), strands, ...common };
    });
    const others = turn.rests.map((rest): Segment => {
      const kind = turn.pieces.length > 0 ? "tail" : "none";
      return { kind, usages: usagesOf(rest), strands: restStrands(rest, own, weighed, place, session, options, together), ...common };
    });
    return [...edits, ...others].sort((a, b) => (a.usages[0] as number) - (b.usages[0] as number));
  });
}

export interface WeighedTurn {
  readonly turn: Turn;
  readonly pieces: readonly WeighedPiece[];
  readonly own: ReadonlyMap<Piece, WeighedPiece>;
}

/** A piece's calls that weigh something. */
interface WeighedPiece {
  /** Null where a price is missing. */
  readonly costNanoUsd: bigint | null;
  readonly calls: readonly WeighedCall[];
}

interface WeighedCall {
  readonly bytes: number;
  /** Sorted by key. */
  readonly groups: readonly WeighedGroup[];
}

interface WeighedGroup {
  readonly path: string;
  readonly group: ArtefactGroup;
  /** Canonical: groups of equal life are neighbours, so that rounding does not depend on how many commits carry them. */
  readonly key: string;
  readonly weight: number;
}

interface Share extends Pick<WeighedGroup, "group" | "key"> {
  readonly weight: number;
}

function restStrands(
  rest: Rest,
  own: ReadonlyMap<Piece, WeighedPiece>,
  turns: readonly WeighedTurn[],
  place: number,
  session: SessionInput,
  options: AllocationOptions,
  together: (flow: Flow) => Strand[],
): Strand[] {
  const { turn } = turns[place] as WeighedTurn;
  if (rest.subagentUnlogged) return [withoutArtefact(turn, session, "subagent_unlogged")];
  if (rest.pieces.length > 0) {
    const ofRest = options.rule === "lines" ? rest.pieces.map((piece) => own.get(piece) as WeighedPiece).filter(isWeighted) : [];
    return ofRest.length > 0 ? strandsOf(sharesOf(ofRest, options.rule), "tail") : together("tail");
  }
  if (turn.reviewedAt !== null) return [withoutArtefact(turn, session, hiddenBecause(session))];
  if (options.flows) {
    const reached = turn.verifies ? checkedBy(turns, place, session.repository) : nextEdits(turns, place, session.repository);
    if (reached.length > 0) return strandsOf(sharesOf(reached, options.rule), turn.verifies ? "back" : "forward");
  }
  return [withoutArtefact(turn, session, hiddenBecause(session))];
}

function hiddenBecause({ turns, calls, repositorySeen }: SessionInput): UnlinkedReason | null {
  if (turns.length === 0 && calls.length === 0) return "no_session_detail";
  return repositorySeen ? null : "repository_unseen";
}

function withoutArtefact({ activity, reviewedAt }: Turn, { repository }: SessionInput, unlinkedReason: UnlinkedReason | null): Strand {
  return {
    flow: "own",
    weight: segmentWeight,
    grade: null,
    unlinkedReason,
    activity,
    repository,
    change: null,
    commit: null,
    lineKind: null,
    side: null,
    authorKind: null,
    lines: 0,
    life: null,
    horizon: null,
    landingIsRelease: false,
    reviewedAt,
  };
}

const isWeighted = (piece: WeighedPiece): boolean => piece.calls.length > 0;

/** The pieces of the turns a verifying turn checked: the editing turns since the previous verifying turn that had any. */
function checkedBy(turns: readonly WeighedTurn[], place: number, repository: number | null): WeighedPiece[] {
  const { turn } = turns[place] as WeighedTurn;
  const checked: WeighedPiece[] = [];
  for (let i = place - 1; i >= 0; i--) {
    const earlier = turns[i] as WeighedTurn;
    if (earlier.turn.era !== turn.era || turn.firstAt - earlier.turn.lastAt >= flowLimitMs) break;
    if (earlier.turn.verifies && checked.length > 0) break;
    checked.push(...within(earlier.pieces, repository));
  }
  return checked;
}

/** The pieces of the next editing turn. */
function nextEdits(turns: readonly WeighedTurn[], place: number, repository: number | null): WeighedPiece[] {
  const { turn } = turns[place] as WeighedTurn;
  for (let i = place + 1; i < turns.length; i++) {
    const later = turns[i] as WeighedTurn;
    if (later.turn.era !== turn.era || later.turn.firstAt - turn.lastAt >= flowLimitMs) break;
    const pieces = within(later.pieces, repository);
    if (pieces.length > 0) return pieces;
  }
  return [];
}

/** What of the pieces lies in the repository; all of it where the session's repository is not known. */
function within(pieces: readonly WeighedPiece[], repository: number | null): WeighedPiece[] {
  if (repository === null) return pieces.filter(isWeighted);
  return pieces
    .map((piece) => {
      const calls = piece.calls
        .map((call) => ({ ...call, groups: call.groups.filter(({ group }) => group.repository === repository) }))
        .filter((call) => call.groups.length > 0);
      return { ...piece, calls };
    })
    .filter(isWeighted);
}

/** The pieces of a turn, in order, with what their lines weigh (RULINGS 14, 15). */
function weigh(turn: Turn, costs: ReadonlyMap<number, bigint | null>): WeighedPiece[] {
  const groups = turn.pieces
    .flatMap((piece) => piece.edits)
    .flatMap((edit) => edit.writes)
    .flatMap((write) => write.groups);
  const weightOf = groups.some((group) => group.weightTenths > 0) ? (group: ArtefactGroup): number => group.weightTenths : linesOf;
  const undone = groups.length === 0 ? undoneGroups(turn) : null;
  return turn.pieces.map((piece) => ({
    costNanoUsd: piece.usages.reduce<bigint | null>((sum, { id }) => {
      const cost = costs.get(id) ?? null;
      return sum === null || cost === null ? null : sum + cost;
    }, 0n),
    calls: piece.edits
      .map((edit) => ({ bytes: edit.call.inputBytes, groups: undone ? weighDrafts(edit, undone) : weighNet(edit, weightOf) }))
      .filter((call) => call.groups.length > 0),
  }));
}

const linesOf = (group: ArtefactGroup): number => Math.max(1, group.lines);

const byKey = (a: WeighedGroup, b: WeighedGroup): number => compareText(a.key, b.key) || compareText(a.path, b.path) || a.weight - b.weight;

const compareText = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

function weighNet(edit: EditCall, weightOf: (group: ArtefactGroup) => number): WeighedGroup[] {
  return edit.writes
    .flatMap((write) => write.groups.map((group) => ({ path: write.path, group, key: keyOf(group), weight: weightOf(group) })))
    .filter((group) => group.weight > 0)
    .sort(byKey);
}

/** Drafts of a turn without net, by repository: one group each, undone when the last of them was written. */
function undoneGroups(turn: Turn): ReadonlyMap<number | null, ArtefactGroup> {
  const drafts = new Map<number | null, ArtefactGroup[]>();
  for (const { writes } of turn.pieces.flatMap((piece) => piece.edits)) {
    for (const draft of writes.flatMap((write) => write.drafts)) {
      const list = drafts.get(draft.repository);
      if (list) list.push(draft);
      else drafts.set(draft.repository, [draft]);
    }
  }
  return new Map([...drafts].map(([repository, list]) => [repository, undoneGroup(list)]));
}

function undoneGroup(drafts: readonly ArtefactGroup[]): ArtefactGroup {
  const lines = new Map<string, number>();
  for (const draft of drafts) lines.set(draft.lineKind, (lines.get(draft.lineKind) ?? 0) + draft.lines);
  const [most] = [...lines].sort((a, b) => b[1] - a[1] || compareText(a[0], b[0]));
  const newest = (instants: readonly (number | null)[]): number =>
    instants.reduce<number>((top, instant) => Math.max(top, instant ?? 0), 0);
  const writtenAt = newest(drafts.map(({ life }) => life.writtenAt));
  const first = drafts[0] as ArtefactGroup;
  return {
    repository: first.repository,
    horizon: first.horizon,
    landingIsRelease: first.landingIsRelease,
    change: null,
    commit: null,
    grade: null,
    unlinkedReason: null,
    side: drafts.some((draft) => draft.side === "added") ? "added" : "removed",
    lineKind: (most as [string, number])[0],
    authorKind: "agent",
    lines: 0,
    weightTenths: 0,
    life: {
      writtenAt,
      committedAt: null,
      landedAt: null,
      releasedAt: null,
      diedAt: null,
      death: null,
      deathCommit: null,
      supersededAt: null,
      undoneAt: newest(drafts.map(({ life }) => life.undoneAt ?? life.writtenAt)),
      lastActiveAt: null,
    },
  };
}

function weighDrafts(edit: EditCall, undone: ReadonlyMap<number | null, ArtefactGroup>): WeighedGroup[] {
  return edit.writes
    .flatMap((write) =>
      write.drafts.map((draft) => {
        const group = { ...(undone.get(draft.repository) as ArtefactGroup), lines: draft.lines };
        return { path: write.path, group, key: keyOf(group), weight: linesOf(draft) };
      }),
    )
    .sort(byKey);
}

/**
 * What makes two groups one strand, life first. `writtenAt` differs from call to call and decides no end: left out. So is what
 * the repository and the commit imply (horizon, release rule, change): the order of strands must not move with the horizon.
 */
function keyOf({ life, ...group }: ArtefactGroup): string {
  return [
    group.unlinkedReason,
    life.landedAt,
    life.releasedAt,
    life.diedAt,
    life.death,
    life.supersededAt,
    life.undoneAt,
    life.lastActiveAt,
    life.committedAt,
    life.repair ?? null,
    life.answersAt ?? null,
    group.side,
    group.lineKind,
    group.grade,
    group.authorKind,
    group.repository,
    group.commit,
    life.deathCommit,
  ].join("\u0001");
}

/** Shares of the pieces' lines in `segmentWeight`; at least one piece weighs something. */
function sharesOf(pieces: readonly WeighedPiece[], rule: AllocationRule): Share[] {
  const weighted = pieces.filter(isWeighted);
  switch (rule) {
    case "lines":
      return byEffort(weighted);
    case "pooled":
      return byLines(segmentWeight, groupsOf(weighted));
    case "equal":
      return byFile(groupsOf(weighted));
    default:
      return rule satisfies never;
  }
}

const groupsOf = (pieces: readonly WeighedPiece[]): WeighedGroup[] =>
  pieces
    .flatMap((piece) => piece.calls)
    .flatMap((call) => call.groups)
    .sort(byKey);

/** Integer parts of an integer amount; in equal parts where nothing weighs anything. */
function split(amount: number, weights: readonly number[]): number[] {
  const parts = weights.some((weight) => weight > 0) ? weights : weights.map(() => 1);
  return splitCharge(BigInt(amount), parts).map(Number);
}

/** Money to pieces by their cost, in a piece to calls by the bytes of their input, in a call to groups by line weight. */
function byEffort(pieces: readonly WeighedPiece[]): Share[] {
  const bytes = pieces.map((piece) => piece.calls.reduce((sum, call) => sum + call.bytes, 0));
  const known = pieces.every((piece) => piece.costNanoUsd !== null) && pieces.some((piece) => piece.costNanoUsd !== 0n);
  const ofPieces = split(segmentWeight, known ? pieces.map((piece) => Number(piece.costNanoUsd)) : bytes);
  return pieces.flatMap(({ calls }, p) => {
    const ofCalls = split(
      ofPieces[p] as number,
      calls.map((call) => call.bytes),
    );
    return calls.flatMap((call, c) => byLines(ofCalls[c] as number, call.groups));
  });
}

/** @param groups sorted by key */
function byLines(amount: number, groups: readonly WeighedGroup[]): Share[] {
  const parts = split(
    amount,
    groups.map((group) => group.weight),
  );
  return groups.map(({ group, key }, i) => ({ group, key, weight: parts[i] as number }));
}

/** @param groups sorted by key */
function byFile(groups: readonly WeighedGroup[]): Share[] {
  const files = new Map<string, WeighedGroup[]>();
  for (const group of groups) {
    const file = `${group.path}\u0000${group.group.repository}`;
    const list = files.get(file);
    if (list) list.push(group);
    else files.set(file, [group]);
  }
  const sorted = [...files].sort((a, b) => compareText(a[0], b[0]));
  const parts = split(
    segmentWeight,
    sorted.map(() => 1),
  );
  return sorted.flatMap(([, list], i) => byLines(parts[i] as number, list));
}

/** Shares of one key as one strand, in canonical order; what rounds to nothing is left out. */
function strandsOf(shares: readonly Share[], flow: Flow): Strand[] {
  const merged = new Map<string, { group: ArtefactGroup; weight: number; lines: number; writtenAt: number }>();
  for (const { group, key, weight } of shares) {
    const known = merged.get(key);
    if (!known) merged.set(key, { group, weight, lines: group.lines, writtenAt: group.life.writtenAt });
    else {
      known.weight += weight;
      known.lines += group.lines;
      known.writtenAt = Math.max(known.writtenAt, group.life.writtenAt);
    }
  }
  return [...merged]
    .filter(([, { weight }]) => weight > 0)
    .sort((a, b) => compareText(a[0], b[0]))
    .map(([, { group, weight, lines, writtenAt }]) => ({
      flow,
      weight,
      grade: group.grade,
      unlinkedReason: group.unlinkedReason,
      activity: null,
      repository: group.repository,
      change: group.change,
      commit: group.commit,
      lineKind: group.lineKind,
      side: group.side,
      authorKind: group.authorKind,
      lines,
      life: { ...group.life, writtenAt },
      horizon: group.horizon,
      landingIsRelease: group.landingIsRelease,
    }));
}
