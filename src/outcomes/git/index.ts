import type { CommitFact, RefFact, RepositoryFact } from "../../contract/facts.ts";
import type { Problem } from "../../contract/problem.ts";
import { type Git, GitError, openGit, runGit } from "../../git/git.ts";
import { readHead, readRefs } from "../../git/refs.ts";
import { type RepositoryPlace, findRepository, readRemotes, readRootCommits, readShallowBoundary } from "../../git/repository.ts";
import type { Fingerprinter } from "../../lines/fingerprint.ts";
import { lineCount } from "../../lines/line-diff.ts";
import { isCodeRef, isCountedRef, tipsOf } from "./code-refs.ts";
import type { DefaultBranchHints } from "./default-branch.ts";
import { readCommits } from "./read-commits.ts";

/** A repository as it stood when it was opened. */
export interface Repository {
  readonly place: RepositoryPlace;
  /** Opened on the common git directory. */
  readonly git: Git;
  /** Every ref that leads to a commit; a detached HEAD under its own name. */
  readonly refs: readonly RefFact[];
  /** Refs that are a blob, for tools that keep one beside each commit. */
  readonly blobRefs: readonly { readonly name: string; readonly oid: string }[];
  /** What the repository says about its default branch, for `chooseDefaultBranch`. */
  readonly hints: DefaultBranchHints;
}

/**
 * Opens the repository a folder belongs to: bare, work tree, linked worktree, a folder below. Reads refs, no history.
 * All worktrees of a repository open as the same one.
 * @returns null where there is no repository
 * @throws GitError where git cannot be run or the refs cannot be read
 */
export async function openRepository(folder: string, variables: Readonly<Record<string, string | undefined>>): Promise<Repository | null> {
  const place = await findRepository(folder, variables);
  if (place === null) return null;
  const git = openGit(place.commonDir, variables);
  const blobRefs: { name: string; oid: string }[] = [];
  const [refs, head] = await Promise.all([readRefs(git, (name, oid) => void blobRefs.push({ name, oid })), readHead(git)]);
  const facts = refs.map(({ name, commit }): RefFact => ({ kind: "ref", name, commit }));
  if (head.branch === null && head.commit !== null) facts.push({ kind: "ref", name: "HEAD", commit: head.commit });
  const originHead = refs.find(({ name }) => name === "refs/remotes/origin/HEAD")?.symbolic ?? null;
  return {
    place,
    git,
    refs: facts,
    blobRefs,
    hints: { originHead: originHead?.replace("refs/remotes/origin/", "") ?? null, head: head.branch?.replace("refs/heads/", "") ?? null },
  };
}

/** What tells that two copies are one repository: any alias in common. Walks the whole history. */
export interface RepositoryIdentity {
  /** `host/owner/name`, origin first. */
  readonly remotes: readonly string[];
  /** Commits without parents behind the branches and tags. */
  readonly rootCommits: readonly string[];
  /** The git directory on this machine. */
  readonly folder: string;
}

export async function readIdentity({ git, place, refs }: Repository): Promise<RepositoryIdentity> {
  const boundary = await readShallowBoundary(place);
  const tips = tipsOf(refs, (name) => /^refs\/(?:heads|remotes|tags)\//.test(name) && isCodeRef(name));
  return { remotes: await readRemotes(git), rootCommits: await readRootCommits(git, tips, boundary), folder: place.commonDir };
}

export interface ReadRepositoryOptions {
  readonly fingerprinter: Fingerprinter;
  /** Refs told by earlier reads of this or another copy: what they lead to is not read again. */
  readonly seenRefs: readonly RefFact[];
  /** Known commits of which a parent is told but not known: ends of a copy that was shallow. */
  readonly unfinished?: readonly string[];
}

export interface RepositoryBatch {
  readonly facts: readonly RepositoryFact[];
  readonly problems: readonly Problem[];
}

const linesPerBatch = 50_000;

/**
 * Reads what is new: commits, parents first, in batches; the refs in the last batch, so that a ref that was stored says
 * that all it leads to was stored before. An unchanged repository starts no log.
 *
 * A shallow copy that was deepened is read anew as a whole: its former ends are told again, with their true differences.
 * A git that fails ends in a problem, without refs: the next read tries again.
 */
export async function* readRepository(repository: Repository, options: ReadRepositoryOptions): AsyncGenerator<RepositoryBatch, void, void> {
  const { git, place, refs } = repository;
  const shallowBoundary = await readShallowBoundary(place);
  const deepened = options.unfinished?.some((hash) => !shallowBoundary.has(hash)) ?? false;
  const known = deepened ? [] : tipsOf(options.seenRefs, isCodeRef);
  const knownTips = new Set(known);
  const tips = tipsOf(refs, isCodeRef).filter((hash) => !knownTips.has(hash));
  let problems: Problem[] = [];
  let facts: CommitFact[] = [];
  let lines = 0;
  let linesBefore = 0;
  const onProblem = (problem: Problem): void => void problems.push(problem);
  try {
    for await (const commit of readCommits(git, { tips, known, shallowBoundary, fingerprinter: options.fingerprinter, onProblem })) {
      facts.push(commit);
      const size = commit.files.reduce((sum, { diff }) => sum + lineCount(diff), 0);
      if (shallowBoundary.has(commit.hash)) linesBefore += size;
      lines += size + 1;
      if (lines < linesPerBatch) continue;
      yield { facts, problems };
      facts = [];
      problems = [];
      lines = 0;
    }
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    yield { facts, problems: [...problems, gitFailed(place, error)] };
    return;
  }
  if (linesBefore > 0) onProblem(shallow(place, linesBefore));
  yield { facts: [...facts, ...refs], problems };
}

/** Commits of every ref except Entire's branches and notes (RULINGS 4); merge refs of pull requests included. */
export async function countCommitsOfAllRefs({ git, refs }: Repository): Promise<number> {
  const tips = tipsOf(refs, isCountedRef);
  if (tips.length === 0) return 0;
  return Number((await runGit(git, ["rev-list", "--count", "--stdin"], `${tips.join("\n")}\n`)).toString("latin1"));
}

function gitFailed({ commonDir }: RepositoryPlace, error: GitError): Problem {
  return {
    code: "git_failed",
    severity: "lost",
    source: "git",
    locator: commonDir,
    message: `${error.message}; the commits behind this point were not read`,
    hint: "Run git fsck in the repository; the next import reads the rest.",
  };
}

function shallow({ commonDir }: RepositoryPlace, lines: number): Problem {
  return {
    code: "shallow_clone",
    severity: "notice",
    source: "git",
    locator: commonDir,
    message: `this copy ends before the beginning of the history; ${lines} lines are from before its end`,
    hint: "git fetch --unshallow, then import again.",
    count: lines,
  };
}
