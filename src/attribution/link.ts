/**
 * Which written lines became which lines of which commits. Content speaks of lines, explicit evidence of commits
 * (DESIGN "Attribution" 3): grade A is content inside a commit that evidence names, B content alone, C evidence alone.
 */
import type { Grade } from "../contract/fates.ts";
import type { CommitFact, FileChange } from "../contract/facts.ts";
import type { LineHistoryResult } from "../contract/history.ts";
import type { LineDiff } from "../lines/line-diff.ts";
import { lineKind } from "../lines/line-kind.ts";
import { Ancestors } from "./ancestors.ts";
import { CopyColumns, type Copies } from "./copies.ts";
import { fillBlock, matchBlock } from "./match-blocks.ts";
import { findMended, matchNear } from "./near.ts";
import { matchRewrapped } from "./rewrap.ts";
import { type OpaqueWrite, ShellWrites, partOf } from "./opaque.ts";
import { type Block, type Wanted, blocksOf, isSubstantial, isTelling } from "./wanted.ts";
import { WrittenLines } from "./written-lines.ts";

/** One write, its path relative to the repository. */
export interface LocatedWrite {
  readonly session: string;
  readonly callKey: string;
  readonly instant: number;
  readonly path: string;
  /** Without lines where the log does not hold them: an opaque write. */
  readonly diff: LineDiff;
  /** `delete` where the call plainly deleted the file. */
  readonly operation?: string;
}

/**
 * What names a session for a commit: its own tool printed the hash, its telemetry told it, a trailer says so.
 * `printed_hash_of_copy`: the hash of a commit with the same author and author date, before an amend or a rebase.
 * `printed_hash_of_gone`: one of a commit that is gone, and this is the last made before.
 */
export type CommitEvidence = "printed_hash" | "printed_hash_of_copy" | "printed_hash_of_gone" | "telemetry_commit" | "trailer";

/** Evidence that names a commit beside the one that was meant. */
const besideIt: ReadonlySet<CommitEvidence> = new Set(["printed_hash_of_copy", "printed_hash_of_gone"]);

/** A session that explicit evidence names for a commit. */
export interface NamedSession {
  readonly session: string;
  readonly evidence: CommitEvidence;
}

/** Sessions that explicit evidence names, by the commit's index. */
export type NamedSessions = ReadonlyMap<number, readonly NamedSession[]>;

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
    | "noted_lines"
    | "shell_edit";
  readonly confidence: number;
  /** Non-trivial added lines of all grades together. */
  readonly lines: number;
  readonly linesRemoved: number;
}

export interface LinkResult {
  readonly copies: Copies;
  /** Lines of grade C as writes of their own: the copies know them by the numbers after the last write. */
  readonly opaque: readonly OpaqueWrite[];
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
  /** … or from the whole added side of a hunk of so many non-trivial lines, one of them distinctive. */
  readonly wholeHunk: number;
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
  wholeHunk: 3,
  commonPaths: 3,
};

const gradeCode = { A: 0, B: 1, C: 2 } as const;

/**
 * Measured precision of each method on a repository whose trailers name the truth: 0.97 for equal lines, 0.95 for a
 * printed hash alone. Content inside a named commit is both; a shell command that names the file is our guess. Notes are
 * not measured: no repository at hand has notes and the sessions they name. They are given what a printed hash has.
 */
export const confidenceOf: Readonly<Record<CommitLink["method"], number>> = {
  equal_lines_in_named_commit: 0.99,
  equal_lines_in_printed_commit: 0.99,
  equal_lines: 0.97,
  printed_commit: 0.95,
  named_commit: 0.9,
  noted_lines: 0.95,
  shell_edit: 0.8,
};

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
  const linker = new Linker(history, writes, named, options);
  for (const c of byTime(history.commits)) linker.link(c);
  return linker.finish();
}

/** Commits parents first and otherwise by the committer's clock: a squash or rebase comes after what it copies. */
export function byTime(commits: readonly CommitFact[]): number[] {
  const index = new Map(commits.map((commit, c) => [commit.hash, c]));
  const earliest = new Float64Array(commits.length);
  commits.forEach((commit, c) => {
    const parents = commit.parents.map((hash) => earliest[index.get(hash) ?? -1] ?? Number.NEGATIVE_INFINITY);
    earliest[c] = Math.max(commit.commitAt, ...parents);
  });
  return commits.map((_, c) => c).sort((a, b) => (earliest[a] as number) - (earliest[b] as number) || a - b);
}

