/** The dated life of every written line, from line history, changes and releases; and who wrote each line of the history. */
import { type Grade, grades } from "../contract/fates.ts";
import type { ChangesResult, LineHistoryResult, ReleasesResult } from "../contract/history.ts";
import { lineCount } from "../lines/line-diff.ts";
import { lineKinds, lineKind, lineWeightTenths } from "../lines/line-kind.ts";
import type { LinkResult, LocatedWrite } from "./link.ts";
import type { ArtefactGroup, Life, UnlinkedReason, WriteArtefacts } from "./model.ts";
import { Drafts } from "./drafts.ts";
import type { WriteQuality } from "../contract/facts.ts";

const day = 86_400_000;

/** A data file of more changed lines is one artefact of this many (RULINGS 15). */
const dataLinesCap = 1_000;

/** A located write with what lives need beside its lines. */
export interface TurnWrite extends LocatedWrite {
  readonly turn: number;
  readonly quality: WriteQuality;
}

export interface RepositoryOutcomes {
  readonly repository: number;
  readonly history: LineHistoryResult;
  readonly changes: ChangesResult;
  readonly releases: ReleasesResult;
}

/** Author of each line of the history. Columns by line. */
export interface LineAuthors {
  /** 0: nobody known; else 1 + code of the grade (A, B, C). */
  readonly grade: Uint8Array;
  /** Index into `sessions` of the links, -1 where nobody is known. */
  readonly session: Int32Array;
}

/** Landing counts as release where none ever came, or none for 90 days while landing goes on (MEASURES 1). */
export function landingIsRelease({ history, releases }: Pick<RepositoryOutcomes, "history" | "releases">): boolean {
  const horizon = history.commits[history.tip]?.commitAt;
  const newest = Math.max(
    ...releases.releases.filter((release) => !release.preRelease).map((release) => release.releasedAt),
    Number.NEGATIVE_INFINITY,
  );
  return horizon === undefined || horizon - newest > 90 * day;
}

/** Who wrote each line: of several copies the best grade, then the first; exact moves and re-lands keep the author. */
export function authorsOf(history: LineHistoryResult, { copies }: LinkResult, ends: Pick<LineEnds, "restored">): LineAuthors {
  const grade = new Uint8Array(history.lines);
  const session = new Int32Array(history.lines).fill(-1);
  for (let i = 0; i < copies.count; i++) {
    if (copies.side[i] !== 0) continue;
    const line = copies.line[i] as number;
    const code = 1 + (copies.grade[i] as number);
    if (grade[line] !== 0 && (grade[line] as number) <= code) continue;
    grade[line] = code;
    session[line] = copies.session[i] as number;
  }
  for (let line = 0; line < history.lines; line++) {
    const origin = Math.max(history.origin[line] as number, ends.restored[line] as number);
    if (origin < 0 || grade[line] !== 0) continue;
    grade[line] = grade[origin] as number;
    session[line] = session[origin] as number;
  }
  return { grade, session };
}

/** What removes each line, by line: 1 where the killer adds in the same hunk. And the line each was moved to, or -1. */
export class LineEnds {
  readonly replaced: Uint8Array;
  readonly movedTo: Int32Array;
  /** The line a re-land brought back as this one, -1 for others (RULINGS 26). */
  readonly restored: Int32Array;
  readonly #outcomes: RepositoryOutcomes;

  constructor(outcomes: RepositoryOutcomes) {
    this.#outcomes = outcomes;
    const { history } = outcomes;
    this.replaced = new Uint8Array(history.lines);
    this.movedTo = new Int32Array(history.lines).fill(-1);
    for (let line = 0; line < history.lines; line++) {
      const origin = history.origin[line] as number;
      if (origin >= 0) this.movedTo[origin] = line;
    }
    this.restored = new Int32Array(history.lines).fill(-1);
    this.#restore();
    history.commits.forEach((commit, c) => {
      commit.files.forEach((file, f) => {
        const ids = history.changed[c]?.[f]?.ids;
        if (!ids) return;
        const { hunks } = file.diff;
        let place = 0;
        for (let h = 0; h < hunks.length; h += 4) {
          const [removed, added] = [hunks[h + 1] as number, hunks[h + 3] as number];
          if (added > 0)
            for (let i = place; i < place + removed; i++) if (history.killer[ids[i] as number] === c) this.replaced[ids[i] as number] = 1;
          place += removed + added;
        }
      });
    });
  }

