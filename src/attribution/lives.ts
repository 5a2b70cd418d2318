/** The dated life of every written line, from line history, changes and releases; and who wrote each line of the history. */
import { type Grade, grades } from "../contract/fates.ts";
import type { ChangesResult, LineHistoryResult, ReleasesResult } from "../contract/history.ts";
import { lineCount } from "../lines/line-diff.ts";
import { lineKinds } from "../lines/line-kind.ts";
import type { LinkResult, LocatedWrite } from "./link.ts";
import type { ArtefactGroup, Life, WriteArtefacts } from "./model.ts";
import { Drafts } from "./drafts.ts";
import { type LineEnds, eachPlace } from "./line-ends.ts";
import { Moves } from "./moves.ts";
import type { Repair, Repairs } from "./repairs.ts";
import type { ReviewAnswers } from "./review-answers.ts";
import { GroupMaker, OpenLines, openStateOf, weightOf } from "./write-groups.ts";
import type { WriteQuality } from "../contract/facts.ts";

const day = 86_400_000;

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
  /** What the organisation says releases a line here; null where it leaves that to what the repository shows. */
  readonly releasedBy: "tags" | "landing" | null;
}

/** Author of each line of the history. Columns by line. */
export interface LineAuthors {
  /** 0: nobody known; else 1 + code of the grade (A, B, C). */
  readonly grade: Uint8Array;
  /** 1 where an agent wrote it and a person edited it before the commit. */
  readonly mixed: Uint8Array;
  /** Index into `sessions` of the links, -1 where nobody is known. */
  readonly session: Int32Array;
}

/** Landing counts as release where the organisation says so, else where none ever came, or none for 90 days while landing goes on (MEASURES 1). */
export function landingIsRelease({
  history,
  releases,
  releasedBy,
}: Pick<RepositoryOutcomes, "history" | "releases" | "releasedBy">): boolean {
  if (releasedBy !== null) return releasedBy === "landing";
  const horizon = history.commits[history.tip]?.commitAt;
  const newest = Math.max(
    ...releases.releases.filter((release) => !release.preRelease).map((release) => release.releasedAt),
    Number.NEGATIVE_INFINITY,
  );
  return horizon === undefined || horizon - newest > 90 * day;
}

/**
 * Who wrote each line: of several copies the best grade, then the unedited, then the first. A move keeps the author of the
 * line that moved, whoever moved it; a re-land keeps the author where none is known for itself. A paragraph nobody is known
 * to have written, of which most was an agent's, is of agent and person.
 */
export function authorsOf(
  history: LineHistoryResult,
  { copies }: LinkResult,
  ends: Pick<LineEnds, "restored" | "editedFrom">,
): LineAuthors {
  const grade = new Uint8Array(history.lines);
  const mixed = new Uint8Array(history.lines);
  const session = new Int32Array(history.lines).fill(-1);
  for (let i = 0; i < copies.count; i++) {
    if (copies.side[i] !== 0) continue;
    const line = copies.line[i] as number;
    const code = 1 + (copies.grade[i] as number);
    const known = grade[line] as number;
    if (known !== 0 && (known < code || (known === code && (mixed[line] as number) <= (copies.mixed[i] as number)))) continue;
    grade[line] = code;
    mixed[line] = copies.mixed[i] as number;
    session[line] = copies.session[i] as number;
  }
  for (let line = 0; line < history.lines; line++) {
    const moved = history.origin[line] as number;
    const paragraph = ends.editedFrom[line] as number;
    if (paragraph >= 0 && grade[line] === 0 && grade[paragraph] !== 0) {
      grade[line] = grade[paragraph] as number;
      mixed[line] = 1;
      session[line] = session[paragraph] as number;
    }
    const origin = Math.max(moved, ends.restored[line] as number);
    if (origin < 0 || (moved < 0 && grade[line] !== 0)) continue;
    grade[line] = grade[origin] as number;
    mixed[line] = mixed[origin] as number;
    session[line] = session[origin] as number;
  }
  return { grade, mixed, session };
}

/** What a write became. */
export interface WrittenArtefacts {
  readonly write: TurnWrite;
  /** For each line the index of its group where a commit has it, else -1; null for an opaque write, which a commit tells. */
  readonly places: Int32Array | null;
  /** The committer's instant of the first commit that has any of its lines, null while none has. */
  readonly reachedAt: number | null;
  /** Whether a call names what was written; false where it is put down to the last call before the commit. */
  readonly byCall: boolean;
  readonly artefacts: WriteArtefacts;
}

interface Furthest {
  readonly rank: number;
  readonly commit: number;
  readonly line: number;
  readonly grade: Grade;
  readonly mixed: boolean;
}