interface Tally {
  lines: number;
  /** Of any side. */
  distinctive: number;
  /** Added ones: what is taken out was the text of somebody else, and whoever takes it out logs the same. */
  distinctiveAdded: number;
  /** Explains the added side of a hunk whole, from `wholeHunk` lines on; of generated lines (grade C), from one on. */
  wholeHunk: boolean;
}

interface Counts {
  added: number;
  removed: number;
  /** Any line by its logged content. */
  byContent: boolean;
}

/** Kinds of trivial lines of one file that are remembered. */
const mostClosers = 16;

class Linker {
  readonly #history: LineHistoryResult;
  readonly #writes: readonly LocatedWrite[];
  readonly #named: NamedSessions;
  readonly #options: LinkOptions;
  readonly #written: WrittenLines;
  readonly #ancestors: Ancestors;
  readonly #shell: ShellWrites;
  readonly #opaque: OpaqueWrite[] = [];
  readonly #opaqueGroups = new Set<number>();
  readonly #copies = new CopyColumns();
  readonly #links: CommitLink[] = [];
  readonly #sessions: string[] = [];
  readonly #sessionIds = new Map<string, number>();
  /** By line of the history: the written line it is a copy of, -1 while none is known. */
  readonly #writtenOf: Int32Array;
  /** By group of paths: the commits that changed it so far. */
  readonly #changers = new Map<number, number[]>();
  /** By group of paths: texts of trivial lines so far (`)`, `});`). */
  readonly #closers = new Map<number, Set<number>>();

  constructor(history: LineHistoryResult, writes: readonly LocatedWrite[], named: NamedSessions, options: LinkOptions) {
    this.#history = history;
    this.#writes = writes;
    this.#named = named;
    this.#options = options;
    this.#writtenOf = new Int32Array(history.lines).fill(-1);
    const opaquePaths = new Set(writes.filter((write) => write.diff.lines.kind.length === 0).map((write) => write.path));
    const mayBeOpaque = history.commits.flatMap((commit, c) =>
      commit.files
        .filter((file) => named.has(c) || opaquePaths.has(file.path) || opaquePaths.has(file.oldPath ?? ""))
        .map(({ diff }) => diff),
    );
    this.#written = new WrittenLines(writes, history, mayBeOpaque);
    this.#ancestors = new Ancestors(history.commits);
    this.#shell = new ShellWrites(writes, (path) => this.#written.groupOf(path));
  }

