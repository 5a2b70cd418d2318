/**
 * What became of every changed line, told from the acted-out repositories alone, by the rules of MEASURES 1. Written apart
 * from the product's own rules on purpose: the sample is the product's examination.
 */
import { hunksBetween, type Line } from "./lines.ts";
import type { Branch, Commit, Release, Repository } from "./repository.ts";
import { dayMs } from "./stage.ts";
import type { LineEvent } from "./chronicle.ts";
import { answersIn } from "./review.ts";
import type { SampleFate } from "./truth.ts";

const stickMs = 21 * dayMs;
const inFlightMs = 14 * dayMs;
const revertMs = 90 * dayMs;

interface Death {
  readonly index: number;
  readonly replaced: boolean;
  backAt: number | null;
}

interface Life {
  /** Commits that brought it, in the order they were made; more than one where it was squashed, rebased or brought back. */
  readonly broughtBy: Commit[];
  /** Commits that took it out. */
  readonly takenBy: Commit[];
  /** Index on the first-parent chain, -1 while it never landed. */
  landed: number;
  readonly deaths: Death[];
}

export interface End {
  readonly fate: SampleFate | null;
  readonly life: SampleFate | null;
  readonly reason: string | null;
  readonly commit: string | null;
  readonly landedCommit: string | null;
  readonly landedAt: number | null;
  readonly release: string | null;
  readonly diedCommit: string | null;
  readonly diedAt: number | null;
  readonly killer: string | null;
  readonly replaced: boolean | null;
  readonly blame: string | null;
}

/** The lives of a repository's lines, and the ends of what was written there. */
export class LineEnds {
  readonly repository: Repository;
  readonly horizonAt: number;
  readonly onDefault: ReadonlySet<Commit>;
  #living: Map<number, string> | null = null;
  readonly #lives = new Map<number, Life>();
  /** First release that holds a chain commit, by index. */
  readonly #releaseOf: (Release | null)[];
  readonly #revertsAt: ReadonlySet<number>;
  /** Lines, added or removed, by the branch that mends an agent's fault with them. */
  readonly #repairs: ReadonlyMap<Branch, ReadonlySet<number>>;
  /** By branch that was reviewed: whether a changed line answers. */
  readonly #answers: ReadonlyMap<Branch, (event: LineEvent) => boolean>;
  /** Removals of lines before they landed, newest last. */
  readonly #removals: ReadonlyMap<number, LineEvent>;

  constructor(repository: Repository, events: readonly LineEvent[]) {
    this.repository = repository;
    this.horizonAt = repository.tip.commitAt;
    this.onDefault = ancestorsOf(repository.tip);
    for (const commit of repository.commits) this.#live(commit);
    repository.chain.forEach((_, index) => this.#land(index));
    this.#releaseOf = repository.chain.map(
      (_, index) => repository.releases.find((release) => repository.chain.indexOf(release.commit) >= index) ?? null,
    );
    this.#revertsAt = new Set(repository.chain.flatMap((commit, index) => (this.#isRevert(commit) ? [index] : [])));
    const agents = new Set(events.filter(({ side, hand }) => side === "added" && hand.witness !== "person").map(({ line }) => line.id));
    this.#repairs = new Map(
      repository.branches.filter(({ mends }) => mends.length > 0).map((branch) => [branch, this.#repairedBy(branch, agents)]),
    );
    this.#answers = new Map(repository.branches.filter(({ review }) => review !== null).map((branch) => [branch, answersIn(branch)]));
    this.#removals = new Map(
      events
        .filter((event) => event.repository === repository && event.side === "removed" && !event.hand.moves)
        .map((event) => [event.line.id, event]),
    );
  }

