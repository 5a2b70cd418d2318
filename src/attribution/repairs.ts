/** Which changed lines of fixes repair lines an agent wrote (MEASURES 1, rule 4), and beside them the fixes of others' faults. */
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";
import { BugTracer } from "./bug-links.ts";
import { FileLines } from "./file-lines.ts";
import { type FixEvidence, type IssueKind, fixEvidenceOf } from "./fix-evidence.ts";

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
}
const noIssues: KnownIssues = { kindOf: () => null, openedAt: () => null };

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
  history.commits.forEach((commit, c) => {
    if (commit.parents.length > 1) return;
    const evidence = fixEvidenceOf(commit, issues.kindOf);
    if (evidence === null || evidence.excluded !== null || !evidence.namesBug) return;
    const opened = (commit.signs ?? []).flatMap((sign) => (sign.startsWith("closes:") ? [issues.openedAt(sign.slice(7))] : []));
    const known = opened.filter((instant) => instant !== null);
    const openedAt = known.length === 0 ? null : Math.min(...known);
    const link = tracer.trace({ commit: c, culprits: evidence.culprits, openedAt });
    const own = changes.changeOf[c] as number;
    // What never landed, and what the fix's own change brought, was no fault of the product yet.
    const counts = (line: number): boolean => (history.landed[line] as number) >= 0 && !isOwn(line);
    const isOwn = (line: number): boolean =>
      changes.changes[own]?.kind === "pull_request" && changes.changeOf[history.born[line] as number] === own;
    const isAgents = (line: number): boolean => counts(line) && authorOf(line) === "agent";
    const certain = evidence.strength !== "candidate";
    for (const { file, hunk, narrow, wide } of link.hunks) {
      const mark = certain && narrow.some(isAgents) ? 2 : wide.some(isAgents) ? 1 : 0;
      if (mark !== 0) markHunk(history, c, file, hunk, mark, marks);
    }
    if (history.onDefault[c] !== 1) return;
    const faultOf = (lines: readonly number[]): Fault => {
      const counted = lines.filter(counts);
      if (counted.length === 0) return "untraced";
      if (counted.some(isAgents)) return "agent";
      return counted.every((line) => authorOf(line) === "person") ? "person" : "unknown";
    };
    fixes.push({
      commit: c,
      evidence,
      narrow: certain ? faultOf(link.hunks.flatMap(({ narrow }) => narrow)) : "untraced",
      wide: faultOf(link.hunks.flatMap(({ wide }) => wide)),
    });
  });
  return new Repairs(fixes, marks.added, marks.removed);
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
