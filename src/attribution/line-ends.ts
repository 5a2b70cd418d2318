import type { CommitFact } from "../contract/facts.ts";
import type { ForgeChange } from "../contract/forge-facts.ts";
import type { ChangesResult, LineHistoryResult, LineLives } from "../contract/history.ts";
import type { LineFeatures } from "../lines/line-diff.ts";
import type { Life } from "./model.ts";
import { editedParagraphs } from "./paragraphs.ts";
import { findReverts, oldest } from "./reverts.ts";

/** Without `changes` a revert that names a number names nothing; `forge` tells which changes take others back. */
interface Ended {
  readonly history: LineHistoryResult;
  readonly changes?: ChangesResult;
  readonly forge?: { readonly changes: readonly Pick<ForgeChange, "number" | "reverts">[] } | null;
}

/** What removes each line, by line: 1 where the killer adds in the same hunk. And the line each was moved to, or -1. */
export class LineEnds {
  readonly replaced: Uint8Array;
  /** Of a paragraph of which a sentence was changed, the paragraph that came in its place. */
  readonly movedTo: Int32Array;
  /** The paragraph this one was before a sentence of it was changed, -1 for others. */
  readonly editedFrom: Int32Array;
  /** The line a re-land brought back as this one, -1 for others (RULINGS 26). */
  readonly restored: Int32Array;
  /** The line a revert put in the place of this removed one, -1 for others: the removal was undone. */
  readonly broughtBack: Int32Array;
  /** 1 where a hunk that undoes what it is told to took the line out: other hunks of a revert are work of their own. */
  readonly #undone: Uint8Array;
  /** The commits each revert undoes. */
  readonly #targets: ReadonlyMap<number, readonly number[]>;
  readonly #named: ReadonlySet<number>;
  readonly #lives: LineLives;
  /** Without their lines: their fingerprints are asked for once, and nothing holds them here afterwards. */
  readonly #commits: readonly Pick<CommitFact, "hash" | "commitAt">[];

  /**
   * @param incidentCommits commits an incident names: what they take out with nothing in its place is undone
   */
  constructor({ history, changes, forge }: Ended, incidentCommits: ReadonlySet<number> = new Set()) {
    this.#named = incidentCommits;
    const { commits, ...lives } = history;
    this.#lives = lives;
    this.#commits = commits.map(({ hash, commitAt }) => ({ hash, commitAt }));
    const reverts = findReverts(history, changes ?? null, forge?.changes);
    this.#targets = new Map([...reverts].map(([commit, { targets }]) => [commit, targets]));
    this.#undone = new Uint8Array(history.lines);
    this.replaced = new Uint8Array(history.lines);
    this.movedTo = new Int32Array(history.lines).fill(-1);
    for (let line = 0; line < history.lines; line++) {
      const origin = history.origin[line] as number;
      if (origin >= 0) this.movedTo[origin] = line;
    }
    this.editedFrom = new Int32Array(history.lines).fill(-1);
    this.restored = new Int32Array(history.lines).fill(-1);
    this.broughtBack = new Int32Array(history.lines).fill(-1);
    for (const [again, { targets }] of reverts) for (const undone of targets) this.#bringBack(history, undone, again);
    commits.forEach((commit, c) => {
      commit.files.forEach((file, f) => {
        const ids = history.changed[c]?.[f]?.ids;
        if (!ids) return;
        const { hunks } = file.diff;
        let place = 0;
        for (let h = 0; h < hunks.length; h += 4) {
          const [removed, added] = [hunks[h + 1] as number, hunks[h + 3] as number];
          if (removed > 0 && reverts.get(c)?.undoes(f, h / 4) === true)
            for (let i = place; i < place + removed; i++) if (history.killer[ids[i] as number] === c) this.#undone[ids[i] as number] = 1;
          if (added > 0) {
            for (let i = place; i < place + removed; i++) if (history.killer[ids[i] as number] === c) this.replaced[ids[i] as number] = 1;
            if (removed > 0 && !reverts.has(c)) this.#editParagraphs(c, file.diff.lines, ids, place, removed, added);
          }
          place += removed + added;
        }
      });
    });
  }

