/**
 * Which commits introduced what a fix repairs: SZZ over our own line history (reference/outcomes.md 3). A fix kills lines;
 * what bore them, seen through moves and reformatting, may have brought the fault. Three sets, never a probability:
 *
 * - `exact`: the commits the message names, or the change it reverts;
 * - `narrow`: those, else the most recent candidate that is left (R-SZZ) of lines of code. Left out are trivial and generated
 *   lines, comments and prose, lines the fix only moves or formats anew, lines of tests where the fix changes the product
 *   too, candidates that came after the issue was opened, candidates of the fix's own change, merges, and commits of so many
 *   files that they tell of no one change;
 * - `wide`: every commit that bore a line the fix kills, and where the fix only adds, the lines beside what it adds.
 */
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";
import { lineKind } from "../lines/line-kind.ts";
import type { FileLines } from "./file-lines.ts";
import { filePurpose } from "./file-purpose.ts";
import { oldest } from "./reverts.ts";

/** A fix that is to be traced. Commits are places in the history. */
export interface Fix {
  readonly commit: number;
  /** What its message names: hashes of 7 digits and more, numbers of changes `#12`. */
  readonly culprits: readonly string[];
  /** When its issue was opened, null where that is not known. */
  readonly openedAt: number | null;
}

export interface TraceOptions {
  /** Candidates that change more files are left out of `narrow`; null for no limit. */
  readonly mostFiles: number | null;
  /** Lines of tests are left out of `narrow` where the fix changes the product too. */
  readonly leavesOutTests: boolean;
  /** Moves and reformatting are looked through. */
  readonly seesThroughMoves: boolean;
}

/** Literature and reason alone (decision 0017); `mostFiles`: a commit that touches so much says nothing of a line of it. */
export const defaultTraceOptions: TraceOptions = { mostFiles: 100, leavesOutTests: true, seesThroughMoves: true };

/** A hunk of a fix and the lines it repairs: those it kills, or, where it only adds, those beside. */
export interface RepairedHunk {
  readonly file: number;
  readonly hunk: number;
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
}

export interface BugLink {
  readonly commit: number;
  readonly exact: readonly number[];
  readonly narrow: readonly number[];
  readonly wide: readonly number[];
  readonly hunks: readonly RepairedHunk[];
}

interface Candidate {
  readonly file: number;
  readonly hunk: number;
  readonly line: number;
  readonly born: number;
  readonly isTelling: boolean;
}

/** Traces fixes of one repository. */
export class BugTracer {
  readonly #history: LineHistoryResult;
  readonly #changes: ChangesResult;
  readonly #fileLines: () => FileLines;
  readonly #options: TraceOptions;
  #hashes: readonly string[] | null = null;

  /** @param fileLines asked only where a fix adds without removing */
  constructor(history: LineHistoryResult, changes: ChangesResult, fileLines: () => FileLines, options = defaultTraceOptions) {
    this.#history = history;
    this.#changes = changes;
    this.#fileLines = fileLines;
    this.#options = options;
  }

