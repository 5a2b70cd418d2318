import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import type { RefFact } from "../contract/facts.ts";
import type { Problem } from "../contract/problem.ts";
import { GitError } from "../git/git.ts";
import type { Fingerprinter } from "../lines/fingerprint.ts";
import type { CarriedNote } from "../contract/facts.ts";
import { noteStateOf, readNotes } from "../outcomes/authorship/index.ts";
import { featureVersion } from "../lines/line-diff.ts";
import { type Repository, countCommitsOfAllRefs, openRepository, readIdentity, readRepository } from "../outcomes/git/index.ts";
import type { Alias, FactStore } from "../store/store.ts";
import type { Progress } from "./assay.ts";

export type Variables = Readonly<Record<string, string | undefined>>;

/** A repository as it stands, before anything of it is read. */
export interface FoundRepository {
  readonly repository: Repository;
  /** Common git directory: one copy, whatever folder or worktree led to it. */
  readonly clone: string;
  /** Work trees that led to it. */
  readonly folders: readonly string[];
  /** Fingerprint of its refs, of what HEAD stands for and of how lines are read: equal means nothing new. */
  readonly refsDigest: string;
}

/** The repositories that folders belong to, each copy once. Folders that belong to none are told to `missing`. */
export async function findRepositories(
  folders: readonly string[],
  variables: Variables,
  missing: (folder: string) => void,
): Promise<FoundRepository[]> {
  const found = new Map<string, { repository: Repository; folders: Set<string> }>();
  for (const folder of folders) {
    // Most folders sessions ran in are of other machines: no git is started to find that out.
    const repository = existsSync(folder) ? await openRepository(folder, variables) : null;
    if (!repository) {
      missing(folder);
      continue;
    }
    const { commonDir, toplevel } = repository.place;
    let entry = found.get(commonDir);
    if (!entry) found.set(commonDir, (entry = { repository, folders: new Set() }));
    if (toplevel !== null) entry.folders.add(toplevel);
  }
  return [...found].map(([clone, entry]) => ({
    repository: entry.repository,
    clone,
    folders: [...entry.folders].sort(),
    refsDigest: digestOf(entry.repository),
  }));
}

function digestOf(repository: Repository): string {
  const { refs, hints, place } = repository;
  return createHash("sha1")
    .update(JSON.stringify([refs.map(({ name, commit }) => [name, commit]), hints, place.shallow, featureVersion, noteStateOf(repository)]))
    .digest("hex");
}

export interface RepositoriesImport {
  newCommits: number;
  /** Copies whose refs are not as they were. */
  changedClones: number;
  readonly problems: Problem[];
  /** Ids of the repositories by common git directory. */
  readonly ids: Map<string, number>;
}