  /** A revert of a revert brings lines back: what the first took out lives on as the equal lines, in order, of the second. */
  #restore(): void {
    const { history } = this.#outcomes;
    const index = new Map(history.commits.map((commit, c) => [commit.hash, c]));
    history.commits.forEach((again, a) => {
      const taken = again.reverts === null ? undefined : index.get(again.reverts);
      const revert = taken === undefined ? undefined : history.commits[taken];
      if (taken === undefined || revert === undefined || revert.reverts === null) return;
      const gone = new Map<string, number[]>();
      eachChangedLine(history, taken, "removed", (path, fingerprint, line) => {
        const key = `${path}\u0000${fingerprint}`;
        const list = gone.get(key);
        if (list) list.push(line);
        else gone.set(key, [line]);
      });
      eachChangedLine(history, a, "added", (path, fingerprint, line) => {
        const before = gone.get(`${path}\u0000${fingerprint}`)?.shift();
        if (before === undefined || history.born[line] !== a || (this.movedTo[before] as number) >= 0) return;
        this.movedTo[before] = line;
        this.restored[line] = before;
      });
    });
  }

  /** The line itself, or the one it lives on as after exact moves. */
  latest(line: number): number {
    const { died } = this.#outcomes.history;
    let at = line;
    for (let hops = 0; hops < 100; hops++) {
      const next = this.movedTo[at] as number;
      if (next < 0 || (died[at] as number) < 0) return at;
      at = next;
    }
    return at;
  }

  /** When and how a landed line left the default branch, nulls while it has not. */
  deathOf(line: number): Pick<Life, "diedAt" | "death" | "deathCommit"> {
    const { history } = this.#outcomes;
    const last = this.latest(line);
    const died = history.died[last] as number;
    if (died < 0) return { diedAt: null, death: null, deathCommit: null };
    const left = history.commits[died];
    const killer = history.commits[history.killer[last] as number] ?? left;
    const reverted = Boolean(killer?.reverts ?? left?.reverts);
    return {
      diedAt: left?.commitAt ?? null,
      death: reverted ? "reverted" : this.replaced[last] === 1 ? "replaced" : "removed",
      deathCommit: killer?.hash ?? null,
    };
  }
}

interface Furthest {
  readonly rank: number;
  readonly commit: number;
  readonly line: number;
  readonly grade: Grade;
}

/**
 * The artefacts of each write: its lines grouped by change, life, grade, side and kind; drafts of the turn apart.
 *
 * @param writes in the order the links know them
 * @param lastActive newest instant of each session
 * @param callBefore the call a session's grade C lines are put down to: its last one before an instant, null if none
 */
