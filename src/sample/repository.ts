import { type Files, type Identity, ObjectHasher } from "./git-objects.ts";
import { type Line, mergeLines } from "./lines.ts";
import type { Review } from "./review.ts";

export interface Commit {
  readonly hash: string;
  readonly parents: readonly Commit[];
  readonly files: Files;
  readonly author: Identity;
  readonly authorAt: number;
  readonly committer: Identity;
  readonly commitAt: number;
  readonly message: string;
  /** Hash its message says it reverts. */
  readonly reverts: string | null;
  /** The branch it was made on, null on the default branch. */
  readonly branch: Branch | null;
}

/** A line of work: its commits, and the files as they lie in the work tree. */
export interface Branch {
  readonly name: string;
  /** Commit of the default branch it grew from, or took in last. */
  base: Commit;
  commits: Commit[];
  /** With changes that are not committed. */
  files: Files;
  /** Newest write or commit. */
  lastActiveAt: number;
  /** The commit of the default branch that brought the last of it. */
  landed: Commit | null;
  /** All commits of the default branch that brought it: more than one where they were replayed. */
  landedBy: readonly Commit[];
  pull: Pull | null;
  /** Left in the repository when it ends. */
  keep: boolean;
  /** Files that have another name here: old to new. */
  readonly renames: Map<string, string>;
  /** Units nobody else may take hold of before it lands. */
  readonly units: Set<number>;
  /** Commits of the default branch whose fault it mends, as its message names them. */
  mends: readonly Commit[];
  /** What a reviewer said of its pull request. */
  review: Review | null;
}

export interface Pull {
  readonly number: number;
  readonly title: string;
  readonly branch: Branch;
}

export interface Release {
  readonly tag: string;
  readonly commit: Commit;
  readonly at: number;
}

/** How changes land: by merge commits, squashed into one commit each, replayed by the forge, or pushed without a pull request. */
export type LandingHabit = "merge" | "squash" | "rebase" | "push";

export type Language = "typescript" | "go";

/** The forge that makes merge commits. */
const forge: Identity = { name: "Forge", email: "noreply@git.example.com", zone: "+0000" };

const wholeSeconds = (ms: number): number => Math.floor(ms / 1000) * 1000;

/** A repository acted out in memory; `write-repository.ts` gives it to git. */
export class Repository {
  readonly name: string;
  readonly owner: string;
  readonly habit: LandingHabit;
  readonly language: Language;
  readonly commits: Commit[] = [];
  /** The default branch's first-parent chain. */
  readonly chain: Commit[] = [];
  readonly branches: Branch[] = [];
  readonly pulls: Pull[] = [];
  readonly releases: Release[] = [];
  /** Units that an open branch has taken hold of. */
  readonly held = new Set<number>();
  /** Files that got another name on the default branch: old to new. */
  readonly renames = new Map<string, string>();
  readonly #hasher = new ObjectHasher();

  constructor(owner: string, name: string, habit: LandingHabit, language: Language) {
    this.owner = owner;
    this.name = name;
    this.habit = habit;
    this.language = language;
  }

  get tip(): Commit {
    const tip = this.chain.at(-1);
    if (tip === undefined) throw new Error(`${this.name} has no commit yet`);
    return tip;
  }

  /** Commits straight to the default branch. */
  push(files: Files, author: Identity, at: number, message: string, reverts: string | null = null): Commit {
    const parents = this.chain.length === 0 ? [] : [this.tip];
    const commit = this.#commit({ parents, files, author, authorAt: at, committer: author, commitAt: at, message, reverts, branch: null });
    this.chain.push(commit);
    return commit;
  }

  branch(name: string): Branch {
    const taken = this.branches.filter((branch) => branch.name === name || branch.name.startsWith(`${name}-`)).length;
    const branch = this.checkout(taken === 0 ? name : `${name}-${taken + 1}`);
    this.branches.push(branch);
    return branch;
  }

  /** The default branch's files under a name, to look at: nothing is kept of it. */
  checkout(name: string): Branch {
    const base = this.tip;
    return {
      name,
      base,
      commits: [],
      files: base.files,
      lastActiveAt: base.commitAt,
      landed: null,
      landedBy: [],
      pull: null,
      keep: false,
      units: new Set(),
      mends: [],
      review: null,
      renames: new Map(),
    };
  }