  finish(): LinkResult {
    return { copies: this.#copies.finish(), opaque: this.#opaque, sessions: this.#sessions, links: this.#links };
  }

  #writeAt(w: number): Pick<LocatedWrite, "session" | "instant"> {
    return (this.#writes[w] ?? this.#opaque[w - this.#writes.length]) as Pick<LocatedWrite, "session" | "instant">;
  }

  link(c: number): void {
    const commit = this.#history.commits[c] as CommitFact;
    const written = this.#written;
    const evidence = this.#evidenceFor(c);
    const namedHere = new Set(evidence.map(({ session }) => session));
    const blocks = blocksOf(this.#history, c, written);
    if (blocks.length === 0) {
      this.#nameWithoutLines(c, evidence);
      this.#remember(c, commit.files);
      return;
    }
    const taken = new Set<number>();
    const usable = (line: number): boolean => {
      if (taken.has(line)) return false;
      const { instant } = this.#writeAt(written.writeOf(line));
      if (instant > commit.commitAt + this.#options.skewMs || instant < earliestFor(commit, this.#options)) return false;
      return !written.consumedBy(line).some((earlier) => this.#ancestors.isAncestor(earlier, c));
    };
    const isLogged = (line: number): boolean => written.writeOf(line) < this.#writes.length;
    const preference = (w: number): number => {
      const { instant, session } = this.#writeAt(w);
      const early = instant <= commit.authorAt + this.#options.skewMs ? 1 : 0;
      return (namedHere.has(session) ? 4e15 : 0) + early * 2e15 + instant;
    };
    const distinctive = (text: number): boolean => written.pathsWith(text) <= this.#options.commonPaths;
    const sessionOf = (w: number): string => this.#writeAt(w).session;
    const take = (block: Block): void => {
      for (const { written: line, also } of block.lines) {
        if (line >= 0) taken.add(line);
        for (const other of also) taken.add(other);
      }
    };
    const features = (block: Block): FileChange["diff"]["lines"] => (commit.files[block.file] as FileChange).diff.lines;

    const closers = (block: Block): readonly number[] => [...(this.#closers.get(block.group) ?? [])];
    this.#rememberClosers(commit.files);

    const accepted = new Set<string>();
    for (const byLog of [true, false]) {
      const where = byLog ? blocks : blocks.filter((block) => this.#opaqueGroups.has(block.group));
      if (where.length === 0) continue;
      const found = (line: number): boolean => isLogged(line) === byLog && usable(line);
      const eligible = byLog ? isSubstantial : isTelling;
      for (const block of where) if (matchBlock(block, written, found, preference, distinctive, eligible)) take(block);
      if (byLog) {
        for (const block of where) if (matchRewrapped(block, features(block), written, found, closers(block))) take(block);
        for (const block of where) if (matchNear(block, written, { usable: found, features })) take(block);
      }
      if (this.#accept(blocks, namedHere, accepted)) {
        taken.clear();
        blocks.forEach(take);
      }
      if (accepted.size === 0) continue;
      for (const block of where) if (fillBlock(block, written, (session) => accepted.has(session), found, sessionOf)) take(block);
    }

    const counts = new Map<string, Counts>();
    for (const block of blocks) for (const wanted of block.lines) if (wanted.written >= 0) this.#tell(c, block, wanted, namedHere, counts);
    for (const block of blocks) this.#tellMended(c, block, features(block));
    this.#tellOpaque(c, blocks, evidence, counts);
    this.#remember(c, commit.files);
    for (const [session, n] of counts)
      this.#links.push(linkOf(session, c, n, evidence.find((e) => e.session === session)?.evidence ?? null));
  }

  /** What evidence names for a commit; of a hash of a copy only sessions that wrote in a file of the commit. */
  #evidenceFor(c: number): readonly NamedSession[] {
    const commit = this.#history.commits[c] as CommitFact;
    const [from, to] = [earliestFor(commit, this.#options), commit.commitAt + this.#options.skewMs];
    return (this.#named.get(c) ?? []).filter(
      ({ session, evidence }) => !besideIt.has(evidence) || commit.files.some(({ path }) => this.#shell.wrote(session, path, from, to)),
    );
  }

  /** A commit that only renames, or changes modes, and the one session that made it. */
  #nameWithoutLines(c: number, evidence: readonly NamedSession[]): void {
    const commit = this.#history.commits[c] as CommitFact;
    const sole = commit.parents.length > 1 || commit.files.length === 0 ? null : soleCandidate(evidence, new Map());
    if (sole === null) return;
    const how = (evidence[0] as NamedSession).evidence;
    this.#links.push(linkOf(sole, c, { added: 0, removed: 0, byContent: false }, how));
  }

  #rememberClosers(files: readonly FileChange[]): void {
    for (const { path, diff } of files) {
      const group = this.#written.groupOf(path);
      let seen = this.#closers.get(group);
      if (!seen) this.#closers.set(group, (seen = new Set()));
      const { kind, bare } = diff.lines;
      for (let place = 0; place < kind.length && seen.size < mostClosers; place++)
        if (kind[place] === lineKind.trivial && (bare[place] as number) > 0) seen.add(bare[place] as number);
    }
  }

  #remember(c: number, files: readonly FileChange[]): void {
    for (const { path } of files) {
      const group = this.#written.groupOf(path);
      const list = this.#changers.get(group);
      if (list) list.push(c);
      else this.#changers.set(group, [c]);
    }
  }

  /**
   * Takes the lines away again from sessions that content links to too little of the commit.
   * @returns whether any was taken away
   */
  #accept(blocks: readonly Block[], namedHere: ReadonlySet<string>, accepted: Set<string>): boolean {
    const { minimumLines, minimumShare, enoughDistinctive } = this.#options;
    const total = blocks.reduce((sum, block) => sum + block.lines.filter(isSubstantial).length, 0);
    const tally = this.#tallyBySession(blocks);
    for (const [session, t] of tally) {
      const whole = t.lines === total && t.distinctive > 0;
      const enough = t.lines >= minimumLines && (t.lines >= minimumShare * total || t.distinctiveAdded >= enoughDistinctive);
      if (whole || enough || t.wholeHunk || (namedHere.has(session) && t.lines > 0)) accepted.add(session);
    }
    if (tally.size === accepted.size) return false;
    for (const block of blocks) {
      for (const wanted of block.lines) {
        if (wanted.written < 0 || accepted.has(this.#writeAt(this.#written.writeOf(wanted.written)).session)) continue;
        wanted.written = -1;
        wanted.also = [];
        wanted.mixed = false;
      }
    }
    return true;
  }

  #tallyBySession(blocks: readonly Block[]): Map<string, Tally> {
    const tally = new Map<string, Tally>();
    for (const block of blocks) {
      const here = new Map<string, { lines: number; generated: number; distinctive: number }>();
      for (const wanted of block.lines) {
        if (wanted.written < 0) continue;
        const { session } = this.#writeAt(this.#written.writeOf(wanted.written));
        let entry = here.get(session);
        if (!entry) here.set(session, (entry = { lines: 0, generated: 0, distinctive: 0 }));
        if (wanted.kind === lineKind.generated) {
          entry.generated++;
          continue;
        }
        entry.lines++;
        if (!wanted.mixed && this.#written.pathsWith(wanted.text) <= this.#options.commonPaths) entry.distinctive++;
      }
      for (const [session, { lines, generated, distinctive }] of here) {
        let entry = tally.get(session);
        if (!entry) tally.set(session, (entry = { lines: 0, distinctive: 0, distinctiveAdded: 0, wholeHunk: false }));
        entry.lines += lines;
        entry.distinctive += distinctive;
        if (block.side !== 0) continue;
        entry.distinctiveAdded += distinctive;
        entry.wholeHunk ||= generated > 0 && generated === block.lines.length;
        entry.wholeHunk ||= distinctive > 0 && lines >= this.#options.wholeHunk && lines === block.lines.filter(isSubstantial).length;
      }
    }
    return tally;
  }

  #tell(c: number, block: Block, wanted: Wanted, namedHere: ReadonlySet<string>, counts: Map<string, Counts>): void {
    const written = this.#written;
    const w = written.writeOf(wanted.written);
    const { session, instant } = this.#writeAt(w);
    const isLogged = w < this.#writes.length;
    const grade = !isLogged ? gradeCode.C : namedHere.has(session) && !wanted.mixed ? gradeCode.A : gradeCode.B;
    if (block.side === 0) this.#writtenOf[wanted.line] = wanted.written;
    const [mixed, id] = [wanted.mixed ? 1 : 0, this.#sessionId(session)];
    this.#copies.add(w, written.placeOf(wanted.written), c, wanted.line, block.side, grade, mixed, id);
    for (const line of wanted.also) this.#copies.add(w, written.placeOf(line), c, wanted.line, block.side, grade, mixed, id);
    // Rebased, a commit may meet lines written after its author's clock: such a match does not use them up.
    const { authorAt } = this.#history.commits[c] as CommitFact;
    if (!isLogged || instant <= authorAt + this.#options.skewMs) {
      written.consume(wanted.written, c);
      for (const line of wanted.also) written.consume(line, c);
    }
    count(counts, session, block.side, isSubstantial(wanted), isLogged);
  }

  /**
   * A line that somebody mended in a commit of its own before it landed is still a copy of the written one, so that a merge
   * tells of it what a squash tells. Its commit is not linked to the session.
   */
  #tellMended(c: number, block: Block, features: FileChange["diff"]["lines"]): void {
    const { landed } = this.#history;
    for (const [wanted, before] of findMended(block, features, (line) => (landed[line] as number) < 0)) {
      const line = this.#writtenOf[before] as number;
      if (line < 0) continue;
      const w = this.#written.writeOf(line);
      const grade = w < this.#writes.length ? gradeCode.B : gradeCode.C;
      this.#copies.add(w, this.#written.placeOf(line), c, wanted.line, 0, grade, 1, this.#sessionId(this.#writeAt(w).session));
      wanted.written = line;
      wanted.mixed = true;
      this.#writtenOf[wanted.line] = line;
    }
  }

  /** Grade C: what no write explains, file by file, for the one session that evidence or a shell command leaves. */
  #tellOpaque(c: number, blocks: readonly Block[], evidence: readonly NamedSession[], counts: Map<string, Counts>): void {
    const commit = this.#history.commits[c] as CommitFact;
    if (commit.parents.length > 1) return; // a merge's own lines are linked by content only (RULINGS 19)
    const sole = soleCandidate(evidence, counts);
    const until = commit.commitAt + this.#options.skewMs;
    commit.files.forEach((file, f) => {
      const own = blocks.filter((block) => block.file === f);
      const open = openLines(own);
      if (open.length === 0) return;
      const byShell = sole === null ? this.#shellWriter(c, file, own, counts) : this.#shell.lastOf(sole, file.path, until);
      const session = sole ?? byShell?.session;
      if (session === undefined) return;
      const { diff, placeOf } = partOf(file, open);
      const w = this.#written.add(file.path, diff);
      const instant = byShell?.instant ?? commit.commitAt;
      this.#opaqueGroups.add(this.#written.groupOf(file.path));
      this.#opaque.push({ session, path: file.path, instant, callKey: byShell?.callKey ?? null, diff });
      for (const block of own) {
        for (const wanted of block.lines) {
          const place = placeOf.get(wanted);
          if (place === undefined) continue;
          this.#copies.add(w, place, c, wanted.line, block.side, gradeCode.C, 0, this.#sessionId(session));
          if (block.side === 0) this.#writtenOf[wanted.line] = this.#written.firstOf(w) + place;
          this.#written.consume(this.#written.firstOf(w) + place, c);
          count(counts, session, block.side, isSubstantial(wanted), false);
        }
      }
    });
    if (sole !== null && !counts.has(sole)) counts.set(sole, { added: 0, removed: 0, byContent: false });
  }

  /**
   * The session whose shell command named the file since its last commit, no other session having written there since: it
   * deleted what the commit deletes, or content links it to the commit already.
   */
  #shellWriter(c: number, file: FileChange, own: readonly Block[], counts: ReadonlyMap<string, Counts>): LocatedWrite | null {
    const commit = this.#history.commits[c] as CommitFact;
    if (!this.#shell.hasOpaque(file.path)) return null;
    const changers = this.#changers.get(this.#written.groupOf(file.path)) ?? [];
    const before = changers.findLast((earlier) => this.#ancestors.isAncestor(earlier, c));
    const since = before === undefined ? 0 : (this.#history.commits[before] as CommitFact).commitAt;
    const from = Math.max(earliestFor(commit, this.#options), since);
    const writer = this.#shell.soleWriter(file.path, from, commit.authorAt + this.#options.skewMs);
    if (writer === null) return null;
    const isOfOthers = (wanted: Wanted): boolean =>
      wanted.written >= 0 && this.#writeAt(this.#written.writeOf(wanted.written)).session !== writer.session;
    if (own.some((block) => block.lines.some(isOfOthers))) return null;
    const deletes = file.status === "deleted" && writer.operation === "delete";
    return deletes || counts.get(writer.session)?.byContent ? writer : null;
  }

  #sessionId(session: string): number {
    let id = this.#sessionIds.get(session);
    if (id === undefined) this.#sessionIds.set(session, (id = this.#sessions.push(session) - 1));
    return id;
  }
}

/**
 * Lines of a file that nothing explains: blocks where one of them tells something, since trivial lines alone tell nothing;
 * of a file that is generated whole, all (they weigh nothing, and say where a turn's money went that did nothing else).
 */
function openLines(blocks: readonly Block[]): Wanted[] {
  const open = blocks.map(({ lines }) => lines.filter((wanted) => wanted.written < 0));
  if (open.every((lines) => lines.every((wanted) => wanted.kind === lineKind.generated))) return open.flat();
  return open.filter((lines) => lines.some(isSubstantial)).flatMap((lines) => lines.filter((wanted) => wanted.kind !== lineKind.generated));
}

const earliestFor = ({ authorAt, commitAt }: CommitFact, { windowMs }: LinkOptions): number => Math.min(authorAt, commitAt) - windowMs;

function count(counts: Map<string, Counts>, session: string, side: 0 | 1, substantial: boolean, byContent: boolean): void {
  let entry = counts.get(session);
  if (!entry) counts.set(session, (entry = { added: 0, removed: 0, byContent: false }));
  if (byContent && substantial) entry.byContent = true;
  if (!substantial) return;
  if (side === 1) entry.removed++;
  else entry.added++;
}

function linkOf(session: string, commit: number, n: Counts, how: CommitEvidence | null): CommitLink {
  const printed = how !== null && how !== "trailer";
  const method = n.byContent
    ? printed
      ? "equal_lines_in_printed_commit"
      : how === "trailer"
        ? "equal_lines_in_named_commit"
        : "equal_lines"
    : printed
      ? "printed_commit"
      : how === "trailer"
        ? "named_commit"
        : "shell_edit";
  const grade: Grade = !n.byContent ? "C" : how !== null ? "A" : "B";
  return { session, commit, grade, method, confidence: confidenceOf[method], lines: n.added, linesRemoved: n.removed };
}

/**
 * The session that alone is left to explain what content does not: the only one named, or the only one named that
 * content did not already give its part while no unnamed session wrote here.
 */
function soleCandidate(evidence: readonly NamedSession[], counts: ReadonlyMap<string, unknown>): string | null {
  const named = [...new Set(evidence.map((e) => e.session))];
  // A hash of a commit that is gone names another by its time: that bears out content, and is nothing by itself.
  if (named.length !== 1 || evidence.every((e) => e.evidence === "printed_hash_of_gone")) return null;
  const others = [...counts.keys()].filter((session) => session !== named[0]);
  return others.length === 0 ? (named[0] as string) : null;
}
