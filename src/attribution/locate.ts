/**
 * Which repository a logged path belongs to, and where in it (RULINGS 16). Logs hold absolute paths of another machine, a
 * worktree, a sub-folder, Windows: the folder a repository was checked out in is found by the suffixes it knows.
 */

export interface KnownRepository {
  readonly id: number;
  /** Work trees of it on this machine. */
  readonly folders: readonly string[];
  /** Every path its history ever had. */
  readonly paths: ReadonlySet<string>;
}

export interface SessionPaths {
  readonly session: string;
  /** Absolute paths it wrote, and the folders it ran in. */
  readonly paths: readonly string[];
  readonly folders: readonly string[];
  /** Set where the witness itself lies in the repository (checkpoint branches). */
  readonly repository: number | null;
}

export interface Located {
  readonly repository: number;
  readonly path: string;
}

interface Root {
  readonly repository: number;
  readonly folder: string;
  files: Set<string>;
  deep: boolean;
  /** A work tree on this machine. */
  sure: boolean;
  /** Named by the logs of a session that is known to be of this repository. */
  told: boolean;
}

/** Forward slashes, no drive letter's case, no trailing slash. */
export function normalisePath(path: string): string {
  const slashed = path.replaceAll("\\", "/").replace(/^([A-Z]):\//, (_, drive: string) => `${drive.toLowerCase()}:/`);
  return slashed.length > 1 ? slashed.replace(/\/+$/, "") : slashed;
}

/** Files a folder must explain, one of them below a sub-folder, to count as a checkout nobody told us of. */
const enoughFiles = 3;

/** Whether two folders are one, or one lies in the other. */
const areRelated = (a: string, b: string): boolean => a === b || a.startsWith(`${b}/`) || b.startsWith(`${a}/`);

export class PathLocator {
  readonly #repositories: readonly KnownRepository[];
  readonly #roots = new Map<string, Root>();
  readonly #byFolder = new Map<string, Root[]>();
  readonly #pathsOf: ReadonlyMap<number, ReadonlySet<string>>;

  constructor(repositories: readonly KnownRepository[], sessions: readonly SessionPaths[]) {
    this.#repositories = repositories;
    this.#pathsOf = new Map(repositories.map(({ id, paths }) => [id, paths]));
    for (const { id, folders } of repositories) for (const folder of folders) this.#root(id, normalisePath(folder)).sure = true;
    // All paths speak before any is judged by what they said: the order of sessions decides nothing.
    const voted = sessions.map(({ paths, repository }) =>
      [...new Set(paths.map(normalisePath))].flatMap((path) => this.#vote(path, repository) ?? []),
    );
    sessions.forEach(({ folders, repository }, s) => {
      if (repository === null) return;
      const ran = folders.map(normalisePath);
      // Of a session that lies in a repository's own branch only the folder of the checkout is open. A file below a
      // sub-folder tells it, and so does any file where its folder holds the one the session ran in, or lies in it (a
      // worktree); else it is the one it ran in.
      const told = (voted[s] as Root[]).filter((root) => root.deep || ran.some((folder) => areRelated(folder, root.folder)));
      for (const folder of ran) if (!told.some((root) => areRelated(folder, root.folder))) told.push(this.#root(repository, folder));
      for (const root of told) root.told = true;
    });
    // By repository, so that it does not matter whose paths led to a folder first.
    const all = [...this.#roots.values()].sort((a, b) => a.repository - b.repository);
    const guesses = bestGuesses(all);
    for (const root of all) {
      if (!root.sure && !root.told && guesses.get(root.folder) !== root) continue;
      const list = this.#byFolder.get(root.folder);
      if (list) list.push(root);
      else this.#byFolder.set(root.folder, [root]);
    }
  }

  #root(repository: number, folder: string): Root {
    const key = `${repository}\u0000${folder}`;
    let root = this.#roots.get(key);
    if (!root) this.#roots.set(key, (root = { repository, folder, files: new Set(), deep: false, sure: false, told: false }));
    return root;
  }

  /** @returns the folder the path speaks for, where the repository is known */
  #vote(path: string, only: number | null): Root | null {
    let told: Root | null = null;
    for (const { id, paths } of this.#repositories) {
      if (only !== null && id !== only) continue;
      for (let slash = path.indexOf("/"); slash >= 0; slash = path.indexOf("/", slash + 1)) {
        const suffix = path.slice(slash + 1);
        if (!paths.has(suffix)) continue;
        const root = this.#root(id, path.slice(0, slash));
        root.files.add(suffix);
        root.deep ||= suffix.includes("/");
        if (only !== null) told = root;
        break; // the longest suffix
      }
    }
    return told;
  }

  /**
   * The repository and the path in it, null where the path is outside of every known one. A path that is told without its
   * folder (some agents log no folder) lies in the repository its session is known to be of.
   * @param preferred the repository of its session
   */
  locate(path: string, preferred: number | null = null): Located | null {
    const normal = normalisePath(path);
    if (isRelative(normal)) return preferred === null ? null : insideOf(preferred, normal);
    let best: { root: Root; path: string; known: boolean } | null = null;
    for (let slash = normal.lastIndexOf("/"); slash > 0; slash = normal.lastIndexOf("/", slash - 1)) {
      for (const root of this.#byFolder.get(normal.slice(0, slash)) ?? []) {
        const inside = normal.slice(slash + 1);
        if (inside.startsWith(".git/")) continue;
        const paths = this.#pathsOf.get(root.repository);
        const place = paths === undefined || paths.has(inside) ? inside : insideWorktree(inside, paths);
        const known = paths?.has(place) ?? false;
        if (!best || better(root, known, best, preferred)) best = { root, path: place, known };
      }
    }
    return best && { repository: best.root.repository, path: best.path };
  }

  /** The repository a folder lies in, null where none is known. */
  repositoryOf(folder: string): number | null {
    for (let at = normalisePath(folder); at.length > 1; at = at.slice(0, at.lastIndexOf("/"))) {
      const [root] = [...(this.#byFolder.get(at) ?? [])].sort(
        (a, b) => Number(b.sure) - Number(a.sure) || b.files.size - a.files.size || a.repository - b.repository,
      );
      if (root) return root.repository;
      if (!at.includes("/")) return null;
    }
    return null;
  }
}

const isRelative = (path: string): boolean => !/^(?:[/~]|[a-z]:\/)/.test(path);

function insideOf(repository: number, relative: string): Located | null {
  const path = relative.replace(/^(?:\.\/)+/, "");
  return path.startsWith("../") || path.startsWith(".git/") ? null : { repository, path };
}

/**
 * The one repository each folder nobody told us of is taken for: the one with most of the files, which must be enough. Null
 * where two have as many, and where a work tree of another lies: one folder is one checkout, and the match must be unique.
 */
function bestGuesses(roots: readonly Root[]): ReadonlyMap<string, Root | null> {
  const taken = new Set(roots.filter((root) => root.sure).map((root) => root.folder));
  const most = new Map<string, number>();
  const best = new Map<string, Root | null>();
  for (const root of roots) {
    const { folder, files, deep } = root;
    if (files.size < enoughFiles || !deep || taken.has(folder)) continue;
    const before = most.get(folder) ?? 0;
    if (files.size < before) continue;
    best.set(folder, files.size === before ? null : root);
    most.set(folder, files.size);
  }
  return best;
}

/**
 * The path a file of a worktree inside the checkout has in its repository; other paths as they are. The name of a worktree
 * may have slashes: a known path decides, else the name is one folder.
 */
function insideWorktree(path: string, known: ReadonlySet<string>): string {
  const found = /^(?:.*?\/)?\.?worktrees\/[^/]+\//.exec(path)?.[0];
  if (found === undefined) return path;
  for (let slash = found.length - 1; slash >= 0; slash = path.indexOf("/", slash + 1)) {
    if (known.has(path.slice(slash + 1))) return path.slice(slash + 1);
  }
  return path.slice(found.length);
}

/** Roots are met longest first: a shorter one wins only where it says more. */
function better(root: Root, known: boolean, best: { root: Root; known: boolean }, preferred: number | null): boolean {
  if (known !== best.known) return known;
  if (root.sure !== best.root.sure) return root.sure;
  if (preferred !== null && (root.repository === preferred) !== (best.root.repository === preferred)) return root.repository === preferred;
  return root.files.size > best.root.files.size * 4;
}