export function artefactsOf(
  outcomes: RepositoryOutcomes,
  writes: readonly TurnWrite[],
  linked: LinkResult,
  ends: LineEnds,
  lastActive: ReadonlyMap<string, number>,
  callBefore: (session: string, instant: number) => string | null,
): { readonly write: Pick<TurnWrite, "session" | "instant">; readonly artefacts: WriteArtefacts }[] {
  const { history, repository } = outcomes;
  const { copies, sessions } = linked;
  const horizon = history.commits[history.tip]?.commitAt ?? null;
  const lived = new LifeMaker(outcomes, ends, lastActive);
  const furthest = furthestCopies(writes, linked, lived);
  const drafts = new Drafts(writes, (w, place) => furthest[w]?.[place] !== undefined);
  const common = { repository, horizon, landingIsRelease: landingIsRelease(outcomes) };

  const result = writes.map((write, w) => {
    const groups = new GroupMaker();
    const draftGroups = new GroupMaker();
    const opaque: UnlinkedReason | null = history.opaquePaths.has(write.path) ? "path_opaque" : null;
    eachPlace(write.diff.hunks, (place, side) => {
      const kind = write.diff.lines.kind[place] as number;
      const copy = furthest[w]?.[place];
      const draft = drafts.isDraft(w, place);
      const weight = lineWeightTenths[kind] as number;
      if (copy) {
        groups.add(`${kind} ${lived.keyOf(copy, side)}`, lived.undoesOwn(copy, side) ? 0 : weight, () => ({
          ...common,
          ...lived.placeOf(copy),
          side,
          lineKind: lineKinds[kind] as string,
          authorKind: "agent",
          life: lived.ofCopy(write, copy, side),
          unlinkedReason: null,
        }));
        return;
      }
      const supersededAt = draft ? null : drafts.supersededAt(w, place);
      const undoesOwn = side === "removed" && supersededAt !== null;
      (draft ? draftGroups : groups).add(`${kind} ${side} ${supersededAt}`, undoesOwn ? 0 : weight, () => ({
        ...common,
        change: null,
        commit: null,
        grade: null,
        side,
        lineKind: lineKinds[kind] as string,
        authorKind: "agent",
        life: lived.unlinked(write, supersededAt, draft ? write.instant : null),
        unlinkedReason: opaque,
      }));
    });
    return {
      write,
      artefacts: {
        callKey: write.callKey,
        path: write.path,
        quality: write.quality,
        repository,
        insideRepository: true,
        groups: groups.finish(),
        drafts: draftGroups.finish(),
      },
    };
  });

  // Grade C: lines no write explains, put down to the last call of the one session that evidence names.
  const explicit = new Map<string, { session: string; instant: number; callKey: string; groups: GroupMaker }>();
  for (let i = 0; i < copies.count; i++) {
    if (copies.write[i] !== -1) continue;
    const c = copies.commit[i] as number;
    const commit = history.commits[c];
    const session = sessions[copies.session[i] as number] as string;
    if (!commit) continue;
    const callKey = callBefore(session, commit.commitAt);
    if (callKey === null) continue;
    const key = `${session}\u0000${callKey}\u0000${c}`;
    let entry = explicit.get(key);
    if (!entry) explicit.set(key, (entry = { session, instant: commit.commitAt, callKey, groups: new GroupMaker() }));
    const side = copies.side[i] === 0 ? "added" : "removed";
    const line = copies.line[i] as number;
    const kind = lived.kindOf(c, line);
    const copy: Furthest = { rank: 0, commit: c, line, grade: grades[copies.grade[i] as number] as Grade };
    entry.groups.add(`${kind} ${lived.keyOf(copy, side)}`, lineWeightTenths[kind] as number, () => ({
      ...common,
      ...lived.placeOf(copy),
      side,
      lineKind: lineKinds[kind] as string,
      authorKind: "agent",
      life: lived.ofCopy({ instant: commit.commitAt, session }, copy, side),
      unlinkedReason: null,
    }));
  }
  for (const { session, instant, callKey, groups } of explicit.values()) {
    result.push({
      write: { session, instant } as TurnWrite,
      artefacts: { callKey, path: "", quality: "opaque", repository, insideRepository: true, groups: groups.finish(), drafts: [] },
    });
  }
  return result;
}

/** Calls back for each changed line of one side of a commit. */
function eachChangedLine(
  history: LineHistoryResult,
  commit: number,
  side: "added" | "removed",
  visit: (path: string, fingerprint: number, line: number) => void,
): void {
  history.commits[commit]?.files.forEach((file, f) => {
    const ids = history.changed[commit]?.[f]?.ids;
    if (!ids || ids.length === 0) return;
    eachPlace(file.diff.hunks, (place, of) => {
      if (of === side) visit(file.path, file.diff.lines.folded[place] as number, ids[place] as number);
    });
  });
}

/** Calls back for each line of a difference with its place and side. */
function eachPlace(hunks: Int32Array, visit: (place: number, side: "added" | "removed") => void): void {
  let place = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    for (let i = 0; i < (hunks[h + 1] as number); i++) visit(place++, "removed");
    for (let i = 0; i < (hunks[h + 3] as number); i++) visit(place++, "added");
  }
}