  /** Prose lives by the sentence: a paragraph goes on in the one that has most of it, in its place (MEASURES 1). */
  #editParagraphs(c: number, lines: LineFeatures, ids: Int32Array, place: number, removed: number, added: number): void {
    for (const [from, to] of editedParagraphs(lines, place, removed, added)) {
      const [before, after] = [ids[from] as number, ids[to] as number];
      if (before < 0 || after < 0 || this.#lives.killer[before] !== c || this.#lives.born[after] !== c) continue;
      if ((this.movedTo[before] as number) >= 0 || (this.#lives.origin[after] as number) >= 0) continue;
      this.movedTo[before] = after;
      this.editedFrom[after] = before;
    }
  }

  /**
   * A revert brings back what its commit took out: the equal lines, in order. The removal is undone then; where that commit
   * was a revert itself, what it took out lives on (RULINGS 26). Reverting a merge reverts the commits it brought.
   */
  #bringBack(history: LineHistoryResult, undone: number, again: number): void {
    const gone = new Map<string, number[]>();
    eachChangedLine(history, undone, "removed", (path, fingerprint, line) => {
      const key = `${path}\u0000${fingerprint}`;
      const list = gone.get(key);
      if (list) list.push(line);
      else gone.set(key, [line]);
    });
    if (gone.size === 0) return;
    const isRevert = this.#targets.has(undone);
    eachChangedLine(history, again, "added", (path, fingerprint, line) => {
      const before = gone.get(`${path}\u0000${fingerprint}`)?.shift();
      if (before === undefined || history.born[line] !== again) return;
      this.broughtBack[before] = line;
      if (!isRevert || (this.movedTo[before] as number) >= 0) return;
      this.movedTo[before] = line;
      this.restored[line] = before;
    });
  }

  /** The line itself, or the one it lives on as after exact moves. */
  latest(line: number): number {
    const { died } = this.#lives;
    let at = line;
    for (let hops = 0; hops < 100; hops++) {
      const next = this.movedTo[at] as number;
      if (next < 0 || (died[at] as number) < 0) return at;
      at = next;
    }
    return at;
  }

  /** When a landed removal was undone by a revert that landed, nulls while it was not. */
  undoingOf(line: number): Pick<Life, "diedAt" | "death" | "deathCommit"> {
    const again = this.broughtBack[line] as number;
    const landed = again < 0 ? undefined : this.#commits[this.#lives.landed[again] as number];
    if (landed === undefined) return { diedAt: null, death: null, deathCommit: null };
    return { diedAt: landed.commitAt, death: "reverted", deathCommit: this.#commits[this.#lives.born[again] as number]?.hash ?? null };
  }

  /** Where the commit on the default branch says it reverts, and the one it brought does not: the branch of the button. */
  #isLeftUndone(line: number, died: number): boolean {
    const targets = this.#targets.get(died);
    const killer = this.#lives.killer[line] as number;
    if (targets === undefined || killer === died || this.#targets.has(killer)) return false;
    return targets.length === 0 || targets.includes(this.#lives.born[oldest(this.#lives, line)] as number);
  }

  /** When and how a landed line left the default branch, nulls while it has not. */
  deathOf(line: number): Pick<Life, "diedAt" | "death" | "deathCommit"> {
    const last = this.latest(line);
    const died = this.#lives.died[last] as number;
    if (died < 0) return { diedAt: null, death: null, deathCommit: null };
    const left = this.#commits[died];
    const killerIndex = this.#lives.killer[last] as number;
    const killer = this.#commits[killerIndex] ?? left;
    const reverted = this.#undone[last] === 1 || this.#isLeftUndone(last, died);
    const named = this.#named.has(died) || this.#named.has(killerIndex);
    const death = reverted ? "reverted" : this.replaced[last] === 1 ? "replaced" : named ? "incident" : "removed";
    return {
      diedAt: left?.commitAt ?? null,
      death,
      deathCommit: killer?.hash ?? null,
    };
  }
}

/** Calls back for each changed line of one side of a commit. */
function eachChangedLine(
  history: LineHistoryResult,
  commit: number,
  side: "added" | "removed",
  visit: (path: string, fingerprint: number, line: number) => void,
): void {
  history.commits[commit]?.files.forEach((file, f) => {
    const ids = history.changed[commit]?.[f]?.ids;
    if (!ids || ids.length === 0) return;
    const { hunks, lines } = file.diff;
    eachPlace(hunks, (place, of) => {
      if (of === side) visit(file.path, lines.folded[place] as number, ids[place] as number);
    });
  });
}

/** Calls back for each line of a difference with its place and side. */
export function eachPlace(hunks: Int32Array, visit: (place: number, side: "added" | "removed") => void): void {
  let place = 0;
  for (let h = 0; h < hunks.length; h += 4) {
    for (let i = 0; i < (hunks[h + 1] as number); i++) visit(place++, "removed");
    for (let i = 0; i < (hunks[h + 3] as number); i++) visit(place++, "added");
  }
}