  /** Commits all that lies in the branch's work tree. */
  commit(branch: Branch, author: Identity, at: number, message: string, reverts: string | null = null): Commit {
    const parent = branch.commits.at(-1) ?? branch.base;
    const commit = this.#commit({
      parents: [parent],
      files: branch.files,
      author,
      authorAt: at,
      committer: author,
      commitAt: at,
      message,
      reverts,
      branch,
    });
    branch.commits.push(commit);
    branch.lastActiveAt = Math.max(branch.lastActiveAt, commit.commitAt);
    return commit;
  }

  /** `git commit --amend`: the newest commit gets another message; the hash it had is gone. */
  amend(branch: Branch, at: number, message: string): Commit {
    const old = branch.commits.pop();
    if (old === undefined) throw new Error(`${branch.name} has nothing to amend`);
    this.#forget(old);
    const commit = this.#commit({ ...old, committer: old.author, commitAt: at, message });
    branch.commits.push(commit);
    return commit;
  }

  /** Makes a branch's commits one, to be pushed over them; the hashes they had are gone. */
  squash(branch: Branch, author: Identity, at: number, message: string): Commit {
    for (const old of branch.commits) this.#forget(old);
    branch.commits = [];
    return this.commit(branch, author, at, message);
  }

  /** Joins two sides path by path, a file under its newest name. */
  merge(base: Files, ours: Files, theirs: Files): Files {
    if (this.renames.size === 0) return mergeFiles(base, ours, theirs);
    return mergeFiles(withRenames(base, this.renames), withRenames(ours, this.renames), withRenames(theirs, this.renames));
  }

  /** `git rebase main`: every commit again on the newest default branch; the hashes they had are gone. */
  rebase(branch: Branch, at: number): void {
    const onto = this.tip;
    const olds = branch.commits;
    branch.commits = [];
    for (const old of olds) {
      this.#forget(old);
      const files = this.merge(branch.base.files, onto.files, old.files);
      branch.commits.push(this.#commit({ ...old, parents: [branch.commits.at(-1) ?? onto], files, committer: old.author, commitAt: at }));
    }
    branch.files = this.merge(branch.base.files, onto.files, branch.files);
    branch.base = onto;
  }

  /** @returns null where nobody opens pull requests */
  openPull(branch: Branch, title: string): Pull | null {
    if (this.habit === "push") return null;
    const pull: Pull = { number: this.pulls.length + 1, title, branch };
    this.pulls.push(pull);
    branch.pull = pull;
    return pull;
  }

  /** Lands a branch the way the repository does. @returns its last commit on the default branch */
  land(branch: Branch, by: Identity, at: number): Commit {
    for (const [path, next] of branch.renames) this.renames.set(path, next);
    const landed = this.habit === "merge" || this.habit === "squash" ? [this.#landPull(branch, by, at)] : this.#replay(branch, at);
    branch.landedBy = landed;
    branch.landed = landed.at(-1) ?? null;
    this.release(branch);
    return this.tip;
  }

  /** Puts a branch's commits onto the default branch, one by one; pushed from where it grew, they stay as they are. */
  #replay(branch: Branch, at: number): Commit[] {
    const own = this.habit === "push";
    const olds = branch.commits;
    const forward = own && branch.base === this.tip;
    const news = olds.map((old, index): Commit => {
      if (forward) {
        this.chain.push(old);
        return old;
      }
      if (own) this.#forget(old);
      const files = this.merge((olds[index - 1] ?? branch.base).files, this.tip.files, old.files);
      const committer = own ? old.author : forge;
      const commit = this.#commit({ ...old, parents: [this.tip], files, committer, commitAt: at + index * 1000, branch: null });
      this.chain.push(commit);
      return commit;
    });
    if (own) branch.commits = news;
    return news;
  }

  #landPull(branch: Branch, by: Identity, at: number): Commit {
    const pull = branch.pull;
    const head = branch.commits.at(-1);
    if (pull === null || head === undefined) throw new Error(`${branch.name} has no pull request to land`);
    const main = this.tip;
    const files = this.merge(branch.base.files, main.files, head.files);
    const reverts = branch.commits.find((commit) => commit.reverts !== null)?.reverts ?? null;
    const shared = { files, authorAt: at, committer: forge, commitAt: at, branch: null };
    const commit =
      this.habit === "merge"
        ? this.#commit({
            ...shared,
            parents: [main, head],
            author: by,
            reverts: null,
            message: `Merge pull request #${pull.number} from ${this.owner}/${branch.name}\n\n${pull.title}\n`,
          })
        : this.#commit({ ...shared, parents: [main], author: head.author, reverts, message: squashMessage(pull, branch) });
    this.chain.push(commit);
    return commit;
  }

  /** Lets others take hold of a branch's units again. */
  release(branch: Branch): void {
    for (const unit of branch.units) this.held.delete(unit);
  }

  /** Tags the newest commit of the default branch. */
  tag(name: string, at: number): void {
    this.releases.push({ tag: name, commit: this.tip, at: wholeSeconds(at) });
  }

  #commit(head: Omit<Commit, "hash">): Commit {
    const authorAt = wholeSeconds(head.authorAt);
    const commitAt = wholeSeconds(head.commitAt);
    const hash = this.#hasher.commit(head.files, { ...head, authorAt, commitAt, parents: head.parents.map((parent) => parent.hash) });
    const commit = { ...head, authorAt, commitAt, hash };
    this.commits.push(commit);
    return commit;
  }

  #forget(commit: Commit): void {
    this.commits.splice(this.commits.indexOf(commit), 1);
  }
}

function squashMessage(pull: Pull, branch: Branch): string {
  const title = `${pull.title} (#${pull.number})\n`;
  const [only, ...more] = branch.commits;
  if (only !== undefined && more.length === 0) {
    const body = only.message.slice(only.message.indexOf("\n") + 1).trim();
    return body === "" ? title : `${title}\n${body}\n`;
  }
  const bodies = branch.commits.map((commit) => `* ${commit.message.trim()}`);
  return `${title}\n${bodies.join("\n\n")}\n`;
}

/** The same files under their new names. */
export function withRenames(files: Files, renames: ReadonlyMap<string, string>): Files {
  const next = new Map(files);
  for (const [path, name] of renames) {
    const lines = next.get(path);
    if (lines === undefined || next.has(name)) continue;
    next.delete(path);
    next.set(name, lines);
  }
  return next;
}

/** Joins two sides path by path. */
export function mergeFiles(base: Files, ours: Files, theirs: Files): Files {
  const merged = new Map(ours);
  const paths = new Set([...base.keys(), ...theirs.keys()]);
  for (const path of paths) {
    const [was, mine, yours] = [base.get(path), ours.get(path), theirs.get(path)];
    if (was === yours) continue;
    if (yours === undefined) merged.delete(path);
    else merged.set(path, mine === undefined ? yours : mergeLines(was ?? noLines, mine, yours));
  }
  return merged;
}

const noLines: readonly Line[] = [];
