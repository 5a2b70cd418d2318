/**
 * Lines whose author a note or trace record names. A note is believed only where it meets a line its commit really added, and
 * there it wins over content (RULINGS 21); the rest is over-claim and is counted. Pure.
 */
import { type NoteDialect, type AuthorshipNoteFact, noteDialects } from "../contract/facts.ts";
import type { CommitFact, FileChange, LineClaim } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";

/** A note as a copy of the repository carries it. */
export interface CarriedClaims extends Omit<AuthorshipNoteFact, "kind"> {
  /** False where its content was not there to be read. */
  readonly isRead: boolean;
}

/** Who a claim means: a session of this store, or one that nobody imported. */
export interface ClaimedSession {
  readonly key: string;
  readonly seen: boolean;
}

/** What the notes of one dialect came to in one repository. Lines are added lines; a line two claims name counts once. */
export interface NoteTally {
  notes: number;
  /** The commit is not in this copy: rebased, squashed away, or never fetched. */
  commitGone: number;
  /** On a merge: its lines are those of its parents, noted there. Not used. */
  onMerges: number;
  notRead: number;
  /** Lines claimed on known commits that are no merges, … */
  linesClaimed: number;
  /** … those of them the commit added, … */
  linesAdded: number;
  /** … and those it did not. Claimed = added + over-claimed. */
  linesOverClaimed: number;
  /** The first two again, for commits of the default branch. */
  linesClaimedOnDefault: number;
  linesAddedOnDefault: number;
  linesOfAgents: number;
  linesMixed: number;
  linesOfPersons: number;
  /** Claimed by tools for tests; left out. */
  testLines: number;
  /** Sessions named that this store has not seen. */
  unseenSessions: number;
  /** Pieces that could not be used, by code. */
  readonly defects: Map<string, number>;
}

export const notedKind = { none: 0, agent: 1, mixed: 2, person: 3 } as const;

export interface NotedLines {
  /** Code of `notedKind`, by line of the history. */
  readonly kind: Uint8Array;
  /** Index into `sessions`, -1 where none is named, -2 where several are. */
  readonly session: Int32Array;
  readonly sessions: readonly ClaimedSession[];
  /** Index into `agents`, -1 and -2 likewise. */
  readonly agent: Int32Array;
  readonly agents: readonly string[];
  readonly tallies: ReadonlyMap<NoteDialect, NoteTally>;
  /** Lines that claims give to more than one session. */
  readonly claimedTwice: number;
}

const several = -2;
/** Joins two tellings of an index: order cannot matter. */
const joinIndex = (a: number, b: number): number => (a === -1 || a === b ? b : b === -1 ? a : several);

/**
 * Meets the notes a repository carries with the lines its commits added.
 * @param sessionOf whom a claim of an agent means, null where it names no session
 * @returns null where there is no note
 */
export function noteLines(
  history: LineHistoryResult,
  notes: readonly CarriedClaims[],
  sessionOf: (claim: LineClaim) => ClaimedSession | null,
): NotedLines | null {
  if (notes.length === 0) return null;
  const reading = new NoteReading(history, sessionOf);
  for (const note of notes) reading.take(note);
  return reading.finish();
}

const noTally = (): NoteTally => ({
  notes: 0,
  commitGone: 0,
  onMerges: 0,
  notRead: 0,
  linesClaimed: 0,
  linesAdded: 0,
  linesOverClaimed: 0,
  linesClaimedOnDefault: 0,
  linesAddedOnDefault: 0,
  linesOfAgents: 0,
  linesMixed: 0,
  linesOfPersons: 0,
  testLines: 0,
  unseenSessions: 0,
  defects: new Map(),
});

class NoteReading {
  readonly #history: LineHistoryResult;
  readonly #sessionOf: (claim: LineClaim) => ClaimedSession | null;
  readonly #commits: ReadonlyMap<string, number>;
  #children: Map<string, number[]> | null = null;
  readonly #kind: Uint8Array;
  readonly #session: Int32Array;
  readonly #agent: Int32Array;
  readonly #sessions: ClaimedSession[] = [];
  readonly #sessionIds = new Map<string, number>();
  readonly #agents: string[] = [];
  readonly #agentIds = new Map<string, number>();
  readonly #tallies = new Map<NoteDialect, NoteTally>();
  readonly #unseen = new Map<NoteDialect, Set<number>>();
  readonly #noted = new Map<NoteDialect, Set<number>>();

  constructor(history: LineHistoryResult, sessionOf: (claim: LineClaim) => ClaimedSession | null) {
    this.#history = history;
    this.#sessionOf = sessionOf;
    this.#commits = new Map(history.commits.map((commit, c) => [commit.hash, c]));
    this.#kind = new Uint8Array(history.lines);
    this.#session = new Int32Array(history.lines).fill(-1);
    this.#agent = new Int32Array(history.lines).fill(-1);
  }

