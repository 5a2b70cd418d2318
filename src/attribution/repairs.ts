/** Which changed lines of fixes repair lines an agent wrote (MEASURES 1, rule 4), and beside them the fixes of others' faults. */
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";
import { type BugLink, BugTracer, type Fix } from "./bug-links.ts";
import { FileLines } from "./file-lines.ts";
import { type FixCommit, type FixEvidence, type IssueKind, fixEvidenceOf } from "./fix-evidence.ts";

/**
 * - `narrow`: the fix is known for one by exact or strong evidence, and the hunk kills lines of what introduced the fault that
 *   are an agent's (grade A–C);
 * - `wide`: it may be one, or any line its hunk kills or guards is an agent's.
 */
export type Repair = "narrow" | "wide";

/** Whose fault a fix was traced to. */
export type Fault = "agent" | "person" | "unknown" | "untraced";

export interface TracedFix {
  readonly commit: number;
  readonly evidence: FixEvidence;
  readonly narrow: Fault;
  readonly wide: Fault;
}

/** What the forges know of issues; of git alone nothing. */
export interface KnownIssues {
  kindOf(reference: string): IssueKind | null;
  openedAt(reference: string): number | null;
  /** Issues a change closes, as its forge tells: its commits need not say so. */
  closedBy(change: number): readonly string[];
}
const noIssues: KnownIssues = { kindOf: () => null, openedAt: () => null, closedBy: () => [] };

export class Repairs {
  /** Every commit of the default branch that is evidence of a fix of the product. */
  readonly fixes: readonly TracedFix[];
  readonly #added: Uint8Array;
  readonly #removed: Uint8Array;

  constructor(fixes: readonly TracedFix[], added: Uint8Array, removed: Uint8Array) {
    this.fixes = fixes;
    this.#added = added;
    this.#removed = removed;
  }

  /** What the changed line of a commit repairs; a removed line by its id, whichever copy of the fix took it out. */
  of(line: number, side: "added" | "removed"): Repair | null {
    const mark = (side === "added" ? this.#added : this.#removed)[line] ?? 0;
    return mark === 2 ? "narrow" : mark === 1 ? "wide" : null;
  }
}

/** Who wrote a line, as far as links and notes tell. */
type AuthorOf = (line: number) => "agent" | "person" | "unknown";

/** @param issues what is known of the issues that messages close */
export function findRepairs(
  history: LineHistoryResult,
  changes: ChangesResult,
  authorOf: AuthorOf,
  issues: KnownIssues = noIssues,
): Repairs {
  const marks = { added: new Uint8Array(history.lines), removed: new Uint8Array(history.lines) };
  let files: FileLines | null = null;
  const tracer = new BugTracer(history, changes, () => (files ??= new FileLines(history)));
  const fixes: TracedFix[] = [];
  const told = findFixes(history, changes, issues).map((fix) => ({ ...fix, link: tracer.trace(fix) }));
  const brought = new Brought(history, changes, told);
  for (const { commit: c, evidence, link } of told) {
    const own = changes.changeOf[c] as number;
    // What never landed, and what the fix's own change brought, was no fault of the product yet.
    const counts = (line: number): boolean => (history.landed[line] as number) >= 0 && !isOwn(line);
    const isOwn = (line: number): boolean =>
      changes.changes[own]?.kind === "pull_request" && changes.changeOf[history.born[line] as number] === own;
    const isAgents = (line: number): boolean => counts(line) && authorOf(line) === "agent";
    const certain = evidence.strength !== "candidate";
    const isLeft = brought.isLeft(c);
    for (const { file, hunk, narrow, wide } of link.hunks) {
      const mark = certain && isLeft && narrow.some(isAgents) ? 2 : wide.some(isAgents) ? 1 : 0;
      if (mark !== 0) markHunk(history, c, file, hunk, mark, marks);
    }
    if (history.onDefault[c] !== 1) continue;
    const faultOf = (lines: readonly number[]): Fault => {
      const counted = lines.filter(counts);
      if (counted.length === 0) return "untraced";
      if (counted.some(isAgents)) return "agent";
      return counted.every((line) => authorOf(line) === "person") ? "person" : "unknown";
    };
    fixes.push({
      commit: c,
      evidence,
      narrow: certain && isLeft ? faultOf(link.hunks.flatMap(({ narrow }) => narrow)) : "untraced",
      wide: faultOf(link.hunks.flatMap(({ wide }) => wide)),
    });
  }
  return new Repairs(fixes, marks.added, marks.removed);
}

interface FoundFix extends Fix {
  readonly evidence: FixEvidence;
  /** The change it is known for a fix by, where its own message is no certain evidence; -1 where that is. */
  readonly through: number;
}

/** Every commit that is evidence of a fix of the product, by its own message or by what is told of its change. */
function findFixes(history: LineHistoryResult, changes: ChangesResult, issues: KnownIssues): FoundFix[] {
  const kindOf = (reference: string): IssueKind | null => issues.kindOf(reference);
  const toldOf = toldOfChanges(history, changes, issues);
  return history.commits.flatMap((commit, c): FoundFix[] => {
    if (commit.parents.length > 1) return [];
    const own = fixEvidenceOf(commit, kindOf);
    const change = changes.changeOf[c] as number;
    const told = toldOf.get(change);
    const isThrough = told !== undefined && (own === null || own.strength === "candidate");
    const signs = [...(commit.signs ?? []), ...(isThrough ? told.signs : [])];
    const trailers = isThrough ? [...commit.trailers, ...told.trailers] : commit.trailers;
    const evidence = isThrough ? fixEvidenceOf({ trailers, signs, reverts: commit.reverts, files: commit.files }, kindOf) : own;
    if (evidence === null || evidence.excluded !== null || !evidence.namesBug) return [];
    const closes = signs.flatMap((sign) => (sign.startsWith("closes:") ? [issues.openedAt(sign.slice("closes:".length))] : []));
    const opened = closes.filter((instant) => instant !== null);
    const openedAt = opened.length === 0 ? null : Math.min(...opened);
    const through = isThrough && evidence.strength !== "candidate" ? change : -1;
    return [{ commit: c, culprits: evidence.culprits, openedAt, evidence, through }];
  });
}

/** What is told of pull requests beside the messages of their commits: by the merge that landed them, and by the forge. */
function toldOfChanges(history: LineHistoryResult, { changes }: ChangesResult, issues: KnownIssues) {
  const index = new Map(history.commits.map(({ hash }, c) => [hash, c]));
  const told = new Map<number, Pick<FixCommit, "trailers"> & { readonly signs: readonly string[] }>();
  changes.forEach(({ kind, number, landedCommit }, change) => {
    if (kind !== "pull_request" || number === null) return;
    const landing = history.commits[index.get(landedCommit ?? "") ?? -1];
    const merge = landing !== undefined && landing.parents.length > 1 ? landing : null;
    const named = (merge?.signs ?? []).filter((sign) => /^(?:closes|culprit):/.test(sign));
    const signs = [...named, ...issues.closedBy(number).map((reference) => `closes:${reference}`)];
    const trailers = (merge?.trailers ?? []).filter(({ key }) => key === "Fixes");
    if (signs.length > 0 || trailers.length > 0) told.set(change, { signs, trailers });
  });
  return told;
}

/**
 * A fix known through its change is all of its commits together: what brought the fault is the most recent candidate of any
 * of them, and a commit that repairs an older one is none of it.
 */
class Brought {
  readonly #left = new Map<number, boolean>();