/**
 * The artefacts of each write: its lines grouped by change, life, grade, side and kind; drafts of the turn apart.
 *
 * @param writes in the order the links know them
 * @param lastActive newest instant of each session
 * @param callBefore the call a session's grade C lines are put down to where none names their file: its last one before an instant
 * @param repairs which changed lines repair what an agent wrote; null where that is not looked at
 * @param reviews which changed lines answer a review; null where no forge told
 */
export function artefactsOf(
  outcomes: RepositoryOutcomes,
  writes: readonly TurnWrite[],
  linked: LinkResult,
  ends: LineEnds,
  lastActive: ReadonlyMap<string, number>,
  callBefore: (session: string, instant: number) => string | null,
  repairs: Pick<Repairs, "of"> | null = null,
  reviews: Pick<ReviewAnswers, "answeredAt"> | null = null,
): WrittenArtefacts[] {
  const { history, repository } = outcomes;
  const horizon = history.commits[history.tip]?.commitAt ?? null;
  const lived = new LifeMaker(outcomes, ends, repairs);
  const opaque = linked.opaque.map((write): TurnWrite | null => {
    const callKey = write.callKey ?? callBefore(write.session, write.instant);
    return callKey === null ? null : { ...write, callKey, quality: "opaque", turn: 0 };
  });
  const furthest = furthestCopies([...writes, ...linked.opaque], linked, lived);
  const answers = answersOf([...writes, ...linked.opaque], linked, reviews);
  const drafts = new Drafts(writes, (w, place) => furthest[w]?.[place] !== undefined);
  const moves = new Moves(writes);
  const reached = firstCommits(writes.length, linked, history);
  const common = { repository, horizon, landingIsRelease: landingIsRelease(outcomes) };
  const open = new OpenLines({ ...common, isOpaque: (path) => history.opaquePaths.has(path), lastActive });

  const artefactOf = (write: TurnWrite, w: number, byCall: boolean): WrittenArtefacts => {
    const groups = new GroupMaker();
    const draftGroups = new GroupMaker();
    const places = new Int32Array(lineCount(write.diff)).fill(-1);
    const reachedAt = reached[w] ?? null;
    eachPlace(write.diff.hunks, (place, side) => {
      const kind = write.diff.lines.kind[place] as number;
      const copy = furthest[w]?.[place];
      const weight = weightOf(kind, moves.isMoved(w, place));
      const answersAt = answers[w]?.get(place) ?? null;
      if (!copy) return open.add(write, kind, side, weight, openStateOf(drafts, w, place, reachedAt), groups, draftGroups);
      places[place] = groups.add(`${kind} ${answersAt} ${lived.keyOf(copy, side)}`, lived.undoesOwn(copy, side) ? 0 : weight, () => ({
        side,
        lineKind: lineKinds[kind] as string,
        authorKind: copy.mixed ? "mixed" : "agent",
        life: lived.ofCopy(write, copy, side, answersAt),
        unlinkedReason: null,
        ...lived.placeOf(copy),
        ...common,
      }));
    });
    const { callKey, path, quality } = write;
    const artefacts = { callKey, path, quality, repository, insideRepository: true, groups: groups.finish(), drafts: draftGroups.finish() };
    return { write, places: w < writes.length ? places : null, reachedAt, byCall, artefacts };
  };
  // Opaque writes follow the others, as the copies number them; one that no call of its session can have made is left out.
  return [...writes, ...opaque].flatMap((write, w) => {
    const told = linked.opaque[w - writes.length];
    return write === null ? [] : [artefactOf(write, w, told === undefined || told.callKey !== null)];
  });
}

/**
 * The committer's instant of the first commit that has any line of a write: of every copy, not of the furthest alone, so
 * that an earlier day is told without what landed later.
 */
function firstCommits(writes: number, { copies }: LinkResult, { commits }: LineHistoryResult): (number | undefined)[] {
  const first: (number | undefined)[] = new Array(writes);
  for (let i = 0; i < copies.count; i++) {
    const w = copies.write[i] as number;
    const { commitAt } = commits[copies.commit[i] as number] as LineHistoryResult["commits"][number];
    if (w < writes && commitAt < (first[w] ?? Number.POSITIVE_INFINITY)) first[w] = commitAt;
  }
  return first;
}

