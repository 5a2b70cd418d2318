/**
 * Which written lines became which lines of which commits. Content speaks of lines, explicit evidence of commits
 * (DESIGN "Attribution" 3): grade A is content inside a commit that evidence names, B content alone, C evidence alone.
 */
import type { Grade } from "../contract/fates.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { LineDiff } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";
import { Ancestors } from "./ancestors.ts";
import { matchInOrder } from "./match.ts";
import { WrittenLines } from "./written-lines.ts";

/** One write, its path relative to the repository. */
export interface LocatedWrite {
  readonly session: string;
  readonly callKey: string;
  readonly instant: number;
  readonly path: string;
  readonly diff: LineDiff;
}

/** Sessions that explicit evidence names for a commit, by the commit's index. */
export type NamedSessions = ReadonlyMap<number, readonly { readonly session: string; readonly evidence: CommitEvidence }[]>;

/** What names a session for a commit: its own tool printed the hash, its telemetry told it, a trailer says so. */
export type CommitEvidence = "printed_hash" | "telemetry_commit" | "trailer";

/** A written line found in a commit. Columns; entries of one commit follow each other. */
export interface Copies {
  readonly count: number;
  /** Index into the writes; -1 for a line of grade C, which no write explains. */
  readonly write: Int32Array;
  /** Place in the write's lines. */
  readonly place: Int32Array;
  readonly commit: Int32Array;
  /** Line of the history: for a removal the line that was killed. */
  readonly line: Int32Array;
  /** 0 added, 1 removed. */
  readonly side: Uint8Array;
  /** 0 A, 1 B, 2 C. */
  readonly grade: Uint8Array;
  /** Index into `sessions`. */
  readonly session: Int32Array;
}

/** One (session, commit) pair with evidence (RULINGS 22). */
export interface CommitLink {
  readonly session: string;
  readonly commit: number;
  readonly grade: Grade;
  readonly method:
    | "equal_lines"
    | "equal_lines_in_printed_commit"
    | "equal_lines_in_named_commit"
    | "printed_commit"
    | "named_commit"
    | "noted_lines";
  readonly confidence: number;
  /** Non-trivial added lines of all grades together. */
  readonly lines: number;
  readonly linesRemoved: number;
}

export interface LinkResult {
  readonly copies: Copies;
  readonly sessions: readonly string[];
  readonly links: readonly CommitLink[];
}

export interface LinkOptions {
  /** A write may be this much later than the commit's clock says (skew between machines; RULINGS 17). */
  readonly skewMs: number;
  /** A write older than this before the commit is not looked at. */
  readonly windowMs: number;
  /** Content alone links a session to a commit that it explains whole, or from so many non-trivial lines … */
  readonly minimumLines: number;
  /** … and this share of the commit's non-trivial changed lines, … */
  readonly minimumShare: number;
  /** … or from so many distinctive lines, whatever their share (small parts of a large squash). */
  readonly enoughDistinctive: number;
  /** A line that occurs in more paths than this is common: it links only beside distinctive ones. */
  readonly commonPaths: number;
}

const day = 86_400_000;

export const defaultLinkOptions: LinkOptions = {
  skewMs: 120_000,
  windowMs: 30 * day,
  minimumLines: 2,
  minimumShare: 0.1,
  enoughDistinctive: 5,
  commonPaths: 3,
};

const gradeCode = { A: 0, B: 1, C: 2 } as const;

/**
 * Measured precision of each method on a repository whose trailers name the truth: 0.97 for equal lines, 0.95 for a
 * printed hash alone. Content inside a named commit is both.
 */
const confidenceOf: Readonly<Record<CommitLink["method"], number>> = {
  equal_lines_in_named_commit: 0.99,
  equal_lines_in_printed_commit: 0.99,
  equal_lines: 0.97,
  printed_commit: 0.95,
  named_commit: 0.9,
  noted_lines: 0.95,
};

/** A line of a commit that wants an author, and the one that was found. */
interface Wanted {
  readonly place: number;
  /** Its number among the written texts, -1 where nobody wrote it. */
  readonly text: number;
  readonly kind: number;
  readonly line: number;
  written: number;
}

interface Block {
  readonly group: number;
  readonly side: 0 | 1;
  readonly lines: Wanted[];
}

/**
 * Links writes to the lines of commits.
 * @param writes sorted by (instant, session, callKey)
 */