export interface RepositoriesContext {
  readonly fingerprinter: Fingerprinter;
  readonly seenAt: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Reads what is new of each repository into the store, one transaction a copy. */
export async function importRepositories(
  store: FactStore,
  found: readonly FoundRepository[],
  context: RepositoriesContext,
): Promise<RepositoriesImport> {
  const result: RepositoriesImport = { newCommits: 0, changedClones: 0, problems: [], ids: new Map() };
  for (const copy of found) {
    if (context.signal.aborted) break;
    const { repositoryId, states } = await store.cloneState(copy.clone);
    if (repositoryId !== null && states["refsDigest"] === copy.refsDigest) result.ids.set(copy.clone, repositoryId);
    else await importCopy(store, copy, context, result);
  }
  return result;
}

async function importCopy(
  store: FactStore,
  copy: FoundRepository,
  { fingerprinter, seenAt, progress }: RepositoriesContext,
  result: RepositoriesImport,
): Promise<void> {
  const { repository, clone } = copy;
  const id = await store.repositoryOf(await aliasesOf(copy), seenAt);
  result.ids.set(clone, id);
  result.changedClones++;
  const refs: RefFact[] = [];
  let read = 0;
  store.restartInput("git", clone);
  for await (const batch of readRepository(repository, { fingerprinter, seenRefs: await store.refsOf(id) })) {
    for (const problem of batch.problems) {
      store.addProblem(problem, clone);
      result.problems.push(problem);
    }
    for (const fact of batch.facts) {
      if (fact.kind === "ref") refs.push(fact);
      else {
        store.addCommit(id, fact, seenAt);
        read++;
      }
    }
    progress(`reading the history of ${nameOf(copy)}`, read);
    if (store.isFull) await store.commit(seenAt);
  }
  result.newCommits += read;
  const notes = await importNotes(store, copy, id, { seenAt, progress }, result);
  const { hints, place } = repository;
  // Refs come last: stored, they say that all they lead to was stored before. A git that failed gives none.
  const states =
    refs.length === 0 && repository.refs.length > 0
      ? null
      : {
          refsDigest: notes === null ? "" : copy.refsDigest,
          head: hints.head ?? "",
          originHead: hints.originHead ?? "",
          shallow: place.shallow ? "yes" : "",
          commitsAllRefs: String(await countCommitsOfAllRefs(repository)),
        };
  await store.commit(seenAt, async () => {
    if (states) await store.replaceClone(id, clone, refs, states, notes ?? []);
  });
}

/** Reads the notes that are new. @returns all the copy carries; null where git failed, and the next import has to look again */
async function importNotes(
  store: FactStore,
  copy: FoundRepository,
  id: number,
  { seenAt, progress }: Pick<RepositoriesContext, "seenAt" | "progress">,
  result: RepositoriesImport,
): Promise<readonly CarriedNote[] | null> {
  // Histories and notes are large, each in its own way: they do not wait together.
  await store.commit(seenAt);
  let carried: readonly CarriedNote[] = [];
  let unreadable = 0;
  let read = 0;
  try {
    for await (const batch of readNotes(copy.repository, await store.knownNotes(id))) {
      for (const note of batch.facts) {
        store.addNote(id, note, seenAt);
        unreadable += note.defects["note_unreadable"] ?? 0;
      }
      carried = batch.carried ?? carried;
      read += batch.facts.length;
      if (read > 0) progress(`reading the authorship notes of ${nameOf(copy)}`, read);
      if (store.isFull) await store.commit(seenAt);
    }
  } catch (error) {
    if (!(error instanceof GitError)) throw error;
    const problem = notesFailed(copy.clone, error);
    store.addProblem(problem, copy.clone);
    result.problems.push(problem);
    return null;
  }
  // Told here for the end of this import; the list of problems has it from the notes that are carried.
  if (unreadable > 0) result.problems.push(unreadableNotes(copy.clone, unreadable));
  return carried;
}

function notesFailed(clone: string, error: GitError): Problem {
  return {
    code: "git_failed",
    severity: "lost",
    source: "git",
    locator: clone,
    message: `${error.message}; the authorship notes of this copy were not read`,
    hint: "Run git fsck in the repository; the next import reads them.",
  };
}

function unreadableNotes(clone: string, count: number): Problem {
  return {
    code: "note_unreadable",
    severity: "lost",
    source: "authorship",
    locator: clone,
    message: "authorship notes or trace records that are no such thing, are cut off or not in UTF-8",
    hint: "assay problems lists them by repository.",
    count,
  };
}

async function aliasesOf({ repository, folders, clone }: FoundRepository): Promise<Alias[]> {
  const identity = await readIdentity(repository);
  return [
    ...identity.remotes.map((value): Alias => ({ kind: "remote", value })),
    ...identity.rootCommits.map((value): Alias => ({ kind: "root", value })),
    ...[...folders, clone].map((value): Alias => ({ kind: "folder", value })),
  ];
}

const nameOf = ({ folders, clone }: FoundRepository): string => (folders[0] ?? clone).split("/").slice(-2).join("/");