  /** What a line says at the tip of the default branch, given to `read`; null if it is not there. */
  livingTextOf(id: number, read: (text: string) => string): string | null {
    this.#living ??= new Map(
      [...this.repository.tip.files.values()].flatMap((lines) => lines.map((line): [number, string] => [line.id, line.text])),
    );
    const text = this.#living.get(id);
    return text === undefined ? null : read(text);
  }

  /** The lines of each hunk with which a branch takes out an agent's lines of the change it says the fault came with. */
  #repairedBy(branch: Branch, agents: ReadonlySet<number>): ReadonlySet<number> {
    const { branches, chain, renames } = this.repository;
    const culprits = new Set(branch.mends);
    for (const { landedBy } of branches)
      if (landedBy.some((commit) => branch.mends.includes(commit))) for (const one of landedBy) culprits.add(one);
    const repaired = new Set<number>();
    for (const commit of branch.landedBy) {
      for (const [, { added, removed }] of changesOf(commit, renames)) {
        const isRepair = removed.some(({ id }) => agents.has(id) && culprits.has(chain[this.#lives.get(id)?.landed ?? -1] as Commit));
        if (isRepair) for (const line of [...added, ...removed]) repaired.add(line.id);
      }
    }
    return repaired;
  }

  #isRepair({ branch, line, hand }: LineEvent, { fate }: End): boolean {
    const landed = fate === "stuck" || fate === "maturing" || fate === "rework" || fate === "removed";
    return landed && branch !== null && !hand.moves && (this.#repairs.get(branch)?.has(line.id) ?? false);
  }

  /** What answers a review, in a commit of the reviewed branch, whatever became of it but a revert or a fix. */
  #isAnswer(event: LineEvent, { fate }: End): boolean {
    const { branch, line, side, hand } = event;
    if (branch === null || hand.moves || fate === null || fate === "reverted" || fate === "fixing") return false;
    if (!(this.#answers.get(branch)?.(event) ?? false)) return false;
    const life = this.#life(line);
    return (side === "added" ? life.broughtBy : life.takenBy).some((commit) => commit.branch === branch);
  }

  #isRevert(commit: Commit): boolean {
    return commit.reverts !== null || commit.parents.slice(1).some((head) => head.reverts !== null);
  }

  #life(line: Line): Life {
    let life = this.#lives.get(line.id);
    if (life === undefined) {
      life = { broughtBy: [], takenBy: [], landed: -1, deaths: [] };
      this.#lives.set(line.id, life);
    }
    return life;
  }

  #live(commit: Commit): void {
    if (commit.parents.length > 1) return; // a merge brings nothing of its own here
    for (const [, hunk] of changesOf(commit, this.repository.renames)) {
      for (const line of hunk.added) this.#life(line).broughtBy.push(commit);
      for (const line of hunk.removed) this.#life(line).takenBy.push(commit);
    }
  }

  #land(index: number): void {
    const hunks = changesOf(this.repository.chain[index] as Commit, this.repository.renames).map(([, hunk]) => hunk);
    for (const hunk of hunks) {
      for (const line of hunk.removed) this.#life(line).deaths.push({ index, replaced: hunk.added.length > 0, backAt: null });
    }
    // What goes on in other words, or in another file, is back at once.
    for (const hunk of hunks) {
      for (const line of hunk.added) {
        const life = this.#life(line);
        if (life.landed < 0) life.landed = index;
        const last = life.deaths.at(-1);
        if (last !== undefined) last.backAt ??= index;
      }
    }
  }

  /** What became of one changed line. */
  endOf(event: LineEvent, draft: boolean, turnKeepsLines: boolean, restores: boolean): End {
    const end = event.hand.moves ? this.#moved(event) : event.side === "added" ? this.#added(event) : this.#removed(event);
    const mended: End = this.#isRepair(event, end) ? { ...end, fate: "fixing", reason: null } : end;
    const raw: End = this.#isAnswer(event, mended) ? { ...mended, fate: "review", reason: null } : mended;
    const { witness, at } = event.hand;
    if (restores && !event.hand.moves) return { ...raw, fate: null, reason: "restores" };
    if (witness === "person" || witness === "transcript_missing") return { ...raw, fate: null, reason: witness };
    if (draft) return turnKeepsLines ? { ...raw, fate: null, reason: "draft" } : { ...raw, fate: "abandoned", reason: "undone" };
    if (raw.life === null) return raw;
    if (at > this.horizonAt) return { ...raw, fate: "unlinked", reason: "after_horizon" };
    if (witness === "subagent_unlogged") return { ...raw, fate: "unlinked", reason: "subagent_unlogged" };
    return raw;
  }

  #chainCommit(index: number): Commit {
    return this.repository.chain[index] as Commit;
  }

  #added(event: LineEvent): End {
    const life = this.#life(event.line);
    const death = life.deaths.at(-1);
    const dead = death !== undefined && death.backAt === null ? death : null;
    const landed = life.landed < 0 ? null : this.#chainCommit(life.landed);
    const died = dead === null ? null : this.#chainCommit(dead.index);
    const blame =
      landed !== null && died === null ? (life.broughtBy.filter((commit) => this.onDefault.has(commit)).at(-1)?.hash ?? null) : null;
    const [fate, reason] = landed === null ? this.#unlanded(event) : this.#landedFate(life.landed, dead);
    return {
      fate,
      life: fate,
      reason,
      blame,
      commit: life.broughtBy[0]?.hash ?? null,
      landedCommit: landed?.hash ?? null,
      landedAt: landed?.commitAt ?? null,
      release: landed === null ? null : (this.#releaseOf[life.landed]?.tag ?? null),
      diedCommit: died?.hash ?? null,
      diedAt: died?.commitAt ?? null,
      killer: dead === null ? null : this.#killer(life, dead),
      replaced: dead?.replaced ?? null,
    };
  }

  /** The half of a move: it lands with its branch, and lasts as long as the line does. */
  #moved(event: LineEvent): End {
    const end = this.#added(event);
    const landing = event.branch?.landedBy.at(-1);
    const index = landing === undefined ? -1 : this.repository.chain.indexOf(landing);
    const death = this.#life(event.line).deaths.at(-1);
    const dead = death !== undefined && death.backAt === null ? death : null;
    const [fate, reason] = index < 0 ? this.#openOrIdle(event) : this.#landedFate(index, dead);
    return { ...end, fate, life: fate, reason, blame: null };
  }

  /** The commit of the landing branch that took the line out, else the landing itself. */
  #killer(life: Life, death: Death): string {
    const landing = this.#chainCommit(death.index);
    const made = life.takenBy.find((commit) => commit.branch?.landed === landing) ?? life.takenBy.find((commit) => commit === landing);
    return (made ?? landing).hash;
  }

  #landedFate(index: number, dead: Death | null): [SampleFate, string | null] {
    const landedAt = this.#chainCommit(index).commitAt;
    const until = dead === null ? this.horizonAt : this.#chainCommit(dead.index).commitAt;
    const age = until - landedAt;
    // Replayed commit by commit, a pull request still lands as one: what it took back itself never stood.
    if (dead !== null && this.#landsWith(index, dead.index)) return dead.replaced ? ["superseded", null] : ["abandoned", "undone"];
    if (dead !== null && this.#revertsAt.has(dead.index) && age <= revertMs) return ["reverted", null];
    const releasedAt = this.#releaseOf[index]?.at ?? Number.POSITIVE_INFINITY;
    const released = dead === null ? releasedAt < Number.POSITIVE_INFINITY : releasedAt <= until;
    if (age >= stickMs && released) return ["stuck", null];
    if (dead === null) return ["maturing", released ? "young" : "not_released"];
    if (age < stickMs && dead.replaced) return ["rework", null];
    return ["removed", null];
  }

  #landsWith(one: number, other: number): boolean {
    const branches = this.repository.habit === "rebase" ? this.repository.branches : [];
    const commits = [this.#chainCommit(one), this.#chainCommit(other)];
    return one !== other && branches.some((branch) => commits.every((commit) => branch.landedBy.includes(commit)));
  }

  #unlanded(event: LineEvent): [SampleFate, string | null] {
    const removal = this.#removals.get(event.line.id);
    if (removal !== undefined) {
      if (!removal.replaced) return ["abandoned", "undone"];
      return ["superseded", removal.hand.witness === "person" ? "edited_by_person" : null];
    }
    return this.#openOrIdle(event);
  }

  #openOrIdle(event: LineEvent): [SampleFate, string | null] {
    const { branch } = event;
    if (branch === null) return ["abandoned", null];
    if (!hasLine(branch.files, event) && event.side === "added") return ["abandoned", "undone"];
    if (branch.lastActiveAt >= this.horizonAt - inFlightMs) return ["in_flight", null];
    return ["abandoned", branch.commits.length === 0 ? "never_committed" : "never_landed"];
  }

  #removed(event: LineEvent): End {
    const life = this.#life(event.line);
    const nothing = {
      commit: null,
      landedCommit: null,
      landedAt: null,
      release: null,
      diedCommit: null,
      diedAt: null,
      killer: null,
      replaced: null,
      blame: null,
    };
    const wasThere = life.landed >= 0 && this.#chainCommit(life.landed).commitAt <= event.hand.at;
    if (!wasThere) return { ...nothing, fate: null, life: null, reason: "removes_unlanded" };
    const commit = life.takenBy.find((taken) => taken.branch === event.branch || event.branch?.landedBy.includes(taken))?.hash ?? null;
    const death = life.deaths.find((each) => event.branch?.landedBy.includes(this.#chainCommit(each.index)));
    if (death === undefined) {
      const [fate, reason] = this.#openOrIdle(event);
      return { ...nothing, commit, fate, life: fate, reason };
    }
    const landed = this.#chainCommit(death.index);
    const isBack = life.deaths.at(-1)?.backAt !== null;
    const back = isBack && death.backAt !== null ? this.#chainCommit(death.backAt) : null;
    const released = this.#releaseOf[death.index] ?? null;
    const age = (back?.commitAt ?? this.horizonAt) - landed.commitAt;
    const stands: [SampleFate, string | null] =
      age >= stickMs && released !== null ? ["stuck", null] : ["maturing", released === null ? "not_released" : "young"];
    const [fate, reason]: [SampleFate, string | null] = back === null ? stands : ["reverted", null];
    return {
      ...nothing,
      commit,
      fate,
      life: fate,
      reason,
      landedCommit: landed.hash,
      landedAt: landed.commitAt,
      release: released?.tag ?? null,
      diedCommit: back?.hash ?? null,
      diedAt: back?.commitAt ?? null,
    };
  }
}