export function linkWrites(
  history: LineHistoryResult,
  writes: readonly LocatedWrite[],
  named: NamedSessions,
  options: LinkOptions = defaultLinkOptions,
): LinkResult {
  const written = new WrittenLines(writes, history);
  const ancestors = new Ancestors(history.commits);
  const copies = new CopyColumns();
  const links: CommitLink[] = [];
  const sessions: string[] = [];
  const sessionIds = new Map<string, number>();
  const sessionId = (session: string): number => {
    let id = sessionIds.get(session);
    if (id === undefined) sessionIds.set(session, (id = sessions.push(session) - 1));
    return id;
  };

  history.commits.forEach((commit, c) => {
    const evidence = named.get(c) ?? [];
    const blocks = blocksOf(history, c, written);
    if (blocks.length === 0) return;
    const namedHere = new Set(evidence.map((e) => e.session));
    const usable = (line: number): boolean => {
      const instant = (writes[written.writeOf(line)] as LocatedWrite).instant;
      if (instant > commit.commitAt + options.skewMs || instant < Math.min(commit.authorAt, commit.commitAt) - options.windowMs)
        return false;
      return !written.consumedBy(line).some((earlier) => ancestors.isAncestor(earlier, c));
    };
    const preference = (w: number): number => {
      const { instant, session } = writes[w] as LocatedWrite;
      const early = instant <= commit.authorAt + options.skewMs ? 1 : 0;
      return (namedHere.has(session) ? 4e15 : 0) + early * 2e15 + instant;
    };
    for (const block of blocks) matchBlock(block, written, usable, preference, (text) => written.pathsWith(text) <= options.commonPaths);

    const total = blocks.reduce((sum, block) => sum + block.lines.filter(isSubstantial).length, 0);
    const tally = tallyBySession(blocks, written, writes, options);
    const accepted = new Set<string>();
    for (const [session, t] of tally) {
      const whole = t.lines === total && t.distinctive > 0;
      const enough =
        whole ||
        (t.lines >= options.minimumLines && (t.lines >= options.minimumShare * total || t.distinctive >= options.enoughDistinctive));
      if (enough || (namedHere.has(session) && t.lines > 0)) accepted.add(session);
    }
    for (const block of blocks) {
      for (const wanted of block.lines) {
        if (wanted.written >= 0 && !accepted.has((writes[written.writeOf(wanted.written)] as LocatedWrite).session)) wanted.written = -1;
      }
    }
    for (const block of blocks) fillBlock(block, written, (session) => accepted.has(session), usable, writes);

    const counts = new Map<string, { added: number; removed: number; explicitOnly: number }>();
    const count = (session: string): { added: number; removed: number; explicitOnly: number } => {
      let entry = counts.get(session);
      if (!entry) counts.set(session, (entry = { added: 0, removed: 0, explicitOnly: 0 }));
      return entry;
    };
    for (const block of blocks) {
      for (const wanted of block.lines) {
        if (wanted.written < 0) continue;
        const w = written.writeOf(wanted.written);
        const { session } = writes[w] as LocatedWrite;
        const grade = namedHere.has(session) ? gradeCode.A : gradeCode.B;
        copies.add(w, written.placeOf(wanted.written), c, wanted.line, block.side, grade, sessionId(session));
        // Rebased, a commit may meet lines written after its author's clock: such a match does not use them up.
        if ((writes[w] as LocatedWrite).instant <= commit.authorAt + options.skewMs) written.consume(wanted.written, c);
        if (isSubstantial(wanted)) count(session)[block.side === 0 ? "added" : "removed"]++;
      }
    }
    // A merge's own lines are linked by content only (RULINGS 19).
    const sole = commit.parents.length > 1 ? null : soleCandidate(evidence, counts);
    if (sole !== null) {
      for (const block of blocks) {
        for (const wanted of block.lines) {
          if (wanted.written >= 0 || wanted.kind === lineKind.generated) continue;
          copies.add(-1, wanted.place, c, wanted.line, block.side, gradeCode.C, sessionId(sole));
          if (isSubstantial(wanted) && block.side === 0) count(sole).explicitOnly++;
        }
      }
      count(sole);
    }
    for (const [session, n] of counts) {
      const how = evidence.find((e) => e.session === session)?.evidence;
      const byContent = n.added + n.removed > 0;
      const method = byContent
        ? how === "printed_hash" || how === "telemetry_commit"
          ? "equal_lines_in_printed_commit"
          : how === "trailer"
            ? "equal_lines_in_named_commit"
            : "equal_lines"
        : how === "printed_hash" || how === "telemetry_commit"
          ? "printed_commit"
          : "named_commit";
      const grade: Grade = !byContent ? "C" : how ? "A" : "B";
      links.push({
        session,
        commit: c,
        grade,
        method,
        confidence: confidenceOf[method],
        lines: n.added + n.explicitOnly,
        linesRemoved: n.removed,
      });
    }
  });
  return { copies: copies.finish(), sessions, links };
}

