/** Links with the word of the notes: where a note and content name different authors of a line, the note wins (RULINGS 21). */
import { type Grade, grades } from "../contract/fates.ts";
import type { CommitFact } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import { lineKind } from "../lines/line-kind.ts";
import type { CommitLink, Copies, LinkResult, LocatedWrite } from "./link.ts";
import { type NotedLines, notedKind } from "./noted-lines.ts";
import { WrittenLines } from "./written-lines.ts";

/** A copy as a record: there are few beside the columns. */
interface Copy {
  readonly write: number;
  readonly place: number;
  readonly commit: number;
  readonly line: number;
  readonly side: number;
  readonly grade: number;
  readonly session: number;
}

export interface NotedLinks {
  readonly linked: LinkResult;
  /** Lines that content gave to another session than the note's, or that a note calls a person's. */
  readonly contradicted: number;
}

/**
 * A noted line content gave to the same session becomes grade A; one it gave to another loses that link, and where the
 * noted session is known, gets that: with the session's own write of that text if there is one.
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

  const kept: Copy[] = [];
  const explained = new Set<number>();
  const touched = new Set<number>();
  let contradicted = 0;
  for (let i = 0; i < linked.copies.count; i++) {
    const copy = copyAt(linked.copies, i);
    const isNoted = copy.side === 0 && noted.kind[copy.line] !== notedKind.none && history.born[copy.line] === copy.commit;
    const wanted = isNoted ? notedFor(copy.line) : null;
    if (wanted === null) {
      kept.push(copy);
      continue;
    }
    touched.add(copy.commit);
    if (wanted === copy.session) {
      explained.add(copy.line);
      kept.push({ ...copy, grade: 0 });
    } else contradicted++;
  }
  const found = new OwnWrites(history, writes, skewMs);
  for (let line = 0; line < history.lines; line++) {
    if (noted.kind[line] === notedKind.none || explained.has(line)) continue;
    const session = notedFor(line);
    if (session === null || session < 0) continue;
    const commit = history.born[line] as number;
    touched.add(commit);
    kept.push({ ...found.of(line, commit, sessions[session] as string), commit, line, side: 0, grade: 0, session });
  }
  kept.sort((a, b) => a.commit - b.commit); // stable: entries of one commit stay in order
  const result = { copies: columnsOf(kept), sessions };
  return { linked: { ...linked, ...result, links: relink(linked.links, touched, kept, sessions, history) }, contradicted };
}

const copyAt = ({ write, place, commit, line, side, grade, session }: Copies, i: number): Copy => ({
  write: write[i] as number,
  place: place[i] as number,
  commit: commit[i] as number,
  line: line[i] as number,
  side: side[i] as number,
  grade: grade[i] as number,
  session: session[i] as number,
});

function columnsOf(copies: readonly Copy[]): Copies {
  return {
    count: copies.length,
    write: Int32Array.from(copies, (copy) => copy.write),
    place: Int32Array.from(copies, (copy) => copy.place),
    commit: Int32Array.from(copies, (copy) => copy.commit),
    line: Int32Array.from(copies, (copy) => copy.line),
    side: Uint8Array.from(copies, (copy) => copy.side),
    grade: Uint8Array.from(copies, (copy) => copy.grade),
    session: Int32Array.from(copies, (copy) => copy.session),
  };
}

/** What a commit's difference says of each of its changed lines. */
interface LineOfCommit {
  readonly path: string;
  readonly place: number;
  readonly folded: number;
  readonly kind: number;
}

function linesOfCommit(history: LineHistoryResult, c: number): Map<number, LineOfCommit> {
  const lines = new Map<number, LineOfCommit>();
  (history.commits[c] as CommitFact).files.forEach(({ path, diff }, f) => {
    history.changed[c]?.[f]?.ids.forEach((line, place) => {
      if (line >= 0) lines.set(line, { path, place, folded: diff.lines.folded[place] as number, kind: diff.lines.kind[place] as number });
    });
  });
  return lines;
}