/** For each written line its furthest copy: released > landed > in a change > in a local commit; then alive, then first. */
function furthestCopies(writes: readonly TurnWrite[], { copies }: LinkResult, lived: LifeMaker): (Furthest[] | undefined)[] {
  const furthest: (Furthest[] | undefined)[] = new Array(writes.length);
  for (let i = 0; i < copies.count; i++) {
    const w = copies.write[i] as number;
    if (w < 0) continue;
    const candidate: Furthest = {
      rank: lived.rankOf(copies.commit[i] as number, copies.line[i] as number, copies.side[i] === 0 ? "added" : "removed"),
      commit: copies.commit[i] as number,
      line: copies.line[i] as number,
      grade: grades[copies.grade[i] as number] as Grade,
    };
    const places = (furthest[w] ??= new Array(lineCount((writes[w] as TurnWrite).diff)));
    const place = copies.place[i] as number;
    const best = places[place];
    if (!best || candidate.rank > best.rank) places[place] = candidate;
  }
  return furthest;
}

/** Turns copies into dated lives. */
class LifeMaker {
  readonly #outcomes: RepositoryOutcomes;
  readonly #ends: LineEnds;
  readonly #lastActive: ReadonlyMap<string, number>;
  readonly #landing: Int32Array;
  #kinds: Map<number, number> | null = null;
  #kindsOf = -1;

  constructor(outcomes: RepositoryOutcomes, ends: LineEnds, lastActive: ReadonlyMap<string, number>) {
    this.#outcomes = outcomes;
    this.#ends = ends;
    this.#lastActive = lastActive;
    this.#landing = landingCommits(outcomes.history);
  }