  take(note: CarriedClaims): void {
    const tally = this.#tallyOf(note.dialect);
    for (const [code, count] of Object.entries(note.defects)) tally.defects.set(code, (tally.defects.get(code) ?? 0) + count);
    if (note.commit === "") return; // only what could not be used
    tally.notes++;
    tally.testLines += note.testLines;
    if (!note.isRead) tally.notRead++;
    const c = this.#commits.get(note.commit);
    if (c === undefined) {
      tally.commitGone++;
      return;
    }
    if (!note.madeBefore && (this.#history.commits[c] as CommitFact).parents.length > 1) {
      tally.onMerges++;
      return;
    }
    for (const [path, claims] of byPath(note.claims)) {
      const claimed = unionOf(claims);
      const placed = note.madeBefore ? this.#placeBefore(c, path, claims, note.dialect) : this.#placeOn(c, path, claims, note.dialect);
      tally.linesClaimed += claimed;
      tally.linesAdded += placed;
      tally.linesOverClaimed += claimed - placed;
      if (this.#history.onDefault[c] === 1) {
        tally.linesClaimedOnDefault += claimed;
        tally.linesAddedOnDefault += placed;
      }
    }
  }

  /** Claims of the commit's own state: any claimed line it added is noted. @returns how many */
  #placeOn(c: number, path: string, claims: readonly LineClaim[], dialect: NoteDialect): number {
    const lines = this.#addedLines(c, path);
    const placed = new Set<number>();
    for (const claim of claims) {
      lines.eachIn(claim.ranges, (line) => {
        this.#note(line, claim, dialect);
        placed.add(line);
      });
    }
    return placed.size;
  }