  constructor(history: LineHistoryResult, { changeOf }: ChangesResult, fixes: readonly (FoundFix & { readonly link: BugLink })[]) {
    const placeOf = (commit: number): number => history.commits[commit]?.commitAt ?? Number.NEGATIVE_INFINITY;
    const newest = new Map<number, number>();
    for (const { through, link } of fixes) {
      for (const commit of through < 0 ? [] : link.narrow) {
        const known = newest.get(through);
        if (known === undefined || placeOf(commit) > placeOf(known) || (placeOf(commit) === placeOf(known) && commit > known))
          newest.set(through, commit);
      }
    }
    for (const { commit, through, link } of fixes) {
      const brought = newest.get(through);
      if (through < 0 || brought === undefined) continue;
      const change = changeOf[brought] as number;
      this.#left.set(
        commit,
        link.narrow.some((other) => other === brought || (change >= 0 && changeOf[other] === change)),
      );
    }
  }

  /** Whether a fix's own narrow set stands. */
  isLeft(commit: number): boolean {
    return this.#left.get(commit) ?? true;
  }
}

function markHunk(
  history: LineHistoryResult,
  commit: number,
  file: number,
  hunk: number,
  mark: 1 | 2,
  marks: Readonly<Record<"added" | "removed", Uint8Array>>,
): void {
  const hunks = history.commits[commit]?.files[file]?.diff.hunks;
  const ids = history.changed[commit]?.[file]?.ids;
  if (hunks === undefined || ids === undefined) return;
  let place = 0;
  for (let h = 0; h < hunk * 4; h += 4) place += (hunks[h + 1] as number) + (hunks[h + 3] as number);
  const removed = hunks[hunk * 4 + 1] as number;
  const end = place + removed + (hunks[hunk * 4 + 3] as number);
  for (let i = place; i < end; i++) {
    const line = ids[i] as number;
    const side = i < place + removed ? marks.removed : marks.added;
    if (line >= 0) side[line] = Math.max(side[line] as number, mark);
  }
}