  trace(fix: Fix): BugLink {
    const exact = this.#named(fix);
    const candidates = this.#candidates(fix.commit);
    const left = candidates.filter((candidate) => candidate.isTelling && this.#mayHaveBrought(candidate.born, fix));
    const newest = Math.max(...left.map(({ born }) => this.#instant(born)), Number.NEGATIVE_INFINITY);
    const recent = left.filter(({ born }) => this.#instant(born) === newest).map(({ born }) => born);
    const narrow = exact.length > 0 ? exact : recent.length > 0 ? [Math.max(...recent)] : [];
    const wide = unique([...exact, ...narrow, ...candidates.map(({ born }) => born)]);
    return { commit: fix.commit, exact, narrow, wide, hunks: hunksOf(candidates, new Set(narrow), this.#changes.changeOf) };
  }

  #instant(commit: number): number {
    return this.#history.commits[commit]?.commitAt ?? Number.NEGATIVE_INFINITY;
  }

  /** What a message names, as commits: a change by the commits it brought. Names of commits that are gone say nothing. */
  #named({ commit, culprits }: Fix): number[] {
    const found = culprits.flatMap((culprit) => {
      if (!culprit.startsWith("#")) return this.#byHash(culprit);
      const change = this.#changes.changes.findIndex(({ kind, number }) => kind === "pull_request" && number === Number(culprit.slice(1)));
      return change < 0 ? [] : [...this.#changes.changeOf.keys()].filter((c) => this.#changes.changeOf[c] === change);
    });
    return unique(found.filter((c) => c !== commit));
  }

  #byHash(start: string): number[] {
    this.#hashes ??= this.#history.commits.map(({ hash }) => hash);
    const found = this.#hashes.flatMap((hash, c) => (hash.startsWith(start) ? [c] : []));
    return found.length === 1 ? found : [];
  }

  #candidates(commit: number): Candidate[] {
    const { commits, changed } = this.#history;
    const fix = commits[commit];
    if (fix === undefined) return [];
    const moved = new Set<number>();
    for (const { ids } of changed[commit] ?? []) {
      for (const line of ids) if (line >= 0 && this.#history.born[line] === commit) moved.add(this.#history.origin[line] as number);
    }
    const mendsProduct = fix.files.some(({ path }) => filePurpose(path) === "product");
    const found: Candidate[] = [];
    fix.files.forEach((change, file) => {
      const ids = changed[commit]?.[file]?.ids;
      if (!ids || ids.length === 0) return;
      const isProduct = !this.#options.leavesOutTests || !mendsProduct || filePurpose(change.oldPath ?? change.path) !== "test";
      const { hunks, lines } = change.diff;
      let place = 0;
      for (let h = 0; h < hunks.length; h += 4) {
        const [start, removed, added] = [hunks[h] as number, hunks[h + 1] as number, hunks[h + 3] as number];
        for (let i = place; i < place + removed; i++) {
          const line = ids[i] as number;
          const kind = lines.kind[i] as number;
          if (line < 0 || moved.has(line) || kind === lineKind.trivial || kind === lineKind.generated) continue;
          this.#add(found, { file, hunk: h / 4, line, isTelling: isProduct && (kind === lineKind.code || kind === lineKind.data) });
        }
        place += removed + added;
        if (removed > 0 || change.status !== "modified") continue;
        const before = this.#fileLines().before(commit, file);
        for (const line of [before?.[start - 1], before?.[start]])
          if (line !== undefined && line >= 0) this.#add(found, { file, hunk: h / 4, line, isTelling: false });
      }
    });
    return found;
  }

  #add(found: Candidate[], candidate: Omit<Candidate, "born">): void {
    const root = this.#options.seesThroughMoves ? oldest(this.#history, candidate.line) : candidate.line;
    const born = this.#history.born[root] as number;
    if (born >= 0) found.push({ ...candidate, born });
  }

  /** Whether a candidate is left in the narrow set. */
  #mayHaveBrought(born: number, { commit, openedAt }: Fix): boolean {
    const candidate = this.#history.commits[born];
    if (candidate === undefined || born === commit || candidate.parents.length > 1) return false;
    if (openedAt !== null && Math.min(candidate.commitAt, candidate.authorAt) > openedAt) return false;
    if (this.#options.mostFiles !== null && candidate.files.length > this.#options.mostFiles) return false;
    const own = this.#changes.changeOf[commit] as number;
    return own < 0 || this.#changes.changes[own]?.kind !== "pull_request" || this.#changes.changeOf[born] !== own;
  }
}

/** Lines of a change that introduced the fault are repaired, not those of its one commit alone. */
function hunksOf(candidates: readonly Candidate[], narrow: ReadonlySet<number>, changeOf: Int32Array): RepairedHunk[] {
  const changes = new Set([...narrow].map((c) => changeOf[c] as number).filter((change) => change >= 0));
  const hunks = new Map<string, { file: number; hunk: number; narrow: number[]; wide: number[] }>();
  for (const { file, hunk, line, born, isTelling } of candidates) {
    const key = `${file} ${hunk}`;
    const entry = hunks.get(key) ?? { file, hunk, narrow: [], wide: [] };
    hunks.set(key, entry);
    entry.wide.push(line);
    if (isTelling && (narrow.has(born) || changes.has(changeOf[born] as number))) entry.narrow.push(line);
  }
  return [...hunks.values()];
}

const unique = (commits: readonly number[]): number[] => [...new Set(commits)].sort((a, b) => a - b);