/** Finds the write of a session that a noted line came from. */
class OwnWrites {
  readonly #history: LineHistoryResult;
  readonly #writes: readonly LocatedWrite[];
  readonly #skewMs: number;
  #written: WrittenLines | null = null;
  readonly #lines = new Map<number, Map<number, LineOfCommit>>();

  constructor(history: LineHistoryResult, writes: readonly LocatedWrite[], skewMs: number) {
    this.#history = history;
    this.#writes = writes;
    this.#skewMs = skewMs;
  }

  /** The session's latest write of the line's text before the commit; -1, with the line's own place, where there is none. */
  of(line: number, commit: number, session: string): Pick<Copy, "write" | "place"> {
    let lines = this.#lines.get(commit);
    if (!lines) this.#lines.set(commit, (lines = linesOfCommit(this.#history, commit)));
    const about = lines.get(line) as LineOfCommit;
    const written = (this.#written ??= new WrittenLines(this.#writes, this.#history));
    const latest = (this.#history.commits[commit] as CommitFact).commitAt + this.#skewMs;
    const candidates = written.find(written.groupOf(about.path), 0, written.textOf(about.folded));
    for (let k = candidates.length - 1; k >= 0; k--) {
      const candidate = candidates[k] as number;
      const w = written.writeOf(candidate);
      const write = this.#writes[w] as LocatedWrite;
      if (write.session === session && write.instant <= latest && !written.consumedBy(candidate).includes(commit)) {
        written.consume(candidate, commit);
        return { write: w, place: written.placeOf(candidate) };
      }
    }
    return { write: -1, place: about.place };
  }
}

/** Links of the touched commits, counted again. A pair that lost its lines stays where a hash or a trailer names it. */
function relink(
  links: readonly CommitLink[],
  touched: ReadonlySet<number>,
  copies: readonly Copy[],
  sessions: readonly string[],
  history: LineHistoryResult,
): CommitLink[] {
  const before = new Map(links.map((link) => [`${link.commit} ${link.session}`, link]));
  const byCommit = new Map<number, Copy[]>();
  for (const copy of copies) {
    if (!touched.has(copy.commit)) continue;
    const list = byCommit.get(copy.commit);
    if (list) list.push(copy);
    else byCommit.set(copy.commit, [copy]);
  }
  const named = new Map<number, CommitLink[]>();
  for (const link of links) {
    if (link.method === "printed_commit" || link.method === "named_commit")
      named.set(link.commit, [...(named.get(link.commit) ?? []), link]);
  }
  const again: CommitLink[] = [...touched].flatMap((commit) => {
    const lines = linesOfCommit(history, commit);
    const counts = new Map<string, { lines: number; linesRemoved: number; grade: number }>();
    for (const copy of byCommit.get(commit) ?? []) {
      const session = sessions[copy.session] as string;
      const count = counts.get(session) ?? { lines: 0, linesRemoved: 0, grade: copy.grade };
      const kind = lines.get(copy.line)?.kind;
      if (kind !== lineKind.trivial && kind !== lineKind.generated) count[copy.side === 0 ? "lines" : "linesRemoved"]++;
      count.grade = Math.min(count.grade, copy.grade);
      counts.set(session, count);
    }
    for (const link of named.get(commit) ?? []) {
      if (!counts.has(link.session)) counts.set(link.session, { lines: 0, linesRemoved: 0, grade: 2 });
    }
    return [...counts].map(([session, { grade, ...count }]): CommitLink => {
      const known = before.get(`${commit} ${session}`);
      const gradeName = grades[grade] as Grade;
      const how = known && known.grade === gradeName ? { method: known.method, confidence: known.confidence } : notedMethod;
      return { session, commit, grade: gradeName, ...how, ...count };
    });
  });
  return [...links.filter((link) => !touched.has(link.commit)), ...again].sort((a, b) => a.commit - b.commit);
}

/** Not measured: no repository at hand has notes and the sessions they name. It is given what a printed hash has. */
const notedMethod = { method: "noted_lines", confidence: 0.95 } as const;
