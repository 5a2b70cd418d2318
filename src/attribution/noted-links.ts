/** Links with the word of the notes: where a note and content name different authors of a line, the note wins (RULINGS 21). */
import type { CommitFact, FileChange } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import { lineCount } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";
import { CopyColumns, type Copies } from "./copies.ts";
import { type CommitLink, type LinkResult, type LocatedWrite, byTime, confidenceOf } from "./link.ts";
import { type NotedLines, notedKind } from "./noted-lines.ts";
import { type OpaqueWrite, ShellWrites, partOf } from "./opaque.ts";
import { WrittenLines } from "./written-lines.ts";

/** A copy as a record: there are few beside the columns. */
interface Copy {
  readonly write: number;
  readonly place: number;
  readonly commit: number;
  readonly line: number;
  readonly side: number;
  readonly grade: number;
  readonly mixed: number;
  readonly session: number;
}

/** A copy a note has spoken of. */
type NotedCopy = Copy & { readonly isNoted: boolean };

export interface NotedLinks {
  readonly linked: LinkResult;
  /** Lines that content gave to another session than the note's, or that a note calls a person's. */
  readonly contradicted: number;
}

/**
 * A noted line content gave to the same session becomes grade A; one it gave to another loses that link, and where the
 * noted session is known, gets that: with the session's own write of that text if there is one, else as an opaque write.
 * @param writes as `linkWrites` had them
 * @param skewMs how much later than the commit's clock a write may be
 */
export function linkNotedLines(
  linked: LinkResult,
  noted: NotedLines | null,
  history: LineHistoryResult,
  writes: readonly LocatedWrite[],
  skewMs: number,
): NotedLinks {
  if (noted === null || !noted.kind.some((kind) => kind !== notedKind.none)) return { linked, contradicted: 0 };
  const sessions = [...linked.sessions];
  const sessionIds = new Map(sessions.map((session, id) => [session, id]));
  /** The known session a line is noted for: its id here; null where none is named, -1 where it is unseen or a person. */
  const notedFor = (line: number): number | null => {
    if (noted.kind[line] === notedKind.person) return -1;
    const session = noted.sessions[noted.session[line] as number];
    if (session === undefined) return null;
    if (!session.seen) return -1;
    let id = sessionIds.get(session.key);
    if (id === undefined) sessionIds.set(session.key, (id = sessions.push(session.key) - 1));
    return id;
  };
  const mixedAsNoted = (line: number): number => (noted.kind[line] === notedKind.mixed ? 1 : 0);

  const kept: NotedCopy[] = [];
  const explained = new Set<number>();
  const contradicted = new Set<number>();
  const touched = new Set<number>();
  for (let i = 0; i < linked.copies.count; i++) {
    const copy = copyAt(linked.copies, i);
    const { line, commit } = copy;
    if (copy.side !== 0 || noted.kind[line] === notedKind.none || history.born[line] !== commit) {
      kept.push({ ...copy, isNoted: false });
      continue;
    }
    const wanted = notedFor(line);
    if (wanted === null) {
      kept.push({ ...copy, mixed: mixedAsNoted(line), isNoted: false });
      continue;
    }
    touched.add(commit);
    if (wanted === copy.session) {
      explained.add(line);
      kept.push({ ...copy, grade: 0, mixed: mixedAsNoted(line), isNoted: true });
    } else contradicted.add(line);
  }

  const opaque = new OpaqueLines(linked.opaque, writes.length);
  const standing = opaque.keep(kept);
  const found = new OwnWrites(history, writes, standing, skewMs);
  for (let line = 0; line < history.lines; line++) {
    if (noted.kind[line] === notedKind.none || explained.has(line)) continue;
    const session = notedFor(line);
    if (session === null || session < 0) continue;
    const commit = history.born[line] as number;
    touched.add(commit);
    const copy = { commit, line, side: 0, grade: 0, mixed: mixedAsNoted(line), session, isNoted: true };
    const own = found.find(line, commit, sessions[session] as string);
    if (own === null) opaque.want(copy);
    else standing.push({ ...copy, ...own });
  }
  const copies = [...standing, ...opaque.make(found, sessions)];
  const turn = new Int32Array(history.commits.length);
  for (const [at, c] of byTime(history.commits).entries()) turn[c] = at;
  const inTime = (a: { readonly commit: number }, b: { readonly commit: number }): number =>
    (turn[a.commit] as number) - (turn[b.commit] as number);
  copies.sort(inTime); // stable: entries of one commit stay in order
  const links = relink(linked.links, touched, copies, sessions, history).sort(inTime);
  return { linked: { copies: columnsOf(copies), opaque: opaque.writes, sessions, links }, contradicted: contradicted.size };
}

