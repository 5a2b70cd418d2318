import { createHash } from "node:crypto";
import type { Problem } from "../contract/problem.ts";
import type { RefFact } from "../contract/facts.ts";
import { openGit } from "../git/git.ts";
import { readHead, readRefs } from "../git/refs.ts";
import { type RepositoryPlace, findRepository, readRemotes, readRootCommits, readShallowBoundary } from "../git/repository.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";
import { countCommits } from "../outcomes/git/count-commits.ts";
import { isCodeRef, isCountedRef, tipsOf } from "../outcomes/git/code-refs.ts";
import { readCommits } from "../outcomes/git/read-commits.ts";
import type { Alias, FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** A repository as it stands, before anything of it is read. */
export interface FoundRepository {
  readonly place: RepositoryPlace;
  readonly refs: readonly RefFact[];
  /** Fingerprint of all refs and of HEAD: equal means nothing new. */
  readonly refsDigest: string;
}

export const outcomeReader = "git";

/** The repositories folders belong to, each copy once. Folders that belong to none are told by the caller's `missing`. */
export async function findRepositories(folders: readonly string[], variables: Variables, missing: (folder: string) => void): Promise<FoundRepository[]> {
  const found = new Map<string, FoundRepository>();
    for (const folder of folders) {
    const place = await findRepository(folder, variables);
    if (!place) {
      missing(folder);
      continue;
    }
    if (!found.has(place.commonDir)) found.set(place.commonDir, await lookAt(place, variables));
  }
  return [...found.values()];
}

/** Reads the refs of a repository: the one cheap look that tells whether anything is new. */
export async function lookAt(place: RepositoryPlace, variables: Variables): Promise<FoundRepository> {
  const git = openGit(place.commonDir, variables);
  const refs = (await readRefs(git)).map((ref): RefFact => ({ kind: "ref", name: ref.name, commit: ref.commit }));
  const head = await readHead(git);
  const digest = createHash("sha1").update(JSON.stringify([refs.map(({ name, commit }) => [name, commit]), head])).digest("hex");
  return { place, refs, refsDigest: digest };
}

export interface RepositoriesImport {
  newCommits: number;
  /** Copies whose refs are not as they were. */
  changedRefs: number;
  problems: Problem[];
}

/** The aliases a repository is known by: its remotes, its root commits, its folders. */
async function aliasesOf({ place, refs }: FoundRepository, variables: Variables): Promise<Alias[]> {
  const git = openGit(place.commonDir, variables);
  const boundary = await readShallowBoundary(place);
  const roots = await readRootCommits(git, tipsOf(refs, isCodeRef), boundary);
  return [
    ...(await readRemotes(git)).map((value): Alias => ({ kind: "remote", value })),
    ...roots.map((value): Alias => ({ kind: "root", value })),
    ...[place.toplevel, place.commonDir].filter((folder) => folder !== null).map((value): Alias => ({ kind: "folder", value })),
  ];
}

/**
 * Reads what is new of each repository into the store, one transaction a repository.
 * @param context `repositoryIds` is filled: common git directory → id
 */
export async function importRepositories(
  store: FactStore, found: readonly FoundRepository[], context: { fingerprinter: Fingerprinter; variables: Variables; seenAt: number; progress: Progress; signal: AbortSignal; repositoryIds: Map<string, number> },
): Promise<RepositoriesImport> {
  const result: RepositoriesImport = { newCommits: 0, changedRefs: 0, problems: [] };
  const { fingerprinter, variables, seenAt, progress, signal, repositoryIds } = context;
  for (const repository of found) {
    if (signal.aborted) break;
    const { place, refs } = repository;
    const git = openGit(place.commonDir, variables);
    const { repositoryId, states: before } = await store.cloneState(place.commonDir);
    if (repositoryId !== null && before["refsDigest"] === repository.refsDigest) {
      repositoryIds.set(place.commonDir, repositoryId);
      continue;
    }
    const id = await store.repositoryOf(await aliasesOf(repository, variables), seenAt);
    repositoryIds.set(place.commonDir, id);
    result.changedRefs++;
    const tips = tipsOf(refs, isCodeRef);
    const known = (before["tips"] ?? "").split(" ").filter((hash) => hash !== "");
    const takeProblem = (problem: Problem): void => {
      store.addProblem(problem, place.commonDir);
      result.problems.push(problem);
    };
    let read = 0;
    for await (const commit of readCommits(git, { tips, known, shallowBoundary: await readShallowBoundary(place), fingerprinter, onProblem: takeProblem })) {
      store.addCommit(id, commit, seenAt);
      result.newCommits++;
      if (++read % 200 === 0) progress(`reading history of ${place.toplevel ?? place.commonDir}`, read);
    }
    const head = await readHead(git);
    const originHead = (await readRefs(git)).find((ref) => ref.name === "refs/remotes/origin/HEAD");
    const commitsAllRefs = await countCommits(git, tipsOf(refs, isCountedRef));
    await store.commit(seenAt, () => store.replaceClone(id, place.commonDir, refs, {
      refsDigest: repository.refsDigest, tips: tips.join(" "), head: head.branch?.replace(/^refs\/heads\//, "") ?? "",
      originHead: originHead?.symbolic?.replace(/^refs\/remotes\/origin\//, "") ?? "", toplevel: place.toplevel ?? "",
      commitsAllRefs: String(commitsAllRefs), shallow: place.shallow ? "yes" : "",
    }));
  }
  return result;
}
