/** The lines of a write in groups that share a life; those no commit has among them, which later writes may still change. */
import { lineCount } from "../lines/line-diff.ts";
import { lineKind, lineKinds, lineWeightTenths } from "../lines/line-kind.ts";
import type { Drafts } from "./drafts.ts";
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
      ...group,
      lines,
      weightTenths:
        group.lineKind === "data" ? Math.min(weightTenths, dataLinesCap * (lineWeightTenths[lineKind.data] as number)) : weightTenths,
    }));
  }
}

/** What the lives of lines without a commit rest on, beside the writes. */
export interface OpenLineContext extends Pick<ArtefactGroup, "repository" | "horizon" | "landingIsRelease"> {
  isOpaque(path: string): boolean;
  /** Newest instant of each session. */
  readonly lastActive: ReadonlyMap<string, number>;
}

/** Groups the lines that no commit has: standing, superseded, or drafts. */
export class OpenLines {
  readonly #writes: readonly TurnWrite[];
  readonly #drafts: Drafts;
  readonly #context: OpenLineContext;

  constructor(writes: readonly TurnWrite[], drafts: Drafts, context: OpenLineContext) {
    this.#writes = writes;
    this.#drafts = drafts;
    this.#context = context;
  }

  /** Adds one line of write `w` to its group. */
  add(w: number, place: number, side: "added" | "removed", groups: GroupMaker, draftGroups: GroupMaker): void {
    const write = this.#writes[w] as TurnWrite;
    const kind = write.diff.lines.kind[place] as number;
    const draft = this.#drafts.isDraft(w, place);
    const supersededAt = draft ? null : this.#drafts.supersededAt(w, place);
    const undoesOwn = side === "removed" && supersededAt !== null;
    const { repository, horizon, landingIsRelease, isOpaque, lastActive } = this.#context;
    (draft ? draftGroups : groups).add(
      `${kind} ${side} ${supersededAt}`,
      undoesOwn ? 0 : (lineWeightTenths[kind] as number),
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
 * The groups of a write whose links stand, once drafts were looked at anew: groups of linked lines stay as they are, those
 * of the others are made again, in the order the whole would have been made in.
 * @param known what the write became, as it was last derived, and the group of each linked line of it
 */
export function regroup(
  writes: readonly TurnWrite[],
  w: number,
  known: { readonly groups: readonly ArtefactGroup[]; readonly places: Int32Array },
  open: OpenLines,
): Pick<WriteArtefacts, "groups" | "drafts"> & { readonly places: Int32Array } {
  const { diff } = writes[w] as TurnWrite;
  const groups = new GroupMaker();
  const drafts = new GroupMaker();
  const places = new Int32Array(lineCount(diff)).fill(-1);
  const linked = new Map<number, ArtefactGroup>();
  eachPlace(diff.hunks, (place, side) => {
    const before = known.places[place] ?? -1;
    if (before < 0) return open.add(w, place, side, groups, drafts);
    const group = known.groups[before] as ArtefactGroup;
    places[place] = groups.add(`linked ${before}`, 0, () => group);
    linked.set(places[place] as number, group);
  });
  return { groups: groups.finish().map((group, index) => linked.get(index) ?? group), drafts: drafts.finish(), places };
}

/** Calls back for each line of a difference with its place and side. */
export function eachPlace(hunks: Int32Array, visit: (place: number, side: "added" | "removed") => void): void {
  let place = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    for (let i = 0; i < (hunks[h + 1] as number); i++) visit(place++, "removed");
    for (let i = 0; i < (hunks[h + 3] as number); i++) visit(place++, "added");
  }
}