const copyAt = ({ write, place, commit, line, side, grade, mixed, session }: Copies, i: number): Copy => ({
  write: write[i] as number,
  place: place[i] as number,
  commit: commit[i] as number,
  line: line[i] as number,
  side: side[i] as number,
  grade: grade[i] as number,
  mixed: mixed[i] as number,
  session: session[i] as number,
});

function columnsOf(copies: readonly Copy[]): Copies {
  const columns = new CopyColumns();
  for (const { write, place, commit, line, side, grade, mixed, session } of copies)
    columns.add(write, place, commit, line, side, grade, mixed, session);
  return columns.finish();
}

/** What a commit's difference says of each of its changed lines. */
interface LineOfCommit {
  readonly file: number;
  readonly place: number;
  readonly kind: number;
}

function linesOfCommit(history: LineHistoryResult, c: number): Map<number, LineOfCommit> {
  const lines = new Map<number, LineOfCommit>();
  (history.commits[c] as CommitFact).files.forEach(({ diff: { lines: told } }, file) => {
    history.changed[c]?.[file]?.ids.forEach((line, place) => {
      if (line >= 0) lines.set(line, { file, place, kind: told.kind[place] as number });
    });
  });
  return lines;
}

/** Finds where a noted line is, and the write of a session that it came from. */
class OwnWrites {
  readonly #history: LineHistoryResult;
  readonly #writes: readonly LocatedWrite[];
  readonly #linked: readonly Copy[];
  readonly #skewMs: number;
  #written: WrittenLines | null = null;
  #shell: ShellWrites | null = null;
  readonly #lines = new Map<number, Map<number, LineOfCommit>>();

  /** @param linked what content linked: a written line is in a commit once */
  constructor(history: LineHistoryResult, writes: readonly LocatedWrite[], linked: readonly Copy[], skewMs: number) {
    this.#history = history;
    this.#writes = writes;
    this.#linked = linked;
    this.#skewMs = skewMs;
  }

  placeOf(line: number, commit: number): LineOfCommit {
    let lines = this.#lines.get(commit);
    if (!lines) this.#lines.set(commit, (lines = linesOfCommit(this.#history, commit)));
    return lines.get(line) as LineOfCommit;
  }

