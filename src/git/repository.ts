import { readFile, realpath } from "node:fs/promises";
import { type Git, GitError, openGit, runGit } from "./git.ts";

/** Where a repository lies and what kind of copy it is. */
export interface RepositoryPlace {
  /** The directory all worktrees of the repository share: what identifies this copy. Absolute, symbolic links resolved. */
  readonly commonDir: string;
  /** The worktree's own git directory; equal to `commonDir` but in linked worktrees. */
  readonly gitDir: string;
  /** Root of the work tree, null for a bare repository or inside `.git`. */
  readonly toplevel: string | null;
  readonly bare: boolean;
  readonly shallow: boolean;
  readonly objectFormat: "sha1" | "sha256";
}

/**
 * Finds the repository a folder belongs to: a work tree, a folder below, a linked worktree, a submodule, `.git`, a bare
 * repository. @returns null where there is none (or the folder is gone)
 */
export async function findRepository(
  folder: string,
  variables: Readonly<Record<string, string | undefined>>,
): Promise<RepositoryPlace | null> {
  const git = openGit(folder, variables);
  let lines: string[];
  try {
    const questions = [
      "--git-common-dir",
      "--absolute-git-dir",
      "--is-bare-repository",
      "--is-shallow-repository",
      "--is-inside-work-tree",
      "--show-object-format",
    ];
    lines = (await runGit(git, ["rev-parse", "--path-format=absolute", ...questions])).toString("utf8").split("\n");
  } catch (error) {
    if (error instanceof GitError && error.exitCode !== null) return null;
    throw error;
  }
  const [commonDir, gitDir, bare, shallow, inside, objectFormat] = lines as [string, string, string, string, string, string];
  const toplevel = inside === "true" ? (await runGit(git, ["rev-parse", "--show-toplevel"])).toString("utf8").replace(/\n$/, "") : null;
  return {
    commonDir: await realpath(commonDir),
    gitDir: await realpath(gitDir),
    toplevel: toplevel === null ? null : await realpath(toplevel),
    bare: bare === "true",
    shallow: shallow === "true",
    objectFormat: objectFormat === "sha256" ? "sha256" : "sha1",
  };
}

/**
 * One name for all ways to write a remote: `host/owner/name`, host in lower case, no scheme, user, password, port or
 * `.git`. @returns null for a path on this machine and for what is no address
 * @example normaliseRemote("git@GitHub.com:Owner/name.git") // "github.com/Owner/name"
 */
export function normaliseRemote(url: string): string | null {
  const parts =
    /^[a-z][a-z0-9+.-]*:\/\/(?:[^@/]*@)?([^/:]+)(?::\d+)?\/+(.+)$/i.exec(url) ?? /^(?:[^@/:\\]+@)?([^/:\\]{2,}):(?!\/\/|\\)(.+)$/.exec(url);
  if (parts === null || /^file:/i.test(url)) return null;
  const [, host, path] = parts as unknown as [string, string, string];
  const name = path
    .replace(/[?#].*$/, "")
    .replace(/^\/+|\/+$/g, "")
    .replace(/\.git$/i, "")
    .replace(/\/{2,}/g, "/");
  return name === "" ? null : `${host.toLowerCase()}/${name}`;
}

/** Normalised addresses of the remotes, `origin` first, then by name; each once. */
export async function readRemotes(git: Git): Promise<readonly string[]> {
  let out: Buffer;
  try {
    out = await runGit(git, ["config", "-z", "--get-regexp", "^remote\\..*\\.url$"]);
  } catch (error) {
    if (error instanceof GitError && error.exitCode === 1) return []; // none configured
    throw error;
  }
  const remotes = out
    .toString("utf8")
    .split("\0")
    .filter(Boolean)
    .map((entry) => entry.split("\n") as [string, string]);
  remotes.sort(([a], [b]) => Number(b === "remote.origin.url") - Number(a === "remote.origin.url") || (a < b ? -1 : 1));
  return [...new Set(remotes.map(([, url]) => normaliseRemote(url)).filter((name) => name !== null))];
}

/** Commits whose parents exist but are cut off in this copy (`git clone --depth`). */
export async function readShallowBoundary(place: RepositoryPlace): Promise<ReadonlySet<string>> {
  if (!place.shallow) return new Set();
  const text = await readFile(`${place.commonDir}/shallow`, "latin1");
  return new Set(text.split("\n").filter(Boolean));
}

/**
 * Commits without parents that the given commits lead back to: what clones of one repository share whatever their
 * remotes are called. Walks the whole history. Sorted. Ends of a shallow copy are no roots.
 */
export async function readRootCommits(git: Git, tips: readonly string[], shallowBoundary: ReadonlySet<string>): Promise<readonly string[]> {
  if (tips.length === 0) return [];
  const out = await runGit(git, ["rev-list", "--max-parents=0", "--stdin"], `${tips.join("\n")}\n`);
  return out
    .toString("latin1")
    .split("\n")
    .filter((hash) => hash !== "" && !shallowBoundary.has(hash))
    .sort();
}
