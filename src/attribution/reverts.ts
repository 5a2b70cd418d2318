/** Which commits undo which, and which of their hunks do: a revert is often squashed with other work (MEASURES 1, RULINGS 26). */
import type { ForgeChange } from "../contract/forge-facts.ts";
import type { ChangesResult, LineHistoryResult } from "../contract/history.ts";
import { lineKind } from "../lines/line-kind.ts";

/** What a commit that says it reverts undoes. Commits are places in the history, of a merge what it brought. */
export interface Revert {
  /** Empty where what it names is not in the history: rewritten, squashed away, or not said. */
  readonly targets: readonly number[];
  /** Whether a hunk of it undoes something of the targets. */
  undoes(file: number, hunk: number): boolean;
}

/**
 * Every commit that says it reverts, by its place. Named by hash (`This reverts commit`, several of them, shortened ones), by
 * number (`Reverts own/er#12`, `Revert "… (#12)"`) or by the branch of the button (`revert-12-…`).
 *
 * A hunk undoes where it takes out a line of the targets (by birth, else by content, so that a rebased copy is one too), or
 * puts back one they took out. Where the targets are unknown every hunk does, save in the squash of a change that is none: its
 * message tells of reverts within itself.
 * @param changes null where nothing is known of them: then numbers name nothing
 * @param told changes of the forge: those that say they take others back do so in every commit that undoes something of them
 */
export function findReverts(
  history: LineHistoryResult,
  changes: ChangesResult | null,
  told: readonly Pick<ForgeChange, "number" | "reverts">[] = [],
): ReadonlyMap<number, Revert> {
  const found = new Map<number, Revert>();
  const toldOf = toldReverts(changes, told);
  const names = new CommitNames(history, changes);
  history.commits.forEach((commit, c) => {
    const undone = (commit.signs ?? []).filter((sign) => sign.startsWith("undoes:")).map((sign) => sign.slice("undoes:".length));
    const byForge = toldOf(c);
    if (commit.reverts === null && undone.length === 0 && byForge.length === 0) return;
    const named = [...new Set([...(commit.reverts === null ? [] : [commit.reverts]), ...undone, ...byForge])];
    const targets = [...new Set(named.flatMap((name) => names.commitsOf(name, c)))].sort((a, b) => a - b);
    if (targets.length > 0) {
      const undoing = undoingHunks(history, c, targets);
      found.set(c, { targets, undoes: (file, hunk) => undoing.has(`${file} ${hunk}`) });
      return;
    }
    // That a change takes others back says nothing of a commit of it where those are not known.
    if (commit.reverts === null && undone.length === 0) return;
    const isWhole = commit.signs === undefined || commit.squashOf === null || commit.signs.includes("type:revert");
    if (isWhole) found.set(c, { targets, undoes: () => true });
  });
  return found;
}

/** Names of what the change of a commit takes back, as its forge tells: `#12`. */
function toldReverts(changes: ChangesResult | null, told: Parameters<typeof findReverts>[2] = []): (commit: number) => readonly string[] {
  const named = new Map(told.flatMap(({ number, reverts }) => ((reverts ?? []).length === 0 ? [] : [[number, reverts ?? []] as const])));
  if (changes === null || named.size === 0) return () => [];
  return (commit) => {
    const change = changes.changes[changes.changeOf[commit] ?? -1];
    return change?.kind !== "pull_request" || change.number === null ? [] : (named.get(change.number) ?? []).map((number) => `#${number}`);
  };
}

class CommitNames {
  readonly #history: LineHistoryResult;
  readonly #changes: ChangesResult | null;
  #index: Map<string, number> | null = null;

  constructor(history: LineHistoryResult, changes: ChangesResult | null) {
    this.#history = history;
    this.#changes = changes;
  }

  /** Commits a name means that came before `by`. */
  commitsOf(name: string, by: number): readonly number[] {
    if (name === "subject") return [];
    const found = name.startsWith("#") ? this.#byNumber(Number(name.slice(1))) : this.#byHash(name);
    return found.filter((c) => c < by);
  }