/** For each written line its furthest copy: released > landed > in an open change > in a closed one > in a local commit; then alive, then first. */
function furthestCopies(writes: readonly Pick<TurnWrite, "diff">[], { copies }: LinkResult, lived: LifeMaker): (Furthest[] | undefined)[] {
  const furthest: (Furthest[] | undefined)[] = new Array(writes.length);
  // A line that a formatter split has the life of its first part: the brackets behind it are soon another statement's.
  let commit = -1;
  const told = new Set<number>();
  for (let i = 0; i < copies.count; i++) {
    const w = copies.write[i] as number;
    if (copies.commit[i] !== commit) told.clear();
    commit = copies.commit[i] as number;
    const part = w * 0x100000 + (copies.place[i] as number);
    if (told.has(part)) continue;
    told.add(part);
    const candidate: Furthest = {
      rank: lived.rankOf(copies.commit[i] as number, copies.line[i] as number, copies.side[i] === 0 ? "added" : "removed"),
      commit: copies.commit[i] as number,
      line: copies.line[i] as number,
      grade: grades[copies.grade[i] as number] as Grade,
      mixed: copies.mixed[i] === 1,
    };
    const places = (furthest[w] ??= new Array(lineCount((writes[w] as Pick<TurnWrite, "diff">).diff)));
    const place = copies.place[i] as number;
    const best = places[place];
    if (!best || candidate.rank > best.rank) places[place] = candidate;
  }
  return furthest;
}

/** By write and place: since when the line answers a review. The first of its copies says it, whichever of them went furthest. */
function answersOf(
  writes: readonly { readonly instant: number }[],
  { copies }: LinkResult,
  reviews: Pick<ReviewAnswers, "answeredAt"> | null,
): (Map<number, number> | undefined)[] {
  const answers: (Map<number, number> | undefined)[] = new Array(writes.length);
  if (reviews === null) return answers;
  for (let i = 0; i < copies.count; i++) {
    const w = copies.write[i] as number;
    const { instant } = writes[w] as { readonly instant: number };
    const side = copies.side[i] === 0 ? "added" : "removed";
    const since = reviews.answeredAt(copies.commit[i] as number, copies.line[i] as number, side, instant);
    if (since === null) continue;
    const ofWrite = (answers[w] ??= new Map());
    const place = copies.place[i] as number;
    ofWrite.set(place, Math.min(since, ofWrite.get(place) ?? since));
  }
  return answers;
}

/** Turns copies into dated lives. */
class LifeMaker {
  readonly #outcomes: RepositoryOutcomes;
  readonly #ends: LineEnds;
  readonly #landing: Int32Array;
  readonly #push: Int32Array;
  readonly #repairs: Pick<Repairs, "of"> | null;

  constructor(outcomes: RepositoryOutcomes, ends: LineEnds, repairs: Pick<Repairs, "of"> | null) {
    this.#repairs = repairs;
    this.#outcomes = outcomes;
    this.#ends = ends;
    this.#landing = landingCommits(outcomes.history);
    this.#push = pushesOf(outcomes);
  }