const isSubstantial = (wanted: Wanted): boolean => wanted.kind !== lineKind.trivial && wanted.kind !== lineKind.generated;

/**
 * The session that alone is left to explain what content does not: the only one named, or the only one named that
 * content did not already give its part while no unnamed session wrote here.
 */
function soleCandidate(evidence: readonly { session: string; evidence: string }[], counts: ReadonlyMap<string, unknown>): string | null {
  const named = [...new Set(evidence.map((e) => e.session))];
  if (named.length !== 1) return null;
  const others = [...counts.keys()].filter((session) => session !== named[0]);
  return others.length === 0 ? (named[0] as string) : null;
}

/** The hunks of a commit, each side apart; of a merge only the lines born in it (RULINGS 19). */
function blocksOf(history: LineHistoryResult, c: number, written: WrittenLines): Block[] {
  const commit = history.commits[c];
  const changed = history.changed[c];
  if (!commit || !changed) return [];
  const merge = commit.parents.length > 1;
  const blocks: Block[] = [];
  commit.files.forEach((file, f) => {
    const ids = changed[f]?.ids;
    if (!ids || ids.length === 0) return;
    const group = written.groupOf(file.path);
    const { hunks, lines } = file.diff;
    let place = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      for (const side of [1, 0] as const) {
        const length = hunks[h + (side === 1 ? 1 : 3)] as number;
        const block: Block = { group, side, lines: [] };
        for (const end = place + length; place < end; place++) {
          const line = ids[place] as number;
          if (line < 0 || (merge && (side === 1 || history.born[line] !== c))) continue;
          block.lines.push({
            place,
            text: written.textOf(lines.folded[place] as number),
            kind: lines.kind[place] as number,
            line,
            written: -1,
          });
        }
        if (block.lines.length > 0) blocks.push(block);
      }
    }
  });
  return blocks;
}

/** Gives the substantial lines of a block to writes, preferred ones first; a write needs one distinctive line to begin with. */
function matchBlock(
  block: Block,
  written: WrittenLines,
  usable: (line: number) => boolean,
  preference: (write: number) => number,
  distinctive: (text: number) => boolean,
): void {
  const byWrite = new Map<number, Map<number, number[]>>();
  for (const text of new Set(block.lines.filter(isSubstantial).map((wanted) => wanted.text))) {
    for (const line of written.find(block.group, block.side, text)) {
      if (!usable(line)) continue;
      const w = written.writeOf(line);
      let places = byWrite.get(w);
      if (!places) byWrite.set(w, (places = new Map()));
      const list = places.get(text);
      if (list) list.push(line);
      else places.set(text, [line]);
    }
  }
  const candidates = [...byWrite.keys()]
    .map((w) => ({ w, preference: preference(w) }))
    .sort((a, b) => b.preference - a.preference || b.w - a.w);
  for (const { w } of candidates) {
    const open = block.lines.filter((wanted) => wanted.written < 0 && isSubstantial(wanted));
    if (open.length === 0) return;
    const places = byWrite.get(w) as Map<number, number[]>;
    const pairs = matchInOrder(
      open.map((wanted) => wanted.text),
      (text) => places.get(text),
    );
    if (!pairs.some(([t]) => distinctive((open[t] as Wanted).text))) continue;
    for (const [t, line] of pairs) (open[t] as Wanted).written = line;
  }
}

interface Tally {
  lines: number;
  distinctive: number;
}

function tallyBySession(
  blocks: readonly Block[],
  written: WrittenLines,
  writes: readonly LocatedWrite[],
  options: LinkOptions,
): Map<string, Tally> {
  const tally = new Map<string, Tally>();
  for (const block of blocks) {
    for (const wanted of block.lines) {
      if (wanted.written < 0) continue;
      const { session } = writes[written.writeOf(wanted.written)] as LocatedWrite;
      let entry = tally.get(session);
      if (!entry) tally.set(session, (entry = { lines: 0, distinctive: 0 }));
      entry.lines++;
      if (written.pathsWith(wanted.text) <= options.commonPaths) entry.distinctive++;
    }
  }
  return tally;
}