function hasLine(files: ReadonlyMap<string, readonly Line[]>, event: LineEvent): boolean {
  return files.get(event.path)?.some((line) => line.id === event.line.id) ?? false;
}

function ancestorsOf(tip: Commit): Set<Commit> {
  const found = new Set<Commit>();
  const open = [tip];
  for (let commit = open.pop(); commit !== undefined; commit = open.pop()) {
    if (found.has(commit)) continue;
    found.add(commit);
    open.push(...commit.parents);
  }
  return found;
}

/** The hunks of a commit against its first parent, with their paths. */
export function changesOf(commit: Commit, renames: ReadonlyMap<string, string>): [string, ReturnType<typeof hunksBetween>[number]][] {
  const before = commit.parents[0]?.files ?? new Map<string, readonly Line[]>();
  const found: [string, ReturnType<typeof hunksBetween>[number]][] = [];
  for (const path of new Set([...before.keys(), ...commit.files.keys()])) {
    const name = renames.get(path);
    if (name !== undefined && commit.files.has(name) && !before.has(name) && !commit.files.has(path)) continue; // told under its new name
    const older = before.has(path)
      ? undefined
      : [...renames].find(([old, next]) => next === path && before.has(old) && !commit.files.has(old));
    if (older !== undefined) {
      for (const hunk of hunksBetween(before.get(older[0]), commit.files.get(path))) found.push([path, hunk]);
      continue;
    }
    if (before.get(path) === commit.files.get(path)) continue;
    for (const hunk of hunksBetween(before.get(path), commit.files.get(path))) found.push([path, hunk]);
  }
  return found;
}