  /**
   * Claims made at the time of an edit: positions are those of a working tree. A range is believed where the commit named, or
   * else the only child of it that changes the file, added every line of the range.
   */
  #placeBefore(c: number, path: string, claims: readonly LineClaim[], dialect: NoteDialect): number {
    const children = this.#childrenOf(c).filter((child) => this.#fileOf(child, path) !== undefined);
    const tried = [c, ...(children.length === 1 ? children : [])]
      .filter((one) => (this.#history.commits[one] as CommitFact).parents.length < 2)
      .map((one) => this.#addedLines(one, path));
    const placed = new Set<number>();
    for (const claim of claims) {
      for (let i = 0; i + 1 < claim.ranges.length; i += 2) {
        const range = claim.ranges.slice(i, i + 2);
        const size = (range[1] as number) - (range[0] as number) + 1;
        for (const lines of tried) {
          const found: number[] = [];
          lines.eachIn(range, (line) => void found.push(line));
          if (found.length < size) continue;
          for (const line of found) {
            this.#note(line, claim, dialect);
            placed.add(line);
          }
          break;
        }
      }
    }
    return placed.size;
  }

  #note(line: number, claim: LineClaim, dialect: NoteDialect): void {
    const noted = this.#noted.get(dialect) ?? new Set();
    this.#noted.set(dialect, noted.add(line));
    const before = this.#kind[line] as number;
    const kind = notedKind[claim.author];
    this.#kind[line] = before === notedKind.none || before === kind ? kind : notedKind.mixed;
    if (claim.author === "person") return;
    const session = this.#sessionOf(claim);
    if (session !== null) {
      const id = idOf(this.#sessionIds, this.#sessions, session.key, session);
      this.#session[line] = joinIndex(this.#session[line] as number, id);
      if (!session.seen) this.#unseen.set(dialect, (this.#unseen.get(dialect) ?? new Set()).add(id));
    }
    if (claim.agent !== null)
      this.#agent[line] = joinIndex(this.#agent[line] as number, idOf(this.#agentIds, this.#agents, claim.agent, claim.agent));
  }

  #fileOf(c: number, path: string): number | undefined {
    const f = (this.#history.commits[c] as CommitFact).files.findIndex((file) => file.path === path);
    return f < 0 ? undefined : f;
  }

  #addedLines(c: number, path: string): AddedLines {
    const f = this.#fileOf(c, path);
    const ids = f === undefined ? undefined : this.#history.changed[c]?.[f]?.ids;
    return f === undefined || !ids || ids.length === 0
      ? noLines
      : new AddedLines((this.#history.commits[c] as CommitFact).files[f] as FileChange, ids);
  }

  #childrenOf(c: number): readonly number[] {
    if (this.#children === null) {
      this.#children = new Map();
      for (const [child, { parents }] of this.#history.commits.entries()) {
        const parent = parents[0];
        if (parent !== undefined) this.#children.set(parent, [...(this.#children.get(parent) ?? []), child]);
      }
    }
    return this.#children.get((this.#history.commits[c] as CommitFact).hash) ?? [];
  }

  #tallyOf(dialect: NoteDialect): NoteTally {
    let tally = this.#tallies.get(dialect);
    if (!tally) this.#tallies.set(dialect, (tally = noTally()));
    return tally;
  }

  finish(): NotedLines {
    for (const [dialect, tally] of this.#tallies) {
      tally.unseenSessions = this.#unseen.get(dialect)?.size ?? 0;
      for (const line of this.#noted.get(dialect) ?? []) {
        const kind = this.#kind[line];
        if (kind === notedKind.agent) tally.linesOfAgents++;
        else if (kind === notedKind.mixed) tally.linesMixed++;
        else tally.linesOfPersons++;
      }
    }
    const tallies = new Map(
      noteDialects.flatMap((dialect) => {
        const tally = this.#tallies.get(dialect);
        return tally ? [[dialect, tally] as const] : [];
      }),
    );
    let claimedTwice = 0;
    for (const session of this.#session) if (session === several) claimedTwice++;
    return {
      kind: this.#kind,
      session: this.#session,
      sessions: this.#sessions,
      agent: this.#agent,
      agents: this.#agents,
      tallies,
      claimedTwice,
    };
  }
}

/** Noted authors along exact moves and re-lands, for lines no link gives an author of their own. Columns by line. */
export interface NotedAuthors {
  readonly kind: Uint8Array;
  /** Index into `NotedLines.agents`, negative where none or several are named. */
  readonly agent: Int32Array;
}

export function notedAuthors(
  { kind, agent }: NotedLines,
  history: LineHistoryResult,
  links: { readonly grade: Uint8Array; readonly session: Int32Array },
  restored: Int32Array,
): NotedAuthors {
  const kinds = Uint8Array.from(kind);
  const agents = Int32Array.from(agent);
  for (let line = 0; line < history.lines; line++) {
    const origin = Math.max(history.origin[line] as number, restored[line] as number);
    if (origin < 0 || kinds[line] !== notedKind.none) continue;
    if (links.grade[line] !== 0 && links.session[line] !== links.session[origin]) continue;
    kinds[line] = kinds[origin] as number;
    agents[line] = agents[origin] as number;
  }
  return { kind: kinds, agent: agents };
}

function idOf<T>(ids: Map<string, number>, list: T[], key: string, value: T): number {
  let id = ids.get(key);
  if (id === undefined) ids.set(key, (id = list.push(value) - 1));
  return id;
}

function byPath(claims: readonly LineClaim[]): Map<string, LineClaim[]> {
  const paths = new Map<string, LineClaim[]>();
  for (const claim of claims) {
    const list = paths.get(claim.path);
    if (list) list.push(claim);
    else paths.set(claim.path, [claim]);
  }
  return paths;
}

/** Lines in the union of the ranges of several claims. */
function unionOf(claims: readonly LineClaim[]): number {
  const ranges: [number, number][] = [];
  for (const { ranges: own } of claims) for (let i = 0; i + 1 < own.length; i += 2) ranges.push([own[i] as number, own[i + 1] as number]);
  ranges.sort((a, b) => a[0] - b[0]);
  let lines = 0;
  let end = 0;
  for (const [first, last] of ranges) {
    lines += Math.max(0, last - Math.max(first, end + 1) + 1);
    end = Math.max(end, last);
  }
  return lines;
}

/** The added lines of one file of a commit, by their number in the file after it. */
class AddedLines {
  /** First line and how many, place of the first in the difference: three a hunk, in order. */
  readonly #hunks: readonly (readonly [number, number, number])[];
  readonly #ids: Int32Array;

  constructor({ diff: { hunks: told } }: Pick<FileChange, "diff">, ids: Int32Array) {
    const hunks: [number, number, number][] = [];
    let place = 0;
    for (let h = 0; h < told.length; h += 4) {
      const [removed, start, added] = [told[h + 1] as number, told[h + 2] as number, told[h + 3] as number];
      if (added > 0) hunks.push([start, added, place + removed]);
      place += removed + added;
    }
    this.#hunks = hunks;
    this.#ids = ids;
  }

  eachIn(ranges: readonly number[], visit: (line: number) => void): void {
    for (let i = 0; i + 1 < ranges.length; i += 2) {
      const [first, last] = [ranges[i] as number, ranges[i + 1] as number];
      for (const [start, added, place] of this.#hunks) {
        const to = Math.min(last, start + added - 1);
        for (let line = Math.max(first, start); line <= to; line++) {
          const id = this.#ids[place + line - start] as number;
          if (id >= 0) visit(id);
        }
      }
    }
  }
}

const noLines = new AddedLines({ diff: { hunks: new Int32Array(0) } as FileChange["diff"] }, new Int32Array(0));