  /** Whether a line never stood on the default branch, or no longer than its own push took: then it was iteration. */
  #neverLanded(line: number): boolean {
    const { landed, died } = this.#outcomes.history;
    const [from, to] = [landed[line] as number, died[line] as number];
    if (from < 0) return true;
    return to >= 0 && this.#push[from] === this.#push[to] && this.#ends.latest(line) === line;
  }

  #instant(commit: number): number | null {
    return this.#outcomes.history.commits[commit]?.commitAt ?? null;
  }

  #landedBy(commit: number, line: number, side: "added" | "removed"): number {
    const { history } = this.#outcomes;
    if (this.#neverLanded(line)) return -1;
    return (side === "added" ? history.landed : history.died)[line] as number;
  }

  #releasedAt(landed: number): number | null {
    const release = landed < 0 ? -1 : (this.#outcomes.releases.releaseOf[landed] as number);
    return release < 0 ? null : (this.#outcomes.releases.releases[release]?.releasedAt ?? null);
  }

  rankOf(commit: number, line: number, side: "added" | "removed"): number {
    const landed = this.#landedBy(commit, line, side);
    const change = this.#outcomes.changes.changeOf[commit] as number;
    const isClosed = this.#outcomes.changes.changes[change]?.state === "closed";
    const rank = landed >= 0 ? (this.#releasedAt(landed) === null ? 6 : 8) : change < 0 ? 0 : isClosed ? 2 : 4;
    const { died, killer } = this.#outcomes.history;
    const gone = landed >= 0 ? (died[this.#ends.latest(line)] as number) : (killer[line] as number);
    return rank + (side === "added" && gone < 0 ? 1 : 0);
  }

  /** Equal for copies whose lives are equal, within one write. */
  keyOf({ commit, line, grade, mixed }: Furthest, side: "added" | "removed"): string {
    const { landed, killer, died } = this.#outcomes.history;
    const last = this.#ends.latest(line);
    return `${commit} ${grade} ${mixed} ${side} ${landed[line]} ${killer[last]} ${died[last]} ${this.#ends.replaced[last]} ${this.#repairOf(line, side)}`;
  }

  #repairOf(line: number, side: "added" | "removed"): Repair | null {
    return this.#repairs?.of(line, side) ?? null;
  }

  /**
   * Whether a removal takes out what never landed: the other half of an iteration, not a change of the product. It weighs
   * nothing beside the lines that came instead (docs/decisions/0004-removals-of-drafts.md).
   */
  undoesOwn({ line }: Furthest, side: "added" | "removed"): boolean {
    return side === "removed" && this.#neverLanded(line);
  }

  /** Where a copy is: its change, its commit, on which evidence. */
  placeOf({ commit, grade }: Furthest): Pick<ArtefactGroup, "change" | "commit" | "grade"> {
    const change = this.#outcomes.changes.changeOf[commit] as number;
    return { change: change < 0 ? null : change, commit: this.#outcomes.history.commits[commit]?.hash ?? null, grade };
  }

  ofCopy(write: Pick<TurnWrite, "instant" | "session">, copy: Furthest, side: "added" | "removed", answersAt: number | null): Life {
    const { history, changes } = this.#outcomes;
    const landed = this.#landedBy(copy.commit, copy.line, side);
    const committedAt = this.#instant(copy.commit);
    const change = changes.changes[changes.changeOf[copy.commit] as number];
    const landedAt = this.#instant(landed);
    const releasedAt = this.#releasedAt(landed);
    // A change its forge tells to be open is a sign of life as long as anything is seen.
    const openUntil = change?.state === "open" ? (this.#instant(history.tip) ?? 0) : 0;
    const lastActiveAt = Math.max(write.instant, committedAt ?? 0, change?.headAt ?? 0, openUntil);
    // What was committed to its branch after the closing is work that goes on.
    const closedAt = change?.closedAt ?? null;
    const undoneAt = landed < 0 && closedAt !== null && (committedAt ?? 0) <= closedAt ? closedAt : null;
    const lifeOf = (diedAt: number | null, death: Life["death"], deathCommit: string | null, supersededAt: number | null): Life => ({
      writtenAt: write.instant,
      committedAt,
      landedAt,
      releasedAt,
      diedAt,
      death,
      deathCommit,
      supersededAt,
      undoneAt,
      lastActiveAt,
      repair: landed >= 0 ? this.#repairOf(copy.line, side) : null,
      answersAt,
    });
    if (landed >= 0) {
      const end = side === "added" ? this.#ends.deathOf(copy.line) : this.#ends.undoingOf(copy.line);
      return lifeOf(end.diedAt, end.death, end.deathCommit, null);
    }
    // Never landed: replaced on its branch, or a removal of what itself never landed, is iteration.
    const killer = history.killer[copy.line] as number;
    const supersededAt =
      side === "removed"
        ? this.#neverLanded(copy.line) || (this.#landing[copy.commit] as number) >= 0
          ? committedAt
          : null
        : killer >= 0
          ? this.#instant(killer)
          : null;
    return lifeOf(null, null, killer >= 0 && side === "added" ? (history.commits[killer]?.hash ?? null) : null, supersededAt);
  }
}

/** Commits of the default branch that are no further apart by the committer's clock came in one push. */
const onePushMs = 60_000;

/**
 * For each commit of the default branch's first-parent chain the number of the push that brought it: landing by rebase puts
 * every commit of a change there, within seconds. The commits of a pull request are one push, a merge is one of its own.
 */
function pushesOf({ history, changes }: RepositoryOutcomes): Int32Array {
  const push = new Int32Array(history.commits.length).fill(-1);
  const changeOf = (c: number): number => {
    const change = changes.changeOf[c] as number;
    return changes.changes[change]?.kind === "pull_request" ? change : -1;
  };
  // Of a change that landed commit by commit its forge names the last one alone.
  const isReplayed = (c: number): boolean => changes.changes[changeOf(c)]?.evidence === "forge";
  let number = 0;
  let last = -1;
  history.commits.forEach((commit, c) => {
    if (history.onChain[c] !== 1) return;
    const before = history.commits[last];
    const together =
      before !== undefined &&
      commit.parents.length === 1 &&
      before.parents.length <= 1 &&
      (changeOf(c) >= 0 || changeOf(last) >= 0
        ? changeOf(c) === changeOf(last) || (isReplayed(c) && changeOf(last) < 0 && commit.commitAt - before.commitAt <= onePushMs)
        : commit.commitAt - before.commitAt <= onePushMs);
    if (!together) number++;
    push[c] = number;
    last = c;
  });
  return push;
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