  #byNumber(number: number): number[] {
    const change = this.#changes?.changes.findIndex((one) => one.kind === "pull_request" && one.number === number) ?? -1;
    const changeOf = this.#changes?.changeOf ?? new Int32Array(0);
    if (change < 0) return [];
    return this.#history.commits.flatMap((_, c) => (changeOf[c] === change && this.#history.onDefault[c] === 1 ? [c] : []));
  }

  #byHash(start: string): readonly number[] {
    this.#index ??= new Map(this.#history.commits.map(({ hash }, c) => [hash, c]));
    const index = this.#index;
    const whole = index.get(start);
    if (whole === undefined && start.length >= 40) return [];
    const matches = whole === undefined ? this.#history.commits.flatMap(({ hash }, c) => (hash.startsWith(start) ? [c] : [])) : [whole];
    return matches.length === 1 ? broughtBy(this.#history, matches[0] as number, index) : [];
  }
}

function undoingHunks(history: LineHistoryResult, commit: number, targets: readonly number[]): ReadonlySet<string> {
  const bearers = new Set(targets);
  const [added, removed] = [new Set<string>(), new Set<string>()];
  for (const target of targets) {
    eachHunkLine(history, target, ({ side, content, kind }) => {
      if (kind !== lineKind.trivial) (side === "added" ? added : removed).add(content);
    });
  }
  const undoing = new Set<string>();
  eachHunkLine(history, commit, ({ side, content, kind, line, file, hunk }) => {
    const own = side === "removed" && line >= 0 && bearers.has(history.born[oldest(history, line)] as number);
    const alike = kind !== lineKind.trivial && (side === "removed" ? added : removed).has(content);
    if (own || alike) undoing.add(`${file} ${hunk}`);
  });
  return undoing;
}

interface HunkLine {
  readonly file: number;
  readonly hunk: number;
  readonly side: "added" | "removed";
  readonly line: number;
  readonly kind: number;
  /** Path and fingerprint. */
  readonly content: string;
}

function eachHunkLine(history: LineHistoryResult, commit: number, visit: (line: HunkLine) => void): void {
  history.commits[commit]?.files.forEach(({ path, diff: { hunks, lines } }, file) => {
    const ids = history.changed[commit]?.[file]?.ids;
    if (!ids || ids.length === 0) return;
    let place = 0;
    for (let h = 0; h < hunks.length; h += 4) {
      const removed = hunks[h + 1] as number;
      const end = place + removed + (hunks[h + 3] as number);
      for (let i = place; i < end; i++) {
        const side = i < place + removed ? "removed" : "added";
        const content = `${path}\u0000${lines.folded[i]}`;
        visit({ file, hunk: h / 4, side, line: ids[i] as number, kind: lines.kind[i] as number, content });
      }
      place = end;
    }
  });
}

/** The oldest form of a line, seen through moves and reformatting. */
export function oldest(history: Pick<LineHistoryResult, "origin">, line: number): number {
  let at = line;
  for (let hops = 0; hops < 1_000 && (history.origin[at] as number) >= 0; hops++) at = history.origin[at] as number;
  return at;
}

/** The commit itself; of a merge the commits it brought to its first parent, oldest first. */
function broughtBy(history: LineHistoryResult, commit: number, index: ReadonlyMap<string, number>): readonly number[] {
  const parentsOf = (c: number): number[] =>
    (history.commits[c]?.parents ?? []).map((hash) => index.get(hash) ?? -1).filter((parent) => parent >= 0);
  const [first, ...others] = parentsOf(commit);
  if (first === undefined || others.length === 0) return [commit];
  const known = new Set([first]);
  const brought = new Set(others);
  const found: number[] = [];
  let open = brought.size;
  // Parents come first: from the newest down, a commit's children have all been looked at.
  for (let c = commit - 1; c >= 0 && open > 0; c--) {
    if (brought.has(c)) open--;
    if (known.has(c)) for (const parent of parentsOf(c)) known.add(parent);
    else if (brought.has(c)) {
      found.push(c);
      for (const parent of parentsOf(c)) {
        if (!brought.has(parent)) open++;
        brought.add(parent);
      }
    }
  }
  return found.reverse();
}