  #instant(commit: number): number | null {
    return this.#outcomes.history.commits[commit]?.commitAt ?? null;
  }

  #landedBy(commit: number, line: number, side: "added" | "removed"): number {
    const { history } = this.#outcomes;
    if (side === "added") return history.landed[line] as number;
    if ((history.landed[line] as number) < 0) return -1;
    const died = history.died[line] as number;
    return died >= 0 ? died : -1;
  }

  #releasedAt(landed: number): number | null {
    const release = landed < 0 ? -1 : (this.#outcomes.releases.releaseOf[landed] as number);
    return release < 0 ? null : (this.#outcomes.releases.releases[release]?.releasedAt ?? null);
  }

  rankOf(commit: number, line: number, side: "added" | "removed"): number {
    const landed = this.#landedBy(commit, line, side);
    const change = this.#outcomes.changes.changeOf[commit] as number;
    const rank = landed >= 0 ? (this.#releasedAt(landed) === null ? 4 : 6) : change >= 0 ? 2 : 0;
    const alive = side === "added" && landed >= 0 && (this.#outcomes.history.died[this.#ends.latest(line)] as number) < 0 ? 1 : 0;
    return rank + alive;
  }

  /** The kind code of a line of a commit's difference. */
  kindOf(commit: number, line: number): number {
    if (this.#kindsOf !== commit || !this.#kinds) {
      const kinds = new Map<number, number>();
      this.#outcomes.history.commits[commit]?.files.forEach((file, f) => {
        const ids = this.#outcomes.history.changed[commit]?.[f]?.ids;
        ids?.forEach((id, place) => kinds.set(id, file.diff.lines.kind[place] as number));
      });
      this.#kinds = kinds;
      this.#kindsOf = commit;
    }
    return this.#kinds.get(line) ?? lineKind.trivial;
  }

  /** Equal for copies whose lives are equal, within one write. */
  keyOf({ commit, line, grade }: Furthest, side: "added" | "removed"): string {
    const { landed, killer, died } = this.#outcomes.history;
    const last = this.#ends.latest(line);
    return `${commit} ${grade} ${side} ${landed[line]} ${killer[last]} ${died[last]} ${this.#ends.replaced[last]}`;
  }

  /**
   * Whether a removal takes out what never landed: the other half of an iteration, not a change of the product. It weighs
   * nothing beside the lines that came instead (docs/decisions/0004-removals-of-drafts.md).
   */
  undoesOwn({ line }: Furthest, side: "added" | "removed"): boolean {
    return side === "removed" && (this.#outcomes.history.landed[line] as number) < 0;
  }

  /** Where a copy is: its change, its commit, on which evidence. */
  placeOf({ commit, grade }: Furthest): Pick<ArtefactGroup, "change" | "commit" | "grade"> {
    const change = this.#outcomes.changes.changeOf[commit] as number;
    return { change: change < 0 ? null : change, commit: this.#outcomes.history.commits[commit]?.hash ?? null, grade };
  }

  ofCopy(write: Pick<TurnWrite, "instant" | "session">, copy: Furthest, side: "added" | "removed"): Life {
    const { history, changes } = this.#outcomes;
    const landed = this.#landedBy(copy.commit, copy.line, side);
    const committedAt = this.#instant(copy.commit);
    const change = changes.changes[changes.changeOf[copy.commit] as number];
    const life = {
      writtenAt: write.instant,
      committedAt,
      landedAt: this.#instant(landed),
      releasedAt: this.#releasedAt(landed),
      undoneAt: null,
    };
    const lastActiveAt = Math.max(write.instant, committedAt ?? 0, change?.headAt ?? 0);
    if (landed >= 0) {
      const end = side === "added" ? this.#ends.deathOf(copy.line) : { diedAt: null, death: null, deathCommit: null };
      return { ...life, ...end, supersededAt: null, lastActiveAt };
    }
    // Never landed: replaced on its branch, or a removal of what itself never landed, is iteration.
    const killer = history.killer[copy.line] as number;
    const supersededAt =
      side === "removed"
        ? (history.landed[copy.line] as number) < 0 || (this.#landing[copy.commit] as number) >= 0
          ? committedAt
          : null
        : killer >= 0
          ? this.#instant(killer)
          : null;
    return {
      ...life,
      diedAt: null,
      death: null,
      deathCommit: killer >= 0 && side === "added" ? (history.commits[killer]?.hash ?? null) : null,
      supersededAt,
      lastActiveAt,
    };
  }

  unlinked(write: Pick<TurnWrite, "instant" | "session">, supersededAt: number | null, undoneAt: number | null): Life {
    return {
      writtenAt: write.instant,
      committedAt: null,
      landedAt: null,
      releasedAt: null,
      diedAt: null,
      death: null,
      deathCommit: null,
      supersededAt,
      undoneAt,
      lastActiveAt: Math.max(write.instant, this.#lastActive.get(write.session) ?? 0),
    };
  }
}

/** For each commit the first commit of the default branch's first-parent chain that contains it, -1 where none does. */
function landingCommits(history: LineHistoryResult): Int32Array {
  const index = new Map(history.commits.map((commit, c) => [commit.hash, c]));
  const landing = new Int32Array(history.commits.length).fill(-1);
  history.commits.forEach((_, c) => {
    if (history.onChain[c] !== 1) return;
    const open = [c];
    while (open.length > 0) {
      const at = open.pop() as number;
      if (landing[at] !== -1) continue;
      landing[at] = c;
      for (const hash of history.commits[at]?.parents ?? []) {
        const parent = index.get(hash);
        if (parent !== undefined && landing[parent] === -1) open.push(parent);
      }
    }
  });
  return landing;
}

type GroupKey = Omit<ArtefactGroup, "lines" | "weightTenths">;

/** Adds lines to groups in order of first appearance. The key says what a group's lines share; the group is made once. */
class GroupMaker {
  readonly #groups = new Map<string, { group: GroupKey; lines: number; weightTenths: number }>();

  add(key: string, weightTenths: number, make: () => GroupKey): void {
    const known = this.#groups.get(key);
    if (known) {
      known.lines++;
      known.weightTenths += weightTenths;
    } else this.#groups.set(key, { group: make(), lines: 1, weightTenths });
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