/**
 * What is left of a block: common lines of sessions that are linked here anyway, then trivial lines between two lines of
 * one write, or beside them where the write explains the whole block (RULINGS 17).
 */
function fillBlock(
  block: Block,
  written: WrittenLines,
  accepted: (session: string) => boolean,
  usable: (line: number) => boolean,
  writes: readonly LocatedWrite[],
): void {
  const taken = new Set(block.lines.map((wanted) => wanted.written).filter((line) => line >= 0));
  for (const wanted of block.lines) {
    if (wanted.written >= 0 || !isSubstantial(wanted)) continue;
    const candidates = written.find(block.group, block.side, wanted.text);
    for (let k = candidates.length - 1; k >= 0; k--) {
      const line = candidates[k] as number;
      if (taken.has(line) || !accepted((writes[written.writeOf(line)] as LocatedWrite).session) || !usable(line)) continue;
      wanted.written = line;
      taken.add(line);
      break;
    }
  }
  const matched = block.lines.map((wanted, i) => (wanted.written >= 0 ? i : -1)).filter((i) => i >= 0);
  if (matched.length === 0) return;
  const whole = block.lines.every((wanted) => wanted.written >= 0 || !isSubstantial(wanted));
  const edges = [-1, ...matched, block.lines.length];
  for (let e = 0; e + 1 < edges.length; e++) {
    const [from, to] = [edges[e] as number, edges[e + 1] as number];
    const before = from >= 0 ? (block.lines[from] as Wanted).written : -1;
    const after = to < block.lines.length ? (block.lines[to] as Wanted).written : -1;
    const write = written.writeOf(before >= 0 ? before : after);
    if (before >= 0 && after >= 0 && written.writeOf(after) !== write) continue;
    if ((before < 0 || after < 0) && !whole) continue;
    let next = before >= 0 ? before + 1 : written.firstOf(write);
    const end = after >= 0 ? after : written.firstOf(write + 1);
    for (let i = from + 1; i < to; i++) {
      const wanted = block.lines[i] as Wanted;
      for (let line = next; line < end; line++) {
        if (written.sideOf(line) !== block.side || written.textAt(line) !== wanted.text || taken.has(line) || !usable(line)) continue;
        wanted.written = line;
        taken.add(line);
        next = line + 1;
        break;
      }
    }
  }
}

class CopyColumns {
  #count = 0;
  #columns = {
    write: new Int32Array(1024),
    place: new Int32Array(1024),
    commit: new Int32Array(1024),
    line: new Int32Array(1024),
    side: new Uint8Array(1024),
    grade: new Uint8Array(1024),
    session: new Int32Array(1024),
  };

  add(write: number, place: number, commit: number, line: number, side: number, grade: number, session: number): void {
    const at = this.#count++;
    if (at === this.#columns.write.length) this.#grow();
    this.#columns.write[at] = write;
    this.#columns.place[at] = place;
    this.#columns.commit[at] = commit;
    this.#columns.line[at] = line;
    this.#columns.side[at] = side;
    this.#columns.grade[at] = grade;
    this.#columns.session[at] = session;
  }

  #grow(): void {
    const length = this.#count * 2;
    const wider = <T extends Int32Array | Uint8Array>(column: T, make: (n: number) => T): T => {
      const next = make(length);
      next.set(column);
      return next;
    };
    const ints = (n: number): Int32Array<ArrayBuffer> => new Int32Array(n);
    const bytes = (n: number): Uint8Array<ArrayBuffer> => new Uint8Array(n);
    const { write, place, commit, line, side, grade, session } = this.#columns;
    this.#columns = {
      write: wider(write, ints),
      place: wider(place, ints),
      commit: wider(commit, ints),
      line: wider(line, ints),
      side: wider(side, bytes),
      grade: wider(grade, bytes),
      session: wider(session, ints),
    };
  }

  finish(): Copies {
    const n = this.#count;
    const { write, place, commit, line, side, grade, session } = this.#columns;
    return {
      count: n,
      write: write.slice(0, n),
      place: place.slice(0, n),
      commit: commit.slice(0, n),
      line: line.slice(0, n),
      side: side.slice(0, n),
      grade: grade.slice(0, n),
      session: session.slice(0, n),
    };
  }
}
