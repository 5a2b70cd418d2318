/** The lines of a write in groups that share a life; those no commit has among them, which later writes may still change. */
import { lineCount } from "../lines/line-diff.ts";
import { lineKind, lineKinds, lineWeightTenths } from "../lines/line-kind.ts";
import type { Drafts } from "./drafts.ts";
import { eachPlace } from "./line-ends.ts";
import type { TurnWrite } from "./lives.ts";
import type { ArtefactGroup, Life, WriteArtefacts } from "./model.ts";

/** A data file of more changed lines is one artefact of this many (RULINGS 15). */
const dataLinesCap = 1_000;

type GroupKey = Omit<ArtefactGroup, "lines" | "weightTenths">;

/** Adds lines to groups in order of first appearance. The key says what a group's lines share; the group is made once. */
export class GroupMaker {
  readonly #groups = new Map<string, { group: GroupKey; index: number; lines: number; weightTenths: number }>();

  /** @returns the index of the line's group */
  add(key: string, weightTenths: number, make: () => GroupKey): number {
    const known = this.#groups.get(key);
    if (known) {
      known.lines++;
      known.weightTenths += weightTenths;
      return known.index;
    }
    const index = this.#groups.size;
    this.#groups.set(key, { group: make(), index, lines: 1, weightTenths });
    return index;
  }

  finish(): ArtefactGroup[] {
    return [...this.#groups.values()].map(({ group, lines, weightTenths }) => ({
      lines,
      weightTenths:
        group.lineKind === "data" ? Math.min(weightTenths, dataLinesCap * (lineWeightTenths[lineKind.data] as number)) : weightTenths,
      ...group,
    }));
  }
}

/** What the lives of lines without a commit rest on, beside the writes. */
export interface OpenLineContext extends Pick<ArtefactGroup, "repository" | "horizon" | "landingIsRelease"> {
  isOpaque(path: string): boolean;
  /** Newest instant of each session. */
  readonly lastActive: ReadonlyMap<string, number>;
}

/** How a line that no commit has stands: a draft of its turn, or taken out by a later write, or neither. */
export interface OpenState {
  readonly draft: boolean;
  readonly supersededAt: number | null;
  /** A commit has lines beside it. */
  readonly isBesideLinked: boolean;
}

/**
 * What the commit of its neighbours left out was replaced before, though no log says by whom.
 * @param reachedAt instant of the first commit that has any line of the write, null for none
 */
export function openStateOf(drafts: Drafts, w: number, place: number, reachedAt: number | null): OpenState {
  const draft = drafts.isDraft(w, place);
  return { draft, supersededAt: draft ? null : (drafts.supersededAt(w, place) ?? reachedAt), isBesideLinked: reachedAt !== null };
}

/** Lines that were moved weigh a tenth (RULINGS 15). */
const movedWeightTenths = 1;

export function weightOf(kind: number, isMoved: boolean): number {
  const weight = lineWeightTenths[kind] as number;
  return isMoved ? Math.min(movedWeightTenths, weight) : weight;
}

/** Groups the lines that no commit has. */
export class OpenLines {
  readonly #context: OpenLineContext;

  constructor(context: OpenLineContext) {
    this.#context = context;
  }

  /**
   * Adds one line of a write to its group. A trivial line is looked for between others only, and a brace taken out later may be
   * another: that no commit was found to have it says nothing, so it weighs nothing beside lines that one has.
   */
  add(
    write: TurnWrite,
    kind: number,
    side: "added" | "removed",
    weightTenths: number,
    { draft, supersededAt, isBesideLinked }: OpenState,
    groups: GroupMaker,
    draftGroups: GroupMaker,
  ): void {
    const undoesOwn = side === "removed" && supersededAt !== null;
    const saysNothing = isBesideLinked && kind === lineKind.trivial;
    const { repository, horizon, landingIsRelease, isOpaque, lastActive } = this.#context;
    (draft ? draftGroups : groups).add(
      `${kind} ${side} ${supersededAt}`,
      undoesOwn || saysNothing ? 0 : weightTenths,
      (): GroupKey => ({
        repository,
        horizon,
        landingIsRelease,
        change: null,
        commit: null,
        grade: null,
        side,
        lineKind: lineKinds[kind] as string,
        authorKind: "agent",
        life: openLife(write, supersededAt, draft ? write.instant : null, lastActive),
        unlinkedReason: isOpaque(write.path) ? "path_opaque" : null,
      }),
    );
  }
}

function openLife(
  { instant, session }: Pick<TurnWrite, "instant" | "session">,
  supersededAt: number | null,
  undoneAt: number | null,
  lastActive: ReadonlyMap<string, number>,
): Life {
  return {
    writtenAt: instant,
    committedAt: null,
    landedAt: null,
    releasedAt: null,
    diedAt: null,
    death: null,
    deathCommit: null,
    supersededAt,
    undoneAt,
    lastActiveAt: Math.max(instant, lastActive.get(session) ?? 0),
  };
}

/**
 * The groups of a write whose links stand, once drafts and moves were looked at anew: linked lines keep their lives, the
 * others are grouped again, in the order the whole would have been made in.
 * @param known what the write became, as it was last derived, and the group of each linked line of it
 */
export function regroup(
  write: TurnWrite,
  known: { readonly groups: readonly ArtefactGroup[]; readonly places: Int32Array },
  now: { readonly open: OpenLines; stateOf(place: number): OpenState; isMoved(place: number): boolean },
): Pick<WriteArtefacts, "groups" | "drafts"> & { readonly places: Int32Array } {
  const groups = new GroupMaker();
  const draftGroups = new GroupMaker();
  const places = new Int32Array(lineCount(write.diff)).fill(-1);
  eachPlace(write.diff.hunks, (place, side) => {
    const kind = write.diff.lines.kind[place] as number;
    const weight = weightOf(kind, now.isMoved(place));
    const before = known.places[place] ?? -1;
    if (before < 0) return now.open.add(write, kind, side, weight, now.stateOf(place), groups, draftGroups);
    const group = known.groups[before] as ArtefactGroup;
    // Nothing moved weighs nothing: a group without weight takes out what never landed, and goes on to weigh nothing.
    places[place] = groups.add(`linked ${before}`, group.weightTenths === 0 ? 0 : weight, () => group);
  });
  return { groups: groups.finish(), drafts: draftGroups.finish(), places };
}