  /** The session's latest write of the line's text before the commit; null where there is none. */
  find(line: number, commit: number, session: string): Pick<Copy, "write" | "place"> | null {
    const { file, place } = this.placeOf(line, commit);
    const written = this.#allWritten();
    const { files, commitAt } = this.#history.commits[commit] as CommitFact;
    const group = written.groupOf((files[file] as FileChange).path);
    const candidates = written.find(group, 0, written.committedText(commit, file, place));
    for (let k = candidates.length - 1; k >= 0; k--) {
      const candidate = candidates[k] as number;
      const w = written.writeOf(candidate);
      const write = this.#writes[w] as LocatedWrite;
      if (write.session !== session || write.instant > commitAt + this.#skewMs) continue;
      if (written.consumedBy(candidate).includes(commit)) continue;
      written.consume(candidate, commit);
      return { write: w, place: written.placeOf(candidate) };
    }
    return null;
  }

  /** The newest call of a session that names a path without telling its lines, up to a commit. */
  shellCall(session: string, path: string, { commitAt }: CommitFact): LocatedWrite | null {
    const written = this.#allWritten();
    this.#shell ??= new ShellWrites(this.#writes, (of) => written.groupOf(of));
    return this.#shell.lastOf(session, path, commitAt + this.#skewMs);
  }

  commit(c: number): CommitFact {
    return this.#history.commits[c] as CommitFact;
  }

  #allWritten(): WrittenLines {
    if (this.#written !== null) return this.#written;
    const written = new WrittenLines(this.#writes, this.#history);
    for (const { write, place, commit } of this.#linked)
      if (write < this.#writes.length) written.consume(written.firstOf(write) + place, commit);
    return (this.#written = written);
  }
}

/** The opaque writes as notes leave them: without lines that are another's, and with those that notes alone tell of. */
class OpaqueLines {
  readonly #before: readonly OpaqueWrite[];
  readonly #first: number;
  readonly #wanted = new Map<string, Omit<NotedCopy, "write" | "place">[]>();
  readonly writes: OpaqueWrite[] = [];

  /** @param first number of the first opaque write among all writes */
  constructor(before: readonly OpaqueWrite[], first: number) {
    this.#before = before;
    this.#first = first;
  }

  /**
   * Leaves of each opaque write only the lines that a copy still speaks of: the others were never seen to be written by its
   * session. @returns the copies, with the new numbers and places
   */
  keep(copies: readonly NotedCopy[]): NotedCopy[] {
    const places = new Map<number, Set<number>>();
    for (const { write, place } of copies) {
      if (write < this.#first) continue;
      const own = places.get(write);
      if (own) own.add(place);
      else places.set(write, new Set([place]));
    }
    const moved = new Map<number, { readonly write: number; readonly places: ReadonlyMap<number, number> | null }>();
    for (const [i, write] of this.#before.entries()) {
      const own = places.get(this.#first + i);
      if (own === undefined) continue;
      const isWhole = own.size === lineCount(write.diff);
      const part = isWhole
        ? null
        : partOf(
            write,
            [...own].map((place) => ({ place })),
          );
      const to = this.#first + this.writes.push(part === null ? write : { ...write, diff: part.diff }) - 1;
      moved.set(this.#first + i, { write: to, places: part && new Map([...part.placeOf].map(([old, place]) => [old.place, place])) });
    }
    return copies.map((copy) => {
      const to = moved.get(copy.write);
      return to === undefined ? copy : { ...copy, write: to.write, place: to.places?.get(copy.place) ?? copy.place };
    });
  }

  /** Asks for a line that no write of its session tells. */
  want(copy: Omit<NotedCopy, "write" | "place">): void {
    const key = `${copy.session} ${copy.commit}`;
    const own = this.#wanted.get(key);
    if (own) own.push(copy);
    else this.#wanted.set(key, [copy]);
  }

  /** Makes an opaque write of the asked lines of each session and file of a commit. @returns their copies */
  make(found: OwnWrites, sessions: readonly string[]): NotedCopy[] {
    const copies: NotedCopy[] = [];
    for (const wanted of this.#wanted.values()) {
      const { session, commit } = wanted[0] as NotedCopy;
      const byFile = new Map<number, { readonly place: number; readonly copy: Omit<NotedCopy, "write" | "place"> }[]>();
      for (const copy of wanted) {
        const { file, place } = found.placeOf(copy.line, commit);
        const own = byFile.get(file);
        if (own) own.push({ place, copy });
        else byFile.set(file, [{ place, copy }]);
      }
      for (const [f, lines] of byFile) {
        const file = found.commit(commit).files[f] as FileChange;
        const call = found.shellCall(sessions[session] as string, file.path, found.commit(commit));
        const { diff, placeOf } = partOf(file, lines);
        const instant = call?.instant ?? found.commit(commit).commitAt;
        const opaque = { session: sessions[session] as string, path: file.path, instant, callKey: call?.callKey ?? null, diff };
        const write = this.#first + this.writes.push(opaque) - 1;
        for (const [{ copy }, place] of placeOf) copies.push({ ...copy, write, place });
      }
    }
    return copies;
  }
}

/** What a link's evidence is worth where no content is left with it; null where it names no session. */
const bareMethod: Readonly<Record<CommitLink["method"], CommitLink["method"] | null>> = {
  equal_lines: null,
  equal_lines_in_printed_commit: "printed_commit",
  equal_lines_in_named_commit: "named_commit",
  printed_commit: "printed_commit",
  named_commit: "named_commit",
  noted_lines: null,
  shell_edit: null,
};

interface Count {
  lines: number;
  linesRemoved: number;
  isNoted: boolean;
  /** Of grade A or B without a note. */
  byContent: boolean;
}

/** Links of the touched commits, counted again. A pair that lost its lines stays where a hash or a trailer names it. */
function relink(
  links: readonly CommitLink[],
  touched: ReadonlySet<number>,
  copies: readonly NotedCopy[],
  sessions: readonly string[],
  history: LineHistoryResult,
): CommitLink[] {
  const byCommit = new Map<number, { readonly copies: NotedCopy[]; readonly before: Map<string, CommitLink> }>();
  for (const commit of touched) byCommit.set(commit, { copies: [], before: new Map() });
  for (const copy of copies) byCommit.get(copy.commit)?.copies.push(copy);
  for (const link of links) byCommit.get(link.commit)?.before.set(link.session, link);
  const again = [...byCommit].flatMap(([commit, { copies: own, before }]) => {
    const counts = countLines(own, sessions, linesOfCommit(history, commit));
    const all = new Set([...before.keys(), ...counts.keys()]);
    return [...all].flatMap((session) => linkAgain(session, commit, counts.get(session), before.get(session)));
  });
  return [...links.filter((link) => !touched.has(link.commit)), ...again];
}

/** Several written lines can have become one: each line of the commit counts once. */
function countLines(
  copies: readonly NotedCopy[],
  sessions: readonly string[],
  lines: ReadonlyMap<number, LineOfCommit>,
): ReadonlyMap<string, Count> {
  const counts = new Map<string, Count>();
  const counted = new Set<string>();
  for (const { session: id, line, side, grade, isNoted } of copies) {
    const session = sessions[id] as string;
    let count = counts.get(session);
    if (!count) counts.set(session, (count = { lines: 0, linesRemoved: 0, isNoted: false, byContent: false }));
    if (isNoted) count.isNoted = true;
    else if (grade < 2) count.byContent = true;
    const key = `${id} ${side} ${line}`;
    if (counted.has(key)) continue;
    counted.add(key);
    const kind = lines.get(line)?.kind;
    if (kind !== lineKind.trivial && kind !== lineKind.generated) count[side === 0 ? "lines" : "linesRemoved"]++;
  }
  return counts;
}

function linkAgain(session: string, commit: number, count: Count | undefined, before: CommitLink | undefined): CommitLink[] {
  const { lines, linesRemoved } = count ?? { lines: 0, linesRemoved: 0 };
  if (count?.isNoted && before?.grade !== "A")
    return [{ session, commit, grade: "A", method: "noted_lines", confidence: confidenceOf.noted_lines, lines, linesRemoved }];
  if (before === undefined) return [];
  if (count?.isNoted || count?.byContent) return [{ ...before, lines, linesRemoved }];
  const method = bareMethod[before.method] ?? (count ? before.method : null);
  return method === null ? [] : [{ session, commit, grade: "C", method, confidence: confidenceOf[method], lines, linesRemoved }];
}
